"""One month of the reference: the phases of docs/model.md 1.3 in their order."""

import copy
from dataclasses import dataclass

import numpy as np

from tests.reference import (
    accounts,
    consumers,
    life,
    lifetime,
    markets,
    merchants,
    money,
    opening,
    platforms,
    programmes,
    services,
    work,
)
from tests.reference.draws import B1, F8, Event, Luck
from tests.reference.platforms import Terms
from tests.reference.state import Run, State


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
    services.use(run, state.services, state.constants.mean_skill, state.work.supplied, t)
    worked = work.clear(run, state, t)
    choice, spending = consume(run, state, terms, worked, t, luck)
    remote = services.clear_remote(run, state.services, spending.other, t)
    tills = markets.clear(run, state.markets, spending, terms, t)
    markets.order_at_kiosks(run, state.markets, before.people, state.people.present, state.constants.mean_skill, t)
    state.platforms.sold = tills.sold
    places = worked.of_row(state.merchants)
    month = opening.open_month(run, state.merchants, tills, terms, announced, state, places, t, luck)
    settled, household, booked = trade(run, state, month, spending, tills, responded)
    booked |= services.book(run, state.services, remote)
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
        booked,
        state.people.present,
        worked,
    )


def consume(
    run: Run, state: State, terms: Terms, worked: work.Worked, t: int, luck: Luck
) -> tuple[consumers.Choice, markets.Spending]:
    """People choose, spend, learn and revise."""
    people, constants = state.people, state.constants
    now = consumers.utilities(run, state.markets, constants.mall, terms, t)
    gate = services.gate_utility(run, "ecommerce", t)
    table = consumers.contactless(now, constants.needs, run.values["consumer.nest_dissimilarity"], gate)
    choice = consumers.choose(run, people, table, constants.mean_skill, t, luck)
    scale = consumers.budget_scale(run, state.markets, constants.other_income, t)
    worth = consumers.worth(run, people, choice, now.face, t)
    if t == 0:
        state.markets.worth_start = worth
    shifts = consumers.shifts(run, state.markets, constants, worth, worked.mobility)
    spending = markets.spend(run, people, choice, now, constants, scale, shifts, state.platforms, t)
    holding = consumers.holding_utility(run, state.markets, t)
    measured = services.measure(people)
    state.services.measured_skill = measured[0] if luck.month % 3 == 0 else 0.0 * measured[0]
    state.services.measured_adults = measured[1]
    consumers.learn(people, choice.share, services.taught(run, state.services, people), run.values)
    consumers.revise(run, people, choice, holding, constants.mean_skill, luck)
    return choice, spending


def trade(
    run: Run, state: State, month: opening.Month, spending: markets.Spending, tills: markets.Tills, responded: F8
) -> tuple[accounts.Settled, money.Household, dict[str, float]]:
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
    household = money.receive(run, shops, settled, spending, state.constants, month.terms.voucher, month.t)
    booked = money.book(month, state, settled, spending, tills, household)
    money.earn(booked, state.platforms)
    money.move_owners(run, shops, market, settled, month.t)
    money.move_income(market, household, spending.units, month.t)
    money.move_realised_gains(month, market, settled)
    money.move_pulls(run, shops, market)
    programmes.account_for(month, state.progress)
    return settled, household, booked


def total_savings(state: State) -> float:
    return float(np.sum(state.people.weight * state.people.savings))
