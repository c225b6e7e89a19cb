"""How platforms rank, what sellers pass on, and how orders move with prices (model description 6.3).

Scalars in float64; commissions, fees and costs are shares of an order, prices are over those of the start.
"""

import math

from numba import njit

from model.numerics import JIT


@njit(**JIT)
def commission_in_force(own: float, agreed: float, cap: float) -> float:
    """Return what sellers pay of an order: the platform's own commission, at most what is agreed and the cap."""
    return max(0.0, min(own, agreed, cap))


@njit(**JIT)
def commission_lost(own: float, start: float, agreed: float, cap: float) -> float:
    """Return what a cap takes from the platform an order: below what it charged at the start, or had agreed to."""
    return max(0.0, min(own, start, agreed) - cap)


@njit(**JIT)
def ranking_weight(commission: float, other_revenue: float, exponent: float) -> float:
    """Return the weight of a seller's score in ranking, (revenue per view)^psi."""
    return math.pow(commission + other_revenue, exponent)


@njit(**JIT)
def price_next(price: float, commission: float, start: float, passed_on: float, hazard: float) -> float:
    """Return next month's price: at a hazard, sellers pass on a share of what the commission moved since the start."""
    return price + hazard * (1.0 + passed_on * (commission - start) - price)


@njit(**JIT)
def nest_moved(inner: float, utility: float, dissimilarity: float) -> tuple[float, float]:
    """Return what a nest's odds are multiplied by after the utility of a service in it moves, and its new share of it.

    inner: of the service in all contactless services, at the old utility. Nested logit: the nest's inclusive value
    moves with the service.
    """
    grown = inner * math.exp(utility / dissimilarity)
    nest = grown + 1.0 - inner
    return math.pow(nest, dissimilarity), grown / nest


@njit(**JIT)
def orders_moved(share: float, drawn: float, part: float) -> float:
    """Return a service's share of a cell's spending after its utility moves.

    share: of all contactless services in the cell's spending before; drawn, part: of `nest_moved`.
    """
    odds = share * drawn
    return odds / (1.0 - share + odds) * part


@njit(**JIT)
def members_kept(change: float, response: float, curvature: float) -> float:
    """Return the members who stay when a price stands by `change` off the customary one, over all members.

    The log falls by response x change and, for any change, by half the curvature x its square: the further from what is
    usual, the more of them look elsewhere.
    """
    return math.exp(-response * change - 0.5 * curvature * change * change)


@njit(**JIT)
def holding_response(margin: float, priced: float, elasticity: float) -> float:
    """Return the response of members with which a platform of this margin would not move its price.

    priced: part of its orders that pay the price; elasticity: log change of orders by a unit of the price.
    """
    return priced / max(margin, 1e-3) + elasticity


@njit(**JIT)
def odds_beside(
    reach: float, utility: float, price_weight: float, relative_price: float, dissimilarity: float
) -> float:
    """Return the odds of an order against the first platform: reach times e^(utility over the first's / lambda).

    reach: attraction of what is listed over what the first lists; relative_price: over what buyers pay there.
    """
    return reach * math.exp((utility + price_weight * math.log(relative_price)) / dissimilarity)


@njit(**JIT)
def entry_profit(paid: float, share: float, commission: float, fee: float, variable: float, fixed: float) -> float:
    """Return what an absent platform expects to earn a month, KRW: a share of what consumers pay its service.

    paid, fixed: KRW a month; commission in force, fee of consumers, variable cost: shares of an order.
    """
    return share * paid / (1.0 + fee) * (commission + fee - variable) - fixed


@njit(**JIT)
def promises_enough(profit: float, fixed: float, tolerance: float) -> bool:
    """Return whether a quarter speaks for entry: expected profit exceeds its tolerance times the fixed cost."""
    return profit > tolerance * fixed
