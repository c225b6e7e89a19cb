"""The consumers' month, compiled: choose, use, learn, revise accounts and instruments.

A chunk of rows calls short functions over blocks of one province and adds into its own partial sums. Everyone acts on
the same tables: the order of rows does not matter (rows of a province in one run are merely faster).
"""

from typing import Final

import numpy as np
from numba import float32, int32, int64, njit, uint8, uint16

from model.agents.consumers.columns import (
    ABSENT,
    APP_SETS,
    BANDS,
    BESIDE_APP,
    BESIDE_MARKET,
    BESIDE_PUBLIC,
    BLOCK,
    C_ADULTS,
    C_HOLDERS,
    C_SEVERAL,
    C_USERS,
    CELLS_OF_PROVINCE,
    CHUNK,
    INSTRUMENT_SETS,
    MARKET_SETS,
    ConsumerState,
)
from model.agents.consumers.revision import (
    BOTH,
    REVISION_SCRATCH,
    app_set,
    draw_events,
    draw_lanes,
    draw_meals,
    goods_set,
    revise,
)
from model.codes import (
    AGE_BANDS,
    GOODS_NEEDS,
    INSTRUMENTS,
    MEALS,
    MOBILITY,
    NEEDS_WITH_USERS,
    ONLINE_NEEDS,
    ONLINE_SERVICES,
)
from model.numerics import JIT, JIT_ALLOCATING, LANES, add_into, add_lanes, exp32, logistic
from model.records import F4, F8, U1, U2, Record, Records, record_type
from model.rules.choice import CLOSED_UTILITY, habit_next, no_occasion_log, person_utility, skill_next
from model.synthetic_population.people import PeopleTraits

RANK_TO_UNIT: Final = float32(1.0 / 65536.0)
_SKILL_UNITS: Final = float32(2.0**40)
_COPIES: Final = 4
_FIRST_SERVICES: Final = (1 << len(ONLINE_SERVICES)) - 1
_SEVERAL_BIT: Final = len(ONLINE_SERVICES) + len(INSTRUMENTS)
_SEVERAL: Final = 1 << _SEVERAL_BIT
_STEP: Final = 64
"""Loops over buffers alone run on to a multiple of it: single rows left over would cost as much as many."""

NEED_SCRATCH: Final = record_type(
    luck=(np.float32, BLOCK),
    own=(np.float32, BLOCK),
    share=(np.float32, BLOCK),
    none=(np.float32, BLOCK),
    uses=(np.uint8, BLOCK),
)
"""Buffers of one online need, by person of a block.

luck: uniform draw for use; own: what skill, habit and aversion add to utility; share: spent online; none: log
chance of no online occasion; uses: 1 for an adult with an occasion.
"""

BLOCK_SCRATCH: Final = record_type(
    cells=(np.float64, _COPIES * CELLS_OF_PROVINCE * LANES),
    age_band=(np.uint8, BLOCK),
    held=(np.uint8, BLOCK),
    apps=(np.uint8, BLOCK),
    holdings=(np.uint8, BLOCK),
    group=(np.uint8, BLOCK),
    rows=(np.float32, LANES * BLOCK),
    worth=(np.float32, BLOCK),
    ceiling=(np.float32, BLOCK),
)
"""Buffers of one block, by person but for cells.

cells: see `_add_rows`; first, so that each lies in one line of the cache; age_band: ABSENT up to the next multiple of
_STEP; held, apps: sets of services for goods and of delivery apps; holdings: of adults, accounts with the first three
services in the low bits, then instruments, then accounts with several platforms of a service; group: twice the age
band, and one for users of any goods service; rows: see `_set_rows`; worth: see `_total_worth`; ceiling: of skill.
"""


@njit(**JIT)
def _all_are(code: int, province: U1) -> bool:
    alike = int32(0)
    for other in province:
        alike += int32(other == code)
    return alike == province.size


@njit(**JIT)
def block_end(province: U1, lo: int, most: int) -> int:
    """Return where a block of rows from `lo` on ends: at `most` or where another province begins."""
    first, end = province[lo], lo
    if _all_are(first, province[lo:most]):
        return most
    while _all_are(first, province[end : end + _STEP]):
        end += _STEP
    while province[end] == first:
        end += 1
    return end


