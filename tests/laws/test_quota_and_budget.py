"""Programmes keep within quota and budget at every scale, and pay only for what was installed or visited."""

from typing import Any

import numpy as np
import pytest

from model.agents.government import PROGRAMME_STATE, RATIONING, decide
from model.agents.merchants.columns import PENDING, MerchantRows, Places, columns_of, empty_rows, place_of
from model.codes import TECHNOLOGIES
from model.economy import Economy
from model.indicators import POSITION
from model.levers.compiled import compile_levers
from model.records import Record, records
from tests.laws.small_korea import (
    FIRST,
    START,
    Named,
    field_training,
    holds,
    korea_of,
    nobody_closes,
    qr_enrolment,
    rows_of,
    run_to_end,
    settings_of,
    smart_shop,
    terminal_subsidy,
)

pytestmark = pytest.mark.subset

MONTHS = 24
STEPS = ({"from": FIRST, "is": 5_000}, {"from": FIRST + 8, "is": 12_000}, {"from": FIRST + 16, "is": 20_000})
MONEY = tuple({"from": step["from"], "is": step["is"] * 130_000.0} for step in STEPS)
GRANT_KRW = 200_000.0


def follow(lever: Named, scale: float, seed: int = 1) -> tuple[np.ndarray, Economy]:
    """The programme's state by month (committed, reserved, spent) and the economy at the end."""
    economy = Economy(settings_of(lever, months=MONTHS, scale=scale), seed, korea_of(scale))
    if lever[1].id == "field_training":
        nobody_closes(economy)  # so that those taught can be counted in the end
    state = economy.world.programme_state[0]
    rows = []
    for _ in range(MONTHS):
        economy.step()
        rows.append((state.committed, state.reserved_krw, state.spent_krw))
    return np.array(rows), economy


@pytest.mark.parametrize("scale", [200.0, 700.0, 2000.0])
@pytest.mark.parametrize("rationing", RATIONING)
def test_the_terminal_programme_keeps_within_its_means(scale: float, rationing: str) -> None:
    first = {"priority": {"district_kinds": ("traditional_market",)}} if rationing == "priority" else {}
    lever = terminal_subsidy(quota=STEPS, budget_krw=MONEY, rationing=rationing, **first)
    rows, economy = follow(lever, scale)
    committed, reserved, spent = rows.T
    schedule = economy.world.schedule
    one_row = float(economy.world.merchants.weight.max())
    assert committed.max() <= schedule.quota[0, -1]
    assert (reserved + spent).max() <= schedule.budget_krw[0, -1] * (1 + 1e-12)
    assert (committed <= schedule.quota[0] + one_row).all()
    assert (reserved + spent <= schedule.budget_krw[0] + one_row * GRANT_KRW).all()
    assert committed[-1] > 0.5 * schedule.budget_krw[0, -1] / GRANT_KRW


@pytest.mark.parametrize("scale", [200.0, 2000.0])
@pytest.mark.parametrize("rationing", RATIONING)
def test_kits_of_several_prices_share_one_quota_and_one_budget(scale: float, rationing: str) -> None:
    first = {"priority": {"district_kinds": ("traditional_market",)}} if rationing == "priority" else {}
    kit = {"food_service": "serving_robot", "fashion_retail": "live_commerce"}
    money = tuple({"from": step["from"], "is": step["is"] * 1_500_000.0} for step in STEPS)
    rows, economy = follow(smart_shop(kit=kit, quota=STEPS, budget_krw=money, rationing=rationing, **first), scale)
    committed, reserved, spent = rows.T
    schedule, dearest = economy.world.schedule, float(economy.world.programmes[0].subsidy_krw[0].max())
    one_row = float(economy.world.merchants.weight.max())
    assert committed.max() <= schedule.quota[0, -1]
    assert (reserved + spent).max() <= schedule.budget_krw[0, -1] * (1 + 1e-12)
    assert (committed <= schedule.quota[0] + one_row).all()
    assert (reserved + spent <= schedule.budget_krw[0] + one_row * dearest).all()
    assert spent[-1] > 0.0


