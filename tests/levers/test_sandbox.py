"""Sandboxes open gated services where, when and as far as they say; accidents cost trust: runs of a small Korea."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from model.channels.gates import MEDICAL, SERVICE_OF_GATED, UNMANNED
from model.codes import GATED, PROVINCES
from model.economy import Economy
from model.errors import UserError
from model.indicators import POSITION
from model.ledger import APP_COURIER, LOGISTICS_WAGES, UNMANNED_UPKEEP
from model.levers import RegulatorySandbox, ServiceClosure
from model.levers.gates import compile_gates
from tests.laws.small_korea import START, Named, Run, assert_same_rows, run_to_end, sandbox, settings_of

GANGWON = PROVINCES.index("Gangwon")
MONTHS = 36
VISITS, PARCELS, ACCIDENTS = "telemedicine_visits", "unmanned_parcels", "service_accidents"
CLINICS, HOURS = "clinic_share_of_health", "courier_hours_per_parcel"
OFTEN = {"gate.accidents_per_use.noncontact_medical": 3e-6, "gate.trust_lost": 0.05, "gate.early_weight_per_year": 0.5}
"""Parameters under which accidents are frequent and dear."""


def everywhere(**changes: Any) -> Named:
    return sandbox(jurisdiction=(), **changes)


@cache
def played(*levers: Named, months: int = MONTHS, **parameters: float) -> Run:
    named = {name.replace("__", "."): value for name, value in parameters.items()}
    return run_to_end(settings_of(*levers, months=months, parameters=named))


def path(run: Run, indicator: str) -> np.ndarray:
    return run.core[:, POSITION[indicator]]


@cache
def provinces(lever: Named, month: int, **parameters: float) -> Any:
    """The services' state after some months."""
    return played(lever, months=month, **parameters).economy.world.services[0]


def with_often(*levers: Named, months: int = MONTHS) -> Run:
    return run_to_end(settings_of(*levers, months=months, parameters=OFTEN))


def test_without_a_sandbox_nothing_gated_is_used() -> None:
    run = played()
    for indicator in (VISITS, PARCELS, ACCIDENTS):
        assert not path(run, indicator).any()
    assert np.ptp(path(run, CLINICS)) < 1e-12


def test_a_sandbox_in_gangwon_raises_telemedicine_only_there() -> None:
    state = provinces(sandbox(), 12)
    used = state.uses[MEDICAL]
    assert used[GANGWON] > 1_000
    assert not np.delete(used, GANGWON).any()
    assert not state.uses[UNMANNED].any()


def test_it_opens_after_review_and_shuts_after_its_last_term() -> None:
    run = played(sandbox(start=START + 2, end=START + 9, review_months=3, renewals=1))
    visits = path(run, VISITS) > 0.0
    assert np.flatnonzero(visits).tolist() == list(range(5, 18))


def test_a_revision_opens_the_nation_and_an_end_shuts_the_trial() -> None:
    revised, ended = (played(sandbox(outcome=outcome, end=START + 12)) for outcome in ("revised", "ended"))
    np.testing.assert_array_equal(revised.core[:13], ended.core[:13])
    assert path(revised, VISITS)[-1] > 10 * path(revised, VISITS)[12]
    assert not path(ended, VISITS)[13:].any()
    assert (revised.economy.world.services[0].uses[MEDICAL] > 0.0).all()


def test_a_cap_in_patients_holds() -> None:
    capped, free = (provinces(sandbox(cap_per_month=cap), 12) for cap in (400.0, 1e12))
    patients = [float((x.adults * x.use[SERVICE_OF_GATED[MEDICAL]]).sum()) for x in (capped, free)]
    assert patients[0] == pytest.approx(400.0, rel=1e-5)
    assert patients[1] > 10_000


def test_a_cap_in_deliveries_holds_in_every_month() -> None:
    run = played(everywhere(service="unmanned_delivery", cap_per_month=50_000.0))
    carried = path(run, PARCELS)
    assert carried.max() <= 50_000.0 * (1 + 1e-9)
    assert carried[12] == pytest.approx(50_000.0, rel=0.05)


def test_half_the_demand_is_half_the_use_of_the_first_month() -> None:
    whole, half = (path(played(sandbox(share_of_demand=share), months=4), VISITS)[1] for share in (1.0, 0.5))
    assert half == pytest.approx(whole / 2, rel=1e-3)  # health spending follows what both ways are worth


