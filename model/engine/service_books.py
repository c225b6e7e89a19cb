"""Payments for services at a distance: households and government count what they pay, providers what they serve."""

from typing import Final

from numba import njit

from model.codes import CATEGORIES, PROVINCES, SERVICE_OF_CATEGORY
from model.engine.gated_books import book_deliveries, book_health
from model.engine.platform_books import book
from model.ledger import (
    CULTURE_FACE,
    CULTURE_ONLINE,
    EDUCATION_FACE,
    EDUCATION_ONLINE,
    OTHER_SPENDING,
    PUBLIC_LESSONS,
)
from model.numerics import JIT
from model.records import Record

_EDUCATION, _CULTURE = (CATEGORIES.index(name) for name in ("education", "culture"))
_PROVINCES: Final = len(PROVINCES)


@njit(**JIT)
def book_services(books: Record, state: Record, rules: Record, spending: Record) -> None:
    """Book the categories of other spending, which was booked whole before, and what government pays for lessons."""
    parts = 0.0
    for category in range(len(CATEGORIES)):
        parts += state.category[:, category].sum()
    books.booked[OTHER_SPENDING] -= parts
    served = _book_both(books, EDUCATION_FACE, EDUCATION_ONLINE, state, _EDUCATION)
    served += _book_both(books, CULTURE_FACE, CULTURE_ONLINE, state, _CULTURE)
    served += book_health(books, state, rules)
    books.received[OTHER_SPENDING] -= served
    lessons = state.learners * rules.lesson_krw
    book(books, PUBLIC_LESSONS, lessons, lessons)
    book_deliveries(books, state, rules, spending)


@njit(**JIT)
def _book_both(books: Record, face: int, online: int, state: Record, category: int) -> float:
    """Book a category bought face to face and at a distance; returns what its providers counted, KRW."""
    paid, served = 0.0, 0.0
    for province in range(_PROVINCES):
        paid += state.remote[province, category]
        served += state.category[province, category] * state.in_province[SERVICE_OF_CATEGORY[category], province]
    whole = state.category[:, category].sum()
    book(books, online, paid, served)
    book(books, face, whole - paid, whole - served)
    return whole
