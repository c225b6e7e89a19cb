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
    ABANDONED_AT,
    ACTIVE,
    APPLIED,
    APPLIED_AT,
    AWARE,
    AWARE_AT,
    CHOSEN,
    GAVE_UP,
    INSTALLED,
    INSTALLED_AT,
    KINDS_OF_TILL,
    KNOWS_PROGRAMME,
    NO_PROGRAMME,
    P_GAVE_UP,
    P_INSTALLED,
    PENDING,
    PROGRAMME,
    PUBLIC_QR,
    S_INSTALLS,
    SUBSIDISED,
    SUBSIDISED_AT,
    TAKES_QR,
    dated,
)
from model.codes import TECHNOLOGIES
from model.numerics import JIT, logistic
from model.records import F4, Record, record_type
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
from model.streams import LANES, bits_with_lane, draw_lane, lane_within, uniform_lane

_TECHNOLOGIES = len(TECHNOLOGIES)

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
        m.counts[mask, technology] += 1


@njit(**JIT)
def take(m: Record, mask: int, technology: int) -> None:
    """Clear a mask's bit for a technology and count it out of the cell."""
    bit = uint16(1 << technology)
    if m.masks[mask] & bit:
        m.masks[mask] ^= bit
        m.counts[mask, technology] -= 1


@njit(**JIT)
def open_programme(technology: int, m: Record, programmes: Record) -> int:
    """Return the first open programme for `technology` that means merchant `m`, or -1."""
    for k in range(programmes.count):
        if not programmes.open_now[k] or programmes.technology[k] != technology:
            continue
        if matches(programmes, k, TARGET, m.province, m.sector, m.kind, m.owner_age, m.sales_year_krw):
            return k
    return -1


@njit(**JIT)
def gain_of(technology: int, m: Record, rules: Record, tables: Record) -> float:
    """Return the monthly gain a merchant expects of a technology, KRW (before its purchase)."""
    sector = m.sector
    sales = m.sales_store
    gain = expected_sales_gain(
        rules.prior_gain[technology], tables.realised[technology, m.market], rules.learning_weight
    )
    saved = float32(0.0)
    if technology == PUBLIC_QR:
        tier = int64(m.fee_tier)
        card_fee, qr_fee = tables.card_fee[tier & 7], tables.qr_fee[tier >> 3]
        paid_by_qr = sales * tables.qr_share[m.market * KINDS_OF_TILL + (m.till | TAKES_QR)]
        saved = paid_by_qr * (rules.card_share * card_fee - qr_fee)
    return monthly_gain(
        rules.contribution_margin[sector],
        sales,
        gain,
        rules.lost_to_itself[technology],
        rules.channel_cost_share[technology],
        saved,
        rules.running_krw[technology],
    )


@njit(**JIT)
def _become_aware(technology: int, m: Record, month: int) -> None:
    if not has(m, AWARE, technology):
        put(m, AWARE, technology)
        m.history[dated(AWARE_AT, technology)] = uint8(month)


@njit(**JIT)
def _hear(
    technology: int, m: Record, k: int, elapsed: int,
    rules: Record, programmes: Record, month: int,
) -> None:  # fmt: skip
    """What it met of a technology since its last revision: by itself, from peers, and of a campaign while it ran."""
    hazard = awareness_hazard(rules.innovation[technology], rules.imitation[technology], m.peer[technology])
    exposure = float32(elapsed) * hazard
    if k >= 0:
        exposure += float32(min(elapsed, programmes.months_met[k])) * programmes.campaign_hazard[k]
    if uniform_lane(m.hears, lane_within(technology)) < probability_within(exposure):
        _become_aware(technology, m, month)


@njit(**JIT)
def _hear_of_programme(
    technology: int, m: Record, k: int, elapsed: int, rules: Record,
    programmes: Record, keys: Record, month: int,
) -> None:  # fmt: skip
    hazard = rules.programme_awareness + programmes.campaign_hazard[k]
    chance = probability_within(float32(min(elapsed, programmes.months_met[k])) * hazard)
    if draw_lane(keys.programme_awareness, m.id, technology) < chance:
        _become_aware(technology, m, month)
        put(m, KNOWS_PROGRAMME, technology)


@njit(**JIT)
def _apply(
    technology: int, m: Record, k: int, month: int
) -> None:  # fmt: skip
    put(m, PENDING, technology)
    put(m, APPLIED, technology)
    m.history[dated(PROGRAMME, technology)] = uint8(k)
    m.history[dated(APPLIED_AT, technology)] = uint8(month)


