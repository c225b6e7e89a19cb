"""Charts of amounts: fate of the subsidised, public spending by year and purpose, four sales ledgers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analysis.charts.chart import Chart, Table
from analysis.charts.frame import Frame
from analysis.charts.style import BLUE, FAINT, GREEN, GREY, INK, ORANGE, SKY, YELLOW, number_axis
from analysis.costs import PURPOSES
from analysis.effects import LEDGERS, Effect
from analysis.statistics import Floats, Statistic
from analysis.wording import amount, month_words, range_text, value_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

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
    induced, subsidised = statistics["induced"].value, statistics["subsidised"].value
    if induced is None or not subsidised:
        title = frame.title("fate_few", technology=frame.label(technology))
    else:
        share = f"{100 * induced / subsidised:.0f}"
        title = frame.title("fate", technology=frame.label(technology), induced=share)
    rows = [(name, statistics[name]) for name in _FATE_COLOURS]

    def draw(figure: "Figure") -> None:
        axes = figure.subplots()
        for position, (name, one) in enumerate(rows):
            _bar(axes, frame, position, one, _FATE_COLOURS[name])
        _finish_rows(axes, [str(frame.texts["fates"][name]) for name, _ in rows])
        axes.axhline(3.5, color=FAINT, linewidth=0.8)
        axes.axhline(5.5, color=FAINT, linewidth=0.8)
        number_axis(axes, "x", "merchants", frame.language)

    table = frame.statistics_table([(str(frame.texts["fates"][name]), one) for name, one in rows])
    return frame.chart(f"fate-{technology}", title, frame.word("shops"), frame.error_name, table, draw, height=2.4)


def ledgers_chart(frame: Frame, effect: Effect) -> Chart:
    """Change of yearly sales of the treated, rivals, other small merchants, large sellers and platforms."""
    technology, treated = effect.programme.technology, effect.statistics["sales_treated"]
    message = "ledgers" if treated.told_apart else "ledgers_unclear"
    value = value_text(treated, frame.language, signed=True)
    title = frame.title(message, technology=frame.label(technology), value=value)
    return _ledgers(frame, f"ledgers-{technology}", title, [effect.statistics[f"sales_{name}"] for name in LEDGERS])


def side_ledgers_chart(frame: Frame) -> Chart:
    """Change of yearly sales of small merchants on line and others, of large sellers and platforms."""
    online, others, large, _ = frame.pair.ledgers
    small = replace(online, value=(online.value or 0.0) + (others.value or 0.0), low=None, high=None, unit="KRW")
    title = frame.title(
        "side_ledgers",
        small=value_text(small, frame.language, signed=True),
        large=value_text(replace(large, unit="KRW"), frame.language, signed=True),
    )
    return _ledgers(frame, "ledgers", title, frame.pair.ledgers)


def _ledgers(frame: Frame, name: str, title: str, figures: Sequence[Statistic]) -> Chart:
    rows = [(str(frame.texts["ledgers"][one.id]), one) for one in figures]

    def draw(figure: "Figure") -> None:
        axes = figure.subplots()
        for position, (_, one) in enumerate(rows):
            _bar(axes, frame, position, one, BLUE if one.told_apart else FAINT)
        _finish_rows(axes, [label for label, _ in rows])
        number_axis(axes, "x", "KRW/year", frame.language)

    table = frame.statistics_table(rows)
    return frame.chart(name, title, frame.word("krw_per_year"), frame.error_name, table, draw, height=1.9)


def spending_chart(frame: Frame) -> Chart:
    """Additional public spending by calendar year and purpose, stacked."""
    years = np.array([month // 12 for month in frame.months])
    labels = np.unique(years)
    by_purpose = {
        purpose: _yearly(frame.pair.differences[f"public_spending_{purpose}_krw"].mean, years, labels)
        for purpose in PURPOSES
    }
    total = float(sum(values.sum() for values in by_purpose.values()))

    def draw(figure: "Figure") -> None:
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
            first=month_words(frame.months[0], frame.language),
            last=month_words(frame.months[-1], frame.language),
        ),
        frame.word("krw_per_year"),
        frame.word("mean_only").format(count=frame.comparison.n_replications),
        Table(header, tuple((int(year), *map(float, values)) for year, *values in columns)),
        draw,
    )


def _spending_message(frame: Frame, by_purpose: dict[str, Floats]) -> str:
    if not any(map(np.any, by_purpose.values())):
        return "spending_none"
    return "spending" if frame.pair.effects or frame.pair.others else "spending_differs"


def _yearly(path: Floats, years: Floats, labels: Floats) -> Floats:
    return np.array([path[years == year].sum() for year in labels])


def _stacked_bars(axes: "Axes", frame: Frame, years: Floats, by_purpose: dict[str, Floats]) -> None:
    """Amounts above zero go upwards, those below downwards; what is zero in every year is left out."""
    up, down = np.zeros(len(years)), np.zeros(len(years))
    for purpose, values in by_purpose.items():
        if np.any(values):
            base = np.where(values >= 0, up, down)
            name = frame.word(f"purpose_{purpose}")
            axes.bar(years, values, 0.7, bottom=base, edgecolor="white", label=name, **_PURPOSE_LOOK[purpose])
            up, down = up + np.maximum(values, 0), down + np.minimum(values, 0)
    axes.axhline(0, color=GREY, linewidth=0.8)
    if np.any(up) or np.any(down):
        axes.legend(frameon=False, fontsize=7.5, loc="upper left", handlelength=1.2)


def _bar(axes: "Axes", frame: Frame, row: int, one: Statistic, colour: str) -> None:
    value = one.value or 0.0
    axes.barh(row, value, 0.62, color=colour, edgecolor=GREY, linewidth=0.5)
    if one.low is not None and one.high is not None:
        axes.plot([one.low, one.high], [row, row], color=INK, linewidth=1.1)
    end = max(value, one.high or 0.0, 0.0)
    if one.unit == "KRW/year":
        one = replace(one, unit="KRW")  # the footer says that amounts are yearly
    interval = range_text(one, frame.language)
    text = value_text(one, frame.language) + (f" ({interval})" if interval else "")
    axes.annotate(text, (end, row), xytext=(4, 0), textcoords="offset points", va="center", fontsize=7)


def _finish_rows(axes: "Axes", labels: list[str]) -> None:
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(axis="y", length=0)
    axes.axvline(0, color=GREY, linewidth=0.8)
    low, high = axes.get_xlim()
    axes.set_xlim(low, high + 0.75 * (high - low))
