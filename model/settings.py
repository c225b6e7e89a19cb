"""Frozen settings of a run: plain numbers in base units, nothing of scenario files."""

from dataclasses import dataclass
from typing import Any, Final, Protocol

from model.calendar import month_number

ORIGIN: Final = month_number("2017-01")
"""The month of the starting tables: every run is simulated from here, whenever its horizon begins."""
SCALES: Final = {"quick": 200.0, "standard": 20.0, "full": 1.0}
"""Named scales: one district stands for N districts, one person for 10 N people (for 1 at N = 1)."""


class LeverSettings(Protocol):
    """What a run needs to know of a lever here: its id, and its settings as plain values."""

    @property
    def id(self) -> str:
        """Id of the lever's class."""

    def model_dump(self, *, mode: str, by_alias: bool) -> dict[str, Any]:
        """Return the settings as JSON-able values."""


@dataclass(frozen=True)
class Settings:
    """Everything a run depends on besides its seed.

    start: first month shown, not before ORIGIN (see `model.calendar`); months: length of the horizon; scale: N; focus:
    district kinds or provinces held one to one; parameters: every value of the register by id; paths: exogenous values
    for each month of the horizon by path id; levers: (name in the scenario, lever).
    """

    start: int
    months: int
    scale: float
    focus: tuple[str, ...]
    parameters: tuple[tuple[str, float], ...]
    paths: tuple[tuple[str, tuple[float, ...]], ...]
    levers: tuple[tuple[str, LeverSettings], ...]

    def canonical(self) -> dict[str, Any]:
        """Return the settings as JSON-able values in a fixed order, the base of a run's key."""
        return {
            "start": self.start,
            "months": self.months,
            "scale": self.scale,
            "focus": sorted(self.focus),
            "parameters": dict(sorted(self.parameters)),
            "paths": {name: list(values) for name, values in sorted(self.paths)},
            "levers": {
                name: {"lever": lever.id, **lever.model_dump(mode="json", by_alias=True)}
                for name, lever in sorted(self.levers)
            },
        }
