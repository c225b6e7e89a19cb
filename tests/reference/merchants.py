"""A merchant's month: sell, hear, decide, install, use, drop, settle, offer, learn (docs/model.md 3.4.5)."""

from dataclasses import dataclass

import numpy as np

from tests.reference import state as kept
from tests.reference.draws import B1, F8, I8, Luck
from tests.reference.hours import wages_saved
from tests.reference.markets import Tills, kind_of_till
from tests.reference.platforms import Terms, classes
from tests.reference.state import (
    ABANDONED,
    ACTIVE,
    ACTIVE_AT,
    APP,
    APPLIED,
    APPLIED_AT,
    AWARE,
    CHOSEN,
    ENTRY,
    GAVE_UP,
    INSTALLED,
    INSTALLED_AT,
    KNOWS_PROGRAMME,
    LIVE,
    MANUFACTURING,
    MEALS,
    NEEDS_ONE_OF,
    NO_PROGRAMME,
    NOT_WAITING,
    ON_TOP,
    OWN,
    PENDING,
    PUBLIC_QR,
    SUPPORTED_AT,
    TECHNOLOGIES,
    TELEWORK,
    TERMINAL,
    USERS_OF,
    Merchants,
    Run,
    State,
    Values,
)

CARD_CEILINGS = (300e6, 500e6, 1e9, 3e9)
QR_CEILINGS = (800e6, 1200e6)
CARD_FEES = ("up_to_300m", "300m_500m", "500m_1bn", "1bn_3bn", "above_3bn")
QR_FEES = ("up_to_800m", "800m_1200m", "above_1200m")


@dataclass
class Announced:
    """What a programme announces this month: campaign KRW in all and a merchant, calls paid, their chance."""

    terms: kept.Terms
    is_met: bool
    campaign_money: float = 0.0
    campaign: float = 0.0
    calls: float = 0.0
    visit_chance: float = 0.0
    months_met: float = 0.0


@dataclass
class Month:
    """A merchants' month: what all meet, each row's state at its start, and what is counted for the books."""

    run: Run
    merchants: Merchants
    luck: Luck
    t: int
    announced: list[Announced]
    realised: F8
    peers: F8
    installed: B1
    till: I8
    mobile: F8
    qr: F8
    qr_if_taken: F8
    pay: F8
    subsidies: F8
    eligible: F8
    gave_up: F8
    paid: F8
    released: F8
    revises: B1
    elapsed: I8
    base: F8
    main: F8
    firms: F8
    kiosk_share: F8
    terms: Terms
    online_cost: F8
    inputs_saved: F8
    public_part: F8

    @property
    def year(self) -> int:
        return self.luck.month // 12

    def value(self, entry_id: str, technology: int) -> float:
        return float(self.run.values.of(entry_id)[technology])

    def by_sector(self, entry_id: str) -> F8:
        return self.run.values.of(entry_id, "sectors")[self.merchants.sector]

    def happens(self, purpose: str, technology: int, chance: F8 | float, among: B1) -> B1:
        return self.luck.happens(f"merchant_{purpose}", technology, self.merchants.id, chance, among)


def fee_tiers(merchants: Merchants) -> None:
    merchants.card_tier = np.sum([merchants.sales_year > ceiling for ceiling in CARD_CEILINGS], axis=0)
    merchants.qr_tier = np.sum([merchants.sales_year > ceiling for ceiling in QR_CEILINGS], axis=0)


def open_month(
    run: Run, merchants: Merchants, tills: Tills, terms: Terms, announced: list[Announced], state: State, t: int,
    luck: Luck,
) -> Month:  # fmt: skip
    """Note everybody's state at the month's start and sell."""
    place = merchants.province, merchants.sector
    merchants.sales = merchants.attraction * tills.rate[place]
    seller = *place, classes(run, merchants)
    merchants.sales_online = merchants.attraction_online * tills.online_rate[seller]
    merchants.sales_own = merchants.attraction_own * tills.own_rate[merchants.sector]
    firms = merchants.base_business * business_rate(run, merchants, state.markets.business_start, t)
    part = tills.public_part[seller]
    saved = month_saved(state.platforms.price[seller], terms.public_price[merchants.province], part)
    saved = run.values.of("merchant.input_share", "sectors")[merchants.sector] * saved
    commission = terms.commission[seller] + (terms.public_commission - terms.commission[seller]) * part
    delivery = parcels(run.values)[merchants.sector]
    installed = (merchants.stage & INSTALLED) != 0
    till, rows, programmes = kind_of_till(installed), merchants.id.size, len(announced)
    return Month(
        run, merchants, luck, t, announced,
        realised=state.markets.realised[:, *place],
        peers=np.array([merchants.peers(j) for j in range(TECHNOLOGIES)]),
        installed=installed,
        till=till,
        mobile=tills.mobile[till, *place],
        qr=tills.qr[till, *place],
        qr_if_taken=tills.qr[till | 2, *place],
        pay=np.zeros(rows),
        subsidies=np.zeros((TECHNOLOGIES, rows)),
        eligible=np.zeros(programmes),
        gave_up=np.zeros(programmes),
        paid=np.zeros(programmes),
        released=np.zeros(programmes),
        revises=np.zeros(rows, dtype=bool),
        elapsed=np.zeros(rows, dtype=np.int64),
        base=merchants.base.copy(),
        main=np.where(merchants.sector == MANUFACTURING, firms, merchants.sales),
        firms=firms,
        kiosk_share=state.markets.kiosk_share[merchants.province],
        terms=terms,
        online_cost=commission + delivery - saved,
        inputs_saved=saved,
        public_part=part,
    )  # fmt: skip


