"""People: every resident adult of 2017 to 2035 in one fixed order, and the even sample of every n-th of them.

The order is province, entry year, exit year, birth year. A person's number in it is its id, the same at every
scale; taking every n-th keeps each group of that order to within one person, so that entries, deaths and
moves of every January follow the tables without any draw.
"""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit, uint16, uint32

from model.codes import PROVINCES
from model.numerics import JIT_ALLOCATING
from model.synthetic_population.apportion import Floats, Integers
from model.synthetic_population.low_discrepancy import even_stride, radical_inverse
from model.synthetic_population.tables import people_table, read_only

PEOPLE_PER_MERCHANT_SCALE: Final = 10
"""At scale N > 1 a person's row stands for about 10 N people; at N = 1 for one."""


class PeopleTraits(NamedTuple):
    """What never changes about each sampled person, rows in order of id (so provinces are contiguous).

    Attributes:
        id: number in the one-to-one population.
        province: position in `codes.PROVINCES`.
        birth_year: year; age of the year = year - birth_year.
        entry_year: first January (year) at which the person is an adult resident of the province.
        exit_year: first January at which the person no longer is; 2036 for who stays to the table's end.
        income_rank: rank / 65,536 is uniform and evenly spread in every group, independent of the others.
        skill_rank: as `income_rank`.
        aversion_rank: as `income_rank`.
        weight_by_province: people a row stands for, one figure a province (17): no column.
    """

    id: npt.NDArray[np.uint32]
    province: npt.NDArray[np.uint8]
    birth_year: npt.NDArray[np.int16]
    entry_year: npt.NDArray[np.int16]
    exit_year: npt.NDArray[np.int16]
    income_rank: npt.NDArray[np.uint16]
    skill_rank: npt.NDArray[np.uint16]
    aversion_rank: npt.NDArray[np.uint16]
    weight_by_province: Floats


class PeopleFrame(NamedTuple):
    """Runs of `people` alike in province, entry, exit and birth year; `start` is the first one's id."""

    province: Integers
    entry_year: Integers
    exit_year: Integers
    birth_year: Integers
    start: Integers
    people: Integers


@cache
def people_frame() -> PeopleFrame:
    """Return the one-to-one population as runs, in order of id.

    In each province and birth year, growth from one January to the next enters and shrinkage leaves; who came
    first leaves first. Only net movements are in the tables.
    """
    table = people_table()
    present = table.adults.transpose(1, 2, 0).reshape(-1, len(table.years))
    change = np.diff(present, axis=1, prepend=0)
    entered = np.cumsum(np.maximum(change, 0), axis=1)
    left = np.cumsum(np.maximum(-change, 0), axis=1)
    edges = np.sort(np.concatenate([np.zeros_like(entered[:, :1]), entered, left], axis=1), axis=1)
    start, count = edges[:, :-1], np.diff(edges, axis=1)
    years_before_entry = (entered[:, :, np.newaxis] <= start[:, np.newaxis, :]).sum(axis=1)
    years_before_exit = (left[:, :, np.newaxis] <= start[:, np.newaxis, :]).sum(axis=1)
    cell, run = np.nonzero(count)
    province, cohort = np.divmod(cell, len(table.birth_years))
    entry_year = years_before_entry[cell, run] + table.years[0]
    exit_year = years_before_exit[cell, run] + table.years[0]
    birth_year = np.array(table.birth_years)[cohort]
    order = np.lexsort((birth_year, exit_year, entry_year, province))
    size = count[cell, run][order]
    columns = (province[order], entry_year[order], exit_year[order], birth_year[order])
    return PeopleFrame(*columns, np.cumsum(size) - size, size)


def sample_people(scale: float, focus_provinces: frozenset[int], first_year: int, last_year: int) -> PeopleTraits:
    """Return the people of the sample 1 / (10 `scale`) who are adults at some January of the horizon.

    Every person at scale 1 and in provinces in focus. Weights are raked to the adults of each province on
    1 January `first_year`.
    """
    frame = people_frame()
    stride = 1 if scale == 1 else even_stride(PEOPLE_PER_MERCHANT_SCALE * scale)
    strides = np.full(len(PROVINCES), stride, dtype=np.int64)
    strides[list(focus_provinces)] = 1
    inside = (frame.exit_year > first_year) & (frame.entry_year <= last_year)
    runs = PeopleFrame(*(column[inside] for column in frame))
    step = strides[runs.province]
    # The sample starts half a stride into the order.
    first = -(-(runs.start - step // 2) // step)
    rows = -(-(runs.start + runs.people - step // 2) // step) - first
    people = _empty_people(int(rows.sum()), _weights(runs, rows, first_year))
    _fill(runs, first * step + step // 2, step, rows, people)
    return PeopleTraits(*(read_only(column) for column in people))


def _weights(runs: PeopleFrame, rows: Integers, year: int) -> Floats:
    """People of the table per sampled adult of each province on 1 January `year`."""
    present = (runs.entry_year <= year) & (year < runs.exit_year)
    sampled = np.bincount(runs.province[present], weights=rows[present], minlength=len(PROVINCES))
    people = np.bincount(runs.province[present], weights=runs.people[present], minlength=len(PROVINCES))
    return people / np.maximum(sampled, 1)


def _empty_people(rows: int, weights: Floats) -> PeopleTraits:
    return PeopleTraits(
        id=np.empty(rows, np.uint32),
        province=np.empty(rows, np.uint8),
        birth_year=np.empty(rows, np.int16),
        entry_year=np.empty(rows, np.int16),
        exit_year=np.empty(rows, np.int16),
        income_rank=np.empty(rows, np.uint16),
        skill_rank=np.empty(rows, np.uint16),
        aversion_rank=np.empty(rows, np.uint16),
        weight_by_province=weights,
    )


@njit(**JIT_ALLOCATING)
def _fill(runs: PeopleFrame, first_id: Integers, step: Integers, rows: Integers, people: PeopleTraits) -> None:
    row = 0
    for run in range(len(rows)):
        for number in range(rows[run]):
            person = first_id[run] + number * step[run]
            people.id[row] = uint32(person)
            people.province[row] = runs.province[run]
            people.birth_year[row] = runs.birth_year[run]
            people.entry_year[row] = runs.entry_year[run]
            people.exit_year[row] = runs.exit_year[run]
            people.income_rank[row] = uint16(radical_inverse(person, 2, 16) * 65536.0)
            people.skill_rank[row] = uint16(radical_inverse(person, 3, 10) * 65536.0)
            people.aversion_rank[row] = uint16(radical_inverse(person, 5, 7) * 65536.0)
            row += 1


@njit(**JIT_ALLOCATING)
def count_adults(people: PeopleTraits, year: int, band_of_age: npt.NDArray[np.uint8]) -> Integers:
    """Return rows present on 1 January `year` by province and age band: int64 (17, bands).

    `band_of_age` gives the band of each age of the year from 0 to 139.
    """
    counts = np.zeros((len(PROVINCES), band_of_age.max() + 1), dtype=np.int64)
    for row in range(len(people.id)):
        if people.entry_year[row] <= year < people.exit_year[row]:
            counts[people.province[row], band_of_age[year - people.birth_year[row]]] += 1
    return counts
