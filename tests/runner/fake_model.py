"""A small deterministic stand-in for the model, fast enough to test the runner with thousands of runs."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.work import Engine
from model.calendar import month_number
from model.settings import Settings

START = month_number("2017-01")
UNITS = {"online_share_goods": "share", "sales_krw": "KRW", "users_persons": "persons"}
MERCHANTS = 12

Columns = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class FakeResult:
    core: npt.NDArray[np.float64]
    groups: dict[str, Columns]
    largest_residual: float = 1e-12


@dataclass(frozen=True)
class FakeScenario:
    """What a plan and a manifest need of a scenario."""

    name: str
    settings: Settings
    seed: int = 1
    replications: int = 4
    effective: Mapping[str, Any] = field(default_factory=dict)
    sources: Sequence[Path] = ()

    @property
    def path(self) -> Path:
        return Path(f"{self.name}.toml")


def scenario(name: str = "baseline", effect: float = 0.0, months: int = 6, runs: int = 4) -> FakeScenario:
    settings = Settings(START, months, 200.0, (), (("fake.effect", effect),), (), ())
    return FakeScenario(name, settings, replications=runs, effective={"effect": effect})


def generator(settings: Settings, seed: int) -> np.random.Generator:
    text = f"{settings.canonical()} {seed}"
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))


def core_of(settings: Settings, seed: int) -> npt.NDArray[np.float64]:
    return generator(settings, seed).normal(size=(settings.months, len(UNITS)))


def merchants_of(settings: Settings, seed: int) -> Columns:
    luck = generator(settings, seed + 1)
    return {
        "id": np.arange(MERCHANTS, dtype=np.uint32),
        "active_mask": luck.integers(0, 8, MERCHANTS).astype(np.uint8),
        "first_active_public_qr": luck.integers(-1, 6, MERCHANTS).astype(np.int16),
        "sales_krw_per_year": luck.lognormal(18, 1, MERCHANTS).astype(np.float32),
    }


def attributes_of(settings: Settings) -> Columns:
    return {"id": np.arange(MERCHANTS, dtype=np.uint32), "weight": np.full(MERCHANTS, settings.scale)}


def fake_run(
    settings: Settings,
    seed: int,
    groups: Sequence[str] = (),
    driver: str = "auto",
    threads: int = 1,
    progress: Callable[..., None] | None = None,
) -> FakeResult:
    for _ in range(settings.months):
        if progress is not None:
            progress()
    return FakeResult(core_of(settings, seed), {group: merchants_of(settings, seed) for group in groups})


def fake_engine(run: Callable[..., FakeResult] = fake_run) -> Engine:
    return Engine(run, attributes_of, UNITS)


def slow_run(settings: Settings, seed: int, **options: Any) -> FakeResult:
    time.sleep(0.05)
    return fake_run(settings, seed, **options)
