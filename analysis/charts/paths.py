"""Charts over months: stages of adoption, additional adopters, online share of goods."""

from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.charts.chart import Chart, Table
from analysis.charts.frame import Frame
from analysis.charts.style import BASELINE_LINE, BLUE, GREY, INK, WITH_LINE, number_axis, year_axis
from analysis.effects import Effect
from analysis.statistics import Band, Floats
from analysis.wording import amount, month_words, range_text, value_text, with_range
from model.calendar import month_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STAGES_SHOWN: Final = ("aware", "applied", "selected", "installed", "active", "abandoned")
MONTHS_BEFORE: Final = 6


def stages_chart(frame: Frame, effect: Effect) -> Chart:
    """Six small panels: merchants in every stage of adoption, with the measures and in the baseline."""
    technology = effect.programme.technology
    column = effect.programme.evaluated - frame.months[0]
    names = [f"merchants_{stage}_{technology}" for stage in STAGES_SHOWN]
    bands = [(frame.pair.scenario.paths[name], frame.comparison.baseline.paths[name]) for name in names]
    after, before = (one.mean[column] for one in bands[STAGES_SHOWN.index("active")])

    def _draw(figure: "Figure") -> None:
        panels = list(figure.subplots(2, 3).flat)
        for panel, stage, (ours, baseline) in zip(panels, STAGES_SHOWN, bands, strict=True):
            panel.set_title(frame.label(stage), loc="left")
            _two_paths(panel, frame, ours, baseline, "merchants")
            year_axis(panel, frame.months, ticks=3)
        _name_paths(panels[2], frame, *bands[2], line_height=0.17)

    return frame.chart(
        f"stages-{technology}",
        frame.title(
            "stages",
            technology=frame.label(technology),
            month=month_words(effect.programme.evaluated, frame.language),
            after=amount(after, "merchants", frame.language),
            before=amount(before, "merchants", frame.language),
        ),
        frame.word("shops_end_of_month"),
        frame.band_name,
        _paths_table(frame, dict(zip(STAGES_SHOWN, bands, strict=True))),
        _draw,
    )


def additional_chart(frame: Frame, effect: Effect) -> Chart:
    """Additional adopters over time: mean difference and the range across seeds."""
    technology, programme = effect.programme.technology, effect.programme
    difference = frame.pair.differences[f"merchants_active_{technology}"]
    first = max(0, programme.start - MONTHS_BEFORE - frame.months[0])
    shown = slice(first, len(frame.months))
    months = range(frame.months[first], frame.months[-1] + 1)

    def _draw(figure: "Figure") -> None:
        axes = figure.subplots()
        years = (np.array(months) + 1) / 12
        axes.fill_between(years, difference.low[shown], difference.high[shown], color=BLUE, alpha=0.2, linewidth=0)
        axes.plot(years, difference.mean[shown], **WITH_LINE)
        axes.axhline(0, color=GREY, linewidth=0.8)
        _mark_months(axes, frame, effect)
        if effect.statistics["additional"].value is not None:
            _mark_judged(axes, frame, effect, difference)
        number_axis(axes, "y", "merchants", frame.language)
        year_axis(axes, months)

    header = tuple(frame.texts["table"][name] for name in ("month", "mean", "seed_low", "seed_high"))
    rows = zip(months, difference.mean[shown], difference.low[shown], difference.high[shown], strict=True)
    return frame.chart(
        f"additional-{technology}",
        _additional_title(frame, effect),
        frame.word("shops_end_of_month"),
        frame.band_and_brackets,
        Table(header, tuple((month_text(month), *map(float, values)) for month, *values in rows)),
        _draw,
    )


def online_share_chart(frame: Frame) -> Chart:
    """Online share of goods over time in both scenarios."""
    ours = frame.pair.scenario.paths["online_share_goods"]
    baseline = frame.comparison.baseline.paths["online_share_goods"]
    last = frame.pair.judged - frame.months[0]
    year = slice(max(0, last - 11), last + 1)
    change = next(one for one in frame.pair.changes.statistics if one.id == "online_share_goods")

    def _draw(figure: "Figure") -> None:
        axes = figure.subplots()
        _two_paths(axes, frame, ours, baseline, "share")
        _name_paths(axes, frame, ours, baseline, line_height=0.09)
        year_axis(axes, frame.months)

    return frame.chart(
        "online-share",
        frame.title(
            "online_share",
            month=month_words(frame.pair.judged, frame.language),
            value=amount(float(ours.mean[year].mean()), "share", frame.language),
            change=with_range(change, frame.language, signed=True),
        ),
        frame.word("share_of_sales"),
        frame.band_and_brackets,
        _paths_table(frame, {"online_share_goods": (ours, baseline)}),
        _draw,
    )


