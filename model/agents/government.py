"""The government's programmes as compiled arrays, their running state, and how applications are decided.

A programme is one lever of the scenario, compiled before the run (`model.levers.compiled`): no Python per lever
in the month. Grants follow the rationing order until quota, budget or processing capacity is used up.
"""

from typing import Final, NamedTuple

import numpy as np
from numba import float32, int64, njit, uint8, uint16, uint32, uint64

from model.agents.merchants.columns import (
    APPLIED_AT,
    BORN,
    BUSY,
    CAPABILITY,
    CHOSEN,
    GAINED,
    INSTALLED,
    KIND,
    MOST_PROGRAMMES,
    NO_PROGRAMME,
    PENDING,
    PROGRAMME,
    PROVINCE,
    SALES_YEAR,
    SECTOR,
    SELECTED,
    MerchantRows,
    Places,
    dated,
)
from model.codes import SECTORS
from model.numerics import JIT, JIT_ALLOCATING
from model.records import F8, I4, I8, U1, U2, Record, record_type
from model.streams import PROGRAMME_LOTTERY, PROGRAMME_REMAINDER, draw_bits, stream_key, uniform

SUBSIDY_ROUTE, VISIT_ROUTE, TRAINING_ROUTE = 0, 1, 2
FIRST_COME, LOTTERY, SCORE, PRIORITY = range(4)
RATIONING: Final = ("first_come", "lottery", "score", "priority")


NO_TECHNOLOGY: Final = 255
TARGET, PRIORITY_TARGET = 0, 1
PROGRAMMES: Final = record_type(
    count=(np.int64,),
    technology=(np.uint8, MOST_PROGRAMMES, len(SECTORS)),
    route=(np.uint8, MOST_PROGRAMMES),
    rationing=(np.uint8, MOST_PROGRAMMES),
    carry_over=(np.uint8, MOST_PROGRAMMES),
    subsidy_krw=(np.float64, MOST_PROGRAMMES, len(SECTORS)),
    subsidy_share=(np.float64, MOST_PROGRAMMES, len(SECTORS)),
    price_share=(np.float64, MOST_PROGRAMMES),
    visit_cost_krw=(np.float64, MOST_PROGRAMMES),
    course=(np.uint8, MOST_PROGRAMMES),
    course_hours=(np.float64, MOST_PROGRAMMES),
    taught=(np.float32, MOST_PROGRAMMES),
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
    months_met=(np.int64, MOST_PROGRAMMES),
    visit_chance=(np.float32, MOST_PROGRAMMES),
    campaign_krw=(np.float32, MOST_PROGRAMMES),
    campaign_hazard=(np.float32, MOST_PROGRAMMES),
)
"""All programmes, position k of each field the k-th one's; money in KRW, real units (merchants).

technology, by sector: what the programme supports there, NO_TECHNOLOGY for none; final_quota, final_budget_krw: the
last of the paths, whatever the horizon; subsidy_krw: most paid per device of a sector, and subsidy_share of its price;
price_share: most of a month's price that is paid; visit_cost_krw: of a visit, or of an owner's training; course: bit
that marks who took it, course_hours its hours, taught: share of the missing capability that it gives; carry_over:
unused quota and budget stay available. provinces to sales_max_krw say who is meant (bit masks of provinces, sectors,
district kinds; owner ages; yearly sales): first the target, then whom PRIORITY rationing puts first. The last five are
what merchants meet this month: open or not, for how many months now, the chance that an eligible merchant is visited,
campaign money per eligible merchant and what it adds to a month's awareness.
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
    hours=(np.float64,),
)
"""Running state of one programme.

