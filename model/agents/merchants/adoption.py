"""A merchant reconsiders its technologies: hear of them, be visited, wait, install, decide, drop.

The stages and their order are those of the model description, section 6.2; the equations are in
`model.rules.adoption`. What a merchant may have met since its last revision counts in months elapsed.
"""

from typing import Final

import numpy as np
from numba import float32, float64, int64, njit, uint8, uint16

from model.agents.government import TARGET, VISIT_ROUTE, matches
from model.agents.merchants.columns import (
    ABANDONED,
    ACTIVE,
    APPLIED,
    APPLIED_AT,
    AWARE,
    CHOSEN,
    DELIVERY_APP,
    GAVE_UP,
    INSTALLED,
    INSTALLED_AT,
    KINDS_OF_TILL,
    KNOWS_PROGRAMME,
    NO_PROGRAMME,
    ON_LINE,
    ONLINE_TECHNOLOGY,
    OPEN_MARKET,
    P_GAVE_UP,
    P_INSTALLED,
    P_PAID,
    P_RELEASED,
    PENDING,
    PROGRAMME,
    PUBLIC_QR,
    S_INSTALLS,
    S_SUBSIDY,
    SUBSIDISED,
    SUBSIDISED_AT,
    TAKES_QR,
    TELEWORK_KIT,
    dated,
)
from model.agents.merchants.devices import hours_left, share_of_hours
from model.codes import TECHNOLOGIES
from model.numerics import JIT, logistic
from model.records import F4, U1, Record, record_type
from model.rules.adoption import (
    adoption_utility,
    application_probability,
    awareness_hazard,
    drop_out_hazard,
    expected_sales_gain,
    gain_scale,
    monthly_gain,
    person_utility,
    probability_within,
)
from model.rules.devices import heads_saved
from model.streams import draw_lane

_TECHNOLOGIES = len(TECHNOLOGIES)
MOST_DROP_OUT: Final = float32(7.4)
"""More than the hazard of dropping a technology rises over its first value: e^2."""

MERCHANT_KEYS: Final = record_type(
    awareness=(np.uint64,),
    programme_awareness=(np.uint64,),
    revision=(np.uint64,),
    adoption=(np.uint64,),
    application=(np.uint64,),
    waiting=(np.uint64,),
    visit=(np.uint64,),
    visit_acceptance=(np.uint64,),
    installation=(np.uint64,),
    activity=(np.uint64,),
    drop_out=(np.uint64,),
    life=(np.uint64,),
    exit=(np.uint64,),
    loan=(np.uint64,),
    births=(np.uint64,),
    entrant_id=(np.uint64,),
    entry=(np.uint64,),
    starts=(np.uint64,),
    knows=(np.uint64,),
)
"""Keys of the month's draws by purpose, see `model.streams`."""


@njit(**JIT)
def has(m: Record, mask: int, technology: int) -> bool:
    """Return whether a mask's bit for a technology is set."""
    return (int64(m.masks[mask]) >> technology) & 1 != 0


@njit(**JIT)
def put(m: Record, mask: int, technology: int) -> None:
    """Set a mask's bit for a technology and count it in the cell."""
    bit = uint16(1 << technology)
    if not m.masks[mask] & bit:
        m.masks[mask] |= bit
        m.changes[mask, technology] += 1
        m.changed = 1


@njit(**JIT)
def take(m: Record, mask: int, technology: int) -> None:
    """Clear a mask's bit for a technology and count it out of the cell."""
    bit = uint16(1 << technology)
    if m.masks[mask] & bit:
        m.masks[mask] ^= bit
        m.changes[mask, technology] -= 1
        m.changed = 1


@njit(**JIT)
def open_programme(technology: int, m: Record, programmes: Record) -> int:
    """Return the first open programme for `technology` that means merchant `m`, or -1."""
    for k in range(programmes.count):
        if not programmes.open_now[k] or programmes.technology[k, m.sector] != technology:
            continue
        if matches(programmes, k, TARGET, m.province, m.sector, m.kind, m.owner_age, m.sales_year_krw):
            return k
    return -1


