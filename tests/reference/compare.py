"""Where two months differ: whole numbers exactly, money and states within 1e-5 (docs/model.md 3.1)."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.reference.draws import Event
from tests.reference.firm_state import Firms
from tests.reference.indicators import indicators
from tests.reference.month import Walked, run_month
from tests.reference.service_state import Gated, Services, Work
from tests.reference.state import Constants, Platforms, Run, State

NEAR = 1e-5
WHOLE_PEOPLE = ("accounts", "instruments", "band")
WHOLE_MERCHANTS = (
    "stage",
    "waiting",
    "programme",
    "month",
    "card_tier",
    "qr_tier",
    "revised",
    "family",
    "regular",
    "temporary",
    "id",
    "entered",
    "lender",
    "owner_birth_year",
    "trained",
)
MONEY_MERCHANTS = (
    "start", "business", "base", "base_business", "attraction", "attraction_online", "attraction_own", "sales",
    "sales_online", "sales_own", "sales_year",
)  # fmt: skip
PULLS = (
    "store",
    "store_terminal",
    "store_qr",
    "online",
    "app",
    "store_start",
    "online_start",
    "app_start",
    "large",
    "large_online",
    "app_large",
    "scale",
    "there",
    "own",
    "own_start",
    "large_mall",
    "kiosk",
    "entry",
    "entry_above",
)
PROGRESS = ("committed", "reserved", "spent", "lapsed", "lapsed_krw", "eligible")
MOST_DOUBTFUL = 16

Table = dict[str, float]


def whole(name: str, mine: NDArray[Any], theirs: NDArray[Any]) -> Iterator[str]:
    """Report entries that are not the same whole number."""
    rows = np.argwhere(mine != theirs)
    if rows.size:
        first = tuple(int(place) for place in rows[0])
        yield f"{name}: {len(rows)} differ, at {first} {mine[first]} against {theirs[first]}"


def near(name: str, mine: NDArray[Any], theirs: NDArray[Any], of: NDArray[Any] | float) -> Iterator[str]:
    """Report entries further apart than 1e-5 of an amount (per entry, or one for all)."""
    gap = np.abs(mine - theirs)
    far = np.argwhere(~(gap <= NEAR * np.broadcast_to(of, gap.shape)))
    if far.size:
        first = tuple(int(place) for place in far[np.argmax(gap[tuple(far.T)])])
        yield f"{name}: {len(far)} differ, at {first} {mine[first]!r} against {theirs[first]!r}"


def relative(name: str, mine: NDArray[Any], theirs: NDArray[Any]) -> Iterator[str]:
    yield from near(name, mine, theirs, np.maximum(np.abs(mine), np.abs(theirs)))


def single(name: str, mine: float, theirs: float, amount: float = 0.0) -> Iterator[str]:
    """One number, by 1e-5 of itself or of the larger amount it is what is left of."""
    yield from near(name, np.array([mine]), np.array([theirs]), max(abs(mine), abs(theirs), amount))


def differences(mine: State, theirs: State, unit: NDArray[np.float64]) -> list[str]:
    """All differences of two states; `unit` is a month's money of each person, KRW."""
    return [
        *differences_of_people(mine, theirs, unit),
        *differences_of_merchants(mine, theirs),
        *differences_of_markets(mine, theirs),
        *differences_of_life(mine, theirs),
        *differences_of_constants(mine.constants, theirs.constants),
        *differences_of_platforms(mine.platforms, theirs.platforms),
        *differences_of_work(mine.work, theirs.work),
        *differences_of_services(mine.services, theirs.services),
        *differences_of_firms(mine.firms, theirs.firms),
        *differences_of_trade(mine, theirs),
        *differences_of_gated(mine.gated, theirs.gated),
    ]


