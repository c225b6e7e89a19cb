"""Hours that sales ask for, in heads, and what devices save of them (docs/model.md 3.4.5)."""

import numpy as np

from tests.reference.draws import F8
from tests.reference.opening import Month
from tests.reference.state import INSTALLED, KIOSK, SAVERS


def heads_per_krw(month: Month) -> F8:
    """Heads that a won of yearly sales asks for, by row: dearer work is done by fewer."""
    run = month.run
    index = run.now("household_income_index", month.t)
    wage = run.now("minimum_wage_krw_per_hour", month.t) / run.now("minimum_wage_krw_per_hour", 0)
    fewer = (wage / index) ** -run.values["labour.wage_elasticity"]
    return np.asarray(fewer / index / month.by_sector("merchant.sales_per_paid_head_krw"))


def hours_saved(month: Month, j: int) -> F8:
    """Share of a shop's hours that a device saves; a kiosk of orders at it alone."""
    share = month.value("technology.task_hours_share", j) * month.value("technology.labour_saving_share", j)
    return share * (month.kiosk_share if j == KIOSK else np.ones_like(month.kiosk_share))


def hours_left(month: Month, but: int | None = None) -> F8:
    """Share of a shop's hours that its devices leave, one of them apart."""
    left = np.ones_like(month.kiosk_share)
    for j in SAVERS:
        if j != but:
            left = left * np.where(month.merchants.has(j, INSTALLED), 1.0 - hours_saved(month, j), 1.0)
    return left


def wages_saved(month: Month, j: int) -> F8 | float:
    """Wages a month that a device saves beside the others: of paid heads, not of the household's own work."""
    if j not in SAVERS:
        return 0.0
    v, run = month.run.values, month.run
    hours = month.merchants.sales_year * heads_per_krw(month) * hours_left(month, but=j)
    own = v["merchant.owner_absorbs_heads"]
    heads = np.maximum(hours - own, 0.0) - np.maximum(hours * (1.0 - hours_saved(month, j)) - own, 0.0)
    regular, temporary = v.of("merchant.wage_premium", "contracts")
    share = v["merchant.temporary_share"]
    premium = (1.0 - share) * regular + share * temporary
    hour = run.now("minimum_wage_krw_per_hour", month.t)
    return np.asarray(heads * premium * v["merchant.full_time_hours_per_month"] * hour)
