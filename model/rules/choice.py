"""How a person splits spending between face-to-face and contactless services (model description 6.1).

All arguments and results are float32 scalars. Utilities are pure numbers.
"""

from numba import float32, njit

from model.numerics import JIT, exp32, log32

CLOSED_UTILITY = float32(-60.0)
"""Utility of a nest without any open service: its share is zero to double precision."""


@njit(**JIT)
def network_utility(weight: float, reachable_over_start: float) -> float:
    """Return the utility of reachable merchants, bN ln((1 + N/N0) / 2): zero at the start."""
    return weight * log32(float32(0.5) * (float32(1.0) + reachable_over_start))


@njit(**JIT)
def price_utility(weight: float, price_over_start: float) -> float:
    """Return the utility of a service's price, bP ln(p/p0): zero at the start."""
    return weight * log32(price_over_start)


@njit(**JIT)
def service_quality(trend_per_year: float, fading_years: float, years: float) -> float:
    """Return the quality gained since the start: a yearly trend that fades exponentially."""
    return trend_per_year * fading_years * (float32(1.0) - exp32(-years / fading_years))


@njit(**JIT)
def gate_utility(open_share: float) -> float:
    """Return what a gate takes from a service's utility, ln of the share that rules allow: zero if it is open."""
    return log32(max(open_share, float32(1e-26)))


@njit(**JIT)
def inclusive_value(first: float, second: float, dissimilarity: float) -> float:
    """Return lambda ln(e^(V1/lambda) + e^(V2/lambda)) of two services of the contactless nest."""
    top = max(first, second)
    low = min(first, second)
    return top + dissimilarity * log32(float32(1.0) + exp32((low - top) / dissimilarity))


@njit(**JIT)
def need_weight(elasticity: float, worth_over_start: float) -> float:
    """Return a need's weight in a budget over that of the start, e^(elasticity x change of worth): 1 at the start."""
    return exp32(elasticity * worth_over_start)


@njit(**JIT)
def person_utility(skill_weight: float, skill_over_mean: float, habit_weight: float, habit: float) -> float:
    """Return what skill and habit add to contactless services: bD (D - mean) + bH (2 H - 1)."""
    return skill_weight * skill_over_mean + habit_weight * (habit + habit - float32(1.0))


@njit(**JIT)
def no_occasion_log(share: float, occasions: float) -> float:
    """Return the log probability that none of n occasions is contactless: n ln(1 - share).

    Its negative is the expected surplus of contactless services over a month, n ln(1 + e^x), in occasions.
    """
    return occasions * log32(max(float32(1.0) - share, float32(1e-7)))


@njit(**JIT)
def habit_next(habit: float, share: float, update_per_month: float) -> float:
    """Return next month's habit, (1 - d) H + d share."""
    return habit + update_per_month * (share - habit)


@njit(**JIT)
def skill_next(skill: float, use_share: float, gain_per_month: float, ceiling: float) -> float:
    """Return next month's digital skill, D + mu use (Dmax - D); skill never decays."""
    return skill + gain_per_month * use_share * max(ceiling - skill, float32(0.0))


@njit(**JIT)
def opens_account(surplus_gain: float, account_cost: float, skill: float) -> bool:
    """Return whether an account is opened: its gain in surplus beats F (1 - D)."""
    return surplus_gain > account_cost * (float32(1.0) - skill)
