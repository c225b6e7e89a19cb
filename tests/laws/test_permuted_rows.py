"""The order of rows is no part of the model: rows in another order, ids kept, change nothing but rounding."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from model.agents.merchants.columns import NOBODY, columns_of
from model.indicators import CORE
from model.synthetic_population.build import SyntheticKorea
from model.synthetic_population.merchants import MerchantTraits
from model.synthetic_population.people import PeopleTraits
from model.synthetic_population.tables import read_only
from tests.laws.small_korea import Run, korea_of, qr_enrolment, run_to_end, settings_of, terminal_subsidy

pytestmark = pytest.mark.subset

Order = NDArray[np.int64]
BY_DISTRICT = ("district_kind", "district_province", "district_index")
BY_CELL = ("cell_district", "cell_sector")
EXACT_UNITS = ("merchants", "persons", "accounts")


def settings() -> Any:
    return settings_of(terminal_subsidy(quota=30_000), qr_enrolment(rationing="lottery"), months=18)


@pytest.fixture(scope="module")
def usual() -> Run:
    return run_to_end(settings())


def merchants_in_another_order(traits: MerchantTraits, luck: np.random.Generator) -> MerchantTraits:
    """Districts, the cells of a district and the merchants of a cell, each in another order."""
    new_place = luck.permutation(traits.district_kind.size)
    cells = np.lexsort((luck.random(traits.cell_sector.size), new_place[traits.cell_district]))
    starts, sizes = traits.cell_start[cells], np.diff(traits.cell_start)[cells]
    rows = np.concatenate([start + luck.permutation(size) for start, size in zip(starts, sizes, strict=True)])
    districts = np.argsort(new_place)
    by_row = {name: getattr(traits, name)[rows] for name in MerchantTraits._fields[:11]}
    by_row["district"] = new_place[by_row["district"]].astype(np.int32)
    by_cell = {name: getattr(traits, name)[cells] for name in BY_CELL}
    by_cell["cell_district"] = new_place[by_cell["cell_district"]].astype(np.int32)
    by_district = {name: getattr(traits, name)[districts] for name in BY_DISTRICT}
    layout = {"cell_start": np.append(0, np.cumsum(sizes))}
    columns = {**by_row, **by_cell, **by_district, **layout}
    return MerchantTraits(**{name: read_only(column) for name, column in columns.items()})


def people_in_another_order(people: PeopleTraits, luck: np.random.Generator) -> PeopleTraits:
    rows = luck.permutation(people.id.size)
    by_row = [name for name in PeopleTraits._fields if name != "weight_by_province"]
    return people._replace(**{name: read_only(getattr(people, name)[rows]) for name in by_row})


def permuted(whom: str) -> SyntheticKorea:
    korea, luck = korea_of(), np.random.default_rng(20)
    if whom != "people":
        korea = replace(korea, merchants=merchants_in_another_order(korea.merchants, luck))
    if whom != "merchants":
        korea = replace(korea, people=people_in_another_order(korea.people, luck))
    return korea


def by_id(ids: NDArray[Any], column: NDArray[Any]) -> NDArray[Any]:
    """Entries of all who are there, in the order of their ids."""
    there = np.flatnonzero(ids != NOBODY) if ids.dtype == np.uint64 else np.arange(ids.size)
    return column[there[np.argsort(ids[there])]]


@pytest.mark.parametrize("whom", ["merchants", "people", "both"])
def test_rows_in_another_order(whom: str, usual: Run) -> None:
    other = run_to_end(settings(), korea=permuted(whom))
    money = np.array([indicator.id != "ledger_residual" for indicator in CORE])
    np.testing.assert_allclose(other.core[:, money], usual.core[:, money], rtol=1e-9, atol=1.0)
    theirs, ours = usual.economy.world, other.economy.world
    one, two = columns_of(ours.merchants), columns_of(theirs.merchants)
    for name, column in two.items():
        if column.dtype.kind in "iu":
            np.testing.assert_array_equal(by_id(one["id"], one[name]), by_id(two["id"], column), err_msg=name)
    for name in ("accounts", "instruments", "age_band"):
        np.testing.assert_array_equal(
            by_id(ours.people.id, getattr(ours.consumers, name)),
            by_id(theirs.people.id, getattr(theirs.consumers, name)),
        )


def test_the_order_was_another_one() -> None:
    ours, theirs = permuted("both"), korea_of()
    assert (ours.merchants.id != theirs.merchants.id).mean() > 0.9
    assert (ours.people.id != theirs.people.id).mean() > 0.9
    assert sorted(ours.merchants.id) == sorted(theirs.merchants.id)
    assert (np.diff(ours.merchants.district) >= 0).all()
    cells = np.repeat(ours.merchants.cell_sector, np.diff(ours.merchants.cell_start))
    np.testing.assert_array_equal(cells, ours.merchants.sector)


def test_another_seed_is_more_than_another_order(usual: Run) -> None:
    other = run_to_end(settings(), seed=2)
    assert np.abs(other.core / np.where(usual.core == 0, 1, usual.core) - 1.0).max() > 1e-3
