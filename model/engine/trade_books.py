"""Payments of B2B, G2B, G2G and C2C: channels count what is paid, merchants and providers what they sell."""

from typing import Final

from numba import njit

from model.agents.merchants.columns import M_ONLINE_SALES, M_OWN_SALES, M_STORE_SALES
from model.channels.trade import business_demand
from model.codes import PROVINCES, SECTORS, TRADES, USED_SERVICES
from model.engine.platform_books import book
from model.ledger import (
    B2B_ORDERS,
    BUSINESS_SALES,
    BUSINESS_SOFTWARE,
    C2C_GOODS_FEE,
    C2C_HOMES_CARS_FEE,
    E_TRADE_EXPORTS,
    EGOV_EXPORTS,
    FAIR_CONTRACTS,
    INPUTS,
    INTERGOV_CONTRACTS,
    OFFICIAL_TRAVEL,
    ONLINE_EXPORTS,
    OTHER_SPENDING,
    PROCUREMENT,
)
from model.numerics import JIT
from model.records import F8, Record
from model.rules.trade import vendor_fee

_SOFTWARE: Final = USED_SERVICES.index("e_procure_produce_sell")
_SECTORS: Final = len(SECTORS)
PURPOSE_OF_TRADE: Final = (B2B_ORDERS, E_TRADE_EXPORTS, PROCUREMENT, ONLINE_EXPORTS, FAIR_CONTRACTS)
"""Purpose of each of `codes.TRADES`."""


@njit(**JIT)
def book_trade(
    books: Record, state: Record, rules: Record, merchants: Record, market: Record, tables: Record, sums: Record,
    paths: Record,
) -> None:  # fmt: skip
    """Book orders, software, official travel, exports of governments and fees of direct trade.

    Sales to businesses, inputs and other spending were booked whole before; merchants: the rules of merchants.
    """
    _book_orders(books, state, market, tables)
    _book_software(books, state, rules, merchants, sums.market)
    trips = rules.travel_krw * paths.income_index
    book(books, OFFICIAL_TRAVEL, state.travel_paid, trips - state.travel_saved)
    book(books, EGOV_EXPORTS, state.egov_krw, state.egov_krw)
    book(books, INTERGOV_CONTRACTS, state.intergov_krw, state.intergov_krw)
    goods = rules.c2c_goods_fee * state.c2c_goods.sum()
    others = rules.c2c_other_fee_krw * paths.income_index * state.c2c_users
    book(books, C2C_GOODS_FEE, goods, goods)
    book(books, C2C_HOMES_CARS_FEE, others, others)
    books.booked[OTHER_SPENDING] -= goods + others
    books.received[OTHER_SPENDING] -= goods + others


@njit(**JIT)
def _book_orders(books: Record, state: Record, market: Record, tables: Record) -> None:
    """Buyers count what they ordered; merchants what they sold to firms, split as orders came."""
    ordinary, sold = 0.0, 0.0
    for trade in range(len(TRADES)):
        books.booked[PURPOSE_OF_TRADE[trade]] = state.orders[trade].sum()
    for sector in range(_SECTORS):
        usual = business_demand(market, tables, sector) * state.ordinary[sector]
        everything = usual
        state.sold_to_firms[sector] = market.business_pull[sector] * tables.business_rate[sector]
        for trade in range(len(TRADES)):
            everything += state.orders[trade, sector]
        ordinary += usual
        if everything > 0.0:
            counted = state.sold_to_firms[sector] / everything
            sold += counted * usual
            for trade in range(len(TRADES)):
                books.received[PURPOSE_OF_TRADE[trade]] += counted * state.orders[trade, sector]
    book(books, BUSINESS_SALES, ordinary, sold)


@njit(**JIT)
def _book_software(books: Record, state: Record, rules: Record, merchants: Record, sums: F8) -> None:
    """Take the vendors' fees out of what merchants pay for inputs."""
    fees = 0.0
    for sector in range(_SECTORS):
        sales = state.sold_to_firms[sector]
        for province in range(len(PROVINCES)):
            row = sums[province * _SECTORS + sector]
            sales += row[M_STORE_SALES] + row[M_ONLINE_SALES] + row[M_OWN_SALES]
        share, saving = merchants.input_share[sector], rules.input_saving[sector]
        fees += sales * vendor_fee(share, saving, rules.software_fee, state.national[_SOFTWARE])
    book(books, BUSINESS_SOFTWARE, fees, fees)
    books.booked[INPUTS] -= fees
    books.received[INPUTS] -= fees
