"""What platforms charge and show this month: commissions, prices, exposure and fees in force, compiled.

Two records of TERMS hold what consumers and sellers meet of platforms: of those there from the start (FIRST) and of
their rivals (RIVAL), who sell what a part of the same sellers lists with them; `set_terms` derives them once a month
from the platforms' own prices (PLATFORM, one record each, written by the agents of `model.agents.platforms`) and from
what levers ask of them (TERMS_PATH, one record a month). Sellers are of four classes by market: small up to a limit of
yearly sales, small above it, large, and the platform itself; markets are province x sector.
"""

import math
from typing import Final

import numpy as np
from numba import float64, njit, uint16

from model.agents.merchants.columns import DELIVERY_APP, MARKETS, OPEN_MARKET
from model.codes import FIRST_PLATFORMS, GOODS_NEEDS, MEALS, ONLINE_NEEDS, PROVINCES, SECTORS
from model.numerics import JIT
from model.records import Record, Records, record_type
from model.rules.platforms import (
    commission_in_force,
    commission_lost,
    odds_beside,
    price_next,
    ranking_weight,
)

_PROVINCES: Final = len(PROVINCES)
_SECTORS: Final = len(SECTORS)
SERVICES: Final = len(FIRST_PLATFORMS)
GOODS_MARKET, MEALS_APP = range(SERVICES)
"""Services that private platforms offer: platform `service` is the first of it, SERVICES + `service` its rival."""
FIRST, RIVAL = range(2)
SMALL, SMALL_ABOVE, LARGE, OWN = range(4)
SELLERS: Final = 4
"""Classes of sellers: small up to the limit of yearly sales, small above it, large, the platform itself."""
GOODS_SETS: Final = 4
PRICE_RANGE: Final = (0.5, 2.0)
"""Online prices over those of the start within which a run makes sense."""
SOUND, COMMISSION_FAULT, FEE_FAULT, PRICE_FAULT = range(4)

PLATFORM: Final = record_type(
    open=(np.uint8,),
    gone=(np.uint8,),
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
    fixed_krw=(np.float64,),
    own_margin=(np.float64,),
    listed=(np.float64,),
    entry_month=(np.float64,),
    entry_quarters=(np.float64,),
    seller_response=(np.float64,),
    consumer_response=(np.float64,),
    expected_krw=(np.float64, 2),
    quarter_krw=(np.float64,),
    profit_krw=(np.float64,),
    loss_quarters=(np.float64,),
    fault=(np.float64, 2),
)
"""State of one private platform; prices and costs are shares of an order.

open: in business; gone: has left, for good; bound: by an agreement not to charge consumers more; commission: its own by
class of sellers (both small ones alike), consumer_fee: its own; *_start, *_january: the same at the start and last
January; *_range: declared; variable_cost: an order; fixed_krw: a month; own_margin: of its own sales, which stands
where others pay commission; listed: share of the service's sellers who list with it; entry_month: when it enters, 0 by
its own judgement, -1 never; entry_quarters: so many in a row in which entry promised enough; seller_response,
consumer_response: of members to its prices, solved once (`solved`) so that holding them is best; expected_krw: a month
at its last decision, of holding and of the best pair or what one must beat; quarter_krw: profit since the quarter
began, profit_krw: of the last whole quarter, loss_quarters: so many in a row below zero; fault: what left its range
this month, and its value.
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
    dissimilarity=(np.float64, SERVICES),
    courier_share=(np.float64,),
    public_utility=(np.float64,),
    promotion_weight=(np.float64,),
    joining=(np.float64,),
    listing=(np.float64,),
    own_sales=(np.float64,),
    rival_utility=(np.float64, SERVICES),
    entrant_share=(np.float64,),
    entry_tolerance=(np.float64,),
    entry_quarters=(np.float64,),
)
"""Scalars of the platforms' rules; dissimilarity: of services for goods, of delivery apps; own_sales: of the first
platform, in what large sellers and it offer."""

TERMS: Final = record_type(
    commission=(np.float64, MARKETS, SELLERS),
    agreed=(np.float64, MARKETS, SELLERS),
    cap=(np.float64, MARKETS, SELLERS),
    price=(np.float64, MARKETS, SELLERS),
    exposure=(np.float64, MARKETS, SELLERS),
    pull=(np.float64, MARKETS, SELLERS),
    sold=(np.float64, MARKETS, SELLERS),
    fee=(np.float64, SERVICES),
    open=(np.uint8, SERVICES),
    service_price=(np.float64, MARKETS),
    odds=(np.float64, MARKETS),
    seller_rate=(np.float64, MARKETS, 2),
    part=(np.float64, MARKETS, 2),
    reached=(np.float64, _PROVINCES, ONLINE_NEEDS),
    public_rate=(np.float64, _PROVINCES),
    public_part=(np.float64, MARKETS, 2),
    public_open=(np.uint8, _PROVINCES),
    public_commission=(np.float64,),
    voucher=(np.float64,),
    public_members=(np.float64, _PROVINCES),
    public_price=(np.float64, _PROVINCES),
    public_odds=(np.float64, _PROVINCES),
    demand_budget=(np.float64, _PROVINCES, GOODS_SETS, ONLINE_NEEDS),
    demand_online=(np.float64, _PROVINCES, GOODS_SETS, ONLINE_NEEDS),
    demand_both=(np.float64, GOODS_NEEDS),
)
"""Prices in force and what follows from them, by market and class of sellers unless said otherwise.

