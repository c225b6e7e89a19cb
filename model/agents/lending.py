"""Loan levers as compiled arrays, their running state, and how applications for loans are decided.

Money for such loans is limited, so they are granted in the order of a lot, one month after a merchant asked: never
beyond the budget, and with the same result whatever the order of rows.
"""

from typing import Final, NamedTuple

import numpy as np
from numba import float32, int64, njit, uint8, uint64

from model.agents.government import TARGET, matches
from model.agents.merchants.closing import rate_of_closing
from model.agents.merchants.columns import (
    BORN,
    BUSINESS,
    DEBT_COVER,
    DEBT_RATE,
    KIND,
    LOAN_PROGRAMME,
    NO_PROGRAMME,
    PROVINCE,
    REGULAR,
    SALES_YEAR,
    SECTOR,
    START,
    TEMPORARY,
    MerchantRows,
)
from model.numerics import JIT, JIT_ALLOCATING
from model.records import F8, I8, U1, Record, Records, record_type
from model.rules.adoption import campaign_hazard, probability_within
from model.rules.finance import bank_lends, blended
from model.streams import LOAN_LOTTERY, draw_bits, stream_key

MOST_LOANS: Final = 16

LOANS: Final = record_type(
    count=(np.int64,),
    rate=(np.float32, MOST_LOANS),
    cover=(np.float32, MOST_LOANS),
    fee=(np.float64, MOST_LOANS),
    most_krw=(np.float64, MOST_LOANS),
    provinces=(np.uint32, MOST_LOANS, 1),
    sectors=(np.uint32, MOST_LOANS, 1),
    kinds=(np.uint32, MOST_LOANS, 1),
    age_min=(np.int64, MOST_LOANS, 1),
    age_max=(np.int64, MOST_LOANS, 1),
    sales_max_krw=(np.float64, MOST_LOANS, 1),
    open_now=(np.uint8, MOST_LOANS),
    left_krw=(np.float64, MOST_LOANS),
    hears=(np.float32, MOST_LOANS),
)
"""All loan levers, position k of each field the k-th one's.

rate: interest a year; cover: guaranteed share; fee: of the guaranteed amount, paid once; most_krw: largest loan;
provinces to sales_max_krw: whom it is for, as in PROGRAMMES. open_now, left_krw, hears: this month: whether loans can
be asked for, how much is left, and the chance that a merchant in need knows of them.
"""

LOAN_STATE: Final = record_type(
    granted_krw=(np.float64,),
    lent_krw=(np.float64,),
    covered_krw=(np.float64,),
    fees_krw=(np.float64,),
    campaign_krw=(np.float64,),
)
"""Running state of one loan lever, KRW: granted since the start; of this month: lent, guaranteed, fees, campaign."""


class LoanSchedule(NamedTuple):
    """Loan levers by month, (lever, month): open; cumulative budget; campaign money."""

    open: U1
    budget_krw: F8
    campaign_krw: F8


@njit(**JIT)
def monthly_costs(rows: MerchantRows, row: int, rules: Record, tables: Record) -> float:
    """Return a merchant's costs a month at the sales of its last year, KRW."""
    sector = int64(rows.codes[SECTOR, row])
    x = rows.numbers
    fixed = (rules.rent_share[sector] + rules.other_cost_share[sector]) * tables.index
    costs = (float(x[START, row]) + float(x[BUSINESS, row])) * fixed
    costs += float(x[SALES_YEAR, row]) / 12.0 * tables.input_share[sector]
    costs += float(rows.heads[REGULAR, row]) * tables.wage_krw[0]
    return costs + float(rows.heads[TEMPORARY, row]) * tables.wage_krw[1]


@njit(**JIT)
def lender_for(loans: Record, rows: MerchantRows, row: int, year: int) -> int:
    """Return the first open loan lever that means a merchant, -1 for none."""
    codes = rows.codes
    for k in range(loans.count):
        if loans.open_now[k] and matches(
            loans, k, TARGET, codes[PROVINCE, row], codes[SECTOR, row], codes[KIND, row],
            year - int64(rows.heads[BORN, row]), rows.numbers[SALES_YEAR, row],
        ):  # fmt: skip
            return k
    return -1


