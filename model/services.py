"""The service catalogue: the contact-free services simulated so far, one row each.

A row says which relation and needs a service belongs to, what it replaces face to face, who provides it, what
a merchant needs for it, which registered numbers are its fee and starting use, and whether a rule bars it.
"""

from dataclasses import dataclass
from typing import Final, Literal

from model.codes import GOODS_NEEDS, NEEDS, ONLINE_NEEDS, SECTOR_OF_NEED
from model.exogenous import CARD_FEE_PATHS, PUBLIC_QR_FEE_PATHS

Relation = Literal["B2C", "B2B", "G2B", "G2C", "G2G", "C2C"]


@dataclass(frozen=True)
class Service:
    """One service; `fee`, `starting_use` name parameters or paths, `evidence` a row of gbc_services.csv.

    needs: ids of `codes.NEEDS`; merchant_technology: id of `codes.TECHNOLOGIES`, "" if a merchant needs none;
    gate: "open", or the rule that bars the service.
    """

    id: str
    relation: Relation
    needs: tuple[str, ...]
    counterpart: str
    providers: tuple[str, ...]
    merchant_technology: str
    fee: tuple[str, ...]
    starting_use: tuple[str, ...]
    gate: str
    evidence: str


_GOODS: Final = NEEDS[:GOODS_NEEDS]
_AT_TILLS: Final = tuple(need for need, sector in zip(NEEDS, SECTOR_OF_NEED, strict=True) if sector >= 0)


def _device(technology: str, needs: tuple[str, ...], counterpart: str, evidence: str) -> Service:
    """Return a service whose merchants need a device of the same name and pay its upkeep."""
    return Service(
        id=technology,
        relation="B2C",
        needs=needs,
        counterpart=counterpart,
        providers=("merchants", "equipment_vendors"),
        merchant_technology=technology,
        fee=(f"technology.running_cost_krw_per_month.{technology}",),
        starting_use=(f"technology.initial_share.{technology}",),
        gate="open",
        evidence=evidence,
    )


SERVICES: Final = (
    Service(
        id="open_market",
        relation="B2C",
        needs=_GOODS,
        counterpart="shops",
        providers=("merchants", "large_sellers", "open_market", "logistics"),
        merchant_technology="open_market_entry",
        fee=(
            "open_market.commission_share",
            "open_market.delivery_share",
            "platform.consumer_fee_share.open_market",
        ),
        starting_use=("consumer.initial_account_share", "consumer.initial_open_market_share"),
        gate="open",
        evidence="ecommerce",
    ),
    Service(
        id="large_seller_mall",
        relation="B2C",
        needs=_GOODS,
        counterpart="shops",
        providers=("large_sellers", "logistics"),
        merchant_technology="",
        fee=("open_market.delivery_share",),
        starting_use=("consumer.initial_account_share", "consumer.initial_open_market_share"),
        gate="open",
        evidence="ecommerce",
    ),
    Service(
        id="delivery_app",
        relation="B2C",
        needs=("meals",),
        counterpart="restaurants",
        providers=("merchants", "large_sellers", "delivery_platform", "logistics"),
        merchant_technology="delivery_app",
        fee=(
            "delivery_app.commission_share",
            "delivery_app.merchant_fee_share",
            "delivery_app.consumer_fee_share",
            "platform.consumer_fee_share.delivery_app",
        ),
        starting_use=("delivery_app.initial_account_share", "need.initial_online_share.meals"),
        gate="open",
        evidence="ecommerce",
    ),
    Service(
        id="travel_booking",
        relation="B2C",
        needs=("mobility",),
        counterpart="counters and agencies",
        providers=("travel_firms",),
        merchant_technology="",
        fee=(),
        starting_use=("need.initial_online_share.mobility",),
        gate="open",
        evidence="ecommerce",
    ),
    Service(
        id="mobile_pay_card",
        relation="B2C",
        needs=_AT_TILLS,
        counterpart="cards and cash at the till",
        providers=("banks",),
        merchant_technology="mobile_pay_terminal",
        fee=CARD_FEE_PATHS,
        starting_use=("instrument.hold_constant.mobile_pay_card",),
        gate="open",
        evidence="smart_finance",
    ),
    Service(
        id="online_simple_pay",
        relation="B2C",
        needs=NEEDS[:ONLINE_NEEDS],
        counterpart="card numbers typed in",
        providers=("banks",),
        merchant_technology="",
        fee=(),
        starting_use=("instrument.hold_constant.online_simple_pay",),
        gate="open",
        evidence="smart_finance",
    ),
    Service(
        id="public_qr_pay",
        relation="B2C",
        needs=_AT_TILLS,
        counterpart="cards and cash at the till",
        providers=("public_qr_operator",),
        merchant_technology="public_qr",
        fee=PUBLIC_QR_FEE_PATHS,
        starting_use=("instrument.hold_constant.public_qr_pay",),
        gate="open",
        evidence="smart_finance",
    ),
    _device("kiosk", ("groceries", "meals", "personal_services"), "orders taken by staff", "smart_store"),
    _device("table_order", ("meals",), "orders taken by staff", "smart_store"),
    _device("serving_robot", ("meals",), "dishes carried by staff", "smart_store"),
    _device("unmanned_night_store", ("groceries",), "shops closed at night", "smart_store"),
    Service(
        id="own_online_store",
        relation="B2C",
        needs=_GOODS,
        counterpart="shops",
        providers=("merchants", "logistics"),
        merchant_technology="own_online_store",
        fee=("open_market.delivery_share",),
        starting_use=("technology.initial_share.own_online_store", "own_store.small_seller_share.fashion"),
        gate="open",
        evidence="ecommerce",
    ),
    Service(
        id="live_commerce",
        relation="B2C",
        needs=_GOODS,
        counterpart="advice in the shop",
        providers=("merchants", "open_market"),
        merchant_technology="live_commerce",
        fee=("live_commerce.commission_share",),
        starting_use=("technology.initial_share.live_commerce",),
        gate="open",
        evidence="ecommerce",
    ),
    _device("subscription", ("groceries", "meals"), "single purchases", "subscription_economy"),
    Service(
        id="telework_kit",
        relation="B2C",
        needs=(),
        counterpart="work at the office",
        providers=("merchants", "equipment_vendors"),
        merchant_technology="telework_kit",
        fee=("technology.running_cost_krw_per_month.telework_kit",),
        starting_use=("technology.initial_share.telework_kit",),
        gate="open",
        evidence="telework",
    ),
    Service(
        id="smart_workshop",
        relation="B2B",
        needs=(),
        counterpart="work done by hand",
        providers=("merchants", "equipment_vendors"),
        merchant_technology="smart_workshop",
        fee=("technology.running_cost_krw_per_month.smart_workshop",),
        starting_use=("technology.initial_share.smart_workshop",),
        gate="open",
        evidence="e_procure_produce_sell",
    ),
)
"""Online shopping as two services, the delivery app, booking of travel, the three payment rows, which are never added
up, the devices of smart shops, and what else merchants serve customers or work with at a distance."""
