"""Levers compiled to arrays before a run: month by programme by filter, plain numbers for the kernels."""

from collections.abc import Sequence

import numpy as np

from model.agents.government import (
    NO_TECHNOLOGY,
    PRIORITY_TARGET,
    PROGRAMMES,
    RATIONING,
    SUBSIDY_ROUTE,
    TARGET,
    TRAINING_ROUTE,
    VISIT_ROUTE,
    Schedule,
)
from model.agents.lending import LOANS, MOST_LOANS, LoanSchedule
from model.agents.merchants.columns import MOST_COURSES, MOST_PROGRAMMES
from model.codes import DISTRICT_KINDS, PROVINCES, SECTORS, TECHNOLOGIES
from model.errors import UserError
from model.levers.base import DatedPath, GrantedLever, Lever, Target, TechnologyLever, value_at
from model.levers.digital_loan import DigitalLoan
from model.levers.field_training import FieldTraining
from model.levers.payment_terminal import PaymentTerminalSubsidy
from model.levers.public_qr import PublicQrEnrolment
from model.levers.smart_shop import SmartShop
from model.records import Record, Records, records


def compile_levers(
    levers: Sequence[tuple[str, Lever]], start: int, months: int, price_krw: Sequence[float]
) -> tuple[Records, Schedule]:
    """Return the levers that are programmes, in the order of their names in the scenario.

    start: first month of the run; months: its length; price_krw: by technology: no subsidy is above the price.
    Without levers one closed programme stands for all.
    """
    ordered = [lever for _, lever in programmes_of(levers)]
    ordered = ordered or [PublicQrEnrolment.model_validate({"quota": (), "budget_krw": (), "visits_per_month": ()})]
    if len(ordered) > MOST_PROGRAMMES:
        raise UserError(f"a scenario has {len(ordered)} levers; at most {MOST_PROGRAMMES} can run at once")
    programmes = records(PROGRAMMES)
    programmes[0].count = len(ordered)
    for k, lever in enumerate(ordered):
        _write_terms(programmes[0], k, lever, price_krw)
    rows = [_months_of(lever, programmes[0], k, start, months) for k, lever in enumerate(ordered)]
    return programmes, Schedule(*(np.stack(column) for column in zip(*rows, strict=True)))


def programmes_of(levers: Sequence[tuple[str, Lever]]) -> list[tuple[str, GrantedLever]]:
    """Return the levers that are programmes, by name."""
    return sorted(((n, lever) for n, lever in levers if isinstance(lever, GrantedLever)), key=lambda pair: pair[0])


def _write_terms(programmes: Record, k: int, lever: GrantedLever, price_krw: Sequence[float]) -> None:
    programmes.technology[k], programmes.price_share[k] = NO_TECHNOLOGY, 1.0
    programmes.carry_over[k] = lever.carry_over
    programmes.final_quota[k] = lever.quota[-1].value if lever.quota else 0.0
    programmes.final_budget_krw[k] = lever.budget_krw[-1].value if lever.budget_krw else 0.0
    _write_target(programmes, k, TARGET, lever.jurisdiction, lever.target)
    if isinstance(lever, TechnologyLever):
        _write_support(programmes, k, lever, price_krw)
    elif isinstance(lever, FieldTraining):
        _write_course(programmes, k, lever)


def _write_target(programmes: Record, k: int, whom: int, jurisdiction: Sequence[str], target: Target) -> None:
    programmes.provinces[k, whom] = _mask(jurisdiction, PROVINCES)
    programmes.sectors[k, whom] = _mask(target.sectors, SECTORS)
    programmes.kinds[k, whom] = _mask(target.district_kinds, DISTRICT_KINDS)
    programmes.age_min[k, whom] = target.owner_age_min
    programmes.age_max[k, whom] = target.owner_age_max
    programmes.sales_max_krw[k, whom] = target.sales_max_krw_per_year


def _write_support(programmes: Record, k: int, lever: TechnologyLever, price_krw: Sequence[float]) -> None:
    programmes.rationing[k] = RATIONING.index(lever.rationing)
    programmes.paperwork_hours[k] = lever.paperwork_hours
    programmes.decisions[k] = lever.decisions_per_month
    programmes.give_up[k] = lever.give_up_monthly_hazard
    programmes.processing_months[k] = lever.processing_months
    programmes.keep_months[k] = lever.keep_months
    _write_target(programmes, k, PRIORITY_TARGET, lever.jurisdiction, lever.priority)
    if isinstance(lever, PaymentTerminalSubsidy):
        technology = TECHNOLOGIES.index(lever.technology)
        programmes.route[k], programmes.technology[k] = SUBSIDY_ROUTE, technology
        programmes.subsidy_share[k] = lever.subsidy_rate
        programmes.subsidy_krw[k] = round(min(lever.subsidy_rate * lever.unit_cost_krw, price_krw[technology]))
    elif isinstance(lever, PublicQrEnrolment):
        programmes.route[k], programmes.technology[k] = VISIT_ROUTE, TECHNOLOGIES.index(lever.technology)
        programmes.visit_cost_krw[k] = lever.visit_cost_krw
    elif isinstance(lever, SmartShop):
        _write_kit(programmes, k, lever, price_krw)


