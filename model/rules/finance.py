"""A small merchant's month in money: what is paid by card, what the owner draws or puts in (model description 4)."""

from numba import njit

from model.numerics import JIT


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
