"""The derived tables: rebuilt byte for byte, and true to the published figures they start from."""

from pathlib import Path

import numpy as np
import pytest

from model.codes import DISTRICT_KINDS, PROVINCES, SECTORS
from model.synthetic_population.derive import write_all
from model.synthetic_population.derive_merchants import STALLS_PER_MARKET, province_shares
from model.synthetic_population.derive_people import people_at_table_date
from model.synthetic_population.evidence import DERIVED_FOLDER, by_category, by_region, official
from model.synthetic_population.life_table import life_expectancy_years
from model.synthetic_population.margins import adults_in_table
from model.synthetic_population.tables import heads_targets, merchant_table, owner_ages, people_table


@pytest.mark.subset
def test_the_script_writes_the_shipped_tables_again(tmp_path: Path) -> None:
    write_all(tmp_path)
    shipped = {path.name: path.read_bytes() for path in DERIVED_FOLDER.glob("*.csv")}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == shipped


def test_single_ages_add_up_to_the_published_bands_of_end_2024() -> None:
    people = people_at_table_date()[:, ::-1]
    for row in official("I_pop_province_age", "2024"):
        low = int(row["note"].split(";")[0].split("-")[0].rstrip("+"))
        ours = people[PROVINCES.index(row["region"]), low : low + 10].sum()
        assert ours == pytest.approx(float(row["value"]), abs=0.01)
    assert people.min() > 0


def test_written_adults_of_2025_are_those_bands() -> None:
    table = people_table()
    completed_age = 2024 - np.array(table.birth_years)
    adults = table.adults[table.years.index(2025)]
    published = by_category("I_pop_age", "2024")
    for low in range(20, 100, 10):
        members = (completed_age >= low) & (completed_age < low + 10)
        assert adults[:, members].sum() == published[f"{low}-{low + 9}"]


@pytest.mark.parametrize(
    ("band", "low", "tolerance"), [("20s", 20, 0.1), ("30s", 30, 0.1), ("40s", 40, 0.3), ("50s", 50, 0.3)]
)
def test_cohorts_moved_back_to_2020_have_the_published_age_shares(band: str, low: int, tolerance: float) -> None:
    table = people_table()
    completed_age = 2019 - np.array(table.birth_years)
    members = (completed_age >= low) & (completed_age < low + 10)
    share = 100 * table.adults[3][:, members].sum() / by_region("I_pop_province", "2019")["KR"]
    assert share == pytest.approx(by_category("I_pop_age_share", "2019")[band], abs=tolerance)


def test_provinces_move_with_their_published_totals() -> None:
    change = adults_in_table(2021).sum(axis=1) / adults_in_table(2018).sum(axis=1)
    before, after = by_region("I_pop_province", "2017"), by_region("I_pop_province", "2020")
    published = np.array([after[province] / before[province] for province in PROVINCES])
    # The share of children falls everywhere but in Sejong, so adults grow a little faster than everyone.
    assert np.corrcoef(change, published)[0, 1] > 0.99
    assert np.all((change / published > 0.995) & (change / published < 1.035))


def test_a_cohort_is_written_from_the_year_it_turns_twenty() -> None:
    table = people_table()
    reached = np.array(table.years)[:, np.newaxis] - np.array(table.birth_years) >= 20
    assert np.array_equal(table.adults.sum(axis=1) > 0, reached & (table.adults.sum(axis=1) > 0))
    assert np.all(table.adults.sum(axis=1)[reached & (np.array(table.birth_years) > 1930)] > 0)


def test_the_declared_life_table_is_that_of_a_long_lived_country() -> None:
    assert 82 < life_expectancy_years() < 84


def test_merchants_add_up_to_the_frame_in_every_direction() -> None:
    table = merchant_table()
    assert table.merchants.sum() == 2_190_000
    assert table.merchants[:, :, SECTORS.index("small_manufacturing")].sum() == 360_000
    kinds = dict(zip(DISTRICT_KINDS, table.districts.sum(axis=0), strict=True))
    assert kinds["traditional_market"] == 1437
    assert kinds["workshop_cluster"] == 1531
    stalls = table.merchants[:, DISTRICT_KINDS.index("traditional_market")].sum(axis=1)
    assert np.array_equal(stalls, table.districts[:, 0] * STALLS_PER_MARKET)
    assert kinds["street_residential"] / (kinds["street_residential"] + kinds["street_office"]) == (
        pytest.approx(0.6, abs=0.002)
    )
    assert table.districts.min() >= 1


def test_provinces_have_their_published_shares_of_merchants() -> None:
    shares, basis = province_shares()
    assert shares.sum() == pytest.approx(100)
    ours = merchant_table().merchants.sum(axis=(1, 2)) / 2_190_000 * 100
    for province, share in by_region("J_smb_share_province", "2018").items():
        assert ours[PROVINCES.index(province)] == pytest.approx(share, abs=1e-4)
    assert basis.count("published 2018") == 8
    assert basis.count("derived by population") == 7


def test_every_street_has_every_shop_sector_and_markets_sell_mostly_goods() -> None:
    by_kind = merchant_table().merchants
    for kind in ("street_residential", "street_office"):
        k = DISTRICT_KINDS.index(kind)
        per_district = by_kind[:, k, :5] / merchant_table().districts[:, k, np.newaxis]
        assert per_district.min() > 5
    market = by_kind[:, 0].sum(axis=0) / by_kind[:, 0].sum()
    assert market[:3].sum() > 0.7


def test_owners_and_heads_are_as_published() -> None:
    assert owner_ages().shares == pytest.approx([0.025, 0.128, 0.267, 0.342, 0.238])
    heads = heads_targets()
    assert heads["all", "workers_per_business_with_owner"] == pytest.approx(6.44 / 2.77, abs=1e-4)
    assert heads["all", "share_without_paid_staff"] == pytest.approx(4070 / 5610, abs=1e-4)
    assert heads["small_manufacturing", "workers_per_business_with_owner"] == (pytest.approx(1.182 / 0.356, abs=1e-4))
