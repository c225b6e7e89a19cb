"""B2B, G2B, G2G, C2C and data (docs/model.md 3.4.13), from the month's use of services."""

from dataclasses import dataclass

import numpy as np

from tests.reference import state as kept
from tests.reference.draws import F8, bits_of, top_of
from tests.reference.service_state import Services, Trade
from tests.reference.services import TYPES
from tests.reference.state import GOODS, MANUFACTURING, PROVINCES, SECTORS, Run, Values

TRADES = ("e_procure_produce_sell", "e_trade", "public_procurement", "online_export", "online_fair")
"""Services that bring orders, in their order; procurement in every sector, the others to manufacturers."""
ORDERS = tuple(service for service in TRADES if service != "public_procurement")
PURPOSES = ("b2b_orders", "e_trade_exports", "public_procurement", "online_exports", "online_fair_contracts")
"""Of the payments for orders, in the order of the services that bring them."""
PLACES = np.array([TYPES.index(service) for service in TRADES])
SOFTWARE, MEETINGS, EGOV, INTERGOV, DIRECT = (
    TYPES.index(service)
    for service in (
        "e_procure_produce_sell", "remote_meeting", "egov_export", "intergov_contract", "internet_direct_trade",
    )
)  # fmt: skip


@dataclass
class Direct:
    """A month of direct trade by province: users, KRW paid for goods, KRW of new goods displaced; trust lost."""

    users: F8
    goods: F8
    displaced: F8
    lost: float


@dataclass
class Orders:
    """A month's sales to firms, KRW: by (service, sector), of the rest and of all by sector."""

    brought: F8
    usual: F8
    total: F8


def started(v: Values) -> F8:
    """Shares of use that the start is solved for."""
    return v.of("service.initial_share", "used_services")


def start_trade(run: Run, now: Services, mean_skill: float) -> Trade:
    """Nothing moved yet; who would trade directly if rules allowed it everywhere."""
    able = run.values.of("service.skill_weight", "used_services")[DIRECT] * (now.skill - mean_skill)
    users = by_province(kept.logistic(now.constant[DIRECT] + able) * now.adults)
    return Trade(np.ones(len(TRADES)), np.zeros(PROVINCES), 1.0, 0.0, users)


def by_province(people: F8) -> F8:
    """Sums over the cells of provinces."""
    return np.asarray(people.reshape(PROVINCES, -1).sum(axis=1))


def trade_directly(run: Run, trade: Trade, income: F8, users: F8, t: int) -> Direct:
    """People sell each other goods, more where income lies below its trend, which moves; a fraud may be heard of."""
    v, index = run.values, run.now("household_income_index", t)
    real = income / index
    known = trade.trend > 0.0
    short = np.maximum(0.0, 1.0 - real / np.where(known, trade.trend, 1.0)) * known
    step = (real - trade.trend) / v["c2c.income_trend_months"]
    trade.trend = np.where(known, trade.trend + step, real)
    price = v["c2c.goods_krw_per_user_month"] * index
    usual = v["c2c.potential_users_share"] * price
    goods = usual * users * (1.0 + v["c2c.selling_elasticity"] * short)
    displaced = v["c2c.displacement_share"] * (goods - usual * trade.users_start)
    draw = top_of(bits_of(run.seed, "c2c_fraud", run.start + t, np.zeros(1, np.int64)))[0]
    heard = v["c2c.fraud_trust_lost"] if draw < v["c2c.fraud_shocks_per_month"] else 0.0
    lost = min(1.0, run.now("c2c_fraud_index", t) + heard)
    return Direct(v["c2c.potential_users_share"] * users, goods, displaced, lost)


def trust_after(v: Values, trust: float, lost: float) -> float:
    """Trust comes back slowly and goes at once."""
    return max(0.0, trust + v["service.trust_recovery_per_month"] * (1.0 - trust) - lost)


def left_for_goods(spending: F8, unit: F8, shifts: F8, displaced: F8) -> F8:
    """Shifts of a budget with what direct trade displaces taken from goods; unit: budgets of provinces x scale.

    spending: KRW by need at the start, a unit budget; shifts: by (province, what a budget is split among).
    """
    goods = unit * (shifts[:, :GOODS] @ spending[:GOODS])
    left = np.maximum(0.0, 1.0 - displaced / goods)
    after = shifts.copy()
    after[:, :GOODS] = shifts[:, :GOODS] * left[:, None]
    return after


def shares_of_start(v: Values) -> F8:
    """What of business demand came through each service at the start, by (service, sector)."""
    share = np.zeros((len(TRADES), SECTORS))
    for service, part in zip(ORDERS, v.of("trade.initial_order_share", "orders"), strict=True):
        share[TRADES.index(service), MANUFACTURING] = part
    share[TRADES.index("public_procurement")] = v.of("procurement.initial_order_share", "sectors")
    return share


