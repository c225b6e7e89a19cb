"""What compiling costs on a fresh machine: seconds of each part with an empty cache of kernels, by kernel."""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any, Final

from benchmarks.measure import in_own_process, settings_of, table

SCALE: Final = 2_000.0
MONTHS: Final = 2
MOST_ROWS: Final = 12


def main(quick: bool = False) -> None:
    """Print the parts of a cold and a warm start of a serial run; without `quick` of a parallel one too."""
    for driver in ("serial",) if quick else ("serial", "parallel"):
        with tempfile.TemporaryDirectory() as cache:
            cold, warm = (in_own_process("compile_time", driver, UNTACT_CACHE_DIR=cache) for _ in range(2))
        parts = [[name, f"{cold['parts'][name]:.1f}", f"{warm['parts'][name]:.1f}"] for name in cold["parts"]]
        print(table((f"part ({driver})", "cold: processor seconds", "warm"), parts))
        print()
        kernels = cold["kernels"]
        print(_largest("kernel", kernels))
        print()
        print(_largest("module", _by_module(kernels)))
        print(f"{len(kernels)} functions, {sum(kernels.values()):.0f} s in all\n")


def _largest(what: str, seconds: dict[str, float]) -> str:
    slowest = sorted(seconds.items(), key=lambda item: -item[1])[:MOST_ROWS]
    return table((what, "own processor seconds, without callees"), [[name, f"{s:.1f}"] for name, s in slowest])


def _by_module(kernels: dict[str, float]) -> dict[str, float]:
    modules: dict[str, float] = {}
    for (module, _), seconds in ((name.rsplit(".", 1), s) for name, s in kernels.items()):
        ours = module if module.startswith("model.") else module.split(".")[0]
        modules[ours] = modules.get(ours, 0.0) + seconds
    return modules


def measure(driver: Any) -> dict[str, dict[str, float]]:
    """Return processor seconds by part of a first run and by compiled kernel."""
    parts: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        begin = time.process_time()
        result = work()
        parts[name] = time.process_time() - begin
        return result

    timed("import", _import)
    kernels = _watch_compiler()
    from model.economy import Economy, population_of

    settings = timed("scenario", lambda: settings_of("baseline", SCALE, MONTHS))
    timed("population", lambda: population_of(settings))
    economy = timed("start", lambda: Economy(settings, 1, driver=driver))
    timed("first month", economy.step)
    timed("second month", economy.step)
    return {"parts": parts, "kernels": kernels}


def _import() -> None:
    import experiments.scenario  # noqa: F401
    import model.economy  # noqa: F401


def _watch_compiler() -> dict[str, float]:
    """Count from now on each function's own seconds in Numba's compiler, less those of what it calls."""
    from numba.core.compiler import CompilerBase

    seconds: dict[str, float] = {}
    inside: list[float] = []
    original = CompilerBase._compile_core

    def compile_core(compiler: Any) -> Any:
        inside.append(0.0)
        begin = time.process_time()
        result = original(compiler)
        whole = time.process_time() - begin
        function = compiler.state.func_id
        name = f"{function.modname}.{function.func_qualname}"
        seconds[name] = seconds.get(name, 0.0) + whole - inside.pop()
        if inside:
            inside[-1] += whole
        return result

    CompilerBase._compile_core = compile_core
    return seconds


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
