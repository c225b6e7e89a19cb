"""`untact plan`: what would run, how long, how much memory, what is stored already."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from untact.cli.options import batch_options, files_argument
from untact.cli.output import show_json, show_table
from untact.cli.progress import duration

_COLUMNS = {"scenario": "Scenario", "months": "Months", "scale": "Scale", "runs": "Runs"}


@click.command(short_help="Say what would run and how long.")
@files_argument
@batch_options
def plan(files: tuple[Path, ...], as_json: bool, language: str, **options: Any) -> None:
    """Say what `run` would do with FILEs, how long it would take, and what is stored already."""
    from untact.batch import plan as plan_files

    made, cost = plan_files(*files, **options)
    settings = {run.scenario: run.settings for run in made.runs}
    rows = [
        {"scenario": name, "months": of.months, "scale": of.scale, "runs": len(made.keys(name))}
        for name, of in settings.items()
    ]
    if as_json:
        keys = {name: made.keys(name) for name in settings}
        show_json("plan", {"scenarios": rows, "estimate": asdict(cost), "keys": keys})
        return
    show_table(_COLUMNS, rows, language)
    basis = "measured here before" if cost.measured else "an upper bound until something has run here"
    click.echo(
        f"\n{cost.runs} different runs, {cost.cached} stored already; the rest takes about "
        f"{duration(cost.seconds)} and {cost.memory_bytes / 1e9:.1f} GB of memory ({basis})."
    )
