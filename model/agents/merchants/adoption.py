"""One technology in one merchant's month: hear of it, be visited, wait, install, decide, use, drop.

The stages and their order are those of the model description, section 6.2; the equations are in
`model.rules.adoption` and `model.rules.payment`.
"""

from typing import Final

import numpy as np
from numba import float32, float64, int64, njit, uint8

from model.agents.government import TARGET, VISIT_ROUTE, matches
from model.agents.merchants.columns import (
    ABANDONED,
    ABANDONED_AT,
    ACTIVE,
    ACTIVE_AT,
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
    NOT_WAITING,
    P_ELIGIBLE,
    P_GAVE_UP,
    P_INSTALLED,
    PENDING,
    PUBLIC_QR,
    SUBSIDISED_AT,
    TAKES_QR,
)
from model.numerics import JIT, logistic
from model.records import Record, record_type
from model.rules.adoption import (
    adoption_utility,
    application_probability,
    awareness_probability,
    drop_out_probability,
    expected_sales_gain,
    gain_scale,
    monthly_gain,
    person_utility,
)
from model.rules.payment import activity_probability
from model.streams import draw_bits, uniform_lane

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
)
"""Keys of the month's draws by purpose, see `model.streams`."""


@njit(**JIT)
def open_programme(technology: int, m: Record, owner_age: int, programmes: Record) -> int:
    """Return the first open programme for `technology` that means merchant `m`, or -1."""
    for k in range(programmes.count):
        if not programmes.open_now[k] or programmes.technology[k] != technology:
            continue
        if matches(programmes, k, TARGET, m.province, m.sector, m.kind, owner_age, m.sales_year_krw):
            return k
    return -1


@njit(**JIT)
def gain_of(technology: int, m: Record, market: int, till: int, sector: int, rules: Record, tables: Record) -> float:
    """Return the monthly gain merchant `m` expects of a technology, KRW (before its purchase)."""
    sales = m.sales_store
    gain = expected_sales_gain(rules.prior_gain[technology], tables.realised[technology, market], rules.learning_weight)
    saved = float32(0.0)
    if technology == PUBLIC_QR:
        tier = int64(m.fee_tier)
        card_fee, qr_fee = tables.card_fee[tier & 7], tables.qr_fee[tier >> 3]
        paid_by_qr = sales * tables.qr_share[market * KINDS_OF_TILL + (till | TAKES_QR)]
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
def hearing_chance(technology: int, peer: float, campaign_krw: float, rules: Record) -> float:
    """Return the chance of becoming aware of a technology this month."""
    return awareness_probability(
        rules.innovation[technology], rules.imitation[technology], peer, rules.campaign_weight, campaign_krw
    )


@njit(**JIT)
def _become_aware(technology: int, m: Record, month: int) -> None:
    if not m.stage[technology] & AWARE:
        m.stage[technology] |= uint8(AWARE)
        m.month[AWARE_AT, technology] = month


@njit(**JIT)
def _hear(
    technology: int,
    m: Record,
    peer: float,
    heard: float,
    k: int,
    rules: Record,
    programmes: Record,
    keys: Record,
    month: int,
) -> None:
    chance = heard
    if k >= 0 and programmes.campaign_krw[k] > float32(0.0):
        chance = hearing_chance(technology, peer, programmes.campaign_krw[k], rules)
    if uniform_lane(draw_bits(keys.awareness, m.id), technology) < chance:
        _become_aware(technology, m, month)


@njit(**JIT)
def _hear_of_programme(
    technology: int, m: Record, k: int, rules: Record, programmes: Record, keys: Record, month: int
) -> None:
    chance = awareness_probability(
        rules.programme_awareness,
        float32(0.0),
        float32(0.0),
        rules.campaign_weight,
        programmes.campaign_krw[k],
    )
    if uniform_lane(draw_bits(keys.programme_awareness, m.id), technology) < chance:
        _become_aware(technology, m, month)
        m.stage[technology] |= uint8(KNOWS_PROGRAMME)


@njit(**JIT)
def _apply(technology: int, m: Record, k: int, month: int) -> None:
    m.waiting[technology] = uint8(PENDING)
    m.programme[technology] = uint8(k)
    m.stage[technology] |= uint8(APPLIED)
    m.month[APPLIED_AT, technology] = month


