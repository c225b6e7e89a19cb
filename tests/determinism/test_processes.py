"""Another process, another hash seed of Python: the same bits."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from model.settings import Settings
from tests.laws.small_korea import qr_enrolment, run_to_end, settings_of, terminal_subsidy

pytestmark = pytest.mark.subset

ROOT = Path(__file__).resolve().parents[2]


def small() -> Settings:
    return settings_of(terminal_subsidy(target={"sectors": ("grocery_retail", "food_service")}), qr_enrolment())


def fingerprint() -> str:
    """SHA-256 over the core table and all merchants of one small run."""
    run = run_to_end(small(), 11)
    rows = b"".join(column.tobytes() for column in run.economy.world.merchants)
    return hashlib.sha256(run.core.tobytes() + rows).hexdigest()


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_another_process(hash_seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.determinism.test_processes"],
        cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == fingerprint()


if __name__ == "__main__":
    sys.stdout.write(fingerprint())
