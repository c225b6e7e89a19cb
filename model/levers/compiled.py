"""Levers compiled to arrays before a run: month by programme by filter, plain numbers for the kernels."""

from collections.abc import Sequence

import numpy as np

from model.agents.government import RATIONING, SUBSIDY_ROUTE, TERMS, VISIT_ROUTE, Schedule
from model.codes import DISTRICT_KINDS, PROVINCES, SECTORS, TECHNOLOGIES
from model.levers.base import DatedPath, Lever, value_at
from model.levers.payment_terminal import PaymentTerminalSubsidy
from model.levers.public_qr import PublicQrEnrolment
from model.records import Record, Records, records


def compile_levers(
    levers: Sequence[tuple[str, Lever]], start: int, months: int, price_krw: Sequence[float]
) -> tuple[Records, Schedule]:
    """Return the levers as programmes, in the order of their names in the scenario: terms and schedule.

    start: first month of the run; months: its length; price_krw: by technology: no subsidy is above the price.
    Without levers one closed programme stands for all.
    """
    ordered = [lever for _, lever in sorted(levers, key=lambda pair: pair[0])]
    ordered = ordered or [PublicQrEnrolment(quota=(), budget_krw=(), visits_per_month=())]
    terms = records(TERMS, len(ordered))
    for term, lever in zip(terms, ordered, strict=True):
        _write_terms(term, lever, price_krw)
    rows = [_months_of(lever, term, start, months) for lever, term in zip(ordered, terms, strict=True)]
    return terms, Schedule(*(np.stack(column) for column in zip(*rows, strict=True)))


def _write_terms(term: Record, lever: Lever, price_krw: Sequence[float]) -> None:
    technology = TECHNOLOGIES.index(lever.technology)
    term.technology = technology
    term.rationing = RATIONING.index(lever.rationing)
    term.carry_over = lever.carry_over
    term.paperwork_hours = lever.paperwork_hours
    term.decisions = lever.decisions_per_month
    term.give_up = lever.give_up_monthly_hazard
    term.processing_months = lever.processing_months
    term.keep_months = lever.keep_months
    if isinstance(lever, PaymentTerminalSubsidy):
        term.route = SUBSIDY_ROUTE
        term.subsidy_share = lever.subsidy_rate
        term.subsidy_krw = min(lever.subsidy_rate * lever.unit_cost_krw, price_krw[technology])
    elif isinstance(lever, PublicQrEnrolment):
        term.route = VISIT_ROUTE
        term.visit_cost_krw = lever.visit_cost_krw
    for whom, target in enumerate((lever.target, lever.priority)):
        term.provinces[whom] = _mask(lever.jurisdiction, PROVINCES)
        term.sectors[whom] = _mask(target.sectors, SECTORS)
        term.kinds[whom] = _mask(target.district_kinds, DISTRICT_KINDS)
        term.age_min[whom] = target.owner_age_min
        term.age_max[whom] = target.owner_age_max
        term.sales_max_krw[whom] = target.sales_max_krw_per_year


def _months_of(lever: Lever, term: Record, start: int, months: int) -> tuple[np.ndarray, ...]:
    """Return open, quota, budget, visits and campaign by month; a programme without means is never open."""
    quota = _path(lever.quota, start, months)
    budget = _path(lever.budget_krw, start, months)
    visits = np.zeros(months)
    if isinstance(lever, PublicQrEnrolment):
        visits = _path(lever.visits_per_month, start, months)
    month = np.arange(start, start + months)
    means = visits > 0 if term.route == VISIT_ROUTE else np.full(months, term.subsidy_krw > 0)
    is_open = (month >= lever.start) & (month <= lever.end) & means & (quota > 0) & (budget > 0)
    campaign = np.where(is_open, lever.awareness_campaign_krw_per_month, 0.0)
    return is_open.astype(np.uint8), quota, budget, visits, campaign


def _path(path: DatedPath, start: int, months: int) -> np.ndarray:
    return np.array([value_at(path, month) for month in range(start, start + months)])


def _mask(chosen: Sequence[str], codes: Sequence[str]) -> int:
    return sum(1 << codes.index(code) for code in (chosen or codes))
