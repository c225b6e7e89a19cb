"""The manifest holds what determines results and nothing else; circumstances stand beside it."""

from dataclasses import replace
from pathlib import Path

import pytest

from experiments.executors import SerialExecutor
from experiments.plan import make_plan
from experiments.provenance import host_facts, write_manifest, write_provenance
from experiments.runner import execute
from experiments.store import StorageError, Store, digest
from experiments.store.formats import read_document
from tests.runner.fake_model import FakeScenario, fake_engine, scenario

COMMAND = ("untact", "run", "baseline.toml")


def with_source(folder: Path) -> FakeScenario:
    source = folder / "baseline.toml"
    source.write_text("format_version = 1")
    return replace(scenario(), sources=(source,))


def test_the_manifest_reproduces_the_results(tmp_path: Path) -> None:
    given, store = with_source(tmp_path), Store(tmp_path / "results")
    plan = make_plan([given], groups_of={"baseline": ["merchants@2017-03"]})
    execute(plan, store, SerialExecutor(), make_engine=fake_engine)
    found = digest(store, plan.keys("baseline"))
    path = write_manifest(tmp_path / "results" / "baseline", [given], plan, found, COMMAND)
    manifest = read_document(path)
    assert [run["key"] for run in manifest["runs"]] == list(plan.keys("baseline"))
    assert [run["seed"] for run in manifest["runs"]] == [run.seed for run in plan.runs]
    assert manifest["scenarios"][0]["effective"] == {"effect": 0.0}
    assert manifest["digest"] == found
    assert manifest["groups"] == ["merchants@2017-03"]
    assert {"numpy_version", "numba_version", "llvmlite_version", "untact_version"} <= manifest["versions"].keys()
    assert len(manifest["requirements_lock_sha256"]) == 64


def test_the_manifest_is_the_same_from_any_folder_at_any_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.chdir(folder)
        given = with_source(folder)
        texts.append(write_manifest(folder, [given], make_plan([given]), "d", COMMAND).read_bytes())
    assert texts[0] == texts[1]
    assert b'"file": "baseline.toml"' in texts[0]
    assert str(tmp_path).encode() not in texts[0]


def test_provenance_says_when_where_and_what_failed(tmp_path: Path) -> None:
    plan = make_plan([scenario()])
    outcome = execute(plan, Store(tmp_path), SerialExecutor(), make_engine=fake_engine)
    found = read_document(write_provenance(tmp_path / "baseline", outcome))
    assert found["runs"] == {"done": 4, "cached": 0, "failed": 0, "unfinished": 0}
    assert found["started"] <= found["ended"]
    assert 10**7 < found["host"]["peak_memory_bytes"] < host_facts()["memory_bytes"]


def test_a_file_in_the_way_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "baseline").write_text("mine")
    with pytest.raises(StorageError, match="baseline: is not a folder"):
        write_manifest(tmp_path / "baseline", [], make_plan([scenario()]), "d", COMMAND)