def _write_kit(programmes: Record, k: int, lever: SmartShop, price_krw: Sequence[float]) -> None:
    programmes.route[k], programmes.price_share[k] = SUBSIDY_ROUTE, lever.subsidy_rate
    for position, sector in enumerate(SECTORS):
        device = lever.kit.device(sector)
        if not device:
            continue
        technology = TECHNOLOGIES.index(device)
        programmes.technology[k, position] = technology
        paid = round(min(lever.subsidy_rate * round(price_krw[technology]), lever.subsidy_cap_krw))
        programmes.subsidy_krw[k, position] = paid
        programmes.subsidy_share[k, position] = paid / price_krw[technology]


def _write_course(programmes: Record, k: int, lever: FieldTraining) -> None:
    courses = int((programmes.route[:k] == TRAINING_ROUTE).sum())
    if courses >= MOST_COURSES:
        raise UserError(f"a scenario has more than {MOST_COURSES} training levers; join some of them")
    programmes.route[k], programmes.course[k] = TRAINING_ROUTE, courses
    programmes.course_hours[k] = lever.hours_per_person
    programmes.taught[k] = min(1.0, lever.hours_per_person * lever.capability_per_hour)
    programmes.visit_cost_krw[k] = lever.hours_per_person * lever.cost_krw_per_hour


def compile_loans(levers: Sequence[tuple[str, Lever]], start: int, months: int) -> tuple[Records, LoanSchedule]:
    """Return the loan levers in the order of their names; start, months: of the run."""
    ordered = sorted(((n, lever) for n, lever in levers if isinstance(lever, DigitalLoan)), key=lambda pair: pair[0])
    if len(ordered) > MOST_LOANS:
        raise UserError(f"a scenario has {len(ordered)} loan levers; at most {MOST_LOANS} can run at once")
    loans, month = records(LOANS), np.arange(start, start + months)
    loans[0].count = len(ordered)
    shape = (max(1, len(ordered)), months)
    schedule = LoanSchedule(np.zeros(shape, np.uint8), np.zeros(shape), np.zeros(shape))
    for k, (_, lever) in enumerate(ordered):
        terms = loans[0]
        terms.rate[k], terms.cover[k] = lever.rate_per_year, lever.guarantee_cover
        terms.fee[k], terms.most_krw[k] = lever.guarantee_fee, lever.loan_max_krw
        _write_target(terms, k, TARGET, lever.jurisdiction, lever.target)
        schedule.budget_krw[k] = _path(lever.budget_krw, start, months)
        inside = (month >= lever.start) & (month <= lever.end)
        schedule.open[k] = inside & (schedule.budget_krw[k] > 0.0) & (lever.loan_max_krw > 0.0)
        schedule.campaign_krw[k] = np.where(schedule.open[k], lever.awareness_campaign_krw_per_month, 0.0)
    return loans, schedule


def _months_of(lever: GrantedLever, programmes: Record, k: int, start: int, months: int) -> tuple[np.ndarray, ...]:
    """Return open, quota, budget, visits and campaign by month; a programme without means is never open."""
    quota = _path(lever.quota, start, months)
    budget = _path(lever.budget_krw, start, months)
    visits = np.zeros(months)
    if isinstance(lever, PublicQrEnrolment):
        visits = _path(lever.visits_per_month, start, months)
    elif isinstance(lever, FieldTraining):
        visits = _path(lever.capacity_hours_per_month, start, months) / max(lever.hours_per_person, 1e-9)
    month = np.arange(start, start + months)
    subsidised = programmes.route[k] == SUBSIDY_ROUTE
    means = np.full(months, bool((programmes.subsidy_krw[k] > 0).any())) if subsidised else visits > 0
    is_open = (month >= lever.start) & (month <= lever.end) & means & (quota > 0) & (budget > 0)
    campaign_krw = lever.awareness_campaign_krw_per_month if isinstance(lever, TechnologyLever) else 0.0
    campaign = np.where(is_open, campaign_krw, 0.0)
    return is_open.astype(np.uint8), quota, budget, visits, campaign


def _path(path: DatedPath, start: int, months: int) -> np.ndarray:
    return np.array([value_at(path, month) for month in range(start, start + months)])


def _mask(chosen: Sequence[str], codes: Sequence[str]) -> int:
    return sum(1 << codes.index(code) for code in (chosen or codes))
