"""The service catalogue: the 22 types of the founding study and their sub-types, checked against what they name.

The rows stand in `model/data/services.toml`; `docs/add-a-service.md` says how to add one.
"""

import functools
from collections.abc import Iterator
from typing import Final

from model.codes import CATEGORIES, NEEDS, TECHNOLOGIES
from model.errors import at, did_you_mean, raise_if_any
from model.exogenous import PATHS
from model.indicators import INDICATORS
from model.ledger import ACCOUNTS
from model.parameters import register
from model.service_rows import FILE, ServiceRow, service_rows

NEEDS_OF_SERVICES: Final = (*NEEDS, *CATEGORIES, "finance", "public_services", "work", "job_search")
"""Needs that a service can meet: those of budgets, and what costs time or skill rather than a budget."""


def check(rows: tuple[ServiceRow, ...], name: str = FILE) -> None:
    """Raise UserError(s) with file and line for needs, technologies, providers, numbers or indicators unknown."""
    raise_if_any([at(name, row.line, fault) for row in rows for fault in _faults(row)])


@functools.cache
def catalogue() -> tuple[ServiceRow, ...]:
    """Return the shipped catalogue, checked once."""
    check(service_rows())
    return service_rows()


def types() -> tuple[ServiceRow, ...]:
    """Return the rows of the service types, in the order of `codes.SERVICE_TYPES`."""
    return tuple(row for row in catalogue() if row.id == row.type)


def _faults(row: ServiceRow) -> Iterator[str]:
    numbers = (*register(), *PATHS)
    named = (
        ("need", row.needs, NEEDS_OF_SERVICES),
        ("technology", (row.technology,) if row.technology else (), TECHNOLOGIES),
        ("provider", row.providers, ACCOUNTS),
        ("number", (*row.fee, *row.starting_use), numbers),
        ("indicator", (row.indicator,) if row.indicator else (), tuple(INDICATORS)),
    )
    for what, given, known in named:
        for one in given:
            if one not in known:
                yield f"service {row.id!r} names an unknown {what} {one!r}{did_you_mean(one, known)}"
    if row.id == row.type and not row.moves:
        yield f"service {row.id!r} moves nothing; say which of money, time, skill, matching"
