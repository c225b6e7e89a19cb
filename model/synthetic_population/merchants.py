"""Small merchants: all of the sampled districts, with ranks that spread evenly over each sector."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import float32, int16, njit, uint8, uint32

from model.codes import SECTORS
from model.numerics import JIT_ALLOCATING
from model.synthetic_population.apportion import Floats, Integers
from model.synthetic_population.districts import (
    DistrictFrame,
    DistrictSample,
    district_frame,
    sample_districts,
)
from model.synthetic_population.low_discrepancy import radical_inverse
from model.synthetic_population.tables import owner_ages, read_only

SLOTS_PER_DISTRICT: Final = 4096
"""Id of a merchant = index of its district in the frame x this + its slot in the district."""


class MerchantTraits(NamedTuple):
    """What never changes about each sampled merchant; rows sorted by province, sector, district: market by market.

    Attributes:
        id: the same merchant has the same id at every scale.
        weight: real merchants a row stands for.
        province: position in `codes.PROVINCES`.
        kind: position in `codes.DISTRICT_KINDS`.
        sector: position in `codes.SECTORS`.
        district: position among this sample's districts.
        owner_birth_year: year.
        size_rank: weighted middle quantile in the sector, in (0, 1): totals by size hold at every scale.
        capability_rank: uniform in (0, 1), evenly spread in the sector, independent of the other ranks.
        family_rank: as `capability_rank`, for unpaid family.
        staff_rank: as `capability_rank`, for paid staff.
        cell_start: first row of each cell (one district, one sector; empty ones left out) and, last, the end.
        cell_district: district of each cell.
        cell_sector: sector of each cell.
        district_kind: kind of each district.
        district_province: province of each district.
        district_index: position of each district in the one-to-one frame.
    """

    id: npt.NDArray[np.uint32] | npt.NDArray[np.uint64]
    weight: npt.NDArray[np.float32]
    province: npt.NDArray[np.uint8]
    kind: npt.NDArray[np.uint8]
    sector: npt.NDArray[np.uint8]
    district: npt.NDArray[np.int32]
    owner_birth_year: npt.NDArray[np.int16]
    size_rank: npt.NDArray[np.float32]
    capability_rank: npt.NDArray[np.float32]
    family_rank: npt.NDArray[np.float32]
    staff_rank: npt.NDArray[np.float32]
    cell_start: npt.NDArray[np.int64]
    cell_district: npt.NDArray[np.int32]
    cell_sector: npt.NDArray[np.uint8]
    district_kind: npt.NDArray[np.uint8]
    district_province: npt.NDArray[np.uint8]
    district_index: npt.NDArray[np.int32]


class _Cells(NamedTuple):
    """Non-empty cells in row order: where each is, its first slot, weight and first number in its sector."""

    district: npt.NDArray[np.int32]
    sector: npt.NDArray[np.uint8]
    size: Integers
    start: Integers
    first_slot: Integers
    first_in_sector: Integers
    weight: Floats


def sample_merchants(
    scale: float, focus_provinces: frozenset[int], focus_kinds: frozenset[int], first_year: int
) -> MerchantTraits:
    """Return all merchants of the districts that `sample_districts` takes, with their traits.

    Owners have the published age distribution on 1 January `first_year`.
    """
    frame = district_frame()
    sample = sample_districts(scale, focus_provinces, focus_kinds)
    cells = _cells(frame, sample)
    merchants = _empty_merchants(frame, sample, cells)
    size = np.empty(len(merchants.id))
    ages = owner_ages()
    cumulated = np.concatenate([[0.0], np.cumsum(ages.shares)])
    _fill(cells, merchants, size, cumulated, ages.edges, first_year)
    _rank_sizes(merchants, size)
    return MerchantTraits(*(read_only(column) for column in merchants))


NOBODY: Final = 2**64 - 1
"""Id of a row without a merchant."""
ROOM_SHARE, ROOM_ROOT = 0.05, 1.0


def with_room(traits: MerchantTraits) -> MerchantTraits:
    """Return the traits with vacant rows at the end of every cell, for merchants that will open there.

    Births and deaths scatter like the root of a cell's size; a vacant row has the id NOBODY and no customers (rank 0).
    """
    size = np.diff(traits.cell_start)
    room = np.ceil(ROOM_SHARE * size + ROOM_ROOT * np.sqrt(size)).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(size + room)])
    place = np.arange(starts[-1]) - np.repeat(starts[:-1], size + room)
    vacant = place >= np.repeat(size, size + room)
    source = np.repeat(traits.cell_start[:-1], size + room) + np.where(vacant, 0, place)
    by_row = {name: getattr(traits, name)[source] for name in MerchantTraits._fields[:11]}
    by_row["id"] = np.where(vacant, np.uint64(NOBODY), by_row["id"].astype(np.uint64))
    by_row["size_rank"] = np.where(vacant, np.float32(0.0), by_row["size_rank"])
    columns = {**by_row, "cell_start": starts}
    return traits._replace(**{name: read_only(column) for name, column in columns.items()})


def _cells(frame: DistrictFrame, sample: DistrictSample) -> _Cells:
    merchants = frame.merchants[sample.position]
    district, sector = np.nonzero(merchants)
    by_market = np.lexsort((district, sector, frame.province[sample.position][district]))
    district, sector = district[by_market], sector[by_market]
    size = merchants[district, sector]
    slots = np.cumsum(merchants, axis=1) - merchants
    return _Cells(
        district.astype(np.int32),
        sector.astype(np.uint8),
        size,
        np.concatenate([[0], np.cumsum(size)]),
        slots[district, sector],
        frame.first_in_sector[sample.position][district, sector],
        sample.weight[district, sector],
    )


def _empty_merchants(frame: DistrictFrame, sample: DistrictSample, cells: _Cells) -> MerchantTraits:
    rows = int(cells.start[-1])
    return MerchantTraits(
        id=np.empty(rows, np.uint32),
        weight=np.empty(rows, np.float32),
        province=np.empty(rows, np.uint8),
        kind=np.empty(rows, np.uint8),
        sector=np.empty(rows, np.uint8),
        district=np.empty(rows, np.int32),
        owner_birth_year=np.empty(rows, np.int16),
        size_rank=np.empty(rows, np.float32),
        capability_rank=np.empty(rows, np.float32),
        family_rank=np.empty(rows, np.float32),
        staff_rank=np.empty(rows, np.float32),
        cell_start=cells.start,
        cell_district=cells.district,
        cell_sector=cells.sector,
        district_kind=frame.kind[sample.position].astype(np.uint8),
        district_province=frame.province[sample.position].astype(np.uint8),
        district_index=sample.position.astype(np.int32),
    )


@njit(**JIT_ALLOCATING)
def _fill(
    cells: _Cells,
    merchants: MerchantTraits,
    size: Floats,
    cumulated: Floats,
    age_edges: Floats,
    first_year: int,
) -> None:
    for cell in range(len(cells.size)):
        district = cells.district[cell]
        first_id = merchants.district_index[district] * SLOTS_PER_DISTRICT + cells.first_slot[cell]
        for place in range(cells.size[cell]):
            row = cells.start[cell] + place
            number = cells.first_in_sector[cell] + place
            merchants.id[row] = uint32(first_id + place)
            merchants.weight[row] = float32(cells.weight[cell])
            merchants.province[row] = merchants.district_province[district]
            merchants.kind[row] = merchants.district_kind[district]
            merchants.sector[row] = uint8(cells.sector[cell])
            merchants.district[row] = district
            size[row] = radical_inverse(number, 2, 24)
            merchants.capability_rank[row] = float32(radical_inverse(number, 3, 13))
            merchants.family_rank[row] = float32(radical_inverse(number, 5, 9))
            merchants.staff_rank[row] = float32(radical_inverse(number, 7, 7))
            age = np.interp(radical_inverse(number, 11, 6), cumulated, age_edges)
            merchants.owner_birth_year[row] = int16(first_year - int(age))


def _rank_sizes(merchants: MerchantTraits, size: Floats) -> None:
    """Write each sector's weighted middle quantiles in the order of `size`."""
    for sector in range(len(SECTORS)):
        rows = np.flatnonzero(merchants.sector == sector)
        rows = rows[np.argsort(size[rows], kind="stable")]
        weight = merchants.weight[rows].astype(np.float64)
        upto = np.cumsum(weight)
        if len(rows):
            merchants.size_rank[rows] = (upto - weight / 2) / upto[-1]
