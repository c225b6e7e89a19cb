"""Merchants there at the start: how old their businesses are, what they owe, and the hazards that keep their number.

All without luck: ages and debts follow from ranks, so that the age structure stays as it is under the hazards of the
register, and constants make the first month's weighted hazard the register's in every sector.
"""

from collections.abc import Mapping

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.agents.merchants.closing import vacate
from model.agents.merchants.columns import (
    AGE_STEPS,
    DEBT_RATE,
    INCOME_YEAR,
    NOBODY,
    SALES_YEAR,
    SECTOR,
    SIZE_STEPS,
    MerchantRows,
)
from model.codes import SECTORS
from model.numerics import JIT
from model.parameters import vector
from model.records import F8, I2
from model.synthetic_population.merchants import MerchantTraits
from model.synthetic_population.tables import owner_ages

OLDEST_YEARS = 60.0
_EDGES = (0.0, 1.0, 5.0)


def months_of_opening(traits: MerchantTraits, values: Mapping[str, float]) -> I2:
    """Return months of opening from ranks: the age structure that births and the hazards of the register keep."""
    rank = (55.0 * traits.staff_rank.astype(np.float64) + 34.0 * traits.capability_rank.astype(np.float64)) % 1.0
    years = age_at(rank, vector(values, "exit.hazard_per_year", "business_ages"))
    return (-1 - np.floor(12.0 * years)).astype(np.int16)


def age_at(rank: F8, hazards: list[float]) -> F8:
    """Return the age in years at a rank of the stationary age structure: mass falls with survival, class by class."""
    mass, alive = _masses(hazards)
    upto = np.concatenate([[0.0], np.cumsum(mass)])
    where = rank * upto[-1]
    place = np.clip(np.searchsorted(upto, where, side="right") - 1, 0, len(hazards) - 1)
    hazard, start = np.array(hazards)[place], np.array(_EDGES)[place]
    within = np.minimum(hazard * (where - upto[place]) / np.array(alive)[place], 1.0 - 1e-12)
    return np.minimum(start - np.log(1.0 - within) / hazard, OLDEST_YEARS)


def _masses(hazards: list[float]) -> tuple[list[float], list[float]]:
    """Return by age class its mass for one birth a year, and how many of a birth cohort reach it."""
    mass, alive = [], [1.0]
    for hazard, length in zip(hazards, (*np.diff(_EDGES), np.inf), strict=True):
        left = alive[-1] * float(np.exp(-hazard * length))
        mass.append((alive[-1] - left) / hazard)
        alive.append(left)
    return mass, alive[:-1]


def births_by_month(values: Mapping[str, float], months: int) -> F8:
    """Return births expected a founder, (month, sector): what the hazards take from its age structure, and growth.

    The structure is followed from month to month by sector; it depends on nothing that happens in a run.
    """
    hazards = vector(values, "exit.hazard_per_year", "business_ages")
    growth = np.array(vector(values, "entry.growth_per_year", "sectors"))
    mass, _ = _masses(hazards)
    older = np.full(len(SECTORS), mass[2] / sum(mass))
    ages = (np.arange(60) + 0.5) / 12.0
    monthly = np.where(ages < 1.0, hazards[0], hazards[1]) / 12.0
    cohort = np.concatenate([[1.0], np.exp(-np.cumsum(monthly))])[:60] * -np.expm1(-monthly) / monthly / 12.0
    young = np.repeat((cohort / sum(mass))[:, None], len(SECTORS), axis=1)
    leaves, last = -np.expm1(-monthly)[:, None], float(-np.expm1(-hazards[2] / 12.0))
    births = np.zeros((months, len(SECTORS)))
    for month in range(months):
        deaths = (young * leaves).sum(axis=0) + older * last
        grows = growth / 12.0 if month < 12 * values["entry.growth_years"] else 0.0
        births[month] = deaths + grows * (young.sum(axis=0) + older)
        older = older * (1.0 - last) + young[-1] * (1.0 - leaves[-1])
        young = np.concatenate([births[month][None, :], (young * (1.0 - leaves))[:-1]])
    return births


def set_debts(rows: MerchantRows, traits: MerchantTraits, values: Mapping[str, float]) -> None:
    """Give debts in proportion to yearly sales to a share of merchants by rank; their mean is the register's."""
    rank = (34.0 * traits.family_rank.astype(np.float64) + 89.0 * traits.capability_rank.astype(np.float64)) % 1.0
    sales = rows.numbers[SALES_YEAR].astype(np.float64)
    owes = (rank < values["loan.debtors_share"]) & (sales > 0.0)
    weight = np.where(owes, rows.weight.astype(np.float64), 0.0)
    factor = values["loan.mean_debt_krw"] * weight.sum() / (weight * sales).sum() if owes.any() else 0.0
    rows.debt_krw[:] = np.where(owes, factor * sales, 0.0)
    rows.numbers[DEBT_RATE] = np.where(owes, values["loan.rate_per_year"], 0.0)


@njit(**JIT)
def empty_places(rows: MerchantRows) -> None:
    """Leave the rows of nobody as every vacant row is."""
    for row in range(rows.id.size):
        if rows.id[row] == NOBODY:
            vacate(rows, row)


def exit_constants(rows: MerchantRows, values: Mapping[str, float], outside_krw: float) -> NDArray[np.float32]:
    """Return by sector the constant of the log hazard: the mean hazard of its merchants is that of their ages alone."""
    hazards = np.array(vector(values, "exit.hazard_per_year", "business_ages"))
    most = values["exit.highest_log_factor"]
    income = rows.numbers[INCOME_YEAR].astype(np.float64) - rows.debt_krw * rows.numbers[DEBT_RATE]
    wish = np.clip(values["exit.income_weight"] * (1.0 - income / outside_krw), -most, most)
    age = -rows.entered.astype(np.int64)
    weight = np.where(rows.id == NOBODY, 0.0, rows.weight.astype(np.float64))
    base = hazards[np.where(age <= 12, 0, np.where(age <= 60, 1, 2))] * weight
    moved, alone = (np.bincount(rows.codes[SECTOR], by, len(SECTORS)) for by in (base * np.exp(wish), base))
    return -np.log(np.where(alone > 0.0, moved / np.maximum(alone, 1e-300), 1.0)).astype(np.float32)


def owner_age_table() -> NDArray[np.int64]:
    """Return owners' ages by even rank, the published distribution."""
    ages = owner_ages()
    cumulated = np.concatenate([[0.0], np.cumsum(ages.shares)])
    return np.interp((np.arange(AGE_STEPS) + 0.5) / AGE_STEPS, cumulated, ages.edges).astype(np.int64)


def even_ranks() -> F8:
    """Return the ranks at which an entrant's size is tabulated."""
    return (np.arange(SIZE_STEPS) + 0.5) / SIZE_STEPS
