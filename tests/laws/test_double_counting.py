"""Nothing is counted twice: a subsidy is a lower price only, and stages, accounts and instruments stay apart."""

from dataclasses import replace

import numpy as np
import pytest

from model import ledger
from model.agents.consumers.columns import ABSENT
from model.codes import FUNDED, INSTRUMENTS, ONLINE_SERVICES, TECHNOLOGIES
from model.economy import Economy
from model.exogenous import CARD_FEE_PATHS
from model.indicators import CORE, POSITION
from tests.laws.small_korea import (
    Run,
    holds,
    korea_of,
    nobody_closes,
    qr_enrolment,
    rows_of,
    run_to_end,
    settings_of,
    terminal_subsidy,
)

pytestmark = pytest.mark.subset

KINDS_OF_SPENDING = ("subsidies", "visits", "campaigns", "rewards", "training")
GRANT_KRW = 200_000.0


@pytest.fixture(scope="module")
def run() -> Run:
    return run_to_end(settings_of(terminal_subsidy(), qr_enrolment(), months=18))


def test_government_pays_merchants_for_what_it_buys_alone() -> None:
    paid = [p.id for p in ledger.PURPOSES if (p.payer, p.payee) == ("government", "merchants")]
    assert paid == ["public_procurement"]


def test_the_price_of_direct_trade_is_nobodys_sales() -> None:
    """At twice the price twice the fee on goods leaves, and no sale, income or saving elsewhere changes."""
    cheap, dear = (
        run_to_end(
            settings_of(months=12, parameters={"c2c.goods_krw_per_user_month": price, "c2c.displacement_share": 0.0})
        )
        for price in (40_000.0, 80_000.0)
    )
    changed = {i.id for k, i in enumerate(CORE) if (cheap.core[:, k] != dear.core[:, k]).any()}
    assert changed - {"ledger_residual"} == {"c2c_goods_krw"}
    ours, theirs = (run.economy.world.books[0].booked for run in (dear, cheap))
    moved = [ledger.PURPOSES[k].id for k in np.flatnonzero(ours != theirs)]
    assert moved == ["other_spending", "c2c_goods_fee"]
    assert ours[ledger.C2C_GOODS_FEE] == pytest.approx(2.0 * theirs[ledger.C2C_GOODS_FEE])
    assert ours.sum() == pytest.approx(theirs.sum(), rel=1e-12)


def test_a_subsidised_device_is_paid_once() -> None:
    """Own shares and subsidies together are the price of every device, and a grant lowers the own share alone."""
    economy = nobody_closes(Economy(settings_of(terminal_subsidy(), months=12), 1, korea_of()))
    rows, books = rows_of(economy), economy.world.books[0]
    for month in range(12):
        before = rows.installed_at.copy()
        economy.step()
        new = (rows.installed_at == month) & (before != month)
        weight, price = rows.weight.astype(np.float64), economy.world.market_tables[0].price_krw.astype(np.float64)
        granted = weight[new[:, 0] & (rows.subsidised_at[:, 0] == month)].sum() * GRANT_KRW
        assert books.booked[ledger.DEVICE_SUBSIDY] == pytest.approx(granted)
        assert books.booked[ledger.DEVICE_OWN] == pytest.approx(weight @ new @ price - granted)
    assert books.cash[ledger.ACCOUNTS.index("government")] < 0.0


def test_a_grant_is_no_income() -> None:
    """Merchants' sales and income are the same whether a device was granted or bought, in the month it comes."""
    granted, bought = (
        run_to_end(settings_of(terminal_subsidy(unit_cost_krw=cost, subsidy_rate=0.8), months=3))
        for cost in (250_000.0, 125_000.0)
    )
    for indicator in ("owner_income_krw", "sales_face_to_face_krw", "sales_business_krw"):
        ours, theirs = (run.core[:, POSITION[indicator]] for run in (granted, bought))
        # Income follows from the change of cash, out of which the device is paid: the last bit may differ.
        np.testing.assert_allclose(ours, theirs, rtol=1e-14 if indicator == "owner_income_krw" else 0.0)


@pytest.mark.parametrize("name", TECHNOLOGIES)
def test_stages_are_counted_apart(run: Run, name: str) -> None:
    technology = TECHNOLOGIES.index(name)
    rows = rows_of(run.economy)
    weight = rows.weight.astype(np.float64)
    aware, installed, active = (holds(mask, technology) for mask in (rows.aware, rows.installed, rows.active))
    assert not (active & ~installed).any()
    assert not (installed & ~aware).any()
    for stage, mask in (("aware", aware), ("installed", installed), ("active", active)):
        if f"merchants_{stage}_{name}" in POSITION:
            assert run.last(f"merchants_{stage}_{name}") == pytest.approx(weight[mask].sum())
    assert f"merchants_active_{name}" in POSITION
    assert active.sum() <= installed.sum()
    assert technology > 3 or 0 < active.sum() < installed.sum()


def test_accounts_instruments_and_use_are_counted_apart(run: Run) -> None:
    world = run.economy.world
    here = world.consumers.age_band != ABSENT
    weight = world.people.weight_by_province[world.people.province]
    for names, held, prefix in (
        (ONLINE_SERVICES, world.consumers.accounts, "account_holders"),
        (INSTRUMENTS, world.consumers.instruments, "instrument_holders"),
    ):
        for bit, name in enumerate(names):
            holders = run.core[-1, POSITION[f"{prefix}_{name}_persons"]]
            assert 0 < holders < run.last("adults_persons")
            # Revised after being counted: the count of a month is of those held while spending.
            assert holders == pytest.approx(weight[here & (held >> bit & 1 == 1)].sum(), rel=0.1)
    assert run.last("adults_persons") == pytest.approx(weight[here].sum())
    users = run.last("users_online_goods_persons")
    assert users == pytest.approx(sum(run.last(i.id) for i in CORE if is_users_of_a_band(i.id)))
    assert users <= run.last("adults_persons")


