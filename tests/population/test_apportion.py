"""Whole numbers and margins: sums are exact, nobody is more than one unit off."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.synthetic_population.apportion import fit_margins, largest_remainder, round_to_margins

shares = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=30)


@given(shares, st.integers(0, 10**7))
def test_largest_remainder_is_exact_and_within_one_unit(weights: list[float], total: int) -> None:
    whole = largest_remainder(weights, total)
    quotas = np.array(weights) * (total / sum(weights))
    assert whole.sum() == total
    assert np.all(np.abs(whole - quotas) < 1 + 1e-6)


def test_largest_remainder_gives_ties_to_the_first() -> None:
    assert largest_remainder([1, 1, 1], 4).tolist() == [2, 1, 1]


def test_fitted_table_keeps_its_odds_ratio_and_meets_both_margins() -> None:
    table = np.array([[1.0, 2.0], [3.0, 4.0]])
    fitted = fit_margins(table, np.array([10.0, 20.0]), np.array([12.0, 18.0]))
    assert fitted.sum(axis=1) == pytest.approx([10, 20])
    assert fitted.sum(axis=0) == pytest.approx([12, 18])
    assert fitted[0, 0] * fitted[1, 1] / (fitted[0, 1] * fitted[1, 0]) == pytest.approx(4 / 6)


def test_margins_that_no_table_of_these_zeros_can_meet_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be fitted"):
        fit_margins(np.eye(2), np.array([1.0, 2.0]), np.array([2.0, 1.0]))


@settings(max_examples=50)
@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_rounding_to_margins_is_exact_and_near(rows: int, columns: int, seed: int) -> None:
    table = np.random.default_rng(seed).gamma(0.5, 40.0, size=(rows, columns))
    total = round(table.sum())
    row_sums = largest_remainder(table.sum(axis=1), total)
    column_sums = largest_remainder(table.sum(axis=0), total)
    whole = round_to_margins(table, row_sums, column_sums)
    assert np.array_equal(whole.sum(axis=1), row_sums)
    assert np.array_equal(whole.sum(axis=0), column_sums)
    assert whole.min() >= 0
    assert np.abs(whole - table).max() < 3
