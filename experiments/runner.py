"""Executing a plan: runs are claimed, computed by an executor, and stored shard by shard as they end."""

import logging
import resource
import statistics
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from threading import Event
from typing import Final, Literal

from experiments.executors import Executor
from experiments.plan import Plan, RunSpec
from experiments.progress import Meter, Progress
from experiments.store import Session, Store
from experiments.work import Engine, FailedRun, Finished, Task, compute, model_engine

POLL_SECONDS: Final = 0.2
"""How often a batch looks whether another one has finished the runs it waits for."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of a plan, by key: computed now, found in the store, failed; sentences on mended files.

    unfinished: runs not reached because the batch was cancelled or stopped at its first failure.
    """

    done: tuple[str, ...]
    cached: tuple[str, ...]
    failed: tuple[FailedRun, ...]
    unfinished: tuple[str, ...]
    repaired: tuple[str, ...]
    seconds: float


def execute(
    plan: Plan,
    store: Store,
    executor: Executor,
    on_error: Literal["collect", "stop"] = "collect",
    progress: Callable[[Progress], None] | None = None,
    cancel: Event | None = None,
    make_engine: Callable[[], Engine] = model_engine,
) -> Outcome:
    """Compute what the store lacks of a plan and store it; results do not depend on executor or order.

    on_error: go on after a failed run, or stop; progress: called at most ten times a second, from any thread;
    cancel: ends the batch soon after it is set, as Ctrl-C does (which is raised again). Every finished shard
    is kept. Raises StorageError where the store cannot be written.
    """
    batch = _Batch(plan, executor, make_engine, Meter(progress), cancel or Event(), on_error == "stop")
    with store.session() as session:
        return batch.run(session)


def peak_memory_bytes() -> int:
    """Return the most memory this process has held at once, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # Linux counts in KiB


@dataclass
class _Batch:
    """One execution of a plan: how it is done, and what is known of its runs so far."""

    plan: Plan
    executor: Executor
    make_engine: Callable[[], Engine]
    meter: Meter
    cancel: Event
    stops_at_failure: bool
    stop: Event = field(default_factory=Event)
    done: set[str] = field(default_factory=set)
    cached: set[str] = field(default_factory=set)
    failed: dict[str, FailedRun] = field(default_factory=dict)
    elsewhere: list[tuple[RunSpec, ...]] = field(default_factory=list)

    def run(self, session: Session) -> Outcome:
        """Compute and store what is missing, wait for what other batches compute, and say what came of it."""
        started = time.monotonic()
        repaired = session.repair(self.plan.groups)
        shards = self._missing_shards(session)
        try:
            while shards and not self._is_stopped():
                self._compute_and_store(session, shards)
                shards = self._await_others(session)
        except BaseException:
            self.stop.set()  # runs in other threads end at their next month
            raise
        return self._outcome(repaired, time.monotonic() - started)

    @cached_property
    def _engine(self) -> Engine:
        return self.make_engine()

    def _is_stopped(self) -> bool:
        return self.stop.is_set() or self.cancel.is_set()

    def _missing_shards(self, session: Session) -> list[tuple[RunSpec, ...]]:
        asked = self.plan.groups
        states = session.states(asked)
        self.cached = {key for key, state in states.items() if not state.lacks(asked[key])}
        shards = [tuple(run for run in shard if run.key not in self.cached) for shard in self.plan.shards]
        months = sum(run.settings.months for shard in shards for run in shard)
        self.meter.update(runs=len(asked), cached=len(self.cached), months=months)
        return [shard for shard in shards if shard]

    def _compute_and_store(self, session: Session, shards: Sequence[tuple[RunSpec, ...]]) -> None:
        with closing(self._results(self._claimed(session, shards))) as results:
            for finished in results:
                self._keep(session, finished)

    def _results(self, tasks: Iterable[Task]) -> Generator[Finished]:
        engine, threads = self._engine, self.executor.threads_per_run
        yield from self.executor.map(lambda task: compute(task, engine, threads, self.meter, self._is_stopped), tasks)

    def _claimed(self, session: Session, shards: Sequence[tuple[RunSpec, ...]]) -> Iterator[Task]:
        """Tasks of the runs that are ours to compute; drawn in this thread when a worker is soon free."""
        for shard in shards:
            if self._is_stopped():
                return
            claim = session.claim({run.key: self.plan.groups[run.key] for run in shard})
            self.cached.update(claim.stored)
            self._give_up([run for run in shard if run.key in claim.poisoned])
            elsewhere = tuple(run for run in shard if run.key in claim.elsewhere)
            self.elsewhere.extend([elsewhere] if elsewhere else [])
            ours = tuple(run for run in shard if run.key in claim.ours)
            if ours:
                yield Task(ours, tuple(self.plan.groups[run.key] for run in ours))

    def _keep(self, session: Session, finished: Finished) -> None:
        """Store what a task gave: its records in shards, its failures in the ledger."""
        differing = session.save(finished.records, self._engine.units)
        runs = {run.key: run for run in finished.task.runs}
        contradictions = [_failed(runs[key], text) for key, text in differing.items()]
        failed = [*finished.failed, *contradictions]
        session.fail({run.key: run.traceback or run.message for run in failed})
        self.done.update(record.key for record in finished.records if record.key not in differing)
        self._note(failed)
        self._note_cost(session, finished)

    def _note(self, failed: Sequence[FailedRun]) -> None:
        for run in failed:
            _log.error("%s, replication %d (run %s): %s", run.scenario, run.replication, run.key, run.message)
            self.failed[run.key] = run
        if failed and self.stops_at_failure:
            self.stop.set()
        self.meter.update(cached=len(self.cached), done=len(self.done), failed=len(self.failed))

    def _give_up(self, poisoned: Sequence[RunSpec]) -> None:
        self._note([_failed(run, "killed its worker twice and is not tried again") for run in poisoned])

    def _note_cost(self, session: Session, finished: Finished) -> None:
        runs = {run.key: run.settings for run in finished.task.runs}
        scales = {settings.scale for settings in runs.values()}
        if finished.records and len(scales) == 1:
            # The lower median leaves out a first run that also compiles or builds the population.
            seconds = statistics.median_low(r.seconds / runs[r.key].months for r in finished.records)
            session.note_cost(scales.pop(), self.executor.workers, seconds, peak_memory_bytes())

    def _await_others(self, session: Session) -> list[tuple[RunSpec, ...]]:
        """Shards that other batches had in hand, once some of their runs are ended or let go; else none."""
        shards, self.elsewhere = self.elsewhere, []
        keys = [run.key for shard in shards for run in shard]
        while keys and len(busy := session.at_work(keys)) == len(keys) and not self._is_stopped():
            self.meter.update(awaited=len(busy))
            time.sleep(POLL_SECONDS)
        self.meter.update(awaited=0)
        return shards

    def _outcome(self, repaired: tuple[str, ...], seconds: float) -> Outcome:
        keys = tuple(self.plan.groups)
        known = self.done | self.cached | self.failed.keys()
        return Outcome(
            done=tuple(key for key in keys if key in self.done),
            cached=tuple(key for key in keys if key in self.cached),
            failed=tuple(self.failed[key] for key in keys if key in self.failed),
            unfinished=tuple(key for key in keys if key not in known),
            repaired=repaired,
            seconds=seconds,
        )


def _failed(run: RunSpec, sentence: str) -> FailedRun:
    return FailedRun(run.key, run.scenario, run.replication, sentence)
