"""The month's indicators of trade between organisations and people (order and meaning: `model.indicators`)."""

from numba import njit

from model.channels.c2c import DIRECT_TRADE
from model.engine.trade_books import PURPOSE_OF_TRADE
from model.indicators import POSITION
from model.ledger import EGOV_EXPORTS, INTERGOV_CONTRACTS
from model.numerics import JIT
from model.records import F8, Record

_FIRST = POSITION["b2b_platform_orders_krw"]
_SAVED = POSITION["remote_meeting_saved_krw"]
_EGOV = POSITION["egov_export_krw"]
_INTERGOV = POSITION["intergov_contract_krw"]
_C2C = POSITION["c2c_goods_krw"]
_TRUST = POSITION["c2c_trust"]
_ADVICE = POSITION["data_advice_quality"]


@njit(**JIT)
def collect_trade(state: Record, books: Record, row: F8) -> None:
    """Fill the columns of B2B, G2B, G2G, C2C and data (state: a record of SERVICE_STATE)."""
    for trade in range(len(PURPOSE_OF_TRADE)):
        row[_FIRST + trade] = books.booked[PURPOSE_OF_TRADE[trade]]
    row[_SAVED] = state.travel_saved
    row[_EGOV] = books.booked[EGOV_EXPORTS]
    row[_INTERGOV] = books.booked[INTERGOV_CONTRACTS]
    row[_C2C] = state.c2c_goods.sum()
    row[_TRUST] = state.trust[DIRECT_TRADE]
    row[_ADVICE] = state.advice
