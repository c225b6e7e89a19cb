"""Spending that goes through platforms: what they see of it, and how it reaches sellers by attraction and exposure."""

from typing import Final

from numba import njit

from model.agents.consumers.columns import GOODS_SETS, INSTRUMENT_SETS
from model.agents.merchants.columns import MARKETS
from model.agents.platform_terms import GOODS_MARKET, LARGE, MEALS_APP, SELLERS, SMALL, SMALL_ABOVE
from model.codes import MEALS, ONLINE_NEEDS, SECTORS
from model.numerics import JIT
from model.records import F8, Record

_SECTORS: Final = len(SECTORS)


@njit(**JIT)
def clear_market(need: int, market: Record, spending: Record, terms: Record) -> None:
    """Clear the open market of a need: the platform's fee, and orders to sellers by attraction and exposure."""
    paid = spending.market_small[need]
    total = paid / (1.0 + terms.fee[GOODS_MARKET])
    spending.market_fee[need] = paid - total
    pull = market.online_pull[need] + market.large_online[need]
    rate = total / pull if pull > 0.0 else 0.0
    moved = 0.0
    for where in range(need, MARKETS, _SECTORS):
        moved += _sell_by_class(where, rate, 0.0, terms)
    spending.market_small[need] = rate * (market.online_pull[need] + moved)
    spending.market_large[need] = total - spending.market_small[need]


@njit(**JIT)
def _sell_by_class(where: int, rate: float, public_rate: float, terms: Record) -> float:
    """Set sales per unit of pull of each class of sellers; returns the small ones' pull gained by exposure.

    rate: on the private platform, for everybody at exposure one; public_rate: on the public one, for small sellers.
    """
    moved = 0.0
    for seller in range(SELLERS):
        exposure, pull = terms.exposure[where, seller], terms.pull[where, seller]
        terms.sold[where, seller] = rate * exposure * pull
        if seller != LARGE:
            moved += (exposure - 1.0) * pull
            both = rate * exposure + public_rate
            terms.seller_rate[where, seller] = both
            terms.public_part[where, seller] = public_rate / both if both > 0.0 else 0.0
    return moved


@njit(**JIT)
def note_demand(province: int, scale: float, unit_budgets: F8, spending: Record, terms: Record) -> None:
    """Keep the province's cells of demand for the platforms: budgets and online spending by accounts for goods."""
    for accounts in range(GOODS_SETS):
        budget, online = terms.demand_budget[province, accounts], terms.demand_online[province, accounts]
        budget[:], online[:] = 0.0, 0.0
        first = (province * GOODS_SETS + accounts) * INSTRUMENT_SETS
        for cell in range(first, first + INSTRUMENT_SETS):
            for need in range(ONLINE_NEEDS):
                weight = scale * spending.change[province, need]
                budget[need] += unit_budgets[cell, 0] * weight
                online[need] += unit_budgets[cell, 1 + need] * weight


@njit(**JIT)
def clear_app(province: int, by_app: float, rules: Record, spending: Record, terms: Record) -> None:
    """Clear one province's delivery apps: fees to couriers and platform, orders to restaurants and chains.

    The public platform's part goes to the small restaurants on it, in proportion to their attraction.
    """
    where = province * _SECTORS + MEALS
    small = terms.pull[where, SMALL] + terms.pull[where, SMALL_ABOVE]
    pull = small + terms.pull[where, LARGE]
    courier = rules.courier_share * by_app
    public = terms.public_share[province] * (by_app - courier)
    paid = by_app - courier - public
    orders = paid / (1.0 + terms.fee[MEALS_APP])
    rate = orders / pull if pull > 0.0 else 0.0
    moved = _sell_by_class(where, rate, public / small if small > 0.0 else 0.0, terms)
    spending.app_courier[province] = courier
    spending.app_public[province] = public
    spending.app_fee[province] = paid - orders
    spending.app_small[province] = rate * (small + moved)
    spending.app_large[province] = orders - spending.app_small[province]
