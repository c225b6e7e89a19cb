"""What platforms charge and show this month: commissions, prices, exposure and fees in force, compiled.

One record, TERMS, holds everything that consumers and sellers meet of platforms; `set_terms` derives it once a
month from the platforms' own prices (PLATFORM, one record each, written by the agents of `model.agents.platforms`)
and from what levers ask of them (TERMS_PATH, one record a month). Sellers are of three classes by market: small up
to a limit of yearly sales, small above it, and large; markets are province x sector.
"""

import math
from typing import Final

import numpy as np
from numba import float64, njit, uint16

from model.agents.merchants.columns import DELIVERY_APP, MARKETS, OPEN_MARKET
from model.codes import GOODS_NEEDS, MEALS, ONLINE_NEEDS, PLATFORMS, PROVINCES, SECTORS
from model.numerics import JIT
from model.records import Record, Records, record_type
from model.rules.platforms import (
    commission_in_force,
    commission_lost,
    price_next,
    public_odds,
    ranking_weight,
)

_PROVINCES: Final = len(PROVINCES)
_SECTORS: Final = len(SECTORS)
GOODS_MARKET, MEALS_APP = range(len(PLATFORMS))
SMALL, SMALL_ABOVE, LARGE = range(3)
SELLERS: Final = 3
"""Classes of sellers: small up to the limit of yearly sales, small above it, large."""
GOODS_SETS: Final = 4
PRICE_RANGE: Final = (0.5, 2.0)
"""Online prices over those of the start within which a run makes sense."""
SOUND, COMMISSION_FAULT, FEE_FAULT, PRICE_FAULT = range(4)

PLATFORM: Final = record_type(
    open=(np.uint8,),
    solved=(np.uint8,),
    bound=(np.uint8,),
    commission=(np.float64, SELLERS),
    consumer_fee=(np.float64,),
    commission_start=(np.float64,),
    consumer_fee_start=(np.float64,),
    commission_january=(np.float64, SELLERS),
    consumer_fee_january=(np.float64,),
    commission_range=(np.float64, 2),
    consumer_fee_range=(np.float64, 2),
    variable_cost=(np.float64,),
    seller_response=(np.float64,),
    consumer_response=(np.float64,),
    expected_krw=(np.float64, 2),
    quarter_krw=(np.float64,),
    profit_krw=(np.float64,),
    loss_quarters=(np.float64,),
    fault=(np.float64, 2),
)
"""State of one private platform; prices and costs are shares of an order.

open: in business; bound: by an agreement not to charge consumers more; commission: its own by class of sellers (both
small ones alike), consumer_fee: its own; *_start, *_january: the same at the start and last January; *_range: declared;
variable_cost: an order; seller_response, consumer_response: of members to its prices, solved once (`solved`) so that
holding them is best; expected_krw: a month at its last decision, of holding and of the best pair or what
one must beat; quarter_krw: profit since the quarter began, profit_krw: of the last whole quarter, loss_quarters:
so many in a row below zero; fault: what left its range this month, and its value.
"""

PLATFORM_RULES: Final = record_type(
    ranking_exponent=(np.float64,),
    other_revenue=(np.float64,),
    seesaw=(np.float64,),
    passed_on=(np.float64,),
    price_hazard=(np.float64,),
    price_weight=(np.float64,),
    curvature=(np.float64,),
    step=(np.float64,),
    tolerance=(np.float64,),
    yearly_limit=(np.float64,),
    loss_quarters=(np.float64,),
    dissimilarity=(np.float64, len(PLATFORMS)),
    courier_share=(np.float64,),
    public_utility=(np.float64,),
    promotion_weight=(np.float64,),
    joining=(np.float64,),
)
"""Scalars of the platforms' rules; dissimilarity: of services for goods, of delivery apps."""

TERMS: Final = record_type(
    commission=(np.float64, MARKETS, SELLERS),
    agreed=(np.float64, MARKETS, SELLERS),
    cap=(np.float64, MARKETS, SELLERS),
    price=(np.float64, MARKETS, SELLERS),
    exposure=(np.float64, MARKETS, SELLERS),
    pull=(np.float64, MARKETS, SELLERS),
    sold=(np.float64, MARKETS, SELLERS),
    fee=(np.float64, len(PLATFORMS)),
    open=(np.uint8, len(PLATFORMS)),
    service_price=(np.float64, MARKETS),
    seller_rate=(np.float64, MARKETS, 2),
    public_part=(np.float64, MARKETS, 2),
    public_open=(np.uint8, _PROVINCES),
    public_commission=(np.float64,),
    voucher=(np.float64,),
    public_members=(np.float64, _PROVINCES),
    public_price=(np.float64, _PROVINCES),
    public_share=(np.float64, _PROVINCES),
    public_value=(np.float64, _PROVINCES),
    demand_budget=(np.float64, _PROVINCES, GOODS_SETS, ONLINE_NEEDS),
    demand_online=(np.float64, _PROVINCES, GOODS_SETS, ONLINE_NEEDS),
    demand_both=(np.float64, GOODS_NEEDS),
)
"""Prices in force and what follows from them, by market and class of sellers unless said otherwise.

commission: paid of an order; agreed, cap: highest by agreement and by order (1 without); price: over the start's;
exposure: views over those by score alone; pull: sellers' attraction after last month; sold: through the private
platform last month, KRW; fee: consumers' of each platform; open: each platform in business; service_price: what buyers
pay over the start, by market; seller_rate: sales of small sellers per unit of their pull, public platform included, and
public_part of it there. The public platform: open by province, its commission, the voucher's share of an order; the
members' share of restaurants on the app, price, share of orders and worth to buyers by province. demand_*: people's
budgets and online spending by province, account set for goods and online need, in units of budget of the start, and the
open market's share among holders of both accounts by need.
"""

