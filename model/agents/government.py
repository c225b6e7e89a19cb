"""The government's programmes as compiled arrays, their running state, and how applications are decided.

A programme is one lever of the scenario, compiled before the run (`model.levers.compiled`): no Python per lever
in the month. Grants follow the rationing order until quota, budget or processing capacity is used up.
"""

from typing import Final, NamedTuple

import numpy as np
from numba import float32, int64, njit, uint8, uint32, uint64

from model.agents.merchants.columns import (
    APPLIED_AT,
    CHOSEN,
    INSTALLED,
    MOST_PROGRAMMES,
    NO_PROGRAMME,
    NOT_WAITING,
    OPEN_MARKET,
    PENDING,
    SELECTED,
    SELECTED_AT,
)
from model.codes import GOODS_NEEDS, SECTORS
from model.numerics import JIT
from model.records import F8, I8, U1, Record, Records, record_type
from model.streams import PROGRAMME_LOTTERY, PROGRAMME_REMAINDER, draw_bits, stream_key, uniform

SUBSIDY_ROUTE, VISIT_ROUTE = 0, 1
FIRST_COME, LOTTERY, SCORE, PRIORITY = range(4)
RATIONING: Final = ("first_come", "lottery", "score", "priority")


TARGET, PRIORITY_TARGET = 0, 1
PROGRAMMES: Final = record_type(
    count=(np.int64,),
    technology=(np.uint8, MOST_PROGRAMMES),
    route=(np.uint8, MOST_PROGRAMMES),
    rationing=(np.uint8, MOST_PROGRAMMES),
    carry_over=(np.uint8, MOST_PROGRAMMES),
    subsidy_krw=(np.float64, MOST_PROGRAMMES),
    subsidy_share=(np.float64, MOST_PROGRAMMES),
    visit_cost_krw=(np.float64, MOST_PROGRAMMES),
    paperwork_hours=(np.float64, MOST_PROGRAMMES),
    decisions=(np.float64, MOST_PROGRAMMES),
    final_quota=(np.float64, MOST_PROGRAMMES),
    final_budget_krw=(np.float64, MOST_PROGRAMMES),
    give_up=(np.float64, MOST_PROGRAMMES),
    processing_months=(np.int64, MOST_PROGRAMMES),
    keep_months=(np.int64, MOST_PROGRAMMES),
    provinces=(np.uint32, MOST_PROGRAMMES, 2),
    sectors=(np.uint32, MOST_PROGRAMMES, 2),
    kinds=(np.uint32, MOST_PROGRAMMES, 2),
    age_min=(np.int64, MOST_PROGRAMMES, 2),
    age_max=(np.int64, MOST_PROGRAMMES, 2),
    sales_max_krw=(np.float64, MOST_PROGRAMMES, 2),
    open_now=(np.uint8, MOST_PROGRAMMES),
    visit_chance=(np.float32, MOST_PROGRAMMES),
    campaign_krw=(np.float32, MOST_PROGRAMMES),
)
"""All programmes, position k of each field the k-th one's; money in KRW, real units (merchants).

final_quota, final_budget_krw: the last of the paths, whatever the horizon; subsidy_krw: paid per device, and
subsidy_share of its price; carry_over: unused quota and budget stay available. provinces to sales_max_krw say who is
meant (bit masks of provinces, sectors, district kinds; owner ages; yearly sales): first the target, then whom PRIORITY
rationing puts first. The last three are what merchants meet this month: open or not, the chance that an eligible
merchant is visited, campaign money per eligible merchant.
"""

PROGRAMME_STATE: Final = record_type(
    committed=(np.float64,),
    reserved_krw=(np.float64,),
    spent_krw=(np.float64,),
    lapsed=(np.float64,),
    lapsed_krw=(np.float64,),
    eligible=(np.float64,),
    visits=(np.float64,),
    campaign_krw=(np.float64,),
)
"""Running state of one programme.

committed: merchants chosen and not given up; reserved_krw: for the chosen who have not installed; spent_krw: paid;
lapsed: quota and budget not carried over; eligible: merchants that could still be served, of last month; visits,
campaign_krw: calls the officers are paid for and campaign money of this month.
"""


