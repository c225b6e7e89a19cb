"""Telework, hiring and finance at a distance (docs/model.md 3.4.15)."""

from dataclasses import dataclass

import numpy as np

from tests.reference import state as kept
from tests.reference.accounts import Settled
from tests.reference.draws import F8
from tests.reference.service_state import Services
from tests.reference.state import ACTIVE, PROVINCES, SECTORS, TELEWORK, USERS_OF, Merchants, Run, State

HOME, OFFICE = 2, 3
"""Kinds of district: residential and office streets."""
KINDS, BANDS = 4, 6
FINANCE, AT_HOME, RECRUITMENT = 2, 8, 9
"""Services: smart finance, telework, online recruitment."""


@dataclass
class Worked:
    """A month's work at a distance: days at home over the start by province, what is left of mobility, sales by
    (province, sector, kind of district) over what they would be, fees at branches by province, people by province.
    """

    workers: F8
    teleworkers: float
    mobility: F8
    places: F8
    fees: F8
    online: F8
    finance_users: float
    vacancy_months: float = 0.0
    online_hires: float = 0.0

    def of_row(self, merchants: Merchants) -> F8:
        return np.asarray(self.places[merchants.province, merchants.sector, merchants.kind])


def users_of(now: Services, service: int) -> F8:
    """Adults who use a service by (province, age band)."""
    return np.asarray((now.adults * now.use[service]).reshape(PROVINCES, BANDS))


def clear(run: Run, state: State, t: int) -> Worked:
    """What telework moves and spares, and what smart finance saves."""
    v, work, used = run.values, state.work, state.services
    employed = v.of("work.employed_share", "age_bands")
    at_work = used.adults.reshape(PROVINCES, BANDS) * employed
    workers = at_work.sum(axis=1)
    teleworking = (users_of(used, AT_HOME) * employed).sum(axis=1) / workers
    if t == 0:
        work.teleworking_start = teleworking
    at_home = v["telework.days_at_home_share"] * (teleworking - work.teleworking_start)
    users = users_of(used, FINANCE).sum(axis=1)
    everyone = used.adults.reshape(PROVINCES, BANDS).sum(axis=1)
    national = users.sum() / everyone.sum()
    if t == 0:
        work.finance_start = national
    work.loan_shift = -v["smart_finance.spread_slope_per_year"] * (national - work.finance_start)
    fee = v["banking.branch_fee_krw_per_adult_month"] * run.now("household_income_index", t)
    found = users_of(used, RECRUITMENT).sum(axis=1) / everyone
    return Worked(
        workers=workers,
        teleworkers=float(v["telework.jobs_fit_share"] * np.sum(teleworking * workers)),
        mobility=1.0 - v["telework.commuting_share_of_mobility"] * at_home,
        places=places(run, state.merchants, at_home),
        fees=(everyone - users) * fee,
        online=found,
        finance_users=float(users.sum()),
    )


def places(run: Run, merchants: Merchants, at_home: F8) -> F8:
    """Factor on face-to-face sales by (province, sector, kind): what leaves office streets comes home."""
    offered = np.zeros((PROVINCES, SECTORS, KINDS))
    np.add.at(offered, (merchants.province, merchants.sector, merchants.kind), merchants.weight * merchants.attraction)
    office, home = offered[:, :, OFFICE], offered[:, :, HOME]
    share = np.outer(at_home, run.values.of("telework.office_trade_share", "sectors"))
    both = (office > 0.0) & (home > 0.0)
    moved = np.where(both, np.maximum(share * office, -home), 0.0)
    factor = np.ones_like(offered)
    factor[:, :, OFFICE] -= kept.ratio(moved, office, 0.0)
    factor[:, :, HOME] += kept.ratio(moved, home, 0.0)
    return factor


def hire(run: Run, state: State, books: Settled, before: Merchants, worked: Worked, t: int) -> None:
    """Who seeks work and what is vacant; how fast they meet next month.

    before: merchants of the month's start: their staff worked in it.
    """
    v, work, merchants = run.values, state.work, state.merchants
    people = merchants.there + merchants.family + before.regular + before.temporary
    here, vacant, hired = (merchants.by_market(count).sum(axis=1) for count in (people, books.vacancies, books.hired))
    unemployed = v["work.unemployed_share"]
    force = worked.workers / (1.0 - unemployed)
    if t == 0:
        work.elsewhere = 1.0 - here / worked.workers
        work.recruitment_start = worked.online
    left = force - work.elsewhere * worked.workers - here
    work.seekers = np.maximum(left, v["work.least_seekers_share"] * unemployed * force)
    work.vacancies = vacant + v["work.vacancies_per_seeker"] * unemployed * force
    tightness, elasticity = work.vacancies / work.seekers, v["work.matching_elasticity"]
    if t == 0:
        work.tightness_start = tightness
    more = 1.0 + v["online_recruitment.matching_weight"] * (worked.online - work.recruitment_start)
    met = more * (tightness / work.tightness_start) ** -elasticity / v["work.vacancy_months"]
    filled = np.minimum(np.minimum(met, 1.0), 1.0 / tightness)
    work.speed = filled * v["work.vacancy_months"]
    worked.vacancy_months = float(work.vacancies.sum() / np.sum(filled * work.vacancies))
    worked.online_hires = float(np.sum(hired * worked.online))
    supply(run, state, t)


def supply(run: Run, state: State, t: int) -> None:
    """Kits in use at small firms make telework the better."""
    merchants, work = state.merchants, state.work
    can = USERS_OF[TELEWORK][merchants.sector] & merchants.there
    share = merchants.total(merchants.has(TELEWORK, ACTIVE)) / merchants.total(can)
    if t == 0:
        work.kit_start = share
    work.supplied = run.values["telework.kit_weight"] * (share - work.kit_start)
