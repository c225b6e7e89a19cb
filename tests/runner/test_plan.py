"""Plans: which runs share a shard follows from the scenario alone, and costs are estimated then measured."""

from dataclasses import replace
from pathlib import Path

import pytest

from experiments.executors import SerialExecutor
from experiments.keys import run_key, run_seed
from experiments.plan import Plan, estimate, make_plan, recommended_executor
from experiments.runner import execute
from experiments.store import Store
from model.errors import UserError
from tests.runner.fake_model import FakeScenario, fake_engine, scenario


def shards(plan: Plan) -> list[list[str]]:
    return [[run.key for run in shard] for shard in plan.shards]


def at_scale(scale: float, runs: int = 12) -> FakeScenario:
    base = scenario(runs=runs)
    return replace(base, settings=replace(base.settings, scale=scale))


def test_runs_are_paired_by_seed_and_know_their_keys() -> None:
    plan = make_plan([scenario(), scenario("policy", 1.0)])
    assert [run.seed for run in plan.runs] == [run_seed(1, k) for k in range(4)] * 2
    assert [run.replication for run in plan.runs] == [0, 1, 2, 3] * 2
    assert all(run.key == run_key(run.settings, run.seed) for run in plan.runs)
    assert plan.keys("policy") == tuple(run.key for run in plan.runs[4:])


def test_shards_follow_from_the_scenario_not_from_the_company_it_keeps() -> None:
    alone = make_plan([scenario(runs=60)])
    together = make_plan([scenario("policy", 1.0, runs=7), scenario(runs=60)])
    assert [len(shard) for shard in alone.shards] == [25, 25, 10]
    assert shards(together)[1:] == shards(alone)


@pytest.mark.parametrize(("scale", "sizes"), [(200.0, [12]), (20.0, [5, 5, 2]), (1.0, [1] * 12)])
def test_large_runs_share_smaller_shards(scale: float, sizes: list[int]) -> None:
    assert [len(shard) for shard in make_plan([at_scale(scale)]).shards] == sizes


def test_a_key_of_two_scenarios_is_run_once_with_the_groups_of_both() -> None:
    plan = make_plan([scenario(), scenario("twin")], 2, {"baseline": ["b"], "twin": ["a", "b"]})
    assert len(plan.runs) == 4
    assert [len(shard) for shard in plan.shards] == [2]
    assert set(plan.groups.values()) == {("a", "b")}


def test_the_number_of_replications_can_be_given() -> None:
    more, fewer = make_plan([scenario(runs=4)], 6), make_plan([scenario(runs=4)])
    assert more.keys("baseline")[:4] == fewer.keys("baseline")


def test_no_replication_and_two_files_of_one_name_are_the_users_errors() -> None:
    with pytest.raises(UserError, match=r"baseline\.toml: 0 replications"):
        make_plan([scenario()], 0)
    with pytest.raises(UserError, match="is called baseline too"):
        make_plan([scenario(), scenario()])


def test_large_runs_are_recommended_one_at_a_time() -> None:
    assert recommended_executor(make_plan([at_scale(1.0)])) == "serial"
    assert recommended_executor(make_plan([at_scale(20.0)])) == "threads"


def test_an_estimate_uses_declared_bounds_and_makes_nothing(tmp_path: Path) -> None:
    plan = make_plan([at_scale(1.0, runs=2)])
    cost = estimate(plan, Store(tmp_path / "results"), 1)
    assert (cost.runs, cost.cached, cost.measured) == (2, 0, False)
    assert cost.seconds == pytest.approx(2 * 6 * 45.19e6 * 28e-9)
    assert 4e9 < cost.memory_bytes < 6e9
    assert not (tmp_path / "results").exists()


def test_an_estimate_counts_what_is_stored_and_uses_what_was_measured(tmp_path: Path) -> None:
    store = Store(tmp_path)
    execute(make_plan([scenario(runs=3)]), store, SerialExecutor(), make_engine=fake_engine)
    cost = estimate(make_plan([scenario(runs=5)]), store, 1)
    assert (cost.runs, cost.cached, cost.measured) == (5, 3, True)
    assert 0 < cost.seconds < 1
    assert estimate(make_plan([scenario(runs=3)]), store, 1).seconds == 0


def test_a_group_not_stored_yet_is_missing(tmp_path: Path) -> None:
    store, groups = Store(tmp_path), {"baseline": ["merchants@2017-03"]}
    execute(make_plan([scenario()]), store, SerialExecutor(), make_engine=fake_engine)
    assert estimate(make_plan([scenario()], groups_of=groups), store, 1).cached == 0
