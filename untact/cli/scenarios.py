"""`untact scenarios`: the scenario files of a folder, or the schema that editors use."""

from pathlib import Path

import click

from untact.cli.options import common_options
from untact.cli.output import show_json, show_table

_COLUMNS = {"path": "File", "title": "Title", "months": "Months", "levers": "Levers"}


@click.command(short_help="List scenario files.")
@click.argument("folder", default="scenarios", type=click.Path(path_type=Path))
@click.option("--schema", is_flag=True, help="Print the JSON schema of scenario files instead.")
@common_options
def scenarios(folder: Path, schema: bool, as_json: bool, language: str) -> None:
    """List the scenario files below FOLDER with their titles and levers."""
    from untact.catalogue import scenarios as all_scenarios

    if schema:
        from experiments.schema import schema_text

        click.echo(schema_text(), nl=False)
        return
    records = all_scenarios(folder)
    if as_json:
        show_json("scenarios", records)
        return
    for record in records:
        if "errors" in record:
            record |= {"title": f"has {len(record['errors'])} faults; see: untact check {record['path']}"}
        else:
            record |= {"title": record["title"][language], "months": f"{record['start']} to {record['end']}"}
    show_table(_COLUMNS, records, language)
