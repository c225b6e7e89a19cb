"""One technology in one merchant's month: hear of it, be visited, wait, install, decide, use, drop.

The stages and their order are those of the model description, section 6.2; the equations are in
`model.rules.adoption` and `model.rules.payment`.
"""

# mypy: disable-error-code="no-untyped-call,no-untyped-def"
from typing import NamedTuple

import numpy as np
from numba import float32, int64, njit, uint8

from model.agents.government import TARGET, VISIT_ROUTE, can_use, matches
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
    P_VISITS,
    PENDING,
    PUBLIC_QR,
    SUBSIDISED_AT,
    TAKES_QR,
)
from model.numerics import JIT, logistic
from model.rules.adoption import (
    adoption_utility,
    application_probability,
    awareness_probability,
    drop_out_probability,
    expected_sales_gain,
    monthly_gain,
    person_utility,
)
from model.rules.payment import activity_probability
from model.streams import draw_bits, uniform_lane

MONTHS_OF_DOUBLED_DROP_OUT = 6


class MerchantKeys(NamedTuple):
    """Keys of the month's draws by purpose (uint64), see `model.streams`."""

    awareness: np.uint64
    programme_awareness: np.uint64
    revision: np.uint64
    adoption: np.uint64
    application: np.uint64
    waiting: np.uint64
    visit: np.uint64
    visit_acceptance: np.uint64
    installation: np.uint64
    activity: np.uint64
    drop_out: np.uint64


@njit(inline="always", **JIT)
def open_programme(technology, j, owner_age, traits, state, terms, month_of):
    """Return the first open programme for `technology` that means merchant `j`, or -1."""
    for k in range(terms.size):
        if month_of[k].open and terms[k].technology == technology:
            if matches(
                terms[k], TARGET, traits.province[j], traits.sector[j], traits.kind[j], owner_age,
                state.sales_year_krw[j],
            ):  # fmt: skip
                return k
    return -1


@njit(inline="always", **JIT)
def gain_of(technology, j, market, till, sector, state, rules, tables):
    """Return the monthly gain merchant `j` expects of a technology, KRW (before its purchase)."""
    sales = state.sales_store[j]
    gain = expected_sales_gain(
        rules.prior_gain[technology], tables.realised[technology, market], rules.learning_weight
    )
    saved = float32(0.0)
    if technology == PUBLIC_QR:
        tier = int64(state.fee_tier[j])
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


@njit(inline="always", **JIT)
def _hear(technology, j, peer, k, traits, state, rules, month_of, keys, month):
    campaign = month_of[k].campaign_krw if k >= 0 else float32(0.0)
    chance = awareness_probability(
        rules.innovation[technology], rules.imitation[technology], peer, rules.campaign_weight, campaign
    )
    if uniform_lane(draw_bits(keys.awareness, traits.id[j]), technology) < chance:
        state.stage[technology, j] |= uint8(AWARE)
        state.month[AWARE_AT, technology, j] = month


@njit(inline="always", **JIT)
def _hear_of_programme(technology, j, k, traits, state, rules, month_of, keys):
    chance = awareness_probability(
        rules.programme_awareness, float32(0.0), float32(0.0), rules.campaign_weight, month_of[k].campaign_krw
    )
    if uniform_lane(draw_bits(keys.programme_awareness, traits.id[j]), technology) < chance:
        state.stage[technology, j] |= uint8(KNOWS_PROGRAMME)


@njit(inline="always", **JIT)
def _apply(technology, j, k, state, month):
    state.waiting[technology, j] = uint8(PENDING)
    state.programme[technology, j] = uint8(k)
    state.stage[technology, j] |= uint8(APPLIED)
    state.month[APPLIED_AT, technology, j] = month


