"""The month's markets: spending reaches sellers, and instruments meet tills (docs/model.md 3.4.4)."""

from dataclasses import dataclass

import numpy as np

from tests.reference import state as kept
from tests.reference.consumers import Choice, Utilities
from tests.reference.draws import B1, F8, I8
from tests.reference.platforms import LARGE, Terms, shown_together
from tests.reference.services import gate
from tests.reference.state import (
    GOODS,
    MEALS,
    MOBILITY,
    NEEDS,
    ONLINE,
    PROVINCES,
    SECTORS,
    SERVED,
    SHOPS,
    Markets,
    People,
    Platforms,
    Run,
    Values,
)


@dataclass
class Spending:
    """Spending of a month, KRW: face to face by (province, sector of shops), also by (holder set, province, sector);
    online by goods need to sellers on the open market, to it and in malls; meals by province to sellers by private and
    public app, to private apps and to couriers; mobility at counters and booked online by province; by simple pay;
    weighted unit budgets by province; other by province.
    """

    face: F8
    face_by_holders: F8
    market: F8
    market_fee: F8
    malls: F8
    own: F8
    app: F8
    app_fee: F8
    public: F8
    couriers: F8
    counters: F8
    bookings: F8
    simple_pay: float
    units: F8
    other: F8
    online_by_province: F8

    def by_province(self) -> F8:
        return np.asarray(self.face.sum(axis=1) + self.counters + self.online_by_province + self.other)


def spend(
    run: Run, people: People, choice: Choice, u: Utilities, constants: kept.Constants, scale: F8, shifts: F8,
    platforms: Platforms, t: int,
) -> Spending:  # fmt: skip
    """Spread everybody's budget over shops, online services and travel firms; note what platforms see of it."""
    unit = people.weight * choice.unit
    budget = constants.spending[:, None] * unit * scale[people.province] * shifts[people.province, :NEEDS].T
    online = np.zeros_like(budget)
    online[:ONLINE] = budget[:ONLINE] * choice.share
    holders = people.instruments * PROVINCES + people.province
    face = np.array([kept.summed(holders, row, 8 * PROVINCES) for row in budget - online])
    by_holders = face.reshape(NEEDS, 8, PROVINCES).transpose(1, 2, 0)
    counters = by_holders[:, :, MOBILITY].sum(axis=0)
    by_holders = by_holders[:, :, SERVED]
    market = np.sum(online[:GOODS] * open_market_share(people, u, run.values), axis=1)
    meals = kept.summed(people.province, online[MEALS], PROVINCES)
    couriers = run.values["delivery_app.consumer_fee_share"] * meals
    public = platforms.public_share * (meals - couriers)
    note_demand(people, unit * scale[people.province] * shifts[people.province, :ONLINE].T, choice.share, platforms)
    platforms.both = kept.logistic((u.market - u.mall) / run.values["consumer.nest_dissimilarity"])
    orders, by_app = market / (1.0 + platforms.charged[0]), (meals - couriers - public) / (1.0 + platforms.charged[1])
    pays, allowed = (people.instruments >> 1) & 1, gate(run, "smart_finance", t).mean()
    units = kept.summed(people.province, unit, PROVINCES)
    return Spending(
        face=by_holders.sum(axis=0),
        face_by_holders=by_holders,
        market=orders,
        market_fee=market - orders,
        malls=online[:GOODS].sum(axis=1) - market,
        own=np.zeros(GOODS),
        app=by_app,
        app_fee=meals - couriers - public - by_app,
        public=public,
        couriers=couriers,
        counters=counters,
        bookings=kept.summed(people.province, online[MOBILITY], PROVINCES),
        simple_pay=float(allowed * kept.logistic(run.values["till.online_simple_pay_utility"]) * np.sum(online * pays)),
        units=units,
        other=units * constants.other_spending * scale * shifts[:, NEEDS],
        online_by_province=kept.summed(people.province, online.sum(axis=0), PROVINCES),
    )


def note_demand(people: People, budget: F8, share: F8, platforms: Platforms) -> None:
    """Budgets and online spending in units of budget, by province, account set for goods, online need."""
    cell = people.province * 4 + (people.accounts & 3)
    for name, amount in (("budget", budget), ("online", budget * share)):
        sums = [kept.summed(cell, row, PROVINCES * 4) for row in amount]
        setattr(platforms, name, np.array(sums).T.reshape(PROVINCES, 4, ONLINE))


def open_market_share(people: People, u: Utilities, v: Values) -> F8:
    """Share of online spending that goes to the open market, (goods need, person)."""
    both = kept.logistic((u.market - u.mall) / v["consumer.nest_dissimilarity"])
    by_set = np.array([np.zeros(GOODS), np.ones(GOODS), np.zeros(GOODS), both])
    return np.asarray(by_set[people.accounts & 3].T)


