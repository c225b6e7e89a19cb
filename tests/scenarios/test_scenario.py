"""Scenario files that are right: merged, with units in base numbers, frozen."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.scenario import load, with_options
from model.calendar import month_number
from model.errors import UserError
from model.exogenous import PATHS, default_paths
from model.levers import PublicQrEnrolment, value_at
from model.parameters import register

Write = Callable[..., Path]

BASE = """
title = { en = "Base", ko = "기준" }
question = { en = "What?", ko = "무엇?" }
[run]
start = "2017-01"
end = "2018-12"
scale = 2000
replications = 2
[levers.launch]
lever = "public_qr_enrolment"
start = "2018-01"
end = "2018-06"
quota = [{ from = "2018-01", is = "1만 가맹점" }, { from = "2018-03", is = 30_000 }]
[parameters]
"household.saving_rate" = "7 %"
[exogenous]
stringency_index = 0.5
"""


def test_a_whole_scenario(write: Write) -> None:
    scenario = load(write(BASE, "small.toml"))
    lever = dict(scenario.settings.levers)["launch"]
    assert scenario.name == "small"
    assert scenario.title == {"en": "Base", "ko": "기준"}
    assert (scenario.settings.start, scenario.settings.months) == (month_number("2017-01"), 24)
    assert (scenario.settings.scale, scenario.seed, scenario.replications) == (2000.0, 1, 2)
    assert isinstance(lever, PublicQrEnrolment)
    assert [value_at(lever.quota, month_number(m)) for m in ("2017-12", "2018-02", "2020-01")] == [
        0,
        10_000,
        30_000,
    ]
    assert dict(scenario.settings.parameters)["household.saving_rate"] == 0.07
    assert set(dict(scenario.settings.parameters)) == set(register())
    assert dict(scenario.settings.paths)["stringency_index"] == (0.5,) * 24


def test_goals_belong_to_one_file_and_touch_no_run(write: Write) -> None:
    goal = '[goals.jobs]\nvalue = "129,000 persons"\nmonth = "2025-12"\nsource = { en = "plan", ko = "계획" }'
    plan = load(write(BASE + goal, "plan.toml"))
    (expected,) = plan.goals.values()
    assert list(plan.goals) == ["jobs_total"]
    assert (expected.value, expected.month, expected.source["ko"]) == (129_000, month_number("2025-12"), "계획")
    child = load(write('extends = "plan.toml"', "child.toml"))
    assert child.goals == {}
    assert child.settings == plan.settings


def test_a_scenario_is_frozen_and_its_settings_can_be_keys(write: Write) -> None:
    scenario = load(write(BASE))
    with pytest.raises(dataclasses.FrozenInstanceError):
        scenario.seed = 2  # type: ignore[misc]
    assert hash(scenario.settings) == hash(load(scenario.path).settings)


def test_an_empty_scenario_is_the_default_economy(write: Write) -> None:
    scenario = load(write(""))
    assert scenario.title == {"en": "scenario", "ko": "scenario"}
    assert (scenario.settings.months, scenario.settings.scale, scenario.replications) == (108, 200.0, 100)
    assert scenario.settings.levers == ()
    assert dict(scenario.settings.paths) == default_paths(month_number("2017-01"), 108)


def test_extends_merges_tables_and_replaces_the_rest(write: Write) -> None:
    write(BASE, "base.toml")
    child = write(
        """
        extends = "../base.toml"
        title = { en = "Child", ko = "자식" }
        [run]
        scale = "quick"
        [levers.launch]
        quota = 7
        [levers.payment_terminal_subsidy]
        start = "2018-01"
        [parameters]
        household.income_feedback = 0.6
        """,
        "inside/child.toml",
    )
    scenario = load(child)
    levers, parameters = dict(scenario.settings.levers), dict(scenario.settings.parameters)
    assert (scenario.settings.months, scenario.settings.scale) == (24, 200.0)
    assert list(levers) == ["launch", "payment_terminal_subsidy"]
    assert [step["is"] for step in levers["launch"].model_dump(mode="json", by_alias=True)["quota"]] == [7.0]
    assert levers["launch"].model_dump(mode="json", by_alias=True)["end"] == month_number("2018-06")
    assert (parameters["household.saving_rate"], parameters["household.income_feedback"]) == (0.07, 0.6)
    assert scenario.question == {"en": "child", "ko": "child"}
    assert [path.name for path in scenario.sources] == ["child.toml", "base.toml"]


def test_off_removes_an_inherited_lever(write: Write) -> None:
    write(BASE, "base.toml")
    assert load(write('extends = "base.toml"\n[levers.launch]\noff = true')).settings.levers == ()


def test_dated_and_absent_paths(write: Write) -> None:
    path = write(
        """
        [run]
        start = "2020-01"
        end = "2020-12"
        [exogenous]
        contact_risk_index = [
          { from = "2020-11", is = 0.5 }, { from = "2020-12", is = 0 }, { from = "2030-01", is = 1 }
        ]
        stringency_index = "none"
        household_income_index = [{ from = "2019-01", is = 2 }, { from = "2020-03", is = 1 }]
        """
    )
    paths = dict(load(path).settings.paths)
    assert paths["contact_risk_index"][:10] == default_paths(month_number("2020-01"), 12)["contact_risk_index"][:10]
    assert paths["contact_risk_index"][10:] == (0.5, 0.0)
    assert paths["stringency_index"] == (0.0,) * 12
    assert paths["household_income_index"] == (2.0, 2.0) + (1.0,) * 10


def test_effective_scenario_is_one_file_that_gives_the_same_settings(write: Write) -> None:
    write(BASE, "base.toml")
    scenario = load(write('extends = "base.toml"\n[levers.launch]\nquota = "9 merchants"\n[run]\nseed = 3'))
    effective = json.loads(json.dumps(scenario.effective))
    alone = load(write(f"{as_toml(effective)}", "alone.toml"))
    assert alone.settings == scenario.settings
    assert alone.seed == scenario.seed == 3
    assert alone.effective == scenario.effective


def as_toml(tree: dict[str, object]) -> str:
    """Write a tree as TOML by inline tables."""

    def inline(value: object) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{json.dumps(key)} = {inline(inner)}" for key, inner in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(inline, value)) + "]"
        return json.dumps(value, ensure_ascii=False)

    return "\n".join(f"{key} = {inline(value)}" for key, value in tree.items() if key != "format_version")


def test_options_of_the_command_line(write: Write) -> None:
    scenario = with_options(load(write(BASE)), scale="standard", replications=5)
    assert (scenario.settings.scale, scenario.replications) == (20.0, 5)
    assert scenario.effective["run"]["replications"] == 5
    assert with_options(scenario) == scenario
    with pytest.raises(UserError) as caught:
        with_options(scenario, scale=0.5, replications=0)
    assert caught.value.messages == (
        "scale: must be at least 1, not 0.5",
        "replications: must be at least 1, not 0",
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(parameter=st.sampled_from(sorted(register())), share=st.floats(0, 1))
def test_every_parameter_can_be_set_within_its_range(write: Write, parameter: str, share: float) -> None:
    known = register()[parameter]
    value = min(max(known.low + share * (known.high - known.low), known.low), known.high)
    dotted = ".".join(f'"{part}"' for part in parameter.split("."))
    for key in (f'"{parameter}"', dotted):
        scenario = load(write(f"[parameters]\n{key} = {value!r}"))
        assert dict(scenario.settings.parameters)[parameter] == value


@pytest.mark.parametrize("name", sorted(PATHS))
def test_every_path_can_be_set(write: Write, name: str) -> None:
    scenario = load(write(f"[exogenous]\n{name} = {PATHS[name].high!r}"))
    assert set(dict(scenario.settings.paths)[name]) == {PATHS[name].high}


def test_the_order_of_a_file_changes_nothing(write: Write) -> None:
    tables = BASE.split("\n[")
    turned = "\n[".join([tables[0], *reversed(tables[1:])])
    assert load(write(turned)).settings == load(write(BASE)).settings
