"""Batches: the same digest however they are computed, killed, shared or repeated; failures are data."""

import signal
import sqlite3
import subprocess
import sys
import threading
import time
import tracemalloc
import weakref
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.executors import Executor, SerialExecutor, ThreadExecutor
from experiments.keys import run_seed
from experiments.plan import Plan, make_plan
from experiments.progress import Progress
from experiments.runner import Outcome, execute
from experiments.store import Reader, StorageError, Store, digest
from experiments.work import Engine
from tests.interrupts import heed_interrupts
from tests.runner.fake_model import FakeResult, attributes_of, core_of, fake_engine, fake_run, scenario

ROOT = Path(__file__).resolve().parents[2]
MONTH = "merchants@2017-03"
KEEP_GROUPS = {"baseline": [MONTH], "policy": [MONTH]}


def two_arms(runs: int = 4, groups: bool = False) -> Plan:
    scenarios = [scenario(runs=runs), scenario("policy", 1.0, runs=runs)]
    return make_plan(scenarios, groups_of=KEEP_GROUPS if groups else None)


def run_all(plan: Plan, store: Store, executor: Executor | None = None, **options: Any) -> Outcome:
    executor = executor or SerialExecutor()
    try:
        return execute(plan, store, executor, **{"make_engine": fake_engine, **options})
    finally:
        executor.shutdown()


def engine_with(run: Callable[..., FakeResult]) -> Callable[[], Engine]:
    return lambda: fake_engine(run)


def failing_on(*replications: int) -> Callable[[], Engine]:
    seeds = {run_seed(1, k) for k in replications}

    def run(settings: Any, seed: int, **options: Any) -> FakeResult:
        if seed in seeds:
            raise RuntimeError(f"month 3, merchants, fee: 12 KRW are missing\nseed {seed}")
        return fake_run(settings, seed, **options)

    return engine_with(run)


@pytest.mark.subset
def test_serial_and_threads_give_the_same_files_and_digest(tmp_path: Path) -> None:
    plan = two_arms(30, groups=True)
    stores = [Store(tmp_path / name) for name in ("serial", "threads")]
    run_all(plan, stores[0])
    run_all(plan, stores[1], ThreadExecutor(3))
    contents = [{p.relative_to(s.folder): p.read_bytes() for p in s.folder.rglob("*.parquet")} for s in stores]
    assert contents[0] == contents[1]
    assert digest(stores[0], list(plan.groups)) == digest(stores[1], list(plan.groups))


def test_numbers_arrive_as_the_model_gave_them(tmp_path: Path) -> None:
    plan, store = two_arms(), Store(tmp_path)
    outcome = run_all(plan, store)
    assert (set(outcome.done), outcome.cached, outcome.failed) == (set(plan.groups), (), ())
    found = Reader(store).core(plan.keys("policy"))["sales_krw"]
    expected = [core_of(run.settings, run.seed)[:, 1] for run in plan.runs if run.scenario == "policy"]
    np.testing.assert_array_equal(found, expected)


def test_nothing_is_computed_twice(tmp_path: Path) -> None:
    store = Store(tmp_path)
    run_all(make_plan([scenario(runs=3)]), store)

    def no_engine() -> Engine:
        raise AssertionError("nothing was to be computed")

    outcome = run_all(make_plan([scenario(runs=3)]), store, make_engine=no_engine)
    assert (len(outcome.cached), outcome.done) == (3, ())
    assert len(run_all(two_arms(5), store).done) == 7


def test_groups_asked_for_later_are_computed_and_checked(tmp_path: Path) -> None:
    store = Store(tmp_path)
    run_all(two_arms(), store)
    outcome = run_all(two_arms(groups=True), store, ThreadExecutor(2))
    assert len(outcome.done) == 8
    key = two_arms().runs[0].key
    assert len(Reader(store).group(key, MONTH)["id"]) == len(Reader(store).attributes(key)["weight"])
    assert len(run_all(two_arms(groups=True), store).cached) == 8


