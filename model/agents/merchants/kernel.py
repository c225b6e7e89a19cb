"""The merchants' month, compiled: sell, use, reconsider technologies, pay, offer next month.

Everyone acts on the same tables of the month; a chunk of whole (district, sector) cells adds into its own row
of partial sums. A cell's peers are its merchants' use at the end of last month. Sales, money and use are loops over
the rows of a cell; technologies are reconsidered one merchant at a time, for those whose month it is.
"""

import numpy as np
from numba import float32, float64, int64, njit, uint8

from model.agents.merchants.adoption import reconsider
from model.agents.merchants.closing import close_shops
from model.agents.merchants.columns import (
    ACTIVE,
    BASE_BUSINESS,
    BLOCK,
    BORN,
    BUSINESS,
    BUSY,
    CAPABILITY,
    CHOSEN,
    FAMILY,
    FEE_TIER,
    GAINED,
    INSTALLED,
    KIND,
    KINDS_OF_TILL,
    KIOSK,
    M_FAMILY,
    M_THERE,
    MANUFACTURING,
    MASKS,
    PROVINCE,
    RUNNING,
    S_COUNTS,
    S_FAMILY,
    S_MERCHANTS,
    S_OWN_SHARE,
    S_RUNNING,
    S_RUNNING_UNITS,
    SALES_ONLINE,
    SALES_OWN,
    SALES_STORE,
    SALES_YEAR,
    SECTOR,
    START,
    VACANT,
    MerchantRows,
    Places,
)
from model.agents.merchants.contacts import meet_programmes
from model.agents.merchants.devices import count_active_devices, find_equipped, settle_devices
from model.agents.merchants.entry import open_shops
from model.agents.merchants.life import change_quality, change_staff
from model.agents.merchants.money import count_stocks, settle
from model.agents.merchants.screening import ASKED, screen
from model.agents.merchants.space import MERCHANT, WORK
from model.agents.merchants.trade import as_float64, earn, learn, offer, weighted
from model.agents.merchants.use import use
from model.codes import SECTORS, TECHNOLOGIES
from model.numerics import JIT, JIT_ALLOCATING, add_into
from model.records import F8, I2, I4, U1, U2, U8, Record
from model.streams import draw_bits, uniform_lane

_SECTORS = len(SECTORS)
_TECHNOLOGIES = len(TECHNOLOGIES)
_MASKS = len(MASKS)


@njit(**JIT)
def _who_revises(ids: U8, entered: I2, key: int, hazard: float, chosen: U2, visited: U2, turn: U1, n: int) -> None:
    """Mark whose month it is: bit 0 revises, bit 1 was chosen by a programme or visited."""
    for i in range(n):
        turn[i] = uint8(1) if uniform_lane(draw_bits(key, ids[i]), 0) < hazard else uint8(0)
    for i in range(n):
        turn[i] &= uint8(1) if entered[i] != VACANT else uint8(0)
    for i in range(n):
        turn[i] |= uint8(2) if chosen[i] | visited[i] else uint8(0)


@njit(**JIT)
def _enter_cell(m: Record, rows: MerchantRows, counts: I4, first: int, alive: int) -> None:
    """Set what all merchants of a cell share; `first` of its rows, `alive` merchants there."""
    m.weight = float64(rows.weight[first])
    m.province = int64(rows.codes[PROVINCE, first])
    m.kind = int64(rows.codes[KIND, first])
    m.sector = int64(rows.codes[SECTOR, first])
    m.market = m.province * _SECTORS + m.sector
    for technology in range(_TECHNOLOGIES):
        m.peer[technology] = float32(counts[ACTIVE, technology]) / float32(max(alive, 1))


@njit(**JIT)
def _leave_cell(m: Record, counts: I4) -> None:
    """Add what changed to the cell's counts."""
    if not m.cell_changed:
        return
    add_into(counts, m.changes)
    m.changes[:] = 0
    m.cell_changed = 0


@njit(inline="always", **JIT)
def _take_out(m: Record, rows: MerchantRows, row: int, rules: Record, tables: Record, year: int) -> None:
    m.id = rows.id[row]
    m.cash_krw = rows.cash_krw[row]
    m.sales_online = rows.numbers[SALES_ONLINE, row] + rows.numbers[SALES_OWN, row]
    if m.sector == MANUFACTURING:
        m.sales_main = rows.numbers[BASE_BUSINESS, row] * float32(tables.business_rate[m.sector])
    else:
        m.sales_main = rows.numbers[SALES_STORE, row]
    fixed = float32(rules.other_cost_share[m.sector] * tables.index)
    m.office_krw = (rows.numbers[START, row] + rows.numbers[BUSINESS, row]) * fixed
    m.sales_year_krw = rows.numbers[SALES_YEAR, row]
    m.running_krw = rows.numbers[RUNNING, row]
    m.capability = rows.numbers[CAPABILITY, row] + rows.numbers[GAINED, row]
    m.owner_age = year - int64(rows.heads[BORN, row])
    m.fee_tier = int64(rows.codes[FEE_TIER, row])
    m.till = int64(rows.masks[INSTALLED, row]) & (KINDS_OF_TILL - 1)
    for mask in range(BUSY):
        m.masks[mask] = rows.masks[mask, row]
    for mask in range(BUSY, _MASKS):
        m.masks[mask] = rows.marks[row, mask - BUSY]
    m.changed = 0


