"""How a merchant's month ends: costs, cash and drawings, the offer for next month, capability (3.4.5)."""

from dataclasses import dataclass

import numpy as np

from tests.reference import state as kept
from tests.reference.draws import B1, F8
from tests.reference.gains import fees, other_costs
from tests.reference.opening import Month, parcels
from tests.reference.platforms import classes
from tests.reference.state import (
    ACTIVE,
    ADVICE,
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
    Values,
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
    rival_commission: F8
    public_commission: F8
    delivery: F8
    own_delivery: F8
    live: F8
    income: F8
    drawn: F8
    put_in: F8
    sales: F8
    online: F8
    own: F8
    customers: F8
    buffer: F8
    interest: F8
    subsidy: F8
    repaid: F8
    loans: F8
    lost: F8
    claims: F8
    start_up: F8
    closed: B1
    opened: B1
    waiting: F8
    vacancies: F8
    hired: F8


def wage_bill(run: Run, merchants: Merchants, t: int) -> F8:
    """Wages of regular and temporary staff, KRW a month."""
    hours = run.values["merchant.full_time_hours_per_month"] * run.now("minimum_wage_krw_per_hour", t)
    regular, temporary = run.values.of("merchant.wage_premium", "contracts") * hours
    return np.asarray(merchants.regular * regular + merchants.temporary * temporary)


def costs_at(run: Run, merchants: Merchants, inputs: F8, sales: F8, t: int) -> F8:
    """Costs of a month at given sales, KRW; inputs: on a won of sales by sector."""
    v, index = run.values, run.now("household_income_index", t)
    shares = [v.of(f"merchant.{name}_share", "sectors")[merchants.sector] for name in ("rent", "other_cost")]
    fixed = (merchants.start + merchants.business) * index
    return np.asarray(inputs[merchants.sector] * sales + (shares[0] + shares[1]) * fixed + wage_bill(run, merchants, t))


def interest(merchants: Merchants, shift: float) -> F8:
    """What debts cost a year, rates moved as all have since the start."""
    return np.asarray(merchants.debt * rate_now(merchants.debt_rate, shift))


def rate_now(rate: F8 | float, shift: float) -> F8:
    """A rate moved as all have since the start, not below zero."""
    return np.asarray(np.maximum(rate + shift, 0.0))


def serve_debts(v: Values, merchants: Merchants, books: Settled, shift: float) -> None:
    """Interest, what government bears of it, and repayment; a small debt is repaid at once."""
    debt = merchants.debt
    books.interest = interest(merchants, shift) / 12.0
    books.subsidy = np.where(
        debt > 0.0, debt * (kept.single(v["loan.rate_per_year"]) - merchants.debt_rate) / 12.0, 0.0
    )
    books.repaid = np.where(debt >= 1e6, debt * v["loan.repaid_share_per_year"] / 12.0, debt)
    merchants.debt = debt - books.repaid


def settle(month: Month, shift: float) -> Settled:
    """Pay all costs, serve debts, draw what exceeds the buffer; move yearly sales and income."""
    merchants, run = month.merchants, month.run
    books = costs(month)
    serve_debts(run.values, merchants, books, shift)
    cash = merchants.cash + books.income - month.pay - books.interest - books.repaid
    inputs = month.input_cost * books.turnover
    books.buffer = run.values["merchant.cash_buffer_months"] * (inputs + books.rent + books.other + books.wages)
    books.drawn = np.maximum(0.0, cash - books.buffer)
    merchants.cash = cash - books.drawn
    merchants.sales_year = merchants.sales_year + books.turnover - merchants.sales_year / 12.0
    merchants.income_year = merchants.income_year + books.income - merchants.income_year / 12.0
    return books


UNPAID = (
    "vacancies",
    "hired",
    "drawn",
    "put_in",
    "buffer",
    "interest",
    "subsidy",
    "repaid",
    "loans",
    "lost",
    "claims",
    "start_up",
)
"""Amounts that are known only later in the month."""


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
    seller = merchants.province, merchants.sector, classes(run, merchants)
    beside = merchants.sales_online * month.rival_part
    public = merchants.sales_online * month.public_part
    added = v.of("technology.attraction")[LIVE]
    live = v["live_commerce.commission_share"] * added / (1.0 + added)
    books = Settled(
        turnover, business, by_mobile, by_qr,
        inputs=month.input_cost * turnover - month.inputs_saved * merchants.sales_online,
        rent=month.by_sector("merchant.rent_share") * fixed,
        other=other_costs(month) * (1.0 - v["telework.other_cost_saved_share"] * month.installed[TELEWORK]),
        wages=wage_bill(run, merchants, month.t),
        card_fees=card_fee * by_card,
        qr_fees=qr_fee * by_qr,
        running=v.of("technology.running_cost_krw_per_month") @ month.installed,
        commission=month.terms.commission[0][seller] * (merchants.sales_online - public - beside),
        rival_commission=month.terms.commission[1][seller] * beside,
        public_commission=month.terms.public_commission * public,
        delivery=parcels(v)[merchants.sector] * merchants.sales_online,
        own_delivery=v["open_market.delivery_share"] * merchants.sales_own,
        live=live * (merchants.sales_online + merchants.sales_own) * month.installed[LIVE],
        income=np.zeros_like(turnover),
        sales=merchants.sales.copy(),
        online=merchants.sales_online.copy(),
        own=merchants.sales_own.copy(),
        customers=(merchants.start + merchants.business > 0.0).astype(np.float64),
        closed=np.zeros(turnover.size, dtype=bool),
        opened=np.zeros(turnover.size, dtype=bool),
        waiting=np.zeros(1),
        **{name: np.zeros_like(turnover) for name in UNPAID},
    )  # fmt: skip
    bought = month.input_cost * turnover
    online = month.online_cost * merchants.sales_online
    books.income = (
        books.turnover - bought - books.rent - books.other - books.wages
        - books.card_fees - books.qr_fees - books.running - online
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
    added = run.values.of("technology.attraction")[j] * (markets.advice if j == ADVICE else 1.0)
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