def business_rate(run: Run, merchants: Merchants, demand: F8, t: int) -> F8:
    """What firms buy of each row's sector, over what its shops offer them: demand is that of the start, indexed."""
    offered = merchants.by_market(merchants.base_business).sum(axis=0)
    rate = kept.ratio(demand, offered, 0.0) * run.now("household_income_index", t)
    return np.asarray(rate[merchants.sector])


def price_of(run: Run, j: int, t: int) -> float:
    """Price of a technology in a month, whole won."""
    first, change = (float(run.values.of(f"technology.{name}")[j]) for name in ("price_krw", "price_change_per_year"))
    return float(np.round(first * (1.0 + change) ** (t / 12.0)))


def month_saved(price: F8, public_price: F8, part: F8) -> F8:
    """Share of online sales that a price above the start's makes of them, over both platforms."""
    return np.asarray((1.0 - 1.0 / price) * (1.0 - part) + (1.0 - 1.0 / public_price) * part)


def parcels(v: Values) -> F8:
    """What sellers pay for delivery, a share of online sales by sector."""
    goods, meals = v["open_market.delivery_share"], v["delivery_app.merchant_fee_share"]
    return np.array([goods, goods, goods, meals, 0.0, 0.0])


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
        consider(month, j, can & ~has & ~chosen & to_be_had(month, j))


def to_be_had(month: Month, j: int) -> bool:
    """Whether there is a network or platform to join: platforms may leave."""
    if j in (ENTRY, APP):
        return bool(month.terms.open[(ENTRY, APP).index(j)] == 1)
    return network_open(month.run, j, month.t)


def network_open(run: Run, j: int, t: int) -> bool:
    """Whether there is a network to join: only the public QR network opens later than January 2017."""
    return j != PUBLIC_QR or run.now("public_qr_network_open", t) >= 0.5


def consider(month: Month, j: int, rows: B1) -> None:
    """Hear of a technology and its programme, be visited, decide."""
    merchants, v = month.merchants, month.run.values
    programme = programme_of(month, j, rows)
    for q in range(len(month.announced)):
        month.eligible[q] += merchants.total(rows & (merchants.waiting[j] == NOT_WAITING) & (programme == q))
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


def programme_of(month: Month, j: int, rows: B1) -> I8:
    """First programme met of a technology that means a merchant, -1 for none."""
    found = np.full(rows.size, -1)
    for q, programme in reversed(list(enumerate(month.announced))):
        if programme.is_met:
            here = rows & (programme.terms.technology == j)[month.merchants.sector]
            found[here & programme.terms.target.holds(month.merchants, month.year)] = q
    return found


def of_programme(month: Month, programme: I8, what: str) -> F8:
    """A figure of each row's programme, 0 for none (255 or -1)."""
    figures = {
        "campaign": [p.campaign for p in month.announced],
        "visit_chance": [p.visit_chance for p in month.announced],
        "by_visit": [float(p.terms.by_visit) for p in month.announced],
        "hours": [float(p.terms.settings.get("paperwork_hours", 0.0)) for p in month.announced],
        "give_up": [float(p.terms.settings.get("give_up_monthly_hazard", 0.0)) for p in month.announced],
        "keep": [float(p.terms.settings.get("keep_months", 0.0)) for p in month.announced],
        "months_met": [float(p.months_met) for p in month.announced],
    }[what]
    known = (programme >= 0) & (programme < len(figures))
    return np.where(known, np.append(figures, 0.0)[np.where(known, programme, 0)], 0.0)


def of_sector(month: Month, programme: I8, what: str) -> F8:
    """A figure of each row's programme in its sector, 0 for none (255 or -1): subsidy or subsidy_share."""
    known = (programme >= 0) & (programme < len(month.announced))
    table = np.array([getattr(p.terms, what) for p in month.announced] or [np.zeros(6)])
    return np.where(known, table[np.where(known, programme, 0), month.merchants.sector], 0.0)


