"""The merchants' starting state: sales from stored ranks, heads, cash, and the technologies already in use."""

from collections.abc import Mapping

import numpy as np
from numba import int64, njit
from numpy.typing import NDArray

from model.agents.merchants.adoption import running_cost
from model.agents.merchants.columns import (
    ACTIVE,
    ACTIVE_AT,
    AWARE,
    BUSY,
    INSTALLED,
    INSTALLED_AT,
    LOAN_PROGRAMME,
    MASKS,
    NEVER,
    NO_PROGRAMME,
    NOBODY,
    REVISED_AT,
    ROWS_A_CHUNK,
    RUNNING,
    USED,
    MerchantRows,
    Places,
    columns_of,
    empty_rows,
)
from model.codes import TECHNOLOGIES
from model.numerics import JIT
from model.parameters import vector
from model.records import F4, F8
from model.streams import INITIAL_MERCHANT, draw_lane, stream_key
from model.synthetic_population.merchants import MerchantTraits

_MASKS = len(MASKS)


def chunk_cells(traits: MerchantTraits) -> NDArray[np.int64]:
    """Return the first cell of each chunk (and the end): whole cells, at least ROWS_A_CHUNK rows a chunk."""
    bounds = [0]
    first_row = 0
    for cell in range(traits.cell_sector.size):
        if traits.cell_start[cell + 1] - first_row >= ROWS_A_CHUNK:
            bounds.append(cell + 1)
            first_row = int(traits.cell_start[cell + 1])
    if bounds[-1] != traits.cell_sector.size:
        bounds.append(traits.cell_sector.size)
    return np.array(bounds, dtype=np.int64)


def yearly_sales(traits: MerchantTraits, values: Mapping[str, float]) -> F8:
    """Return every merchant's yearly sales at the start, KRW, by its size rank in the sector.

    A log-normal body, a Pareto tail above its upper quantile and a ceiling; scaled so that each sector's
    weighted mean is the register's. A rank of zero means a merchant without customers.
    """
    sales = np.zeros(traits.id.size)
    means = vector(values, "merchant.sales_mean_krw_per_year", "sectors")
    for sector, mean in enumerate(means):
        rows = np.flatnonzero((traits.sector == sector) & (traits.size_rank > 0))
        shape = size_quantile(traits.size_rank[rows].astype(np.float64), mean, values)
        weight = traits.weight[rows].astype(np.float64)
        sales[rows] = mean * shape * weight.sum() / (weight @ shape)
    return sales


def size_quantile(rank: F8, mean_krw: float, values: Mapping[str, float]) -> F8:
    """Return yearly sales at ranks of a sector in units of its mean, before they are scaled to meet it."""
    from scipy.special import ndtri

    spread, tail = values["merchant.sales_log_sd"], values["merchant.sales_tail_share"]
    body = np.exp(spread * ndtri(np.minimum(rank, 1.0 - tail)) - spread**2 / 2.0)
    over = np.maximum(1.0 - rank, 1e-9) / tail
    size = body * np.where(rank > 1.0 - tail, over ** (-1.0 / values["merchant.sales_tail_exponent"]), 1.0)
    return np.minimum(size, values["merchant.sales_ceiling_krw_per_year"] / mean_krw)


def make_rows(traits: MerchantTraits) -> MerchantRows:
    """Return the merchants' columns with their traits, and "never" and "none" where nothing happened yet."""
    rows = empty_rows(traits.id.size)
    columns = columns_of(rows)
    for name in ("id", "weight", "owner_birth_year", "province", "kind", "sector"):
        columns[name][:] = getattr(traits, name)
    rows.codes[REVISED_AT] = NEVER
    rows.codes[LOAN_PROGRAMME] = NO_PROGRAMME
    return rows


def founders_of(traits: MerchantTraits) -> NDArray[np.int32]:
    """Return by cell how many merchants have customers at the start."""
    upto = np.concatenate([[0], np.cumsum(traits.size_rank > 0)])
    return (upto[traits.cell_start[1:]] - upto[traits.cell_start[:-1]]).astype(np.int32)


def set_sales(rows: MerchantRows, traits: MerchantTraits, yearly_krw: F8, values: Mapping[str, float]) -> None:
    """Set what hangs on starting sales: consumer and business sales, yearly sales, capability."""
    state = columns_of(rows)
    business = np.array(vector(values, "merchant.business_sales_share", "sectors"))[traits.sector]
    state["start_krw"][:] = yearly_krw * (1.0 - business) / 12.0
    state["business_krw"][:] = yearly_krw * business / 12.0
    state["sales_year_krw"][:] = yearly_krw
    half = values["merchant.capability_half_range"]
    state["capability"][:] = 0.5 - half + 2.0 * half * traits.capability_rank


def set_heads(rows: MerchantRows, traits: MerchantTraits, values: Mapping[str, float]) -> None:
    """Set unpaid family, regular and temporary heads: integers, the household's own work comes first."""
    state = columns_of(rows)
    yearly_krw = state["sales_year_krw"]
    state["staff_rank"][:] = traits.staff_rank
    state["mix_rank"][:] = (89.0 * traits.staff_rank + 55.0 * traits.family_rank) % 1.0
    productivity = np.array(vector(values, "merchant.sales_per_paid_head_krw", "sectors"))[traits.sector]
    wished = yearly_krw / productivity - values["merchant.owner_absorbs_heads"]
    paid = np.floor(np.maximum(wished, 0.0) + state["staff_rank"]).astype(np.int64)
    paid[(wished <= 0.0) | (yearly_krw <= 0.0)] = 0
    temporary = np.floor(values["merchant.temporary_share"] * paid + state["mix_rank"]).astype(np.int64)
    temporary = np.minimum(temporary, paid)
    state["family"][:] = traits.family_rank < values["merchant.family_share"]
    state["temporary"][:] = temporary
    state["regular"][:] = paid - temporary


