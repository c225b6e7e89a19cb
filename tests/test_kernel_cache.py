"""Compiled kernels follow the sources: Numba itself does not notice an edit in an imported file."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import model
from model import source_hash as fingerprints
from model.source_hash import MODEL_FOLDER, data_hash, source_hash

pytestmark = pytest.mark.subset

KERNEL = """
from numba import njit
from model.numerics import logistic

@njit(cache=True)
def kernel(x):
    return logistic(x)
"""
PROGRAM = """
import numba  # before the model, so that Numba has already read the environment
import numpy as np
from model.kernel_under_test import kernel

value = kernel(np.float32(0.0))
print(float(value), sum(kernel.stats.cache_hits.values()), numba.config.CACHE_DIR)
"""
EDIT = """
@njit
def logistic(x):
    return x + 7.0
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the model's sources with one kernel more, in a folder of its own."""
    leave_out = shutil.ignore_patterns("__pycache__", "data")
    shutil.copytree(MODEL_FOLDER, tmp_path / "model", ignore=leave_out)
    (tmp_path / "model" / "kernel_under_test.py").write_text(KERNEL)
    return tmp_path


def call_kernel(checkout: Path, **environment: str) -> tuple[float, int, Path]:
    """What the kernel gives in a fresh process, how often the cache served it, and the cache's folder."""
    inherited = {name: value for name, value in os.environ.items() if name != "UNTACT_CACHE_DIR"}
    stale = {"NUMBA_CACHE_DIR": str(checkout / "shared by all versions")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=checkout,
        env=inherited | stale | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    value, hits, folder = done.stdout.strip().split(" ", 2)
    return float(value), int(hits), Path(folder)


def test_an_edited_rule_is_compiled_anew(checkout: Path) -> None:
    first, _, folder = call_kernel(checkout)
    again, hits, _ = call_kernel(checkout)
    with (checkout / "model" / "numerics.py").open("a") as source:
        source.write(EDIT)
    edited, _, other_folder = call_kernel(checkout)
    assert (first, again, edited) == (0.5, 0.5, 7.0)
    assert hits == 1
    assert folder != other_folder
    assert folder.parent == other_folder.parent == checkout / ".cache" / "numba"


def test_the_cache_goes_where_it_is_told(checkout: Path, tmp_path: Path) -> None:
    _, _, folder = call_kernel(checkout, UNTACT_CACHE_DIR=str(tmp_path / "elsewhere"))
    assert folder.parent == tmp_path / "elsewhere" / "numba"
    assert any(folder.rglob("*.nbi"))
    assert not (checkout / ".cache").exists()


def test_a_place_that_cannot_be_written_is_passed_over(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    value, _, folder = call_kernel(checkout, UNTACT_CACHE_DIR=str(tmp_path / "a file" / "within"), TMPDIR=str(tmp_path))
    assert value == 0.5
    assert folder.is_relative_to(tmp_path)
    assert folder.parents[1].name == f"untact-{os.getuid()}"


def test_the_folder_is_named_by_the_sources() -> None:
    assert Path(os.environ["NUMBA_CACHE_DIR"]) == model.CACHE_ROOT / "numba" / source_hash()[:32]


def test_the_fingerprint_follows_names_and_contents(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprints, "MODEL_FOLDER", checkout / "model")
    kernel = checkout / "model" / "kernel_under_test.py"
    before = source_hash.__wrapped__()
    kernel.write_text(KERNEL + "#")
    edited = source_hash.__wrapped__()
    kernel.write_text(KERNEL)
    restored = source_hash.__wrapped__()
    kernel.rename(kernel.with_name("renamed.py"))
    assert before == restored
    assert len({before, edited, source_hash.__wrapped__()}) == 3


def test_the_fingerprint_of_data_leaves_prose_out(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprints, "MODEL_FOLDER", checkout / "model")
    (checkout / "model" / "data").mkdir()
    (checkout / "model" / "data" / "table.csv").write_text("province,people\n")
    before = data_hash.__wrapped__()
    (checkout / "model" / "data" / "notes.md").write_text("words")
    assert data_hash.__wrapped__() == before
    (checkout / "model" / "data" / "table.csv").write_text("province,persons\n")
    assert data_hash.__wrapped__() != before
