"""The table of the model against the evidence: keys that resolve, dates, figures and layout."""

import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks import against_evidence
from benchmarks.against_evidence import COMPARISONS, Comparison, History, Official, Parameter, Period, table_of
from model.calendar import month_number
from model.indicators import CORE, POSITION
from model.settings import ORIGIN

MODEL_DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "model.md"
MONTHS = month_number(against_evidence.CUT_OFF) - ORIGIN + 1


def history(level: float = 1.0, owners_alone_share: float = 0.7) -> History:
    """A made-up run whose indicators grow by `level` a month, from `level` on."""
    months = np.arange(1, MONTHS + 1, dtype=np.float64)
    return History(np.repeat(level * months[:, None], len(CORE), axis=1), owners_alone_share, 5e5, (0.6, 0.3), 1.1, 0.3)


@pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda comparison: comparison.label)
def test_the_keys_of_a_comparison_are_rows_of_the_evidence(comparison: Comparison) -> None:
    assert comparison.known() > 0.0


@pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda comparison: comparison.label)
def test_a_figure_of_the_model_follows_from_a_run(comparison: Comparison) -> None:
    assert comparison.model(history()) > 0.0


@pytest.mark.parametrize(
    "key",
    [
        Official("A_online_total", "2018"),  # two vintages
        Official("A_online_total", "1999"),
        Official("E_policy_target", "2022"),  # a plan
        Official("D_yogiyo_commission", "2019"),  # from memory
        Official("I_pop_age", "2024", "20-29"),  # after the cut-off
        Parameter("solo"),  # known later
        Parameter("no_such_parameter"),
    ],
    ids=str,
)
def test_a_key_of_no_single_usable_row_is_refused(key: Official | Parameter) -> None:
    with pytest.raises(KeyError):
        key.value()


def test_a_parameter_gives_its_central_value() -> None:
    assert Parameter("surv1").value() == 0.65


def test_months_of_a_period_are_the_calendar_s() -> None:
    run = history()
    assert run.total(Period.year(2018), "merchants_total") == sum(range(13, 25))
    assert run.mean(Period("2017-01", "2017-03"), "merchants_total") == 2.0
    assert run.in_month("2020-08", "merchants_total", "adults_persons") == 2.0 * MONTHS
    assert Period("2020-02", "2020-03").days == 29 + 31


def test_the_table_shows_evidence_mean_of_the_runs_and_ratio() -> None:
    row = Comparison(
        "Online meals, 2019",
        "KRW tn",
        (Official("A_food_service", "2019"),),
        lambda run: run.core[0, POSITION["adults_persons"]],
    )
    lines = table_of([row], [history(8.0), history(10.0)]).splitlines()
    assert lines == [
        "| Series | Unit | Evidence | Model | Ratio |",
        "|---|---|---:|---:|---:|",
        "| Online meals, 2019 | KRW tn | 9.7 | 9.0 | 0.92 |",
    ]


def test_the_document_shows_the_same_series_and_evidence() -> None:
    section = MODEL_DOCUMENT.read_text(encoding="utf-8").partition("# 4 Against the evidence")[2]
    documented = re.findall(r"^\| (.+?) \| (.+?) \| ([\d.]+) \|", section, flags=re.MULTILINE)
    shown = [(row.label, row.unit, f"{row.known():.{row.digits}f}") for row in COMPARISONS]
    assert documented == shown
