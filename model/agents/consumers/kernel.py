"""The consumers' month, compiled: choose, use, learn, revise accounts and instruments, save.

One function a chunk of rows calls short functions over blocks that stay in the first-level cache; a chunk
adds into its own row of partial sums. Everyone acts on the same tables: the order of rows does not matter.
"""

from typing import NamedTuple

import numpy as np
from numba import float32, int32, int64, njit, uint8

from model.agents.consumers.columns import (
    ABSENT,
    ACCOUNT_SETS,
    BLOCK,
    CHUNK,
    INSTRUMENT_SETS,
    ConsumerState,
)
from model.codes import GOODS_NEEDS, INSTRUMENTS, ONLINE_SERVICES
from model.numerics import JIT, JIT_ALLOCATING, add_into, exp32, logistic
from model.records import F4, F8, I4, U1, U2, U4, U8, Record, Records
from model.rules.choice import (
    habit_next,
    no_occasion_log,
    opens_account,
    person_utility,
    skill_next,
)
from model.rules.payment import holding_probability
from model.streams import draw_bits, uniform_lane
from model.synthetic_population.people import PeopleTraits

_INSTRUMENTS = len(INSTRUMENTS)
_RANK_TO_UNIT = float32(1.0 / 65536.0)


class _Scratch(NamedTuple):
    """Buffers of one block of persons; (goods need, person) where noted."""

    x: F4
    none: F4
    use: F4
    surplus: F4
    personal: F4
    online: F4
    uses: F4


@njit(**JIT)
def _draws(ids: U4, key: int, bits: U8, n: int) -> None:
    for i in range(n):
        bits[i] = draw_bits(key, ids[i])


@njit(**JIT)
def _budgets(income_rank: U2, age_band: U1, tables: Record, budget: F4, n: int) -> None:
    for i in range(n):
        budget[i] = tables.budget_of_rank[income_rank[i] >> 6] * tables.budget_of_band[age_band[i]]


# Short loops over few arrays: with more, the compiler cannot tell them apart and stops using vector instructions.
@njit(**JIT)
def _cells(province: U1, accounts: U1, instruments: U1, cell: I4, n: int) -> None:
    for i in range(n):
        cell[i] = (int32(province[i]) * int32(ACCOUNT_SETS) + int32(accounts[i])) * int32(INSTRUMENT_SETS)
    for i in range(n):
        cell[i] += int32(instruments[i])


@njit(**JIT)
def _personal(skill: F4, habit: F4, rules: Record, personal: F4, n: int) -> None:
    for i in range(n):
        personal[i] = person_utility(rules.skill_weight, skill[i] - rules.skill_mean, rules.habit_weight, habit[i])


@njit(**JIT)
def _shun(aversion: float, aversion_rank: U2, personal: F4, n: int) -> None:
    for i in range(n):
        personal[i] += aversion * ((float32(aversion_rank[i]) + float32(0.5)) * _RANK_TO_UNIT)


