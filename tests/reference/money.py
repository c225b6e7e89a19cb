"""Payments by purpose, household income and saving, realised gains (docs/model.md 3.4.7)."""

from dataclasses import dataclass

import numpy as np

from tests.reference import state as kept
from tests.reference.accounts import Settled, lift
from tests.reference.draws import F8
from tests.reference.markets import Spending, Tills
from tests.reference.merchants import Month
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
    Markets,
    Merchants,
    Run,
)


def by_province(merchants: Merchants, amount: F8) -> F8:
    return kept.summed(merchants.province, merchants.weight * amount, PROVINCES)


@dataclass
class Household:
    """Income by province: wages and drawings, rewards, what owners put in, KRW; and saved a unit budget."""

    wages: F8
    drawn: F8
    put_in: F8
    rewards: F8
    saved: F8


def receive(
    run: Run, merchants: Merchants, books: Settled, spending: Spending, constants: Constants, t: int
) -> Household:
    """Income and saving by province; month 0 solves the income from the rest of the economy."""
    wages, drawn, put_in = (by_province(merchants, x) for x in (books.wages, books.drawn, books.put_in))
    rewards = run.now("public_qr_reward_share", t) * by_province(merchants, books.by_qr)
    index, spent = run.now("household_income_index", t), spending.by_province()
    if t == 0:
        needed = spent.sum() / (1.0 - run.values["household.saving_rate"])
        constants.other_income = (needed - wages.sum() - drawn.sum()) / spending.units.sum() / index
    saved = (
        wages + drawn + rewards - put_in + constants.other_income * index * spending.units - spent
    ) / spending.units
    return Household(wages, drawn, put_in, rewards, saved)


def move_income(markets: Markets, household: Household, units: F8, t: int) -> None:
    """Twelve-month mean of simulated income a unit budget."""
    unit = (household.wages + household.drawn) / units
    if t == 0:
        markets.income_start, markets.income = unit.copy(), unit.copy()
    markets.income = markets.income + (unit - markets.income) / 12.0


def move_realised_gains(month: Month, markets: Markets) -> None:
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
    own = merchants.by_market(merchants.sales_own).sum(axis=0)
    own_base = merchants.by_market(month.base * (merchants.sales_own > 0.0)).sum(axis=0)
    sold = merchants.by_market(merchants.sales_online)
    base = merchants.by_market(month.base * (merchants.sales_online > 0.0))
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


def move_pulls(merchants: Merchants, markets: Markets) -> None:
    """Pulls of next month's offers."""
    markets.store = merchants.by_market(merchants.attraction)
    markets.store_terminal = merchants.by_market(merchants.attraction * merchants.has(TERMINAL, kept.INSTALLED))
    markets.store_qr = merchants.by_market(merchants.attraction * merchants.has(PUBLIC_QR, kept.INSTALLED))
    online = merchants.by_market(merchants.attraction_online)
    markets.online = online.sum(axis=0)
    markets.app = online[:, MEALS]
    markets.own = merchants.by_market(merchants.attraction_own)
    markets.kiosk = merchants.by_market(merchants.attraction * merchants.has(KIOSK, INSTALLED))


def book(
    month: Month,
    before: Markets,
    books: Settled,
    spending: Spending,
    tills: Tills,
    home: Household,
    other_income: float,
) -> dict[str, float]:
    """Every payment of the month by purpose, as the payer's side counts it, KRW."""
    return (
        book_sales(month, before, spending, tills)
        | book_costs(month.merchants, books)
        | book_large(month.run, before, spending, tills)
        | book_app(month, before, books, spending, tills)
        | book_devices(month)
        | book_households(month, spending, home, other_income)
    )


def book_sales(month: Month, before: Markets, spending: Spending, tills: Tills) -> dict[str, float]:
    merchants = month.merchants
    shops = float(np.sum(tills.rate * before.store))
    online = float(np.sum(tills.online_rate[0, :GOODS] * before.online[:GOODS]))
    index = month.run.now("household_income_index", month.t)
    return {
        "store_sales_small": shops,
        "store_sales_large": float(spending.face.sum()) - shops,
        "market_sales_small": online,
        "market_sales_large": float(spending.market.sum()) - online,
        "mall_sales": float(spending.malls.sum()),
        "own_store_sales": float(spending.own.sum()),
        "other_spending": float(spending.other.sum()),
        "business_sales": merchants.total(merchants.business) * index,
    }


def book_app(month: Month, before: Markets, books: Settled, spending: Spending, tills: Tills) -> dict[str, float]:
    """Meals by delivery app: sales, consumers' fees for couriers, what sellers pay the platform and couriers."""
    merchants, v = month.merchants, month.run.values
    restaurants = merchants.sector == MEALS
    small = float(np.sum(tills.online_rate[:, MEALS] * before.app))
    chains = float(np.sum(tills.online_rate[:, MEALS] * before.app_large))
    return {
        "app_sales_small": small,
        "app_sales_large": chains,
        "app_courier_fee": float(spending.couriers.sum()),
        "app_commission_small": merchants.total(books.commission * restaurants),
        "app_commission_large": v["delivery_app.commission_share"] * chains,
        "app_delivery_small": merchants.total(books.delivery * restaurants),
        "app_delivery_large": v["delivery_app.merchant_fee_share"] * chains,
    }


def book_costs(merchants: Merchants, books: Settled) -> dict[str, float]:
    rows = {
        "inputs": books.inputs,
        "rent": books.rent,
        "other_costs": books.other,
        "wages": books.wages,
        "card_fees": books.card_fees,
        "qr_fees": books.qr_fees,
        "commission_small": books.commission * (merchants.sector != MEALS),
        "delivery_small": books.delivery * (merchants.sector != MEALS),
        "device_running": books.running,
        "own_store_delivery": books.own_delivery,
        "live_commission": books.live,
        "drawings": books.drawn,
        "owner_funds": books.put_in,
    }
    return {purpose: merchants.total(amount) for purpose, amount in rows.items()}


def book_large(run: Run, before: Markets, spending: Spending, tills: Tills) -> dict[str, float]:
    """Commission and parcels of large sellers; malls pay no commission."""
    offered = float(np.sum(tills.online_rate[0, :GOODS] * before.large_online[:GOODS]))
    parcels = offered + float(spending.malls.sum())
    return {
        "commission_large": run.values["open_market.commission_share"] * offered,
        "delivery_large": run.values["open_market.delivery_share"] * parcels,
    }


def book_devices(month: Month) -> dict[str, float]:
    return {
        "device_own_share": month.merchants.total(month.pay),
        "device_subsidy": month.merchants.total(month.subsidies),
        "enrolment_visits": sum(money_for_calls(p) for p in month.announced if p.terms.hours == 0.0),
        "training": sum(money_for_calls(p) for p in month.announced if p.terms.hours > 0.0),
        "campaigns": sum(programme.campaign_money for programme in month.announced),
    }


def book_households(month: Month, spending: Spending, home: Household, other_income: float) -> dict[str, float]:
    index = month.run.now("household_income_index", month.t)
    return {
        "other_income": other_income * index * float(spending.units.sum()),
        "travel_counter": float(spending.counters.sum()),
        "travel_online": float(spending.bookings.sum()),
        "qr_reward": float(home.rewards.sum()),
    }
