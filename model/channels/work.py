"""Work and finance at a distance: telework, online recruitment and smart finance, by province.

Telework moves meals and services from office streets to residential ones and spares journeys to work; online
recruitment fills vacancies sooner; smart finance spares branches, for households and for loans.
"""

from typing import Final

import numpy as np
from numba import float32, njit

from model.agents.merchants.columns import (
    ACTIVE,
    KINDS_OF_TILL,
    M_FAMILY,
    M_HIRED,
    M_REGULAR,
    M_TEMPORARY,
    M_THERE,
    M_VACANT,
    S_COUNTS,
    TELEWORK_KIT,
)
from model.codes import AGE_BANDS, DISTRICT_KINDS, PEOPLE_SERVICES, PROVINCES, SECTORS, TECHNOLOGIES
from model.numerics import JIT
from model.records import Record, record_type
from model.rules.matching import fill_rate
from model.rules.work import seekers_left, trade_moved

_PROVINCES: Final = len(PROVINCES)
_SECTORS: Final = len(SECTORS)
_BANDS: Final = len(AGE_BANDS)
TELEWORK: Final = PEOPLE_SERVICES.index("telework")
RECRUITMENT: Final = PEOPLE_SERVICES.index("online_recruitment")
FINANCE: Final = PEOPLE_SERVICES.index("smart_finance")
OFFICE: Final = DISTRICT_KINDS.index("street_office")
HOME: Final = DISTRICT_KINDS.index("street_residential")
_KIT_ACTIVE: Final = S_COUNTS + ACTIVE * len(TECHNOLOGIES) + TELEWORK_KIT

WORK_RULES: Final = record_type(
    employed_share=(np.float64, _BANDS),
    jobs_fit=(np.float64,),
    home_days=(np.float64,),
    office_trade=(np.float64, _SECTORS),
    commuting=(np.float64,),
    kit_weight=(np.float64,),
    kit_users=(np.float64, _SECTORS),
    unemployed_share=(np.float64,),
    least_seekers=(np.float64,),
    elsewhere_vacancies=(np.float64,),
    vacancy_months=(np.float64,),
    elasticity=(np.float64,),
    online_matching=(np.float64,),
    fee_krw=(np.float64,),
    spread_slope=(np.float64,),
)
"""Numbers of the rules (see the register for meaning and source).

kit_users: 1 for sectors that can use a telework kit; least_seekers: of those at the start, who never leave the pool;
elsewhere_vacancies: of the rest of the economy, a seeker at the start; spread_slope: interest a year for full use.
"""

WORK_STATE: Final = record_type(
    workers=(np.float64, _PROVINCES),
    teleworking=(np.float64, _PROVINCES),
    teleworking_start=(np.float64, _PROVINCES),
    teleworkers=(np.float64,),
    kit_start=(np.float64,),
    finance_start=(np.float64,),
    fees_krw=(np.float64, _PROVINCES),
    elsewhere=(np.float64, _PROVINCES),
    recruitment_start=(np.float64, _PROVINCES),
    tightness_start=(np.float64, _PROVINCES),
    seekers=(np.float64, _PROVINCES),
    vacancies=(np.float64, _PROVINCES),
    filling=(np.float64, _PROVINCES),
    vacancy_months=(np.float64,),
    online_hires=(np.float64,),
)
"""State by province; *_start: of the first month.

workers: people at work at the start's rates by age; teleworking: of those with jobs fit for telework the share who do,
teleworkers: their number; kit_start, finance_start: of merchants who can use a telework kit those who do, and use of
smart finance; fees_krw: that households pay branches; elsewhere: at work in the rest of the economy over workers,
fixed; seekers, vacancies: of the month, the latter before anybody is hired; filling: share of them filled a month;
vacancy_months: how long one lasts; online_hires: regular staff of small merchants found through online recruitment.
"""


@njit(**JIT)
def clear_work(
    state: Record, rules: Record, services: Record, market: Record, tables: Record, spending: Record, index: float,
    month: int,
) -> None:  # fmt: skip
    """Set what telework moves between districts and spares of journeys, and what smart finance saves, this month.

    market, tables, spending: of b2c and merchants; services: with the month's use; index: of prices over the start.
    """
    state.teleworkers = 0.0
    for province in range(_PROVINCES):
        _count_workers(state, rules, services, province)
        if month == 0:
            state.teleworking_start[province] = state.teleworking[province]
        at_home = rules.home_days * (state.teleworking[province] - state.teleworking_start[province])
        spending.mobility_needed[province] = 1.0 - rules.commuting * at_home
        for sector in range(_SECTORS):
            _move_trade(market, tables, province * _SECTORS + sector, rules.office_trade[sector], at_home)
    _bank(state, rules, services, tables, index, month)


