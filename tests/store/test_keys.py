"""Keys and seeds: equal for equal runs anywhere, different for any difference that may change a number."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.keys import canonical_json, run_key, run_keys, run_seed
from model.levers import PublicQrEnrolment
from model.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = Settings(24204, 12, 2000.0, ("Seoul",), (("a.b", 1.5),), (("path", (0.0, 0.5)),), ())
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON_VALUES)
def test_canonical_json_loses_nothing(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(st.text(), st.floats(allow_nan=False, allow_infinity=False)))
def test_canonical_json_does_not_depend_on_the_order_of_keys(content: dict[str, float]) -> None:
    assert canonical_json(content) == canonical_json(dict(reversed(content.items())))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": [float("-inf")]}])
def test_canonical_json_refuses_what_is_no_number(value: object) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json(value)


def test_a_key_changes_with_every_setting_and_with_the_seed() -> None:
    changed = [
        SETTINGS,
        replace(SETTINGS, start=24205),
        replace(SETTINGS, months=13),
        replace(SETTINGS, scale=1999.0),
        replace(SETTINGS, focus=()),
        replace(SETTINGS, parameters=(("a.b", 1.5000000000000002),)),
        replace(SETTINGS, paths=(("path", (0.0, 0.25)),)),
        replace(SETTINGS, levers=(("qr", PublicQrEnrolment.model_validate({})),)),
        replace(SETTINGS, levers=(("again", PublicQrEnrolment.model_validate({})),)),
        replace(SETTINGS, levers=(("qr", PublicQrEnrolment.model_validate({"visit_cost_krw": 1})),)),
    ]
    keys = {run_key(settings, seed) for settings in changed for seed in (1, 2)}
    assert len(keys) == 2 * len(changed)


def test_a_key_does_not_depend_on_the_order_of_settings() -> None:
    two = (("x", 1.0), ("y", 2.0))
    reordered = replace(SETTINGS, parameters=tuple(reversed(two)), focus=("Busan", "Seoul"))
    assert run_key(reordered, 1) == run_key(replace(SETTINGS, parameters=two, focus=("Seoul", "Busan")), 1)


def test_keys_of_many_seeds_are_those_of_each() -> None:
    assert run_keys(SETTINGS, (5, 6)) == (run_key(SETTINGS, 5), run_key(SETTINGS, 6))


def test_a_key_changes_with_model_and_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    before = run_key(SETTINGS, 1)
    versions = {"numpy_version": "0", "model_source_sha256": "0"}
    monkeypatch.setattr("experiments.keys.model_versions", lambda: versions)
    assert run_key(SETTINGS, 1) != before


@given(st.integers(0, 2**63 - 1), st.integers(0, 10**6))
def test_seeds_fit_63_bits_and_differ(base: int, replication: int) -> None:
    seeds = [run_seed(base, replication), run_seed(base, replication + 1), run_seed(base + 1, replication)]
    assert len(set(seeds)) == 3
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_seeds_stay_what_they_are() -> None:
    # The first 16 hex digits of sha256sum over "untact-seed 1 0" and "untact-seed 1 99", halved.
    assert [run_seed(1, 0), run_seed(1, 99)] == [5656690594059230302, 2806309454653730151]


@pytest.mark.subset
def test_keys_are_the_same_in_another_process_with_other_hashes() -> None:
    program = (
        "from experiments.keys import run_key; from model.settings import Settings; print(run_key("
        "Settings(24204, 12, 2000.0, ('Seoul',), (('a.b', 1.5),), (('path', (0.0, 0.5)),), ()), 7))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "123"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, env=environment, check=True
    )
    assert done.stdout.strip() == run_key(SETTINGS, 7)
