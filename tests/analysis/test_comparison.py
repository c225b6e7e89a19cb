"""A comparison from stored runs: programmes found, figures equal to those by hand, pairing refused."""

import dataclasses
import json
from typing import Any

import numpy as np
import pytest

from analysis.arms import DIMENSIONS
from analysis.comparison import Comparison, compare, groups_needed, headline, to_json
from analysis.programmes import programmes
from analysis.statistics import ratio_statistic
from model.calendar import month_number
from model.errors import UserErrors
from model.levers import PaymentTerminalSubsidy
from tests.analysis.world import (
    QR,
    REPLICATIONS,
    START,
    TERMINAL,
    WEIGHT,
    FakePlan,
    FakeReader,
    FakeScenario,
    plan,
    scenario,
    settings,
)

JUDGED = month_number("2023-09") - START
REPRODUCTION: dict[str, Any] = {"command": "", "digest": "", "versions": {}}


def active(reader: FakeReader, key: str) -> np.ndarray[Any, Any]:
    mask: np.ndarray[Any, Any] = (reader.group(key, "merchants@2023-09")["active_mask"] & 1) != 0
    return mask


def test_only_new_and_changed_levers_make_a_programme() -> None:
    slower = (TERMINAL[0], PaymentTerminalSubsidy.model_validate({"decisions_per_month": 100}))
    assert programmes(settings(TERMINAL), settings(TERMINAL)) == ()
    assert [p.technology for p in programmes(settings(TERMINAL, QR), settings(TERMINAL))] == ["public_qr"]
    assert [p.levers for p in programmes(settings(slower), settings(TERMINAL))] == [(slower[1],)]
    assert programmes(settings(), settings(TERMINAL)) == ()


def test_a_programme_is_judged_after_36_months_or_at_the_end() -> None:
    (whole,) = programmes(settings(TERMINAL), settings())
    assert (whole.start, whole.evaluated, whole.clipped) == (START + 20, START + 56, False)
    assert (whole.quota, whole.budget_krw) == (200_000, 40e9)
    (short,) = programmes(settings(TERMINAL, months=30), settings(months=30))
    assert (short.evaluated, short.clipped, short.budget_krw) == (START + 29, True, 20e9)
    assert programmes(settings(TERMINAL, months=20), settings(months=20)) == ()


def test_both_arms_are_asked_for_the_same_snapshots() -> None:
    asked = groups_needed(
        [scenario("baseline", settings()), scenario("a", settings(TERMINAL)), scenario("b", settings())]
    )
    assert asked == {
        "baseline": ("merchants@2023-09", "merchants@2024-12"),
        "a": ("merchants@2023-09",),
        "b": ("merchants@2024-12",),
    }


def test_additional_adopters_equal_the_difference_of_weighted_counts(comparison: Comparison) -> None:
    reader = FakeReader()
    samples = np.array(
        [
            WEIGHT * (int(active(reader, f"plan_2020/{k}").sum()) - int(active(reader, f"baseline/{k}").sum()))
            for k in range(REPLICATIONS)
        ]
    )
    (effect,) = comparison.pairs[0].effects
    assert effect.samples["additional"] == pytest.approx(samples)
    assert effect.statistics["additional"].value == pytest.approx(samples.mean())
    assert effect.statistics["additional"].told_apart


def test_terms_add_up_in_the_means(comparison: Comparison) -> None:
    value = {name: one.value or 0.0 for name, one in comparison.pairs[0].effects[0].statistics.items()}
    parts = ("deadweight", "accelerated", "induced", "no_twin")
    assert value["subsidised"] == pytest.approx(sum(value[name] for name in parts))
    assert value["additional"] == pytest.approx(
        sum(value[f"additional_{name}"] for name in parts) + value["spill_over"] - value["crowded_out"]
    )


def test_cost_is_spending_up_to_the_month_of_judgement_over_additional_adopters(
    comparison: Comparison,
) -> None:
    reader = FakeReader()
    core = reader.core([f"plan_2020/{k}" for k in range(REPLICATIONS)], None)
    spent = core["public_spending_mobile_pay_terminal_krw"][:, : JUDGED + 1].sum(axis=1)
    (effect,) = comparison.pairs[0].effects
    cost = effect.statistics["cost_per_additional"]
    expected = ratio_statistic(cost, spent, effect.samples["additional"])
    assert (cost.value, cost.low, cost.high) == pytest.approx((expected.value, expected.low, expected.high))
    transfer, deadweight = (effect.statistics[name].value for name in ("deadweight_spending", "deadweight"))
    assert transfer == pytest.approx(200_000 * (deadweight or 0), rel=0.05)


def test_no_cost_is_given_where_a_programme_takes_adopters_away() -> None:
    """Here the scenario in the place of the baseline spreads terminals and the other has the lever."""
    both = (scenario("plan_first", settings()), scenario("second", settings(TERMINAL)))
    statistics = compare(FakeReader(), both, plan(*both), **REPRODUCTION).pairs[0].effects[0].statistics
    assert (statistics["additional"].high or 0) < 0
    assert statistics["cost_per_additional"].note == "effect_below_zero"
    assert statistics["cost_per_additional"].value is None


def test_nothing_is_displaced_where_no_rival_loses(comparison: Comparison) -> None:
    one = comparison.pairs[0].effects[0].statistics["displacement"]
    assert one.value == pytest.approx(0, abs=1e-6)


def test_displacement_is_not_read_where_other_measures_act_too() -> None:
    """Their effect on the sectors' sales would pass for what the subsidised took or left."""
    two = (scenario("baseline", settings()), scenario("two", settings(TERMINAL, QR)))
    for effect in compare(FakeReader(), two, plan(*two), **REPRODUCTION).pairs[0].effects:
        one = effect.statistics["displacement"]
        assert (one.value, one.low, one.high, one.note) == (None, None, None, "others_act_too")


