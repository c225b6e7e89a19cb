"""Resident adults by province and birth year on 1 January of 2017 to 2035, from the published tables.

The table of end 2024 (province by ten-year band) is split into single ages, moved along cohorts with the life
table, and fitted to the published province totals of the ends of 2017 to 2020. docs/evidence.md says why.
"""

from typing import Final

import numpy as np

from model.codes import PROVINCES
from model.synthetic_population.apportion import Floats, Integers, fit_margins, largest_remainder
from model.synthetic_population.evidence import by_category, by_region, official
from model.synthetic_population.life_table import CLOSING_AGE, bands_of_ten, smoothest_ages, survivors

FIRST_YEAR: Final = 2017
LAST_OBSERVED_TOTAL_YEAR: Final = 2021
TABLE_YEAR: Final = 2025
LAST_YEAR: Final = 2035
ADULT_AGE: Final = 20
"""Age of the year: year minus birth year, the age reached in the course of it."""

OLDEST_BIRTH_YEAR: Final = TABLE_YEAR - CLOSING_AGE
YOUNGEST_BIRTH_YEAR: Final = LAST_YEAR - ADULT_AGE
YEARS: Final = range(FIRST_YEAR, LAST_YEAR + 1)
BIRTH_YEARS: Final = range(OLDEST_BIRTH_YEAR, YOUNGEST_BIRTH_YEAR + 1)

_BANDS: Final = (*(f"{low}-{low + 9}" for low in range(0, 100, 10)), "100+")
_BANDS_2018: Final = {"20s": 20, "30s": 30, "40s": 40, "50s": 50, "60s": 60}


def kind_of_year(year: int) -> str:
    """Return how the numbers of one 1 January come about, in words for the table of years."""
    if year == FIRST_YEAR:
        return "derived: cohorts moved back, province totals extrapolated from the two years after"
    if year <= LAST_OBSERVED_TOTAL_YEAR:
        return "derived: cohorts moved back, province totals observed"
    if year < TABLE_YEAR:
        return "interpolated: between 2021 and 2025 within each cohort"
    if year == TABLE_YEAR:
        return "observed: province by ten-year band; single ages derived"
    return "projected: cohorts of 2025 survive by the life table, nobody moves"


def adults_by_year() -> Integers:
    """Return residents (years 2017-2035, provinces, birth years 1915-2015) with age of the year 20 or more.

    A cohort's cells are 0 before the January of the year in which it reaches 20.
    """
    table = people_at_table_date()
    by_year = {TABLE_YEAR: table}
    for year in range(FIRST_YEAR, LAST_OBSERVED_TOTAL_YEAR + 1):
        by_year[year] = _moved_back(table, year)
    for year in range(LAST_OBSERVED_TOTAL_YEAR + 1, TABLE_YEAR):
        part = (year - LAST_OBSERVED_TOTAL_YEAR) / (TABLE_YEAR - LAST_OBSERVED_TOTAL_YEAR)
        by_year[year] = (1 - part) * by_year[LAST_OBSERVED_TOTAL_YEAR] + part * table
    for year in range(TABLE_YEAR + 1, LAST_YEAR + 1):
        by_year[year] = table * _survival(year)
    return np.stack([_whole_adults(by_year[year], year) for year in YEARS])


def people_at_table_date() -> Floats:
    """Return residents at the end of 2024 (provinces, birth years 1915-2024), oldest cohort first.

    Sums over ten-year bands are the published ones; national single ages also meet the bands of end 2018.
    """
    bands = _published_bands()
    national = _national_ages(bands.sum(axis=0))
    to_bands = bands_of_ten(CLOSING_AGE)
    ages = np.stack([smoothest_ages(to_bands, band) for band in bands])
    for number in range(len(_BANDS)):
        band = slice(10 * number, 10 * number + 10)
        ages[:, band] = fit_margins(ages[:, band], bands[:, number], national[band])
    return ages[:, ::-1]


def _published_bands() -> Floats:
    rows = official("I_pop_province_age", "2024")
    people = {(row["region"], row["note"].split(";")[0]): float(row["value"]) for row in rows}
    return np.array([[people[province, band] for band in _BANDS] for province in PROVINCES])


def _national_ages(bands: Floats) -> Floats:
    """Single ages at the end of 2024 that meet its bands and, moved back six years, those of end 2018.

    The bands of 2018 count all registered people; they are scaled to residents by the ratio of the totals.
    """
    registered = official("I_pop_age", "2018")
    registered_total = float(registered[0]["note"].split("total ")[1].replace(",", ""))
    residents = by_region("I_pop_province", "2018")["KR"] / registered_total
    bands_2018 = by_category("I_pop_age", "2018")
    alive, years = survivors(CLOSING_AGE), TABLE_YEAR - 2019
    conditions = np.zeros((len(_BANDS_2018), CLOSING_AGE))
    for row, low in zip(conditions, _BANDS_2018.values(), strict=True):
        then = np.arange(low, low + 10)
        row[then + years] = alive[then] / alive[then + years]
    totals = np.array([bands_2018[name] * residents for name in _BANDS_2018])
    return smoothest_ages(np.vstack([bands_of_ten(CLOSING_AGE), conditions]), np.concatenate([bands, totals]))


def _survival(year: int) -> Floats:
    """Number alive on 1 January `year` per member alive on 1 January 2025, for birth years 1915-2024."""
    age_2025 = np.arange(CLOSING_AGE)[::-1]
    age = age_2025 + year - TABLE_YEAR
    alive = survivors(CLOSING_AGE + LAST_YEAR - TABLE_YEAR)
    return np.where(age >= 0, alive[np.maximum(age, 0)] / alive[age_2025], 0.0)


def _moved_back(table: Floats, year: int) -> Floats:
    """Cohorts of an earlier year: national size by survival, provinces fitted to that year's totals."""
    back = table * _survival(year)
    totals = _province_totals(year)
    national = back.sum(axis=0)
    return fit_margins(back, totals, national * (totals.sum() / national.sum()))


def _province_totals(year: int) -> Floats:
    """Residents of all ages by province on 1 January: the published figure of the year's end before."""
    if year == FIRST_YEAR:
        return _province_totals(FIRST_YEAR + 1) ** 2 / _province_totals(FIRST_YEAR + 2)
    published = by_region("I_pop_province", str(year - 1))
    return np.array([published[province] for province in PROVINCES])


def _whole_adults(people: Floats, year: int) -> Integers:
    """Whole people aged 20 and over by province and written birth year; sums of bands stay nearest."""
    whole = np.zeros((len(PROVINCES), len(BIRTH_YEARS)), dtype=np.int64)
    completed_age = year - 1 - np.array(BIRTH_YEARS)
    for province, row in enumerate(people[:, : len(BIRTH_YEARS)]):
        for band in np.unique(completed_age // 10):
            members = np.flatnonzero(completed_age // 10 == band)
            if row[members].sum() > 0:
                whole[province, members] = largest_remainder(row[members], round(row[members].sum()))
    whole[:, completed_age + 1 < ADULT_AGE] = 0
    return whole
