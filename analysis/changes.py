"""How the whole economy changes: over the year to a month, and in the month of the largest change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analysis.arms import Arms
from analysis.statistics import Floats, Statistic, paired_difference
from model.indicators import INDICATORS, Aggregation, Indicator

OUTCOMES: Final = (
    "owner_income_krw",
    "wages_krw",
    "heads_regular_persons",
    "heads_temporary_persons",
    "online_share_goods",
    "users_online_goods_persons",
    "online_meals_krw",
    "sales_face_to_face_krw",
    "sales_online_krw",
    "sales_food_service_krw",
    "sales_personal_services_krw",
    "large_seller_sales_krw",
    "platform_commission_krw",
    "delivery_platform_commission_krw",
    "mobile_pay_card_krw",
    "public_qr_krw",
    "public_spending_krw",
)
"""Indicators whose change over the last year is told for the whole economy."""
GATED_OUTCOMES: Final = (
    "telemedicine_visits",
    "clinic_share_of_health",
    "unmanned_parcels",
    "courier_hours_per_parcel",
    "service_accidents",
)
"""Indicators told besides where a scenario moves the gates of services."""
PEAKS: Final = ("online_share_goods", "online_meals_krw", "sales_face_to_face_krw", "owner_income_krw")
"""Indicators whose largest change in one month is told, and drawn over the months."""


@dataclass(frozen=True)
class Peak:
    """The month (number) in which an indicator differs most between the arms, and by how much."""

    month: int
    change: Statistic
    base: float


@dataclass(frozen=True)
class Changes:
    """Changes of one scenario: statistics over the year judged, baseline means by indicator id, peaks by id."""

    statistics: tuple[Statistic, ...]
    bases: Mapping[str, float]
    peaks: Mapping[str, Peak]


def changes_of(arms: Arms, judged: int, outcomes: Sequence[str] = OUTCOMES, peaks: Sequence[str] = PEAKS) -> Changes:
    """Return how the economy changes over the year that ends in `judged`, a month number."""
    year = arms.year_to(judged)
    statistics, bases = [], {}
    for name in outcomes:
        indicator = INDICATORS[name]
        after, before = (
            _over_year(core[name][:, year], indicator.aggregation) for core in (arms.core, arms.baseline_core)
        )
        statistics.append(paired_difference(_yearly(indicator), after, before))
        bases[name] = float(before.mean())
    return Changes(tuple(statistics), bases, {name: _peak(arms, INDICATORS[name]) for name in peaks})


def _yearly(indicator: Indicator) -> Indicator:
    """The indicator over a year; differences of shares are percentage points."""
    unit = {"share": "share points"}.get(indicator.unit, indicator.unit.replace("/month", "/year"))
    return replace(indicator, unit=unit)


def _over_year(months: Floats, aggregation: Aggregation) -> Floats:
    if aggregation == "last":
        return months[:, -1]
    total: Floats = months.sum(axis=1)
    return total if aggregation == "sum" else total / months.shape[1]


def _peak(arms: Arms, indicator: Indicator) -> Peak:
    column = int(np.argmax(np.abs(arms.difference(indicator.id).mean(axis=0))))
    unit = "share points" if indicator.unit == "share" else indicator.unit
    after, before = (core[indicator.id][:, column] for core in (arms.core, arms.baseline_core))
    change = paired_difference(replace(indicator, unit=unit), after, before)
    return Peak(arms.start + column, change, float(before.mean()))
