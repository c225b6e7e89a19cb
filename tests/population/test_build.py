"""The built population: margins, the same people and merchants at every scale, ageing, determinism, focus."""

import hashlib
import os
import subprocess
import sys
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.codes import DISTRICT_KINDS, PROVINCES, SECTORS
from model.errors import UserError
from model.synthetic_population.build import SyntheticKorea, build, population_key
from model.synthetic_population.districts import MANUFACTURING
from model.synthetic_population.low_discrepancy import even_stride, radical_inverse
from model.synthetic_population.margins import (
    adults_in_population,
    adults_in_table,
    band_of_age,
    margins,
)
from model.synthetic_population.merchants import sample_merchants
from model.synthetic_population.tables import merchant_table, people_table

QUICK, STANDARD = 200, 20


@cache
def korea(scale: float, *focus: str) -> SyntheticKorea:
    return build(scale, focus)


def digest_of(population: SyntheticKorea) -> str:
    digest = hashlib.sha256()
    for column in (*population.people, *population.merchants):
        digest.update(column.tobytes())
    return digest.hexdigest()


@pytest.mark.parametrize(("scale", "tolerance"), [(QUICK, 0.03), (STANDARD, 0.01)])
def test_margins_hold(scale: float, tolerance: float) -> None:
    rows = margins(korea(scale))
    assert len(rows) == 3 * (17 + 6) + 17 + 5 + 6 + 4 + 5
    off = [row for row in rows if abs(row.ratio - 1) > tolerance]
    assert not off


@pytest.mark.parametrize("scale", [QUICK, STANDARD, 37.5, 1000])
def test_province_totals_of_the_first_january_and_of_shops_are_exact(scale: float) -> None:
    exact = (
        "adults by province, 2017",
        "shops by province",
        "manufacturers by macro-region",
        "merchants by sector",
    )
    for row in margins(korea(scale)):
        if row.name in exact:
            assert row.ratio == pytest.approx(1, abs=1e-6), row


def test_merchants_hold_province_by_sector_and_kind_by_sector() -> None:
    merchants, table = korea(QUICK).merchants, merchant_table().merchants
    for codes, size, wanted in (
        (merchants.province, len(PROVINCES), table.sum(axis=1)),
        (merchants.kind, len(DISTRICT_KINDS), table.sum(axis=0)),
    ):
        cells = np.zeros((size, len(SECTORS)))
        np.add.at(cells, (codes, merchants.sector), merchants.weight.astype(np.float64))
        assert cells[:, :MANUFACTURING] == pytest.approx(wanted[:, :MANUFACTURING], rel=1e-5, abs=1e-6)


def test_the_one_to_one_sample_is_the_frame() -> None:
    merchants = sample_merchants(1, frozenset(), frozenset(), 2017)
    assert np.all(merchants.weight == 1)
    assert len(np.unique(merchants.id)) == len(merchants.id) == 2_190_000
    cells = np.zeros_like(merchant_table().merchants)
    np.add.at(cells, (merchants.province, merchants.kind, merchants.sector), 1)
    assert np.array_equal(cells, merchant_table().merchants)


def test_a_province_held_one_to_one_follows_its_table_to_the_person() -> None:
    people, table = korea(QUICK, "Jeju").people, people_table()
    jeju = people.province == PROVINCES.index("Jeju")
    for number, year in enumerate(range(2017, 2031)):
        present = jeju & (people.entry_year <= year) & (year < people.exit_year)
        cohorts = np.bincount(people.birth_year[present] - table.birth_years[0], minlength=101)
        assert np.array_equal(cohorts, table.adults[number, PROVINCES.index("Jeju")])


@pytest.mark.parametrize("year", range(2017, 2031))
def test_adults_follow_the_tables_as_they_age(year: int) -> None:
    table, ours = adults_in_table(year), adults_in_population(korea(STANDARD), year)
    for axis in (0, 1):
        assert ours.sum(axis) == pytest.approx(table.sum(axis), rel=0.01)
    assert ours.sum() == pytest.approx(table.sum(), rel=0.001)


def test_a_person_is_the_same_at_every_scale() -> None:
    quick, jeju = korea(QUICK).people, korea(QUICK, "Jeju").people
    mine = np.isin(quick.id, jeju.id)
    theirs = np.isin(jeju.id, quick.id)
    assert mine.sum() > 10_000
    for name in quick._fields[:-1]:
        assert np.array_equal(getattr(quick, name)[mine], getattr(jeju, name)[theirs])
    other = korea(STANDARD, "Jeju").people
    in_both = np.isin(jeju.id, other.id)
    assert (in_both & (jeju.province == PROVINCES.index("Jeju"))).sum() > 500_000
    for name in jeju._fields[:-1]:
        assert np.array_equal(getattr(jeju, name)[in_both], getattr(other, name)[np.isin(other.id, jeju.id)])