def take_orders(run: Run, trade: Trade, nation: F8, demand: F8) -> Orders:
    """Orders by service, as matches ripen; nation: use of services; demand: of firms as at the start, indexed."""
    v = run.values
    without, months, new = (
        v.of(f"trade.{name}", "trades") for name in ("share_without_service", "matching_months", "new_share")
    )
    found = without + (1.0 - without) * nation[PLACES] / started(v)[PLACES]
    trade.flow = trade.flow + (found - trade.flow) / months
    share = shares_of_start(v)
    usual = 1.0 - share.sum(axis=0)
    for m in range(len(TRADES)):
        usual = usual - np.minimum((1.0 - new[m]) * share[m] * (trade.flow[m] - 1.0), usual)
    brought = demand * share * trade.flow[:, None]
    return Orders(brought, demand * usual, demand * usual + brought.sum(axis=0))


def saved_by_software(v: Values, use: float) -> tuple[F8, F8]:
    """What a won of sales costs in inputs and vendors' fees, and the fees, by sector."""
    share, saving = v.of("merchant.input_share", "sectors"), v.of("b2b.input_saving_share", "sectors")
    fee = v["b2b.fee_share_of_saving"]
    both = share * (1.0 - saving * (1.0 - fee) * (use - started(v)[SOFTWARE]))
    return both, share * saving * fee * use


def gather_data(run: Run, trade: Trade, transactions: float, t: int) -> float:
    """Move the stock of data by online orders and simple pay, KRW; returns the quality of advice."""
    v = run.values
    seen = transactions / run.now("household_income_index", t)
    if t == 0:
        trade.transactions_start = seen
    fresh = seen / trade.transactions_start + v["data.opened_weight"] * run.now("public_data_opened_index", t)
    stale = v["data.decay_per_month"]
    trade.data = (1.0 - stale) * trade.data + stale * fresh
    return quality_of(v, trade.data)


def quality_of(v: Values, data: float) -> float:
    first = v["data.initial_quality"]
    return data / (data + (1.0 - first) / first)


def official(run: Run, nation: F8, t: int) -> dict[str, float]:
    """What officials' trips cost and meetings save of it, and what governments sell abroad, KRW."""
    v, index = run.values, run.now("household_income_index", t)
    trips = v["remote_meeting.travel_krw_per_year"] / 12.0 * index
    saved = trips * v["remote_meeting.trips_replaced_share"] * nation[MEETINGS]
    ratio = nation / started(v)
    return {
        "saved": saved,
        "official_travel": trips - saved,
        "egov_exports": v["egov_export.usd_per_year"] * v["egov_export.krw_per_usd"] / 12.0 * ratio[EGOV],
        "intergov_contracts": v["intergov_contract.krw_per_year"] / 12.0 * index * ratio[INTERGOV],
    }


def book(run: Run, orders: Orders, direct: Direct, nation: F8, sales: F8, t: int) -> dict[str, float]:
    """Payments of the month by purpose, KRW; sales: of small merchants by sector.

    The vendors' fees are part of what inputs cost, the fees of direct trade of other spending.
    """
    v, index = run.values, run.now("household_income_index", t)
    _, fees = saved_by_software(v, float(nation[SOFTWARE]))
    abroad = official(run, nation, t)
    return {
        "business_sales": float(orders.usual.sum()),
        "business_software": float(fees @ sales),
        "c2c_goods_fee": v["c2c.goods_fee_share"] * float(direct.goods.sum()),
        "c2c_homes_cars_fee": v["c2c.homes_cars_fee_krw_per_user_month"] * index * float(direct.users.sum()),
        **{purpose: float(part) for purpose, part in zip(PURPOSES, orders.brought.sum(axis=1), strict=True)},
        **{purpose: abroad[purpose] for purpose in ("official_travel", "egov_exports", "intergov_contracts")},
    }


def indicators(
    run: Run, booked: dict[str, float], direct: Direct, services: Services, data: float, t: int
) -> dict[str, float]:
    """Indicators of trade; data: stock after the month."""
    shown = ("b2b_platform_orders_krw", "e_trade_exports_krw", "procurement_small_krw", "online_export_krw",
             "online_fair_contracts_krw")  # fmt: skip
    return {name: booked[purpose] for name, purpose in zip(shown, PURPOSES, strict=True)} | {
        "remote_meeting_saved_krw": official(run, services.national, t)["saved"],
        "egov_export_krw": booked["egov_exports"],
        "intergov_contract_krw": booked["intergov_contracts"],
        "c2c_goods_krw": float(direct.goods.sum()),
        "c2c_trust": float(services.trust[DIRECT]),
        "data_advice_quality": quality_of(run.values, data),
    }
