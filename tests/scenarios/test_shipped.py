"""Shipped scenario files: they load, and the schema that editors use describes them and is current."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from experiments.scenario import load
from experiments.schema import scenario_schema, schema_text
from model.calendar import month_number
from model.levers import LEVERS, PublicQrEnrolment

FOLDER = Path(__file__).parents[2] / "scenarios"
FILES = sorted(FOLDER.rglob("*.toml"))


def faults(document: dict[str, Any]) -> list[str]:
    return [error.message for error in Draft202012Validator(scenario_schema()).iter_errors(document)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_file(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    schema = path.parent / text.split("\n", 1)[0].removeprefix("#:schema ")
    assert schema.samefile(FOLDER / "scenario.schema.json")
    assert faults(tomllib.loads(text)) == []
    scenario = load(path)
    assert all(scenario.title.values())
    assert all(scenario.question.values())
    assert scenario.title["en"] != scenario.title["ko"]


def test_schema_is_current() -> None:
    written = (FOLDER / "scenario.schema.json").read_text(encoding="utf-8")
    assert written == schema_text(), "write it anew: untact scenarios --schema > scenarios/scenario.schema.json"


def test_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(scenario_schema())


@pytest.mark.parametrize(
    "document",
    [
        {"format_version": 2},
        {"format_version": 1, "titel": {}},
        {"format_version": 1, "title": {"en": "x"}},
        {"format_version": 1, "run": {"start": "2020-13"}},
        {"format_version": 1, "run": {"scale": "huge"}},
        {"format_version": 1, "run": {"focus": ["Seuol"]}},
        {"format_version": 1, "levers": {"public_qr_enrolment": {"quota": -5}}},
        {"format_version": 1, "levers": {"mine": {"lever": "unknown"}}},
        {"format_version": 1, "levers": {"public_qr_enrolment": {"target": {"sectors": ["food"]}}}},
        {"format_version": 1, "parameters": {"household.saving_rate": 7}},
        {"format_version": 1, "parameters": {"household": {"saving_rate": 7}}},
        {"format_version": 1, "parameters": {"household": {"saving": 0.07}}},
        {"format_version": 1, "exogenous": {"stringency_index": [{"from": "2020-01"}]}},
        {"format_version": 1, "exogenous": {"household_income_index": "none"}},
    ],
)
def test_schema_finds_what_is_wrong(document: dict[str, Any]) -> None:
    assert len(faults(document)) >= 1


def test_schema_accepts_every_way_of_writing() -> None:
    document = tomllib.loads(
        """
        format_version = 1
        run = { scale = 20, start = "2017-01", focus = ["Seoul", "workshop_cluster"] }
        parameters = { "household.saving_rate" = "7 %", household = { age_spending_ratio = { "70+" = 0.6 } } }
        exogenous = { stringency_index = "none", contact_risk_index = [{ from = "2020-01", is = 0.5 }] }
        [levers]
        mine = { lever = "public_qr_enrolment", quota = "1만 가맹점", off = false }
        payment_terminal_subsidy = { budget_krw = [{ from = "2020-09", is = "4 억원" }] }
        """
    )
    assert faults(document) == []


def test_baseline_holds_only_what_ran_by_august_2020() -> None:
    levers = dict(load(FOLDER / "baseline.toml").settings.levers)
    assert all(isinstance(lever, tuple(LEVERS.values())) for lever in levers.values())
    launch = levers["public_qr_launch"]
    assert isinstance(launch, PublicQrEnrolment)
    assert (launch.start, launch.end) == (month_number("2018-12"), month_number("2020-08"))
    assert [step.value for step in launch.quota][-1] == 600_000


def test_plan_adds_levers_to_the_baseline_and_changes_nothing_else() -> None:
    baseline, plan = (load(FOLDER / name).settings for name in ("baseline.toml", "plan_2020.toml"))
    assert dict(baseline.levers).items() < dict(plan.levers).items()
    assert set(dict(plan.levers)) - set(dict(baseline.levers)) == {
        "payment_terminal_subsidy",
        "public_qr_enrolment",
        "digital_loan",
        "smart_shop",
        "field_training",
    }
    assert all(
        getattr(baseline, name) == getattr(plan, name)
        for name in ("start", "months", "scale", "focus", "parameters", "paths")
    )


def test_example_of_the_documentation_is_sound(tmp_path: Path) -> None:
    text = (FOLDER.parent / "docs" / "scenarios.md").read_text(encoding="utf-8")
    example = text.split("```toml\n")[1].split("```")[0]
    path = tmp_path / "example.toml"
    path.write_text(example.replace('"baseline.toml"', f'"{FOLDER / "baseline.toml"}"'), encoding="utf-8")
    settings = load(path).settings
    terminals = dict(settings.levers)["payment_terminal_subsidy"].model_dump(mode="json", by_alias=True)
    assert (terminals["subsidy_rate"], terminals["jurisdiction"]) == (0.4, ["Seoul"])
    assert set(dict(settings.paths)["stringency_index"]) == {0.0}
    assert faults(tomllib.loads(example)) == []
