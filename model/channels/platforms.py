"""Spending that goes through platforms: what they see of it, and how it reaches sellers by attraction and exposure."""

from typing import Final

from numba import njit

from model.agents.consumers.columns import GOODS_SETS, INSTRUMENT_SETS
from model.agents.merchants.columns import MARKETS
from model.agents.platform_terms import (
    FIRST,
    GOODS_MARKET,
    LARGE,
    MEALS_APP,
    OWN,
    RIVAL,
    SELLERS,
    SERVICES,
    SMALL,
    SMALL_ABOVE,
)
from model.codes import MEALS, ONLINE_NEEDS, PROVINCES, SECTORS
from model.numerics import JIT
from model.records import F8, Record, Records

_PROVINCES: Final = len(PROVINCES)
_SECTORS: Final = len(SECTORS)


@njit(**JIT)
def clear_market(need: int, side: int, platform: Record, spending: Record, terms: Record) -> None:
    """Clear one open market for a need: the platform's fee, and orders to sellers by attraction and exposure.

    terms: the platform's; spending.market_small must hold what is paid through it.
    """
    paid = spending.market_small[side, need]
    total = paid / (1.0 + terms.fee[GOODS_MARKET])
    spending.market_fee[side, need] = paid - total
    pull, small, own = 0.0, 0.0, 0.0
    for where in range(need, MARKETS, _SECTORS):
        for seller in range(SELLERS):
            pull += terms.pull[where, seller]
    rate = total / pull if pull > 0.0 else 0.0
    for where in range(need, MARKETS, _SECTORS):
        small += _sell_by_class(where, rate, platform.listed, terms)
        own += terms.exposure[where, OWN] * terms.pull[where, OWN]
    spending.market_small[side, need] = rate * small
    spending.market_own[need] += rate * own
    spending.market_large[side, need] = total - rate * small - rate * own


@njit(**JIT)
def _sell_by_class(where: int, rate: float, listed: float, terms: Record) -> float:
    """Set what each class of sellers sells on a platform; returns what the small ones show there.

    rate: sales per unit of pull at exposure one; listed: part of the small ones' own pull that they list.
    """
    shown = 0.0
    for seller in range(SELLERS):
        exposure, pull = terms.exposure[where, seller], terms.pull[where, seller]
        terms.sold[where, seller] = rate * exposure * pull
        if seller < LARGE:
            shown += exposure * pull
            terms.seller_rate[where, seller] = rate * exposure * listed
    return shown


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
def note_reach(need: int, unit: float, shares: Record, spending: Record, terms: Records) -> None:
    """Keep what part of its holders' spending on a goods need each market has, as its pricing sees them.

    Of the first: over what it would have without its rival, by the cells of accounts; of the rival: of all online.
    """
    first, rival = spending.market_small[FIRST, need], spending.market_small[RIVAL, need]
    kept, drawn = 1.0, 0.0
    if terms[RIVAL].open[GOODS_MARKET]:
        alone, online = 0.0, first + rival + spending.mall[need]
        cells = terms[FIRST].demand_online
        for province in range(_PROVINCES):
            for accounts in range(GOODS_SETS):
                part = shares.open_market[need, accounts]
                alone += part * cells[province, accounts, need]
        alone *= unit
        kept, drawn = first / alone if alone > 0.0 else 0.0, rival / online if online > 0.0 else 0.0
    terms[FIRST].reached[:, need], terms[RIVAL].reached[:, need] = kept, drawn


@njit(**JIT)
def clear_app(
    province: int, by_app: float, through: F8, unit: float, rules: Record, spending: Record, terms: Records,
    platforms: Records,
) -> None:  # fmt: skip
    """Clear one province's delivery apps: fees to couriers and platforms, orders to restaurants and chains.

    by_app: spent through all of them, KRW; through: of it the rival's part and the public app's, a KRW for `unit`. What
    goes through the public one reaches the small restaurants on it, in proportion to their attraction.
    """
    where = province * _SECTORS + MEALS
    kept = 1.0 - rules.courier_share
    total = kept * by_app
    public = min(kept * unit * through[1], total)
    rival = min(kept * unit * through[0], total - public)
    if terms[RIVAL].open[MEALS_APP] and not terms[FIRST].open[MEALS_APP]:
        rival = total - public
    first = total - public - rival
    spending.app_courier[province] = by_app - total
    spending.app_public[province] = public
    small = terms[FIRST].pull[where, SMALL] + terms[FIRST].pull[where, SMALL_ABOVE]
    terms[FIRST].public_rate[province] = public / small if small > 0.0 else 0.0
    _clear_one_app(province, FIRST, first, 1.0, spending, terms[FIRST])
    terms[FIRST].reached[province, MEALS] = first / total if total > 0.0 else 1.0
    if terms[RIVAL].open[MEALS_APP]:
        _clear_one_app(province, RIVAL, rival, platforms[SERVICES + MEALS_APP].listed, spending, terms[RIVAL])
        terms[RIVAL].reached[province, MEALS] = rival / total if total > 0.0 else 0.0


@njit(**JIT)
def _clear_one_app(province: int, side: int, paid: float, listed: float, spending: Record, terms: Record) -> None:
    """Clear one platform for meals in a province: its own fee, and orders to restaurants and chains."""
    where, pull = province * _SECTORS + MEALS, 0.0
    for seller in range(SELLERS):
        pull += terms.pull[where, seller]
    orders = paid / (1.0 + terms.fee[MEALS_APP])
    rate = orders / pull if pull > 0.0 else 0.0
    small = _sell_by_class(where, rate, listed, terms)
    spending.app_fee[side, province] = paid - orders
    spending.app_small[side, province] = rate * small
    spending.app_large[side, province] = orders - spending.app_small[side, province]
