"""The same monthly rules as plain Mesa agents, one Python object each, against the engine: time, agreement.

The same: population, starting state, every rule of people and merchants (`benchmarks.interpreted` runs the
model's own source), their order, two programmes, markets, ledger and indicators. Not the same: luck comes
from Mesa's generator; numbers are double precision; agents act in the order of their creation (nothing
depends on it). What does not grow with the population (market tables, clearing, bookings, ranking of
applications) is the engine's compiled code in both, which favours the objects.
"""

import dataclasses
import math
import statistics
import time
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, Final

import mesa
import numpy as np

from benchmarks.interpreted import plain
from benchmarks.measure import settings_of, table
from benchmarks.mesa_consumers import Consumer
from benchmarks.mesa_merchants import Cell, Merchant
from model.agents.consumers.columns import CONSUMER_SUMS, ConsumerState
from model.agents.merchants.columns import ACTIVE, MERCHANT_SUMS, MerchantRows, columns_of, place_of
from model.calendar import month_number
from model.economy import Economy, population_of
from model.engine import month as phases
from model.engine.start import make_world
from model.engine.world import World
from model.indicators import POSITION
from model.ledger import explain
from model.levers import DatedValue
from model.records import records
from model.settings import ORIGIN, Settings
from model.synthetic_population.people import PeopleTraits

FIRST_MONTH: Final = month_number("2020-01")
"""Both programmes are open within a year from here, so every rule of adoption is at work; see `_year_of_both`."""
SCALES: Final = {"full": 65.0, "quick": 650.0}
"""N for about 100,000 and 10,000 agents."""
SEEDS_OF_ENGINE: Final = 30
MOST_STANDARD_ERRORS: Final = 4.0
COMPARED: Final = (
    "online_share_goods", "users_online_goods_persons", "account_holders_open_market_persons",
    "instrument_holders_mobile_pay_card_persons", "digital_skill_mean", "owner_income_krw",
    "merchants_aware_mobile_pay_terminal", "merchants_installed_mobile_pay_terminal",
    "merchants_active_mobile_pay_terminal", "merchants_applied_mobile_pay_terminal",
    "merchants_installed_public_qr", "merchants_installed_open_market_entry", "merchants_installed_delivery_app",
    "account_holders_delivery_app_persons", "online_meals_krw",
)  # fmt: skip


class ObjectEconomy(mesa.Model):
    """The economy with a Python object for every person and merchant."""

    def __init__(self, settings: Settings, seed: int) -> None:
        super().__init__(rng=seed)
        world = make_world(population_of(settings), settings, seed)
        self.settings, self.seed_of_draws, self.months_run = settings, np.uint64(seed), 0
        self.world, self.rows = _without_rows(world), world.merchants
        self.consumer_rules, self.merchant_rules = (
            plain(world.consumer_rules[0]),
            plain(world.merchant_rules[0]),
        )
        self.consumer_tables = plain(world.consumer_tables[0])
        self.cells = _cells(world)
        for traits in _people(world, seed):
            Consumer(self, traits)
        in_cell = (cell for cell in self.cells for _ in range(cell.merchants))
        for cell, columns in zip(in_cell, _columns(world.merchants), strict=True):
            Merchant(self, columns, cell)
        self.consumers, self.merchants = self.agents_by_type[Consumer], self.agents_by_type[Merchant]

    def step(self) -> None:
        """Run one month in the order of the engine's schedule."""
        self.month = self.settings.start + self.months_run
        self.year = self.month // 12
        self._open_month()
        self._government()
        phases.meet_consumers(self.world, self.months_run)
        self.consumer_tables = plain(self.world.consumer_tables[0])
        self.consumer_sums = plain(records(CONSUMER_SUMS)[0])
        self.consumers.do("step")
        _write(self.consumer_sums, self.world.consumer_sums[0])
        phases.b2c(self.world, self.months_run)
        self._merchants()
        phases.labour(self.world, self.months_run)
        self._save()
        if phases.collect(self.world, self.months_run):
            raise RuntimeError(explain(self.world.books[0]))
        self.months_run += 1

    def _open_month(self) -> None:
        phases.exogenous(self.world, self.months_run, self.month)
        paths = self.world.paths[self.months_run]
        self.card_ceilings_krw, self.qr_ceilings_krw = (
            paths.card_ceilings_krw.tolist(),
            paths.qr_ceilings_krw.tolist(),
        )
        if self.month % 12 == 0:
            self.consumers.do("grow_older")
            self.merchants.do("set_fee_tier")

    def _government(self) -> None:
        """Let the engine rank the applicants; when a programme opens it also counts whom it means."""
        open_now, programmes = self.world.schedule.open[:, self.months_run], self.world.programmes[0]
        opens = bool((open_now > programmes.open_now[: open_now.size]).any())
        asked = [merchant for merchant in self.merchants if opens or merchant.pending]
        rows = _rows_of(asked, self.rows)
        cell = place_of(np.array([0, 1]), np.array([0, len(asked)]), np.zeros(1, np.int32), np.zeros(1, np.int64))
        world = self.world._replace(merchants=rows, places=cell)
        phases.government(world, self.months_run, self.month, self.seed_of_draws)
        for name in ("pending", "chosen", "selected", "selected_at", "programme"):
            for merchant, value in zip(asked, columns_of(rows)[name].tolist(), strict=True):
                setattr(merchant, name, value)
        self.programmes = plain(self.world.programmes[0])

    def _merchants(self) -> None:
        self.market_tables = plain(self.world.market_tables[0])
        self.merchant_sums = plain(records(MERCHANT_SUMS)[0])
        self.merchants.do("step")
        for cell in self.cells:
            cell.close_month()
        _write(self.merchant_sums, self.world.merchant_sums[0])

    def _save(self) -> None:
        self.saved_per_budget = self.world.spending[0].saved_per_budget.tolist()
        self.consumers.do("save")
        weights = self.world.people.weight_by_province.tolist()
        self.world.savings[0] = math.fsum(c.savings_krw * weights[c.province] for c in self.consumers)


