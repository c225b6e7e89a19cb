"""Job seekers and vacancies meet: the matching function (Petrongolo and Pissarides 2001; model description 6.5).

Scalars; persons, vacancies and matches of a month.
"""

from numba import njit

from model.numerics import JIT


@njit(**JIT)
def matches(efficiency: float, seekers: float, vacancies: float, elasticity: float) -> float:
    """Return the matches of a month, mu U^a V^(1-a), at most as many as there are seekers and vacancies.

    efficiency: mu, per month; elasticity: a, of matches to seekers, 0-1.
    """
    if seekers <= 0.0 or vacancies <= 0.0:
        return 0.0
    return min(efficiency * seekers**elasticity * vacancies ** (1.0 - elasticity), seekers, vacancies)


@njit(**JIT)
def filling_rate(efficiency: float, seekers: float, vacancies: float, elasticity: float) -> float:
    """Return the share of vacancies filled in a month, 0-1; one vacancy alone where there is none.

    Its inverse is how long a vacancy lasts, in months.
    """
    asked = max(vacancies, 1.0)
    return matches(efficiency, seekers, asked, elasticity) / asked
