"""`untact parameters`: the register of behavioural numbers."""

import click

from untact.cli.options import common_options
from untact.cli.output import show_json, show_table


@click.command(short_help="List behavioural parameters.")
@click.argument("text", required=False)
@common_options
def parameters(text: str | None, as_json: bool, language: str) -> None:
    """List the parameters with unit, value, range and basis, or those whose id contains TEXT."""
    from untact.catalogue import parameters as all_parameters

    records = [record for record in all_parameters() if (text or "") in record["id"]]
    if as_json:
        show_json("parameters", records)
        return
    columns = {
        "id": "Parameter",
        "value": "Value",
        "low": "Low",
        "high": "High",
        "unit": "Unit",
        "basis": "Basis",
        f"label_{language}": "Meaning",
    }
    show_table(columns, records, language)
