"""Luck, hiring and letting go: means, bounds, directions and whole heads."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from model.rules import life
from tests.rules.single import SHARE, single, singles

laplace = single(life.laplace_shock)
quality_next = single(life.quality_next)
heads = single(life.heads_wanted)
temporary = single(life.temporary_wanted)
regular_next = single(life.regular_next)

RANK = singles(0.001, 0.999)
SALES = singles(0.0, 1e9)
PER_KRW = singles(1e-9, 1e-7)
STAFF = st.integers(0, 200)


def test_shocks_have_mean_zero_and_the_variance_of_a_laplace_number() -> None:
    draws = (np.arange(20_000) + 0.5) / 20_000
    shocks = np.array([laplace(draw, 0.3) for draw in draws])
    assert abs(shocks.mean()) < 1e-4
    np.testing.assert_allclose(shocks.var(), 2.0 * 0.3**2, rtol=0.01)
    assert (np.diff(shocks) >= 0.0).all()


@given(singles(-3.0, 3.0), SHARE)
def test_luck_fades(quality: float, persistence: float) -> None:
    assert abs(quality_next(quality, persistence, 0.0, 0.0)) <= abs(quality) + 1e-6
    assert quality_next(quality, persistence, 1.0, 0.0) > quality_next(quality, persistence, 1.0, 0.5)


@given(SALES, SALES, PER_KRW, singles(0.0, 3.0), RANK)
def test_sales_ask_for_whole_heads(one: float, other: float, per_krw: float, absorbs: float, rank: float) -> None:
    low, high = sorted((one, other))
    few, many = heads(low, per_krw, absorbs, rank), heads(high, per_krw, absorbs, rank)
    assert 0 <= few <= many
    assert many == int(many)
    wish = max(float(high) * float(per_krw) - float(absorbs), 0.0)
    assert wish - 1.0 - 1e-4 <= many <= wish + 1.0 + 1e-4
    assert heads(high, 0.0, absorbs, rank) == 0.0


def test_parts_of_a_head_are_right_on_average() -> None:
    ranks = (np.arange(1_000) + 0.5) / 1_000
    assert np.mean([heads(1e8, 2.3e-8, 1.0, rank) for rank in ranks]) == 1.3


@given(STAFF, SHARE, RANK)
def test_temporary_staff_are_part_of_the_staff(paid: int, share: float, rank: float) -> None:
    wanted = temporary(float(paid), share, rank)
    assert 0 <= wanted <= paid
    assert wanted == int(wanted)


@given(STAFF, STAFF)
def test_regular_staff_move_half_way_and_arrive(now: int, wanted: int) -> None:
    after = regular_next(float(now), float(wanted))
    assert min(now, wanted) <= after <= max(now, wanted)
    assert (after == now) == (now == wanted)
    steps = float(now)
    for _ in range(9):
        steps = regular_next(steps, float(wanted))
    assert steps == wanted
