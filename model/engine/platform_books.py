"""Payments through platforms: sales, commissions, fees, couriers, the public platform; and what platforms earn."""

from numba import njit

from model.agents.merchants.columns import M_ONLINE_SALES, MARKETS
from model.agents.platform_terms import GOODS_MARKET, LARGE, MEALS_APP, SELLERS, earn_of_orders, platform_of
from model.codes import GOODS_NEEDS, MEALS, PROVINCES, SECTORS
from model.ledger import (
    APP_COMMISSION_LARGE,
    APP_COMMISSION_SMALL,
    APP_COSTS,
    APP_COURIER,
    APP_DELIVERY_LARGE,
    APP_DELIVERY_SMALL,
    APP_FEE,
    APP_LARGE,
    APP_SMALL,
    COMMISSION_LARGE,
    COMMISSION_SMALL,
    DELIVERY_LARGE,
    DELIVERY_SMALL,
    MALL,
    MARKET_COSTS,
    MARKET_FEE,
    MARKET_LARGE,
    MARKET_SMALL,
    PROMOTION,
    PUBLIC_COMMISSION,
    PUBLIC_SALES,
)
from model.numerics import JIT
from model.records import F8, Record, Records

_PROVINCES = len(PROVINCES)
_SECTORS = len(SECTORS)


@njit(**JIT)
def book(books: Record, purpose: int, booked: float, received: float) -> None:
    """Book one payment of the month as payer's and payee's side count it, KRW."""
    books.booked[purpose] = booked
    books.received[purpose] = received


@njit(**JIT)
def set_online_sales(market: F8, terms: Record, tables: Record) -> None:
    """Set what small sellers of each market sold online, both classes, KRW; market: sums by market."""
    for where in range(MARKETS):
        market[where, M_ONLINE_SALES] = 0.0
        for seller in range(LARGE):
            market[where, M_ONLINE_SALES] += terms.pull[where, seller] * tables.online_rate[where, seller]


@njit(**JIT)
def inputs_saved(terms: Record, tables: Record) -> float:
    """Return what online prices above the start's save small sellers on inputs, KRW."""
    saved = 0.0
    for where in range(MARKETS):
        for seller in range(LARGE):
            sales = terms.pull[where, seller] * tables.online_rate[where, seller]
            saved += tables.inputs_saved[where, seller] * sales
    return saved


@njit(**JIT)
def _small(number: int, terms: Record, tables: Record) -> tuple[float, float, float]:
    """Return small sellers' sales by private platform, their commissions, and sales by the public one, KRW."""
    sales, commissions, public = 0.0, 0.0, 0.0
    for where in range(MARKETS):
        if platform_of(where) == number:
            for seller in range(LARGE):
                both = terms.pull[where, seller] * tables.online_rate[where, seller]
                private = both * (1.0 - terms.public_part[where, seller])
                sales += private
                commissions += private * terms.commission[where, seller]
                public += both * terms.public_part[where, seller]
    return sales, commissions, public


@njit(**JIT)
def _counted(number: int, first: int, end: int, terms: Record) -> tuple[float, float]:
    """Return a platform's own count of orders to classes of sellers from `first` to `end`, and commissions, KRW."""
    orders, commissions = 0.0, 0.0
    for where in range(MARKETS):
        if platform_of(where) == number:
            for seller in range(first, end):
                orders += terms.sold[where, seller]
                commissions += terms.sold[where, seller] * terms.commission[where, seller]
    return orders, commissions


@njit(**JIT)
def book_market(
    books: Record, tables: Record, terms: Record, platform: Record, rules: Record, spending: Record
) -> None:
    """The open market: sales, commissions, its own fee, its costs, and parcels of it and of malls.

    MALL is booked before.
    """
    online, commission, _ = _small(GOODS_MARKET, terms, tables)
    small_orders, small_counted = _counted(GOODS_MARKET, 0, LARGE, terms)
    large_orders, large_counted = _counted(GOODS_MARKET, LARGE, SELLERS, terms)
    small, large, mall = spending.market_small.sum(), spending.market_large.sum(), spending.mall.sum()
    commission_large = 0.0
    for need in range(GOODS_NEEDS):
        commission_large += terms.commission[need, LARGE] * spending.market_large[need]
    fee, delivery = spending.market_fee.sum(), rules.delivery_share[0]
    book(books, MARKET_SMALL, small, online)
    book(books, MARKET_LARGE, large, large_orders)
    book(books, MARKET_FEE, fee, terms.fee[GOODS_MARKET] * (small_orders + large_orders))
    book(books, COMMISSION_SMALL, commission, small_counted)
    book(books, COMMISSION_LARGE, commission_large, large_counted)
    book(books, DELIVERY_SMALL, delivery * online, delivery * small)
    sent = large_orders + books.received[MALL]
    book(books, DELIVERY_LARGE, delivery * (large + mall), delivery * sent)
    costs = earn_of_orders(platform, commission + commission_large + fee, small + large)
    book(books, MARKET_COSTS, costs, platform.variable_cost * (small_orders + large_orders))


@njit(**JIT)
def book_app(
    books: Record, tables: Record, terms: Record, platform: Record, rules: Record, consumption: Record, spending: Record
) -> None:
    """Delivery apps, the public one too: sales, commissions, fees of consumers, and couriers."""
    sold, commission, public_sold = _small(MEALS_APP, terms, tables)
    small_orders, small_counted = _counted(MEALS_APP, 0, LARGE, terms)
    chains, large_counted = _counted(MEALS_APP, LARGE, SELLERS, terms)
    small, large, public = spending.app_small.sum(), spending.app_large.sum(), spending.app_public.sum()
    commission_large = 0.0
    for province in range(_PROVINCES):
        commission_large += terms.commission[province * _SECTORS + MEALS, LARGE] * spending.app_large[province]
    fee, charged = spending.app_fee.sum(), terms.fee[MEALS_APP]
    courier, delivery = consumption.courier_share / (1.0 - consumption.courier_share), rules.delivery_share[MEALS]
    orders = small_orders + chains
    book(books, APP_SMALL, small, sold)
    book(books, APP_LARGE, large, chains)
    book(books, APP_FEE, fee, charged * orders)
    book(books, PUBLIC_SALES, public, public_sold)
    book(books, APP_COURIER, spending.app_courier.sum(), courier * (orders * (1.0 + charged) + public_sold))
    book(books, APP_COMMISSION_SMALL, commission, small_counted)
    book(books, APP_COMMISSION_LARGE, commission_large, large_counted)
    book(books, PUBLIC_COMMISSION, terms.public_commission * public_sold, terms.public_commission * public)
    book(books, APP_DELIVERY_SMALL, delivery * (sold + public_sold), delivery * (small + public))
    book(books, APP_DELIVERY_LARGE, delivery * large, delivery * chains)
    costs = earn_of_orders(platform, commission + commission_large + fee, small + large)
    book(books, APP_COSTS, costs, platform.variable_cost * orders)


@njit(**JIT)
def book_platforms(
    books: Record, tables: Record, terms: Record, platforms: Records, rules: Record, consumption: Record,
    spending: Record, path: Record,
) -> None:  # fmt: skip
    """Book the open market, delivery apps and the promotion of the public one; path: a record of TERMS_PATH."""
    book_market(books, tables, terms, platforms[GOODS_MARKET], rules, spending)
    book_app(books, tables, terms, platforms[MEALS_APP], rules, consumption, spending)
    book(books, PROMOTION, path.promotion_krw, path.promotion_krw)
