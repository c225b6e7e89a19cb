"""One month of the reference: the phases of docs/model.md 1.3 in their order."""

import copy
from dataclasses import dataclass

import numpy as np

from tests.reference import (
    accounts,
    consumers,
    firms,
    life,
    lifetime,
    markets,
    medical,
    merchants,
    money,
    opening,
    platforms,
    programmes,
    services,
    trade,
    work,
)
from tests.reference.draws import B1, F8, Event, Luck
from tests.reference.platforms import Terms
from tests.reference.state import PROVINCES, Run, State


@dataclass
class Walked:
    """What the phases of a month made, for the indicators."""

    run: Run
    before: State
    after: State
    t: int
    choice: consumers.Choice
    spending: markets.Spending
    tills: markets.Tills
    month: opening.Month
    settled: accounts.Settled
    household: money.Household
    remote: services.Remote
    direct: trade.Direct
    used: medical.Used
    booked: dict[str, float]
    present: B1
    worked: work.Worked


def run_month(run: Run, before: State, t: int, flips: frozenset[Event] = frozenset()) -> Walked:
    """Run month `t` from the state before it, which stays as it is."""
    state = copy.deepcopy(before)
    luck = Luck(run.seed, run.start + t, flips)
    if luck.month % 3 == 0 and t > 0:
        platforms.decide(run, state, t, luck.month)
    if luck.month % 12 == 0 or t == 0:
        consumers.age_bands(state.people, luck.month // 12)
        opening.fee_tiers(state.merchants)
    announced = programmes.govern(run, state.merchants, state.progress, t, luck)
    responded = lifetime.response(run.values, state.markets)
    lifetime.decide_loans(run, state, t, luck)
    terms = platforms.set_terms(run, state, t)
    services.use(run, state.services, state.gated, state.constants.mean_skill, state.work.supplied, t)
    direct = trade_directly(run, state, t)
    worked = work.clear(run, state, t)
    choice, spending = consume(run, state, terms, direct, worked, t, luck)
    remote = services.clear_remote(run, state.services, spending.other, t)
    used = treat_and_deliver(run, state, remote, spending, t, luck)
    tills = markets.clear(run, state.markets, state.platforms, spending, terms, t)
    markets.order_at_kiosks(run, state.markets, before.people, state.people.present, state.constants.mean_skill, t)
    state.platforms.sold = tills.sold
    orders = order(run, state, t)
    places, prices = worked.of_row(state.merchants), firms.prices(run, state.firms, t)
    month = opening.open_month(
        run, state.merchants, tills, terms, announced, state, orders.total, places, t, luck, prices
    )
    firms.run_month(run, state.firms, t, luck)
    settled, household, booked = do_business(run, state, month, spending, tills, responded, used)
    book_trade(run, state, settled, orders, direct, booked, t)
    gather_data(run, state, spending, booked, t)
    booked |= services.book(run, state.services, remote)
    booked |= medical.book(run.values, used, remote.spent[:, 2], remote.remote[:, 2])
    booked["other_spending"] -= float(remote.spent.sum())
    booked |= money.book_branches(booked, worked.fees)
    work.hire(run, state, settled, before.merchants, worked, t)
    state.people.savings = state.people.savings + household.saved[state.people.province] * choice.unit
    return Walked(
        run,
        before,
        state,
        t,
        choice,
        spending,
        tills,
        month,
        settled,
        household,
        remote,
        direct,
        used,
        booked,
        state.people.present,
        worked,
    )


def trade_directly(run: Run, state: State, t: int) -> trade.Direct:
    """People sell each other goods; a fraud takes trust."""
    now = state.services
    users = trade.by_province(now.use[trade.DIRECT] * now.adults)
    direct = trade.trade_directly(run, state.trade, state.markets.income, users, t)
    now.lost[trade.DIRECT] = direct.lost
    return direct


def order(run: Run, state: State, t: int) -> trade.Orders:
    """Firms, governments and buyers abroad order; software changes what inputs cost."""
    shops, market, nation = state.merchants, state.markets, state.services.national
    market.input_cost, _ = trade.saved_by_software(run.values, float(nation[trade.SOFTWARE]))
    offered = shops.by_market(shops.base_business).sum(axis=0)
    demand = np.where(offered > 0.0, market.business_start * run.now("household_income_index", t), 0.0)
    return trade.take_orders(run, state.trade, nation, demand)


def book_trade(
    run: Run, state: State, settled: accounts.Settled, orders: trade.Orders, direct: trade.Direct,
    booked: dict[str, float], t: int,
) -> None:  # fmt: skip
    """Payments of trade; fees for software are part of what inputs cost, those of direct trade of other spending."""
    sales = state.merchants.by_market(settled.turnover).sum(axis=0)
    booked |= trade.book(run, orders, direct, state.services.national, sales, t)
    booked["inputs"] -= booked["business_software"]
    booked["other_spending"] -= booked["c2c_goods_fee"] + booked["c2c_homes_cars_fee"]


ORDERED_ONLINE = (
    "market_sales_small", "market_sales_large", "mall_sales", "own_store_sales", "app_sales_small", "app_sales_large",
    "public_app_sales", "own_sales",
)  # fmt: skip


def gather_data(run: Run, state: State, spending: markets.Spending, booked: dict[str, float], t: int) -> None:
    """Orders and payments leave data, which improve advice from next month's offers on."""
    transactions = sum(booked[purpose] for purpose in ORDERED_ONLINE) + spending.simple_pay
    quality = trade.gather_data(run, state.trade, transactions, t)
    state.markets.advice = quality / run.values["data.initial_quality"]


def consume(
    run: Run, state: State, terms: Terms, direct: trade.Direct, worked: work.Worked, t: int, luck: Luck
) -> tuple[consumers.Choice, markets.Spending]:
    """People choose, spend, learn and revise."""
    people, constants = state.people, state.constants
    now = consumers.utilities(run, state.markets, constants.mall, terms, t)
    gate, v = services.gate_utility(run, "ecommerce", t), run.values
    nests = v["consumer.nest_dissimilarity"], v["public_platform.nest_dissimilarity"]
    table = consumers.contactless(now, constants.needs, *nests, gate)
    choice = consumers.choose(run, people, table, constants.mean_skill, t, luck)
    scale = consumers.budget_scale(run, state.markets, constants.other_income, t)
    worth = consumers.worth(run, people, choice, now.face, t)
    if t == 0:
        state.markets.worth_start = worth
    shifts = consumers.shifts(run, state.markets, constants, worth, worked.mobility)
    units = np.bincount(people.province, people.weight * choice.unit, PROVINCES) * scale
    shifts = trade.left_for_goods(constants.spending, units, shifts, direct.displaced)
    spending = markets.spend(run, people, choice, now, constants, scale, shifts, state.platforms, terms, t)
    holding = consumers.holding_utility(run, state.markets, t)
    measured = services.measure(people)
    state.services.measured_skill = measured[0] if luck.month % 3 == 0 else 0.0 * measured[0]
    state.services.measured_adults = measured[1]
    consumers.learn(people, choice.share, services.taught(run, state.services, people), run.values)
    consumers.revise(run, people, choice, now, holding, constants.mean_skill, luck)
    return choice, spending


def treat_and_deliver(
    run: Run, state: State, remote: services.Remote, spending: markets.Spending, t: int, luck: Luck
) -> medical.Used:
    """Telemedicine and deliveries of the month, and their accidents."""
    places, meals = list(services.GATED_PLACES), (spending.app + spending.app_fee).sum(axis=0)
    meals = meals + spending.public + spending.couriers
    share, haste = state.services.in_province[places[medical.UNMANNED]], state.services.haste[places]
    used = medical.live(run, state, share, haste, remote.spent[:, 2], remote.remote[:, 2], meals, t, luck)
    state.services.lost[places] = state.gated.lost
    return used


def do_business(
    run: Run, state: State, month: opening.Month, spending: markets.Spending, tills: markets.Tills, responded: F8,
    used: medical.Used,
) -> tuple[accounts.Settled, money.Household, dict[str, float]]:  # fmt: skip
    """Merchants act and settle; payments are booked; markets and programmes move on."""
    shops, market = state.merchants, state.markets
    merchants.adopt(month)
    settled = accounts.settle(month, state.work.loan_shift)
    lifetime.find_money(month, market, settled, state.loans, state.work.loan_shift)
    lifetime.close(month, market, settled, state.work.loan_shift)
    life.change_quality(month)
    life.change_staff(month, settled, state.work.speed)
    accounts.learn_by_use(run, shops)
    lifetime.open_shops(month, state, settled, responded)
    accounts.offer(run, shops, market)
    household = money.receive(run, shops, settled, spending, state.constants, month.terms.voucher,
                              state.firms.wages, used.pay_lost, month.t)  # fmt: skip
    booked = money.book(month, state, settled, spending, tills, household)
    booked["other_income"] -= float(used.pay.sum() + used.pay_lost.sum())
    booked |= firms.book(run, state.firms, month.t - month.luck.month % 3)
    running = run.values.of("technology.running_cost_krw_per_month") * (month.installed @ shops.weight)
    firms.owe(run, state.firms, month.bought, running, month.prices)
    money.earn(booked, state.platforms)
    money.move_owners(run, shops, market, settled, month.t)
    money.move_income(market, household, spending.units, month.t)
    money.move_realised_gains(month, market, settled)
    money.move_pulls(run, shops, market)
    programmes.account_for(month, state.progress)
    return settled, household, booked


def total_savings(state: State) -> float:
    return float(np.sum(state.people.weight * state.people.savings))
