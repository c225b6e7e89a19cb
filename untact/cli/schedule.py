"""`untact schedule`: the month as a table."""

import click

from untact.cli.options import common_options
from untact.cli.output import show_json, show_table

_COLUMNS = {"phase": "Phase", "agents": "Agents act", "reads": "Reads", "writes": "Writes", "does": "Does"}


@click.command(short_help="Show the month's phases.")
@common_options
def schedule(as_json: bool, language: str) -> None:
    """Show the month phase by phase: what happens, in which order, what is read and written."""
    from untact.inspection import schedule as phases

    records = phases()
    if as_json:
        show_json("schedule", records)
    else:
        show_table(_COLUMNS, records, language)
