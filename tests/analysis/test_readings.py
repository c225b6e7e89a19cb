"""Readings: chosen by what a scenario changes, true to sign and certainty, whole in both languages."""

from typing import Any, ClassVar

import pytest

from analysis.charts import pair_charts
from analysis.comparison import Comparison, compare
from analysis.programmes import other_levers, window
from analysis.readings import KINDS, declared, hinge_parameters, kinds_of, readings
from model.calendar import month_number
from model.levers import Lever
from model.parameters import register
from tests.analysis.world import MONTHS, START, TERMINAL, FakeReader, FakeScenario, plan, scenario, settings

REPRODUCTION: dict[str, Any] = {"command": "", "digest": "", "versions": {}}
WAVE = {13: 0.8, 14: 0.5}
"""Contact risk of a pandemic that begins in the fourteenth month."""


def compared(*both: FakeScenario, replications: int = 8) -> Comparison:
    return compare(FakeReader(), both, plan(*both, replications=replications), **REPRODUCTION)


@pytest.fixture(scope="module")
def pandemic() -> Comparison:
    return compared(scenario("baseline", settings()), scenario("plan_of_a_virus", settings(risk=WAVE)))


def test_what_is_told_is_declared_for_known_kinds_figures_and_parameters(comparison: Comparison) -> None:
    pair = comparison.pairs[0]
    for one in declared():
        assert one.kind in KINDS
        assert one.measure in (pair.changes.peaks if one.at == "peak" else pair.figures), one
        for hinge in one.hinges:
            assert any(known == hinge or known.startswith(f"{hinge}.") for known in register()), hinge


def test_the_kind_follows_what_differs(comparison: Comparison, pandemic: Comparison) -> None:
    assert kinds_of(comparison, comparison.pairs[0]) == ("programme",)
    assert kinds_of(pandemic, pandemic.pairs[0]) == ("pandemic",)
    same = compared(scenario("baseline", settings()), scenario("again", settings()))
    assert kinds_of(same, same.pairs[0]) == ("other",)
    both = compared(scenario("baseline", settings()), scenario("plan_2020", settings(TERMINAL, risk=WAVE)))
    assert kinds_of(both, both.pairs[0]) == ("programme", "pandemic")
    sentences = [one.sentence for one in readings(both, both.pairs[0], "en")]
    assert len(sentences) == len(set(sentences)) > len(readings(comparison, comparison.pairs[0], "en"))


class FeeCap(Lever):
    """A lever for no technology, as fee caps, loans and rules are."""

    id: ClassVar[str] = "fee_cap"
    title: ClassVar[tuple[str, str]] = ("Fee cap", "수수료 상한")
    source: ClassVar[str] = "this test"


def test_a_lever_for_no_technology_has_a_reading_and_ledgers_of_its_own() -> None:
    dates = {"start": month_number("2021-01")}
    cap = ("fee_cap", FeeCap.model_validate(dates))
    found = compared(scenario("baseline", settings()), scenario("plan_of_a_cap", settings(cap)))
    (pair,) = found.pairs
    assert (pair.effects, [one.id for one in pair.others]) == ((), ["fee_cap"])
    assert pair.window == range(month_number("2021-01"), month_number("2024-01") + 1)
    assert kinds_of(found, pair) == ("fees",)
    first = readings(found, pair, "en")[0].sentence
    assert first.startswith("Commissions of platforms")
    charts = pair_charts(found, pair, "en")
    assert charts["ledgers"].title.startswith("Sales a year: small shops on line ")
    late = FeeCap.model_validate({"start": month_number("2031-01"), "end": month_number("2031-12")})
    assert other_levers(settings(("fee_cap", late)), settings()) == ()


def test_a_pair_without_levers_is_judged_three_years_after_the_first_difference() -> None:
    assert window(settings(risk=WAVE), settings()) == range(START + 13, START + 13 + 37)
    assert window(settings(), settings(risk=WAVE)) == range(START + 13, START + 13 + 37)
    late = settings(risk={MONTHS - 5: 0.5})
    assert window(late, settings()) == range(START + MONTHS - 5, START + MONTHS)
    assert window(settings(), settings(TERMINAL)) == window(settings(TERMINAL), settings())
    assert window(settings(), settings()) == range(START, START + MONTHS)


@pytest.mark.parametrize(("language", "up", "down"), [("en", "up by", "down by"), ("ko", "증가", "감소")])
def test_direction_is_said_in_words(language: str, up: str, down: str) -> None:
    more = compared(scenario("baseline", settings()), scenario("plan_2020", settings(risk=WAVE)))
    less = compared(scenario("plan_first", settings()), scenario("second", settings(risk=WAVE)))
    for found, mine, other in ((more, up, down), (less, down, up)):
        first = readings(found, found.pairs[0], language)[-2].sentence
        assert mine in first
        assert other not in first
        assert "−" not in first.split(":")[1]  # the word says it, the number need not


def test_what_cannot_be_told_apart_is_told_too() -> None:
    same = compared(scenario("baseline", settings()), scenario("again", settings(risk=WAVE)))
    sentences = [one.sentence for one in readings(same, same.pairs[0], "en")]
    assert all("the same in every pair of runs" in sentence for sentence in sentences)
    one = compared(scenario("baseline", settings()), scenario("plan_2020", settings(risk=WAVE)), replications=1)
    assert "no finite interval" in readings(one, one.pairs[0], "en")[0].sentence


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_line_names_what_it_hinges_on(pandemic: Comparison, language: str) -> None:
    pair = pandemic.pairs[0]
    told = readings(pandemic, pair, language)
    assert len(told) == sum(one.kind == "pandemic" for one in declared())
    assert all(one.hinges and " (" not in one.hinges for one in told)
    ids = hinge_parameters(pandemic, pair)
    assert "consumer.contact_aversion_weight.groceries" in ids
    assert "consumer.contact_aversion_weight.meals" in ids
    assert "technology.attraction.public_qr" not in ids
