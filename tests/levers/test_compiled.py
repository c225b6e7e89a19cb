"""Levers compiled to arrays: the terms, months and targets that kernels read are those of the settings."""

from typing import Any

import numpy as np
import pytest

from model.agents.government import SUBSIDY_ROUTE, TARGET, VISIT_ROUTE, Schedule, matches
from model.agents.merchants.columns import MOST_PROGRAMMES
from model.codes import DISTRICT_KINDS, PROVINCES, SECTORS
from model.errors import UserError
from model.levers.compiled import compile_levers
from model.records import Record
from tests.laws.small_korea import START, Named, qr_enrolment, terminal_subsidy

PRICES = (280_000.0, 0.0, 0.0)
MONTHS = 24


def compiled(*levers: Named) -> tuple[Record, Schedule]:
    programmes, schedule = compile_levers(levers, START, MONTHS, PRICES)
    return programmes[0], schedule


def test_programmes_stand_in_the_order_of_their_names() -> None:
    programmes, _ = compiled(("b", qr_enrolment()[1]), ("a", terminal_subsidy()[1]))
    assert programmes.count == 2
    assert programmes.route[:2].tolist() == [SUBSIDY_ROUTE, VISIT_ROUTE]
    assert programmes.technology[:2, 0].tolist() == [0, 1]


def test_no_subsidy_is_above_the_price() -> None:
    for rate, cost, grant in ((0.8, 250_000.0, 200_000.0), (0.5, 100_000.0, 50_000.0), (0.8, 1e7, 280_000.0)):
        programmes, _ = compiled(terminal_subsidy(subsidy_rate=rate, unit_cost_krw=cost))
        assert programmes.subsidy_krw[0] == pytest.approx(grant)


def test_dated_values_hold_from_their_months_on() -> None:
    steps = ({"from": START + 3, "is": 10}, {"from": START + 9, "is": 25})
    _, schedule = compiled(terminal_subsidy(quota=steps, start=START, end=START + 11))
    assert schedule.quota[0].tolist() == [0.0] * 3 + [10.0] * 6 + [25.0] * 15
    assert schedule.open[0].tolist() == [0] * 3 + [1] * 9 + [0] * 12
    assert np.array_equal(schedule.campaign_krw[0] > 0, schedule.open[0] == 1)


def test_without_levers_one_closed_programme_stands_for_all() -> None:
    programmes, schedule = compiled()
    assert programmes.count == 1
    assert not schedule.open.any()
    assert not schedule.visits.any()


def test_too_many_levers_are_refused() -> None:
    many = [(f"{i:03d}", terminal_subsidy()[1]) for i in range(MOST_PROGRAMMES + 1)]
    with pytest.raises(UserError, match=f"has {MOST_PROGRAMMES + 1} levers; at most {MOST_PROGRAMMES}"):
        compiled(*many)


def meant(programmes: Record, **changes: Any) -> bool:
    who = {"province": 0, "sector": 0, "kind": 0, "age": 45, "sales": 1e8} | changes
    return bool(
        matches(
            programmes, 0, TARGET, who["province"], who["sector"], who["kind"], who["age"], np.float32(who["sales"])
        )
    )


def test_an_empty_target_means_every_merchant_with_sales() -> None:
    programmes, _ = compiled(terminal_subsidy())
    for where in range(len(PROVINCES)):
        assert meant(programmes, province=where)
    assert all(meant(programmes, sector=sector) for sector in range(len(SECTORS)))
    assert all(meant(programmes, kind=kind) for kind in range(len(DISTRICT_KINDS)))
    assert not meant(programmes, sales=0.0)


def test_a_target_means_whom_it_names() -> None:
    target = {
        "sectors": ("grocery_retail",),
        "district_kinds": ("traditional_market",),
        "owner_age_min": 40,
        "owner_age_max": 49,
        "sales_max_krw_per_year": 3e8,
    }
    programmes, _ = compiled(terminal_subsidy(target=target, jurisdiction=("Seoul", "Jeju")))
    assert meant(programmes)
    assert meant(programmes, province=PROVINCES.index("Jeju"), age=40, sales=3e8)
    for other in ({"province": 1}, {"sector": 1}, {"kind": 1}, {"age": 39}, {"age": 50}, {"sales": 3.1e8}):
        assert not meant(programmes, **other)
