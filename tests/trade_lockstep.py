"""The engine's trade of organisations and people, month by month, for its reference: the model is imported here."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from model import ledger
from model.codes import PROVINCES
from model.economy import Economy
from model.indicators import CORE
from model.levers.gates import ServiceClosure
from model.settings import Settings
from tests.laws.small_korea import START, korea_of, settings_of
from tests.lockstep import run_of
from tests.reference import trade
from tests.reference.draws import F8
from tests.reference.engine_state import services_of, trade_of
from tests.reference.service_state import Services, Trade
from tests.reference.state import Run

MONTHS = 48


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
    measured: dict[str, float]


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
        "fairs": ServiceClosure(
            service="online_fair", start=START + 20, end=START + 30, closed_share=0.7, jurisdiction=()
        ),
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
                {i.id: float(x) for i, x in zip(CORE, world.out[t], strict=True)},
            )
        )  # fmt: skip
    economy.close()
    return run_of(settings(), 1), demand, months


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


@cache
def at_the_start() -> tuple[Run, Services, float, Trade]:
    """The engine before its first month: services, mean skill of adults, and what trade keeps."""
    economy = Economy(settings(), 1, korea_of(), "serial")
    world: Any = economy.world
    economy.close()
    return run_of(settings(), 1), services_of(world), float(world.services[0].skill_mean), trade_of(world)
