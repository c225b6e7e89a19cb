"""Rivals of the private platforms enter and leave, people use several, a platform sells its own goods: paired runs."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from model.agents.consumers.columns import ACCOUNT_OF, APP, APP_RIVAL, MARKET, MARKET_RIVAL
from model.agents.merchants.columns import DELIVERY_APP, OPEN_MARKET
from model.agents.platform_terms import FIRST, LARGE, OWN, RIVAL, SMALL
from model.codes import MEALS, PROVINCES, RIVALS, SECTORS
from model.economy import Economy
from model.indicators import POSITION
from model.parameters import override_fault, register
from tests.laws.small_korea import Run, fee_cap, holds, korea_of, public_app, rows_of, run_to_end, settings_of

NEVER, NOW = -1.0, 1.0
ORDERS, SEVERAL = "platform_rivals_orders_krw", "multi_homers_persons"
MEALS_MARKETS = np.arange(len(PROVINCES)) * len(SECTORS) + MEALS


def entry(goods: float, meals: float) -> dict[str, float]:
    return dict(zip((f"platform.entry_month.{rival}" for rival in RIVALS), (goods, meals), strict=True))


@cache
def run_of(goods: float, meals: float, *levers: str, months: int = 48, **parameters: float) -> Run:
    """Run with rivals from the first decision on (`NOW`) or without; parameters: dots written as two underscores."""
    named = {name.replace("__", "."): value for name, value in parameters.items()} | entry(goods, meals)
    return run_to_end(settings_of(*(LEVERS[name] for name in levers), months=months, parameters=named))


LEVERS: dict[str, Any] = {
    "cap": fee_cap(covers_large_sellers=True),
    "ruinous": fee_cap(cap_share=0.0, covers_large_sellers=True),
    "cap on goods": ("goods", fee_cap(platform="open_market", cap_share=0.05, covers_large_sellers=True)[1]),
    "public": public_app(),
}


CHEAP = {
    f"platform__fixed_cost_krw_per_month__{rival}": register()[f"platform.fixed_cost_krw_per_month.{rival}"].low
    for rival in RIVALS
}
"""Fixed costs at which no rival leaves again."""


def path(run: Run, indicator: str) -> np.ndarray:
    return run.core[:, POSITION[indicator]]


@pytest.mark.parametrize(("goods", "meals", "code"), [(NOW, NEVER, "open_market"), (NEVER, NOW, "delivery_app")])
def test_a_rival_wins_orders_and_the_first_platform_charges_no_more_than_without(
    goods: float, meals: float, code: str
) -> None:
    beside, alone = run_of(goods, meals, **CHEAP), run_of(NEVER, NEVER)
    assert not path(beside, ORDERS)[:4].any()
    assert (path(beside, ORDERS)[12:] > 0.0).all()
    assert not path(alone, ORDERS).any()
    for price in (f"commission_{code}_small_share", f"consumer_fee_{code}_share"):
        assert (path(beside, price) <= path(alone, price) + 1e-12).all()
    number = ("open_market", "delivery_app").index(code)
    first, only = (run.economy.platforms[number] for run in (beside, alone))
    assert first.turnover_krw < only.turnover_krw
    assert first.turnover_krw + beside.economy.platforms[2 + number].turnover_krw > only.turnover_krw


def test_a_strong_rival_makes_the_first_app_charge_less() -> None:
    """Where buyers can go elsewhere by a touch, a lower price pays: the direction of the rule, not its size."""
    strong = {"platform__rival_utility__delivery_app_rival": 1.0, "platform__listing_per_month": 0.3,
              "delivery_app__second_account_cost": 0.1, "platform__response_curvature": 300.0,
              "platform__step_tolerance": 0.0, "platform__step_share": 0.001}  # fmt: skip
    beside, alone = (run_of(NEVER, meals, months=72, **strong).economy.platforms[1] for meals in (NOW, NEVER))
    charged = [platform.commission_small + platform.consumer_fee for platform in (beside, alone)]
    assert charged[0] < charged[1] - 1e-9


def test_people_with_several_accounts_use_several_platforms() -> None:
    run = run_of(NOW, NOW)
    state = run.economy.world.consumers
    for first, rival in ((MARKET, MARKET_RIVAL), (APP, APP_RIVAL)):
        both = (state.accounts & first > 0) & (state.accounts & rival > 0)
        assert 0.02 < both.mean() < (state.accounts & first > 0).mean()
    assert path(run, SEVERAL)[-1] > 1e6
    tables = run.economy.world.consumer_tables[0]
    assert (tables.app_part[0, :, 3] > 0.01).all()
    assert (tables.app_part[0, :, 3] < 0.99).all()
    np.testing.assert_allclose(tables.app_part[0, :, 2], 1.0, rtol=1e-6)
    assert not tables.app_part[0, :, 1].any()
    assert (tables.market_part[:, :, 7].sum(axis=0) < 1.0).all()
    assert run.economy.platforms[3].members["consumers"] > 1e5
    assert 0.0 < run.economy.platforms[3].members["merchants"] < run.economy.platforms[1].members["merchants"]


def test_several_apps_are_worth_more_than_one_and_nobody_has_them_before_entry() -> None:
    world = run_of(NEVER, NOW).economy.world
    utility = world.consumer_tables[0].app_utility.reshape(len(PROVINCES), 8)
    assert (utility[:, 3] > utility[:, 1]).all()
    assert (utility[:, 3] > utility[:, 2]).all()
    alone = run_of(NEVER, NEVER).economy.world.consumers
    assert not (alone.accounts >> 3).any()
    assert run_of(NEVER, NOW).total("online_meals_krw") > run_of(NEVER, NEVER).total("online_meals_krw")


def test_a_rule_that_never_fires_is_the_world_without_rivals_bit_for_bit() -> None:
    costs = {rival: f"platform.fixed_cost_krw_per_month.{rival}" for rival in RIVALS}
    dear = {cost.replace(".", "__"): register()[cost].high for cost in costs.values()}
    judged, without = run_of(0.0, 0.0, **dear), run_of(NEVER, NEVER, **dear)
    assert not any(platform.is_open for platform in judged.economy.platforms[2:])
    np.testing.assert_array_equal(judged.core, without.core)


def test_entry_follows_from_what_it_promises() -> None:
    """A cheaper start comes sooner, a demanding one later; a cap that leaves no margin keeps rivals out."""
    low = register()["platform.fixed_cost_krw_per_month.delivery_app_rival"].low
    cheap = {"platform__fixed_cost_krw_per_month__delivery_app_rival": low}

    def first(*levers: str, **parameters: float) -> int:
        sold = path(run_of(NEVER, 0.0, *levers, **(cheap | parameters)), ORDERS)
        return int(np.argmax(sold > 0.0)) if sold.any() else 999

    assert first(platform__entry_quarters=1.0) < first(platform__entry_quarters=5.0) < 999
    assert first("ruinous") == 999


def test_a_date_is_kept_and_a_quarter_begun_counts() -> None:
    economy = Economy(settings_of(months=24, parameters=entry(NEVER, 14.0)), 1, korea_of())
    opened = []
    for _ in range(24):
        economy.step()
        opened.append(economy.platforms[3].is_open)
    assert opened.index(True) == 15
    assert not economy.platforms[2].is_open


def test_a_rival_that_keeps_losing_leaves_for_good_and_sellers_stay_with_the_first() -> None:
    high = register()["platform.fixed_cost_krw_per_month.delivery_app_rival"].high
    run = run_of(NEVER, NOW, platform__loss_quarters=3.0, platform__fixed_cost_krw_per_month__delivery_app_rival=high)
    rival, rows = run.economy.platforms[3], rows_of(run.economy)
    assert path(run, ORDERS)[8] > 0.0
    assert not rival.is_open
    assert rival.turnover_krw == 0.0
    assert path(run, ORDERS)[-1] == path(run, SEVERAL)[-1] == 0.0
    assert holds(rows.installed, DELIVERY_APP).sum() > 50


def test_sellers_stay_online_while_one_platform_of_the_service_is_left() -> None:
    """The first app leaves under a ruinous agreement with it; its rival keeps what it sells for restaurants."""
    agreed = ("agreed", fee_cap(cap_share=1.0, negotiated_cut_share=0.15, covers_large_sellers=True)[1])
    parameters = entry(NEVER, NOW) | {"platform.loss_quarters": 3.0, "platform.seesaw_share": 0.0}
    run = run_to_end(settings_of(agreed, months=36, parameters=parameters))
    first, rival = run.economy.platforms[1], run.economy.platforms[3]
    assert not first.is_open
    assert rival.is_open
    assert holds(rows_of(run.economy).installed, DELIVERY_APP).sum() > 50
    assert rival.turnover_krw > 1e9
    assert run.last("online_meals_krw") > rival.turnover_krw


def test_a_cap_binds_the_rival_too() -> None:
    terms = run_of(NEVER, NOW, "cap").economy.world.terms
    for side in (FIRST, RIVAL):
        assert (terms[side].commission[MEALS_MARKETS][:, [SMALL, LARGE]] == 0.03).all()


def test_a_public_app_beside_a_rival_shares_orders_by_accounts() -> None:
    run = run_of(NEVER, NOW, "public")
    parts = run.economy.world.consumer_tables[0].app_part
    assert (parts[:, :, 7].sum(axis=0) < 1.0).all()
    assert (parts[:, :, 7] > 0.0).all()
    assert run.last("public_platform_orders_krw") > 0.0


def own_share(run: Run) -> float:
    sold = run.economy.world.terms[FIRST].sold[:, :]
    goods = np.delete(np.arange(len(sold)), MEALS_MARKETS)
    return float(sold[goods, OWN].sum() / sold[goods].sum())


def test_the_ranking_turns_to_the_platforms_own_goods_as_far_as_it_looks_at_revenue() -> None:
    richer = {"open_market__own_margin_share": 0.2}
    plain, favoured = run_of(NEVER, NEVER, months=24), run_of(NEVER, NEVER, months=24, **richer)
    blind = {"platform__ranking_exponent": 0.0}
    unseen, none = (run_of(NEVER, NEVER, months=24, **blind, **more) for more in (richer, {}))
    assert own_share(favoured) > 1.1 * own_share(plain)
    assert own_share(unseen) == pytest.approx(own_share(none), rel=1e-9)
    assert path(favoured, "exposure_small_open_market")[-1] < 0.99
    assert path(plain, "exposure_small_open_market")[-1] == 1.0
    assert favoured.total("first_party_sales_krw") > plain.total("first_party_sales_krw")


def test_a_capped_commission_turns_the_ranking_to_own_goods() -> None:
    capped, free = run_of(NEVER, NEVER, "cap on goods", months=24), run_of(NEVER, NEVER, months=24)
    assert own_share(capped) > 1.1 * own_share(free)
    terms = capped.economy.world.terms[FIRST]
    assert terms.exposure[0, OWN] > 1.0 > terms.exposure[0, SMALL] == terms.exposure[0, LARGE]


def test_own_goods_are_sold_by_the_platform_and_bought_from_suppliers() -> None:
    run = run_of(NEVER, NEVER, months=24)
    market = run.economy.platforms[0]
    received, paid = market.receipts_krw, market.payments_krw
    sold = received["own_sales"]
    assert sold == pytest.approx(run.last("first_party_sales_krw")) == pytest.approx(market.own_sales_krw)
    margin, parcel = (register()[name].value for name in ("open_market.own_margin_share", "open_market.delivery_share"))
    assert paid["own_purchases"] + paid["own_parcels"] == pytest.approx((1.0 - margin) * sold)
    assert paid["own_parcels"] == pytest.approx(parcel * sold)
    without = run_of(NEVER, NEVER, months=24, open_market__own_sales_share=0.0)
    assert without.total("first_party_sales_krw") == 0.0
    lost = without.total("large_seller_sales_krw") - run.total("large_seller_sales_krw")
    assert lost == pytest.approx(run.total("first_party_sales_krw"), rel=0.02)


def test_what_cannot_be_is_refused() -> None:
    assert override_fault("platform.entry_month.delivery_app_rival", 24_232.0) is not None
    assert override_fault("open_market.own_sales_share", 1.2) is not None
    assert "did you mean" in str(override_fault("platform.entry_month.delivery_rival", 1.0))


def test_accounts_and_technologies_of_rivals_are_those_of_their_service() -> None:
    assert ACCOUNT_OF == (MARKET, APP, MARKET_RIVAL, APP_RIVAL)
    assert not holds(rows_of(run_of(NOW, NOW).economy).installed, OPEN_MARKET)[
        rows_of(run_of(NOW, NOW).economy).sector == MEALS
    ].any()
