"""Rules of gates: joining, caps, accidents and what they cost, and who serves telemedicine."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.rules.gates import accident_rate, clinic_share, cut_to_cap, joined_next, poisson, trust_lost


def test_joining_rises_towards_all_and_ends_with_the_permission() -> None:
    path = [0.0]
    for _ in range(30):
        path.append(joined_next(path[-1], 0.1, 0.5))
    assert all(before < after < 1.0 for before, after in itertools.pairwise(path))
    assert path[1] == pytest.approx(0.1)
    assert joined_next(0.9, 0.1, 0.0) == 0.0


def test_a_cap_cuts_only_what_is_above_it() -> None:
    assert cut_to_cap(50.0, 400.0) == 1.0
    assert cut_to_cap(800.0, 400.0) == 0.5
    assert cut_to_cap(0.0, 0.0) == 1.0
    assert cut_to_cap(1e9, math.inf) == 1.0


def test_accidents_rise_before_ripeness_and_with_haste_only() -> None:
    assert accident_rate(1e-6, 0.5, -3.0, 2.0, 0.0) == 1e-6
    assert accident_rate(1e-6, 0.5, 2.0, 2.0, 0.0) == pytest.approx(1e-6 * math.e)
    assert accident_rate(1e-6, 0.5, 0.0, 2.0, 0.1) > 1e-6


@pytest.mark.parametrize("mean", [0.0, 0.3, 4.0, 60.0, 499.0])
def test_counts_have_the_mean_and_variance_of_a_poisson(mean: float) -> None:
    counts = np.array([poisson(mean, (n + 0.5) / 20_000) for n in range(20_000)])
    assert counts.mean() == pytest.approx(mean, rel=0.01, abs=1e-12)
    assert counts.var() == pytest.approx(mean, rel=0.02, abs=1e-12)


@given(mean=st.floats(0.0, 400.0), more=st.floats(0.0, 100.0), draw=st.floats(1e-7, 1 - 1e-7))
def test_more_expected_accidents_are_never_fewer(mean: float, more: float, draw: float) -> None:
    assert poisson(mean, draw) <= poisson(mean + more, draw)


def test_the_largest_mean_and_draw_come_to_an_end() -> None:
    assert 500 < poisson(1e12, 1 - 1e-7) < 700


def test_trust_lost_grows_less_than_in_proportion() -> None:
    assert trust_lost(0.01, 0.0) == 0.0
    assert trust_lost(0.01, 1.0) < trust_lost(0.01, 10.0) < 10 * trust_lost(0.01, 1.0)


def test_clinics_serve_what_equipment_and_referral_say() -> None:
    assert clinic_share(0.6, 0.5, 0.5, 0.0, 0.2) == pytest.approx(0.4)
    assert clinic_share(0.6, 0.1, 0.9, 0.0, 0.2) < 0.4 < clinic_share(0.6, 0.9, 0.1, 0.0, 0.2)
    assert clinic_share(0.6, 0.1, 0.9, 1.0, 0.2) == pytest.approx(0.8)
    assert clinic_share(0.6, 0.0, 0.9, 0.0, 0.2) == 0.0
