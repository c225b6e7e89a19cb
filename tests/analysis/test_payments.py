"""The ledger as a matrix: every won once, accounts in the order money goes round, readable with many accounts."""

import io
import itertools
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text

from analysis.charts import chart_files, table_csv, write_chart
from analysis.charts import payments as drawing
from analysis.charts.chart import Chart
from analysis.charts.payments import payments_chart
from analysis.charts.style import drawing_style, short
from analysis.payments import STAGES, Payments, stage_of
from model.calendar import month_number
from model.ledger import ACCOUNT_LABELS, ACCOUNTS, PURPOSES
from model.ledger import matrix as ledger_matrix

MAY = month_number("2021-05")
TITLE = {"en": "Plan", "ko": "계획"}


def payments(krw: dict[str, float], months: range = range(MAY, MAY + 1)) -> Payments:
    return Payments("plan", TITLE, "ab" * 32, months, np.array([krw.get(one.id, 0.0) for one in PURPOSES]))


def test_every_payment_stands_once_between_its_accounts() -> None:
    amounts = {one.id: float(10 ** (position % 7)) for position, one in enumerate(PURPOSES)}
    found = payments(amounts)
    assert set(found.accounts) == {one.payer for one in PURPOSES} | {one.payee for one in PURPOSES}
    for payer, payee in itertools.product(found.accounts, repeat=2):
        cell = found.matrix[found.accounts.index(payer), found.accounts.index(payee)]
        assert cell == sum(amounts[one.id] for one in PURPOSES if (one.payer, one.payee) == (payer, payee))


def test_accounts_without_money_are_left_out() -> None:
    found = payments({"wages": 3e12, "store_sales_small": 2e12})
    assert found.accounts == ("households", "merchants")
    assert found.matrix.tolist() == [[0.0, 2e12], [3e12, 0.0]]


def test_accounts_stand_in_the_order_money_goes_round() -> None:
    found = payments({one.id: 1e9 for one in PURPOSES})
    stages = [STAGES.index(stage_of(account)) for account in found.accounts]
    assert stages == sorted(stages)
    assert set(stages) == set(range(len(STAGES)))
    assert {stage_of(name) for name in ("merchants", "large_sellers", "travel_firms")} == {"sellers"}
    assert {stage_of(name) for name in ("suppliers", "landlords", "equipment_vendors")} == {"suppliers"}


@pytest.mark.parametrize(
    ("language", "title"), [("en", "May 2021: the largest flow, Households →"), ("ko", "2021년 5월")]
)
def test_the_table_closes_with_its_totals(language: str, title: str) -> None:
    chart = payments_chart(payments({"wages": 3e12, "store_sales_small": 5e12, "inputs": 1e12}), language)
    assert chart.title.startswith(title)
    *rows, last = chart.table.rows
    body = np.array([row[1:] for row in rows], dtype=float)
    assert body[:, -1].tolist() == body[:, :-1].sum(axis=1).tolist()
    assert list(last[1:-1]) == body[:, :-1].sum(axis=0).tolist()
    assert last[-1] == 9e12
    assert b"KRW" in table_csv(chart.table)


def test_a_year_has_its_own_name() -> None:
    january = month_number("2021-01")
    year = payments({"wages": 3e13}, range(january, january + 12))
    assert (year.period, payments({"wages": 1e12}).period) == ("2021", "2021-05")
    assert payments_chart(year, "ko").title.startswith("2021년:")
    assert payments_chart(year, "en").id == "plan-ledger-2021"


def words_and_boxes(chart: Chart) -> list[tuple[str, "np.typing.NDArray[np.float64]", Text]]:
    with drawing_style():
        figure = chart.figure()
        figure.savefig(io.BytesIO(), format="png", dpi=72)
        texts = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
        found = [(one.get_text(), one.get_window_extent().get_points(), one) for one in texts]
        for _, points, _ in found:
            assert points.min() >= -1
            assert points[1, 0] <= figure.bbox.x1
            assert points[1, 1] <= figure.bbox.y1
    return found


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_matrix_of_many_accounts_stays_readable(
    language: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """25 accounts that all pay each other: amounts stay inside their cells, nothing leaves the figure."""
    many = [f"{account}{copy}" for copy in ("", "_too") for account in ACCOUNTS][:25]
    labels = {name: ACCOUNT_LABELS[name.removesuffix("_too")] for name in many}
    monkeypatch.setattr(drawing, "ACCOUNT_LABELS", labels)
    found = payments({"wages": 1e12})
    amounts = 10.0 ** np.random.default_rng(1).uniform(4, 14, (25, 25))
    np.fill_diagonal(amounts, 0.0)
    vars(found).update(accounts=tuple(many), matrix=amounts)
    chart = payments_chart(found, language)
    boxes = words_and_boxes(chart)
    assert len(boxes) > 25 * 24
    for (one, first, _), (other, second, _) in itertools.combinations(boxes, 2):
        apart = (first[1] - 1 < second[0]).any() or (second[1] - 1 < first[0]).any()
        assert apart, (one, other)
    write_chart(chart, tmp_path)
    assert all(path.stat().st_size > 1_000 for path in chart_files(chart, tmp_path).values())


@pytest.mark.parametrize(
    ("value", "english", "korean"),
    [(31.24e12, "31.2tn", "31.2조"), (451.2e9, "451bn", "4,510억"), (7.03e6, "7.03M", "703만"), (12.0, "12.0", "12.0")],
)
def test_amounts_in_cells_are_short(value: float, english: str, korean: str) -> None:
    assert (short(value, "en"), short(value, "ko")) == (english, korean)


def test_the_matrix_of_the_ledger_holds_the_same_money() -> None:
    amounts = np.arange(1.0, len(PURPOSES) + 1)
    found = Payments("plan", TITLE, "ab" * 32, range(MAY, MAY + 1), amounts)
    assert found.matrix.sum() == ledger_matrix(amounts).sum() == amounts.sum()
