"""Which programme a merchant meets for a technology, what it pays, and applying to it (docs/model.md 3.4.5)."""

import numpy as np

from tests.reference.draws import B1, F8, I8
from tests.reference.opening import Month
from tests.reference.state import (
    APPLIED,
    APPLIED_AT,
    AWARE,
    GAVE_UP,
    KNOWS_PROGRAMME,
    NO_PROGRAMME,
    PENDING,
    SUPPORTED_AT,
)


def programme_of(month: Month, j: int, rows: B1) -> I8:
    """First programme met of a technology that means a merchant, -1 for none."""
    found = np.full(rows.size, -1)
    for q, programme in reversed(list(enumerate(month.announced))):
        if programme.is_met:
            here = rows & (programme.terms.technology == j)[month.merchants.sector]
            found[here & programme.terms.target.holds(month.merchants, month.year)] = q
    return found


def of_programme(month: Month, programme: I8, what: str) -> F8:
    """A figure of each row's programme, 0 for none (255 or -1)."""
    figures = {
        "campaign": [p.campaign for p in month.announced],
        "visit_chance": [p.visit_chance for p in month.announced],
        "by_visit": [float(p.terms.by_visit) for p in month.announced],
        "hours": [float(p.terms.settings.get("paperwork_hours", 0.0)) for p in month.announced],
        "give_up": [float(p.terms.settings.get("give_up_monthly_hazard", 0.0)) for p in month.announced],
        "keep": [float(p.terms.settings.get("keep_months", 0.0)) for p in month.announced],
        "months_met": [float(p.months_met) for p in month.announced],
    }[what]
    known = (programme >= 0) & (programme < len(figures))
    return np.where(known, np.append(figures, 0.0)[np.where(known, programme, 0)], 0.0)


def of_sector(month: Month, programme: I8, what: str) -> F8:
    """A figure of each row's programme in its sector, 0 for none (255 or -1): subsidy or subsidy_share."""
    known = (programme >= 0) & (programme < len(month.announced))
    table = np.array([getattr(p.terms, what) for p in month.announced] or [np.zeros(6)])
    return np.where(known, table[np.where(known, programme, 0), month.merchants.sector], 0.0)


def grant(month: Month, j: int, programme: I8) -> F8:
    """What each row's programme pays for a device this month."""
    part = np.array([p.terms.part_of_price for p in month.announced] or [0.0])
    known = (programme >= 0) & (programme < len(month.announced))
    most = np.round(part[np.where(known, programme, 0)] * month.prices[j])
    return np.where(known, np.minimum(of_sector(month, programme, "subsidy"), most), 0.0)


def supports(month: Month, j: int, programme: I8) -> B1:
    """Rows that a subsidy programme stands open for: they know of one, gave none up and had none before."""
    merchants = month.merchants
    applied_for = (programme >= 0) & (of_programme(month, programme, "by_visit") == 0.0)
    never = ~merchants.has(j, GAVE_UP) & (merchants.month[SUPPORTED_AT, j] < 0)
    return np.asarray(applied_for & merchants.has(j, KNOWS_PROGRAMME) & never)


def make_aware(month: Month, j: int, rows: B1) -> None:
    month.merchants.set_bits(j, rows, AWARE)


def apply(month: Month, j: int, rows: B1, programme: I8) -> None:
    merchants = month.merchants
    merchants.set_bits(j, rows, APPLIED)
    merchants.month[APPLIED_AT, j, rows] = month.t
    merchants.waiting[j, rows] = PENDING
    merchants.programme[j, rows] = programme[rows]


def kept_until(month: Month, j: int) -> I8:
    """First month in which a supported device may be dropped, -1 without a rule."""
    since, programme = month.merchants.month[SUPPORTED_AT, j], month.merchants.programme[j]
    ruled = (since >= 0) & (programme != NO_PROGRAMME)
    return np.where(ruled, since + of_programme(month, programme, "keep").astype(np.int64), -1)
