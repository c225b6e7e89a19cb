"""Services by cell, what they cost and teach, and gates (docs/model.md 3.4.11)."""

from dataclasses import dataclass

import numpy as np

from tests.reference import medical
from tests.reference import state as kept
from tests.reference.draws import F8, I8
from tests.reference.service_state import Gated, Services
from tests.reference.state import PROVINCES, People, Run

BANDS = 6
TYPES = (
    "internet_lectures", "e_culture", "smart_finance", "noncontact_medical", "e_government", "online_education",
    "online_museum", "internet_direct_trade", "telework", "online_recruitment", "e_procure_produce_sell", "e_trade",
    "public_procurement", "online_export", "online_fair", "remote_meeting", "egov_export", "intergov_contract",
    "unmanned_delivery", "ecommerce", "subscription_economy", "smart_store",
)  # fmt: skip
USED = 19
CATEGORIES = ("education", "culture", "health")
SERVICE_OF = np.array([0, 1, 3])
"""The service that meets education, culture and health at a distance."""
GATED_PLACES = tuple(TYPES.index(name) for name in medical.GATED)
TAUGHT_BY = tuple(TYPES.index(name) for name in ("e_government", "online_education", "online_museum"))


def gate(run: Run, service: str, t: int) -> F8:
    """Share of a service type that rules allow in month t, by province."""
    allowed = np.full(PROVINCES, 0.0 if service in ("noncontact_medical", "unmanned_delivery") else 1.0)
    for lever in run.measures:
        is_on_it = lever["lever"] == "service_closure" and lever["service"] == service
        if is_on_it and lever["start"] <= run.start + t <= lever["end"]:
            allowed = allowed * np.where(lever["provinces"], 1.0 - lever["closed_share"], 1.0)
    return allowed


def gate_utility(run: Run, service: str, t: int) -> F8:
    """What a gate takes from utility, by province."""
    return np.asarray(np.log(np.maximum(gate(run, service, t), 1e-26)))


def gates(run: Run, t: int) -> F8:
    """Gates of the services with a use of their own, (service, cell)."""
    return np.repeat([gate(run, service, t) for service in TYPES[:USED]], BANDS, axis=1)


def cell_of(people: People) -> I8:
    """Cell of each person, one past the last for the absent."""
    return np.where(people.present, people.province * BANDS + people.band, PROVINCES * BANDS)


def measure(people: People) -> tuple[F8, F8]:
    """Mean skill and weighted number of adults by cell; skill 0 in a cell without any."""
    cell, here = cell_of(people)[people.present], people.weight[people.present]
    adults = kept.summed(cell, here, PROVINCES * BANDS)
    skill = kept.summed(cell, here * people.skill[people.present], PROVINCES * BANDS)
    return np.asarray(kept.ratio(skill, adults, 0.0)), adults


def start_services(run: Run, people: People, mean_skill: float) -> Services:
    """Use as the register says where rules allow it; constants by Newton's method."""
    v = run.values
    skill, adults = measure(people)
    able = v.of("service.skill_weight", "used_services")[:, None] * (skill - mean_skill)
    wanted, weight = v.of("service.initial_share", "used_services"), adults / adults.sum()
    constant = np.zeros_like(wanted)
    for _ in range(60):
        use = kept.logistic(constant[:, None] + able)
        constant = constant + (wanted - use @ weight) / ((use * (1.0 - use)) @ weight)
    used = kept.logistic(constant[:, None] + able) * gates(run, 0)
    ones = np.ones(USED)
    return Services(
        constant, used, used, used, skill, adults, used @ weight, means(used, adults), ones, 0.0 * ones,
        np.zeros((PROVINCES, len(CATEGORIES))), 0.0 * skill, 0.0 * adults, 0.0 * ones,
    )  # fmt: skip


def means(use: F8, adults: F8) -> F8:
    """Mean use by (service, province)."""
    shape = (-1, PROVINCES, BANDS)
    here = adults.reshape(shape)
    return np.asarray((use.reshape(shape) * here).sum(axis=2) / here.sum(axis=2))


def force(run: Run, t: int) -> float:
    """What moves people and organisations to meet at a distance."""
    channel = run.values["consumer.pandemic_channel"]
    return (1.0 - channel) * run.now("contact_risk_index", t) + channel * run.now("stringency_index", t)


