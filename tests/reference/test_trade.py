"""Trade between organisations and people beside its reference: from the same use of services, the same month."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from model import ledger
from model.codes import PROVINCES, SECTORS
from model.economy import Economy
from model.indicators import POSITION
from model.levers.gates import ServiceClosure
from model.settings import Settings
from tests.laws.small_korea import START, korea_of, settings_of
from tests.lockstep import run_of
from tests.reference import mutants, trade
from tests.reference.draws import F8
from tests.reference.engine_state import trade_of
from tests.reference.state import Run, Trade

MONTHS = 48
NEAR = 1e-5
ONLINE = ("market_sales_small", "market_sales_large", "mall_sales", "own_store_sales", "app_sales_small",
          "app_sales_large", "public_app_sales")  # fmt: skip


@dataclass
class Seen:
    """A month of the engine: what trade stood on, and what came of it."""

    before: Trade
    after: Trade
    trust: tuple[float, float]
    lost_before: float
    nation: F8
    users: F8
    income: F8
    firms: F8
    input_share: F8
    advice: tuple[float, float]
    direct: tuple[F8, F8]
    booked: dict[str, float]
    row: F8


def users_of(state: Any) -> F8:
    used = state.adults * state.use[trade.DIRECT].astype(np.float64)
    return np.asarray(used.reshape(len(PROVINCES), -1).sum(axis=1))


def settings() -> Settings:
    """Frauds are frequent, much is opened, orders lag, what is not new is more than firms buy otherwise."""
    parameters = {
        "c2c.fraud_shocks_per_month": 0.1,
        "trade.matching_months.e_trade": 3.0,
        "trade.share_without_service.online_fair": 0.2,
        "trade.initial_order_share.e_trade": 0.03,
        "trade.new_share.e_trade": 0.3,
        "procurement.initial_order_share.food_service": 0.15,
        "service.pandemic_weight.egov_export": 1.0,
        "service.pandemic_weight.intergov_contract": 1.0,
    }
    closed = {
        "fairs": ServiceClosure(service="online_fair", start=START + 20, end=START + 30, closed_share=0.7),
        "direct": ServiceClosure(
            service="internet_direct_trade",
            start=START,
            end=START + 3,
            closed_share=0.5,
            jurisdiction=("Seoul", "Jeju"),
        ),
    }
    chosen = settings_of(*closed.items(), months=MONTHS, parameters=parameters)
    paths = dict(chosen.paths)
    paths["public_data_opened_index"] = tuple(0.4 * (t >= 10) for t in range(MONTHS))
    paths["c2c_fraud_index"] = tuple(0.95 * (t == 14) for t in range(MONTHS))
    return replace(chosen, paths=tuple(paths.items()))


@cache
def played() -> tuple[Run, F8, list[Seen]]:
    """A run of the engine month by month: business demand at the start, and the months."""
    economy = Economy(settings(), 1, korea_of(), "serial")
    world: Any = economy.world
    state, market, tables = world.services[0], world.market[0], world.market_tables[0]
    months, demand = [], market.start_sales[:, 1].copy()
    for t in range(MONTHS):
        before, trust, lost = trade_of(world), float(state.trust[trade.DIRECT]), float(state.lost[trade.DIRECT])
        income, firms, advice = market.income.copy(), market.business_pull.copy(), float(state.advice)
        economy.step()
        months.append(
            Seen(
                before, trade_of(world), (trust, float(state.trust[trade.DIRECT])), lost, state.national.copy(),
                users_of(state), income, firms, tables.input_share.copy(), (advice, float(state.advice)),
                (state.c2c_goods.copy(), state.c2c_displaced.copy()),
                {p.id: float(x) for p, x in zip(ledger.PURPOSES, world.books[0].booked, strict=True)},
                world.out[t].copy(),
            )
        )  # fmt: skip
    economy.close()
    return run_of(settings(), 1), demand, months


def far(name: str, mine: Any, theirs: Any) -> Iterator[str]:
    gap = np.max(np.abs(np.asarray(mine) - theirs) / np.maximum(np.abs(theirs), 1e-3))
    if not gap < NEAR:
        yield f"{name}: {mine} against {theirs}"


def differences(t: int) -> list[str]:
    """Where a month of the engine and of the reference differ."""
    run, start_demand, months = played()
    seen = months[t]
    kept = copy.deepcopy(seen.before)
    direct = trade.trade_directly(run, kept, seen.income, seen.users, t)
    demand = np.where(seen.firms > 0.0, start_demand * run.now("household_income_index", t), 0.0)
    orders = trade.take_orders(run, kept, seen.nation, demand)
    online = sum(seen.booked[purpose] for purpose in ONLINE)
    advice = trade.gather_data(run, kept, online + seen.row[POSITION["online_simple_pay_krw"]], t)
    sales = seen.row[[POSITION[f"sales_{sector}_krw"] for sector in SECTORS]]
    booked = trade.book(run, orders, direct, seen.nation, sales, t)
    cost, _ = trade.saved_by_software(run.values, float(seen.nation[trade.SOFTWARE]))
    return [
        *far("flow", kept.flow, seen.after.flow),
        *far("trend", kept.trend, seen.after.trend),
        *far("data", kept.data, seen.after.data),
        *far("advice", advice, seen.advice[1]),
        *far("goods", direct.goods, seen.direct[0]),
        *far("displaced", direct.displaced / direct.goods, seen.direct[1] / seen.direct[0]),
        *far("input share", cost, seen.input_share),
        *far("sales to firms", orders.total.sum(), seen.row[POSITION["sales_business_krw"]]),
        *far("saved", trade.official(run, seen.nation, t)["saved"], seen.row[POSITION["remote_meeting_saved_krw"]]),
        *(text for purpose, amount in booked.items() for text in far(purpose, amount, seen.booked[purpose])),
        *far("trust", trade.trust_after(run.values, seen.trust[0], seen.lost_before), seen.trust[1]),
        *(far("trust lost", direct.lost, lost_after(t)) if t + 1 < MONTHS else ()),
    ]


def lost_after(t: int) -> float:
    """Trust that the engine lost in a month, as the next one found it."""
    return played()[2][t + 1].lost_before


@cache
def split() -> tuple[F8, F8, F8, F8, F8]:
    """The first month with and without displacement, while direct trade is closed in two provinces."""
    worlds = []
    for share in (0.0, 0.7):
        chosen = replace(settings(), months=1, paths=tuple((name, path[:1]) for name, path in settings().paths))
        values = dict(chosen.parameters) | {"c2c.displacement_share": share}
        economy = Economy(replace(chosen, parameters=tuple(values.items())), 1, korea_of(), "serial")
        economy.step()
        economy.close()
        worlds.append(economy.world)
    plain, after = (world.spending[0].change.copy() for world in worlds)
    unit = worlds[1].spending[0].budget * worlds[1].market[0].budget_scale
    return plain, after, unit, worlds[1].market[0].budget_unit.copy(), worlds[1].services[0].c2c_displaced.copy()


def misplaced() -> list[str]:
    plain, after, unit, spending, displaced = split()
    assert np.abs(displaced).max() > 1e8
    return list(
        far("goods left", trade.left_for_goods(spending, unit, plain, displaced) / plain - 1.0, after / plain - 1.0)
    )


@pytest.mark.parametrize("t", range(MONTHS))
def test_every_month_of_trade_agrees(t: int) -> None:
    assert not differences(t)


def test_what_direct_trade_displaces_agrees() -> None:
    assert not misplaced()


def test_the_months_compared_are_full_of_events() -> None:
    run, _, months = played()
    lost = [seen.lost_before for seen in months]
    assert sum(x > 0.0 for x in lost) > 3
    assert max(lost) > 0.9
    price = run.values["c2c.potential_users_share"] * run.values["c2c.goods_krw_per_user_month"]
    usual = [price * run.now("household_income_index", t) * seen.users for t, seen in enumerate(months)]
    assert max((seen.direct[0] / x).max() for seen, x in zip(months, usual, strict=True)) > 1.02
    assert min(seen.after.flow[4] for seen in months) < 0.75


MUTANTS = [m for rule in mutants.rules_of(trade) for m in mutants.mutants_of(rule)]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: f"{m.rule}: {m.line}")
def test_a_turned_sign_is_seen(mutant: mutants.Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    months = (0, 9, 14, 15, 30, 38, 40)
    assert not any(differences(t) for t in months)
    mutants.put_in(mutant, monkeypatch)
    assert any(seen_in(t) for t in months) or bool(seen_in(None))


def seen_in(t: int | None) -> list[str]:
    """Differences of a month, or of the split of budgets; a mistake that stops the month is seen too."""
    try:
        return differences(t) if t is not None else misplaced()
    except (ValueError, ZeroDivisionError, TypeError, IndexError) as error:
        return [str(error)]
