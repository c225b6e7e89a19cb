"""What one programme did: additionality, cost, sales ledgers and who gained, over paired replications."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from analysis.additionality import (
    CATEGORIES,
    Adoption,
    Columns,
    PairedArms,
    Window,
    additional_by,
    adoption,
    adoption_terms,
    income_change_by,
    pair_arms,
    sales_terms,
)
from analysis.measures import MEASURES
from analysis.programmes import Programme, snapshot
from analysis.statistics import Floats, Statistic, difference_statistic, mean_statistic, ratio_statistic
from model.codes import DISTRICT_KINDS, OWNER_AGE_BANDS, PROVINCES, SECTORS, SIZE_BANDS
from model.synthetic_population.merchants import NOBODY

DIMENSIONS: Final[dict[str, tuple[str, ...]]] = {
    "province": PROVINCES,
    "owner_age_band": OWNER_AGE_BANDS,
    "sector": SECTORS,
    "district_kind": DISTRICT_KINDS,
    "size_band": SIZE_BANDS,
}
"""Static attributes of merchants by which gains are told, with their categories in code order."""
RATE_BASE: Final = 1000.0
"""Rates of adoption are given per this many merchants."""
LEDGERS: Final = ("treated", "rivals", "elsewhere", "large_sellers", "platforms")
"""Whose sales are followed ("sales_" + each is a measure); "elsewhere" closes small merchants' account."""
_LEDGER_INDICATORS: Final = {
    "sales_large_sellers": "large_seller_sales_krw",
    "sales_platforms": "platform_commission_krw",
}
_DIFFERENCES: Final = ("additional", *(f"additional_{fate}" for fate in CATEGORIES))

Core = Mapping[str, Floats]
"""Indicators of one arm: arrays [replications, months] by indicator id."""


class Reader(Protocol):
    """Stored results, found by run key."""

    def core(self, keys: Sequence[str], indicators: Sequence[str] | None) -> dict[str, NDArray[Any]]:
        """Return indicators as arrays [runs, months], runs in the order of `keys`."""

    def group(self, key: str, group: str) -> dict[str, NDArray[Any]]:
        """Return the columns of one group output of a run."""

    def attributes(self, key: str) -> dict[str, NDArray[Any]]:
        """Return the static columns of the run's merchants."""


@dataclass(frozen=True)
class Arms:
    """Both arms of a comparison: keys and core indicators, paired replication by replication.

    `start` is the month number of the first month of every run.
    """

    keys: tuple[str, ...]
    baseline_keys: tuple[str, ...]
    core: Core
    baseline_core: Core
    start: int

    def difference(self, indicator: str) -> Floats:
        """Return programme minus baseline of an indicator [replications, months]."""
        return self.core[indicator] - self.baseline_core[indicator]


@dataclass(frozen=True)
class Gain:
    """What one group of merchants gained: a category of a dimension."""

    dimension: str
    category: str
    additional: Statistic
    additional_rate: Statistic
    income: Statistic


@dataclass(frozen=True)
class Effect:
    """A programme's effect: statistics by measure id, gains by group, samples for comparing programmes.

    `additional_samples` [replications] are the additional adopters of every pair of runs.
    """

    programme: Programme
    statistics: Mapping[str, Statistic]
    gains: tuple[Gain, ...]
    additional_samples: Floats


def spending_indicator(technology: str) -> str:
    """Return the id of the indicator of public spending on a technology (KRW)."""
    return f"public_spending_{technology}_krw"


def indicators_needed(technologies: Sequence[str]) -> tuple[str, ...]:
    """Return the core indicators that `evaluate` reads for programmes of these technologies."""
    return (*map(spending_indicator, technologies), *_LEDGER_INDICATORS.values())


def evaluate(reader: Reader, found: Sequence[Programme], arms: Arms) -> tuple[Effect, ...]:
    """Evaluate programmes from stored runs; one pair of runs is in memory at a time."""
    if not found:
        return ()
    attributes = reader.attributes(arms.keys[0])
    samples = [_Samples(len(attributes["weight"])) for _ in found]
    for month in sorted({programme.evaluated for programme in found}):
        judged = [pair for pair in zip(found, samples, strict=True) if pair[0].evaluated == month]
        for paired in _pairs(reader, arms, snapshot(month), attributes):
            for programme, gathered in judged:
                gathered.add(paired, _window(programme, arms.start))
    return tuple(_effect(p, s, arms, attributes) for p, s in zip(found, samples, strict=True))