def is_users_of_a_band(indicator: str) -> bool:
    return indicator.startswith("users_online_goods_") and indicator != "users_online_goods_persons"


def test_the_three_payment_rows_never_overlap(run: Run) -> None:
    core = {indicator.id: run.core[:, column] for column, indicator in enumerate(CORE)}
    face = core["sales_face_to_face_krw"] + core["large_seller_sales_krw"]
    assert (core["mobile_pay_card_krw"] + core["public_qr_krw"] < face).all()
    assert (core["online_simple_pay_krw"] < core["online_goods_krw"]).all()
    goods = sum(core[f"spending_{need}_krw"] for need in ("groceries", "fashion", "home_goods"))
    np.testing.assert_allclose(core["online_share_goods"] * goods, core["online_goods_krw"])


def test_enrolled_and_self_chosen_network_shops_are_told_apart() -> None:
    alone = run_to_end(settings_of(months=18))
    visited = run_to_end(settings_of(qr_enrolment(), months=18))
    assert alone.last("merchants_subsidised_public_qr") == 0.0
    rows = rows_of(visited.economy)
    installed, enrolled = holds(rows.installed, 1), holds(rows.subsidised, 1)
    assert (installed & enrolled).any()
    assert (installed & ~enrolled).any()
    weight = rows.weight.astype(np.float64)
    assert visited.last("merchants_subsidised_public_qr") == pytest.approx(weight[enrolled].sum())
    assert visited.last("merchants_subsidised_public_qr") != visited.last("merchants_installed_public_qr")


BEHIND_JOBS = {
    "couriers_krw": (ledger.APP_COURIER, ledger.APP_DELIVERY_SMALL, ledger.APP_DELIVERY_LARGE),
    "logistics_krw": (
        ledger.DELIVERY_SMALL,
        ledger.DELIVERY_LARGE,
        ledger.OWN_STORE_DELIVERY,
        ledger.OWN_PARCELS,
    ),
    "large_seller_sales_krw": (ledger.STORE_LARGE, ledger.MARKET_LARGE, ledger.MALL, ledger.APP_LARGE),
    "platform_commission_krw": (ledger.COMMISSION_SMALL, ledger.COMMISSION_LARGE),
    "delivery_platform_commission_krw": (ledger.APP_COMMISSION_SMALL, ledger.APP_COMMISSION_LARGE),
    "public_spending_visits_krw": (ledger.VISITS,),
    "public_spending_training_krw": (ledger.TRAINING,),
}


def test_no_payment_stands_behind_two_groups_of_jobs(run: Run) -> None:
    """Nor do wages, of which merchants' own heads live: couriers and programme jobs are no staff of merchants."""
    paid = [purpose for purposes in BEHIND_JOBS.values() for purpose in purposes]
    assert len(paid) == len(set(paid))
    assert not {ledger.WAGES, ledger.DRAWINGS} & set(paid)
    booked = run.economy.world.books[0].booked
    for indicator, purposes in BEHIND_JOBS.items():
        assert run.last(indicator) == pytest.approx(booked[list(purposes)].sum())


def test_every_sector_or_need_adds_up_to_its_total(run: Run) -> None:
    core = {indicator.id: run.core[:, column] for column, indicator in enumerate(CORE)}
    by_mode = sum(core[f"sales_{mode}_krw"] for mode in ("face_to_face", "online", "business"))
    by_sector = sum(core[i] for i in core if i.startswith("sales_") and i.removeprefix("sales_").split("_krw")[0]
                    in ("grocery_retail", "fashion_retail", "home_goods_retail", "food_service",
                        "personal_services", "small_manufacturing"))  # fmt: skip
    np.testing.assert_allclose(by_sector, by_mode, rtol=1e-12)
    kinds = sum(core[f"public_spending_{kind}_krw"] for kind in KINDS_OF_SPENDING)
    np.testing.assert_allclose(kinds, core["public_spending_krw"], rtol=1e-12)
    for_devices = kinds - core["public_spending_rewards_krw"] - core["public_spending_training_krw"]
    by_technology = sum(core[f"public_spending_{technology}_krw"] for technology in FUNDED)
    np.testing.assert_allclose(by_technology, for_devices, rtol=1e-12)


def test_an_order_online_pays_its_platform_and_no_till() -> None:
    """Commission, gateway and pay fee are one: card fees are of what is paid at tills, whatever is sold online."""
    fees = dict.fromkeys(CARD_FEE_PATHS, 0.02)
    chosen = settings_of(months=6, later=fees, network_open=False)
    chosen = replace(chosen, parameters=tuple((dict(chosen.parameters) | {"till.card_payment_share": 1.0}).items()))
    done = run_to_end(chosen)
    booked = done.economy.world.books[0].booked
    assert done.last("sales_online_krw") > 0.0
    assert booked[ledger.CARD_FEES] == pytest.approx(0.02 * done.last("sales_face_to_face_krw"), rel=1e-6)
    assert booked[ledger.COMMISSION_SMALL] > 0.0
