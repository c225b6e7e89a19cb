"""Orders, input costs, direct trade and data: what the use of services between organisations and people moves.

Scalars; shares and indices are 0-1, a step is a month. Model description 4 (B2B, G2B, G2G, C2C, data).
"""

from numba import njit

from model.numerics import JIT


@njit(**JIT)
def order_ratio(without: float, use: float, use_start: float) -> float:
    """Return orders through a service over those of the start, c + (1 - c) U / U0.

    without: part c that comes without the service; use, use_start: its share of use now and at the start.
    """
    return without + (1.0 - without) * use / use_start


@njit(**JIT)
def matched(flow: float, found: float, months: float) -> float:
    """Return this month's contracts of a channel whose matches take a mean of `months` to become contracts."""
    return flow + (found - flow) / months


@njit(**JIT)
def moved_orders(added: float, new_share: float, left: float) -> float:
    """Return what of orders added to a channel is taken from ordinary demand, of which `left` is there.

    added: over the start, negative when the channel has shrunk: that part comes back. Shares of business demand.
    """
    return min((1.0 - new_share) * added, left)


@njit(**JIT)
def input_cost(share: float, saving: float, fee_share: float, use: float, use_start: float) -> float:
    """Return what a won of sales costs in inputs and vendors' fees; at the start `share`.

    saving: of inputs at full use of business software; fee_share: what its vendors ask of what it saves.
    """
    return share * (1.0 - saving * (1.0 - fee_share) * (use - use_start))


@njit(**JIT)
def vendor_fee(share: float, saving: float, fee_share: float, use: float) -> float:
    """Return the vendors' fee for business software on a won of sales."""
    return share * saving * fee_share * use


@njit(**JIT)
def selling_pressure(income: float, trend: float, elasticity: float) -> float:
    """Return how much people sell over other times, 1 + e max(0, 1 - income / trend): more when income is short."""
    return 1.0 + elasticity * max(0.0, 1.0 - income / trend) if trend > 0.0 else 1.0


@njit(**JIT)
def goods_left(displaced: float, goods: float) -> float:
    """Return what is left of a budget for new goods, as a share, when direct trade displaces part; never negative."""
    return max(0.0, 1.0 - displaced / goods) if goods > 0.0 else 1.0


@njit(**JIT)
def data_next(stock: float, decay: float, transactions: float, opened: float) -> float:
    """Return next month's usable data, (1 - d) K + d (transactions + opened), one at the start.

    transactions: over those of the start; opened: public data, in the same units.
    """
    return (1.0 - decay) * stock + decay * (transactions + opened)


@njit(**JIT)
def advice_quality(stock: float, half: float) -> float:
    """Return the quality of advice drawn from data, K / (K + K_half)."""
    return stock / (stock + half)
