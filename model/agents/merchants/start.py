"""The merchants' starting state: sales from stored ranks, heads, cash, and the technologies already in use."""

from collections.abc import Mapping

import numpy as np
from numba import float32, int64, njit, uint8, uint16
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
    SECTOR,
    START,
    USED,
    MerchantRows,
    Places,
    columns_of,
    dated,
    empty_rows,
)
from model.codes import TECHNOLOGIES
from model.numerics import JIT
from model.parameters import vector
from model.records import F4, F8, U2, U8
from model.streams import INITIAL_MERCHANT, draw_lane, stream_key
from model.synthetic_population.merchants import MerchantTraits

_MASKS = len(MASKS)
_TECHNOLOGIES = len(TECHNOLOGIES)


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
        sales[rows] = mean * shape * weight.sum() / (weight * shape).sum()
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
    state["capability"][:] = _capability(traits, values)


def _capability(traits: MerchantTraits, values: Mapping[str, float]) -> F4:
    half = values["merchant.capability_half_range"]
    return (0.5 - half + 2.0 * half * traits.capability_rank).astype(np.float32)


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


def technology_constants(
    traits: MerchantTraits, yearly_krw: F8, usable: NDArray[np.integer], values: Mapping[str, float], year: int
) -> F8:
    """Return by technology the constant with which it is in use at the start as often as the register says.

    Shares are weighted, among those who can use it. usable: masks of technologies by sector.
    """
    business = np.array(vector(values, "merchant.business_sales_share", "sectors"))
    person = _person(traits, values, year)
    constants = np.full(len(TECHNOLOGIES), -np.inf)
    for technology, share in enumerate(vector(values, "technology.initial_share", "technologies")):
        can = (usable[traits.sector] >> technology & 1 != 0) & (yearly_krw * (1.0 - business[traits.sector]) > 0.0)
        if share > 0.0 and can.any():
            constants[technology] = _solved(person[can], traits.weight[can].astype(np.float64), share)
    return constants


def _person(traits: MerchantTraits, values: Mapping[str, float], year: int) -> F8:
    """Return what capability and the owner's age add to the logit of having a technology, as in later adoption."""
    age = year - traits.owner_birth_year.astype(np.float64)
    able = values["adoption.capability_weight"] * (_capability(traits, values) - 0.5)
    return able - values["adoption.age_weight_per_decade"] * (age - 50.0) / 10.0


def set_technologies(
    rows: MerchantRows, traits: MerchantTraits, usable: NDArray[np.integer], constants: F8,
    values: Mapping[str, float], seed: int, year: int,
) -> F8:  # fmt: skip
    """Let merchants start aware of, and with, technologies; returns the chance of having each, (technology, row).

    usable: masks of technologies by sector; constants: those of `technology_constants`.
    """
    chances = np.zeros((len(TECHNOLOGIES), rows.id.size))
    known = np.array(vector(values, "technology.initial_aware_share", "technologies"))
    keys = [stream_key(np.uint64(seed), np.uint64(INITIAL_MERCHANT), part) for part in (0, 1)]
    odds = np.exp(-_person(traits, values, year))
    _give(rows, usable.astype(np.uint16), np.exp(-constants), odds, known, np.array(keys, np.uint64), chances)
    return chances


@njit(**JIT)
def _give(rows: MerchantRows, usable: U2, against: F8, odds: F8, known: F8, keys: U8, chances: F8) -> None:
    """Draw what each merchant has and knows; against, odds: e^-constant by technology, e^-person by row."""
    for row in range(rows.id.size):
        if rows.numbers[START, row] <= float32(0.0):
            continue
        installed, aware = int64(0), int64(0)
        for technology in range(_TECHNOLOGIES):
            if not (int64(usable[rows.codes[SECTOR, row]]) >> technology) & 1:
                continue
            chance = 1.0 / (1.0 + against[technology] * odds[row])
            chances[technology, row] = chance
            if draw_lane(keys[0], rows.id[row], technology) < chance:
                installed |= int64(1) << technology
                rows.history[row, dated(INSTALLED_AT, technology)] = uint8(0)
                rows.history[row, dated(ACTIVE_AT, technology)] = uint8(0)
            if draw_lane(keys[1], rows.id[row], technology) < known[technology]:
                aware |= int64(1) << technology
        for mask in (INSTALLED, ACTIVE, USED):
            rows.masks[mask, row] = uint16(installed)
        rows.marks[row, AWARE - BUSY] = uint16(installed | aware)


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


def _solved(person: F8, weight: F8, share: float) -> float:
    """Return the constant at which the weighted mean chance is `share`."""
    from scipy.optimize import brentq

    total = weight.sum()

    def excess(constant: float) -> float:
        # No matrix product: it would wake the threads of the linear algebra library.
        return float((weight / (1.0 + np.exp(-constant - person))).sum() / total - share)

    return float(brentq(excess, -30.0, 30.0))