@njit(**JIT)
def _put_back(m: Record, rows: MerchantRows, row: int) -> None:
    """Write a merchant back that changed: few do."""
    m.cell_changed = 1
    rows.cash_krw[row] = m.cash_krw
    rows.numbers[RUNNING, row] = m.running_krw
    for mask in range(BUSY):
        rows.masks[mask, row] = m.masks[mask]
    for mask in range(BUSY, _MASKS):
        rows.marks[row, mask - BUSY] = m.masks[mask]


@njit(**JIT)
def _reconsider(
    m: Record, rows: MerchantRows, places: Places, lo: int, asked: Record, rules: Record, tables: Record,
    programmes: Record, keys: Record, work: Record, sums: Record, month: int, year: int,
) -> None:  # fmt: skip
    """Let those of the block whose month it is reconsider the technologies worth asking about."""
    entered = -1
    for j in range(asked.count):
        if asked.worth[j] == 0:
            continue
        i, cell = asked.place[j], asked.cell[j]
        row = lo + i
        if cell != entered:
            if entered >= 0:
                _leave_cell(m, places.counts[entered])
            _enter_cell(m, rows, places.counts[cell], places.first_row[cell], places.alive[cell])
            entered = cell
        _take_out(m, rows, row, rules, tables, year)
        paid = reconsider(
            m, rows.history[row], int64(asked.elapsed[j]), int64(work.visited[i]), int64(asked.worth[j]),
            rules, tables, programmes, keys, sums, month,
        )  # fmt: skip
        if m.changed:
            _put_back(m, rows, row)
            sums.nation[S_OWN_SHARE] += m.weight * paid
    if entered >= 0:
        _leave_cell(m, places.counts[entered])


@njit(**JIT)
def _open_cells(
    rows: MerchantRows, places: Places, first: int, end: int, rules: Record, work: Record, nation: F8
) -> None:
    """Count what is in place at the start of the month in the cells of one market: it costs and can be used."""
    work.installed[:] = 0
    for cell in range(first, end):
        weight = float64(rows.weight[places.first_row[cell]])
        for technology in range(_TECHNOLOGIES):
            count = places.counts[cell, INSTALLED, technology]
            if count == 0:
                continue
            work.installed[technology] += count
            nation[S_RUNNING_UNITS + technology] += weight * float64(count)
            nation[S_RUNNING] += weight * float64(count) * float64(rules.running_krw[technology])


@njit(**JIT)
def _count_active(active: U2, counts: I4, n: int) -> None:
    count_active_devices(active, counts[ACTIVE], n)
    for technology in range(KIOSK):
        count = 0
        for i in range(n):
            count += (int64(active[i]) >> technology) & 1
        counts[ACTIVE, technology] = count


@njit(**JIT)
def _close_cells(rows: MerchantRows, places: Places, first: int, end: int, nation: F8) -> float:
    """Count who is active in each cell of one market and add all counts to the nation's; returns who is there."""
    there = 0.0
    for cell in range(first, end):
        lo, hi = places.first_row[cell], places.first_row[cell + 1]
        counts = places.counts[cell]
        _count_active(rows.masks[ACTIVE, lo:hi], counts, hi - lo)
        weight = float64(rows.weight[lo])
        nation[S_MERCHANTS] += weight * float64(places.alive[cell])
        there += weight * float64(places.alive[cell])
        for mask in range(_MASKS):
            for technology in range(_TECHNOLOGIES):
                nation[S_COUNTS + mask * _TECHNOLOGIES + technology] += weight * float64(counts[mask, technology])
    return there


