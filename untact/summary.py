"""The last year of a scenario's runs in a few figures, for people who run one scenario."""

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.statistics import Statistic, mean_statistic
from experiments.scenario import Scenario
from model.codes import TECHNOLOGIES
from model.indicators import INDICATORS, Indicator
from untact.batch import Batch

MONTHS_OF_YEAR: Final = 12
SHOWN: Final = (
    "online_share_goods",
    "users_online_goods_persons",
    "sales_face_to_face_krw",
    "sales_online_krw",
    *(f"merchants_active_{technology}" for technology in TECHNOLOGIES),
    "owner_income_krw",
    "wages_krw",
    "platform_commission_krw",
    "public_spending_krw",
)


def last_year(batch: Batch, scenario: Scenario) -> list[Statistic]:
    """Return means over a scenario's finished runs of the last year's figures, with their simulation error.

    Stocks are those of the last month; flows are sums of the last twelve months, or of all if fewer.
    """
    failed = {run.key for run in batch.outcome.failed}
    keys = [key for key in batch.plan.keys(scenario.name) if key not in failed]
    if not keys:
        return []
    core = batch.reader.core(keys, SHOWN)
    return [_statistic(INDICATORS[name], core[name]) for name in SHOWN]


def _statistic(indicator: Indicator, paths: npt.NDArray[np.float64]) -> Statistic:
    year = paths[:, -MONTHS_OF_YEAR:]
    if indicator.aggregation == "last":
        return mean_statistic(indicator, year[:, -1])
    if indicator.aggregation == "mean":
        return mean_statistic(indicator, year.mean(axis=1))
    whole = year.shape[1] == MONTHS_OF_YEAR
    unit = indicator.unit.replace("/month", "/year" if whole else "")
    return mean_statistic(replace(indicator, unit=unit), year.sum(axis=1))
