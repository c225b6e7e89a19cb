"""The merchants' starting state: sales from stored ranks, heads, cash, and the technologies already in use."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.agents.merchants.columns import (
    ACTIVE,
    ACTIVE_AT,
    AWARE,
    AWARE_AT,
    INSTALLED,
    INSTALLED_AT,
    MERCHANT,
    NO_PROGRAMME,
    OPEN_MARKET,
    ROWS_A_CHUNK,
)
from model.codes import GOODS_NEEDS, SECTORS, TECHNOLOGIES
from model.numerics import JIT
from model.parameters import vector
from model.records import F8, Records, records
from model.streams import INITIAL_MERCHANT, draw_bits, stream_key, uniform_lane
from model.synthetic_population.merchants import MerchantTraits

_MANUFACTURER: Final = len(SECTORS) - 1


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
        shape = _size_quantile(traits.size_rank[rows].astype(np.float64), values)
        shape = np.minimum(shape, values["merchant.sales_ceiling_krw_per_year"] / mean)
        weight = traits.weight[rows].astype(np.float64)
        sales[rows] = mean * shape * weight.sum() / (weight @ shape)
    return sales


def _size_quantile(rank: F8, values: Mapping[str, float]) -> F8:
    from scipy.special import ndtri

    spread, tail = values["merchant.sales_log_sd"], values["merchant.sales_tail_share"]
    body = np.exp(spread * ndtri(np.minimum(rank, 1.0 - tail)) - spread**2 / 2.0)
    over = np.maximum(1.0 - rank, 1e-9) / tail
    return body * np.where(rank > 1.0 - tail, over ** (-1.0 / values["merchant.sales_tail_exponent"]), 1.0)


def make_rows(traits: MerchantTraits) -> Records:
    """Return the merchants' records with their traits, and "never" and "none" where nothing happened yet."""
    rows = records(MERCHANT, traits.id.size)
    for name in ("id", "weight", "owner_birth_year", "province", "kind", "sector"):
        rows[name] = getattr(traits, name)
    rows.month = -1
    rows.programme = NO_PROGRAMME
    return rows


def set_sales(state: Records, traits: MerchantTraits, yearly_krw: F8, values: Mapping[str, float]) -> None:
    """Set what hangs on starting sales: consumer and business sales, yearly sales, capability."""
    business = np.array(vector(values, "merchant.business_sales_share", "sectors"))[traits.sector]
    state.start_krw[:] = yearly_krw * (1.0 - business) / 12.0
    state.business_krw[:] = yearly_krw * business / 12.0
    state.sales_year_krw[:] = yearly_krw
    half = values["merchant.capability_half_range"]
    state.capability[:] = 0.5 - half + 2.0 * half * traits.capability_rank


def set_heads(state: Records, traits: MerchantTraits, values: Mapping[str, float]) -> None:
    """Set unpaid family, regular and temporary heads: integers, the household's own work comes first."""
    productivity = np.array(vector(values, "merchant.sales_per_paid_head_krw", "sectors"))[traits.sector]
    wished = state.sales_year_krw / productivity - values["merchant.owner_absorbs_heads"]
    paid = np.floor(np.maximum(wished, 0.0) + traits.staff_rank).astype(np.int64)
    paid[(wished <= 0.0) | (state.sales_year_krw <= 0.0)] = 0
    second_rank = (89.0 * traits.staff_rank + 55.0 * traits.family_rank) % 1.0
    temporary = np.floor(values["merchant.temporary_share"] * paid + second_rank).astype(np.int64)
    temporary = np.minimum(temporary, paid)
    state.family[:] = traits.family_rank < values["merchant.family_share"]
    state.temporary[:] = temporary
    state.regular[:] = paid - temporary


def set_cash(state: Records, traits: MerchantTraits, wage_krw: F8, values: Mapping[str, float]) -> None:
    """Set cash to its target: `cash_buffer_months` of inputs, rent, other costs and wages; and yearly income."""
    shares = {
        name: np.array(vector(values, f"merchant.{name}_share", "sectors"))[traits.sector]
        for name in ("input", "rent", "other_cost")
    }
    month = (state.start_krw + state.business_krw).astype(np.float64)
    wages = state.regular * wage_krw[0] + state.temporary * wage_krw[1]
    costs = month * sum(shares.values()) + wages
    state.cash_krw[:] = values["merchant.cash_buffer_months"] * costs
    state.income_year_krw[:] = 12.0 * (month - costs)


def set_technologies(state: Records, traits: MerchantTraits, values: Mapping[str, float], seed: int, year: int) -> F8:
    """Let merchants start aware of, and with, technologies; returns each one's chance of open-market entry.

    Chances follow capability and the owner's age with the weights of later adoption; constants are solved so
    that the weighted share is the register's.
    """
    age = year - traits.owner_birth_year.astype(np.float64)
    person = values["adoption.capability_weight"] * (state.capability - 0.5)
    person -= values["adoption.age_weight_per_decade"] * (age - 50.0) / 10.0
    has = _uniforms(seed, 0, traits.id)
    hears = _uniforms(seed, 1, traits.id)
    entry_chance = np.zeros(traits.id.size)
    for technology, code in enumerate(TECHNOLOGIES):
        usable = traits.sector < GOODS_NEEDS if technology == OPEN_MARKET else traits.sector != _MANUFACTURER
        usable = usable & (state.start_krw > 0)
        share = values[f"technology.initial_share.{code}"]
        chance = np.where(usable, _chances(person, traits.weight, usable, share), 0.0)
        if technology == OPEN_MARKET:
            entry_chance = chance
        aware = usable & (hears[technology] < values[f"technology.initial_aware_share.{code}"])
        installed = usable & (has[technology] < chance)
        state.stage[:, technology] = np.where(installed, AWARE | INSTALLED | ACTIVE, np.where(aware, AWARE, 0))
        state.month[aware | installed, AWARE_AT, technology] = 0
        state.month[installed, INSTALLED_AT, technology] = 0
        state.month[installed, ACTIVE_AT, technology] = 0
    return entry_chance


def _chances(person: F8, weight: NDArray[np.float32], usable: NDArray[np.bool_], share: float) -> F8:
    if share <= 0.0:
        return np.zeros(person.size)
    from scipy.optimize import brentq

    weights = weight[usable] / weight[usable].sum()

    def excess(constant: float) -> float:
        return float(weights @ (1.0 / (1.0 + np.exp(-constant - person[usable]))) - share)

    return np.asarray(1.0 / (1.0 + np.exp(-brentq(excess, -30.0, 30.0) - person)))


def _uniforms(seed: int, part: int, ids: NDArray[np.uint32]) -> NDArray[np.float32]:
    key = stream_key(np.uint64(seed), np.uint64(INITIAL_MERCHANT), part)
    return _uniform_lanes(np.uint64(key), ids, np.empty((len(TECHNOLOGIES), ids.size), np.float32))


@njit(**JIT)
def _uniform_lanes(key: int, ids: NDArray[np.uint32], out: NDArray[np.float32]) -> NDArray[np.float32]:
    for i in range(ids.size):
        bits = draw_bits(key, ids[i])
        for lane in range(out.shape[0]):
            out[lane, i] = uniform_lane(bits, lane)
    return out
