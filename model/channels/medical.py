"""Telemedicine: what part of health spending at a distance reaches clinics, and what hospitals."""

from typing import Final

from numba import njit

from model.channels.gates import MEDICAL
from model.codes import CATEGORIES, PROVINCES
from model.numerics import JIT
from model.records import Record
from model.rules.gates import clinic_share

HEALTH: Final = CATEGORIES.index("health")


@njit(**JIT)
def clear_medical(state: Record, rules: Record) -> None:
    """Split every province's health spending, both ways, between clinics and hospitals, and count visits.

    Who is equipped, and whether clinics come first, decides on telemedicine; face to face the shares are fixed.
    """
    for province in range(len(PROVINCES)):
        remote = state.remote[province, HEALTH]
        equipped = state.clinics_equipped[province]
        share = clinic_share(
            rules.hospital_share, equipped, rules.hospitals_equipped, state.referral, rules.referred_share
        )
        visits = remote / rules.visit_krw
        state.uses[MEDICAL, province] = visits
        state.visits_at_clinics[province] = visits * share
        face = state.category[province, HEALTH] - remote
        state.at_clinics[province] = (1.0 - rules.hospital_share) * face + share * remote