# Short loops over few arrays: with more, the compiler cannot tell them apart and stops using vector instructions; and
# a long chain of operations in one loop leaves the processor waiting for each.
@njit(**JIT)
def own_utility(skill: F4, habit: F4, aversion_rank: U2, rules: Record, aversion: float, own: F4, n: int) -> None:
    """Set what skill, habit and aversion to contact add to the utility of contactless services, by person."""
    skill_weight, skill_mean, habit_weight = rules.skill_weight, rules.skill_mean, rules.habit_weight
    for i in range(n):
        shun = aversion * ((float32(aversion_rank[i]) + float32(0.5)) * RANK_TO_UNIT)
        own[i] = person_utility(skill_weight, skill[i] - skill_mean, habit_weight, habit[i]) + shun


@njit(**JIT)
def _shares(held: U1, utility: F4, row: int, step: int, own: F4, share: F4, n: int) -> None:
    """Set the shares of a need spent online with two services; utility: of their sets, every `step` from `row` on."""
    neither, first = utility[row], utility[row + step]
    second, both = utility[row + 2 * step], utility[row + 3 * step]
    for i in range(n):
        with_first = both if held[i] & uint8(2) else first
        without = second if held[i] & uint8(2) else neither
        share[i] = logistic((with_first if held[i] & uint8(1) else without) + own[i])


@njit(**JIT)
def _shares_of_three(held: U1, utility: F4, row: int, step: int, own: F4, share: F4, n: int) -> None:
    """The same with three services."""
    for i in range(n):
        share[i] = logistic(utility[row + step * int64(held[i] & uint8(7))] + own[i])


@njit(**JIT)
def _shares_of_holders(holdings: U1, services: int, utility: float, own: F4, share: F4, n: int) -> None:
    """Set the shares of a need spent online by those who hold an account with one of a set of services."""
    for i in range(n):
        share[i] = logistic((utility if holdings[i] & uint8(services) else CLOSED_UTILITY) + own[i])


@njit(**JIT)
def _log_none(share: F4, occasions: float, none: F4, n: int) -> None:
    for i in range(n):
        none[i] = no_occasion_log(share[i], occasions)


@njit(**JIT)
def _uses(luck: F4, none: F4, age_band: U1, uses: U1, n: int) -> int:
    """Set who has an online occasion and return how many have one, the absent left out."""
    for i in range(n):
        uses[i] = uint8(luck[i] >= exp32(none[i]))
    users = int32(0)
    for i in range(n):
        uses[i] &= uint8(age_band[i] != uint8(ABSENT))
        users += int32(uses[i])
    return users


@njit(**JIT)
def _grow_habit(share: F4, habit: F4, update: float, n: int) -> None:
    for i in range(n):
        habit[i] = habit_next(habit[i], share[i], update)


