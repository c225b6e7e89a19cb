"""New-industry firms at the start, one to one at every scale: their traits from `new_industry_firms.csv`."""

import csv
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from model.codes import NEW_INDUSTRIES, PROVINCES, SEOUL_DISTRICTS
from model.errors import UserErrors, did_you_mean
from model.synthetic_population.evidence import DERIVED_FOLDER
from model.synthetic_population.low_discrepancy import radical_inverse
from model.synthetic_population.tables import read_only

Array = npt.NDArray[np.float64]

PLACES: Final = len(SEOUL_DISTRICTS) + len(PROVINCES) - 1
"""Places of firms: the districts of Seoul, then the provinces after it."""
FIRM_TABLE: Final = DERIVED_FOLDER / "new_industry_firms.csv"
LEVELS: Final = ("firms", "staff", "sales_krw")


class FirmLevels(NamedTuple):
    """Levels at the start by (sector, place): firms, staff (persons), sales (KRW a year)."""

    firms: npt.NDArray[np.int64]
    staff: Array
    sales_krw: Array


class FirmTraits(NamedTuple):
    """Every firm at the start, read-only: sector by sector and place by place; its number is its id.

    sector, place: positions (see `PLACES`); size_rank, stage_rank, staff_rank: even spreads within a sector.
    """

    sector: npt.NDArray[np.uint8]
    place: npt.NDArray[np.uint8]
    size_rank: Array
    stage_rank: Array
    staff_rank: Array


def province_of_place(place: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the province of places: Seoul for its districts."""
    return np.maximum(np.asarray(place, np.int64) - len(SEOUL_DISTRICTS) + 1, 0)


def place_named(province: str, district: str) -> int:
    """Return the position of a place; ValueError when there is none of that name."""
    if province == "Seoul":
        return SEOUL_DISTRICTS.index(district)
    if district:
        raise ValueError(f"{district!r} is no place of its own: only Seoul has districts")
    return len(SEOUL_DISTRICTS) + PROVINCES.index(province) - 1


def read_levels(path: Path = FIRM_TABLE) -> FirmLevels:
    """Read a table of firms; raises UserErrors naming file, line and column of every fault."""
    tables = {name: np.zeros((len(NEW_INDUSTRIES), PLACES)) for name in LEVELS}
    faults, seen = list[str](), set[tuple[int, int]]()
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            where = _where(row)
            if isinstance(where, str):
                faults.append(f"{path.name}: line {line}: {where}")
                continue
            if where in seen:
                faults.append(f"{path.name}: line {line}: {row['sector']} stands twice at this place; add both up")
            seen.add(where)
            for name in LEVELS:
                level, fault = _level(row.get(name), name)
                tables[name][where] = level
                faults += [f"{path.name}: line {line}: {fault}"] if fault else []
    if faults:
        raise UserErrors(faults)
    return FirmLevels(tables["firms"].astype(np.int64), tables["staff"], tables["sales_krw"])


def _where(row: dict[str, str]) -> tuple[int, int] | str:
    """Return sector and place of a row, or what is wrong with them."""
    sector, province, district = row.get("sector", ""), row.get("province", ""), row.get("seoul_district", "")
    if sector not in NEW_INDUSTRIES:
        return f"unknown sector {sector!r}{did_you_mean(sector, NEW_INDUSTRIES)}"
    if province not in PROVINCES:
        return f"unknown province {province!r}{did_you_mean(province, PROVINCES)}"
    try:
        return NEW_INDUSTRIES.index(sector), place_named(province, district)
    except ValueError:
        return f"{province} has no district {district!r}{did_you_mean(district, SEOUL_DISTRICTS)}"


def _level(text: str | None, name: str) -> tuple[float, str | None]:
    """Return a level, and what is wrong with it."""
    try:
        level = float(text or "")
    except ValueError:
        return 0.0, f"{name} is {text!r}: write a number, 0 where there are none"
    if not 0.0 <= level < float("inf"):
        return 0.0, f"{name} is {text}: a level cannot be negative or infinite; write 0 where there are none"
    if name == "firms" and level != int(level):
        return 0.0, f"firms is {text}: firms are simulated one to one, write a whole number"
    return level, None


@cache
def firm_levels() -> FirmLevels:
    """Return the shipped table."""
    levels = read_levels()
    for table in levels:
        read_only(table)
    return levels


@cache
def firm_traits() -> FirmTraits:
    """Return the firms of the shipped table: the same at every scale and in every run."""
    firms = firm_levels().firms
    sector = np.repeat(np.arange(len(NEW_INDUSTRIES)), firms.sum(axis=1))
    place = np.concatenate([np.repeat(np.arange(PLACES), row) for row in firms])
    number = np.concatenate([np.arange(count) for count in firms.sum(axis=1)])
    ranks = [
        np.array([radical_inverse(int(n), base, digits) for n in number]) for base, digits in ((2, 14), (3, 9), (5, 6))
    ]
    return FirmTraits(
        read_only(sector.astype(np.uint8)), read_only(place.astype(np.uint8)), *(read_only(rank) for rank in ranks)
    )
