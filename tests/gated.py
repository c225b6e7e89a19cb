"""The engine's months with sandboxes, taken down for the reference's rules of gates, telemedicine and deliveries.

What the other rules decide - wished use, spending, haste, trust of last month - is taken from the engine.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from model import ledger
from model.channels.services import PEOPLE_CELLS
from model.codes import GATED, ORGANISATION_SERVICES, PROVINCES, USED_SERVICES
from model.economy import Economy
from model.indicators import POSITION
from model.levers import RegulatorySandbox, ServiceClosure
from tests.laws.small_korea import START as START
from tests.laws.small_korea import Named, settings_of
from tests.reference.engine_state import measure_of
from tests.reference.state import Values

MONTHS = 48
SERVICES = [USED_SERVICES.index(name) for name in GATED]
CELLS = np.arange(PEOPLE_CELLS) // 6
LEVERS: tuple[Named, ...] = (
    ("a_zone", RegulatorySandbox(start=START + 2, end=START + 8, review_months=1, renewals=1, outcome="ended",
                                 jurisdiction=("Gangwon", "Jeonnam"), cap_per_month=20_000.0)),
    ("b_nation", RegulatorySandbox(start=START + 19, end=START + 24, review_months=2, renewals=0, outcome="revised",
                                   jurisdiction=("Seoul", "Gangwon"), share_of_demand=0.7)),
    ("c_drones", RegulatorySandbox(service="unmanned_delivery", start=START, end=START + 30, review_months=0,
                                   renewals=0, outcome="revised", jurisdiction=(), cap_per_month=6e5,
                                   accident_limit=5e-7)),
    ("d_shut", ServiceClosure(service="noncontact_medical", start=START + 5, end=START + 6, closed_share=0.4,
                              jurisdiction=("Gangwon",))),
    ("e_nothing", RegulatorySandbox(start=START + 1, end=START + 9, share_of_demand=0.0, jurisdiction=())),
)  # fmt: skip
PARAMETERS = {
    "gate.accidents_per_use.noncontact_medical": 1e-6,
    "gate.ripe_year.noncontact_medical": 2020.5,
    "gate.ripe_year.unmanned_delivery": 2021.0,
    "gate.trust_lost": 0.03,
    "gate.trust_for_revision": 0.92,
    "telemedicine.referral_share": 0.4,
    "service.haste_weight.noncontact_medical": 6.0,
    "gate.haste_weight": 6.0,
}


class Month(NamedTuple):
    """What the engine had before and after a month."""

    before: Any
    after: Any
    booked: dict[str, float]
    measured: dict[str, float]
    meals: np.ndarray
    goods: np.ndarray
    pay: np.ndarray
    lost: np.ndarray
    saved: np.ndarray


@cache
def played(stopping: bool) -> tuple[Values, tuple[dict[str, Any], ...], list[Month]]:
    """The engine month by month; stopping: a limit that accidents pass."""
    levers = LEVERS if stopping else tuple(one for one in LEVERS if one[0] != "c_drones")
    if not stopping:
        levers += (("c_drones", LEVERS[2][1].model_copy(update={"accident_limit": 1.0})),)
    settings = settings_of(*levers, months=MONTHS, parameters=PARAMETERS)
    economy, months = Economy(settings, 3, driver="serial"), []
    for _ in range(MONTHS):
        before = economy.world.services.copy()
        economy.step()
        months.append(taken(economy, before))
    given = tuple(
        measure_of(lever.id, lever.model_dump(mode="json", by_alias=True), {"provinces": PROVINCES})
        for _, lever in levers
    )
    return Values(dict(settings.parameters)), given, months


def taken(economy: Economy, before: Any) -> Month:
    world: Any = economy.world
    spending, market = world.spending[0], world.market[0]
    booked = {one.id: float(world.books[0].booked[place]) for place, one in enumerate(ledger.PURPOSES)}
    measured = {name: float(world.out[economy.months_run - 1, place]) for name, place in POSITION.items()}
    goods = world.terms[0].demand_online[:, :, :3].sum(axis=1) * market.budget_unit[:3]
    by_apps = (spending.app_small + spending.app_large + spending.app_fee).sum(axis=0)
    meals = by_apps + spending.app_public + spending.app_courier
    return Month(before[0], world.services.copy()[0], booked, measured, meals, goods, spending.courier_pay.copy(),
                 spending.courier_pay_lost.copy(), spending.saved_per_budget.copy())  # fmt: skip


def wished(month: Month, g: int) -> np.ndarray:
    """People, or deliveries of last month, that would use a service; only told where it is admitted."""
    admitted = month.after.admitted[g].astype(float)
    use = month.after.use[SERVICES[g]].astype(float) / np.where(admitted > 0.0, admitted, 1.0)[CELLS]
    if GATED[g] in ORGANISATION_SERVICES:
        return np.asarray(use[::6] * month.before.deliveries.sum(axis=1))
    return np.bincount(CELLS, month.after.adults * use)
