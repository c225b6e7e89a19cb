"""Digital loans: policy lending at a low rate, guaranteed in part, to merchants that run short of cash."""

from typing import ClassVar

from pydantic import model_validator

from model.levers.base import DatedPath, Lever, Target, check_order, quantity

_PLAN = (
    "mss_programmes.csv digitalisation_fund 300 bn, smart_equipment_fund 100 bn (2021), smart_guarantee 200 bn (2020)"
)


class DigitalLoan(Lever):
    """Lends to merchants that are short of cash, at a rate of its own and with part of the risk borne by government."""

    id: ClassVar[str] = "digital_loan"
    title: ClassVar[tuple[str, str]] = ("Digital loans and guarantees", "디지털 전환 융자·보증")
    source: ClassVar[str] = _PLAN

    target: Target = Target()
    budget_krw: DatedPath = quantity(
        [{"from": "2020-09", "is": 200e9}, {"from": "2021-01", "is": 600e9}],
        "KRW",
        "Cumulative volume of loans from a month on",
        "누적 대출 한도",
        _PLAN,
    )
    rate_per_year: float = quantity(
        0.02, "share", "Interest that merchants pay a year", "대출 금리(연)", "assumed: policy funds of 2020", 0.0, 0.2
    )
    guarantee_cover: float = quantity(
        0.85,
        "share",
        "Share of a loan that is guaranteed",
        "보증 비율",
        "behavioural_parameters.csv 78: 0.85-1",
        0.0,
        1.0,
    )
    guarantee_fee: float = quantity(
        0.009, "share", "Fee on the guaranteed amount, paid once", "보증료율", "behavioural_parameters.csv 78", 0.0, 0.1
    )
    loan_max_krw: float = quantity(100e6, "KRW", "Largest loan", "대출 한도", "assumed", 0.0, 1e10)
    awareness_campaign_krw_per_month: float = quantity(
        0.0, "KRW/month", "Campaign money a month", "월 홍보비", "setting", 0.0
    )

    @model_validator(mode="after")
    def _a_volume_has_a_rate(self) -> "DigitalLoan":
        check_order("budget_krw", self.budget_krw)
        if "budget_krw" in self.model_fields_set and self.budget_krw and "rate_per_year" not in self.model_fields_set:
            raise ValueError('budget_krw without rate_per_year: say at which rate the loans are, for example "2 %"')
        return self
