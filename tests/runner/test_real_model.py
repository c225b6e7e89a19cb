"""The runner with the model itself: executors agree, killed batches go on, batches share one store."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments.executors import Executor, SerialExecutor, ThreadExecutor
from experiments.runner import Outcome, execute
from experiments.store import Reader, Store, digest
from model.economy import merchant_attributes, run
from model.indicators import CORE
from tests.runner.real_batch import GROUP, small_plan
from tests.runner.test_runner import wait_for

ROOT = Path(__file__).resolve().parents[2]


def run_small(store: Store, executor: Executor | None = None, groups: tuple[str, ...] = (GROUP,)) -> Outcome:
    executor = executor or SerialExecutor()
    try:
        return execute(small_plan(groups), store, executor)
    finally:
        executor.shutdown()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """All runs, computed one after the other."""
    store = Store(tmp_path_factory.mktemp("whole"))
    assert len(run_small(store).done) == 30
    return store


def digest_of(store: Store) -> str:
    return digest(store, small_plan().keys("small"))


def test_the_store_keeps_what_the_model_gives(whole: Store) -> None:
    spec, reader = small_plan().runs[26], Reader(whole)
    result = run(spec.settings, spec.seed, groups=(GROUP,))
    core = reader.core([spec.key])
    assert list(core) == [indicator.id for indicator in CORE]
    np.testing.assert_array_equal(np.stack([column[0] for column in core.values()], axis=1), result.core)
    for name, column in reader.group(spec.key, GROUP).items():
        np.testing.assert_array_equal(column, result.groups[GROUP][name])
    for name, column in reader.attributes(spec.key).items():
        np.testing.assert_array_equal(column, merchant_attributes(spec.settings)[name])


@pytest.mark.subset
def test_threads_give_the_digest_of_one_run_after_the_other(whole: Store, tmp_path: Path) -> None:
    store = Store(tmp_path)
    run_small(store, ThreadExecutor(2))
    assert digest_of(store) == digest_of(whole)


def test_groups_can_be_added_later(whole: Store, tmp_path: Path) -> None:
    store = Store(tmp_path)
    run_small(store, groups=())
    outcome = run_small(store, ThreadExecutor(2))
    assert (len(outcome.done), outcome.failed) == (30, ())
    assert digest_of(store) == digest_of(whole)


def start_batch(results: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.runner.real_batch", str(results)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)


def test_a_killed_batch_goes_on_to_the_same_digest(whole: Store, tmp_path: Path) -> None:
    store = Store(tmp_path)
    with start_batch(tmp_path) as batch:
        wait_for(lambda: any(store.folder.glob("*.parquet")) or batch.poll() is not None, seconds=120)
        batch.kill()
    before = 30 - len(store.missing(small_plan().groups))
    outcome = run_small(store, ThreadExecutor(2))
    assert (len(outcome.cached), len(outcome.done)) == (before, 30 - before)
    assert digest_of(store) == digest_of(whole)


@pytest.mark.subset
def test_two_batches_at_once_share_the_runs(whole: Store, tmp_path: Path) -> None:
    with start_batch(tmp_path) as first, start_batch(tmp_path) as second:
        outputs = [batch.communicate(timeout=300) for batch in (first, second)]
    assert [error for _, error in outputs] == ["", ""]
    counts = [[int(n) for n in text.split()] for text, _ in outputs]
    assert sum(done for done, _, _ in counts) == 30
    assert [sum(count) for count in counts] == [30, 30]
    assert digest_of(Store(tmp_path)) == digest_of(whole)