def test_the_horizon_drops_people_and_changes_nobody() -> None:
    short, long = build(QUICK, first_year=2019, last_year=2021).people, korea(QUICK).people
    kept = np.isin(long.id, short.id)
    for name in short._fields[:-1]:
        assert np.array_equal(getattr(short, name), getattr(long, name)[kept])
    assert np.all(long.exit_year[~kept & (long.entry_year <= 2021)] <= 2019)
    assert short.entry_year.max() == 2021
    assert short.exit_year.min() == 2020


@pytest.mark.parametrize("finer", [STANDARD, 1])
def test_a_sampled_district_has_the_same_merchants_in_a_finer_sample(finer: float) -> None:
    coarse = korea(QUICK).merchants
    fine = korea(STANDARD).merchants if finer > 1 else sample_merchants(1, frozenset(), frozenset(), 2017)
    shared = np.isin(coarse.district_index, fine.district_index)
    assert shared.sum() >= 0.7 * len(shared)
    mine = np.isin(coarse.district, np.flatnonzero(shared))
    assert np.all(np.isin(coarse.id[mine], fine.id))
    theirs = np.isin(fine.id, coarse.id[mine])
    for name in ("id", "province", "kind", "sector", "owner_birth_year", "capability_rank", "staff_rank"):
        assert np.array_equal(getattr(coarse, name)[mine], getattr(fine, name)[theirs]), name
    assert np.abs(coarse.size_rank[mine] - fine.size_rank[theirs]).max() < 0.03


