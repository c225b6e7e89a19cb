"""Public platform: a public delivery app with a low commission opens beside the private ones."""

from typing import ClassVar, Literal

from model.levers.base import Lever, Month, quantity

_PLAN = "plan of September 2020: entry of a low-commission platform, off by default; its terms are the scenario's"


class PublicDeliveryPlatform(Lever):
    """Opens a public delivery app in some provinces: restaurants on apps join it by and by, orders split by logit."""

    id: ClassVar[str] = "public_platform"
    title: ClassVar[tuple[str, str]] = ("Public platform", "공공 플랫폼")
    source: ClassVar[str] = _PLAN

    start: Month = quantity(24252, "month", "Month it opens", "개시 월", "setting")
    end: Month = quantity(24311, "month", "Last month before it closes", "마지막 운영 월", "setting")
    service: Literal["delivery_app"] = quantity("delivery_app", "", "Service it offers", "제공 서비스", "setting")
    commission_share: float = quantity(
        0.02, "share", "Commission, share of an order", "중개 수수료율", "assumed: payment cost only", 0.0, 1.0
    )
    voucher_share: float = quantity(
        0.0, "share", "Share of an order paid back to consumers from public money", "소비자 할인율", "setting", 0.0, 0.9
    )
    promotion_krw_per_month: float = quantity(
        0.0, "KRW/month", "Public money for promotion a month", "월 홍보 예산", "setting", 0.0
    )
