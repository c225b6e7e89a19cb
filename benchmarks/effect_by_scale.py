"""The terminal programme's effect at two scales: means, 90 % half-widths, difference between the scales."""

import math
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np

from benchmarks.measure import settings_of, table
from experiments.keys import run_seed
from model.calendar import month_number
from model.economy import population_of, run
from model.indicators import POSITION
from model.settings import ORIGIN, Settings

LEVER: Final = "levers/payment_terminal"
BASELINE: Final = "baseline"
INDICATORS: Final = ("merchants_active_mobile_pay_terminal", "merchants_installed_mobile_pay_terminal")
MONTH: Final = month_number("2023-08")
PAIRS: Final = {"quick": 100, "standard": 30}
BOUNDS: Final = {"quick": 0.08, "standard": 0.03}
"""Largest half-width as a share of the effect; between scales the effect may differ by a tenth."""
CONFIDENCE: Final = 0.90


def main(quick: bool = False) -> None:
    """Print each scale's effect with its half-width, and how far the scales are apart."""
    pairs = {"quick": 10, "standard": 2} if quick else PAIRS
    effects = {scale: effects_of(scale, count) for scale, count in pairs.items()}
    rows = [
        [scale, len(found), name, *_line(found[:, column]), f"{BOUNDS[scale]:.0%}"]
        for column, name in enumerate(INDICATORS)
        for scale, found in effects.items()
    ]
    head = ("scale", "pairs", "more merchants in 2023-08", "mean effect", "half-width (90 %)",
            "of the effect", "spread of one pair", "bound")  # fmt: skip
    print(table(head, rows))
    for column, name in enumerate(INDICATORS):
        print(_between([found[:, column] for found in effects.values()], name))


def effects_of(scale: str, pairs: int) -> np.ndarray:
    """Return the effect of the programme in `MONTH`, merchants, by (pair, indicator)."""
    both = [settings_of(name, scale, MONTH - ORIGIN + 1) for name in (LEVER, BASELINE)]
    population_of(both[0])
    begin = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda k: _effect(both, k), range(pairs)))
    print(f"{scale}: {2 * pairs} runs of {both[0].months} months in {time.perf_counter() - begin:.0f} s, two threads")
    return np.array(found)


def _effect(both: Sequence[Settings], replication: int) -> np.ndarray:
    seed = run_seed(1, replication)
    columns = [POSITION[name] for name in INDICATORS]
    with_lever, without = (run(settings, seed, driver="serial").core[-1, columns] for settings in both)
    return np.asarray(with_lever - without)


def half_width(effects: np.ndarray) -> float:
    """Return the half-width of Student's 90 % interval of the mean."""
    from scipy.special import stdtrit

    quantile = float(stdtrit(effects.size - 1, (1.0 + CONFIDENCE) / 2.0))
    return quantile * float(effects.std(ddof=1)) / math.sqrt(effects.size)


def _line(effects: np.ndarray) -> list[str]:
    mean, half = float(effects.mean()), half_width(effects)
    return [
        f"{mean:,.0f}",
        f"{half:,.0f}",
        f"{half / abs(mean):.1%}",
        f"{effects.std(ddof=1) / abs(mean):.0%}",
    ]


def _between(effects: Sequence[np.ndarray], name: str) -> str:
    small, large = effects
    difference = small.mean() / large.mean() - 1.0
    error = math.hypot(*(found.std(ddof=1) / math.sqrt(found.size) for found in effects)) / abs(large.mean())
    return f"{name}: {' over '.join(PAIRS)} is {difference:+.1%} (standard error {error:.1%}; wanted: 10 %)"


if __name__ == "__main__":
    main()
