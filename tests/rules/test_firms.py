"""Rules of new-industry firms and of labour pools, on cases made by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.rules import firms, matching
from tests.rules.single import SHARE, single, singles

HEADS = st.integers(0, 5_000).map(np.float32)


def test_half_of_what_a_year_holds_happens_in_time() -> None:
    quarters = [float(single(firms.chance)(0.4))] * 4
    assert 1.0 - np.prod([1.0 - chance for chance in quarters]) == pytest.approx(1.0 - np.exp(-0.4), abs=1e-6)


def test_the_drive_is_bounded() -> None:
    rate = single(firms.advance_rate)
    assert rate(0.2, 0.0, 2.0) == pytest.approx(0.2)
    assert rate(0.2, 1.0, 2.0) == pytest.approx(0.2 * np.e, rel=1e-5)
    assert rate(0.2, 9.0, 2.0) == rate(0.2, 2.0, 2.0) > 1.0
    assert rate(0.2, -9.0, 2.0) == pytest.approx(0.2 * np.exp(-2.0), rel=1e-5)


def test_staff_short_slows_and_partners_speed() -> None:
    drive = single(firms.own_drive)
    assert drive(1.0, 1.5, 2.0, 2.0, 0.2) == 0.0
    assert drive(0.8, 1.5, 2.0, 2.0, 0.2) == pytest.approx(-0.3)
    assert drive(1.0, 1.5, 5.0, 2.0, 0.2) == pytest.approx(0.6)


def test_a_firm_without_cash_closes_more_often() -> None:
    rate = single(firms.exit_rate)
    assert rate(0.04, 0.0, 1.2) == pytest.approx(0.04)
    assert rate(0.04, 1.0, 1.2) == pytest.approx(0.04 * np.exp(1.2), rel=1e-5)
    assert firms.cash_missing(30.0, 100.0) == pytest.approx(0.7)
    assert firms.cash_missing(-30.0, 100.0) == 1.0
    assert firms.cash_missing(130.0, 100.0) == firms.cash_missing(0.0, 0.0) - 1.0 == 0.0


def test_staff_wanted_is_a_share_of_what_sales_ask_for() -> None:
    wanted = single(firms.staff_wanted)
    assert wanted(1e9, 1e-8, 0.25, 0.4) == 2.0  # 2.5 researchers and a rank of 0.4
    assert wanted(1e9, 1e-8, 0.25, 0.6) == 3.0
    assert wanted(1e9, 1e-8, 0.75, 0.4) == 7.0


def test_some_quit_and_some_of_those_too_many_are_let_go() -> None:
    leavers = single(firms.leavers)
    assert leavers(100.0, 100.0, 0.03, 0.5, 0.5) == 3.0
    assert leavers(100.0, 80.0, 0.03, 0.5, 0.5) == 13.0
    assert leavers(1.0, 0.0, 0.5, 1.0, 0.9) == 1.0  # never more than there are


@given(HEADS, HEADS, SHARE, SHARE, singles(0.0, 0.9999))
def test_who_leaves_was_there_and_who_comes_was_wanted(
    heads: np.float32, wanted: np.float32, share: np.float32, cut: np.float32, luck: np.float32
) -> None:
    left = float(firms.leavers(heads, wanted, share, cut, luck))
    assert 0.0 <= left <= heads
    assert left == int(left)
    hired = float(firms.hires(wanted, share, np.float32(max(float(luck), 1e-6))))
    assert 0.0 <= hired <= wanted
    assert hired == int(hired)


def test_hires_are_rounded_by_the_other_end_of_the_draw() -> None:
    hires = single(firms.hires)
    assert hires(10.0, 0.25, 0.4) == 3.0  # 2.5 and 0.6
    assert hires(10.0, 0.25, 0.6) == 2.0
    assert hires(0.0, 1.0, 0.01) == 0.0


def test_a_track_record_nears_one_and_faster_with_public_orders() -> None:
    track = single(firms.track_next)
    assert track(0.5, 0.1, 0.0) == pytest.approx(0.55)
    assert track(0.5, 0.1, 1.0) == pytest.approx(0.6)
    assert track(1.0, 0.1, 1.0) == 1.0


def test_firms_follow_firms_and_talent() -> None:
    assert firms.place_weight(0.0, 50.0, 50.0, 0.9, 0.5) == 0.0
    assert firms.place_weight(4.0, 50.0, 50.0, 0.5, 0.5) == pytest.approx(2.0)
    assert firms.place_weight(4.0, 203.0, 50.0, 0.5, 0.5) == pytest.approx(4.0)


def test_prices_learn_from_installations_here_as_elsewhere() -> None:
    price = firms.learned_price
    plain = price(3_000_000.0, -0.04, 2.0, 0.3, 1e6, 0.0)
    assert plain == round(3_000_000 * 0.96**2)
    a_year_of_growth = 1e6 * 1.3**2 * 0.3
    assert price(3_000_000.0, -0.04, 2.0, 0.3, 1e6, a_year_of_growth) == round(3_000_000 * 0.96**3)
    assert price(3_000_000.0, 0.0, 2.0, 0.3, 1e6, 1e9) == 3_000_000


def test_matches_of_a_pool() -> None:
    assert matching.matches(100.0, 100.0, 0.7, 0.5) == pytest.approx(70.0)
    assert matching.matches(400.0, 100.0, 0.4, 0.5) == pytest.approx(80.0)
    assert matching.matches(400.0, 100.0, 0.7, 0.5) == 100.0  # no more than vacancies
    assert matching.matches(-3.0, 100.0, 0.7, 0.5) == matching.matches(100.0, 0.0, 0.7, 0.5) == 0.0
    assert matching.fill_rate(400.0, 100.0, 0.4, 0.5) == pytest.approx(0.8)


@given(st.floats(0.0, 1e6), st.floats(0.0, 1e6), st.floats(0.0, 1.5), st.floats(0.3, 0.7))
def test_no_more_are_matched_than_there_are(seekers: float, vacancies: float, efficiency: float, a: float) -> None:
    met = matching.matches(seekers, vacancies, efficiency, a)
    assert 0.0 <= met <= min(seekers, vacancies)
    more = matching.matches(seekers + 10.0, vacancies, efficiency, a)
    assert more >= met - 1e-9


def test_seekers_leak_come_and_return() -> None:
    assert matching.seekers_next(100.0, 20.0, 8.0, 0.75, 0.1) == pytest.approx(116.0)
