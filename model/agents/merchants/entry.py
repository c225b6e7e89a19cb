"""Merchants open: how many in a cell, and with what each begins; an entrant's id keys all its traits."""

from numba import float32, float64, int16, int64, njit, uint8, uint16

from model.agents.merchants.adoption import running_cost
from model.agents.merchants.columns import (
    AGE_STEPS,
    AWARE,
    BASE,
    BASE_BUSINESS,
    BORN,
    BUSINESS,
    BUSY,
    CAPABILITY,
    DEBT_RATE,
    FAMILY,
    INCOME_YEAR,
    INSTALLED,
    INSTALLED_AT,
    M_PUT_IN,
    MIX_RANK,
    REGULAR,
    REVISED_AT,
    RUNNING,
    S_LOANS,
    S_OPENINGS,
    S_START_UP,
    S_WAITING,
    SALES_YEAR,
    SHOCK_SPREAD,
    SIZE_STEPS,
    STAFF_RANK,
    START,
    TEMPORARY,
    VACANT,
    MerchantRows,
    Places,
    dated,
)
from model.codes import TECHNOLOGIES
from model.numerics import JIT
from model.records import I4, Record
from model.rules.life import births_due, heads_wanted, shock_spread, temporary_wanted
from model.streams import draw_bits, draw_lane, uniform

_TECHNOLOGIES = len(TECHNOLOGIES)
SIZE, ABLE, HELPED, STAFFED, AGED, BORROWS = range(6)
"""Lanes of an entrant's traits: size, capability, family, staff, owner's age, whether it borrows."""
BIRTHS_A_CELL = 1 << 24


@njit(**JIT)
def open_shops(
    rows: MerchantRows, places: Places, first: int, end: int, market: int, sector: int, rules: Record, tables: Record,
    keys: Record, sums: Record, month: int, year: int,
) -> None:  # fmt: skip
    """Let merchants open in the cells `first` to `end` of one market; who finds no vacant row waits for one."""
    for cell in range(first, end):
        places.expected[cell] += float64(places.founders[cell]) * tables.birth_rate[market]
        luck = float64(uniform(draw_bits(keys.births, places.number[cell])))
        due = births_due(places.expected[cell], luck, places.births[cell])
        row = places.first_row[cell]
        while due > 0 and row < places.first_row[cell + 1]:
            if rows.entered[row] == VACANT:
                rows.id[row] = draw_bits(keys.entrant_id, places.number[cell] * BIRTHS_A_CELL + places.births[cell])
                _open(rows, row, market, sector, rules, tables, keys, sums, month, year)
                _equip(rows, row, sector, places.counts[cell], places.alive[cell], rules, keys, month)
                places.births[cell] += 1
                places.alive[cell] += 1
                due -= 1
            row += 1
        sums.nation[S_WAITING] += float64(rows.weight[places.first_row[cell]]) * float64(max(due, 0))


@njit(**JIT)
def _open(
    rows: MerchantRows, row: int, market: int, sector: int, rules: Record, tables: Record, keys: Record, sums: Record,
    month: int, year: int,
) -> None:  # fmt: skip
    """Set an entrant's size, owner, staff and money."""
    x, key, who = rows.numbers, keys.entry, rows.id[row]
    size = rules.size_krw[sector, int64(draw_lane(key, who, SIZE) * float32(SIZE_STEPS))]
    yearly = size * tables.market_scale[market]
    share = float64(rules.business_share[sector])
    x[START, row] = float32(yearly * (1.0 - share) / 12.0)
    x[BUSINESS, row] = float32(yearly * share / 12.0)
    x[BASE, row] = x[START, row]
    x[BASE_BUSINESS, row] = x[BUSINESS, row]
    x[SALES_YEAR, row] = float32(yearly * tables.index)
    relative = float32(size / rules.mean_sales_krw[sector])
    x[SHOCK_SPREAD, row] = shock_spread(relative, rules.shock_spread, rules.spread_exponent)
    half = rules.capability_half
    x[CAPABILITY, row] = float32(0.5) - half + float32(2.0) * half * draw_lane(key, who, ABLE)
    helped, staffed = draw_lane(key, who, HELPED), draw_lane(key, who, STAFFED)
    x[STAFF_RANK, row] = staffed
    mixed = 89.0 * float64(staffed) + 55.0 * float64(helped)
    x[MIX_RANK, row] = float32(mixed - float64(int64(mixed)))
    rows.heads[FAMILY, row] = int16(1) if helped < rules.family_share else int16(0)
    age = rules.owner_age[int64(draw_lane(key, who, AGED) * float32(AGE_STEPS))]
    rows.heads[BORN, row] = int16(year - age)
    rows.entered[row] = int16(month)
    rows.codes[REVISED_AT, row] = uint8(month)
    _hire(rows, row, sector, rules, tables)
    _fund(rows, row, sector, size, market, rules, tables, keys, sums)


