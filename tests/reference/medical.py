"""Gates, telemedicine, deliveries by drone and robot, and their accidents (docs/model.md 3.4.14)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.reference.draws import F8, I8, Luck, bits_of, top_of
from tests.reference.service_state import Gated
from tests.reference.state import GOODS, PROVINCES, Run, State, Values, exp, ratio

MEDICAL, UNMANNED = 0, 1
GATED = ("noncontact_medical", "unmanned_delivery")
START_YEAR = 2017.0


@dataclass(frozen=True)
class Gate:
    """What rules say of one gated service in a month: share on trial and under revised rules by province."""

    trial: F8
    cap: float
    limit: float
    revised: F8


def start_gated() -> Gated:
    """Nobody takes part, nothing is revised or stopped, nothing was delivered."""
    no, none = np.zeros(2, dtype=bool), np.zeros(2)
    return Gated(np.zeros((2, PROVINCES)), no, no.copy(), none, none.copy(), none.copy(), np.zeros((PROVINCES, 2)))


@dataclass
class Used:
    """What gated services did in a month: uses and accidents by (service, province), the rest by province or in all."""

    uses: F8
    at_clinics: F8
    remote_at_clinics: F8
    hours: float
    pay: F8
    pay_lost: F8
    accidents: F8


def gate_of(service: str, levers: tuple[dict[str, Any], ...], month: int) -> Gate:
    """The gate of a service in a calendar month; levers: settings of sandboxes and closures, provinces as truths."""
    trial, revised, cap, limit = np.zeros(PROVINCES), np.zeros(PROVINCES), np.inf, np.inf
    kept = np.ones(PROVINCES)
    for lever in levers:
        if lever["lever"] not in ("service_closure", "regulatory_sandbox") or lever["service"] != service:
            continue
        if lever["lever"] == "service_closure":
            shut = lever["provinces"] & (lever["start"] <= month <= lever["end"])
            kept = kept * np.where(shut, 1.0 - lever["closed_share"], 1.0)
        elif min(lever["share_of_demand"], lever["cap_per_month"]) > 0.0:
            last = lever["end"] + lever["renewals"] * (lever["end"] - lever["start"] + 1)
            revises = lever["outcome"] == "revised"
            if lever["start"] + lever["review_months"] <= month and (month <= last or revises):
                trial, cap = lever["share_of_demand"] * lever["provinces"], lever["cap_per_month"]
                limit = lever["accident_limit"]
            if revises and month > last:
                revised = np.ones(PROVINCES)
    return Gate(trial * kept, cap, limit, revised * kept)


def admit(v: Values, state: Gated, g: int, gate: Gate, lawful: F8, trust: float, wished: F8) -> F8:
    """Share of what is wished that each province may use; wished: people, or deliveries of last month, by province."""
    due = bool(np.any(gate.revised > 0.0)) and not state.stopped[g]
    state.revised[g] = state.revised[g] or (due and trust >= v["gate.trust_for_revision"])
    allowed = lawful
    if state.revised[g]:
        allowed = np.maximum(lawful, gate.revised)
    elif not state.stopped[g]:
        allowed = np.maximum(lawful, gate.trial)
    joined = state.joined[g]
    state.joined[g] = np.where(allowed > 0.0, joined + v["gate.joining_per_month"] * (1.0 - joined), 0.0)
    admitted: F8 = np.asarray(allowed * state.joined[g])
    wanted = float(np.sum(admitted * wished))
    if not (state.revised[g] or state.stopped[g]) and wanted > gate.cap:
        admitted = admitted * (gate.cap / wanted)
    return admitted


def treat(v: Values, equipped: F8, referral: float, health: F8, remote: F8) -> tuple[F8, F8, F8]:
    """Visits at a distance, and KRW at clinics, in all and at a distance, by province."""
    hospital = v["health.hospital_share"]
    clinics = equipped * (1.0 - hospital)
    hospitals = v["telemedicine.hospitals_equipped"] * hospital
    free = clinics / (clinics + hospitals)
    share = referral * (1.0 - v["telemedicine.referred_share"]) + (1.0 - referral) * free
    at_clinics = (1.0 - hospital) * (health - remote) + share * remote
    return remote / v["telemedicine.visit_krw"], at_clinics, share * remote


def tickets(v: Values) -> F8:
    return np.array([v["open_market.ticket_krw"], v["delivery_app.ticket_krw"]])


def work_shares(v: Values) -> F8:
    """Pay for the work over the value that is carried."""
    consumer, merchant = (v[f"delivery_app.{who}_fee_share"] for who in ("consumer", "merchant"))
    fees = np.array([v["open_market.delivery_share"], consumer + (1.0 - consumer) * merchant])
    return np.asarray(fees * v.of("delivery.work_share", "deliveries"))


def carried(goods: F8, meals: F8, v: Values) -> F8:
    """Deliveries by (province, parcels and meals); goods: KRW by (province, goods need), meals: by province."""
    return np.asarray(np.stack([goods[:, :GOODS].sum(axis=1), meals], axis=1) / tickets(v))


def deliver(v: Values, state: Gated, gate: Gate, share: F8) -> tuple[F8, float, F8, F8]:
    """Deliveries without a courier by province, couriers' hours in all, their pay and what they lose."""
    everything = state.deliveries.sum(axis=1)
    unmanned = share * everything
    if not state.revised[UNMANNED] and unmanned.sum() > gate.cap:
        unmanned = unmanned * (gate.cap / unmanned.sum())
    replaced = ratio(unmanned, everything, 0.0) * (1.0 - v["unmanned.attended_share"])
    hours = (1.0 - replaced)[:, None] * state.deliveries * v.of("delivery.hours", "deliveries")
    full = (state.deliveries * tickets(v) * work_shares(v)).sum(axis=1)
    return unmanned, float(hours.sum()), full * (1.0 - replaced), full * replaced


