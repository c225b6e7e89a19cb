"""What one programme did: additionality, cost, sales ledgers and who adopted, over paired replications."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from analysis.additionality import (
    CATEGORIES,
    Adoption,
    Columns,
    PairedArms,
    Window,
    additional_by,
    adoption,
    adoption_terms,
    sales_terms,
)
from analysis.arms import DIMENSIONS, Arms, sampled_units
from analysis.measures import MEASURES
from analysis.programmes import Programme
from analysis.statistics import Floats, Statistic, difference_statistic, mean_statistic, ratio_statistic
from model.indicators import INDICATORS
from model.synthetic_population.merchants import NOBODY

RATE_BASE: Final = 1000.0
"""Rates of adoption are given per this many merchants."""
LEDGERS: Final = ("treated", "rivals", "elsewhere", "large_sellers", "platforms")
"""Whose sales are followed ("sales_" + each is a measure); "elsewhere" closes small merchants' account."""
LEDGER_INDICATORS: Final = {
    "sales_large_sellers": ("large_seller_sales_krw",),
    "sales_platforms": ("platform_commission_krw", "delivery_platform_commission_krw"),
}
"""Ledgers that core indicators hold; their sum is what the measure means."""
_DIFFERENCES: Final = ("additional", *(f"additional_{fate}" for fate in CATEGORIES))


@dataclass(frozen=True)
class Gain:
    """How many more adopt in one group of merchants: a category of a dimension."""

    dimension: str
    category: str
    additional: Statistic
    additional_rate: Statistic


@dataclass(frozen=True)
class Effect:
    """A programme's effect: statistics by measure id, additional adopters by group, samples behind them.

    `samples` [replications] holds "additional", "subsidised" and "deadweight" of every pair of runs; `alone` says
    whether the scenario changes nothing else.
    """

    programme: Programme
    statistics: Mapping[str, Statistic]
    gains: tuple[Gain, ...]
    samples: Mapping[str, Floats]
    alone: bool

    @property
    def ledgers(self) -> tuple[Statistic, ...]:
        """Changes of sales that are the programme's: beside others of the subsidised and their rivals only."""
        names = LEDGERS if self.alone else LEDGERS[:2]
        return tuple(self.statistics[f"sales_{name}"] for name in names)


def spending_indicator(technology: str) -> str:
    """Return the id of the indicator of public spending on a technology (KRW)."""
    return f"public_spending_{technology}_krw"


def indicators_needed(technologies: Sequence[str]) -> tuple[str, ...]:
    """Return the core indicators that `evaluate` reads for programmes of these technologies."""
    return (
        *filter(INDICATORS.__contains__, map(spending_indicator, technologies)),
        *(name for names in LEDGER_INDICATORS.values() for name in names),
    )


