"""Choice between face-to-face and contactless services: bounds, directions and float64 twins."""

import numpy as np
from hypothesis import given

from model.numerics import logistic
from model.rules import choice
from tests.rules.single import RATE, SHARE, UTILITY, WEIGHT, single, singles

network_utility = single(choice.network_utility)
service_quality = single(choice.service_quality)
inclusive_value = single(choice.inclusive_value)
person_utility = single(choice.person_utility)
no_occasion_log = single(choice.no_occasion_log)
habit_next = single(choice.habit_next)
skill_next = single(choice.skill_next)
opens_account = single(choice.opens_account)

REACH = singles(0.0, 50.0)
DISSIMILARITY = singles(0.1, 1.0)


@given(WEIGHT, REACH, REACH)
def test_more_shops_in_reach_are_worth_more(weight: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert network_utility(weight, low) <= network_utility(weight, high) + 1e-6
    assert network_utility(weight, 1.0) == 0.0
    exact = float(weight) * np.log((1.0 + float(one)) / 2.0)
    np.testing.assert_allclose(network_utility(weight, one), exact, rtol=1e-5, atol=1e-6)


@given(SHARE, singles(0.5, 20.0), singles(0.0, 10.0))
def test_quality_rises_and_fades(trend: float, fading: float, years: float) -> None:
    value = service_quality(trend, fading, years)
    assert -1e-6 <= value <= float(trend) * min(float(years), float(fading)) * (1 + 1e-5) + 1e-6
    exact = float(trend) * float(fading) * -np.expm1(-float(years) / float(fading))
    np.testing.assert_allclose(value, exact, rtol=1e-4, atol=1e-5)


@given(UTILITY, UTILITY, DISSIMILARITY)
def test_two_services_are_worth_more_than_one(first: float, second: float, dissimilarity: float) -> None:
    both = inclusive_value(first, second, dissimilarity)
    best = max(float(first), float(second))
    assert best - 1e-6 <= both <= best + float(dissimilarity) * np.log(2.0) + 1e-5
    assert both == inclusive_value(second, first, dissimilarity)
    scale = float(dissimilarity)
    exact = scale * np.logaddexp(float(first) / scale, float(second) / scale)
    np.testing.assert_allclose(both, exact, rtol=1e-5, atol=1e-5)


@given(WEIGHT, singles(-1, 1), WEIGHT, SHARE, SHARE)
def test_skill_and_habit_raise_contactless_choice(
    skill_weight: float, skill: float, habit_weight: float, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert person_utility(skill_weight, skill, habit_weight, low) <= person_utility(
        skill_weight, skill, habit_weight, high
    )
    assert person_utility(skill_weight, 0.0, habit_weight, 0.5) == 0.0
    exact = float(skill_weight) * float(skill) + float(habit_weight) * (2 * float(one) - 1)
    np.testing.assert_allclose(person_utility(skill_weight, skill, habit_weight, one), exact, rtol=1e-5, atol=1e-5)


@given(singles(-60, 60), singles(0.0, 30.0))
def test_no_occasion_is_a_probability(utility: float, occasions: float) -> None:
    share = np.float32(logistic(utility))
    log_none = no_occasion_log(share, occasions)
    assert log_none <= 0.0
    exact = float(occasions) * np.log(max(1.0 - float(share), 1e-7))
    np.testing.assert_allclose(log_none, exact, rtol=1e-4, atol=1e-5)


def test_a_closed_nest_is_never_used() -> None:
    share = np.float32(logistic(choice.CLOSED_UTILITY))
    assert share < 1e-20
    assert no_occasion_log(share, 30.0) == 0.0


@given(SHARE, SHARE, RATE)
def test_habit_moves_towards_use(habit: float, share: float, update: float) -> None:
    after = habit_next(habit, share, update)
    assert min(habit, share) - 1e-6 <= after <= max(habit, share) + 1e-6
    np.testing.assert_allclose(after, (1 - float(update)) * float(habit) + float(update) * float(share), atol=1e-6)


@given(SHARE, SHARE, singles(0.0, 0.05), SHARE)
def test_skill_grows_to_its_ceiling_and_never_decays(skill: float, use: float, gain: float, ceiling: float) -> None:
    after = skill_next(skill, use, gain, ceiling)
    assert float(skill) <= after <= max(float(skill), float(ceiling)) + 1e-6
    if ceiling <= skill or use == 0:
        assert after == skill


@given(singles(0.0, 10.0), singles(0.0, 10.0), SHARE, SHARE)
def test_the_skilled_open_accounts_sooner(gain: float, cost: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert opens_account(gain, cost, high) or not opens_account(gain, cost, low)
    assert not opens_account(0.0, cost, low)