def test_gains_of_every_dimension_add_up(comparison: Comparison) -> None:
    reader = FakeReader()
    effect = comparison.pairs[0].effects[0]
    shops = np.bincount(reader.columns["district_kind"]) * WEIGHT
    kinds = [gain for gain in effect.gains if gain.dimension == "district_kind"]
    rates = [gain.additional_rate.value or 0.0 for gain in kinds]
    assert np.array(rates) @ shops / 1000 == pytest.approx(effect.statistics["additional"].value)
    assert [gain.category for gain in kinds] == list(DIMENSIONS["district_kind"])
    assert all(gain.additional.sampled_units for gain in kinds)


def test_a_province_without_sampled_shops_is_not_printed(comparison: Comparison) -> None:
    jeju = next(gain for gain in comparison.pairs[0].effects[0].gains if gain.category == "Jeju")
    assert jeju.additional.sampled_units == 0
    assert jeju.additional.note == "too_few_at_this_scale"
    assert jeju.additional_rate.value is None


def test_changes_cover_the_year_to_the_month_of_judgement(comparison: Comparison) -> None:
    reader = FakeReader()
    year = slice(JUDGED - 11, JUDGED + 1)
    keys = [[f"{name}/{k}" for k in range(REPLICATIONS)] for name in ("plan_2020", "baseline")]
    ours, theirs = (reader.core(own, ["wages_krw", "heads_regular_persons"]) for own in keys)
    changes = {change.id: change for change in comparison.pairs[0].changes.statistics}
    wages = (ours["wages_krw"] - theirs["wages_krw"])[:, year].sum(axis=1).mean()
    assert changes["wages_krw"].value == pytest.approx(wages)
    assert changes["wages_krw"].unit == "KRW/year"
    heads = (ours["heads_regular_persons"] - theirs["heads_regular_persons"])[:, JUDGED].mean()
    assert changes["heads_regular_persons"].value == pytest.approx(heads)
    assert changes["online_share_goods"].unit == "share points"


def test_a_scenario_against_itself_changes_nothing() -> None:
    same = (scenario("baseline", settings()), scenario("again", settings()))
    pair = compare(FakeReader(), same, plan(*same), **REPRODUCTION).pairs[0]
    assert pair.effects == ()
    assert {change.note for change in pair.changes.statistics} == {"same_in_every_pair"}
    assert pair.judged == START + same[0].settings.months - 1


def test_programmes_of_three_scenarios_are_told_apart_in_pairs() -> None:
    weak = (TERMINAL[0], PaymentTerminalSubsidy.model_validate({"subsidy_rate": 0.1}))
    three = (
        scenario("baseline", settings()),
        scenario("plan_a", settings(TERMINAL)),
        scenario("idle", settings(weak)),
    )
    found = compare(FakeReader(), three, plan(*three), **REPRODUCTION)
    (contrast,) = found.contrasts
    assert (contrast.scenario, contrast.other, contrast.technology) == (
        "plan_a",
        "idle",
        "mobile_pay_terminal",
    )
    assert contrast.difference.told_apart
    idle = found.pairs[1].effects[0].statistics
    assert idle["additional"].note == "same_in_every_pair"
    assert idle["cost_per_additional"].note == "no_finite_interval"
    assert idle["spending"].value == 0


def other_seeds(made: FakePlan) -> FakePlan:
    return FakePlan(tuple(dataclasses.replace(run, seed=run.seed + len(run.scenario)) for run in made.runs))


def test_scenarios_that_cannot_be_paired_are_refused_with_every_reason() -> None:
    base = scenario("baseline", settings())
    other = scenario("plan_2020", dataclasses.replace(settings(TERMINAL), scale=20.0, focus=("Jeju",)))
    with pytest.raises(UserErrors) as caught:
        compare(FakeReader(), (base, other), other_seeds(plan(base, other)), **REPRODUCTION)
    told = " ".join(caught.value.messages)
    for word in ("scale is 200.0 in one and 20.0", "focus is", "the same seed and number of replications"):
        assert word in told
    with pytest.raises(UserErrors, match="two scenarios or more"):
        compare(FakeReader(), (base,), plan(base), **REPRODUCTION)


def test_json_is_plain_and_names_every_interval(comparison: Comparison) -> None:
    text = json.dumps(to_json(comparison), allow_nan=False)
    (effect,) = json.loads(text)["pairs"][0]["programmes"]
    one = effect["statistics"]["additional"]
    assert one["interval_name"] == f"simulation error (90 %, {REPLICATIONS} paired seeds)"
    assert one["low"] < one["value"] < one["high"]
    assert effect["evaluated"] == "2023-09"
    assert len(effect["gains"]) == sum(map(len, DIMENSIONS.values()))


@pytest.mark.parametrize(("language", "first"), [("en", "Mobile-pay terminal: Additional"), ("ko", "모바일 결제")])
def test_headline_rows_in_both_languages(comparison: Comparison, language: str, first: str) -> None:
    rows = headline(comparison, language)
    assert rows[0].label.startswith(first)
    assert rows[0].scenario == "plan_2020"
    assert rows[0].interval
    assert len(rows) == 9


def test_effects_of_one_pair_have_no_interval() -> None:
    both: tuple[FakeScenario, ...] = (
        scenario("baseline", settings()),
        scenario("plan_2020", settings(TERMINAL)),
    )
    found = compare(FakeReader(), both, plan(*both, replications=1), **REPRODUCTION)
    one = found.pairs[0].effects[0].statistics["additional"]
    assert one.value is not None
    assert (one.low, one.note) == (None, "one_pair")