def differences_of_constants(mine: Constants, theirs: Constants) -> Iterator[str]:
    """Differences of what the start fixes; utilities by 1e-5, money by 1e-5 of itself."""
    yield from near("needs", mine.needs, theirs.needs, 1.0)
    yield from single("mall", mine.mall, theirs.mall, 1.0)
    yield from single("mean_skill", mine.mean_skill, theirs.mean_skill, 1.0)
    yield from relative("spending", mine.spending, theirs.spending)
    yield from single("other_spending", mine.other_spending, theirs.other_spending)
    yield from single("other_income", mine.other_income, theirs.other_income)


def differences_of_platforms(one: Platforms, other: Platforms) -> Iterator[str]:
    """Differences of platforms: prices and shares by 1e-5, money by 1e-5 of itself, profit of costs."""
    for name in ("open", "gone", "solved", "bound", "losses", "promised"):
        yield from whole(f"platforms.{name}", getattr(one, name), getattr(other, name))
    for name in (
        "commission", "fee", "commission_january", "fee_january", "price", "agreed", "cap", "charged", "members",
        "public_price", "reached", "both", "listed",
    ):  # fmt: skip
        yield from near(f"platforms.{name}", getattr(one, name), getattr(other, name), 1.0)
    for name in ("sold", "budget", "online", "responses", "expected"):
        yield from relative(f"platforms.{name}", getattr(one, name), getattr(other, name))
    turnover = np.array([one.sold[side, :, sectors].sum() for side in (0, 1) for sectors in (slice(0, 3), 3)])
    turnover = np.maximum(turnover, turnover.max() * 1e-3)
    yield from near("platforms.quarter", one.quarter, other.quarter, turnover)
    yield from near("platforms.profit", one.profit, other.profit, turnover)


def differences_of_work(one: Work, other: Work) -> Iterator[str]:
    """Differences of telework, hiring and finance: shares by 1e-5, people by 1e-5 of themselves."""
    for name in ("teleworking_start", "elsewhere", "recruitment_start", "speed"):
        yield from near(f"work.{name}", getattr(one, name), getattr(other, name), 1.0)
    for name in ("finance_start", "loan_shift", "kit_start", "supplied"):
        yield from single(f"work.{name}", getattr(one, name), getattr(other, name), 1.0)
    for name in ("seekers", "vacancies", "tightness_start"):
        yield from relative(f"work.{name}", getattr(one, name), getattr(other, name))


def differences_of_services(one: Services, other: Services) -> Iterator[str]:
    """Differences of services: shares, skill and trust by 1e-5, people by 1e-5 of themselves."""
    for name in ("constant", "use", "habit", "habit_start", "skill", "national", "in_province", "trust", "haste"):
        yield from near(f"services.{name}", getattr(one, name), getattr(other, name), 1.0)
    yield from near("services.worth_start", one.worth_start, other.worth_start, 1.0)
    yield from near("services.measured_skill", one.measured_skill, other.measured_skill, 1.0)
    for name in ("adults", "measured_adults"):
        yield from relative(f"services.{name}", getattr(one, name), getattr(other, name))


def differences_of_firms(one: Firms, other: Firms) -> Iterator[str]:
    """Differences of new-industry firms, their pools and sectors."""
    for name in ("id", "place", "stage", "partners", "sandbox", "births", "heads", "vacancies"):
        yield from whole(f"firms.{name}", getattr(one, name), getattr(other, name))
    for name in ("quality", "sales", "exports", "reserve", "count", "owed", "supplied", "home", "exports_of",
    "installed",
                 "heads_per_krw", "wages"):  # fmt: skip
        yield from relative(f"firms.{name}", getattr(one, name), getattr(other, name))
    for name in ("track", "rank", "expected", "met", "crowd_start"):
        yield from near(f"firms.{name}", getattr(one, name), getattr(other, name), 1.0)
    for name in ("seekers", "seekers_start"):
        yield from near(f"firms.{name}", getattr(one, name), getattr(other, name), np.maximum(other.seekers_start, 1.0))
    for name in ("cash", "flow"):
        yield from near(
            f"firms.{name}", getattr(one, name), getattr(other, name), np.abs(other.cash) + other.sales + 1.0
        )


