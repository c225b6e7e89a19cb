"""What a worker does: it computes the runs of a task one after the other and turns errors into records."""

import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from experiments.plan import RunSpec
from experiments.progress import Meter
from experiments.store import RunRecord
from experiments.store.shards import Columns, length
from model.settings import Settings


class Result(Protocol):
    """What the model gives for a run; see `model.economy.RunResult`."""

    @property
    def core(self) -> npt.NDArray[np.float64]:
        """Core indicators [months, indicators]."""

    @property
    def groups(self) -> Mapping[str, Columns]:
        """Columns of the group outputs asked for, by group."""

    @property
    def largest_residual(self) -> float:
        """Largest relative residual of the money check."""


@dataclass(frozen=True)
class Engine:
    """What the runner needs of the model.

    run: called with settings, seed, groups=, driver=, threads= and progress= (called at each month);
    attributes: what does not change about the rows of groups; units: unit by core indicator, in their order.
    """

    run: Callable[..., Result]
    attributes: Callable[[Settings], Columns]
    units: Mapping[str, str]


@dataclass(frozen=True)
class FailedRun:
    """A run without result: which, one sentence, and the traceback (empty if it was given up before)."""

    key: str
    scenario: str
    replication: int
    message: str
    traceback: str = ""


@dataclass(frozen=True)
class Task:
    """Runs of one shard that one worker computes, and the groups each is asked for."""

    runs: tuple[RunSpec, ...]
    groups: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Finished:
    """What came of a task: records of the runs that ended well, and the others; nothing if it was stopped."""

    task: Task
    records: tuple[RunRecord, ...] = ()
    failed: tuple[FailedRun, ...] = ()


class _Stopped(Exception):
    """Raised inside a run to end it early."""


def model_engine() -> Engine:
    """Return the model itself as engine; it is imported here because that takes a second."""
    from model.economy import merchant_attributes, run
    from model.indicators import CORE

    return Engine(run, merchant_attributes, {indicator.id: indicator.unit for indicator in CORE})


def compute(task: Task, engine: Engine, threads: int, meter: Meter, is_stopped: Callable[[], bool]) -> Finished:
    """Compute the runs of a task, each on `threads` threads; a run that raises is a failed run.

    is_stopped: asked before every run and at each of its months; once true, the task ends with nothing.
    """
    records: list[RunRecord] = []
    failed: list[FailedRun] = []
    attributes: dict[int, Columns] = {}
    for run, groups in zip(task.runs, task.groups, strict=True):
        if is_stopped():
            return Finished(task)
        try:
            with meter.run(run.settings.months) as count:
                record = _one_run(run, groups, engine, threads, _at_each_month(count, is_stopped))
            if groups:
                record = replace(record, attributes=_attributes_of(run.settings, engine, attributes))
        except _Stopped:
            return Finished(task)
        except Exception as error:  # noqa: BLE001 - whatever a run raises is its result
            failed.append(_failure(run, error))
        else:
            records.append(record)
    return Finished(task, tuple(records), tuple(failed))


def _at_each_month(count: Callable[[], None], is_stopped: Callable[[], bool]) -> Callable[..., None]:
    def at_each_month(*_: object, **__: object) -> None:
        if is_stopped():
            raise _Stopped
        count()

    return at_each_month


def _one_run(
    run: RunSpec, groups: tuple[str, ...], engine: Engine, threads: int, at_each_month: Callable[..., None]
) -> RunRecord:
    # Runs side by side on one thread each must not meet in a parallel kernel.
    options = {"groups": groups, "driver": "serial" if threads == 1 else "auto", "threads": threads}
    started = time.perf_counter()
    result = engine.run(run.settings, run.seed, progress=at_each_month, **options)
    seconds = time.perf_counter() - started
    expected = (run.settings.months, len(engine.units))
    if result.core.shape != expected:
        raise ValueError(f"the model gave a core table of {result.core.shape} instead of {expected}")
    absent = [group for group in groups if group not in result.groups]
    if absent:
        raise ValueError(f"the model gave no group {', '.join(absent)}")
    asked = {group: result.groups[group] for group in groups}
    for columns in asked.values():
        length(columns)  # a ragged table is this run's failure, not its shard's
    return RunRecord(run.key, run.settings.start, result.core, float(result.largest_residual), seconds, asked)


def _attributes_of(settings: Settings, engine: Engine, known: dict[int, Columns]) -> Columns:
    # Runs of a task mostly share one settings object; one object also lets the store write the table once.
    if id(settings) not in known:
        known[id(settings)] = engine.attributes(settings)
    return known[id(settings)]


def _failure(run: RunSpec, error: Exception) -> FailedRun:
    sentence = (str(error).strip() or type(error).__name__).splitlines()[0]
    return FailedRun(run.key, run.scenario, run.replication, sentence, "".join(traceback.format_exception(error)))
