"""What a scenario costs the public: outlay, and apart the real resources, transfers and loans in it."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from analysis.arms import Arms
from analysis.effects import Effect, cost_statistic, spending_indicator
from analysis.measures import MEASURES
from analysis.programmes import Programme
from analysis.statistics import Floats, Statistic, difference_statistic
from model.indicators import INDICATORS

OUTLAY: Final = "public_spending_krw"
REWARDS: Final = "public_spending_rewards_krw"
SUBSIDIES: Final = "public_spending_subsidies_krw"
LOANS: Final = ("public_spending_loans_krw",)
"""Public money borne for loans, guarantees of lost ones included; passed over if the model does not hold it."""
_DUST: Final = 1e-9
"""Share of the outlay below which what is left of it after subtraction is rounding, not money."""
PURPOSES: Final = tuple(
    name
    for name in ("subsidies", "visits", "training", "campaigns", "loans", "rewards")
    if f"public_spending_{name}_krw" in INDICATORS
)
"""What public money is spent for: "public_spending_" + each + "_krw" is an indicator."""


def cost_indicators() -> tuple[str, ...]:
    """Return the core indicators that `costs_of` reads."""
    return (OUTLAY, REWARDS, SUBSIDIES, *(name for name in LOANS if name in INDICATORS))


def costs_of(arms: Arms, window: range, effects: Sequence[Effect], jobs: Floats) -> tuple[Statistic, ...]:
    """Return the money of a scenario against the baseline over a window of month numbers, and its cost per job.

    outlay = resource_cost + transfer + loan_cost. Transfers are consumer rewards, and subsidies to shops that would
    have adopted about as early anyway; `jobs` [replications] is the change of all jobs. Empty without public money.
    """
    outlay = _paid(arms, (OUTLAY,), window)
    if not np.any(outlay):
        return ()
    subsidies = _paid(arms, (SUBSIDIES,), window) * _deadweight_share(arms, window, effects)
    transfer = _paid(arms, (REWARDS,), window) + subsidies
    loans = _paid(arms, [name for name in LOANS if name in INDICATORS], window)
    resources = outlay - transfer - loans
    parts = {
        "outlay": outlay,
        "resource_cost": np.where(np.abs(resources) > _DUST * np.abs(outlay), resources, 0.0),
        "transfer": transfer,
        "loan_cost": loans,
    }
    figures = (difference_statistic(MEASURES[name], values) for name, values in parts.items())
    return (*figures, cost_statistic("cost_per_job", outlay, jobs))


def _paid(arms: Arms, indicators: Sequence[str], window: range) -> Floats:
    months = slice(max(0, window.start - arms.start), window.stop - arms.start)
    total = np.zeros(len(arms.keys))
    for name in indicators:
        total = total + arms.difference(name)[:, months].sum(axis=1)
    return total


def _deadweight_share(arms: Arms, window: range, effects: Sequence[Effect]) -> Floats:
    """Deadweight among the subsidised [replications], over the technologies whose levers subsidise devices."""
    weights = np.full(len(arms.keys), 1e-9)
    total = np.zeros(len(arms.keys))
    for effect in _subsidising(effects):
        spent = np.abs(_paid(arms, (spending_indicator(effect.programme.technology),), window))
        served = np.maximum(effect.samples["subsidised"], 1e-9)
        total = total + spent * effect.samples["deadweight"] / served
        weights = weights + spent
    shares: Floats = total / weights
    return shares


def _subsidising(effects: Sequence[Effect]) -> Iterator[Effect]:
    return (effect for effect in effects if _subsidises(effect.programme))


def _subsidises(programme: Programme) -> bool:
    return any("subsidy_rate" in type(lever).model_fields for lever in programme.levers)
