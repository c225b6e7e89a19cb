"""B2C at a distance: education, culture and health, bought face to face or as lectures, e-culture and telemedicine.

They are parts of other spending, split by what each is worth in the month; what is left goes to the rest.
"""

import math
from typing import Final

from numba import njit

from model.channels.needs import OTHER_SPENDING
from model.channels.services import pandemic_force
from model.codes import CATEGORIES, PROVINCES, SERVICE_OF_CATEGORY
from model.numerics import JIT
from model.records import Record
from model.rules.services import category_worth

_CATEGORIES: Final = len(CATEGORIES)


@njit(**JIT)
def other_spending(market: Record, spending: Record, province: int) -> float:
    """Return what a province spends outside the needs, KRW a month."""
    unit = spending.budget[province] * market.budget_scale[province]
    return unit * market.budget_unit[OTHER_SPENDING] * spending.change[province, OTHER_SPENDING]


@njit(**JIT)
def clear_remote(state: Record, rules: Record, paths: Record, market: Record, spending: Record, month: int) -> None:
    """Split other spending of every province among its categories, and each between both ways, KRW."""
    force = pandemic_force(rules, paths)
    for province in range(len(PROVINCES)):
        everything = 1.0
        weights = state.category[province]
        for category in range(_CATEGORIES):
            used = state.in_province[SERVICE_OF_CATEGORY[category], province]
            worth = category_worth(rules.category_closed[category], force, used)
            if month == 0:
                state.worth_start[province, category] = worth
            change = math.exp(rules.category_elasticity[category] * (worth - state.worth_start[province, category]))
            weights[category] = rules.category_krw[category] * change
            everything += rules.category_krw[category] * (change - 1.0)
        total = other_spending(market, spending, province)
        for category in range(_CATEGORIES):
            weights[category] *= total / everything
            used = state.in_province[SERVICE_OF_CATEGORY[category], province]
            state.remote[province, category] = weights[category] * used
