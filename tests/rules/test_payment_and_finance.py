"""At the till and in the cash box: shares, fees and what an owner draws."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from model.rules import finance, payment
from tests.rules.single import SHARE, UTILITY, WEIGHT, single, singles

holding = single(payment.holding_utility)
till_shares = single(payment.till_shares)
activity = single(payment.activity_probability)

YES_NO = st.sampled_from([0.0, 1.0])
ODDS = singles(0.0, 20.0)
WON = st.floats(-1e12, 1e12)


@given(UTILITY, SHARE, SHARE, WEIGHT, singles(-1, 1), WEIGHT)
def test_acceptance_and_rewards_make_holders(
    constant: float, one: float, other: float, weight: float, trend: float, reward: float
) -> None:
    low, high = sorted((one, other))
    at = holding(constant, weight, low, trend, 0.0)
    assert at <= holding(constant, weight, high, trend, 0.0) + 1e-5
    assert at <= holding(constant, weight, low, trend, reward) + 1e-5
    assert holding(constant, weight, 0.0, 0.0, 0.0) == constant


@given(YES_NO, YES_NO, SHARE, YES_NO, ODDS, ODDS)
def test_shares_at_the_till(has: float, code: float, works: float, takes: float, mobile: float, qr: float) -> None:
    by_mobile, by_qr = till_shares(has, code, works, takes, mobile, qr)
    assert by_mobile >= 0.0
    assert by_qr >= 0.0
    assert by_mobile + by_qr <= 1.0 + 1e-6
    if not has or not works:
        assert by_mobile == 0.0
    if not (code and takes):
        assert by_qr == 0.0


@given(SHARE, SHARE, YES_NO, YES_NO, ODDS, ODDS)
def test_a_wallet_that_works_more_is_used_more(
    one: float, other: float, code: float, takes: float, mobile: float, qr: float
) -> None:
    low, high = sorted((one, other))
    little, much = (till_shares(1.0, code, works, takes, mobile, qr) for works in (low, high))
    assert little[0] <= much[0] + 1e-6
    assert little[1] >= much[1] - 1e-6
    assert sum(little) <= sum(much) + 1e-5


@given(singles(0.0, 1e4), singles(0.0, 1e4))
def test_more_payments_make_active_use_likelier(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0.0 <= activity(low) <= activity(high) + 1e-6 <= 1.0 + 1e-6
    assert activity(0.0) == 0.0
    np.testing.assert_allclose(activity(low), -np.expm1(-float(low)), atol=1e-6)


@given(SHARE, SHARE, SHARE)
def test_cards_take_what_neither_wallet_nor_cash_pays(by_mobile: float, part: float, card_share: float) -> None:
    mobile = float(by_mobile)
    qr = (1.0 - mobile) * float(part)
    share = finance.share_by_card(mobile, qr, float(card_share))
    assert mobile <= share + 1e-12 <= 1.0 - qr + 2e-12
    assert finance.share_by_card(mobile, qr, 0.0) == mobile


@given(WON, st.floats(0.0, 1e10))
def test_an_owner_draws_or_puts_in(cash: float, target: float) -> None:
    drawn, put_in = finance.owner_draws(cash, target), finance.owner_puts_in(cash)
    assert min(drawn, put_in) == 0.0
    after = cash - drawn + put_in
    assert -1e-3 <= after <= target + 1e-3
    if 0.0 <= cash <= target:
        assert drawn == put_in == 0.0
