"""Figures and months in words: readable units and sensible digits, in Korean and English."""

import functools
import math
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any, Final, NamedTuple

from analysis.statistics import Statistic
from model.errors import UserError

LANGUAGES: Final = ("en", "ko")
_MONTHS: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DIGITS: Final = 3
_MINUS: Final = "−"


class Scale(NamedTuple):
    """A readable multiple of a base unit: divisor and the pattern that a number is put into."""

    divisor: float
    pattern: str


_LARGE: Final[dict[str, tuple[tuple[float, str], ...]]] = {
    "en": ((1e12, "{} trillion"), (1e9, "{} billion"), (1e6, "{} million"), (1.0, "{}")),
    "ko": ((1e12, "{}조"), (1e8, "{}억"), (1e4, "{}만"), (1.0, "{}")),
}
_UNITS: Final[dict[str, dict[str, str]]] = {
    "merchants": {"en": "{} shops", "ko": "{}곳"},
    "persons": {"en": "{} people", "ko": "{} 명"},
    "KRW": {"en": "{} KRW", "ko": "{} 원"},
    "KRW/month": {"en": "{} KRW a month", "ko": "월 {} 원"},
    "KRW/year": {"en": "{} KRW a year", "ko": "연 {} 원"},
    "KRW/merchant": {"en": "{} KRW per shop", "ko": "1곳당 {} 원"},
    "KRW/year/merchant": {"en": "{} KRW a year", "ko": "연 {} 원"},
    "per 1,000 merchants": {"en": "{} per 1,000 shops", "ko": "1,000곳당 {}곳"},
    "KRW/visit": {"en": "{} KRW per visit", "ko": "방문 1회당 {} 원"},
    "merchants/month": {"en": "{} shops a month", "ko": "월 {}곳"},
    "visits/month": {"en": "{} visits a month", "ko": "월 {}회"},
    "persons per 1,000 merchants": {"en": "{} people per 1,000 shops", "ko": "1,000곳당 {} 명"},
    "KRW/job": {"en": "{} KRW per job", "ko": "1개당 {} 원"},
    "1/month": {"en": "{} a month", "ko": "월 {}"},
    "months": {"en": "{} months", "ko": "{}개월"},
    "hours": {"en": "{} hours", "ko": "{}시간"},
    "years": {"en": "{} years", "ko": "{}세"},
    "share": {"en": "{} %", "ko": "{}%"},
    "share points": {"en": "{} pp", "ko": "{}%p"},
}
"""How a number and its unit are written; a unit that is not here follows the number as it is."""
_ONE: Final = {"months": "{} month", "hours": "{} hour", "years": "{} year", "merchants": "{} shop"}
"""English patterns for exactly one of a unit."""
_PLAIN: Final = ("merchants", "merchants/month", "visits/month", "per 1,000 merchants", "persons per 1,000 merchants")
_IN_HUNDREDTHS: Final = ("share", "share points")


@functools.cache
def texts(language: str) -> Mapping[str, Any]:
    """Return the sentences of the report and charts in a language; UserError for another language."""
    if language not in LANGUAGES:
        raise UserError(f"language {language!r} is not known; give en or ko")
    path = resources.files("analysis") / "texts" / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def month_words(month: int, language: str) -> str:
    """Return "September 2020" or "2020년 9월" of a month number."""
    year, position = month // 12, month % 12
    return f"{year}년 {position + 1}월" if language == "ko" else f"{_MONTHS[position]} {year}"


