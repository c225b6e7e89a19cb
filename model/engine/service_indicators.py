"""The month's indicators of services at a distance (order and meaning: `model.indicators`)."""

from numba import njit

from model import ledger
from model.channels.gates import MEDICAL, UNMANNED
from model.channels.medical import HEALTH
from model.indicators import POSITION
from model.numerics import JIT
from model.records import F8, Record

_LECTURES = POSITION["internet_lectures_krw"]
_CULTURE = POSITION["e_culture_krw"]
_HOURS = POSITION["e_government_hours_saved"]
_LEARNERS = POSITION["online_learners_persons"]
_VISITS = POSITION["online_museum_visits"]
_TELEMEDICINE = POSITION["telemedicine_visits"]
_CLINICS = POSITION["clinic_share_of_health"]
_UNMANNED = POSITION["unmanned_parcels"]
_COURIER_HOURS = POSITION["courier_hours_per_parcel"]
_ACCIDENTS = POSITION["service_accidents"]


@njit(**JIT)
def collect_services(state: Record, books: Record, row: F8) -> None:
    """Fill the columns of services used by people and organisations (state: a record of SERVICE_STATE)."""
    row[_LECTURES] = books.booked[ledger.EDUCATION_ONLINE]
    row[_CULTURE] = books.booked[ledger.CULTURE_ONLINE]
    row[_HOURS] = state.hours_saved
    row[_LEARNERS] = state.learners
    row[_VISITS] = state.museum_visits
    row[_TELEMEDICINE] = state.uses[MEDICAL].sum()
    row[_CLINICS] = state.at_clinics.sum() / state.category[:, HEALTH].sum()
    row[_UNMANNED] = state.uses[UNMANNED].sum()
    row[_COURIER_HOURS] = state.courier_hours / state.deliveries.sum()
    row[_ACCIDENTS] = state.accidents.sum()
