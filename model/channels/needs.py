"""The upper nest: how a province's budgets are split among needs, other spending and saving.

What a need is worth moves its share; so spending new to a sector, and what a pandemic keeps people from buying, are
outputs. Positions: the needs, then other spending, then saving.
"""

from typing import Final

from numba import float32, njit

from model.agents.consumers.columns import CELLS_OF_PROVINCE
from model.codes import MOBILITY, NEEDS, NO_SECTOR, ONLINE_NEEDS, SECTOR_OF_NEED, SECTORS
from model.numerics import JIT
from model.records import Record
from model.rules.choice import need_weight, network_utility

_NEEDS: Final = len(NEEDS)
_SECTORS: Final = len(SECTORS)
OTHER_SPENDING: Final = _NEEDS
"""Position of spending outside the simulated needs."""
SAVING: Final = _NEEDS + 1
OPTIONS: Final = _NEEDS + 2
"""What a budget is split among."""


@njit(**JIT)
def face_utility(market: Record, rules: Record, province: int, need: int, stringency: float) -> float:
    """Return the utility of meeting a need (after the last: other spending) face to face, less the weight of measures.

    Shops in reach count where small merchants serve the need.
    """
    sector = SECTOR_OF_NEED[need] if need < _NEEDS else NO_SECTOR
    reach = float32(1.0)
    if sector != NO_SECTOR:
        where = province * _SECTORS + sector
        pull = market.store_pull[where] + market.large_store[where]
        at_start = market.store_pull_start[where] + market.large_store[where]
        reach = float32(pull / at_start) if at_start > 0.0 else float32(1.0)
    return network_utility(rules.network_weight, reach) - rules.stringency_weight[need] * float32(stringency)


@njit(**JIT)
def split_budgets(
    province: int, market: Record, rules: Record, paths: Record, sums: Record, spending: Record, month: int
) -> None:
    """Set what share of a budget each need, other spending and saving take in a province, over that of the start.

    The upper nest: shares of the start times e^(elasticity x change of worth), over their sum; of mobility the part
    that telework leaves.
    """
    spent = (1.0 - market.saving_rate) / market.budget_unit.sum()
    everything, change = 1.0, spending.change[province]
    for need in range(OPTIONS):
        worth = _worth(province, need, market, rules, paths, sums)
        if month == 0:
            market.worth_start[province, need] = worth
        share = spent * market.budget_unit[need] if need != SAVING else market.saving_rate
        change[need] = need_weight(rules.elasticity[need], float32(worth - market.worth_start[province, need]))
        change[need] *= spending.mobility_needed[province] if need == MOBILITY else 1.0
        everything += share * (change[need] - 1.0)
    for need in range(OPTIONS):
        change[need] /= everything


@njit(**JIT)
def _worth(province: int, need: int, market: Record, rules: Record, paths: Record, sums: Record) -> float:
    """Return what a need is worth to a province: the log-sum of both ways to meet it, mean over budgets.

    What risk and measures take from the need as a whole leaves the choice between both ways alone; to saving they add.
    """
    if need == SAVING:
        return float(rules.precaution[0]) * paths.risk + float(rules.precaution[1]) * paths.stringency
    first, budget = province * CELLS_OF_PROVINCE, 0.0
    for cell in range(first, first + CELLS_OF_PROVINCE):
        budget += sums.spending[cell, 0]
    lost = float(rules.need_aversion[need]) * paths.risk + float(rules.need_stringency[need]) * paths.stringency
    face = float(face_utility(market, rules, province, need, paths.stringency)) - lost
    if budget <= 0.0:
        return face
    shunned = float(rules.aversion_weight[need]) * paths.risk * sums.aversion[province] / budget
    return face - shunned + (sums.surplus[province, need] / budget if need < ONLINE_NEEDS else 0.0)
