"""Winners and losers, and ledgers without a treated shop: a handful of shops by hand."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.additionality import pair_arms
from analysis.arms import DIMENSIONS, Arms
from analysis.comparison import Comparison
from analysis.outcomes import EVERYONE, Outcome, OutcomeSamples, outcomes_of, side_ledgers
from model.codes import TECHNOLOGIES
from tests.analysis.world import START

Columns = dict[str, NDArray[Any]]
ONLINE = 1 << TECHNOLOGIES.index("open_market_entry")
COPIES = 40
"""Every shop stands so many times in the sample: fewer than 30 behind a figure are not told."""


def arm(ids: list[int], sales: list[float], income: list[float], heads: list[int], active: list[int]) -> Columns:
    count = len(ids)
    columns = {
        "alive": np.ones(COPIES * count, dtype=bool),
        "id": np.arange(COPIES * count) % COPIES * 100 + np.repeat(ids, COPIES),
        "sales_krw_per_year": np.repeat(sales, COPIES).astype(np.float32),
        "owner_income_krw_per_year": np.repeat(income, COPIES).astype(np.float32),
        "regular_heads": np.repeat(heads, COPIES).astype(np.int16),
        "temporary_heads": np.zeros(COPIES * count, np.int16),
        "active_mask": np.repeat(active, COPIES).astype(np.uint8),
    }
    return columns


def static(weights: list[float], sector: list[int]) -> Columns:
    count = len(weights) * COPIES
    codes = {name: np.zeros(count, np.int64) for name in DIMENSIONS}
    return codes | {"weight": np.repeat(weights, COPIES), "sector": np.repeat(sector, COPIES)}


ATTRIBUTES = static([1.0, 3.0, 2.0, 1.0], [0, 0, 1, 1])
BASELINE = arm([1, 2, 3, 4], [1000.0] * 4, [100.0] * 4, [1, 1, 0, 0], [ONLINE, 0, 0, 0])
OURS = arm([1, 2, 3, 9], [1010.0, 990.0, 1000.0, 500.0], [110.0, 96.0, 100.5, 70.0], [2, 1, 0, 5], [0, 0, ONLINE, 0])
"""Shop 4 left and shop 9 came in its place; shop 3 gains half a won in a thousand of sales: not noticed."""


@pytest.fixture
def samples() -> OutcomeSamples:
    made = OutcomeSamples(len(ATTRIBUTES["weight"]))
    for _ in range(2):
        made.add(pair_arms(OURS, BASELINE, ATTRIBUTES))
    return made


def of(samples: OutcomeSamples, dimension: str, category: str) -> Outcome:
    found = outcomes_of(samples, ATTRIBUTES)
    return next(one for one in found if (one.dimension, one.category) == (dimension, category))


def test_means_are_weighted_over_shops_with_a_twin(samples: OutcomeSamples) -> None:
    everyone = of(samples, EVERYONE, EVERYONE)
    assert everyone.income_per_merchant.value == pytest.approx((10 - 3 * 4 + 2 * 0.5) / 6)
    assert everyone.sales_per_merchant.value == pytest.approx((10 - 3 * 10) / 6)
    assert everyone.staff_per_thousand.value == pytest.approx(1000 * 1 / 6)
    groceries = of(samples, "sector", "grocery_retail")
    assert groceries.income_per_merchant.value == pytest.approx((10 - 3 * 4) / 4)


def test_who_gains_and_who_loses_is_counted_by_shops_not_won(samples: OutcomeSamples) -> None:
    everyone = of(samples, EVERYONE, EVERYONE)
    assert everyone.share_gaining.value == pytest.approx(1 / 6)
    assert everyone.share_losing.value == pytest.approx(3 / 6)


def test_a_group_of_few_shops_is_not_told(samples: OutcomeSamples) -> None:
    empty = of(samples, "sector", "food_service")
    assert {one.note for one in empty.statistics} == {"too_few_at_this_scale"}
    assert empty.income_per_merchant.value is None


def test_the_sides_hold_every_won_of_small_merchants(samples: OutcomeSamples) -> None:
    core = {name: np.zeros((2, 3)) for name in _BOOKED}
    ours = core | {"delivery_platform_commission_krw": np.full((2, 3), 7.0)}
    online, others, large, platforms = side_ledgers(samples, Arms(("a", "b"), ("c", "d"), ours, core, START), START + 2)
    assert online.value == pytest.approx(COPIES * 10.0)  # shop 1 sells on line without the measures, shop 3 does not
    assert others.value == pytest.approx(COPIES * (-30.0 + 500 - 1000))  # who left and who came among them
    assert (large.value, platforms.value) == (0.0, 21.0)


_BOOKED = ("large_seller_sales_krw", "platform_commission_krw", "delivery_platform_commission_krw")


def test_every_group_of_a_comparison_has_an_outcome(comparison: Comparison) -> None:
    outcomes = comparison.pairs[0].outcomes
    assert [one.category for one in outcomes[:1]] == [EVERYONE]
    assert len(outcomes) == 1 + sum(map(len, DIMENSIONS.values()))
    everyone = outcomes[0]
    assert (everyone.share_gaining.value or 0.0) > 0 == everyone.share_losing.value
