"""Merchants close and open at the observed rates, arms share entrants, and loans help to survive."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from model import ledger
from model.agents.merchants.columns import NOBODY, VACANT
from model.economy import Economy, RunStopped
from model.indicators import POSITION
from model.parameters import resolve
from tests.laws.small_korea import Run, digital_loan, korea_of, rows_of, run_to_end, settings_of, terminal_subsidy

pytestmark = pytest.mark.subset

MONTHS = 96
Ids = NDArray[np.uint64]


class History:
    """A baseline followed month by month: who was there, with weights, and who opened."""

    def __init__(self, *levers: Any, months: int, seed: int, parameters: Any = None) -> None:
        economy = Economy(settings_of(*levers, months=months, parameters=parameters), seed, korea_of())
        rows = rows_of(economy)
        self.there: list[Ids] = []
        self.opened: list[tuple[Ids, NDArray[np.float32]]] = []
        for month in range(months):
            economy.step()
            new = rows.entered == month
            self.there.append(rows.id[rows.entered != VACANT].copy())
            self.opened.append((rows.id[new].copy(), rows.weight[new].copy()))
        self.core = economy.world.out.copy()
        self.expected = economy.world.places.expected.copy()
        economy.close()

    def survival(self, years: int) -> float:
        """Weighted share of those who opened that are there so many years later."""
        left, all_of_them = 0.0, 0.0
        for month, (ids, weight) in enumerate(self.opened[: len(self.there) - 12 * years]):
            left += float(weight[np.isin(ids, self.there[month + 12 * years])].sum())
            all_of_them += float(weight.sum())
        return left / all_of_them


@pytest.fixture(scope="module")
def histories() -> list[History]:
    return [History(months=MONTHS, seed=seed) for seed in (1, 2, 3, 4)]


def test_survival_after_one_and_five_years(histories: list[History]) -> None:
    one, five = (np.mean([history.survival(years) for history in histories]) for years in (1, 5))
    assert 0.60 <= one <= 0.70
    assert 0.25 <= five <= 0.35


def test_the_number_of_merchants_stays_on_the_observed_path(histories: list[History]) -> None:
    rows = rows_of(Economy(settings_of(), 1, korea_of()))
    weight = np.where(rows.id == NOBODY, 0.0, rows.weight)
    values = resolve({})
    growth = np.array([value for name, value in values.items() if name.startswith("entry.growth_per_year.")])
    stock = np.bincount(rows.sector, weight, 6)
    for month in (11, 23, 35):
        path = float(stock @ (1.0 + growth * (month + 1) / 12.0))
        ours = np.mean([history.core[month, POSITION["merchants_total"]] for history in histories])
        assert ours == pytest.approx(path, rel=0.015)


def test_no_id_is_used_twice(histories: list[History]) -> None:
    for history in histories:
        opened = np.concatenate([ids for ids, _ in history.opened])
        assert opened.size > 1_000
        assert np.unique(opened).size == opened.size
        assert not np.isin(opened, korea_of().merchants.id).any()
        for month, ids in enumerate(history.there):
            gone = np.concatenate([one for one, _ in history.opened[month + 1 :]] or [ids[:0]])
            assert not np.isin(ids, gone).any()
            assert np.unique(ids).size == ids.size


def test_the_stock_moves_by_openings_and_closures(histories: list[History]) -> None:
    core = histories[0].core
    total, opened, closed = (core[:, POSITION[name]] for name in ("merchants_total", "openings", "closures"))
    np.testing.assert_allclose(np.diff(total), (opened - closed)[1:], atol=1e-3)
    assert opened[0] == pytest.approx(sum(histories[0].opened[0][1]))


def test_arms_share_their_entrants() -> None:
    """The same ids open in both arms; where owners earn more in one, only its further births have others."""
    plain, moved = (History(*levers, months=48, seed=1) for levers in ((), (terminal_subsidy(), digital_loan())))
    one, two = (np.concatenate([ids for ids, _ in history.opened]) for history in (plain, moved))
    shared = np.intersect1d(one, two).size
    assert shared > 0.97 * max(one.size, two.size)
    assert not np.array_equal(plain.core, moved.core)


def test_without_a_response_to_income_arms_share_all_entrants_but_those_who_wait_for_a_row() -> None:
    fixed = {"entry.income_elasticity": 0.0}
    arms = [History(*levers, months=30, seed=1, parameters=fixed) for levers in ((), (terminal_subsidy(),))]
    np.testing.assert_array_equal(arms[0].expected, arms[1].expected)
    assert not np.array_equal(arms[0].core, arms[1].core)
    for arm, other in (arms, arms[::-1]):
        ids, weight = (np.concatenate(parts) for parts in zip(*arm.opened, strict=True))
        alone = ~np.isin(ids, np.concatenate([opened for opened, _ in other.opened]))
        assert weight[alone].sum() <= other.core[-1, POSITION["births_waiting"]] * (1.0 + 1e-6)


NEEDY = {"merchant.cash_buffer_months": 0.5, "loan.floor_share": 0.5, "exit.cash_weight": 2.0}


def test_a_loan_raises_survival_and_not_productivity() -> None:
    closures, productivity = [], []
    for levers in ((), (digital_loan(budget_krw=1e15, guarantee_cover=1.0),)):
        runs = [run_to_end(settings_of(*levers, months=48, parameters=NEEDY), seed) for seed in (1, 2, 3)]
        closures.append(sum(run.total("closures") for run in runs))
        productivity.append(np.mean([sales_a_head(run) for run in runs]))
    assert closures[1] < 0.995 * closures[0]
    assert productivity[1] < 1.01 * productivity[0]


def sales_a_head(run: Run) -> float:
    rows = rows_of(run.economy)
    heads = rows.regular + rows.temporary + rows.family + (rows.entered != VACANT)
    return float(rows.weight @ rows.sales_year_krw / (rows.weight @ heads))


def test_a_loan_budget_is_never_exceeded() -> None:
    for budget in (5e10, 3e12):
        run = run_to_end(settings_of(digital_loan(budget_krw=budget), months=36, parameters=NEEDY))
        granted = float(run.economy.world.loan_state[0].granted_krw)
        assert 0.0 < granted <= budget


def test_a_loan_lever_without_volume_changes_nothing() -> None:
    plain = run_to_end(settings_of(months=18))
    for change in ({"budget_krw": 0}, {"loan_max_krw": 0.0}, {"start": 24300, "end": 24310}):
        run = run_to_end(settings_of(digital_loan(**change), months=18))
        np.testing.assert_array_equal(run.core, plain.core)


def test_vacant_rows_hold_nothing(histories: list[History]) -> None:
    run = run_to_end(settings_of(digital_loan(), terminal_subsidy(), months=30))
    rows, world = rows_of(run.economy), run.economy.world
    nobody = rows.entered == VACANT
    assert nobody.any()
    assert (rows.id[nobody] == NOBODY).all()
    for name in ("cash_krw", "debt_krw", "pull_store", "sales_year_krw", "regular", "family", "installed", "aware"):
        assert not np.asarray(getattr(rows, name))[nobody].any(), name
    cells = np.repeat(np.arange(world.places.alive.size), np.diff(world.places.first_row))
    np.testing.assert_array_equal(np.bincount(cells, ~nobody), world.places.alive)
    counted = world.places.counts.copy()
    run.economy._count_merchants()
    np.testing.assert_array_equal(world.places.counts, counted)


def test_debts_that_move_unbooked_stop_the_run() -> None:
    economy = Economy(settings_of(), 1, korea_of())
    economy.step()
    economy.world.merchants.debt_krw[17] += 1e9
    with pytest.raises(RunStopped, match=r"^2017-02: debts of merchants moved by \+[\d,]+ KRW more than lent"):
        economy.step()


@pytest.mark.parametrize(("sectors", "named"), [((1,), "merchants of fashion_retail"), (range(6), "small merchants")])
def test_a_run_whose_merchants_die_out_stops(sectors: Any, named: str) -> None:
    economy = Economy(settings_of(parameters={"exit.highest_log_factor": 3.0}), 1, korea_of())
    economy.world.market_tables[0].exit_constant[list(sectors)] = 60.0
    economy.world.paths.births[:] = 0.0
    with pytest.raises(RunStopped, match=rf"^2017-01: {named} died out: 0 are left"):
        economy.step()
    assert int(economy.world.books[0].verdict[0]) == ledger.EXTINCT
    assert economy.months_run == 0
