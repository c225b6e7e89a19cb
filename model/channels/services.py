"""The services that people and organisations use, by cell: shares of use, habit, trust, quality and gates.

A *cell* is an age band of a province. Every service type of `codes.USED_SERVICES` has a share of use in each cell;
organisations have one in each province, held alike in all its cells. What use moves, money, time, skill or matching,
is the affair of the channels.
"""

from typing import Final

import numpy as np
from numba import float32, njit

from model.channels.gates import admit
from model.codes import (
    AGE_BANDS,
    CATEGORIES,
    DELIVERIES,
    GATED,
    PROVINCES,
    SECTORS,
    SERVICE_TYPES,
    TRADES,
    USED_SERVICES,
)
from model.numerics import JIT, logistic
from model.records import Record, record_type
from model.rules.choice import habit_next, service_quality
from model.rules.services import haste_next, service_utility, trust_next

_PROVINCES: Final = len(PROVINCES)
_BANDS: Final = len(AGE_BANDS)
_SERVICES: Final = len(USED_SERVICES)
_GATED: Final = len(GATED)
_PLACE_OF_GATED: Final = tuple(GATED.index(service) if service in GATED else -1 for service in USED_SERVICES)
PEOPLE_CELLS: Final = _PROVINCES * _BANDS
"""Cells of people: province x age band, bands innermost."""

GATES: Final = record_type(
    open=(np.float32, len(SERVICE_TYPES), _PROVINCES),
    trial=(np.float32, _GATED, _PROVINCES),
    cap=(np.float64, _GATED),
    accident_limit=(np.float64, _GATED),
    revised=(np.float32, _GATED, _PROVINCES),
)
"""Gates of one month: share of a service that rules allow, 0 (closed) to 1 (open), by service type and province.

Of gated services besides: trial: share that a sandbox allows; cap: users (of deliveries, deliveries) a month that it
allows in all its provinces together; accident_limit: accidents per use above which it is stopped; revised: share that
revised rules allow, above 0 once the revision is due.
"""

SERVICE_RULES: Final = record_type(
    skill_weight=(np.float32, _SERVICES),
    pandemic_weight=(np.float32, _SERVICES),
    trend=(np.float32, _SERVICES),
    fading_years=(np.float32,),
    habit_weight=(np.float32,),
    habit_update=(np.float32,),
    trust_weight=(np.float32, _SERVICES),
    trust_recovery=(np.float64,),
    haste_weight=(np.float64, _SERVICES),
    mended=(np.float64,),
    channel=(np.float64,),
    category_krw=(np.float64, len(CATEGORIES)),
    category_closed=(np.float64, len(CATEGORIES)),
    category_elasticity=(np.float64, len(CATEGORIES)),
    hospital_share=(np.float64,),
    petitions=(np.float64,),
    petition_hours=(np.float64,),
    lesson_krw=(np.float64,),
    museum_visits=(np.float64,),
    learning=(np.float64,),
    use_start=(np.float64, _SERVICES),
    order_share=(np.float64, len(TRADES), len(SECTORS)),
    order_new=(np.float64, len(TRADES)),
    order_months=(np.float64, len(TRADES)),
    order_without=(np.float64, len(TRADES)),
    input_saving=(np.float64, len(SECTORS)),
    software_fee=(np.float64,),
    travel_krw=(np.float64,),
    trips_replaced=(np.float64,),
    egov_krw=(np.float64,),
    intergov_krw=(np.float64,),
    c2c_potential=(np.float64,),
    c2c_goods_krw=(np.float64,),
    c2c_displacement=(np.float64,),
    c2c_selling=(np.float64,),
    c2c_trend_months=(np.float64,),
    c2c_fraud_hazard=(np.float64,),
    c2c_fraud_loss=(np.float64,),
    c2c_goods_fee=(np.float64,),
    c2c_other_fee_krw=(np.float64,),
    data_decay=(np.float64,),
    data_opened=(np.float64,),
    data_half=(np.float64,),
    joining=(np.float64,),
    ripe_years=(np.float64, _GATED),
    accidents_per_use=(np.float64, _GATED),
    early_weight=(np.float64,),
    hasty_accidents=(np.float64,),
    accident_trust=(np.float64,),
    trust_needed=(np.float64,),
    accidents_judged=(np.float64,),
    visit_krw=(np.float64,),
    hospitals_equipped=(np.float64,),
    referred_share=(np.float64,),
    delivery_value_krw=(np.float64, len(DELIVERIES)),
    delivery_hours=(np.float64, len(DELIVERIES)),
    delivery_pay=(np.float64, len(DELIVERIES)),
    attended_share=(np.float64,),
    upkeep_krw=(np.float64,),
)
"""Numbers of the services' rules (see the register for meaning and source); category_krw as shares of other spending.

learning: what full use of one public service adds to a month's learning, as a share of what full online use adds;
ripe_years: since the start; delivery_value_krw: of what one delivery carries; delivery_pay: paid for the work, as a
share of the value carried.
use_start: of services, gates open; order_*: of orders by service, as shares of business demand (order_share), of what
they add (order_new), of their flow (order_without); amounts in KRW a month; data_half: stock of data, over the start's,
at which the quality of advice is a half.
"""

