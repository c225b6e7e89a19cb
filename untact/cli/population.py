"""`untact population`: the margins of the synthetic population beside the tables they follow."""

from pathlib import Path

import click

from untact.cli.options import common_options, scale_option
from untact.cli.output import show_json, show_table

_COLUMNS = {
    "name": "Margin",
    "category": "Category",
    "table_value": "Table",
    "ours": "Population",
    "ratio": "Ratio",
    "sampled_rows": "Rows",
    "basis": "Basis",
}


@click.command(short_help="Show population beside tables.")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@scale_option
@common_options
def population(file: Path | None, scale: float | str | None, as_json: bool, language: str) -> None:
    """Show the population of a scenario FILE, or of the nation, beside the tables it follows."""
    from untact.inspection import population as margins_of

    records = [row._asdict() for row in margins_of(file, scale)]
    if as_json:
        show_json("population", records)
        return
    rounded = [
        {
            **record,
            "ratio": f"{record['ratio']:.4f}",
            **{key: round(record[key]) for key in ("table_value", "ours")},
        }
        for record in records
    ]
    show_table(
        _COLUMNS,
        [{**record, "category": _label(record["category"], language)} for record in rounded],
        language,
    )


def _label(category: str, language: str) -> str:
    from model.codes import LABELS, label

    return label(category, language) if category in LABELS else category