def _without_rows(world: World) -> World:
    """Return the world with no person and no merchant, and one chunk each for the objects' sums."""
    people, state = world.people, world.consumers
    traits = {name: getattr(people, name)[:0] for name in people._fields if name != "weight_by_province"}
    columns = {name: getattr(state, name)[..., :0] for name in state._fields}
    return world._replace(
        people=PeopleTraits(**traits, weight_by_province=people.weight_by_province),
        consumers=ConsumerState(**columns),
        consumer_sums=records(CONSUMER_SUMS, 2),
        merchants=_first(world.merchants, 0),
        merchant_sums=records(MERCHANT_SUMS, 2),
        savings=np.zeros(1),
    )


def _people(world: World, seed: int) -> list[dict[str, Any]]:
    """Return every person's traits, starting state and the lifelong luck behind the first instruments."""
    people, state = world.people, world.consumers
    columns = {name: getattr(people, name).tolist() for name in ("province", "birth_year", "entry_year", "exit_year")}
    columns["income_rank"] = people.income_rank.tolist()
    columns["aversion"] = ((people.aversion_rank + 0.5) / 65536.0).tolist()
    columns["habit"] = state.habit.T.tolist()
    for name in ("skill", "accounts", "instruments", "age_band", "savings_krw"):
        columns[name] = getattr(state, name).tolist()
    columns["luck_with_instruments"] = _luck_with_instruments(people.id, seed)
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _luck_with_instruments(ids: np.ndarray, seed: int) -> list[list[float]]:
    from model.codes import INSTRUMENTS
    from model.streams import CONSUMER_INSTRUMENTS, draw_bits, stream_key, uniform_lane

    key = np.uint64(stream_key(np.uint64(seed), np.uint64(CONSUMER_INSTRUMENTS), 0))
    bits = [np.uint64(draw_bits(key, agent)) for agent in ids]
    return [[float(uniform_lane(own, lane)) for lane in range(len(INSTRUMENTS))] for own in bits]


def _columns(rows: MerchantRows) -> list[dict[str, Any]]:
    """Return every merchant's columns by name."""
    columns = {name: column.tolist() for name, column in columns_of(rows).items()}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _cells(world: World) -> list[Cell]:
    sizes = np.diff(world.places.first_row).tolist()
    active = world.places.counts[:, ACTIVE].tolist()
    return [Cell(merchants, users) for merchants, users in zip(sizes, active, strict=True)]


