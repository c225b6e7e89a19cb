"""Payments of and to new-industry firms, and what dealers in devices owe them."""

from numba import njit

from model.agents.firms.columns import FIRM_SECTORS, POOLS
from model.agents.merchants.columns import S_INSTALLS, S_RUNNING_UNITS
from model.codes import NEW_INDUSTRIES, TECHNOLOGIES
from model.engine.platform_books import book as _book
from model.indicators import POSITION
from model.ledger import (
    DEVICE_SUPPLY,
    FIRM_CAPITAL,
    FIRM_EXPORTS,
    FIRM_INPUTS,
    FIRM_PAYOUTS,
    FIRM_PROCUREMENT,
    FIRM_RESEARCH,
    FIRM_RESEARCH_SUPPORT,
    FIRM_SALES,
    FIRM_WAGES,
)
from model.numerics import JIT
from model.records import F8, Record

_FIRMS = POSITION["firms_total"]
_STAFF = POSITION[f"firm_staff_{NEW_INDUSTRIES[0]}_persons"]
_SALES = POSITION[f"firm_sales_{NEW_INDUSTRIES[0]}_krw"]
_EXPORTS = POSITION["firm_exports_krw"]
_VACANCIES = POSITION["firm_vacancies_persons"]


@njit(**JIT)
def book_firms(books: Record, rules: Record, state: Record, now: Record) -> None:
    """Book the month; now: what this quarter was given. Buyers count what they asked for and was met, firms rows."""
    sales, devices, procurement = 0.0, 0.0, 0.0
    sold, inputs, research = 0.0, 0.0, 0.0
    for sector in range(FIRM_SECTORS):
        met, turnover = state.met[sector], state.home_krw[sector] + state.exports_krw[sector]
        sales += met * now.demand_krw[sector]
        devices += met * state.supplied_krw[sector]
        procurement += met * now.procurement_krw[sector]
        sold += state.home_krw[sector]
        inputs += rules.input_share[sector] * turnover
        research += rules.rnd_share[sector] * turnover
    exports, wages, support = state.exports_krw.sum(), state.wages_krw.sum(), state.support_krw.sum()
    granted = now.research_krw.sum() if state.staff.sum() > 0.0 else 0.0
    _book(books, FIRM_SALES, sales, max(sold - devices - procurement, 0.0))
    _book(books, DEVICE_SUPPLY, devices, max(sold - sales - procurement, 0.0))
    _book(books, FIRM_PROCUREMENT, procurement, max(sold - sales - devices, 0.0))
    _book(books, FIRM_EXPORTS, exports, exports)
    _book(books, FIRM_RESEARCH_SUPPORT, granted, support)
    _book(books, FIRM_WAGES, wages, wages)
    _book(books, FIRM_INPUTS, inputs, inputs)
    _book(books, FIRM_RESEARCH, research, research)
    _book(books, FIRM_CAPITAL, state.capital_krw, state.capital_krw)
    _book(books, FIRM_PAYOUTS, state.payout_krw, state.payout_krw)
    state.capital_krw = state.payout_krw = 0.0


@njit(**JIT)
def remember_devices(rules: Record, merchant_rules: Record, tables: Record, state: Record, nation: F8) -> None:
    """Add what dealers took this month to what they owe makers, and installations to those so far."""
    for technology in range(len(TECHNOLOGIES)):
        installed = nation[S_INSTALLS + technology]
        paid = installed * float(tables.price_krw[technology])
        paid += nation[S_RUNNING_UNITS + technology] * float(merchant_rules.running_krw[technology])
        for sector in range(FIRM_SECTORS):
            state.devices_krw[sector] += rules.supply_share[sector, technology] * paid
        state.installed[technology] += installed


@njit(**JIT)
def collect_firms(state: Record, row: F8) -> None:
    """Fill the month's indicators of new-industry firms; vacancies: what last matching left open."""
    row[_FIRMS] = state.firms.sum()
    for sector in range(FIRM_SECTORS):
        row[_STAFF + sector] = state.staff[sector]
        row[_SALES + sector] = state.home_krw[sector] + state.exports_krw[sector]
        row[_EXPORTS] += state.exports_krw[sector]
    for pool in range(POOLS):
        row[_VACANCIES] += state.vacancies[pool]
