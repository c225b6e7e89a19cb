"""Which programmes a scenario adds to a baseline, and when each of them is judged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from model.calendar import month_text
from model.codes import TECHNOLOGIES
from model.levers import Lever, RegulatorySandbox, ServiceClosure, TechnologyLever, value_at
from model.settings import Settings

MONTHS_TO_EVALUATION: Final = 36
"""A programme is judged this many months after its start, or in the last month if that comes first."""
GATE_LEVERS: Final = (RegulatorySandbox, ServiceClosure)
"""Levers that open or shut services."""


class Goal(Protocol):
    """What the authors of a scenario's measures expected of them; no forecast, and not used to set the model."""

    @property
    def value(self) -> float:
        """The expected change, in the unit of its measure."""

    @property
    def month(self) -> int:
        """Month number by which it was expected."""

    @property
    def source(self) -> Mapping[str, str]:
        """Who said so, by language."""


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

    @property
    def goals(self) -> Mapping[str, Goal]:
        """What the scenario's authors expected, by the id of a figure ("jobs_total")."""


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
        """Merchants that the levers may serve up to the month of evaluation; None if no quota is set.

        A lever that supports several technologies has one quota and one budget for all of them.
        """
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
            for technology in lever.technologies:
                changed[technology].append(lever)
    return tuple(_programme(technology, levers, last) for technology, levers in changed.items() if levers)


def other_levers(scenario: Settings, baseline: Settings) -> tuple[Lever, ...]:
    """Return the levers for no technology (fees, loans, rules) that `scenario` adds to `baseline` or changes.

    One that starts after the horizon is left out.
    """
    end = scenario.start + scenario.months
    found = changed_levers(scenario, baseline)
    return tuple(lever for lever in found if not isinstance(lever, TechnologyLever) and lever.start < end)


def moves_gates(levers: Sequence[Lever]) -> bool:
    """Return whether any of the levers opens or shuts a service."""
    return any(isinstance(lever, GATE_LEVERS) for lever in levers)


def window(scenario: Settings, baseline: Settings) -> range:
    """Return the month numbers from the first that anything differs in to the month in which a pair is judged.

    Levers that either side has alone or set otherwise count from their start, paths from the first month that
    differs, parameters from the first month. A pair is judged with the last of its programmes, else 36 months
    after the first difference; in the last month of the horizon if that comes first, or if only parameters differ.
    """
    last = scenario.start + scenario.months - 1
    found = programmes(scenario, baseline)
    starts = [start for start in _first_differences(scenario, baseline) if start <= last]
    first = max(min(starts, default=scenario.start), scenario.start)
    judged = max((programme.evaluated for programme in found), default=first + MONTHS_TO_EVALUATION)
    return range(first, (min(judged, last) if starts else last) + 1)


def groups_needed(scenarios: Sequence[Compared]) -> dict[str, tuple[str, ...]]:
    """Return by scenario name the group outputs that a comparison with the first scenario reads."""
    months: dict[str, set[int]] = {scenario.name: set() for scenario in scenarios}
    first = scenarios[0]
    for scenario in scenarios[1:]:
        judged = {programme.evaluated for programme in programmes(scenario.settings, first.settings)}
        judged.add(window(scenario.settings, first.settings)[-1])
        months[first.name] |= judged
        months[scenario.name] |= judged
    return {name: tuple(snapshot(month) for month in sorted(own)) for name, own in months.items()}


def snapshot(month: int) -> str:
    """Return the name of the group output with every merchant's state at the end of a month."""
    return f"merchants@{month_text(month)}"


def _programme(technology: str, levers: Sequence[TechnologyLever], last: int) -> Programme:
    start = min(lever.start for lever in levers)
    end = start + MONTHS_TO_EVALUATION
    return Programme(technology, tuple(levers), start, min(end, last), end > last)


def _first_differences(scenario: Settings, baseline: Settings) -> Iterator[int]:
    ours, theirs = dict(scenario.levers), dict(baseline.levers)
    for name in {*ours, *theirs}:
        if ours.get(name) != theirs.get(name):
            either = (side[name] for side in (ours, theirs) if name in side)
            yield min(lever.start for lever in either if isinstance(lever, Lever))
    paths = dict(baseline.paths)
    for name, path in scenario.paths:
        pairs = zip(path, paths[name], strict=True)
        yield from (scenario.start + at for at, (mine, other) in enumerate(pairs) if mine != other)
