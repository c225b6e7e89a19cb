"""Whom of a block it is worth asking about which technologies: at most revisions nothing happens.

For all merchants of a block whose month it is, loops that vectorise bound from above the chance that they hear of,
adopt or drop each technology. Where the draw lies above the bound nothing can happen, so the rules of `adoption` need
not be worked out. They alone decide: without screening every result is the same.
"""

from typing import Final

import numpy as np
from numba import float32, int64, njit, uint8, uint16

from model.agents.merchants.adoption import acts_online, channel_cost, highest_drop_out
from model.agents.merchants.columns import (
    ACTIVE,
    AWARE,
    BASE_BUSINESS,
    BLOCK,
    BORN,
    BUSINESS,
    BUSY,
    CAPABILITY,
    GAINED,
    INSTALLED,
    KINDS_OF_TILL,
    MANUFACTURING,
    NEVER,
    ONLINE_TECHNOLOGY,
    PUBLIC_QR,
    REVISED_AT,
    SALES_ONLINE,
    SALES_OWN,
    SALES_STORE,
    SALES_YEAR,
    START,
    TELEWORK_KIT,
    MerchantRows,
    Places,
)
from model.agents.merchants.devices import share_of_hours
from model.codes import SECTORS, TECHNOLOGIES
from model.numerics import JIT, list_marked, logistic
from model.records import F4, I4, I8, U1, U2, U8, Record, record_type
from model.rules.adoption import awareness_hazard, expected_sales_gain, gain_scale, monthly_gain, person_utility
from model.streams import bits_with_lane, lane_within, uniform_lane

_TECHNOLOGIES = len(TECHNOLOGIES)
_STEP: Final = 16
"""Loops over buffers alone run on to a multiple of it: single rows left over would cost as much as many."""
_SLACK: Final = float32(0.01)
"""Added to utilities, and as a share to chances: more than rounding can do."""
_ALL: Final = (1 << _TECHNOLOGIES) - 1

ASKED: Final = record_type(
    count=(np.int64,),
    place=(np.int64, BLOCK),
    cell=(np.int64, BLOCK),
    id=(np.uint64, BLOCK),
    elapsed=(np.float32, BLOCK),
    main=(np.float32, BLOCK),
    online=(np.float32, BLOCK),
    office=(np.float32, BLOCK),
    year=(np.float32, BLOCK),
    person=(np.float32, BLOCK),
    peer=(np.float32, BLOCK),
    value=(np.float32, BLOCK),
    draw=(np.float32, BLOCK),
    installed=(np.uint16, BLOCK),
    aware=(np.uint16, BLOCK),
    worth=(np.uint16, BLOCK),
)
"""Buffers: the merchants of a block whose month it is, one after the other.

count: how many; place: in the block; cell: theirs; elapsed: months since the last revision, 0 if this month is none;
main, online, year: sales as in MERCHANT; office: START and BUSINESS together; person: what the owner adds to
utility; peer, value, draw: of the technology at hand: peers, then monthly gain and utility from above, luck; worth:
technologies to ask about, a mask.
"""


@njit(**JIT)
def _gather(
    rows: MerchantRows, places: Places, cell: int, lo: int, turn: U1, sector: int, rules: Record, tables: Record,
    asked: Record, month: int, year: int,
) -> None:  # fmt: skip
    """Copy what bounds are made of, and note the revisions; `cell`: that of row `lo`."""
    x, revised = rows.numbers, rows.codes[REVISED_AT]
    main, rate = (BASE_BUSINESS, float32(tables.business_rate[sector])) if sector == MANUFACTURING else (
        SALES_STORE, float32(1.0)
    )  # fmt: skip
    for j in range(asked.count):
        row = lo + asked.place[j]
        while row >= places.first_row[cell + 1]:
            cell += 1
        asked.cell[j] = cell
        asked.id[j] = rows.id[row]
        asked.elapsed[j] = float32(0.0)
        if turn[asked.place[j]] & 1:
            last = int64(revised[row])
            asked.elapsed[j] = float32(month - last if last != NEVER else month + 1)
            revised[row] = uint8(month)
        asked.main[j] = x[main, row] * rate
        asked.online[j] = x[SALES_ONLINE, row] + x[SALES_OWN, row]
        asked.office[j] = x[START, row] + x[BUSINESS, row]
        asked.year[j] = x[SALES_YEAR, row]
        age = float32(year - int64(rows.heads[BORN, row]))
        able = x[CAPABILITY, row] + x[GAINED, row]
        asked.person[j] = person_utility(rules.capability_weight, able, rules.age_weight, age)
        asked.installed[j] = rows.masks[INSTALLED, row]
        asked.aware[j] = rows.marks[row, AWARE - BUSY]
        asked.worth[j] = uint16(0) if turn[asked.place[j]] == 1 else uint16(_ALL)


