"""Charts of who gains: provinces as a tile-grid map, other groups as dots with intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from analysis.charts.chart import Chart
from analysis.charts.frame import Frame
from analysis.charts.style import BLUE, FAINT, GREY, INK, number_axis
from analysis.effects import Effect, Gain
from analysis.statistics import Statistic
from analysis.wording import range_text, value_text
from model.settings import SCALES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TILES: Final = {
    "Incheon": (0, 0), "Seoul": (1, 0), "Gyeonggi": (2, 0), "Gangwon": (3, 0),
    "Chungnam": (0, 1), "Sejong": (1, 1), "Chungbuk": (2, 1), "Gyeongbuk": (3, 1),
    "Jeonbuk": (0, 2), "Daejeon": (1, 2), "Daegu": (2, 2), "Ulsan": (3, 2),
    "Jeonnam": (0, 3), "Gwangju": (1, 3), "Gyeongnam": (2, 3), "Busan": (3, 3),
    "Jeju": (0, 4),
}  # fmt: skip
"""Column and row of each province: equal tiles, so that small dense provinces are seen."""
GROUPED: Final = ("owner_age_band", "sector", "district_kind", "size_band")
COARSEST_RANKED: Final = SCALES["standard"]
"""Scale from which on a province rests on so few districts that its place among the others says nothing."""
_ROW_INCHES: Final = 0.19


def province_chart(frame: Frame, effect: Effect) -> Chart:
    """Additional adopters per 1,000 merchants of each province on equal tiles: gains blue, losses orange."""
    gains = [gain for gain in effect.gains if gain.dimension == "province"]
    technology = frame.label(effect.programme.technology)
    title = (
        _title(frame, effect.gains, ("province",), "additional_rate", technology)
        if ranks_provinces(frame)
        else frame.title("province_plain", subject=technology)
    )
    unit = frame.word("shops_per_thousand")
    rates = {gain.category: gain.additional_rate for gain in gains}
    return tiles_chart(frame, f"province-{effect.programme.technology}", title, unit, rates)


def ranks_provinces(frame: Frame) -> bool:
    """Whether the sample holds enough districts of every province to set them in an order."""
    return frame.comparison.baseline.settings.scale <= COARSEST_RANKED


def tiles_chart(frame: Frame, name: str, title: str, unit: str, figures: Mapping[str, Statistic]) -> Chart:
    """A figure of each province on equal tiles: gains blue, losses orange."""
    largest = max((abs(one.value) for one in figures.values() if one.value is not None), default=0.0)

    def _draw(figure: "Figure") -> None:
        axes = figure.subplots()
        axes.set_axis_off()
        axes.set_xlim(0, 4)
        axes.set_ylim(5, 0)
        for province, place in TILES.items():
            _tile(axes, frame, province, place, figures[province], max(largest, 1e-9))

    table = frame.statistics_table([(frame.label(province), one) for province, one in figures.items()])
    return frame.chart(name, title, unit, frame.named_error("interval_small"), table, _draw, height=3.6)


def groups_chart(frame: Frame, effect: Effect) -> Chart:
    """Additional adopters per 1,000 merchants by age of owner, sector, kind of district and size."""
    technology = effect.programme.technology
    title = _title(frame, effect.gains, GROUPED, "additional_rate", frame.label(technology))
    rows = _rows(frame, effect.gains, "additional_rate")
    return _dots(frame, f"groups-{technology}", title, frame.word("shops_per_thousand"), rows)


def _title(frame: Frame, gains: Sequence[Gain], dimensions: Sequence[str], name: str, subject: str) -> str:
    """Name the best and the worst group of the dimension that parts them most, if their intervals part."""
    widest: tuple[float, str, str, str] | None = None
    for dimension in dimensions:
        ranked = sorted(_affected(gains, dimension, name), key=lambda gain: _value(gain, name) or 0.0)
        if len(ranked) < 2 or not _apart(getattr(ranked[0], name), getattr(ranked[-1], name)):
            continue
        gap = (_value(ranked[-1], name) or 0.0) - (_value(ranked[0], name) or 0.0)
        if widest is None or gap > widest[0]:
            widest = (gap, dimension, ranked[-1].category, ranked[0].category)
    if widest is None:
        return frame.title("groups_alike", subject=subject)
    by = str(frame.texts["dimensions"][widest[1]]).lower()
    best, worst = (frame.label(code) for code in widest[2:])
    return frame.title("groups", subject=subject, by=by, best=best, worst=worst)


def _affected(gains: Sequence[Gain], dimension: str, name: str) -> list[Gain]:
    """Groups with a figure that the measures move at all: the others, say the ineligible, do not compete."""
    mine = [gain for gain in gains if gain.dimension == dimension and _value(gain, name) is not None]
    return [gain for gain in mine if getattr(gain, name).note != "same_in_every_pair"]


def _value(gain: Gain, name: str) -> float | None:
    value: float | None = getattr(gain, name).value
    return value


def _apart(lower: Statistic, higher: Statistic) -> bool:
    return lower.high is not None and higher.low is not None and lower.high < higher.low


def _tile(axes: "Axes", frame: Frame, province: str, place: tuple[int, int], rate: Statistic, largest: float) -> None:
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    colours = colormaps["Blues" if (rate.value or 0.0) >= 0 else "Oranges"]
    fill = "white" if rate.value is None else colours(0.05 + 0.5 * abs(rate.value) / largest)
    hatch = "////" if rate.value is None else None
    x, y = place
    axes.add_patch(Rectangle((x + 0.03, y + 0.03), 0.94, 0.94, facecolor=fill, edgecolor=FAINT, hatch=hatch))
    shown = frame.word("too_few") if rate.value is None else value_text(_bare(rate), frame.language)
    axes.text(x + 0.08, y + 0.12, frame.label(province), fontsize=7.5, color=INK, va="top")
    axes.text(
        x + 0.5,
        y + 0.52,
        shown,
        fontsize=6.8 if rate.value is None else 11,
        color=INK,
        ha="center",
        va="center",
    )
    interval = range_text(rate, frame.language)
    axes.text(x + 0.5, y + 0.92, interval, fontsize=6.5, color=INK, ha="center", va="bottom")


def _bare(statistic: Statistic) -> Statistic:
    """The same figure to be written as a number only, because the chart names the unit once."""
    return replace(statistic, unit="")


def _rows(frame: Frame, gains: Sequence[Gain], name: str) -> list[tuple[str, Statistic | None]]:
    """Rows from top to bottom: a heading (None) for each dimension, then its categories."""
    rows: list[tuple[str, Statistic | None]] = []
    for dimension in GROUPED:
        rows.append((str(frame.texts["dimensions"][dimension]), None))
        rows += [(frame.label(gain.category), getattr(gain, name)) for gain in gains if gain.dimension == dimension]
    return rows


def _dots(frame: Frame, name: str, title: str, unit: str, rows: Sequence[tuple[str, Statistic | None]]) -> Chart:
    printed = [(label, one) for label, one in rows if one is not None]

    def _draw(figure: "Figure") -> None:
        axes = figure.subplots()
        axes.axvline(0, color=GREY, linewidth=0.8)
        for position, (_, one) in enumerate(rows):
            if one is not None:
                draw_dot(axes, frame, position, one)
        finish_rows(axes, [(label, one is None) for label, one in rows])
        number_axis(axes, "x", printed[0][1].unit, frame.language)

    table, interval = frame.statistics_table(printed), frame.named_error("line_hollow")
    return frame.chart(name, title, unit, interval, table, _draw, height=0.5 + _ROW_INCHES * len(rows))


def draw_dot(axes: "Axes", frame: Frame, row: int, one: Statistic) -> None:
    """Draw a figure with its interval in a row: filled if it can be told from zero; words where there is none."""
    if one.value is None:
        axes.text(0, row, f" {frame.word('too_few')}", va="center", fontsize=7, color=GREY)
        return
    if one.low is not None and one.high is not None:
        axes.plot([one.low, one.high], [row, row], color=BLUE, linewidth=2.2, alpha=0.45)
    fill = BLUE if one.told_apart else "white"
    axes.plot([one.value], [row], marker="o", markersize=4.5, color=BLUE, markerfacecolor=fill)


def finish_rows(axes: "Axes", rows: Sequence[tuple[str, bool]]) -> None:
    """Write the labels of rows from top to bottom; each says whether it is a heading."""
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), [label for label, _ in rows])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    for tick, (_, heading) in zip(axes.get_yticklabels(), rows, strict=True):
        tick.set_color(GREY if heading else INK)
        tick.set_fontsize(7 if heading else 8)