@njit(**JIT)
def _market(
    first: int, end: int, m: Record, rows: MerchantRows, places: Places, rules: Record, tables: Record,
    programmes: Record, loans: Record, keys: Record, work: Record, asked: Record, sums: Record, month: int, year: int,
) -> None:  # fmt: skip
    """Step the cells `first` to `end` (exclusive), all of one market."""
    sector = int64(rows.codes[SECTOR, places.first_row[first]])
    market = int64(rows.codes[PROVINCE, places.first_row[first]]) * _SECTORS + sector
    _open_cells(rows, places, first, end, rules, work, sums.nation)
    cell = first
    for lo in range(places.first_row[first], places.first_row[end], BLOCK):
        n = min(BLOCK, places.first_row[end] - lo)
        hi = lo + n
        while lo >= places.first_row[cell + 1]:
            cell += 1
        earn(rows, lo, n, market, sector, rules, tables, work, sums)
        settle_devices(rows, lo, sector, rules, tables, work, sums.nation)
        use(rows, places, cell, lo, n, market, sector, rules, tables, keys.activity, work, month)
        meet_programmes(rows, lo, n, sector, rules, programmes, keys.visit, work, sums, year)
        chosen = rows.masks[CHOSEN, lo:hi]
        ids, entered = rows.id[lo:hi], rows.entered[lo:hi]
        _who_revises(ids, entered, keys.revision, rules.revision_hazard, chosen, work.visited, work.turn, n)
        screen(
            rows, places, cell, lo, work.turn, market, sector, rules, tables, programmes, keys, asked, month, year, n
        )
        _reconsider(m, rows, places, lo, asked, rules, tables, programmes, keys, work, sums, month, year)
        settle(rows, lo, n, market, sector, rules, tables, loans, keys.loan, work, sums, month, year)
        close_shops(rows, places, cell, lo, n, market, sector, rules, tables, programmes, keys.exit, work, sums, month)
        change_quality(rows, lo, n, rules, keys.life, work)
        change_staff(rows, lo, n, market, rules, tables, work, sums)
        learn(rows.masks[ACTIVE, lo:hi], rows.numbers[CAPABILITY, lo:hi], rows.numbers, lo, n, rules)
    open_shops(rows, places, first, end, market, sector, rules, tables, keys, sums, month, year)
    _look_ahead(first, end, rows, places, market, sector, rules, tables, work, sums)
    sums.market[market, M_THERE] += _close_cells(rows, places, first, end, sums.nation)


@njit(**JIT)
def _look_ahead(
    first: int, end: int, rows: MerchantRows, places: Places, market: int, sector: int, rules: Record, tables: Record,
    work: Record, sums: Record,
) -> None:  # fmt: skip
    """Let whoever is there now offer for next month, and count what is held at the month's end."""
    for lo in range(places.first_row[first], places.first_row[end], BLOCK):
        n = min(BLOCK, places.first_row[end] - lo)
        hi = lo + n
        find_equipped(rows.masks[INSTALLED, lo:hi], work, n)
        offer(rows, lo, n, market, sector, rules, tables, work, sums)
        count_stocks(rows, lo, n, work, sums.nation)
        as_float64(rows.heads[FAMILY, lo:hi], work.drawn, n)
        family = weighted(work.drawn, rows.weight[lo:hi], n)
        sums.nation[S_FAMILY] += family
        sums.market[market, M_FAMILY] += family


@njit(**JIT)
def _same_market(rows: MerchantRows, one: int, other: int) -> bool:
    return (
        rows.codes[SECTOR, one] == rows.codes[SECTOR, other]
        and rows.codes[PROVINCE, one] == rows.codes[PROVINCE, other]
    )


@njit(**JIT_ALLOCATING)
def merchants_chunk(
    chunk: int, places: Places, rows: MerchantRows, rules: Record, tables: Record, programmes: Record, loans: Record,
    keys: Record, sums: Record, month: int, year: int,
) -> None:  # fmt: skip
    """Step the cells of one chunk through a month and leave its partial sums in `sums`, a MERCHANT_SUMS.

    month: since the start; year: calendar year, for owners' ages.
    """
    sums.market[:] = 0.0
    sums.nation[:] = 0.0
    sums.programme[:] = 0.0
    work, asked, m = np.empty(1, WORK), np.empty(1, ASKED), np.empty(1, MERCHANT)
    m[0].changes[:] = 0
    m[0].cell_changed = 0
    first, last = places.chunk_cells[chunk], places.chunk_cells[chunk + 1]
    while first < last:
        end = first + 1
        while end < last and _same_market(rows, places.first_row[first], places.first_row[end]):
            end += 1
        _market(
            first, end, m[0], rows, places, rules, tables, programmes, loans, keys, work[0], asked[0], sums, month, year
        )
        first = end


@njit(**JIT)
def set_fee_tiers(rows: MerchantRows, card_ceilings: F8, qr_ceilings: F8) -> None:
    """Set every merchant's fee tiers by its yearly sales (each January): card tier + 8 x public QR tier."""
    sales, tier = rows.numbers[SALES_YEAR], rows.codes[FEE_TIER]
    for j in range(sales.size):
        card, qr = 0, 0
        for step in range(card_ceilings.size - 1):
            card += 1 if float64(sales[j]) > card_ceilings[step] else 0
        for step in range(qr_ceilings.size - 1):
            qr += 1 if float64(sales[j]) > qr_ceilings[step] else 0
        tier[j] = uint8(card + 8 * qr)
