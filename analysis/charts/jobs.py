"""The waterfall of jobs: what every group of workers adds to or takes from the change of all jobs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analysis.charts.chart import Chart, Table
from analysis.charts.frame import Frame
from analysis.charts.style import BLUE, FAINT, GREEN, GREY, INK, ORANGE, number_axis
from analysis.jobs import DERIVED, HEADS, TOTAL
from analysis.programmes import Goal
from analysis.statistics import Statistic
from analysis.wording import amount, month_words, value_text, with_range

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROOM_FOR_TEXT: Final = 0.95
"""Width kept right of the bars for their figures, as a share of the bars' span."""
_NARROWEST: Final = 1e-9


@dataclass(frozen=True)
class Step:
    """One bar: where it begins and ends on the axis of heads, and the figure behind it."""

    one: Statistic
    begin: float
    end: float


def steps(statistics: tuple[Statistic, ...]) -> list[Step]:
    """Return the bars of the waterfall: each group begins where the last one ended, the total begins at zero."""
    found, reached = [], 0.0
    for one in statistics:
        begin = 0.0 if one.id == TOTAL else reached
        end = begin + (one.value or 0.0)
        found.append(Step(one, begin, end))
        reached = end
    return found


def jobs_chart(frame: Frame) -> Chart:
    """Change of jobs by group as a waterfall, the total last, the authors' own goal as words beside it."""
    jobs, goal = frame.pair.jobs, frame.pair.scenario.goals.get(TOTAL)
    total = jobs.statistics[-1]
    message = "jobs" if total.told_apart else "jobs_unclear"
    names = [str(frame.texts["jobs"][one.id]) for one in jobs.statistics]

    def _draw(figure: "Figure") -> None:
        axes = figure.subplots()
        bars = steps(jobs.statistics)
        low, high, edge = _draw_bars(axes, frame, bars)
        labels = list(names)
        if goal is not None:
            labels.append(str(frame.texts["jobs"]["goal"]))
            text = amount(goal.value, "persons", frame.language)
            axes.text(edge, len(bars), text, fontsize=7, style="italic", color=GREY, va="center")
        _finish(axes, frame, labels, low, high)

    rows = [(name, one) for name, one in zip(names, jobs.statistics, strict=True)]
    return frame.chart(
        "jobs",
        frame.title(message, value=value_text(total, frame.language, signed=True)),
        _unit(frame, goal),
        frame.named_error("line_brackets_pale"),
        _with_goal(frame, frame.statistics_table(rows), goal),
        _draw,
        height=2.75 if goal is None else 3.0,
    )


def _unit(frame: Frame, goal: Goal | None) -> str:
    month = month_words(frame.pair.judged, frame.language)
    parts = [frame.word("jobs_unit").format(month=month), str(frame.texts["jobs"]["derived"])]
    if goal is not None:
        parts.append(_goal_words(frame, goal))
    return ". ".join(parts)


def _goal_words(frame: Frame, goal: Goal) -> str:
    return frame.word("goal_line").format(
        value=amount(goal.value, "persons", frame.language),
        month=month_words(goal.month, frame.language),
        source=goal.source[frame.language],
    )


def _with_goal(frame: Frame, table: Table, goal: Goal | None) -> Table:
    if goal is None:
        return table
    row = (frame.texts["jobs"]["goal"], "persons", goal.value, None, None, "", None, _goal_words(frame, goal))
    return Table(table.header, (*table.rows, row))


def _draw_bars(axes: "Axes", frame: Frame, bars: list[Step]) -> tuple[float, float, float]:
    """Draw bars, whiskers, links and figures; return the ends of the bars and where the figures stand."""
    ends = [0.0, *(bar.end for bar in bars)]
    whiskers = [bar.begin + bound for bar in bars for bound in (bar.one.low, bar.one.high) if bound is not None]
    low, high = min(ends + whiskers), max(ends + whiskers)
    span = max(high - low, _NARROWEST)
    edge = high + 0.06 * span
    for row, bar in enumerate(bars):
        axes.barh(row, bar.end - bar.begin, 0.62, left=bar.begin, **_look(bar.one))
        if bar.one.low is not None and bar.one.high is not None:
            axes.plot([bar.begin + bar.one.low, bar.begin + bar.one.high], [row, row], color=INK, linewidth=1.1)
        if row + 2 < len(bars):
            axes.plot([bar.end, bar.end], [row, row + 1], color=GREY, linewidth=0.5, linestyle=":")
        axes.text(edge, row, with_range(bar.one, frame.language, signed=True), fontsize=7, va="center")
    axes.set_xlim(low - 0.04 * span, edge + _ROOM_FOR_TEXT * span)
    return low, high, edge


def _look(one: Statistic) -> dict[str, Any]:
    if one.id == TOTAL:
        return {"color": BLUE, "edgecolor": GREY, "linewidth": 0.5}
    colour = FAINT if not one.told_apart else GREEN if (one.value or 0.0) > 0 else ORANGE
    hatch = "///" if one.id.removeprefix("jobs_") in DERIVED else None
    return {"color": colour, "edgecolor": "white" if hatch else GREY, "linewidth": 0.5, "hatch": hatch}


def _finish(axes: "Axes", frame: Frame, labels: list[str], low: float, high: float) -> None:
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(axis="y", length=0)
    axes.axvline(0, color=GREY, linewidth=0.8)
    for row in (len(HEADS), len(HEADS) + len(DERIVED)):
        axes.axhline(row - 0.5, color=FAINT, linewidth=0.8)
    number_axis(axes, "x", "persons", frame.language, ticks=8)
    axes.set_xticks([tick for tick in axes.get_xticks() if low <= tick <= high])
