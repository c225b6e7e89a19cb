"""B2B, G2B, G2G, C2C and data: what each moves, in paired runs with the same luck."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from model import ledger
from model.channels.c2c import DIRECT_TRADE
from model.codes import SECTORS, TRADES
from model.economy import Economy
from model.engine.trade_books import PURPOSE_OF_TRADE
from model.indicators import POSITION
from model.levers.gates import ServiceClosure
from model.parameters import register
from model.settings import Settings
from tests.laws.small_korea import START, Named, Run, korea_of, rows_of, run_to_end, settings_of

pytestmark = pytest.mark.subset

MONTHS = 24
CLOSED_FROM = 6
MOVED = {
    "e_procure_produce_sell": "b2b_platform_orders_krw",
    "e_trade": "e_trade_exports_krw",
    "public_procurement": "procurement_small_krw",
    "online_export": "online_export_krw",
    "online_fair": "online_fair_contracts_krw",
    "remote_meeting": "remote_meeting_saved_krw",
    "egov_export": "egov_export_krw",
    "intergov_contract": "intergov_contract_krw",
    "internet_direct_trade": "c2c_goods_krw",
}
"""The indicator that each service moves."""
MANUFACTURING = SECTORS.index("small_manufacturing")
FIRMS_PAY = (ledger.BUSINESS_SALES, *PURPOSE_OF_TRADE)


def closure(service: str, **changes: Any) -> Named:
    chosen: dict[str, Any] = {"service": service, "start": START + CLOSED_FROM, "end": START + 300}
    return "closure", ServiceClosure(**(chosen | changes))


def with_path(settings: Settings, name: str, values: dict[int, float]) -> Settings:
    """The same settings with a path set in some months since the start."""
    paths = dict(settings.paths)
    paths[name] = tuple(values.get(t, value) for t, value in enumerate(paths[name]))
    return replace(settings, paths=tuple(paths.items()))


def series(run: Run, indicator: str) -> np.ndarray:
    return run.core[:, POSITION[indicator]]


@pytest.fixture(scope="module")
def open_run() -> Run:
    return run_to_end(settings_of(months=MONTHS))


@pytest.fixture(scope="module")
def quiet() -> Settings:
    """Nobody hears of fraud by chance."""
    return settings_of(months=36, parameters={"c2c.fraud_shocks_per_month": 0.0})


@pytest.mark.parametrize("service", MOVED)
def test_a_closed_service_moves_its_own_indicator(open_run: Run, service: str) -> None:
    """From the month it is closed; before, the run is the same; the money check held every month."""
    closed = run_to_end(settings_of(closure(service), months=MONTHS))
    ours, theirs = series(closed, MOVED[service]), series(open_run, MOVED[service])
    np.testing.assert_array_equal(ours[:CLOSED_FROM], theirs[:CLOSED_FROM])
    assert (ours[CLOSED_FROM:] < theirs[CLOSED_FROM:]).all()
    assert ours[-1] < 0.75 * theirs[-1]
    assert series(closed, "ledger_residual").max() < 1e-9


def test_at_the_start_services_bring_part_of_the_business_demand_there_was(open_run: Run) -> None:
    economy = Economy(settings_of(months=1), 1, korea_of(), "serial")
    demand = economy.world.market[0].start_sales[:, 1].sum()
    economy.step()
    booked = economy.world.books[0].booked
    economy.close()
    assert sum(booked[purpose] for purpose in FIRMS_PAY) == pytest.approx(demand, rel=1e-6)
    assert all(booked[purpose] > 0.0 for purpose in FIRMS_PAY)


@pytest.mark.parametrize(
    ("service", "sectors"),
    [("public_procurement", range(len(SECTORS))), ("e_trade", [MANUFACTURING]), ("online_export", [MANUFACTURING])],
)
def test_orders_reach_the_rows_of_merchants(service: str, sectors: Any) -> None:
    """Every merchant that sells to firms, and no other, loses sales when orders stop coming through a service."""
    first = {"trade.matching_months.online_export": 2.0}
    rows = [
        rows_of(run_to_end(settings_of(*levers, months=1, parameters=first), closing=False).economy)
        for levers in ((), (closure(service, start=START),))
    ]
    touched = np.isin(rows[0].sector, list(sectors)) & (rows[0].business_krw > 0.0)
    ratio = rows[1].sales_year_krw / np.maximum(rows[0].sales_year_krw, 1.0)
    assert touched.any()
    assert (ratio[touched] < 1.0).all()
    np.testing.assert_array_equal(rows[1].sales_year_krw[~touched], rows[0].sales_year_krw[~touched])


def test_orders_that_are_not_new_come_back_when_a_service_closes() -> None:
    """What a service loses is lost to manufacturers by its new share alone."""
    service = "e_trade"
    for new in (0.3, 1.0):
        fixed = {"trade.new_share.e_trade": new}
        ours, theirs = (
            run_to_end(settings_of(*levers, months=8, parameters=fixed)) for levers in ((), (closure(service),))
        )
        orders = ours.last(MOVED[service]) - theirs.last(MOVED[service])
        sales = ours.last("sales_business_krw") - theirs.last("sales_business_krw")
        assert sales == pytest.approx(new * orders, rel=1e-6)


def test_business_software_saves_inputs_and_costs_a_fee(open_run: Run) -> None:
    closed = run_to_end(settings_of(closure("e_procure_produce_sell"), months=MONTHS))

    def paid_on_a_won(run: Run, *purposes: int) -> float:
        booked = run.economy.world.books[0].booked
        sales = sum(run.last(f"sales_{sector}_krw") for sector in SECTORS)
        return float(sum(booked[purpose] for purpose in purposes)) / sales

    both = ledger.INPUTS, ledger.BUSINESS_SOFTWARE
    assert paid_on_a_won(open_run, *both) < paid_on_a_won(closed, *both)
    assert paid_on_a_won(closed, ledger.BUSINESS_SOFTWARE) == 0.0 < paid_on_a_won(open_run, ledger.BUSINESS_SOFTWARE)


def test_what_meetings_save_is_not_paid_for_travel(open_run: Run) -> None:
    closed = run_to_end(settings_of(closure("remote_meeting"), months=MONTHS))
    paid = [run.economy.world.books[0].booked[ledger.OFFICIAL_TRAVEL] for run in (open_run, closed)]
    assert paid[1] - paid[0] == pytest.approx(open_run.last("remote_meeting_saved_krw"))
    assert closed.last("remote_meeting_saved_krw") == 0.0


def test_contracts_ripen_later_than_orders_come() -> None:
    """A fair that is closed brings contracts of earlier matches for months; e-trade stops at once."""
    settings = settings_of(closure("online_fair"), ("other", closure("e_trade")[1]), months=CLOSED_FROM + 2)
    run = run_to_end(settings)
    assert run.last("e_trade_exports_krw") == 0.0
    last_open = series(run, "online_fair_contracts_krw")[CLOSED_FROM - 1]
    assert 0.6 * last_open < run.last("online_fair_contracts_krw") < 0.8 * last_open


def test_a_fraud_shock_cuts_direct_trade_which_recovers(quiet: Settings) -> None:
    base = run_to_end(quiet)
    shocked = run_to_end(with_path(quiet, "c2c_fraud_index", {6: 0.3}))
    ratio = series(shocked, "c2c_goods_krw") / series(base, "c2c_goods_krw")
    trust = series(shocked, "c2c_trust")
    assert (series(base, "c2c_trust") == 1.0).all()
    np.testing.assert_array_equal(ratio[:8], 1.0)
    assert trust[7] == pytest.approx(0.7)
    assert ratio[8] < 0.6
    assert (np.diff(trust[7:]) > 0.0).all()
    assert ratio[35] > 1.0 - 0.4 * (1.0 - ratio[8])


def test_fraud_is_drawn_at_its_rate() -> None:
    """Trust falls in the months after a draw, in as many as the rate says."""
    rate = register()["c2c.fraud_shocks_per_month"].high
    settings = settings_of(months=36, parameters={"c2c.fraud_shocks_per_month": rate})
    fell = [int(np.sum(np.diff(series(run_to_end(settings, seed), "c2c_trust")) < 0.0)) for seed in range(1, 7)]
    expected = rate * 35 * len(fell)
    assert abs(sum(fell) - expected) < 3.0 * np.sqrt(expected)
    assert len(set(fell)) > 1


def test_people_sell_more_where_income_is_short(quiet: Settings) -> None:
    """A province whose income falls by a tenth below its trend sells more, by the elasticity; others as before."""
    economies = [Economy(quiet, 1, korea_of(), "serial") for _ in range(2)]
    for economy in economies:
        economy.advance(12)
    market, state = economies[1].world.market[0], economies[1].world.services[0]
    index = dict(quiet.paths)["household_income_index"][12]
    state.income_trend[:] = market.income / index
    economies[0].world.services[0].income_trend[:] = market.income / index
    market.income[3] *= 0.9
    for economy in economies:
        economy.step()
        economy.close()
    ratio = state.c2c_goods / economies[0].world.services[0].c2c_goods
    elasticity = register()["c2c.selling_elasticity"].value
    assert ratio[3] == pytest.approx(1.0 + 0.1 * elasticity)
    np.testing.assert_array_equal(np.delete(ratio, 3), 1.0)


def test_direct_trade_displaces_new_goods(quiet: Settings) -> None:
    """By the registered share of what is traded beyond the start; meals and services are left alone that month."""
    one_month = replace(quiet, months=1, paths=tuple((name, path[:1]) for name, path in quiet.paths))
    economies = [Economy(one_month, 1, korea_of(), "serial") for _ in range(2)]
    economies[1].world.services[0].constant[DIRECT_TRADE] += 1.0
    for economy in economies:
        economy.step()
        economy.close()
    rows = [economy.world.out[0] for economy in economies]
    traded = rows[1][POSITION["c2c_goods_krw"]] - rows[0][POSITION["c2c_goods_krw"]]
    goods = [
        sum(row[POSITION[f"spending_{need}_krw"]] for need in ("groceries", "fashion", "home_goods")) for row in rows
    ]
    assert traded > 1e9
    assert goods[0] - goods[1] == pytest.approx(register()["c2c.displacement_share"].value * traded, rel=1e-6)
    meals = POSITION["spending_meals_krw"]
    assert rows[1][meals] == pytest.approx(rows[0][meals], rel=1e-9)


def test_opened_data_improve_advice_with_a_lag(quiet: Settings) -> None:
    """Only after the month they are opened, and more from month to month."""
    opened = with_path(quiet, "public_data_opened_index", dict.fromkeys(range(6, 36), 1.0))
    gain = series(run_to_end(opened), "data_advice_quality") - series(run_to_end(quiet), "data_advice_quality")
    np.testing.assert_array_equal(gain[:6], 0.0)
    assert 0.0 < gain[6] < 0.25 * gain[-1]
    assert (np.diff(gain[6:18]) > 0.0).all()


def test_better_advice_attracts_more() -> None:
    """Twice the quality of advice lifts what its users offer, and nobody else."""
    economies = [Economy(settings_of(months=2), 1, korea_of(), "serial") for _ in range(2)]
    rows = [rows_of(economy) for economy in economies]
    for economy in economies:
        economy.step()
    economies[1].world.market_tables[0].advice = 2.0 * economies[0].world.market_tables[0].advice
    for economy in economies:
        economy.step()
        economy.close()
    advised = (rows[0].installed >> 12 & 1 == 1) & (rows[0].sector != MANUFACTURING) & (rows[0].pull_store > 0.0)
    ratio = rows[1].pull_store[rows[0].pull_store > 0.0] / rows[0].pull_store[rows[0].pull_store > 0.0]
    has = advised[rows[0].pull_store > 0.0]
    attraction = register()["technology.attraction.data_advice"].value
    quality = float(economies[0].world.market_tables[0].advice)
    assert has.any()
    np.testing.assert_allclose(ratio[has], 1.0 + attraction, rtol=attraction * max(0.05, 2.0 * abs(quality - 1.0)))
    np.testing.assert_allclose(ratio[~has], 1.0, rtol=1e-6)


def test_every_trade_has_a_purpose() -> None:
    assert len(PURPOSE_OF_TRADE) == len(TRADES)
