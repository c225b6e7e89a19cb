"""Field training: courses, one-to-one advice and joint training of associations that raise owners' capability."""

from typing import ClassVar

from pydantic import model_validator

from model.levers.base import DatedPath, GrantedLever, Month, quantity

_PLAN = (
    "mss_targets.csv basic_digital_training 50,000, one_to_one_training 35,000, association_joint_training 10,000 "
    "persons by 2025"
)


class FieldTraining(GrantedLever):
    """Teaches owners for some hours, each once: of the capability an owner lacks, an hour gives a share."""

    id: ClassVar[str] = "field_training"
    title: ClassVar[tuple[str, str]] = ("Field training of owners", "현장 디지털 교육")
    source: ClassVar[str] = _PLAN

    end: Month = quantity(24311, "month", "Last month of courses", "마지막 교육 월", "plan: by 2025")
    quota: DatedPath = quantity(
        [
            {"from": "2020-09", "is": 5_000},
            {"from": "2021-01", "is": 23_000},
            {"from": "2022-01", "is": 41_000},
            {"from": "2023-01", "is": 59_000},
            {"from": "2024-01", "is": 77_000},
            {"from": "2025-01", "is": 95_000},
        ],
        "merchants",
        "Cumulative owners trained from a month on",
        "누적 교육 인원",
        _PLAN + "; spread evenly over the years (assumed)",
    )
    budget_krw: DatedPath = quantity(
        60e9, "KRW", "Cumulative budget for courses", "누적 교육 예산", "assumed: not printed in the plan"
    )
    hours_per_person: float = quantity(
        20.0, "hours", "Hours taught to an owner", "1인당 교육시간", "assumed", 0.0, 2_000.0
    )
    capability_per_hour: float = quantity(
        0.006,
        "1/hour",
        "Share of the missing capability that an hour gives",
        "시간당 부족 역량 해소율",
        "assumed, so that a course of 20 hours moves practices by about five points (behavioural_parameters.csv 70)",
        0.0,
        0.05,
    )
    cost_krw_per_hour: float = quantity(
        25_000.0, "KRW/hour", "Cost of an hour for one owner", "1인 1시간 교육비", "assumed", 0.0, 10_000_000.0
    )
    capacity_hours_per_month: DatedPath = quantity(
        40_000.0, "hours/month", "Hours that teachers can give a month", "월 교육 가능 시간", "assumed"
    )

    @model_validator(mode="after")
    def _somebody_teaches(self) -> "FieldTraining":
        if self.quota and not any(step.value > 0.0 for step in self.capacity_hours_per_month):
            raise ValueError(
                "capacity_hours_per_month is zero but owners are to be trained; give the hours that teachers can give "
                "a month, or leave out the lever"
            )
        if self.quota and self.hours_per_person <= 0.0:
            raise ValueError("hours_per_person must be above zero; give the hours taught to an owner")
        return self
