"""Charts of a comparison: records that carry message, unit, source and run key, drawn in two languages."""

from analysis.charts.bars import fate_chart, ledgers_chart, side_ledgers_chart, spending_chart
from analysis.charts.chart import Chart, Table, chart_files, table_csv, write_chart
from analysis.charts.economy import economy_chart
from analysis.charts.frame import Frame, statistics_table
from analysis.charts.gains import groups_chart, province_chart
from analysis.charts.jobs import jobs_chart
from analysis.charts.paths import additional_chart, online_share_chart, stages_chart
from analysis.charts.winners import income_province_chart, winners_chart
from analysis.comparison import Comparison, Pair
from analysis.effects import Effect

__all__ = [
    "Chart",
    "Frame",
    "Table",
    "chart_files",
    "effect_charts",
    "pair_charts",
    "statistics_table",
    "table_csv",
    "write_chart",
]


def effect_charts(comparison: Comparison, pair: Pair, effect: Effect, language: str) -> dict[str, Chart]:
    """Return the charts of one programme by name."""
    frame = Frame(comparison, pair, language)
    return {
        "additional": additional_chart(frame, effect),
        "stages": stages_chart(frame, effect),
        "fate": fate_chart(frame, effect),
        "province": province_chart(frame, effect),
        "groups": groups_chart(frame, effect),
        "ledgers": ledgers_chart(frame, effect),
    }


def pair_charts(comparison: Comparison, pair: Pair, language: str) -> dict[str, Chart]:
    """Return the charts of one scenario against the baseline by name."""
    frame = Frame(comparison, pair, language)
    charts = {
        "jobs": jobs_chart(frame),
        "economy": economy_chart(frame),
        "online_share": online_share_chart(frame),
        "winners": winners_chart(frame),
        "income_province": income_province_chart(frame),
    }
    if pair.costs:
        charts["spending"] = spending_chart(frame)
    if not any(effect.alone for effect in pair.effects):
        charts["ledgers"] = side_ledgers_chart(frame)
    return charts
