"""Merchants close: how likely it is, what they owe is settled, and the row falls vacant."""

from numba import float32, float64, int16, int32, int64, njit, uint8, uint16

from model.agents.merchants.columns import (
    BUSY,
    CHOSEN,
    DEBT_COVER,
    DEBT_RATE,
    FEE_TIER,
    HISTORY,
    INCOME_YEAR,
    LOAN_PROGRAMME,
    M_DRAWN,
    M_PUT_IN,
    MASKS,
    NEVER,
    NO_PROGRAMME,
    NOBODY,
    NUMBERS,
    P_GAVE_UP,
    P_RELEASED,
    PROGRAMME,
    REVISED_AT,
    S_CLAIMS,
    S_CLOSURES,
    S_REPAID,
    S_WRITTEN_OFF,
    TRAINED,
    VACANT,
    MerchantRows,
    Places,
    dated,
)
from model.codes import BUSINESS_AGES, SECTORS, TECHNOLOGIES
from model.numerics import JIT, list_marked
from model.records import F4, I2, I4, U1, U8, Record
from model.rules.adoption import probability_within
from model.rules.finance import interest_rate, missing_part
from model.rules.life import business_age, closing_rate, wish_to_close
from model.streams import draw_bits, uniform

_SECTORS = len(SECTORS)
_TECHNOLOGIES = len(TECHNOLOGIES)
_MASKS, _NUMBERS, _HISTORY = len(MASKS), len(NUMBERS), len(HISTORY) * len(TECHNOLOGIES)
_HEADS = 4


@njit(**JIT)
def rate_of_closing(
    rows: MerchantRows, row: int, more_debt: float, at_rate: float, target_krw: float, rules: Record, tables: Record,
    month: int,
) -> float:  # fmt: skip
    """Return a merchant's rate of closing a year if it had `more_debt` (KRW, at a rate of interest a year)."""
    interest = rows.debt_krw[row] * interest_rate(float64(rows.numbers[DEBT_RATE, row]), tables.loan_shift)
    interest += more_debt * interest_rate(float64(at_rate), tables.loan_shift)
    income = float32(float64(rows.numbers[INCOME_YEAR, row]) - interest)
    short = missing_part(rows.cash_krw[row], target_krw)
    wish = wish_to_close(
        income, tables.outside_krw, short, rules.exit_income_weight, rules.exit_cash_weight, rules.exit_most
    )
    age = business_age(month - int64(rows.entered[row]))
    sector = int64(rows.codes[2, row])
    return closing_rate(rules.exit_hazard[age], tables.exit_constant[sector], wish)


@njit(**JIT)
def highest_chance(sector: int, age: int, rules: Record, tables: Record) -> float:
    """Return a chance of closing in a month that no merchant of a sector and class of business age exceeds."""
    rate = closing_rate(rules.exit_hazard[age], tables.exit_constant[sector], rules.exit_most)
    return probability_within(rate / float32(12.0)) * float32(1.001) + float32(1e-6)


@njit(**JIT)
def _mark(ids: U8, entered: I2, key: int, ceiling: F4, month: int, marked: U1, n: int) -> None:
    """Mark whose draw lies below the ceiling of its class of business age."""
    young, grown, old = ceiling[0], ceiling[1], ceiling[2]
    for i in range(n):
        age = business_age(int32(month) - int32(entered[i]))
        most = young if age == 0 else grown if age == 1 else old
        marked[i] = uint8(1) if uniform(draw_bits(key, ids[i])) < most else uint8(0)
    for i in range(n):
        marked[i] &= uint8(1) if entered[i] != VACANT else uint8(0)


