"""Payment-terminal subsidy: the win-win fund of the plan of September 2020 pays part of a mobile-pay terminal."""

from typing import ClassVar

from model.levers.base import DatedPath, TechnologyLever, quantity

_PLAN = "mss_programmes.csv win_win_fund: 40 bn KRW by 2023, 10 bn a year, 200,000 terminals"


class PaymentTerminalSubsidy(TechnologyLever):
    """Lowers the merchant's own price of a mobile-pay terminal by a share of its eligible unit cost."""

    id: ClassVar[str] = "payment_terminal_subsidy"
    title: ClassVar[tuple[str, str]] = ("Payment-terminal subsidy", "결제 단말기 보급 지원")
    technology: ClassVar[str] = "mobile_pay_terminal"
    source: ClassVar[str] = _PLAN

    budget_krw: DatedPath = quantity(
        [
            {"from": "2020-09", "is": 10e9},
            {"from": "2021-01", "is": 20e9},
            {"from": "2022-01", "is": 30e9},
            {"from": "2023-01", "is": 40e9},
        ],
        "KRW",
        "Cumulative budget available from a month on",
        "누적 예산",
        _PLAN,
    )
    quota: DatedPath = quantity(
        [
            {"from": "2020-09", "is": 50_000},
            {"from": "2021-01", "is": 100_000},
            {"from": "2022-01", "is": 150_000},
            {"from": "2023-01", "is": 200_000},
        ],
        "merchants",
        "Cumulative terminals granted from a month on",
        "누적 지원 단말기 수",
        _PLAN + "; spread evenly over the four yearly budgets (assumed)",
    )
    unit_cost_krw: float = quantity(
        250_000.0,
        "KRW",
        "Eligible price of a terminal",
        "단말기 인정 단가",
        "assumed, so that 80 % of it is the 200,000 KRW a terminal that the plan's totals imply",
        0.0,
        10_000_000.0,
    )
    subsidy_rate: float = quantity(
        0.80, "share", "Share of the eligible price paid", "보조율", "smart-shop notices: 0.5-0.8", 0.0, 1.0
    )
