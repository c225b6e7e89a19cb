"""`untact run`: scenario files to stored results."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from untact.cli.options import batch_options, files_argument
from untact.cli.output import show_json, show_table
from untact.cli.progress import duration, shown_progress

if TYPE_CHECKING:
    from analysis.statistics import Statistic
    from experiments.runner import Outcome

FAILED = 1
MOST_FAILURES_SHOWN = 5
_COLUMNS = {"indicator": "Last year", "value": "Mean of the runs", "range": "90 % interval (luck only)"}


@click.command(short_help="Run scenario files; stored runs are kept.")
@files_argument
@batch_options
def run(files: tuple[Path, ...], as_json: bool, language: str, **options: Any) -> int:
    """Run scenario FILEs (or all of a folder); what is stored already is not run again."""
    from untact.batch import run as run_files
    from untact.summary import last_year

    with shown_progress() as progress:
        batch = run_files(*files, progress=progress, **options)
    tell_outcome(batch.outcome)
    figures = {scenario.name: last_year(batch, scenario) for scenario in batch.scenarios}
    if as_json:
        show_json("run", {"outcome": outcome_counts(batch.outcome), "last_year": _plain(figures)})
        return FAILED if batch.outcome.failed else 0
    for scenario in batch.scenarios:
        click.echo(f"\n{scenario.title[language]} ({batch.store.results / scenario.name})")
        show_table(_COLUMNS, [_row(figure, language) for figure in figures[scenario.name]], language)
    return FAILED if batch.outcome.failed else 0


def tell_outcome(outcome: "Outcome") -> None:
    """Say on the error stream how many runs were computed, found and failed, and what was mended."""
    for sentence in outcome.repaired:
        click.echo(sentence, err=True)
    counts = f"{len(outcome.done)} runs computed, {len(outcome.cached)} found stored"
    click.echo(f"{counts}, in {duration(outcome.seconds)}.", err=True)
    for failed in outcome.failed[:MOST_FAILURES_SHOWN]:
        click.echo(f"{failed.scenario}, replication {failed.replication} failed: {failed.message}", err=True)
    more = len(outcome.failed) - MOST_FAILURES_SHOWN
    if more > 0:
        click.echo(f"{more} more runs failed; see run.log", err=True)


def outcome_counts(outcome: "Outcome") -> dict[str, Any]:
    """Return what became of the runs as JSON-able values."""
    failed = [{"key": run.key, "scenario": run.scenario, "message": run.message} for run in outcome.failed]
    return {
        "computed": len(outcome.done),
        "stored_before": len(outcome.cached),
        "failed": failed,
        "seconds": round(outcome.seconds, 3),
    }


def _row(figure: "Statistic", language: str) -> dict[str, str]:
    from analysis.wording import range_text, value_text

    return {
        "indicator": figure.label(language),
        "value": value_text(figure, language),
        "range": range_text(figure, language),
    }


def _plain(figures: "dict[str, list[Statistic]]") -> dict[str, list[dict[str, Any]]]:
    return {name: [asdict(figure) for figure in of_one] for name, of_one in figures.items()}
