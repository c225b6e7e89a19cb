"""How a merchant's month ends: costs, cash and drawings, the offer for next month, capability (3.4.5)."""

from dataclasses import dataclass

import numpy as np

from tests.reference import state as kept
from tests.reference.draws import F8
from tests.reference.merchants import Month, fees, other_costs, selling_online
from tests.reference.state import (
    ACTIVE,
    APP,
    ENTRY,
    IN_SHOP,
    INSTALLED,
    KIOSK,
    LIVE,
    MANUFACTURING,
    MEALS,
    ON_TOP,
    OWN,
    PROVINCES,
    PUBLIC_QR,
    TECHNOLOGIES,
    TELEWORK,
    TERMINAL,
    Markets,
    Merchants,
    Run,
)


@dataclass
class Settled:
    """A month's accounts, KRW a row."""

    turnover: F8
    business: F8
    by_mobile: F8
    by_qr: F8
    inputs: F8
    rent: F8
    other: F8
    wages: F8
    card_fees: F8
    qr_fees: F8
    running: F8
    commission: F8
    delivery: F8
    own_delivery: F8
    live: F8
    income: F8
    drawn: F8
    put_in: F8


def wage_bill(run: Run, merchants: Merchants, t: int) -> F8:
    """Wages of regular and temporary staff, KRW a month."""
    hours = run.values["merchant.full_time_hours_per_month"] * run.now("minimum_wage_krw_per_hour", t)
    regular, temporary = run.values.of("merchant.wage_premium", "contracts") * hours
    return np.asarray(merchants.regular * regular + merchants.temporary * temporary)


def settle(month: Month) -> Settled:
    """Pay all costs, draw what exceeds the buffer, put in what is missing; move yearly sales and income."""
    merchants, run = month.merchants, month.run
    books = costs(month)
    cash = merchants.cash + books.income - month.pay
    buffer = run.values["merchant.cash_buffer_months"] * (books.inputs + books.rent + books.other + books.wages)
    books.drawn = np.maximum(0.0, cash - buffer)
    books.put_in = np.maximum(0.0, -cash)
    merchants.cash = cash - books.drawn + books.put_in
    merchants.sales_year = merchants.sales_year + books.turnover - merchants.sales_year / 12.0
    merchants.income_year = merchants.income_year + books.income - merchants.income_year / 12.0
    return books


def costs(month: Month) -> Settled:
    """Turnover, costs and income of the month."""
    merchants, v, run = month.merchants, month.run.values, month.run
    index = run.now("household_income_index", month.t)
    business = month.firms
    turnover = merchants.sales + merchants.sales_online + merchants.sales_own + business
    fixed = (merchants.start + merchants.business) * index
    by_mobile, by_qr = merchants.sales * month.mobile, merchants.sales * month.qr
    by_card = by_mobile + v["till.card_payment_share"] * (merchants.sales - by_mobile - by_qr)
    card_fee, qr_fee = fees(month)
    by_app, by_market = selling_online(v, APP), selling_online(v, ENTRY)
    commission, delivery = (np.where(merchants.sector == MEALS, by_app[n], by_market[n]) for n in (1, 2))
    added = v.of("technology.attraction")[LIVE]
    live = v["live_commerce.commission_share"] * added / (1.0 + added)
    books = Settled(
        turnover, business, by_mobile, by_qr,
        inputs=month.by_sector("merchant.input_share") * turnover,
        rent=month.by_sector("merchant.rent_share") * fixed,
        other=other_costs(month) * (1.0 - v["telework.other_cost_saved_share"] * month.installed[TELEWORK]),
        wages=wage_bill(run, merchants, month.t),
        card_fees=card_fee * by_card,
        qr_fees=qr_fee * by_qr,
        running=v.of("technology.running_cost_krw_per_month") @ month.installed,
        commission=commission * merchants.sales_online,
        delivery=delivery * merchants.sales_online,
        own_delivery=v["open_market.delivery_share"] * merchants.sales_own,
        live=live * (merchants.sales_online + merchants.sales_own) * month.installed[LIVE],
        income=np.zeros_like(turnover),
        drawn=np.zeros_like(turnover),
        put_in=np.zeros_like(turnover),
    )  # fmt: skip
    books.income = (
        books.turnover - books.inputs - books.rent - books.other - books.wages
        - books.card_fees - books.qr_fees - books.running - books.commission - books.delivery
        - books.own_delivery - books.live
    )  # fmt: skip
    return books


def offer(run: Run, merchants: Merchants, markets: Markets) -> None:
    """Attraction of the shop, of its online offers and of what it offers to firms next month."""
    v = run.values
    draw = v.of("technology.attraction")
    terminal, qr, entered, app, own = (merchants.has(j, INSTALLED) for j in (TERMINAL, PUBLIC_QR, ENTRY, APP, OWN))
    pull = markets.instrument_pull[:, merchants.province, merchants.sector]
    sales = merchants.sales + merchants.sales_online + merchants.sales_own
    through = merchants.sales_online * (entered | app) + merchants.sales_own * own
    online_share = kept.ratio(through, sales, 0.0)
    lost = np.where(merchants.sector == MEALS, v["delivery_app.cannibalisation"], v["adoption.cannibalisation"])
    shop = lift(run, merchants, markets, IN_SHOP)
    makes = merchants.sector == MANUFACTURING
    merchants.attraction = (
        merchants.base
        * (1.0 + draw[TERMINAL] * pull[0] * terminal)
        * (1.0 + draw[PUBLIC_QR] * pull[1] * qr)
        * (1.0 - lost * online_share)
        * np.where(makes, 1.0, shop)
    )
    merchants.base_business = merchants.base_business * np.where(makes, shop, 1.0)
    more = lift(run, merchants, markets, ON_TOP)
    merchants.attraction_online = merchants.base * (draw[ENTRY] * entered + draw[APP] * app) * more
    merchants.attraction_own = merchants.base * draw[OWN] * own * more


def lift(run: Run, merchants: Merchants, markets: Markets, devices: tuple[int, ...]) -> F8:
    """What some devices of each row multiply attraction by."""
    factor = np.ones(merchants.id.size)
    for j in devices:
        added = added_by(run, markets, j)[merchants.province]
        factor = factor * np.where(merchants.has(j, INSTALLED), 1.0 + added, 1.0)
    return factor


def added_by(run: Run, markets: Markets, j: int) -> F8:
    """What a device adds to attraction by province: a kiosk draws who orders at it and loses some of the others."""
    added = run.values.of("technology.attraction")[j]
    if j != KIOSK:
        return np.full(PROVINCES, added)
    share = markets.kiosk_share
    return np.asarray(added * share - run.values["kiosk.lost_share"] * (1.0 - share))


def learn_by_use(run: Run, merchants: Merchants) -> None:
    """Use teaches towards full capability; without use, what was gained decays."""
    used = np.array([merchants.has(j, ACTIVE) for j in range(TECHNOLOGIES)])
    taught = run.values.of("technology.capability_gain_per_month") @ used
    room = 1.0 - merchants.capability - merchants.gained
    forgets = (1.0 - run.values["merchant.capability_decay_per_year"]) ** (1.0 / 12.0)
    merchants.gained = np.where(taught > 0.0, merchants.gained + taught * room, merchants.gained * forgets)