class Schedule(NamedTuple):
    """Programmes by month, (programme, month): open; quota and budget cumulative; visits; campaign money."""

    open: U1
    quota: F8
    budget_krw: F8
    visits: F8
    campaign_krw: F8


@njit(**JIT)
def matches(
    programmes: Record, k: int, whom: int, province: int, sector: int, kind: int, owner_age: int, sales_krw: float
) -> bool:
    """Return whether a merchant is meant by a programme's target (`whom` TARGET or PRIORITY_TARGET)."""
    return (
        (programmes.provinces[k, whom] >> uint32(province)) & uint32(1) != 0
        and (programmes.sectors[k, whom] >> uint32(sector)) & uint32(1) != 0
        and (programmes.kinds[k, whom] >> uint32(kind)) & uint32(1) != 0
        and programmes.age_min[k, whom] <= owner_age <= programmes.age_max[k, whom]
        and float32(0.0) < sales_krw <= programmes.sales_max_krw[k, whom]
    )


@njit(**JIT)
def _lapse(programmes: Record, k: int, schedule: Schedule, state: Record, month: int) -> None:
    if programmes.carry_over[k] or month == 0:
        return
    if schedule.quota[k, month] > schedule.quota[k, month - 1]:
        unused = schedule.quota[k, month - 1] - state.lapsed - state.committed
        state.lapsed += max(0.0, unused)
    if schedule.budget_krw[k, month] > schedule.budget_krw[k, month - 1]:
        unused = schedule.budget_krw[k, month - 1] - state.lapsed_krw
        state.lapsed_krw += max(0.0, unused - state.spent_krw - state.reserved_krw)


@njit(**JIT)
def budget_left(schedule: Schedule, state: Record, k: int, month: int) -> float:
    """Return the money a programme may still promise this month, KRW."""
    left = schedule.budget_krw[k, month] - state.lapsed_krw - state.spent_krw - state.reserved_krw
    return max(0.0, left)


@njit(**JIT)
def grants_left(programmes: Record, k: int, schedule: Schedule, state: Record, month: int) -> float:
    """Return how many more merchants quota and budget in force in `month` allow."""
    left = schedule.quota[k, month] - state.lapsed - state.committed
    if programmes.subsidy_krw[k] > 0.0:
        left = min(left, budget_left(schedule, state, k, month) / programmes.subsidy_krw[k])
    return max(0.0, left)


@njit(**JIT)
def _final_left(programmes: Record, k: int, state: Record) -> float:
    """Return how many more merchants the programme's last quota and budget allow."""
    left = programmes.final_quota[k] - state.lapsed - state.committed
    if programmes.subsidy_krw[k] > 0.0:
        money = programmes.final_budget_krw[k] - state.lapsed_krw - state.spent_krw - state.reserved_krw
        left = min(left, money / programmes.subsidy_krw[k])
    return max(0.0, left)


@njit(**JIT)
def _order(programmes: Record, k: int, merchants: Records, j: int, month: int, year: int, lottery_key: int) -> int:
    """Return the sort key of an applicant, smallest first: 16 bits of rationing order, 48 bits of lot."""
    lot = draw_bits(lottery_key, merchants[j].id) >> uint64(16)
    rationing = programmes.rationing[k]
    major = int64(0)
    if rationing == FIRST_COME:
        major = int64(merchants[j].month[APPLIED_AT, programmes.technology[k]])
    elif rationing == SCORE:
        major = int64(float32(65535.0) * (float32(1.0) - merchants[j].capability - merchants[j].gained))
    elif rationing == PRIORITY:
        age = year - int64(merchants[j].owner_birth_year)
        first = matches(
            programmes, k, PRIORITY_TARGET, merchants[j].province, merchants[j].sector, merchants[j].kind, age,
            merchants[j].sales_year_krw,
        )  # fmt: skip
        major = int64(0) if first else int64(1)
    return (uint64(max(major, int64(0))) << uint64(48)) | lot


