"""How consumers start, compiled: skill, accounts, habit and instruments of the first January."""

import numpy as np
from numba import float32, int64, njit, uint8

from model.agents.consumers.budgets import age_chunk
from model.agents.consumers.columns import ABSENT, APP, APP_SETS, BLOCK, CHUNK, MARKET_SETS, ConsumerState
from model.agents.consumers.kernel import RANK_TO_UNIT, block_end
from model.agents.consumers.revision import BOTH, REVISION_SCRATCH, draw_lanes, hold_all
from model.codes import GOODS_NEEDS, MEALS, MOBILITY, ONLINE_NEEDS
from model.numerics import JIT, JIT_ALLOCATING, copy_into, logistic
from model.records import F4, F8, Record
from model.rules.choice import person_utility
from model.streams import draw_bits, uniform_lane
from model.synthetic_population.people import PeopleTraits


@njit(**JIT_ALLOCATING)
def start_instruments_chunk(
    chunk: int, traits: PeopleTraits, state: ConsumerState, rules: Record, tables: Record, instrument_key: int
) -> None:
    """Give every adult the instruments that a revision on the first day would give."""
    scratch = np.zeros(1, REVISION_SCRATCH)
    end = min((chunk + 1) * CHUNK, traits.id.size)
    lo = chunk * CHUNK
    while lo < end:
        hi = block_end(traits.province, lo, min(lo + BLOCK, end))
        _start_instruments(lo, hi, traits, state, rules, tables, instrument_key, scratch[0])
        lo = hi


@njit(**JIT)
def _start_instruments(
    lo: int, hi: int, traits: PeopleTraits, state: ConsumerState, rules: Record, tables: Record, key: int, s: Record
) -> None:
    draw_lanes(traits.id[lo:hi], key, s.luck[0], s.luck[1], s.luck[2], hi - lo)
    copy_into(s.skill[: hi - lo], state.skill[lo:hi])
    hold_all(rules, tables, int64(traits.province[lo]), s, hi - lo)
    copy_into(state.instruments[lo:hi], s.instruments[: hi - lo])


@njit(**JIT)
def online_at_start_chunk(
    chunk: int, traits: PeopleTraits, state: ConsumerState, rules: Record, tables: Record, constants: F4, out: F8
) -> None:
    """Leave in `out[chunk]` weighted online budgets and their slopes at contactless `constants`.

    out: (chunk, province, online needs and last all budgets, value and derivative). tables.utility must hold the
    month's utilities with all constants zero; used to solve the constants and the local demand of the start.
    """
    out[chunk] = 0.0
    end = min((chunk + 1) * CHUNK, traits.id.size)
    for i in range(chunk * CHUNK, end):
        province = int64(traits.province[i])
        weight = float(state.budget[i]) * traits.weight_by_province[province]
        out[chunk, province, ONLINE_NEEDS, 0] += weight
        aversion = (float32(traits.aversion_rank[i]) + float32(0.5)) * RANK_TO_UNIT
        for need in range(ONLINE_NEEDS):
            if not state.accounts[i] & uint8(APP if need == MEALS else BOTH):
                continue
            own = person_utility(
                rules.skill_weight,
                state.skill[i] - rules.skill_mean,
                rules.habit_weight,
                state.habit[need, i],
            )
            utility = _utility_of(tables, province, need, int64(state.accounts[i]))
            x = utility + constants[need] + own + tables.aversion[need] * aversion
            share = float(logistic(x))
            out[chunk, province, need, 0] += weight * share
            out[chunk, province, need, 1] += weight * share * (1.0 - share)


@njit(**JIT)
def _utility_of(tables: Record, province: int, need: int, accounts: int) -> float:
    """Return the utility of contactless services for a need to who holds an account for it."""
    if need == MEALS:
        return tables.app_utility[province * APP_SETS + 1]
    if need == MOBILITY:
        return tables.booking_utility
    return tables.utility[(province * MARKET_SETS + (accounts & BOTH)) * GOODS_NEEDS + need]


@njit(**JIT)
def start_chunk(
    chunk: int,
    traits: PeopleTraits,
    state: ConsumerState,
    skill_table: F4,
    account_start: F4,
    initial_share: F4,
    tables: Record,
    keys: tuple[int, int],
    year: int,
) -> None:
    """Give every person the starting state of the first January.

    skill_table: (band, lowest skill, highest skill - lowest); account_start: (share constant, skill slope, mean
    skill, share with both accounts, share of single holders with the open market, constant of the delivery app);
    initial_share: habit of who has an account, by online need; keys: of accounts for goods and of meals.
    """
    age_chunk(chunk, traits, state, tables, year)
    end = min((chunk + 1) * CHUNK, traits.id.size)
    for i in range(chunk * CHUNK, end):
        band = min(max((year - int64(traits.birth_year[i])) // 10 - 2, 0), ABSENT - 1)
        rank = (float32(traits.skill_rank[i]) + float32(0.5)) * RANK_TO_UNIT
        skill = skill_table[band, 0] + skill_table[band, 1] * rank
        state.skill[i] = skill
        bits = draw_bits(keys[0], traits.id[i])
        holds = uniform_lane(bits, 0) < logistic(account_start[0] + account_start[1] * (skill - account_start[2]))
        held = uint8(0)
        if holds:
            pick = uniform_lane(bits, 1)
            if pick < account_start[3]:
                held = uint8(3)
            else:
                held = uint8(1) if uniform_lane(bits, 2) < account_start[4] else uint8(2)
        app_chance = logistic(account_start[5] + account_start[1] * (skill - account_start[2]))
        orders = uniform_lane(draw_bits(keys[1], traits.id[i]), 0) < app_chance
        state.accounts[i] = held | (uint8(APP) if orders else uint8(0))
        state.instruments[i] = uint8(0)
        state.savings_krw[i] = 0.0
        for need in range(ONLINE_NEEDS):
            can = orders if need == MEALS else holds
            state.habit[need, i] = initial_share[need] if can else float32(0.0)
