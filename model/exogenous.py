"""Exogenous monthly paths: pandemic, wages, fees, income and the public QR reward, with their filling rules.

Observed values stand in `model/data/evidence`; a gap before, between or after them is filled by the rule that
each declaration names. A scenario may replace any path from a month on.
"""

import csv
import dataclasses
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Final

import numpy as np

from model.calendar import month_number, month_text
from model.settings import ORIGIN, Settings

MOBILITY_FALL_AT_FULL_RISK = 25.0
"""Percent fall of visits to shops and restaurants that counts as full contact risk (assumed scale)."""
PANDEMIC_FADE_MONTHS = 6


@dataclass(frozen=True)
class PathDeclaration:
    """One exogenous path: its unit, bounds (inclusive), labels, source and the rule that fills its gaps."""

    id: str
    unit: str
    low: float
    high: float
    label_en: str
    label_ko: str
    source: str
    filling_rule: str


_STEP = "held from its date to the next; the first value before its date, the last one after"
_PANDEMIC = "0 before the first observation; after the last one it falls to 0 in a line over 6 months"


def _card(tier: str, english: str, korean: str) -> PathDeclaration:
    return PathDeclaration(
        f"card_fee_share_{tier}",
        "share",
        0.0,
        0.05,
        f"Card fee, yearly sales {english}",
        f"카드수수료(연매출 {korean})",
        "statutory_paths.csv; above 3 bn KRW 2 % (assumed)",
        _STEP,
    )


def _public_qr(tier: str, english: str, korean: str) -> PathDeclaration:
    return PathDeclaration(
        f"public_qr_fee_share_{tier}",
        "share",
        0.0,
        0.05,
        f"Public QR fee, yearly sales {english}",
        f"공공 QR 수수료(연매출 {korean})",
        "statutory_paths.csv",
        _STEP,
    )


_LAUNCH = "2018-12"
"""First month of the public QR network (its launch notices; B_zeropay_merchants)."""

_DECLARED = (
    PathDeclaration(
        "stringency_index",
        "index 0-1",
        0.0,
        1.0,
        "Stringency of measures",
        "방역 조치 강도",
        "pandemic_forcing.csv G_stringency_m over 100",
        _PANDEMIC,
    ),
    PathDeclaration(
        "contact_risk_index",
        "index 0-1",
        0.0,
        1.0,
        "Contact risk, from mobility",
        "접촉 위험(이동량 기반)",
        "pandemic_forcing.csv G_mobility_retail_recreation_m: fall over 25 %, between 0 and 1",
        _PANDEMIC,
    ),
    PathDeclaration(
        "minimum_wage_krw_per_hour",
        "KRW/hour",
        0.0,
        100_000.0,
        "Minimum wage",
        "최저임금",
        "statutory_paths.csv",
        _STEP,
    ),
    _card("up_to_300m", "up to 300 m KRW", "3억 이하"),
    _card("300m_500m", "300-500 m KRW", "3-5억"),
    _card("500m_1bn", "0.5-1 bn KRW", "5-10억"),
    _card("1bn_3bn", "1-3 bn KRW", "10-30억"),
    _card("above_3bn", "above 3 bn KRW", "30억 초과"),
    _public_qr("up_to_800m", "up to 800 m KRW", "8억 이하"),
    _public_qr("800m_1200m", "0.8-1.2 bn KRW", "8-12억"),
    _public_qr("above_1200m", "above 1.2 bn KRW", "12억 초과"),
    PathDeclaration(
        "household_income_index",
        "index, January 2017 = 1",
        0.1,
        10.0,
        "Nominal income per adult outside the simulation",
        "시뮬레이션 외 1인당 명목소득 지수",
        "retail sales 2017-19 (online value over online share, A_*), less the growth of adults",
        "a line between the Januaries of 2017 to 2020; 2 % a year after (assumed) and before",
    ),
    PathDeclaration(
        "public_qr_reward_share",
        "share",
        0.0,
        0.5,
        "Consumer reward for public QR payments (vouchers, relief)",
        "공공 QR 결제 소비자 혜택률(상품권·지원금)",
        "vouchers and relief paid through the network in spring 2020 (B_zeropay_value_cum); sizes assumed",
        _STEP,
    ),
    PathDeclaration(
        "public_qr_network_open",
        "share",
        0.0,
        1.0,
        "Whether the public QR network is open",
        "공공 QR 결제망 개통 여부",
        "launch in December 2018 (B_zeropay_merchants)",
        _STEP,
    ),
    PathDeclaration(
        "talent_training_persons_per_month",
        "persons/month",
        0.0,
        100_000.0,
        "People who begin training for the new industries",
        "신산업 인력 양성 개시 인원",
        "none beside graduates; a scenario sets it",
        "0 unless a scenario sets it",
    ),
    PathDeclaration(
        "public_data_opened_index",
        "index 0-1",
        0.0,
        1.0,
        "Public data opened beyond those of 2017",
        "2017년 이후 추가 개방된 공공데이터",
        "none opened unless a scenario says so",
        _STEP,
    ),
    PathDeclaration(
        "c2c_fraud_index",
        "index 0-1",
        0.0,
        1.0,
        "Trust in direct trade lost through fraud this month",
        "사기로 인한 직거래 신뢰 손실",
        "none beyond the fraud that is drawn unless a scenario says so",
        _STEP,
    ),
)
PATHS: Final[dict[str, PathDeclaration]] = {declaration.id: declaration for declaration in _DECLARED}

