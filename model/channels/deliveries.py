"""Deliveries: what couriers, drones and robots carry, the hours that takes and what is paid for the work."""

from typing import Final

from numba import njit

from model.agents.consumers.columns import GOODS_SETS
from model.channels.gates import SERVICE_OF_GATED, UNMANNED
from model.codes import DELIVERIES, GOODS_NEEDS, PROVINCES
from model.numerics import JIT
from model.records import Record
from model.rules.gates import cut_to_cap

_PARCELS, _MEALS = (DELIVERIES.index(name) for name in ("parcels", "meals"))
_SERVICE: Final = SERVICE_OF_GATED[UNMANNED]


@njit(**JIT)
def carried_krw(market: Record, spending: Record, terms: Record, province: int, kind: int) -> float:
    """Return the value of what is delivered to a province's people in the month: goods bought online, or meals."""
    if kind == _MEALS:
        value = spending.app_public[province] + spending.app_courier[province]
        for side in range(spending.app_small.shape[0]):
            value += spending.app_small[side, province] + spending.app_large[side, province]
            value += spending.app_fee[side, province]
        return value
    value = 0.0
    for need in range(GOODS_NEEDS):
        for accounts in range(GOODS_SETS):
            value += terms.demand_online[province, accounts, need] * market.budget_unit[need]
    return value


@njit(**JIT)
def clear_deliveries(
    state: Record, rules: Record, gates: Record, market: Record, spending: Record, terms: Record
) -> None:
    """Count deliveries, those without a courier, hours and the pay of couriers by province.

    A trial's cap holds for the deliveries of the month, whatever they were last month.
    """
    wanted = 0.0
    for province in range(len(PROVINCES)):
        for kind in range(len(DELIVERIES)):
            value = carried_krw(market, spending, terms, province, kind)
            state.deliveries[province, kind] = value / rules.delivery_value_krw[kind]
        carried = state.deliveries[province].sum()
        state.uses[UNMANNED, province] = carried * state.in_province[_SERVICE, province]
        wanted += state.uses[UNMANNED, province]
    left = 1.0 if state.revised[UNMANNED] else cut_to_cap(wanted, gates.cap[UNMANNED])
    state.courier_hours = 0.0
    for province in range(len(PROVINCES)):
        state.uses[UNMANNED, province] *= left
        _work_in(state, rules, spending, province)


@njit(**JIT)
def _work_in(state: Record, rules: Record, spending: Record, province: int) -> None:
    """Set the hours of a province's couriers, their pay, and what they lose to drones and robots."""
    carried = state.deliveries[province].sum()
    unmanned = state.uses[UNMANNED, province] / carried if carried > 0.0 else 0.0
    replaced, full = unmanned * (1.0 - rules.attended_share), 0.0
    for kind in range(len(DELIVERIES)):
        number = state.deliveries[province, kind]
        state.courier_hours += number * (1.0 - replaced) * rules.delivery_hours[kind]
        full += number * rules.delivery_value_krw[kind] * rules.delivery_pay[kind]
    spending.courier_pay_lost[province] = full * replaced
    spending.courier_pay[province] = full - spending.courier_pay_lost[province]
