"""How far a batch is: a bar with rate and time left on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from experiments.progress import Progress

SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def shown_progress() -> Iterator[Callable[["Progress"], None]]:
    """Give a function to call with each progress, and take the bar away at the end."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.live import Live
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    with Live(console=Console(stderr=True), transient=True, refresh_per_second=8) as live:

        def show(progress: "Progress") -> None:
            grid = Table.grid(padding=(0, 1))
            grid.add_row(ProgressBar(max(progress.months, 1), progress.months_done, width=40), summary(progress))
            live.update(grid)

        yield show


def summary(progress: "Progress") -> str:
    """Return progress in words: runs done, failed and stored before, runs a second, time left."""
    finished = progress.done + progress.failed
    parts = [f"{finished + progress.cached} of {progress.runs} runs"]
    if progress.cached:
        parts.append(f"{progress.cached} stored before")
    if progress.failed:
        parts.append(f"{progress.failed} failed")
    if progress.awaited:
        parts.append(f"{progress.awaited} awaited from another batch")
    to_do = progress.runs - progress.cached
    begun = to_do * progress.months_done / max(progress.months, 1)
    if to_do > 0 and progress.months_done == 0 and not progress.awaited:
        parts.append("loading the kernels; compiling them the first time takes about a minute")
    if begun >= 1 and progress.seconds > 0:  # before, compiling and building would spoil the rate
        parts.append(f"{begun / progress.seconds:,.3g} runs/s")
    if begun >= 1 and progress.seconds_left:
        parts.append(f"{duration(progress.seconds_left)} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """Return seconds as "0.4 s", "48 s", "3 min 20 s" or "2 h 5 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.2g} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _lines() -> Callable[["Progress"], None]:
    last = time.monotonic()

    def show(progress: "Progress") -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_LINES:
            last = now
            click.echo(summary(progress), err=True)

    return show