@njit(**JIT)
def _be_visited(
    technology: int,
    m: Record,
    peer: float,
    k: int,
    owner_age: int,
    rules: Record,
    programmes: Record,
    keys: Record,
    sums: Record,
    month: int,
) -> None:
    """An officer may call; a merchant that accepts is enrolled once the programme has decided."""
    if uniform_lane(draw_bits(keys.visit, m.id), technology) >= programmes.visit_chance[k]:
        return
    _become_aware(technology, m, month)
    wish = rules.visit_constant + rules.peer_weight * peer + _person(m, owner_age, rules)
    if uniform_lane(draw_bits(keys.visit_acceptance, m.id), technology) < logistic(wish):
        _apply(technology, m, k, month)


@njit(**JIT)
def _person(m: Record, owner_age: int, rules: Record) -> float:
    capability = m.capability + m.gained
    return person_utility(rules.capability_weight, capability, rules.age_weight, float32(owner_age))


@njit(**JIT)
def _install(technology: int, m: Record, month: int) -> None:
    m.stage[technology] = (m.stage[technology] | uint8(INSTALLED)) & uint8(0xFF ^ ABANDONED)
    m.waiting[technology] = uint8(NOT_WAITING)
    m.month[INSTALLED_AT, technology] = month


@njit(**JIT)
def _affordable(own_krw: float, m: Record, rules: Record) -> bool:
    line = rules.credit_line_months * m.sales_year_krw * float32(1.0 / 12.0)
    return float64(own_krw) <= m.cash_krw + float64(line)


@njit(**JIT)
def _install_or_give_up(
    technology: int, m: Record, rules: Record, programmes: Record, keys: Record, sums: Record, month: int
) -> float:
    """A chosen merchant installs, gives up or waits on; returns its own share if it pays now, KRW."""
    k = int64(m.programme[technology])
    weight = float64(m.weight)
    draw = uniform_lane(draw_bits(keys.installation, m.id), technology)
    at_once = programmes.route[k] == VISIT_ROUTE
    if draw < float32(programmes.give_up[k]) and not at_once:
        m.waiting[technology] = uint8(NOT_WAITING)
        m.programme[technology] = uint8(NO_PROGRAMME)
        m.stage[technology] |= uint8(GAVE_UP)
        sums.programme[k, P_GAVE_UP] += weight
        return float32(0.0)
    own = max(float32(0.0), rules.price_krw[technology] - float32(programmes.subsidy_krw[k]))
    installs = draw < float32(programmes.give_up[k]) + rules.install_hazard or at_once
    if not installs or not _affordable(own, m, rules):
        return float32(0.0)
    _install(technology, m, month)
    m.month[SUBSIDISED_AT, technology] = month
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
    technology: int,
    m: Record,
    market: int,
    till: int,
    k: int,
    owner_age: int,
    sector: int,
    rules: Record,
    tables: Record,
    programmes: Record,
    keys: Record,
    sums: Record,
    month: int,
) -> float:
    """Adopt at the own price, apply for a known programme, wait for it, or leave it; returns what is paid.

    A merchant whose application is pending still decides: it may lose patience and buy at its own price.
    """
    if m.capability + m.gained < rules.minimum_capability[technology]:
        return float32(0.0)
    gain = gain_of(technology, m, market, till, sector, rules, tables)
    person_and_peers = _person(m, owner_age, rules) + rules.peer_weight * sums.peer[technology]
    scale = gain_scale(rules.gain_scale[technology], rules.gain_scale_of_sales, m.sales_store)
    draw = uniform_lane(draw_bits(keys.adoption, m.id), technology)
    price = rules.price_krw[technology]
    pending = m.waiting[technology] == PENDING
    waits = pending
    if not pending and k >= 0 and m.stage[technology] & (KNOWS_PROGRAMME | GAVE_UP) == KNOWS_PROGRAMME:
        own = max(float32(0.0), price - float32(programmes.subsidy_krw[k]))
        first = m.month[SUBSIDISED_AT, technology] < 0
        wish = _wish(technology, gain, own, person_and_peers, scale, rules)
        if first and draw < wish and _affordable(own, m, rules) and _files(technology, m, k, rules, programmes, keys):
            _apply(technology, m, k, month)
            return float32(0.0)
        waits = first
    if draw >= _wish(technology, gain, price, person_and_peers, scale, rules) or not _affordable(price, m, rules):
        return float32(0.0)
    if waits and uniform_lane(draw_bits(keys.waiting, m.id), technology) < rules.waiting_share:
        return float32(0.0)
    m.programme[technology] = uint8(NO_PROGRAMME)
    _install(technology, m, month)
    return price


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
    return uniform_lane(draw_bits(keys.application, m.id), technology) < chance


