"""Scenarios compared with the first of them: one frozen record that table, charts and report read."""

import dataclasses
import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

from analysis.arms import Arms, Core, Gatherer, Reader, gather
from analysis.changes import GATED_OUTCOMES, OUTCOMES, PEAKS, Changes, changes_of
from analysis.costs import PURPOSES, cost_indicators, costs_of
from analysis.effects import Effect, EffectSamples, effect_of, indicators_needed
from analysis.jobs import Jobs, job_indicators, jobs_of
from analysis.measures import MEASURES
from analysis.outcomes import Outcome, OutcomeSamples, outcomes_of, side_ledgers
from analysis.programmes import Compared, Goal, groups_needed, moves_gates, other_levers, programmes, window
from analysis.statistics import Band, Statistic, band, paired_difference
from analysis.wording import interval_text, range_text, remark, value_text
from model.calendar import month_text
from model.codes import FUNDED, STAGES, label
from model.errors import UserErrors
from model.levers import Lever
from model.settings import Settings
from model.synthetic_population.merchants import NOBODY

__all__ = [
    "Comparison",
    "HeadlineRow",
    "Pair",
    "Planned",
    "ScenarioRuns",
    "compare",
    "groups_needed",
    "headline",
    "to_json",
]

FORMAT_VERSION: Final = 1
PATHS: Final = (
    *(f"merchants_{stage}_{technology}" for technology in FUNDED for stage in STAGES),
    *(f"public_spending_{purpose}_krw" for purpose in PURPOSES),
    *PEAKS,
)
"""Indicators whose path over the months is kept for charts."""
HEADLINE_TERMS: Final = ("additional", "cost_per_additional", "spending", "deadweight_share", "displacement")
HEADLINE_FIGURES: Final = ("jobs_total", "owner_income_krw", "online_share_goods", "large_seller_sales_krw")
GAIN_FIGURES: Final = ("additional", "additional_rate")


class PlannedRun(Protocol):
    """A run of a plan as far as a comparison needs it."""

    @property
    def key(self) -> str:
        """Key by which the run's results are found."""

    @property
    def scenario(self) -> str:
        """Name of the scenario."""

    @property
    def seed(self) -> int:
        """Seed of the run."""


class Planned(Protocol):
    """A plan: the runs of all scenarios in the order of scenarios and replications."""

    @property
    def runs(self) -> Sequence[PlannedRun]:
        """Every run of the plan."""


@dataclass(frozen=True)
class ScenarioRuns:
    """One scenario and its runs: names, settings, keys by replication, paths of indicators over months."""

    name: str
    title: Mapping[str, str]
    question: Mapping[str, str]
    settings: Settings
    keys: tuple[str, ...]
    paths: Mapping[str, Band]
    goals: Mapping[str, Goal]


@dataclass(frozen=True)
class Pair:
    """A scenario against the baseline: what its programmes did, and what changed in the whole economy.

    `window` runs from the first month number that anything differs in to the month judged; `costs` are those of all
    measures together, empty without public money; `outcomes` tell who wins and loses; `ledgers` need no programme;
    `others` are the levers for no technology; `differences` hold the mean of the paired differences and the range
    of 90 % of the seeds.
    """

    scenario: ScenarioRuns
    window: range
    effects: tuple[Effect, ...]
    changes: Changes
    jobs: Jobs
    costs: tuple[Statistic, ...]
    outcomes: tuple[Outcome, ...]
    ledgers: tuple[Statistic, ...]
    others: tuple[Lever, ...]
    differences: Mapping[str, Band]

    @property
    def judged(self) -> int:
        """The month number at whose end the pair is judged."""
        return self.window[-1]

    @property
    def figures(self) -> dict[str, Statistic]:
        """Every figure of the scenario as a whole by id."""
        everyone = self.outcomes[0].statistics
        told = (*self.changes.statistics, *self.jobs.statistics, *self.costs, *everyone, *self.ledgers)
        return {one.id: one for one in told}


class Contrast(NamedTuple):
    """Additional adopters of one scenario minus those of another with a programme for the same technology."""

    technology: str
    scenario: str
    other: str
    difference: Statistic


class HeadlineRow(NamedTuple):
    """One line of the headline table in words: scenario, what, estimate, 90 % interval, remark."""

    scenario: str
    label: str
    value: str
    interval: str
    note: str