@njit(**JIT)
def _hire(rows: MerchantRows, row: int, sector: int, rules: Record, tables: Record) -> None:
    x = rows.numbers
    wanted = heads_wanted(x[SALES_YEAR, row], tables.heads_per_krw[sector], rules.owner_absorbs, x[STAFF_RANK, row])
    temporary = temporary_wanted(wanted, rules.temporary_share, x[MIX_RANK, row])
    rows.heads[REGULAR, row] = int16(wanted - temporary)
    rows.heads[TEMPORARY, row] = int16(temporary)


@njit(**JIT)
def _fund(
    rows: MerchantRows, row: int, sector: int, size: float, market: int, rules: Record, tables: Record, keys: Record,
    sums: Record,
) -> None:  # fmt: skip
    """Pay for the start: own money and, for some, a loan; what is not spent is the first cash."""
    x, weight = rows.numbers, float64(rows.weight[row])
    sales = (float64(x[START, row]) + float64(x[BUSINESS, row])) * tables.index
    wages = float64(rows.heads[REGULAR, row]) * tables.wage_krw[0]
    wages += float64(rows.heads[TEMPORARY, row]) * tables.wage_krw[1]
    shares = rules.input_share[sector] + rules.rent_share[sector] + rules.other_cost_share[sector]
    costs = sales * shares + wages
    x[INCOME_YEAR, row] = float32(12.0 * (sales - costs))
    cash = rules.cash_buffer_months * costs
    outlay = rules.start_up_krw * size / rules.mean_sales_krw[sector] * tables.index
    funds = max(outlay, cash)
    borrows = draw_lane(keys.entry, rows.id[row], BORROWS) < rules.debt_share
    loan = min(rules.start_up_debt * outlay, funds) if borrows else 0.0
    rows.cash_krw[row] = cash
    rows.debt_krw[row] = loan
    x[DEBT_RATE, row] = rules.loan_rate if borrows else float32(0.0)
    sums.nation[S_LOANS] += weight * loan
    sums.nation[S_START_UP] += weight * (funds - cash)
    sums.nation[S_OPENINGS] += weight
    sums.market[market, M_PUT_IN] += weight * (funds - loan)


@njit(**JIT)
def _equip(
    rows: MerchantRows, row: int, sector: int, counts: I4, alive: int, rules: Record, keys: Record, month: int
) -> None:
    """Let the entrant begin with technologies, and aware of others, as often as merchants of its cell are."""
    for technology in range(_TECHNOLOGIES):
        if not (int64(rules.usable[sector]) >> technology) & 1 or alive == 0:
            continue
        bit = uint16(1 << technology)
        has = rules.digital_ratio * float32(counts[INSTALLED, technology]) / float32(alive)
        knows = float32(counts[AWARE, technology]) / float32(alive)
        starts = has > float32(0.0) and draw_lane(keys.starts, rows.id[row], technology) < has
        if starts:
            rows.masks[INSTALLED, row] |= bit
            rows.history[row, dated(INSTALLED_AT, technology)] = uint8(month)
            counts[INSTALLED, technology] += 1
        if starts or (knows > float32(0.0) and draw_lane(keys.knows, rows.id[row], technology) < knows):
            rows.marks[row, AWARE - BUSY] |= bit
            counts[AWARE, technology] += 1
    rows.numbers[RUNNING, row] = running_cost(int64(rows.masks[INSTALLED, row]), rules.running_krw)