NOTHING: dict[str, dict[str, Any]] = {
    "cap": {"cap_per_month": 0.0, "end": START + 12},
    "share": {"share_of_demand": 0.0, "end": START + 12},
    "after the run": {"start": START + 40, "end": START + 50},
}


@pytest.mark.parametrize("service", GATED)
@pytest.mark.parametrize("nothing", NOTHING.values(), ids=NOTHING)
def test_a_sandbox_that_admits_nobody_changes_nothing(nothing: dict[str, Any], service: str) -> None:
    run, without = played(sandbox(service=service, outcome="revised", **nothing)), played()
    np.testing.assert_array_equal(run.core, without.core)
    assert_same_rows(run.economy.world.merchants, without.economy.world.merchants)
    np.testing.assert_array_equal(run.economy.world.consumers.savings_krw, without.economy.world.consumers.savings_krw)


def test_nothing_changes_before_it_opens() -> None:
    run = played(sandbox(start=START + 6))
    np.testing.assert_array_equal(run.core[:6], played().core[:6])
    assert not np.array_equal(run.core[6], played().core[6])


@pytest.mark.parametrize(("condition", "sign"), [
    ({"telemedicine__clinics_equipped": 0.1, "telemedicine__hospitals_equipped": 0.9}, -1),
    ({"telemedicine__clinics_equipped": 0.9, "telemedicine__hospitals_equipped": 0.3}, 1),
    ({"telemedicine__clinics_equipped": 0.1, "telemedicine__referral_share": 1.0}, 1),
], ids=["hospitals equipped", "clinics equipped", "clinics first"])  # fmt: skip
def test_telemedicine_moves_the_gap_of_clinics_and_hospitals_as_declared(
    condition: dict[str, float], sign: int
) -> None:
    opened, closed = (played(*levers, months=24, **condition) for levers in ((sandbox(),), ()))
    change = path(opened, CLINICS)[12] - path(closed, CLINICS)[12]
    assert change * sign > 1e-6
    state = opened.economy.world.services[0]
    share = state.at_clinics / state.category[:, 2]
    assert np.sign(share[GANGWON] - share[0]) == sign
    assert np.ptp(np.delete(share, GANGWON)) < 1e-12


def test_equally_equipped_providers_keep_their_shares() -> None:
    equal = {"telemedicine__clinics_equipped": 0.5, "telemedicine__hospitals_equipped": 0.5}
    opened, closed = (played(*levers, months=24, **equal) for levers in ((sandbox(),), ()))
    np.testing.assert_allclose(path(opened, CLINICS), path(closed, CLINICS), rtol=1e-12)


def test_unmanned_delivery_lowers_courier_hours_and_what_couriers_earn() -> None:
    opened, closed = (played(*levers, months=20) for levers in ((everywhere(service="unmanned_delivery"),), ()))
    assert (path(opened, HOURS)[1:] < path(closed, HOURS)[1:]).all()
    one, other = (run.economy.world for run in (opened, closed))
    booked, without = one.books[0].booked, other.books[0].booked
    assert booked[LOGISTICS_WAGES] < 0.999 * without[LOGISTICS_WAGES]
    assert (booked[UNMANNED_UPKEEP] > 0.0, without[UNMANNED_UPKEEP]) == (True, 0.0)
    assert booked[APP_COURIER] == pytest.approx(without[APP_COURIER], rel=1e-3)  # delivery fees stay


def test_what_couriers_lose_is_lost_to_the_income_of_their_province() -> None:
    opened, closed = (played(*levers, months=2) for levers in ((everywhere(service="unmanned_delivery"),), ()))
    one, other = (run.economy.world for run in (opened, closed))
    lost = one.spending[0].courier_pay_lost / one.spending[0].budget
    assert (lost > 0.0).all()
    np.testing.assert_allclose((other.market[0].income - one.market[0].income) * 12.0, lost, rtol=1e-6)
    saved = other.spending[0].saved_per_budget - one.spending[0].saved_per_budget
    np.testing.assert_allclose(saved, lost, rtol=1e-6)
    assert path(opened, "household_saving_krw")[1] < path(closed, "household_saving_krw")[1]


def test_work_that_is_left_softens_it() -> None:
    lever = everywhere(service="unmanned_delivery")
    some, all_left = (played(lever, months=20, unmanned__attended_share=share) for share in (0.0, 0.8))
    assert path(some, HOURS)[-1] < path(all_left, HOURS)[-1]


