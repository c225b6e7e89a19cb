"""Services by cell: what gates, haste, habit and public services do, in paired runs."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from model.codes import PROVINCES, USED_SERVICES
from model.economy import Economy
from model.indicators import POSITION
from model.ledger import EDUCATION_FACE, EDUCATION_ONLINE, OTHER_SPENDING
from model.settings import Settings
from tests.laws.small_korea import START, Named, closure, korea_of, run_to_end, settings_of

MONTHS = 30
SHORT_PANDEMIC = dict.fromkeys(range(6, 12), 1.0)
SEOUL = PROVINCES.index("Seoul")


def with_risk(settings: Settings, risk: Mapping[int, float]) -> Settings:
    """The same settings with contact risk in some months and none in the others."""
    path = tuple(risk.get(month, 0.0) for month in range(settings.months))
    given = tuple((name, path if name == "contact_risk_index" else values) for name, values in settings.paths)
    return replace(settings, paths=given)


def path_of(settings: Settings, indicator: str) -> NDArray[np.float64]:
    return run_to_end(settings).core[:, POSITION[indicator]]


def use_of(settings: Settings, service: str) -> NDArray[np.float64]:
    """Use of a service by (month, province)."""
    economy, months = Economy(settings, 1, korea_of(), "serial"), []
    for _ in range(settings.months):
        economy.step()
        months.append(economy.world.services[0].in_province[USED_SERVICES.index(service)].copy())
    economy.close()
    return np.array(months)


def korea(*levers: Named, months: int = MONTHS, parameters: Mapping[str, float] | None = None) -> Settings:
    return settings_of(*levers, months=months, parameters=parameters)


def test_shares_of_the_start_are_met_where_rules_allow_it() -> None:
    settings = korea(months=1)
    economy = Economy(settings, 1, korea_of(), "serial")
    values, now = dict(settings.parameters), economy.world.services[0]
    for service, share in zip(USED_SERVICES, now.national, strict=True):
        closed = service in ("noncontact_medical", "unmanned_delivery")
        assert share == pytest.approx(0.0 if closed else values[f"service.initial_share.{service}"], rel=1e-6)


def test_without_trend_and_pandemic_nothing_moves_but_by_skill() -> None:
    still = {f"service.trend_per_year.{service}": 0.0 for service in USED_SERVICES}
    used = use_of(with_risk(korea(parameters=still), {}), "online_fair")
    np.testing.assert_allclose(used, np.broadcast_to(used[0], used.shape), rtol=1e-6)


def test_a_gate_closes_a_service_where_and_when_it_is_closed() -> None:
    patient = {"service.haste_weight.e_culture": 0.0}  # quality is the nation's: haste in Seoul would be felt elsewhere
    shut = use_of(korea(closure("e_culture", jurisdiction=("Seoul",), end=START + 6), parameters=patient), "e_culture")
    free = use_of(korea(parameters=patient), "e_culture")
    closed = np.flatnonzero(shut[:, SEOUL] == 0.0)
    assert closed.size > 3
    assert closed[0] == 1
    np.testing.assert_array_equal(np.delete(shut, SEOUL, axis=1), np.delete(free, SEOUL, axis=1))
    after = closed[-1] + 1
    assert 0.0 < shut[after, SEOUL] < free[after, SEOUL]


def test_what_is_adopted_in_haste_loses_part_of_its_users_again() -> None:
    calm = path_of(with_risk(korea(), {}), "online_learners_persons")
    pandemic = path_of(with_risk(korea(), SHORT_PANDEMIC), "online_learners_persons")
    settled = path_of(
        with_risk(korea(parameters={"service.haste_weight.online_education": 0.0}), SHORT_PANDEMIC),
        "online_learners_persons",
    )
    assert pandemic[6] > 2 * calm[6]
    assert pandemic[12] < calm[12]
    assert settled[12] > calm[12]


def test_public_services_teach_and_older_people_shop_online_later() -> None:
    """The order of causes: e-government is used, skill grows, use of online shopping follows."""
    taught, shut = (run_to_end(korea(*levers, months=48)) for levers in ((), (closure("e_government"),)))
    skill, users = (POSITION[name] for name in ("digital_skill_mean", "users_online_goods_60s_persons"))
    assert taught.core[0, skill] == shut.core[0, skill]
    assert (taught.core[3:, skill] > shut.core[3:, skill]).all()
    assert taught.core[36:, users].sum() > shut.core[36:, users].sum()


def test_closing_lectures_sends_education_back_to_school() -> None:
    free, shut = (run_to_end(korea(*levers, months=6)) for levers in ((), (closure("internet_lectures"),)))
    assert free.last("internet_lectures_krw") > 0.0
    assert shut.last("internet_lectures_krw") == 0.0
    books = {name: run.economy.world.books[0].booked for name, run in (("free", free), ("shut", shut))}
    assert books["shut"][EDUCATION_FACE] > books["free"][EDUCATION_FACE]
    both = [books[name][[EDUCATION_FACE, EDUCATION_ONLINE]].sum() for name in ("free", "shut")]
    assert both[1] < both[0]
    assert books["shut"][OTHER_SPENDING] > books["free"][OTHER_SPENDING]


def test_closed_e_commerce_sends_buyers_to_shops() -> None:
    free, shut = (run_to_end(korea(*levers, months=4)) for levers in ((), (closure("ecommerce"),)))
    assert shut.last("online_total_krw") < 0.5 * free.last("online_total_krw")
    assert shut.last("online_goods_krw") < 1e-6 * free.last("online_goods_krw")
    assert shut.last("sales_face_to_face_krw") > free.last("sales_face_to_face_krw")


def test_closed_smart_stores_take_no_orders_at_kiosks() -> None:
    shut = run_to_end(korea(closure("smart_store"), months=3))
    assert shut.core[0, POSITION["kiosk_sales_krw"]] > 0.0
    assert shut.last("kiosk_sales_krw") == 0.0
