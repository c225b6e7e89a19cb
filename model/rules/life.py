"""What happens to a shop as it lives: luck in quality, and how many heads it wants and keeps (model description 6.2).

Scalars in float32.
"""

from numba import float32, njit

from model.numerics import JIT, exp32, log32


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


@njit(**JIT)
def business_age(months: int) -> int:
    """Return the class of a business's age (position in BUSINESS_AGES) in its `months`-th month after opening."""
    return 0 if months <= 12 else 1 if months <= 60 else 2


@njit(**JIT)
def wish_to_close(
    income: float, outside: float, short: float, income_weight: float, cash_weight: float, most: float
) -> float:
    """Return what income and cash add to the log hazard of closing, within plus and minus `most`.

    income: of the owner after interest, outside: of an owner who closes, KRW a year; short: missing part of the buffer.
    """
    wish = income_weight * (float32(1.0) - income / outside) + cash_weight * short
    return min(max(wish, -most), most)


@njit(**JIT)
def closing_rate(hazard: float, constant: float, wish: float) -> float:
    """Return the rate of closing a year: the hazard of its age, moved by what the owner earns and has."""
    return hazard * exp32(constant + wish)


@njit(**JIT)
def shock_spread(size: float, spread: float, exponent: float) -> float:
    """Return the spread of a shop's shocks: it falls with size over the sector's mean, to half and twice at most."""
    scaled = exp32(-exponent * log32(max(size, float32(1e-3))))
    return spread * min(max(scaled, float32(0.5)), float32(2.0))


@njit(**JIT)
def births_due(expected: float, luck: float, births: int) -> int:
    """Return how many merchants may open now: those expected so far, rounded by a lasting draw, less births."""
    return int(expected + luck) - births


@njit(**JIT)
def births_response(income: float, income_start: float, elasticity: float) -> float:
    """Return the factor on expected births from owners' income in a market over its start, 1/2 to 3/2."""
    if income_start <= 0.0:
        return 1.0
    return min(max(1.0 + elasticity * (income / income_start - 1.0), 0.5), 1.5)
