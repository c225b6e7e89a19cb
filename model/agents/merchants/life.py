"""A block of merchants lives through the month: luck in quality, hiring and letting go."""

import numpy as np
from numba import float32, float64, int16, njit, uint8

from model.agents.merchants.columns import (
    BASE,
    BASE_BUSINESS,
    BUSINESS,
    INSTALLED,
    M_HIRED,
    M_VACANT,
    MIX_RANK,
    QUALITY,
    REGULAR,
    SALES_YEAR,
    SHOCK_SPREAD,
    STAFF_RANK,
    START,
    TEMPORARY,
    MerchantRows,
)
from model.agents.merchants.devices import find_equipped, shocks_felt, want_fewer
from model.codes import SECTORS
from model.numerics import JIT, exp32
from model.records import F4, F8, U1, U8, Record
from model.rules.life import heads_wanted, laplace_shock, quality_next, regular_next, temporary_wanted
from model.streams import fill_bits, uniform_lane

_SECTORS = len(SECTORS)


@njit(**JIT)
def _shocks(bits: U8, hazard: float, spread: F4, shock: F4, n: int) -> None:
    for i in range(n):
        size = laplace_shock(uniform_lane(bits[i], 1), spread[i])
        shock[i] = size if uniform_lane(bits[i], 0) < hazard else float32(0.0)


@njit(**JIT)
def _move(quality: F4, persistence: float, shock: F4, spread: F4, hazard: float, n: int) -> None:
    half_variance = hazard / (float32(1.0) + persistence)
    for i in range(n):
        quality[i] = quality_next(quality[i], persistence, shock[i], half_variance * spread[i] * spread[i])


@njit(**JIT)
def _as_factor(quality: F4, factor: F4, n: int) -> None:
    for i in range(n):
        factor[i] = exp32(quality[i])


@njit(**JIT)
def _set_base(start: F4, factor: F4, base: F4, n: int) -> None:
    for i in range(n):
        base[i] = start[i] * factor[i]


@njit(**JIT)
def change_quality(rows: MerchantRows, lo: int, n: int, rules: Record, key: int, work: Record) -> None:
    """Move the block's quality by luck, and with it what its pulls of next month are made of."""
    hi, x = lo + n, rows.numbers
    quality, spread = x[QUALITY, lo:hi], work.plain
    find_equipped(rows.masks[INSTALLED, lo:hi], work, n)
    shocks_felt(rows, lo, x[SHOCK_SPREAD, lo:hi], rules.shock_relief, work, n)
    fill_bits(rows.id[lo:hi], key, 0, work.bits, n)
    _shocks(work.bits, rules.shock_hazard, spread, work.chance, n)
    _move(quality, rules.quality_persistence, work.chance, spread, rules.shock_hazard, n)
    _as_factor(quality, work.chance, n)
    _set_base(x[START, lo:hi], work.chance, x[BASE, lo:hi], n)
    _set_base(x[BUSINESS, lo:hi], work.chance, x[BASE_BUSINESS, lo:hi], n)


@njit(**JIT)
def _want(sales: F4, heads_per_krw: float, absorbs: float, rank: F4, wanted: F4, n: int) -> None:
    for i in range(n):
        wanted[i] = heads_wanted(sales[i], heads_per_krw, absorbs, rank[i])


@njit(**JIT)
def _want_temporary(wanted: F4, share: float, rank: F4, temporary: F4, n: int) -> None:
    for i in range(n):
        temporary[i] = temporary_wanted(wanted[i], share, rank[i])


@njit(**JIT)
def _who_adjusts(bits: U8, chance: float, hires: float, marked: U1, n: int) -> None:
    """Mark who adjusts regular staff: bit 0 lets go if it has too many, bit 1 finds somebody if it has too few."""
    for i in range(n):
        marked[i] = uint8(1) if uniform_lane(bits[i], 2) < chance else uint8(0)
    for i in range(n):
        marked[i] |= uint8(2) if uniform_lane(bits[i], 2) < hires else uint8(0)


@njit(**JIT)
def _adjust(wanted: F4, temporary: F4, marked: U1, regular: np.ndarray, n: int) -> None:
    for i in range(n):
        now = float32(regular[i])
        target = wanted[i] - temporary[i]
        moves = marked[i] & (uint8(2) if target > now else uint8(1))
        regular[i] = int16(regular_next(now, target)) if moves else regular[i]


@njit(**JIT)
def _fill_up(wanted: F4, regular: np.ndarray, temporary: np.ndarray, n: int) -> None:
    for i in range(n):
        temporary[i] = int16(max(wanted[i] - float32(regular[i]), float32(0.0)))


@njit(**JIT)
def _count_vacancies(
    wanted: F4, temporary: F4, regular: np.ndarray, marked: U1, weight: F4, where: F8, n: int
) -> None:  # fmt: skip
    """Add the block's vacancies for regular staff, before anybody is hired, and those filled this month."""
    for i in range(n):
        target, now = wanted[i] - temporary[i], float32(regular[i])
        if target > now:
            where[M_VACANT] += float64(weight[i]) * float64(target - now)
            if marked[i] & 2:
                where[M_HIRED] += float64(weight[i]) * float64(regular_next(now, target) - now)


@njit(**JIT)
def change_staff(
    rows: MerchantRows, lo: int, n: int, market: int, rules: Record, tables: Record, work: Record, sums: Record
) -> None:
    """Let the block hire and let go for next month: regular staff slowly, temporary staff at once.

    Regular staff are found as fast as vacancies of the province are filled.

    Labour that devices save enters here, in the hours that sales ask for, and nowhere else. Uses the month's bits in
    `work.bits`, which `change_quality` has drawn.
    """
    hi = lo + n
    regular, temporary = rows.heads[REGULAR, lo:hi], rows.heads[TEMPORARY, lo:hi]
    sales, per_krw = rows.numbers[SALES_YEAR, lo:hi], tables.heads_per_krw[market % _SECTORS]
    _want(sales, per_krw, rules.owner_absorbs, rows.numbers[STAFF_RANK, lo:hi], work.wanted, n)
    want_fewer(rows, lo, market, rules, tables, work)
    _want_temporary(work.wanted, rules.temporary_share, rows.numbers[MIX_RANK, lo:hi], work.wanted_temporary, n)
    hires = rules.regular_adjusts * tables.hiring_speed[market // _SECTORS]
    _who_adjusts(work.bits, rules.regular_adjusts, hires, work.marked, n)
    weight, where = rows.weight[lo:hi], sums.market[market]
    _count_vacancies(work.wanted, work.wanted_temporary, regular, work.marked, weight, where, n)
    _adjust(work.wanted, work.wanted_temporary, work.marked, regular, n)
    _fill_up(work.wanted, regular, temporary, n)
