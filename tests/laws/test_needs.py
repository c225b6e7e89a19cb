"""Budgets across needs, other spending and saving: what a pandemic and better services move, and what they cannot."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from model import ledger
from model.codes import MOBILITY, NEEDS, OTHER_SPENDING, SAVING
from model.economy import Economy, population_of
from model.settings import Settings
from tests.laws.small_korea import Run, korea_of, run_to_end, settings_of

MONTHS = 8
PANDEMIC = {"contact_risk_index": 0.9, "stringency_index": 0.6}
"""From the fourth month on."""
OPTIONS = (*NEEDS, OTHER_SPENDING, SAVING)
NO_ELASTICITY = {f"need.spending_elasticity.{option}": 0.0 for option in OPTIONS}
BY_MEASURES = {"consumer.pandemic_channel": 1.0}
GOODS = NEEDS[:3]
FINER = 400.0
"""Scale at which thirds by skill hold some thousands of people."""


def korea(later: Mapping[str, float] | None = None, **parameters: float) -> Settings:
    """Without what other relations take from budgets: second-hand goods for new ones, journeys spared."""
    apart = {"c2c.displacement_share": 0.0, "telework.commuting_share_of_mobility": 0.0}
    return settings_of(months=MONTHS, later=later, parameters=apart | parameters)


def changes(settings: Settings) -> NDArray[np.float64]:
    """What a budget is split among, over the start, by (month, province, option)."""
    economy, months = Economy(settings, 1, korea_of(), "serial"), []
    for _ in range(settings.months):
        economy.step()
        months.append(economy.world.spending[0].change.copy())
    economy.close()
    return np.array(months)


def ratio(settings: Settings, other: Settings, indicator: str) -> float:
    """An indicator of the last month over that of another run with the same luck."""
    return run_to_end(settings).last(indicator) / run_to_end(other).last(indicator)


def start_shares(settings: Settings) -> NDArray[np.float64]:
    values = dict(settings.parameters)
    spent = [values[f"need.spending_krw_per_year.{need}"] for need in NEEDS]
    spent.append(values["household.other_spending_krw_per_year"])
    saved = values["household.saving_rate"]
    return np.append((1.0 - saved) * np.array(spent) / sum(spent), saved)


def test_a_budget_is_spent_and_saved_whole() -> None:
    settings = korea(PANDEMIC)
    shares = changes(settings) @ start_shares(settings)
    np.testing.assert_allclose(shares, 1.0, rtol=0.0, atol=1e-14)


def test_the_first_month_is_the_start_to_the_bit() -> None:
    found = changes(korea(PANDEMIC))
    assert np.all(found[0] == 1.0)
    assert np.all(found[4] != 1.0)


def test_without_elasticities_nothing_moves_between_needs() -> None:
    assert np.all(changes(korea(PANDEMIC, **NO_ELASTICITY)) == 1.0)


OUTSIDE_NEEDS = (
    ledger.OTHER_SPENDING, ledger.EDUCATION_FACE, ledger.EDUCATION_ONLINE, ledger.CULTURE_FACE, ledger.CULTURE_ONLINE,
    ledger.HEALTH_CLINICS, ledger.HEALTH_HOSPITALS, ledger.TELEMEDICINE_CLINICS, ledger.TELEMEDICINE_HOSPITALS,
    ledger.BANKING_FEES, ledger.C2C_GOODS_FEE, ledger.C2C_HOMES_CARS_FEE,
)  # fmt: skip
"""What households spend on everything but the needs."""


def income_of(books: Any) -> float:
    """Booked receipts of households less what owners put in, KRW."""
    booked = books.booked
    got = booked[ledger.PAYEE == ledger.HOUSEHOLDS].sum()
    return float(got - booked[ledger.OWNER_FUNDS])


def test_spending_and_saving_are_income() -> None:
    run = run_to_end(korea(PANDEMIC))
    books = run.economy.world.books[0]
    spent = sum(run.last(f"spending_{need}_krw") for need in NEEDS) + books.booked[list(OUTSIDE_NEEDS)].sum()
    assert abs(spent + run.last("household_saving_krw") - income_of(books)) < 1e-9 * income_of(books)
    assert run.last("online_total_krw") == pytest.approx(
        sum(run.last(f"online_{need}_krw") for need in (*GOODS, "meals", "mobility")), rel=1e-12
    )


@pytest.mark.parametrize("channel", [{}, BY_MEASURES], ids=["aversion", "measures"])
def test_a_pandemic_moves_spending(channel: dict[str, float]) -> None:
    """Online goods and meals rise, services met face to face and travel of both kinds fall, and people save."""
    hit, calm = (run_to_end(korea(later, **channel)) for later in (PANDEMIC, dict.fromkeys(PANDEMIC, 0.0)))

    def moved(indicator: str) -> float:
        return hit.last(indicator) / calm.last(indicator)

    assert moved("online_goods_krw") > 1.03
    assert moved("online_meals_krw") > 1.0
    assert moved("spending_meals_krw") < 0.95
    assert moved("face_to_face_meals_krw") < moved("spending_meals_krw")
    assert 0.7 < moved("spending_personal_services_krw") < 0.95
    assert moved("spending_mobility_krw") < 0.4
    assert moved("online_mobility_krw") < 0.4
    assert moved("household_saving_krw") > 1.1


def test_each_channel_feels_its_own_path() -> None:
    """Measures move only travel where people shun contact by themselves; risk moves nothing where measures act."""
    calm = dict.fromkeys(PANDEMIC, 0.0)
    found = changes(korea(calm | {"stringency_index": 0.6})) / changes(korea(calm))
    assert np.all(found[4:, :, MOBILITY] < 0.5)
    others = [option for option in range(len(OPTIONS)) if option != MOBILITY]
    assert np.ptp(found[4:, :, others], axis=2).max() < 0.01
    risk = calm | {"contact_risk_index": 0.9}
    np.testing.assert_array_equal(changes(korea(risk, **BY_MEASURES)), changes(korea(calm, **BY_MEASURES)))


def test_part_of_what_delivery_gains_is_new_to_restaurants() -> None:
    """Dishes ordered more often are partly dishes not eaten out; the part new to meals is near their elasticity."""
    better, usual = (
        run_to_end(settings_of(months=24, parameters={"delivery_app.quality_trend_per_year": trend}))
        for trend in (0.8, 0.3)
    )
    gained, new = (
        better.total(f"{kind}_meals_krw") - usual.total(f"{kind}_meals_krw") for kind in ("online", "spending")
    )
    assert gained > 0.0
    assert 0.2 < new / gained < 0.5


def pandemic_then_none(hit: bool) -> Settings:
    """Two years of pandemic, 2019 and 2020, or none, and two years after."""
    settings = settings_of(months=72)
    paths = dict(settings.paths)
    for name, level in PANDEMIC.items():
        paths[name] = tuple(level * (hit and 24 <= t < 48) for t in range(72))
    return Settings(
        settings.start, settings.months, FINER, (), settings.parameters, tuple(paths.items()), settings.levers
    )


def online_habit(run: Run, thirds: Sequence[NDArray[np.bool_]]) -> list[float]:
    """Mean contactless share, as habit holds it, over the goods needs of each group, weighted with budgets."""
    world = run.economy.world
    people, state = world.people, world.consumers
    weight = state.budget * people.weight_by_province[people.province]
    return [float(np.average(state.habit[:3, third].mean(axis=0), weights=weight[third])) for third in thirds]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_pandemic_that_passed_leaves_the_unskilled_online_more_than_others(seed: int) -> None:
    """Two years after its end the low-skill third shops online by more, relative to a run without it."""
    korea_here = population_of(pandemic_then_none(False))
    economy = Economy(pandemic_then_none(False), seed, korea_here, "serial")
    skill = economy.world.consumers.skill.copy()
    economy.close()
    low, high = np.quantile(skill, [1 / 3, 2 / 3])
    hit, calm = (
        online_habit(run_to_end(pandemic_then_none(pandemic), seed, korea_here), [skill < low, skill >= high])
        for pandemic in (True, False)
    )
    lowest, highest = (after / without - 1.0 for after, without in zip(hit, calm, strict=True))
    assert lowest > 2.0 * highest > 0.0
    assert lowest > 0.1