committed: merchants chosen and not given up; reserved_krw: for the chosen who have not installed; spent_krw: paid;
lapsed: quota and budget not carried over; eligible: merchants that could still be served, of last month; visits,
campaign_krw, hours: calls the officers are paid for, or owners trained, campaign money and hours taught of this month.
"""


class Schedule(NamedTuple):
    """Programmes by month, (programme, month): open; quota and budget cumulative; visits; campaign money."""

    open: U1
    quota: F8
    budget_krw: F8
    visits: F8
    campaign_krw: F8


@njit(**JIT)
def can_be_had(programmes: Record, k: int, available: int) -> bool:
    """Return whether a technology that a programme supports can be had yet; available: bit mask."""
    had = False
    for sector in range(len(SECTORS)):
        technology = int64(programmes.technology[k, sector])
        had = had or (technology != NO_TECHNOLOGY and (int64(available) >> technology) & 1 != 0)
    return had


@njit(**JIT)
def means_cell(programmes: Record, k: int, whom: int, province: int, sector: int, kind: int) -> bool:
    """Return whether a target (`whom` TARGET or PRIORITY_TARGET) holds a province, sector and kind of district."""
    return (
        (programmes.provinces[k, whom] >> uint32(province)) & uint32(1) != 0
        and (programmes.sectors[k, whom] >> uint32(sector)) & uint32(1) != 0
        and (programmes.kinds[k, whom] >> uint32(kind)) & uint32(1) != 0
    )


@njit(**JIT)
def matches(
    programmes: Record, k: int, whom: int, province: int, sector: int, kind: int, owner_age: int, sales_krw: float
) -> bool:
    """Return whether a merchant is meant by a programme's target (`whom` as in `means_cell`); sales a year."""
    return (
        means_cell(programmes, k, whom, province, sector, kind)
        and programmes.age_min[k, whom] <= owner_age <= programmes.age_max[k, whom]
        and float32(0.0) < sales_krw <= programmes.sales_max_krw[k, whom]
    )


@njit(**JIT)
def row_matches(programmes: Record, k: int, whom: int, rows: MerchantRows, row: int, year: int) -> bool:
    """Return whether the merchant of a row is meant by a programme's target."""
    codes = rows.codes
    return matches(
        programmes, k, whom, codes[PROVINCE, row], codes[SECTOR, row], codes[KIND, row],
        year - int64(rows.heads[BORN, row]), rows.numbers[SALES_YEAR, row],
    )  # fmt: skip


@njit(**JIT)
def lapse(programmes: Record, k: int, schedule: Schedule, state: Record, month: int) -> None:
    """Count what a programme without carry-over loses as quota or budget rise."""
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
def places_left(schedule: Schedule, state: Record, k: int, month: int) -> float:
    """Return how many more merchants the quota in force in `month` allows."""
    return max(0.0, schedule.quota[k, month] - state.lapsed - state.committed)


@njit(**JIT)
def served_by(places: float, money_krw: float, subsidy_krw: float) -> float:
    """Return how many merchants of a sector so many places and so much money serve."""
    return min(places, money_krw / subsidy_krw) if subsidy_krw > 0.0 else places


@njit(**JIT)
def _order(programmes: Record, k: int, rows: MerchantRows, row: int, year: int, lottery_key: int) -> int:
    """Return the sort key of an applicant, smallest first: 16 bits of rationing order, 48 bits of lot."""
    lot = draw_bits(lottery_key, rows.id[row]) >> uint64(16)
    rationing = programmes.rationing[k]
    major = int64(0)
    if rationing == FIRST_COME:
        major = int64(rows.history[row, dated(APPLIED_AT, _technology_of(programmes, k, rows, row))])
    elif rationing == SCORE:
        able = rows.numbers[CAPABILITY, row] + rows.numbers[GAINED, row]
        major = int64(float32(65535.0) * (float32(1.0) - able))
    elif rationing == PRIORITY:
        first = row_matches(programmes, k, PRIORITY_TARGET, rows, row, year)
        major = int64(0) if first else int64(1)
    return (uint64(max(major, int64(0))) << uint64(48)) | lot


@njit(**JIT)
def _technology_of(programmes: Record, k: int, rows: MerchantRows, row: int) -> int:
    """Return what programme `k` supports in the row's sector."""
    return int64(programmes.technology[k, int64(rows.codes[SECTOR, row])])


@njit(**JIT)
def cell_of(places: Places, row: int) -> int:
    """Return the cell in which a row stands."""
    return int64(np.searchsorted(places.first_row, row, side="right") - 1)


@njit(**JIT_ALLOCATING)
def _waiting_for(programmes: Record, k: int, rows: MerchantRows) -> I8:
    """Return the rows whose application to programme `k` is pending, in their order."""
    pending = rows.masks[PENDING]
    found = np.empty(pending.size, np.int64)
    count = 0
    for row in range(pending.size):
        if pending[row] == 0:
            continue
        technology = _technology_of(programmes, k, rows, row)
        waits = technology != NO_TECHNOLOGY and (int64(pending[row]) >> technology) & 1
        if waits and rows.history[row, dated(PROGRAMME, technology)] == k:
            found[count] = row
            count += 1
    return found[:count]