@njit(inline="always", **JIT)
def _be_visited(technology, j, peer, k, owner_age, traits, state, rules, month_of, keys, row, month):
    """An officer may call; a merchant that accepts is enrolled once the programme has decided."""
    if uniform_lane(draw_bits(keys.visit, traits.id[j]), technology) >= month_of[k].visit_chance:
        return
    row[k, P_VISITS] += float(traits.weight[j])
    if not state.stage[technology, j] & AWARE:
        state.stage[technology, j] |= uint8(AWARE)
        state.month[AWARE_AT, technology, j] = month
    wish = rules.visit_constant + rules.peer_weight * peer + _person(j, owner_age, state, rules)
    if uniform_lane(draw_bits(keys.visit_acceptance, traits.id[j]), technology) < logistic(wish):
        _apply(technology, j, k, state, month)


@njit(inline="always", **JIT)
def _person(j, owner_age, state, rules):
    capability = state.capability[j] + state.gained[j]
    return person_utility(rules.capability_weight, capability, rules.age_weight, float32(owner_age))


@njit(inline="always", **JIT)
def _install(technology, j, state, month):
    state.stage[technology, j] = (state.stage[technology, j] | uint8(INSTALLED)) & uint8(0xFF ^ ABANDONED)
    state.waiting[technology, j] = uint8(NOT_WAITING)
    state.month[INSTALLED_AT, technology, j] = month


@njit(inline="always", **JIT)
def _affordable(own_krw, j, state, rules) -> bool:
    line = rules.credit_line_months * state.sales_year_krw[j] * float32(1.0 / 12.0)
    return float(own_krw) <= state.cash_krw[j] + float(line)


@njit(inline="always", **JIT)
def _install_or_give_up(technology, j, traits, state, rules, terms, keys, row, month):
    """A chosen merchant installs, gives up or waits on; returns its own share if it pays now, KRW."""
    k = int64(state.programme[technology, j])
    weight = float(traits.weight[j])
    draw = uniform_lane(draw_bits(keys.installation, traits.id[j]), technology)
    at_once = terms[k].route == VISIT_ROUTE
    if draw < float32(terms[k].give_up) and not at_once:
        state.waiting[technology, j] = uint8(NOT_WAITING)
        state.programme[technology, j] = uint8(NO_PROGRAMME)
        state.stage[technology, j] |= uint8(GAVE_UP)
        row[k, P_GAVE_UP] += weight
        return float32(0.0)
    own = max(float32(0.0), rules.price_krw[technology] - float32(terms[k].subsidy_krw))
    installs = draw < float32(terms[k].give_up) + rules.install_hazard or at_once
    if not installs or not _affordable(own, j, state, rules):
        return float32(0.0)
    _install(technology, j, state, month)
    state.month[SUBSIDISED_AT, technology, j] = month
    row[k, P_INSTALLED] += weight
    return own


@njit(inline="always", **JIT)
def _decide(
    technology, j, market, till, peer, k, owner_age, sector, traits, state, rules, tables, terms, keys, month
):
    """Adopt at the own price, apply for a known programme, wait for it, or leave it; returns what is paid."""
    if state.capability[j] + state.gained[j] < rules.minimum_capability[technology]:
        return float32(0.0)
    gain = gain_of(technology, j, market, till, sector, state, rules, tables)
    person = _person(j, owner_age, state, rules)
    peers = rules.peer_weight * peer
    draw = uniform_lane(draw_bits(keys.adoption, traits.id[j]), technology)
    price = rules.price_krw[technology]
    scale, constant = rules.gain_scale[technology], rules.constant[technology]
    stage = state.stage[technology, j]
    waits = False
    if k >= 0 and stage & KNOWS_PROGRAMME and not stage & GAVE_UP and state.month[SUBSIDISED_AT, technology, j] < 0:
        own = max(float32(0.0), price - float32(terms[k].subsidy_krw))
        wish = logistic(
            adoption_utility(
                constant, rules.gain_weight, gain, own, rules.hurdle_per_year, scale, peers, person
            )
        )
        applies = application_probability(
            rules.apply_constant,
            rules.subsidy_weight,
            float32(terms[k].subsidy_share),
            rules.paperwork_weight,
            float32(terms[k].paperwork_hours),
        )
        application = uniform_lane(draw_bits(keys.application, traits.id[j]), technology)
        if draw < wish and application < applies and _affordable(own, j, state, rules):
            _apply(technology, j, k, state, month)
            return float32(0.0)
        waits = uniform_lane(draw_bits(keys.waiting, traits.id[j]), technology) < rules.waiting_share
    wish = logistic(
        adoption_utility(
            constant, rules.gain_weight, gain, price, rules.hurdle_per_year, scale, peers, person
        )
    )
    if draw < wish and not waits and _affordable(price, j, state, rules):
        _install(technology, j, state, month)
        return price
    return float32(0.0)


