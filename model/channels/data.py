"""Usable data: what online orders and simple payments leave behind, and what government opens; they improve advice."""

from numba import float32, njit

from model.numerics import JIT
from model.records import Record
from model.rules.trade import advice_quality, data_next


@njit(**JIT)
def gather_data(state: Record, rules: Record, spending: Record, paths: Record, tables: Record, month: int) -> None:
    """Add the month's transactions to the stock of data and set the quality of advice for next month.

    Transactions are KRW ordered online and KRW paid by online simple pay, at the start's incomes.
    """
    orders = spending.market_small.sum() + spending.market_large.sum() + spending.mall.sum() + spending.own_store.sum()
    orders += spending.market_own.sum()
    orders += spending.app_small.sum() + spending.app_large.sum() + spending.app_public.sum()
    seen = (orders + spending.simple_pay) / paths.income_index
    if month == 0:
        state.transactions_start = seen
    opened = rules.data_opened * paths.opened_data
    state.data_stock = data_next(state.data_stock, rules.data_decay, seen / state.transactions_start, opened)
    state.advice = advice_quality(state.data_stock, rules.data_half)
    tables.advice = float32(state.advice / advice_quality(1.0, rules.data_half))
