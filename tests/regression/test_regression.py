"""What this version computes is what it computed before; when that is meant to change, see `update`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.regression import update
from tests.regression.update import FIXTURES, FOLDER, baseline, changes, policy_effects, stored

ROOT = Path(__file__).resolve().parents[2]
HOW = "if the change is meant, run python -m tests.regression.update and note it in CHANGELOG.md"


def test_the_baseline_is_what_it_was() -> None:
    assert changes(stored("baseline.json"), baseline()) == [], HOW


@pytest.fixture(scope="module")
def effects() -> dict[str, Any]:
    return policy_effects()["effects"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", stored("policy_effects.json").get("effects", ()))
def test_effects_keep_size_and_sign(effects: dict[str, Any], name: str) -> None:
    before, now = stored("policy_effects.json")["effects"][name], effects[name]
    assert now["sign"] == before["sign"], HOW
    assert abs(now["mean"] - before["mean"]) <= before["tolerance"], HOW


def test_every_effect_is_on_record(effects: dict[str, Any]) -> None:
    assert set(effects) == set(stored("policy_effects.json")["effects"])


def test_programmes_have_effects_on_record() -> None:
    for name in ("terminal: merchants_installed_mobile_pay_terminal", "visits: merchants_installed_public_qr"):
        assert stored("policy_effects.json")["effects"][name]["sign"] == "positive"


@pytest.mark.parametrize("name", FIXTURES)
def test_a_fixture_says_that_it_is_no_finding(name: str) -> None:
    assert stored(name)["notice"].startswith("A fixture of the tests, not a finding")


def test_a_dry_run_writes_nothing_and_an_update_what_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(update, "FOLDER", tmp_path)
    monkeypatch.setattr(update, "FIXTURES", {"baseline.json": lambda: {"a": {"b": 2.0}}})
    (tmp_path / "baseline.json").write_text('{"a": {"b": 1.0}, "c": 3}')
    monkeypatch.setattr(sys, "argv", ["update", "--dry-run"])
    update.main()
    assert stored("baseline.json") == {"a": {"b": 1.0}, "c": 3}
    assert capsys.readouterr().out == "baseline.json: 2 changes\na / b: 1.0 -> 2.0\nc: 3 -> None\n"
    monkeypatch.setattr(sys, "argv", ["update"])
    update.main()
    assert stored("baseline.json") == {"a": {"b": 2.0}}


def test_the_script_runs_from_the_checkout() -> None:
    before = {name: (FOLDER / name).read_bytes() for name in FIXTURES}
    done = subprocess.run(
        [sys.executable, "-m", "tests.regression.update", "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "--dry-run" in done.stdout
    assert before == {name: (FOLDER / name).read_bytes() for name in FIXTURES}
    assert all(json.loads(text) for text in before.values())
