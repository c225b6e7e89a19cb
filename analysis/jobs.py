"""The change of jobs by group: heads of small merchants and new-industry firms as simulated, others derived.

No won and no head is counted twice: every indicator stands behind one group only, and couriers, parcels, large
sellers and programmes are paid from other purposes of the ledger than small merchants' wages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.arms import Arms
from analysis.measures import MEASURES
from analysis.statistics import Floats, Statistic, difference_statistic
from model.codes import NEW_INDUSTRIES
from model.indicators import INDICATORS
from model.parameters import register

SIMULATED: Final[dict[str, tuple[str, ...]]] = {
    **{group: (f"heads_{group}_persons",) for group in ("owners", "family", "regular", "temporary")},
    "new_industry": tuple(f"firm_staff_{sector}_persons" for sector in NEW_INDUSTRIES),
}
"""Groups of people at work in small merchants, and in new-industry firms: indicators of heads."""
HEADS: Final = tuple(SIMULATED)
DERIVED: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "couriers": (("couriers_krw",), "jobs.revenue_per_courier_krw_per_year"),
    "logistics": (("logistics_krw",), "jobs.revenue_per_parcel_head_krw_per_year"),
    "large_sellers": (("large_seller_sales_krw",), "jobs.sales_per_large_seller_head_krw_per_year"),
    "platforms": (
        ("platform_commission_krw", "delivery_platform_commission_krw"),
        "jobs.revenue_per_platform_head_krw_per_year",
    ),
    "programme": (
        ("public_spending_visits_krw", "public_spending_training_krw"),
        "jobs.cost_per_programme_job_krw_per_year",
    ),
}
"""Groups whose heads are a flow of money over a year divided by a parameter: indicators and parameter id.

Indicators that the model does not hold are passed over.
"""
REPLACED: Final = "unmanned"
"""Couriers and drivers whom drones and robots replace: delivery fees, and so the heads above, stay as they were."""
DELIVERIES_PER_HEAD: Final = ("unmanned_parcels", "jobs.unmanned_deliveries_per_head_per_year")
GROUPS: Final = (*HEADS, *DERIVED, REPLACED)
TOTAL: Final = "jobs_total"


@dataclass(frozen=True)
class Jobs:
    """Change of jobs over the year to a month: a figure for each group, then the total.

    `ranges` holds for derived groups, by measure id, the mean change at both ends of the parameter's range.
    `total_samples` [replications] is the change of all groups together.
    """

    statistics: tuple[Statistic, ...]
    ranges: Mapping[str, tuple[float, float]]
    total_samples: Floats


def job_indicators() -> tuple[str, ...]:
    """Return the core indicators behind the groups, each once."""
    derived = [name for names, _ in DERIVED.values() for name in names if name in INDICATORS]
    simulated = [name for names in SIMULATED.values() for name in names]
    return (*simulated, *derived, DELIVERIES_PER_HEAD[0])


def jobs_of(arms: Arms, month: int, parameters: Mapping[str, float]) -> Jobs:
    """Return the change of jobs over the year that ends in a month number, as a mean over its months.

    `parameters` are the values of the register that the scenario runs with.
    """
    year = arms.year_to(month)
    samples: dict[str, Floats] = {
        f"jobs_{group}": np.sum([arms.difference(name)[:, year].mean(axis=1) for name in names], axis=0)
        for group, names in SIMULATED.items()
    }
    ranges: dict[str, tuple[float, float]] = {}
    for group, (names, parameter_id) in DERIVED.items():
        flow = arms.year_mean([name for name in names if name in INDICATORS], month) * 12
        samples[f"jobs_{group}"] = flow / parameters[parameter_id]
        known = register()[parameter_id]
        low, high = sorted(float(flow.mean()) / bound for bound in (known.low, known.high))
        ranges[f"jobs_{group}"] = (low, high)
    deliveries, per_head = DELIVERIES_PER_HEAD
    samples[f"jobs_{REPLACED}"] = -12 * arms.year_mean([deliveries], month) / parameters[per_head]
    total: Floats = np.sum(list(samples.values()), axis=0)
    figures = {**samples, TOTAL: total}
    statistics = tuple(difference_statistic(MEASURES[name], values) for name, values in figures.items())
    return Jobs(statistics, ranges, total)
