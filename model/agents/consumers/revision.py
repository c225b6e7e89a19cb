"""Consumers revise: of a block of one province, open accounts, choose instruments, let accounts fall dormant.

Few rows of a block have anything to revise, so their columns are gathered into short buffers, treated there by
loops that vectorise, and written back.
"""

from typing import Final

import numpy as np
from numba import float32, int64, njit, uint8, uint16

from model.agents.consumers.columns import (
    ABSENT,
    APP,
    APP_RIVAL,
    APP_SETS,
    BESIDE_MARKET,
    BLOCK,
    GOODS_SETS,
    MALL,
    MARKET,
    MARKET_RIVAL,
    MARKET_SETS,
    PUBLIC_APP,
)
from model.codes import GOODS_NEEDS, GOODS_SERVICES, INSTRUMENTS, MEALS, MOBILITY
from model.numerics import JIT, logistic
from model.records import F4, I4, U1, U2, U4, Record, Records, record_type
from model.rules.choice import no_occasion_log, opens_account
from model.rules.payment import holding_probability
from model.streams import draw_bits, uniform_lane

BOTH: Final = GOODS_SETS - 1
"""Account set of who can use both services for goods."""
REVISES: Final = 1 << 6
"""Bit of `event` beside those of the accounts that fall dormant."""
_STEP: Final = 16
"""Loops over buffers alone run on to a multiple of it: single rows left over would cost as much as many."""
_SETS: Final = MARKET_SETS - 1
"""Sets that have a service for goods, in the order of their codes from 1; without a rival market the first three."""

REVISION_SCRATCH: Final = record_type(
    event=(np.uint16, BLOCK),
    row=(np.int32, BLOCK),
    id=(np.uint32, BLOCK),
    luck=(np.float32, len(INSTRUMENTS), BLOCK),
    skill=(np.float32, BLOCK),
    instruments=(np.uint8, BLOCK),
    opener=(np.int32, BLOCK),
    held=(np.uint8, BLOCK),
    now=(np.float32, BLOCK),
    share=(np.float32, _SETS * BLOCK),
    surplus=(np.float32, _SETS * BLOCK),
)
"""Buffers of one block.

event: by person of the block, accounts that fall dormant and REVISES; row: who has an event; id, luck, skill,
instruments: theirs; opener: who revises and lacks a service, as a position in the block; held, now: their set of
accounts for goods and its surplus; share, surplus: of each such set with a service, one run of openers after the other.
"""


@njit(**JIT)
def draw_lanes(ids: U4, key: int, first: F4, second: F4, third: F4, n: int) -> None:
    """Set the three uniform draws of each of `n` persons under a key."""
    for i in range(n):
        bits = draw_bits(key, ids[i])
        first[i] = uniform_lane(bits, 0)
        second[i] = uniform_lane(bits, 1)
        third[i] = uniform_lane(bits, 2)


@njit(**JIT)
def draw_meals(ids: U4, key: int, dormancy_hazard: float, luck: F4, event: U2, n: int) -> None:
    """Set each person's draw for an order of meals, and as event whether its accounts with apps fall dormant."""
    for i in range(n):
        bits = draw_bits(key, ids[i])
        luck[i] = uniform_lane(bits, 0)
        event[i] = uint16(APP | APP_RIVAL | PUBLIC_APP) if uniform_lane(bits, 1) < dormancy_hazard else uint16(0)


@njit(**JIT)
def draw_events(
    ids: U4, age_band: U1, key: int, revision_hazard: float, dormancy_hazard: float, event: U2, n: int
) -> None:
    """Add to what happens to each person this month, bits by service and REVISES: nothing to the absent."""
    for i in range(n):
        bits = draw_bits(key, ids[i])
        happens = uint16(REVISES) if uniform_lane(bits, 0) < revision_hazard else uint16(0)
        happens |= event[i]
        happens |= uint16(MARKET | MARKET_RIVAL) if uniform_lane(bits, 1) < dormancy_hazard else uint16(0)
        happens |= uint16(MALL) if uniform_lane(bits, 2) < dormancy_hazard else uint16(0)
        event[i] = happens if age_band[i] != uint8(ABSENT) else uint16(0)


@njit(**JIT)
def _find_events(event: U2, row: I4, n: int) -> int:
    found = 0
    for i in range(n):
        row[found] = i
        found += int64(event[i] != 0)
    return found


@njit(**JIT)
def _find_openers(s: Record, accounts: U1, services: int, found: int) -> int:
    """Note who revises and lacks one of a set of services; returns how many."""
    event, row, opener = s.event, s.row, s.opener
    openers = 0
    for j in range(found):
        i = row[j]
        opener[openers] = i
        lacks = (accounts[i] & uint8(services)) != uint8(services)
        openers += int64(lacks & ((event[i] & uint16(REVISES)) != 0))
    return openers