def set_life(rows: MerchantRows, traits: MerchantTraits, yearly_krw: F8, values: Mapping[str, float]) -> None:
    """Set quality at its mean and the spread of its shocks, which falls with size over the sector's mean."""
    state = columns_of(rows)
    means = np.array(vector(values, "merchant.sales_mean_krw_per_year", "sectors"))[traits.sector]
    size = np.maximum(yearly_krw / means, 1e-3)
    scaled = np.clip(size ** -values["quality.spread_size_exponent"], 0.5, 2.0)
    state["shock_spread"][:] = values["quality.shock_spread"] * scaled
    state["base_krw"][:] = state["start_krw"]
    state["base_business_krw"][:] = state["business_krw"]


def set_cash(rows: MerchantRows, traits: MerchantTraits, wage_krw: F8, values: Mapping[str, float]) -> None:
    """Set cash to its target: `cash_buffer_months` of inputs, rent, other costs and wages; and yearly income."""
    state = columns_of(rows)
    shares = {
        name: np.array(vector(values, f"merchant.{name}_share", "sectors"))[traits.sector]
        for name in ("input", "rent", "other_cost")
    }
    month = (state["start_krw"] + state["business_krw"]).astype(np.float64)
    wages = state["regular"] * wage_krw[0] + state["temporary"] * wage_krw[1]
    costs = month * sum(shares.values()) + wages
    rows.cash_krw[:] = values["merchant.cash_buffer_months"] * costs
    state["income_year_krw"][:] = 12.0 * (month - costs)


def set_technologies(
    rows: MerchantRows, usable_of_sector: NDArray[np.integer], values: Mapping[str, float], seed: int, year: int
) -> dict[str, F8]:
    """Let merchants start aware of, and with, technologies; returns each row's chance of each one at the start.

    Chances follow capability and the owner's age with the weights of later adoption; constants are solved so
    that the weighted share among those who can use it is the register's. usable_of_sector: mask by sector.
    """
    state = columns_of(rows)
    age = year - state["owner_birth_year"].astype(np.float64)
    person = values["adoption.capability_weight"] * (state["capability"] - 0.5)
    person -= values["adoption.age_weight_per_decade"] * (age - 50.0) / 10.0
    has, hears = (_uniforms(seed, part, rows.id) for part in (0, 1))
    chances: dict[str, F8] = {}
    for technology, code in enumerate(TECHNOLOGIES):
        usable = (usable_of_sector[state["sector"]] >> technology & 1 != 0) & (state["start_krw"] > 0)
        share = values[f"technology.initial_share.{code}"]
        chances[code] = np.where(usable, _chances(person, rows.weight, usable, share), 0.0)
        installed = usable & (has[technology] < chances[code])
        aware = installed | (usable & (hears[technology] < values[f"technology.initial_aware_share.{code}"]))
        for masks, holds, dates in (
            ((AWARE,), aware, ()),
            ((INSTALLED, ACTIVE, USED), installed, (INSTALLED_AT, ACTIVE_AT)),
        ):
            for mask in masks:
                state[MASKS[mask]][:] |= (holds.astype(np.uint16) << technology).astype(np.uint16)
            for date in dates:
                rows.history[holds, date * len(TECHNOLOGIES) + technology] = 0
    return chances


@njit(**JIT)
def count_and_cost(rows: MerchantRows, places: Places, running_krw: F4) -> None:
    """Count the masks of every cell anew, and set every row's running cost."""
    places.counts[:] = 0
    for cell in range(places.first_row.size - 1):
        places.alive[cell] = 0
        for row in range(places.first_row[cell], places.first_row[cell + 1]):
            places.alive[cell] += 1 if rows.id[row] != NOBODY else 0
            for mask in range(_MASKS):
                bits = int64(rows.masks[mask, row]) if mask < BUSY else int64(rows.marks[row, mask - BUSY])
                if bits == 0:
                    continue
                for technology in range(places.counts.shape[2]):
                    places.counts[cell, mask, technology] += (bits >> technology) & 1
            rows.numbers[RUNNING, row] = running_cost(int64(rows.masks[INSTALLED, row]), running_krw)


def _chances(person: F8, weight: NDArray[np.float32], usable: NDArray[np.bool_], share: float) -> F8:
    if share <= 0.0:
        return np.zeros(person.size)
    from scipy.optimize import brentq

    weights, of_usable = weight[usable] / weight[usable].sum(), person[usable]

    def excess(constant: float) -> float:
        return float(weights @ (1.0 / (1.0 + np.exp(-constant - of_usable))) - share)

    return np.asarray(1.0 / (1.0 + np.exp(-brentq(excess, -30.0, 30.0) - person)))


def _uniforms(seed: int, part: int, ids: NDArray[np.uint64]) -> NDArray[np.float32]:
    key = stream_key(np.uint64(seed), np.uint64(INITIAL_MERCHANT), part)
    return _uniform_lanes(np.uint64(key), ids, np.empty((len(TECHNOLOGIES), ids.size), np.float32))


@njit(**JIT)
def _uniform_lanes(key: int, ids: NDArray[np.uint64], out: NDArray[np.float32]) -> NDArray[np.float32]:
    for i in range(ids.size):
        for lane in range(out.shape[0]):
            out[lane, i] = draw_lane(key, ids[i], lane)
    return out