TERMS_PATH: Final = record_type(
    cut=(np.float64, MARKETS, SELLERS),
    cap=(np.float64, MARKETS, SELLERS),
    public_open=(np.uint8, _PROVINCES),
    public_commission=(np.float64,),
    voucher=(np.float64,),
    promotion_krw=(np.float64,),
    promotion_per_adult=(np.float64,),
)
"""What levers ask of platforms in one month: cuts from the commission of the start and caps; and the public platform's
terms, promotion in KRW a month."""


@njit(**JIT)
def platform_of(where: int) -> int:
    """Return the platform on which sellers of a market sell, or -1."""
    sector = where % _SECTORS
    if sector == MEALS:
        return MEALS_APP
    return GOODS_MARKET if sector < GOODS_NEEDS else -1


@njit(**JIT)
def set_terms(terms: Record, platforms: Records, path: Record, rules: Record, market: Record, tables: Record) -> None:
    """Set the month's terms from the platforms' own prices, levers and last month's markets.

    terms, path: records of TERMS and TERMS_PATH; tables: MARKET_TABLES, where the technologies of a platform that has
    left cannot be had.
    """
    for platform in range(platforms.size):
        terms.open[platform] = platforms[platform].open
        platforms[platform].fault[0], platforms[platform].bound = SOUND, 0
        if not platforms[platform].open:
            technology = OPEN_MARKET if platform == GOODS_MARKET else DELIVERY_APP
            tables.available &= uint16(0xFFFF ^ (1 << technology))
    for where in range(MARKETS):
        if platform_of(where) >= 0:
            _set_commissions(terms, platforms[platform_of(where)], path, rules, market, where)
    for platform in range(platforms.size):
        _set_fee(terms, platforms[platform], rules, platform)
    for need in range(GOODS_NEEDS):
        _rank(terms, rules, need, MARKETS)
        _price_service(terms, platforms[GOODS_MARKET], need, MARKETS)
    for province in range(_PROVINCES):
        where = province * _SECTORS + MEALS
        _rank(terms, rules, where, where + 1)
        _price_service(terms, platforms[MEALS_APP], where, where + 1)
        _set_public(terms, platforms[MEALS_APP], path, rules, province)


@njit(**JIT)
def _set_commissions(terms: Record, platform: Record, path: Record, rules: Record, market: Record, where: int) -> None:
    """Set a market's commissions and prices, and the attraction of its classes of sellers."""
    province, sector = where // _SECTORS, where % _SECTORS
    above = market.entry_pull_above[where]
    terms.pull[where, SMALL] = market.entry_pull[where] - above
    terms.pull[where, SMALL_ABOVE] = above
    large = market.app_large[province] if sector == MEALS else market.large_online[sector] / _PROVINCES
    terms.pull[where, LARGE] = large
    for seller in range(SELLERS):
        own, cut, cap = platform.commission[seller], path.cut[where, seller], path.cap[where, seller]
        agreed = 1.0
        if cut > 0.0:
            agreed, platform.bound = max(0.0, platform.commission_start - cut), 1
        terms.agreed[where, seller], terms.cap[where, seller] = agreed, cap
        _within(platform, COMMISSION_FAULT, own, platform.commission_range[0], platform.commission_range[1])
        commission = commission_in_force(own, agreed, cap)
        terms.commission[where, seller] = commission
        price = terms.price[where, seller]
        price = price_next(price, commission, platform.commission_start, rules.passed_on, rules.price_hazard)
        _within(platform, PRICE_FAULT, price, PRICE_RANGE[0], PRICE_RANGE[1])
        terms.price[where, seller] = price


@njit(**JIT)
def _within(platform: Record, fault: int, value: float, low: float, high: float) -> None:
    """Note the first value of the month outside its declared range."""
    if not low <= value <= high and platform.fault[0] == SOUND:
        platform.fault[0], platform.fault[1] = fault, value


@njit(**JIT)
def _set_fee(terms: Record, platform: Record, rules: Record, number: int) -> None:
    """Set the consumers' fee: the platform's own, and part of what caps took from last month's orders."""
    lost, sold = 0.0, 0.0
    for where in range(MARKETS):
        if platform_of(where) == number:
            for seller in range(SELLERS):
                taken = commission_lost(
                    platform.commission[seller],
                    platform.commission_start,
                    terms.agreed[where, seller],
                    terms.cap[where, seller],
                )
                lost += terms.sold[where, seller] * taken
                sold += terms.sold[where, seller]
    own, recovered = platform.consumer_fee, rules.seesaw * lost / sold if sold > 0.0 else 0.0
    _within(platform, FEE_FAULT, own, platform.consumer_fee_range[0], platform.consumer_fee_range[1])
    terms.fee[number] = min(own + recovered, max(own, platform.consumer_fee_range[1]))


