"""A merchant's month: hear, decide, install, use, drop (docs/model.md 3.4.5)."""

import numpy as np

from tests.reference import state as kept
from tests.reference.draws import B1, F8, I8
from tests.reference.gains import gain, gain_scale
from tests.reference.opening import Month, network_open
from tests.reference.state import (
    ABANDONED,
    ACTIVE,
    ACTIVE_AT,
    APP,
    AWARE,
    CHOSEN,
    ENTRY,
    GAVE_UP,
    INSTALLED,
    INSTALLED_AT,
    KNOWS_PROGRAMME,
    NEEDS_ONE_OF,
    NO_PROGRAMME,
    NOT_WAITING,
    ON_TOP,
    OWN,
    PENDING,
    PUBLIC_QR,
    SUPPORTED_AT,
    TECHNOLOGIES,
    TERMINAL,
    USERS_OF,
)
from tests.reference.support import (
    apply,
    grant,
    kept_until,
    make_aware,
    of_programme,
    of_sector,
    price_of,
    programme_of,
    supports,
)


def adopt(month: Month) -> None:
    """Use what is in place; then every technology in turn: drop it, install it if chosen, or consider it."""
    merchants = month.merchants
    for j in range(TECHNOLOGIES):
        use(month, j, month.installed[j])
    everybody = merchants.there
    hazard = 1.0 / month.run.values["adoption.revision_mean_months"]
    month.revises = month.happens("revision", 0, hazard, everybody)
    month.elapsed = np.where(month.revises, month.t - merchants.revised, 0)
    merchants.revised[month.revises] = month.t
    for j in range(TECHNOLOGIES):
        can = USERS_OF[j][merchants.sector]
        has = can & month.installed[j]
        chosen = can & ~has & (merchants.waiting[j] == CHOSEN)
        drop(month, j, has & month.revises)
        install_or_give_up(month, j, chosen)
        count_eligible(month, j, can & ~has & ~chosen)
        consider(month, j, can & ~has & ~chosen & to_be_had(month, j))


def to_be_had(month: Month, j: int) -> bool:
    """Whether there is a network or platform to join: platforms may leave."""
    if j in (ENTRY, APP):
        return bool(month.terms.open[(ENTRY, APP).index(j)] == 1)
    return network_open(month.run, j, month.t)


def count_eligible(month: Month, j: int, rows: B1) -> None:
    """Count whom each open programme could serve, whether or not the technology can be had this month."""
    programme, free = programme_of(month, j, rows), rows & (month.merchants.waiting[j] == NOT_WAITING)
    for q in range(len(month.announced)):
        month.eligible[q] += month.merchants.total(free & (programme == q))


def consider(month: Month, j: int, rows: B1) -> None:
    """Hear of a technology and its programme, be visited, decide."""
    merchants, v = month.merchants, month.run.values
    programme = programme_of(month, j, rows)
    campaign = v["adoption.campaign_weight"] * np.log(1.0 + of_programme(month, programme, "campaign"))
    met = np.minimum(month.elapsed, of_programme(month, programme, "months_met"))
    rate = (
        month.value("technology.innovation_per_month", j)
        + month.value("technology.imitation_per_month", j) * month.peers[j]
    )
    unaware = rows & month.revises & ~merchants.has(j, AWARE)
    hears = month.happens("awareness", j, 1.0 - np.exp(-(month.elapsed * rate + met * campaign)), unaware)
    make_aware(month, j, hears)
    free = rows & (programme >= 0) & (merchants.waiting[j] != PENDING)
    by_visit = free & (of_programme(month, programme, "by_visit") > 0.0)
    be_visited(month, j, by_visit, programme)
    asks = free & month.revises & ~by_visit & ~merchants.has(j, KNOWS_PROGRAMME)
    asks = asks & (merchants.waiting[j] != PENDING)
    chance = 1.0 - np.exp(-met * (v["programme.awareness_per_month"] + campaign))
    heard = month.happens("programme_awareness", j, chance, asks)
    make_aware(month, j, heard)
    merchants.set_bits(j, heard, KNOWS_PROGRAMME)
    decide(month, j, rows & month.revises & merchants.has(j, AWARE), programme)