def test_a_model_that_changes_its_mind_is_found_out(tmp_path: Path) -> None:
    store = Store(tmp_path)
    run_all(two_arms(), store)
    before = digest(store, list(two_arms().groups))

    def drifting(settings: Any, seed: int, **options: Any) -> FakeResult:
        result = fake_run(settings, seed, **options)
        return FakeResult(result.core + (seed == run_seed(1, 2)), result.groups)

    outcome = run_all(two_arms(groups=True), store, make_engine=engine_with(drifting))
    assert [run.replication for run in outcome.failed] == [2, 2]
    assert "gave other core numbers" in outcome.failed[0].message
    assert digest(store, list(two_arms().groups)) == before


@pytest.mark.parametrize("executor", [SerialExecutor(), ThreadExecutor(2)])
def test_a_failed_run_is_data_and_its_shard_holds_the_others(tmp_path: Path, executor: Executor) -> None:
    plan, store = two_arms(6), Store(tmp_path)
    outcome = run_all(plan, store, executor, make_engine=failing_on(1, 4))
    assert [(run.scenario, run.replication) for run in outcome.failed] == [
        ("baseline", 1), ("baseline", 4), ("policy", 1), ("policy", 4)
    ]  # fmt: skip
    assert outcome.failed[0].message == "month 3, merchants, fee: 12 KRW are missing"
    assert "RuntimeError" in outcome.failed[0].traceback
    assert len(outcome.done) == 8
    assert len(list(store.folder.glob("*.parquet"))) == 2
    repeated = run_all(plan, store)
    assert (len(repeated.done), len(repeated.cached)) == (4, 8)


@pytest.mark.parametrize("wrong", ["shape", "group", "ragged"])
def test_a_result_the_store_cannot_hold_is_a_failed_run(tmp_path: Path, wrong: str) -> None:
    def run(settings: Any, seed: int, **options: Any) -> FakeResult:
        result = fake_run(settings, seed, **options)
        if seed != run_seed(1, 0):
            return result
        rows = {**result.groups[MONTH], "id": np.arange(3)}
        return {
            "shape": FakeResult(result.core[1:], result.groups),
            "group": FakeResult(result.core, {}),
            "ragged": FakeResult(result.core, {MONTH: rows}),
        }[wrong]

    outcome = run_all(two_arms(groups=True), Store(tmp_path), make_engine=engine_with(run))
    assert ([run.replication for run in outcome.failed], len(outcome.done)) == ([0, 0], 6)


def test_a_batch_may_stop_at_the_first_failure(tmp_path: Path) -> None:
    outcome = run_all(two_arms(60), Store(tmp_path), on_error="stop", make_engine=failing_on(3))
    assert (len(outcome.failed), len(outcome.done), len(outcome.unfinished)) == (1, 24, 95)


def test_a_run_given_up_is_reported_not_tried(tmp_path: Path) -> None:
    plan, store = make_plan([scenario()]), Store(tmp_path)
    run_all(plan, store, make_engine=failing_on(2))
    with closing(sqlite3.connect(store.folder / "ledger.sqlite", isolation_level=None)) as ledger:
        ledger.execute("UPDATE runs SET state = 'poisoned' WHERE state = 'failed'")
    (given_up,) = run_all(plan, store).failed
    assert "killed its worker twice" in given_up.message


def interrupting_after(runs: int) -> Callable[[], Engine]:
    left = iter(range(runs))

    def run(settings: Any, seed: int, **options: Any) -> FakeResult:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return fake_run(settings, seed, **options)

    return engine_with(run)


