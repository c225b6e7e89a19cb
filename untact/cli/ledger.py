"""`untact ledger`: who paid whom, for what, in one month."""

from pathlib import Path
from typing import Any

import click

from untact.cli.options import common_options, scale_option
from untact.cli.output import show_json, show_table


@click.command(short_help="Show who paid whom in a month.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--month", required=True, metavar="YYYY-MM", help="Month of the scenario.")
@scale_option
@common_options
def ledger(file: Path, month: str, scale: float | str | None, as_json: bool, language: str) -> None:
    """Show every payment of a month of a scenario FILE: payer, payee, purpose and amount."""
    from untact.inspection import ledger as payments

    records = payments(file, month, scale)
    if as_json:
        show_json("ledger", records)
        return
    columns = {"payer": "Payer", "payee": "Payee", f"label_{language}": "Purpose", "billions": "Billion KRW"}
    shown = [_row(record, language) for record in records if record["amount_krw"]]
    show_table(columns, sorted(shown, key=lambda row: (row["payer"], row["payee"])), language)


def _row(record: dict[str, Any], language: str) -> dict[str, Any]:
    from model.ledger import ACCOUNT_LABELS

    accounts = {key: ACCOUNT_LABELS[record[key]][language == "ko"] for key in ("payer", "payee")}
    return {**record, **accounts, "billions": round(record["amount_krw"] / 1e9, 2)}
