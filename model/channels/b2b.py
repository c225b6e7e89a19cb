"""Business to business: software lowers the cost of inputs, platforms bring orders, e-trade sells abroad."""

from typing import Final

from numba import njit

from model.channels.trade import open_orders, take_orders
from model.codes import SECTORS, TRADES, USED_SERVICES
from model.numerics import JIT
from model.records import Record
from model.rules.trade import input_cost

SOFTWARE: Final = USED_SERVICES.index("e_procure_produce_sell")
PLATFORM_ORDERS: Final = TRADES.index("e_procure_produce_sell")
E_TRADE: Final = TRADES.index("e_trade")


@njit(**JIT)
def clear_b2b(state: Record, rules: Record, merchants: Record, market: Record, tables: Record) -> None:
    """Set what a won of sales costs in inputs by sector, and bring orders by platforms and e-trade.

    merchants: the rules of merchants, whose share of inputs holds at the start.
    """
    use, start = state.national[SOFTWARE], rules.use_start[SOFTWARE]
    for sector in range(len(SECTORS)):
        share = merchants.input_share[sector]
        tables.input_share[sector] = input_cost(share, rules.input_saving[sector], rules.software_fee, use, start)
    open_orders(state, rules)
    take_orders(state, rules, market, tables, PLATFORM_ORDERS)
    take_orders(state, rules, market, tables, E_TRADE)
