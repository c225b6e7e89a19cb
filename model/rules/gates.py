"""Services that rules first shut and then open: how many take part, how often accidents happen and what they cost.

Scalars in float64; shares and trust are 0-1, times are years, a step is a month. Model description 6.4 (gates).
"""

import math

from numba import njit

from model.numerics import JIT


@njit(**JIT)
def joined_next(joined: float, joining: float, allowed: float) -> float:
    """Return the share of providers and users that take part, J + r (1 - J) while anything is allowed, else 0."""
    return joined + joining * (1.0 - joined) if allowed > 0.0 else 0.0


@njit(**JIT)
def cut_to_cap(wanted: float, cap: float) -> float:
    """Return the share of what is wanted that a cap in the same unit leaves."""
    return cap / wanted if wanted > cap else 1.0


@njit(**JIT)
def accident_rate(
    ripe_rate: float, early_weight: float, years_early: float, haste_weight: float, haste: float
) -> float:
    """Return accidents per use, r e^(e max(0, years early) + h P): more before the technology is ripe, and in haste."""
    return ripe_rate * math.exp(early_weight * max(0.0, years_early) + haste_weight * haste)


@njit(**JIT)
def poisson(mean: float, draw: float) -> int:
    """Return how many accidents a month of `mean` expected has: the least n whose cumulated chance reaches the draw.

    One draw in 0-1 whatever the mean, so more expected accidents are never fewer; means above 500 count as 500.
    """
    mean = min(mean, 500.0)
    chance = math.exp(-mean)
    reached, count = chance, 0
    while reached < draw and count < 2000:
        count += 1
        chance *= mean / count
        reached += chance
    return count


@njit(**JIT)
def trust_lost(weight: float, accidents: float) -> float:
    """Return the trust that a month's accidents cost, w ln(1 + n): the tenth is less of a shock than the first."""
    return weight * math.log(1.0 + accidents)


@njit(**JIT)
def clinic_share(hospital: float, clinics: float, hospitals: float, referral: float, referred: float) -> float:
    """Return the share of telemedicine that clinics serve.

    hospital: share of hospitals in spending face to face; clinics, hospitals: shares of them that are equipped;
    referral: share under a rule that clinics come first, of which `referred` is sent on. Without the rule patients
    split among the equipped as they do face to face.
    """
    at_clinics, at_hospitals = clinics * (1.0 - hospital), hospitals * hospital
    free = at_clinics / (at_clinics + at_hospitals)
    return referral * (1.0 - referred) + (1.0 - referral) * free