SERVICE_STATE: Final = record_type(
    constant=(np.float32, _SERVICES),
    use=(np.float32, _SERVICES, PEOPLE_CELLS),
    habit=(np.float32, _SERVICES, PEOPLE_CELLS),
    habit_start=(np.float32, _SERVICES, PEOPLE_CELLS),
    skill=(np.float32, PEOPLE_CELLS),
    skill_mean=(np.float32,),
    adults=(np.float64, PEOPLE_CELLS),
    national=(np.float64, _SERVICES),
    in_province=(np.float64, _SERVICES, _PROVINCES),
    trust=(np.float64, _SERVICES),
    lost=(np.float64, _SERVICES),
    haste=(np.float64, _SERVICES),
    supplied=(np.float64, _SERVICES),
    worth_start=(np.float64, _PROVINCES, len(CATEGORIES)),
    category=(np.float64, _PROVINCES, len(CATEGORIES)),
    remote=(np.float64, _PROVINCES, len(CATEGORIES)),
    hours_saved=(np.float64,),
    learners=(np.float64,),
    museum_visits=(np.float64,),
    order_flow=(np.float64, len(TRADES)),
    ordinary=(np.float64, len(SECTORS)),
    orders=(np.float64, len(TRADES), len(SECTORS)),
    sold_to_firms=(np.float64, len(SECTORS)),
    travel_paid=(np.float64,),
    travel_saved=(np.float64,),
    egov_krw=(np.float64,),
    intergov_krw=(np.float64,),
    income_trend=(np.float64, _PROVINCES),
    c2c_users_start=(np.float64, _PROVINCES),
    c2c_users=(np.float64,),
    c2c_goods=(np.float64, _PROVINCES),
    c2c_displaced=(np.float64, _PROVINCES),
    transactions_start=(np.float64,),
    data_stock=(np.float64,),
    advice=(np.float64,),
    joined=(np.float64, _GATED, _PROVINCES),
    admitted=(np.float32, _GATED, _PROVINCES),
    revised=(np.int64, _GATED),
    stopped=(np.int64, _GATED),
    trial_uses=(np.float64, _GATED),
    trial_accidents=(np.float64, _GATED),
    uses=(np.float64, _GATED, _PROVINCES),
    accidents=(np.float64, _GATED, _PROVINCES),
    clinics_equipped=(np.float64, _PROVINCES),
    referral=(np.float64,),
    at_clinics=(np.float64, _PROVINCES),
    visits_at_clinics=(np.float64, _PROVINCES),
    deliveries=(np.float64, _PROVINCES, len(DELIVERIES)),
    courier_hours=(np.float64,),
)
"""State of the services and what their channels cleared this month.

constant: solved at the start; use, habit: shares by service and cell, habit_start those of the first month; skill,
adults: mean digital skill and people aged 20 and over of a cell, of the last quarter's first month; skill_mean: of all
at the start; national, in_province: use over people, of the nation and of provinces; trust: 0-1; lost: of it this month
through fraud or accidents, set by channels; haste: loss of quality through hasty adoption; supplied: quality
gained by what firms have in place for it, over the start;
category: KRW spent on a part of other spending, remote: of it at a distance; hours_saved,
learners, museum_visits: of public services, a month. order_flow: orders by service over the start; ordinary: rest of
business demand, a share of the start's; orders, sold_to_firms, travel_*, egov_krw, intergov_krw: KRW this
month; income_trend: slow
mean of real simulated income; c2c_users: who trade directly, c2c_goods: KRW they pay each other for goods,
c2c_displaced: KRW of new goods that it takes the place of; transactions_start: online orders and simple pay of the
first month, KRW; data_stock: usable data over the start; advice: its quality, 0-1.

Of gated services: joined: share of providers and users that take part where it is allowed; admitted: share of use that
gates and joining allow this month; revised, stopped: whether rules are revised, the trial stopped; trial_uses,
trial_accidents: of the trial so far; uses, accidents: of the month. clinics_equipped, referral: shares, set at the
start and by levers; at_clinics: KRW spent at clinics, telemedicine too; visits_at_clinics: of telemedicine;
deliveries: of the month by what they carry; courier_hours: of the month.
"""