@pytest.mark.parametrize("executor", [SerialExecutor(), ThreadExecutor(2)])
def test_an_interrupted_batch_keeps_whole_shards_and_goes_on(tmp_path: Path, executor: Executor) -> None:
    plan, store, whole = two_arms(50), Store(tmp_path / "cut"), Store(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        run_all(plan, store, executor, make_engine=interrupting_after(80))
    with closing(sqlite3.connect(store.folder / "ledger.sqlite", isolation_level=None)) as ledger:
        states = dict(ledger.execute("SELECT state, count(*) FROM runs GROUP BY state"))
    assert states.get("running", 0) == 0
    assert states["done"] in {25, 50, 75}
    assert len(run_all(plan, store).cached) == states["done"]
    run_all(plan, whole)
    assert digest(store, list(plan.groups)) == digest(whole, list(plan.groups))
    assert {p.name for p in store.folder.glob("*.parquet")} == {p.name for p in whole.folder.glob("*.parquet")}


@pytest.mark.parametrize("executor", [SerialExecutor(), ThreadExecutor(2)])
def test_a_batch_can_be_cancelled_within_a_run(tmp_path: Path, executor: Executor) -> None:
    cancel, months = threading.Event(), 0

    def run(settings: Any, seed: int, progress: Callable[..., None], **options: Any) -> FakeResult:
        nonlocal months
        for _ in range(settings.months):
            months += 1
            if months == 200:
                cancel.set()
            progress()
        return fake_run(settings, seed, **options)

    outcome = run_all(two_arms(50), Store(tmp_path), executor, cancel=cancel, make_engine=engine_with(run))
    # Two shards may be half-way side by side, and then nothing has ended yet.
    assert len(outcome.done) == 25 or (executor.workers > 1 and not outcome.done)
    assert len(outcome.unfinished) == 100 - len(outcome.done)
    assert months < 210


def test_progress_counts_runs_and_months(tmp_path: Path) -> None:
    seen: list[Progress] = []
    run_all(make_plan([scenario(runs=5)]), Store(tmp_path), make_engine=failing_on(4))
    run_all(two_arms(30), Store(tmp_path), ThreadExecutor(2), progress=seen.append)
    first, last = seen[0], seen[-1]
    assert (first.runs, first.cached, first.months, first.seconds_left) == (60, 4, 56 * 6, None)
    assert (last.done, last.failed, last.months_done, last.awaited) == (56, 0, 56 * 6, 0)
    assert [p.done for p in seen] == sorted(p.done for p in seen)
    assert last.seconds_left == 0


def test_a_damaged_shard_is_computed_anew(tmp_path: Path) -> None:
    plan, store = two_arms(30, groups=True), Store(tmp_path)
    run_all(plan, store)
    before = digest(store, list(plan.groups))
    shard = sorted(store.folder.glob("*.parquet"))[1]
    whole = shard.read_bytes()
    shard.write_bytes(whole[:1000])
    outcome = run_all(plan, store)
    assert len(outcome.done) in {5, 25}
    assert outcome.repaired[0].endswith(f"{len(outcome.done)} runs are computed anew")
    assert shard.read_bytes() == whole
    assert digest(store, list(plan.groups)) == before


def test_a_full_disk_ends_a_batch_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from experiments.store import files, session

    plan, store, write = two_arms(50), Store(tmp_path), files.write_atomically
    room = iter(range(2))

    def write_while_there_is_room(*arguments: Any) -> Any:
        if next(room, None) is None:
            raise OSError(28, "No space left on device")
        return write(*arguments)

    monkeypatch.setattr(session, "write_atomically", write_while_there_is_room)
    with pytest.raises(StorageError, match="the disk is full"):
        run_all(plan, store, ThreadExecutor(2))
    monkeypatch.undo()
    assert len(run_all(plan, store).cached) == 50


def start_batch(results: Path, runs: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.runner.fake_batch", str(results), str(runs)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, preexec_fn=heed_interrupts
    )


def wait_for(is_so: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def states_of(store: Store) -> dict[str, int]:
    if not (store.folder / "owners").exists():
        return {}
    with store.reading() as ledger:
        return (
            {} if ledger is None else dict(Counter(s.state for s in ledger.states(list(two_arms(25).groups)).values()))
        )


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_batch_goes_on_to_the_digest_of_a_whole_one(tmp_path: Path, end: signal.Signals) -> None:
    plan, store, whole = two_arms(150), Store(tmp_path / "killed"), Store(tmp_path / "whole")
    with start_batch(store.results, 150) as batch:  # long enough that a busy machine kills it before its end
        wait_for(lambda: len(store.missing(plan.groups)) < 300)  # a file may be there before the ledger knows it
        batch.send_signal(end)
        batch.wait(timeout=10)
    done_before = 300 - len(store.missing(plan.groups))
    assert 25 <= done_before < 300
    outcome = run_all(plan, store)
    assert (len(outcome.cached), len(outcome.done)) == (done_before, 300 - done_before)
    run_all(plan, whole)
    assert digest(store, list(plan.groups)) == digest(whole, list(plan.groups))
    assert not list(store.folder.rglob("*.tmp"))


def test_two_batches_share_the_work(tmp_path: Path) -> None:
    with start_batch(tmp_path, 50) as first, start_batch(tmp_path, 50) as second:
        outputs = [batch.communicate(timeout=60) for batch in (first, second)]
    assert [error for _, error in outputs] == ["", ""]
    counts = [[int(n) for n in text.split()] for text, _ in outputs]
    assert sum(done for done, _, _ in counts) == 100
    assert [sum(count) for count in counts] == [100, 100]
    with closing(sqlite3.connect(tmp_path / "store" / "ledger.sqlite", isolation_level=None)) as ledger:
        assert ledger.execute("SELECT DISTINCT state, attempts FROM runs").fetchall() == [("done", 1)]


def test_a_batch_takes_over_from_one_that_dies_while_it_waits(tmp_path: Path) -> None:
    plan, store, awaited = two_arms(25), Store(tmp_path), []
    with start_batch(tmp_path, 25) as other:
        wait_for(lambda: states_of(store) == {"running": 50})
        threading.Timer(0.5, other.kill).start()
        outcome = run_all(plan, store, progress=lambda now: awaited.append(now.awaited))
    assert (len(outcome.done), max(awaited)) == (50, 50)


def test_attributes_are_made_once_for_a_shard(tmp_path: Path) -> None:
    calls = 0

    def attributes(settings: Any) -> Any:
        nonlocal calls
        calls += 1
        return attributes_of(settings)

    engine = Engine(fake_run, attributes, fake_engine().units)
    run_all(two_arms(30, groups=True), Store(tmp_path), make_engine=lambda: engine)
    assert calls == 4
    assert len(list((tmp_path / "store" / "populations").iterdir())) == 1


@pytest.mark.parametrize(
    ("executor", "expected"),
    [
        (SerialExecutor(), ("serial", 1)),
        (SerialExecutor(threads_per_run=4), ("auto", 4)),
        (ThreadExecutor(2), ("serial", 1)),
    ],
)
def test_runs_side_by_side_use_one_thread_each(tmp_path: Path, executor: Executor, expected: tuple[str, int]) -> None:
    seen = set()

    def run(settings: Any, seed: int, driver: str, threads: int, **options: Any) -> FakeResult:
        seen.add((driver, threads))
        return fake_run(settings, seed, **options)

    run_all(two_arms(), Store(tmp_path), executor, make_engine=engine_with(run))
    assert seen == {expected}


@pytest.mark.parametrize("executor", [SerialExecutor(), ThreadExecutor(2)])
def test_memory_does_not_grow_with_the_number_of_runs(tmp_path: Path, executor: Executor) -> None:
    alive: weakref.WeakSet[FakeResult] = weakref.WeakSet()
    most = 0

    def run(settings: Any, seed: int, **options: Any) -> FakeResult:
        nonlocal most
        result = fake_run(settings, seed, **options)
        alive.add(result)
        most = max(most, len(alive))
        return result

    tables: list[int] = []
    tracemalloc.start()
    try:
        run_all(
            make_plan([scenario(months=60, runs=1000)]),
            Store(tmp_path),
            executor,
            make_engine=engine_with(run),
            progress=lambda now: tables.append(tracemalloc.get_traced_memory()[0]),
        )
    finally:
        tracemalloc.stop()
    assert most <= 3  # a result is dropped once its tables are in a record
    assert max(tables[len(tables) // 2 :]) < max(tables[: len(tables) // 2]) + 5_000_000