@njit(**JIT)
def _peers(cell: I8, counts: I4, alive: I4, technology: int, peer: F4, n: int) -> None:
    for j in range(n):
        peer[j] = float32(counts[cell[j], ACTIVE, technology]) / float32(max(alive[cell[j]], 1))


@njit(**JIT)
def _gains(by_main: float, by_online: float, by_office: float, by_year: float, asked: Record, n: int) -> None:
    main, online, office, year, value = asked.main, asked.online, asked.office, asked.year, asked.value
    for j in range(n):
        value[j] = by_main * main[j] + by_online * online[j] + by_office * office[j] + by_year * year[j]


@njit(**JIT)
def _utilities(constant: float, costs: float, least: float, rules: Record, asked: Record, n: int) -> None:
    main, person, peer, value = asked.main, asked.person, asked.peer, asked.value
    weight, of_sales, peer_weight = rules.gain_weight, rules.gain_scale_of_sales, rules.peer_weight
    for j in range(n):
        net = weight * (value[j] - costs) / gain_scale(least, of_sales, main[j])
        value[j] = constant + net + person[j] + peer_weight * peer[j]


@njit(**JIT)
def _draws(
    ids: U8, installed: U2, aware: U2, technology: int, drop: int, adopt: int, hear: int, draw: F4, n: int
) -> None:  # fmt: skip
    bit = uint16(1 << technology)
    for j in range(n):
        key = adopt if aware[j] & bit else hear
        bits = bits_with_lane(drop if installed[j] & bit else key, ids[j], technology)
        draw[j] = uniform_lane(bits, lane_within(technology))


@njit(**JIT)
def _may(asked: Record, technology: int, drop_out: float, rules: Record, n: int) -> None:
    """Mark for whom the draw lies below the bound: of dropping what is installed, adopting what is known, hearing.

    Who knows what needs another technology, and has none of those, has no use for it.
    """
    installed, aware, worth, bit = asked.installed, asked.aware, asked.worth, uint16(1 << technology)
    innovation, imitation, needs = rules.innovation[technology], rules.imitation[technology], rules.requires[technology]
    elapsed, peer, value, draw = asked.elapsed, asked.peer, asked.value, asked.draw
    more = float32(1.0) + _SLACK
    for j in range(n):
        value[j] = logistic(value[j] + _SLACK)
    for j in range(n):
        value[j] = value[j] if needs == 0 or installed[j] & needs else float32(-1.0)
    for j in range(n):
        hears = elapsed[j] * awareness_hazard(innovation, imitation, peer[j])
        bound = value[j] if aware[j] & bit else hears * more
        value[j] = elapsed[j] * drop_out * more if installed[j] & bit else bound
    for j in range(n):
        worth[j] |= bit if draw[j] <= value[j] + float32(1e-6) else uint16(0)


