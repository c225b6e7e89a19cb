"""What consumers save of a month's income, and their age band and budget of a year, compiled."""

from numba import int32, njit, uint8

from model.agents.consumers.columns import ABSENT, BLOCK, CHUNK, ConsumerState
from model.agents.consumers.kernel import block_end
from model.numerics import JIT
from model.records import F4, F8, I2, U1, U2, Record
from model.synthetic_population.people import PeopleTraits


@njit(**JIT)
def total(column: F8, n: int) -> float:
    """Return the sum of a column, in eight interleaved sums so that an addition need not wait for the one before."""
    a = b = c = d = e = f = g = h = 0.0
    for i in range(0, n - 7, 8):
        a, b, c, d = a + column[i], b + column[i + 1], c + column[i + 2], d + column[i + 3]
        e, f, g, h = e + column[i + 4], f + column[i + 5], g + column[i + 6], h + column[i + 7]
    for i in range(n // 8 * 8, n):
        a += column[i]
    return ((a + b) + (c + d)) + ((e + f) + (g + h))


@njit(**JIT)
def _save(budget: F4, saved_per_budget: float, savings_krw: F8, n: int) -> None:
    for i in range(n):
        savings_krw[i] += budget[i] * saved_per_budget


@njit(**JIT)
def save_chunk(chunk: int, traits: PeopleTraits, state: ConsumerState, saved_per_budget: F8, savings: F8) -> None:
    """Add income less spending to every person's savings; `savings[chunk]` becomes the chunk's weighted total.

    saved_per_budget: KRW saved this month per unit of budget, by province (float64).
    """
    saved = 0.0
    end = min((chunk + 1) * CHUNK, traits.id.size)
    lo = chunk * CHUNK
    while lo < end:
        hi = block_end(traits.province, lo, min(lo + BLOCK, end))
        province = traits.province[lo]
        savings_krw = state.savings_krw[lo:hi]
        _save(state.budget[lo:hi], saved_per_budget[province], savings_krw, hi - lo)
        saved += total(savings_krw, hi - lo) * traits.weight_by_province[province]
        lo = hi
    savings[chunk] = saved


@njit(**JIT)
def _set_age_bands(birth_year: I2, entry_year: I2, exit_year: I2, year: int, age_band: U1, n: int) -> None:
    for i in range(n):
        age, band = int32(year) - int32(birth_year[i]), int32(0)
        for decade in range(3, 2 + ABSENT):
            band += int32(age >= int32(10 * decade))
        here = (int32(entry_year[i]) <= int32(year)) & (int32(year) < int32(exit_year[i])) & (age >= int32(20))
        age_band[i] = uint8(band) if here else uint8(ABSENT)


@njit(**JIT)
def _set_budgets(income_rank: U2, age_band: U1, tables: Record, budget: F4, n: int) -> None:
    for i in range(n):
        budget[i] = tables.budget_of_rank[income_rank[i] >> 6] * tables.budget_of_band[age_band[i]]


@njit(**JIT)
def age_chunk(chunk: int, traits: PeopleTraits, state: ConsumerState, tables: Record, year: int) -> None:
    """Set every person's age band and budget on 1 January of `year`; non-residents and the young are ABSENT."""
    lo, hi = chunk * CHUNK, min((chunk + 1) * CHUNK, traits.id.size)
    age_band = state.age_band[lo:hi]
    _set_age_bands(traits.birth_year[lo:hi], traits.entry_year[lo:hi], traits.exit_year[lo:hi], year, age_band, hi - lo)
    _set_budgets(traits.income_rank[lo:hi], age_band, tables, state.budget[lo:hi], hi - lo)
