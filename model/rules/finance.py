"""A small merchant's month in money: what is paid by card, what the owner draws or puts in (model description 4)."""

from numba import float32, float64, njit

from model.numerics import JIT, exp32


@njit(**JIT)
def share_by_card(mobile_share: float, qr_share: float, card_share: float) -> float:
    """Return the share of face-to-face sales that runs over the card networks.

    Mobile pay rides on them; of what is neither mobile nor public QR, `card_share` is by card.
    """
    return mobile_share + card_share * (1.0 - mobile_share - qr_share)


@njit(**JIT)
def owner_draws(cash_krw: float, cash_target_krw: float) -> float:
    """Return what the owner draws, KRW: all cash above the target."""
    return max(0.0, cash_krw - cash_target_krw)


@njit(**JIT)
def owner_puts_in(cash_krw: float) -> float:
    """Return what the owner's household puts in, KRW: cash below zero is filled the same month."""
    return max(0.0, -cash_krw)


@njit(**JIT)
def missing_part(cash_krw: float, target_krw: float) -> float:
    """Return the part of the buffer of cash that is missing, 0-1; nothing where nothing is meant to be held."""
    if target_krw <= 0.0:
        return float32(0.0)
    return float32(min(max(1.0 - cash_krw / target_krw, 0.0), 1.0))


@njit(**JIT)
def bank_lends(closing_rate: float, lost: float, cover: float, cost: float, spread: float) -> bool:
    """Return whether a loan pays: chance of closing within a year x loss x part not guaranteed + cost <= spread."""
    return (float32(1.0) - exp32(-closing_rate)) * lost * (float32(1.0) - cover) + cost <= spread


@njit(**JIT)
def interest_rate(rate: float, shift: float) -> float:
    """Return what a debt costs a year: its rate, moved as all rates have moved since the start, not below zero."""
    return max(rate + shift, 0.0)


@njit(**JIT)
def blended(amount: float, of_amount: float, more: float, of_more: float) -> float:
    """Return the mean of a rate over an amount and more of it, weighted by both; their sum is positive."""
    return float32((amount * float64(of_amount) + more * float64(of_more)) / (amount + more))
