"""Payments that gates move: health at clinics and hospitals, telemedicine, the pay of couriers, drones and robots."""

from typing import Final

from numba import njit

from model.channels.gates import MEDICAL, UNMANNED
from model.channels.medical import HEALTH
from model.codes import DELIVERIES, PROVINCES
from model.engine.platform_books import book
from model.ledger import (
    HEALTH_CLINICS,
    HEALTH_HOSPITALS,
    LOGISTICS_WAGES,
    TELEMEDICINE_CLINICS,
    TELEMEDICINE_HOSPITALS,
    UNMANNED_UPKEEP,
)
from model.numerics import JIT
from model.records import Record

_PROVINCES: Final = len(PROVINCES)


@njit(**JIT)
def book_health(books: Record, state: Record, rules: Record) -> float:
    """Book health spending both ways, households by what they spend, providers by visits; returns all of it, KRW."""
    spent, remote = state.category[:, HEALTH].sum(), state.remote[:, HEALTH].sum()
    visits, at_clinics = state.uses[MEDICAL].sum(), state.visits_at_clinics.sum()
    served = visits * rules.visit_krw
    by_clinics, by_hospitals = at_clinics * rules.visit_krw, (visits - at_clinics) * rules.visit_krw
    book(books, TELEMEDICINE_CLINICS, max(0.0, remote - by_hospitals), by_clinics)
    book(books, TELEMEDICINE_HOSPITALS, max(0.0, remote - by_clinics), by_hospitals)
    clinics = state.at_clinics.sum() - by_clinics
    hospitals = rules.hospital_share * (spent - remote)
    book(books, HEALTH_CLINICS, spent - remote - hospitals, clinics)
    book(books, HEALTH_HOSPITALS, hospitals, spent - served - clinics)
    return spent


@njit(**JIT)
def book_deliveries(books: Record, state: Record, rules: Record, spending: Record) -> None:
    """Book what logistics pays for work, by kind of delivery, and for the upkeep of drones and robots."""
    unmanned, full, saved = state.uses[UNMANNED].sum(), 0.0, 0.0
    for kind in range(len(DELIVERIES)):
        pay = rules.delivery_value_krw[kind] * rules.delivery_pay[kind]
        full += state.deliveries[:, kind].sum() * pay
        for province in range(_PROVINCES):
            carried = state.deliveries[province].sum()
            share = state.uses[UNMANNED, province] / carried if carried > 0.0 else 0.0
            saved += share * state.deliveries[province, kind] * pay
    book(books, LOGISTICS_WAGES, full - saved * (1.0 - rules.attended_share), spending.courier_pay.sum())
    upkeep = unmanned * rules.upkeep_krw
    book(books, UNMANNED_UPKEEP, upkeep, upkeep)
