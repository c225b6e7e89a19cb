"""Money: every month of every run balances between agents and books, and no payment can be wrong unnoticed."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pytest

from model import ledger
from model.economy import Economy, RunStopped
from model.engine import month as phases
from model.engine.world import World
from model.indicators import POSITION
from model.schedule import SCHEDULE
from tests.laws.small_korea import both_levers, copied, korea_of, run_to_end

pytestmark = pytest.mark.subset

MONTHS = 10
"""The tenth is October, in which a quarter begins."""
ROWS = tuple(ledger.ACCOUNTS[account] for account in ledger.POPULATIONS)
PURPOSE_IDS = [purpose.id for purpose in ledger.PURPOSES]


@pytest.fixture(scope="module")
def before_the_check() -> World:
    """A world with its last month booked and saved, not yet closed and checked."""
    economy = Economy(both_levers(months=MONTHS), 1, korea_of())
    for support in ("procurement_krw", "research_krw"):
        economy.world.firm_months[support][:] = 2e11
    for _ in range(MONTHS - 1):
        economy.step()
    for phase in SCHEDULE:
        if phase.name != "collect":
            phase.run(economy)
    return economy.world


def verdict_after(world: World, spoil: Callable[[World], None]) -> tuple[int, str]:
    """The verdict on a copy of the month that `spoil` has changed, and its explanation."""
    spoiled = copied(world)
    spoil(spoiled)
    phases.collect(spoiled, MONTHS - 1)
    books = spoiled.books[0]
    return int(books.verdict[0]), ledger.explain(books)


def test_every_month_balances() -> None:
    core = run_to_end(both_levers(months=24)).core
    assert core[:, POSITION["ledger_residual"]].max() < 1e-9


@pytest.mark.parametrize("seed", [2, 3])
def test_bookings_agree_to_rounding_and_never_run_backwards(seed: int) -> None:
    economy = Economy(both_levers(), seed, korea_of())
    for _ in range(12):
        economy.step()
        books = economy.world.books[0]
        np.testing.assert_allclose(books.received, books.booked, rtol=1e-6, atol=1e3)
        assert books.booked.min() >= 0.0
        assert books.received.min() >= 0.0


def test_every_purpose_flows_in_the_month_under_test(before_the_check: World) -> None:
    assert before_the_check.books[0].booked.min() > 0.0
    assert verdict_after(before_the_check, lambda world: None)[0] == ledger.BALANCED


@pytest.mark.parametrize("side", ["booked", "received"])
@pytest.mark.parametrize("purpose", range(len(PURPOSE_IDS)), ids=PURPOSE_IDS)
def test_a_payment_wrong_on_one_side_is_named(before_the_check: World, purpose: int, side: str) -> None:
    wrong = float(before_the_check.books[0][side][purpose]) / 1000

    def spoil(world: World) -> None:
        world.books[0][side][purpose] += wrong

    code, message = verdict_after(before_the_check, spoil)
    assert code == ledger.PURPOSE_FAILS
    assert f"purpose {PURPOSE_IDS[purpose]}: {ledger.PURPOSES[purpose].payer} booked" in message
    named = float(message.split("counted ")[1].split(" KRW")[0].replace(",", ""))
    assert abs(named) == pytest.approx(wrong, rel=0.05)


@pytest.mark.parametrize("purpose", range(len(PURPOSE_IDS)), ids=PURPOSE_IDS)
def test_no_payment_runs_backwards(before_the_check: World, purpose: int) -> None:
    def spoil(world: World) -> None:
        world.books[0].booked[purpose] *= -1.0

    code, message = verdict_after(before_the_check, spoil)
    assert code == ledger.NEGATIVE_FLOW
    assert f"purpose {PURPOSE_IDS[purpose]}" in message


def counted_in_rows() -> list[int]:
    """Purposes of which a population is one side: their cash is summed over rows, not from books."""
    rows = set(ROWS)
    return [i for i, p in enumerate(ledger.PURPOSES) if (p.payer in rows) != (p.payee in rows)]


@pytest.mark.parametrize("purpose", counted_in_rows(), ids=[PURPOSE_IDS[i] for i in counted_in_rows()])
def test_both_sides_wrong_alike_is_seen_in_the_rows(before_the_check: World, purpose: int) -> None:
    books = before_the_check.books[0]
    wrong = max(float(books.booked[purpose]) / 1000, 2e-9 * float(books.booked.sum()))

    def spoil(world: World) -> None:
        world.books[0].booked[purpose] += wrong
        world.books[0].received[purpose] += wrong

    code, message = verdict_after(before_the_check, spoil)
    side = ledger.PURPOSES[purpose]
    account = side.payer if side.payer in ROWS else side.payee
    assert code == ledger.ACCOUNT_FAILS
    assert f"account {account}: cash moved by" in message
    assert PURPOSE_IDS[purpose] in message


@pytest.mark.parametrize("account", ledger.ACCOUNTS)
def test_cash_that_moves_unbooked_is_named(before_the_check: World, account: str) -> None:
    position = ledger.ACCOUNTS.index(account)
    books = before_the_check.books[0]
    flows = books.booked[(position == ledger.PAYER) | (position == ledger.PAYEE)].sum()
    wrong = max(float(flows) / 1000, 2e-9 * float(books.booked.sum()))

    def spoil(world: World) -> None:
        world.books[0].before[position] -= wrong

    code, message = verdict_after(before_the_check, spoil)
    assert code == ledger.ACCOUNT_FAILS
    assert message.startswith(f"account {account}: cash moved by")
    assert f"{wrong:+,.0f}"[:4] in message


def rob_a_merchant(world: World) -> None:
    world.merchants.cash_krw[17] += 1e6


def rob_a_household(world: World) -> None:
    world.consumers.savings_krw[17] += 1e6


@pytest.mark.parametrize(("rob", "account"), [(rob_a_merchant, "merchants"), (rob_a_household, "households")])
def test_a_run_with_a_row_that_came_to_money_unbooked_stops(rob: Callable[[World], None], account: str) -> None:
    economy = Economy(both_levers(), 1, korea_of())
    economy.step()
    rob(economy.world)
    with pytest.raises(RunStopped, match=rf"^2017-02: account {account}: cash moved by \+[\d,]+ KRW more"):
        economy.step()


@pytest.mark.parametrize("driver", ["serial", "parallel"])
def test_years_in_one_call_stop_in_the_same_month(driver: Literal["serial", "parallel"]) -> None:
    economy = Economy(both_levers(), 1, korea_of(), driver)
    economy.advance(3)
    rob_a_merchant(economy.world)
    with pytest.raises(RunStopped, match=r"^2017-04: account merchants"):
        economy.advance(9)
    assert economy.months_run == 3


def test_a_run_whose_books_are_wrong_stops_and_says_when(monkeypatch: pytest.MonkeyPatch) -> None:
    economy = Economy(both_levers(), 1, korea_of(), driver="parallel")
    collect = phases.collect

    def spoiled(world: World, month: int) -> Any:
        if month == 4:
            world.books[0].booked[ledger.RENT] *= 1.001
        return collect(world, month)

    monkeypatch.setattr(phases, "collect", spoiled)
    for _ in range(4):
        economy.step()
    with pytest.raises(RunStopped, match=r"^2017-05: purpose rent: merchants booked [\d,]+ KRW but landlords"):
        economy.step()
    assert economy.months_run == 4


def test_nothing_but_numbers_passes_the_check(before_the_check: World) -> None:
    def spoil(world: World) -> None:
        world.books[0].booked[ledger.WAGES] = np.nan

    assert verdict_after(before_the_check, spoil)[0] != ledger.BALANCED
