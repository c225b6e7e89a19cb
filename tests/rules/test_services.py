"""Rules of services at a distance against hand-made cases."""

import math

import pytest

from model.rules import services as rules


def test_utility_adds_what_draws_to_a_service_and_takes_distrust_off() -> None:
    assert rules.service_utility(-2.0, 0.5, 0.25, 1.0, 0.125, 0.0625) == -2.0 + 0.5 + 0.25 + 1.0 - 0.125 + 0.0625


def test_haste_grows_with_a_rise_of_use_alone_and_is_mended() -> None:
    assert rules.haste_next(0.0, 0.1, 4.0, 0.05) == pytest.approx(0.2)
    assert rules.haste_next(0.2, 0.1, 4.0, -0.05) == pytest.approx(0.18)


def test_trust_recovers_a_share_of_what_is_missing_and_never_falls_below_zero() -> None:
    assert rules.trust_next(0.5, 0.1, 0.0) == pytest.approx(0.55)
    assert rules.trust_next(1.0, 0.1, 0.3) == pytest.approx(0.7)
    assert rules.trust_next(0.2, 0.1, 0.9) == 0.0


def test_a_category_is_worth_less_in_a_pandemic_and_more_with_another_way() -> None:
    assert rules.category_worth(1.5, 0.0, 0.0) == 0.0
    assert rules.category_worth(1.5, 0.5, 0.0) == -0.75
    assert rules.category_worth(1.5, 0.5, 0.25) == pytest.approx(-0.75 + math.log(4.0 / 3.0))
    assert math.isfinite(rules.category_worth(0.0, 0.0, 1.0))
