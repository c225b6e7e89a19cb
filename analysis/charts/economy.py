"""Four small panels over the months: what differs in the whole economy, and by how much."""

from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.changes import PEAKS
from analysis.charts.chart import Chart, Table, wrapped
from analysis.charts.frame import Frame
from analysis.charts.style import BLUE, GREY, WITH_LINE, number_axis, year_axis
from analysis.wording import month_words, with_range
from model.calendar import month_text
from model.indicators import INDICATORS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MONTHS_BEFORE: Final = 12
"""Months drawn before anything differs."""
_TITLE_COLUMNS: Final = 32


def economy_chart(frame: Frame) -> Chart:
    """Differences between the scenarios over the months: mean and the range across seeds, a panel an indicator."""

    def _draw(figure: "Figure") -> None:
        for panel, name in zip(figure.subplots(2, 2).flat, PEAKS, strict=True):
            _panel(panel, frame, name)

    words = frame.texts["table"]
    header = [words["month"]]
    columns = []
    for name in PEAKS:
        path = frame.pair.differences[name]
        header += [f"{_label(frame, name)}: {words[part]}" for part in ("mean", "seed_low", "seed_high")]
        columns += [path.mean, path.low, path.high]
    rows = zip(frame.months, *columns, strict=True)
    return frame.chart(
        "economy",
        _title(frame),
        frame.word("difference_unit"),
        frame.band_and_brackets,
        Table(tuple(header), tuple((month_text(month), *map(float, values)) for month, *values in rows)),
        _draw,
        height=3.3,
    )


def _title(frame: Frame) -> str:
    """Name the indicator that moves most against its own level in the baseline."""
    peaks = frame.pair.changes.peaks
    told = {name: peak for name, peak in peaks.items() if peak.change.told_apart} or peaks
    sizes = {name: abs((peak.change.value or 0.0) / (peak.base or 1.0)) for name, peak in told.items()}
    name = max(sizes, key=lambda one: sizes[one])
    if not sizes[name]:
        return frame.title("economy_same")
    return frame.title(
        "economy",
        label=_label(frame, name),
        value=with_range(peaks[name].change, frame.language, signed=True),
        month=month_words(peaks[name].month, frame.language),
    )


def _panel(panel: "Axes", frame: Frame, name: str) -> None:
    path, unit = frame.pair.differences[name], INDICATORS[name].unit
    months = range(max(frame.months[0], frame.pair.window[0] - MONTHS_BEFORE), frame.months[-1] + 1)
    shown = slice(months[0] - frame.months[0], None)
    years = (np.array(months) + 1) / 12
    panel.fill_between(years, path.low[shown], path.high[shown], color=BLUE, alpha=0.2, linewidth=0)
    panel.plot(years, path.mean[shown], **WITH_LINE)
    panel.axhline(0, color=GREY, linewidth=0.8)
    mark = f", {frame.word(f'panel_unit_{unit}')}"
    panel.set_title("\n".join(wrapped(_label(frame, name) + mark, _TITLE_COLUMNS)), loc="left", fontsize=7.2)
    number_axis(panel, "y", unit, frame.language, ticks=3)
    year_axis(panel, months, ticks=4)


def _label(frame: Frame, name: str) -> str:
    indicator = INDICATORS[name]
    return indicator.label_ko if frame.language == "ko" else indicator.label_en