@njit(**JIT)
def close_shops(
    rows: MerchantRows, places: Places, cell: int, lo: int, n: int, market: int, sector: int, rules: Record,
    tables: Record, programmes: Record, key: int, work: Record, sums: Record, month: int,
) -> None:  # fmt: skip
    """Let merchants of the block close, after their month; `cell`: that of row `lo`.

    Uses the month's sales and costs in `work`.
    """
    for age in range(len(BUSINESS_AGES)):
        work.ceiling[age] = highest_chance(sector, age, rules, tables)
    _mark(rows.id[lo : lo + n], rows.entered[lo : lo + n], key, work.ceiling, month, work.marked, n)
    for place in range(list_marked(work.marked, work.listed, n)):
        i = work.listed[place]
        row = lo + i
        draw = uniform(draw_bits(key, rows.id[row]))
        target = rules.cash_buffer_months * (tables.input_share[sector] * work.sales[i] + work.outlay[i])
        rate = rate_of_closing(rows, row, 0.0, float32(0.0), target, rules, tables, month)
        if draw >= probability_within(rate / float32(12.0)):
            continue
        while row >= places.first_row[cell + 1]:
            cell += 1
        _settle_up(rows, row, market, rules, sums)
        _take_out_of_counts(rows, row, sector, places.counts[cell], programmes, sums)
        places.alive[cell] -= 1
        vacate(rows, row)


@njit(**JIT)
def _settle_up(rows: MerchantRows, row: int, market: int, rules: Record, sums: Record) -> None:
    """Pay debts out of cash, then by the owner's household as far as it can; the rest is lost to the lender.

    What cash is left is the household's.
    """
    weight, cash, debt = float64(rows.weight[row]), rows.cash_krw[row], rows.debt_krw[row]
    from_cash = min(cash, debt)
    lost = rules.loan_lost * (debt - from_cash)
    by_household = debt - from_cash - lost
    sums.market[market, M_DRAWN] += weight * (cash - from_cash)
    sums.market[market, M_PUT_IN] += weight * by_household
    nation = sums.nation
    nation[S_REPAID] += weight * (from_cash + by_household)
    nation[S_WRITTEN_OFF] += weight * lost
    nation[S_CLAIMS] += weight * lost * float64(rows.numbers[DEBT_COVER, row])
    nation[S_CLOSURES] += weight


@njit(**JIT)
def _take_out_of_counts(
    rows: MerchantRows, row: int, sector: int, counts: I4, programmes: Record, sums: Record
) -> None:
    """Count its stages no more; a programme that had chosen it is told, as of one who gives up."""
    for mask in range(_MASKS):
        bits = int64(rows.masks[mask, row]) if mask < BUSY else int64(rows.marks[row, mask - BUSY])
        for technology in range(_TECHNOLOGIES):
            counts[mask, technology] -= (bits >> technology) & 1
    chosen = int64(rows.masks[CHOSEN, row])
    for technology in range(_TECHNOLOGIES):
        if (chosen >> technology) & 1:
            programme = int64(rows.history[row, dated(PROGRAMME, technology)])
            weight = float64(rows.weight[row])
            sums.programme[programme, P_GAVE_UP] += weight
            sums.programme[programme, P_RELEASED] += weight * programmes.subsidy_krw[programme, sector]


@njit(**JIT)
def vacate(rows: MerchantRows, row: int) -> None:
    """Leave a row to nobody: everything but its weight and place is as in all vacant rows."""
    rows.id[row] = NOBODY
    rows.entered[row] = int16(VACANT)
    rows.cash_krw[row] = 0.0
    rows.debt_krw[row] = 0.0
    for number in range(_NUMBERS):
        rows.numbers[number, row] = float32(0.0)
    for head in range(_HEADS):
        rows.heads[head, row] = int16(0)
    for mask in range(BUSY):
        rows.masks[mask, row] = uint16(0)
    for mask in range(BUSY, _MASKS):
        rows.marks[row, mask - BUSY] = uint16(0)
    for place in range(_HISTORY):
        rows.history[row, place] = uint8(NEVER)
    rows.codes[FEE_TIER, row] = uint8(0)
    rows.codes[REVISED_AT, row] = uint8(NEVER)
    rows.codes[LOAN_PROGRAMME, row] = uint8(NO_PROGRAMME)
    rows.codes[TRAINED, row] = uint8(0)
