"""Consumer to consumer: second-hand goods, homes and cars, traded directly under trust and fraud.

The price goes from household to household and is nobody's sales; fees alone leave. Goods displace part of new ones.
"""

from typing import Final

from numba import njit

from model.codes import AGE_BANDS, GOODS_NEEDS, PEOPLE_SERVICES, PROVINCES
from model.numerics import JIT
from model.records import F8, Record
from model.rules.trade import goods_left, selling_pressure
from model.streams import C2C_FRAUD, draw_bits, stream_key, uniform

DIRECT_TRADE: Final = PEOPLE_SERVICES.index("internet_direct_trade")
_BANDS: Final = len(AGE_BANDS)
_PROVINCES: Final = len(PROVINCES)


@njit(**JIT)
def clear_c2c(state: Record, rules: Record, market: Record, paths: Record, calendar_month: int, seed: int) -> None:
    """Set what people sell each other by province, KRW, what of new goods that displaces, and trust lost to fraud.

    People sell more where the moving mean of simulated income lies below its own slow trend.
    """
    state.c2c_users = 0.0
    for province in range(_PROVINCES):
        users = 0.0
        for cell in range(province * _BANDS, (province + 1) * _BANDS):
            users += state.adults[cell] * float(state.use[DIRECT_TRADE, cell])
        users *= rules.c2c_potential
        price = rules.c2c_goods_krw * paths.income_index
        state.c2c_goods[province] = users * price * _pressure(state, rules, market, paths.income_index, province)
        state.c2c_displaced[province] = rules.c2c_displacement * (
            state.c2c_goods[province] - state.c2c_users_start[province] * price
        )
        state.c2c_users += users
    fraud = paths.fraud
    if uniform(draw_bits(stream_key(seed, C2C_FRAUD, calendar_month), 0)) < rules.c2c_fraud_hazard:
        fraud += rules.c2c_fraud_loss
    state.lost[DIRECT_TRADE] += min(1.0, fraud)


@njit(**JIT)
def _pressure(state: Record, rules: Record, market: Record, index: float, province: int) -> float:
    """Return how much more is sold in a province because income is short, and move the trend of its income."""
    income, trend = market.income[province] / index, state.income_trend[province]
    pressure = selling_pressure(income, trend, rules.c2c_selling)
    state.income_trend[province] = income if trend <= 0.0 else trend + (income - trend) / rules.c2c_trend_months
    return pressure


@njit(**JIT)
def displace_goods(
    province: int, market: Record, weight: float, unit_budgets: F8, displaced: float, change: F8
) -> None:
    """Take what direct trade displaces, KRW, from the province's budgets for goods; it stays with households.

    unit_budgets: the consumers' sums of spending, by cell, of the province; change: of its budget by need.
    """
    unit, goods = 0.0, 0.0
    for cell in range(unit_budgets.shape[0]):
        unit += unit_budgets[cell, 0]
    for need in range(GOODS_NEEDS):
        goods += market.budget_unit[need] * change[need]
    left = goods_left(displaced, goods * unit * weight * market.budget_scale[province])
    for need in range(GOODS_NEEDS):
        change[need] *= left
