"""How consumers start, compiled: skill, accounts, habit and instruments of the first January."""

from typing import Final

import numpy as np
from numba import float32, float64, int32, int64, njit, uint8

from model.agents.consumers.budgets import age_chunk, total
from model.agents.consumers.columns import ABSENT, APP, APP_SETS, BLOCK, CHUNK, MARKET_SETS, ConsumerState
from model.agents.consumers.kernel import RANK_TO_UNIT, block_end, own_utility
from model.agents.consumers.revision import BOTH, REVISION_SCRATCH, draw_lanes, hold_all
from model.codes import GOODS_NEEDS, MEALS, MOBILITY, ONLINE_NEEDS
from model.numerics import JIT, JIT_ALLOCATING, copy_into, logistic
from model.records import F4, F8, I2, U1, U2, U4, Record, record_type
from model.rules.choice import CLOSED_UTILITY
from model.streams import draw_bits, uniform_lane
from model.synthetic_population.people import PeopleTraits

_SETS: Final = 2 * APP
"""Sets of accounts with all online services."""


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


START_SCRATCH: Final = record_type(
    by_set=(np.float32, _SETS),
    share=(np.float32, BLOCK),
    weight=(np.float64, BLOCK),
    part=(np.float64, BLOCK),
)
"""Buffers of one block: utility of contactless services by set of accounts; by person share online, weighted budget
and a weighted part of it."""


@njit(**JIT_ALLOCATING)
def online_at_start_chunk(
    chunk: int, traits: PeopleTraits, state: ConsumerState, rules: Record, tables: Record, constants: F4, out: F8
) -> None:
    """Leave in `out[chunk]` weighted online budgets and their slopes at contactless `constants`.

    out: (chunk, province, online needs and last all budgets, value and derivative). tables.utility must hold the
    month's utilities with all constants zero; used to solve the constants and the local demand of the start.
    """
    out[chunk] = 0.0
    scratch = np.empty(1, START_SCRATCH)
    end = min((chunk + 1) * CHUNK, traits.id.size)
    lo = chunk * CHUNK
    while lo < end:
        hi = block_end(traits.province, lo, min(lo + BLOCK, end))
        _online_of_block(lo, hi, traits, state, rules, tables, constants, out[chunk], scratch[0])
        lo = hi


@njit(**JIT)
def _online_of_block(
    lo: int, hi: int, traits: PeopleTraits, state: ConsumerState, rules: Record, tables: Record, constants: F4,
    out: F8, s: Record,
) -> None:  # fmt: skip
    n, province = hi - lo, int64(traits.province[lo])
    _weigh(state.budget[lo:hi], traits.weight_by_province[province], s.weight, n)
    out[province, ONLINE_NEEDS, 0] += total(s.weight, n)
    skill, aversion_rank, accounts = state.skill[lo:hi], traits.aversion_rank[lo:hi], state.accounts[lo:hi]
    for need in range(ONLINE_NEEDS):
        for accounts_set in range(_SETS):
            s.by_set[accounts_set] = _utility_of(tables, province, need, accounts_set) + constants[need]
        own_utility(skill, state.habit[need, lo:hi], aversion_rank, rules, tables.aversion[need], s.share, n)
        _share(accounts, s.by_set, s.share, n)
        _part(s.weight, s.share, s.part, n)
        out[province, need, 0] += total(s.part, n)
        _slope(s.share, s.part, n)
        out[province, need, 1] += total(s.part, n)


@njit(**JIT)
def _weigh(budget: F4, weight: float, weighted: F8, n: int) -> None:
    for i in range(n):
        weighted[i] = float64(budget[i]) * weight


@njit(**JIT)
def _share(accounts: U1, by_set: F4, share: F4, n: int) -> None:
    """Set the share spent online from what skill, habit and aversion add to its utility, in `share` before."""
    for i in range(n):
        share[i] = logistic(by_set[int64(accounts[i])] + share[i])


@njit(**JIT)
def _part(weight: F8, share: F4, part: F8, n: int) -> None:
    for i in range(n):
        part[i] = weight[i] * float64(share[i])


@njit(**JIT)
def _slope(share: F4, part: F8, n: int) -> None:
    for i in range(n):
        part[i] *= 1.0 - float64(share[i])


@njit(**JIT)
def _utility_of(tables: Record, province: int, need: int, accounts: int) -> float:
    """Return the utility of contactless services for a need with a set of accounts."""
    if not accounts & (APP if need == MEALS else BOTH):
        return CLOSED_UTILITY
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
    lo, hi = chunk * CHUNK, min((chunk + 1) * CHUNK, traits.id.size)
    skill, accounts = state.skill[lo:hi], state.accounts[lo:hi]
    _start_skill(traits.birth_year[lo:hi], traits.skill_rank[lo:hi], skill_table, year, skill)
    _open_accounts(traits.id[lo:hi], skill, account_start, keys, accounts)
    state.instruments[lo:hi] = 0
    state.savings_krw[lo:hi] = 0.0
    for need in range(ONLINE_NEEDS):
        services = APP if need == MEALS else BOTH
        _start_habit(accounts, services, initial_share[need], state.habit[need, lo:hi])


@njit(**JIT)
def _start_skill(birth_year: I2, rank: U2, skill_table: F4, year: int, skill: F4) -> None:
    for i in range(skill.size):
        band = min(max((int32(year) - int32(birth_year[i])) // int32(10) - int32(2), int32(0)), int32(ABSENT - 1))
        skill[i] = skill_table[band, 0] + skill_table[band, 1] * ((float32(rank[i]) + float32(0.5)) * RANK_TO_UNIT)


@njit(**JIT)
def _open_accounts(ids: U4, skill: F4, account_start: F4, keys: tuple[int, int], accounts: U1) -> None:
    constant, slope, mean = account_start[0], account_start[1], account_start[2]
    both, market, app = account_start[3], account_start[4], account_start[5]
    for i in range(accounts.size):
        bits = draw_bits(keys[0], ids[i])
        above = slope * (skill[i] - mean)
        one = uint8(1) if uniform_lane(bits, 2) < market else uint8(2)
        held = uint8(BOTH) if uniform_lane(bits, 1) < both else one
        held = held if uniform_lane(bits, 0) < logistic(constant + above) else uint8(0)
        orders = uniform_lane(draw_bits(keys[1], ids[i]), 0) < logistic(app + above)
        accounts[i] = held | (uint8(APP) if orders else uint8(0))


@njit(**JIT)
def _start_habit(accounts: U1, services: int, share: float, habit: F4) -> None:
    for i in range(habit.size):
        habit[i] = share if accounts[i] & uint8(services) else float32(0.0)
