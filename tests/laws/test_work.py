"""Telework, hiring and smart finance: laws of every month, and which way each pushes in paired runs."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from model import ledger
from model.agents.merchants.columns import KINDS_OF_TILL, VACANT
from model.codes import DISTRICT_KINDS, MEALS, PEOPLE_SERVICES, PROVINCES, SECTORS
from model.economy import Economy
from model.indicators import POSITION
from model.settings import Settings
from tests.laws.small_korea import SCALE, Named, Run, closure, korea_of, rows_of, run_to_end, settings_of
from tests.laws.test_services import with_risk

MONTHS = 18
STREETS = 800.0
RISK = dict.fromkeys(range(4, MONTHS), 1.0)
KINDS = len(DISTRICT_KINDS)
HOME, OFFICE = (DISTRICT_KINDS.index(f"street_{kind}") for kind in ("residential", "office"))
PLACE = (len(PROVINCES), len(SECTORS))


def korea(
    *levers: Named, months: int = MONTHS, scale: float = SCALE, parameters: Mapping[str, float] | None = None
) -> Settings:
    """A short Korea with a pandemic, so that telework and online recruitment rise."""
    return with_risk(settings_of(*levers, months=months, scale=scale, parameters=parameters), RISK)


def streets(*levers: Named, parameters: Mapping[str, float] | None = None) -> Settings:
    """The same, fine enough for both kinds of streets in some provinces."""
    return korea(*levers, months=8, scale=STREETS, parameters=parameters)


@cache
def usual() -> Run:
    return run_to_end(korea())


def column(run: Run, indicator: str) -> NDArray[np.float64]:
    return run.core[:, POSITION[indicator]]


def meals_by_kind(run: Run) -> NDArray[np.float64]:
    """What restaurants sold face to face in the last month in office and in residential streets."""
    rows, traits = rows_of(run.economy), run.economy.korea.merchants
    sold, there = rows.weight * rows.sales_store.astype(np.float64), traits.sector == MEALS
    return np.bincount(traits.kind[there], sold[there], KINDS)[[OFFICE, HOME]].astype(np.float64)


def test_telework_moves_meals_from_office_to_residential_streets() -> None:
    moved, stay = (
        meals_by_kind(run_to_end(streets(parameters={"telework.office_trade_share.food_service": share})))
        for share in (0.4, 0.0)
    )
    assert moved[0] < 0.99 * stay[0]
    assert moved[1] > 1.005 * stay[1]
    assert moved.sum() == pytest.approx(stay.sum(), rel=1e-3)


def test_closing_telework_brings_meals_back_to_the_office() -> None:
    free, shut = (meals_by_kind(run_to_end(streets(*lever))) for lever in ((), (closure("telework"),)))
    assert free[0] < 0.99 * shut[0]
    assert free[1] > 1.005 * shut[1]


def test_what_moves_between_kinds_of_district_is_conserved_in_every_market_and_month() -> None:
    economy, moved = Economy(streets(), 1, korea_of(STREETS)), 0.0
    market, tables, work = economy.world.market[0], economy.world.market_tables[0], economy.world.work[0]
    for month in range(8):
        pull = market.pull_by_place.reshape(*PLACE, KINDS, KINDS_OF_TILL).sum(axis=3)
        economy.step()
        factor = tables.place_factor.reshape(*PLACE, KINDS)
        np.testing.assert_allclose((pull * factor).sum(axis=2), pull.sum(axis=2), rtol=1e-12)
        assert (factor >= 0.0).all()
        if month == 0:
            assert (factor == 1.0).all()
        np.testing.assert_array_equal(np.delete(factor, (HOME, OFFICE), axis=2), 1.0)
        moved = max(moved, float(np.abs(factor - 1.0).max()))
    assert moved > 0.03
    assert (work.teleworking > work.teleworking_start).all()


def test_each_shop_sells_at_the_factor_of_its_street() -> None:
    economy = Economy(streets(), 1, korea_of(STREETS))
    economy.advance(7)
    rows, traits = rows_of(economy), economy.korea.merchants
    pull = rows.pull_store.copy()
    economy.step()
    tables = economy.world.market_tables[0]
    where = traits.province.astype(int) * len(SECTORS) + traits.sector
    sold = pull * tables.store_rate[where] * tables.place_factor[where, traits.kind]
    stayed = (rows.entered < 7) & (rows.entered != VACANT)
    np.testing.assert_allclose(rows.sales_store[stayed], sold[stayed], rtol=1e-6)
    assert np.unique(tables.place_factor[where[stayed], traits.kind[stayed]]).size > 4


def test_telework_spares_journeys_to_work() -> None:
    far, near = (
        run_to_end(korea(months=8, parameters={"telework.commuting_share_of_mobility": share})) for share in (0.35, 0.0)
    )
    spent = "spending_mobility_krw"
    np.testing.assert_array_equal(column(far, spent)[:1], column(near, spent)[:1])
    assert (column(far, spent)[5:] < 0.99 * column(near, spent)[5:]).all()
    assert column(far, "spending_meals_krw")[4] > column(near, "spending_meals_krw")[4]


def test_teleworkers_are_counted_once_whatever_kits_firms_have() -> None:
    """Kits at small firms make telework the better; people who use them are among those who telework anyway."""
    eager = {"technology.adoption_constant.telework_kit": -2.0, "technology.innovation_per_month.telework_kit": 0.03}
    economy = Economy(korea(parameters=eager), 1, korea_of())
    economy.advance(MONTHS)
    rules, now, work = economy.world.work_rules[0], economy.world.services[0], economy.world.work[0]
    at_work = now.adults * np.tile(rules.employed_share, len(PROVINCES))
    expected = rules.jobs_fit * float(at_work @ now.use[PEOPLE_SERVICES.index("telework")].astype(float))
    assert work.teleworkers == pytest.approx(expected)
    assert economy.world.out[-1, POSITION["teleworkers_persons"]] == work.teleworkers
    assert work.teleworkers <= rules.jobs_fit * at_work.sum()
    more, less = (run_to_end(korea(parameters=eager | {"telework.kit_weight": w})) for w in (3.0, 0.0))
    assert more.last("teleworkers_persons") > less.last("teleworkers_persons")


def test_who_seeks_work_is_who_is_not_at_work() -> None:
    economy = Economy(korea(), 1, korea_of())
    work, rules = economy.world.work[0], economy.world.work_rules[0]
    heads = [POSITION[f"heads_{group}_persons"] for group in ("family", "regular", "temporary")]
    left_alone = []
    for month in range(MONTHS):
        economy.step()
        force = work.workers / (1.0 - rules.unemployed_share)
        floor = rules.least_seekers * rules.unemployed_share * force
        here = force - work.elsewhere * work.workers - work.seekers
        assert (work.seekers >= floor * (1.0 - 1e-12)).all()
        out = economy.world.out[month]
        if (work.seekers > 1.000001 * floor).all():
            left_alone.append(month)
            assert here.sum() == pytest.approx(out[heads].sum() + out[POSITION["merchants_total"]])
    assert left_alone


def test_at_the_start_vacancies_are_filled_as_ever() -> None:
    economy = Economy(korea(), 1, korea_of())
    tables = economy.world.market_tables[0]
    assert (tables.hiring_speed == 1.0).all()
    economy.step()
    np.testing.assert_allclose(tables.hiring_speed, 1.0, rtol=1e-6)
    months = economy.world.work_rules[0].vacancy_months
    assert economy.world.out[0, POSITION["vacancy_months"]] == pytest.approx(months)


def test_online_recruitment_shortens_vacancies() -> None:
    with_it, without = (run_to_end(korea(*lever)) for lever in ((), (closure("online_recruitment"),)))
    lasting = "vacancy_months"
    assert column(with_it, lasting)[0] == column(without, lasting)[0]
    assert (column(with_it, lasting)[1:] < column(without, lasting)[1:]).all()
    assert column(with_it, "online_hires_persons")[2:].sum() > 0.0
    assert (column(without, "online_hires_persons")[1:] == 0.0).all()


def test_vacancies_last_longer_in_a_tight_market() -> None:
    economies = [Economy(korea(months=3), 1, korea_of()) for _ in range(2)]
    for economy, elsewhere in zip(economies, (0.0, 0.02), strict=True):
        economy.step()
        economy.world.work[0].elsewhere[:] += elsewhere  # more people at work in the rest of the economy
        economy.step()
    lasting = [float(economy.world.out[1, POSITION["vacancy_months"]]) for economy in economies]
    assert lasting[1] > lasting[0]
    speed = [economy.world.market_tables[0].hiring_speed for economy in economies]
    assert (speed[1] < speed[0]).all()


def test_slow_matching_delays_hiring_and_never_letting_go() -> None:
    """Shops that want more wait for people, shops that want fewer do not."""
    dear = settings_of(months=12, later={"minimum_wage_krw_per_hour": 16_000.0})
    cheap = settings_of(months=12, later={"minimum_wage_krw_per_hour": 3_000.0})
    regular = {}
    for name, settings in (("dear", dear), ("cheap", cheap)):
        for speed in (1.0, 0.1):
            economy = Economy(settings, 1, korea_of())
            economy.world.work_rules[0].elasticity = 0.0
            economy.world.work_rules[0].online_matching = 0.0
            economy.advance(4)
            for _ in range(8):
                economy.world.market_tables[0].hiring_speed[:] = speed
                economy.step()
            regular[name, speed] = economy.world.out[11, POSITION["heads_regular_persons"]]
    assert regular["cheap", 0.1] < 0.97 * regular["cheap", 1.0]
    assert regular["dear", 0.1] == pytest.approx(regular["dear", 1.0], rel=0.02)


def interest_over_debt(run: Run) -> float:
    """Interest of the last month over debts, a year."""
    books = run.economy.world.books[0]
    return float(12.0 * books.booked[ledger.INTEREST] / run.last("debt_krw"))


def test_closing_smart_finance_raises_fees_and_what_debts_cost() -> None:
    free, shut = usual(), run_to_end(korea(closure("smart_finance")))
    fees, other = ([run.economy.world.books[0].booked[purpose] for run in (free, shut)]
                   for purpose in (ledger.BANKING_FEES, ledger.OTHER_SPENDING))  # fmt: skip
    assert fees[1] > 2.0 * fees[0] > 0.0
    assert other[1] < other[0]
    assert interest_over_debt(shut) > interest_over_debt(free) + 0.005
    assert free.economy.world.market_tables[0].loan_shift < 0.0 < shut.economy.world.market_tables[0].loan_shift


def test_cheaper_loans_cost_government_no_more() -> None:
    """A lever's rate moves with all others, so what government bears stays the difference that was promised."""
    slopes = ({"smart_finance.spread_slope_per_year": slope} for slope in (0.025, 0.0))
    steep, flat = (run_to_end(korea(parameters=slope)) for slope in slopes)
    for run in (steep, flat):
        assert run.economy.world.books[0].booked[ledger.INTEREST_SUBSIDY] == pytest.approx(0.0, abs=1.0)
    assert interest_over_debt(steep) < interest_over_debt(flat)


