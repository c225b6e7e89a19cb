"""Firms enter: how many in a sector, where, and with what each begins; an entrant's id keys all its traits."""

from numba import float32, float64, int32, int64, njit, uint8

from model.agents.firms.columns import (
    DEMONSTRATION,
    HEADS,
    LEARNS,
    PARTNERS,
    PLACE,
    PULL,
    QUALITY,
    RESEARCH,
    RESERVE,
    SHIPS,
    SIZES,
    STAFF_RANK,
    STAGE,
    STEPS,
    TRACK,
    VACANT,
    WORKS,
    FirmRows,
)
from model.codes import PROVINCES, SEOUL_DISTRICTS, SKILLS
from model.numerics import JIT
from model.records import F8, Record
from model.rules.firms import place_weight
from model.rules.life import births_due, births_response
from model.streams import (
    FIRM_BIRTHS,
    FIRM_ENTRANT_ID,
    FIRM_ENTRY,
    draw_bits,
    draw_lane,
    stream_key,
    uniform,
)
from model.synthetic_population.firms import PLACES

WHERE, SIZE, STAFFED, SPUN_OFF = range(4)
"""Lanes of an entrant's traits: place, size, staff rank, whether it is a spin-off."""
BIRTHS_A_SECTOR = 1 << 24
_PROVINCES, _SKILLS = len(PROVINCES), len(SKILLS)
_DISTRICTS = len(SEOUL_DISTRICTS)


@njit(**JIT)
def enter(rows: FirmRows, sector: int, rules: Record, state: Record, now: Record, key: int, seed: int) -> None:
    """Let firms enter a sector; who finds no vacant row waits, and those after it too; key: of this quarter."""
    path = now.demand_krw[sector] + now.export_demand_krw[sector]
    sold = state.home_krw[sector] + state.exports_krw[sector]
    response = births_response(sold, path, rules.entry_elasticity)
    state.expected[sector] += now.births[sector] * response
    luck = float64(uniform(draw_bits(stream_key(seed, FIRM_BIRTHS, 0), sector)))
    due = births_due(state.expected[sector], luck, state.births[sector])
    if due <= 0:
        return
    traits, ids = stream_key(seed, FIRM_ENTRY, 0), stream_key(0, FIRM_ENTRANT_ID, 0)
    total = _set_weights(sector, rules, state)
    for _ in range(due):
        who = draw_bits(ids, sector * BIRTHS_A_SECTOR + state.births[sector])
        place = _chosen(float64(draw_lane(traits, who, WHERE)) * total, state.weight)
        area = sector * _PROVINCES + max(place - _DISTRICTS + 1, 0)
        row = _vacant_row(rows, area, state.used[area])
        if row == rows.first[area + 1]:
            break
        _begin(rows, row, who, place, rules, traits)
        rows.bits[row] = draw_bits(key, who)
        state.used[area] = max(state.used[area], row + 1 - rows.first[area])
        state.entered[sector, place] += 1.0
        state.births[sector] += 1
        state.capital_krw += rules.start_capital_krw
    for place in range(PLACES):
        state.firms[sector, place] += state.entered[sector, place]
        state.entered[sector, place] = 0.0


@njit(**JIT)
def _set_weights(sector: int, rules: Record, state: Record) -> float:
    """Set how much each place draws entrants of a sector, and return the sum; founders come from the province's
    pools.
    """
    total = 0.0
    for place in range(PLACES):
        pool, seekers, start = max(place - _DISTRICTS + 1, 0) * _SKILLS, 0.0, 0.0
        for skill in range(_SKILLS):
            seekers += max(state.seekers[pool + skill], 0.0)
            start += state.seekers_start[pool + skill]
        firms = state.firms[sector, place]
        state.weight[place] = place_weight(firms, seekers, start, rules.entry_crowd, rules.entry_talent)
        total += state.weight[place]
    return total


@njit(**JIT)
def _chosen(point: float, weights: F8) -> int:
    """Return the place in whose stretch of the weights, laid end to end, a point lies."""
    place = 0
    while point >= weights[place] and place < PLACES - 1:
        point -= weights[place]
        place += 1
    return place


@njit(**JIT)
def _vacant_row(rows: FirmRows, area: int, used: int) -> int:
    """Return the first vacant row of an area, its end when there is none."""
    row = rows.first[area]
    while row < rows.first[area] + used and rows.codes[STAGE, row] != VACANT:
        row += 1
    return min(row, rows.first[area + 1])


@njit(**JIT)
def _begin(rows: FirmRows, row: int, who: int, place: int, rules: Record, key: int) -> None:
    """Set an entrant's place, how good it is, its founder and its first money."""
    x = rows.numbers
    spun_off = float64(draw_lane(key, who, SPUN_OFF)) < rules.spin_off_share
    stage = DEMONSTRATION if spun_off else RESEARCH
    rows.id[row] = who
    x[QUALITY, row] = rules.entrant_size[int64(draw_lane(key, who, SIZE) * float32(SIZES))]
    x[TRACK, row] = rules.first_track[stage]
    x[STAFF_RANK, row] = draw_lane(key, who, STAFFED)
    x[RESERVE, row] = float32(rules.start_capital_krw)
    rows.codes[PLACE, row] = uint8(place)
    rows.codes[PARTNERS, row] = uint8(1) if spun_off else uint8(0)
    rows.staff[HEADS + _SKILLS - 1, row] = int32(1)
    rows.cash_krw[row] = rules.start_capital_krw
    take_stage(rows, row, stage, rules)


@njit(**JIT)
def take_stage(rows: FirmRows, i: int, stage: int, rules: Record) -> None:
    """Set the stage of a firm and what hangs on it: pull, what ships abroad, staff, advancing, learning."""
    x = rows.numbers
    rows.codes[STAGE, i] = uint8(stage)
    x[PULL, i] = x[QUALITY, i] * rules.stage_pull[stage]
    x[SHIPS, i] = x[PULL, i] * rules.stage_ships[stage]
    x[WORKS, i] = rules.stage_staff[stage]
    x[STEPS, i] = rules.stage_advance[stage]
    x[LEARNS, i] = rules.stage_learns[stage]
