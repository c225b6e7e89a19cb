"""Payments through platforms: sales, commissions, fees, couriers, the public platform; and what platforms earn."""

from typing import Final

from numba import njit

from model import ledger
from model.agents.merchants.columns import M_ONLINE_SALES, MARKETS
from model.agents.platform_terms import (
    FIRST,
    GOODS_MARKET,
    LARGE,
    MEALS_APP,
    OWN,
    SERVICES,
    earn_of_orders,
    platform_of,
)
from model.codes import GOODS_NEEDS, MEALS, PROVINCES, SECTORS
from model.numerics import JIT
from model.records import F8, Record, Records

_PROVINCES: Final = len(PROVINCES)
_SECTORS: Final = len(SECTORS)
_PAID: Final = (
    (ledger.COMMISSION_SMALL, ledger.COMMISSION_LARGE, ledger.MARKET_FEE, ledger.MARKET_COSTS),
    (ledger.APP_COMMISSION_SMALL, ledger.APP_COMMISSION_LARGE, ledger.APP_FEE, ledger.APP_COSTS),
    (
        ledger.RIVAL_MARKET_COMMISSION_SMALL,
        ledger.RIVAL_MARKET_COMMISSION_LARGE,
        ledger.RIVAL_MARKET_FEE,
        ledger.RIVAL_MARKET_COSTS,
    ),
    (
        ledger.RIVAL_APP_COMMISSION_SMALL,
        ledger.RIVAL_APP_COMMISSION_LARGE,
        ledger.RIVAL_APP_FEE,
        ledger.RIVAL_APP_COSTS,
    ),
)
"""Purposes of what each private platform is paid and spends: commissions of small and large sellers, fee, costs."""


@njit(**JIT)
def book(books: Record, purpose: int, booked: float, received: float) -> None:
    """Book one payment of the month as payer's and payee's side count it, KRW."""
    books.booked[purpose] = booked
    books.received[purpose] = received


@njit(**JIT)
def set_online_sales(market: F8, terms: Records, tables: Record) -> None:
    """Set what small sellers of each market sold online, both classes, KRW; market: sums by market."""
    for where in range(MARKETS):
        market[where, M_ONLINE_SALES] = 0.0
        for seller in range(LARGE):
            market[where, M_ONLINE_SALES] += terms[FIRST].pull[where, seller] * tables.online_rate[where, seller]


@njit(**JIT)
def inputs_saved(terms: Records, tables: Record) -> float:
    """Return what online prices above the start's save small sellers on inputs, KRW."""
    saved = 0.0
    for where in range(MARKETS):
        for seller in range(LARGE):
            sales = terms[FIRST].pull[where, seller] * tables.online_rate[where, seller]
            saved += tables.inputs_saved[where, seller] * sales
    return saved


