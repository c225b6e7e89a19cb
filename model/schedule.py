"""The month as a printable schedule of phases: who acts, in which order, on what, and the call that runs it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from model.engine import month as phases
from model.engine import relations

Economy = Any
"""`model.economy.Economy`, which runs the phases."""


@dataclass(frozen=True)
class Phase:
    """One phase of the month: what it does, whether agents act at once or in order, what it reads and writes."""

    name: str
    does: str
    order: Literal["simultaneous", "in order", "once"]
    reads: str
    writes: str
    run: Callable[[Economy], None]


def _exogenous(economy: Economy) -> None:
    phases.exogenous(economy.world, economy.months_run, economy.month)


def _government(economy: Economy) -> None:
    phases.government(economy.world, economy.months_run, economy.month, economy.seed_of_draws)


def _services(economy: Economy) -> None:
    relations.services(economy.world, economy.months_run, economy.month)


def _g2c(economy: Economy) -> None:
    relations.g2c(economy.world)


def _c2c(economy: Economy) -> None:
    relations.c2c(economy.world, economy.months_run, economy.month, economy.seed_of_draws)


def _work(economy: Economy) -> None:
    relations.work(economy.world, economy.months_run)


def _consumers(economy: Economy) -> None:
    w = economy.world
    phases.meet_consumers(w, economy.months_run)
    phases.consumers_parallel(
        w.people, w.consumers, w.consumer_rules, w.consumer_tables, w.consumer_sums,
        economy.month, economy.seed_of_draws,
    )  # fmt: skip


def _b2c(economy: Economy) -> None:
    phases.b2c(economy.world, economy.months_run)


def _b2b(economy: Economy) -> None:
    relations.b2b(economy.world)


def _g2b(economy: Economy) -> None:
    relations.g2b(economy.world)


def _g2g(economy: Economy) -> None:
    relations.g2g(economy.world, economy.months_run)


def _gated(economy: Economy) -> None:
    relations.gated(economy.world, economy.months_run, economy.month, economy.seed_of_draws)


def _merchants(economy: Economy) -> None:
    w = economy.world
    phases.merchants_parallel(
        w.places, w.merchants, w.merchant_rules, w.market_tables, w.programmes, w.loans, w.keys,
        w.merchant_sums, economy.months_run, economy.month, economy.seed_of_draws,
    )  # fmt: skip


def _firms(economy: Economy) -> None:
    phases.firms(economy.world, economy.months_run, economy.month, economy.seed_of_draws)


def _labour(economy: Economy) -> None:
    w = economy.world
    phases.labour(w, economy.months_run, economy.month)
    phases.save_parallel(w.people, w.consumers, w.spending, w.savings)


def _collect(economy: Economy) -> None:
    phases.collect(economy.world, economy.months_run)


def _platforms(economy: Economy) -> None:
    economy.decide_prices()


SCHEDULE = (
    Phase(
        "platforms",
        "in a quarter's first month private platforms enter, close their books, leave, or take the best of nine prices",
        "in order",
        "last month's cells of demand, orders, caps, own profit",
        "own commission and consumers' fee, offers of a platform that leaves",
        _platforms,
    ),
    Phase(
        "exogenous",
        "stringency, risk, wages, fees and income move; platforms' terms are set; in January people age, tiers move",
        "once",
        "exogenous paths, platforms' prices, caps, yearly sales",
        "month's tables, terms, age bands, fee tiers",
        _exogenous,
    ),
    Phase(
        "government",
        "programmes decide ripe applications within quota, budget and capacity, and announce visits and campaigns",
        "in order",
        "applications of earlier months, programme state",
        "chosen merchants, programme state, visits",
        _government,
    ),
    Phase(
        "services",
        "people and organisations use services at a distance as skill, habit, trust, the pandemic and gates have it",
        "simultaneous",
        "gates, last quarter's skill, habit, quality, trust",
        "use of every service by province and age",
        _services,
    ),
    Phase(
        "g2c",
        "petitions, lessons and museums at a distance save time and teach",
        "once",
        "use of public services",
        "hours saved, what people learn this month",
        _g2c,
    ),
    Phase(
        "c2c",
        "people sell each other second-hand goods under trust and fraud, more where income is short",
        "once",
        "use of direct trade, income and its trend",
        "goods traded, new goods displaced, fees, trust lost",
        _c2c,
    ),
    Phase(
        "work",
        "telework moves meals and services between districts and spares journeys; smart finance saves branches",
        "once",
        "use of telework and smart finance, attraction of shops by kind of district",
        "sales by kind of district, mobility needed, bank fees, what debts cost",
        _work,
    ),
    Phase(
        "consumers",
        "people split spending, learn, form habits, revise accounts and instruments",
        "simultaneous",
        "last month's markets, own traits and state",
        "spending by cell, habit, skill, accounts, instruments",
        _consumers,
    ),
    Phase(
        "b2c",
        "budgets are split among needs; shops, malls, the open market, education, culture, health clear; tills",
        "once",
        "spending and worth of needs, attraction of sellers",
        "sales rates, till shares, household spending",
        _b2c,
    ),
    Phase(
        "b2b",
        "software lowers the cost of inputs; platforms and e-trade bring orders",
        "once",
        "use of business software and e-trade",
        "cost of inputs, orders, sales to firms",
        _b2b,
    ),
    Phase(
        "g2b",
        "government buys of small merchants, consults exporters, holds fairs",
        "once",
        "use of procurement, consultations and fairs, earlier matches",
        "orders, sales to firms",
        _g2b,
    ),
    Phase(
        "g2g",
        "officials meet at a distance; governments sell abroad",
        "once",
        "use of meetings and exports",
        "trips paid and saved, exports",
        _g2g,
    ),
    Phase(
        "gated",
        "telemedicine reaches clinics and hospitals; couriers, drones and robots deliver; accidents cost trust",
        "once",
        "use of gated services, health spending, goods and meals bought online",
        "visits, deliveries, couriers' pay and hours, accidents, trust lost",
        _gated,
    ),
    Phase(
        "merchants",
        "merchants sell, hear of technologies, apply, install, use, drop; pay costs; offer next month",
        "simultaneous",
        "sales rates, till shares, programmes, last month's peers",
        "sales, stages, cash, attraction, peers",
        _merchants,
    ),
    Phase(
        "firms",
        "in the first month of a quarter new-industry firms close, enter, sell, hire, advance; each month they pay",
        "simultaneous",
        "demand paths, dealers' purchases of the last quarter, seekers, own state",
        "sales, staff, stages, cash, pools of labour",
        _firms,
    ),
    Phase(
        "labour",
        "every payment is booked; wages and drawings reach households, who save the rest; job seekers meet vacancies",
        "once",
        "merchants' and consumers' sums",
        "books, income, savings, markets, programme state",
        _labour,
    ),
    Phase(
        "collect",
        "the money check, then the core indicators",
        "once",
        "books, sums",
        "indicators",
        _collect,
    ),
)
"""The month. The compiled serial month (`model.engine.month.month_serial`) is this list after the platforms, which are
Python agents and act between compiled calls; a test holds them equal."""
