"""Even spreads instead of chance: the radical inverse of an index (van der Corput 1935, Halton 1960).

Over any run of b, b^2, ... consecutive indices the radical inverses in base b fill (0, 1) evenly, and in
bases without common factor jointly so. The same holds when only every n-th index is taken and n has no factor
in common with the bases: that is why `even_stride` avoids 2, 3 and 5.
"""

import math
from typing import Final

from numba import njit, uint32

from model.numerics import JIT_ALLOCATING

PEOPLE_BASES: Final = (2, 3, 5)
GOLDEN_SECTION: Final = (math.sqrt(5) - 1) / 2


def even_stride(wanted: float) -> int:
    """Return the integer nearest to `wanted` (1 or more) without a factor 2, 3 or 5; the smaller on a tie."""
    candidates = range(max(1, round(wanted) - 4), round(wanted) + 5)
    free = [n for n in candidates if math.gcd(n, math.prod(PEOPLE_BASES)) == 1]
    return min(free, key=lambda n: abs(n - wanted))


@njit(inline="always", **JIT_ALLOCATING)
def radical_inverse(index: int, base: int, digits: int) -> float:
    """Return the lowest `digits` base-`base` digits of `index` mirrored about the point, strictly in (0, 1).

    The value is the middle of its interval of width base**-digits; base**digits must stay below 2**32.
    """
    mirrored = uint32(0)
    count = uint32(1)
    rest = uint32(index)
    for _ in range(digits):
        quotient = rest // uint32(base)
        mirrored = mirrored * uint32(base) + (rest - quotient * uint32(base))
        rest = quotient
        count = count * uint32(base)
    return (float(mirrored) + 0.5) / float(count)
