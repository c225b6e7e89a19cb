"""What a group output holds of every merchant row at a month's end, and which bands an occupant falls into."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.agents.merchants.columns import NEVER, SIZE_STEPS, VACANT, columns_of
from model.codes import FUNDED, OWNER_AGE_BANDS, SECTORS, SIZE_BANDS, TECHNOLOGIES
from model.engine.world import World
from model.settings import ORIGIN
from model.synthetic_population.merchants import MerchantTraits

Columns = dict[str, NDArray[Any]]


def snapshot_of(world: World, traits: MerchantTraits, size_ratio: float) -> Columns:
    """Return the columns of the group "merchants@YYYY-MM" now; size_ratio: of entrants, see the register."""
    rows = columns_of(world.merchants)
    columns: Columns = {
        "id": rows["id"].copy(),
        "alive": rows["entered"] != VACANT,
        "entered": rows["entered"].copy(),
        "debt_krw": rows["debt_krw"].copy(),
        "owner_age_band": age_bands(rows["owner_birth_year"]),
        "size_band": _size_bands(world, rows, traits, size_ratio),
        "active_mask": rows["active"].copy(),
        "installed_mask": rows["installed"].copy(),
        "sales_krw_per_year": rows["sales_year_krw"].copy(),
        "owner_income_krw_per_year": rows["income_year_krw"].copy(),
        **{f"{heads}_heads": rows[heads].copy() for heads in ("family", "regular", "temporary")},
    }
    for technology in FUNDED:
        position = TECHNOLOGIES.index(technology)
        for name, column in (("first_active", "active_at"), ("subsidised", "subsidised_at")):
            months = rows[column][:, position].astype(np.int16)
            columns[f"{name}_{technology}"] = np.where(months == NEVER, np.int16(-1), months)
    return columns


def age_bands(birth_year: NDArray[Any]) -> NDArray[np.uint8]:
    """Return owners' age bands in January 2017."""
    age = ORIGIN // 12 - birth_year.astype(np.int64)
    return np.clip(age // 10 - 2, 0, len(OWNER_AGE_BANDS) - 1).astype(np.uint8)


def rank_bands(rank: NDArray[Any]) -> NDArray[np.uint8]:
    """Return the third of the sector by size rank."""
    return np.minimum((rank * len(SIZE_BANDS)).astype(np.int64), len(SIZE_BANDS) - 1).astype(np.uint8)


def _size_bands(
    world: World, rows: Mapping[str, NDArray[Any]], traits: MerchantTraits, ratio: float
) -> NDArray[np.uint8]:
    """Return thirds of the sector at the start: by rank of those there then, by size of those that opened later."""
    sector = rows["sector"].astype(np.int64)
    market = rows["province"].astype(np.int64) * len(SECTORS) + sector
    scale = np.maximum(world.market_tables[0].market_scale[market], 1e-9)
    size = 12.0 * (rows["start_krw"].astype(np.float64) + rows["business_krw"]) / scale
    bounds = world.merchant_rules[0].size_krw[:, [SIZE_STEPS // 3, 2 * SIZE_STEPS // 3]] / ratio
    by_size = (size[:, None] > bounds[sector]).sum(axis=1)
    return np.where(rows["id"] == traits.id, rank_bands(traits.size_rank), by_size).astype(np.uint8)
