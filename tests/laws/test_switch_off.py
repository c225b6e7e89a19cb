"""Every service type of the founding study matters: switched off, its own indicator falls and the books balance."""

from functools import cache

import pytest

from model.codes import GATED, SERVICE_TYPES
from model.indicators import POSITION
from model.levers import RegulatorySandbox
from model.service_rows import ServiceRow
from model.services import types
from tests.laws.small_korea import FIRST, START, Named, Run, closure, run_to_end, settings_of

MONTHS = 30
FREELY_ADOPTED = {
    f"technology.{name}.{device}": value
    for device in ("kiosk", "subscription")
    for name, value in (("innovation_per_month", 0.03), ("adoption_constant", -2.0))
}
"""So that merchants take up within the run what closed gates keep from them."""
TYPES = {row.id: row for row in types()}


def opened(service: str) -> Named:
    """A sandbox that opens a service in the whole country for the length of the run."""
    lever = RegulatorySandbox(
        service=service, start=FIRST, end=START + 300, review_months=0, renewals=0, jurisdiction=(), share_of_demand=1.0
    )
    return f"open_{service}", lever


@cache
def run_with(*closed: str) -> Run:
    levers = (*map(opened, GATED), *map(closure, closed))
    return run_to_end(settings_of(*levers, months=MONTHS, parameters=FREELY_ADOPTED))


@pytest.mark.parametrize("service", SERVICE_TYPES)
def test_a_service_switched_off_lets_its_indicator_fall(service: str) -> None:
    row: ServiceRow = TYPES[service]
    free, shut = (run.core[:, POSITION[row.indicator]] for run in (run_with(), run_with(service)))
    assert free[0] == shut[0]
    assert free[-6:].sum() > 0.0
    assert shut[-6:].sum() < 0.95 * free[-6:].sum()


@pytest.mark.parametrize("service", SERVICE_TYPES)
def test_the_books_balance_without_a_service(service: str) -> None:
    assert run_with(service).core[:, POSITION["ledger_residual"]].max() < 1e-9