def differences_of_trade(mine: State, theirs: State) -> Iterator[str]:
    """Differences of trade: ratios to the start by 1e-5, people and money by 1e-5 of themselves."""
    one, other = mine.trade, theirs.trade
    yield from near("trade.flow", one.flow, other.flow, np.maximum(1.0, other.flow))
    yield from relative("trade.trend", one.trend, other.trend)
    yield from relative("trade.users_start", one.users_start, other.users_start)
    yield from single("trade.data", one.data, other.data)
    yield from single("trade.transactions_start", one.transactions_start, other.transactions_start)
    yield from near("services.lost", mine.services.lost, theirs.services.lost, 1.0)
    yield from near("input_cost", mine.markets.input_cost, theirs.markets.input_cost, 1.0)
    yield from single("advice", mine.markets.advice, theirs.markets.advice)


def differences_of_gated(one: Gated, other: Gated) -> Iterator[str]:
    """Differences of gated services."""
    for name in ("revised", "stopped", "trial_accidents"):
        yield from whole(f"gated.{name}", getattr(one, name), getattr(other, name))
    for name in ("joined", "lost"):
        yield from near(f"gated.{name}", getattr(one, name), getattr(other, name), 1.0)
    for name in ("trial_uses", "deliveries"):
        yield from relative(f"gated.{name}", getattr(one, name), getattr(other, name))


def differences_of_life(mine: State, theirs: State) -> Iterator[str]:
    """Differences of cells, of loan levers and of what closing and opening hang on."""
    yield from whole("cells.births", mine.cells.births, theirs.cells.births)
    yield from whole("cells.founders", mine.cells.founders, theirs.cells.founders)
    yield from near("cells.expected", mine.cells.expected, theirs.cells.expected, 1.0)
    one, other = mine.markets, theirs.markets
    wage = np.maximum(np.abs(other.owner_income_start), 1e6)
    yield from near("markets.owner_income", one.owner_income, other.owner_income, 10.0 * wage)
    yield from near("markets.owner_income_start", one.owner_income_start, other.owner_income_start, 10.0 * wage)
    yield from near("markets.exit_constant", one.exit_constant, other.exit_constant, 1.0)
    for k, (ours, engine) in enumerate(zip(mine.loans, theirs.loans, strict=True)):
        for name in ("granted", "lent", "covered", "fees", "campaign", "hears"):
            yield from single(f"loans {k} {name}", getattr(ours, name), getattr(engine, name))
        yield from whole(f"loans {k} open", np.array([ours.is_open]), np.array([engine.is_open]))


def differences_of_people(mine: State, theirs: State, unit: NDArray[np.float64]) -> Iterator[str]:
    for name in WHOLE_PEOPLE:
        yield from whole(f"people.{name}", getattr(mine.people, name), getattr(theirs.people, name))
    yield from near("people.skill", mine.people.skill, theirs.people.skill, 1.0)
    yield from near("people.habit", mine.people.habit, theirs.people.habit, 1.0)
    yield from near("people.savings", mine.people.savings, theirs.people.savings, np.maximum(1.0, unit))


def differences_of_merchants(mine: State, theirs: State) -> Iterator[str]:
    one, other = mine.merchants, theirs.merchants
    for name in WHOLE_MERCHANTS:
        yield from whole(f"merchants.{name}", getattr(one, name), getattr(other, name))
    for name in MONEY_MERCHANTS:
        yield from relative(f"merchants.{name}", getattr(one, name), getattr(other, name))
    yield from near("merchants.capability", one.capability, other.capability, 1.0)
    yield from near("merchants.gained", one.gained, other.gained, 1.0)
    yield from near("merchants.quality", one.quality, other.quality, 1.0)
    yield from near("merchants.spread", one.spread, other.spread, 1.0)
    yield from near("merchants.income_year", one.income_year, other.income_year, other.sales_year)
    yield from near("merchants.cash", one.cash, other.cash, np.abs(other.cash) + other.sales_year / 12.0)
    for name in ("staff_rank", "mix_rank"):
        yield from near(f"merchants.{name}", getattr(one, name), getattr(other, name), 2.0)
    for name in ("debt", "debt_rate", "debt_cover"):
        yield from near(f"merchants.{name}", getattr(one, name), getattr(other, name), np.abs(getattr(other, name)))


