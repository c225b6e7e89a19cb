"""Where runs are computed: one protocol, so that nothing else knows about threads or workers."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import Protocol, TypeVar

from model.errors import UserError

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")


class Executor(Protocol):
    """Something that computes tasks; `workers` at a time, each free to use `threads_per_run` threads."""

    workers: int
    threads_per_run: int

    def map(self, function: Callable[[TaskT], ResultT], tasks: Iterable[TaskT]) -> Iterator[ResultT]:
        """Yield function(task) for every task, in any order; tasks are drawn only when soon needed."""

    def shutdown(self) -> None:
        """Give the workers back; no task may be running any more."""


class SerialExecutor:
    """Computes one task after the other in the calling thread; a run may use several threads itself."""

    workers = 1

    def __init__(self, threads_per_run: int = 1) -> None:
        self.threads_per_run = threads_per_run

    def map(self, function: Callable[[TaskT], ResultT], tasks: Iterable[TaskT]) -> Iterator[ResultT]:
        """Yield function(task) in the order of the tasks."""
        return map(function, tasks)

    def shutdown(self) -> None:
        """Nothing to give back."""


class ThreadExecutor:
    """Computes tasks in threads of this process: kernels release the interpreter, populations are shared."""

    threads_per_run = 1

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="run")

    def map(self, function: Callable[[TaskT], ResultT], tasks: Iterable[TaskT]) -> Iterator[ResultT]:
        """Yield function(task) as tasks end; one task waits ready, so no worker idles while one is stored."""
        ahead = iter(tasks)
        running: set[Future[ResultT]] = set()
        try:
            running |= {self._pool.submit(function, task) for task in islice(ahead, self.workers + 1)}
            while running:
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield future.result()
                    running |= {self._pool.submit(function, task) for task in islice(ahead, 1)}
        finally:
            for future in running:
                future.cancel()

    def shutdown(self) -> None:
        """End the threads once their tasks have ended."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def make_executor(name: str, threads: int) -> Executor:
    """Return the executor called `name` ("serial" or "threads") on `threads` threads in all.

    Raises UserError for another name or fewer than one thread.
    """
    if threads < 1:
        raise UserError(f"--threads is {threads}; give 1 or more")
    if name == "serial":
        return SerialExecutor(threads_per_run=threads)
    if name == "threads":
        return ThreadExecutor(threads)
    raise UserError(f"there is no executor called {name!r}; choose serial or threads")
