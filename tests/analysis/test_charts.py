"""Charts: none without its parts, every file written, the same bytes again, readable in both languages."""

import csv
import dataclasses
import io
import itertools
import warnings
from pathlib import Path

import pytest

from analysis.charts import Chart, Table, chart_files, effect_charts, pair_charts, table_csv, write_chart
from analysis.charts.chart import wrapped
from analysis.charts.gains import TILES
from analysis.charts.style import BASELINE_LINE, WITH_LINE, compact, drawing_style
from analysis.comparison import Comparison
from experiments.scenario import ExpectedJobs
from model.calendar import month_number
from model.codes import PROVINCES
from tests.analysis.world import settings

NAMES = (
    "additional",
    "stages",
    "fate",
    "province",
    "groups",
    "ledgers",
    "spending",
    "online_share",
    "jobs",
    "economy",
    "winners",
    "income_province",
)


def all_charts(comparison: Comparison, language: str) -> dict[str, Chart]:
    (pair,) = comparison.pairs
    return effect_charts(comparison, pair, pair.effects[0], language) | pair_charts(comparison, pair, language)


@pytest.fixture(scope="module")
def charts(comparison: Comparison) -> dict[str, Chart]:
    return all_charts(comparison, "en")


@pytest.mark.parametrize("part", ["title", "unit", "source", "run_key"])
def test_a_chart_without_one_of_its_parts_is_not_made(charts: dict[str, Chart], part: str) -> None:
    with pytest.raises(ValueError, match=f"has no {part}"):
        dataclasses.replace(charts["fate"], **{part: " "})  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_chart_is_drawn_with_letters_that_its_type_has(
    comparison: Comparison, language: str, tmp_path: Path
) -> None:
    found = all_charts(comparison, language)
    assert set(found) == set(NAMES)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of letters that the type lacks
        for chart in found.values():
            svg = write_chart(chart, tmp_path)
            assert svg.startswith(b"<?xml")
            for kind, path in chart_files(chart, tmp_path).items():
                assert path.stat().st_size > (100 if kind == "csv" else 5_000)
    assert len(list(tmp_path.rglob("*.png"))) == len(found)


def test_the_same_chart_is_the_same_file(charts: dict[str, Chart], tmp_path: Path) -> None:
    write_chart(charts["fate"], tmp_path / "one")
    write_chart(charts["fate"], tmp_path / "two")
    for kind, path in chart_files(charts["fate"], tmp_path / "one").items():
        assert path.read_bytes() == chart_files(charts["fate"], tmp_path / "two")[kind].read_bytes(), kind


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_words_leave_the_chart_or_cover_each_other(comparison: Comparison, language: str) -> None:
    for name, chart in all_charts(comparison, language).items():
        with drawing_style():
            figure = chart.figure()
            figure.savefig(io.BytesIO(), format="png", dpi=72)
            shown = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
            boxes = [(text.get_text(), text.get_window_extent()) for text in shown if text.get_text().strip()]
        for text, box in boxes:
            inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1
            assert inside, (name, text)
        for (one, first), (other, second) in itertools.combinations(boxes, 2):
            assert not first.padded(-1).overlaps(second.padded(-1)), (name, one, other)


def test_titles_tell_the_message(comparison: Comparison) -> None:
    titles = {name: chart.title for name, chart in all_charts(comparison, "en").items()}
    assert titles["additional"].startswith("Mobile-pay terminal: +")
    assert "highest for “Small manufacturers”" in titles["groups"]
    assert "of the subsidised would have adopted about as early anyway" in titles["fate"]


def test_provinces_are_not_ranked_where_the_sample_is_coarse(comparison: Comparison) -> None:
    title = all_charts(comparison, "en")["province"].title
    assert title.endswith("too coarse to rank provinces")
    finer = dataclasses.replace(comparison.baseline, settings=settings(scale=20.0))
    title = all_charts(dataclasses.replace(comparison, baseline=finer), "en")["province"].title
    assert "coarse" not in title


@pytest.mark.parametrize(("language", "words"), [("en", "129,000 people"), ("ko", "12.9만 명")])
def test_a_goal_stands_beside_the_jobs_of_its_scenario_only(comparison: Comparison, language: str, words: str) -> None:
    (pair,) = comparison.pairs
    assert words not in all_charts(comparison, language)["jobs"].unit
    goal = ExpectedJobs(value=129_000, month=month_number("2025-12"), source={"en": "the plan", "ko": "계획"})
    scenario = dataclasses.replace(pair.scenario, goals={"jobs_total": goal})
    told = dataclasses.replace(comparison, pairs=(dataclasses.replace(pair, scenario=scenario),))
    chart = all_charts(told, language)["jobs"]
    assert words in chart.unit
    assert chart.table.rows[-1][2] == 129_000
    assert chart.title == all_charts(comparison, language)["jobs"].title  # a goal is no result


def test_every_chart_names_its_interval(charts: dict[str, Chart]) -> None:
    named = ("simulation error", "range of 90 %", "no interval drawn")
    assert all(any(words in chart.interval for words in named) for chart in charts.values())


def test_bands_and_lines_are_named(charts: dict[str, Chart]) -> None:
    assert charts["stages"].interval == "Band: range of 90 % of 8 seeds (5-95 %)"
    assert charts["groups"].interval.startswith("Line: simulation error (90 %, 8 paired seeds); hollow dot: ")
    assert charts["additional"].interval.endswith("(5-95 %). Brackets: simulation error (90 %, 8 paired seeds)")
    assert charts["additional"].run_key == "run plan_2020/0"


def test_lines_differ_without_colour() -> None:
    assert WITH_LINE["linestyle"] != BASELINE_LINE["linestyle"]


def test_tables_hold_the_numbers_of_the_chart(comparison: Comparison, charts: dict[str, Chart]) -> None:
    text = table_csv(charts["additional"].table).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][0] == "month"
    months = {row[0]: float(row[1]) for row in rows[1:]}
    difference = comparison.pairs[0].differences["merchants_active_mobile_pay_terminal"]
    assert months["2023-09"] == pytest.approx(difference.mean[56])
    assert min(months) == "2020-03"


def test_missing_numbers_are_empty_cells() -> None:
    table = Table(("a", "b"), ((None, 1.5), ("가", 0.1 + 0.2)))
    assert table_csv(table).decode("utf-8-sig") == "a,b\n,1.5\n가,0.3\n"


def test_every_province_has_a_tile_of_its_own() -> None:
    assert set(TILES) == set(PROVINCES)
    assert len(set(TILES.values())) == len(PROVINCES)


@pytest.mark.parametrize(
    ("value", "unit", "english", "korean"),
    [
        (60_000, "merchants", "60k", "6만"),
        (4e9, "KRW", "4bn", "40억"),
        (1.25e12, "KRW", "1.25tn", "1.25조"),
        (-5_000, "KRW", "−5k", "−5,000"),
        (0.3, "share", "30", "30"),
        (0, "KRW", "0", "0"),
    ],
)
def test_axis_labels_are_short(value: float, unit: str, english: str, korean: str) -> None:
    assert (compact(value, unit, "en"), compact(value, unit, "ko")) == (english, korean)


def test_long_titles_are_broken_at_blanks() -> None:
    assert wrapped("one two three", 7) == ["one two", "three"]
    assert wrapped("결제 단말기 보급", 8) == ["결제", "단말기", "보급"]
    assert wrapped("", 8) == [""]
