"""Programmes: decide applications, close, announce, and what the month leaves of quota and budget (3.4.6)."""

import numpy as np

from tests.reference.draws import B1, F8, I8, Luck, bits_of, top_of
from tests.reference.opening import Announced, Month, network_open
from tests.reference.state import (
    APPLIED_AT,
    CHOSEN,
    INSTALLED,
    NO_PROGRAMME,
    NOT_WAITING,
    PENDING,
    SELECTED,
    USERS_OF,
    Merchants,
    Progress,
    Run,
    Terms,
)


def govern(run: Run, merchants: Merchants, progress: list[Progress], t: int, luck: Luck) -> list[Announced]:
    """The government's month: programmes in the order of their names."""
    announced = []
    for q, (terms, running) in enumerate(zip(run.programmes, progress, strict=True)):
        is_met, was_met = is_met_in(run, terms, t), t > 0 and is_met_in(run, terms, t - 1)
        if terms.hours > 0.0:
            announced.append(Announced(terms, False, calls=teach(q, run, merchants, running, luck)))
            continue
        if terms.is_open(luck.month):
            decide_applications(run, q, merchants, running, t, luck)
        elif terms.is_open(luck.month - 1):
            send_back(q, terms, merchants)
        running.months_met = running.months_met + 1.0 if is_met else 0.0
        if is_met and not was_met:
            running.eligible = merchants.total(could_serve(terms, merchants, luck.month // 12))
        announced.append(announce(terms, running, is_met, luck.month))
        announced[-1].months_met = running.months_met
    return announced


def is_met_in(run: Run, terms: Terms, t: int) -> bool:
    """Whether a programme is open and its technology can be had."""
    can_be_had = any(network_open(run, int(j), t) for j in terms.technology if j >= 0)
    return can_be_had and terms.is_open(run.start + t)


def could_serve(terms: Terms, merchants: Merchants, year: int) -> B1:
    """Who is meant, can use the technology and has not installed it."""
    able = np.zeros(merchants.id.size, dtype=bool)
    for j in set(terms.technology.tolist()) - {-1}:
        here = (terms.technology == j)[merchants.sector]
        able |= here & USERS_OF[j][merchants.sector] & ~merchants.has(j, INSTALLED)
    return np.asarray(able & terms.target.holds(merchants, year))


def places(running: Progress, quota: float) -> float:
    """How many more merchants a quota serves."""
    return max(0.0, quota - running.lapsed - running.committed)


def served(places_left: float, money: float, cost: float) -> float:
    """How many merchants places and money serve at a cost each."""
    return max(0.0, min(places_left, money / cost)) if cost > 0.0 else places_left


def unspent(running: Progress, budget: float) -> float:
    """What a budget has left, neither lapsed nor spent nor promised, KRW."""
    return max(0.0, budget - running.lapsed_krw - running.spent - running.reserved)


def decide_applications(run: Run, q: int, merchants: Merchants, running: Progress, t: int, luck: Luck) -> None:
    """Choose applicants in the order of rationing until this month's grants are used up."""
    terms, month = run.programmes[q], luck.month
    quota, budget = terms.path("quota", month), terms.path("budget_krw", month)
    if not terms.settings["carry_over"] and t > 0:
        lapse(terms, running, month)
    left, money = min(places(running, quota), float(terms.settings["decisions_per_month"])), unspent(running, budget)
    last, last_money = places(running, terms.last("quota")), unspent(running, terms.last("budget_krw"))
    remainder = top_of(bits_of(luck.seed, "programme_remainder", month, merchants.id))
    for row in queue(q, terms, merchants, t, luck):
        if left <= 0.0:
            break
        weight, sector = merchants.weight[row], merchants.sector[row]
        subsidy, j = terms.subsidy[sector], terms.technology[sector]
        if weight > served(last, last_money, subsidy):
            continue
        now = served(left, money, subsidy)
        if weight > now and not remainder[row] < now / weight:
            break
        left, money = left - weight, money - weight * subsidy
        last, last_money = last - weight, last_money - weight * subsidy
        merchants.waiting[j, row] = CHOSEN
        merchants.stage[j, row] |= SELECTED
        running.committed += weight
        running.reserved += weight * subsidy


def teach(q: int, run: Run, merchants: Merchants, running: Progress, luck: Luck) -> float:
    """Teach owners called by lot while places, money and teachers last; returns how many."""
    terms, month = run.programmes[q], luck.month
    if not terms.is_open(month):
        return 0.0
    if not terms.settings["carry_over"] and month > run.start:
        lapse(terms, running, month)
    cost = terms.hours * float(terms.settings["cost_krw_per_hour"])
    teachers = terms.path("capacity_hours_per_month", month) / terms.hours
    left = min(places(running, terms.path("quota", month)), teachers)
    left = served(left, unspent(running, terms.path("budget_krw", month)), cost)
    last = served(places(running, terms.last("quota")), unspent(running, terms.last("budget_krw")), cost)
    free = terms.target.holds(merchants, month // 12) & ((merchants.trained >> terms.course) & 1 == 0)
    chance = min(1.0, 2.0 * left / max(merchants.total(free), 1e-9))
    called = luck.happens("programme_training", terms.course, merchants.id, chance, free)
    draw = luck.lane("programme_training", terms.course, merchants.id)
    remainder = top_of(bits_of(luck.seed, "programme_remainder", month, merchants.id))
    taught = 0.0
    for row in sorted(np.flatnonzero(called).tolist(), key=lambda row: float(draw[row])):
        weight = merchants.weight[row]
        if weight > last:
            continue
        if left <= 0.0 or (weight > left and not remainder[row] < left / weight):
            break
        left, last, taught = left - weight, last - weight, taught + weight
        merchants.trained[row] |= 1 << terms.course
        missing = 1.0 - merchants.capability[row] - merchants.gained[row]
        merchants.gained[row] += terms.taught * missing
    running.committed += taught
    return taught


def own(terms: Terms, merchants: Merchants, table: I8) -> I8:
    """Of a (technology, row) table, what stands for the technology supported in each row's sector, if there is one."""
    return np.asarray(table[terms.technology[merchants.sector], np.arange(merchants.id.size)])


def pending(q: int, terms: Terms, merchants: Merchants) -> B1:
    """Rows whose application to a programme waits for a decision."""
    served_here = terms.technology[merchants.sector] >= 0
    waits = served_here & (own(terms, merchants, merchants.waiting) == PENDING)
    return np.asarray(waits & (own(terms, merchants, merchants.programme) == q))


def lapse(terms: Terms, running: Progress, month: int) -> None:
    """Without carry-over, what was left when quota or budget rise is lost."""
    quota, budget = terms.path("quota", month - 1), terms.path("budget_krw", month - 1)
    if terms.path("quota", month) > quota:
        running.lapsed += max(0.0, quota - running.lapsed - running.committed)
    if terms.path("budget_krw", month) > budget:
        running.lapsed_krw += unspent(running, budget)


def queue(q: int, terms: Terms, merchants: Merchants, t: int, luck: Luck) -> list[int]:
    """Rows of ripe applications in the order in which they are decided."""
    ripe = own(terms, merchants, merchants.month[APPLIED_AT]) + terms.settings["processing_months"] <= t
    rows = np.flatnonzero(pending(q, terms, merchants) & ripe)
    lot = bits_of(luck.seed, "programme_lottery", luck.month, merchants.id) >> np.uint64(16)
    major = order_by(terms, merchants, luck.month // 12)
    return sorted(rows.tolist(), key=lambda row: (int(major[row]), int(lot[row])))


def order_by(terms: Terms, merchants: Merchants, year: int) -> F8:
    """First sorting key of the rationing rule, low ones first."""
    rule = terms.settings["rationing"]
    if rule == "first_come":
        return np.asarray(own(terms, merchants, merchants.month[APPLIED_AT]), dtype=np.float64)
    if rule == "score":
        return np.asarray(np.floor(65_535.0 * (1.0 - merchants.capability - merchants.gained)))
    if rule == "priority":
        return np.where(terms.priority.holds(merchants, year), 0.0, 1.0)
    return np.zeros(merchants.id.size)


def send_back(q: int, terms: Terms, merchants: Merchants) -> None:
    """Applicants of a programme that closed wait no longer."""
    rows = np.flatnonzero(pending(q, terms, merchants))
    j = terms.technology[merchants.sector[rows]]
    merchants.waiting[j, rows] = NOT_WAITING
    merchants.programme[j, rows] = NO_PROGRAMME


def announce(terms: Terms, running: Progress, is_met: bool, month: int) -> Announced:
    """Campaign money for an eligible merchant, and the chance that it is visited."""
    eligible = running.eligible
    if not is_met or eligible <= 0.0:
        return Announced(terms, is_met)
    money = float(terms.settings["awareness_campaign_krw_per_month"])
    calls = min(planned_calls(terms, running, month), eligible)
    return Announced(terms, is_met, money, money / eligible, calls, calls / eligible)


def planned_calls(terms: Terms, running: Progress, month: int) -> float:
    """Visits that the officers and the budget can make, none when the quota is used up."""
    quota, budget = terms.path("quota", month), terms.path("budget_krw", month)
    if not terms.by_visit or places(running, quota) <= 0.0:
        return 0.0
    cost = float(terms.settings["visit_cost_krw"])
    affordable = unspent(running, budget) / cost if cost > 0.0 else np.inf
    return min(terms.path("visits_per_month", month), affordable)


def account_for(month: Month, progress: list[Progress]) -> None:
    """Move each programme's state by what its merchants did."""
    for q, (programme, running) in enumerate(zip(month.announced, progress, strict=True)):
        running.committed -= month.gave_up[q]
        running.reserved -= month.released[q]
        running.spent += month.paid[q] + money_for_calls(programme)
        if programme.is_met:
            running.eligible = month.eligible[q]


def money_for_calls(programme: Announced) -> float:
    """What the officers or teachers of a programme cost this month, KRW."""
    settings = programme.terms.settings
    lesson = programme.terms.hours * float(settings.get("cost_krw_per_hour", 0.0))
    return programme.calls * float(settings.get("visit_cost_krw", lesson))
