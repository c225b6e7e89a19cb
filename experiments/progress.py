"""How far a batch is, told to whoever asked at a bearable rate."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final

SECONDS_BETWEEN: Final = 0.1


@dataclass(frozen=True)
class Progress:
    """How far a batch is, in runs (asked for, found stored, computed, failed, awaited from another batch).

    months, months_done: simulated months this batch has to compute and has computed; seconds since it began.
    """

    runs: int = 0
    cached: int = 0
    done: int = 0
    failed: int = 0
    awaited: int = 0
    months: int = 0
    months_done: int = 0
    seconds: float = 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds still needed at the rate so far; None before anything is known."""
        if not self.months_done:
            return None
        return self.seconds / self.months_done * max(self.months - self.months_done, 0)


class Meter:
    """Counts for a batch, from any thread; tells `listener`, one call at a time, at a bearable rate."""

    def __init__(self, listener: Callable[[Progress], None] | None) -> None:
        self._listener = listener
        self._lock = Lock()
        self._started = time.monotonic()
        self._last_told = 0.0
        self.progress = Progress()

    def update(self, at_once: bool = True, **counts: int) -> None:
        """Set counts by name, and tell the listener at once or when it is time."""
        with self._lock:
            self._set(counts, at_once)

    @contextmanager
    def run(self, months: int) -> Iterator[Callable[[], None]]:
        """Count the months of a run: the block gets a function to call at each; its end counts the rest."""
        counted = 0

        def count(more: int) -> None:
            nonlocal counted
            with self._lock:
                more = min(more, months - counted)
                counted += more
                self._set({"months_done": self.progress.months_done + more}, at_once=False)

        try:
            yield lambda: count(1)
        finally:
            count(months)

    def _set(self, counts: dict[str, int], at_once: bool) -> None:
        now = time.monotonic()
        self.progress = replace(self.progress, seconds=now - self._started, **counts)
        if self._listener is not None and (at_once or now - self._last_told >= SECONDS_BETWEEN):
            self._last_told = now
            self._listener(self.progress)
