"""Instruments people hold and use at the till: three payment rows, never one (model description 4 and 6.1)."""

from numba import float32, njit

from model.numerics import JIT, exp32, logistic


@njit(**JIT)
def holding_utility(constant: float, acceptance_weight: float, acceptance: float, trend: float, reward: float) -> float:
    """Return the utility of holding an instrument that everyone in a province shares.

    acceptance: sales-weighted share of tills that take it, 0-1; trend and reward: utilities of the month.
    """
    return constant + acceptance_weight * acceptance + trend + reward


@njit(**JIT)
def holding_probability(utility: float, skill_weight: float, skill_over_mean: float) -> float:
    """Return the probability that a person who revises holds an instrument: L(utility + weight x skill)."""
    return logistic(utility + skill_weight * skill_over_mean)


@njit(**JIT)
def till_shares(
    holds_mobile: float, holds_qr: float, works: float, takes_qr: float, mobile: float, qr: float
) -> tuple[float, float]:
    """Return the shares of a holder's spending paid by mobile pay and by public QR at one till.

    holds_mobile, holds_qr, takes_qr: 0 or 1; works: chance that the wallet works there (1 with a terminal);
    mobile, qr: e^utility against card and cash. A logit over what is held and accepted.
    """
    weight_qr = holds_qr * takes_qr * qr
    with_wallet = mobile / (float32(1.0) + mobile + weight_qr)
    share_mobile = holds_mobile * works * with_wallet
    qr_with = weight_qr / (float32(1.0) + mobile + weight_qr)
    qr_without = weight_qr / (float32(1.0) + weight_qr)
    usable = holds_mobile * works
    return share_mobile, usable * qr_with + (float32(1.0) - usable) * qr_without


@njit(**JIT)
def activity_probability(payments_per_month: float) -> float:
    """Return the probability of at least one payment in a month, 1 - e^-n (Poisson arrivals)."""
    return float32(1.0) - exp32(-payments_per_month)