@njit(**JIT)
def _look_up(need: int, cell: I4, utility: F4, x: F4, n: int) -> None:
    for i in range(n):
        x[i] = utility[(cell[i] // INSTRUMENT_SETS) * GOODS_NEEDS + need]


@njit(**JIT)
def _shares(personal: F4, x: F4, n: int) -> None:
    for i in range(n):
        x[i] = logistic(x[i] + personal[i])


@njit(**JIT)
def _spend(share: F4, budget: F4, online: F4, n: int) -> None:
    for i in range(n):
        online[i] = budget[i] * share[i]


@njit(**JIT)
def _grow_habit(share: F4, habit: F4, update: float, n: int) -> None:
    for i in range(n):
        habit[i] = habit_next(habit[i], share[i], update)


@njit(**JIT)
def _add_use(share: F4, use: F4, n: int) -> None:
    for i in range(n):
        use[i] += share[i] * float32(1.0 / GOODS_NEEDS)


@njit(**JIT)
def _log_none(share: F4, occasions: float, none: F4, n: int) -> None:
    for i in range(n):
        none[i] = no_occasion_log(share[i], occasions)


@njit(**JIT)
def _add_surplus(none: F4, surplus: F4, n: int) -> None:
    for i in range(n):
        surplus[i] -= none[i]
    for i in range(n):
        none[i] = exp32(none[i])


@njit(**JIT)
def _draw_uses(need: int, bits: U8, none: F4, uses: F4, n: int) -> None:
    for i in range(n):
        uses[i] = float32(1.0) if uniform_lane(bits[i], need) >= none[i] else float32(0.0)


@njit(**JIT)
def _choose(
    need: int,
    cell: I4,
    aversion_rank: U2,
    skill: F4,
    budget: F4,
    habit: F4,
    bits: U8,
    rules: Record,
    tables: Record,
    scratch: _Scratch,
    n: int,
) -> None:
    """Split every person's spending on one need; scratch: the block's buffers by name (see `_Scratch`)."""
    x, none, personal = scratch.x, scratch.none, scratch.personal[need]
    _personal(skill, habit, rules, personal, n)
    if tables.aversion[need] > float32(0.0):
        _shun(tables.aversion[need], aversion_rank, personal, n)
    _look_up(need, cell, tables.utility, x, n)
    _shares(personal, x, n)
    _spend(x, budget, scratch.online[need], n)
    _grow_habit(x, habit, rules.habit_update, n)
    _add_use(x, scratch.use, n)
    _log_none(x, tables.occasions[need], none, n)
    _add_surplus(none, scratch.surplus, n)
    _draw_uses(need, bits, none, scratch.uses[need], n)


@njit(**JIT)
def _learn(skill: F4, age_band: U1, use: F4, rules: Record, tables: Record, n: int) -> None:
    for i in range(n):
        skill[i] = skill_next(skill[i], use[i], rules.skill_gain, tables.skill_ceiling[age_band[i]])


@njit(**JIT)
def _surplus_with(accounts: int, province: int, personal: F4, i: int, tables: Record) -> float:
    total = float32(0.0)
    for need in range(GOODS_NEEDS):
        row = (int64(province) * ACCOUNT_SETS + int64(accounts)) * GOODS_NEEDS + need
        share = logistic(tables.utility[row] + personal[need, i])
        total -= no_occasion_log(share, tables.occasions[need])
    return total


@njit(**JIT)
def _revised_accounts(
    accounts: int, province: int, personal: F4, i: int, surplus: float, skill: float, rules: Record, tables: Record
) -> int:
    """Return the accounts after opening, one at a time, what is worth its cost (best gain first)."""
    held = accounts
    now = surplus
    while held != ACCOUNT_SETS - 1:
        best = float32(0.0)
        choice = uint8(0)
        for service in range(len(ONLINE_SERVICES)):
            bit = uint8(1 << service)
            if held & bit:
                continue
            gain = _surplus_with(held | bit, province, personal, i, tables) - now
            if gain > best and opens_account(gain, rules.account_cost, skill):
                best = gain
                choice = bit
        if choice == 0:
            break
        held |= choice
        now += best
    return held


@njit(**JIT)
def _revised_instruments(
    agent_id: int, province: int, skill: float, rules: Record, tables: Record, instrument_key: int
) -> int:
    """Return the instruments held: each when the person's lifelong draw is below its probability."""
    bits = draw_bits(instrument_key, agent_id)
    held = uint8(0)
    for instrument in range(_INSTRUMENTS):
        utility = tables.hold[int64(province) * _INSTRUMENTS + instrument]
        weight = tables.hold_skill[instrument]
        if uniform_lane(bits, instrument) < holding_probability(utility, weight, skill - rules.skill_mean):
            held |= uint8(1 << instrument)
    return held


@njit(**JIT)
def _revise(
    ids: U4,
    province: U1,
    age_band: U1,
    state: ConsumerState,
    lo: int,
    personal: F4,
    surplus: F4,
    bits: U8,
    rules: Record,
    tables: Record,
    instrument_key: int,
    n: int,
) -> None:
    for i in range(n):
        if age_band[i] == ABSENT:
            continue
        row = lo + i
        if uniform_lane(bits[i], 0) < rules.revision_hazard:
            skill = state.skill[row]
            state.accounts[row] = _revised_accounts(
                state.accounts[row], province[i], personal, i, surplus[i], skill, rules, tables
            )
            state.instruments[row] = _revised_instruments(ids[i], province[i], skill, rules, tables, instrument_key)
        for service in range(len(ONLINE_SERVICES)):
            if uniform_lane(bits[i], 1 + service) < rules.dormancy_hazard:
                state.accounts[row] &= uint8(0xFF ^ (1 << service))


@njit(**JIT)
def _add_spending(cell: I4, budget: F4, online: F4, sums: Record, n: int) -> None:
    money = sums.budget
    contactless = sums.online
    for i in range(n):
        where = cell[i]
        money[where] += budget[i]
        for need in range(GOODS_NEEDS):
            contactless[where, need] += online[need, i]


@njit(**JIT)
def _add_people(province: U1, cell: I4, age_band: U1, skill: F4, uses: F4, sums: Record, n: int) -> None:
    people, adults, users, by_need = sums.people, sums.adults, sums.users, sums.users_by_need
    for i in range(n):
        band = age_band[i]
        if band == ABSENT:
            continue
        where = province[i]
        people[cell[i]] += 1.0
        adults[where, band] += 1.0
        sums.skill[where] += skill[i]
        none = float32(1.0)
        for need in range(GOODS_NEEDS):
            by_need[where, need] += uses[need, i]
            none *= float32(1.0) - uses[need, i]
        users[where, band] += float32(1.0) - none


@njit(**JIT)
def _zero(sums: Record) -> None:
    sums.budget[:] = 0.0
    sums.online[:] = 0.0
    sums.people[:] = 0.0
    sums.users[:] = 0.0
    sums.users_by_need[:] = 0.0
    sums.adults[:] = 0.0
    sums.skill[:] = 0.0


@njit(**JIT)
def add_sums(total: Record, part: Record) -> None:
    """Add one record of CONSUMER_SUMS to another."""
    add_into(total.budget, part.budget)
    add_into(total.online, part.online)
    add_into(total.people, part.people)
    add_into(total.users, part.users)
    add_into(total.users_by_need, part.users_by_need)
    add_into(total.adults, part.adults)
    add_into(total.skill, part.skill)


@njit(**JIT)
def total_of(parts: Records, total: Record) -> None:
    """Set `total` to the sum of the chunks' records, added in their order."""
    _zero(total)
    for chunk in range(parts.size):
        add_sums(total, parts[chunk])


@njit(**JIT_ALLOCATING)
def consumers_chunk(
    chunk: int,
    traits: PeopleTraits,
    state: ConsumerState,
    rules: Record,
    tables: Record,
    sums: Record,
    users_key: int,
    revision_key: int,
    instrument_key: int,
) -> None:
    """Step one chunk of consumers through a month and leave its partial sums in `sums`."""
    use_bits = np.empty(BLOCK, np.uint64)
    revision_bits = np.empty(BLOCK, np.uint64)
    budget = np.empty(BLOCK, np.float32)
    cell = np.empty(BLOCK, np.int32)
    one, by_need = BLOCK, (GOODS_NEEDS, BLOCK)
    scratch = _Scratch(
        np.empty(one, np.float32), np.empty(one, np.float32), np.empty(one, np.float32),
        np.empty(one, np.float32), np.empty(by_need, np.float32), np.empty(by_need, np.float32),
        np.empty(by_need, np.float32),
    )  # fmt: skip
    _zero(sums)
    end = min((chunk + 1) * CHUNK, traits.id.size)
    for lo in range(chunk * CHUNK, end, BLOCK):
        hi = min(lo + BLOCK, end)
        n = hi - lo
        ids, province, age_band = traits.id[lo:hi], traits.province[lo:hi], state.age_band[lo:hi]
        skill = state.skill[lo:hi]
        _draws(ids, users_key, use_bits, n)
        _draws(ids, revision_key, revision_bits, n)
        _budgets(traits.income_rank[lo:hi], age_band, tables, budget, n)
        _cells(province, state.accounts[lo:hi], state.instruments[lo:hi], cell, n)
        scratch.use[:n] = float32(0.0)
        scratch.surplus[:n] = float32(0.0)
        for need in range(GOODS_NEEDS):
            _choose(
                need, cell, traits.aversion_rank[lo:hi], skill, budget, state.habit[need, lo:hi], use_bits, rules,
                tables, scratch, n,
            )  # fmt: skip
        _add_spending(cell, budget, scratch.online, sums, n)
        _add_people(province, cell, age_band, skill, scratch.uses, sums, n)
        _learn(skill, age_band, scratch.use, rules, tables, n)
        _revise(
            ids, province, age_band, state, lo, scratch.personal, scratch.surplus, revision_bits, rules, tables,
            instrument_key, n,
        )  # fmt: skip


@njit(**JIT)
def save_chunk(
    chunk: int, traits: PeopleTraits, state: ConsumerState, tables: Record, saved_per_budget: F8, savings: F8
) -> None:
    """Add income less spending to every person's savings; `savings[chunk]` becomes the chunk's weighted total.

    saved_per_budget: KRW saved this month per unit of budget, by province (float64).
    """
    total = 0.0
    end = min((chunk + 1) * CHUNK, traits.id.size)
    for i in range(chunk * CHUNK, end):
        budget = tables.budget_of_rank[traits.income_rank[i] >> 6] * tables.budget_of_band[state.age_band[i]]
        state.savings_krw[i] += budget * saved_per_budget[traits.province[i]]
        total += state.savings_krw[i] * traits.weight_by_province[traits.province[i]]
    savings[chunk] = total


@njit(**JIT)
def age_chunk(chunk: int, traits: PeopleTraits, state: ConsumerState, year: int) -> None:
    """Set every person's age band on 1 January of `year`; non-residents and the young are ABSENT."""
    end = min((chunk + 1) * CHUNK, traits.id.size)
    for i in range(chunk * CHUNK, end):
        age = year - int64(traits.birth_year[i])
        band = min(max(age // 10 - 2, 0), ABSENT - 1)
        here = int64(traits.entry_year[i]) <= year < int64(traits.exit_year[i])
        state.age_band[i] = uint8(band) if here and age >= 20 else uint8(ABSENT)


@njit(**JIT)
def start_instruments_chunk(
    chunk: int, traits: PeopleTraits, state: ConsumerState, rules: Record, tables: Record, instrument_key: int
) -> None:
    """Give every adult the instruments that a revision on the first day would give."""
    end = min((chunk + 1) * CHUNK, traits.id.size)
    for i in range(chunk * CHUNK, end):
        state.instruments[i] = _revised_instruments(
            traits.id[i], traits.province[i], state.skill[i], rules, tables, instrument_key
        )


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
        budget = tables.budget_of_rank[traits.income_rank[i] >> 6] * tables.budget_of_band[state.age_band[i]]
        weight = float(budget) * traits.weight_by_province[province]
        out[chunk, province, GOODS_NEEDS, 0] += weight
        if state.accounts[i] == 0:
            continue
        aversion = (float32(traits.aversion_rank[i]) + float32(0.5)) * _RANK_TO_UNIT
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
    initial_key: int,
    year: int,
) -> None:
    """Give every person the starting state of the first January.

    skill_table: (band, lowest skill, highest skill - lowest); account_start: (share constant, skill slope, mean
    skill, share with both accounts, share of single holders with the open market); initial_share: goods needs.
    """
    age_chunk(chunk, traits, state, year)
    end = min((chunk + 1) * CHUNK, traits.id.size)
    for i in range(chunk * CHUNK, end):
        band = min(max((year - int64(traits.birth_year[i])) // 10 - 2, 0), ABSENT - 1)
        rank = (float32(traits.skill_rank[i]) + float32(0.5)) * _RANK_TO_UNIT
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
