"""Districts: the one-to-one frame, the cluster sample of it, and the weights that keep the margins.

The frame lists every district of every stratum (province x kind); districts of a stratum are alike but for
rounding. A sample takes whole districts, never some of a district's merchants.
"""

from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from model.codes import DISTRICT_KINDS, MACRO_REGION_OF_PROVINCE, MACRO_REGIONS, PROVINCES, SECTORS
from model.numerics import JIT_ALLOCATING
from model.streams import CHOICE_OF_DISTRICTS, draw_bits, stream_key
from model.synthetic_population.apportion import Floats, Integers
from model.synthetic_population.low_discrepancy import GOLDEN_SECTION
from model.synthetic_population.tables import merchant_table

KINDS_SAMPLED_BY_MACRO_REGION: Final = ("traditional_market", "workshop_cluster")
MANUFACTURING: Final = SECTORS.index("small_manufacturing")
RAKING_ROUNDS: Final = 200
LARGEST_RAKING_FACTOR: Final = 4.0
"""Bound on what the kind margins may do to a weight: very small samples cannot meet them."""


Flags = npt.NDArray[np.bool_]


class DistrictFrame(NamedTuple):
    """All districts: `province` and `kind` (districts), `merchants` (districts, sectors).

    `first_in_sector` (districts, sectors) is the number of its first merchant among all of the sector.
    """

    province: Integers
    kind: Integers
    merchants: Integers
    first_in_sector: Integers


class DistrictSample(NamedTuple):
    """Sampled districts in order of `position` in the frame, with `weight` (districts, sectors)."""

    position: Integers
    weight: Floats


@cache
def district_frame() -> DistrictFrame:
    """Return the frame: strata as in districts.csv, their merchants spread evenly over their districts."""
    table = merchant_table()
    districts = table.districts.ravel()
    stratum = np.repeat(np.arange(len(districts)), districts)
    number = np.arange(len(stratum)) - np.repeat(np.cumsum(districts) - districts, districts)
    merchants = table.merchants.reshape(len(districts), len(SECTORS))[stratum]
    size = districts[stratum][:, np.newaxis]
    before = number[:, np.newaxis] * merchants // size
    counts = (number[:, np.newaxis] + 1) * merchants // size - before
    province, kind = np.divmod(stratum, len(DISTRICT_KINDS))
    return DistrictFrame(province, kind, counts, np.cumsum(counts, axis=0) - counts)


def sample_districts(scale: float, focus_provinces: frozenset[int], focus_kinds: frozenset[int]) -> DistrictSample:
    """Return the stratified cluster sample 1 / `scale` of the districts; strata in focus are taken whole.

    Markets and workshop clusters are sampled within macro-regions, streets within provinces; each such pool
    keeps at least one district. Which districts a stratum gives is a keyed choice: a larger sample of it
    contains the smaller.
    """
    frame = district_frame()
    focus = np.isin(frame.province, list(focus_provinces)) | np.isin(frame.kind, list(focus_kinds))
    taken = focus.astype(np.float64)
    pools = _pool_of_district(frame)
    order = _keyed_order(len(focus))
    for pool in np.unique(pools[~focus]):
        members = np.flatnonzero((pools == pool) & ~focus)
        chosen = _choose(members, frame, scale, (int(pool) + 1) * GOLDEN_SECTION % 1.0, order)
        taken[chosen] = len(members) / len(chosen)
    position = np.flatnonzero(taken)
    return DistrictSample(position, _raked(frame, position, taken[position], focus))


def _pool_of_district(frame: DistrictFrame) -> Integers:
    by_macro_region = [DISTRICT_KINDS.index(kind) for kind in KINDS_SAMPLED_BY_MACRO_REGION]
    region = np.array(MACRO_REGION_OF_PROVINCE)[frame.province]
    pools = len(by_macro_region) * len(MACRO_REGIONS) + frame.province
    for number, kind in enumerate(by_macro_region):
        pools = np.where(frame.kind == kind, number * len(MACRO_REGIONS) + region, pools)
    return pools


@njit(**JIT_ALLOCATING)
def _keyed_bits(key_code: int, districts: int) -> npt.NDArray[np.uint64]:
    bits = np.empty(districts, dtype=np.uint64)
    key = stream_key(0, key_code, 0)
    for district in range(districts):
        bits[district] = draw_bits(key, district)
    return bits