@njit(**JIT)
def _set_surplus(utility: F4, at: int, occasions: float, own: F4, s: Record, sets: int, openers: int) -> None:
    """Add one need's expected surplus to that of the first `sets` account sets; utility: of them from `at` on."""
    opener, share, surplus = s.opener, s.share, s.surplus
    for held in range(sets):
        of_set = utility[at + held * GOODS_NEEDS]
        for j in range(openers):
            share[held * openers + j] = of_set + own[opener[j]]
    for j in range(sets * openers):
        share[j] = logistic(share[j])
    for j in range(sets * openers):
        surplus[j] -= no_occasion_log(share[j], occasions)


@njit(**JIT)
def _add_bookings(utility: float, occasions: float, own: F4, s: Record, sets: int, openers: int) -> None:
    """Add the surplus of booking online, the same with any account for goods."""
    opener, share, surplus = s.opener, s.share, s.surplus
    for j in range(openers):
        share[j] = utility + own[opener[j]]
    for j in range(openers):
        share[j] = logistic(share[j])
    for held in range(sets):
        for j in range(openers):
            surplus[held * openers + j] -= no_occasion_log(share[j], occasions)


@njit(**JIT)
def _gain(held: int, bit: int, now: float, alone: float, both: float) -> float:
    """Return the gain in surplus from one more service; none from one held already."""
    gain = (alone if held == 0 else both) - now
    return gain if held & bit == 0 else float32(0.0)


@njit(**JIT)
def _open_best(account_cost: float, s: Record, openers: int) -> None:
    """Open, one at a time, what is worth its cost, best gain first; equal gains: the first service."""
    skill, now, held, surplus = s.skill, s.now, s.held, s.surplus
    for j in range(openers):
        first, second, both = surplus[j], surplus[openers + j], surplus[2 * openers + j]
        have, value = held[j], now[j]
        for _ in range(GOODS_SERVICES):
            by_first = _gain(have, 1, value, first, both)
            by_second = _gain(have, 2, value, second, both)
            bit = uint8(2) if by_second > by_first else uint8(1)
            gain = max(by_first, by_second)
            opens = (gain > float32(0.0)) & opens_account(gain, account_cost, skill[j])
            have |= bit if opens else uint8(0)
            value += gain if opens else float32(0.0)
        held[j] = have


@njit(**JIT)
def _open_best_of_three(account_cost: float, s: Record, openers: int) -> None:
    """The same where a rival market is open: services for goods in the order of their bits in a set."""
    skill, now, held, surplus = s.skill, s.now, s.held, s.surplus
    for j in range(openers):
        for _ in range(GOODS_SERVICES + 1):
            best, gain = uint8(0), float32(0.0)
            for service in range(GOODS_SERVICES + 1):
                bit = uint8(1 << service)
                more = surplus[(int64(held[j] | bit) - 1) * openers + j] - now[j]
                if not held[j] & bit and more > gain:
                    best, gain = bit, more
            if gain > float32(0.0) and opens_account(gain, account_cost, skill[j]):
                held[j] |= best
                now[j] += gain


@njit(**JIT)
def _gather_openers(skills: F4, accounts: U1, s: Record, sets: int, openers: int) -> None:
    opener, held, skill, now = s.opener, s.held, s.skill, s.now
    for j in range(openers):
        i = opener[j]
        held[j] = goods_set(accounts[i]) & uint8(sets)
        skill[j] = skills[i]
        now[j] = float32(0.0)
    s.surplus[: sets * openers] = float32(0.0)


@njit(**JIT)
def _gather_now(none: F4, s: Record, openers: int) -> None:
    opener, now = s.opener, s.now
    for j in range(openers):
        now[j] -= none[opener[j]]


@njit(**JIT)
def _revise_accounts(
    skill: F4,
    accounts: U1,
    province: int,
    needs: Records,
    rules: Record,
    tables: Record,
    s: Record,
    found: int,
) -> None:
    """Open accounts with services for goods; who has one can book travel as well."""
    rival = tables.beside & uint8(BESIDE_MARKET)
    sets = _SETS if rival else GOODS_SETS - 1
    openers = _find_openers(s, accounts, BOTH | MARKET_RIVAL if rival else BOTH, found)
    _gather_openers(skill, accounts, s, sets, openers)
    for need in range(GOODS_NEEDS):
        _gather_now(needs[need].none, s, openers)
        one_service = (province * MARKET_SETS + 1) * GOODS_NEEDS + need
        _set_surplus(tables.utility, one_service, tables.occasions[need], needs[need].own, s, sets, openers)
    _gather_now(needs[MOBILITY].none, s, openers)
    _add_bookings(tables.booking_utility, tables.occasions[MOBILITY], needs[MOBILITY].own, s, sets, openers)
    if rival:
        _open_best_of_three(rules.account_cost, s, openers)
    else:
        _open_best(rules.account_cost, s, openers)
    for j in range(openers):
        held = s.held[j]
        accounts[s.opener[j]] |= (held & uint8(BOTH)) | ((held & uint8(4)) << uint8(1))


@njit(**JIT)
def goods_set(accounts: int) -> int:
    """Return the set of services for goods of an account set: MARKET, MALL and 4 the rival market."""
    return (accounts & uint8(BOTH)) | ((accounts & uint8(MARKET_RIVAL)) >> uint8(1))