@njit(**JIT)
def gain_of(technology: int, m: Record, rules: Record, tables: Record) -> float:
    """Return the monthly gain a merchant expects of a technology, KRW (before its purchase)."""
    gain = expected_sales_gain(
        rules.prior_gain[technology], tables.realised[technology, m.market], rules.learning_weight
    )
    sales, channel = m.sales_main, technology
    above = 0 if m.sales_year_krw <= tables.limit_krw[m.sector] else 1
    cost = channel_cost(technology, m.market, above, rules, tables)
    if acts_online(technology):
        sales, channel = m.sales_online, int64(ONLINE_TECHNOLOGY[m.sector])
        cost += channel_cost(channel, m.market, above, rules, tables)
    return monthly_gain(
        rules.contribution_margin[m.sector],
        sales,
        gain,
        rules.lost_to_itself[channel],
        cost,
        _saved(technology, m, rules, tables),
        rules.running_krw[technology],
    )


@njit(**JIT)
def acts_online(technology: int) -> bool:
    """Return whether a technology raises the attraction of what a merchant sells online already."""
    acts = False
    for other in ON_LINE:
        acts = acts or technology == other
    return acts


@njit(**JIT)
def channel_cost(channel: int, market: int, above: int, rules: Record, tables: Record) -> float:
    """Return commission and delivery in a channel, a share of sales, 0 in the shop; above: 1 over the limit of size."""
    if channel != OPEN_MARKET and channel != DELIVERY_APP:
        return rules.channel_cost_share[channel]
    return float32(tables.online_cost[market, above])


@njit(**JIT)
def _saved(technology: int, m: Record, rules: Record, tables: Record) -> float:
    """Return what a technology saves a month beside what it sells, KRW: fees, wages, or costs of an office."""
    if technology == PUBLIC_QR:
        tier = int64(m.fee_tier)
        card_fee, qr_fee = tables.card_fee[tier & 7], tables.qr_fee[tier >> 3]
        paid_by_qr = m.sales_main * tables.qr_share[m.market * KINDS_OF_TILL + (m.till | TAKES_QR)]
        return paid_by_qr * (rules.card_share * card_fee - qr_fee)
    if technology == TELEWORK_KIT:
        return float32(rules.office_saved) * m.office_krw
    return _wages_saved(technology, m, rules, tables)


@njit(**JIT)
def _wages_saved(technology: int, m: Record, rules: Record, tables: Record) -> float:
    """Return the wages a month that a device saves beside the other devices in place, KRW."""
    if rules.hours_saved[technology] <= float32(0.0):
        return float32(0.0)
    others = int64(m.masks[INSTALLED]) & ~(int64(1) << technology)
    left = hours_left(others, m.province, rules, tables)
    hours = m.sales_year_krw * tables.heads_per_krw[m.sector] * left
    return tables.head_krw * heads_saved(
        hours, rules.owner_absorbs, share_of_hours(technology, m.province, rules, tables)
    )


@njit(**JIT)
def grant_krw(technology: int, k: int, sector: int, programmes: Record, tables: Record) -> float:
    """Return what a programme pays for a device this month: never more than its part of the price, KRW."""
    part = float32(round(programmes.price_share[k] * float64(tables.price_krw[technology])))
    return min(float32(programmes.subsidy_krw[k, sector]), part)


@njit(**JIT)
def _hear(technology: int, m: Record, k: int, elapsed: int, rules: Record, programmes: Record, keys: Record) -> None:
    """What it met of a technology since its last revision: by itself, from peers, and of a campaign while it ran."""
    hazard = awareness_hazard(rules.innovation[technology], rules.imitation[technology], m.peer[technology])
    exposure = float32(elapsed) * hazard
    if k >= 0:
        exposure += float32(min(elapsed, programmes.months_met[k])) * programmes.campaign_hazard[k]
    draw = draw_lane(keys.awareness, m.id, technology)
    if draw < exposure and draw < probability_within(exposure):  # the first holds back most, for little
        put(m, AWARE, technology)


