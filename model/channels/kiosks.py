"""Ordering at a kiosk: a mode of a face-to-face purchase, chosen by a share of buyers of each province."""

from numba import float32, njit

from model.agents.consumers.columns import C_ADULTS
from model.codes import AGE_BANDS, PROVINCES, SERVICE_TYPES
from model.numerics import JIT
from model.records import F4, Record
from model.rules.devices import kiosk_share

_PROVINCES, _BANDS = len(PROVINCES), len(AGE_BANDS)
_SMART_STORE = SERVICE_TYPES.index("smart_store")


@njit(**JIT)
def set_kiosk_share(rules: Record, paths: Record, gates: Record, people: Record, skill_mean: float, share: F4) -> None:
    """Set the share of buyers who order at a kiosk, by province, from people's mean skill, contact risk and gates.

    people: the consumers' sums of the month; skill_mean: of adults at the start.
    """
    for province in range(_PROVINCES):
        adults = 0.0
        for place in range(2 * _BANDS):
            adults += people.count[province, C_ADULTS + place]
        skill = float32(people.skill[province] / adults) if adults > 0.0 else skill_mean
        share[province] = kiosk_share(
            rules.kiosk_constant, rules.kiosk_skill, skill - skill_mean, rules.kiosk_risk, float32(paths.risk)
        )
        share[province] *= gates.open[_SMART_STORE, province]
