"""Whom open programmes reach in a block of merchants: who counts as eligible, and whom an officer visits."""

import numpy as np
from numba import int64, njit, uint8, uint16, uint32

from model.agents.government import NO_TECHNOLOGY, TARGET, VISIT_ROUTE
from model.agents.merchants.columns import (
    BORN,
    CHOSEN,
    INSTALLED,
    KIND,
    P_ELIGIBLE,
    PENDING,
    PROVINCE,
    SALES_YEAR,
    MerchantRows,
)
from model.agents.merchants.trade import as_float64, weighted
from model.numerics import JIT
from model.records import F4, U1, U2, U8, Record
from model.streams import draw_lane


@njit(**JIT)
def _clear(visited: U2, reached: U2, n: int) -> None:
    for i in range(n):
        visited[i] = uint16(0)
    for i in range(n):
        reached[i] = uint16(0)


@njit(**JIT)
def _meant(born: np.ndarray, sales: F4, oldest: int, youngest: int, most_krw: float, meant: U1, n: int) -> None:
    for i in range(n):
        meant[i] = uint8(1) if oldest <= int64(born[i]) <= youngest else uint8(0)
    for i in range(n):
        meant[i] &= uint8(1) if 0.0 < sales[i] <= most_krw else uint8(0)


@njit(**JIT)
def _only_kinds(kind: U1, kinds: int, meant: U1, n: int) -> None:
    for i in range(n):
        meant[i] &= uint8((kinds >> uint32(kind[i])) & uint32(1))


@njit(**JIT)
def _leave_to_first(meant: U1, reached: U2, technology: int, n: int) -> None:
    """A merchant whom an earlier programme for the technology means is left to that one."""
    for i in range(n):
        meant[i] &= uint8(~(reached[i] >> uint16(technology)) & uint16(1))
    for i in range(n):
        reached[i] |= uint16(meant[i]) << uint16(technology)


@njit(**JIT)
def _only_free(meant: U1, installed: U2, pending: U2, chosen: U2, technology: int, n: int) -> None:
    for i in range(n):
        taken = installed[i] | pending[i] | chosen[i]
        meant[i] &= uint8(~(taken >> uint16(technology)) & uint16(1))


@njit(**JIT)
def _visit(ids: U8, key: int, chance: float, free: U1, technology: int, visited: U2, n: int) -> None:
    for i in range(n):
        met = draw_lane(key, ids[i], technology) < chance
        visited[i] |= uint16(free[i]) << uint16(technology) if met else uint16(0)


@njit(**JIT)
def meet_programmes(
    rows: MerchantRows, lo: int, n: int, sector: int, rules: Record, programmes: Record, visit_key: int, work: Record,
    sums: Record, year: int,
) -> None:  # fmt: skip
    """Count who is eligible for each open programme and set `work.visited`: technologies officers call about."""
    hi = lo + n
    visited, reached, meant = work.visited, work.reached, work.marked
    _clear(visited, reached, n)
    place = uint32(1) << uint32(rows.codes[PROVINCE, lo])
    installed, pending, chosen = rows.masks[INSTALLED, lo:hi], rows.masks[PENDING, lo:hi], rows.masks[CHOSEN, lo:hi]
    for k in range(programmes.count):
        technology = int64(programmes.technology[k, sector])
        here = programmes.provinces[k, TARGET] & place and programmes.sectors[k, TARGET] & (uint32(1) << uint32(sector))
        if (
            not programmes.open_now[k]
            or not here
            or technology == NO_TECHNOLOGY
            or not (rules.usable[sector] >> technology) & 1
        ):
            continue
        oldest, youngest = year - programmes.age_max[k, TARGET], year - programmes.age_min[k, TARGET]
        most_krw = programmes.sales_max_krw[k, TARGET]
        _meant(rows.heads[BORN, lo:hi], rows.numbers[SALES_YEAR, lo:hi], oldest, youngest, most_krw, meant, n)
        _only_kinds(rows.codes[KIND, lo:hi], programmes.kinds[k, TARGET], meant, n)
        _leave_to_first(meant, reached, technology, n)
        _only_free(meant, installed, pending, chosen, technology, n)
        as_float64(meant, work.drawn, n)
        sums.programme[k, P_ELIGIBLE] += weighted(work.drawn, rows.weight[lo:hi], n)
        if programmes.route[k] == VISIT_ROUTE and programmes.visit_chance[k] > 0.0:
            _visit(rows.id[lo:hi], visit_key, programmes.visit_chance[k], meant, technology, visited, n)