def admitted(run: Run, now: Services, gated: Gated, wish: F8, t: int) -> F8:
    """What gates admit of wished use, (service, cell); sandboxes decide on gated services."""
    table = gates(run, t)
    people = (now.adults * wish).reshape(-1, PROVINCES, BANDS).sum(axis=2)
    delivered = gated.deliveries.sum(axis=1) * wish.reshape(-1, PROVINCES, BANDS)[:, :, 0]
    for g, place in enumerate(GATED_PLACES):
        rules, lawful = medical.gate_of(TYPES[place], run.measures, run.start + t), gate(run, TYPES[place], t)
        wished = delivered[place] if g == medical.UNMANNED else people[place]
        share = medical.admit(run.values, gated, g, rules, lawful, float(now.trust[place]), wished)
        table[place] = np.repeat(share, BANDS)
    return table


def use(run: Run, now: Services, gated: Gated, mean_skill: float, supplied: float, t: int) -> None:
    """Set the month's use; habit, haste and trust move. supplied: by kits in use, to telework."""
    v = run.values
    if t > 0 and (run.start + t - 1) % 3 == 0:
        now.skill, now.adults = np.where(now.measured_adults > 0.0, now.measured_skill, now.skill), now.measured_adults
    fade = v["service.trend_fading_years"]
    trend = v.of("service.trend_per_year", "used_services") * fade * (1.0 - np.exp(-t / 12.0 / fade))
    moved = v.of("service.pandemic_weight", "used_services") * force(run, t) + trend - now.haste
    moved = now.constant + moved - v.of("service.trust_weight", "used_services") * (1.0 - now.trust)
    moved[TYPES.index("telework")] += supplied
    able = v.of("service.skill_weight", "used_services")[:, None] * (now.skill - mean_skill)
    used_to = 2.0 * v["service.habit_weight"] * (now.habit - now.habit_start)
    wish = kept.logistic(moved[:, None] + able + used_to)
    now.use = wish * admitted(run, now, gated, wish, t)
    now.habit = now.habit + v["consumer.habit_update_per_month"] * (now.use - now.habit)
    nation = now.use @ now.adults / now.adults.sum()
    rise = np.maximum(0.0, nation - now.national)
    mended = 1.0 - v["service.mended_per_month"]
    now.haste = mended * now.haste + v.of("service.haste_weight", "used_services") * rise
    now.trust = np.maximum(0.0, now.trust + v["service.trust_recovery_per_month"] * (1.0 - now.trust) - now.lost)
    now.lost = 0.0 * now.lost
    now.national, now.in_province = nation, means(now.use, now.adults)


@dataclass
class Remote:
    """Spent on education, culture and health by (province, category), and what of it at a distance, KRW."""

    spent: F8
    remote: F8


def clear_remote(run: Run, now: Services, other: F8, t: int) -> Remote:
    """Split other spending by province among its categories and both ways to meet them."""
    v, used = run.values, now.in_province[SERVICE_OF].T
    worth = -v.of("category.closed_weight", "categories") * force(run, t) - np.log(np.maximum(1.0 - used, 1e-9))
    if t == 0:
        now.worth_start = worth
    share = v.of("category.spending_krw_per_year", "categories") / v["household.other_spending_krw_per_year"]
    moved = share * np.exp(v.of("category.spending_elasticity", "categories") * (worth - now.worth_start))
    spent = other[:, None] * moved / (1.0 + (moved - share).sum(axis=1))[:, None]
    return Remote(spent, spent * used)


def taught(run: Run, now: Services, people: People) -> F8:
    """What public services add to the use that each person learns from."""
    weight = run.values["public_service.learning_weight"]
    by_cell = np.append(sum(weight * now.use[service] for service in TAUGHT_BY), 0.0)
    return np.asarray(by_cell[cell_of(people)])


def served(run: Run, now: Services) -> dict[str, float]:
    """Hours saved, learners and visits of public services."""
    v, people = run.values, [float(now.use[service] @ now.adults) for service in TAUGHT_BY]
    per_person = v["e_government.petitions_per_person_month"] * v["e_government.hours_saved_per_petition"]
    return {
        "e_government_hours_saved": people[0] * per_person,
        "online_learners_persons": people[1],
        "online_museum_visits": people[2] * v["online_museum.visits_per_user_month"],
    }


def book(run: Run, now: Services, remote: Remote) -> dict[str, float]:
    """Payments for education, culture and public lessons."""
    spent, online = remote.spent.sum(axis=0), remote.remote.sum(axis=0)
    lesson = run.values["online_education.cost_krw_per_learner_month"]
    return {
        "education_face": spent[0] - online[0],
        "education_online": online[0],
        "culture_face": spent[1] - online[1],
        "culture_online": online[1],
        "public_lessons": served(run, now)["online_learners_persons"] * lesson,
    }
