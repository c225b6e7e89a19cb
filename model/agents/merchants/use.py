"""Which technologies a block of merchants used this month: at least one payment through it."""

from numba import int64, njit, uint8, uint16

from model.agents.merchants.columns import (
    ACTIVE,
    ACTIVE_AT,
    INSTALLED,
    KINDS_OF_TILL,
    KIOSK,
    ONLINE_TECHNOLOGY,
    SALES_ONLINE,
    SALES_STORE,
    TERMINAL,
    USED,
    MerchantRows,
    Places,
    dated,
)
from model.agents.merchants.devices import use_devices
from model.codes import TECHNOLOGIES
from model.numerics import JIT
from model.records import F4, U1, U2, U8, Record
from model.rules.payment import activity_probability
from model.streams import LANES, fill_bits, lane_within, uniform_lane

_TECHNOLOGIES = len(TECHNOLOGIES)
_TILL = int64(KINDS_OF_TILL - 1)


@njit(**JIT)
def _till_payments(sales: F4, installed: U2, per_krw: F4, payments: F4, n: int) -> None:
    for i in range(n):
        payments[i] = sales[i] * per_krw[int64(installed[i]) & _TILL]


@njit(**JIT)
def _online_payments(sales: F4, ticket_krw: float, payments: F4, n: int) -> None:
    for i in range(n):
        payments[i] = sales[i] / ticket_krw


@njit(**JIT)
def _chances(payments: F4, chance: F4, n: int) -> None:
    for i in range(n):
        chance[i] = activity_probability(payments[i])


@njit(**JIT)
def _mark(bits: U8, chance: F4, technology: int, used: U1, n: int) -> None:
    for i in range(n):
        used[i] = uint8(1) if uniform_lane(bits[i], lane_within(technology)) < chance[i] else uint8(0)


@njit(**JIT)
def _set_active(used: U1, technology: int, installed: U2, active: U2, n: int) -> None:
    """Set the bit of those that have it and used it."""
    bit = uint16(1 << technology)
    for i in range(n):
        now = (uint16(used[i]) << uint16(technology)) & installed[i]
        active[i] = (active[i] & ~bit) | now


@njit(**JIT)
def _any_first(active: U2, ever: U2, n: int) -> int:
    new = uint16(0)
    for i in range(n):
        new |= active[i] & ~ever[i]
    return int64(new)


@njit(**JIT)
def _date_first_use(rows: MerchantRows, places: Places, cell: int, lo: int, n: int, month: int) -> None:
    """Note the month of first use; `cell`: that of row `lo`."""
    active, ever = rows.masks[ACTIVE], rows.masks[USED]
    for row in range(lo, lo + n):
        first = int64(active[row] & ~ever[row])
        if first == 0:
            continue
        while row >= places.first_row[cell + 1]:
            cell += 1
        ever[row] |= active[row]
        for technology in range(_TECHNOLOGIES):
            if (first >> technology) & 1:
                rows.history[row, dated(ACTIVE_AT, technology)] = uint8(month)
                places.counts[cell, USED, technology] += 1


@njit(**JIT)
def use(
    rows: MerchantRows, places: Places, cell: int, lo: int, n: int, market: int, sector: int, rules: Record,
    tables: Record, activity_key: int, work: Record, month: int,
) -> None:  # fmt: skip
    """Set what the block used this month of what was in place at its start; `cell`: that of row `lo`."""
    hi = lo + n
    drawn = -1
    installed, active = rows.masks[INSTALLED, lo:hi], rows.masks[ACTIVE, lo:hi]
    use_devices(rows, lo, work)
    for technology in range(KIOSK):
        if work.installed[technology] == 0:
            continue
        if technology // LANES != drawn:
            drawn = technology // LANES
            fill_bits(rows.id[lo:hi], activity_key, technology, work.bits, n)
        if technology == ONLINE_TECHNOLOGY[sector]:
            _online_payments(rows.numbers[SALES_ONLINE, lo:hi], rules.online_ticket_krw[sector], work.payments, n)
        else:
            share = tables.mobile_share if technology == TERMINAL else tables.qr_share
            for till in range(KINDS_OF_TILL):
                work.till[till] = share[market * KINDS_OF_TILL + till] / rules.ticket_krw[sector]
            _till_payments(rows.numbers[SALES_STORE, lo:hi], installed, work.till, work.payments, n)
        _chances(work.payments, work.chance, n)
        _mark(work.bits, work.chance, technology, work.marked, n)
        _set_active(work.marked, technology, installed, active, n)
    if _any_first(active, rows.masks[USED, lo:hi], n):
        _date_first_use(rows, places, cell, lo, n, month)