def differences_of_markets(mine: State, theirs: State) -> Iterator[str]:
    one, other = mine.markets, theirs.markets
    for name in PULLS:
        yield from relative(f"markets.{name}", getattr(one, name), getattr(other, name))
    yield from relative("markets.income", one.income, other.income)
    yield from relative("markets.income_start", one.income_start, other.income_start)
    yield from near("markets.worth_start", one.worth_start, other.worth_start, 1.0)
    yield from near("markets.realised", one.realised, other.realised, 1.0)
    yield from near("markets.kiosk_share", one.kiosk_share, other.kiosk_share, 1.0)
    yield from near("markets.instrument_pull", one.instrument_pull, other.instrument_pull, 1.0)
    for q, (ours, engine) in enumerate(zip(mine.progress, theirs.progress, strict=True)):
        handled = {"reserved": max(1.0, engine.spent)}
        for name in PROGRESS:
            yield from single(
                f"programme {q} {name}", getattr(ours, name), getattr(engine, name), handled.get(name, 0.0)
            )


def differences_of_tables(mine: Table, theirs: Table, amounts: Table) -> Iterator[str]:
    """Differences of named numbers, by 1e-5 of themselves or of the amount that `amounts` names."""
    for name, number in theirs.items():
        amount = amounts.get(name, max(abs(number), abs(mine[name])))
        if not abs(mine[name] - number) <= NEAR * amount:
            yield f"{name}: {mine[name]!r} against {number!r}"


def differences_of_month(walked: Walked, theirs: State, booked: Table, measured: Table) -> list[str]:
    """Everything in which a month of the reference differs from one of the engine."""
    unit = walked.choice.unit * walked.after.constants.spending.sum()
    amounts = amounts_behind(walked)
    return [
        *differences(walked.after, theirs, unit),
        *differences_of_tables(walked.booked, booked, amounts),
        *differences_of_tables(indicators(walked), measured, amounts),
    ]


def amounts_behind(walked: Walked) -> Table:
    """The amounts that income, saving, platforms' profit and what owners put in are taken from."""
    shops, books, paid = walked.after.merchants, walked.settled, walked.booked
    return {
        "owner_funds": shops.total((books.turnover + books.put_in) * (books.put_in > 0.0)),
        "owner_income_krw": paid["inputs"],
        "firm_payouts": paid["firm_inputs"],
        "firm_capital": paid["firm_inputs"],
        "household_saving_krw": paid["wages"] + paid["drawings"] + paid["other_income"],
        "platform_profit_krw": paid["open_market_costs"] + paid["app_costs"] + paid["own_sales"],
    }


def without_luck(run: Run, before: State, t: int, theirs: State, booked: Table, measured: Table) -> list[str]:
    """Differences that no choice of the draws too near to call explains."""
    walked = run_month(run, before, t)
    found = differences_of_month(walked, theirs, booked, measured)
    doubtful = sorted(walked.month.luck.doubtful)
    if not found or len(doubtful) > MOST_DOUBTFUL:
        return found
    for flips in flips_of(doubtful):
        if not differences_of_month(run_month(run, before, t, flips), theirs, booked, measured):
            return []
    return found


def flips_of(doubtful: list[Event]) -> Iterator[frozenset[Event]]:
    for number in (1, 2):
        yield from (frozenset(flips) for flips in combinations(doubtful, number))
