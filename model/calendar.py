"""Months as whole numbers: `year * 12 + (month - 1)`, written "YYYY-MM" for people."""

import re
from typing import Final

QUARTER: Final = 3
"""Months of a quarter: how often platforms price and people's skill is measured."""

_PATTERN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def month_number(text: str) -> int:
    """Return the month number of "YYYY-MM"; ValueError with a sentence for anything else."""
    found = _PATTERN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no month; write it as YYYY-MM, for example 2020-09")
    return int(found[1]) * 12 + int(found[2]) - 1


def month_text(month: int) -> str:
    """Return "YYYY-MM" of a month number."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def year_of(month: int) -> int:
    """Return the calendar year of a month number."""
    return month // 12