@njit(**JIT)
def app_set(accounts: int) -> int:
    """Return the set of delivery apps of an account set: 1 the first, 2 its rival, 4 the public one."""
    return ((accounts & uint8(APP)) >> uint8(2)) | ((accounts & uint8(APP_RIVAL | PUBLIC_APP)) >> uint8(3))


@njit(**JIT)
def _find_app_openers(s: Record, accounts: U1, following: U1, first: int, found: int) -> int:
    """Note who revises and could add an app to those held; following: the best addition by set, from `first` on."""
    event, row, opener = s.event, s.row, s.opener
    openers = 0
    for j in range(found):
        i = row[j]
        opener[openers] = i
        adds = following[first + int64(app_set(accounts[i]))] != uint8(0)
        openers += int64(adds & ((event[i] & uint16(REVISES)) != 0))
    return openers


@njit(**JIT)
def _open_app(
    skill: F4, accounts: U1, province: int, tables: Record, meals: Record, rules: Record, s: Record, found: int
) -> None:
    """Open an account with the app that adds most to those held, where a month's surplus beats its cost.

    What an app adds to a set is the same for all people of a province but for what is their own; meals: what was
    chosen.
    """
    first, utility, following = province * APP_SETS, tables.app_utility, tables.app_next
    openers = _find_app_openers(s, accounts, following, first, found)
    opener, share, surplus, own, none = s.opener, s.share, s.surplus, meals.own, meals.none
    for j in range(openers):
        held = app_set(accounts[opener[j]])
        s.held[j] = following[first + int64(held)]
        share[j] = utility[first + int64(held | s.held[j])] + own[opener[j]]
    for j in range(openers):
        share[j] = logistic(share[j])
    for j in range(openers):
        surplus[j] = -no_occasion_log(share[j], tables.occasions[MEALS])
    for j in range(openers):
        i = opener[j]
        gain = surplus[j] + none[i]
        cost = rules.second_app_cost if app_set(accounts[i]) else rules.app_cost
        opens = (gain > float32(0.0)) & opens_account(gain, cost, skill[i])
        bit = ((s.held[j] & uint8(1)) << uint8(2)) | ((s.held[j] & uint8(6)) << uint8(3))
        accounts[i] |= bit if opens else uint8(0)


@njit(**JIT)
def _hold(luck: F4, utility: float, weight: float, skill_mean: float, skill: F4, bit: int, held: U1, n: int) -> None:
    for i in range(n):
        holds = luck[i] < holding_probability(utility, weight, skill[i] - skill_mean)
        held[i] |= uint8(bit) if holds else uint8(0)


@njit(**JIT)
def hold_all(rules: Record, tables: Record, province: int, s: Record, n: int) -> None:
    """Set the instruments held by `n` persons of a province: each when the lifelong draw is below its probability.

    s: REVISION_SCRATCH with their `luck` and `skill`; `instruments` is set.
    """
    padded = -(-n // _STEP) * _STEP
    s.instruments[:padded] = 0
    for instrument in range(len(INSTRUMENTS)):
        utility, weight = tables.hold[province * len(INSTRUMENTS) + instrument], tables.hold_skill[instrument]
        luck = s.luck[instrument]
        _hold(luck, utility, weight, rules.skill_mean, s.skill, 1 << instrument, s.instruments, padded)


@njit(**JIT)
def _revise_instruments(
    ids: U4,
    skill: F4,
    instruments: U1,
    province: int,
    rules: Record,
    tables: Record,
    key: int,
    s: Record,
    found: int,
) -> None:
    """Set the instruments of those who revise anew."""
    row, event, held = s.row, s.event, s.instruments
    for j in range(found):
        s.id[j] = ids[row[j]]
        s.skill[j] = skill[row[j]]
    draw_lanes(s.id, key, s.luck[0], s.luck[1], s.luck[2], found)
    hold_all(rules, tables, province, s, found)
    for j in range(found):
        i = row[j]
        instruments[i] = held[j] if event[i] & uint16(REVISES) else instruments[i]


@njit(**JIT)
def revise(
    ids: U4,
    skill: F4,
    accounts: U1,
    instruments: U1,
    province: int,
    needs: Records,
    rules: Record,
    tables: Record,
    instrument_key: int,
    s: Record,
    n: int,
) -> None:
    """Revise accounts and instruments of a block as `s.event` says, then let accounts fall dormant.

    Columns: of the block's `n` rows; needs: what they chose, a record an online need; s: REVISION_SCRATCH.
    """
    found = _find_events(s.event, s.row, n)
    _revise_accounts(skill, accounts, province, needs, rules, tables, s, found)
    _open_app(skill, accounts, province, tables, needs[MEALS], rules, s, found)
    _revise_instruments(ids, skill, instruments, province, rules, tables, instrument_key, s, found)
    for j in range(found):
        i = s.row[j]
        accounts[i] &= ~uint8(s.event[i] & uint16(REVISES - 1))