@dataclass(frozen=True)
class Comparison:
    """Everything that the headline table, the charts and the report say about some scenarios.

    `command` reproduces the comparison, `digest` is the hash of the stored core tables, `versions` name the
    software; `sampled_merchants` is the number of merchants that each run begins with.
    """

    baseline: ScenarioRuns
    pairs: tuple[Pair, ...]
    contrasts: tuple[Contrast, ...]
    n_replications: int
    sampled_merchants: int
    command: str
    digest: str
    versions: Mapping[str, str]

    @property
    def months(self) -> range:
        """Month numbers of the horizon."""
        settings = self.baseline.settings
        return range(settings.start, settings.start + settings.months)


def compare(
    reader: Reader,
    scenarios: Sequence[Compared],
    plan: Planned,
    command: str,
    digest: str,
    versions: Mapping[str, str],
) -> Comparison:
    """Compare scenarios with the first of them from stored runs, replication by replication.

    `command`, `digest` and `versions` are kept for the reader who wants to reproduce the comparison.

    Raises UserErrors where runs cannot be paired: fewer than two scenarios, another start, length, scale,
    focus, seed or number of replications.
    """
    loaded = [_load(reader, scenario, plan) for scenario in scenarios]
    _check_pairing(loaded)
    pairs = tuple(_pair(reader, loaded[0], other) for other in loaded[1:])
    baseline = loaded[0].scenario
    return Comparison(
        baseline=baseline,
        pairs=pairs,
        contrasts=_contrasts(pairs),
        n_replications=len(baseline.keys),
        sampled_merchants=int((reader.attributes(baseline.keys[0])["id"] != NOBODY).sum()),
        command=command,
        digest=digest,
        versions=dict(versions),
    )


def headline(comparison: Comparison, language: str = "en") -> list[HeadlineRow]:
    """Return the headline table in a language ("en" or "ko"): each programme, then the whole economy."""
    rows = []
    for pair in comparison.pairs:
        for effect in pair.effects:
            about = label(effect.programme.technology, language)
            for name in HEADLINE_TERMS:
                rows.append(_headline_row(pair, effect.statistics[name], language, f"{about}: "))
        rows += [_headline_row(pair, pair.figures[name], language) for name in HEADLINE_FIGURES]
    return rows


