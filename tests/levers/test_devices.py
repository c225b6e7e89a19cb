"""Which way devices, smart shops and training push, on paired seeds; and that what a kiosk saves is counted once."""

from collections.abc import Mapping

import numpy as np
import pytest

from model.agents.merchants.columns import DEVICES, KIOSK
from model.codes import FUNDED, TECHNOLOGIES
from model.economy import Economy
from model.levers import LEVERS, TechnologyLever
from model.settings import Settings
from tests.laws.small_korea import Named, field_training, holds, korea_of, rows_of, run_to_end, settings_of, smart_shop

SEEDS = range(1, 7)
MONTHS = 30
ONLY_KIOSKS = {"grocery_retail": "none", "fashion_retail": "none", "home_goods_retail": "none"}
EAGER = {"technology.adoption_constant.kiosk": -2.5, "technology.innovation_per_month.kiosk": 0.03}
NO_PULL = {"technology.attraction.kiosk": 0.0, "kiosk.lost_share": 0.0}
SAVING = "technology.labour_saving_share.kiosk"


def eager_for(technology: str) -> dict[str, float]:
    return {f"technology.adoption_constant.{technology}": -2.5, f"technology.innovation_per_month.{technology}": 0.03}


def under(*levers: Named, parameters: Mapping[str, float] | None = None) -> Settings:
    """Settings of `MONTHS` with levers and parameters by id."""
    return settings_of(*levers, months=MONTHS, parameters=parameters)


def staff(settings: Settings, seed: int) -> float:
    run = run_to_end(settings, seed)
    return run.last("heads_regular_persons") + run.last("heads_temporary_persons")


def effect_on_staff(**parameters: float) -> np.ndarray:
    """Heads with a kiosk subsidy less heads without, by seed."""
    chosen = EAGER | NO_PULL | parameters
    kits = smart_shop(kit=ONLY_KIOSKS, subsidy_rate=0.8)
    return np.array(
        [staff(under(kits, parameters=chosen), seed) - staff(under(parameters=chosen), seed) for seed in SEEDS]
    )


def test_a_kiosk_subsidy_costs_heads_as_far_as_kiosks_save_labour() -> None:
    saves, saves_nothing = effect_on_staff(**{SAVING: 0.9}), effect_on_staff(**{SAVING: 0.0})
    assert saves.mean() < -2.0 * saves.std(ddof=1) / np.sqrt(saves.size)
    assert abs(saves_nothing.mean()) < 0.2 * abs(saves.mean())


def test_what_kiosks_save_is_heads_and_wages_once() -> None:
    """Without a pull of its own a kiosk moves no won of sales: hours alone are fewer, by the share of their task."""
    chosen = EAGER | NO_PULL | {SAVING: 0.9}
    with_kiosks, without = (
        run_to_end(under(*levers, parameters=chosen)) for levers in ((smart_shop(kit=ONLY_KIOSKS),), ())
    )
    sales = [run.last("sales_food_service_krw") for run in (with_kiosks, without)]
    np.testing.assert_allclose(sales[0], sales[1], rtol=2e-3)
    world = with_kiosks.economy.world
    rows, rules, tables = rows_of(world), world.merchant_rules[0], world.market_tables[0]
    has = holds(rows.installed, KIOSK) & ((rows.installed >> 5 & 0b1011001) == 0)
    left = 1.0 - rules.hours_saved[KIOSK] * tables.kiosk_share[rows.province[has]]
    asked = rows.sales_year_krw[has] * tables.heads_per_krw[rows.sector[has]] * left
    wanted = np.floor(np.maximum(asked - rules.owner_absorbs, 0.0) + rows.staff_rank[has])
    assert has.sum() > 50
    paid = rows.regular[has] + rows.temporary[has]
    assert (paid >= wanted).all()
    assert np.mean(paid - wanted) < 0.5


def test_a_kit_brings_its_own_device() -> None:
    kits = smart_shop(kit={"food_service": "table_order", "grocery_retail": "unmanned_night_store"}, subsidy_rate=0.8)
    for technology in ("table_order", "unmanned_night_store", "kiosk", "own_online_store"):
        eager = eager_for(technology)
        name = f"merchants_subsidised_{technology}"
        assert np.mean([run_to_end(under(kits, parameters=eager), seed).last(name) for seed in SEEDS]) > 0.0
        installed = f"merchants_installed_{technology}"
        more = [
            run_to_end(under(kits, parameters=eager), seed).last(installed)
            - run_to_end(under(parameters=eager), seed).last(installed)
            for seed in SEEDS
        ]
        assert np.mean(more) > 0.0
    assert run_to_end(under(kits)).last("merchants_subsidised_serving_robot") == 0.0


