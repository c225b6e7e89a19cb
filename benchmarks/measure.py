"""What every benchmark needs: a fixed NumPy workload as yardstick, memory of a process, settings, tables."""

import dataclasses
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from model.settings import SCALES, Settings

ROOT: Final = Path(__file__).resolve().parents[1]
SCENARIOS: Final = ROOT / "scenarios"


def settings_of(scenario: str, scale: str | float, months: int | None = None) -> Settings:
    """Return the settings of a shipped scenario ("levers/payment_terminal") at a scale, cut to `months`."""
    from experiments.scenario import load

    settings = load(SCENARIOS / f"{scenario}.toml").settings
    size = SCALES[scale] if isinstance(scale, str) else scale
    first = months or settings.months
    paths = tuple((name, values[:first]) for name, values in settings.paths)
    return dataclasses.replace(settings, scale=size, months=first, paths=paths)


def yardstick_seconds() -> float:
    """Return the seconds this machine needs now for a fixed single-thread NumPy workload (median of five)."""
    values = np.linspace(-3.0, 3.0, 1_000_000, dtype=np.float32)
    return statistics.median(_seconds_of(values) for _ in range(5))


def _seconds_of(values: np.ndarray) -> float:
    start = time.perf_counter()
    for _ in range(10):
        odds = np.exp(values)
        (odds / (np.float32(1.0) + odds)).sum()
    return time.perf_counter() - start


def peak_memory_gib() -> float:
    """Return the largest resident size this process has had, GiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30


def in_own_process(module: str, *arguments: object, **environment: str) -> Any:
    """Run `python -m benchmarks.<module> <arguments>` and return the JSON it prints."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *([str(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def laps(count: int) -> Iterator[int]:
    """Yield 0 to count - 1 with nothing of the lap before left in memory."""
    import gc

    for lap in range(count):
        gc.collect()
        yield lap
