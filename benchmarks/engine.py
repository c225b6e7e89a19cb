"""Seconds, memory and nanoseconds per agent-month by scale and threads, and where a month goes."""

import json
import statistics
import sys
import time
from collections import defaultdict
from typing import Any, Final

from benchmarks.measure import in_own_process, laps, peak_memory_gib, settings_of, table, yardstick_seconds
from model.settings import Settings

CASES: Final = (("quick", 108, 1, 7), ("quick", 108, 2, 7), ("standard", 108, 1, 3), ("standard", 108, 2, 3),
                ("full", 12, 1, 1), ("full", 12, 2, 1))  # fmt: skip
"""Scale, months, threads, runs."""
HEAD: Final = ("scale", "months", "threads", "people + merchants", "population s", "start s", "months s", "processor s",
               "ns per agent-month", "in yardsticks", "GiB")  # fmt: skip


def main(quick: bool = False) -> None:
    """Print the table of speed and memory, and the share of each phase, by scale."""
    cases = [case for case in CASES if not quick or case[0] == "quick"]
    found = [in_own_process("engine", *case) for case in cases]
    print(table(HEAD, [_line(case, figures) for case, figures in zip(cases, found, strict=True)]))
    print()
    phases = list(found[0]["phases"])
    rows = [[case[0], case[2], *(f"{figures['phases'][name]:.0%}" for name in phases)]
            for case, figures in zip(cases, found, strict=True)]  # fmt: skip
    print(table(("scale", "threads", *phases), rows))


def _line(case: tuple[str, int, int, int], figures: dict[str, Any]) -> list[str]:
    scale, months, threads, _ = case
    agents = figures["people"] + figures["merchants"]
    seconds = figures["months"]
    return [
        scale, str(months), str(threads), f"{figures['people']:,} + {figures['merchants']:,}",
        f"{figures['population']:.2f}", f"{figures['start']:.3f}", f"{seconds:.3f}", f"{figures['processor']:.3f}",
        f"{seconds / months / agents * 1e9:.1f}", f"{seconds / figures['yardstick']:.2f}",
        f"{figures['memory']:.2f}",
    ]  # fmt: skip


def measure(scale: str, months: int, threads: int, runs: int) -> dict[str, Any]:
    """Return seconds (population: once; start and months: medians of warm runs), sizes, phases, GiB."""
    import numba

    from model.economy import population_of

    driver: Any = "serial" if threads == 1 else "auto"
    numba.set_num_threads(threads)
    _compile(driver)
    settings = settings_of("baseline", scale, months)
    begin = time.perf_counter()
    korea = population_of(settings)
    built = time.perf_counter() - begin
    laps_seconds = [_lap(settings, seed, driver) for seed in laps(runs)]
    start, passed, processor = (statistics.median(column) for column in zip(*laps_seconds, strict=True))
    return {
        "people": korea.people.id.size, "merchants": korea.merchants.id.size, "population": built,
        "start": start, "months": passed, "processor": processor, "memory": peak_memory_gib(),
        "yardstick": yardstick_seconds(), "phases": phase_shares(scale, min(months, 24)),
    }  # fmt: skip


def _lap(settings: Settings, seed: int, driver: Any) -> tuple[float, float, float]:
    """Return seconds to start a run, seconds of its months, and processor seconds of its months (all threads)."""
    from model.economy import Economy

    begin = time.perf_counter()
    economy = Economy(settings, seed, driver=driver)
    ready, busy = time.perf_counter(), time.process_time()
    economy.advance(settings.months)
    end = time.perf_counter()
    economy.close()
    return ready - begin, end - ready, time.process_time() - busy


def _compile(driver: Any) -> None:
    """Load every kernel that the measured runs call, on a tiny population."""
    from model.economy import Economy

    for kind in {driver, "parallel"}:
        economy = Economy(settings_of("baseline", 10_000.0, 1), 0, driver=kind)
        economy.advance(1)
        economy.close()


def phase_shares(scale: str, months: int) -> dict[str, float]:
    """Return each phase's share of a run's time; phase by phase, with the threads set."""
    from model.economy import Economy
    from model.schedule import SCHEDULE

    economy = Economy(settings_of("baseline", scale, months), 1)
    seconds: dict[str, float] = defaultdict(float)
    for _ in range(months):
        for phase in SCHEDULE:
            begin = time.perf_counter()
            phase.run(economy)
            seconds[phase.name] += time.perf_counter() - begin
        economy.months_run += 1
    economy.close()
    return {name: spent / sum(seconds.values()) for name, spent in seconds.items()}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], *map(int, sys.argv[2:5]))))
