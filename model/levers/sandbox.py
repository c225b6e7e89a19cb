"""Regulatory sandbox: a service that the law does not allow is tried out in some provinces, then allowed or shut."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import model_validator

from model.calendar import month_text
from model.codes import GATED, PROVINCES, SERVICE_TYPES
from model.errors import UserError
from model.levers.base import Lever, Month, quantity
from model.records import Records
from model.settings import ORIGIN

_ZONE = "gbc_services.csv: Gangwon Digital Healthcare special zone, designated July 2019"


class RegulatorySandbox(Lever):
    """Opens a gated service by province and date: review, trial within caps, renewal, then revised rules or the end."""

    id: ClassVar[str] = "regulatory_sandbox"
    title: ClassVar[tuple[str, str]] = ("Regulatory sandbox", "규제 샌드박스")
    source: ClassVar[str] = "levers.md C: regulatory sandbox per service"

    start: Month = quantity(24234, "month", "Month of designation", "지정 월", _ZONE)
    end: Month = quantity(
        24257, "month", "Last month of the first term", "최초 실증 종료 월", "two years, as designated"
    )
    service: Literal[SERVICE_TYPES] = quantity(  # type: ignore[valid-type]
        "noncontact_medical", "", "Service that is tried out", "실증 서비스", "setting"
    )
    share_of_demand: float = quantity(
        1.0,
        "share",
        "Share of demand in its provinces that the trial admits",
        "실증 허용 수요 비율",
        "setting",
        0.0,
        1.0,
    )
    cap_per_month: float = quantity(
        1e12, "uses/month", "Patients, or deliveries, a month that the trial admits", "월 실증 한도(환자·배송)",
        "setting; 400 patients in Gangwon (macro_series.csv gangwon_telemed)", 0.0,
    )  # fmt: skip
    review_months: int = quantity(
        4, "months", "Months from designation to the first user", "심사 개월", "behavioural_parameters.csv 96", 0, 60
    )
    renewals: int = quantity(1, "", "Further terms of the same length", "연장 횟수", "setting", 0, 20)
    outcome: Literal["revised", "ended"] = quantity(
        "revised", "", "After the last term: rules revised for the nation, or the trial ended", "실증 이후", "setting"
    )
    accident_limit: float = quantity(
        1.0, "accidents/use", "Accidents per use above which the trial is stopped for good", "실증 중단 사고율",
        "setting", 0.0,
    )  # fmt: skip

    @model_validator(mode="after")
    def _gated(self) -> "RegulatorySandbox":
        if self.service not in GATED:
            allowed = " or ".join(GATED)
            raise ValueError(f"service {self.service!r} is allowed anyway; a sandbox is for {allowed}")
        return self

    @model_validator(mode="after")
    def _in_time(self) -> "RegulatorySandbox":
        if self.start < ORIGIN:
            raise ValueError(f"start is before {month_text(ORIGIN)}, when the economy begins; no gate can move earlier")
        if self.start + self.review_months > self.end:
            raise ValueError(
                "review_months end after the first term does; shorten the review or give a later end month"
            )
        return self

    @property
    def last(self) -> int:
        """The last month of the last term."""
        return self.end + self.renewals * (self.end - self.start + 1)


def write_sandboxes(gates: Records, levers: Sequence[tuple[str, Lever]], start: int) -> None:
    """Write what sandboxes allow into GATES by month from `start` on; one that admits nobody does nothing.

    Raises UserError when a service is in two sandboxes at a time.
    """
    gates.cap[:] = gates.accident_limit[:] = np.inf
    for name, lever in sorted(levers, key=lambda pair: pair[0]):
        if isinstance(lever, RegulatorySandbox) and min(lever.share_of_demand, lever.cap_per_month) > 0.0:
            _write(gates, name, lever, start)


def _write(gates: Records, name: str, lever: RegulatorySandbox, start: int) -> None:
    place = GATED.index(lever.service)
    chosen = [not lever.jurisdiction or province in lever.jurisdiction for province in PROVINCES]
    first, after = lever.start + lever.review_months - start, max(0, lever.last + 1 - start)
    tried = slice(max(0, first), None if lever.outcome == "revised" else after)
    if gates.trial[tried, place].any() or gates.revised[tried, place].any():
        raise UserError(f"levers.{name}: another sandbox of {lever.service} is open in some of its months or led to "
                        "revised rules; join their provinces, or let one end before")  # fmt: skip
    gates.trial[tried, place] = np.where(chosen, np.float32(lever.share_of_demand), np.float32(0.0))
    gates.cap[tried, place] = lever.cap_per_month
    gates.accident_limit[tried, place] = lever.accident_limit
    if lever.outcome == "revised":
        gates.revised[after:, place] = 1.0
