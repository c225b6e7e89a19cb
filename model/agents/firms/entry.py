"""Firms enter: how many in a sector, where, and with what each begins; an entrant's id keys all its traits."""

from numba import float32, float64, int32, int64, njit, uint8

from model.agents.firms.columns import (
    BITS,
    DEMONSTRATION,
    PARTNERS,
    PLACE,
    PROVINCE,
    QUALITY,
    RESEARCH,
    RESERVE,
    SIZES,
    STAFF_RANK,
    STAGE,
    TRACK,
    VACANT,
    FirmRows,
)
from model.codes import SEOUL_DISTRICTS, SKILLS
from model.numerics import JIT
from model.records import Record
from model.rules.firms import place_weight
from model.rules.life import births_due, births_response
from model.streams import (
    FIRM_BIRTHS,
    FIRM_ENTRANT_ID,
    FIRM_ENTRY,
    LANES,
    bits_with_lane,
    draw_bits,
    draw_lane,
    stream_key,
    uniform,
)
from model.synthetic_population.firms import PLACES

WHERE, SIZE, STAFFED, SPUN_OFF = range(4)
"""Lanes of an entrant's traits: place, size, staff rank, whether it is a spin-off."""
BIRTHS_A_SECTOR = 1 << 24
_SKILLS = len(SKILLS)
_DISTRICTS = len(SEOUL_DISTRICTS)


@njit(**JIT)
def enter(rows: FirmRows, sector: int, rules: Record, state: Record, now: Record, key: int, seed: int) -> None:
    """Let firms enter a sector; who finds no vacant row waits for one. key: of this quarter's draws."""
    path = now.demand_krw[sector] + now.export_demand_krw[sector]
    sold = state.home_krw[sector] + state.exports_krw[sector]
    response = births_response(sold, path, rules.entry_elasticity)
    state.expected[sector] += now.births[sector] * response
    luck = float64(uniform(draw_bits(stream_key(seed, FIRM_BIRTHS, 0), sector)))
    due = births_due(state.expected[sector], luck, state.births[sector])
    if due <= 0:
        return
    traits, ids = stream_key(seed, FIRM_ENTRY, 0), stream_key(0, FIRM_ENTRANT_ID, 0)
    total = 0.0
    for place in range(PLACES):
        total += _drawn_to(place, sector, rules, state)
    row, end = rows.first[sector], rows.first[sector + 1]
    while due > 0 and row < end:
        if rows.codes[STAGE, row] == VACANT:
            rows.id[row] = draw_bits(ids, sector * BIRTHS_A_SECTOR + state.births[sector])
            _begin(rows, row, sector, total, rules, state, traits)
            for half in range(BITS):
                rows.bits[half, row] = bits_with_lane(key, rows.id[row], LANES * half)
            state.births[sector] += 1
            state.used[sector] = max(state.used[sector], row + 1 - rows.first[sector])
            due -= 1
        row += 1
    for place in range(PLACES):
        state.firms[sector, place] += state.entered[sector, place]
        state.entered[sector, place] = 0.0


@njit(**JIT)
def _drawn_to(place: int, sector: int, rules: Record, state: Record) -> float:
    """Return how much a place draws entrants of a sector; a firm's founders come from its province's pools."""
    pool = max(place - _DISTRICTS + 1, 0) * _SKILLS
    seekers, start = 0.0, 0.0
    for skill in range(_SKILLS):
        seekers += max(state.seekers[pool + skill], 0.0)
        start += state.seekers_start[pool + skill]
    return place_weight(state.firms[sector, place], seekers, start, rules.entry_crowd, rules.entry_talent)


@njit(**JIT)
def _begin(rows: FirmRows, row: int, sector: int, total: float, rules: Record, state: Record, key: int) -> None:
    """Set where an entrant is, how good it is, its founder and its first money."""
    x, who = rows.numbers, rows.id[row]
    left = float64(draw_lane(key, who, WHERE)) * total
    place = 0
    weight = _drawn_to(0, sector, rules, state)
    while left >= weight and place < PLACES - 1:
        left -= weight
        place += 1
        weight = _drawn_to(place, sector, rules, state)
    spun_off = float64(draw_lane(key, who, SPUN_OFF)) < rules.spin_off_share
    stage = DEMONSTRATION if spun_off else RESEARCH
    x[QUALITY, row] = rules.entrant_size[int64(draw_lane(key, who, SIZE) * float32(SIZES))]
    x[TRACK, row] = rules.first_track[stage]
    x[STAFF_RANK, row] = draw_lane(key, who, STAFFED)
    x[RESERVE, row] = float32(rules.start_capital_krw)
    rows.codes[PLACE, row] = uint8(place)
    rows.codes[PROVINCE, row] = uint8(max(place - _DISTRICTS + 1, 0))
    rows.codes[STAGE, row] = uint8(stage)
    rows.codes[PARTNERS, row] = uint8(1) if spun_off else uint8(0)
    rows.heads[_SKILLS - 1, row] = int32(1)
    rows.cash_krw[row] = rules.start_capital_krw
    state.capital_krw += rules.start_capital_krw
    state.entered[sector, place] += 1.0
