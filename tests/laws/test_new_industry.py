"""New-industry firms in runs: directions of what acts on them, where they go, bounds of growth, rows and draws."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from model.agents.firms.columns import VACANT
from model.codes import NEW_INDUSTRIES, TECHNOLOGIES
from model.economy import Economy
from model.indicators import POSITION
from model.synthetic_population.derive_firms import fit_value
from tests.laws.small_korea import Run, korea_of, run_to_end, settings_of, smart_shop

MONTHS = 36
STAFF = [f"firm_staff_{sector}_persons" for sector in NEW_INDUSTRIES]
SALES = [f"firm_sales_{sector}_krw" for sector in NEW_INDUSTRIES]
SOON = {"talent.graduation_lag_months": 3.0}


@cache
def plain() -> Run:
    return run_to_end(settings_of(months=MONTHS))


def helped(change: Callable[[Any], None], months: int = MONTHS) -> Run:
    """A run whose quarters are given something: `change` sets the records of the months."""
    economy = Economy(settings_of(months=months), 1, korea_of())
    change(economy.world.firm_months)
    economy.advance(months)
    economy.close()
    return Run(economy.world.out, economy)


def staff(run: Run) -> float:
    return sum(run.last(name) for name in STAFF)


def mean_stage(run: Run, **of: int) -> float:
    """Mean stage of the firms there, of one sector or of all."""
    firms = run.economy.firms
    for name, value in of.items():
        firms = firms.select(firms.get(name) == value)
    return float(firms.agg("stage", np.mean))


def test_training_raises_staff_fills_vacancies_and_speeds_firms() -> None:
    later = {"talent_training_persons_per_month": 3_000.0}
    usual = run_to_end(settings_of(months=MONTHS, parameters=SOON))
    trained = run_to_end(settings_of(months=MONTHS, parameters=SOON, later=later))
    assert staff(trained) > 1.01 * staff(usual)
    assert trained.last("firm_vacancies_persons") < 0.8 * usual.last("firm_vacancies_persons")
    assert mean_stage(trained) > mean_stage(usual)
    np.testing.assert_array_equal(trained.core[:6, POSITION[STAFF[0]]], usual.core[:6, POSITION[STAFF[0]]])


def test_who_begins_training_looks_for_a_job_after_the_lag() -> None:
    later = {"talent_training_persons_per_month": 3_000.0}
    late = run_to_end(settings_of(months=MONTHS, parameters={"talent.graduation_lag_months": 48.0}, later=later))
    usual = run_to_end(settings_of(months=MONTHS, parameters={"talent.graduation_lag_months": 48.0}))
    np.testing.assert_array_equal(late.core, usual.core)


def test_a_higher_leak_lowers_staff_and_raises_vacancies() -> None:
    leaking = run_to_end(settings_of(months=MONTHS, parameters={"talent.leak_per_quarter": 0.4}))
    assert staff(leaking) < 0.99 * staff(plain())
    assert leaking.last("firm_vacancies_persons") > 1.2 * plain().last("firm_vacancies_persons")


def test_purchases_of_devices_raise_sales_of_robots_and_lower_prices() -> None:
    """A programme for many kits: their makers sell more, and the price of a kiosk falls faster."""
    kits = smart_shop(quota=1_000_000, budget_krw=5e12, subsidy_rate=0.95)
    bought = run_to_end(settings_of(kits, months=MONTHS))
    kiosk = TECHNOLOGIES.index("kiosk")
    assert bought.total(SALES[-1]) > plain().total(SALES[-1])
    prices = [float(run.economy.world.market_tables[0].price_krw[kiosk]) for run in (bought, plain())]
    assert prices[0] < prices[1]
    supplied = [run.economy.world.firm_state[0].supplied_krw for run in (bought, plain())]
    assert np.all(supplied[0][[0, 4]] > supplied[1][[0, 4]])


def test_dense_places_speed_firms() -> None:
    """With the weight of density, firms where their sector is dense are further than elsewhere, more than without."""

    def ahead(weight: float) -> float:
        run = run_to_end(settings_of(months=MONTHS, parameters={"firm.agglomeration_weight": weight}))
        firms = run.economy.firms
        count = run.economy.world.firm_state[0].firms
        density = count[firms.get("sector").astype(int), firms.get("place").astype(int)]
        old, dense = firms.get("id") < 10_000, density > 100
        stage = firms.get("stage").astype(float)
        return float(stage[old & dense].mean() - stage[old & ~dense].mean())

    assert ahead(0.5) > ahead(0.0) + 0.02


@pytest.mark.parametrize("hook", ["demonstration", "legal", "research_krw", "network"])
def test_support_speeds_the_sectors_whose_bottleneck_it_meets(hook: str) -> None:
    strength = 1e11 if hook == "research_krw" else 2.0

    def give(months: Any) -> None:
        months[hook][:] = strength

    run = helped(give)
    met = {"demonstration": 3, "legal": 1, "research_krw": 4, "network": 0}[hook]
    assert mean_stage(run, sector=met) > mean_stage(plain(), sector=met)
    if hook == "legal":  # robots name no rule among their bottlenecks: only luck with others' staff may differ
        assert mean_stage(run, sector=4) == pytest.approx(mean_stage(plain(), sector=4), abs=0.01)


def test_public_orders_raise_sales_and_track_records() -> None:
    def order(months: Any) -> None:
        months.procurement_krw[:, 1] = 2e11

    run = helped(order)
    assert run.total(SALES[1]) > plain().total(SALES[1]) + 0.5 * 2e11 * MONTHS
    records = [of.economy.firms.select(lambda f: f.get("sector") == 1).agg("track_record", np.mean)
               for of in (run, plain())]  # fmt: skip
    assert records[0] > records[1]
    assert run.total("firm_exports_krw") != plain().total("firm_exports_krw")


def test_firms_enter_where_firms_and_seekers_are() -> None:
    firms = plain().economy.firms
    entrants = firms.select(firms.get("id") >= 10_000)
    seoul = entrants.get("province") == 0
    assert len(entrants) > 500
    assert 0.1 < seoul.mean() < 0.5
    assert set(np.unique(entrants.get("sector"))) == set(range(5))
    assert entrants.agg("partners", np.max) >= 1


def test_vacant_rows_hold_nothing() -> None:
    world = plain().economy.world
    vacant = world.firms.codes[3] == VACANT
    assert vacant.sum() > 1000
    for table in (world.firms.numbers, world.firms.staff):
        assert not table[:, vacant].any()
    assert not world.firms.cash_krw[vacant].any()
    assert np.unique(plain().economy.firms.get("id")).size == len(plain().economy.firms)
    counted = np.bincount(plain().economy.firms.get("sector"))
    np.testing.assert_array_equal(counted, world.firm_state[0].firms.sum(axis=1))


def test_the_order_of_rows_changes_nothing_but_rounding() -> None:
    """Firms of an area in another order: the same firms, staff and events."""
    economy = Economy(settings_of(months=MONTHS), 1, korea_of())
    rows, used = economy.world.firms, economy.world.firm_state[0].used
    luck = np.random.default_rng(4)
    for area, count in enumerate(used):
        old = np.arange(rows.first[area], rows.first[area] + count)
        new = luck.permutation(old)
        for column in (rows.id, rows.cash_krw, rows.flow_krw, *rows.codes, *rows.numbers, *rows.staff):
            column[old] = column[new]
    economy.advance(MONTHS)
    economy.close()
    for name in (*STAFF, "firms_total", "firm_vacancies_persons"):
        np.testing.assert_array_equal(economy.world.out[:, POSITION[name]], plain().core[:, POSITION[name]])
    np.testing.assert_allclose(economy.world.out[:, POSITION[SALES[4]]], plain().core[:, POSITION[SALES[4]]], rtol=1e-6)


def test_a_thief_of_firms_is_seen() -> None:
    economy = Economy(settings_of(months=3), 1, korea_of())
    economy.step()
    economy.world.firms.cash_krw[3] += 1e6
    with pytest.raises(Exception, match="account new_industry_firms: cash moved by"):
        economy.step()
    economy.close()


def test_no_sector_leaps_or_crashes_to_2030() -> None:
    run = run_to_end(settings_of(months=168))
    for name in (*SALES, *STAFF, "firms_total"):
        yearly = run.core[:, POSITION[name]].reshape(-1, 12).mean(axis=1)
        growth = yearly[1:] / yearly[:-1] - 1.0
        assert np.all((growth > -0.2) & (growth < 0.5)), name
    waiting = run.economy.world.firm_state[0].expected - run.economy.world.firm_state[0].births
    assert np.all(np.abs(waiting) <= 1.0)  # every firm due found a row


@cache
def counted_to_2020() -> dict[int, np.ndarray]:
    """Firms by sector at the end of June of each year."""
    economy, counted = Economy(settings_of(months=48), 1, korea_of()), dict[int, np.ndarray]()
    for year in range(2017, 2021):
        economy.advance(6)
        counted[year] = np.bincount(economy.firms.get("sector"), minlength=len(NEW_INDUSTRIES))
        economy.advance(6)
    economy.close()
    return counted


@pytest.mark.parametrize(
    ("sector", "year", "table", "where"),
    [
        *(("robot", year, "Table 18", {"subsector": "total"}) for year in (2017, 2018, 2019, 2020)),
        ("bio_health", 2020, "Appendix, reference 1 II in", {"subsector": "bio_industry"}),
        ("fintech", 2020, "Table 10", {"region": "korea"}),
    ],
)
def test_firms_are_as_many_as_the_evidence_has(sector: str, year: int, table: str, where: dict[str, str]) -> None:
    published = fit_value(sector, "firms", str(year), locator=table, **where)
    assert counted_to_2020()[year][NEW_INDUSTRIES.index(sector)] == pytest.approx(published, rel=0.1)


@pytest.mark.parametrize("year", [2018, 2019, 2020])
def test_robot_staff_and_sales_are_within_a_quarter_of_the_evidence(year: int) -> None:
    core = plain().core if year < 2020 else run_to_end(settings_of(months=48)).core
    months = core[12 * (year - 2017) : 12 * (year - 2016)]
    staff = fit_value("robot", "employment", str(year), subsector="total", locator="Table 19")
    sales = fit_value("robot", "sales_100m_krw", str(year), subsector="total", locator="Table 17")
    assert months[:, POSITION[STAFF[-1]]].mean() == pytest.approx(staff, rel=0.25)
    assert months[:, POSITION[SALES[-1]]].sum() == pytest.approx(sales, rel=0.25)
