"""Orders that services bring to small merchants: part of what firms buy of them, by service and sector.

At the start they are parts of the exogenous business demand. What a service adds is new to small merchants by its
share of new orders and taken from their ordinary demand for the rest; every merchant's own sales to firms move with it.
"""

from typing import Final

import numpy as np
from numba import njit

from model.codes import SECTORS, TRADES, USED_SERVICES
from model.numerics import JIT
from model.records import Record
from model.rules.trade import matched, moved_orders, order_ratio

_SECTORS: Final = len(SECTORS)
_SERVICE_OF_TRADE: Final = np.array([USED_SERVICES.index(service) for service in TRADES])


@njit(**JIT)
def business_demand(market: Record, tables: Record, sector: int) -> float:
    """Return what firms would buy of a sector as at the start, KRW a month; nothing where nobody sells to firms."""
    return market.start_sales[sector, 1] * tables.index if market.business_pull[sector] > 0.0 else 0.0


@njit(**JIT)
def open_orders(state: Record, rules: Record) -> None:
    """Begin the month's orders: ordinary demand is what the services did not bring at the start, as a share."""
    for sector in range(_SECTORS):
        state.ordinary[sector] = 1.0
        for trade in range(len(TRADES)):
            state.ordinary[sector] -= rules.order_share[trade, sector]


@njit(**JIT)
def take_orders(state: Record, rules: Record, market: Record, tables: Record, trade: int) -> None:
    """Bring one service's orders, KRW, and raise what every merchant sells to firms by what of them is new."""
    service = _SERVICE_OF_TRADE[trade]
    found = order_ratio(rules.order_without[trade], state.national[service], rules.use_start[service])
    state.order_flow[trade] = matched(state.order_flow[trade], found, rules.order_months[trade])
    for sector in range(_SECTORS):
        demand, share = business_demand(market, tables, sector), rules.order_share[trade, sector]
        added = share * (state.order_flow[trade] - 1.0)
        moved = moved_orders(added, rules.order_new[trade], state.ordinary[sector])
        state.ordinary[sector] -= moved
        state.orders[trade, sector] = demand * share * state.order_flow[trade]
        if demand > 0.0:
            tables.business_rate[sector] += demand / market.business_pull[sector] * (added - moved)
