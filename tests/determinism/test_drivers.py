"""One settings and seed, one history: whatever the driver, the threads, the neighbours or the day of the week."""

from collections.abc import Iterator

import numba
import numpy as np
import pytest

from model.agents.consumers.columns import CHUNK
from model.agents.merchants.columns import ROWS_A_CHUNK
from model.economy import Economy, advance_side_by_side, run
from model.engine import month as phases
from model.engine.world import World
from model.settings import Settings
from tests.laws.small_korea import (
    START,
    assert_same_rows,
    both_levers,
    copied,
    fee_cap,
    holds,
    korea_of,
    public_app,
    qr_enrolment,
    rows_of,
    run_to_end,
    settings_of,
    terminal_subsidy,
)

pytestmark = pytest.mark.subset

MONTHS = 14
MANY_CHUNKS = 200.0


@pytest.fixture(autouse=True)
def as_many_threads_as_before() -> Iterator[None]:
    before = numba.get_num_threads()
    yield
    numba.set_num_threads(before)


def settings(scale: float = MANY_CHUNKS) -> Settings:
    return settings_of(terminal_subsidy(), qr_enrolment(), fee_cap(), public_app(), months=MONTHS, scale=scale)


def assert_same_worlds(one: World, other: World) -> None:
    """Every number that a run leaves behind is the same, bit for bit."""
    np.testing.assert_array_equal(one.out, other.out)
    for name in ("merchants", "market", "market_tables", "books", "programme_state", "spending", "terms", "platforms"):
        assert_same_rows(getattr(one, name), getattr(other, name))
    for name in one.consumers._fields:
        np.testing.assert_array_equal(getattr(one.consumers, name), getattr(other.consumers, name))


@pytest.fixture(scope="module")
def serial() -> World:
    return run_to_end(settings()).economy.world


def test_the_population_has_more_than_one_chunk(serial: World) -> None:
    assert serial.people.id.size > CHUNK
    assert serial.merchants.id.size > ROWS_A_CHUNK
    assert serial.merchant_sums.size - 1 > 1


@pytest.mark.parametrize("threads", [1, 2])
def test_chunks_side_by_side(threads: int, serial: World) -> None:
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    assert_same_worlds(run_to_end(settings(), driver="parallel").economy.world, serial)


def test_worlds_side_by_side() -> None:
    seeds = np.array([1, 2, 3], dtype=np.uint64)
    chosen = settings(2000.0)
    economies = [Economy(chosen, int(seed), korea_of()) for seed in seeds]
    advance_side_by_side(economies, MONTHS)
    assert [economy.months_run for economy in economies] == [MONTHS] * 3
    for seed, world in zip(seeds, [economy.world for economy in economies], strict=True):
        alone = run_to_end(chosen, int(seed)).economy.world
        np.testing.assert_array_equal(world.out, alone.out)
        assert_same_rows(world.merchants, alone.merchants)


@pytest.mark.parametrize("driver", ["serial", "parallel"])
def test_years_in_one_call(driver: str) -> None:
    economy = Economy(settings(2000.0), 5, korea_of(), driver)  # type: ignore[arg-type]
    for months in (1, 12, MONTHS - 13):
        economy.advance(months)
    assert economy.months_run == MONTHS
    assert_same_worlds(economy.world, run_to_end(settings(2000.0), 5).economy.world)


def test_two_models_in_turn_do_not_meet() -> None:
    chosen, others = settings(2000.0), both_levers(months=MONTHS)
    economies = [Economy(chosen, 1, korea_of()), Economy(others, 7, korea_of()), Economy(chosen, 1, korea_of())]
    for _ in range(MONTHS):
        for economy in economies:
            economy.step()
    first, second, third = (economy.world for economy in economies)
    assert_same_worlds(first, third)
    assert_same_worlds(first, run_to_end(chosen).economy.world)
    assert_same_worlds(second, run_to_end(others, 7).economy.world)


@pytest.mark.parametrize("month", [0, 5, 12])
def test_any_month_can_be_replayed(month: int) -> None:
    economy = Economy(settings(2000.0), 4, korea_of())
    for _ in range(month):
        economy.step()
    economy.decide_prices()
    again = copied(economy.world)
    phases.month_serial(economy.world, month, START + month, np.uint64(4))
    phases.month_serial(again, month, START + month, np.uint64(4))
    assert_same_worlds(economy.world, again)


@pytest.mark.parametrize("threads", [1, 2])
def test_groups_and_threads_leave_the_core_table_alone(threads: int) -> None:
    chosen = settings_of(terminal_subsidy(), months=MONTHS)
    plain = run(chosen, 3)
    grouped = run(chosen, 3, groups=("merchants@2017-03", "merchants@2018-02"), threads=threads)
    np.testing.assert_array_equal(plain.core, grouped.core)
    assert set(grouped.groups) == {"merchants@2017-03", "merchants@2018-02"}


def test_a_longer_horizon_has_the_same_beginning() -> None:
    longer = run_to_end(settings_of(terminal_subsidy(), months=MONTHS + 12))
    shorter = run_to_end(settings_of(terminal_subsidy(), months=MONTHS))
    np.testing.assert_array_equal(longer.core[:MONTHS], shorter.core)


def test_seeds_differ_and_paired_arms_share_luck() -> None:
    chosen = settings_of(months=MONTHS)
    one, other = run_to_end(chosen, 1), run_to_end(chosen, 2)
    assert not np.array_equal(one.core[-1], other.core[-1])
    rows = rows_of(run_to_end(settings_of(terminal_subsidy(), months=MONTHS), 1).economy)
    base, unpaired = rows_of(one.economy), rows_of(other.economy)
    differs = (holds(rows.installed, 2) != holds(base.installed, 2)).mean()
    assert differs < 0.2 * (holds(unpaired.installed, 2) != holds(base.installed, 2)).mean()