@njit(**JIT)
def _small(number: int, terms: Records, tables: Record) -> tuple[float, float]:
    """Return small sellers' sales on a private platform and their commissions, KRW, as they count them."""
    mine, sales, commissions = terms[number // SERVICES], 0.0, 0.0
    for where in range(MARKETS):
        if platform_of(where) == number % SERVICES:
            for seller in range(LARGE):
                online = terms[FIRST].pull[where, seller] * tables.online_rate[where, seller]
                sales += online * mine.part[where, seller]
                commissions += online * mine.part[where, seller] * mine.commission[where, seller]
    return sales, commissions


@njit(**JIT)
def _public(terms: Record, tables: Record) -> float:
    """Return small restaurants' sales by the public app, KRW, as they count them."""
    sales = 0.0
    for where in range(MEALS, MARKETS, _SECTORS):
        for seller in range(LARGE):
            online = terms.pull[where, seller] * tables.online_rate[where, seller]
            sales += online * terms.public_part[where, seller]
    return sales


@njit(**JIT)
def _counted(service: int, first: int, end: int, terms: Record) -> tuple[float, float]:
    """Return a platform's own count of orders to classes of sellers from `first` to `end`, and commissions, KRW."""
    orders, commissions = 0.0, 0.0
    for where in range(MARKETS):
        if platform_of(where) == service:
            for seller in range(first, end):
                orders += terms.sold[where, seller]
                commissions += terms.sold[where, seller] * terms.commission[where, seller]
    return orders, commissions


@njit(**JIT)
def _large_commission(number: int, terms: Record, spending: Record) -> float:
    """Return what large sellers pay a platform, KRW, as they count it."""
    side, paid = number // SERVICES, 0.0
    if number % SERVICES == GOODS_MARKET:
        for need in range(GOODS_NEEDS):
            paid += terms.commission[need, LARGE] * spending.market_large[side, need]
    else:
        for province in range(_PROVINCES):
            paid += terms.commission[province * _SECTORS + MEALS, LARGE] * spending.app_large[side, province]
    return paid


@njit(**JIT)
def _book_platform(
    number: int, books: Record, terms: Records, tables: Record, platform: Record, rules: Record, spending: Record
) -> None:
    """Book what a private platform is paid and spends, the first market's own sales too, and add up its profit."""
    side, service = number // SERVICES, number % SERVICES
    mine, of_goods = terms[side], number % SERVICES == GOODS_MARKET
    small_paid, large_paid, fee_paid, costs_paid = _PAID[number]
    _, commission = _small(number, terms, tables)
    small_orders, small_counted = _counted(service, 0, LARGE, mine)
    large_orders, large_counted = _counted(service, LARGE, OWN, mine)
    own_orders, _ = _counted(service, OWN, OWN + 1, mine)
    large_commission = _large_commission(number, mine, spending)
    orders = spending.market_small[side].sum() + spending.market_large[side].sum()
    fee = spending.market_fee[side].sum()
    if not of_goods:
        orders = spending.app_small[side].sum() + spending.app_large[side].sum()
        fee = spending.app_fee[side].sum()
    book(books, small_paid, commission, small_counted)
    book(books, large_paid, large_commission, large_counted)
    book(books, fee_paid, fee, mine.fee[service] * (small_orders + large_orders + own_orders))
    revenue = commission + large_commission + fee
    if number == GOODS_MARKET:
        own = spending.market_own.sum()
        orders += own
        revenue += _book_own_sales(books, own, own_orders, platform.own_margin, rules.delivery_share[0])
    costs = earn_of_orders(platform, revenue, orders)
    counted = platform.variable_cost * (small_orders + large_orders + own_orders) + platform.fixed_krw
    book(books, costs_paid, costs, counted)


@njit(**JIT)
def _book_own_sales(books: Record, own: float, counted: float, margin: float, delivery: float) -> float:
    """Book the first market's own sales, what it buys for them and their parcels; returns what it keeps, KRW."""
    bought = 1.0 - margin - delivery
    book(books, ledger.OWN_SALES, own, counted)
    book(books, ledger.OWN_PURCHASES, bought * counted, bought * own)
    book(books, ledger.OWN_PARCELS, delivery * counted, delivery * own)
    return own - bought * own - delivery * own


@njit(**JIT)
def _book_goods(books: Record, tables: Record, terms: Records, rules: Record, spending: Record) -> None:
    """Goods on both markets: sales, and parcels of them and of malls; MALL is booked before."""
    online, large_orders = 0.0, 0.0
    for side in range(SERVICES):
        online += _small(side * SERVICES + GOODS_MARKET, terms, tables)[0]
        large_orders += _counted(GOODS_MARKET, LARGE, OWN, terms[side])[0]
    small, large, mall = spending.market_small.sum(), spending.market_large.sum(), spending.mall.sum()
    delivery = rules.delivery_share[0]
    book(books, ledger.MARKET_SMALL, small, online)
    book(books, ledger.MARKET_LARGE, large, large_orders)
    book(books, ledger.DELIVERY_SMALL, delivery * online, delivery * small)
    sent = large_orders + books.received[ledger.MALL]
    book(books, ledger.DELIVERY_LARGE, delivery * (large + mall), delivery * sent)


@njit(**JIT)
def _book_meals(
    books: Record, tables: Record, terms: Records, rules: Record, consumption: Record, spending: Record
) -> None:
    """Meals by all apps: sales, couriers, and the public one's commission."""
    sold, chains, charged = 0.0, 0.0, 0.0
    for side in range(SERVICES):
        sold += _small(side * SERVICES + MEALS_APP, terms, tables)[0]
        orders = _counted(MEALS_APP, 0, OWN, terms[side])[0]
        chains += _counted(MEALS_APP, LARGE, OWN, terms[side])[0]
        charged += orders * (1.0 + terms[side].fee[MEALS_APP])
    small, large, public = spending.app_small.sum(), spending.app_large.sum(), spending.app_public.sum()
    public_sold, first = _public(terms[FIRST], tables), terms[FIRST]
    courier, delivery = consumption.courier_share / (1.0 - consumption.courier_share), rules.delivery_share[MEALS]
    book(books, ledger.APP_SMALL, small, sold)
    book(books, ledger.APP_LARGE, large, chains)
    book(books, ledger.PUBLIC_SALES, public, public_sold)
    book(books, ledger.APP_COURIER, spending.app_courier.sum(), courier * (charged + public_sold))
    book(books, ledger.PUBLIC_COMMISSION, first.public_commission * public_sold, first.public_commission * public)
    book(books, ledger.APP_DELIVERY_SMALL, delivery * (sold + public_sold), delivery * (small + public))
    book(books, ledger.APP_DELIVERY_LARGE, delivery * large, delivery * chains)


@njit(**JIT)
def book_platforms(
    books: Record, tables: Record, terms: Records, platforms: Records, rules: Record, consumption: Record,
    spending: Record, path: Record,
) -> None:  # fmt: skip
    """Book sales through platforms, what they are paid and spend, and promotion of the public one; path: TERMS_PATH."""
    _book_goods(books, tables, terms, rules, spending)
    _book_meals(books, tables, terms, rules, consumption, spending)
    for number in range(platforms.size):
        if platforms[number].open or number < SERVICES:
            _book_platform(number, books, terms, tables, platforms[number], rules, spending)
    book(books, ledger.PROMOTION, path.promotion_krw, path.promotion_krw)
