"""Trade between organisations and people beside its reference: from the same use of services, the same month."""

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.reference import mutants, trade
from tests.reference.indicators import SECTORS
from tests.trade_lockstep import MONTHS, at_the_start, played, split

NEAR = 1e-5
ONLINE = ("market_sales_small", "market_sales_large", "mall_sales", "own_store_sales", "app_sales_small",
          "app_sales_large", "public_app_sales", "own_sales")  # fmt: skip


def far(name: str, mine: Any, theirs: Any) -> Iterator[str]:
    gap = np.max(np.abs(np.asarray(mine) - theirs) / np.maximum(np.abs(theirs), 1e-3))
    if not gap < NEAR:
        yield f"{name}: {mine} against {theirs}"


def differences(t: int) -> list[str]:
    """Where a month of the engine and of the reference differ."""
    run, start_demand, months = played()
    seen = months[t]
    kept = copy.deepcopy(seen.before)
    direct = trade.trade_directly(run, kept, seen.income, seen.users, t)
    demand = np.where(seen.firms > 0.0, start_demand * run.now("household_income_index", t), 0.0)
    orders = trade.take_orders(run, kept, seen.nation, demand)
    online = sum(seen.booked[purpose] for purpose in ONLINE)
    advice = trade.gather_data(run, kept, online + seen.measured["online_simple_pay_krw"], t)
    sales = np.array([seen.measured[f"sales_{sector}_krw"] for sector in SECTORS])
    booked = trade.book(run, orders, direct, seen.nation, sales, t)
    cost, _ = trade.saved_by_software(run.values, float(seen.nation[trade.SOFTWARE]))
    return [
        *far("flow", kept.flow, seen.after.flow),
        *far("trend", kept.trend, seen.after.trend),
        *far("data", kept.data, seen.after.data),
        *far("advice", advice, seen.advice[1]),
        *far("goods", direct.goods, seen.direct[0]),
        *far("displaced", direct.displaced / direct.goods, seen.direct[1] / seen.direct[0]),
        *far("input share", cost, seen.input_share),
        *far("sales to firms", orders.total.sum(), seen.measured["sales_business_krw"]),
        *far("saved", trade.official(run, seen.nation, t)["saved"], seen.measured["remote_meeting_saved_krw"]),
        *(text for purpose, amount in booked.items() for text in far(purpose, amount, seen.booked[purpose])),
        *far("trust", trade.trust_after(run.values, seen.trust[0], seen.lost_before), seen.trust[1]),
        *(far("trust lost", direct.lost, lost_after(t)) if t + 1 < MONTHS else ()),
    ]


def lost_after(t: int) -> float:
    """Trust that the engine lost in a month, as the next one found it."""
    return played()[2][t + 1].lost_before


def misplaced() -> list[str]:
    plain, after, unit, spending, displaced = split()
    assert np.abs(displaced).max() > 1e8
    return list(
        far("goods left", trade.left_for_goods(spending, unit, plain, displaced) / plain - 1.0, after / plain - 1.0)
    )


@pytest.mark.parametrize("t", range(MONTHS))
def test_every_month_of_trade_agrees(t: int) -> None:
    assert not differences(t)


def misstarted() -> list[str]:
    run, services, mean_skill, theirs = at_the_start()
    mine = trade.start_trade(run, services, mean_skill)
    return [
        *far("users at the start", mine.users_start, theirs.users_start),
        *far("flow at the start", mine.flow, theirs.flow),
        *far("data at the start", mine.data, theirs.data),
    ]


def test_the_start_and_what_direct_trade_displaces_agree() -> None:
    assert not misplaced()
    assert not misstarted()


def test_the_months_compared_are_full_of_events() -> None:
    run, _, months = played()
    lost = [seen.lost_before for seen in months]
    assert sum(x > 0.0 for x in lost) > 3
    assert max(lost) > 0.9
    price = run.values["c2c.potential_users_share"] * run.values["c2c.goods_krw_per_user_month"]
    usual = [price * run.now("household_income_index", t) * seen.users for t, seen in enumerate(months)]
    assert max((seen.direct[0] / x).max() for seen, x in zip(months, usual, strict=True)) > 1.02
    assert min(seen.after.flow[4] for seen in months) < 0.75


MUTANTS = [m for rule in mutants.rules([trade]) for m in mutants.tried(rule)]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: f"{m.rule}: {m.line}")
def test_a_turned_sign_is_seen(mutant: mutants.Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    months = (0, 9, 14, 15, 30, 38, 40)
    assert not any(differences(t) for t in months)
    mutants.put_in(mutant, monkeypatch)
    assert any(seen_in(t) for t in months) or bool(seen_in(None))


def seen_in(t: int | None) -> list[str]:
    """Differences of a month, or of the split of budgets; a mistake that stops the month is seen too."""
    try:
        return differences(t) if t is not None else [*misplaced(), *misstarted()]
    except (ValueError, ZeroDivisionError, TypeError, IndexError) as error:
        return [str(error)]
