"""The ledger drawn: a matrix of payers by payees, darker the more is paid, the largest flows framed."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analysis.charts.chart import Chart, Table
from analysis.charts.frame import KEY_DIGITS
from analysis.charts.style import FAINT, GREY, INK, ORANGE, short
from analysis.payments import Payments, stage_of
from analysis.statistics import Floats
from analysis.wording import amount, period_words, texts
from model.ledger import ACCOUNT_LABELS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FRAMED: Final = 5
"""How many of the largest flows are framed."""
_DECADES: Final = 5.0
"""Powers of ten below the largest flow over which the shade runs."""
_CELL_INCHES: Final = (0.44, 0.25)
_LABEL_INCHES: Final = (1.75, 1.05)
_TOTAL: Final = 1.25
"""Where the totals stand behind the last account, in cells."""


def payments_chart(payments: Payments, language: str) -> Chart:
    """Matrix of payers (rows) by payees (columns) with totals; accounts in the order money goes round."""
    words, table = texts(language)["payments"], payments.matrix
    names = [account_label(account, language) for account in payments.accounts]
    payer, payee = np.unravel_index(int(np.argmax(table)), table.shape)

    def _draw(figure: "Figure") -> None:
        axes = figure.subplots()
        _shade(axes, table)
        _write(axes, table, language)
        _frame_largest(axes, table)
        _part_stages(axes, payments.accounts)
        _name(axes, names, str(words["total"]))

    size = len(names) + _TOTAL + 0.5
    return Chart(
        id=f"{payments.scenario}-ledger-{payments.period}",
        language=language,
        title=words["title"].format(
            when=period_words(payments.months, language),
            payer=names[payer],
            payee=names[payee],
            largest=amount(float(table.max()), "KRW", language),
            total=amount(float(table.sum()), "KRW", language),
        ),
        unit=words["unit"].format(framed=FRAMED),
        source=words["source"].format(scenario=payments.title[language]),
        run_key=texts(language)["words"]["run"].format(key=payments.run_key[:KEY_DIGITS]),
        interval=words["interval"],
        table=_table(table, names, words),
        draw=_draw,
        height=_LABEL_INCHES[1] + _CELL_INCHES[1] * size,
        width=_LABEL_INCHES[0] + _CELL_INCHES[0] * size,
    )


def account_label(account: str, language: str) -> str:
    """Return the name of an account of the ledger."""
    return ACCOUNT_LABELS[account][language == "ko"]


def _table(table: Floats, names: list[str], words: dict[str, Any]) -> Table:
    header = (words["corner"], *(f"{name} (KRW)" for name in names), f"{words['total']} (KRW)")
    rows = [(name, *map(float, row), float(row.sum())) for name, row in zip(names, table, strict=True)]
    received = table.sum(axis=0)
    return Table(header, (*rows, (words["total"], *map(float, received), float(table.sum()))))


def _shade(axes: "Axes", table: Floats) -> None:
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    blues = colormaps["Blues"]
    for place in range(len(table)):
        axes.add_patch(Rectangle((place, place), 1, 1, facecolor=FAINT, alpha=0.5, linewidth=0))
    for row, column in np.argwhere(table > 0):
        fill = blues(0.08 + 0.52 * _depth(table[row, column], table.max()))
        axes.add_patch(Rectangle((column, row), 1, 1, facecolor=fill, edgecolor="white", linewidth=0.6))


def _depth(value: float, largest: float) -> float:
    """From 0 for a hundred-thousandth of the largest flow or less to 1 for the largest, by powers of ten."""
    return max(0.0, 1.0 + float(np.log10(value / largest)) / _DECADES)


def _write(axes: "Axes", table: Floats, language: str) -> None:
    count = len(table)
    look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 6.3}
    for row, column in np.argwhere(table > 0):
        axes.text(column + 0.5, row + 0.5, short(table[row, column], language), color=INK, **look)
    for place in range(count):
        for total, x, y in (
            (table[place].sum(), count + _TOTAL - 0.5, place + 0.5),
            (table[:, place].sum(), place + 0.5, count + _TOTAL - 0.5),
        ):
            axes.text(x, y, short(total, language) if total else "0", color=GREY, **look)
    corner = count + _TOTAL - 0.5
    axes.text(corner, corner, short(table.sum(), language), color=INK, **look)


def _frame_largest(axes: "Axes", table: Floats) -> None:
    from matplotlib.patches import Rectangle

    for place in np.argsort(table, axis=None)[::-1][:FRAMED]:
        row, column = np.unravel_index(place, table.shape)
        if table[row, column] > 0:
            axes.add_patch(Rectangle((column, row), 1, 1, fill=False, edgecolor=ORANGE, linewidth=1.5, zorder=3))


def _part_stages(axes: "Axes", accounts: tuple[str, ...]) -> None:
    """Lines between one stage of the round of money and the next, and before the totals."""
    count = len(accounts)
    inner = [n for n in range(1, count) if stage_of(accounts[n - 1]) != stage_of(accounts[n])]
    for at in (0, *inner, count):
        axes.plot([at, at], [0, count], color=GREY, linewidth=0.5)
        axes.plot([0, count], [at, at], color=GREY, linewidth=0.5)


def _name(axes: "Axes", names: list[str], total: str) -> None:
    count = len(names)
    places = [*(n + 0.5 for n in range(count)), count + _TOTAL - 0.5]
    axes.set_xlim(0, count + _TOTAL)
    axes.set_ylim(count + _TOTAL, 0)
    axes.xaxis.tick_top()
    axes.set_xticks(places, [*names, total], rotation=50, ha="left", rotation_mode="anchor")
    axes.set_yticks(places, [*names, total])
    axes.tick_params(length=0, labelsize=7.2, labelcolor=INK)
    for spine in axes.spines.values():
        spine.set_visible(False)
