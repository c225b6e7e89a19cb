"""The derived tables as arrays in the order of the code lists, read once and held read-only."""

import csv
import hashlib
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from model.codes import DISTRICT_KINDS, PROVINCES, SECTORS
from model.synthetic_population.apportion import Floats, Integers
from model.synthetic_population.evidence import DERIVED_FOLDER

Array = npt.NDArray[Any]


class PeopleTable(NamedTuple):
    """Resident adults on 1 January: `adults` (years, provinces, birth years), with the years of each axis."""

    years: tuple[int, ...]
    birth_years: tuple[int, ...]
    adults: Integers


class MerchantTable(NamedTuple):
    """The frame: `districts` (provinces, kinds) and `merchants` (provinces, kinds, sectors), counts."""

    districts: Integers
    merchants: Integers


class OwnerAges(NamedTuple):
    """Owners by age band: `edges` (bands + 1, years of age) and `shares` (bands, sum 1)."""

    edges: Floats
    shares: Floats


def read_only(array: Array) -> Array:
    """Return the same array, no longer writeable."""
    array.flags.writeable = False
    return array


def _rows(name: str) -> list[dict[str, str]]:
    with (DERIVED_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def people_table() -> PeopleTable:
    """Return people_by_province_birth_year.csv."""
    rows = _rows("people_by_province_birth_year")
    years = tuple(int(name) for name in rows[0] if name.isdigit())
    birth_years = tuple(int(row["birth_year"]) for row in rows[: len(rows) // len(PROVINCES)])
    cells = np.array([[int(row[str(year)]) for year in years] for row in rows])
    adults = cells.reshape(len(PROVINCES), len(birth_years), len(years)).transpose(2, 0, 1)
    return PeopleTable(years, birth_years, read_only(np.ascontiguousarray(adults)))


@cache
def merchant_table() -> MerchantTable:
    """Return districts.csv."""
    rows = _rows("districts")
    shape = (len(PROVINCES), len(DISTRICT_KINDS))
    districts = np.array([int(row["districts"]) for row in rows]).reshape(shape)
    merchants = np.array([[int(row[sector]) for sector in SECTORS] for row in rows])
    return MerchantTable(read_only(districts), read_only(merchants.reshape(*shape, len(SECTORS))))


@cache
def owner_ages() -> OwnerAges:
    """Return owner_age.csv."""
    rows = _rows("owner_age")
    edges = np.array([float(row["from_age"]) for row in rows] + [float(rows[-1]["below_age"])])
    shares = np.array([float(row["share_percent"]) for row in rows])
    return OwnerAges(read_only(edges), read_only(shares / shares.sum()))


@cache
def heads_targets() -> dict[tuple[str, str], float]:
    """Return heads.csv as {(category, quantity): value}; category is "all" or a sector."""
    return {(row["category"], row["quantity"]): float(row["value"]) for row in _rows("heads")}


@cache
def derived_hash() -> str:
    """Return the SHA-256 (hex) over names and contents of the derived tables."""
    digest = hashlib.sha256()
    for path in sorted(DERIVED_FOLDER.glob("*.csv")):
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)} ".encode() + content)
    return digest.hexdigest()
