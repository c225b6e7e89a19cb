"""Where the tables are, and the rows of the evidence that the derived tables start from."""

import csv
from pathlib import Path

EVIDENCE_FOLDER = Path(__file__).resolve().parents[1] / "data" / "evidence"
DERIVED_FOLDER = EVIDENCE_FOLDER.with_name("derived")

Row = dict[str, str]


def read_evidence(name: str) -> list[Row]:
    """Return the rows of `model/data/evidence/<name>.csv` as dictionaries by column name."""
    with (EVIDENCE_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def official(series_id: str, period: str, confidence: str = "published") -> list[Row]:
    """Return the rows of one official series, period (YYYY) and confidence; KeyError when there is none.

    Rows of another confidence (`recalled`, `unverified`), and those marked `doubtful`, are left out.
    """
    rows = [
        row
        for row in read_evidence("official_statistics")
        if (row["series_id"], row["period"]) == (series_id, period)
        and row["confidence"] == confidence
        and row["use"] != "doubtful"
    ]
    if not rows:
        raise KeyError(f"no {confidence} row of {series_id} for {period}")
    return rows


def by_region(series_id: str, period: str) -> dict[str, float]:
    """Return the values of one official series and period by region."""
    return {row["region"]: float(row["value"]) for row in official(series_id, period)}


def by_category(series_id: str, period: str) -> dict[str, float]:
    """Return the values of one official series and period by the category named first in the note."""
    return {row["note"].split(";")[0]: float(row["value"]) for row in official(series_id, period)}


def counted(series_id: str) -> int:
    """Return a national count printed in the plan of September 2020 (macro_series.csv)."""
    values = [row["value"] for row in read_evidence("macro_series") if row["series_id"] == series_id]
    return int(float(values[0]))
