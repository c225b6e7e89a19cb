"""The economy of one run: a Mesa model whose month is a printable schedule of phases over columns."""

import functools
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import mesa
import numba
import numpy as np
from numpy.typing import NDArray

from model import ledger
from model.agents.accounts import AccountAgent, make_account_agents
from model.agents.firms.columns import VACANT as NO_FIRM
from model.agents.firms.columns import columns_of as firm_columns_of
from model.agents.merchants.columns import VACANT, columns_of
from model.agents.merchants.start import count_and_cost
from model.agents.platforms import PLATFORM_AGENTS, Platform
from model.calendar import QUARTER, month_number, month_text
from model.engine import month as phases
from model.engine import warm
from model.engine.snapshot import age_bands, rank_bands, snapshot_of
from model.engine.start import make_world
from model.exogenous import from_origin
from model.population import Population
from model.schedule import SCHEDULE
from model.settings import ORIGIN, Settings
from model.synthetic_population.build import SyntheticKorea, build
from model.synthetic_population.merchants import with_room

Driver = Literal["auto", "serial", "parallel"]
ROWS_FOR_PARALLEL = 100_000
"""People from which running chunks side by side beats one compiled call a month."""


class RunStopped(Exception):
    """A run that broke a law of the model: the message names month, account, purpose or platform, and amount."""


@dataclass(frozen=True)
class RunResult:
    """What a run gives: core indicators (months, len(CORE)) and the groups asked for, column by column."""

    core: NDArray[np.float64]
    groups: dict[str, dict[str, NDArray[Any]]]
    largest_residual: float


class Economy(mesa.Model):
    """Korea's contact-free economy for one settings and seed; `step` runs one month.

    Platforms, governments and account agents are Mesa agents; consumers and merchants are column populations
    (`people`, `merchants`) whose rows can be viewed as agents. `korea` shares one synthetic population among
    runs. driver: "serial" runs a month in one compiled call, "parallel" chunks side by side; same bits.
    """

    def __init__(
        self, settings: Settings, seed: int, korea: SyntheticKorea | None = None, driver: Driver = "auto"
    ) -> None:
        super().__init__(rng=seed % 2**63)
        settings = from_origin(settings)
        self.settings = settings
        self.seed_of_draws = np.uint64(seed)
        self.korea = korea or population_of(settings)
        self.world = make_world(self.korea, settings, seed)
        self.months_run = 0
        self.accounts: dict[str, AccountAgent] = make_account_agents(self, PLATFORM_AGENTS)
        self.platforms = [agent for agent in self.accounts.values() if isinstance(agent, Platform)]
        self.people = Population("people", _people_columns(self), self)
        big = self.world.people.id.size >= ROWS_FOR_PARALLEL
        self.parallel = driver == "parallel" or (driver == "auto" and big)

    @property
    def month(self) -> int:
        """The calendar month that `step` runs next (see `model.calendar`)."""
        return self.settings.start + self.months_run

    @property
    def merchants(self) -> Population:
        """The merchants there now: rows where nobody is are left out."""
        columns = columns_of(self.world.merchants)
        there = np.flatnonzero(columns["entered"] != VACANT)
        return Population("merchants", columns, self, there, self._count_merchants)

    @property
    def firms(self) -> Population:
        """The new-industry firms there now, one to one at every scale."""
        columns = firm_columns_of(self.world.firms)
        return Population("firms", columns, self, np.flatnonzero(columns["stage"] != NO_FIRM))

    def step(self) -> None:
        """Run one month; raises RunStopped when the books fail, a price leaves its range or a population dies out."""
        if self.parallel:
            for phase in SCHEDULE:
                phase.run(self)
        else:
            self.decide_prices()
            phases.month_serial(self.world, self.months_run, self.month, self.seed_of_draws)
        self.check()
        self.months_run += 1

    def advance(self, months: int) -> None:
        """Run several months, serially in one compiled call a quarter; raises RunStopped like `step`."""
        if self.parallel:
            for _ in range(months):
                self.step()
            return
        end = self.months_run + months
        while self.months_run < end:
            self.decide_prices()
            first, last = self.months_run, min(end, self.next_quarter)
            done = phases.months_serial(self.world, first, last, self.settings.start, self.seed_of_draws)
            self.months_run = int(done)
            if self.months_run < last:
                self.check()

    @property
    def next_quarter(self) -> int:
        """The first month since the start, after the one that runs next, in which platforms price."""
        return self.months_run + QUARTER - self.month % QUARTER

    def decide_prices(self) -> None:
        """Let every platform act if the month that runs next begins a quarter; not in the run's first month."""
        if self.month % QUARTER == 0 and self.months_run > 0:
            for platform in self.platforms:
                platform.step()

    def _count_merchants(self) -> None:
        w = self.world
        count_and_cost(w.merchants, w.places, w.merchant_rules[0].running_krw)

    def check(self) -> None:
        """Raise RunStopped if the month that ran last broke a law."""
        verdict = self.world.books[0].verdict[0]
        if verdict == ledger.OUT_OF_RANGE:
            faults = [platform.fault() for platform in self.platforms]
            raise RunStopped(f"{month_text(self.month)}: {'; '.join(filter(None, faults))}")
        if verdict != ledger.BALANCED:
            raise RunStopped(f"{month_text(self.month)}: {ledger.explain(self.world.books[0])}")

    @staticmethod
    def schedule() -> list[dict[str, str]]:
        """Return the month as a table: phase, what it does, order of agents, what it reads and writes."""
        return [
            {"phase": p.name, "does": p.does, "agents": p.order, "reads": p.reads, "writes": p.writes} for p in SCHEDULE
        ]

    def snapshot(self) -> dict[str, NDArray[Any]]:
        """Return the state of every merchant row now: the columns of the group "merchants@YYYY-MM"."""
        ratio = dict(self.settings.parameters)["entry.size_ratio"]
        return snapshot_of(self.world, self.korea.merchants, ratio)

    def close(self) -> None:
        """Forget the model in Mesa's class-level table of ids, so that memory stays flat over many runs."""
        getattr(mesa.Agent, "_ids", {}).pop(self, None)