@njit(**JIT)
def _be_visited(
    technology: int, m: Record, k: int,
    rules: Record, keys: Record, month: int,
) -> None:  # fmt: skip
    """An officer has called; a merchant that accepts is enrolled once the programme has decided."""
    _become_aware(technology, m, month)
    wish = rules.visit_constant + rules.peer_weight * m.peer[technology] + _person(m, rules)
    if draw_lane(keys.visit_acceptance, m.id, technology) < logistic(wish):
        _apply(technology, m, k, month)


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
def _install(technology: int, m: Record, rules: Record, sums: Record, month: int) -> None:
    put(m, INSTALLED, technology)
    take(m, ABANDONED, technology)
    take(m, PENDING, technology)
    take(m, CHOSEN, technology)
    m.history[dated(INSTALLED_AT, technology)] = uint8(month)
    m.running_krw = running_cost(int64(m.masks[INSTALLED]), rules.running_krw)
    sums.nation[S_INSTALLS + technology] += m.weight


@njit(**JIT)
def _affordable(own_krw: float, m: Record, rules: Record) -> bool:
    line = rules.credit_line_months * m.sales_year_krw * float32(1.0 / 12.0)
    return float64(own_krw) <= m.cash_krw + float64(line)


@njit(**JIT)
def _install_or_give_up(
    technology: int, m: Record, rules: Record, programmes: Record,
    keys: Record, sums: Record, month: int,
) -> float:  # fmt: skip
    """A chosen merchant installs, gives up or waits on; returns its own share if it pays now, KRW."""
    k = int64(m.history[dated(PROGRAMME, technology)])
    weight = m.weight
    draw = draw_lane(keys.installation, m.id, technology)
    at_once = programmes.route[k] == VISIT_ROUTE
    if draw < float32(programmes.give_up[k]) and not at_once:
        take(m, CHOSEN, technology)
        put(m, GAVE_UP, technology)
        m.history[dated(PROGRAMME, technology)] = uint8(NO_PROGRAMME)
        sums.programme[k, P_GAVE_UP] += weight
        return float32(0.0)
    own = max(float32(0.0), rules.price_krw[technology] - float32(programmes.subsidy_krw[k]))
    installs = draw < float32(programmes.give_up[k]) + rules.install_hazard or at_once
    if not installs or not _affordable(own, m, rules):
        return float32(0.0)
    _install(technology, m, rules, sums, month)
    put(m, SUBSIDISED, technology)
    m.history[dated(SUBSIDISED_AT, technology)] = uint8(month)
    sums.programme[k, P_INSTALLED] += weight
    return own


@njit(**JIT)
def _wish(technology: int, gain: float, own_krw: float, person_and_peers: float, scale: float, rules: Record) -> float:
    utility = adoption_utility(
        rules.constant[technology],
        rules.gain_weight,
        gain,
        own_krw,
        rules.hurdle_per_year,
        scale,
        person_and_peers,
    )
    return logistic(utility)


@njit(**JIT)
def _decide(
    technology: int, m: Record, k: int, rules: Record, tables: Record, programmes: Record, keys: Record, sums: Record,
    month: int,
) -> float:  # fmt: skip
    """Adopt at the own price, apply for a known programme, wait for it, or leave it; returns what is paid.

    A merchant whose application is pending still decides: it may lose patience and buy at its own price.
    """
    if m.capability < rules.minimum_capability[technology]:
        return float32(0.0)
    gain = gain_of(technology, m, rules, tables)
    person_and_peers = _person(m, rules) + rules.peer_weight * m.peer[technology]
    scale = gain_scale(rules.gain_scale[technology], rules.gain_scale_of_sales, m.sales_store)
    draw = uniform_lane(m.adopts, lane_within(technology))
    price = rules.price_krw[technology]
    waits = has(m, PENDING, technology)
    if not waits and k >= 0 and _may_apply(technology, m):
        own = max(float32(0.0), price - float32(programmes.subsidy_krw[k]))
        wish = _wish(technology, gain, own, person_and_peers, scale, rules)
        if draw < wish and _affordable(own, m, rules) and _files(technology, m, k, rules, programmes, keys):
            _apply(technology, m, k, month)
            return float32(0.0)
        waits = True
    wish = _wish(technology, gain, price, person_and_peers, scale, rules)
    if draw >= wish or not _affordable(price, m, rules):
        return float32(0.0)
    if waits and draw_lane(keys.waiting, m.id, technology) < rules.waiting_share:
        return float32(0.0)
    m.history[dated(PROGRAMME, technology)] = uint8(NO_PROGRAMME)
    _install(technology, m, rules, sums, month)
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
        float32(programmes.subsidy_share[k]),
        rules.paperwork_weight,
        float32(programmes.paperwork_hours[k]),
    )
    return draw_lane(keys.application, m.id, technology) < chance


