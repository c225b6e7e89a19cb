"""How consumers start, compiled: skill, accounts, habit and instruments of the first January."""

import numpy as np
from numba import float32, int64, njit, uint8

from model.agents.consumers.columns import ABSENT, ACCOUNT_SETS, BLOCK, CHUNK, ConsumerState
from model.agents.consumers.kernel import RANK_TO_UNIT, age_chunk, block_end
from model.agents.consumers.revision import REVISION_SCRATCH, draw_lanes, hold_all
from model.codes import GOODS_NEEDS
from model.numerics import JIT, logistic
from model.records import F4, F8, Record
from model.rules.choice import person_utility
from model.streams import draw_bits, uniform_lane
from model.synthetic_population.people import PeopleTraits


@njit(**JIT)
def start_instruments_chunk(
    chunk: int, traits: PeopleTraits, state: ConsumerState, rules: Record, tables: Record, instrument_key: int
) -> None:
    """Give every adult the instruments that a revision on the first day would give."""
    s = np.zeros(1, REVISION_SCRATCH)[0]
    end = min((chunk + 1) * CHUNK, traits.id.size)
    lo = chunk * CHUNK
    while lo < end:
        hi = block_end(traits.province, lo, min(lo + BLOCK, end))
        draw_lanes(traits.id[lo:hi], instrument_key, s.luck[0], s.luck[1], s.luck[2], hi - lo)
        for i in range(lo, hi):
            s.skill[i - lo] = state.skill[i]
        hold_all(rules, tables, int64(traits.province[lo]), s, hi - lo)
        for i in range(lo, hi):
            state.instruments[i] = s.instruments[i - lo]
        lo = hi


@njit(**JIT)
def online_at_start_chunk(
    chunk: int, traits: PeopleTraits, state: ConsumerState, rules: Record, tables: Record, constants: F4, out: F8
) -> None:
    """Leave in `out[chunk]` weighted online budgets and their slopes at contactless `constants`.

    out: (chunk, province, goods needs and last all budgets, value and derivative). tables.utility must hold the
    month's utilities with all constants zero; used to solve the constants and the local demand of the start.
    """
    out[chunk] = 0.0
    end = min((chunk + 1) * CHUNK, traits.id.size)
    for i in range(chunk * CHUNK, end):
        province = int64(traits.province[i])
        weight = float(state.budget[i]) * traits.weight_by_province[province]
        out[chunk, province, GOODS_NEEDS, 0] += weight
        if state.accounts[i] == 0:
            continue
        aversion = (float32(traits.aversion_rank[i]) + float32(0.5)) * RANK_TO_UNIT
        for need in range(GOODS_NEEDS):
            row = (province * ACCOUNT_SETS + int64(state.accounts[i])) * GOODS_NEEDS + need
            own = person_utility(
                rules.skill_weight,
                state.skill[i] - rules.skill_mean,
                rules.habit_weight,
                state.habit[need, i],
            )
            x = tables.utility[row] + constants[need] + own + tables.aversion[need] * aversion
            share = float(logistic(x))
            out[chunk, province, need, 0] += weight * share
            out[chunk, province, need, 1] += weight * share * (1.0 - share)


@njit(**JIT)
def start_chunk(
    chunk: int,
    traits: PeopleTraits,
    state: ConsumerState,
    skill_table: F4,
    account_start: F4,
    initial_share: F4,
    tables: Record,
    initial_key: int,
    year: int,
) -> None:
    """Give every person the starting state of the first January.

    skill_table: (band, lowest skill, highest skill - lowest); account_start: (share constant, skill slope, mean
    skill, share with both accounts, share of single holders with the open market); initial_share: goods needs.
    """
    age_chunk(chunk, traits, state, tables, year)
    end = min((chunk + 1) * CHUNK, traits.id.size)
    for i in range(chunk * CHUNK, end):
        band = min(max((year - int64(traits.birth_year[i])) // 10 - 2, 0), ABSENT - 1)
        rank = (float32(traits.skill_rank[i]) + float32(0.5)) * RANK_TO_UNIT
        skill = skill_table[band, 0] + skill_table[band, 1] * rank
        state.skill[i] = skill
        bits = draw_bits(initial_key, traits.id[i])
        holds = uniform_lane(bits, 0) < logistic(account_start[0] + account_start[1] * (skill - account_start[2]))
        held = uint8(0)
        if holds:
            pick = uniform_lane(bits, 1)
            if pick < account_start[3]:
                held = uint8(3)
            else:
                held = uint8(1) if uniform_lane(bits, 2) < account_start[4] else uint8(2)
        state.accounts[i] = held
        state.instruments[i] = uint8(0)
        state.savings_krw[i] = 0.0
        for need in range(GOODS_NEEDS):
            state.habit[need, i] = initial_share[need] if holds else float32(0.0)
