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

SERVICES: Final = (
    Service(
        id="open_market",
        relation="B2C",
        needs=_GOODS,
        counterpart="shops",
        providers=("merchants", "large_sellers", "open_market", "logistics"),
        merchant_technology="open_market_entry",
        fee=("open_market.commission_share", "open_market.delivery_share"),
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
)
"""Online shopping as two services, the delivery app, booking of travel, and the three payment rows, which are never
added up."""
