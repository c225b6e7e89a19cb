"""A chart as a record: message title, unit, source, run key, table and a way to draw."""

import csv
import io
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from analysis.charts.style import GREY, drawing_style
from experiments.store.files import write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH_INCHES: Final = 4.6
FORMATS: Final = ("svg", "png", "pdf")
_TITLE_COLUMNS: Final = 58
_FOOT_COLUMNS: Final = 100
_TITLE_LINE: Final = 0.19
_FOOT_LINE: Final = 0.125
_PNG_DOTS_PER_INCH: Final = 200


@dataclass(frozen=True)
class Table:
    """The numbers of a chart: column names with units, and rows of plain values in base units."""

    header: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True)
class Chart:
    """One chart in one language; making one without a title, unit, source or run key is a ValueError.

    `title` says the message, `interval` names the band or interval shown ("" for none), `draw` fills an empty
    figure of `height` inches, margins left free; titles and foot notes are broken to its `width` in inches.
    """

    id: str
    language: str
    title: str
    unit: str
    source: str
    run_key: str
    interval: str
    table: Table
    draw: Callable[["Figure"], None]
    height: float = 3.3
    width: float = WIDTH_INCHES

    def __post_init__(self) -> None:
        missing = [name for name in ("title", "unit", "source", "run_key") if not getattr(self, name).strip()]
        if missing:
            raise ValueError(f"chart {self.id!r} has no {', '.join(missing)}; a chart is not drawn without them")

    def figure(self) -> "Figure":
        """Return the drawn matplotlib figure; call it inside `drawing_style()`."""
        from matplotlib.figure import Figure
        from matplotlib.layout_engine import ConstrainedLayoutEngine

        wider = self.width / WIDTH_INCHES
        title = wrapped(self.title, round(_TITLE_COLUMNS * wider))
        foot = [line for text in self._foot_texts() for line in wrapped(text, round(_FOOT_COLUMNS * wider))]
        top = 0.12 + _TITLE_LINE * len(title)
        bottom = 0.08 + _FOOT_LINE * len(foot)
        height = self.height + top + bottom
        rect = (0.0, bottom / height, 1.0, 1.0 - (top + bottom) / height)
        engine = ConstrainedLayoutEngine(rect=rect, h_pad=0.06, w_pad=0.06, hspace=0.04, wspace=0.04)
        figure = Figure(figsize=(self.width, height), layout=engine)
        left = 0.02 / wider
        figure.text(left, 1 - 0.07 / height, "\n".join(title), fontsize=10.5, va="top", linespacing=1.25)
        figure.text(left, 0.05 / height, "\n".join(foot), fontsize=6.6, va="bottom", color=GREY, linespacing=1.3)
        self.draw(figure)
        return figure

    def _foot_texts(self) -> tuple[str, ...]:
        unit = f"{self.unit}. {self.interval}." if self.interval else f"{self.unit}."
        return unit, f"{self.source}; {self.run_key}."


def wrapped(text: str, columns: int) -> list[str]:
    """Break a text at blanks into lines of at most `columns` Latin letters; Korean letters count as 1.8."""
    lines: list[str] = []
    line, used = "", 0.0
    for word in text.split():
        width = sum(1.8 if unicodedata.east_asian_width(letter) in "WF" else 1.0 for letter in word)
        if line and used + 1 + width > columns:
            lines.append(line)
            line, used = word, width
        else:
            line, used = (f"{line} {word}", used + 1 + width) if line else (word, width)
    return [*lines, line]


def chart_files(chart: Chart, folder: Path) -> dict[str, Path]:
    """Return where a chart and its table lie below `folder`, by kind of file ("svg", "png", "pdf", "csv")."""
    stem = f"{chart.id}.{chart.language}"
    drawings = {kind: folder / "figures" / f"{stem}.{kind}" for kind in FORMATS}
    return drawings | {"csv": folder / "tables" / f"{stem}.csv"}


def write_chart(chart: Chart, folder: Path) -> bytes:
    """Write SVG, PNG and PDF to `folder`/figures and the table to `folder`/tables; return the SVG."""
    with drawing_style():
        figure = chart.figure()
        contents = {FORMATS[0]: _rendered(figure, FORMATS[0])}
        figure.set_layout_engine("none")  # laid out by the first drawing
        contents |= {kind: _rendered(figure, kind) for kind in FORMATS[1:]}
    for kind, path in chart_files(chart, folder).items():
        write_atomically(path, contents[kind] if kind in contents else table_csv(chart.table))
    return contents["svg"]


def table_csv(table: Table) -> bytes:
    """Return a table as CSV in UTF-8 with a byte-order mark, which spreadsheets need for Korean."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.header)
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def _rendered(figure: "Figure", kind: str) -> bytes:
    # Without dates and with fixed names of clip paths the same chart is the same file.
    metadata: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    target = io.BytesIO()
    figure.savefig(target, format=kind, metadata=metadata, dpi=_PNG_DOTS_PER_INCH)
    return target.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    return f"{value:.7g}" if isinstance(value, float) else value
