"""Compile the kernels of a run in two processes side by side: a machine's first run then waits half as long.

Numba compiles under one lock a process and keeps what it made on disk, so a second process may make what this one
only has to load. Nothing here changes a result.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

import numba
import numpy as np

from model.agents.merchants.kernel import merchants_chunk
from model.engine import month as phases
from model.engine import relations
from model.engine.start import lay_out, make_world
from model.engine.world import World
from model.exogenous import default_paths
from model.parameters import resolve
from model.settings import ORIGIN, Settings
from model.synthetic_population.build import SyntheticKorea, build

_TINY: Final = 20_000.0
_lock = threading.Lock()
_done = False


def kernels() -> None:
    """Compile what a serial run calls, unless this machine has done so; at once in all threads but the first."""
    global _done
    with _lock:
        if not _done and (os.cpu_count() or 1) > 1 and not _compiled():
            _compile_both_halves()
        _done = True


def _compiled() -> bool:
    folder = Path(numba.config.CACHE_DIR)
    return folder.is_dir() and any(folder.rglob("*months_serial*.nbi"))


def _compile_both_halves() -> None:
    # A second process that fails or is not allowed costs time only: this one compiles what it misses.
    try:
        other = subprocess.Popen(
            [sys.executable, "-m", "model.engine.warm"], cwd=Path(__file__).resolve().parents[2],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        return
    try:
        korea, settings = _tiny()
        _first_half(make_world(korea, settings, 1))
        other.wait()
    finally:
        other.kill()
        other.wait()


def _tiny() -> tuple[SyntheticKorea, Settings]:
    """Return the smallest population there is, and a month's settings."""
    paths = tuple(default_paths(ORIGIN, 1).items())
    settings = Settings(ORIGIN, 1, _TINY, (), tuple(resolve({}).items()), paths, ())
    return build(_TINY, (), ORIGIN // 12, ORIGIN // 12), settings


def _first_half(w: World) -> None:
    seed = np.uint64(1)
    phases.exogenous(w, 0, ORIGIN)
    relations.services(w, 0, ORIGIN)
    relations.g2c(w)
    relations.c2c(w, 0, ORIGIN, seed)
    relations.work(w, 0)
    phases.meet_consumers(w, 0)
    phases.consumers(w, ORIGIN, seed)
    phases.b2c(w, 0)
    relations.b2b(w)
    relations.g2b(w)
    relations.g2g(w, 0)
    relations.gated(w, 0, ORIGIN, seed)
    phases.save(w)
    phases.collect(w, 0)


def _second_half(w: World) -> None:
    """Compile, without running, what works on the starting state that the other process is making."""
    seed, number = np.uint64(1), 0
    chunk = (number, w.places, w.merchants, w.merchant_rules[0], w.market_tables[0], w.programmes[0], w.loans[0],
             w.keys[0], w.merchant_sums[0], number, number)  # fmt: skip
    merchants_chunk.compile(tuple(map(numba.typeof, chunk)))
    phases.labour.compile(tuple(map(numba.typeof, (w, number, number))))
    phases.firms.compile(tuple(map(numba.typeof, (w, number, number, seed))))
    phases.government.compile(tuple(map(numba.typeof, (w, number, number, seed))))


if __name__ == "__main__":
    _second_half(lay_out(*_tiny()))