def _keyed_order(districts: int) -> Integers:
    """Place of each district of the frame in an order that depends on nothing but its index."""
    return np.argsort(np.argsort(_keyed_bits(np.uint64(CHOICE_OF_DISTRICTS), districts)))


def _choose(members: Integers, frame: DistrictFrame, scale: float, offset: float, order: Integers) -> Integers:
    """Districts of one pool: strata get even shares (systematic from `offset`), each its first in `order`."""
    wanted = min(len(members), max(1, round(len(members) / scale)))
    stratum = frame.province[members] * len(DISTRICT_KINDS) + frame.kind[members]
    strata, sizes = np.unique(stratum, return_counts=True)
    reached = np.floor(np.cumsum(sizes) * wanted / len(members) + offset).astype(np.int64)
    shares = np.diff(reached, prepend=0)
    chosen = [
        (own := members[stratum == code])[np.argsort(order[own])[:share]]
        for code, share in zip(strata, shares, strict=True)
    ]
    return np.concatenate(chosen)


def _raked(frame: DistrictFrame, position: Integers, initial: Floats, focus: Flags) -> Floats:
    """Weights (sampled districts, sectors): 1 in focus, else raked to province x sector and kind x sector.

    Where some province of a macro-region has no district with a sector, that sector is raked to the
    macro-region as a whole. Province margins come last and are exact.
    """
    weight = np.repeat(initial[:, np.newaxis], len(SECTORS), axis=1)
    merchants, free = frame.merchants[position], ~focus[position]
    if not free.any():
        return weight
    area = _raking_area(frame, position, focus)
    place, kind = area[frame.province[position][free]], frame.kind[position][free]
    wanted_in_area, wanted_in_kind = _raking_targets(frame, area, focus)
    start, merchants = weight[free], merchants[free]
    raked = start
    for _ in range(RAKING_ROUNDS):
        by_kind = _ratio(wanted_in_kind, _totals(kind, merchants * raked, len(DISTRICT_KINDS)))[kind]
        raked = np.clip(raked * by_kind, start / LARGEST_RAKING_FACTOR, start * LARGEST_RAKING_FACTOR)
        by_area = _ratio(wanted_in_area, _totals(place, merchants * raked, len(wanted_in_area)))
        raked = raked * by_area[place, np.arange(len(SECTORS))]
        if np.abs(by_kind[merchants > 0] - 1).max() < 1e-9:
            break
    weight[free] = raked
    return weight


def _raking_targets(frame: DistrictFrame, area: Integers, focus: Flags) -> tuple[Floats, Floats]:
    """Merchants of the frame outside the focus, by (area, sector) and by (kind, sector)."""
    outside = frame.merchants * ~focus[:, np.newaxis]
    in_area = _totals(area[frame.province], outside, len(PROVINCES) + len(MACRO_REGIONS))
    return in_area, _totals(frame.kind, outside, len(DISTRICT_KINDS))


def _raking_area(frame: DistrictFrame, position: Integers, focus: Flags) -> Integers:
    """Area (provinces, sectors) to whose total a sector is raked: the province, or 17 + its macro-region."""
    wanted = _totals(frame.province, frame.merchants * ~focus[:, np.newaxis], len(PROVINCES)) > 0
    free = position[~focus[position]]
    found = _totals(frame.province[free], frame.merchants[free], len(PROVINCES)) > 0
    region = np.array(MACRO_REGION_OF_PROVINCE)
    lacking = np.zeros((len(MACRO_REGIONS), len(SECTORS)), dtype=bool)
    np.logical_or.at(lacking, region, wanted & ~found)
    provinces = np.arange(len(PROVINCES))[:, np.newaxis]
    return np.where(lacking[region], len(PROVINCES) + region[:, np.newaxis], provinces)


def _totals(group: Integers, values: npt.NDArray[Any], groups: int) -> Floats:
    """Sums of `values` (districts, sectors) by group of each district, or of each district and sector."""
    totals = np.zeros((groups, len(SECTORS)))
    place = group if group.ndim == 2 else group[:, np.newaxis]
    np.add.at(totals, (place, np.arange(len(SECTORS))), values)
    return totals


def _ratio(wanted: Floats, found: Floats) -> Floats:
    return np.divide(wanted, found, out=np.ones_like(found), where=found > 0)
