"""Training of owners: a programme teaches those it means, drawn by lot, each owner once."""

import numpy as np
from numba import int64, njit, uint8

from model.agents.government import (
    TARGET,
    Schedule,
    budget_left,
    lapse,
    places_left,
    row_matches,
    served_by,
)
from model.agents.merchants.columns import CAPABILITY, GAINED, TRAINED, MerchantRows
from model.numerics import JIT, JIT_ALLOCATING
from model.records import I8, Record
from model.rules.adoption import capability_taught
from model.streams import PROGRAMME_REMAINDER, PROGRAMME_TRAINING, draw_bits, draw_lane, stream_key, uniform

CALLED = 2.0
"""Owners called to a course by lot, over the places in it: the first by their draw take part."""


@njit(**JIT_ALLOCATING)
def train(
    programmes: Record, k: int, schedule: Schedule, state: Record, rows: MerchantRows, month: int, year: int, seed: int,
    calendar_month: int,
) -> None:  # fmt: skip
    """Teach as many owners as quota, budget and teachers' hours of the month allow.

    An owner whose row stands for more than what is left is taught with probability left / weight by a keyed draw, and
    the excess counts against later months; never beyond the programme's final quota and budget.
    """
    state.visits, state.hours = 0.0, 0.0
    if not schedule.open[k, month]:
        return
    lapse(programmes, k, schedule, state, month)
    cost = programmes.visit_cost_krw[k]
    left = min(places_left(schedule, state, k, month), schedule.visits[k, month])
    left = served_by(left, budget_left(schedule, state, k, month), cost)
    final_money = programmes.final_budget_krw[k] - state.lapsed_krw - state.spent_krw
    final = served_by(programmes.final_quota[k] - state.lapsed - state.committed, final_money, cost)
    if left <= 0.0:
        return
    key = stream_key(seed, PROGRAMME_TRAINING, calendar_month)
    remainder = stream_key(seed, PROGRAMME_REMAINDER, calendar_month)
    for row in _called(programmes, k, rows, year, key, left):
        weight = float(rows.weight[row])
        if weight > final:
            continue
        if weight > left and uniform(draw_bits(remainder, rows.id[row])) >= left / weight:
            break
        _teach(programmes, k, rows, row)
        state.visits += weight
        state.hours += weight * programmes.course_hours[k]
        left -= weight
        final -= weight
        if left <= 0.0:
            break
    state.committed += state.visits


@njit(**JIT)
def _may_come(programmes: Record, k: int, rows: MerchantRows, row: int, year: int) -> bool:
    untaught = (int64(rows.codes[TRAINED, row]) >> int64(programmes.course[k])) & 1 == 0
    return untaught and row_matches(programmes, k, TARGET, rows, row, year)


@njit(**JIT_ALLOCATING)
def _called(programmes: Record, k: int, rows: MerchantRows, year: int, key: int, places: float) -> I8:
    """Return the rows called this month in the order of their draws."""
    meant = 0.0
    for row in range(rows.id.size):
        meant += float(rows.weight[row]) if _may_come(programmes, k, rows, row, year) else 0.0
    chance = min(1.0, CALLED * places / max(meant, 1e-9))
    lane, found, draws, count = int64(programmes.course[k]), np.empty(rows.id.size, np.int64), np.empty(rows.id.size), 0
    for row in range(rows.id.size):
        draw = float(draw_lane(key, rows.id[row], lane))
        if draw < chance and _may_come(programmes, k, rows, row, year):
            found[count], draws[count] = row, draw
            count += 1
    return found[:count][np.argsort(draws[:count])]


@njit(**JIT)
def _teach(programmes: Record, k: int, rows: MerchantRows, row: int) -> None:
    rows.codes[TRAINED, row] |= uint8(1 << int64(programmes.course[k]))
    base, gained = rows.numbers[CAPABILITY, row], rows.numbers[GAINED, row]
    rows.numbers[GAINED, row] = capability_taught(base, gained, programmes.taught[k])