def _first(rows: MerchantRows, n: int) -> MerchantRows:
    """Return a copy of the first `n` rows."""
    by_row = ("id", "weight", "cash_krw", "marks", "history")
    columns = rows._asdict().items()
    return MerchantRows(**{name: (it[:n] if name in by_row else it[:, :n]).copy() for name, it in columns})


def _rows_of(merchants: Sequence[Merchant], like: MerchantRows) -> MerchantRows:
    """Return objects as the engine's columns."""
    rows = _first(like, len(merchants))
    if merchants:
        for name, column in columns_of(rows).items():
            column[...] = [getattr(merchant, name) for merchant in merchants]
    return rows


def _write(sums: SimpleNamespace, record: Any) -> None:
    for name in record.dtype.names:
        record[name][...] = getattr(sums, name)


def main(quick: bool = False) -> None:
    """Print nanoseconds per agent-month of both and the largest disagreement of their indicators."""
    months, seeds = 12, 2
    settings = _year_of_both(SCALES["quick" if quick else "full"], months)
    korea = population_of(settings)
    agents = korea.people.id.size + korea.merchants.id.size
    engine = [_timed(Economy(settings, seed, driver="serial")) for seed in range(SEEDS_OF_ENGINE)]
    objects = [_timed(ObjectEconomy(settings, seed)) for seed in range(seeds)]
    per_month = [statistics.median(s for s, _ in runs) / months / agents * 1e9 for runs in (engine, objects)]
    print(
        f"{agents:,} agents, {months} months under the paths of 2020, processor time of one thread, "
        f"medians of {len(engine)} and {seeds} runs"
    )
    print(f"engine {per_month[0]:.1f} ns, Mesa objects {per_month[1]:,.0f} ns per agent-month: "
          f"{per_month[1] / per_month[0]:,.0f} times slower")  # fmt: skip
    _compare([out for _, out in engine], [out for _, out in objects])


def _year_of_both(scale: float, months: int) -> Settings:
    """Return a run from the starting tables under the paths and programmes of `FIRST_MONTH` and after."""
    settings = settings_of("levers/payment_terminal", scale)
    early = FIRST_MONTH - ORIGIN
    paths = tuple((name, values[early : early + months]) for name, values in settings.paths)
    levers = tuple((name, _brought_forward(lever, early)) for name, lever in settings.levers)
    return dataclasses.replace(settings, months=months, paths=paths, levers=levers)


def _brought_forward(lever: Any, months: int) -> Any:
    """Return a lever with every date of it that many months earlier."""
    dates = {"start": lever.start - months, "end": lever.end - months}
    for name in type(lever).model_fields:
        steps = getattr(lever, name)
        if isinstance(steps, tuple) and steps and isinstance(steps[0], DatedValue):
            dates[name] = tuple(step.model_copy(update={"from_month": step.from_month - months}) for step in steps)
    return lever.model_copy(update=dates)


def _timed(economy: Any) -> tuple[float, np.ndarray]:
    """Run an economy; return processor seconds for its months and its last month's indicators."""
    economy.step()  # untimed: the first month may load kernels
    begin = time.process_time()
    while economy.months_run < economy.settings.months:
        economy.step()
    seconds = (time.process_time() - begin) * economy.settings.months / (economy.settings.months - 1)
    getattr(mesa.Agent, "_ids", {}).pop(economy, None)
    return seconds, np.array(economy.world.out[-1])


def _compare(engine: Sequence[np.ndarray], objects: Sequence[np.ndarray]) -> None:
    """Print last-month means and their distance; raises RuntimeError when luck does not explain it.

    Runs of one seed start from the same luck, so they are compared seed by seed.
    """
    first, second = np.array(engine), np.array(objects)
    rows, worst = [], 0.0
    for name in COMPARED:
        ours, theirs = first[:, POSITION[name]], second[:, POSITION[name]]
        error = ours.std(ddof=1) * math.sqrt(2.0 / theirs.size)
        distance = (theirs - ours[: theirs.size]).mean() / error
        worst = max(worst, abs(distance))
        rows.append([name, f"{ours.mean():.6g}", f"{theirs.mean():.6g}", f"{distance:+.1f}"])
    print(table(("last month", "engine", "objects", "standard errors apart"), rows))
    if not worst < MOST_STANDARD_ERRORS:
        raise RuntimeError(f"the objects are {worst:.1f} standard errors from the engine: not the same rules")


if __name__ == "__main__":
    main()
