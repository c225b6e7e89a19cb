"""What is to be run: every run with its key, which runs share a shard, and what it will cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from experiments.keys import run_keys, run_seed
from model.errors import UserError
from model.settings import Settings

if TYPE_CHECKING:
    from experiments.store import Store

RUNS_PER_SHARD: Final = ((100.0, 25), (10.0, 5), (0.0, 1))
"""From which scale on how many runs share a shard: some seconds of work, the most a killed batch loses."""
ONE_BY_ONE_BELOW: Final = 10.0
"""Below this scale runs are so large that one at a time on all threads is quicker and needs less memory."""
PEOPLE: Final = 43_000_000
MERCHANTS: Final = 2_190_000
"""Round sizes of the whole population, for estimates of cost only."""
SECONDS_PER_AGENT_MONTH: Final = 28e-9
BYTES_PER_AGENT: Final = 95
BYTES_AT_LEAST: Final = 300_000_000
"""Bounds the full model must keep, used until a batch of the same scale has been measured."""


class Planned(Protocol):
    """What a plan needs to know of a scenario: its name, file, settings, first seed and replications."""

    @property
    def name(self) -> str:
        """Name under which its runs and results are known."""

    @property
    def path(self) -> Path:
        """File of the scenario, for messages."""

    @property
    def settings(self) -> Settings:
        """Settings of every run of the scenario."""

    @property
    def seed(self) -> int:
        """Base seed from which the seeds of the replications follow."""

    @property
    def replications(self) -> int:
        """Number of runs."""


@dataclass(frozen=True)
class RunSpec:
    """One run: key, scenario's name, settings, seed, and which replication (from 0) of the scenario."""

    key: str
    scenario: str
    settings: Settings
    seed: int
    replication: int


@dataclass(frozen=True)
class Plan:
    """All runs in the order of scenarios and replications, and the shards that hold each key once.

    groups: group outputs asked for, by key, besides the core indicators.
    """

    runs: tuple[RunSpec, ...]
    shards: tuple[tuple[RunSpec, ...], ...]
    groups: Mapping[str, tuple[str, ...]]

    def keys(self, scenario: str) -> tuple[str, ...]:
        """Return the keys of a scenario's runs in the order of replications; empty for an unknown name."""
        return tuple(run.key for run in self.runs if run.scenario == scenario)


@dataclass(frozen=True)
class Estimate:
    """Cost of a plan: different runs, those stored already, seconds for the rest, peak memory in bytes.

    measured: whether the figures come from batches of the same scales on this store.
    """

    runs: int
    cached: int
    seconds: float
    memory_bytes: int
    measured: bool


def make_plan(
    scenarios: Sequence[Planned],
    replications: int | None = None,
    groups_of: Mapping[str, Sequence[str]] | None = None,
) -> Plan:
    """Return the plan of some scenarios.

    replications: runs a scenario, else what each says; groups_of: group outputs by scenario name.
    Raises UserError for fewer than one replication and for two scenarios of one name.
    """
    _check_names(scenarios)
    per_scenario = [_runs(scenario, replications) for scenario in scenarios]
    runs = tuple(run for of_one in per_scenario for run in of_one)
    groups: dict[str, set[str]] = {run.key: set() for run in runs}
    for run in runs:
        groups[run.key].update((groups_of or {}).get(run.scenario, ()))
    return Plan(runs, _shards(per_scenario), {key: tuple(sorted(asked)) for key, asked in groups.items()})


def estimate(plan: Plan, store: "Store", workers: int) -> Estimate:
    """Return what is stored of a plan and what the rest will cost with this many runs at a time."""
    missing = store.missing(plan.groups)
    measured = store.costs(workers)
    to_do = [run for shard in plan.shards for run in shard if run.key in missing]
    scales = {run.settings.scale for run in to_do}
    declared = {scale: _declared_cost(scale, workers) for scale in scales}
    costs = {scale: measured.get(scale, declared[scale]) for scale in scales}
    seconds = sum(costs[run.settings.scale][0] * run.settings.months for run in to_do)
    memory = max((bytes_needed for _, bytes_needed in costs.values()), default=0)
    cached = len(plan.groups) - len(missing)
    return Estimate(len(plan.groups), cached, seconds / workers, memory, scales <= measured.keys())


def recommended_executor(plan: Plan) -> str:
    """Return "serial" (one run at a time on all threads) if any run is large, else "threads"."""
    large = any(run.settings.scale < ONE_BY_ONE_BELOW for run in plan.runs)
    return "serial" if large else "threads"


def _check_names(scenarios: Sequence[Planned]) -> None:
    first: dict[str, Planned] = {}
    for scenario in scenarios:
        name, other = scenario.name, first.setdefault(scenario.name, scenario)
        if other is not scenario:
            raise UserError(f"{scenario.path}: {other.path} is called {name} too; rename one of the files")


def _runs(scenario: Planned, replications: int | None) -> tuple[RunSpec, ...]:
    count = scenario.replications if replications is None else replications
    if count < 1:
        raise UserError(f"{scenario.path}: {count} replications give no result; give 1 or more")
    seeds = [run_seed(scenario.seed, k) for k in range(count)]
    keys = run_keys(scenario.settings, seeds)
    return tuple(
        RunSpec(key, scenario.name, scenario.settings, seed, k)
        for k, (key, seed) in enumerate(zip(keys, seeds, strict=True))
    )


def _shards(per_scenario: Sequence[tuple[RunSpec, ...]]) -> tuple[tuple[RunSpec, ...], ...]:
    # Cut scenario by scenario from replication 0 on: a scenario has the same shards in every plan.
    seen: set[str] = set()
    shards = []
    for runs in per_scenario:
        size = next(size for scale, size in RUNS_PER_SHARD if runs[0].settings.scale >= scale)
        for first in range(0, len(runs), size):
            shard = tuple(run for run in runs[first : first + size] if run.key not in seen)
            seen.update(run.key for run in shard)
            shards.append(shard)
    return tuple(shard for shard in shards if shard)


def _declared_cost(scale: float, workers: int) -> tuple[float, int]:
    """Seconds of one run-month and bytes of `workers` runs at a time, from the bounds of the full model."""
    people = PEOPLE if scale == 1 else PEOPLE / (10 * scale)
    agents = people + MERCHANTS / scale
    memory = BYTES_AT_LEAST + agents * BYTES_PER_AGENT * workers
    return agents * SECONDS_PER_AGENT_MONTH, int(memory)
