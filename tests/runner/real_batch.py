"""A batch of the model itself in a process of its own, for tests that kill it: real_batch.py RESULTS."""

import sys
from pathlib import Path

from experiments.executors import ThreadExecutor
from experiments.plan import Plan, make_plan
from experiments.runner import execute
from experiments.scenario import load
from experiments.store import Store

SCENARIO = Path(__file__).with_name("small.toml")
GROUP = "merchants@2018-06"


def small_plan(groups: tuple[str, ...] = (GROUP,)) -> Plan:
    return make_plan([load(SCENARIO)], groups_of={"small": groups})


def main() -> None:
    executor = ThreadExecutor(2)
    outcome = execute(small_plan(), Store(Path(sys.argv[1])), executor)
    executor.shutdown()
    sys.stdout.write(f"{len(outcome.done)} {len(outcome.cached)} {len(outcome.failed)}\n")


if __name__ == "__main__":
    main()
