"""The margins: what the derived tables say beside what a built population holds."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from model.codes import (
    AGE_BANDS,
    DISTRICT_KINDS,
    MACRO_REGION_OF_PROVINCE,
    MACRO_REGIONS,
    OWNER_AGE_BANDS,
    PROVINCES,
    SECTORS,
)
from model.synthetic_population.apportion import Floats, Integers
from model.synthetic_population.build import SyntheticKorea
from model.synthetic_population.derive_people import kind_of_year
from model.synthetic_population.districts import MANUFACTURING
from model.synthetic_population.people import count_adults
from model.synthetic_population.tables import merchant_table, owner_ages, people_table

Counts = npt.NDArray[Any]

YEARS_SHOWN: Final = (2017, 2019, 2024)


class MarginRow(NamedTuple):
    """One line of the comparison; `ratio` = ours / table, 1 where both are 0; counts are of real units."""

    name: str
    category: str
    table_value: float
    ours: float
    ratio: float
    sampled_rows: int
    basis: str


def margins(korea: SyntheticKorea) -> list[MarginRow]:
    """Return adults by province and age band and merchants by province, sector, kind and owner's age.

    Adults on 1 January of 2017, 2019 and 2024 as far as the horizon has them, else of its first year.
    """
    years = [year for year in YEARS_SHOWN if korea.first_year <= year <= korea.last_year]
    rows = [row for year in years or [korea.first_year] for row in _adults(korea, year)]
    return rows + list(_merchants(korea))


def band_of_age() -> npt.NDArray[np.uint8]:
    """Return the position in `codes.AGE_BANDS` of each age of the year 0 to 139 (under 20 counts as 20)."""
    bands = np.clip(np.arange(140) // 10 - 2, 0, len(AGE_BANDS) - 1)
    return bands.astype(np.uint8)


def adults_in_table(year: int) -> Integers:
    """Return adults of the derived table on 1 January `year` by province and age band: int64 (17, 6)."""
    table = people_table()
    bands = band_of_age()[np.maximum(year - np.array(table.birth_years), 0)]
    by_band = np.zeros((len(PROVINCES), len(AGE_BANDS)), dtype=np.int64)
    np.add.at(by_band.T, bands, table.adults[table.years.index(year)].T)
    return by_band


def adults_in_population(korea: SyntheticKorea, year: int) -> Floats:
    """Return weighted adults of a population on 1 January `year` by province and age band: (17, 6)."""
    return _adult_rows(korea, year) * korea.people.weight_by_province[:, np.newaxis]


def _adult_rows(korea: SyntheticKorea, year: int) -> Integers:
    return np.asarray(count_adults(korea.people, year, band_of_age()))


def _adults(korea: SyntheticKorea, year: int) -> Iterator[MarginRow]:
    table, rows, basis = adults_in_table(year), _adult_rows(korea, year), kind_of_year(year)
    ours = rows * korea.people.weight_by_province[:, np.newaxis]
    for name, categories, axis in (("province", PROVINCES, 1), ("age band", AGE_BANDS, 0)):
        yield from _compared(
            f"adults by {name}, {year}", categories, table.sum(axis), ours.sum(axis), rows.sum(axis), basis
        )


def _merchants(korea: SyntheticKorea) -> Iterator[MarginRow]:
    merchants = korea.merchants
    table = merchant_table().merchants
    shops = merchants.sector != MANUFACTURING
    weight = merchants.weight.astype(np.float64)
    region = np.array(MACRO_REGION_OF_PROVINCE)
    owner_age = korea.first_year - merchants.owner_birth_year.astype(np.int64)
    owner_band = np.searchsorted(owner_ages().edges, owner_age, side="right") - 1
    makers = np.bincount(region, weights=table[:, :, MANUFACTURING].sum(axis=1))
    everyone = np.ones_like(shops)
    lines: tuple[tuple[tuple[str, ...], Counts, Counts, Counts], ...] = (
        (PROVINCES, table[:, :, :MANUFACTURING].sum((1, 2)), merchants.province, shops),
        (MACRO_REGIONS, makers, region[merchants.province], ~shops),
        (SECTORS, table.sum((0, 1)), merchants.sector, everyone),
        (DISTRICT_KINDS, table.sum((0, 2)), merchants.kind, everyone),
        (OWNER_AGE_BANDS, owner_ages().shares * table.sum(), owner_band, everyone),
    )
    for (name, basis), (categories, wanted, code, counted) in zip(_MERCHANT_BASIS.items(), lines, strict=True):
        ours = np.bincount(code[counted], weights=weight[counted], minlength=len(categories))
        rows = np.bincount(code[counted], minlength=len(categories))
        yield from _compared(name, categories, wanted, ours, rows, basis)


_MERCHANT_BASIS: Final = {
    "shops by province": "published 2018 for eight provinces, 2017 for two, the rest by population",
    "manufacturers by macro-region": "published total 2020, spread as all small merchants",
    "merchants by sector": "published 2018 by industry; split of retail assumed",
    "merchants by district kind": "published number of markets and clusters; stalls and streets assumed",
    "owners by age band": "published 2019; held for the first year",
}


def _compared(
    name: str, categories: tuple[str, ...], table: Counts, ours: Counts, rows: Counts, basis: str
) -> Iterator[MarginRow]:
    for category, wanted, found, count in zip(categories, table, ours, rows, strict=True):
        ratio = float(found / wanted) if wanted else float(found == 0)
        yield MarginRow(name, category, float(wanted), float(found), ratio, int(count), basis)
