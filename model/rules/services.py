"""How much people and organisations use a contact-free service, and what that does to its quality and trust.

Scalars; shares and indices are 0-1, utilities pure numbers, a step is a month. Model description 6.1 (service quality,
trust, habit), written for the mean of a cell of people.
"""

import math

from numba import njit

from model.numerics import JIT


@njit(**JIT)
def service_utility(
    constant: float, by_skill: float, pandemic: float, quality: float, distrust: float, by_habit: float
) -> float:
    """Return the utility of a service over its face-to-face counterpart.

    constant: solved from the start; by_skill: weight x (skill - mean); pandemic: weight x force of the pandemic;
    quality: over the start; distrust: weight x (1 - trust); by_habit: 2 x weight x (habit - habit at the start).
    """
    return constant + by_skill + pandemic + quality - distrust + by_habit


@njit(**JIT)
def haste_next(haste: float, mended: float, weight: float, rise: float) -> float:
    """Return next month's loss of quality of a hastily adopted service, (1 - m) P + w max(0, rise of use).

    What is taken up faster than its faults are mended loses quality for a time, so part of the users turn back.
    """
    return (1.0 - mended) * haste + weight * max(0.0, rise)


@njit(**JIT)
def trust_next(trust: float, recovery: float, lost: float) -> float:
    """Return next month's trust, T + r (1 - T) - lost, not below zero; lost: through fraud or accidents."""
    return max(0.0, trust + recovery * (1.0 - trust) - lost)


@njit(**JIT)
def category_worth(closed: float, pandemic: float, contactless_share: float) -> float:
    """Return the log-sum of both ways to meet a category of spending, -w F - ln(1 - x).

    closed: weight of the pandemic on the face-to-face way; contactless_share: what is met at a distance.
    """
    return -closed * pandemic - math.log(max(1.0 - contactless_share, 1e-9))
