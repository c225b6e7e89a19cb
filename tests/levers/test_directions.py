"""Which way each lever and parameter pushes: paired seeds, so that the same merchants meet the same luck."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from model.codes import TECHNOLOGIES
from model.parameters import register
from model.settings import Settings
from tests.laws.small_korea import holds, qr_enrolment, rows_of, run_to_end, settings_of, terminal_subsidy

SEEDS = range(1, 7)
MONTHS = 24
OPEN_MARKET = "merchants_installed_open_market_entry"
TERMINALS = "merchants_installed_mobile_pay_terminal"
NETWORK = "merchants_installed_public_qr"
APPLIED = "merchants_applied_mobile_pay_terminal"


def differences(more: Settings, less: Settings, indicator: str) -> np.ndarray:
    """Last month's indicator under `more` less that under `less`, by seed."""
    return np.array([run_to_end(more, seed).last(indicator) - run_to_end(less, seed).last(indicator) for seed in SEEDS])


def assert_more(more: Settings, less: Settings, indicator: str) -> None:
    """The mean difference over the seeds is above zero by two standard errors."""
    found = differences(more, less, indicator)
    assert found.mean() > 2.0 * found.std(ddof=1) / np.sqrt(found.size)
    assert found.mean() > 0.0


def under(*levers: Any, months: int = MONTHS, **parameters: float) -> Settings:
    named = {name.replace("__", "."): value for name, value in parameters.items()}
    return settings_of(*levers, months=months, parameters=named)


def test_a_subsidy_puts_terminals_in_place() -> None:
    assert_more(under(terminal_subsidy()), under(), TERMINALS)


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ({"subsidy_rate": 0.8}, {"subsidy_rate": 0.3}),
        ({"paperwork_hours": 2.0}, {"paperwork_hours": 40.0}),
        ({"awareness_campaign_krw_per_month": 3e9}, {"awareness_campaign_krw_per_month": 0.0}),
        ({}, {"target": {"district_kinds": ("traditional_market",)}}),
        ({}, {"jurisdiction": ("Seoul",)}),
    ],
    ids=["rate", "paperwork", "campaign", "target", "jurisdiction"],
)
def test_what_brings_applications(more: Mapping[str, Any], less: Mapping[str, Any]) -> None:
    assert_more(under(terminal_subsidy(**more)), under(terminal_subsidy(**less)), APPLIED)


def test_giving_up_costs_subsidised_devices() -> None:
    steady, hasty = (under(terminal_subsidy(give_up_monthly_hazard=hazard)) for hazard in (0.0, 0.3))
    assert_more(steady, hasty, "merchants_subsidised_mobile_pay_terminal")
    given_up = [holds(rows_of(run_to_end(lever).economy).gave_up, 0).sum() for lever in (hasty, steady)]
    assert given_up[0] > given_up[1]


def test_more_quota_serves_more() -> None:
    assert_more(
        under(terminal_subsidy()), under(terminal_subsidy(quota=4_000)), "merchants_subsidised_mobile_pay_terminal"
    )


def test_slow_decisions_serve_fewer_by_then() -> None:
    fast, slow = (under(terminal_subsidy(processing_months=months), months=12) for months in (1, 8))
    assert_more(fast, slow, "merchants_subsidised_mobile_pay_terminal")


def test_visits_bring_shops_into_the_network_and_people_to_its_tills() -> None:
    assert_more(under(qr_enrolment()), under(), NETWORK)
    assert_more(under(qr_enrolment()), under(qr_enrolment(visits_per_month=10_000)), NETWORK)
    assert_more(under(qr_enrolment()), under(), "public_qr_krw")
    assert_more(under(qr_enrolment()), under(), "instrument_holders_public_qr_pay_persons")


def test_a_larger_commission_keeps_shops_off_the_open_market() -> None:
    assert_more(under(open_market__commission_share=0.05), under(open_market__commission_share=0.15), OPEN_MARKET)


def test_a_larger_commission_keeps_restaurants_off_delivery_apps() -> None:
    dear, cheap = (under(delivery_app__commission_share=share) for share in (0.15, 0.03))
    assert_more(cheap, dear, "merchants_installed_delivery_app")
    assert_more(dear, cheap, "delivery_platform_commission_krw")


def low_and_high(parameter: str) -> tuple[float, float]:
    known = register()[parameter]
    return known.low, known.high


@pytest.mark.parametrize(("parameter", "indicator"), [
    ("technology.innovation_per_month.mobile_pay_terminal", "merchants_aware_mobile_pay_terminal"),
    ("technology.imitation_per_month.own_online_store", "merchants_aware_own_online_store"),
    ("technology.adoption_constant.mobile_pay_terminal", TERMINALS),
    ("consumer.quality_trend_per_year", "online_goods_krw"),
    ("technology.drop_out_per_month.own_online_store", "merchants_abandoned_own_online_store"),
    ("programme.apply_constant", APPLIED),
    ("delivery_app.quality_trend_per_year", "online_meals_krw"),
    ("technology.adoption_constant.delivery_app", "merchants_installed_delivery_app"),
    ("delivery_app.consumer_fee_share", "couriers_krw"),
])  # fmt: skip
def test_what_a_parameter_raises(parameter: str, indicator: str) -> None:
    low, high = low_and_high(parameter)
    programme = [terminal_subsidy()] if parameter.startswith("programme.") else []
    assert_more(
        settings_of(*programme, months=MONTHS, parameters={parameter: high}),
        settings_of(*programme, months=MONTHS, parameters={parameter: low}),
        indicator,
    )


@pytest.mark.parametrize(("parameter", "indicator"), [
    ("technology.price_krw.mobile_pay_terminal", TERMINALS),
    ("adoption.hurdle_rate_per_year", TERMINALS),
    ("programme.paperwork_weight_per_hour", APPLIED),
    ("consumer.account_cost", "online_goods_krw"),
    ("delivery_app.account_cost", "account_holders_delivery_app_persons"),
])  # fmt: skip
def test_what_a_parameter_lowers(parameter: str, indicator: str) -> None:
    low, high = low_and_high(parameter)
    programme = [terminal_subsidy()] if parameter.startswith("programme.") else []
    assert_more(
        settings_of(*programme, months=MONTHS, parameters={parameter: low}),
        settings_of(*programme, months=MONTHS, parameters={parameter: high}),
        indicator,
    )


def test_measures_and_fear_send_people_online() -> None:
    grave = settings_of(months=MONTHS, later={"stringency_index": 0.6, "contact_risk_index": 0.6})
    assert_more(grave, settings_of(months=MONTHS), "online_goods_krw")
    assert_more(grave, settings_of(months=MONTHS), "online_meals_krw")


def test_rewards_bring_money_to_the_network() -> None:
    rewarded = settings_of(qr_enrolment(), months=MONTHS, later={"public_qr_reward_share": 0.1})
    assert_more(rewarded, settings_of(qr_enrolment(), months=MONTHS), "public_qr_krw")


def test_the_levers_name_the_technologies_they_serve() -> None:
    for lever in (terminal_subsidy()[1], qr_enrolment()[1]):
        assert lever.technology in TECHNOLOGIES
