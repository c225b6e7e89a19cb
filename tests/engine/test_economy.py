"""The economy as a Mesa model: its schedule is the compiled month, its account agents are the ledger."""

import gc
import weakref
from typing import Any

import mesa
import numpy as np
import pytest

from model import economy as module
from model import ledger
from model.agents.accounts import Government
from model.agents.merchants.columns import NOBODY
from model.agents.platforms import DeliveryApps, OpenMarket, PublicPlatform
from model.calendar import month_number
from model.codes import FUNDED, TECHNOLOGIES
from model.economy import Economy, ledger_of, merchant_attributes, population_of, run
from model.indicators import CORE, POSITION
from model.schedule import SCHEDULE
from tests.laws.small_korea import (
    START,
    assert_same_rows,
    both_levers,
    korea_of,
    qr_enrolment,
    rows_of,
    run_to_end,
    settings_of,
    terminal_subsidy,
)

PHASES = [
    "platforms", "exogenous", "government", "services", "g2c", "c2c", "work", "consumers", "b2c", "b2b", "g2b", "g2g",
    "gated", "merchants", "firms", "labour", "collect",
]  # fmt: skip
ACCOUNT_AGENTS = [name for place, name in enumerate(ledger.ACCOUNTS) if place not in ledger.POPULATIONS]
UNSUPPORTED = {t for t in TECHNOLOGIES if t not in ("mobile_pay_terminal", "public_qr", "kiosk", "own_online_store")}
"""Technologies that the programmes of `both_levers` do not pay for; some of them nobody has in a small Korea."""


@pytest.fixture
def economy() -> Economy:
    economy = Economy(settings_of(qr_enrolment(), terminal_subsidy()), 1, korea_of())
    economy.advance(8)
    return economy


def test_the_schedule_is_printed_in_the_order_of_the_month() -> None:
    table = Economy.schedule()
    assert [row["phase"] for row in table] == PHASES
    assert all(row[column] for row in table for column in ("does", "agents", "reads", "writes"))
    assert {row["agents"] for row in table} == {"simultaneous", "in order", "once"}


def test_phases_one_by_one_are_the_compiled_month() -> None:
    by_phase = Economy(both_levers(), 2, korea_of())
    compiled = Economy(both_levers(), 2, korea_of(), driver="serial")
    for _ in range(12):
        for phase in SCHEDULE:
            phase.run(by_phase)
        by_phase.months_run += 1
        compiled.step()
        np.testing.assert_array_equal(by_phase.world.out, compiled.world.out)
    assert_same_rows(by_phase.world.merchants, compiled.world.merchants)
    assert_same_rows(by_phase.world.books, compiled.world.books)


@pytest.mark.parametrize("left_out", PHASES)
def test_every_phase_does_something(left_out: str) -> None:
    whole, short = (Economy(both_levers(), 2, korea_of()) for _ in range(2))
    for _ in range(4):
        for phase in SCHEDULE:
            phase.run(whole)
            if phase.name != left_out:
                phase.run(short)
        whole.months_run += 1
        short.months_run += 1
    assert not np.array_equal(whole.world.out, short.world.out)


def test_it_is_a_mesa_model_with_agents(economy: Economy) -> None:
    assert isinstance(economy, mesa.Model)
    assert {agent.account for agent in economy.agents} == set(ACCOUNT_AGENTS)
    assert isinstance(economy.accounts["open_market"], OpenMarket)
    assert isinstance(economy.accounts["delivery_platform"], DeliveryApps)
    assert isinstance(economy.accounts["public_platform"], PublicPlatform)
    assert isinstance(economy.accounts["government"], Government)
    assert economy.month == START + 8


@pytest.mark.parametrize("account", ACCOUNT_AGENTS)
def test_an_account_agent_receives_and_pays_what_the_ledger_says(economy: Economy, account: str) -> None:
    agent, books = economy.accounts[account], economy.world.books[0]
    position = ledger.ACCOUNTS.index(account)
    assert sum(agent.receipts_krw.values()) == pytest.approx(books.booked[position == ledger.PAYEE].sum())
    assert sum(agent.payments_krw.values()) == pytest.approx(books.booked[position == ledger.PAYER].sum())
    before = agent.cash_krw
    economy.step()
    moved = sum(agent.receipts_krw.values()) - sum(agent.payments_krw.values())
    assert agent.cash_krw - before == pytest.approx(moved, rel=1e-6, abs=1e4)


def test_payments_by_payer_and_payee(economy: Economy) -> None:
    booked = economy.world.books[0].booked
    table = ledger.matrix(booked)
    assert table.sum() == pytest.approx(booked.sum())
    households, merchants = ledger.ACCOUNTS.index("households"), ledger.ACCOUNTS.index("merchants")
    assert table[households, merchants] == pytest.approx(
        sum(
            booked[purpose]
            for purpose in (
                ledger.STORE_SMALL,
                ledger.MARKET_SMALL,
                ledger.APP_SMALL,
                ledger.OWN_STORE_SALES,
                ledger.OWNER_FUNDS,
            )
        )
    )
    assert not np.diag(table).any()