commission: paid of an order; agreed, cap: highest by agreement and by order (1 without); price: over the start's;
exposure: views over those by score alone; pull: sellers' attraction after last month; sold: through the private
platform last month, KRW; fee: consumers' of each platform; open: each platform in business; service_price: what buyers
pay over the start, by market; odds: of a rival, of an order against the first platform, by whom has accounts with both,
for goods at the need's number; seller_rate: sales of small sellers per unit of their pull, part: of all they sell
online; reached: part of what holders of its service spend online on a need that goes through the platform. Of the
public platform, in the first record: open by province, its commission, the voucher's share of an order; by province the
members' share of restaurants on the app, their price, odds of an order as above and sales per unit of pull, and
public_part of all they sell. demand_*: people's budgets and online spending by province, account set for goods and
online need, in units of budget of the start, and the open market's share among holders of both accounts by need.
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
def _in_business(terms: Records, service: int) -> bool:
    """Return whether any private platform of a service is open."""
    return bool(terms[FIRST].open[service] or terms[RIVAL].open[service])


@njit(**JIT)
def set_terms(terms: Records, platforms: Records, path: Record, rules: Record, market: Record, tables: Record) -> None:
    """Set the month's terms from the platforms' own prices, levers and last month's markets.

    terms: two records of TERMS; path: of TERMS_PATH; tables: MARKET_TABLES, where the technologies of a service that no
    platform offers any more cannot be had. Of a rival that is not in business nothing is set.
    """
    for number in range(platforms.size):
        platform = platforms[number]
        terms[number // SERVICES].open[number % SERVICES] = platform.open
        platform.fault[0], platform.bound = SOUND, 0
        if number >= SERVICES:
            platform.listed += rules.listing * (1.0 - platform.listed) if platform.open else -platform.listed
    for service in range(SERVICES):
        if not _in_business(terms, service):
            technology = OPEN_MARKET if service == GOODS_MARKET else DELIVERY_APP
            tables.available &= uint16(0xFFFF ^ (1 << technology))
    for number in range(platforms.size):
        side, service = number // SERVICES, number % SERVICES
        if side == FIRST or platforms[number].open:
            _set_platform(terms[side], platforms[number], path, rules, market, side, service)
        if side == RIVAL and platforms[number].open:
            _set_odds(terms, platforms, rules, service)
    for province in range(_PROVINCES):
        _set_public(terms, platforms[MEALS_APP], path, rules, province)


@njit(**JIT)
def _set_platform(
    terms: Record, platform: Record, path: Record, rules: Record, market: Record, side: int, service: int
) -> None:
    """Set one platform's commissions, fee, exposure and prices."""
    for where in range(MARKETS):
        if platform_of(where) == service:
            _set_pulls(terms, platform.listed, rules, market, side, where)
            _set_commissions(terms, platform, path, rules, side, where)
    _set_fee(terms, platform, rules, service)
    if service == GOODS_MARKET:
        for need in range(GOODS_NEEDS):
            _rank(terms, rules, need, MARKETS)
            _price_service(terms, platform, need, MARKETS)
    else:
        for where in range(MEALS, MARKETS, _SECTORS):
            _rank(terms, rules, where, where + 1)
            _price_service(terms, platform, where, where + 1)


@njit(**JIT)
def _set_pulls(terms: Record, listed: float, rules: Record, market: Record, side: int, where: int) -> None:
    """Set the attraction of a market's classes of sellers on a platform: of those who list there."""
    province, sector = where // _SECTORS, where % _SECTORS
    above = market.entry_pull_above[where]
    own = 0.0 if sector == MEALS else rules.own_sales
    large = market.app_large[province] if sector == MEALS else market.large_online[sector] / _PROVINCES
    terms.pull[where, SMALL] = listed * (market.entry_pull[where] - above)
    terms.pull[where, SMALL_ABOVE] = listed * above
    terms.pull[where, LARGE] = listed * (1.0 - own) * large
    terms.pull[where, OWN] = own * large if side == FIRST else 0.0


@njit(**JIT)
def start_commission(platform: Record, seller: int) -> float:
    """Return what a platform earned of an order at the start: its commission, or the margin of its own sales."""
    return float64(platform.own_margin if seller == OWN else platform.commission_start)


@njit(**JIT)
def _set_commissions(terms: Record, platform: Record, path: Record, rules: Record, side: int, where: int) -> None:
    """Set a market's commissions and prices on a platform; agreements are with the first one alone."""
    for seller in range(SELLERS):
        own, cut, cap = platform.commission[seller], path.cut[where, seller], path.cap[where, seller]
        agreed = 1.0
        if cut > 0.0 and side == FIRST:
            agreed, platform.bound = max(0.0, platform.commission_start - cut), 1
        terms.agreed[where, seller], terms.cap[where, seller] = agreed, cap
        if seller != OWN:
            _within(platform, COMMISSION_FAULT, own, platform.commission_range[0], platform.commission_range[1])
        commission = commission_in_force(own, agreed, cap)
        terms.commission[where, seller] = commission
        start, price = start_commission(platform, seller), terms.price[where, seller]
        price = price_next(price, commission, start, rules.passed_on, rules.price_hazard)
        _within(platform, PRICE_FAULT, price, PRICE_RANGE[0], PRICE_RANGE[1])
        terms.price[where, seller] = price


@njit(**JIT)
def _within(platform: Record, fault: int, value: float, low: float, high: float) -> None:
    """Note the first value of the month outside its declared range."""
    if not low <= value <= high and platform.fault[0] == SOUND:
        platform.fault[0], platform.fault[1] = fault, value


@njit(**JIT)
def _set_fee(terms: Record, platform: Record, rules: Record, service: int) -> None:
    """Set the consumers' fee: the platform's own, and part of what caps took from last month's orders."""
    lost, sold = 0.0, 0.0
    for where in range(MARKETS):
        if platform_of(where) == service:
            for seller in range(SELLERS):
                taken = commission_lost(
                    platform.commission[seller],
                    start_commission(platform, seller),
                    terms.agreed[where, seller],
                    terms.cap[where, seller],
                )
                lost += terms.sold[where, seller] * taken
                sold += terms.sold[where, seller]
    own, recovered = platform.consumer_fee, rules.seesaw * lost / sold if sold > 0.0 else 0.0
    _within(platform, FEE_FAULT, own, platform.consumer_fee_range[0], platform.consumer_fee_range[1])
    terms.fee[service] = min(own + recovered, max(own, platform.consumer_fee_range[1]))


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
            terms.exposure[where, seller] = 1.0
    if equal or rules.ranking_exponent <= 0.0:
        return
    for where in range(first, end, _SECTORS):
        for seller in range(SELLERS):
            weight = ranking_weight(terms.commission[where, seller], rules.other_revenue, rules.ranking_exponent)
            weighted += terms.pull[where, seller] * weight
            terms.exposure[where, seller] = weight * total
    for where in range(first, end, _SECTORS):
        for seller in range(SELLERS):
            terms.exposure[where, seller] /= weighted


@njit(**JIT)
def _price_service(terms: Record, platform: Record, first: int, end: int) -> None:
    """Set what buyers pay for what is shown together, fee included, over the start."""
    total, dearer = 0.0, 0.0
    for where in range(first, end, _SECTORS):
        for seller in range(SELLERS):
            views = terms.pull[where, seller] * terms.exposure[where, seller]
            total += views
            dearer += views * (terms.price[where, seller] - 1.0)
    fee = (1.0 + terms.fee[platform_of(first)]) / (1.0 + platform.consumer_fee_start)
    for where in range(first, end, _SECTORS):
        terms.service_price[where] = (1.0 + (dearer / total if total > 0.0 else 0.0)) * fee


@njit(**JIT)
def _set_odds(terms: Records, platforms: Records, rules: Record, service: int) -> None:
    """Set a rival's odds of an order against the first platform, by the sellers who list with both and by price."""
    fees = (1.0 + platforms[SERVICES + service].consumer_fee_start) / (1.0 + platforms[service].consumer_fee_start)
    for need in range(GOODS_NEEDS if service == GOODS_MARKET else _PROVINCES):
        where = need if service == GOODS_MARKET else need * _SECTORS + MEALS
        end = MARKETS if service == GOODS_MARKET else where + 1
        shown, of_first = _shown(terms[RIVAL], where, end), _shown(terms[FIRST], where, end)
        relative = terms[RIVAL].service_price[where] / terms[FIRST].service_price[where] * fees
        reach = shown / of_first if of_first > 0.0 else 0.0
        terms[RIVAL].odds[where] = odds_beside(
            reach, rules.rival_utility[service], rules.price_weight, relative, rules.dissimilarity[service]
        )


@njit(**JIT)
def _shown(terms: Record, first: int, end: int) -> float:
    """Return the attraction of what is shown together."""
    total = 0.0
    for where in range(first, end, _SECTORS):
        for seller in range(SELLERS):
            total += terms.pull[where, seller]
    return total


@njit(**JIT)
def _set_public(terms: Records, platform: Record, path: Record, rules: Record, province: int) -> None:
    """Move the public platform's members and price in a province, and set its odds against the first app."""
    where, first = province * _SECTORS + MEALS, terms[FIRST]
    first.public_open[province] = path.public_open[province] and _in_business(terms, MEALS_APP)
    first.public_commission, first.voucher = path.public_commission, path.voucher
    first.public_odds[province] = 0.0
    if not first.public_open[province]:
        first.public_members[province], first.public_price[province] = 0.0, 1.0
        return
    members = first.public_members[province]
    first.public_members[province] = members + rules.joining * (1.0 - members)
    price = first.public_price[province]
    price = price_next(price, path.public_commission, platform.commission_start, rules.passed_on, rules.price_hazard)
    first.public_price[province] = price
    shown = _shown(first, where, where + 1)
    small = first.pull[where, SMALL] + first.pull[where, SMALL_ABOVE]
    reach = first.public_members[province] * small / shown if shown > 0.0 else 0.0
    paid = first.service_price[where] * (1.0 + platform.consumer_fee_start)
    utility = rules.public_utility + rules.promotion_weight * math.log1p(path.promotion_per_adult)
    relative = max(price * (1.0 - path.voucher), 1e-3) / paid
    first.public_odds[province] = odds_beside(
        reach, utility, rules.price_weight, relative, rules.dissimilarity[MEALS_APP]
    )


@njit(**JIT)
def set_seller_terms(terms: Records, tables: Record, rules: Record) -> None:
    """Set what small sellers of each market keep of online sales (`tables`); rules: the merchants'.

    Costs are commission and delivery, of all platforms as orders come; a price above the start's saves inputs.
    """
    first, rival = terms[FIRST], terms[RIVAL]
    for where in range(MARKETS):
        sector, province = where % _SECTORS, where // _SECTORS
        if platform_of(where) < 0:
            continue
        public_rate = first.public_rate[province] if sector == MEALS else 0.0
        public_saved = 1.0 - 1.0 / first.public_price[province]
        for seller in range(2):
            beside = rival.seller_rate[where, seller]
            rate = first.seller_rate[where, seller] + beside + public_rate
            part, public = (beside / rate, public_rate / rate) if rate > 0.0 else (0.0, 0.0)
            rival.part[where, seller], first.public_part[where, seller] = part, public
            first.part[where, seller] = 1.0 - part - public
            commission, dearer = first.commission[where, seller], 1.0 - 1.0 / first.price[where, seller]
            of_rival = 1.0 - 1.0 / rival.price[where, seller]
            saved = dearer + (of_rival - dearer) * part + (public_saved - dearer) * public
            commission += (rival.commission[where, seller] - commission) * part + (
                first.public_commission - commission
            ) * public
            saved *= rules.input_share[sector]
            tables.online_rate[where, seller] = rate
            tables.inputs_saved[where, seller] = saved
            tables.online_cost[where, seller] = commission + rules.delivery_share[sector] - saved


@njit(**JIT)
def earn_of_orders(platform: Record, revenue_krw: float, orders_krw: float) -> float:
    """Add a month's profit to the quarter's; returns the costs of the platform and its orders, KRW."""
    cost = platform.variable_cost * orders_krw + platform.fixed_krw
    platform.quarter_krw += revenue_krw - cost
    return float64(cost)