@dataclass
class _Samples:
    """Terms of all replications so far, and which sampled merchants stand behind them [rows]."""

    rows: int
    terms: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    groups: defaultdict[tuple[str, str], list[Floats]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.treated, self.differs, self.income_differs = np.zeros((3, self.rows), dtype=bool)

    def add(self, arms: PairedArms, window: Window) -> None:
        adopted = adoption(arms, window)
        for name, value in (adoption_terms(arms, adopted) | sales_terms(arms, adopted)).items():
            self.terms[name].append(value)
        for dimension, categories in DIMENSIONS.items():
            codes = arms.attributes[dimension]
            self.groups["additional", dimension].append(additional_by(arms, adopted, codes, len(categories)))
            self.groups["income", dimension].append(income_change_by(arms, codes, len(categories)))
        self._mark(arms, adopted)

    def term(self, name: str) -> Floats:
        return np.array(self.terms[name])

    def _mark(self, arms: PairedArms, adopted: Adoption) -> None:
        income = "owner_income_krw_per_year"
        self.treated |= adopted.treated
        self.differs |= adopted.differs
        self.income_differs |= arms.programme[income] != arms.baseline[income]


def _pairs(reader: Reader, arms: Arms, group: str, attributes: Columns) -> Iterator[PairedArms]:
    for key, baseline_key in zip(arms.keys, arms.baseline_keys, strict=True):
        yield pair_arms(reader.group(key, group), reader.group(baseline_key, group), attributes)


def _window(programme: Programme, start: int) -> Window:
    return Window(programme.technology, programme.start - start, programme.evaluated - start)


def _effect(programme: Programme, samples: _Samples, arms: Arms, attributes: Columns) -> Effect:
    statistics = _adoption_statistics(samples) | _money_statistics(programme, samples, arms)
    gains = tuple(
        gain
        for dimension, categories in DIMENSIONS.items()
        for gain in _gains(dimension, categories, samples, attributes)
    )
    return Effect(programme, statistics, gains, samples.term("additional"))


def _adoption_statistics(samples: _Samples) -> dict[str, Statistic]:
    behind_additional, treated = _units(samples.differs), _units(samples.treated)
    found: dict[str, Statistic] = {}
    for name in _DIFFERENCES:
        units = behind_additional if name == "additional" else treated
        found[name] = difference_statistic(MEASURES[name], samples.term(name), units)
    for name in ("subsidised", *CATEGORIES, "never_used"):
        found[name] = mean_statistic(MEASURES[name], samples.term(name), treated)
    for name in ("spill_over", "crowded_out"):
        found[name] = mean_statistic(MEASURES[name], samples.term(name), behind_additional)
    found["deadweight_share"] = ratio_statistic(
        MEASURES["deadweight_share"], samples.term("deadweight"), samples.term("subsidised"), treated
    )
    return found


def _money_statistics(programme: Programme, samples: _Samples, arms: Arms) -> dict[str, Statistic]:
    first, last = (max(0, month) for month in _window(programme, arms.start)[1:])
    spent = arms.difference(spending_indicator(programme.technology))[:, first : last + 1].sum(axis=1)
    treated, behind = _units(samples.treated), _units(samples.differs)
    served = samples.term("subsidised")
    per_treated = np.divide(spent, served, out=np.zeros_like(spent), where=served > 0)
    found = {
        "spending": mean_statistic(MEASURES["spending"], spent),
        "cost_per_additional": _cost(spent, samples.term("additional"), behind),
        "deadweight_spending": mean_statistic(
            MEASURES["deadweight_spending"], per_treated * samples.term("deadweight"), treated
        ),
        "displacement": _displacement(samples.term("sales_sectors"), samples.term("sales_treated"), treated),
    }
    for name in ("sales_treated", "sales_rivals", "sales_elsewhere"):
        units = treated if name == "sales_treated" else None
        found[name] = difference_statistic(MEASURES[name], samples.term(name), units)
    for name, indicator in _LEDGER_INDICATORS.items():
        year = arms.difference(indicator)[:, max(0, last - 11) : last + 1]
        found[name] = difference_statistic(MEASURES[name], year.sum(axis=1))
    return found


def _cost(spent: Floats, additional: Floats, units: int) -> Statistic:
    """Spending per additional adopter; no value if the programme takes adopters away."""
    ratio = ratio_statistic(MEASURES["cost_per_additional"], spent, additional, units)
    if ratio.value is None or additional.mean() >= 0 or ratio.note == "no_finite_interval":
        return ratio
    return replace(ratio, value=None, low=None, high=None, interval_name="none", note="effect_below_zero")


def _displacement(sectors: Floats, treated: Floats, units: int) -> Statistic:
    """1 - change of the sectors / change of the treated; no value if the latter may be zero."""
    ratio = ratio_statistic(MEASURES["displacement"], sectors, treated, units)
    if ratio.note == "no_finite_interval":
        return replace(ratio, value=None, note="treated_unclear")
    value, low, high = (None if bound is None else 1 - bound for bound in (ratio.value, ratio.high, ratio.low))
    return replace(ratio, value=value, low=low, high=high)


def _units(behind: NDArray[np.bool_]) -> int:
    """Sampled merchants behind a figure [rows]; that nobody is concerned rests on all of them."""
    return int(behind.sum()) or len(behind)


def _gains(
    dimension: str,
    categories: Sequence[str],
    samples: _Samples,
    attributes: Columns,
) -> Iterator[Gain]:
    codes = attributes[dimension]
    there = np.where(attributes["id"] == NOBODY, 0.0, attributes["weight"])
    merchants = np.bincount(codes, there, len(categories))
    adopters = np.array(samples.groups["additional", dimension])
    income = np.array(samples.groups["income", dimension])
    for code, category in enumerate(categories):
        each = max(float(merchants[code]), 1e-9)
        mine = codes == code
        units = _units(samples.differs[mine])
        yield Gain(
            dimension,
            category,
            difference_statistic(MEASURES["additional"], adopters[:, code], units),
            difference_statistic(MEASURES["additional_rate"], adopters[:, code] / each * RATE_BASE, units),
            difference_statistic(
                MEASURES["income_per_merchant"], income[:, code] / each, _units(samples.income_differs[mine])
            ),
        )