def test_accidents_cost_trust_and_use_and_trust_recovers() -> None:
    lever = everywhere(end=START + 18)
    hit, safe = (
        with_often(lever),
        run_to_end(settings_of(lever, months=MONTHS, parameters=OFTEN | {"gate.trust_lost": 0.0})),
    )
    assert path(hit, ACCIDENTS).sum() > 5
    assert path(hit, VISITS)[17] < 0.9 * path(safe, VISITS)[17]
    trust = [with_often(lever, months=months).economy.world.services[0].trust[SERVICE_OF_GATED[MEDICAL]]
             for months in (1, 18, 24, 36)]  # fmt: skip
    assert trust[0] == 1.0
    assert trust[1] < 0.9
    assert trust[1] < trust[2] < trust[3] < 1.0
    assert safe.economy.world.services[0].trust[SERVICE_OF_GATED[MEDICAL]] == 1.0


def test_opened_early_a_service_has_more_accidents_for_its_uses() -> None:
    def rate(ripe: float) -> float:
        parameters = OFTEN | {"gate.ripe_year.noncontact_medical": ripe, "gate.trust_lost": 0.0}
        run = run_to_end(settings_of(everywhere(), months=24, parameters=parameters))
        return float(path(run, ACCIDENTS).sum() / path(run, VISITS).sum())

    assert rate(2024.0) > 2.0 * rate(2018.0) > 0.0


def test_the_same_accident_happens_in_both_arms() -> None:
    def accidents(share: float) -> np.ndarray:
        lever, parameters = everywhere(share_of_demand=share), OFTEN | {"gate.trust_lost": 0.0}
        return path(run_to_end(settings_of(lever, months=18, parameters=parameters)), ACCIDENTS)

    few, many = accidents(0.3), accidents(1.0)
    assert many.sum() > few.sum() > 0
    assert (many >= few).all()


def test_lost_trust_puts_off_the_revision() -> None:
    lever = everywhere(end=START + 12, outcome="revised")
    calm = run_to_end(settings_of(lever, months=16, parameters=OFTEN | {"gate.trust_lost": 0.0}))
    upset = with_often(lever, months=16)
    states = [run.economy.world.services[0] for run in (calm, upset)]
    assert [int(state.revised[MEDICAL]) for state in states] == [1, 0]
    assert (path(upset, VISITS)[13:] > 0.0).all()  # the trial goes on until rules are revised


def test_too_many_accidents_stop_the_trial_for_good() -> None:
    lever = everywhere(end=START + 12, outcome="revised", accident_limit=1e-7)
    run = with_often(lever)
    visits, accidents = path(run, VISITS), path(run, ACCIDENTS)
    stopped = int(np.flatnonzero(np.cumsum(accidents) >= 3)[0])
    assert (visits[1 : stopped + 1] > 0.0).all()
    assert not visits[stopped + 1 :].any()
    tolerant = with_often(everywhere(end=START + 12, outcome="revised", accident_limit=1.0))
    assert path(tolerant, VISITS)[-1] > 0.0


def test_a_closure_shuts_a_trial_too() -> None:
    shut = (
        "shut",
        ServiceClosure(service="noncontact_medical", start=START + 6, end=START + 8, jurisdiction=("Gangwon",)),
    )
    visits = path(played(sandbox(), shut, months=12), VISITS)
    assert (visits > 0.0).tolist() == [False, *[True] * 5, *[False] * 3, *[True] * 3]


def test_the_parallel_driver_has_the_same_accidents() -> None:
    settings = settings_of(everywhere(), months=12, parameters=OFTEN)
    serial, parallel = (Economy(settings, 1, driver=driver) for driver in ("serial", "parallel"))
    for economy in (serial, parallel):
        economy.advance(12)
    np.testing.assert_array_equal(serial.world.out, parallel.world.out)
    assert serial.world.out[:, POSITION[ACCIDENTS]].any()


def test_two_sandboxes_of_a_service_at_a_time_are_refused() -> None:
    second = "second", RegulatorySandbox(start=START + 20, end=START + 40, review_months=0, jurisdiction=())
    with pytest.raises(UserError, match=r"levers.second: another sandbox of noncontact_medical"):
        compile_gates([sandbox(), second], START, MONTHS)
    compile_gates([sandbox(end=START + 10), second], START, MONTHS)
    other = "second", RegulatorySandbox(start=START + 20, end=START + 40, review_months=0, service="unmanned_delivery",
                                        jurisdiction=())  # fmt: skip
    compile_gates([sandbox(), other], START, MONTHS)
