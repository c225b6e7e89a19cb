"""A merchant without customers, in a district of its own, changes nobody else's history."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from model.agents.merchants.columns import columns_of
from model.indicators import CORE, POSITION
from model.synthetic_population.build import SyntheticKorea
from model.synthetic_population.merchants import MerchantTraits
from model.synthetic_population.tables import read_only
from tests.laws.small_korea import Run, korea_of, qr_enrolment, rows_of, run_to_end, settings_of, terminal_subsidy

pytestmark = pytest.mark.subset

NEW_ID, NEW_WEIGHT = 4_000_000_000, 250.0


APART = {"telework.kit_weight": 0.0, "work.matching_elasticity": 0.0}
"""Its owner is at work and no seeker, and has no kit: that is counted, so here neither moves anybody."""


def settings() -> Any:
    chosen = settings_of(terminal_subsidy(), qr_enrolment(), months=18)
    return replace(chosen, parameters=tuple((dict(chosen.parameters) | APART).items()))


@pytest.fixture(scope="module")
def usual() -> Run:
    return run_to_end(settings())


def with_one_more(sector: int) -> SyntheticKorea:
    """Korea with one more shop in Seoul, last of all rows: nobody comes (size rank 0)."""
    korea = korea_of()
    old = korea.merchants
    end, district = old.id.size, old.district_kind.size
    new = {
        "id": NEW_ID, "weight": NEW_WEIGHT, "province": 0, "kind": 2, "sector": sector, "district": district,
        "owner_birth_year": 1970, "size_rank": 0.0, "capability_rank": 0.9, "family_rank": 0.1,
        "staff_rank": 0.9, "cell_start": end + 1, "cell_district": district,
        "cell_sector": sector, "district_kind": 2, "district_province": 0, "district_index": 10**6,
    }  # fmt: skip
    columns = {name: np.append(getattr(old, name), np.array(new[name], getattr(old, name).dtype)) for name in new}
    traits = MerchantTraits(**{name: read_only(column) for name, column in columns.items()})
    return replace(korea, merchants=traits)


@pytest.mark.parametrize("sector", range(6))
def test_a_merchant_without_customers(sector: int, usual: Run) -> None:
    run = run_to_end(settings(), korea=with_one_more(sector))
    theirs, ours = usual.economy.world, run.economy.world
    one, two = columns_of(ours.merchants), columns_of(theirs.merchants)
    assert one["id"].size == two["id"].size + 1
    for name, column in two.items():
        np.testing.assert_array_equal(one[name][:-1], column, err_msg=name)
    for name in theirs.consumers._fields:
        np.testing.assert_array_equal(getattr(ours.consumers, name), getattr(theirs.consumers, name))
    money = [POSITION[i.id] for i in CORE if i.id.endswith("_krw") and not i.id.startswith("public_spending")]
    np.testing.assert_array_equal(run.core[:, money], usual.core[:, money])


def test_it_is_counted_and_earns_nothing() -> None:
    run = run_to_end(settings(), korea=with_one_more(0), closing=False)
    its = run.economy.merchants[-1]
    still = run_to_end(settings(), closing=False)
    assert run.last("merchants_total") == pytest.approx(still.last("merchants_total") + NEW_WEIGHT)
    assert (its.sales_store, its.sales_online, its.regular, its.temporary) == (0.0, 0.0, 0, 0)
    assert its.cash_krw == 0.0


def test_a_merchant_with_customers_does_change_the_rest(usual: Run) -> None:
    korea = with_one_more(0)
    rank = korea.merchants.size_rank.copy()
    rank[-1] = 0.5
    korea = replace(korea, merchants=korea.merchants._replace(size_rank=read_only(rank)))
    run = run_to_end(settings(), korea=korea)
    assert (rows_of(run.economy).sales_store[:-1] != rows_of(usual.economy).sales_store).mean() > 0.5
