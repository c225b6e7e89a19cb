"""Work at a distance: what it moves from office streets to where people live, and who seeks work.

Scalars; shares are 0-1.
"""

from numba import njit

from model.numerics import JIT


@njit(**JIT)
def trade_moved(office: float, home: float, share: float, at_home: float) -> float:
    """Return the attraction that moves from office streets of a market to residential ones, share x at_home x office.

    office, home: attraction of both, in the unit of starting sales; share: of an office street's sales that people with
    jobs fit for telework bring; at_home: rise of the share of their days at home (negative: a fall, which takes no more
    than there is).
    """
    return max(share * at_home * office, -home)


@njit(**JIT)
def seekers_left(force: float, elsewhere: float, here: float, least: float) -> float:
    """Return the people who seek work: the labour force less those at work, at least `least` of the force.

    elsewhere: at work in the rest of the economy, here: with small merchants, persons.
    """
    return max(force - elsewhere - here, least * force)
