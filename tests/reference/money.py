"""Payments by purpose, household income and saving, realised gains (docs/model.md 3.4.7)."""

from dataclasses import dataclass

import numpy as np

from tests.reference import state as kept
from tests.reference.accounts import Settled, lift
from tests.reference.draws import F8
from tests.reference.markets import Spending, Tills
from tests.reference.opening import Month
from tests.reference.platforms import (
    ABOVE,
    FIRST,
    GOODS_MARKET,
    LARGE,
    MEALS_APP,
    OWNS,
    RIVAL,
    SECTORS_OF,
    SERVICE,
    SIDE,
    classes,
    fixed_cost,
    variable_cost,
)
from tests.reference.programmes import money_for_calls
from tests.reference.state import (
    APP,
    ENTRY,
    GOODS,
    IN_SHOP,
    INSTALLED,
    KIOSK,
    MANUFACTURING,
    MEALS,
    ON_TOP,
    OWN,
    PROVINCES,
    PUBLIC_QR,
    TERMINAL,
    Constants,
    LoanProgress,
    Markets,
    Merchants,
    Platforms,
    Run,
    State,
)


def by_province(merchants: Merchants, amount: F8) -> F8:
    return kept.summed(merchants.province, merchants.weight * amount, PROVINCES)


@dataclass
class Household:
    """Income by province: wages and drawings, rewards, vouchers, what owners put in and couriers lose, KRW; saved a
    unit budget.
    """

    wages: F8
    drawn: F8
    put_in: F8
    rewards: F8
    vouchers: F8
    couriers_lost: F8
    saved: F8


def receive(
    run: Run, merchants: Merchants, books: Settled, spending: Spending, constants: Constants, voucher: float,
    of_firms: F8, couriers_lost: F8, t: int,
) -> Household:  # fmt: skip
    """Income and saving by province; month 0 solves the income from the rest of the economy."""
    wages, drawn, put_in = (by_province(merchants, x) for x in (books.wages, books.drawn, books.put_in))
    wages = wages + of_firms
    rewards = run.now("public_qr_reward_share", t) * by_province(merchants, books.by_qr)
    vouchers = voucher * spending.public
    index, spent = run.now("household_income_index", t), spending.by_province()
    if t == 0:
        needed = spent.sum() / (1.0 - run.values["household.saving_rate"])
        constants.other_income = (needed - wages.sum() - drawn.sum()) / spending.units.sum() / index
    received = wages + drawn + rewards + vouchers - put_in - couriers_lost
    saved = (received + constants.other_income * index * spending.units - spent) / spending.units
    return Household(wages, drawn, put_in, rewards, vouchers, couriers_lost, saved)


def move_income(markets: Markets, household: Household, units: F8, t: int) -> None:
    """Twelve-month mean of simulated income a unit budget."""
    unit = (household.wages + household.drawn - household.couriers_lost) / units
    if t == 0:
        markets.income_start, markets.income = unit.copy(), unit.copy()
    markets.income = markets.income + (unit - markets.income) / 12.0


def move_owners(run: Run, merchants: Merchants, markets: Markets, books: Settled, t: int) -> None:
    """Moving yearly mean of owners' real income a merchant with customers, by market."""
    earned, earners = merchants.by_market(books.income), merchants.by_market(books.customers)
    income = kept.ratio(earned, earners, 0.0) / run.now("household_income_index", t)
    first = (markets.owner_income_start == 0.0) & (earners > 0.0)
    markets.owner_income_start = np.where(first, income, markets.owner_income_start)
    now = np.where(first, income, markets.owner_income)
    markets.owner_income = now + np.where(earners > 0.0, income - now, 0.0) / 12.0


def move_realised_gains(month: Month, markets: Markets, books: Settled) -> None:
    """What users of a technology gained over non-users of their market, a moving mean; online over starting sales."""
    merchants = month.merchants
    draw = month.run.values.of("technology.attraction")
    pull = markets.instrument_pull[:, merchants.province, merchants.sector]
    drawn = month.base.copy()
    for j in (TERMINAL, PUBLIC_QR):
        drawn = drawn * np.where(month.installed[j], 1.0 + draw[j] * pull[j], 1.0)
    for j in (TERMINAL, PUBLIC_QR):
        has = month.installed[j]
        base, others = merchants.by_market(month.base * has), merchants.by_market(month.base * ~has)
        told = (base > 0.0) & (others > 1e-9 * markets.store_start)
        with np.errstate(divide="ignore", invalid="ignore"):
            gain = (merchants.by_market(drawn * has) / base) / (merchants.by_market(drawn * ~has) / others) - 1.0
        step = np.where(told, gain - markets.realised[j], 0.0) / 12.0
        markets.realised[j] = markets.realised[j] + step
    move_gains_of_devices(month, markets)
    own = merchants.by_market(books.own).sum(axis=0)
    own_base = merchants.by_market(month.base * (books.own > 0.0)).sum(axis=0)
    sold = merchants.by_market(books.online)
    base = merchants.by_market(month.base * (books.online > 0.0))
    for j, sectors, sales, start in (
        (ENTRY, slice(0, GOODS), sold.sum(axis=0), base.sum(axis=0)),
        (OWN, slice(0, GOODS), own, own_base),
        (APP, slice(MEALS, MEALS + 1), sold, base),
    ):
        gain = np.broadcast_to(kept.ratio(sales, start, 0.0), sold.shape)[:, sectors]
        there = np.broadcast_to(start, sold.shape)[:, sectors] > 0.0
        realised = markets.realised[j][:, sectors]
        markets.realised[j][:, sectors] = realised + np.where(there, gain - realised, 0.0) / 12.0