def test_the_platform_and_the_government_tell_their_standing(economy: Economy) -> None:
    platform, government = economy.accounts["open_market"], economy.accounts["government"]
    assert isinstance(platform, OpenMarket)
    assert isinstance(government, Government)
    booked = economy.world.books[0].booked
    sold = booked[ledger.MARKET_SMALL] + booked[ledger.MARKET_LARGE] + booked[ledger.OWN_SALES]
    assert platform.turnover_krw == pytest.approx(sold)
    apps: Any = economy.accounts["delivery_platform"]
    assert apps.turnover_krw == pytest.approx(booked[ledger.APP_SMALL] + booked[ledger.APP_LARGE])
    commissions = booked[ledger.APP_COMMISSION_SMALL] + booked[ledger.APP_COMMISSION_LARGE]
    assert sum(apps.receipts_krw.values()) == pytest.approx(commissions)
    standing = government.programmes()
    assert [row["programme"] for row in standing] == ["terminal", "visits"]
    spent = sum(float(row["spent_krw"]) for row in standing)
    public = economy.world.out[:, [POSITION[f"public_spending_{kind}_krw"] for kind in ("subsidies", "visits")]]
    assert spent == pytest.approx(public.sum())


def test_without_levers_the_government_runs_nothing() -> None:
    government = run_to_end(settings_of(months=2)).economy.accounts["government"]
    assert isinstance(government, Government)
    assert government.programmes() == []


def test_a_snapshot_is_the_state_at_the_end_of_its_month() -> None:
    chosen = settings_of(terminal_subsidy(), months=6)
    group = run(chosen, 1, groups=("merchants@2017-06",)).groups["merchants@2017-06"]
    rows = rows_of(run_to_end(chosen).economy)
    np.testing.assert_array_equal(group["id"], rows.id)
    np.testing.assert_array_equal(group["sales_krw_per_year"], rows.sales_year_krw)
    assert len({column.shape for column in group.values()}) == 1


def test_heads_of_a_snapshot_are_those_who_work_next_month() -> None:
    chosen = settings_of(terminal_subsidy(), months=7)
    group = run(chosen, 1, groups=("merchants@2017-06",)).groups["merchants@2017-06"]
    economy = run_to_end(chosen).economy
    weights = merchant_attributes(chosen)["weight"]
    for kind in ("family", "regular", "temporary"):
        told = economy.world.out[-1, POSITION[f"heads_{kind}_persons"]]
        # Unpaid family is counted at the month's end, after merchants have closed and opened.
        assert weights @ group[f"{kind}_heads"] == pytest.approx(told, rel=0.02 if kind == "family" else 1e-6)
    assert group["regular_heads"].max() > 0


@pytest.mark.parametrize("group", ["merchants@2016-12", "merchants@2017-07", "people@2017-02", "merchants"])
def test_a_group_outside_the_run_is_refused(group: str) -> None:
    with pytest.raises(ValueError, match="month"):
        run(settings_of(months=6), 1, groups=(group,))


def test_attributes_stand_in_the_order_of_rows() -> None:
    chosen = settings_of(months=6)
    attributes = merchant_attributes(chosen)
    rows = rows_of(Economy(chosen, 1))
    np.testing.assert_array_equal(attributes["id"], rows.id)
    np.testing.assert_array_equal(attributes["district_kind"], rows.kind)
    there = attributes["weight"][attributes["id"] != NOBODY].sum()
    assert there == pytest.approx(run(chosen, 1).core[0, POSITION["merchants_total"]], rel=0.01)
    assert set(attributes["size_band"].tolist()) == {0, 1, 2}
    assert set(attributes["owner_age_band"].tolist()) <= set(range(5))


def test_the_ledger_of_months_is_that_of_the_run() -> None:
    chosen = settings_of(terminal_subsidy(), months=6)
    april, july = month_number("2017-04"), month_number("2017-07")
    economy = Economy(chosen, 1)
    economy.advance(4)
    first = np.array(economy.world.books[0].booked)
    economy.step()
    second = np.array(economy.world.books[0].booked)
    np.testing.assert_array_equal(ledger_of(chosen, 1, range(april + 1, april + 2)), second)
    np.testing.assert_array_equal(ledger_of(chosen, 1, range(april, april + 2)), first + second)
    with pytest.raises(ValueError, match="2017-07 is outside the run's horizon"):
        ledger_of(chosen, 1, range(april, july + 1))


def test_every_indicator_is_filled_and_finite() -> None:
    core = run_to_end(both_levers(months=40)).core
    assert core.shape == (40, len(CORE))
    assert np.isfinite(core).all()
    never = {indicator.id for indicator, column in zip(CORE, core.T, strict=True) if not column.any()}
    assert {f"merchants_subsidised_{technology}" for technology in UNSUPPORTED if technology in FUNDED} <= never
    assert all(any(technology in indicator for technology in UNSUPPORTED) for indicator in never)


def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    run(settings_of(months=14), 1, progress=lambda done, months: told.append((done, months)))
    assert told[-1] == (14, 14)
    assert [done for done, _ in told] == sorted({done for done, _ in told})


def test_a_closed_economy_leaves_memory() -> None:
    economy = Economy(settings_of(months=1), 1, korea_of())
    economy.step()
    economy.close()
    watch = weakref.ref(economy)
    del economy
    gc.collect()
    assert watch() is None


def test_runs_share_one_population() -> None:
    assert population_of(settings_of(months=6)) is population_of(settings_of(terminal_subsidy(), months=6))
    assert population_of(settings_of(months=6)).people.id.size < module.ROWS_FOR_PARALLEL
