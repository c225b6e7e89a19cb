"""What every policy lever has in common: its settings, their units and bounds, and its month of life.

A lever is a frozen pydantic model: declaring the class is enough for it to appear in scenario files,
the JSON schema, `untact levers` and the documentation. It holds plain numbers in base units (KRW, months,
merchants, shares); units and dates of scenario files are read by `experiments.scenario`.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from model.calendar import month_number
from model.codes import DISTRICT_KINDS, PROVINCES, SECTORS


def quantity(
    default: Any,
    unit: str,
    english: str,
    korean: str,
    source: str,
    low: float | None = None,
    high: float | None = None,
) -> Any:
    """Declare one setting of a lever: default, unit, both labels, source and bounds (inclusive)."""
    extra: dict[str, Any] = {"unit": unit, "label": {"en": english, "ko": korean}, "source": source}
    return Field(default, ge=low, le=high, json_schema_extra=extra, description=english)


def _month(value: object) -> object:
    return month_number(value) if isinstance(value, str) else value


def _path(value: object) -> object:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return ({"from": 0, "is": value},)
    return value


Month = Annotated[int, BeforeValidator(_month), Field(json_schema_extra={"format": "month"})]
"""A month number; scenario files write "YYYY-MM"."""


class DatedValue(BaseModel):
    """A value in force from a month on: `{from = "2021-01", is = 100000}`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    from_month: Month = Field(alias="from")
    value: float = Field(alias="is", ge=0)


DatedPath = Annotated[tuple[DatedValue, ...], BeforeValidator(_path)]
"""Values in force from their months on, in order; a single number holds always."""


def value_at(path: tuple[DatedValue, ...], month: int) -> float:
    """Return the value of a dated path in a month; 0 before its first date."""
    current = 0.0
    for step in path:
        if step.from_month <= month:
            current = step.value
    return current


def check_order(name: str, path: tuple[DatedValue, ...]) -> None:
    """Raise ValueError when the dates of a path do not rise; name: of the setting."""
    months = [step.from_month for step in path]
    if months != sorted(set(months)):
        raise ValueError(f"{name}: dates must rise; put the steps in the order of their months")


Province = Literal[PROVINCES]  # type: ignore[valid-type]
Sector = Literal[SECTORS]  # type: ignore[valid-type]
DistrictKind = Literal[DISTRICT_KINDS]  # type: ignore[valid-type]


class Target(BaseModel):
    """Which merchants a programme is for; an empty list or no bound means all."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    sectors: tuple[Sector, ...] = ()
    district_kinds: tuple[DistrictKind, ...] = ()
    owner_age_min: int = quantity(0, "years", "Youngest owner", "업주 최소 연령", "setting", 0, 120)
    owner_age_max: int = quantity(120, "years", "Oldest owner", "업주 최대 연령", "setting", 0, 120)
    sales_max_krw_per_year: float = quantity(1e15, "KRW/year", "Highest yearly sales", "연매출 상한", "setting", 0.0)


class Lever(BaseModel):
    """Settings that every lever shares. Subclasses add their own and say what they change.

    technology: id of the technology whose adoption the lever supports, None for one that acts otherwise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)
    id: ClassVar[str]
    title: ClassVar[tuple[str, str]]
    technology: ClassVar[str | None] = None
    source: ClassVar[str]

    start: Month = quantity(24248, "month", "First month", "시작 월", "plan of September 2020")
    end: Month = quantity(24287, "month", "Last month of decisions", "마지막 결정 월", "plan: by 2023")
    jurisdiction: tuple[Province, ...] = Field((), description="Provinces; empty means the nation")

    @model_validator(mode="after")
    def _dates_in_order(self) -> "Lever":
        if self.end < self.start:
            raise ValueError("end is before start; give an end month that is not earlier")
        return self


class GrantedLever(Lever):
    """What is granted merchant by merchant within quota, budget and capacity: a programme."""

    target: Target = Target()
    budget_krw: DatedPath = quantity(
        (), "KRW", "Cumulative budget available from a month on", "누적 예산", "see the lever"
    )
    quota: DatedPath = quantity(
        (), "merchants", "Cumulative merchants served from a month on", "누적 지원 수", "see the lever"
    )
    carry_over: bool = Field(True, description="Whether unused quota and budget stay available later")

    @model_validator(mode="after")
    def _steps_in_order(self) -> "GrantedLever":
        for name, path in (("quota", self.quota), ("budget_krw", self.budget_krw)):
            check_order(name, path)
        return self


class TechnologyLever(GrantedLever):
    """A programme that supports a technology, or one in each sector (`technologies`)."""

    rationing: Literal["first_come", "lottery", "score", "priority"] = Field(
        "first_come",
        description="Order of grants: by waiting time, by lot, by digital capability, or priority targets first",
    )
    priority: Target = Target()
    awareness_campaign_krw_per_month: float = quantity(
        0.0, "KRW/month", "Campaign money a month", "월 홍보비", "setting", 0.0
    )
    paperwork_hours: float = quantity(
        8.0, "hours", "Hours an application takes", "신청 소요 시간", "assumed", 0.0, 200.0
    )
    processing_months: int = quantity(1, "months", "Months from application to decision", "처리 개월", "assumed", 1, 24)
    decisions_per_month: float = quantity(
        1e9, "merchants/month", "Applications decided a month at most", "월 처리 건수", "assumed", 0.0
    )
    give_up_monthly_hazard: float = quantity(
        0.05, "1/month", "Hazard of giving up before installing", "설치 전 포기율(월)", "assumed", 0.0, 1.0
    )
    keep_months: int = quantity(
        24,
        "months",
        "Months a subsidised device must be kept",
        "의무 유지 개월",
        "smart-shop notices",
        0,
        120,
    )

    @property
    def technologies(self) -> tuple[str, ...]:
        """Ids of the technologies that the lever supports; empty if it supports none."""
        return (self.technology,) if self.technology else ()