def move_gains_of_devices(month: Month, markets: Markets) -> None:
    """What the devices of who has one add, against those of the others: in shops or to firms, and online."""
    merchants, run = month.merchants, month.run
    makes = merchants.sector == MANUFACTURING
    shop, more = (lift(run, merchants, markets, devices) for devices in (IN_SHOP, ON_TOP))
    with np.errstate(divide="ignore", invalid="ignore"):
        offered = np.where(makes, merchants.base_business / shop, merchants.base)
        online = (merchants.attraction_online + merchants.attraction_own) / more
    for devices, base, factor in ((IN_SHOP, offered, shop), (ON_TOP, online, more)):
        for j in devices:
            has = merchants.has(j, INSTALLED)
            drawn = [merchants.by_market(base * factor * who) for who in (has, ~has)]
            without = [merchants.by_market(base * who) for who in (has, ~has)]
            told = (without[0] > 0.0) & (without[1] > 1e-3 * merchants.by_market(base))
            ratios = [kept.ratio(d, w, 1.0) for d, w in zip(drawn, without, strict=True)]
            gain = ratios[0] / ratios[1] - 1.0
            step = np.where(told, gain - markets.realised[j], 0.0) / 12.0
            markets.realised[j] = markets.realised[j] + step


def move_pulls(run: Run, merchants: Merchants, markets: Markets) -> None:
    """Pulls of next month's offers."""
    markets.store = merchants.by_market(merchants.attraction)
    markets.store_terminal = merchants.by_market(merchants.attraction * merchants.has(TERMINAL, kept.INSTALLED))
    markets.store_qr = merchants.by_market(merchants.attraction * merchants.has(PUBLIC_QR, kept.INSTALLED))
    online = merchants.by_market(merchants.attraction_online)
    markets.online = online.sum(axis=0)
    markets.entry = online
    markets.entry_above = merchants.by_market(merchants.attraction_online * (classes(run, merchants) == ABOVE))
    markets.app = online[:, MEALS]
    markets.own = merchants.by_market(merchants.attraction_own)
    markets.kiosk = merchants.by_market(merchants.attraction * merchants.has(KIOSK, INSTALLED))


def book(
    month: Month, state: State, books: Settled, spending: Spending, tills: Tills, home: Household
) -> dict[str, float]:
    """Every payment of the month by purpose, as the payer's side counts it, KRW."""
    before = state.markets
    return (
        book_sales(before, spending, tills)
        | book_costs(month.merchants, books)
        | book_market(month, books, spending, tills)
        | book_app(month, books, spending, tills)
        | book_platforms(month, books, spending, tills, state.platforms)
        | book_devices(month, state.loans)
        | book_loans(month.merchants, books, state.loans)
        | book_households(month, spending, home, state.constants.other_income)
    )


def book_sales(before: Markets, spending: Spending, tills: Tills) -> dict[str, float]:
    shops = float(np.sum(tills.rate * before.store))
    return {
        "store_sales_small": shops,
        "store_sales_large": float(spending.face.sum()) - shops,
        "mall_sales": float(spending.malls.sum()),
        "own_store_sales": float(spending.own.sum()),
        "other_spending": float(spending.other.sum()),
    }


def book_market(month: Month, books: Settled, spending: Spending, tills: Tills) -> dict[str, float]:
    """Goods on both open markets: sales, the first one's own too; parcels, of malls too."""
    merchants, v = month.merchants, month.run.values
    shops, sold = merchants.sector != MEALS, tills.sold[:, :, :GOODS]
    large, own = float(np.sum(sold[..., LARGE])), float(np.sum(sold[..., OWNS]))
    parcel = v["open_market.delivery_share"]
    return {
        "market_sales_small": float(np.sum(sold[..., :LARGE])),
        "market_sales_large": large,
        "delivery_small": merchants.total(books.delivery * shops),
        "delivery_large": parcel * (large + float(spending.malls.sum())),
        "own_sales": own,
        "own_purchases": (1.0 - v["open_market.own_margin_share"] - parcel) * own,
        "own_parcels": parcel * own,
    }