@dataclass
class Tills:
    """Sales per unit of pull by (province, sector), in shops; online by class of small sellers too, with the public
    app's part; sold on private platforms by class of sellers, KRW; payment shares by kind of till.

    A kind of till takes mobile pay by terminal (bit 0) and public QR (bit 1).
    """

    rate: F8
    online_rate: F8
    own_rate: F8
    public_part: F8
    sold: F8
    mobile: F8
    qr: F8


def clear(run: Run, markets: Markets, spending: Spending, terms: Terms, t: int) -> Tills:
    """Sales per unit of attraction, and how buyers pay at every kind of till; buyers' instruments pull shops."""
    rate, online_rate = np.zeros((PROVINCES, SECTORS)), np.zeros((PROVINCES, SECTORS))
    pull = markets.store[:, SHOPS] + markets.large[:, SHOPS]
    rate[:, SHOPS] = kept.ratio(spending.face, pull, 0.0)
    rate[:, SHOPS][pull == 0.0] = 0.0
    together = shown_together(terms.pull)
    online_rate[:, :GOODS], online_rate[:, MEALS] = spending.market, spending.app
    rated = kept.ratio(online_rate, together, 0.0)[:, :, None] * terms.exposure
    public = np.zeros((PROVINCES, SECTORS, 1))
    public[:, MEALS, 0] = kept.ratio(spending.public, terms.pull[:, MEALS, :LARGE].sum(axis=1), 0.0)
    both = rated[:, :, :LARGE] + public
    part = kept.ratio(np.broadcast_to(public, both.shape), both, 0.0)
    own_rate = np.zeros(SECTORS)
    pull_own = markets.own[:, :GOODS].sum(axis=0)
    in_malls = pull_own + markets.large_mall[:GOODS]
    own_rate[:GOODS] = spending.malls / in_malls
    spending.own = own_rate[:GOODS] * pull_own
    spending.malls = spending.malls - spending.own
    shares = [till_shares(run, spending, terminal, qr, t) for qr in (False, True) for terminal in (False, True)]
    set_pull_of_instruments(run.values, markets, spending)
    return Tills(
        rate,
        both,
        own_rate,
        part,
        rated * terms.pull,
        np.array([mobile for mobile, _ in shares]),
        np.array([qr for _, qr in shares]),
    )


def order_at_kiosks(run: Run, markets: Markets, people: People, present: B1, mean_skill: float, t: int) -> None:
    """Set the share of buyers who order at a kiosk, from the skill that people of a province begin the month with."""
    v = run.values
    here = people.weight * present
    skill = kept.summed(people.province, here * people.skill, PROVINCES)
    adults = kept.summed(people.province, here, PROVINCES)
    more_skilled = kept.ratio(skill, adults, mean_skill) - mean_skill
    fear = (1.0 - v["consumer.pandemic_channel"]) * v["kiosk.risk_weight"] * run.now("contact_risk_index", t)
    wish = kept.logistic(v["kiosk.order_constant"] + v["kiosk.skill_weight"] * more_skilled + fear)
    markets.kiosk_share = wish * gate(run, "smart_store", t)


def till_shares(run: Run, spending: Spending, terminal: bool, takes: bool, t: int) -> tuple[F8, F8]:
    """Shares of face-to-face spending by mobile pay and by public QR at one kind of till, by (province, sector)."""
    v = run.values
    m = np.exp(v["till.mobile_pay_utility"])
    z = np.exp(v["till.public_qr_utility"] + v["till.reward_utility"] * run.now("public_qr_reward_share", t))
    works = 1.0 if terminal else v["till.card_emulation_share"]
    holders = np.arange(8)
    wallet, zq = holders & 1, ((holders >> 2) & 1) * takes * z
    mobile = wallet * works * m / (1.0 + m + zq)
    qr = wallet * works * zq / (1.0 + m + zq) + (1.0 - wallet * works) * zq / (1.0 + zq)
    return weighted(mobile, spending), weighted(qr, spending)


def weighted(by_holders: F8, spending: Spending) -> F8:
    """Mean over holder sets, weighted with face-to-face spending; 0 where nobody spends; by (province, sector)."""
    table = np.zeros((PROVINCES, SECTORS))
    paid = np.tensordot(by_holders, spending.face_by_holders, axes=1)
    table[:, SHOPS] = kept.ratio(paid, spending.face, 0.0)
    return table


def set_pull_of_instruments(v: Values, markets: Markets, spending: Spending) -> None:
    """How much buyers' instruments draw them to shops with a terminal and with public QR."""
    holders = np.arange(8)
    wallets = weighted((holders & 1).astype(float), spending) * (1.0 - v["till.card_emulation_share"])
    codes = weighted(((holders >> 2) & 1).astype(float), spending)
    spent = np.zeros((PROVINCES, SECTORS), dtype=bool)
    spent[:, SHOPS] = spending.face > 0.0
    markets.instrument_pull = np.where(spent, np.array([wallets, codes]), markets.instrument_pull)


def kind_of_till(installed: B1) -> I8:
    """Kind of each merchant's till from (technology, row) installed."""
    return np.asarray(installed[kept.TERMINAL] | installed[kept.PUBLIC_QR].astype(np.int64) << 1)
