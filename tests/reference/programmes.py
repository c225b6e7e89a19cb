"""Programmes: decide applications, close, announce, and what the month leaves of quota and budget (3.4.6)."""

import numpy as np

from tests.reference.draws import B1, F8, Luck, bits_of, top_of
from tests.reference.merchants import Announced, Month, network_open
from tests.reference.state import (
    APPLIED_AT,
    CHOSEN,
    INSTALLED,
    NO_PROGRAMME,
    NOT_WAITING,
    PENDING,
    SELECTED,
    SELECTED_AT,
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
    return network_open(run, terms.technology, t) and terms.is_open(run.start + t)


def could_serve(terms: Terms, merchants: Merchants, year: int) -> B1:
    """Who is meant, can use the technology and has not installed it."""
    can = USERS_OF[terms.technology][merchants.sector] & ~merchants.has(terms.technology, INSTALLED)
    return np.asarray(can & terms.target.holds(merchants, year))


def grants(terms: Terms, running: Progress, quota: float, budget: float) -> float:
    """How many more merchants quota and budget serve."""
    left = quota - running.lapsed - running.committed
    if terms.subsidy > 0.0:
        left = min(left, unspent(running, budget) / terms.subsidy)
    return max(0.0, left)


def unspent(running: Progress, budget: float) -> float:
    """What a budget has left, neither lapsed nor spent nor promised, KRW."""
    return max(0.0, budget - running.lapsed_krw - running.spent - running.reserved)


def decide_applications(run: Run, q: int, merchants: Merchants, running: Progress, t: int, luck: Luck) -> None:
    """Choose applicants in the order of rationing until this month's grants are used up."""
    terms, month = run.programmes[q], luck.month
    quota, budget = terms.path("quota", month), terms.path("budget_krw", month)
    if not terms.settings["carry_over"] and t > 0:
        lapse(terms, running, month)
    left = min(grants(terms, running, quota, budget), float(terms.settings["decisions_per_month"]))
    final = grants(terms, running, terms.last("quota"), terms.last("budget_krw"))
    j = terms.technology
    remainder = top_of(bits_of(luck.seed, "programme_remainder", month, merchants.id))
    for row in queue(q, terms, merchants, t, luck):
        if left <= 0.0:
            break
        weight = merchants.weight[row]
        if weight > final:
            continue
        if weight > left and not remainder[row] < left / weight:
            break
        left, final = left - weight, final - weight
        merchants.waiting[j, row] = CHOSEN
        merchants.stage[j, row] |= SELECTED
        merchants.month[SELECTED_AT, j, row] = t
        running.committed += weight
        running.reserved += weight * terms.subsidy


def lapse(terms: Terms, running: Progress, month: int) -> None:
    """Without carry-over, what was left when quota or budget rise is lost."""
    quota, budget = terms.path("quota", month - 1), terms.path("budget_krw", month - 1)
    if terms.path("quota", month) > quota:
        running.lapsed += max(0.0, quota - running.lapsed - running.committed)
    if terms.path("budget_krw", month) > budget:
        running.lapsed_krw += unspent(running, budget)


def queue(q: int, terms: Terms, merchants: Merchants, t: int, luck: Luck) -> list[int]:
    """Rows of ripe applications in the order in which they are decided."""
    j = terms.technology
    ripe = merchants.month[APPLIED_AT, j] + terms.settings["processing_months"] <= t
    rows = np.flatnonzero((merchants.waiting[j] == PENDING) & (merchants.programme[j] == q) & ripe)
    lot = bits_of(luck.seed, "programme_lottery", luck.month, merchants.id) >> np.uint64(16)
    major = order_by(terms, merchants, luck.month // 12)
    return sorted(rows.tolist(), key=lambda row: (int(major[row]), int(lot[row])))


def order_by(terms: Terms, merchants: Merchants, year: int) -> F8:
    """First sorting key of the rationing rule, low ones first."""
    rule = terms.settings["rationing"]
    if rule == "first_come":
        return np.asarray(merchants.month[APPLIED_AT, terms.technology], dtype=np.float64)
    if rule == "score":
        return np.asarray(np.floor(65_535.0 * (1.0 - merchants.capability - merchants.gained)))
    if rule == "priority":
        return np.where(terms.priority.holds(merchants, year), 0.0, 1.0)
    return np.zeros(merchants.id.size)


def send_back(q: int, terms: Terms, merchants: Merchants) -> None:
    """Applicants of a programme that closed wait no longer."""
    j = terms.technology
    rows = (merchants.waiting[j] == PENDING) & (merchants.programme[j] == q)
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
    if not terms.by_visit or grants(terms, running, quota, budget) <= 0.0:
        return 0.0
    cost = float(terms.settings["visit_cost_krw"])
    affordable = unspent(running, budget) / cost if cost > 0.0 else np.inf
    return min(terms.path("visits_per_month", month), affordable)


def account_for(month: Month, progress: list[Progress]) -> None:
    """Move each programme's state by what its merchants did."""
    for q, (programme, running) in enumerate(zip(month.announced, progress, strict=True)):
        terms = programme.terms
        running.committed -= month.gave_up[q]
        running.reserved -= (month.gave_up[q] + month.supported[q]) * terms.subsidy
        running.spent += month.supported[q] * terms.subsidy + money_for_calls(programme)
        if programme.is_met:
            running.eligible = month.eligible[q]


def money_for_calls(programme: Announced) -> float:
    """What the officers of a programme cost this month, KRW."""
    return programme.calls * float(programme.terms.settings.get("visit_cost_krw", 0.0))
