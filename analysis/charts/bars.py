"""Charts of amounts: fate of the subsidised, public spending by year and purpose, four sales ledgers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analysis.charts.chart import Chart, Table
from analysis.charts.frame import Frame
from analysis.charts.style import BLUE, FAINT, GREEN, GREY, INK, ORANGE, SKY, YELLOW, number_axis
from analysis.costs import PURPOSES
from analysis.effects import Effect
from analysis.statistics import Floats, Statistic
from analysis.wording import amount, month_words, value_text, with_range

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SEEN: Final = 0.005
"""A purpose whose largest year is below this share of the largest bar cannot be seen."""
_ROW_INCHES: Final = 0.3
_PURPOSE_LOOK: Final[dict[str, dict[str, Any]]] = {
    "subsidies": {"color": BLUE},
    "visits": {"color": SKY, "hatch": "///"},
    "training": {"color": GREEN, "hatch": "..."},
    "campaigns": {"color": YELLOW, "hatch": "\\\\\\"},
    "loans": {"color": GREY, "hatch": "---"},
    "rewards": {"color": ORANGE, "hatch": "xx"},
}
_FATE_COLOURS: Final = {
    "induced": GREEN,
    "accelerated": SKY,
    "deadweight": FAINT,
    "no_twin": "white",
    "spill_over": GREEN,
    "crowded_out": ORANGE,
    "additional": BLUE,
}


def fate_chart(frame: Frame, effect: Effect) -> Chart:
    """Bars with intervals: what became of the subsidised, spill-over, crowding out, additional adopters."""
    technology, statistics = effect.programme.technology, effect.statistics
    share = statistics["deadweight_share"]
    title = frame.title(
        "fate_few" if share.value is None else "fate",
        technology=frame.label(technology),
        share=with_range(share, frame.language),
    )
    rows = [(name, statistics[name]) for name in _FATE_COLOURS]

    def _draw(figure: "Figure") -> None:
        axes = figure.subplots()
        for position, (name, one) in enumerate(rows):
            _bar(axes, frame, position, one, _FATE_COLOURS[name])
        _finish_rows(axes, frame, [str(frame.texts["fates"][name]) for name, _ in rows], "merchants")
        axes.axhline(3.5, color=FAINT, linewidth=0.8)
        axes.axhline(5.5, color=FAINT, linewidth=0.8)

    table = frame.statistics_table([(str(frame.texts["fates"][name]), one) for name, one in rows])
    interval = frame.named_error("line_and_brackets")
    return frame.chart(f"fate-{technology}", title, frame.word("shops"), interval, table, _draw, height=2.4)


def ledgers_chart(frame: Frame, effect: Effect) -> Chart:
    """Change of yearly sales by ledger: that of the whole scenario only where nothing else is changed in it."""
    technology, treated = effect.programme.technology, effect.statistics["sales_treated"]
    message = "ledgers" if treated.told_apart else "ledgers_unclear"
    value = value_text(treated, frame.language, signed=True)
    title = frame.title(message, technology=frame.label(technology), value=value)
    return _ledgers(frame, f"ledgers-{technology}", title, effect.ledgers)


def side_ledgers_chart(frame: Frame) -> Chart:
    """Change of yearly sales of small merchants on line and others, of large sellers and platforms."""
    online, _, large, _ = (
        value_text(replace(one, unit="KRW"), frame.language, signed=True) for one in frame.pair.ledgers
    )
    title = frame.title("side_ledgers", online=online, large=large)
    return _ledgers(frame, "ledgers", title, frame.pair.ledgers)


def _ledgers(frame: Frame, name: str, title: str, figures: Sequence[Statistic]) -> Chart:
    rows = [(str(frame.texts["ledgers"][one.id]), one) for one in figures]

    def _draw(figure: "Figure") -> None:
        axes = figure.subplots()
        for position, (_, one) in enumerate(rows):
            _bar(axes, frame, position, one, BLUE if one.told_apart else FAINT)
        _finish_rows(axes, frame, [label for label, _ in rows], "KRW/year")

    table = frame.statistics_table(rows)
    interval = frame.named_error("line_brackets_pale")
    height = 0.5 + _ROW_INCHES * len(rows)
    return frame.chart(name, title, frame.word("krw_per_year"), interval, table, _draw, height)


def spending_chart(frame: Frame) -> Chart:
    """Additional public spending by calendar year and purpose, stacked, from the first difference on."""
    first = frame.pair.window[0]
    years = np.array([month // 12 for month in range(first, frame.months[-1] + 1)])
    labels = np.unique(years)
    by_purpose = {purpose: _yearly(_spent(frame, purpose, first), years, labels) for purpose in PURPOSES}
    total = float(sum(values.sum() for values in by_purpose.values()))

    def _draw(figure: "Figure") -> None:
        axes = figure.subplots()
        _stacked_bars(axes, frame, labels, by_purpose)
        axes.set_xticks(labels)
        number_axis(axes, "y", "KRW", frame.language)

    header = (frame.texts["table"]["year"], *(f"{frame.word(f'purpose_{name}')} (KRW)" for name in PURPOSES))
    columns = zip(labels, *by_purpose.values(), strict=True)
    return frame.chart(
        "spending",
        frame.title(
            _spending_message(frame, by_purpose),
            value=amount(total, "KRW", frame.language),
            first=month_words(first, frame.language),
            last=month_words(frame.months[-1], frame.language),
        ),
        frame.word("krw_per_year"),
        frame.word("mean_only").format(count=frame.comparison.n_replications),
        Table(header, tuple((int(year), *map(float, values)) for year, *values in columns)),
        _draw,
    )


def _spending_message(frame: Frame, by_purpose: dict[str, Floats]) -> str:
    if not any(map(np.any, by_purpose.values())):
        return "spending_none"
    return "spending" if frame.pair.effects or frame.pair.others else "spending_differs"


def _spent(frame: Frame, purpose: str, first: int) -> Floats:
    mean: Floats = frame.pair.differences[f"public_spending_{purpose}_krw"].mean
    return mean[first - frame.months[0] :]


def _yearly(path: Floats, years: Floats, labels: Floats) -> Floats:
    return np.array([path[years == year].sum() for year in labels])


def _stacked_bars(axes: "Axes", frame: Frame, years: Floats, by_purpose: dict[str, Floats]) -> None:
    """Amounts above zero go upwards, those below downwards; what no year could show is left to the table."""
    up, down = np.zeros(len(years)), np.zeros(len(years))
    smallest = _SEEN * max(np.abs(values).max() for values in by_purpose.values())
    for purpose, values in by_purpose.items():
        if np.abs(values).max() > smallest:
            base = np.where(values >= 0, up, down)
            name = frame.word(f"purpose_{purpose}")
            axes.bar(years, values, 0.7, bottom=base, edgecolor="white", label=name, **_PURPOSE_LOOK[purpose])
            up, down = up + np.maximum(values, 0), down + np.minimum(values, 0)
    axes.axhline(0, color=GREY, linewidth=0.8)
    if np.any(up) or np.any(down):
        axes.legend(frameon=False, fontsize=7.5, loc="upper left", bbox_to_anchor=(1.0, 1.0), handlelength=1.2)


def _bar(axes: "Axes", frame: Frame, row: int, one: Statistic, colour: str) -> None:
    value = one.value or 0.0
    axes.barh(row, value, 0.62, color=colour, edgecolor=GREY, linewidth=0.5)
    if one.low is not None and one.high is not None:
        axes.plot([one.low, one.high], [row, row], color=INK, linewidth=1.1)
    end = max(value, one.high or 0.0, 0.0)
    if one.unit == "KRW/year":
        one = replace(one, unit="KRW")  # the footer says that amounts are yearly
    text = with_range(one, frame.language)
    axes.annotate(text, (end, row), xytext=(4, 0), textcoords="offset points", va="center", fontsize=7)


def _finish_rows(axes: "Axes", frame: Frame, labels: list[str], unit: str) -> None:
    """Name the rows, and number the axis as far as the bars reach: right of them stand their figures."""
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(axis="y", length=0)
    axes.axvline(0, color=GREY, linewidth=0.8)
    low, high = axes.get_xlim()
    axes.set_xlim(low, high + 0.75 * (high - low))
    number_axis(axes, "x", unit, frame.language, ticks=8)
    axes.set_xticks([tick for tick in axes.get_xticks() if low <= tick <= high])
