"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def _number_or_name(_context: click.Context, _option: click.Parameter, value: str | None) -> float | str | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return value  # a name, checked with the scenario


scale_option = click.option(
    "--scale",
    metavar="quick|standard|full|N",
    callback=_number_or_name,
    help="Districts that one simulated district stands for, instead of the scenario's own scale.",
)

results_option = click.option(
    "--results", type=click.Path(path_type=Path), default="results", help="Folder of results.", show_default=True
)


def common_options(command: Command) -> Command:
    """Add `--json`, `--language` and `--debug`."""
    for option in (
        click.option("--debug", is_flag=True, expose_value=False, help="Show where an error comes from."),
        click.option("--language", type=click.Choice(["en", "ko"]), default="en", help="Language of tables."),
        click.option("--json", "as_json", is_flag=True, help="Print JSON for machines."),
    ):
        command = option(command)
    return command


def batch_options(command: Command) -> Command:
    """Add what says where, how large, how often and on what to run."""
    for option in (
        click.option("--threads", type=click.IntRange(1, 1024), help="Threads in all (default: all cores)."),
        click.option(
            "--executor",
            type=click.Choice(["serial", "threads"]),
            help="One run at a time on all threads, or a run a thread (default: what suits the scale).",
        ),
        click.option("--replications", type=int, help="Paired runs of each scenario, instead of its own number."),
        scale_option,
        results_option,
    ):
        command = option(command)
    return common_options(command)


def files_argument(command: Command) -> Command:
    """Add scenario files as arguments, at least one."""
    return click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))(command)
