"""`untact indicators`: what every run measures each month."""

import click

from untact.cli.options import common_options
from untact.cli.output import show_json, show_table


@click.command(short_help="List what is measured.")
@click.argument("text", required=False)
@common_options
def indicators(text: str | None, as_json: bool, language: str) -> None:
    """List the indicators with unit and aggregation over a year, or those whose id contains TEXT."""
    from untact.catalogue import indicators as all_indicators

    records = [record for record in all_indicators() if (text or "") in record["id"]]
    if as_json:
        show_json("indicators", records)
        return
    columns = {
        "id": "Indicator",
        "unit": "Unit",
        "aggregation": "Over a year",
        "better": "Better",
        f"label_{language}": "Meaning",
    }
    show_table(columns, records, language)
