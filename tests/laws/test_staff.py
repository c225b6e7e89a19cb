"""Jobs follow sales and wages, and every head that works is paid."""

import numpy as np
import pytest

from model import ledger
from model.agents.merchants.columns import columns_of
from model.economy import Economy
from model.indicators import POSITION
from tests.laws.small_korea import korea_of, rows_of, run_to_end, settings_of

pytestmark = pytest.mark.subset

STILL = {"quality.shock_spread": 0.15, "quality.shock_hazard_per_month": 0.05}
HEADS = ("heads_regular_persons", "heads_temporary_persons")


def paid_heads(core: np.ndarray) -> np.ndarray:
    return np.asarray(sum(core[:, POSITION[name]] for name in HEADS))


def test_wages_are_heads_times_wage() -> None:
    economy = Economy(settings_of(months=14), 1, korea_of())
    rows, weight = rows_of(economy), economy.world.merchants.weight.astype(np.float64)
    for _ in range(14):
        regular, temporary = weight @ rows.regular, weight @ rows.temporary
        economy.step()
        tables, booked = economy.world.market_tables[0], economy.world.books[0].booked
        wages = regular * tables.wage_krw[0] + temporary * tables.wage_krw[1]
        assert booked[ledger.WAGES] == pytest.approx(wages, rel=1e-12)
        core = economy.world.out[economy.months_run - 1]
        assert core[POSITION["heads_regular_persons"]] == pytest.approx(regular, rel=1e-12)
    assert (rows.regular >= 0).all()
    assert (rows.temporary >= 0).all()


def test_dearer_work_is_done_by_fewer() -> None:
    usual = run_to_end(settings_of(months=18))
    dear = run_to_end(settings_of(months=18, later={"minimum_wage_krw_per_hour": 16_000.0}))
    np.testing.assert_array_equal(paid_heads(dear.core)[:4], paid_heads(usual.core)[:4])
    assert paid_heads(dear.core)[-1] < 0.9 * paid_heads(usual.core)[-1]
    free = {"labour.wage_elasticity": 0.1}
    little = run_to_end(settings_of(months=18, later={"minimum_wage_krw_per_hour": 16_000.0}, parameters=free))
    assert paid_heads(little.core)[-1] > paid_heads(dear.core)[-1]


def test_temporary_staff_go_first() -> None:
    core = run_to_end(settings_of(months=9, later={"minimum_wage_krw_per_hour": 16_000.0}, parameters=STILL)).core
    regular, temporary = (core[:, POSITION[name]] for name in HEADS)
    fallen = {name: 1.0 - heads[5] / heads[3] for name, heads in (("regular", regular), ("temporary", temporary))}
    assert fallen["temporary"] > 2.0 * fallen["regular"] > 0.0


def test_luck_moves_shops_and_leaves_the_country_alone() -> None:
    """Growth is tent-shaped, its spread falls with size, and totals hardly move."""
    lucky, still = run_to_end(settings_of(months=36)), run_to_end(settings_of(months=36, parameters=STILL))
    for run, low, high in ((lucky, 0.2, 0.5), (still, 0.05, 0.2)):
        growth = yearly_growth(run.economy.settings)
        assert low < growth.std() < high
    growth = yearly_growth(lucky.economy.settings)
    peaked = np.mean((growth - growth.mean()) ** 4) / growth.var() ** 2
    assert peaked > 4.5  # a normal number has 3, a Laplace number 6
    for indicator in ("sales_face_to_face_krw", "sales_business_krw"):
        assert lucky.last(indicator) == pytest.approx(still.last(indicator), rel=0.05)


def yearly_growth(settings: object) -> np.ndarray:
    economy = Economy(settings, 1, korea_of())  # type: ignore[arg-type]
    economy.advance(24)
    rows = columns_of(economy.world.merchants)
    who, before = rows["id"].copy(), rows["sales_year_krw"].astype(np.float64)
    economy.advance(12)
    after = rows["sales_year_krw"].astype(np.float64)
    there = (before > 0.0) & (who == rows["id"])
    return np.asarray(np.log(after[there] / before[there]))
