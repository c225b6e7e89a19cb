"""Scenarios compared with the first of them: one frozen record that table, charts and report read."""

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple, Protocol

from analysis.effects import Arms, Core, Effect, Reader, evaluate, indicators_needed
from analysis.measures import MEASURES
from analysis.programmes import Compared, groups_needed, programmes
from analysis.statistics import Band, Floats, Statistic, band, paired_difference
from analysis.wording import interval_text, range_text, remark, value_text
from model.calendar import month_text
from model.codes import STAGES, TECHNOLOGIES, label
from model.errors import UserErrors
from model.indicators import INDICATORS, Aggregation, Indicator
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
MONTHS_OF_YEAR: Final = 12
PATHS: Final = (
    *(f"merchants_{stage}_{technology}" for technology in TECHNOLOGIES for stage in STAGES),
    *(f"public_spending_{technology}_krw" for technology in TECHNOLOGIES),
    "public_spending_krw",
    "public_spending_subsidies_krw",
    "public_spending_visits_krw",
    "public_spending_campaigns_krw",
    "public_spending_rewards_krw",
    "online_share_goods",
)
"""Indicators whose path over the months is kept for charts."""
OUTCOMES: Final = (
    "owner_income_krw",
    "wages_krw",
    "heads_regular_persons",
    "heads_temporary_persons",
    "online_share_goods",
    "users_online_goods_persons",
    "sales_face_to_face_krw",
    "sales_online_krw",
    "large_seller_sales_krw",
    "platform_commission_krw",
    "mobile_pay_card_krw",
    "public_qr_krw",
    "public_spending_krw",
)
"""Indicators whose change over the last year is told for the whole economy."""
HEADLINE_TERMS: Final = ("additional", "cost_per_additional", "spending", "deadweight_share", "displacement")
HEADLINE_CHANGES: Final = ("owner_income_krw", "online_share_goods", "large_seller_sales_krw")


GAIN_FIGURES: Final = ("additional", "additional_rate", "income")


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


@dataclass(frozen=True)
class Pair:
    """A scenario against the baseline: programmes, changes of outcomes, differences of paths over months.

    `changes` cover the year that ends in `judged` (a month number); `differences` hold the mean of the paired
    differences and the range of 90 % of the seeds.
    """

    scenario: ScenarioRuns
    judged: int
    effects: tuple[Effect, ...]
    changes: tuple[Statistic, ...]
    differences: Mapping[str, Band]


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
        changes = {change.id: change for change in pair.changes}
        rows += [_headline_row(pair, changes[name], language) for name in HEADLINE_CHANGES]
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
    wanted = sorted({*PATHS, *OUTCOMES, *indicators_needed(TECHNOLOGIES)})
    core = reader.core(keys, wanted)
    paths = {indicator: band(core[indicator]) for indicator in PATHS}
    record = ScenarioRuns(name, scenario.title, scenario.question, scenario.settings, keys, paths)
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
    settings = other.scenario.settings
    arms = Arms(other.scenario.keys, baseline.scenario.keys, other.core, baseline.core, settings.start)
    effects = evaluate(reader, programmes(settings, baseline.scenario.settings), arms)
    last = settings.start + settings.months - 1
    judged = max((effect.programme.evaluated for effect in effects), default=last)
    changes = tuple(_change(INDICATORS[name], arms, judged - settings.start) for name in OUTCOMES)
    differences = {name: band(arms.difference(name)) for name in PATHS}
    return Pair(other.scenario, judged, effects, changes, differences)


def _change(indicator: Indicator, arms: Arms, last: int) -> Statistic:
    """Change of an indicator over the year that ends in column `last`; shares become percentage points."""
    year = slice(max(0, last - MONTHS_OF_YEAR + 1), last + 1)
    unit = {"KRW/month": "KRW/year", "share": "share points"}.get(indicator.unit, indicator.unit)
    about = replace(indicator, unit=unit)
    after, before = (
        _over_year(core[indicator.id][:, year], indicator.aggregation) for core in (arms.core, arms.baseline_core)
    )
    return paired_difference(about, after, before)


def _over_year(months: Floats, aggregation: Aggregation) -> Floats:
    if aggregation == "last":
        return months[:, -1]
    total: Floats = months.sum(axis=1)
    return total if aggregation == "sum" else total / months.shape[1]


def _contrasts(pairs: Sequence[Pair]) -> tuple[Contrast, ...]:
    effects = [(pair.scenario.name, effect) for pair in pairs for effect in pair.effects]
    return tuple(
        Contrast(
            one.programme.technology,
            name,
            other_name,
            paired_difference(MEASURES["additional"], one.additional_samples, other.additional_samples),
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
        "judged": month_text(pair.judged),
        "programmes": [_effect_json(effect) for effect in pair.effects],
        "changes": [_statistic_json(change) for change in pair.changes],
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
