"""Matching of seekers and vacancies, and what telework moves: bounds, scale, directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.rules.finance import interest_rate
from model.rules.matching import fill_rate, matches
from model.rules.work import seekers_left, trade_moved

PEOPLE = st.floats(1.0, 1e6)
EFFICIENCY = st.floats(0.01, 3.0)
ELASTICITY = st.floats(0.05, 0.95)


@given(EFFICIENCY, PEOPLE, PEOPLE, ELASTICITY)
def test_no_more_matches_than_people_or_posts(efficiency: float, seekers: float, vacancies: float, a: float) -> None:
    made = matches(seekers, vacancies, efficiency, a)
    assert 0.0 < made <= min(seekers, vacancies)
    assert matches(2 * seekers, 2 * vacancies, efficiency, a) == pytest.approx(2 * made)
    rate = fill_rate(seekers, vacancies, efficiency, a)
    assert 0.0 < rate <= 1.0
    assert rate * vacancies == pytest.approx(made)


def test_matches_by_hand() -> None:
    assert matches(400.0, 100.0, 0.5, 0.5) == pytest.approx(100.0)
    assert matches(400.0, 100.0, 0.4, 0.5) == pytest.approx(80.0)
    assert fill_rate(400.0, 100.0, 0.4, 0.5) == pytest.approx(0.8)
    assert matches(0.0, 100.0, 0.5, 0.5) == 0.0
    assert matches(100.0, 0.0, 0.5, 0.5) == 0.0


@given(PEOPLE, PEOPLE, ELASTICITY)
def test_posts_fill_faster_with_seekers_and_efficiency_and_slower_in_a_tight_market(
    seekers: float, vacancies: float, a: float
) -> None:
    rate = fill_rate(seekers, vacancies, 0.3, a)
    assert fill_rate(1.5 * seekers, vacancies, 0.3, a) >= rate
    assert fill_rate(seekers, 1.5 * vacancies, 0.3, a) <= rate
    assert fill_rate(seekers, vacancies, 0.6, a) >= rate


def test_a_market_without_vacancies_or_seekers_fills_none() -> None:
    assert fill_rate(100.0, 0.0, 0.5, 0.5) == 0.0
    assert fill_rate(0.0, 100.0, 0.5, 0.5) == 0.0


def test_trade_moves_from_offices_home_and_never_more_than_there_is() -> None:
    assert trade_moved(100.0, 50.0, 0.4, 0.1) == pytest.approx(4.0)
    assert trade_moved(100.0, 50.0, 0.4, 0.0) == 0.0
    assert trade_moved(100.0, 50.0, 0.4, -0.1) == pytest.approx(-4.0)
    assert trade_moved(1e6, 50.0, 0.4, -0.1) == -50.0


def test_seekers_are_who_is_left_and_never_too_few() -> None:
    assert seekers_left(1000.0, 700.0, 250.0, 0.01) == pytest.approx(50.0)
    assert seekers_left(1000.0, 800.0, 300.0, 0.01) == pytest.approx(10.0)


def test_rates_move_together_and_not_below_zero() -> None:
    assert interest_rate(0.05, -0.01) == pytest.approx(0.04)
    assert interest_rate(0.005, -0.01) == 0.0