def to_json(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison's figures as JSON-able values, in base units, with every interval named."""
    return {
        "format_version": FORMAT_VERSION,
        "baseline": comparison.baseline.name,
        "replications": comparison.n_replications,
        "scale": comparison.baseline.settings.scale,
        "sampled_merchants": comparison.sampled_merchants,
        "digest": comparison.digest,
        "pairs": [_pair_json(pair) for pair in comparison.pairs],
        "contrasts": [
            {**contrast._asdict(), "difference": _statistic_json(contrast.difference)}
            for contrast in comparison.contrasts
        ],
    }


class _Loaded(NamedTuple):
    """A scenario with the core indicators [replications, months] and seeds of its runs."""

    scenario: ScenarioRuns
    seeds: tuple[int, ...]
    core: Core


def _load(reader: Reader, scenario: Compared, plan: Planned) -> _Loaded:
    name = scenario.name
    runs = [run for run in plan.runs if run.scenario == name]
    keys = tuple(run.key for run in runs)
    wanted = sorted(
        {*PATHS, *OUTCOMES, *GATED_OUTCOMES, *indicators_needed(FUNDED), *job_indicators(), *cost_indicators()}
    )
    core = reader.core(keys, wanted)
    paths = {indicator: band(core[indicator]) for indicator in PATHS}
    record = ScenarioRuns(name, scenario.title, scenario.question, scenario.settings, keys, paths, scenario.goals)
    return _Loaded(record, tuple(run.seed for run in runs), core)


def _check_pairing(loaded: Sequence[_Loaded]) -> None:
    if len(loaded) < 2:
        raise UserErrors(["a comparison needs two scenarios or more; give the baseline first"])
    first = loaded[0]
    faults = []
    for other in loaded[1:]:
        pair = f"{first.scenario.name} and {other.scenario.name}"
        for name in ("start", "months", "scale", "focus"):
            mine, theirs = (getattr(one.scenario.settings, name) for one in (first, other))
            if mine != theirs:
                faults.append(f"{pair} cannot be compared: {name} is {mine} in one and {theirs} in the other")
        if first.seeds != other.seeds:
            faults.append(f"{pair} cannot be compared: give them the same seed and number of replications")
    if faults:
        raise UserErrors(faults)


def _pair(reader: Reader, baseline: _Loaded, other: _Loaded) -> Pair:
    settings, before = other.scenario.settings, baseline.scenario.settings
    arms = Arms(other.scenario.keys, baseline.scenario.keys, other.core, baseline.core, settings.start)
    attributes = reader.attributes(arms.keys[0])
    rows, judged = len(attributes["weight"]), window(settings, before)
    effects = [EffectSamples(programme, settings.start, rows) for programme in programmes(settings, before)]
    everyone = OutcomeSamples(rows)
    by_month: defaultdict[int, list[Gatherer]] = defaultdict(list, {judged[-1]: [everyone]})
    for samples in effects:
        by_month[samples.programme.evaluated].append(samples)
    gather(reader, arms, attributes, by_month)
    others = other_levers(settings, before)
    alone = len(effects) == 1 and not others
    found = tuple(effect_of(samples, arms, attributes, alone) for samples in effects)
    jobs = jobs_of(arms, judged[-1], dict(settings.parameters))
    return Pair(
        scenario=other.scenario,
        window=judged,
        effects=found,
        changes=changes_of(arms, judged[-1], (*OUTCOMES, *GATED_OUTCOMES) if moves_gates(others) else OUTCOMES),
        jobs=jobs,
        costs=costs_of(arms, judged, found, jobs.total_samples),
        outcomes=outcomes_of(everyone, attributes),
        ledgers=side_ledgers(everyone, arms, judged[-1]),
        others=others,
        differences={name: band(arms.difference(name)) for name in PATHS},
    )


def _contrasts(pairs: Sequence[Pair]) -> tuple[Contrast, ...]:
    effects = [(pair.scenario.name, effect) for pair in pairs for effect in pair.effects]
    return tuple(
        Contrast(
            one.programme.technology,
            name,
            other_name,
            paired_difference(MEASURES["additional"], one.samples["additional"], other.samples["additional"]),
        )
        for (name, one), (other_name, other) in itertools.combinations(effects, 2)
        if one.programme.technology == other.programme.technology
    )


def _headline_row(pair: Pair, one: Statistic, language: str, prefix: str = "") -> HeadlineRow:
    signed = not prefix
    return HeadlineRow(
        pair.scenario.name,
        prefix + one.label(language),
        value_text(one, language, signed),
        range_text(one, language, signed),
        remark(one, language),
    )


def _pair_json(pair: Pair) -> dict[str, Any]:
    return {
        "scenario": pair.scenario.name,
        "first_difference": month_text(pair.window[0]),
        "judged": month_text(pair.judged),
        "programmes": [_effect_json(effect) for effect in pair.effects],
        "changes": [_statistic_json(change) for change in pair.changes.statistics],
        "baseline_levels": dict(pair.changes.bases),
        "peaks": [
            {"month": month_text(peak.month), "baseline_level": peak.base, **_statistic_json(peak.change)}
            for peak in pair.changes.peaks.values()
        ],
        "jobs": [_statistic_json(one) for one in pair.jobs.statistics],
        "derived_jobs_over_parameter_range": {name: list(ends) for name, ends in pair.jobs.ranges.items()},
        "goals": {
            name: {"value": goal.value, "month": month_text(goal.month), "source": dict(goal.source)}
            for name, goal in pair.scenario.goals.items()
        },
        "costs": [_statistic_json(one) for one in pair.costs],
        "ledgers": [_statistic_json(one) for one in pair.ledgers],
        "outcomes": [
            {
                "dimension": outcome.dimension,
                "category": outcome.category,
                **{one.id: _statistic_json(one) for one in outcome.statistics},
            }
            for outcome in pair.outcomes
        ],
    }


def _effect_json(effect: Effect) -> dict[str, Any]:
    programme = effect.programme
    gains = [
        {
            "dimension": gain.dimension,
            "category": gain.category,
            **{name: _statistic_json(getattr(gain, name)) for name in GAIN_FIGURES},
        }
        for gain in effect.gains
    ]
    return {
        "technology": programme.technology,
        "start": month_text(programme.start),
        "evaluated": month_text(programme.evaluated),
        "horizon_ended_first": programme.clipped,
        "statistics": {name: _statistic_json(one) for name, one in effect.statistics.items()},
        "gains": gains,
    }


def _statistic_json(statistic: Statistic) -> dict[str, Any]:
    return {**dataclasses.asdict(statistic), "interval_name": interval_text(statistic, "en")}
