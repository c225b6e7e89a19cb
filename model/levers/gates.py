"""Gates of services by month and province: what rules allow, and what levers change of it."""

from collections.abc import Sequence
from typing import ClassVar, Final, Literal

import numpy as np

from model.channels.services import GATES
from model.codes import PROVINCES, SERVICE_TYPES
from model.levers.base import Lever, Month, quantity
from model.records import Record, Records, records
from model.service_rows import service_rows

CLOSED_BY_LAW: Final = tuple(row.id for row in service_rows() if row.id == row.type and row.gate == "closed")
"""Service types that the law of 2017 to 2020 does not allow (gbc_services.csv: sandbox, restricted)."""
ServiceType = Literal[SERVICE_TYPES]  # type: ignore[valid-type]


class ServiceClosure(Lever):
    """Closes a service by rule, wholly or in part, in provinces and months: what would be lost without it."""

    id: ClassVar[str] = "service_closure"
    title: ClassVar[tuple[str, str]] = ("Closure of a service", "서비스 금지")
    source: ClassVar[str] = "model.md 6.4: gates per restricted service; a counterfactual of the user"

    start: Month = quantity(24204, "month", "First month", "시작 월", "setting")
    end: Month = quantity(26403, "month", "Last month", "마지막 월", "setting")
    service: ServiceType = quantity("e_culture", "", "Service type that is closed", "금지 서비스", "setting")
    closed_share: float = quantity(
        1.0, "share", "Share of the service that is closed", "금지 비율", "setting", 0.0, 1.0
    )


def open_gates() -> Record:
    """Return the gates of a month without rules: the start is solved for them, whatever is closed at once."""
    gates = records(GATES)
    gates.open[:] = 1.0
    return gates[0]


def compile_gates(levers: Sequence[tuple[str, Lever]], start: int, months: int) -> Records:
    """Return GATES by month from `start` on: closed by law, open otherwise, and as levers say."""
    gates = records(GATES, months)
    gates.open[:] = 1.0
    for service in CLOSED_BY_LAW:
        gates.open[:, SERVICE_TYPES.index(service)] = 0.0
    for _, lever in sorted(levers, key=lambda pair: pair[0]):
        if isinstance(lever, ServiceClosure):
            chosen = [not lever.jurisdiction or province in lever.jurisdiction for province in PROVINCES]
            inside = slice(max(0, lever.start - start), max(0, lever.end + 1 - start))
            open_to = gates.open[inside, SERVICE_TYPES.index(lever.service)]
            open_to *= np.where(chosen, np.float32(1.0 - lever.closed_share), np.float32(1.0))
    return gates
