"""A lever that can do nothing leaves the baseline as it is, bit for bit."""

from typing import Any

import numpy as np
import pytest

from model.levers import Kit
from tests.laws.small_korea import (
    FIRST,
    START,
    Named,
    Run,
    assert_same_rows,
    closure,
    fee_cap,
    field_training,
    public_app,
    qr_enrolment,
    run_to_end,
    settings_of,
    smart_shop,
    terminal_subsidy,
)

pytestmark = pytest.mark.subset

SILENT = {"awareness_campaign_krw_per_month": 0.0}
NOTHING: dict[str, dict[str, Any]] = {
    "no quota": {"quota": 0},
    "no quota step yet": {"quota": ({"from": START + 500, "is": 1e6},)},
    "no budget": {"budget_krw": 0},
    "no path of means": {"quota": (), "budget_krw": ()},
    "over before the run": {"start": START - 30, "end": START - 1},
    "after the run": {"start": START + 12, "end": START + 40},
    "nobody meant by sales": {"target": {"sales_max_krw_per_year": 0.0}, **SILENT},
    "nobody meant by age": {"target": {"owner_age_min": 119}, **SILENT},
    "no sector that can use it": {"target": {"sectors": ("small_manufacturing",)}, **SILENT},
}
ZEROS: dict[str, Named] = {
    **{f"terminal, {why}": terminal_subsidy(**change) for why, change in NOTHING.items()},
    **{f"visits, {why}": qr_enrolment(**change) for why, change in NOTHING.items()},
    "terminal, no rate": terminal_subsidy(subsidy_rate=0.0),
    "terminal, no unit cost": terminal_subsidy(unit_cost_krw=0.0),
    "visits, none": qr_enrolment(visits_per_month=0),
    **{
        f"kits, {why}": smart_shop(**{**change, **SILENT})
        for why, change in NOTHING.items()
        if why != "no sector that can use it"
    },
    "kits, workshops": smart_shop(target={"sectors": ("small_manufacturing",)}, **SILENT),
    "kits, empty": smart_shop(kit=dict.fromkeys(Kit.model_fields, "none")),
    "kits, no rate": smart_shop(subsidy_rate=0.0),
    "kits, no cap": smart_shop(subsidy_cap_krw=0.0),
    "courses, no quota": field_training(quota=0),
    "courses, no budget": field_training(budget_krw=0),
    "courses, nobody meant": field_training(target={"owner_age_min": 119}),
    "courses, over before the run": field_training(start=START - 30, end=START - 1),
    "closure of nothing": closure("e_government", closed_share=0.0),
    "closure over before the run": closure("ecommerce", start=START - 30, end=START - 1),
    "closure of what is closed": closure("noncontact_medical"),
    "cap above every commission": fee_cap(cap_share=1.0),
    "cap at the commission": fee_cap(cap_share=0.068),
    "cut of nothing": fee_cap(cap_share=1.0, negotiated_cut_share=0.0),
    "cap for nobody": fee_cap(cap_share=0.0, sales_max_krw_per_year=0.0),
    "cap after the run": fee_cap(start=START + 12),
    "cap before the run": fee_cap(start=START - 30, end=START - 1),
    "public app after the run": public_app(start=START + 12),
    "public app before the run": public_app(start=START - 30, end=START - 1),
}


@pytest.fixture(scope="module")
def baseline() -> Run:
    return run_to_end(settings_of())


@pytest.fixture(scope="module")
def programme_alone() -> Run:
    return run_to_end(settings_of(terminal_subsidy()))


@pytest.mark.parametrize("lever", ZEROS.values(), ids=ZEROS)
def test_a_lever_without_means_changes_nothing(lever: Named, baseline: Run) -> None:
    run = run_to_end(settings_of(lever))
    np.testing.assert_array_equal(run.core, baseline.core)
    assert_same_rows(run.economy.world.merchants, baseline.economy.world.merchants)
    np.testing.assert_array_equal(run.economy.world.consumers.savings_krw, baseline.economy.world.consumers.savings_krw)


def test_nobody_is_visited_for_a_network_that_is_not_open() -> None:
    closed, visited = (run_to_end(settings_of(*levers, network_open=False)) for levers in ((), (qr_enrolment(),)))
    np.testing.assert_array_equal(visited.core, closed.core)
    assert_same_rows(visited.economy.world.merchants, closed.economy.world.merchants)


@pytest.mark.parametrize("name", ["a first", "z last"])
def test_nor_beside_a_lever_that_acts(name: str, programme_alone: Run) -> None:
    nothing = qr_enrolment(visits_per_month=0)[1]
    run = run_to_end(settings_of(terminal_subsidy(), (name, nothing)))
    np.testing.assert_array_equal(run.core, programme_alone.core)
    theirs, ours = programme_alone.economy.snapshot(), run.economy.snapshot()
    for column in theirs:
        np.testing.assert_array_equal(ours[column], theirs[column])


def test_the_levers_that_act_do_change_the_run(baseline: Run, programme_alone: Run) -> None:
    visited = run_to_end(settings_of(qr_enrolment()))
    assert programme_alone.last("merchants_installed_mobile_pay_terminal") > baseline.last(
        "merchants_installed_mobile_pay_terminal"
    )
    assert visited.last("merchants_installed_public_qr") > baseline.last("merchants_installed_public_qr")


def test_nothing_changes_before_the_first_month_of_a_lever(baseline: Run, programme_alone: Run) -> None:
    before = FIRST - START
    np.testing.assert_array_equal(programme_alone.core[:before], baseline.core[:before])
    assert not np.array_equal(programme_alone.core[before], baseline.core[before])
