"""The look of every chart: type, colours for colour-blind readers, line styles for black and white."""

import functools
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK: Final = "#1d1d1b"
GREY: Final = "#5f5f5a"
FAINT: Final = "#dcdcd6"
BLUE: Final = "#0072b2"
ORANGE: Final = "#d55e00"
GREEN: Final = "#009e73"
SKY: Final = "#56b4e9"
YELLOW: Final = "#e69f00"
"""Colours of Okabe and Ito (2008), told apart by colour-blind readers."""
WITH_LINE: Final[dict[str, Any]] = {"color": BLUE, "linestyle": "-", "linewidth": 1.6}
BASELINE_LINE: Final[dict[str, Any]] = {"color": GREY, "linestyle": (0, (3, 1.5)), "linewidth": 1.4}

_STYLE: Final[dict[Any, Any]] = {
    "font.size": 8.5,
    "text.color": INK,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 8.5,
    "axes.unicode_minus": True,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "hatch.linewidth": 0.6,
    "svg.hashsalt": "untact",
    "savefig.facecolor": "white",
}

_STEPS: Final = {
    "en": ((1e12, "tn"), (1e9, "bn"), (1e6, "M"), (1e3, "k")),
    "ko": ((1e12, "조"), (1e8, "억"), (1e4, "만")),
}


@contextmanager
def drawing_style() -> Iterator[None]:
    """Draw inside this: Korean type, quiet axes; leaves matplotlib's own settings as they were."""
    import matplotlib

    with matplotlib.rc_context({**_STYLE, "font.family": _font_family()}):
        yield


@functools.cache
def _font_family() -> str:
    from matplotlib import font_manager
    from pylopdf_fonts_ko import sans_path

    font_manager.fontManager.addfont(str(sans_path()))
    return font_manager.FontProperties(fname=str(sans_path())).get_name()


def compact(value: float, unit: str, language: str) -> str:
    """Return a short axis label, for example 60k, 1.2M, 4bn or 6만, 40억; shares in percent."""
    if unit in ("share", "share points"):
        return f"{value * 100:g}".replace("-", "−")
    divisor, word = _step(value, language)
    number = f"{value / divisor:,.2f}".rstrip("0").rstrip(".")
    return f"{number}{word}".replace("-", "−")


def short(value: float, language: str) -> str:
    """Return a positive amount with three digits, for example 31.2tn, 450bn or 31.2조, 4,500억."""
    divisor, word = _step(value, language)
    decimals = 2 - math.floor(math.log10(value / divisor))
    return f"{round(value / divisor, decimals):,.{max(0, decimals)}f}{word}"


def _step(value: float, language: str) -> tuple[float, str]:
    return next((step for step in _STEPS[language] if abs(value) >= step[0]), (1.0, ""))


def number_axis(axis: "Axes", direction: str, unit: str, language: str, ticks: int = 4) -> None:
    """Label the "x" or "y" axis with few compact numbers and faint grid lines."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    chosen = axis.xaxis if direction == "x" else axis.yaxis
    chosen.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 2.5, 5, 10]))
    chosen.set_major_formatter(FuncFormatter(lambda value, _: compact(value, unit, language)))
    axis.grid(axis=direction, color=FAINT, linewidth=0.6)  # type: ignore[arg-type]
    axis.set_axisbelow(True)


def year_axis(axis: "Axes", months: range, ticks: int = 5) -> None:
    """Show calendar years on the x axis of paths drawn over month / 12."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_xlim(months[0] / 12, (months[-1] + 1) / 12)
    axis.xaxis.set_major_locator(MaxNLocator(ticks, integer=True))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
