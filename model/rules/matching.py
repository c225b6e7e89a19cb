"""How seekers and vacancies meet in a pool of labour (Petrongolo and Pissarides 2001).

Scalars in float64; a pool is one skill in one province.
"""

from numba import njit

from model.numerics import JIT


@njit(**JIT)
def matches(seekers: float, vacancies: float, efficiency: float, elasticity: float) -> float:
    """Return the hires of a period in persons: M = mu U^a V^(1-a), never more than seekers or vacancies.

    seekers U, vacancies V: persons; efficiency mu: hires a period where both are one; elasticity a: of seekers, 0 to 1.
    """
    if seekers <= 0.0 or vacancies <= 0.0:
        return 0.0
    met = efficiency * seekers**elasticity * vacancies ** (1.0 - elasticity)
    return min(met, min(seekers, vacancies))


@njit(**JIT)
def fill_rate(seekers: float, vacancies: float, efficiency: float, elasticity: float) -> float:
    """Return the share of vacancies that a period fills, 0 to 1."""
    if vacancies <= 0.0:
        return 0.0
    return matches(seekers, vacancies, efficiency, elasticity) / vacancies


@njit(**JIT)
def seekers_next(seekers: float, arrived: float, left_jobs: float, kept: float, leak: float) -> float:
    """Return the seekers of a pool before the period's matching, persons.

    arrived: graduates and who was attracted; left_jobs: who left a firm, of whom the share `kept` looks for a job here
    again; leak: share of earlier seekers that goes elsewhere in a period.
    """
    return seekers * (1.0 - leak) + arrived + kept * left_jobs