def _two_paths(axes: "Axes", frame: Frame, ours: Band, baseline: Band, unit: str) -> None:
    years = (np.array(frame.months) + 1) / 12
    for path, line in ((baseline, BASELINE_LINE), (ours, WITH_LINE)):
        axes.fill_between(years, path.low, path.high, color=line["color"], alpha=0.2, linewidth=0)
        axes.plot(years, path.mean, **line)
    lowest, highest = min(ours.low.min(), baseline.low.min()), max(ours.high.max(), baseline.high.max())
    axes.set_ylim(bottom=0 if lowest < highest / 2 else None)
    number_axis(axes, "y", unit, frame.language, ticks=3)


def _name_paths(axes: "Axes", frame: Frame, ours: Band, baseline: Band, line_height: float) -> None:
    """Write the names of both paths at their right ends, `line_height` (share of the axis) apart."""
    bottom, top = axes.get_ylim()
    ends = {"with": float(ours.mean[-1]), "baseline": float(baseline.mean[-1])}
    gap = line_height * (top - bottom)
    middle = sum(ends.values()) / 2
    close = abs(ends["with"] - ends["baseline"]) < gap
    for name, end in ends.items():
        upper = end > middle or (end == middle and name == "with")
        axes.annotate(
            frame.word(name),
            ((frame.months[-1] + 1) / 12, middle + (gap / 2 if upper else -gap / 2) if close else end),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
            color=BLUE if name == "with" else GREY,
            annotation_clip=False,
        )


def _mark_months(axes: "Axes", frame: Frame, effect: Effect) -> None:
    programme = effect.programme
    for month, name in ((programme.start / 12, "start"), ((programme.evaluated + 1) / 12, "judged")):
        axes.axvline(month, color=GREY, linewidth=0.6, linestyle=":")
        shown = programme.start if name == "start" else programme.evaluated
        axes.annotate(
            f"{frame.word(name)} {month_text(shown)}",
            (month, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(2, -1),
            textcoords="offset points",
            fontsize=7,
            color=GREY,
            va="top",
        )


def _mark_judged(axes: "Axes", frame: Frame, effect: Effect, difference: Band) -> None:
    """Write the additional adopters beside the path: after a far point and towards zero, else before it."""
    additional, column = effect.statistics["additional"], effect.programme.evaluated - frame.months[0]
    x, mean = (effect.programme.evaluated + 1) / 12, difference.mean[column]
    far = abs(mean) > max(difference.high.max(), -difference.low.min()) / 2
    above = mean < 0 or not far
    axes.plot([x], [mean], marker="o", markersize=4, color=BLUE)
    axes.annotate(
        f"{value_text(additional, frame.language)}\n({range_text(additional, frame.language)})",
        (x, difference.high[column] if above else difference.low[column]),
        xytext=(4 if far else -4, 5 if above else -14 if far else -5),
        textcoords="offset points",
        ha="left" if far and not effect.programme.clipped else "right",
        va="bottom" if above else "top",
        fontsize=7.5,
        color=INK,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.5},
    )


def _additional_title(frame: Frame, effect: Effect) -> str:
    additional = effect.statistics["additional"]
    name = {"too_few_at_this_scale": "additional_too_few", "cannot_be_told_apart": "additional_unclear"}
    return frame.title(
        name.get(additional.note, "additional"),
        technology=frame.label(effect.programme.technology),
        month=month_words(effect.programme.evaluated, frame.language),
        value=value_text(additional, frame.language, signed=True),
    )


def _paths_table(frame: Frame, bands: dict[str, tuple[Band, Band]]) -> Table:
    words = frame.texts["table"]
    header = [words["month"]]
    columns: list[Floats] = []
    for name, (ours, baseline) in bands.items():
        for path, arm in ((ours, frame.word("with")), (baseline, frame.word("baseline"))):
            shown = frame.label(name) if len(bands) > 1 else arm
            prefix = f"{shown}, {arm}: " if len(bands) > 1 else f"{arm}: "
            header += [prefix + words[part] for part in ("mean_path", "seed_low", "seed_high")]
            columns += [path.mean, path.low, path.high]
    rows = zip(frame.months, *columns, strict=True)
    return Table(tuple(header), tuple((month_text(month), *map(float, values)) for month, *values in rows))
