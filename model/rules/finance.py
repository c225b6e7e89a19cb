"""A small merchant's month in money: who is paid what, and what the owner draws (model description 4)."""

from numba import njit

from model.numerics import JIT


@njit(**JIT)
def till_fees(
    face_to_face_krw: float,
    mobile_krw: float,
    qr_krw: float,
    card_share: float,
    card_fee: float,
    qr_fee: float,
) -> tuple[float, float]:
    """Return the fees a merchant pays to card networks and to the public QR network, KRW.

    Mobile pay rides on the card networks; of what is neither mobile nor QR, `card_share` is by card.
    """
    by_card = mobile_krw + card_share * (face_to_face_krw - mobile_krw - qr_krw)
    return card_fee * by_card, qr_fee * qr_krw


@njit(**JIT)
def owner_settlement(cash_krw: float, cash_target_krw: float) -> tuple[float, float]:
    """Return what the owner draws and puts in, KRW: cash above the target is drawn, below zero is refilled."""
    return max(0.0, cash_krw - cash_target_krw), max(0.0, -cash_krw)
