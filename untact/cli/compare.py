"""`untact compare`: scenarios against the first of them, with a report."""

from pathlib import Path
from typing import Any

import click

from untact.cli.options import batch_options, files_argument
from untact.cli.output import show_json, show_table
from untact.cli.progress import shown_progress
from untact.cli.run import outcome_counts, tell_outcome

_COLUMNS = {
    "scenario": "Scenario",
    "label": "Against the first scenario",
    "value": "Estimate",
    "interval": "90 % interval (luck only)",
    "note": "",
}
_REPORT = {"en": "Report", "ko": "보고서"}


@click.command(short_help="Compare scenarios; write the report.")
@files_argument
@batch_options
def compare(files: tuple[Path, ...], as_json: bool, language: str, **options: Any) -> None:
    """Compare scenario FILEs with the first of them: paired runs, intervals, report in both languages."""
    from analysis.comparison import headline, to_json
    from untact.batch import compare as compare_files

    with shown_progress() as progress:
        answer = compare_files(*files, progress=progress, **options)
    tell_outcome(answer.batch.outcome)
    if as_json:
        reports = {each: str(path) for each, path in answer.reports.items()}
        counts = outcome_counts(answer.batch.outcome)
        show_json("compare", {"outcome": counts, "reports": reports, **to_json(answer.comparison)})
        return
    rows = [row._asdict() for row in headline(answer.comparison, language)]
    show_table(_COLUMNS, rows, language)
    click.echo()
    for each, path in answer.reports.items():
        click.echo(f"{_REPORT[each]}: {path}")
