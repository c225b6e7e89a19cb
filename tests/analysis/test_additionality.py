"""Additionality of single pairs of runs: eight shops by hand, identities on any pair, order of rows."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.additionality import (
    CATEGORIES,
    PairedArms,
    Window,
    additional_by,
    adoption,
    adoption_terms,
    pair_arms,
    sales_terms,
)

WINDOW = Window("mobile_pay_terminal", start=10, end=40)
Columns = dict[str, NDArray[Any]]


def arm(ids: list[int], first: list[int], active: list[int], granted: list[int] | None = None) -> Columns:
    count = len(ids)
    return {
        "id": np.array(ids, dtype=np.uint32),
        "alive": np.ones(count, dtype=bool),
        "active_mask": np.array(active, dtype=np.uint8),
        "first_active_mobile_pay_terminal": np.array(first, dtype=np.int16),
        "subsidised_mobile_pay_terminal": np.array(granted or [-1] * count, dtype=np.int16),
        "sales_krw_per_year": np.full(count, 100.0, dtype=np.float32),
        "owner_income_krw_per_year": np.full(count, 10.0, dtype=np.float32),
    }


def attributes(count: int, weights: list[float] | None = None) -> Columns:
    return {
        "weight": np.array(weights or [1.0] * count, dtype=np.float32),
        "sector": np.zeros(count, dtype=np.uint8),
        "province": np.zeros(count, dtype=np.uint8),
    }


def terms(programme: Columns, baseline: Columns, static: Columns) -> dict[str, float]:
    arms = pair_arms(programme, baseline, static)
    return adoption_terms(arms, adoption(arms, WINDOW))


def test_eight_shops_by_hand() -> None:
    """Weights are powers of two, so every sum names its shops."""
    ids = [1, 2, 3, 4, 5, 6, 7, 8]
    programme = arm(
        ids,
        first=[20, 20, 20, 20, -1, 25, -1, 20],
        active=[1, 1, 1, 0, 0, 1, 0, 1],
        granted=[18, 18, 18, 18, 18, -1, -1, 5],
    )
    baseline = arm(
        ids,
        first=[23, 24, -1, -1, -1, -1, 30, 20],
        active=[1, 1, 0, 0, 0, 0, 1, 1],
    )
    found = terms(programme, baseline, attributes(8, [1, 2, 4, 8, 16, 32, 64, 128]))
    assert found == {
        "subsidised": 31,  # shop 8 was subsidised before the programme began
        "deadweight": 1 + 16,  # three months later anyway; subsidised and never active
        "never_used": 16,
        "accelerated": 2,  # four months later
        "induced": 4 + 8,
        "no_twin": 0,
        "additional": 4 + 32 - 64,
        "additional_deadweight": 0,
        "additional_accelerated": 0,
        "additional_induced": 4,  # shop 4 dropped out again
        "additional_no_twin": 0,
        "spill_over": 32,
        "crowded_out": 64,
    }


def test_activity_after_the_window_counts_as_never() -> None:
    programme = arm([1], first=[38], active=[1], granted=[38])
    baseline = arm([1], first=[41], active=[1])
    assert terms(programme, baseline, attributes(1))["induced"] == 1


def test_a_subsidised_entrant_has_no_twin_and_a_baseline_only_shop_is_crowded_out() -> None:
    programme = arm([1, 9], first=[-1, 20], active=[0, 1], granted=[-1, 20])
    baseline = arm([1, 2], first=[-1, 5], active=[0, 1])
    found = terms(programme, baseline, attributes(2, [1, 2]))
    assert (found["no_twin"], found["subsidised"], found["deadweight"]) == (2, 2, 0)
    assert (found["additional_no_twin"], found["crowded_out"], found["additional"]) == (2, 2, 0)


def random_pair(seed: int, count: int, entrants: int) -> PairedArms:
    draws = np.random.default_rng(seed)
    static = attributes(count, list(draws.uniform(1, 9, count)))
    static["sector"] = draws.integers(0, 3, count).astype(np.uint8)
    static["province"] = draws.integers(0, 4, count).astype(np.uint8)
    arms = []
    for offset in (0, 1000):
        ids = np.arange(1, count + 1) + np.where(np.arange(count) < entrants, offset, 0)
        first = np.where(draws.random(count) < 0.6, draws.integers(0, 41, count), -1)
        active = (first >= 0) & (draws.random(count) < 0.8)
        granted = np.where(draws.random(count) < 0.5, draws.integers(0, 41, count), -1)
        one = arm(list(ids), list(first), list(active.astype(int)), list(granted))
        one["sales_krw_per_year"] = draws.uniform(1, 9, count).astype(np.float32)
        one["owner_income_krw_per_year"] = draws.uniform(1, 9, count).astype(np.float32)
        arms.append(one)
    return pair_arms(arms[0], arms[1], static)


@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(0, 10))
def test_the_parts_add_up_in_every_pair(seed: int, count: int, entrants: int) -> None:
    arms = random_pair(seed, count, entrants)
    adopted = adoption(arms, WINDOW)
    found = adoption_terms(arms, adopted)
    assert found["subsidised"] == pytest.approx(sum(found[name] for name in CATEGORIES))
    parts = sum(found[f"additional_{name}"] for name in CATEGORIES)
    assert found["additional"] == pytest.approx(parts + found["spill_over"] - found["crowded_out"], abs=1e-9)
    weights = arms.weights
    active = [weights @ (one["active_mask"] & 1) for one in (arms.programme, arms.baseline)]
    assert found["additional"] == pytest.approx(active[0] - active[1], abs=1e-9)
    assert found["never_used"] <= found["deadweight"]
    by_sector = additional_by(arms, adopted, arms.attributes["sector"], 3)
    assert by_sector.sum() == pytest.approx(found["additional"], abs=1e-9)


@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(0, 10))
def test_the_sales_ledgers_close(seed: int, count: int, entrants: int) -> None:
    arms = random_pair(seed, count, entrants)
    found = sales_terms(arms, adoption(arms, WINDOW))
    sales = "sales_krw_per_year"
    total = arms.weights @ (arms.programme[sales].astype(float) - arms.baseline[sales])
    parts = found["sales_treated"] + found["sales_rivals"] + found["sales_elsewhere"]
    assert parts == pytest.approx(total, abs=1e-6)


@given(st.integers(0, 2**32), st.integers(2, 30))
def test_the_order_of_the_baseline_rows_does_not_matter(seed: int, count: int) -> None:
    arms = random_pair(seed, count, entrants=1)
    static = {**arms.attributes, "weight": np.full(count, 3.0, dtype=np.float32)}
    shuffled = np.random.default_rng(seed).permutation(count)
    moved = {name: column[shuffled] for name, column in arms.baseline.items()}
    assert terms(dict(arms.programme), moved, static) == pytest.approx(
        terms(dict(arms.programme), dict(arms.baseline), static)
    )


def test_the_same_run_twice_has_no_effect() -> None:
    arms = random_pair(7, 30, 0)
    ungranted = np.full(30, -1, dtype=np.int16)
    baseline = {**arms.programme, "subsidised_mobile_pay_terminal": ungranted}
    same = pair_arms(arms.programme, baseline, arms.attributes)
    adopted = adoption(same, WINDOW)
    found = adoption_terms(same, adopted)
    zero = ("additional", "accelerated", "induced", "spill_over", "crowded_out", "no_twin")
    assert [found[name] for name in zero] == [0] * len(zero)
    assert found["deadweight"] == found["subsidised"] > 0
    assert set(sales_terms(same, adopted).values()) == {0.0}
    assert not adopted.differs.any()


def test_a_grant_that_both_arms_make_is_not_the_programmes() -> None:
    programme = arm([1, 2], first=[12, 14], active=[1, 1], granted=[11, 14])
    baseline = arm([1, 2], first=[12, -1], active=[1, 0], granted=[11, -1])
    found = terms(programme, baseline, attributes(2, [1, 2]))
    assert (found["subsidised"], found["induced"], found["spill_over"]) == (2, 2, 0)


def test_rivals_share_province_and_sector_with_a_treated_shop() -> None:
    programme = arm([1, 2, 3], first=[20, -1, -1], active=[1, 0, 0], granted=[20, -1, -1])
    baseline = arm([1, 2, 3], first=[-1, -1, -1], active=[0, 0, 0])
    programme["sales_krw_per_year"] = np.array([130.0, 90.0, 99.0], dtype=np.float32)
    static = attributes(3) | {"province": np.array([0, 0, 1], dtype=np.uint8)}
    arms = pair_arms(programme, baseline, static)
    assert sales_terms(arms, adoption(arms, WINDOW)) == {
        "sales_treated": 30.0,
        "sales_rivals": -10.0,
        "sales_elsewhere": -1.0,
        "sales_sectors": 19.0,
    }


def test_groups_of_another_population_are_refused() -> None:
    with pytest.raises(ValueError, match="2 rows, the attributes have 3"):
        pair_arms(arm([1, 2], [0, 0], [0, 0]), arm([1, 2], [0, 0], [0, 0]), attributes(3))
