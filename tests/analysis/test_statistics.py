"""Intervals against textbook numbers, simulation and the notes that stand in place of figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.measures import MEASURES
from analysis.statistics import (
    band,
    difference_statistic,
    mean_statistic,
    paired_difference,
    ratio_statistic,
    student_t,
)

ABOUT = MEASURES["additional"]
COST = MEASURES["cost_per_additional"]


def test_student_t_matches_the_printed_table() -> None:
    assert [round(student_t(n), 3) for n in (1, 4, 29, 99)] == [6.314, 2.132, 1.699, 1.660]


def test_interval_of_a_mean_by_hand() -> None:
    one = mean_statistic(ABOUT, np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    half_width = 2.131847 * np.sqrt(2.5) / np.sqrt(5)
    assert one.value == 3.0
    assert one.low == pytest.approx(3 - half_width, abs=1e-5)
    assert one.high == pytest.approx(3 + half_width, abs=1e-5)
    assert (one.interval_name, one.n_replications, one.note) == ("simulation_error", 5, "")


def test_pairing_removes_the_luck_that_both_arms_share() -> None:
    luck = np.random.default_rng(1).normal(0, 100, 50)
    one = paired_difference(ABOUT, luck + 5, luck)
    assert one.value == pytest.approx(5)
    assert one.high is not None
    assert one.low is not None
    assert one.high - one.low < 1e-9
    assert one.share_higher == 1.0


def test_arms_of_different_length_cannot_be_paired() -> None:
    with pytest.raises(ValueError, match=r"\(3,\) and \(2,\)"):
        paired_difference(ABOUT, np.zeros(3), np.zeros(2))


def test_an_interval_with_zero_inside_cannot_be_told_apart() -> None:
    one = difference_statistic(ABOUT, np.array([-1.0, 2.0, -1.5, 2.5]))
    assert one.note == "cannot_be_told_apart"
    assert not one.told_apart
    assert one.share_higher == 0.5
    assert difference_statistic(ABOUT, np.array([1.0, 2.0, 1.5])).told_apart


def test_no_difference_at_all_has_its_own_words() -> None:
    assert difference_statistic(ABOUT, np.zeros(4)).note == "same_in_every_pair"


def test_one_pair_gives_a_value_and_no_interval() -> None:
    one = difference_statistic(ABOUT, np.array([7.0]))
    assert (one.value, one.low, one.high, one.note, one.interval_name) == (
        7.0,
        None,
        None,
        "one_pair",
        "none",
    )
    assert ratio_statistic(COST, np.array([6.0]), np.array([2.0])).value == 3.0


@pytest.mark.parametrize(("units", "note"), [(29, "too_few_at_this_scale"), (30, "")])
def test_fewer_than_thirty_sampled_units_are_not_printed(units: int, note: str) -> None:
    one = mean_statistic(ABOUT, np.array([1.0, 2.0]), units)
    assert one.note == note
    assert (one.value is None) == bool(note)
    assert one.sampled_units == units


def test_fieller_interval_covers_the_true_ratio_nine_times_in_ten() -> None:
    draws = np.random.default_rng(3)
    covered = 0
    for _ in range(2000):
        shared = draws.normal(0, 1, 12)
        effect = 5 + shared + draws.normal(0, 2, 12)
        cost = 20 + 2 * shared + draws.normal(0, 3, 12)
        one = ratio_statistic(COST, cost, effect)
        covered += one.low is not None and one.high is not None and one.low <= 4 <= one.high
    assert 0.88 < covered / 2000 < 0.92


def test_fieller_bounds_solve_their_equation() -> None:
    draws = np.random.default_rng(4)
    effect, cost = draws.normal(10, 2, 20), draws.normal(30, 5, 20)
    one = ratio_statistic(COST, cost, effect)
    for bound in (one.low, one.high):
        assert bound is not None
        gap = cost - bound * effect
        assert abs(gap.mean()) / (gap.std(ddof=1) / np.sqrt(20)) == pytest.approx(student_t(19))


def test_a_ratio_over_an_effect_that_may_be_zero_has_no_finite_interval() -> None:
    one = ratio_statistic(COST, np.array([9.0, 10.0, 11.0, 10.0]), np.array([-1.0, 1.2, -0.8, 1.0]))
    assert (one.low, one.high, one.note) == (None, None, "no_finite_interval")
    nothing = ratio_statistic(COST, np.array([1.0, 2.0]), np.zeros(2))
    assert (nothing.value, nothing.note) == (None, "no_finite_interval")


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_the_mean_lies_inside_its_interval(samples: list[float]) -> None:
    one = difference_statistic(ABOUT, np.array(samples))
    assert one.low is not None
    assert one.high is not None
    assert one.value is not None
    assert one.low <= one.value <= one.high
    assert one.told_apart == (one.low > 0 or one.high < 0)


def test_band_holds_nine_tenths_of_the_seeds_in_every_month() -> None:
    paths = np.arange(101.0)[:, None] * np.array([1.0, -2.0])
    one = band(paths)
    assert one.mean.tolist() == [50.0, -100.0]
    assert one.low == pytest.approx([5.0, -190.0])
    assert one.high == pytest.approx([95.0, -10.0])
    assert one.interval_name == "seeds_band"