@njit(**JIT)
def _bound_gains(technology: int, market: int, sector: int, rules: Record, tables: Record, asked: Record) -> None:
    """Bound monthly gains before running cost: each part is in proportion to sales or to other costs."""
    gain = expected_sales_gain(rules.prior_gain[technology], tables.realised[technology, market], rules.learning_weight)
    channel, most = int64(technology), float32(-1e30)
    if acts_online(technology):
        channel = int64(ONLINE_TECHNOLOGY[sector])
    for above in range(2):
        cost = channel_cost(technology, market, above, rules, tables)
        cost += channel_cost(channel, market, above, rules, tables) if channel != technology else float32(0.0)
        margin, lost = rules.contribution_margin[sector], rules.lost_to_itself[channel]
        most = max(most, monthly_gain(margin, float32(1.0), gain, lost, cost, float32(0.0), float32(0.0)))
    by_main, by_online = (float32(0.0), most) if channel != technology else (most, float32(0.0))
    by_office, by_year = float32(0.0), float32(0.0)
    if technology == PUBLIC_QR:
        by_main += _most_saved_by_qr(market, rules, tables)
    elif technology == TELEWORK_KIT:
        by_office = float32(rules.office_saved * rules.other_cost_share[sector] * tables.index)
    elif rules.hours_saved[technology] > float32(0.0):
        hours = share_of_hours(technology, market // len(SECTORS), rules, tables)
        by_year = tables.head_krw * tables.heads_per_krw[sector] * hours
    _gains(by_main, by_online, by_office, by_year, asked, _padded(asked))


@njit(**JIT)
def _most_saved_by_qr(market: int, rules: Record, tables: Record) -> float:
    share, card, qr = float32(0.0), float32(0.0), tables.qr_fee[0]
    for till in range(KINDS_OF_TILL):
        share = max(share, tables.qr_share[market * KINDS_OF_TILL + till])
    for tier in range(tables.card_fee.size):
        card = max(card, tables.card_fee[tier])
    for tier in range(tables.qr_fee.size):
        qr = min(qr, tables.qr_fee[tier])
    return share * max(rules.card_share * card - qr, float32(0.0))


@njit(**JIT)
def _padded(asked: Record) -> int:
    return -(-asked.count // _STEP) * _STEP


@njit(**JIT)
def _supported(technology: int, sector: int, programmes: Record) -> bool:
    """Return whether a programme that is open supports a technology in a sector: it changes price and awareness."""
    found = False
    for k in range(programmes.count):
        found = found or (programmes.open_now[k] != 0 and programmes.technology[k, sector] == technology)
    return found


@njit(**JIT)
def screen(
    rows: MerchantRows, places: Places, cell: int, lo: int, turn: U1, market: int, sector: int, rules: Record,
    tables: Record, programmes: Record, keys: Record, asked: Record, month: int, year: int, rows_of_block: int,
) -> None:  # fmt: skip
    """List whose month it is and set which technologies are worth asking about; notes this month's revisions.

    turn: of the block, bit 0 revises; who was chosen or visited is asked about all. cell: that of row `lo`.
    """
    asked.count = list_marked(turn, asked.place, rows_of_block)
    _gather(rows, places, cell, lo, turn, sector, rules, tables, asked, month, year)
    n = _padded(asked)
    asked.cell[asked.count : n] = cell
    for technology in range(_TECHNOLOGIES):
        if not (int64(rules.usable[sector]) >> technology) & 1:
            continue
        if _supported(technology, sector, programmes):
            _ask_all(asked.worth, technology, n)
            continue
        price = tables.price_krw[technology] * rules.hurdle_per_year * float32(1.0 / 12.0)
        _peers(asked.cell, places.counts, places.alive, technology, asked.peer, n)
        _bound_gains(technology, market, sector, rules, tables, asked)
        costs, least = price + rules.running_krw[technology], rules.gain_scale[technology]
        _utilities(rules.constant[technology], costs, least, rules, asked, n)
        _draws(
            asked.id, asked.installed, asked.aware, technology, keys.drop_out, keys.adoption, keys.awareness,
            asked.draw, n,
        )  # fmt: skip
        drop_out = highest_drop_out(technology, 1, rules)
        _may(asked, technology, drop_out, rules, n)


@njit(**JIT)
def _ask_all(worth: U2, technology: int, n: int) -> None:
    for j in range(n):
        worth[j] |= uint16(1 << technology)
