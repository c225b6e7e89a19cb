"""The declared life table and the smoothest single-year ages that agree with tables of age bands."""

from typing import Final

import numpy as np
import numpy.typing as npt

from model.synthetic_population.apportion import Floats

HAZARD_AT_ALL_AGES_PER_YEAR: Final = 0.0004
HAZARD_AT_AGE_70_PER_YEAR: Final = 0.0128
HAZARD_GROWTH_PER_YEAR_OF_AGE: Final = 0.118
"""Assumed Gompertz-Makeham hazard, both sexes, the same every year; life expectancy at birth 82.5 years."""

CLOSING_AGE: Final = 110
"""Nobody is older at the end of 2024; the table's band "100+" is spread over ages 100 to 109."""


def yearly_hazard(age: npt.ArrayLike) -> Floats:
    """Return the yearly hazard of dying at exact age `age` (years)."""
    years = np.asarray(age, dtype=np.float64)
    rise = HAZARD_AT_AGE_70_PER_YEAR * np.exp(HAZARD_GROWTH_PER_YEAR_OF_AGE * (years - 70))
    return np.asarray(HAZARD_AT_ALL_AGES_PER_YEAR + rise, dtype=np.float64)


def survivors(ages: int) -> Floats:
    """Return the share of a birth cohort alive at completed age 0, 1, ... `ages` - 1 at a year's end."""
    cumulated = np.concatenate([[0.0], np.cumsum(yearly_hazard(np.arange(ages) + 0.5))])
    alive = np.exp(-cumulated)
    return np.asarray((alive[:-1] + alive[1:]) / 2)


def life_expectancy_years() -> float:
    """Return the life expectancy at birth that the declared hazard implies."""
    return float(survivors(130).sum())


def bands_of_ten(ages: int) -> Floats:
    """Return the matrix (ages / 10, ages) that sums single ages into bands of ten years."""
    return np.repeat(np.eye(ages // 10), 10, axis=1)


def smoothest_ages(conditions: Floats, totals: Floats) -> Floats:
    """Return the population by single age with the smoothest birth cohorts that meets linear conditions.

    The cohorts (population / survivors) have the least sum of squared second differences among all with
    `conditions` (m, ages) @ population = `totals` (m,): a quadratic programme solved by its normal equations.
    """
    ages = conditions.shape[1]
    alive = survivors(ages)
    curvature = np.diff(np.eye(ages), n=2, axis=0)
    constraints = conditions * alive
    system = np.block(
        [
            [curvature.T @ curvature, constraints.T],
            [constraints, np.zeros((len(totals), len(totals)))],
        ]
    )
    solved = np.linalg.solve(system, np.concatenate([np.zeros(ages), totals]))
    return np.maximum(alive * solved[:ages], 0.0)