@njit(**JIT)
def _hear_of_programme(
    technology: int, m: Record, k: int, elapsed: int, rules: Record, programmes: Record, keys: Record
) -> None:
    hazard = rules.programme_awareness + programmes.campaign_hazard[k]
    chance = probability_within(float32(min(elapsed, programmes.months_met[k])) * hazard)
    if draw_lane(keys.programme_awareness, m.id, technology) < chance:
        put(m, AWARE, technology)
        put(m, KNOWS_PROGRAMME, technology)


@njit(**JIT)
def _apply(
    technology: int, m: Record, dates: U1, k: int, month: int
) -> None:  # fmt: skip
    put(m, PENDING, technology)
    put(m, APPLIED, technology)
    dates[dated(PROGRAMME, technology)] = uint8(k)
    dates[dated(APPLIED_AT, technology)] = uint8(month)


@njit(**JIT)
def _be_visited(
    technology: int, m: Record, dates: U1, k: int,
    rules: Record, keys: Record, month: int,
) -> None:  # fmt: skip
    """An officer has called; a merchant that accepts is enrolled once the programme has decided."""
    put(m, AWARE, technology)
    wish = rules.visit_constant + rules.peer_weight * m.peer[technology] + _person(m, rules)
    if draw_lane(keys.visit_acceptance, m.id, technology) < logistic(wish):
        _apply(technology, m, dates, k, month)


@njit(**JIT)
def _person(m: Record, rules: Record) -> float:
    return person_utility(rules.capability_weight, m.capability, rules.age_weight, float32(m.owner_age))


@njit(**JIT)
def running_cost(installed: int, running_krw: F4) -> float:
    """Return the running cost of a mask of installed technologies, KRW a month."""
    cost = float32(0.0)
    for technology in range(_TECHNOLOGIES):
        if (installed >> technology) & 1:
            cost += running_krw[technology]
    return cost


@njit(**JIT)
def _install(technology: int, m: Record, dates: U1, rules: Record, sums: Record, month: int) -> None:
    put(m, INSTALLED, technology)
    take(m, ABANDONED, technology)
    take(m, PENDING, technology)
    take(m, CHOSEN, technology)
    dates[dated(INSTALLED_AT, technology)] = uint8(month)
    m.running_krw = running_cost(int64(m.masks[INSTALLED]), rules.running_krw)
    sums.nation[S_INSTALLS + technology] += m.weight


@njit(**JIT)
def _affordable(own_krw: float, m: Record, rules: Record) -> bool:
    line = rules.credit_line_months * m.sales_year_krw * float32(1.0 / 12.0)
    return float64(own_krw) <= m.cash_krw + float64(line)


@njit(**JIT)
def _install_or_give_up(
    technology: int, m: Record, dates: U1, rules: Record, tables: Record, programmes: Record, keys: Record,
    sums: Record, month: int,
) -> float:  # fmt: skip
    """A chosen merchant installs, gives up or waits on; returns its own share if it pays now, KRW."""
    k = int64(dates[dated(PROGRAMME, technology)])
    weight = m.weight
    draw = draw_lane(keys.installation, m.id, technology)
    at_once = programmes.route[k] == VISIT_ROUTE
    if draw < float32(programmes.give_up[k]) and not at_once:
        take(m, CHOSEN, technology)
        put(m, GAVE_UP, technology)
        dates[dated(PROGRAMME, technology)] = uint8(NO_PROGRAMME)
        sums.programme[k, P_GAVE_UP] += weight
        sums.programme[k, P_RELEASED] += weight * programmes.subsidy_krw[k, m.sector]
        return float32(0.0)
    grant = grant_krw(technology, k, m.sector, programmes, tables)
    own = tables.price_krw[technology] - grant
    installs = draw < float32(programmes.give_up[k]) + rules.install_hazard or at_once
    if not installs or not _affordable(own, m, rules):
        return float32(0.0)
    _install(technology, m, dates, rules, sums, month)
    put(m, SUBSIDISED, technology)
    dates[dated(SUBSIDISED_AT, technology)] = uint8(month)
    sums.programme[k, P_INSTALLED] += weight
    sums.programme[k, P_RELEASED] += weight * programmes.subsidy_krw[k, m.sector]
    sums.programme[k, P_PAID] += weight * float64(grant)
    sums.nation[S_SUBSIDY + technology] += weight * float64(grant)
    return own