@pytest.mark.parametrize(
    ("service", "indicator"),
    [
        ("telework", "teleworkers_persons"),
        ("online_recruitment", "online_hires_persons"),
        ("smart_finance", "smart_finance_users_persons"),
    ],
)
def test_a_closed_service_lowers_its_indicator_and_the_books_balance(service: str, indicator: str) -> None:
    shut = run_to_end(korea(closure(service)))
    assert shut.last(indicator) == 0.0 < usual().last(indicator)
    assert column(shut, "ledger_residual").max() < 1e-9


def test_income_feeds_back_on_the_simulated_part_alone() -> None:
    """Wages and drawings move budgets by their share of income; the rest of income is on its path in both arms."""
    free, shut = usual(), run_to_end(korea(closure("smart_finance"), closure("telework")))
    for run in (free, shut):
        market, index = run.economy.world.market[0], run.economy.world.paths[MONTHS - 1].income_index
        booked, budgets = run.economy.world.books[0].booked, run.economy.world.spending[0].budget.sum()
        outside = booked[ledger.OTHER_INCOME] + booked[ledger.LOGISTICS_WAGES]  # couriers are paid by logistics
        assert outside == pytest.approx(market.other_income * index * budgets)
    before = Economy(korea(), 1, korea_of())
    before.advance(MONTHS - 1)
    market = before.world.market[0]
    start, now, share = market.income_start.copy(), market.income.copy(), market.other_income
    before.step()
    index = before.world.paths[MONTHS - 1].income_index
    feedback = dict(before.settings.parameters)["household.income_feedback"]
    moved = feedback * start / (start + share) * (now / start / index - 1.0)
    np.testing.assert_allclose(market.budget_scale, index * (1.0 + moved), rtol=1e-12)
    assert np.abs(moved).max() < np.abs(now / start / index - 1.0).max()