def happen(v: Values, t: int, g: int, haste: float, uses: F8, luck: Luck) -> F8:
    """Accidents of a service by province."""
    early = max(0.0, v.of("gate.ripe_year", "gated")[g] - (START_YEAR + t / 12.0))
    rising = v["gate.early_weight_per_year"] * early + v["gate.haste_weight"] * haste
    mean = np.minimum(v.of("gate.accidents_per_use", "gated")[g] * exp(rising) * uses, 500.0)
    ids: I8 = g * PROVINCES + np.arange(PROVINCES)
    draw = top_of(bits_of(luck.seed, "service_accidents", luck.month, ids))
    count, chance = np.zeros(PROVINCES), np.exp(-mean)
    reached = chance.copy()
    more = luck.below(("service_accidents", 0), ids, reached, draw, uses > 0.0)
    for number in range(1, 2_000):
        if not more.any():
            break
        count = count + more
        chance = chance * mean / number
        reached = reached + chance
        more = luck.below(("service_accidents", number), ids, reached, draw, more)
    return count


def lose_trust(v: Values, accidents: F8) -> float:
    return v["gate.trust_lost"] * float(np.log(1.0 + accidents.sum()))


def judge(v: Values, state: Gated, g: int, gate: Gate, uses: F8, accidents: F8) -> None:
    """Add a month to a trial's record; with too many accidents for its uses it is stopped."""
    if state.revised[g]:
        return
    state.trial_uses[g] = state.trial_uses[g] + uses.sum()
    state.trial_accidents[g] = state.trial_accidents[g] + accidents.sum()
    enough = state.trial_accidents[g] >= v["gate.accidents_before_judged"]
    allowed = gate.limit * state.trial_uses[g] if state.trial_uses[g] > 0.0 else np.inf
    state.stopped[g] = state.stopped[g] or (enough and state.trial_accidents[g] > allowed)


def live(run: Run, state: State, share: F8, haste: F8, health: F8, remote: F8, meals: F8, t: int, luck: Luck) -> Used:
    """A month of gated services: visits, deliveries, accidents; share: of unmanned delivery by province; haste: by
    gated service; meals: bought by app, KRW by province.
    """
    v, gated = run.values, state.gated
    gates = [gate_of(name, run.measures, run.start + t) for name in GATED]
    equipped = np.full(PROVINCES, v["telemedicine.clinics_equipped"])
    visits, at_clinics, far = treat(v, equipped, v["telemedicine.referral_share"], health, remote)
    goods = state.platforms.online.sum(axis=1)[:, :GOODS] * state.constants.spending[:GOODS]
    gated.deliveries = carried(goods, meals, v)
    unmanned, hours, pay, lost = deliver(v, gated, gates[UNMANNED], share)
    uses = np.stack([visits, unmanned])
    accidents = np.stack([happen(v, t, g, float(haste[g]), uses[g], luck) for g in range(len(GATED))])
    gated.lost = np.array([lose_trust(v, counted) for counted in accidents])
    for g in range(len(GATED)):
        judge(v, gated, g, gates[g], uses[g], accidents[g])
    return Used(uses, at_clinics, far, hours, pay, lost, accidents)


def book(v: Values, used: Used, health: F8, remote: F8) -> dict[str, float]:
    """Payments for health, for the work of couriers and for drones and robots."""
    hospital = v["health.hospital_share"]
    face = float(np.sum(health - remote))
    return {
        "health_clinics": (1.0 - hospital) * face,
        "health_hospitals": hospital * face,
        "telemedicine_clinics": float(used.remote_at_clinics.sum()),
        "telemedicine_hospitals": float(np.sum(remote - used.remote_at_clinics)),
        "logistics_wages": float(used.pay.sum()),
        "unmanned_upkeep": v["unmanned.upkeep_krw_per_delivery"] * float(used.uses[UNMANNED].sum()),
    }


def indicators(used: Used, state: Gated, health: F8) -> dict[str, float]:
    return {
        "telemedicine_visits": float(used.uses[MEDICAL].sum()),
        "clinic_share_of_health": float(used.at_clinics.sum() / health.sum()),
        "unmanned_parcels": float(used.uses[UNMANNED].sum()),
        "courier_hours_per_parcel": used.hours / float(state.deliveries.sum()),
        "service_accidents": float(used.accidents.sum()),
    }