@njit(**JIT)
def _rank(terms: Record, rules: Record, first: int, end: int) -> None:
    """Set the exposure of the sellers who are shown together: one for all at equal commissions.

    first, end: their markets, every _SECTORS-th from `first` on. Views are shared by score, so the sum stays.
    """
    total, weighted, equal, alike = 0.0, 0.0, True, -1.0
    for where in range(first, end, _SECTORS):
        for seller in range(SELLERS):
            commission, pull = terms.commission[where, seller], terms.pull[where, seller]
            if pull > 0.0:
                equal = equal and (commission == alike or alike < 0.0)
                alike = commission
            total += pull
            weighted += pull * ranking_weight(commission, rules.other_revenue, rules.ranking_exponent)
    for where in range(first, end, _SECTORS):
        for seller in range(SELLERS):
            terms.exposure[where, seller] = 1.0
            if not equal and weighted > 0.0 and rules.ranking_exponent > 0.0:
                weight = ranking_weight(terms.commission[where, seller], rules.other_revenue, rules.ranking_exponent)
                terms.exposure[where, seller] = weight * total / weighted


@njit(**JIT)
def _price_service(terms: Record, platform: Record, first: int, end: int) -> None:
    """Set what buyers pay for what is shown together, fee included, over the start."""
    total, dearer = 0.0, 0.0
    for where in range(first, end, _SECTORS):
        for seller in range(SELLERS):
            views = terms.pull[where, seller] * terms.exposure[where, seller]
            total += views
            dearer += views * (terms.price[where, seller] - 1.0)
    number = platform_of(first)
    fee = (1.0 + terms.fee[number]) / (1.0 + platform.consumer_fee_start)
    for where in range(first, end, _SECTORS):
        terms.service_price[where] = (1.0 + (dearer / total if total > 0.0 else 0.0)) * fee


@njit(**JIT)
def _set_public(terms: Record, platform: Record, path: Record, rules: Record, province: int) -> None:
    """Move the public platform's members and price in a province, and set its share of orders."""
    where = province * _SECTORS + MEALS
    terms.public_open[province] = path.public_open[province] and platform.open
    terms.public_commission, terms.voucher = path.public_commission, path.voucher
    terms.public_share[province], terms.public_value[province] = 0.0, 0.0
    if not terms.public_open[province]:
        terms.public_members[province], terms.public_price[province] = 0.0, 1.0
        return
    members = terms.public_members[province]
    terms.public_members[province] = members + rules.joining * (1.0 - members)
    price = terms.public_price[province]
    price = price_next(price, path.public_commission, platform.commission_start, rules.passed_on, rules.price_hazard)
    terms.public_price[province] = price
    small = terms.pull[where, SMALL] + terms.pull[where, SMALL_ABOVE]
    shown = small + terms.pull[where, LARGE]
    reach = terms.public_members[province] * small / shown if shown > 0.0 else 0.0
    paid = terms.service_price[where] * (1.0 + platform.consumer_fee_start)
    utility = rules.public_utility + rules.promotion_weight * math.log1p(path.promotion_per_adult)
    relative = max(price * (1.0 - path.voucher), 1e-3) / paid
    odds = public_odds(reach, utility, rules.price_weight, relative, rules.dissimilarity[MEALS_APP])
    terms.public_share[province] = odds / (1.0 + odds)
    terms.public_value[province] = rules.dissimilarity[MEALS_APP] * math.log1p(odds)


@njit(**JIT)
def set_seller_terms(terms: Record, tables: Record, rules: Record) -> None:
    """Set what small sellers of each market keep of online sales (`tables`); rules: the merchants'.

    Costs are commission and delivery, of both platforms as orders come; a price above the start's saves inputs.
    """
    for where in range(MARKETS):
        sector = where % _SECTORS
        if platform_of(where) < 0:
            continue
        for seller in range(2):
            public = terms.public_part[where, seller]
            commission = terms.commission[where, seller]
            commission += (terms.public_commission - commission) * public
            dearer = 1.0 - 1.0 / terms.price[where, seller]
            dearer += (1.0 - 1.0 / terms.public_price[where // _SECTORS] - dearer) * public
            saved = rules.input_share[sector] * dearer
            tables.online_rate[where, seller] = terms.seller_rate[where, seller]
            tables.inputs_saved[where, seller] = saved
            tables.online_cost[where, seller] = commission + rules.delivery_share[sector] - saved


@njit(**JIT)
def earn_of_orders(platform: Record, revenue_krw: float, orders_krw: float) -> float:
    """Add a month's profit to the quarter's; returns the variable cost of the orders, KRW."""
    cost = platform.variable_cost * orders_krw
    platform.quarter_krw += revenue_krw - cost
    return float64(cost)