def person_utility(month: Month) -> F8:
    """What capability and the owner's age add to the wish to adopt."""
    v, merchants = month.run.values, month.merchants
    capability = v["adoption.capability_weight"] * (merchants.capability + merchants.gained - 0.5)
    age = month.year - merchants.owner_birth_year
    return capability - v["adoption.age_weight_per_decade"] * (age - 50) / 10.0


def be_visited(month: Month, j: int, rows: B1, programme: I8) -> None:
    """A visit makes aware and may be accepted."""
    visited = month.happens("visit", j, of_programme(month, programme, "visit_chance"), rows)
    make_aware(month, j, visited)
    v = month.run.values
    willing = v["programme.visit_accept_constant"] + v["adoption.peer_weight"] * month.peers[j] + person_utility(month)
    apply(month, j, month.happens("visit_acceptance", j, kept.logistic(willing), visited), programme)


def wish(month: Month, j: int, price: F8) -> F8:
    """Chance of wanting a technology at a price of its own."""
    v = month.run.values
    hurdle = price * v["adoption.hurdle_rate_per_year"] / 12.0
    worth = v["adoption.gain_weight"] * (gain(month, j) - hurdle) / gain_scale(month, j)
    peers = v["adoption.peer_weight"] * month.peers[j]
    return np.asarray(
        kept.logistic(month.value("technology.adoption_constant", j) + worth + peers + person_utility(month))
    )


def affords(month: Month, j: int, price: F8, rows: B1) -> B1:
    """Rows whose cash and credit line reach a price."""
    merchants = month.merchants
    cash = merchants.cash - month.pay
    means = cash + month.run.values["merchant.credit_line_months"] * merchants.sales_year / 12.0
    return rows & ~month.luck.below(("means", j), merchants.id, means, price, rows)


def decide(month: Month, j: int, rows: B1, programme: I8) -> None:
    """Apply for support, wait, install at one's own price, or leave it."""
    merchants, v = month.merchants, month.run.values
    able = merchants.capability + merchants.gained
    minimum = np.full(rows.size, month.value("technology.minimum_capability", j))
    rows = rows & ~month.luck.below(("capability", j), merchants.id, able, minimum, rows)
    for wanted in [NEEDS_ONE_OF[j]] if j in NEEDS_ONE_OF else []:
        rows = rows & np.any([merchants.has(other, INSTALLED) for other in wanted], axis=0)
    full = np.full(rows.size, price_of(month.run, j, month.t))
    pending = merchants.waiting[j] == PENDING
    supported = rows & ~pending & supports(month, j, programme)
    applies = wants_support(month, j, supported, programme, full)
    buys = month.happens("adoption", j, wish(month, j, full), rows & ~applies)
    buys = affords(month, j, full, buys)
    waits = month.happens("waiting", j, v["adoption.waiting_share"], buys & (supported | pending))
    apply(month, j, applies, programme)
    install(month, j, buys & ~waits, full, month.merchants.programme[j] * 0 + NO_PROGRAMME)


def wants_support(month: Month, j: int, rows: B1, programme: I8, full: F8) -> B1:
    """Rows that want the technology at the subsidised price, can pay it and take on the paperwork."""
    v = month.run.values
    price = full - grant(month, j, programme)
    draw = month.luck.lane("merchant_adoption", j, month.merchants.id)
    wants = month.luck.below(("adoption_with_support", j), month.merchants.id, draw, wish(month, j, price), rows)
    help_felt = v["programme.subsidy_weight"] * of_sector(month, programme, "subsidy_share")
    effort = v["programme.paperwork_weight_per_hour"] * of_programme(month, programme, "hours")
    chance = kept.logistic(v["programme.apply_constant"] + help_felt - effort)
    return month.happens("application", j, chance, affords(month, j, price, wants))


def install(month: Month, j: int, rows: B1, price: F8, programme: I8) -> None:
    """Install: paid at once, used from next month on."""
    merchants = month.merchants
    merchants.set_bits(j, rows, INSTALLED)
    merchants.clear_bits(j, rows, ABANDONED)
    merchants.month[INSTALLED_AT, j, rows] = month.t
    merchants.waiting[j, rows] = NOT_WAITING
    merchants.programme[j, rows] = programme[rows]
    month.pay[rows] += price[rows]


