"""Who wins and who loses: sales, income and paid heads of all merchants, each beside itself in the other arm."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.additionality import Columns, PairedArms, sums_by
from analysis.arms import DIMENSIONS, Arms, sampled_units
from analysis.effects import LEDGER_INDICATORS
from analysis.measures import MEASURES
from analysis.statistics import Floats, Statistic, difference_statistic, mean_statistic
from model.codes import TECHNOLOGIES

EVERYONE: Final = "everyone"
"""The dimension and the category that hold all merchants."""
CHANGES: Final = ("income_per_merchant", "sales_per_merchant", "staff_per_thousand")
SHARES: Final = ("share_gaining", "share_losing")
NOTICED_SHARE_OF_SALES: Final = 0.001
"""An owner gains or loses if its yearly income moves by more than this share of its sales without the measures."""
SELLING_ONLINE: Final = ("open_market_entry", "delivery_app", "own_online_store", "live_commerce")
"""Technologies through which a shop sells on line; those that the model does not hold are passed over."""
SIDES: Final = ("sales_online_sellers", "sales_other_merchants")
_PER_THOUSAND: Final = 1000.0


@dataclass(frozen=True)
class Outcome:
    """Mean change of a group of merchants, and who gains and loses: a category of a dimension."""

    dimension: str
    category: str
    income_per_merchant: Statistic
    sales_per_merchant: Statistic
    staff_per_thousand: Statistic
    share_gaining: Statistic
    share_losing: Statistic

    @property
    def statistics(self) -> tuple[Statistic, ...]:
        """Every figure."""
        return tuple(getattr(self, name) for name in (*CHANGES, *SHARES))


@dataclass
class OutcomeSamples:
    """Gathers changes of all merchants by group, and the sales of those that sell on line without the measures."""

    rows: int
    groups: defaultdict[tuple[str, str], list[Floats]] = field(default_factory=lambda: defaultdict(list))
    sides: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.differs = np.zeros(self.rows, dtype=bool)

    def add(self, arms: PairedArms) -> None:
        """Take in the next replication."""
        paired = arms.twin >= 0
        changes = _changes_of_rows(arms, paired)
        weights = np.where(paired, arms.weights, 0.0)
        for dimension, categories in _dimensions():
            codes = _codes(arms.attributes, dimension)
            each = np.maximum(sums_by(codes, weights, len(categories)), 1e-9)
            for name, values in changes.items():
                mean = sums_by(codes, weights * values, len(categories)) / each
                self.groups[name, dimension].append(mean)
        self.differs |= changes["income_per_merchant"] != 0
        for name, value in zip(SIDES, _sales_of_sides(arms, paired), strict=True):
            self.sides[name].append(value)


def outcomes_of(samples: OutcomeSamples, attributes: Columns) -> tuple[Outcome, ...]:
    """Return the outcome of every group, all merchants first."""
    return tuple(
        outcome
        for dimension, categories in _dimensions()
        for outcome in _outcomes(dimension, categories, samples, attributes)
    )


def side_ledgers(samples: OutcomeSamples, arms: Arms, month: int) -> tuple[Statistic, ...]:
    """Four ledgers of yearly sales at a month that need no treated shop.

    Small merchants that sell on line without the measures, all other small merchants, large sellers, platforms.
    """
    sides = [difference_statistic(MEASURES[name], np.array(samples.sides[name])) for name in SIDES]
    booked = [
        difference_statistic(MEASURES[name], arms.year_sum(indicators, month))
        for name, indicators in LEDGER_INDICATORS.items()
    ]
    return (*sides, *booked)


def _dimensions() -> Iterator[tuple[str, Sequence[str]]]:
    yield EVERYONE, (EVERYONE,)
    yield from DIMENSIONS.items()


def _codes(attributes: Columns, dimension: str) -> NDArray[np.int64]:
    if dimension == EVERYONE:
        return np.zeros(len(attributes["weight"]), dtype=np.int64)
    return np.asarray(attributes[dimension], dtype=np.int64)


def _changes_of_rows(arms: PairedArms, paired: NDArray[np.bool_]) -> dict[str, Floats]:
    """What every merchant [rows] gains or loses against its twin; 0 for one without."""

    def _change(name: str) -> Floats:
        mine = arms.programme[name].astype(np.float64)
        return np.where(paired, mine - arms.of_twin(arms.baseline[name], 0.0), 0.0)

    income = _change("owner_income_krw_per_year")
    noticed = NOTICED_SHARE_OF_SALES * arms.of_twin(arms.baseline["sales_krw_per_year"], 0.0)
    return {
        "income_per_merchant": income,
        "sales_per_merchant": _change("sales_krw_per_year"),
        "staff_per_thousand": _PER_THOUSAND * (_change("regular_heads") + _change("temporary_heads")),
        "share_gaining": (income > noticed).astype(np.float64),
        "share_losing": (income < -noticed).astype(np.float64),
    }


def _sales_of_sides(arms: PairedArms, paired: NDArray[np.bool_]) -> tuple[float, float]:
    """Change of sales (KRW/year) of merchants on line in the baseline, and of all others with who came or went."""
    known = [1 << TECHNOLOGIES.index(name) for name in SELLING_ONLINE if name in TECHNOLOGIES]
    online = (arms.of_twin(arms.baseline["active_mask"], 0) & sum(known)) != 0
    after = arms.weights * arms.programme["sales_krw_per_year"]
    before = arms.weights * arms.baseline["sales_krw_per_year"]
    mine = float((after - arms.of_twin(before, 0.0))[online & paired].sum())
    return mine, float(after.sum() - before.sum()) - mine


def _outcomes(
    dimension: str, categories: Sequence[str], samples: OutcomeSamples, attributes: Columns
) -> Iterator[Outcome]:
    codes = _codes(attributes, dimension)
    gathered = {name: np.array(samples.groups[name, dimension]) for name in (*CHANGES, *SHARES)}
    for code, category in enumerate(categories):
        units = sampled_units(samples.differs[codes == code])
        changes = [difference_statistic(MEASURES[name], gathered[name][:, code], units) for name in CHANGES]
        shares = [mean_statistic(MEASURES[name], gathered[name][:, code], units) for name in SHARES]
        yield Outcome(dimension, category, *changes, *shares)
