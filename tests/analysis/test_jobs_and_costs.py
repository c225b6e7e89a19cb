"""Jobs and money of a whole scenario: hand-made flows, nothing counted twice, parts that add up."""

import itertools

import numpy as np
import pytest

from analysis.arms import Arms
from analysis.charts.jobs import steps
from analysis.comparison import Comparison
from analysis.costs import costs_of
from analysis.jobs import DERIVED, GROUPS, HEADS, job_indicators, jobs_of
from analysis.statistics import Floats, Statistic
from model.indicators import INDICATORS
from model.ledger import PURPOSES
from model.parameters import register
from tests.analysis.world import REPLICATIONS, START, FakeReader

MONTHS = 24
VALUES = {name: known.value for name, known in register().items()}
MONEY = (
    "public_spending_krw",
    "public_spending_loans_krw",
    "public_spending_rewards_krw",
    "public_spending_subsidies_krw",
)


def arms(**changes: list[float]) -> Arms:
    """Two replications in which an indicator differs by a constant in every month; all others are equal."""
    names = {*job_indicators(), *MONEY}
    base = {name: np.full((2, MONTHS), 1e6) for name in names}
    ours = {name: base[name] + np.array(changes.get(name, [0.0, 0.0]))[:, None] for name in names}
    return Arms(("p/0", "p/1"), ("b/0", "b/1"), ours, base, START)


def figure(statistics: tuple[Statistic, ...], name: str) -> Statistic:
    return next(one for one in statistics if one.id == name)


def test_heads_are_counted_and_others_are_a_years_flow_over_revenue_per_head() -> None:
    parcel = VALUES["jobs.revenue_per_parcel_head_krw_per_year"]
    made = arms(heads_regular_persons=[10.0, 30.0], logistics_krw=[parcel, parcel])  # 12 heads: a month of each
    found = jobs_of(made, START + MONTHS - 1, VALUES)
    assert figure(found.statistics, "jobs_regular").value == pytest.approx(20)
    assert figure(found.statistics, "jobs_logistics").value == pytest.approx(12)
    assert found.total_samples == pytest.approx([22, 42])
    assert figure(found.statistics, "jobs_temporary").note == "same_in_every_pair"
    known = register()["jobs.revenue_per_parcel_head_krw_per_year"]
    low, high = found.ranges["jobs_logistics"]
    assert (low, high) == pytest.approx((12 * parcel / known.high, 12 * parcel / known.low))


def test_staff_of_new_industry_firms_are_one_group() -> None:
    found = jobs_of(arms(firm_staff_ai_persons=[3.0, 5.0], firm_staff_robot_persons=[1.0, 1.0]), START + 20, VALUES)
    assert figure(found.statistics, "jobs_new_industry").value == pytest.approx(5)
    assert found.total_samples == pytest.approx([4, 6])


def test_a_dearer_head_means_fewer_of_them() -> None:
    made = arms(couriers_krw=[1e9, 1e9])
    twice = VALUES | {"jobs.revenue_per_courier_krw_per_year": 2 * VALUES["jobs.revenue_per_courier_krw_per_year"]}
    one, half = (figure(jobs_of(made, START + 20, v).statistics, "jobs_couriers").value or 0 for v in (VALUES, twice))
    assert one == pytest.approx(2 * half)


def test_drones_and_robots_take_heads_off() -> None:
    per_head = VALUES["jobs.unmanned_deliveries_per_head_per_year"]
    found = jobs_of(arms(unmanned_parcels=[per_head, per_head]), START + MONTHS - 1, VALUES)
    assert figure(found.statistics, "jobs_unmanned").value == pytest.approx(-12)
    assert found.total_samples == pytest.approx([-12, -12])


def test_no_head_and_no_payment_stands_behind_two_groups() -> None:
    behind = job_indicators()
    assert len(behind) == len(set(behind))
    assert len(DERIVED) + len(HEADS) + 1 == len(GROUPS) == len(set(GROUPS))
    assert not {"wages_krw", "owner_income_krw"} & set(behind)
    payees = {one.payee for one in PURPOSES if one.payee == "logistics"}
    assert payees == {"logistics"}  # couriers and parcels are no staff of merchants
    for flow in (name for names, _ in DERIVED.values() for name in names if name in INDICATORS):
        assert INDICATORS[flow].unit == "KRW/month"


def test_platforms_are_heads_of_their_own_and_no_couriers() -> None:
    head = VALUES["jobs.revenue_per_platform_head_krw_per_year"]
    made = arms(platform_commission_krw=[head, 0.0], delivery_platform_commission_krw=[head, 2 * head])
    found = jobs_of(made, START + MONTHS - 1, VALUES)
    assert figure(found.statistics, "jobs_platforms").value == pytest.approx(24)
    assert figure(found.statistics, "jobs_couriers").note == "same_in_every_pair"
    assert found.total_samples == pytest.approx([24, 24])


def test_the_waterfall_is_unbroken_and_ends_at_the_total(comparison: Comparison) -> None:
    bars = steps(comparison.pairs[0].jobs.statistics)
    for bar, after in itertools.pairwise(bars[:-1]):
        assert after.begin == bar.end
    assert bars[-1].begin == 0
    assert bars[-1].end == pytest.approx(bars[-2].end)
    assert bars[0].begin == 0


def costs(made: Arms, jobs: Floats) -> dict[str, Statistic]:
    return {one.id: one for one in costs_of(made, range(START + 4, START + 10), (), jobs)}


def test_outlay_is_resources_and_transfers_and_loans() -> None:
    made = arms(public_spending_krw=[100.0, 140.0], public_spending_rewards_krw=[30.0, 30.0])
    found = costs(made, np.array([2.0, 2.5]))
    assert found["outlay"].value == pytest.approx(120 * 6)
    assert found["transfer"].value == pytest.approx(30 * 6)
    parts = sum(found[name].value or 0.0 for name in ("resource_cost", "transfer", "loan_cost"))
    assert parts == pytest.approx(found["outlay"].value)
    assert found["cost_per_job"].value == pytest.approx(720 / 2.25)


def test_a_cost_per_job_needs_jobs_that_are_told_from_none() -> None:
    made = arms(public_spending_krw=[100.0, 140.0])
    assert costs(made, np.array([-1.0, 2.0]))["cost_per_job"].note == "no_finite_interval"
    lost = costs(made, np.array([-2.0, -2.1]))["cost_per_job"]
    assert (lost.value, lost.note) == (None, "effect_below_zero")
    assert costs(arms(), np.array([1.0, 1.0])) == {}


def test_subsidies_to_the_deadweight_are_transfers(comparison: Comparison) -> None:
    """In the small world all public money is device subsidies of the terminal programme."""
    pair = comparison.pairs[0]
    figures, effect = pair.figures, pair.effects[0]
    share = effect.samples["deadweight"] / effect.samples["subsidised"]
    core = FakeReader().core([f"plan_2020/{k}" for k in range(REPLICATIONS)], None)
    spent = core["public_spending_subsidies_krw"][:, pair.window[0] - START : pair.judged - START + 1].sum(axis=1)
    assert 0 < share.mean() < 1
    assert figures["transfer"].value == pytest.approx((spent * share).mean())
    assert (figures["resource_cost"].value or 0.0) > 0
