"""What happens to a shop as it lives: luck in quality, and how many heads it wants and keeps (model description 6.2).

Scalars in float32.
"""

from numba import float32, njit

from model.numerics import JIT, log32


@njit(**JIT)
def laplace_shock(uniform: float, spread: float) -> float:
    """Return a Laplace shock of mean zero from a uniform draw: the tent shape of growth (Stanley et al. 1996)."""
    half = uniform - float32(0.5)
    size = -spread * log32(max(float32(1.0) - float32(2.0) * abs(half), float32(1e-7)))
    return size if half >= float32(0.0) else -size


@njit(**JIT)
def quality_next(quality: float, persistence: float, shock: float, drift: float) -> float:
    """Return the transitory part of log quality next month: rho q + shock - drift, so that its mean effect is nil."""
    return persistence * quality + shock - drift


@njit(**JIT)
def heads_wanted(sales_per_year: float, heads_per_krw: float, owner_absorbs: float, rank: float) -> float:
    """Return the paid heads a shop wants, a whole number: what sales ask for less what the household does itself.

    heads_per_krw: heads that a won of yearly sales asks for, after wages and labour saved; rank: a uniform number the
    shop keeps for life, so that fractions of a head are right on average.
    """
    wish = sales_per_year * heads_per_krw - owner_absorbs
    return float32(int(max(wish, float32(0.0)) + rank))


@njit(**JIT)
def temporary_wanted(paid: float, share: float, rank: float) -> float:
    """Return how many of the paid heads are wanted as temporary staff, a whole number."""
    return min(float32(int(share * paid + rank)), paid)


@njit(**JIT)
def regular_next(regular: float, wanted: float) -> float:
    """Return regular staff after a month of adjustment: half the way to what is wanted, at least one head."""
    gap = wanted - regular
    one = float32(1.0) if gap > float32(0.0) else float32(-1.0)
    return regular + float32(int((gap + one) * float32(0.5))) if gap != float32(0.0) else regular
