"""A block of merchants settles its month: debts are served, owners draw, and whoever is short borrows or puts in."""

from numba import float32, float64, njit, uint8

from model.agents.lending import add_loan, can_serve, lender_for
from model.agents.merchants.closing import rate_of_closing
from model.agents.merchants.columns import (
    BUSINESS,
    DEBT_RATE,
    INCOME_YEAR,
    LOAN_PROGRAMME,
    M_DRAWN,
    M_INCOME,
    M_MERCHANTS,
    M_PUT_IN,
    M_REGULAR,
    M_TEMPORARY,
    S_CARD_FEES,
    S_CASH,
    S_DEBT,
    S_DEBTORS,
    S_INTEREST,
    S_INTEREST_SUBSIDY,
    S_LOANS,
    S_QR_FEES,
    S_REPAID,
    SALES_YEAR,
    START,
    MerchantRows,
)
from model.agents.merchants.trade import weighted
from model.numerics import JIT, list_marked
from model.records import F4, F8, U1, Record
from model.rules.finance import bank_lends, interest_rate, owner_draws, owner_puts_in
from model.streams import draw_bits, uniform

SMALLEST_DEBT_KRW = 1e6
"""A smaller debt is repaid at once."""


@njit(**JIT)
def _serve(debt: F8, rate: F4, shift: float, share: float, interest: F8, repaid: F8, n: int) -> None:
    for i in range(n):
        interest[i] = debt[i] * interest_rate(float64(rate[i]), shift) / 12.0
    for i in range(n):
        repaid[i] = debt[i] * share if debt[i] >= SMALLEST_DEBT_KRW else debt[i]


@njit(**JIT)
def _subsidised(debt: F8, rate: F4, market_rate: float, subsidy: F8, n: int) -> None:
    for i in range(n):
        subsidy[i] = debt[i] * (market_rate - float64(rate[i])) / 12.0 if debt[i] > 0.0 else 0.0


@njit(**JIT)
def _into_cash(cash: F8, debt: F8, income: F8, interest: F8, repaid: F8, n: int) -> None:
    for i in range(n):
        cash[i] += income[i] - interest[i] - repaid[i]
    for i in range(n):
        debt[i] -= repaid[i]


@njit(**JIT)
def _draw(cash: F8, sales: F8, outlay: F8, input_share: float, months: float, target: F8, drawn: F8, n: int) -> None:
    """Set what owners draw: cash above `months` of inputs, rent, other costs and wages."""
    for i in range(n):
        target[i] = months * (input_share * sales[i] + outlay[i])
    for i in range(n):
        drawn[i] = owner_draws(cash[i], target[i])
        cash[i] -= drawn[i]


@njit(**JIT)
def _move_year(year: F4, month: F8, n: int) -> None:
    for i in range(n):
        year[i] += float32(month[i]) - year[i] * float32(1.0 / 12.0)


@njit(**JIT)
def _short(cash: F8, target: F8, floor: float, marked: U1, n: int) -> None:
    for i in range(n):
        marked[i] = uint8(1) if cash[i] < floor * target[i] else uint8(0)


@njit(**JIT)
def _with_customers(start: F4, business: F4, counted: F8, n: int) -> None:
    for i in range(n):
        counted[i] = 1.0 if start[i] + business[i] > float32(0.0) else 0.0


@njit(**JIT)
def settle(
    rows: MerchantRows, lo: int, n: int, market: int, sector: int, rules: Record, tables: Record, loans: Record,
    loan_key: int, work: Record, sums: Record, month: int, year: int,
) -> None:  # fmt: skip
    """Take the month's income into cash, serve debts, let owners draw, borrow or put in, and count the money."""
    hi = lo + n
    cash, debt, x, weight = rows.cash_krw[lo:hi], rows.debt_krw[lo:hi], rows.numbers, rows.weight[lo:hi]
    _subsidised(debt, x[DEBT_RATE, lo:hi], float64(rules.loan_rate), work.floor, n)
    where, nation = sums.market[market], sums.nation
    nation[S_INTEREST_SUBSIDY] += weighted(work.floor, weight, n)
    _serve(debt, x[DEBT_RATE, lo:hi], tables.loan_shift, rules.loan_repaid, work.interest, work.repaid, n)
    _into_cash(cash, debt, work.income, work.interest, work.repaid, n)
    _draw(
        cash, work.sales, work.outlay, tables.input_share[sector], rules.cash_buffer_months, work.floor, work.drawn, n
    )
    _move_year(x[SALES_YEAR, lo:hi], work.sales, n)
    _move_year(x[INCOME_YEAR, lo:hi], work.income, n)
    where[M_REGULAR] += weighted(work.regular, weight, n)
    where[M_TEMPORARY] += weighted(work.temporary, weight, n)
    where[M_DRAWN] += weighted(work.drawn, weight, n)
    where[M_INCOME] += weighted(work.income, weight, n)
    nation[S_CARD_FEES] += weighted(work.card_fees, weight, n)
    nation[S_QR_FEES] += weighted(work.qr_fees, weight, n)
    nation[S_INTEREST] += weighted(work.interest, weight, n)
    nation[S_REPAID] += weighted(work.repaid, weight, n)
    _with_customers(x[START, lo:hi], x[BUSINESS, lo:hi], work.drawn, n)
    where[M_MERCHANTS] += weighted(work.drawn, weight, n)
    _short(cash, work.floor, rules.loan_floor, work.marked, n)
    for place in range(list_marked(work.marked, work.listed, n)):
        i = work.listed[place]
        _find_money(rows, lo + i, market, work.floor[i], rules, tables, loans, loan_key, sums, month, year)


@njit(**JIT)
def _find_money(
    rows: MerchantRows, row: int, market: int, target: float, rules: Record, tables: Record, loans: Record,
    loan_key: int, sums: Record, month: int, year: int,
) -> None:  # fmt: skip
    """Ask an open loan lever, or borrow up to the buffer; the owner's household fills what is left below zero."""
    weight = float64(rows.weight[row])
    lender, amount = lender_for(loans, rows, row, year), target - rows.cash_krw[row]
    served = lender >= 0 and can_serve(loans, lender, weight, amount)
    if served and uniform(draw_bits(loan_key, rows.id[row])) < loans.hears[lender]:
        rows.codes[LOAN_PROGRAMME, row] = uint8(lender)
    else:
        rate = rate_of_closing(rows, row, amount, rules.loan_rate, target, rules, tables, month)
        if bank_lends(rate, float32(rules.loan_lost), float32(0.0), rules.loan_cost, rules.loan_spread):
            add_loan(rows, row, amount, rules.loan_rate, float32(0.0))
            sums.nation[S_LOANS] += weight * amount
    put_in = owner_puts_in(rows.cash_krw[row])
    rows.cash_krw[row] += put_in
    sums.market[market, M_PUT_IN] += weight * put_in


@njit(**JIT)
def _owes(debt: F8, counted: F8, n: int) -> None:
    for i in range(n):
        counted[i] = 1.0 if debt[i] > 0.0 else 0.0


@njit(**JIT)
def count_stocks(rows: MerchantRows, lo: int, n: int, work: Record, nation: F8) -> None:
    """Count the block's cash and debts at the month's end."""
    hi = lo + n
    weight = rows.weight[lo:hi]
    nation[S_CASH] += weighted(rows.cash_krw[lo:hi], weight, n)
    nation[S_DEBT] += weighted(rows.debt_krw[lo:hi], weight, n)
    _owes(rows.debt_krw[lo:hi], work.drawn, n)
    nation[S_DEBTORS] += weighted(work.drawn, weight, n)