@njit(**JIT)
def _applicants(programmes: Record, k: int, merchants: Records, month: int) -> I8:
    technology = programmes.technology[k]
    rows = np.empty(merchants.size, np.int64)
    count = 0
    for j in range(merchants.size):
        m = merchants[j]
        if m.waiting[technology] != PENDING or m.programme[technology] != k:
            continue
        if int64(m.month[APPLIED_AT, technology]) + programmes.processing_months[k] <= month:
            rows[count] = j
            count += 1
    return rows[:count]


@njit(**JIT)
def decide(
    programmes: Record,
    k: int,
    schedule: Schedule,
    state: Record,
    merchants: Records,
    month: int,
    year: int,
    seed: int,
    calendar_month: int,
) -> None:
    """Decide the ripe applications of programme `k`: choose in rationing order within what is left.

    The last merchant of a month whose weight exceeds what is left is chosen with probability left / weight by a
    keyed draw, and the excess counts against later months; never beyond the programme's final quota and budget.
    """
    if not schedule.open[k, month]:
        return
    _lapse(programmes, k, schedule, state, month)
    left = min(grants_left(programmes, k, schedule, state, month), programmes.decisions[k])
    final = _final_left(programmes, k, state)
    if left <= 0.0:
        return
    rows = _applicants(programmes, k, merchants, month)
    lottery_key = stream_key(seed, PROGRAMME_LOTTERY, calendar_month)
    order = np.empty(rows.size, np.uint64)
    for i in range(rows.size):
        order[i] = _order(programmes, k, merchants, rows[i], month, year, lottery_key)
    remainder_key = stream_key(seed, PROGRAMME_REMAINDER, calendar_month)
    for i in np.argsort(order):
        j = rows[i]
        weight = float(merchants[j].weight)
        if weight > final:
            continue
        if weight > left and uniform(draw_bits(remainder_key, merchants[j].id)) >= left / weight:
            break
        _choose(programmes, k, state, merchants, j, month, weight)
        left -= weight
        final -= weight
        if left <= 0.0:
            break


@njit(**JIT)
def _choose(programmes: Record, k: int, state: Record, merchants: Records, j: int, month: int, weight: float) -> None:
    technology = programmes.technology[k]
    merchants[j].waiting[technology] = uint8(CHOSEN)
    merchants[j].stage[technology] |= uint8(SELECTED)
    merchants[j].month[SELECTED_AT, technology] = month
    state.committed += weight
    state.reserved_krw += weight * programmes.subsidy_krw[k]


@njit(**JIT)
def close_applications(programmes: Record, k: int, schedule: Schedule, merchants: Records, month: int) -> None:
    """Send pending applications of a programme that has just closed back: they wait no longer."""
    if month == 0 or schedule.open[k, month] or not schedule.open[k, month - 1]:
        return
    technology = programmes.technology[k]
    for j in range(merchants.size):
        if merchants[j].waiting[technology] == PENDING and merchants[j].programme[technology] == k:
            merchants[j].waiting[technology] = uint8(NOT_WAITING)
            merchants[j].programme[technology] = uint8(NO_PROGRAMME)


@njit(**JIT)
def count_eligible(programmes: Record, k: int, merchants: Records, year: int) -> float:
    """Return the weighted number of merchants that a programme means and that have not installed yet."""
    total = 0.0
    for j in range(merchants.size):
        technology = programmes.technology[k]
        if merchants[j].stage[technology] & INSTALLED or not can_use(technology, merchants[j].sector):
            continue
        age = year - int64(merchants[j].owner_birth_year)
        if matches(
            programmes, k, TARGET, merchants[j].province, merchants[j].sector, merchants[j].kind, age,
            merchants[j].sales_year_krw,
        ):  # fmt: skip
            total += float(merchants[j].weight)
    return total


@njit(**JIT)
def can_use(technology: int, sector: int) -> bool:
    """Return whether a sector can use a technology: a till for payment, goods retail for the open market."""
    return sector < GOODS_NEEDS if technology == OPEN_MARKET else sector != len(SECTORS) - 1