@njit(inline="always", **JIT)
def _use_or_drop(technology, j, market, till, sector, payments, traits, state, rules, tables, terms, keys,
                 activity_bits, month):  # fmt: skip
    used = uniform_lane(activity_bits, technology) < activity_probability(payments)
    stage = state.stage[technology, j] & uint8(0xFF ^ ACTIVE)
    if used:
        stage |= uint8(ACTIVE)
        if state.month[ACTIVE_AT, technology, j] < 0:
            state.month[ACTIVE_AT, technology, j] = month
    since = int64(state.month[SUBSIDISED_AT, technology, j])
    keep = -1
    if since >= 0:
        keep = since + terms[state.programme[technology, j]].keep_months
    if month >= keep:
        gain = gain_of(technology, j, market, till, sector, state, rules, tables)
        doubled = 0 <= month - keep < MONTHS_OF_DOUBLED_DROP_OUT and since >= 0
        chance = drop_out_probability(rules.drop_out[technology], gain, rules.gain_scale[technology], doubled)
        if uniform_lane(draw_bits(keys.drop_out, traits.id[j]), technology) < chance:
            stage = (stage & uint8(0xFF ^ (INSTALLED | ACTIVE))) | uint8(ABANDONED)
            state.month[ABANDONED_AT, technology, j] = month
    state.stage[technology, j] = stage


@njit(inline="always", **JIT)
def technology_month(
    technology, j, market, till, peer, payments, owner_age, traits, state, rules, tables, terms, month_of,
    keys, revision_bits, activity_bits, row, month,
):  # fmt: skip
    """Take merchant `j` through one technology's month; returns its own share of a purchase, KRW.

    till: kind of till; peer: share of the cell that used it last month; payments: expected payments through it
    this month; row: the chunk's sums by programme, added to.
    """
    sector = traits.sector[j]
    if not can_use(technology, sector):
        return float32(0.0)
    if state.stage[technology, j] & INSTALLED:
        _use_or_drop(
            technology, j, market, till, sector, payments, traits, state, rules, tables, terms, keys,
            activity_bits, month,
        )  # fmt: skip
        return float32(0.0)
    if state.waiting[technology, j] == CHOSEN:
        return _install_or_give_up(technology, j, traits, state, rules, terms, keys, row, month)
    k = open_programme(technology, j, owner_age, traits, state, terms, month_of)
    if k >= 0:
        row[k, P_ELIGIBLE] += float(traits.weight[j])
    if state.waiting[technology, j] == PENDING:
        return float32(0.0)
    if not state.stage[technology, j] & AWARE:
        _hear(technology, j, peer, k, traits, state, rules, month_of, keys, month)
    if k >= 0 and terms[k].route == VISIT_ROUTE:
        _be_visited(technology, j, peer, k, owner_age, traits, state, rules, month_of, keys, row, month)
    elif k >= 0 and state.stage[technology, j] & (AWARE | KNOWS_PROGRAMME) == AWARE:
        _hear_of_programme(technology, j, k, traits, state, rules, month_of, keys)
    ready = state.stage[technology, j] & AWARE and state.waiting[technology, j] == NOT_WAITING
    if not ready or uniform_lane(revision_bits, technology) >= rules.revision_hazard:
        return float32(0.0)
    subsidy = k if k >= 0 and terms[k].route != VISIT_ROUTE else -1
    return _decide(
        technology, j, market, till, peer, subsidy, owner_age, sector, traits, state, rules, tables, terms,
        keys, month,
    )  # fmt: skip
