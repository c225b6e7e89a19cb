"""Compiling in two processes: what the second makes, the first finds; and neither changes what a run gives."""

import subprocess
import sys
from pathlib import Path

import numba
import pytest

from model.engine import warm

ROOT = Path(__file__).resolve().parents[2]


def test_a_warm_machine_starts_no_second_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    started: list[object] = []
    monkeypatch.setattr(warm, "_compile_both_halves", lambda: started.append(1))
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    for compiled, expected in ((False, 1), (True, 1)):
        monkeypatch.setattr(warm, "_done", False)
        if compiled:
            (tmp_path / "month.months_serial-227.py311.nbi").touch()
        warm.kernels()
        assert len(started) == expected


def test_a_second_process_that_cannot_start_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[object] = []

    def refuse(*_: object, **__: object) -> None:
        refused.append(1)
        raise OSError("no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    warm._compile_both_halves()
    assert len(refused) == 1


def test_the_second_half_compiles_without_a_starting_state() -> None:
    """On a machine that has compiled, it loads: the types it names are those of a real run."""
    code = (
        "from model.engine import month, warm; from model.agents.merchants.kernel import merchants_chunk\n"
        "warm._second_half(warm.lay_out(*warm._tiny()))\n"
        "w = warm.make_world(*warm._tiny(), 1)\n"
        "before = [len(f.signatures) for f in (month.labour, month.government, month.firms, merchants_chunk)]\n"
        "seed = warm.np.uint64(1); month.government(w, 0, 24204, seed); month.labour(w, 0, 24204)\n"
        "month.firms(w, 0, 24204, seed); month.merchants(w, 0, 24204, seed)\n"
        "assert before == [len(f.signatures) for f in (month.labour, month.government, month.firms, merchants_chunk)]"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
