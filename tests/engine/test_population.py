"""Populations: columns with Mesa-like views, selections, aggregates and groups that write through."""

from typing import Any

import numpy as np
import pytest

from model.economy import Economy
from model.population import Population
from tests.laws.small_korea import holds, korea_of, rows_of, settings_of, terminal_subsidy


@pytest.fixture
def shops() -> Population:
    columns: dict[str, np.ndarray] = {
        "id": np.array([7, 8, 9, 10], np.uint32),
        "weight": np.array([1.0, 2.0, 3.0, 4.0], np.float32),
        "province": np.array([0, 1, 0, 2], np.uint8),
        "cash_krw": np.array([10.0, -20.0, 30.0, 40.0]),
        "stage": np.arange(12, dtype=np.uint8).reshape(4, 3),
    }
    return Population("shops", columns, "the model")


@pytest.fixture
def economy() -> Economy:
    return Economy(settings_of(terminal_subsidy()), 1, korea_of())


def test_a_population_is_a_sequence_of_agents(shops: Population) -> None:
    assert len(shops) == 4
    assert [shop.unique_id for shop in shops] == [7, 8, 9, 10]
    assert shops[2].model == "the model"
    assert repr(shops[-1]) == "shops 10"
    assert shops.names == ("id", "weight", "province", "cash_krw", "stage")


def test_a_row_reads_and_writes_its_columns(shops: Population) -> None:
    shop = shops[1]
    shop.cash_krw = 5.0
    shop.stage = [9, 9, 9]
    assert (shop.cash_krw, shops.get("cash_krw").tolist()) == (5.0, [10.0, 5.0, 30.0, 40.0])
    assert shops.column("stage")[1].tolist() == [9, 9, 9]
    block = shop.stage
    block[0] = 0
    assert shop.stage.tolist() == [9, 9, 9]


def test_a_selection_keeps_its_rows_and_shares_the_columns(shops: Population) -> None:
    rich = shops.select(lambda all_shops: all_shops.get("cash_krw") > 0)
    assert [shop.unique_id for shop in rich] == [7, 9, 10]
    rich.set("cash_krw", 0.0)
    assert shops.get("cash_krw").tolist() == [0.0, -20.0, 0.0, 0.0]
    second = rich.select(np.array([False, True, True]))
    second.set("cash_krw", np.array([1.0, 2.0]))
    assert shops.get("cash_krw").tolist() == [0.0, -20.0, 1.0, 2.0]
    assert (len(second), second[0].unique_id) == (2, 9)


def test_what_is_got_is_a_copy(shops: Population) -> None:
    shops.get("cash_krw")[:] = 0.0
    shops.select(shops.get("province") == 0).get("cash_krw")[:] = 0.0
    assert shops.agg("cash_krw") == 60.0


def test_aggregates_and_weights(shops: Population) -> None:
    assert shops.agg("cash_krw", np.max) == 40.0
    assert shops.agg("cash_krw", weighted=True) == 10.0 - 40.0 + 90.0 + 160.0
    assert shops.select(shops.get("province") == 0).agg("weight") == 4.0


def test_groups_divide_the_population(shops: Population) -> None:
    groups = shops.groupby("province")
    assert list(groups) == [0, 1, 2]
    assert [len(group) for group in groups.values()] == [2, 1, 1]
    assert groups[0].get("id").tolist() == [7, 9]


def test_a_mask_of_another_shape_is_refused(shops: Population) -> None:
    with pytest.raises(ValueError, match=r"the mask has shape \(2,\), the population 4 rows"):
        shops.select(np.array([True, False]))


def test_an_empty_selection_is_a_population_too(shops: Population) -> None:
    nobody = shops.select(np.zeros(4, dtype=bool))
    assert (len(nobody), list(nobody), nobody.agg("cash_krw"), nobody.groupby("province")) == (0, [], 0.0, {})


def test_an_unknown_column_names_the_known_ones(shops: Population) -> None:
    with pytest.raises(KeyError, match="shops have no column 'cash'; columns: id, weight"):
        shops.get("cash")
    with pytest.raises(AttributeError, match="no column 'mood'"):
        _ = shops[0].mood
    with pytest.raises(KeyError):
        shops[0].mood = 1


def test_rows_of_a_run_are_what_the_kernels_work_on(economy: Economy) -> None:
    merchant: Any = economy.merchants[5]
    assert merchant.model is economy
    assert merchant.unique_id == economy.world.merchants.id[5]
    merchant.owner_birth_year = 1999
    assert rows_of(economy).owner_birth_year[5] == 1999
    economy.people.set("savings_krw", 0.0)
    assert not economy.world.consumers.savings_krw.any()
    person: Any = economy.people[3]
    person.habit = [0.5, 0.25, 0.125, 0.0625, 0.03125]
    assert economy.world.consumers.habit[:, 3].tolist() == [0.5, 0.25, 0.125, 0.0625, 0.03125]


def test_what_is_set_between_months_is_what_happens_next(economy: Economy) -> None:
    """Terminals taken from every shop of Seoul are gone from next month's count."""
    economy.step()
    seoul = economy.merchants.groupby("province")[0]
    installed = seoul.get("installed")
    had, counted = holds(installed, 0), economy.world.places.counts.sum(axis=0)
    assert had.any()
    seoul.set("installed", installed & ~np.uint16(1))
    assert (counted - economy.world.places.counts.sum(axis=0)).sum() == had.sum()
    economy.step()
    assert holds(seoul.get("installed"), 0).sum() < 0.1 * had.sum()


def test_columns_of_a_run_have_one_entry_a_row(economy: Economy) -> None:
    held = economy.world.merchants.id.size
    people = economy.world.people.id.size
    for population, there, rows in ((economy.merchants, 6071, held), (economy.people, people, people)):
        assert len(population) == there == sum(len(group) for group in population.groupby("province").values())
        assert {population.column(name).shape[0] for name in population.names} == {rows}
