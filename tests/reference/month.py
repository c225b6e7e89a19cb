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
    medical,
    merchants,
    money,
    opening,
    platforms,
    programmes,
    services,
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
    used: medical.Used
    booked: dict[str, float]
    present: B1


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
    services.use(run, state.services, state.gated, state.constants.mean_skill, t)
    choice, spending = consume(run, state, terms, t, luck)
    remote = services.clear_remote(run, state.services, spending.other, t)
    used = treat_and_deliver(run, state, remote, spending, t, luck)
    tills = markets.clear(run, state.markets, state.platforms, spending, terms, t)
    markets.order_at_kiosks(run, state.markets, before.people, state.people.present, state.constants.mean_skill, t)
    state.platforms.sold = tills.sold
    month = opening.open_month(run, state.merchants, tills, terms, announced, state, t, luck)
    settled, household, booked = trade(run, state, month, spending, tills, responded, used)
    booked |= services.book(run, state.services, remote)
    booked |= medical.book(run.values, used, remote.spent[:, 2], remote.remote[:, 2])
    booked["other_spending"] -= float(remote.spent.sum())
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
        used,
        booked,
        state.people.present,
    )


def consume(run: Run, state: State, terms: Terms, t: int, luck: Luck) -> tuple[consumers.Choice, markets.Spending]:
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
    shifts = consumers.shifts(run, state.markets, constants, worth)
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
    return medical.live(run, state, share, haste, remote.spent[:, 2], remote.remote[:, 2], meals, t, luck)


def trade(
    run: Run, state: State, month: opening.Month, spending: markets.Spending, tills: markets.Tills, responded: F8,
    used: medical.Used,
) -> tuple[accounts.Settled, money.Household, dict[str, float]]:  # fmt: skip
    """Merchants act and settle; payments are booked; markets and programmes move on."""
    shops, market = state.merchants, state.markets
    merchants.adopt(month)
    settled = accounts.settle(month)
    lifetime.find_money(month, market, settled, state.loans)
    lifetime.close(month, market, settled)
    life.change_quality(month)
    life.change_staff(month)
    accounts.learn_by_use(run, shops)
    lifetime.open_shops(month, state, settled, responded)
    accounts.offer(run, shops, market)
    household = money.receive(
        run, shops, settled, spending, state.constants, month.terms.voucher, used.pay_lost, month.t
    )
    booked = money.book(month, state, settled, spending, tills, household)
    booked["other_income"] -= float(used.pay.sum() + used.pay_lost.sum())
    money.earn(booked, state.platforms)
    money.move_owners(run, shops, market, settled, month.t)
    money.move_income(market, household, spending.units, month.t)
    money.move_realised_gains(month, market, settled)
    money.move_pulls(run, shops, market)
    programmes.account_for(month, state.progress)
    return settled, household, booked


def total_savings(state: State) -> float:
    return float(np.sum(state.people.weight * state.people.savings))