@pytest.mark.parametrize("scale", [200.0, 2000.0])
@pytest.mark.parametrize("carry_over", [True, False])
def test_courses_keep_within_their_means(scale: float, carry_over: bool) -> None:
    money = tuple({"from": step["from"], "is": step["is"] * 450_000.0} for step in STEPS)
    rows, economy = follow(field_training(quota=STEPS, budget_krw=money, carry_over=carry_over), scale)
    trained, _, spent = rows.T
    schedule, one_row = economy.world.schedule, float(economy.world.merchants.weight.max())
    assert spent.max() <= schedule.budget_krw[0, -1]
    assert (trained <= schedule.quota[0] + one_row).all()
    np.testing.assert_allclose(spent, trained * 500_000.0)
    assert trained[-1] > 0.3 * schedule.quota[0, -1]
    columns = rows_of(economy)
    assert columns.weight[columns.trained == 1].astype(np.float64).sum() == pytest.approx(trained[-1])


def test_teachers_hours_limit_a_course() -> None:
    rows, economy = follow(field_training(capacity_hours_per_month=20_000.0), 200.0)
    a_month = np.diff(rows[:, 0], prepend=0.0)
    assert a_month.max() <= 1_000 + economy.world.merchants.weight.max()
    assert a_month[1:].mean() == pytest.approx(1_000, rel=0.3)


@pytest.mark.parametrize("scale", [200.0, 2000.0])
def test_visits_keep_within_their_means(scale: float) -> None:
    rows, economy = follow(qr_enrolment(quota=STEPS, budget_krw=4e9, visits_per_month=20_000), scale)
    committed, _, spent = rows.T
    assert committed.max() <= economy.world.schedule.quota[0, -1]
    assert spent.max() <= economy.world.schedule.budget_krw[0, -1]
    assert committed[-1] > 0.5 * economy.world.schedule.quota[0, -1]


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_small_budget_for_visits_is_kept_too(seed: int) -> None:
    rows, economy = follow(qr_enrolment(budget_krw=30e6, visits_per_month=20_000), 2000.0, seed)
    assert rows[:, 2].max() <= economy.world.schedule.budget_krw[0, -1]


@pytest.mark.parametrize("scale", [200.0, 2000.0])
def test_a_quota_below_every_row_is_left_unused(scale: float) -> None:
    rows, economy = follow(terminal_subsidy(quota=20), scale)
    assert economy.world.merchants.weight.min() > 20
    assert rows.max() == 0.0


def test_what_is_not_carried_over_lapses() -> None:
    lapsing, _ = follow(terminal_subsidy(quota=STEPS, budget_krw=MONEY, decisions_per_month=400, carry_over=False), 200)
    kept, _ = follow(terminal_subsidy(quota=STEPS, budget_krw=MONEY, decisions_per_month=400), 200)
    assert (lapsing[:, 0] <= kept[:, 0]).all()
    slow, _ = follow(terminal_subsidy(quota=STEPS, decisions_per_month=100, carry_over=False), 200)
    used_of_first = slow[FIRST - START + 7, 0]
    assert used_of_first < 0.5 * STEPS[0]["is"]
    assert slow[-1, 0] <= used_of_first + STEPS[2]["is"] - STEPS[0]["is"]


def test_decisions_a_month_hold_on_average() -> None:
    rows, economy = follow(terminal_subsidy(decisions_per_month=300, give_up_monthly_hazard=0.0), 200)
    chosen = np.diff(rows[:, 0], prepend=0.0)
    assert chosen.max() <= 300 + economy.world.merchants.weight.max()
    assert chosen[4:].mean() == pytest.approx(300, rel=0.35)


def test_money_is_spent_only_as_it_is_used() -> None:
    run = run_to_end(settings_of(terminal_subsidy(quota=STEPS), months=MONTHS), closing=False)
    rows = rows_of(run.economy)
    served = rows.weight[holds(rows.subsidised, 0)].astype(np.float64).sum()
    state = run.economy.world.programme_state[0]
    assert served > 0
    assert state.spent_krw == pytest.approx(served * GRANT_KRW)
    assert run.total("public_spending_subsidies_krw") == pytest.approx(served * GRANT_KRW)
    assert run.core[0, POSITION["public_spending_krw"]] == run.core[0, POSITION["public_spending_rewards_krw"]]
    waiting = rows.weight[holds(rows.chosen, 0)].astype(np.float64).sum()
    assert state.reserved_krw == pytest.approx(waiting * GRANT_KRW, abs=1.0)
    assert state.committed == pytest.approx(served + waiting)


