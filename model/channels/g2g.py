"""Government to government: meetings at a distance save trips, and governments sell abroad."""

from typing import Final

from numba import njit

from model.codes import USED_SERVICES
from model.numerics import JIT
from model.records import Record

REMOTE_MEETING: Final = USED_SERVICES.index("remote_meeting")
EGOV_EXPORT: Final = USED_SERVICES.index("egov_export")
INTERGOV_CONTRACT: Final = USED_SERVICES.index("intergov_contract")


@njit(**JIT)
def clear_g2g(state: Record, rules: Record, paths: Record) -> None:
    """Set what officials' trips cost and what meetings at a distance save of it, and both kinds of exports, KRW."""
    trips = rules.travel_krw * paths.income_index
    state.travel_saved = trips * rules.trips_replaced * state.national[REMOTE_MEETING]
    state.travel_paid = trips - state.travel_saved
    state.egov_krw = rules.egov_krw * state.national[EGOV_EXPORT] / rules.use_start[EGOV_EXPORT]
    used = state.national[INTERGOV_CONTRACT] / rules.use_start[INTERGOV_CONTRACT]
    state.intergov_krw = rules.intergov_krw * paths.income_index * used