@njit(**JIT)
def _choose(
    need: int,
    province: int,
    skill: F4,
    habit: F4,
    aversion_rank: U2,
    rules: Record,
    tables: Record,
    block: Record,
    s: Record,
    n: int,
) -> int:
    """Split every person's spending on one need; s: the need's NEED_SCRATCH. Returns its users, if they are counted."""
    padded = -(-n // _STEP) * _STEP
    own_utility(skill, habit, aversion_rank, rules, tables.aversion[need], s.own, n)
    beside, of_apps, of_goods = tables.beside, province * APP_SETS, province * MARKET_SETS * GOODS_NEEDS + need
    if need == MEALS and beside & uint8(BESIDE_PUBLIC):
        _shares_of_three(block.apps, tables.app_utility, of_apps, 1, s.own, s.share, padded)
    elif need == MEALS and beside & uint8(BESIDE_APP):
        _shares(block.apps, tables.app_utility, of_apps, 1, s.own, s.share, padded)
    elif need == MEALS:
        _shares_of_holders(block.apps, 1, tables.app_utility[of_apps + 1], s.own, s.share, padded)
    elif need == MOBILITY:
        _shares_of_holders(block.held, MARKET_SETS - 1, tables.booking_utility, s.own, s.share, padded)
    elif beside & uint8(BESIDE_MARKET):
        _shares_of_three(block.held, tables.utility, of_goods, GOODS_NEEDS, s.own, s.share, padded)
    else:
        _shares(block.held, tables.utility, of_goods, GOODS_NEEDS, s.own, s.share, padded)
    _log_none(s.share, tables.occasions[need], s.none, padded)
    _grow_habit(s.share, habit, rules.habit_update, n)
    return _uses(s.luck, s.none, block.age_band, s.uses, padded) if need < NEEDS_WITH_USERS else 0


@njit(**JIT)
def _total_worth(block: Record, n: int) -> float:
    """Return the sum of `block.worth` up to row n, in interleaved sums."""
    cells, worth, padded = block.cells, block.worth, -(-n // _STEP) * _STEP
    worth[n:padded] = float32(0.0)
    cells[: 2 * LANES] = 0.0
    for i in range(0, padded, 2 * LANES):
        add_lanes(cells, 0, worth, i)
        add_lanes(cells, LANES, worth, i + LANES)
    total = 0.0
    for lane in range(2 * LANES):
        total += cells[lane]
    return total


@njit(**JIT)
def _surplus(budget: F4, none: F4, block: Record, n: int) -> float:
    worth = block.worth
    for i in range(n):
        worth[i] = -budget[i] * none[i]
    return _total_worth(block, n)


@njit(**JIT)
def _aversion(budget: F4, aversion_rank: U2, block: Record, n: int) -> float:
    worth = block.worth
    for i in range(n):
        worth[i] = budget[i] * ((float32(aversion_rank[i]) + float32(0.5)) * RANK_TO_UNIT)
    return _total_worth(block, n)


@njit(**JIT)
def _through(budget: F4, share: F4, sets: U1, part: F4, block: Record, n: int) -> float:
    """Return what is spent online through one platform; part: of its holders' spending, by set of services."""
    worth = block.worth
    for i in range(n):
        worth[i] = budget[i] * share[i] * part[int64(sets[i] & uint8(7))]
    return _total_worth(block, n)


@njit(**JIT)
def _add_beside(province: int, budget: F4, needs: Records, tables: Record, block: Record, sums: Record, n: int) -> None:
    """Add what is spent through platforms where there are several of a service."""
    through, beside = sums.through[province], tables.beside
    if beside & uint8(BESIDE_MARKET):
        for need in range(GOODS_NEEDS):
            for side in range(2):
                part = tables.market_part[side, need]
                through[side, need] += _through(budget, needs[need].share, block.held, part, block, n)
    if beside & uint8(BESIDE_APP):
        through[0, MEALS] += _through(budget, needs[MEALS].share, block.apps, tables.app_part[0, province], block, n)
    if beside & uint8(BESIDE_PUBLIC):
        through[1, MEALS] += _through(budget, needs[MEALS].share, block.apps, tables.app_part[1, province], block, n)


@njit(**JIT)
def _set_rows(budget: F4, needs: Records, rows: F4, n: int) -> None:
    """Set (person, budget and what is spent online on each online need), flat.

    All lanes are set, the last to zero: single stores of some of them would cost more than vectors of all.
    """
    first, second, third, fourth, fifth = (
        needs[0].share, needs[1].share, needs[2].share, needs[3].share, needs[4].share,
    )  # fmt: skip
    for i in range(n):
        rows[LANES * i] = budget[i]
        rows[LANES * i + 1] = budget[i] * first[i]
        rows[LANES * i + 2] = budget[i] * second[i]
        rows[LANES * i + 3] = budget[i] * third[i]
        rows[LANES * i + 4] = budget[i] * fourth[i]
        rows[LANES * i + 5] = budget[i] * fifth[i]
        rows[LANES * i + 6] = float32(0.0)
        rows[LANES * i + 7] = float32(0.0)


@njit(**JIT)
def _add_rows(held: U1, instruments: U1, rows: F4, spending: F8, first_cell: int, cells: F8, n: int) -> None:
    """Add the rows to spending, (cell, lane), of the cells of a province, from `first_cell` on.

    cells: a buffer of _COPIES of them. Persons take turns: an addition need not wait for the one before to its cell.
    """
    cells[:] = 0.0
    for i in range(n):
        cell = int64(held[i] & uint8(BOTH)) * INSTRUMENT_SETS + int64(instruments[i])
        add_lanes(cells, ((i & (_COPIES - 1)) * CELLS_OF_PROVINCE + cell) * LANES, rows, LANES * i)
    for copy in range(_COPIES):
        for cell in range(CELLS_OF_PROVINCE):
            for lane in range(1 + ONLINE_NEEDS):
                spending[first_cell + cell, lane] += cells[(copy * CELLS_OF_PROVINCE + cell) * LANES + lane]


@njit(**JIT)
def _mark_several(held: U1, apps: U1, holdings: U1, n: int) -> None:
    """Mark who holds accounts with both markets or with more than one app."""
    for i in range(n):
        several = ((held[i] & uint8(5)) == uint8(5)) | ((apps[i] & uint8(apps[i] - uint8(1))) != uint8(0))
        holdings[i] |= uint8(_SEVERAL) if several else uint8(0)


@njit(**JIT)
def _open_block(age_band: U1, accounts: U1, instruments: U1, beside: int, block: Record, n: int) -> None:
    """Copy what the block's buffers hold of the state, and fill up with the absent."""
    bands, held, apps, holdings = block.age_band, block.held, block.apps, block.holdings
    open_for_goods = uint8(MARKET_SETS - 1 if beside & BESIDE_MARKET else BOTH)
    for i in range(n):
        bands[i] = age_band[i]
        held[i] = goods_set(accounts[i]) & open_for_goods
        apps[i] = app_set(accounts[i])
        holdings[i] = (accounts[i] & uint8(_FIRST_SERVICES)) | (instruments[i] << uint8(len(ONLINE_SERVICES)))
    if beside:
        _mark_several(held, apps, holdings, n)
    bands[n : -(-n // _STEP) * _STEP] = ABSENT


@njit(**JIT)
def _mark_adults(needs: Records, block: Record, n: int) -> None:
    """Set who uses any service for goods, by age band; the absent hold nothing."""
    first, second, third = needs[0].uses, needs[1].uses, needs[2].uses
    age_band, holdings, group = block.age_band, block.holdings, block.group
    for i in range(n):
        group[i] = (age_band[i] << uint8(1)) | first[i] | second[i] | third[i]
        holdings[i] = holdings[i] if age_band[i] != uint8(ABSENT) else uint8(0)


@njit(**JIT)
def _count_code(code: int, codes: U1, n: int) -> int:
    count = uint16(0)
    for i in range(n):
        count = uint16(count + uint16(codes[i] == uint8(code)))
    return count


@njit(**JIT)
def _count_holders(bit: int, holdings: U1, n: int) -> int:
    holders, mask = uint16(0), uint8(1 << bit)
    for i in range(n):
        holders = uint16(holders + uint16((holdings[i] & mask) != uint8(0)))
    return holders


@njit(**JIT)
def _skill_of_adults(skill: F4, age_band: U1, n: int) -> float:
    """Return the sum of adults' skill; in whole numbers, which add up alike in any order, hence fast."""
    total = int64(0)
    for i in range(n):
        total += int64(skill[i] * _SKILL_UNITS) if age_band[i] != uint8(ABSENT) else int64(0)
    return total / float(_SKILL_UNITS)


@njit(**JIT)
def _skill_by_band(skill: F4, age_band: U1, sums: F8, n: int) -> None:
    """Add adults' skill to the sums of their age bands, of one province; in whole numbers of _SKILL_UNITS."""
    for i in range(n):
        if age_band[i] != uint8(ABSENT):
            sums[age_band[i]] += float(int64(skill[i] * _SKILL_UNITS)) / float(_SKILL_UNITS)


@njit(**JIT)
def _count(province: int, needs: Records, beside: int, block: Record, sums: Record, n: int) -> None:
    """Add the block's adults and holders to the counts."""
    _mark_adults(needs, block, n)
    count = sums.count
    for group in range(2 * len(AGE_BANDS)):
        count[province, C_ADULTS + group] += _count_code(group, block.group, n)
    for bit in range(len(ONLINE_SERVICES) + len(INSTRUMENTS)):
        count[province, C_HOLDERS + bit] += _count_holders(bit, block.holdings, n)
    if beside:
        count[province, C_SEVERAL] += _count_holders(_SEVERAL_BIT, block.holdings, n)


@njit(**JIT)
def _learn(
    skill: F4, age_band: U1, needs: Records, gain: float, tables: Record, province: int, block: Record, n: int
) -> None:
    """Let skill grow with use, of public services too, towards the ceiling of the age band."""
    skill_ceiling, ceiling, worth = tables.skill_ceiling, block.ceiling, block.worth
    public = tables.public_use[province * BANDS : (province + 1) * BANDS]
    first, second, third, fourth, fifth = (
        needs[0].share, needs[1].share, needs[2].share, needs[3].share, needs[4].share,
    )  # fmt: skip
    for i in range(n):
        ceiling[i] = skill_ceiling[age_band[i]]
        worth[i] = public[age_band[i]]
    for i in range(n):
        use = (first[i] + second[i] + third[i] + fourth[i] + fifth[i]) * float32(1.0 / ONLINE_NEEDS)
        skill[i] = skill_next(skill[i], use + worth[i], gain, ceiling[i])


@njit(**JIT)
def _zero(sums: Record) -> None:
    sums.spending[:] = 0.0
    sums.through[:] = 0.0
    sums.surplus[:] = 0.0
    sums.aversion[:] = 0.0
    sums.skill[:] = 0.0
    sums.skill_of_band[:] = 0.0
    sums.count[:] = 0


@njit(**JIT)
def total_of(parts: Records, total: Record) -> None:
    """Set `total` to the sum of the chunks' records, added in their order."""
    _zero(total)
    for chunk in range(parts.size):
        part = parts[chunk]
        add_into(total.spending, part.spending)
        add_into(total.through, part.through)
        add_into(total.surplus, part.surplus)
        add_into(total.aversion, part.aversion)
        add_into(total.skill, part.skill)
        add_into(total.skill_of_band, part.skill_of_band)
        add_into(total.count, part.count)


@njit(**JIT)
def _step(
    chunk: int,
    traits: PeopleTraits,
    state: ConsumerState,
    rules: Record,
    tables: Record,
    sums: Record,
    keys: tuple[int, int, int, int],
    measured: bool,
    needs: Records,
    block: Record,
    revision: Record,
) -> None:
    """Step one chunk; measured: whether skill is summed by age band; needs, block, revision: working space."""
    users_key, revision_key, instrument_key, meals_key = keys
    _zero(sums)
    end = min((chunk + 1) * CHUNK, traits.id.size)
    lo = chunk * CHUNK
    while lo < end:
        hi = block_end(traits.province, lo, min(lo + BLOCK, end))
        n, province = hi - lo, int64(traits.province[lo])
        ids, age_band, skill = traits.id[lo:hi], state.age_band[lo:hi], state.skill[lo:hi]
        accounts, instruments, aversion_rank = (
            state.accounts[lo:hi],
            state.instruments[lo:hi],
            traits.aversion_rank[lo:hi],
        )
        _open_block(age_band, accounts, instruments, tables.beside, block, n)
        draw_lanes(ids, users_key, needs[0].luck, needs[1].luck, needs[2].luck, n)
        draw_meals(ids, meals_key, rules.dormancy_hazard, needs[MEALS].luck, revision.event, n)
        budget = state.budget[lo:hi]
        for need in range(ONLINE_NEEDS):
            users = _choose(
                need, province, skill, state.habit[need, lo:hi], aversion_rank, rules, tables, block, needs[need], n
            )
            if need < NEEDS_WITH_USERS:
                sums.count[province, C_USERS + need] += users
            sums.surplus[province, need] += _surplus(budget, needs[need].none, block, n) / float(tables.occasions[need])
        sums.aversion[province] += _aversion(budget, aversion_rank, block, n)
        _add_beside(province, budget, needs, tables, block, sums, n)
        _set_rows(budget, needs, block.rows, n)
        _add_rows(block.held, instruments, block.rows, sums.spending, province * CELLS_OF_PROVINCE, block.cells, n)
        _count(province, needs, tables.beside, block, sums, -(-n // _STEP) * _STEP)
        sums.skill[province] += _skill_of_adults(skill, age_band, n)
        if measured:
            _skill_by_band(skill, age_band, sums.skill_of_band[province], n)
        _learn(skill, age_band, needs, rules.skill_gain, tables, province, block, n)
        draw_events(ids, age_band, revision_key, rules.revision_hazard, rules.dormancy_hazard, revision.event, n)
        revise(ids, skill, accounts, instruments, province, needs, rules, tables, instrument_key, revision, n)
        lo = hi


@njit(**JIT_ALLOCATING)
def consumers_chunk(
    chunk: int,
    traits: PeopleTraits,
    state: ConsumerState,
    rules: Record,
    tables: Record,
    sums: Record,
    keys: tuple[int, int, int, int],
    measured: bool,
) -> None:
    """Step one chunk of consumers through a month and leave its partial sums in `sums`.

    keys: the month's for use and revision, the lifelong one for instruments, and the month's for meals; measured:
    whether skill is summed by age band.
    """
    needs, block, revision = (
        np.empty(ONLINE_NEEDS, NEED_SCRATCH),
        np.empty(1, BLOCK_SCRATCH),
        np.empty(1, REVISION_SCRATCH),
    )
    _step(chunk, traits, state, rules, tables, sums, keys, measured, needs, block[0], revision[0])
