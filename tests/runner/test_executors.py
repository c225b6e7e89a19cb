"""Executors: every task once, drawn only when soon needed, errors passed on."""

import threading
from collections.abc import Iterator

import pytest

from experiments.executors import Executor, SerialExecutor, ThreadExecutor, make_executor
from model.errors import UserError


@pytest.mark.parametrize("executor", [SerialExecutor(), ThreadExecutor(1), ThreadExecutor(3)])
def test_every_task_is_computed_once(executor: Executor) -> None:
    assert sorted(executor.map(lambda n: n * n, range(50))) == [n * n for n in range(50)]
    executor.shutdown()


@pytest.mark.parametrize(("executor", "ahead"), [(SerialExecutor(), 1), (ThreadExecutor(2), 3)])
def test_tasks_are_drawn_only_when_soon_needed(executor: Executor, ahead: int) -> None:
    drawn = 0

    def tasks() -> Iterator[int]:
        nonlocal drawn
        for task in range(20):
            drawn += 1
            yield task

    for finished, _ in enumerate(executor.map(lambda n: n, tasks())):
        assert drawn <= finished + ahead
    executor.shutdown()


def test_threads_compute_side_by_side() -> None:
    executor = ThreadExecutor(2)
    meeting = threading.Barrier(2, timeout=10)  # would break if the tasks came one after the other
    assert len(list(executor.map(lambda _: meeting.wait(), range(2)))) == 2
    executor.shutdown()


@pytest.mark.parametrize("executor", [SerialExecutor(), ThreadExecutor(2)])
def test_an_error_of_a_task_comes_out(executor: Executor) -> None:
    with pytest.raises(ZeroDivisionError):
        list(executor.map(lambda n: 1 // n, [1, 0, 2]))
    executor.shutdown()


def test_executors_are_made_by_name() -> None:
    assert make_executor("serial", 4).threads_per_run == 4
    assert make_executor("threads", 3).workers == 3


@pytest.mark.parametrize(("name", "threads"), [("dask", 2), ("threads", 0)])
def test_an_impossible_executor_is_the_users_error(name: str, threads: int) -> None:
    with pytest.raises(UserError):
        make_executor(name, threads)