def grant(month: Month, j: int, programme: I8) -> F8:
    """What each row's programme pays for a device this month."""
    part = np.array([p.terms.part_of_price for p in month.announced] or [0.0])
    known = (programme >= 0) & (programme < len(month.announced))
    most = np.round(part[np.where(known, programme, 0)] * price_of(month.run, j, month.t))
    return np.where(known, np.minimum(of_sector(month, programme, "subsidy"), most), 0.0)


def make_aware(month: Month, j: int, rows: B1) -> None:
    month.merchants.set_bits(j, rows, AWARE)


def apply(month: Month, j: int, rows: B1, programme: I8) -> None:
    merchants = month.merchants
    merchants.set_bits(j, rows, APPLIED)
    merchants.month[APPLIED_AT, j, rows] = month.t
    merchants.waiting[j, rows] = PENDING
    merchants.programme[j, rows] = programme[rows]


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


def gain(month: Month, j: int) -> F8:
    """Expected gain of a technology, KRW a month."""
    v, merchants = month.run.values, month.merchants
    sales: F8 = month.main
    lost, cost = online_terms(month, j)
    if j in ON_TOP:
        sales = merchants.sales_online + merchants.sales_own
    margin = (1.0 - month.by_sector("merchant.input_share")) * (1.0 - lost) - cost
    prior = month.value("technology.prior_sales_gain", j)
    expected = prior + v["adoption.learning_weight"] * (month.realised[j] - prior)
    saved = fees_saved(month) if j == PUBLIC_QR else wages_saved(month, j)
    if j == TELEWORK:
        saved = v["telework.other_cost_saved_share"] * other_costs(month)
    running = month.value("technology.running_cost_krw_per_month", j)
    return np.asarray(margin * sales * expected + saved - running)


def other_costs(month: Month) -> F8:
    """Energy, advertising and the like, before what telework saves."""
    fixed = (month.merchants.start + month.merchants.business) * month.run.now("household_income_index", month.t)
    return month.by_sector("merchant.other_cost_share") * fixed


def online_terms(month: Month, j: int) -> tuple[F8, F8]:
    """Own sales lost to selling online by technology `j`, and what that costs; shares of sales, 0 in the shop."""
    v, nothing = month.run.values, np.zeros(month.merchants.id.size)
    if j == OWN:
        return nothing + v["adoption.cannibalisation"], nothing + v["open_market.delivery_share"]
    if j not in (ENTRY, APP, *ON_TOP):
        return nothing, nothing
    lost = np.where(month.merchants.sector == MEALS, v["delivery_app.cannibalisation"], v["adoption.cannibalisation"])
    return lost, month.online_cost + (v["live_commerce.commission_share"] if j == LIVE else 0.0)


def fees_saved(month: Month) -> F8:
    card, qr = fees(month)
    taken = month.merchants.sales * month.qr_if_taken
    return taken * (month.run.values["till.card_payment_share"] * card - qr)


def fees(month: Month) -> tuple[F8, F8]:
    """Card and public QR fee of each row's tiers this month, shares."""
    card = np.array([month.run.now(f"card_fee_share_{tier}", month.t) for tier in CARD_FEES])
    qr = np.array([month.run.now(f"public_qr_fee_share_{tier}", month.t) for tier in QR_FEES])
    return card[month.merchants.card_tier], qr[month.merchants.qr_tier]


def gain_scale(month: Month, j: int) -> F8:
    share = month.run.values["adoption.gain_scale_share_of_sales"]
    return month.value("technology.gain_scale_krw_per_month", j) + share * month.main


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


def supports(month: Month, j: int, programme: I8) -> B1:
    """Rows that a subsidy programme stands open for: they know of one, gave none up and had none before."""
    merchants = month.merchants
    applied_for = (programme >= 0) & (of_programme(month, programme, "by_visit") == 0.0)
    never = ~merchants.has(j, GAVE_UP) & (merchants.month[SUPPORTED_AT, j] < 0)
    return np.asarray(applied_for & merchants.has(j, KNOWS_PROGRAMME) & never)


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


def kept_until(month: Month, j: int) -> I8:
    """First month in which a supported device may be dropped, -1 without a rule."""
    since, programme = month.merchants.month[SUPPORTED_AT, j], month.merchants.programme[j]
    ruled = (since >= 0) & (programme != NO_PROGRAMME)
    return np.where(ruled, since + of_programme(month, programme, "keep").astype(np.int64), -1)


def drop_hazard(month: Month, j: int) -> F8:
    v, keep = month.run.values, kept_until(month, j)
    months = np.floor(v["adoption.drop_out_after_keep_months"])
    raised = (keep >= 0) & (month.t >= keep) & (month.t < keep + months)
    factor = np.where(raised, v["adoption.drop_out_after_keep_factor"], 1.0)
    worth = np.clip(gain(month, j) / gain_scale(month, j), -2.0, 2.0)
    return np.asarray(factor * month.value("technology.drop_out_per_month", j) * np.exp(-worth))
