"""Platform fee cut: the commission of a private platform is capped by law, or lowered by agreement."""

from typing import ClassVar, Literal

from model.levers.base import Lever, Month, quantity

_PLAN = "plan of September 2020: lower commissions from 2021; no rate is printed, the scenario sets it"


class PlatformFeeCut(Lever):
    """Lowers what small sellers pay a platform. A cap may be answered by ranking and by a fee of consumers; an
    agreement binds the platform not to turn to consumers, but ranking is its own affair.
    """

    id: ClassVar[str] = "platform_fee_cut"
    title: ClassVar[tuple[str, str]] = ("Platform fee cut", "플랫폼 수수료 인하")
    source: ClassVar[str] = _PLAN

    start: Month = quantity(24252, "month", "First month", "시작 월", "plan of September 2020: from 2021")
    end: Month = quantity(24311, "month", "Last month", "마지막 월", "plan: by 2025")
    platform: Literal["open_market", "delivery_app"] = quantity(
        "delivery_app", "", "Platform whose commission is lowered", "대상 플랫폼", "setting"
    )
    cap_share: float = quantity(
        1.0, "share", "Highest commission allowed, share of an order", "수수료 상한", _PLAN, 0.0, 1.0
    )
    negotiated_cut_share: float = quantity(
        0.0, "share", "Commission taken off by agreement, share of an order", "합의 인하폭", _PLAN, 0.0, 1.0
    )
    sales_max_krw_per_year: float = quantity(
        1e15, "KRW/year", "Highest yearly sales of sellers it covers", "적용 연매출 상한", "setting", 0.0
    )
    covers_large_sellers: bool = quantity(
        False, "", "Whether large sellers are covered too, over the whole nation", "대형 판매자 포함 여부", "setting"
    )
