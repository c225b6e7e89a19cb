"""`untact ledger`: who paid whom, for what, in a month or a year."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from untact.cli.options import common_options, results_option, scale_option
from untact.cli.output import heading, show_json, show_table, text_width

if TYPE_CHECKING:
    from analysis.payments import Payments
    from analysis.statistics import Floats

_BILLION: Final = 1e9
_DECIMALS: Final = ((100.0, 0), (10.0, 1), (0.1, 2))
"""From which amount on so many decimals are shown; below all of them, three."""
_SMALLEST: Final = 0.001
_NO_TERMINAL: Final = (10_000, 24)
"""Columns and lines where the output goes into a file: tables are not broken there."""
_GAP: Final = 2
"""Blanks between two columns of a table."""
_CORNER: Final = "Payer, payee by number; billion KRW"
_FIGURE: Final = {"en": "Figure", "ko": "그림"}


@click.command(short_help="Show and draw who paid whom.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--month", metavar="YYYY-MM", help="Month of the scenario.")
@click.option("--year", type=int, metavar="YYYY", help="The twelve months of a year, instead of a month.")
@click.option("--purposes", is_flag=True, help="List what each payment is for instead of the matrix.")
@scale_option
@results_option
@common_options
def ledger(
    file: Path,
    month: str | None,
    year: int | None,
    purposes: bool,
    scale: float | str | None,
    results: Path,
    as_json: bool,
    language: str,
) -> None:
    """Show the payments of a month or year of a scenario FILE, payers by payees, and draw them.

    The figure and its table go into the scenario's folder of results, in both languages.
    """
    from untact.inspection import draw_ledger, payment_records, payments_of

    payments = payments_of(file, month, scale, year)
    figures = {each: str(path) for each, path in draw_ledger(payments, results).items()}
    records = payment_records(payments)
    if as_json:
        matrix = {"accounts": list(payments.accounts), "krw": payments.matrix.tolist()}
        show_json("ledger", records, matrix=matrix, figures=figures)
        return
    if purposes:
        _show_purposes(payments, records, language)
    else:
        _show_matrix(payments, language)
    click.echo(f"\n{_FIGURE[language]}: {figures[language]}")


def _show_purposes(payments: "Payments", records: Sequence[dict[str, Any]], language: str) -> None:
    """Every payment in the order of the matrix, the largest of a pair of accounts first."""
    from analysis.charts.payments import account_label

    columns = {"payer": "Payer", "payee": "Payee", f"label_{language}": "Purpose", "billions": "Billion KRW"}
    order = payments.accounts.index
    paid = [record for record in records if record["amount_krw"]]
    paid.sort(key=lambda one: (order(one["payer"]), order(one["payee"]), -one["amount_krw"]))
    shown = [
        {
            **record,
            "payer": account_label(record["payer"], language),
            "payee": account_label(record["payee"], language),
            "billions": _billions(record["amount_krw"]),
        }
        for record in paid
    ]
    show_table(columns, shown, language, right=("billions",))


def _show_matrix(payments: "Payments", language: str) -> None:
    """Payers by payees with totals; columns carry the numbers of the rows, and what is too wide is broken."""
    from analysis.charts.payments import account_label

    total = heading("All", language)
    names = [f"{n} {account_label(account, language)}" for n, account in enumerate(payments.accounts, 1)]
    heads = [str(n) for n in range(1, len(names) + 1)] + [total]
    cells = [[_billions(value) for value in row] for row in _with_totals(payments.matrix)]
    rows = [dict(zip(heads, row, strict=True), name=name) for name, row in zip([*names, total], cells, strict=True)]
    widths = [max(text_width(row[head]) for row in rows) + _GAP for head in heads]
    room = shutil.get_terminal_size(_NO_TERMINAL).columns - max(map(text_width, [*names, heading(_CORNER, language)]))
    for part, block in enumerate(_blocks(heads, widths, room)):
        if part:
            click.echo()
        columns = {"name": _CORNER} | {head: head for head in block}
        show_table(columns, rows, language, right=block)


def _with_totals(table: "Floats") -> "Floats":
    import numpy as np

    wider = np.column_stack([table, table.sum(axis=1)])
    return np.vstack([wider, wider.sum(axis=0)])


def _blocks(heads: Sequence[str], widths: Sequence[int], room: int) -> Iterator[list[str]]:
    """Columns that fit beside each other, as many as possible at a time, at least one."""
    block: list[str] = []
    used = 0
    for head, width in zip(heads, widths, strict=True):
        if block and used + width > room:
            yield block
            block, used = [], 0
        block.append(head)
        used += width
    yield block


def _billions(krw: float) -> str:
    """An amount in billion KRW with about three digits; "" for nothing."""
    value = krw / _BILLION
    if not value:
        return ""
    decimals = next((digits for least, digits in _DECIMALS if value >= least), 3)
    return "<0.001" if value < _SMALLEST else f"{value:,.{decimals}f}"