@njit(**JIT_ALLOCATING)
def decide(
    programmes: Record,
    k: int,
    schedule: Schedule,
    state: Record,
    rows: MerchantRows,
    places: Places,
    month: int,
    year: int,
    seed: int,
    calendar_month: int,
) -> None:
    """Decide the ripe applications of programme `k`: choose in rationing order within what is left.

    Places and money are left apart, as a device costs more in one sector than in another. The last merchant of a month
    whose weight exceeds what they serve is chosen with probability left / weight by a keyed draw, and the excess counts
    against later months; never beyond the programme's final quota and budget.
    """
    if not schedule.open[k, month]:
        return
    lapse(programmes, k, schedule, state, month)
    places_now = min(places_left(schedule, state, k, month), programmes.decisions[k])
    money = budget_left(schedule, state, k, month)
    final_places = programmes.final_quota[k] - state.lapsed - state.committed
    final_money = programmes.final_budget_krw[k] - state.lapsed_krw - state.spent_krw - state.reserved_krw
    if places_now <= 0.0:
        return
    ripe = _ripe(programmes, k, rows, month)
    lottery_key = stream_key(seed, PROGRAMME_LOTTERY, calendar_month)
    order = np.empty(ripe.size, np.uint64)
    for i in range(ripe.size):
        order[i] = _order(programmes, k, rows, ripe[i], year, lottery_key)
    remainder_key = stream_key(seed, PROGRAMME_REMAINDER, calendar_month)
    for i in np.argsort(order):
        row = ripe[i]
        weight = float(rows.weight[row])
        subsidy = programmes.subsidy_krw[k, int64(rows.codes[SECTOR, row])]
        if weight > served_by(final_places, final_money, subsidy):
            continue
        left = max(0.0, served_by(places_now, money, subsidy))
        if weight > left and uniform(draw_bits(remainder_key, rows.id[row])) >= left / weight:
            break
        _choose(programmes, k, state, rows, row, places.counts[cell_of(places, row)], weight)
        places_now -= weight
        money -= weight * subsidy
        final_places -= weight
        final_money -= weight * subsidy
        if places_now <= 0.0:
            break


@njit(**JIT_ALLOCATING)
def _ripe(programmes: Record, k: int, rows: MerchantRows, month: int) -> I8:
    waiting = _waiting_for(programmes, k, rows)
    count = 0
    for row in waiting:
        technology = _technology_of(programmes, k, rows, row)
        if int64(rows.history[row, dated(APPLIED_AT, technology)]) + programmes.processing_months[k] <= month:
            waiting[count] = row
            count += 1
    return waiting[:count]


@njit(**JIT)
def _choose(programmes: Record, k: int, state: Record, rows: MerchantRows, row: int, counts: I4, weight: float) -> None:
    technology = _technology_of(programmes, k, rows, row)
    bit = uint16(1 << technology)
    rows.masks[PENDING, row] &= ~bit
    counts[PENDING, technology] -= 1
    rows.masks[CHOSEN, row] |= bit
    counts[CHOSEN, technology] += 1
    counts[SELECTED, technology] += 0 if rows.marks[row, SELECTED - BUSY] & bit else 1
    rows.marks[row, SELECTED - BUSY] |= bit
    state.committed += weight
    state.reserved_krw += weight * programmes.subsidy_krw[k, int64(rows.codes[SECTOR, row])]


@njit(**JIT_ALLOCATING)
def close_applications(
    programmes: Record, k: int, schedule: Schedule, rows: MerchantRows, places: Places, month: int
) -> None:
    """Send pending applications of a programme that has just closed back: they wait no longer."""
    if month == 0 or schedule.open[k, month] or not schedule.open[k, month - 1]:
        return
    for row in _waiting_for(programmes, k, rows):
        technology = _technology_of(programmes, k, rows, row)
        rows.masks[PENDING, row] &= ~uint16(1 << technology)
        rows.history[row, dated(PROGRAMME, technology)] = uint8(NO_PROGRAMME)
        places.counts[cell_of(places, row), PENDING, technology] -= 1


@njit(**JIT)
def count_eligible(programmes: Record, k: int, rows: MerchantRows, usable: U2, year: int) -> float:
    """Return the weighted number of merchants that a programme means and that have not installed yet.

    usable: mask of technologies by sector.
    """
    total = 0.0
    for row in range(rows.id.size):
        technology = _technology_of(programmes, k, rows, row)
        can = int64(usable[int64(rows.codes[SECTOR, row])]) & ~int64(rows.masks[INSTALLED, row])
        if (
            technology != NO_TECHNOLOGY
            and (can >> technology) & 1
            and row_matches(programmes, k, TARGET, rows, row, year)
        ):
            total += float(rows.weight[row])
    return total
