"""A small stored world that obeys the reader's contract: paired runs of scenarios with known effects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.programmes import Goal
from model.calendar import month_number
from model.codes import DISTRICT_KINDS, OWNER_AGE_BANDS, PROVINCES, SECTORS, SIZE_BANDS, TECHNOLOGIES
from model.indicators import INDICATORS
from model.levers import PaymentTerminalSubsidy, PublicQrEnrolment
from model.parameters import register
from model.settings import Settings

START, MONTHS = month_number("2019-01"), 72
MERCHANTS, WEIGHT, REPLICATIONS = 3000, 730.0, 8
MOBILE_PAY = TECHNOLOGIES.index("mobile_pay_terminal")
Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class FakeScenario:
    name: str
    title: dict[str, str]
    question: dict[str, str]
    settings: Settings
    goals: Mapping[str, Goal] = field(default_factory=dict)


@dataclass(frozen=True)
class FakeRun:
    key: str
    scenario: str
    seed: int


@dataclass(frozen=True)
class FakePlan:
    runs: tuple[FakeRun, ...]


class FakeReader:
    """Keys are "<scenario>/<replication>"; a scenario with "plan" in its name spreads terminals faster."""

    def __init__(self) -> None:
        draws = np.random.default_rng(5)
        pick = {
            "province": len(PROVINCES) - 1,
            "owner_age_band": len(OWNER_AGE_BANDS),
            "sector": len(SECTORS),
            "district_kind": len(DISTRICT_KINDS),
            "size_band": len(SIZE_BANDS),
        }
        self.columns: Columns = {
            "id": np.arange(1, MERCHANTS + 1, dtype=np.uint32),
            "weight": np.full(MERCHANTS, WEIGHT, dtype=np.float32),
            **{name: draws.integers(0, count, MERCHANTS).astype(np.uint8) for name, count in pick.items()},
        }

    def attributes(self, key: str) -> Columns:
        return self.columns

    def core(self, keys: Sequence[str], indicators: Sequence[str] | None) -> Columns:
        names = list(INDICATORS) if indicators is None else list(indicators)
        return {name: np.array([self._path(key, name) for key in keys]) for name in names}

    def group(self, key: str, group: str) -> Columns:
        month = month_number(group.removeprefix("merchants@")) - START
        first, granted = self._history(key)
        active = (first >= 0) & (first <= month)
        sales = 1e8 * (1 + 0.02 * active) * (1 + self.columns["size_band"])
        columns: Columns = {
            "id": self.columns["id"],
            "alive": np.ones(MERCHANTS, dtype=bool),
            "active_mask": (active.astype(np.uint8) << MOBILE_PAY).astype(np.uint8),
            "installed_mask": (active.astype(np.uint8) << MOBILE_PAY).astype(np.uint8),
            "sales_krw_per_year": sales.astype(np.float32),
            "owner_income_krw_per_year": (0.2 * sales).astype(np.float32),
            "family_heads": np.ones(MERCHANTS, np.int16),
            "regular_heads": active.astype(np.int16),
            "temporary_heads": np.zeros(MERCHANTS, np.int16),
        }
        for technology in TECHNOLOGIES:
            known = technology == "mobile_pay_terminal"
            columns[f"first_active_{technology}"] = np.where(active & known, first, -1).astype(np.int16)
            columns[f"subsidised_{technology}"] = np.where((granted <= month) & known, granted, -1).astype(np.int16)
        return columns

    def _history(self, key: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """First active month and month of the grant (-1 never) of every merchant."""
        scenario, replication = key.split("/")
        draws = np.random.default_rng(int(replication))
        alone = draws.geometric(0.003, MERCHANTS)
        first = np.where(alone < MONTHS, alone, -1)
        granted = np.full(MERCHANTS, -1)
        offered = draws.random(MERCHANTS) < 0.004 * (1 + self.columns["sector"])
        month = month_number("2020-09") - START + draws.integers(1, 24, MERCHANTS)
        if "plan" in scenario:
            granted = np.where(offered & ((first < 0) | (first >= month)), month, -1)
            first = np.where(granted >= 0, month, first)
        return first, granted

    def _path(self, key: str, name: str) -> NDArray[np.float64]:
        first, granted = self._history(key)
        months = np.arange(MONTHS)
        users = np.array([((first >= 0) & (first <= month)).sum() * WEIGHT for month in months])
        grants = np.array([(granted == month).sum() * WEIGHT for month in months])
        if name in (
            "public_spending_mobile_pay_terminal_krw",
            "public_spending_krw",
            "public_spending_subsidies_krw",
        ):
            return grants * 200_000.0
        if name.startswith("heads_owners") or name.startswith("public_spending_"):
            return np.zeros(MONTHS)
        if name == "online_share_goods":
            return 0.2 + 0.002 * months + 1e-9 * users
        if name.startswith("merchants_"):
            stages = {"aware": 3.0, "abandoned": 0.05, "applied": 0.2, "selected": 0.15}
            return users * stages.get(name.split("_")[1], 1.0)
        return 1e12 + 1e3 * users


def settings(
    *levers: tuple[str, Any], months: int = MONTHS, scale: float = 200.0, risk: dict[int, float] | None = None
) -> Settings:
    """Settings of the small world; `risk` is the contact risk of columns of the horizon, else 0."""
    parameters = tuple((name, known.value) for name, known in register().items())
    path = tuple((risk or {}).get(column, 0.0) for column in range(months))
    return Settings(START, months, scale, (), parameters, (("contact_risk_index", path),), tuple(levers))


def scenario(name: str, of_settings: Settings) -> FakeScenario:
    title = {
        "en": name.replace("_", " ").title(),
        "ko": {"baseline": "기준 시나리오"}.get(name, "2020년 계획"),
    }
    question = {
        "en": "How many more shops use payment terminals?",
        "ko": "결제 단말기를 쓰는 상점은 얼마나 늘어나는가?",
    }
    return FakeScenario(name, title, question, of_settings)


def plan(*scenarios: FakeScenario, replications: int = REPLICATIONS) -> FakePlan:
    runs = [FakeRun(f"{one.name}/{k}", one.name, 100 + k) for one in scenarios for k in range(replications)]
    return FakePlan(tuple(runs))


TERMINAL = ("payment_terminal_subsidy", PaymentTerminalSubsidy.model_validate({}))
QR = ("public_qr_enrolment", PublicQrEnrolment.model_validate({}))
