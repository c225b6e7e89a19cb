"""Rules of platforms: ranking, pass-through, demand at other prices, and the responses that make holding best."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.rules.platforms import (
    commission_in_force,
    commission_lost,
    entry_profit,
    holding_response,
    members_kept,
    nest_moved,
    odds_beside,
    orders_moved,
    price_next,
    promises_enough,
    ranking_weight,
)

SHARE = st.floats(0.01, 0.95)


@given(share=SHARE, inner=SHARE, utility=st.floats(-1.0, 1.0), dissimilarity=st.floats(0.3, 1.0))
def test_orders_move_as_nested_logit_does(share: float, inner: float, utility: float, dissimilarity: float) -> None:
    """Against the textbook form: utilities of service, rest of the nest and outside from the shares, then moved."""
    service, rest = dissimilarity * math.log(inner), dissimilarity * math.log(1.0 - inner)
    outside = -math.log(share / (1.0 - share))  # inclusive value of the nest is zero
    grown = [math.exp(v / dissimilarity) for v in (service + utility, rest)]
    value = dissimilarity * math.log(sum(grown))
    expected = 1.0 / (1.0 + math.exp(outside - value)) * grown[0] / sum(grown)
    assert orders_moved(share, *nest_moved(inner, utility, dissimilarity)) == pytest.approx(expected, rel=1e-9)


def test_orders_stay_without_a_change() -> None:
    assert orders_moved(0.3, *nest_moved(0.6, 0.0, 0.5)) == pytest.approx(0.18, rel=1e-12)
    assert orders_moved(0.3, *nest_moved(1.0, 0.0, 0.5)) == pytest.approx(0.3, rel=1e-12)


@given(margin=st.floats(0.005, 0.1), elasticity=st.floats(-5.0, 0.0), curvature=st.floats(0.0, 2000.0))
def test_with_its_response_a_platform_would_hold(margin: float, elasticity: float, curvature: float) -> None:
    """No small move of the price earns more: orders fall by the elasticity and as members leave."""
    response = holding_response(margin, 1.0, elasticity)
    moves = np.linspace(-0.01, 0.01, 41)
    profit = [(margin + x) * math.exp(elasticity * x) * members_kept(x, response, curvature) for x in moves]
    assert max(profit) == pytest.approx(margin, rel=1e-9)


def test_caps_and_agreements_bind_from_above() -> None:
    assert commission_in_force(0.1, 1.0, 1.0) == 0.1
    assert commission_in_force(0.1, 1.0, 0.04) == 0.04
    assert commission_in_force(0.1, 0.06, 0.08) == 0.06
    assert commission_lost(0.1, 0.1, 1.0, 0.04) == pytest.approx(0.06)
    assert commission_lost(0.12, 0.1, 1.0, 0.04) == pytest.approx(0.06)
    assert commission_lost(0.1, 0.1, 0.06, 0.04) == pytest.approx(0.02)
    assert commission_lost(0.1, 0.1, 0.06, 1.0) == 0.0


def test_ranking_follows_revenue_by_its_exponent() -> None:
    assert ranking_weight(0.02, 0.01, 0.0) == ranking_weight(0.1, 0.01, 0.0) == 1.0
    assert ranking_weight(0.08, 0.01, 0.5) / ranking_weight(0.02, 0.01, 0.5) == pytest.approx(math.sqrt(3.0))


def test_sellers_pass_their_share_on_by_and_by() -> None:
    price = 1.0
    for _ in range(400):
        before, price = price, price_next(price, 0.04, 0.1, 0.5, 0.1)
        assert 0.97 < price <= before
    assert price == pytest.approx(1.0 - 0.5 * 0.06)
    assert price_next(1.0, 0.1, 0.1, 0.5, 0.1) == 1.0


@given(margin=st.floats(0.02, 0.1), elasticity=st.floats(-5.0, 0.0), others=st.floats(0.3, 1.0))
def test_with_own_sales_too(margin: float, elasticity: float, others: float) -> None:
    """Only what others sell pays the commission: of margin and demand that part moves, of members all."""
    response = holding_response(margin, others, others * elasticity)
    moves = np.linspace(-0.005, 0.005, 41)
    profit = [(margin + others * x) * math.exp(elasticity * others * x) * members_kept(x, response, 0.0) for x in moves]
    assert max(profit) == pytest.approx(margin, rel=1e-9)


def test_entry_weighs_what_a_share_would_earn_against_the_fixed_cost() -> None:
    assert entry_profit(1e12, 0.1, 0.07, 0.0, 0.03, 3e9) == pytest.approx(1e9)
    assert entry_profit(1.05e12, 0.1, 0.07, 0.05, 0.03, 3e9) == pytest.approx(6e9)
    assert promises_enough(1e9, 3e9, 0.3)
    assert not promises_enough(1e9, 3e9, 0.4)
    assert not promises_enough(-1.0, 0.0, 0.0)


def test_a_platform_without_members_draws_nobody() -> None:
    assert odds_beside(0.0, 2.0, -2.5, 0.9, 0.5) == 0.0
    assert odds_beside(0.4, 0.0, -2.5, 1.0, 0.5) == pytest.approx(0.4)
    assert odds_beside(0.4, 0.0, -2.5, 0.9, 0.5) == pytest.approx(0.4 * 0.9 ** (-2.5 / 0.5))
