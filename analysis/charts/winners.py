"""Charts of winners and losers among all merchants: groups as dots and shares, provinces on equal tiles."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from analysis.charts.chart import Chart
from analysis.charts.frame import Frame
from analysis.charts.gains import GROUPED, draw_dot, finish_rows, tiles_chart
from analysis.charts.style import BLUE, GREY, ORANGE, number_axis
from analysis.outcomes import EVERYONE, Outcome
from analysis.statistics import Statistic
from analysis.wording import with_range

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW_INCHES: Final = 0.19


class Row(NamedTuple):
    """A line of the chart: its label, and the outcome of that group; None for a heading."""

    label: str
    outcome: Outcome | None


def winners_chart(frame: Frame) -> Chart:
    """Three panels with common rows: owner income, sales, and the shares of shops whose owner loses or gains."""
    rows = _rows(frame, frame.pair.outcomes)
    everyone = frame.pair.outcomes[0]
    title = frame.title(
        "winners",
        gaining=with_range(everyone.share_gaining, frame.language),
        losing=with_range(everyone.share_losing, frame.language),
    )

    def _draw(figure: "Figure") -> None:
        panels = figure.subplots(1, 3, sharey=True, width_ratios=(1.0, 1.0, 1.15))
        for panel, name, key in zip(panels, ("income", "sales", "shares"), _PANELS, strict=True):
            panel.set_title(frame.word(f"panel_{name}"), loc="left", fontsize=7.2)
            panel.axvline(0, color=GREY, linewidth=0.8)
            _PANELS[key](panel, frame, rows)
            panel.tick_params(axis="y", length=0)
            panel.spines["left"].set_visible(False)
        finish_rows(panels[0], [(row.label, row.outcome is None) for row in rows])

    figures = [(f"{row.label}: {one.label(frame.language)}", one) for row in rows for one in _statistics(row)]
    return frame.chart(
        "winners",
        title,
        frame.word("winners_unit"),
        frame.named_error("line_hollow_brackets"),
        frame.statistics_table(figures),
        _draw,
        height=0.75 + _ROW_INCHES * len(rows),
    )


def income_province_chart(frame: Frame) -> Chart:
    """Change of owner income per merchant of each province on equal tiles, in no order."""
    outcomes = {one.category: one.income_per_merchant for one in frame.pair.outcomes if one.dimension == "province"}
    everyone = with_range(frame.pair.outcomes[0].income_per_merchant, frame.language, signed=True)
    title = frame.title("income_province", value=everyone)
    return tiles_chart(frame, "income-province", title, frame.word("income_unit"), outcomes)


def _rows(frame: Frame, outcomes: Sequence[Outcome]) -> list[Row]:
    everyone = next(one for one in outcomes if one.dimension == EVERYONE)
    rows = [Row(frame.word("everyone"), everyone)]
    for dimension in GROUPED:
        rows.append(Row(str(frame.texts["dimensions"][dimension]), None))
        rows += [Row(frame.label(one.category), one) for one in outcomes if one.dimension == dimension]
    return rows


def _statistics(row: Row) -> tuple[Statistic, ...]:
    return row.outcome.statistics if row.outcome else ()


def _changes(name: str) -> Callable[["Axes", Frame, Sequence[Row]], None]:
    def _draw(axes: "Axes", frame: Frame, rows: Sequence[Row]) -> None:
        for position, row in enumerate(rows):
            if row.outcome is not None:
                draw_dot(axes, frame, position, getattr(row.outcome, name))
        number_axis(axes, "x", "KRW", frame.language, ticks=2)

    return _draw


def _shares(axes: "Axes", frame: Frame, rows: Sequence[Row]) -> None:
    """Shares of shops whose owner loses to the left of zero, of those whose owner gains to the right."""
    for position, row in enumerate(rows):
        if row.outcome is not None and row.outcome.share_gaining.value is not None:
            gaining, losing = row.outcome.share_gaining.value, row.outcome.share_losing.value or 0.0
            axes.barh(position, gaining, 0.6, color=BLUE)
            axes.barh(position, -losing, 0.6, color=ORANGE, hatch="////", edgecolor="white", linewidth=0)
    number_axis(axes, "x", "share", frame.language, ticks=3)
    axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value) * 100:g}")


_PANELS: Final = {
    "income_per_merchant": _changes("income_per_merchant"),
    "sales_per_merchant": _changes("sales_per_merchant"),
    "shares": _shares,
}
