"""`untact services`: the catalogue of contact-free services."""

import click

from untact.cli.options import common_options
from untact.cli.output import show_json, show_table


@click.command(short_help="List simulated services.")
@click.option("--markdown", is_flag=True, help="Print the page docs/coverage.md: each type and what it moves.")
@common_options
def services(markdown: bool, as_json: bool, language: str) -> None:
    """List the services of the catalogue: type, relation, need, what it needs and whether rules allow it."""
    from untact.catalogue import services as all_services

    if markdown:
        from untact.coverage import coverage

        click.echo(coverage(), nl=False)
        return
    records = all_services()
    if as_json:
        show_json("services", records)
        return
    columns = {
        "type": "Type",
        "id": "Service",
        f"label_{language}": "Meaning",
        "relation": "Relation",
        "used_by": "Used by",
        "rule": "Rule",
        "technology": "Merchant needs",
        "gate": "Gate",
    }
    show_table(columns, records, language)
