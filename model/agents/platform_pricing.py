"""The quarterly decision of a private platform, compiled: nine pairs of commission and consumers' fee, and the best.

Orders are those that last month's cells of demand (province x account set, aggregate logit) would give at other prices,
members moved by their responses, all else fixed. The responses are solved once, at the first decision, so that holding
the prices of the start is best.
"""

import math
from typing import Final

from numba import njit

from model.agents.merchants.columns import MARKETS
from model.agents.platform_terms import FIRST, GOODS_MARKET, GOODS_SETS, OWN, SELLERS, SERVICES, platform_of
from model.codes import GOODS_NEEDS, MEALS, PROVINCES
from model.numerics import JIT
from model.records import F8, Record, Records
from model.rules.platforms import (
    commission_in_force,
    entry_profit,
    holding_response,
    members_kept,
    nest_moved,
    orders_moved,
)

_PROVINCES: Final = len(PROVINCES)
_FIRST, _BOTH = 1, 3


_DERIVATIVE_STEP = 0.005
"""Of the numerical derivative of demand: how far a platform moves its prices is `platform.step_share`."""


@njit(**JIT)
def paid_at(number: int, terms: Records, rules: Record, budget_unit: F8, utility: float) -> float:
    """Return what consumers would pay a platform, KRW a month, were the utility of its service so much higher."""
    service, side = number % SERVICES, number // SERVICES
    dissimilarity = rules.dissimilarity[service]
    if service == GOODS_MARKET:
        return _paid_for_goods(side, terms, budget_unit, utility, dissimilarity)
    return _paid_for_meals(side, terms, budget_unit, utility, dissimilarity) * (1.0 - rules.courier_share)


@njit(**JIT)
def _paid_for_goods(side: int, terms: Records, budget_unit: F8, utility: float, dissimilarity: float) -> float:
    cells, reached, total = terms[FIRST], terms[side].reached, 0.0
    for need in range(GOODS_NEEDS):
        for accounts in range(GOODS_SETS):
            inner, drawn, part = -1.0, 1.0, 0.0
            for province in range(_PROVINCES):
                held = reached[province, need]
                if side == FIRST:
                    held *= cells.demand_both[need] if accounts == _BOTH else float(accounts & _FIRST)
                budget = cells.demand_budget[province, accounts, need]
                if budget <= 0.0 or held <= 0.0:
                    continue
                if held != inner:
                    inner = held
                    drawn, part = nest_moved(inner, utility, dissimilarity)
                share = cells.demand_online[province, accounts, need] / budget
                total += budget * budget_unit[need] * orders_moved(share, drawn, part)
    return total


@njit(**JIT)
def _paid_for_meals(side: int, terms: Records, budget_unit: F8, utility: float, dissimilarity: float) -> float:
    cells, reached, total = terms[FIRST], terms[side].reached, 0.0
    for province in range(_PROVINCES):
        drawn, part = nest_moved(reached[province, MEALS], utility, dissimilarity)
        for accounts in range(GOODS_SETS):
            budget = cells.demand_budget[province, accounts, MEALS]
            if budget > 0.0:
                share = cells.demand_online[province, accounts, MEALS] / budget
                total += budget * budget_unit[MEALS] * orders_moved(share, drawn, part)
    return total


@njit(**JIT)
def mean_commission(service: int, terms: Record, own: F8, change: float, sellers: int) -> float:
    """Return the mean commission in force, over last month's orders, were the platform's own so much higher.

    sellers: classes it is taken over, the first; with SELLERS the margin of own sales stands among commissions.
    """
    paid, sold = 0.0, 0.0
    for where in range(MARKETS):
        if platform_of(where) == service:
            for seller in range(sellers):
                amount = terms.sold[where, seller]
                agreed, cap = terms.agreed[where, seller], terms.cap[where, seller]
                moved = own[seller] + change if seller != OWN else own[seller]
                paid += amount * commission_in_force(moved, agreed, cap)
                sold += amount
    return paid / sold if sold > 0.0 else own[0]


@njit(**JIT)
def orders_at(
    number: int, terms: Records, rules: Record, budget_unit: F8, commission_change: float, fee: float, fee_change: float
) -> float:
    """Return orders, KRW a month, at a mean commission and a fee so much higher; sellers pass their share on."""
    price = (1.0 + rules.passed_on * commission_change) * (1.0 + fee + fee_change) / (1.0 + fee)
    paid = paid_at(number, terms, rules, budget_unit, rules.price_weight * math.log(price))
    return paid / (1.0 + fee + fee_change)