@njit(**JIT)
def _count_workers(state: Record, rules: Record, services: Record, province: int) -> None:
    workers, teleworking = 0.0, 0.0
    for band in range(_BANDS):
        cell = province * _BANDS + band
        at_work = services.adults[cell] * rules.employed_share[band]
        workers += at_work
        teleworking += at_work * float(services.use[TELEWORK, cell])
    state.workers[province] = workers
    state.teleworking[province] = teleworking / workers if workers > 0.0 else 0.0
    state.teleworkers += rules.jobs_fit * teleworking


@njit(**JIT)
def _move_trade(market: Record, tables: Record, where: int, share: float, at_home: float) -> None:
    """Set what a market's face-to-face sales are multiplied by in each kind of district; the market's total stays."""
    factor = tables.place_factor[where]
    factor[:] = 1.0
    office, home = 0.0, 0.0
    for till in range(KINDS_OF_TILL):
        office += market.pull_by_place[where, OFFICE * KINDS_OF_TILL + till]
        home += market.pull_by_place[where, HOME * KINDS_OF_TILL + till]
    if office > 0.0 and home > 0.0:
        moved = trade_moved(office, home, share, at_home)
        factor[OFFICE] -= moved / office
        factor[HOME] += moved / home


@njit(**JIT)
def _bank(state: Record, rules: Record, services: Record, tables: Record, index: float, month: int) -> None:
    """Charge who banks at a branch, and move what debts cost with the nation's use of smart finance."""
    for province in range(_PROVINCES):
        adults = 0.0
        for cell in range(province * _BANDS, (province + 1) * _BANDS):
            adults += services.adults[cell]
        at_branch = adults * (1.0 - services.in_province[FINANCE, province])
        state.fees_krw[province] = at_branch * rules.fee_krw * index
    if month == 0:
        state.finance_start = services.national[FINANCE]
    tables.loan_shift = -rules.spread_slope * (services.national[FINANCE] - state.finance_start)


@njit(**JIT)
def clear_hiring(
    state: Record, rules: Record, services: Record, tables: Record, sums: Record, month: int
) -> None:  # fmt: skip
    """Count who seeks work and what is vacant, set how fast vacancies are filled next month, and who found work online.

    sums: the merchants' total of the month.
    """
    state.online_hires, filled, vacant = 0.0, 0.0, 0.0
    for province in range(_PROVINCES):
        hired = _meet(state, rules, services, sums, province, month)
        tables.hiring_speed[province] = float32(state.filling[province] * rules.vacancy_months)
        state.online_hires += hired * services.in_province[RECRUITMENT, province]
        filled += state.filling[province] * state.vacancies[province]
        vacant += state.vacancies[province]
    state.vacancy_months = vacant / max(filled, 1e-9 * vacant)
    _supply_telework(state, rules, services, sums, month)


@njit(**JIT)
def _meet(state: Record, rules: Record, services: Record, sums: Record, province: int, month: int) -> float:
    """Set seekers, vacancies and how fast they meet in one province; returns the regular staff hired by merchants."""
    here, vacant, hired = 0.0, 0.0, 0.0
    for where in range(province * _SECTORS, (province + 1) * _SECTORS):
        row = sums.market[where]
        here += row[M_THERE] + row[M_FAMILY] + row[M_REGULAR] + row[M_TEMPORARY]
        vacant += row[M_VACANT]
        hired += row[M_HIRED]
    workers, online = state.workers[province], services.in_province[RECRUITMENT, province]
    force = workers / (1.0 - rules.unemployed_share)
    if month == 0:
        state.elsewhere[province] = 1.0 - here / workers
        state.recruitment_start[province] = online
    least = rules.least_seekers * rules.unemployed_share
    seekers = seekers_left(force, state.elsewhere[province] * workers, here, least)
    vacancies = vacant + rules.elsewhere_vacancies * rules.unemployed_share * force
    if month == 0:
        state.tightness_start[province] = vacancies / seekers
    state.seekers[province], state.vacancies[province] = seekers, vacancies
    efficiency = state.tightness_start[province] ** rules.elasticity / rules.vacancy_months
    efficiency *= 1.0 + rules.online_matching * (online - state.recruitment_start[province])
    state.filling[province] = fill_rate(seekers, vacancies, efficiency, rules.elasticity)
    return hired


@njit(**JIT)
def _supply_telework(state: Record, rules: Record, services: Record, sums: Record, month: int) -> None:
    """Let telework be the better, from next month on, the more small firms have kits in use."""
    users = 0.0
    for where in range(_PROVINCES * _SECTORS):
        users += rules.kit_users[where % _SECTORS] * sums.market[where, M_THERE]
    share = sums.nation[_KIT_ACTIVE] / users if users > 0.0 else 0.0
    if month == 0:
        state.kit_start = share
    services.supplied[TELEWORK] = rules.kit_weight * (share - state.kit_start)
