"""Trade between organisations and people at the start: numbers of its rules, and its first state."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from model.codes import ORDERS, SECTORS, TRADES
from model.parameters import vector
from model.records import Record

MANUFACTURING = SECTORS.index("small_manufacturing")


def trade_rules(values: Mapping[str, float]) -> dict[str, Any]:
    """Return the fields of SERVICE_RULES that trade goes by."""
    quality = values["data.initial_quality"]
    return {
        "use_start": np.array(vector(values, "service.initial_share", "used_services")),
        "order_share": _order_share(values),
        "order_new": np.array(vector(values, "trade.new_share", "trades")),
        "order_months": np.array(vector(values, "trade.matching_months", "trades")),
        "order_without": np.array(vector(values, "trade.share_without_service", "trades")),
        "input_saving": np.array(vector(values, "b2b.input_saving_share", "sectors")),
        "software_fee": values["b2b.fee_share_of_saving"],
        "travel_krw": values["remote_meeting.travel_krw_per_year"] / 12.0,
        "trips_replaced": values["remote_meeting.trips_replaced_share"],
        "egov_krw": values["egov_export.usd_per_year"] * values["egov_export.krw_per_usd"] / 12.0,
        "intergov_krw": values["intergov_contract.krw_per_year"] / 12.0,
        "c2c_potential": values["c2c.potential_users_share"],
        "c2c_goods_krw": values["c2c.goods_krw_per_user_month"],
        "c2c_displacement": values["c2c.displacement_share"],
        "c2c_selling": values["c2c.selling_elasticity"],
        "c2c_trend_months": values["c2c.income_trend_months"],
        "c2c_fraud_hazard": values["c2c.fraud_shocks_per_month"],
        "c2c_fraud_loss": values["c2c.fraud_trust_lost"],
        "c2c_goods_fee": values["c2c.goods_fee_share"],
        "c2c_other_fee_krw": values["c2c.homes_cars_fee_krw_per_user_month"],
        "data_decay": values["data.decay_per_month"],
        "data_opened": values["data.opened_weight"],
        "data_half": (1.0 - quality) / quality,
    }


def _order_share(values: Mapping[str, float]) -> np.ndarray:
    """Return what part of business demand at the start came through each service, by sector."""
    share = np.zeros((len(TRADES), len(SECTORS)))
    for service, part in zip(ORDERS, vector(values, "trade.initial_order_share", "orders"), strict=True):
        share[TRADES.index(service), MANUFACTURING] = part
    procurement = vector(values, "procurement.initial_order_share", "sectors")
    share[TRADES.index("public_procurement")] = procurement
    return share


def start_trade(start: Record, use: np.ndarray, potential: float) -> None:
    """Set trade's state before the first month; use: of direct trade by cell, gates open."""
    start.order_flow[:] = 1.0
    start.data_stock = 1.0
    users = potential * use * start.adults
    start.c2c_users_start[:] = users.reshape(len(start.c2c_users_start), -1).sum(axis=1)