@njit(**JIT)
def _wishes(
    technology: int, gain: float, own_krw: float, person_and_peers: float, scale: float, rules: Record, draw: float
) -> bool:  # fmt: skip
    """Return whether the draw lies below the chance of adopting."""
    utility = adoption_utility(
        rules.constant[technology],
        rules.gain_weight,
        gain,
        own_krw,
        rules.hurdle_per_year,
        scale,
        person_and_peers,
    )
    # L(-3) < 0.05: most wishes are far too faint for their draw to be worked out.
    return (utility > float32(-3.0) or draw < float32(0.05)) and draw < logistic(utility)


@njit(**JIT)
def _decide(
    technology: int, m: Record, dates: U1, k: int, rules: Record, tables: Record, programmes: Record, keys: Record,
    sums: Record, month: int,
) -> float:  # fmt: skip
    """Adopt at the own price, apply for a known programme, wait for it, or leave it; returns what is paid.

    A merchant whose application is pending still decides: it may lose patience and buy at its own price.
    """
    needs = rules.requires[technology]
    if m.capability < rules.minimum_capability[technology] or (needs and not needs & m.masks[INSTALLED]):
        return float32(0.0)
    gain = gain_of(technology, m, rules, tables)
    person_and_peers = _person(m, rules) + rules.peer_weight * m.peer[technology]
    scale = gain_scale(rules.gain_scale[technology], rules.gain_scale_of_sales, m.sales_main)
    draw = draw_lane(keys.adoption, m.id, technology)
    price = tables.price_krw[technology]
    waits = has(m, PENDING, technology)
    if not waits and k >= 0 and _may_apply(technology, m):
        own = price - grant_krw(technology, k, m.sector, programmes, tables)
        wishes = _wishes(technology, gain, own, person_and_peers, scale, rules, draw)
        if wishes and _affordable(own, m, rules) and _files(technology, m, k, rules, programmes, keys):
            _apply(technology, m, dates, k, month)
            return float32(0.0)
        waits = True
    wishes = _wishes(technology, gain, price, person_and_peers, scale, rules, draw)
    if not wishes or not _affordable(price, m, rules):
        return float32(0.0)
    if waits and draw_lane(keys.waiting, m.id, technology) < rules.waiting_share:
        return float32(0.0)
    dates[dated(PROGRAMME, technology)] = uint8(NO_PROGRAMME)
    _install(technology, m, dates, rules, sums, month)
    return price


@njit(**JIT)
def _may_apply(technology: int, m: Record) -> bool:
    """Return whether a merchant knows a programme, never gave one up and never installed with support."""
    barred = has(m, GAVE_UP, technology) or has(m, SUBSIDISED, technology)
    return has(m, KNOWS_PROGRAMME, technology) and not barred


@njit(**JIT)
def _files(technology: int, m: Record, k: int, rules: Record, programmes: Record, keys: Record) -> bool:
    """Return whether a merchant who wishes for the subsidised device files the application."""
    chance = application_probability(
        rules.apply_constant,
        rules.subsidy_weight,
        float32(programmes.subsidy_share[k, m.sector]),
        rules.paperwork_weight,
        float32(programmes.paperwork_hours[k]),
    )
    return draw_lane(keys.application, m.id, technology) < chance


@njit(**JIT)
def highest_drop_out(technology: int, elapsed: int, rules: Record) -> float:
    """Return a chance of dropping a technology that no merchant exceeds in so many months, rounding included."""
    hazard = max(rules.drop_out_after_keep, float32(1.0)) * rules.drop_out[technology] * MOST_DROP_OUT
    return float32(elapsed) * hazard * float32(1.001) + float32(1e-6)


