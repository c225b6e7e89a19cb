"""Government to business: procurement from small merchants, online consultations for exporters, online fairs."""

from typing import Final

from numba import njit

from model.channels.trade import take_orders
from model.codes import TRADES
from model.numerics import JIT
from model.records import Record

PROCUREMENT: Final = TRADES.index("public_procurement")
CONSULTATION: Final = TRADES.index("online_export")
FAIR: Final = TRADES.index("online_fair")


@njit(**JIT)
def clear_g2b(state: Record, rules: Record, market: Record, tables: Record) -> None:
    """Bring what government buys of small merchants, and contracts of consultations and fairs as matches ripen."""
    take_orders(state, rules, market, tables, PROCUREMENT)
    take_orders(state, rules, market, tables, CONSULTATION)
    take_orders(state, rules, market, tables, FAIR)
