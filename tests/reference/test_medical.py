"""Gates, telemedicine, deliveries and accidents: the engine's months beside the reference's rules, and each sign of them.

What the other rules decide - wished use, spending, haste, trust of last month - is taken from the engine.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest

from model import ledger
from model.channels.services import PEOPLE_CELLS
from model.codes import GATED, ORGANISATION_SERVICES, PROVINCES, USED_SERVICES
from model.economy import Economy
from model.indicators import POSITION
from model.levers import RegulatorySandbox, ServiceClosure
from tests.laws.small_korea import START, Named, settings_of
from tests.reference import medical
from tests.reference.draws import Luck
from tests.reference.mutants import Mutant, mutants_of, put_in, rules
from tests.reference.state import Values

MONTHS = 48
SERVICES = [USED_SERVICES.index(name) for name in GATED]
CELLS = np.arange(PEOPLE_CELLS) // 6
LEVERS: tuple[Named, ...] = (
    ("a_zone", RegulatorySandbox(start=START + 2, end=START + 8, review_months=1, renewals=1, outcome="ended",
                                 jurisdiction=("Gangwon", "Jeonnam"), cap_per_month=20_000.0)),
    ("b_nation", RegulatorySandbox(start=START + 19, end=START + 24, review_months=2, renewals=0, outcome="revised",
                                   jurisdiction=("Seoul", "Gangwon"), share_of_demand=0.7)),
    ("c_drones", RegulatorySandbox(service="unmanned_delivery", start=START, end=START + 30, review_months=0, renewals=0,
                                   outcome="revised", jurisdiction=(), cap_per_month=600_000.0, accident_limit=2e-6)),
    ("d_shut", ServiceClosure(service="noncontact_medical", start=START + 5, end=START + 6, closed_share=0.4,
                              jurisdiction=("Gangwon",))),
    ("e_nothing", RegulatorySandbox(start=START + 1, end=START + 9, share_of_demand=0.0, jurisdiction=())),
)  # fmt: skip
PARAMETERS = {
    "gate.accidents_per_use.noncontact_medical": 3e-6,
    "gate.accidents_per_use.unmanned_delivery": 1e-6,
    "gate.ripe_year.noncontact_medical": 2020.5,
    "gate.trust_lost": 0.03,
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
    declared = [lever.model_dump(mode="json", by_alias=True) for _, lever in levers]
    given = tuple(one | {"provinces": np.array([not one["jurisdiction"] or name in one["jurisdiction"]
                                                for name in PROVINCES])} for one in declared)  # fmt: skip
    return Values(dict(settings.parameters)), given, months


def taken(economy: Economy, before: Any) -> Month:
    world: Any = economy.world
    spending, market = world.spending[0], world.market[0]
    booked = {one.id: float(world.books[0].booked[place]) for place, one in enumerate(ledger.PURPOSES)}
    measured = {name: float(world.out[economy.months_run - 1, place]) for name, place in POSITION.items()}
    goods = world.terms[0].demand_online[:, :, :3].sum(axis=1) * market.budget_unit[:3]
    restaurants = spending.app_small + spending.app_large + spending.app_public
    meals = restaurants + spending.app_fee + spending.app_courier
    return Month(before[0], world.services.copy()[0], booked, measured, meals, goods, spending.courier_pay.copy(),
                 spending.courier_pay_lost.copy(), spending.saved_per_budget.copy())  # fmt: skip


def state_of(services: Any) -> medical.Gated:
    return medical.Gated(
        services.joined.copy(),
        services.revised > 0,
        services.stopped > 0,
        services.trial_uses.copy(),
        services.trial_accidents.copy(),
        services.deliveries.copy(),
    )


def wished(month: Month, g: int) -> np.ndarray:
    """People, or deliveries of last month, that would use a service; only told where it is admitted."""
    admitted = month.after.admitted[g].astype(float)
    use = month.after.use[SERVICES[g]].astype(float) / np.where(admitted > 0.0, admitted, 1.0)[CELLS]
    if GATED[g] in ORGANISATION_SERVICES:
        return np.asarray(use[::6] * month.before.deliveries.sum(axis=1))
    return np.bincount(CELLS, month.after.adults * use)


def differences(month: Month, t: int, v: Values, levers: tuple[dict[str, Any], ...]) -> list[str]:
    """Whatever of a month the reference has otherwise than the engine."""
    state, after, luck = state_of(month.before), month.after, Luck(3, START + t)
    gates = [medical.gate_of(name, levers, START + t) for name in GATED]
    closed = np.zeros(len(PROVINCES))
    admitted = [medical.admit(v, state, g, gates[g], closed, float(month.before.trust[SERVICES[g]]), wished(month, g))
                for g in range(2)]  # fmt: skip
    health, remote = after.category[:, 2], after.remote[:, 2]
    visits, at_clinics, far = medical.treat(v, after.clinics_equipped, after.referral, health, remote)
    state.deliveries = medical.carried(month.goods, month.meals, v)
    share = after.in_province[SERVICES[1]]
    unmanned, hours, pay, lost = medical.deliver(v, state, gates[1], share)
    uses = np.stack([visits, unmanned])
    accidents = np.stack([medical.happen(v, t, g, after.haste[SERVICES[g]], uses[g], luck) for g in range(2)])
    assert not luck.doubtful
    for g in range(2):
        medical.judge(v, state, g, gates[g], uses[g], accidents[g])
    used = medical.Used(uses, at_clinics, far, hours, pay, lost, accidents)
    mine = {
        "admitted": np.array(admitted), "uses": uses, "accidents": accidents, "at_clinics": at_clinics,
        "lost": np.array([medical.lose_trust(v, accidents[g]) for g in range(2)]), "courier_hours": hours,
    } | vars(state)  # fmt: skip
    found = [name for name, value in mine.items() if not same(value, theirs(after, name))]
    found += ["pay"] * (not same(pay, month.pay)) + ["lost pay"] * (not same(lost, month.lost))
    tables = medical.book(v, used, health, remote), medical.indicators(used, state, health)
    for table, engine in zip(tables, (month.booked, month.measured), strict=True):
        found += [name for name, value in table.items() if not same(value, engine[name])]
    return found


def theirs(after: Any, name: str) -> Any:
    return after.lost[SERVICES] if name == "lost" else after[name]


def same(mine: Any, other: Any) -> bool:
    ours, engine = np.asarray(mine, dtype=float), np.asarray(other, dtype=float)
    return bool(np.all(np.abs(ours - engine) <= 2e-5 * np.maximum(np.abs(engine), 1e-12)))


@pytest.mark.parametrize("stopping", [False, True])
@pytest.mark.parametrize("t", range(MONTHS))
def test_every_month_agrees(t: int, stopping: bool) -> None:
    v, levers, months = played(stopping)
    assert not differences(months[t], t, v, levers)


def test_the_run_compared_is_full_of_events() -> None:
    _, _, months = played(True)
    last, free = months[-1].after, played(False)[2]
    assert last.stopped.tolist() == [0, 1]
    assert free[-1].after.revised.tolist() == [1, 1]
    waited = [month.after.revised[1] for month in free[31:]]
    assert waited[0] == 0 < waited[-1]  # a due revision waits for trust
    assert sum(month.after.accidents.sum() for month in free) > 30


def noticed(mutant: Mutant) -> bool:
    with pytest.MonkeyPatch.context() as patch, np.errstate(all="ignore"):
        put_in(mutant, patch)
        try:
            return any(differences(months[t], t, v, levers) for v, levers, months in map(played, (False, True))
                       for t in range(MONTHS))  # fmt: skip
        except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError):
            return True


@pytest.mark.parametrize("rule", [rule for rule in rules((medical,)) if any(mutants_of(rule))], ids=str)
def test_every_sign_of_a_rule_matters(rule: Any) -> None:
    assert not [mutant.line for mutant in mutants_of(rule) if not noticed(mutant)]
