"""The phases in which people and organisations use services, and relations other than shopping clear, compiled."""

from numba import njit

from model.agents.platform_terms import FIRST
from model.calendar import QUARTER
from model.channels.b2b import clear_b2b
from model.channels.c2c import clear_c2c
from model.channels.deliveries import clear_deliveries
from model.channels.g2b import clear_g2b
from model.channels.g2c import clear_g2c
from model.channels.g2g import clear_g2g
from model.channels.gates import have_accidents
from model.channels.medical import clear_medical
from model.channels.services import note_people, use_services
from model.channels.work import clear_work
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


@njit(**JIT)
def services(w: World, month: int, calendar_month: int) -> None:
    """Set how much people and organisations use every service, from the skill of the last quarter."""
    if month > 0 and (calendar_month - 1) % QUARTER == 0:
        note_people(w.services[0], w.consumer_sums[w.savings.size], w.people.weight_by_province)
    use_services(w.services[0], w.service_rules[0], w.gates[month], w.paths[month])


@njit(**JIT)
def g2c(w: World) -> None:
    """Clear what government serves people at a distance; what it teaches them acts in this month's learning."""
    clear_g2c(w.services[0], w.service_rules[0], w.consumer_tables[0])


@njit(**JIT)
def work(w: World, month: int) -> None:
    """Clear telework and smart finance: where people eat, how they travel and bank, what debts cost."""
    clear_work(
        w.work[0], w.work_rules[0], w.services[0], w.market[0], w.market_tables[0], w.spending[0],
        w.paths[month].income_index, month,
    )  # fmt: skip


@njit(**JIT)
def gated(w: World, month: int, calendar_month: int, seed: int) -> None:
    """Clear telemedicine and deliveries, and let their accidents happen; what those cost acts next month."""
    state, rules, gates = w.services[0], w.service_rules[0], w.gates[month]
    clear_medical(state, rules)
    clear_deliveries(state, rules, gates, w.market[0], w.spending[0], w.terms[FIRST])
    have_accidents(state, rules, gates, w.paths[month].years, calendar_month, seed)