@njit(**JIT)
def _use_or_drop(
    technology: int, m: Record, market: int, till: int, sector: int, payments: float, rules: Record,
    tables: Record, programmes: Record, keys: Record, activity_bits: int, month: int,
) -> None:  # fmt: skip
    used = uniform_lane(activity_bits, technology) < activity_probability(payments)
    stage = m.stage[technology] & uint8(0xFF ^ ACTIVE)
    if used:
        stage |= uint8(ACTIVE)
        if m.month[ACTIVE_AT, technology] < 0:
            m.month[ACTIVE_AT, technology] = month
    since = int64(m.month[SUBSIDISED_AT, technology])
    keep = -1
    if since >= 0 and m.programme[technology] != NO_PROGRAMME:
        keep = since + programmes.keep_months[m.programme[technology]]
    if month >= keep:
        gain = gain_of(technology, m, market, till, sector, rules, tables)
        freed = keep >= 0 and month - keep < rules.months_after_keep
        scale = gain_scale(rules.gain_scale[technology], rules.gain_scale_of_sales, m.sales_store)
        factor = rules.drop_out_after_keep if freed else float32(1.0)
        chance = drop_out_probability(factor * rules.drop_out[technology], gain, scale)
        if uniform_lane(draw_bits(keys.drop_out, m.id), technology) < chance:
            stage = (stage & uint8(0xFF ^ (INSTALLED | ACTIVE))) | uint8(ABANDONED)
            m.month[ABANDONED_AT, technology] = month
    m.stage[technology] = stage


@njit(**JIT)
def technology_month(
    technology: int, m: Record, market: int, till: int, payments: float, owner_age: int, rules: Record,
    tables: Record, programmes: Record, keys: Record, revision_bits: int, activity_bits: int, sums: Record,
    month: int,
) -> float:  # fmt: skip
    """Take merchant `m` through one technology's month; returns its own share of a purchase, KRW.

    till: kind of till; payments: expected payments through it
    this month; sums: the chunk's MERCHANT_SUMS, which also holds the cell's peers.
    """
    sector = m.sector
    peer = sums.peer[technology]
    if m.stage[technology] & INSTALLED:
        _use_or_drop(
            technology, m, market, till, sector, payments, rules, tables, programmes, keys,
            activity_bits, month,
        )  # fmt: skip
        return float32(0.0)
    if m.waiting[technology] == CHOSEN:
        return _install_or_give_up(technology, m, rules, programmes, keys, sums, month)
    k = open_programme(technology, m, owner_age, programmes) if sums.supported[technology] else -1
    if k >= 0 and m.waiting[technology] == NOT_WAITING:
        sums.programme[k, P_ELIGIBLE] += float64(m.weight)
    if not m.stage[technology] & AWARE:
        _hear(technology, m, peer, sums.heard[technology], k, rules, programmes, keys, month)
    if m.waiting[technology] == PENDING:
        pass
    elif k >= 0 and programmes.route[k] == VISIT_ROUTE:
        _be_visited(technology, m, peer, k, owner_age, rules, programmes, keys, sums, month)
    elif k >= 0 and not m.stage[technology] & KNOWS_PROGRAMME:
        _hear_of_programme(technology, m, k, rules, programmes, keys, month)
    if not m.stage[technology] & AWARE or uniform_lane(revision_bits, technology) >= rules.revision_hazard:
        return float32(0.0)
    subsidy = k if k >= 0 and programmes.route[k] != VISIT_ROUTE else -1
    return _decide(
        technology, m, market, till, subsidy, owner_age, sector, rules, tables, programmes, keys, sums, month
    )
