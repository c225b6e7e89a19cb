"""Platforms price, rank, answer caps and leave; the public one opens and closes: paired runs of a small Korea."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from model.agents.merchants.columns import DELIVERY_APP, OPEN_MARKET
from model.agents.platform_terms import LARGE, SMALL, SMALL_ABOVE
from model.codes import FIRST_PLATFORMS, MEALS, PLATFORMS, PROVINCES, RIVALS, SECTORS
from model.economy import Economy, RunStopped
from model.indicators import POSITION
from model.parameters import register
from model.settings import Settings
from model.synthetic_population.build import SyntheticKorea, build
from model.synthetic_population.merchants import with_room
from model.synthetic_population.tables import people_table
from tests.laws.small_korea import START, Run, fee_cap, holds, korea_of, public_app, rows_of, run_to_end, settings_of

MEALS_MARKETS = np.arange(len(PROVINCES)) * len(SECTORS) + MEALS
EXPOSURE, FEE = "exposure_small_delivery_app", "consumer_fee_delivery_app_share"
COMMISSION = "commission_delivery_app_small_share"
MUTE = {"platform.ranking_exponent": 0.0, "platform.seesaw_share": 0.0, "platform.step_share": 0.0}
"""Platforms that do not respond."""


@cache
def run_with(*levers: str, months: int = 24, **parameters: float) -> Run:
    """Run with levers of `LEVERS`; parameters by id, dots written as two underscores."""
    named = {name.replace("__", "."): value for name, value in parameters.items()}
    return run_to_end(settings_of(*(LEVERS[name] for name in levers), months=months, parameters=named))


LEVERS = {
    "cap": fee_cap(),
    "large too": fee_cap(covers_large_sellers=True),
    "seoul": fee_cap(jurisdiction=("Seoul",)),
    "small only": fee_cap(sales_max_krw_per_year=1.5e8),
    "agreed": fee_cap(cap_share=1.0, negotiated_cut_share=0.02),
    "a year": fee_cap(end=START + 12),
    "ruinous": fee_cap(cap_share=0.0, covers_large_sellers=True),
    "ruinous on goods": ("goods", fee_cap(platform="open_market", cap_share=0.0, covers_large_sellers=True)[1]),
    "public": public_app(),
    "public in Seoul": public_app(jurisdiction=("Seoul",)),
    "public for a year": public_app(end=START + 12),
}
MUTED = {name.replace(".", "__"): value for name, value in MUTE.items()}


def path(run: Run, indicator: str) -> np.ndarray:
    return run.core[:, POSITION[indicator]]


def test_a_cap_with_ranking_response_hides_capped_sellers_without_it_does_not() -> None:
    ranked, mute = run_with("cap"), run_with("cap", **{**MUTED, "platform__pass_through_share": 0.5})
    assert ranked.last(COMMISSION) == pytest.approx(0.03)
    assert mute.last(COMMISSION) == pytest.approx(0.03)
    assert (path(ranked, EXPOSURE)[1:] < 0.99).all()
    assert (path(mute, EXPOSURE) == 1.0).all()
    assert ranked.total("sales_online_krw") < mute.total("sales_online_krw")


def test_exposure_moves_between_sellers_never_in_all() -> None:
    terms = run_with("cap").economy.world.terms[0]
    views, plain = terms.pull * terms.exposure, terms.pull
    np.testing.assert_allclose(views[MEALS_MARKETS].sum(axis=1), plain[MEALS_MARKETS].sum(axis=1), rtol=1e-12)
    assert (terms.exposure[MEALS_MARKETS, LARGE] > 1.0).all()
    goods = np.delete(np.arange(len(terms.exposure)), MEALS_MARKETS)
    assert (terms.exposure[goods] == 1.0).all()


def test_a_cap_for_all_sellers_hides_nobody() -> None:
    assert (path(run_with("large too"), EXPOSURE) == 1.0).all()


def test_the_consumer_fee_rises_by_the_seesaw_only() -> None:
    still = {"platform__step_share": 0.0}
    without = run_with("large too", platform__seesaw_share=0.0, **still)
    assert (path(without, FEE) == 0.0).all()
    for share in (0.3, 0.6):
        fee = path(run_with("large too", platform__seesaw_share=share, **still), FEE)
        assert fee[0] == 0.0
        np.testing.assert_allclose(fee[1:], share * (0.068 - 0.03), rtol=1e-9)


def income_on_the_app(run: Run, rows: Any, chosen: np.ndarray) -> float:
    return float(rows_of(run.economy).weight[chosen] @ rows.income_year_krw[chosen])


def test_owners_on_the_app_gain_by_a_cap_without_response() -> None:
    capped, free = run_with("cap", **MUTED), run_with(**MUTED)
    rows, base = rows_of(capped.economy), rows_of(free.economy)
    on_app = holds(rows.installed, DELIVERY_APP) & holds(base.installed, DELIVERY_APP)
    assert on_app.sum() > 100
    assert income_on_the_app(capped, rows, on_app) > income_on_the_app(free, base, on_app)
    others = (rows.sector == MEALS) & ~holds(rows.installed, DELIVERY_APP) & ~holds(base.installed, DELIVERY_APP)
    assert income_on_the_app(capped, rows, others) <= income_on_the_app(free, base, others)


def test_a_delivery_app_gains_one_restaurant_more_than_it_gains_the_sector() -> None:
    """Partial adoption: what entrants win in sales, they take largely from other restaurants of the province."""
    keen = {"technology__adoption_constant__delivery_app": -3.0}
    more, less = run_with(**keen), run_with()
    rows, base = rows_of(more.economy), rows_of(less.economy)
    entrants = holds(rows.installed, DELIVERY_APP) & ~holds(base.installed, DELIVERY_APP)
    sector = rows.sector == MEALS
    gain = rows.weight * (rows.sales_year_krw.astype(float) - base.sales_year_krw)
    assert 0.02 < entrants.sum() / sector.sum() < 0.5
    before = rows.weight * base.sales_year_krw.astype(float)
    of_entrants = gain[entrants].sum() / before[entrants].sum()
    of_sector = gain[sector].sum() / before[sector].sum()
    assert of_entrants > 0.01
    assert of_entrants > 3.0 * of_sector
    assert gain[sector & ~entrants].sum() < 0.0


@pytest.mark.parametrize("driver", ["serial", "parallel"])
def test_platforms_hold_their_prices_in_the_year_without_change(driver: Any) -> None:
    economy = Economy(settings_of(months=36), 3, korea_of(), driver)
    economy.advance(36)
    for platform, code in zip(economy.platforms[:2], FIRST_PLATFORMS, strict=True):
        assert platform.commission_small == platform.commission_large == register()[f"{code}.commission_share"].value
        assert platform.consumer_fee == 0.0
        assert platform._own.solved == 1


def korea_held(settings: Settings) -> SyntheticKorea:
    """The population of the tables' last year held beyond it: whoever is there then stays and ages."""
    korea = build(settings.scale, (), settings.start // 12, people_table().years[-1])
    stay = korea.people.exit_year > people_table().years[-1]
    people = korea.people._replace(exit_year=np.where(stay, np.int16(9999), korea.people.exit_year))
    return replace(korea, people=people, merchants=with_room(korea.merchants))


@pytest.mark.parametrize("rivals", [0.0, -1.0, 29.0])
def test_no_fee_runs_away_in_twenty_years(rivals: float) -> None:
    """240 months; the population tables end a year before, from then on the last year's people are held."""
    entry = {f"platform.entry_month.{rival}": rivals for rival in RIVALS}
    settings = settings_of(months=240, parameters=entry)
    economy = Economy(settings, 1, korea_held(settings))
    charged = []
    for _ in range(80):
        economy.advance(3)
        charged.append([(platform.commission_small, platform.consumer_fee) for platform in economy.platforms])
    core, prices = economy.world.out, np.array(charged)
    assert core[-1, POSITION["adults_persons"]] > 0.95 * core[227, POSITION["adults_persons"]]
    for number, code in enumerate(PLATFORMS):
        start = register()[f"{code}.commission_share"].value
        assert np.abs(prices[:, number, 0] - start).max() <= 0.015 + 1e-9
        assert prices[:, number, 1].max() <= 0.01
    by_year = np.abs(prices[4::4] - prices[:-4:4])
    assert by_year.max() <= 2 * register()["platform.yearly_limit_share"].value + 1e-9
    assert np.abs(core[:, POSITION["online_price_index"]] - 1.0).max() < 0.01


@pytest.mark.parametrize("lever", ["cap", "large too", "agreed", "ruinous"])
def test_prices_move_within_steps_ranges_and_the_yearly_limit(lever: str) -> None:
    economy = Economy(settings_of(LEVERS[lever], months=60), 1, korea_of())
    app = economy.platforms[1]
    prices = []
    for _ in range(60):
        economy.step()
        prices.append((app.commission_small, app.commission_large, app.consumer_fee))
    moved = np.diff(np.array(prices), axis=0)
    assert np.abs(moved).max() < 0.005 + 1e-9
    assert (moved[np.arange(1, 60) % 3 != 0] == 0.0).all()
    by_year = np.array(prices)[11::12] - np.array([prices[0], *prices[11:-1:12]])
    assert np.abs(by_year).max() <= 0.01 + 1e-9


def test_an_agreement_binds_the_platform_and_spares_consumers() -> None:
    run = run_with("agreed", months=36)
    assert path(run, COMMISSION)[1:].max() == pytest.approx(0.048)
    assert (path(run, FEE) == 0.0).all()


def test_a_cap_counts_where_and_for_whom_it_is_meant() -> None:
    terms = run_with("seoul").economy.world.terms[0]
    assert terms.commission[MEALS_MARKETS[0], SMALL] == 0.03
    assert terms.commission[MEALS_MARKETS[0], LARGE] > 0.05
    assert (terms.commission[MEALS_MARKETS[1:]] > 0.05).all()
    terms = run_with("small only").economy.world.terms[0]
    assert (terms.commission[MEALS_MARKETS, SMALL] == 0.03).all()
    assert (terms.commission[MEALS_MARKETS, SMALL_ABOVE] > 0.05).all()
    both = MEALS_MARKETS[terms.pull[MEALS_MARKETS, SMALL] > 0.0]
    assert both.size > 10
    assert (terms.exposure[both, SMALL] < terms.exposure[both, SMALL_ABOVE]).all()


def test_sellers_pass_the_cut_on_to_buyers() -> None:
    passed, kept = run_with("cap", **MUTED), run_with("cap", **MUTED, platform__pass_through_share=0.0)
    assert passed.last("online_price_index") < 0.9999
    assert (path(kept, "online_price_index") == 1.0).all()
    assert passed.total("online_meals_krw") > kept.total("online_meals_krw")


def test_when_a_cap_ends_the_old_prices_return() -> None:
    run = run_with("a year", **MUTED)
    assert path(run, COMMISSION)[12] == pytest.approx(0.03)
    assert path(run, COMMISSION)[13] == pytest.approx(0.068)


def test_the_public_platform_wins_members_and_orders_from_private_apps() -> None:
    with_public, without = run_with("public"), run_with()
    orders, members = (path(with_public, f"public_platform_{name}") for name in ("orders_krw", "members"))
    assert orders[0] == members[0] == 0.0
    assert orders[1] == 0.0  # nobody has an account yet
    assert (orders[3:] > 0.0).all()
    assert (np.diff(members[1:]) > 0.0).all()
    assert members[-1] < with_public.last("merchants_installed_delivery_app")
    private = "delivery_platform_commission_krw"
    assert with_public.total(private) < without.total(private)
    assert with_public.total("online_meals_krw") > without.total("online_meals_krw")
    spent = with_public.total("public_spending_krw") - without.total("public_spending_krw")
    assert spent == pytest.approx(0.05 * orders.sum() + 23 * 1e9, rel=1e-6)


def test_the_public_platform_keeps_to_its_provinces_and_closes() -> None:
    spending = run_with("public in Seoul").economy.world.spending[0]
    assert spending.app_public[0] > 0.0
    assert not spending.app_public[1:].any()
    orders = path(run_with("public for a year"), "public_platform_orders_krw")
    assert orders[12] > 0.0
    assert not orders[13:].any()


def test_a_private_app_prices_against_the_public_one() -> None:
    """Orders it lost are in what it expects: holding is worth less with a public app beside it."""
    beside, alone = (run_with(*levers).economy.platforms[1]._own.expected_krw[0] for levers in (("public",), ()))
    assert beside < alone


@pytest.mark.parametrize(
    ("lever", "number", "technology"), [("ruinous", 1, DELIVERY_APP), ("ruinous on goods", 0, OPEN_MARKET)]
)
def test_a_platform_that_keeps_losing_leaves_and_closes_its_offers(lever: str, number: int, technology: int) -> None:
    run = run_with(lever, months=24, platform__seesaw_share=0.0, platform__loss_quarters=3.0)
    platform, rows = run.economy.platforms[number], rows_of(run.economy)
    assert not platform.is_open
    assert not holds(rows.installed, technology).any()
    assert not holds(rows.active, technology).any()
    assert holds(rows.abandoned, technology).sum() > 50
    assert run.economy.platforms[1 - number].is_open
    assert platform.turnover_krw < 1.0
    name = ("open_market_entry", "delivery_app")[number]
    assert run.last(f"merchants_installed_{name}") == 0.0
    assert run.last("online_meals_krw" if number else "platform_commission_krw") < 1e3
    assert all(platform.is_open for platform in run_with().economy.platforms[:2])


def stopped(change: Any) -> str:
    economy = Economy(settings_of(), 1, korea_of())
    economy.advance(2)
    change(economy.platforms[1])
    with pytest.raises(RunStopped) as caught:
        economy.advance(3)
    assert economy.months_run == 2
    return str(caught.value)


def test_a_price_outside_its_range_stops_the_run() -> None:
    assert stopped(lambda app: setattr(app, "commission_small", 1.2)) == (
        "2017-03: delivery_platform: its commission is 1.2, outside the declared range 0 to 0.15"
    )
    assert stopped(lambda app: setattr(app, "consumer_fee", -0.01)) == (
        "2017-03: delivery_platform: its fee of consumers is -0.01, outside the declared range 0 to 0.05"
    )

    def dear(app: Any) -> None:
        app.model.world.terms[0].price[MEALS_MARKETS[0], SMALL] = 3.0

    assert "online prices over the start is 2.8, outside the declared range 0.5 to 2" in stopped(dear)


def test_platforms_know_their_members_and_their_profit() -> None:
    economy = Economy(settings_of(), 1, korea_of())
    economy.advance(12)
    for platform in economy.platforms[:2]:
        assert platform.members["merchants"] > 1000
        assert platform.members["consumers"] > 1e5
        assert platform.profit_krw == pytest.approx(0.0, abs=1e12)
    profit = economy.world.out[6:9, POSITION["platform_profit_krw"]].sum()
    assert sum(platform.profit_krw for platform in economy.platforms) == pytest.approx(profit)


def test_levers_on_one_platform_agree_on_the_size_of_sellers() -> None:
    settings: Settings = settings_of(
        ("a", fee_cap(cap_share=0.05)[1]), ("b", fee_cap(cap_share=0.05, sales_max_krw_per_year=1e8)[1])
    )
    with pytest.raises(Exception, match="different sales_max_krw_per_year"):
        Economy(settings, 1, korea_of())


def test_two_public_platforms_cannot_be_open_at_once() -> None:
    settings = settings_of(("a", public_app()[1]), ("b", public_app()[1]))
    with pytest.raises(Exception, match=r"levers\.b: another public platform is open"):
        Economy(settings, 1, korea_of())