def install_or_give_up(month: Month, j: int, rows: B1) -> None:
    """What the chosen do this month."""
    merchants = month.merchants
    programme = merchants.programme[j].copy()
    subsidy, promised = grant(month, j, programme), of_sector(month, programme, "subsidy")
    price = price_of(month.run, j, month.t) - subsidy
    by_visit = rows & (of_programme(month, programme, "by_visit") > 0.0)
    hazard = of_programme(month, programme, "give_up")
    gives_up = month.happens("installation", j, hazard, rows & ~by_visit)
    ready = month.happens(
        "installation", j, hazard + month.run.values["programme.install_per_month"], rows & ~by_visit & ~gives_up
    )
    installs = affords(month, j, price, by_visit | ready)
    install(month, j, installs, price, programme)
    merchants.month[SUPPORTED_AT, j, installs] = month.t
    merchants.set_bits(j, gives_up, GAVE_UP)
    merchants.waiting[j, gives_up] = NOT_WAITING
    merchants.programme[j, gives_up] = NO_PROGRAMME
    month.subsidies[j, installs] += subsidy[installs]
    for q in range(len(month.announced)):
        month.gave_up[q] += merchants.total(gives_up & (programme == q))
        of_q = programme == q
        month.paid[q] += merchants.total(subsidy * (installs & of_q))
        month.released[q] += merchants.total(promised * ((installs | gives_up) & of_q))


def use(month: Month, j: int, rows: B1) -> None:
    """Use the technology if a payment comes."""
    merchants = month.merchants
    if j in (TERMINAL, PUBLIC_QR, ENTRY, APP):
        active = month.happens("activity", j, 1.0 - kept.exp(-payments(month, j)), rows)
    else:
        active = rows & (sold_by(month, j) > 0.0)
    merchants.clear_bits(j, rows, ACTIVE)
    merchants.set_bits(j, active, ACTIVE)
    first = active & (merchants.month[ACTIVE_AT, j] < 0)
    merchants.month[ACTIVE_AT, j, first] = month.t


def sold_by(month: Month, j: int) -> F8:
    """What is sold by way of a device."""
    merchants = month.merchants
    if j == OWN:
        return merchants.sales_own
    online = merchants.sales_online + merchants.sales_own
    return online if j in ON_TOP else merchants.sales + online + month.firms


def drop(month: Month, j: int, rows: B1) -> None:
    """Drop the technology at a hazard that falls with the gain, over the months since the last revision."""
    merchants = month.merchants
    first = np.maximum(kept_until(month, j), merchants.month[INSTALLED_AT, j] + 1)
    exposed = np.minimum(month.elapsed, month.t - first + 1)
    chance = 1.0 - np.exp(-exposed * drop_hazard(month, j))
    drops = month.happens("drop_out", j, chance, rows & (month.t >= kept_until(month, j)))
    merchants.clear_bits(j, drops, INSTALLED | ACTIVE)
    merchants.set_bits(j, drops, ABANDONED)


def payments(month: Month, j: int) -> F8:
    """Expected payments a month through a technology."""
    merchants = month.merchants
    if j in (ENTRY, APP):
        return (
            merchants.sales_online / month.run.values[f"{'open_market' if j == ENTRY else 'delivery_app'}.ticket_krw"]
        )
    share = month.mobile if j == TERMINAL else month.qr
    return merchants.sales * share / month.by_sector("till.ticket_krw")


def drop_hazard(month: Month, j: int) -> F8:
    v, keep = month.run.values, kept_until(month, j)
    months = np.floor(v["adoption.drop_out_after_keep_months"])
    raised = (keep >= 0) & (month.t >= keep) & (month.t < keep + months)
    factor = np.where(raised, v["adoption.drop_out_after_keep_factor"], 1.0)
    worth = np.clip(gain(month, j) / gain_scale(month, j), -2.0, 2.0)
    return np.asarray(factor * month.value("technology.drop_out_per_month", j) * np.exp(-worth))
