"""`untact services`: the catalogue of contact-free services."""

import click

from untact.cli.options import common_options
from untact.cli.output import show_json, show_table


@click.command(short_help="List simulated services.")
@common_options
def services(as_json: bool, language: str) -> None:
    """List the simulated services: relation, need, provider, fee and source."""
    from untact.catalogue import services as all_services

    records = all_services()
    if as_json:
        show_json("services", records)
        return
    columns = {
        "id": "Service",
        f"label_{language}": "Meaning",
        "relation": "Relation",
        "needs": "Needs",
        "merchant_technology": "Merchant needs",
        "gate": "Gate",
        "fee": "Fee",
    }
    show_table(columns, records, language)