@njit(**JIT)
def _perhaps_drop(
    technology: int, m: Record, dates: U1, elapsed: int, rules: Record, tables: Record, programmes: Record,
    keys: Record, month: int,
) -> None:  # fmt: skip
    """Drop a technology at the hazard of the months elapsed, never within the keep rule of its programme."""
    draw = draw_lane(keys.drop_out, m.id, technology)
    if draw > highest_drop_out(technology, elapsed, rules):
        return
    since, k = int64(dates[dated(SUBSIDISED_AT, technology)]), int64(dates[dated(PROGRAMME, technology)])
    ruled = has(m, SUBSIDISED, technology) and k != NO_PROGRAMME
    keep = since + programmes.keep_months[k] if ruled else -1
    if month < keep:
        return
    gain = gain_of(technology, m, rules, tables)
    freed = ruled and month - keep < rules.months_after_keep
    scale = gain_scale(rules.gain_scale[technology], rules.gain_scale_of_sales, m.sales_main)
    factor = rules.drop_out_after_keep if freed else float32(1.0)
    first = max(keep, int64(dates[dated(INSTALLED_AT, technology)]) + 1)
    exposed = min(elapsed, month - first + 1)
    hazard = drop_out_hazard(factor * rules.drop_out[technology], gain, scale)
    chance = probability_within(float32(exposed) * hazard)
    if draw < chance:
        take(m, INSTALLED, technology)
        # Counted out when the market's month ends: until then peers are those of last month.
        m.masks[ACTIVE] &= ~uint16(1 << technology)
        put(m, ABANDONED, technology)
        m.running_krw = running_cost(int64(m.masks[INSTALLED]), rules.running_krw)


@njit(**JIT)
def reconsider(
    m: Record, dates: U1, elapsed: int, visited: int, worth: int, rules: Record, tables: Record, programmes: Record,
    keys: Record, sums: Record, month: int,
) -> float:  # fmt: skip
    """Take one merchant through its technologies in turn; returns its own share of what it buys, KRW.

    dates: its row of `history`; elapsed: months since its last revision, 0 if this month is none; visited: technologies
    officers called about; worth: those worth asking about, see `screening`, until anything of the merchant changes.
    What was bought first lowers the cash that the next is tested against.
    """
    usable, available = int64(rules.usable[m.sector]), int64(tables.available)
    installed, chosen = int64(m.masks[INSTALLED]), int64(m.masks[CHOSEN])
    left = usable & (installed | chosen | available if elapsed > 0 else (chosen | (available & visited)) & ~installed)
    paid = 0.0
    for technology in range(_TECHNOLOGIES):
        if not ((left if m.changed else left & worth) >> technology) & 1:
            continue
        own = float32(0.0)
        if (installed >> technology) & 1:
            _perhaps_drop(technology, m, dates, elapsed, rules, tables, programmes, keys, month)
            continue
        if (chosen >> technology) & 1:
            own = _install_or_give_up(technology, m, dates, rules, tables, programmes, keys, sums, month)
        else:
            called = (visited >> technology) & 1 != 0
            own = _consider(technology, m, dates, elapsed, called, rules, tables, programmes, keys, sums, month)
        m.cash_krw -= float64(own)
        paid += float64(own)
    return paid


@njit(**JIT)
def _consider(
    technology: int, m: Record, dates: U1, elapsed: int, visited: bool, rules: Record, tables: Record,
    programmes: Record, keys: Record, sums: Record, month: int,
) -> float:  # fmt: skip
    """Hear of a technology and its programme, be visited, decide; returns what is paid, KRW."""
    k = open_programme(technology, m, programmes)
    if elapsed > 0 and not has(m, AWARE, technology):
        _hear(technology, m, k, elapsed, rules, programmes, keys)
    if visited:
        _be_visited(technology, m, dates, k, rules, keys, month)
    if elapsed == 0:
        return float32(0.0)
    by_visit = k >= 0 and programmes.route[k] == VISIT_ROUTE
    if k >= 0 and not by_visit and not has(m, PENDING, technology) and not has(m, KNOWS_PROGRAMME, technology):
        _hear_of_programme(technology, m, k, elapsed, rules, programmes, keys)
    if not has(m, AWARE, technology):
        return float32(0.0)
    return _decide(technology, m, dates, -1 if by_visit else k, rules, tables, programmes, keys, sums, month)
