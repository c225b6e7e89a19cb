"""The services at the start: numbers of their rules, constants solved so that starting shares of use are met."""

from collections.abc import Mapping

import numpy as np

from model.agents.consumers.columns import ABSENT, ConsumerState
from model.channels.services import PEOPLE_CELLS, SERVICE_RULES, SERVICE_STATE
from model.codes import AGE_BANDS, PROVINCES
from model.parameters import vector
from model.records import Record, Records, fill, records
from model.synthetic_population.people import PeopleTraits


def service_rules(values: Mapping[str, float]) -> Records:
    """Return the numbers of the services' rules."""
    spending = np.array(vector(values, "category.spending_krw_per_year", "categories"))
    return fill(
        SERVICE_RULES,
        skill_weight=np.array(vector(values, "service.skill_weight", "used_services"), np.float32),
        pandemic_weight=np.array(vector(values, "service.pandemic_weight", "used_services"), np.float32),
        trend=np.array(vector(values, "service.trend_per_year", "used_services"), np.float32),
        fading_years=values["service.trend_fading_years"],
        habit_weight=values["service.habit_weight"],
        habit_update=values["consumer.habit_update_per_month"],
        trust_weight=np.array(vector(values, "service.trust_weight", "used_services"), np.float32),
        trust_recovery=values["service.trust_recovery_per_month"],
        haste_weight=np.array(vector(values, "service.haste_weight", "used_services")),
        mended=values["service.mended_per_month"],
        channel=values["consumer.pandemic_channel"],
        category_krw=spending / values["household.other_spending_krw_per_year"],
        category_closed=np.array(vector(values, "category.closed_weight", "categories")),
        category_elasticity=np.array(vector(values, "category.spending_elasticity", "categories")),
        hospital_share=values["health.hospital_share"],
        petitions=values["e_government.petitions_per_person_month"],
        petition_hours=values["e_government.hours_saved_per_petition"],
        lesson_krw=values["online_education.cost_krw_per_learner_month"],
        museum_visits=values["online_museum.visits_per_user_month"],
        learning=values["public_service.learning_weight"],
    )


def start_services(
    people: PeopleTraits, state: ConsumerState, rules: Record, gates: Record, skill_mean: float, shares: np.ndarray
) -> Records:
    """Return the services of the first month: use as the register says, where gates are open.

    gates: of the first month; skill_mean: of adults; shares: of use at the start by service, open everywhere.
    """
    table = records(SERVICE_STATE)
    start = table[0]
    here = np.flatnonzero(state.age_band < ABSENT)
    cell = people.province[here].astype(np.int64) * len(AGE_BANDS) + state.age_band[here]
    count = np.bincount(cell, minlength=PEOPLE_CELLS)
    start.skill[:] = np.bincount(cell, state.skill[here], PEOPLE_CELLS) / np.maximum(count, 1)
    start.adults[:] = count * np.repeat(people.weight_by_province, len(AGE_BANDS))
    start.skill_mean = skill_mean
    start.trust[:] = 1.0
    use = _solve(start, rules, shares)
    start.habit[:] = use * np.repeat(gates.open[: len(shares)], len(AGE_BANDS), axis=1)
    start.habit_start[:] = start.use[:] = start.habit
    users, provinces = start.use * start.adults, (len(PROVINCES), len(AGE_BANDS))
    start.national[:] = users.sum(axis=1) / start.adults.sum()
    here = start.adults.reshape(provinces).sum(axis=1)
    start.in_province[:] = users.reshape(-1, *provinces).sum(axis=2) / np.maximum(here, 1.0)
    return table


def _solve(start: Record, rules: Record, shares: np.ndarray) -> np.ndarray:
    """Solve the constants by Newton's method for all services at once; returns use by service and cell."""
    by_skill = rules.skill_weight[:, None].astype(float) * (start.skill - start.skill_mean)
    weight = start.adults / start.adults.sum()
    constant = np.log(shares / (1.0 - shares))
    use = np.zeros(by_skill.shape)
    for _ in range(50):
        use = 1.0 / (1.0 + np.exp(-constant[:, None] - by_skill))
        mean = (use * weight).sum(axis=1)
        if np.abs(mean / shares - 1.0).max() < 1e-9:
            break
        constant += np.clip((shares - mean) / (use * (1.0 - use) * weight).sum(axis=1), -2.0, 2.0)
    start.constant[:] = constant
    return use
