"""Hearing of, choosing, applying for and dropping a technology: bounds, directions and float64 twins."""

import numpy as np
from hypothesis import given

from model.rules import adoption
from tests.rules.single import MONEY, RATE, SHARE, UTILITY, WEIGHT, single, singles

peers_make_aware = single(adoption.awareness_hazard)
campaigns_make_aware = single(adoption.campaign_hazard)
within = single(adoption.probability_within)
expected_sales_gain = single(adoption.expected_sales_gain)
monthly_gain = single(adoption.monthly_gain)
gain_scale = single(adoption.gain_scale)
adoption_utility = single(adoption.adoption_utility)
person_utility = single(adoption.person_utility)
application = single(adoption.application_probability)
drop_out = single(adoption.drop_out_hazard)
capability_next = single(adoption.capability_next)


def awareness(p: float, q: float, peer: float, c: float, campaign: float) -> float:
    return float(peers_make_aware(p, q, peer) + campaigns_make_aware(c, campaign))


CAMPAIGN = singles(0.0, 1e6)
GAIN = singles(-1e7, 1e7)


@given(RATE, RATE, SHARE, SHARE, CAMPAIGN, CAMPAIGN)
def test_campaigns_and_peers_make_aware(p: float, q: float, peer: float, c: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    quiet, loud = awareness(p, q, peer, c, low), awareness(p, q, peer, c, high)
    assert 0.0 <= quiet <= loud * (1 + 1e-6) + 1e-6
    assert awareness(p, q, 0.0, c, low) <= quiet + 1e-6
    exact = float(p) + float(q) * float(peer) + float(c) * np.log1p(float(low))
    np.testing.assert_allclose(quiet, exact, rtol=2e-6, atol=2e-6)


@given(singles(0.0, 20.0), singles(0.0, 20.0))
def test_a_chance_grows_with_exposure(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0.0 <= within(low) <= within(high) + 1e-6 <= 1.0 + 1e-6
    np.testing.assert_allclose(within(low), -np.expm1(-float(low)), atol=2e-6)
    assert within(0.0) == 0.0


def test_nothing_to_hear_of_is_not_heard_of() -> None:
    assert awareness(0.0, 0.0, 1.0, 1.0, 0.0) == 0.0


@given(singles(-0.5, 0.5), singles(-0.5, 0.5), SHARE)
def test_the_expected_gain_lies_between_prior_and_peers(prior: float, realised: float, weight: float) -> None:
    expected = expected_sales_gain(prior, realised, weight)
    assert min(prior, realised) - 1e-6 <= expected <= max(prior, realised) + 1e-6
    assert expected_sales_gain(prior, realised, 0.0) == prior


@given(SHARE, MONEY, singles(-0.3, 0.3), SHARE, SHARE, singles(-1e6, 1e6), singles(0.0, 1e6))
def test_monthly_gain(
    margin: float, sales: float, gain: float, lost: float, channel: float, saved: float, running: float
) -> None:
    kept = float(margin) * (1 - float(lost)) - float(channel)
    exact = kept * float(sales) * float(gain) + float(saved) - float(running)
    found = monthly_gain(margin, sales, gain, lost, channel, saved, running)
    np.testing.assert_allclose(found, exact, rtol=1e-4, atol=1e-6 * float(sales) + 1.0)


@given(GAIN, GAIN, singles(0.0, 1e6), singles(0.0, 1e6), singles(0.1, 1.0), singles(1e3, 1e6), UTILITY)
def test_gains_attract_and_prices_deter(
    one: float, other: float, cheap: float, dear: float, hurdle: float, scale: float, rest: float
) -> None:
    low, high = sorted((one, other))
    less, more = sorted((cheap, dear))
    tolerance = 1e-5 * (1.0 + (abs(float(low)) + abs(float(high)) + float(more)) / float(scale))
    at = adoption_utility(0.0, 1.0, low, less, hurdle, scale, rest)
    assert at <= adoption_utility(0.0, 1.0, high, less, hurdle, scale, rest) + tolerance
    assert at >= adoption_utility(0.0, 1.0, low, more, hurdle, scale, rest) - tolerance
    exact = (float(low) - float(less) * float(hurdle) / 12.0) / float(scale) + float(rest)
    np.testing.assert_allclose(at, exact, atol=tolerance, rtol=1e-5)


@given(singles(1.0, 1e6), RATE, MONEY)
def test_a_large_shop_weighs_gains_against_its_sales(least: float, share: float, sales: float) -> None:
    assert gain_scale(least, share, sales) >= least
    assert gain_scale(least, share, 0.0) == least


@given(WEIGHT, SHARE, RATE, singles(20, 90))
def test_the_able_and_the_young_adopt_sooner(weight: float, capability: float, age_weight: float, age: float) -> None:
    at = person_utility(weight, capability, age_weight, age)
    assert at <= person_utility(weight, 1.0, age_weight, 20.0) + 1e-5
    assert at >= person_utility(weight, 0.0, age_weight, 90.0) - 1e-5
    assert person_utility(weight, 0.5, age_weight, 50.0) == 0.0


@given(UTILITY, WEIGHT, SHARE, SHARE, RATE, singles(0.0, 200.0), singles(0.0, 200.0))
def test_subsidy_invites_and_paperwork_deters(
    constant: float, weight: float, one: float, other: float, burden: float, few: float, many: float
) -> None:
    low, high = sorted((one, other))
    less, more = sorted((few, many))
    chance = application(constant, weight, low, burden, less)
    assert 0.0 <= chance <= 1.0
    assert chance <= application(constant, weight, high, burden, less) + 1e-6
    assert chance >= application(constant, weight, low, burden, more) - 1e-6


@given(singles(0.0, 0.2), GAIN, GAIN, singles(1e3, 1e6))
def test_what_pays_is_kept(hazard: float, one: float, other: float, scale: float) -> None:
    low, high = sorted((one, other))
    found = drop_out(hazard, low, scale)
    assert drop_out(hazard, high, scale) <= found * (1 + 1e-5)
    assert float(hazard) * np.exp(-2.0) * (1 - 1e-5) <= found <= float(hazard) * np.exp(2.0) * (1 + 1e-5)
    np.testing.assert_allclose(drop_out(hazard, 0.0, scale), hazard)


@given(SHARE, SHARE, singles(0.001, 0.2), singles(0.0, 0.05))
def test_capability_comes_with_use_and_goes_without(base: float, part: float, learned: float, decay: float) -> None:
    gained = np.float32(part * (np.float32(1.0) - base))
    with_use, without = capability_next(base, gained, learned, decay), capability_next(base, gained, 0.0, decay)
    assert gained - 1e-6 <= with_use <= 1.0 - base + 1e-6
    assert 0.0 <= without <= gained