@njit(**JIT)
def can_serve(loans: Record, k: int, weight: float, amount_krw: float) -> bool:
    """Return whether what is left of a lever is enough for a merchant who lacks so much: else it asks its bank."""
    return weight * min(amount_krw, loans.most_krw[k]) <= loans.left_krw[k]


@njit(**JIT)
def add_loan(rows: MerchantRows, row: int, amount: float, rate: float, cover: float) -> None:
    """Pay a loan out to a merchant, KRW: cash and debt grow, and what its debt costs and who bears it is blended."""
    x, debt = rows.numbers, rows.debt_krw[row]
    x[DEBT_RATE, row] = blended(debt, x[DEBT_RATE, row], amount, rate)
    x[DEBT_COVER, row] = blended(debt, x[DEBT_COVER, row], amount, cover)
    rows.debt_krw[row] = debt + amount
    rows.cash_krw[row] += amount


@njit(**JIT_ALLOCATING)
def _asking(rows: MerchantRows, k: int) -> I8:
    found = np.empty(rows.id.size, np.int64)
    count = 0
    for row in range(rows.id.size):
        if rows.codes[LOAN_PROGRAMME, row] == k:
            found[count] = row
            count += 1
    return found[:count]


@njit(**JIT)
def _grant(
    loans: Record, k: int, state: Record, left: float, rows: MerchantRows, row: int, rules: Record, tables: Record,
    month: int,
) -> None:  # fmt: skip
    """Lend up to the buffer of cash and the largest loan, if it pays for the bank and `left` is enough for it."""
    target = rules.cash_buffer_months * monthly_costs(rows, row, rules, tables)
    amount = min(target - rows.cash_krw[row], loans.most_krw[k])
    weight = float(rows.weight[row])
    if amount <= 0.0 or weight * amount > left:
        return
    rate = rate_of_closing(rows, row, amount, loans.rate[k], target, rules, tables, month)
    if not bank_lends(rate, float32(rules.loan_lost), loans.cover[k], rules.loan_cost, rules.loan_spread):
        return
    add_loan(rows, row, amount, loans.rate[k], loans.cover[k])
    fee = min(loans.fee[k] * float(loans.cover[k]) * amount, amount)
    rows.cash_krw[row] -= fee
    state.granted_krw += weight * amount
    state.lent_krw += weight * amount
    state.covered_krw += weight * amount * float(loans.cover[k])
    state.fees_krw += weight * fee


@njit(**JIT_ALLOCATING)
def decide_loans(
    loans: Record, states: Records, schedule: LoanSchedule, rows: MerchantRows, rules: Record, tables: Record,
    merchants: float, month: int, calendar_month: int, seed: int,
) -> None:  # fmt: skip
    """Decide last month's applications for loans, in the order of a lot, and say which levers can be asked now.

    merchants: how many there are, for campaign money a merchant.
    """
    key = stream_key(seed, LOAN_LOTTERY, calendar_month)
    for k in range(loans.count):
        state = states[k]
        state.lent_krw = 0.0
        state.covered_krw = 0.0
        state.fees_krw = 0.0
        budget = schedule.budget_krw[k, month] if schedule.open[k, month] else 0.0
        rows_asking = _asking(rows, k)
        lots = np.empty(rows_asking.size, np.uint64)
        for i in range(lots.size):
            lots[i] = draw_bits(key, rows.id[rows_asking[i]]) >> uint64(1)
        for i in np.argsort(lots):
            row = rows_asking[i]
            rows.codes[LOAN_PROGRAMME, row] = uint8(NO_PROGRAMME)
            _grant(loans, k, state, budget - state.granted_krw, rows, row, rules, tables, month)
        loans.open_now[k] = schedule.open[k, month] and state.granted_krw < budget
        loans.left_krw[k] = budget - state.granted_krw
        state.campaign_krw = schedule.campaign_krw[k, month] if loans.open_now[k] else 0.0
        hazard = campaign_hazard(rules.campaign_weight, float32(state.campaign_krw / max(merchants, 1.0)))
        loans.hears[k] = rules.loan_known + (float32(1.0) - rules.loan_known) * probability_within(hazard)