def test_rows_districts_and_cells_agree() -> None:
    merchants = korea(QUICK).merchants
    assert merchants.cell_start[-1] == len(merchants.id)
    assert np.array_equal(merchants.kind, merchants.district_kind[merchants.district])
    assert np.array_equal(merchants.province, merchants.district_province[merchants.district])
    assert (np.diff(merchants.province.astype(int) * len(SECTORS) + merchants.sector) >= 0).all()
    cell_sizes = np.diff(merchants.cell_start)
    assert cell_sizes.min() > 0
    assert np.array_equal(merchants.sector, np.repeat(merchants.cell_sector, cell_sizes))
    assert np.array_equal(merchants.district, np.repeat(merchants.cell_district, cell_sizes))
    assert np.array_equal(merchants.id // 4096, merchants.district_index[merchants.district])


def test_every_province_keeps_a_street_of_all_shop_sectors() -> None:
    merchants = korea(QUICK).merchants
    street = merchants.kind >= DISTRICT_KINDS.index("street_residential")
    found = {(int(p), int(s)) for p, s in zip(merchants.province[street], merchants.sector[street], strict=True)}
    assert found == {(p, s) for p in range(len(PROVINCES)) for s in range(MANUFACTURING)}


@pytest.mark.parametrize("scale", [QUICK, STANDARD])
@pytest.mark.parametrize("name", ["income_rank", "skill_rank", "aversion_rank"])
def test_ranks_spread_more_evenly_than_chance_in_every_province_and_age_band(scale: float, name: str) -> None:
    people = korea(scale).people
    here = people.entry_year == 2017
    rank = (getattr(people, name)[here] + 0.5) / 65536
    province = people.province[here]
    cell = province * 6 + band_of_age()[2017 - people.birth_year[here]]

    def spread_against_chance(groups: npt.NDArray[np.uint8]) -> float:
        rows = np.bincount(groups)
        error = np.bincount(groups, weights=rank) / rows - 0.5
        return float(np.sqrt(np.mean(error**2 * 12 * rows)))  # 1 for independent uniform draws

    assert spread_against_chance(cell) < 0.5
    assert spread_against_chance(province) < 0.1


@pytest.mark.parametrize(
    "names",
    [("income_rank", "skill_rank"), ("income_rank", "aversion_rank"), ("skill_rank", "aversion_rank")],
)
def test_ranks_of_a_person_are_independent(names: tuple[str, str]) -> None:
    first, second = (getattr(korea(QUICK).people, name).astype(np.float64) for name in names)
    table = np.histogram2d(first, second, bins=4)[0]
    assert table == pytest.approx(np.full((4, 4), len(first) / 16), rel=0.03)


def test_size_ranks_are_weighted_quantiles_so_totals_do_not_depend_on_the_scale() -> None:
    def mean_of_a_skewed_size(scale: float) -> float:
        merchants = korea(scale).merchants
        return float(np.average((1 - merchants.size_rank.astype(np.float64)) ** -0.5, weights=merchants.weight))

    assert mean_of_a_skewed_size(QUICK) == pytest.approx(mean_of_a_skewed_size(STANDARD), rel=0.02)
    merchants = korea(QUICK).merchants
    for sector in range(len(SECTORS)):
        rows = merchants.sector == sector
        assert np.average(merchants.size_rank[rows], weights=merchants.weight[rows]) == pytest.approx(0.5, abs=1e-6)


def test_merchant_ranks_are_even_and_independent_of_size() -> None:
    merchants = korea(QUICK).merchants
    for name in ("capability_rank", "family_rank", "staff_rank"):
        rank = getattr(merchants, name)
        assert rank.min() > 0
        assert rank.max() < 1
        assert np.average(rank, weights=merchants.weight) == pytest.approx(0.5, abs=0.01)
        assert abs(np.corrcoef(rank, merchants.size_rank)[0, 1]) < 0.02


@pytest.mark.subset
def test_the_same_arguments_give_the_same_bytes_in_another_process() -> None:
    here = digest_of(korea(QUICK))
    assert digest_of(build(QUICK)) == here
    program = (
        "import hashlib\n"
        "from model.synthetic_population.build import build\n"
        "korea, digest = build(200), hashlib.sha256()\n"
        "for column in (*korea.people, *korea.merchants): digest.update(column.tobytes())\n"
        "print(digest.hexdigest())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "12345", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == here


def test_traits_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        korea(QUICK).people.income_rank[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        korea(QUICK).merchants.weight[0] = 1


def test_keys_tell_populations_apart() -> None:
    keys = {
        population_key(QUICK),
        population_key(STANDARD),
        population_key(QUICK, ("Jeju",)),
        population_key(QUICK, last_year=2025),
        population_key(QUICK, first_year=2018),
    }
    assert len(keys) == 5
    assert population_key(QUICK, ("Jeju", "Seoul")) == population_key(QUICK, ("Seoul", "Jeju", "Seoul"))
    assert korea(QUICK).key == population_key(200.0)


@pytest.mark.parametrize(
    "focus", [("traditional_market",), ("workshop_cluster", "Jeju"), ("street_residential", "street_office")]
)
def test_focus_holds_districts_one_to_one_and_the_margins_with_them(focus: tuple[str, ...]) -> None:
    population = korea(QUICK, *focus)
    merchants, table = population.merchants, merchant_table()
    in_focus = np.isin(merchants.kind, [DISTRICT_KINDS.index(name) for name in focus if name in DISTRICT_KINDS])
    in_focus |= np.isin(merchants.province, [PROVINCES.index(name) for name in focus if name in PROVINCES])
    assert np.all(merchants.weight[in_focus] == 1)
    kinds = [DISTRICT_KINDS.index(name) for name in focus if name in DISTRICT_KINDS]
    for kind in kinds:
        assert (merchants.kind == kind).sum() == table.merchants[:, kind].sum()
    assert merchants.weight[~in_focus].mean() > 50
    assert merchants.weight.sum(dtype=np.float64) == pytest.approx(2_190_000, rel=1e-6)
    assert not [row for row in margins(population) if row.name != "shops by province" and abs(row.ratio - 1) > 0.03]


def test_whole_korea_in_focus_needs_no_other_district() -> None:
    merchants = sample_merchants(QUICK, frozenset(range(17)), frozenset(), 2017)
    assert len(merchants.id) == 2_190_000
    assert np.all(merchants.weight == 1)


@settings(max_examples=15, deadline=None)
@given(st.floats(5, 20_000))
def test_any_scale_has_positive_weights_that_add_up(scale: float) -> None:
    population = build(scale)
    assert population.merchants.weight.min() > 0
    assert population.merchants.weight.sum(dtype=np.float64) == pytest.approx(2_190_000, rel=1e-5)
    adults = adults_in_population(population, 2017).sum()
    assert adults == pytest.approx(adults_in_table(2017).sum(), rel=0.02 if scale > 5_000 else 1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scale": 0.5}, "scale must be 1 or more, not 0.5"),
        ({"scale": float("nan")}, "scale must be 1 or more, not nan"),
        ({"scale": 200, "focus": ("tradional_market",)}, "did you mean traditional_market"),
        ({"scale": 200, "focus": ("Gyeongi",)}, "did you mean Gyeonggi"),
        ({"scale": 200, "first_year": 2016}, "choose a horizon inside, not 2016 to 2030"),
        ({"scale": 200, "last_year": 2036}, "from 2017 to 2035"),
    ],
)
def test_bad_arguments_are_one_sentence(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        build(**arguments)  # type: ignore[arg-type]


@given(st.floats(1, 1e6))
def test_strides_share_no_factor_with_the_bases(wanted: float) -> None:
    stride = even_stride(wanted)
    assert np.gcd(stride, 30) == 1
    assert abs(stride - wanted) <= 3 + 1e-9


@pytest.mark.parametrize("base", [2, 3, 5, 7, 11])
@pytest.mark.parametrize("stride", [1, 199, 1999])
def test_radical_inverses_fill_every_interval_once(base: int, stride: int) -> None:
    values = [radical_inverse(17 + stride * n, base, 6) for n in range(base**3)]
    assert sorted(int(value * base**3) for value in values) == list(range(base**3))