@njit(**JIT)
def solve_responses(number: int, platform: Record, terms: Records, rules: Record, budget_unit: F8) -> None:
    """Solve how members respond, such that at the start's prices neither price is worth moving.

    Own sales pay no commission: of the margin and of orders only what others sell moves with it.
    """
    service, mine = number % SERVICES, terms[number // SERVICES]
    fee, step = platform.consumer_fee_start, _DERIVATIVE_STEP
    margin = mean_commission(service, mine, platform.commission, 0.0, SELLERS) + fee - platform.variable_cost
    of_others = 1.0 - own_part(service, mine)
    for price in range(2):
        by_commission, by_fee = (of_others * step, 0.0) if price == 0 else (0.0, step)
        up = orders_at(number, terms, rules, budget_unit, by_commission, fee, by_fee)
        down = orders_at(number, terms, rules, budget_unit, -by_commission, fee, -by_fee)
        elasticity = math.log(up / down) / (2.0 * step) if up > 0.0 and down > 0.0 else 0.0
        if price == 0:
            platform.seller_response = holding_response(margin, of_others, elasticity)
        else:
            platform.consumer_response = holding_response(margin, 1.0, elasticity)
    platform.solved = 1


@njit(**JIT)
def own_part(service: int, terms: Record) -> float:
    """Return the platform's own sales in last month's orders."""
    own, sold = 0.0, 0.0
    for where in range(MARKETS):
        if platform_of(where) == service:
            own += terms.sold[where, OWN]
            for seller in range(SELLERS):
                sold += terms.sold[where, seller]
    return own / sold if sold > 0.0 else 0.0


@njit(**JIT)
def profit_at(
    number: int, platform: Record, terms: Records, rules: Record, budget_unit: F8, change: float, fee_change: float
) -> float:
    """Return the monthly profit, KRW, at prices moved so much, members moved by their responses; fixed costs apart."""
    service, mine, own = number % SERVICES, terms[number // SERVICES], platform.commission
    now = mean_commission(service, mine, own, 0.0, SELLERS)
    earned = mean_commission(service, mine, own, change, SELLERS)
    paid = mean_commission(service, mine, own, change, OWN)
    fee = mine.fee[service]
    orders = orders_at(number, terms, rules, budget_unit, earned - now, fee, fee_change)
    sellers = members_kept(paid - platform.commission_start, platform.seller_response, rules.curvature)
    buyers = members_kept(fee + fee_change - platform.consumer_fee_start, platform.consumer_response, rules.curvature)
    return orders * sellers * buyers * (earned + fee + fee_change - platform.variable_cost)


@njit(**JIT)
def entry_profit_now(number: int, platform: Record, terms: Records, rules: Record, budget_unit: F8) -> float:
    """Return what a rival expects to earn a month were it in business, KRW: an entrant's share at its start's terms.

    It takes what consumers pay the first platform for what its service sells, and caps as they bind.
    """
    service, first = number % SERVICES, terms[FIRST]
    paid = paid_at(service, terms, rules, budget_unit, 0.0)
    commission, sold = 0.0, 0.0
    for where in range(MARKETS):
        if platform_of(where) == service:
            for seller in range(OWN):
                amount = first.sold[where, seller]
                commission += amount * commission_in_force(platform.commission[seller], 1.0, first.cap[where, seller])
                sold += amount
    commission = commission / sold if sold > 0.0 else platform.commission_start
    fee = platform.consumer_fee_start
    return entry_profit(paid, rules.entrant_share, commission, fee, platform.variable_cost, platform.fixed_krw)


@njit(**JIT)
def _allowed(own: float, change: float, january: float, limits: F8, yearly_limit: float) -> bool:
    """Return whether a price may move so: within its declared range and the yearly limit."""
    new, slack = own + change, 1e-9
    if change == 0.0:
        return True
    return limits[0] - slack <= new <= limits[1] + slack and abs(new - january) <= yearly_limit + slack


@njit(**JIT)
def best_of_nine(number: int, platform: Record, terms: Records, rules: Record, budget_unit: F8) -> int:
    """Return the best pair of steps as 3 x (commission step + 1) + fee step + 1; 4 is to hold both prices.

    A pair must beat holding by more than the tolerance, and lie within ranges and the yearly limit; a commission that
    the caps do not let through is no step; an agreement bars a higher fee.
    """
    hold = profit_at(number, platform, terms, rules, budget_unit, 0.0, 0.0)
    best, chosen = hold + rules.tolerance * abs(hold), 4
    service, mine = number % SERVICES, terms[number // SERVICES]
    now = mean_commission(service, mine, platform.commission, 0.0, SELLERS)
    for pair in range(9):
        change, fee_change = (pair // 3 - 1) * rules.step, (pair % 3 - 1) * rules.step
        free = mean_commission(service, mine, platform.commission, change, SELLERS) != now
        within = True
        for seller in range(OWN):
            january = platform.commission_january[seller]
            within = within and _allowed(
                platform.commission[seller], change, january, platform.commission_range, rules.yearly_limit
            )
        within = within and _allowed(
            platform.consumer_fee, fee_change, platform.consumer_fee_january, platform.consumer_fee_range,
            rules.yearly_limit,
        )  # fmt: skip
        may = (change == 0.0 or free) and not (platform.bound and fee_change > 0.0)
        if pair != 4 and within and may:
            profit = profit_at(number, platform, terms, rules, budget_unit, change, fee_change)
            if profit > best:
                best, chosen = profit, pair
    platform.expected_krw[0], platform.expected_krw[1] = hold, best
    return chosen