@dataclass
class EffectSamples:
    """Gathers the terms of one programme, and which sampled merchants stand behind them [rows].

    `start` is the month number of the first month of every run.
    """

    programme: Programme
    start: int
    rows: int
    terms: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    groups: defaultdict[str, list[Floats]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.treated, self.differs = np.zeros((2, self.rows), dtype=bool)

    def add(self, arms: PairedArms) -> None:
        """Take in the next replication."""
        adopted = adoption(arms, _window(self.programme, self.start))
        for name, value in (adoption_terms(arms, adopted) | sales_terms(arms, adopted)).items():
            self.terms[name].append(value)
        for dimension, categories in DIMENSIONS.items():
            codes = arms.attributes[dimension]
            self.groups[dimension].append(additional_by(arms, adopted, codes, len(categories)))
        self._mark(adopted)

    def term(self, name: str) -> Floats:
        """Return one term of every replication so far."""
        return np.array(self.terms[name])

    def _mark(self, adopted: Adoption) -> None:
        self.treated |= adopted.treated
        self.differs |= adopted.differs


def _window(programme: Programme, start: int) -> Window:
    return Window(programme.technology, programme.start - start, programme.evaluated - start)


def effect_of(samples: EffectSamples, arms: Arms, attributes: Columns, alone: bool) -> Effect:
    """Return what a programme did, from the samples of all replications.

    alone: whether the scenario changes nothing else; else the sectors' sales move for other reasons too, and what the
    subsidised took from their rivals cannot be read from them.
    """
    statistics = _adoption_statistics(samples) | _money_statistics(samples, arms)
    if not alone:
        statistics["displacement"] = replace(
            statistics["displacement"], value=None, low=None, high=None, interval_name="none", note="others_act_too"
        )
    gains = tuple(
        gain
        for dimension, categories in DIMENSIONS.items()
        for gain in _gains(dimension, categories, samples, attributes)
    )
    kept = {name: samples.term(name) for name in ("additional", "subsidised", "deadweight")}
    return Effect(samples.programme, statistics, gains, kept, alone)


def _adoption_statistics(samples: EffectSamples) -> dict[str, Statistic]:
    behind_additional, treated = sampled_units(samples.differs), sampled_units(samples.treated)
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


def _money_statistics(samples: EffectSamples, arms: Arms) -> dict[str, Statistic]:
    programme = samples.programme
    first, last = (max(0, month) for month in _window(programme, arms.start)[1:])
    spent = arms.difference(spending_indicator(programme.technology))[:, first : last + 1].sum(axis=1)
    treated, behind = sampled_units(samples.treated), sampled_units(samples.differs)
    served = samples.term("subsidised")
    per_treated = np.divide(spent, served, out=np.zeros_like(spent), where=served > 0)
    found = {
        "spending": mean_statistic(MEASURES["spending"], spent),
        "cost_per_additional": cost_statistic("cost_per_additional", spent, samples.term("additional"), behind),
        "deadweight_spending": mean_statistic(
            MEASURES["deadweight_spending"], per_treated * samples.term("deadweight"), treated
        ),
        "displacement": _displacement(samples.term("sales_sectors"), samples.term("sales_treated"), treated),
    }
    for name in ("sales_treated", "sales_rivals", "sales_elsewhere"):
        units = treated if name == "sales_treated" else None
        found[name] = difference_statistic(MEASURES[name], samples.term(name), units)
    for name, indicators in LEDGER_INDICATORS.items():
        found[name] = difference_statistic(MEASURES[name], arms.year_sum(indicators, programme.evaluated))
    return found


def cost_statistic(measure: str, spent: Floats, gained: Floats, units: int | None = None) -> Statistic:
    """Spending per unit gained [replications], with Fieller's interval; no value where the effect is negative."""
    ratio = ratio_statistic(MEASURES[measure], spent, gained, units)
    if ratio.value is None or gained.mean() >= 0 or ratio.note == "no_finite_interval":
        return ratio
    return replace(ratio, value=None, low=None, high=None, interval_name="none", note="effect_below_zero")


def _displacement(sectors: Floats, treated: Floats, units: int) -> Statistic:
    """1 - change of the sectors / change of the treated; no value if the latter may be zero."""
    ratio = ratio_statistic(MEASURES["displacement"], sectors, treated, units)
    if ratio.note == "no_finite_interval":
        return replace(ratio, value=None, note="treated_unclear")
    value, low, high = (None if bound is None else 1 - bound for bound in (ratio.value, ratio.high, ratio.low))
    return replace(ratio, value=value, low=low, high=high)


def _gains(
    dimension: str,
    categories: Sequence[str],
    samples: EffectSamples,
    attributes: Columns,
) -> Iterator[Gain]:
    codes = attributes[dimension]
    there = np.where(attributes["id"] == NOBODY, 0.0, attributes["weight"])
    merchants = np.bincount(codes, there, len(categories))
    adopters = np.array(samples.groups[dimension])
    for code, category in enumerate(categories):
        each = max(float(merchants[code]), 1e-9)
        mine = codes == code
        units = sampled_units(samples.differs[mine])
        yield Gain(
            dimension,
            category,
            difference_statistic(MEASURES["additional"], adopters[:, code], units),
            difference_statistic(MEASURES["additional_rate"], adopters[:, code] / each * RATE_BASE, units),
        )
