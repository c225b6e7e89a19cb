"""The phases in which relations other than business to consumer clear, over one run's `World`."""

from numba import njit

from model.channels.b2b import clear_b2b
from model.channels.c2c import clear_c2c
from model.channels.g2b import clear_g2b
from model.channels.g2g import clear_g2g
from model.engine.world import World
from model.numerics import JIT


@njit(**JIT)
def c2c(w: World, month: int, calendar_month: int, seed: int) -> None:
    """Clear direct trade among people; what it displaces leaves this month's budgets for goods."""
    clear_c2c(w.services[0], w.service_rules[0], w.market[0], w.paths[month], calendar_month, seed)


@njit(**JIT)
def b2b(w: World) -> None:
    """Clear trade between firms: this month's cost of inputs and orders of manufacturers."""
    clear_b2b(w.services[0], w.service_rules[0], w.merchant_rules[0], w.market[0], w.market_tables[0])


@njit(**JIT)
def g2b(w: World) -> None:
    """Clear what government buys of small merchants or brings them."""
    clear_g2b(w.services[0], w.service_rules[0], w.market[0], w.market_tables[0])


@njit(**JIT)
def g2g(w: World, month: int) -> None:
    """Clear what governments save by meeting at a distance and sell abroad."""
    clear_g2g(w.services[0], w.service_rules[0], w.paths[month])
