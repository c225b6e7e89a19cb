"""Runs of the baseline up to the cut-off, and what is read from them beside the core indicators."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import settings_of
from experiments.keys import run_seed
from model.agents.merchants.columns import KIOSK
from model.calendar import month_number
from model.codes import MEALS
from model.economy import Economy
from model.indicators import POSITION
from model.settings import ORIGIN

SCENARIO: Final = "baseline"
SCALE: Final = "quick"
BASE_SEED: Final = 1
CUT_OFF: Final = "2020-08"
"""Last month whose observations may be compared with."""
DECEMBER_2018: Final = 24
LAST_COHORT: Final = 12
"""Months from the start whose openings are followed."""
SURVIVAL_YEARS: Final = (1, 5)
TAIL_SHARE: Final = 0.05


@dataclass(frozen=True)
class Period:
    """Months from `first` to `last`, written "YYYY-MM", both included."""

    first: str
    last: str

    @classmethod
    def year(cls, year: int) -> "Period":
        """Return a calendar year."""
        return cls(f"{year}-01", f"{year}-12")

    @classmethod
    def month(cls, month: str) -> "Period":
        """Return a single month."""
        return cls(month, month)

    @property
    def months(self) -> range:
        """Its month numbers."""
        return range(month_number(self.first), month_number(self.last) + 1)

    @property
    def days(self) -> int:
        """Days of its months."""
        return sum(calendar.monthrange(month // 12, month % 12 + 1)[1] for month in self.months)


@dataclass(frozen=True)
class History:
    """One run from January 2017: core indicators (months, indicators), and what is no core indicator yet.

    owners_alone_share: merchants without regular or temporary staff at the cut-off; restaurants: merchants in food
    service; survival: share of those who opened that are there one and five years later; tail_exponent: Hill's
    estimate over the largest twentieth by yearly sales; growth_sd: of a year's log growth; restaurants_with_kiosk: in
    June of each year. All weighted.
    """

    core: NDArray[np.float64]
    owners_alone_share: float
    restaurants: float
    survival: tuple[float, float]
    tail_exponent: float
    growth_sd: float
    restaurants_with_kiosk: dict[int, float]

    def total(self, period: Period, *indicators: str) -> float:
        """Return the sum of these indicators over the months of a period."""
        rows = slice(period.months.start - ORIGIN, period.months.stop - ORIGIN)
        return sum(float(self.core[rows, POSITION[name]].sum()) for name in indicators)

    def mean(self, period: Period, *indicators: str) -> float:
        """Return the mean month of the sum of these indicators."""
        return self.total(period, *indicators) / len(period.months)

    def in_month(self, month: str, *indicators: str) -> float:
        """Return the sum of these indicators in one month."""
        return self.total(Period.month(month), *indicators)


def histories(seeds: int) -> Iterator[History]:
    """Yield the scenario's runs up to the cut-off, one a seed; survival alone follows shops until 2023."""
    settings = settings_of(SCENARIO, SCALE, LAST_COHORT + 12 * SURVIVAL_YEARS[1])
    for replication in range(seeds):
        economy = Economy(settings, run_seed(BASE_SEED, replication), driver="serial")
        kiosks = dict(_kiosks_in_june(economy))
        economy.close()
        economy = Economy(settings, run_seed(BASE_SEED, replication), driver="serial")
        yield _follow(economy, kiosks)
        economy.close()


def _kiosks_in_june(economy: Economy) -> Iterator[tuple[int, float]]:
    """Run to June 2019, yielding for each year its restaurants with a kiosk in June."""
    for year in (2017, 2018, 2019):
        economy.advance(month_number(f"{year}-07") - ORIGIN - economy.months_run)
        yield year, _restaurants(economy, KIOSK)


def _follow(economy: Economy, kiosks: dict[int, float]) -> History:
    cut_off = month_number(CUT_OFF) - ORIGIN + 1
    one_year = _survive(economy, 12 * SURVIVAL_YEARS[0])
    before = _yearly_sales(economy, DECEMBER_2018)
    after = _yearly_sales(economy, DECEMBER_2018 + 12)
    economy.advance(cut_off - economy.months_run)
    core, alone, restaurants = economy.world.out[:cut_off].copy(), _owners_alone_share(economy), _restaurants(economy)
    five_years = _survive(economy, 12 * SURVIVAL_YEARS[1])
    survival, tail, spread = (one_year, five_years), _hill(*after.values()), _growth_sd(before, after)
    return History(core, alone, restaurants, survival, tail, spread, kiosks)


def _survive(economy: Economy, months: int) -> float:
    """Return the share of the shops opened by LAST_COHORT that are there so many months later; steps the economy."""
    economy.advance(months - economy.months_run)
    left = 0.0
    for month in range(LAST_COHORT):
        economy.step()
        entered, weight = (economy.merchants.column(name) for name in ("entered", "weight"))
        left += float(weight[entered == month].sum(dtype=np.float64))
    return left / float(economy.world.out[:LAST_COHORT, POSITION["openings"]].sum())


def _yearly_sales(economy: Economy, months: int) -> dict[str, NDArray[Any]]:
    """Return id, weight and yearly sales of the merchants there after so many months; steps the economy."""
    economy.advance(months - economy.months_run)
    return {name: economy.merchants.column(name).copy() for name in ("id", "weight", "sales_year_krw")}


def _hill(ids: NDArray[Any], weight: NDArray[Any], sales: NDArray[Any]) -> float:
    """Return Hill's estimate of the tail exponent over the largest TAIL_SHARE of merchants."""
    order = np.argsort(-sales)
    share = np.cumsum(weight[order], dtype=np.float64) / weight.sum(dtype=np.float64)
    top = order[share <= TAIL_SHARE]
    log_excess = np.log(sales[top].astype(np.float64) / sales[order[top.size]])
    return float(1.0 / np.average(log_excess, weights=weight[top]))


def _growth_sd(before: dict[str, NDArray[Any]], after: dict[str, NDArray[Any]]) -> float:
    """Return the spread of log growth of the merchants there at both dates, the outer hundredths left out."""
    _, one, other = np.intersect1d(before["id"], after["id"], return_indices=True)
    old, new = (table["sales_year_krw"][rows] for table, rows in ((before, one), (after, other)))
    sold = (old > 0.0) & (new > 0.0)
    growth = np.log(new[sold].astype(np.float64) / old[sold])
    low, high = np.quantile(growth, (0.005, 0.995))
    return float(growth[(growth >= low) & (growth <= high)].std())


def _owners_alone_share(economy: Economy) -> float:
    regular, temporary, weight = (economy.merchants.column(name) for name in ("regular", "temporary", "weight"))
    return float(np.average(regular + temporary == 0, weights=weight.astype(np.float64)))


def _restaurants(economy: Economy, technology: int | None = None) -> float:
    """Weight of food service, or of its shops that have a technology installed."""
    weight, sector, installed = (economy.merchants.column(name) for name in ("weight", "sector", "installed"))
    chosen = sector == MEALS
    if technology is not None:
        chosen = chosen & (installed >> technology & 1 == 1)
    return float(weight[chosen].sum(dtype=np.float64))