def book_app(month: Month, books: Settled, spending: Spending, tills: Tills) -> dict[str, float]:
    """Meals by all delivery apps: sales, couriers, the public one's commission."""
    merchants, v = month.merchants, month.run.values
    restaurants, sold = merchants.sector == MEALS, tills.sold[:, :, MEALS]
    chains = float(np.sum(sold[..., LARGE]))
    return {
        "app_sales_small": float(np.sum(sold[..., :LARGE])),
        "app_sales_large": chains,
        "app_courier_fee": float(spending.couriers.sum()),
        "app_delivery_small": merchants.total(books.delivery * restaurants),
        "app_delivery_large": v["delivery_app.merchant_fee_share"] * chains,
        "public_app_sales": float(spending.public.sum()),
        "public_app_commission": merchants.total(books.public_commission),
    }


PAID_AS = (
    ("commission_small", "commission_large", "market_fee", "open_market_costs"),
    ("app_commission_small", "app_commission_large", "app_fee", "app_costs"),
    *(tuple(f"{name}_{what}" for what in ("commission_small", "commission_large", "fee", "costs"))
      for name in ("market_rival", "app_rival")),
)  # fmt: skip
"""Purposes of what each private platform is paid and spends."""


def book_platforms(
    month: Month, books: Settled, spending: Spending, tills: Tills, platforms: Platforms
) -> dict[str, float]:
    """What sellers and consumers pay each private platform, and what it spends; nothing for an absent rival."""
    merchants, v, table = month.merchants, month.run.values, dict[str, float]()
    for j, (small, large, fee, costs) in enumerate(PAID_AS):
        here, side = SECTORS_OF[SERVICE[j]], SIDE[j]
        sold, charged = tills.sold[side][:, here], month.terms.commission[side][:, here]
        owed = books.rival_commission if side == RIVAL else books.commission
        fees = spending.app_fee if SERVICE[j] == MEALS_APP else spending.market_fee
        there = float(side == FIRST or platforms.open[j] == 1)
        table[small] = merchants.total(owed * here[merchants.sector])
        table[large] = float(np.sum(sold[..., LARGE] * charged[..., LARGE]))
        table[fee] = float(fees[side].sum())
        table[costs] = there * (variable_cost(v, j) * float(np.sum(sold)) + fixed_cost(v, j))
    return table


def book_branches(booked: dict[str, float], fees: F8) -> dict[str, float]:
    """Fees at bank branches come out of other spending."""
    paid = float(fees.sum())
    return {"banking_fees": paid, "other_spending": booked["other_spending"] - paid}


def earn(booked: dict[str, float], platforms: Platforms) -> None:
    """The platforms' profit of the quarter so far."""
    for j, (small, large, fee, costs) in enumerate(PAID_AS):
        kept_of_own = (
            booked["own_sales"] - booked["own_purchases"] - booked["own_parcels"] if j == GOODS_MARKET else 0.0
        )
        earned = booked[small] + booked[large] + booked[fee] + kept_of_own
        platforms.quarter[j] = platforms.quarter[j] + earned - booked[costs]


def book_costs(merchants: Merchants, books: Settled) -> dict[str, float]:
    rows = {
        "inputs": books.inputs,
        "rent": books.rent,
        "other_costs": books.other,
        "wages": books.wages,
        "card_fees": books.card_fees,
        "qr_fees": books.qr_fees,
        "device_running": books.running,
        "own_store_delivery": books.own_delivery,
        "live_commission": books.live,
        "drawings": books.drawn,
        "owner_funds": books.put_in,
    }
    return {purpose: merchants.total(amount) for purpose, amount in rows.items()}


def book_loans(merchants: Merchants, books: Settled, loans: list[LoanProgress]) -> dict[str, float]:
    """Loans, their service, what is never repaid, and what entrants spend on their start."""
    return {
        "loans": merchants.total(books.loans) + sum(lender.lent for lender in loans),
        "loan_repayments": merchants.total(books.repaid),
        "loan_interest": merchants.total(books.interest),
        "interest_subsidy": merchants.total(books.subsidy),
        "guarantee_fees": sum(lender.fees for lender in loans),
        "guarantee_claims": merchants.total(books.claims),
        "start_up_costs": merchants.total(books.start_up),
    }


def book_devices(month: Month, loans: list[LoanProgress]) -> dict[str, float]:
    return {
        "device_own_share": month.merchants.total(month.pay),
        "device_subsidy": month.merchants.total(month.subsidies),
        "enrolment_visits": sum(money_for_calls(p) for p in month.announced if p.terms.hours == 0.0),
        "training": sum(money_for_calls(p) for p in month.announced if p.terms.hours > 0.0),
        "campaigns": sum(programme.campaign_money for programme in month.announced)
        + sum(lender.campaign for lender in loans),
    }


def book_households(month: Month, spending: Spending, home: Household, other_income: float) -> dict[str, float]:
    index = month.run.now("household_income_index", month.t)
    return {
        "other_income": other_income * index * float(spending.units.sum()),
        "travel_counter": float(spending.counters.sum()),
        "travel_online": float(spending.bookings.sum()),
        "qr_reward": float(home.rewards.sum()),
        "platform_vouchers": float(home.vouchers.sum()),
        "platform_promotion": month.terms.promotion,
    }
