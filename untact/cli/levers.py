"""`untact levers`: every policy lever and its settings."""

import click

from untact.cli.options import common_options
from untact.cli.output import show_json, show_table


@click.command(short_help="List policy levers and settings.")
@click.argument("lever", required=False)
@common_options
def levers(lever: str | None, as_json: bool, language: str) -> None:
    """List the levers with their settings, units, defaults and sources, or those of one LEVER."""
    from untact.catalogue import levers as all_levers

    records = all_levers(lever)
    if as_json:
        show_json("levers", records)
        return
    for name in dict.fromkeys(record["lever"] for record in records):
        of_one = [record for record in records if record["lever"] == name]
        click.echo(f"[levers.{name}]  {of_one[0][f'title_{language}']}")
        columns = {"setting": "Setting", f"label_{language}": "Meaning", "unit": "Unit", "default": "Default"}
        show_table(columns, of_one, language)
        click.echo()
