"""Public QR enrolment: officers visit shops and enrol them in the public QR payment network at no price."""

from typing import ClassVar

from model.levers.base import DatedPath, TechnologyLever, quantity

_PLAN = "mss_programmes.csv simple_payment: 0.6 m merchants (July 2020), 1 m by 2021, 2 m by 2023"


class PublicQrEnrolment(TechnologyLever):
    """Sends officers to shops that are not yet in the network; a visited shop may accept and is enrolled."""

    id: ClassVar[str] = "public_qr_enrolment"
    title: ClassVar[tuple[str, str]] = ("Public QR enrolment", "공공 QR 결제 가맹 지원")
    technology: ClassVar[str] = "public_qr"
    source: ClassVar[str] = _PLAN

    quota: DatedPath = quantity(
        [
            {"from": "2020-09", "is": 400_000},
            {"from": "2022-01", "is": 900_000},
            {"from": "2023-01", "is": 1_400_000},
        ],
        "merchants",
        "Cumulative merchants enrolled from a month on",
        "누적 가맹 수",
        _PLAN + "; counted from 0.6 m, the step of 2022 is the middle of its neighbours (assumed)",
    )
    budget_krw: DatedPath = quantity(
        60e9, "KRW", "Cumulative budget for visits", "누적 방문 예산", "assumed: not printed in the plan"
    )
    visits_per_month: DatedPath = quantity(
        150_000.0, "visits/month", "Shops that officers can visit in a month", "월 방문 상점 수", "assumed"
    )
    visit_cost_krw: float = quantity(
        5_000.0,
        "KRW/visit",
        "Cost of one visit",
        "방문 1회 비용",
        "assumed, so that the visits of 2019 meet its budget of 6 bn KRW (B_zeropay_budget)",
        0.0,
        1_000_000.0,
    )