def applicants(count: int, weights: tuple[float, ...]) -> MerchantRows:
    """Merchants that all applied in the month before the decision, with these weights in turn."""
    rows = empty_rows(count)
    rows.id[:] = np.arange(count) + 1000
    rows.weight[:] = np.resize(np.array(weights, np.float32), count)
    columns = columns_of(rows)
    columns["capability"][:] = np.linspace(0.1, 0.9, count)
    columns["pending"][:], columns["programme"][:, 0], columns["applied_at"][:, 0] = 1, 0, 1
    columns["sales_year_krw"][:], columns["owner_birth_year"][:] = 1e8, 1970
    return rows


def one_cell(rows: MerchantRows) -> Places:
    """All rows in one cell, counted."""
    places = place_of(np.array([0, 1]), np.array([0, rows.id.size]), np.zeros(1, np.int32), np.zeros(1, np.int64))
    places.counts[0, PENDING, 0] = rows.id.size
    return places


def chosen_of(rows: MerchantRows) -> np.ndarray:
    return holds(columns_of(rows)["chosen"], 0)


def decided(rows: MerchantRows, seed: int, **changes: Any) -> Record:
    """The programme's state after one decision about `rows`."""
    levers = [terminal_subsidy(start=START, budget_krw=1e15, **changes)]
    programmes, schedule = compile_levers(levers, START, 24, [250_000.0] * len(TECHNOLOGIES))
    state, places = records(PROGRAMME_STATE), one_cell(rows)
    decide(programmes[0], 0, schedule, state[0], rows, places, 2, START // 12, np.uint64(seed), START + 2)
    chosen, columns = chosen_of(rows), columns_of(rows)
    assert state[0].committed == rows.weight[chosen].astype(np.float64).sum()
    assert (holds(columns["selected"], 0) == chosen).all()
    assert (holds(columns["pending"], 0) == ~chosen).all()
    assert places.counts[0, PENDING, 0] == (~chosen).sum()
    return state[0]


@pytest.mark.parametrize("rationing", RATIONING)
@pytest.mark.parametrize("weights", [(200.0,), (30.0, 250.0, 110.0)], ids=["equal", "mixed"])
def test_the_last_grant_of_a_month_is_fair(rationing: str, weights: tuple[float, ...]) -> None:
    quota = ({"from": START, "is": 1_100}, {"from": START + 20, "is": 100_000})
    committed = np.array(
        [decided(applicants(40, weights), seed, quota=quota, rationing=rationing).committed for seed in range(400)]
    )
    error = committed.std() / np.sqrt(committed.size)
    assert committed.max() < 1_100 + max(weights)
    assert error > 0.0
    assert abs(committed.mean() - 1_100) < 4 * error


@pytest.mark.parametrize("quota", [0.5, 150, 1_100, 1_199])
def test_the_last_grant_of_all_stays_within_the_quota(quota: float) -> None:
    committed = [decided(applicants(40, (200.0,)), seed, quota=quota).committed for seed in range(50)]
    assert max(committed) == 200.0 * (quota // 200)


def test_the_order_of_grants_is_the_rationing() -> None:
    waited = applicants(40, (200.0,))
    columns_of(waited)["applied_at"][:20, 0] = 0
    decided(waited, 1, quota=2_000, rationing="first_come")
    assert chosen_of(waited)[:20].sum() == 10
    able = applicants(40, (200.0,))
    decided(able, 1, quota=2_000, rationing="score")
    assert chosen_of(able)[30:].all()
    meant = applicants(40, (200.0,))
    columns_of(meant)["owner_birth_year"][5:15] = 1995
    decided(meant, 1, quota=2_000, rationing="priority", priority={"owner_age_max": 39})
    assert chosen_of(meant)[5:15].all()
    lots = [applicants(40, (200.0,)) for _ in range(30)]
    for seed, rows in enumerate(lots):
        decided(rows, seed, quota=2_000, rationing="lottery")
    often = np.mean([chosen_of(rows) for rows in lots], axis=0)
    assert often.min() > 0.0
    assert often.max() < 0.7
