"""What new-industry firms do in a quarter: sell, want staff, advance, find partners and money, close, enter.

Scalars in float32 unless a docstring says float64; rates are a year, a quarter is a fourth of it.
"""

import math

from numba import float32, int32, njit

from model.numerics import JIT, exp32


@njit(**JIT)
def chance(rate_per_year: float) -> float:
    """Return the chance that an event of a yearly rate happens within a quarter."""
    return float32(1.0) - exp32(float32(-0.25) * rate_per_year)


@njit(**JIT)
def advance_rate(rate: float, drive: float, most: float) -> float:
    """Return the yearly rate of reaching the next stage: the usual one times e^drive, drive held within -most, most."""
    return rate * exp32(min(max(drive, -most), most))


@njit(**JIT)
def own_drive(filled: float, talent: float, partners: float, usual: float, partner: float) -> float:
    """Return what a firm's own standing adds to the drive towards the next stage.

    filled: staff over what it wants, talent its weight; partners against the usual number, partner the weight of one.
    """
    return talent * (filled - float32(1.0)) + partner * (partners - usual)


@njit(**JIT)
def exit_rate(rate: float, missing: float, weight: float) -> float:
    """Return the yearly rate of closing; missing: the share of its reserve that a firm lacks, 0 to 1."""
    return rate * exp32(weight * missing)


@njit(**JIT)
def staff_wanted(sales: float, heads_per_krw: float, share: float, rank: float) -> float:
    """Return the heads of one skill that monthly sales ask for, a whole number.

    share: of the skill; rank: a number that the firm keeps for life, so that parts of a head are right on average.
    """
    return float32(int32(share * (sales * heads_per_krw) + rank))


@njit(**JIT)
def leavers(heads: float, wanted: float, quits: float, cut: float, luck: float) -> float:
    """Return the staff of one skill that leave in a quarter, a whole number.

    quits: share that leaves by itself; cut: share of the heads above the wanted number that is let go; luck: uniform.
    """
    over = max(heads - wanted, float32(0.0))
    return min(float32(int32(quits * heads + cut * over + luck)), heads)


@njit(**JIT)
def hires(vacancies: float, filled: float, luck: float) -> float:
    """Return the hires for a firm's vacancies in a quarter, a whole number; luck: the same draw as in `leavers`."""
    return float32(int32(filled * vacancies + (float32(1.0) - luck)))


@njit(**JIT)
def track_next(track: float, learned: float, public_share: float) -> float:
    """Return the track record after a quarter: it nears 1, faster the more of sales at home are to government."""
    return track + learned * (float32(1.0) + public_share) * (float32(1.0) - track)


@njit(**JIT)
def cash_missing(cash: float, reserve: float) -> float:
    """Return the share of its reserve that a firm lacks, 0 to 1 (float64); none where there is no reserve."""
    return min(max(1.0 - cash / max(reserve, 1.0), 0.0), 1.0)


@njit(**JIT)
def place_weight(firms: float, seekers: float, seekers_start: float, crowd: float, talent: float) -> float:
    """Return how much a place draws an entrant (float64): firms of its sector there, seekers against the start."""
    return firms**crowd * ((1.0 + max(seekers, 0.0)) / (1.0 + seekers_start)) ** talent


@njit(**JIT)
def learned_price(first: float, change: float, years: float, growth: float, world: float, here: float) -> float:
    """Return a device's price in whole won (float64): it falls with cumulative installations (Wright 1936).

    first: price at the start; change: of the price a year while only the rest of the world installs; growth: of the
    world's cumulative installations a year; world: those at the start; here: simulated installations since.
    """
    elsewhere = world * (1.0 + growth) ** years
    slope = math.log(1.0 + change) / math.log(1.0 + growth)
    return round(first * (1.0 + change) ** years * (1.0 + here / elsewhere) ** slope)