def advance_side_by_side(economies: Sequence[Economy], months: int) -> None:
    """Run several economies of one calendar over `months` side by side, each serially; same bits as one by one.

    Raises RunStopped for the first that stops, with the others at the end of the same quarter.
    """
    first = economies[0]
    worlds = numba.typed.List([economy.world for economy in economies])
    seeds = np.array([economy.seed_of_draws for economy in economies], dtype=np.uint64)
    done, end = np.zeros(len(economies), np.int64), first.months_run + months
    while first.months_run < end:
        for economy in economies:
            economy.decide_prices()
        begin, last = first.months_run, min(end, first.next_quarter)
        phases.replicates_parallel(worlds, begin, last, first.settings.start, seeds, done)
        for economy, month in zip(economies, done, strict=True):
            economy.months_run = int(month)
        for economy in economies:
            if economy.months_run < last:
                economy.check()


_building = threading.Lock()


@functools.lru_cache(maxsize=2)
def _shared_population(scale: float, focus: tuple[str, ...], first_year: int, last_year: int) -> SyntheticKorea:
    korea = build(scale, focus, first_year, last_year)
    return replace(korea, merchants=with_room(korea.merchants))


def population_of(settings: Settings) -> SyntheticKorea:
    """Return the synthetic population of these settings, built once and shared between runs."""
    last_year = (settings.start + settings.months - 1) // 12
    with _building:
        return _shared_population(settings.scale, settings.focus, ORIGIN // 12, last_year)


def run(
    settings: Settings,
    seed: int,
    groups: Sequence[str] = (),
    driver: Driver = "auto",
    threads: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> RunResult:
    """Run one scenario with one seed over its whole horizon.

    groups: outputs beside the core indicators, "merchants@YYYY-MM" each; threads: above one, "auto" runs chunks of
    a big population side by side; progress: called with (months done, months). Raises RunStopped when the ledger
    does not balance, ValueError for a group outside the horizon.
    """
    warm.kernels()
    if threads > 1:
        numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    if driver == "auto" and threads == 1:
        driver = "serial"
    economy = Economy(settings, seed, driver=driver)
    dates = _snapshot_months(settings, groups)
    taken: dict[str, dict[str, NDArray[Any]]] = {}
    before, months = settings.start - ORIGIN, economy.settings.months
    try:
        while economy.months_run < months:
            economy.advance(_months_to_next_stop(economy.months_run, months, dates))
            if economy.months_run in dates:
                taken[dates[economy.months_run]] = _dated_from(before, economy.snapshot())
            if progress is not None:
                progress(economy.months_run, months)
    finally:
        economy.close()
    residual = float(economy.world.out[:, -1].max())
    return RunResult(economy.world.out[before:].copy(), taken, residual)


def _dated_from(before: int, snapshot: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Count a snapshot's months from the first month shown: what came before it is month 0, never stays -1."""
    for name, column in snapshot.items():
        if name == "entered":
            snapshot[name] = np.where(column == VACANT, column, column - before).astype(column.dtype)
        if name.startswith(("first_active_", "subsidised_")):
            snapshot[name] = np.where(column < 0, column, np.maximum(column - before, 0)).astype(column.dtype)
    return snapshot


def _months_to_next_stop(done: int, months: int, dates: Mapping[int, str]) -> int:
    """Return the months to the next year's end, snapshot or the horizon's end: progress is told there."""
    return min(stop for stop in (done - done % 12 + 12, months, *dates) if stop > done) - done


def _snapshot_months(settings: Settings, groups: Sequence[str]) -> Mapping[int, str]:
    dates: dict[int, str] = {}
    for group in groups:
        name, _, date = group.partition("@")
        done = month_number(date) - settings.start + 1 if name == "merchants" else 0
        if not 1 <= done <= settings.months:
            raise ValueError(f"group {group!r} is no month of this run; write merchants@YYYY-MM")
        dates[settings.start - ORIGIN + done] = group
    return dates


def merchant_attributes(settings: Settings) -> dict[str, NDArray[Any]]:
    """Return the fixed attributes of the merchants' rows, in the order of every merchants group.

    id, weight, province, district_kind, sector, owner_age_band and size_band (third of the sector by size rank)
    as positions in `model.codes`; owners' ages are those of January 2017, of
    the row's first merchant; a row without one (id `NOBODY`) has those of its cell's first.
    """
    traits = population_of(settings).merchants
    return {
        "id": traits.id.copy(),
        "weight": traits.weight.astype(np.float64),
        "province": traits.province.astype(np.int64),
        "district_kind": traits.kind.astype(np.int64),
        "sector": traits.sector.astype(np.int64),
        "owner_age_band": age_bands(traits.owner_birth_year).astype(np.int64),
        "size_band": rank_bands(traits.size_rank).astype(np.int64),
    }


def ledger_of(settings: Settings, seed: int, months: range) -> NDArray[np.float64]:
    """Return the payments of some months (month numbers) together by purpose (order of `ledger.PURPOSES`), KRW.

    Raises ValueError when a month is outside the horizon.
    """
    for month in months:
        if not settings.start <= month < settings.start + settings.months:
            raise ValueError(f"{month_text(month)} is outside the run's horizon")
    economy = Economy(settings, seed)
    paid = np.zeros(len(ledger.PURPOSES))
    while economy.month < months.stop:
        booked = economy.month in months
        economy.step()
        if booked:
            paid += economy.world.books[0].booked
    economy.close()
    return paid


def _people_columns(economy: Economy) -> dict[str, NDArray[Any]]:
    traits, state = economy.world.people, economy.world.consumers
    columns = {name: getattr(traits, name) for name in traits._fields if name != "weight_by_province"}
    columns |= {name: getattr(state, name) for name in state._fields if name != "habit"}
    return columns | {"habit": state.habit.T}
