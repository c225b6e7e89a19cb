"""Smart shop: a kit of devices by sector, one programme with one quota and one budget for all kits."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from model.codes import FUNDED, SECTORS
from model.levers.base import DatedPath, Month, TechnologyLever, quantity

_PATH = "mss_targets.csv smart_shop: 4,500; 25,000; 50,000; 70,000; 90,000; 100,000 shops, 2020 to 2025"
_BUDGET = (
    "budgets of the programme: 1.7 bn KRW in 2020 (E_smartshop_plan), 22 bn in 2021 (E_smartshop_budget_plan); 22 bn a "
    "year afterwards (assumed: none is printed)"
)
_NOTICES = "smart-shop notices: 0.7 of the price, at most 5 m KRW"

Goods = Literal["own_online_store", "live_commerce", "none"]


class Kit(BaseModel):
    """Device of the kit by sector, "none" for no support there; terminals belong to the win-win fund."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    grocery_retail: Literal["kiosk", "unmanned_night_store", "own_online_store", "live_commerce", "none"] = "kiosk"
    fashion_retail: Goods = "own_online_store"
    home_goods_retail: Goods = "own_online_store"
    food_service: Literal["kiosk", "table_order", "serving_robot", "none"] = "kiosk"
    personal_services: Literal["kiosk", "none"] = "kiosk"

    def device(self, sector: str) -> str:
        """Return the technology supported in a sector, "" for none."""
        chosen = str(getattr(self, sector, "none"))
        return "" if chosen == "none" else chosen


class SmartShop(TechnologyLever):
    """Pays part of the device of a sector's kit; never a device of the win-win fund, and once a shop and device."""

    id: ClassVar[str] = "smart_shop"
    title: ClassVar[tuple[str, str]] = ("Smart shops", "스마트상점 보급")
    source: ClassVar[str] = _PATH

    end: Month = quantity(24311, "month", "Last month of decisions", "마지막 결정 월", "plan: by 2025")
    kit: Kit = Kit()
    quota: DatedPath = quantity(
        [
            {"from": "2020-09", "is": 4_500},
            {"from": "2021-01", "is": 25_000},
            {"from": "2022-01", "is": 50_000},
            {"from": "2023-01", "is": 70_000},
            {"from": "2024-01", "is": 90_000},
            {"from": "2025-01", "is": 100_000},
        ],
        "merchants",
        "Cumulative shops served from a month on",
        "누적 지원 상점 수",
        _PATH,
    )
    budget_krw: DatedPath = quantity(
        [
            {"from": "2020-09", "is": 1.7e9},
            {"from": "2021-01", "is": 23.7e9},
            {"from": "2022-01", "is": 45.7e9},
            {"from": "2023-01", "is": 67.7e9},
            {"from": "2024-01", "is": 89.7e9},
            {"from": "2025-01", "is": 111.7e9},
        ],
        "KRW",
        "Cumulative budget available from a month on",
        "누적 예산",
        _BUDGET,
    )
    subsidy_rate: float = quantity(0.70, "share", "Share of the price paid", "보조율", _NOTICES, 0.0, 1.0)
    subsidy_cap_krw: float = quantity(5e6, "KRW", "Most paid for a device", "지원 상한액", _NOTICES, 0.0, 100_000_000.0)

    @property
    def technologies(self) -> tuple[str, ...]:
        """Devices of the kits, in the order of the code list."""
        devices = {self.kit.device(sector) for sector in SECTORS}
        return tuple(technology for technology in FUNDED if technology in devices)
