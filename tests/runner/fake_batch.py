"""A batch in a process of its own, for tests that kill it or run two at once: fake_batch.py RESULTS RUNS."""

import sys
from pathlib import Path

from experiments.executors import ThreadExecutor
from experiments.plan import make_plan
from experiments.runner import execute
from experiments.store import Store
from tests.runner.fake_model import fake_engine, scenario, slow_run


def main() -> None:
    results, runs = Path(sys.argv[1]), int(sys.argv[2])
    plan = make_plan([scenario(runs=runs), scenario("policy", 1.0, runs=runs)])
    executor = ThreadExecutor(2)
    outcome = execute(plan, Store(results), executor, make_engine=lambda: fake_engine(slow_run))
    executor.shutdown()
    sys.stdout.write(f"{len(outcome.done)} {len(outcome.cached)} {len(outcome.failed)}\n")


if __name__ == "__main__":
    main()
