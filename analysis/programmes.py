"""Which programmes a scenario adds to a baseline, and when each of them is judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from model.calendar import month_text
from model.codes import TECHNOLOGIES
from model.levers import Lever, TechnologyLever, value_at
from model.settings import Settings

MONTHS_TO_EVALUATION: Final = 36
"""A programme is judged this many months after its start, or in the last month if that comes first."""


class Compared(Protocol):
    """A scenario as far as a comparison needs it."""

    @property
    def name(self) -> str:
        """Name under which its runs and results are kept."""

    @property
    def title(self) -> Mapping[str, str]:
        """Title by language ("en", "ko")."""

    @property
    def question(self) -> Mapping[str, str]:
        """Question the scenario answers, by language."""

    @property
    def settings(self) -> Settings:
        """Frozen settings of the scenario's runs."""


@dataclass(frozen=True)
class Programme:
    """Levers for one technology that a scenario adds to or changes against its baseline.

    `start` and `evaluated` are month numbers; `clipped` says that the horizon ended before 36 months.
    """

    technology: str
    levers: tuple[TechnologyLever, ...]
    start: int
    evaluated: int
    clipped: bool

    @property
    def quota(self) -> float | None:
        """Merchants that the levers may serve up to the month of evaluation; None if no quota is set."""
        paths = [lever.quota for lever in self.levers if lever.quota]
        return sum(value_at(path, self.evaluated) for path in paths) if paths else None

    @property
    def budget_krw(self) -> float | None:
        """Money (KRW) that the levers may spend up to the month of evaluation; None if no budget is set."""
        paths = [lever.budget_krw for lever in self.levers if lever.budget_krw]
        return sum(value_at(path, self.evaluated) for path in paths) if paths else None


def changed_levers(scenario: Settings, baseline: Settings) -> tuple[Lever, ...]:
    """Return the levers of `scenario` of which `baseline` has none of that name, or with another setting."""
    known = dict(baseline.levers)
    return tuple(lever for name, lever in scenario.levers if isinstance(lever, Lever) and lever != known.get(name))


def programmes(scenario: Settings, baseline: Settings) -> tuple[Programme, ...]:
    """Return what `scenario` adds to `baseline`, one programme a technology, in the order of TECHNOLOGIES.

    One that starts after the horizon is left out, and so are levers without a technology: what they change is
    told by the outcomes of the whole economy.
    """
    last = scenario.start + scenario.months - 1
    changed: dict[str, list[TechnologyLever]] = {technology: [] for technology in TECHNOLOGIES}
    for lever in changed_levers(scenario, baseline):
        if isinstance(lever, TechnologyLever) and lever.start <= last:
            changed[lever.technology].append(lever)
    return tuple(_programme(technology, levers, last) for technology, levers in changed.items() if levers)


def groups_needed(scenarios: Sequence[Compared]) -> dict[str, tuple[str, ...]]:
    """Return by scenario name the group outputs that a comparison with the first scenario reads."""
    months: dict[str, set[int]] = {scenario.name: set() for scenario in scenarios}
    first = scenarios[0]
    for scenario in scenarios[1:]:
        evaluated = {programme.evaluated for programme in programmes(scenario.settings, first.settings)}
        months[first.name] |= evaluated
        months[scenario.name] |= evaluated
    return {name: tuple(snapshot(month) for month in sorted(own)) for name, own in months.items()}


def snapshot(month: int) -> str:
    """Return the name of the group output with every merchant's state at the end of a month."""
    return f"merchants@{month_text(month)}"


def _programme(technology: str, levers: Sequence[TechnologyLever], last: int) -> Programme:
    start = min(lever.start for lever in levers)
    end = start + MONTHS_TO_EVALUATION
    return Programme(technology, tuple(levers), start, min(end, last), end > last)
