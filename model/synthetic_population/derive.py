"""Write the derived tables: `python -m model.synthetic_population.derive` rebuilds them byte for byte.

Every margin the synthetic population is held against comes from these files.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from model.codes import DISTRICT_KINDS, PROVINCES, SECTORS
from model.synthetic_population.derive_firms import FirmRow, firm_rows
from model.synthetic_population.derive_merchants import (
    MerchantTables,
    heads_targets,
    merchant_tables,
    owner_age_bands,
)
from model.synthetic_population.derive_people import BIRTH_YEARS, YEARS, adults_by_year, kind_of_year
from model.synthetic_population.evidence import DERIVED_FOLDER

_SECTOR_BASIS: Final = (
    *["published 2018, split assumed"] * 3,
    "published 2018",
    "published 2018, residual",
    "published 2020",
)


def write_all(folder: Path = DERIVED_FOLDER) -> None:
    """Write the derived tables into `folder` (made when missing): the same bytes on every run."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = merchant_tables()
    _write_people(folder)
    _write_merchants(folder / "merchants_by_province_sector.csv", tables)
    _write_districts(folder / "districts.csv", tables)
    _write(folder / "new_industry_firms.csv", FirmRow._fields, firm_rows(tables))
    _write(
        folder / "owner_age.csv",
        ("band", "from_age", "below_age", "share_percent"),
        owner_age_bands(),
    )
    _write(
        folder / "heads.csv",
        ("category", "quantity", "value", "basis"),
        ((category, quantity, f"{value:.4f}", basis) for category, quantity, value, basis in heads_targets()),
    )


def _write(path: Path, header: Sequence[object], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _write_people(folder: Path) -> None:
    adults = adults_by_year()
    _write(
        folder / "people_by_province_birth_year.csv",
        ("province", "birth_year", *YEARS),
        (
            (province, birth_year, *adults[:, p, b])
            for p, province in enumerate(PROVINCES)
            for b, birth_year in enumerate(BIRTH_YEARS)
        ),
    )
    _write(
        folder / "people_years.csv",
        ("year", "adults", "kind"),
        ((year, adults[y].sum(), kind_of_year(year)) for y, year in enumerate(YEARS)),
    )


def _write_merchants(path: Path, tables: MerchantTables) -> None:
    rows = (
        (province, sector, tables.by_sector[p, s], tables.province_basis[p], _SECTOR_BASIS[s])
        for p, province in enumerate(PROVINCES)
        for s, sector in enumerate(SECTORS)
    )
    _write(path, ("province", "sector", "merchants", "province_basis", "sector_basis"), rows)


def _write_districts(path: Path, tables: MerchantTables) -> None:
    rows = (
        (province, kind, tables.districts[p, k], tables.by_kind[p, k].sum(), *tables.by_kind[p, k])
        for p, province in enumerate(PROVINCES)
        for k, kind in enumerate(DISTRICT_KINDS)
    )
    _write(path, ("province", "kind", "districts", "merchants", *SECTORS), rows)


if __name__ == "__main__":
    write_all()