def test_training_raises_capability_and_later_adoption() -> None:
    eager = {"technology.adoption_constant.own_online_store": -3.0}
    courses = field_training(quota=1_500_000, capacity_hours_per_month=4e6, capability_per_hour=0.03)
    taught, untaught = (
        [run_to_end(under(*levers, parameters=eager), seed) for seed in SEEDS] for levers in ((courses,), ())
    )
    for one, other in zip(taught, untaught, strict=True):
        assert rows_of(one.economy).gained.mean() > 1.5 * rows_of(other.economy).gained.mean()
        assert one.last("owners_trained_persons") > 0.0
        assert one.total("public_spending_training_krw") == pytest.approx(one.last("owners_trained_persons") * 500_000)
    for technology in ("own_online_store", "open_market_entry"):
        name = f"merchants_installed_{technology}"
        more = np.array([a.last(name) - b.last(name) for a, b in zip(taught, untaught, strict=True)])
        assert more.mean() > 2.0 * more.std(ddof=1) / np.sqrt(more.size)


def test_a_course_reaches_an_owner_once_and_only_those_meant() -> None:
    courses = field_training(target={"sectors": ("food_service",), "owner_age_min": 50}, capability_per_hour=0.05)
    economy = Economy(under(courses), 1, korea_of())
    rows = rows_of(economy)
    seen = rows.trained.copy()
    for _ in range(MONTHS):
        before, marked, ids = rows.gained.copy(), rows.trained.copy(), rows.id.copy()
        economy.step()
        same = rows.id == ids
        assert (rows.trained >= seen)[same].all()
        new = same & (rows.trained > marked)
        assert (rows.sector[new] == 3).all()
        assert (rows.gained[new] > before[new]).all()
        seen = rows.trained.copy()
    assert seen.sum() > 20


def test_live_commerce_is_no_sale_of_its_own() -> None:
    """Broadcasts share out what people buy online; they add a commission, and nothing to what is bought."""
    eager = eager_for("live_commerce") | {"technology.adoption_constant.live_commerce": -2.0}
    pull = "technology.attraction.live_commerce"
    many, none = (run_to_end(under(parameters=eager | {pull: gain})) for gain in (0.22, 0.0))
    assert many.last("merchants_active_live_commerce") > 0.0
    np.testing.assert_allclose(many.last("online_goods_krw"), none.last("online_goods_krw"), rtol=0.01)
    for run in (many, none):
        bought = run.last("online_goods_krw")
        sold = run.last("sales_online_krw") - run.last("sales_food_service_krw")
        assert sold < bought


def test_fear_of_contact_sends_buyers_to_kiosks() -> None:
    calm, afraid = (
        run_to_end(settings_of(months=6, later={"contact_risk_index": risk})).economy.world for risk in (0.0, 0.8)
    )
    assert (afraid.market_tables[0].kiosk_share > calm.market_tables[0].kiosk_share + 0.05).all()


def test_every_device_has_somebody_to_move_and_what_levers_pay_is_counted() -> None:
    assert {TECHNOLOGIES[j] for j in DEVICES}.isdisjoint({"mobile_pay_terminal", "public_qr"})
    for lever in LEVERS.values():
        if issubclass(lever, TechnologyLever):
            supported = lever.model_validate({}).technologies
            assert supported
            assert set(supported) <= set(FUNDED)


def test_prices_of_devices_fall_and_a_grant_falls_with_them() -> None:
    economy = Economy(under(smart_shop()), 1, korea_of())
    prices = []
    for _ in range(MONTHS):
        economy.step()
        prices.append(economy.world.market_tables[0].price_krw.copy())
    assert (np.diff([price[KIOSK] for price in prices]) < 0).all()
    assert (prices[0][:4] == prices[-1][:4]).all()
    state = economy.world.programme_state[0]
    served = rows_of(economy)
    fixed = economy.world.programmes[0].subsidy_krw[0].max()
    assert 0.0 < state.spent_krw <= fixed * served.weight[served.subsidised > 0].astype(float).sum()