@njit(**JIT)
def _perhaps_drop(
    technology: int, m: Record, elapsed: int, rules: Record,
    tables: Record, programmes: Record, month: int,
) -> None:  # fmt: skip
    """Drop a technology at the hazard of the months elapsed, never within the keep rule of its programme."""
    since, k = int64(m.history[dated(SUBSIDISED_AT, technology)]), int64(m.history[dated(PROGRAMME, technology)])
    ruled = has(m, SUBSIDISED, technology) and k != NO_PROGRAMME
    keep = since + programmes.keep_months[k] if ruled else -1
    if month < keep:
        return
    gain = gain_of(technology, m, rules, tables)
    freed = ruled and month - keep < rules.months_after_keep
    scale = gain_scale(rules.gain_scale[technology], rules.gain_scale_of_sales, m.sales_store)
    factor = rules.drop_out_after_keep if freed else float32(1.0)
    first = max(keep, int64(m.history[dated(INSTALLED_AT, technology)]) + 1)
    exposed = min(elapsed, month - first + 1)
    hazard = drop_out_hazard(factor * rules.drop_out[technology], gain, scale)
    chance = probability_within(float32(exposed) * hazard)
    if uniform_lane(m.drops, lane_within(technology)) < chance:
        take(m, INSTALLED, technology)
        # Counted out when the market's month ends: until then peers are those of last month.
        m.masks[ACTIVE] &= ~uint16(1 << technology)
        put(m, ABANDONED, technology)
        m.history[dated(ABANDONED_AT, technology)] = uint8(month)
        m.running_krw = running_cost(int64(m.masks[INSTALLED]), rules.running_krw)


@njit(**JIT)
def _draw(technology: int, m: Record, keys: Record) -> None:
    """Set the month's bits that hold a technology's lanes."""
    m.hears = bits_with_lane(keys.awareness, m.id, technology)
    m.adopts = bits_with_lane(keys.adoption, m.id, technology)
    m.drops = bits_with_lane(keys.drop_out, m.id, technology)


@njit(**JIT)
def reconsider(
    m: Record, elapsed: int, visited: int, rules: Record, tables: Record, programmes: Record, keys: Record,
    sums: Record, month: int,
) -> float:  # fmt: skip
    """Take one merchant through its technologies in turn; returns its own share of what it buys, KRW.

    elapsed: months since its last revision, 0 if this month is none; visited: technologies officers called about.
    What was bought first lowers the cash that the next is tested against.
    """
    usable = int64(rules.usable[m.sector])
    paid, drawn = 0.0, -1
    for technology in range(_TECHNOLOGIES):
        if not (usable >> technology) & 1:
            continue
        if technology // LANES != drawn:
            drawn = technology // LANES
            _draw(technology, m, keys)
        own = float32(0.0)
        if has(m, INSTALLED, technology):
            if elapsed > 0:
                _perhaps_drop(technology, m, elapsed, rules, tables, programmes, month)
        elif has(m, CHOSEN, technology):
            own = _install_or_give_up(technology, m, rules, programmes, keys, sums, month)
        elif (int64(tables.available) >> technology) & 1:
            called = (visited >> technology) & 1 != 0
            own = _consider(technology, m, elapsed, called, rules, tables, programmes, keys, sums, month)
        m.cash_krw -= float64(own)
        paid += float64(own)
    return paid


@njit(**JIT)
def _consider(
    technology: int, m: Record, elapsed: int, visited: bool, rules: Record, tables: Record, programmes: Record,
    keys: Record, sums: Record, month: int,
) -> float:  # fmt: skip
    """Hear of a technology and its programme, be visited, decide; returns what is paid, KRW."""
    k = open_programme(technology, m, programmes)
    if elapsed > 0 and not has(m, AWARE, technology):
        _hear(technology, m, k, elapsed, rules, programmes, month)
    if visited:
        _be_visited(technology, m, k, rules, keys, month)
    if elapsed == 0:
        return float32(0.0)
    by_visit = k >= 0 and programmes.route[k] == VISIT_ROUTE
    if k >= 0 and not by_visit and not has(m, PENDING, technology) and not has(m, KNOWS_PROGRAMME, technology):
        _hear_of_programme(technology, m, k, elapsed, rules, programmes, keys, month)
    if not has(m, AWARE, technology):
        return float32(0.0)
    return _decide(technology, m, -1 if by_visit else k, rules, tables, programmes, keys, sums, month)