CARD_FEE_PATHS: Final = tuple(name for name in PATHS if name.startswith("card_fee"))
CARD_FEE_CEILINGS_KRW: Final = (300e6, 500e6, 1e9, 3e9, np.inf)
PUBLIC_QR_FEE_PATHS: Final = tuple(name for name in PATHS if name.startswith("public_qr_fee"))
PUBLIC_QR_FEE_CEILINGS_KRW: Final = (800e6, 1200e6, np.inf)

_INCOME_ANCHORS = {"2017-01": 1.0, "2018-01": 1.034, "2019-01": 1.062, "2020-01": 1.078}
_INCOME_GROWTH_AFTER = 0.02
_REWARD_STEPS = {"2017-01": 0.0, "2020-01": 0.02, "2020-03": 0.05, "2020-04": 0.10, "2020-09": 0.05}


def default_paths(start: int, months: int) -> dict[str, tuple[float, ...]]:
    """Return the default value of every path for each month of a horizon, by path id."""
    wanted = np.arange(start, start + months)
    paths = {
        "stringency_index": _pandemic(wanted, "G_stringency_m", lambda value: value / 100.0),
        "contact_risk_index": _pandemic(wanted, "G_mobility_retail_recreation_m", _risk_of_mobility),
        "minimum_wage_krw_per_hour": _steps(wanted, _statutory("minimum_wage")),
        "household_income_index": _income_index(wanted),
        "public_qr_reward_share": _steps(wanted, _REWARD_STEPS),
        "public_qr_network_open": _steps(wanted, {"2017-01": 0.0, _LAUNCH: 1.0}),
        "card_fee_share_above_3bn": np.full(months, 0.02),
        "talent_training_persons_per_month": np.zeros(months),
        "public_data_opened_index": np.zeros(months),
        "c2c_fraud_index": np.zeros(months),
    }
    for name in CARD_FEE_PATHS[:-1]:
        paths[name] = _steps(wanted, _statutory(name.replace("card_fee_share_", "card_fee_sales_")))
    for name in PUBLIC_QR_FEE_PATHS:
        paths[name] = _steps(wanted, _statutory(name.replace("public_qr_fee_share_", "public_qr_fee_sales_")))
    return {name: tuple(float(value) for value in paths[name]) for name in PATHS}


def from_origin(settings: Settings) -> Settings:
    """Return the settings of the same run from ORIGIN on: observed and default paths come before its own.

    Raises ValueError for a horizon that begins before ORIGIN.
    """
    before = settings.start - ORIGIN
    if before < 0:
        raise ValueError(f"the horizon begins before {month_text(ORIGIN)}, the month of the starting tables")
    history = default_paths(ORIGIN, before)
    paths = tuple((name, history[name] + tuple(values)) for name, values in settings.paths)
    return dataclasses.replace(settings, start=ORIGIN, months=settings.months + before, paths=paths)


def _risk_of_mobility(change_percent: float) -> float:
    return min(1.0, max(0.0, -change_percent / MOBILITY_FALL_AT_FULL_RISK))


def _steps(wanted: np.ndarray, dated: Mapping[str, float]) -> np.ndarray:
    months = np.array([month_number(text) for text in dated])
    values = np.array(list(dated.values()))
    return values[np.maximum(0, np.searchsorted(months, wanted, side="right") - 1)]


def _pandemic(wanted: np.ndarray, series: str, scale: Callable[[float], float]) -> np.ndarray:
    observed = {month: scale(value) for month, value in _observed(series).items()}
    first, last = min(observed), max(observed)
    months = np.array([first - 1, *sorted(observed), last + PANDEMIC_FADE_MONTHS])
    values = np.array([0.0, *(observed[month] for month in sorted(observed)), 0.0])
    return np.interp(wanted, months, values, left=0.0, right=0.0)


def _income_index(wanted: np.ndarray) -> np.ndarray:
    months = np.array([month_number(text) for text in _INCOME_ANCHORS])
    values = np.array(list(_INCOME_ANCHORS.values()))
    inside = np.interp(wanted, months, values)
    beyond = np.maximum(0, wanted - months[-1]) + np.minimum(0, wanted - months[0])
    return inside * (1.0 + _INCOME_GROWTH_AFTER) ** (beyond / 12.0)


@functools.cache
def _statutory(path: str) -> dict[str, float]:
    return {row["from"]: float(row["value"]) for row in _rows("statutory_paths.csv") if row["path"] == path}


@functools.cache
def _observed(series: str) -> dict[int, float]:
    rows = (row for row in _rows("pandemic_forcing.csv") if row["series_id"] == series)
    return {month_number(row["period"]): float(row["value"]) for row in rows}


def _rows(name: str) -> list[dict[str, str]]:
    path = resources.files("model") / "data" / "evidence" / name
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
