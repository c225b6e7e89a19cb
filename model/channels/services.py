"""The services that people and organisations use, by cell: shares of use, habit, trust, quality and gates.

A *cell* is an age band of a province. Every service type of `codes.USED_SERVICES` has a share of use in each cell;
organisations have one in each province, held alike in all its cells. What use moves, money, time, skill or matching,
is the affair of the channels.
"""

from typing import Final

import numpy as np
from numba import float32, njit

from model.codes import AGE_BANDS, CATEGORIES, PROVINCES, SERVICE_TYPES, USED_SERVICES
from model.numerics import JIT, logistic
from model.records import Record, record_type
from model.rules.choice import habit_next, service_quality
from model.rules.services import haste_next, service_utility, trust_next

_PROVINCES: Final = len(PROVINCES)
_BANDS: Final = len(AGE_BANDS)
_SERVICES: Final = len(USED_SERVICES)
PEOPLE_CELLS: Final = _PROVINCES * _BANDS
"""Cells of people: province x age band, bands innermost."""

GATES: Final = record_type(open=(np.float32, len(SERVICE_TYPES), _PROVINCES))
"""Gates of one month: share of a service that rules allow, 0 (closed) to 1 (open), by service type and province."""

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
)
"""Numbers of the services' rules (see the register for meaning and source); category_krw as shares of other spending.

learning: what full use of one public service adds to a month's learning, as a share of what full online use adds.
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
    research=(np.float64, _SERVICES),
    supplied=(np.float64, _SERVICES),
    worth_start=(np.float64, _PROVINCES, len(CATEGORIES)),
    category=(np.float64, _PROVINCES, len(CATEGORIES)),
    remote=(np.float64, _PROVINCES, len(CATEGORIES)),
    hours_saved=(np.float64,),
    learners=(np.float64,),
    museum_visits=(np.float64,),
)
"""State of the services and what their channels cleared this month.

constant: solved at the start; use, habit: shares by service and cell, habit_start those of the first month; skill,
adults: mean digital skill and people aged 20 and over of a cell, of the last quarter's first month; skill_mean: of all
at the start; national, in_province: use over people, of the nation and of provinces; trust: 0-1; lost: of it this month
through fraud or accidents, set by channels; haste: loss of quality through hasty adoption; research: quality gained by
research, set by levers; supplied: by what firms have in place for it, over the start;
category: KRW spent on a part of other spending, remote: of it at a distance; hours_saved, learners,
museum_visits: of public services, a month.
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
def _use_in_cells(state: Record, rules: Record, gates: Record, service: int, pandemic: float, quality: float) -> None:
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
    for province in range(_PROVINCES):
        allowed = gates.open[service, province]
        for cell in range(province * _BANDS, (province + 1) * _BANDS):
            use[cell] *= allowed
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
        quality += float32(state.research[service] + state.supplied[service] - state.haste[service])
        before = state.national[service]
        _use_in_cells(state, rules, gates, service, rules.pandemic_weight[service] * force, quality)
        _add_up(state, service)
        rise = state.national[service] - before
        state.haste[service] = haste_next(state.haste[service], rules.mended, rules.haste_weight[service], rise)
        state.trust[service] = trust_next(state.trust[service], rules.trust_recovery, state.lost[service])
        state.lost[service] = 0.0
