"""What the analysis itself measures, declared once in measures.csv: id, both labels, unit, better direction.

Indicators of single runs are declared in `model.indicators`; here stand the measures that need two arms.
"""

import csv
from dataclasses import dataclass
from importlib import resources
from typing import Final


@dataclass(frozen=True)
class Measure:
    """A derived figure: stable id, labels, unit, and the better direction (higher, lower or neither)."""

    id: str
    label_en: str
    label_ko: str
    unit: str
    better: str


def _declared() -> dict[str, Measure]:
    text = (resources.files("analysis") / "measures.csv").read_text(encoding="utf-8")
    return {row["id"]: Measure(**row) for row in csv.DictReader(text.splitlines())}


MEASURES: Final = _declared()
"""Every derived measure by its id."""