def period_words(months: range, language: str) -> str:
    """Return a month in words, or the calendar year that the months are, "2021" or "2021년"."""
    year = str(months[0] // 12)
    return month_words(months[0], language) if len(months) == 1 else f"{year}년" if language == "ko" else year


def readable_scale(largest: float, unit: str, language: str) -> Scale:
    """Return the multiple of `unit` in which figures up to `largest` (absolute, base unit) read well."""
    pattern = _UNITS.get(unit, {}).get(language, f"{{}} {unit}")
    if unit in _IN_HUNDREDTHS:
        return Scale(0.01, pattern)
    steps = _LARGE[language][-1:] if unit in _PLAIN else _LARGE[language]
    divisor, word = next((step for step in steps if largest >= step[0]), steps[-1])
    return Scale(divisor, pattern.format(word))


def amount(value: float, unit: str, language: str, signed: bool = False) -> str:
    """Return a figure in a readable multiple of its unit with three digits, for example "4.0 billion KRW"."""
    scale = readable_scale(abs(value), unit, language)
    return scale.pattern.format(_number(value / scale.divisor, _decimals(abs(value) / scale.divisor), signed))


def exact_amount(value: float, unit: str, language: str) -> str:
    """Return a setting in a readable multiple of its unit with all its digits, such as "10 billion KRW"."""
    scale = readable_scale(abs(value), unit, language)
    number = f"{value / scale.divisor:,.10g}".replace("-", _MINUS)
    if number == "1" and language == "en":
        return _ONE.get(unit, scale.pattern).format(number)
    return scale.pattern.format(number)


def value_text(statistic: Statistic, language: str, signed: bool = False) -> str:
    """Return the figure of a statistic, or the words for why there is none."""
    if statistic.value is None:
        return str(texts(language)["notes"][statistic.note or "no_value"])
    scale, decimals = _scale_of(statistic, language)
    return scale.pattern.format(_number(statistic.value / scale.divisor, decimals, signed))


def range_text(statistic: Statistic, language: str, signed: bool = False) -> str:
    """Return the interval of a statistic in the unit of its figure, "" where it has none or no width."""
    if statistic.low is None or statistic.high is None or statistic.low == statistic.high:
        return ""
    scale, decimals = _scale_of(statistic, language)
    low, high = (_number(bound / scale.divisor, decimals, signed) for bound in (statistic.low, statistic.high))
    return str(texts(language)["range"]).format(low=low, high=high)


def note_text(statistic: Statistic, language: str) -> str:
    """Return the note of a statistic in words, "" without one."""
    return str(texts(language)["notes"][statistic.note]) if statistic.note else ""


def remark(statistic: Statistic, language: str) -> str:
    """Return what is to be said beside a figure: its note, or in how many pairs it lies above the baseline.

    "" where the words already stand in place of the figure, or where nothing is to be said.
    """
    if statistic.note:
        return note_text(statistic, language) if statistic.value is not None else ""
    if statistic.share_higher is None:
        return ""
    share = exact_amount(round(statistic.share_higher, 2), "share", language)
    return str(texts(language)["table"]["higher"]).format(share=share)


def interval_text(statistic: Statistic, language: str) -> str:
    """Return the name of an interval, for example "simulation error (90 %, 100 paired seeds)"."""
    return interval_words(statistic.interval_name, statistic.n_replications, language)


def interval_words(name: str, count: int, language: str) -> str:
    """Return the name of an interval or band over `count` paired seeds in words."""
    return str(texts(language)["intervals"][name]).format(count=count)


def with_range(statistic: Statistic, language: str, signed: bool = False) -> str:
    """Return the figure of a statistic with its interval in brackets, where it has one."""
    interval = range_text(statistic, language, signed)
    return value_text(statistic, language, signed) + (f" ({interval})" if interval else "")


def span_text(statistic: Statistic, language: str, signed: bool = False) -> str:
    """Return the interval of a statistic with its unit, to be quoted alone; "" where it has none or no width."""
    interval = range_text(statistic, language, signed)
    return _scale_of(statistic, language)[0].pattern.format(interval) if interval else ""


def _scale_of(statistic: Statistic, language: str) -> tuple[Scale, int]:
    bounds = [b for b in (statistic.value, statistic.low, statistic.high) if b is not None]
    scale = readable_scale(max(abs(bound) for bound in bounds), statistic.unit, language)
    largest = max(abs(bound) for bound in bounds) / scale.divisor
    decimals = _decimals(largest)
    if statistic.low is not None and statistic.high is not None and statistic.high > statistic.low:
        half_width = (statistic.high - statistic.low) / 2 / scale.divisor
        finest = _decimals(largest) + 2
        decimals = min(max(decimals, -math.floor(math.log10(half_width))), finest)
    return scale, decimals


def _decimals(largest: float) -> int:
    """Decimals that leave three digits of the largest number; negative ones round whole numbers."""
    return _DIGITS - 1 - math.floor(math.log10(largest)) if largest > 0 else 0


def _number(value: float, decimals: int, signed: bool) -> str:
    rounded = round(value, decimals) or 0.0
    text = f"{abs(rounded):,.{max(0, decimals)}f}"
    sign = _MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return sign + text