@njit(**JIT)
def note_people(state: Record, sums: Record, weights: np.ndarray) -> None:
    """Take over the adults and the mean skill of cells from the consumers' sums of the last quarter's first month.

    sums: record of CONSUMER_SUMS; weights: people a row of a province stands for.
    """
    for province in range(_PROVINCES):
        for band in range(_BANDS):
            cell = province * _BANDS + band
            count = sums.count[province, 2 * band] + sums.count[province, 2 * band + 1]
            state.adults[cell] = weights[province] * count
            if count > 0:
                state.skill[cell] = float32(sums.skill_of_band[province, band] / count)


@njit(**JIT)
def pandemic_force(rules: Record, paths: Record) -> float:
    """Return what moves people and organisations to meet at a distance: risk or measures, as the variant says."""
    return (1.0 - rules.channel) * paths.risk + rules.channel * paths.stringency


@njit(**JIT)
def _wish_in_cells(state: Record, rules: Record, service: int, pandemic: float, quality: float) -> None:
    """Set the use that cells would make of a service if rules allowed it."""
    use, habit, start = state.use[service], state.habit[service], state.habit_start[service]
    by_skill, by_habit = rules.skill_weight[service], float32(2.0) * rules.habit_weight
    distrust = rules.trust_weight[service] * float32(1.0 - state.trust[service])
    constant, skill, mean = state.constant[service], state.skill, state.skill_mean
    for cell in range(PEOPLE_CELLS):
        utility = service_utility(
            constant,
            by_skill * (skill[cell] - mean),
            pandemic,
            quality,
            distrust,
            by_habit * (habit[cell] - start[cell]),
        )
        use[cell] = logistic(utility)


@njit(**JIT)
def _allow_in_cells(state: Record, rules: Record, allowed: np.ndarray, service: int) -> None:
    """Cut use to what is allowed in the province, and move habit."""
    use, habit = state.use[service], state.habit[service]
    for province in range(_PROVINCES):
        for cell in range(province * _BANDS, (province + 1) * _BANDS):
            use[cell] *= allowed[province]
    for cell in range(PEOPLE_CELLS):
        habit[cell] = habit_next(habit[cell], use[cell], rules.habit_update)


@njit(**JIT)
def _add_up(state: Record, service: int) -> None:
    nation, everyone = 0.0, 0.0
    for province in range(_PROVINCES):
        here, people = 0.0, 0.0
        for cell in range(province * _BANDS, (province + 1) * _BANDS):
            here += state.adults[cell] * float(state.use[service, cell])
            people += state.adults[cell]
        state.in_province[service, province] = here / people if people > 0.0 else 0.0
        nation += here
        everyone += people
    state.national[service] = nation / everyone


@njit(**JIT)
def use_services(state: Record, rules: Record, gates: Record, paths: Record) -> None:
    """Set the month's use of every service by cell, its means, and next month's habit, quality and trust."""
    force = float32(pandemic_force(rules, paths))
    for service in range(_SERVICES):
        quality = service_quality(rules.trend[service], rules.fading_years, float32(paths.years))
        quality += float32(state.supplied[service] - state.haste[service])
        before = state.national[service]
        _wish_in_cells(state, rules, service, rules.pandemic_weight[service] * force, quality)
        place = _PLACE_OF_GATED[service]
        if place >= 0:
            admit(state, rules, gates, place)
            _allow_in_cells(state, rules, state.admitted[place], service)
        else:
            _allow_in_cells(state, rules, gates.open[service], service)
        _add_up(state, service)
        rise = state.national[service] - before
        state.haste[service] = haste_next(state.haste[service], rules.mended, rules.haste_weight[service], rise)
        state.trust[service] = trust_next(state.trust[service], rules.trust_recovery, state.lost[service])
        state.lost[service] = 0.0
