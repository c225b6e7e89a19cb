"""New-industry firms of the table: true to the evidence, one to one, and faults of a table named by line."""

import csv
from pathlib import Path

import numpy as np
import pytest

from model.codes import NEW_INDUSTRIES, SEOUL_DISTRICTS
from model.economy import Economy
from model.errors import UserErrors
from model.parameters import register
from model.synthetic_population.derive_firms import fit_value
from model.synthetic_population.evidence import read_evidence
from model.synthetic_population.firms import (
    FIRM_TABLE,
    LEVELS,
    PLACES,
    firm_levels,
    firm_traits,
    province_of_place,
    read_levels,
)
from tests.laws.small_korea import settings_of

ROBOT, FINTECH = NEW_INDUSTRIES.index("robot"), NEW_INDUSTRIES.index("fintech")


def test_robot_firms_staff_and_sales_are_those_of_2017() -> None:
    levels = firm_levels()
    assert levels.firms[ROBOT].sum() == fit_value("robot", "firms", "2017", subsector="total", locator="Table 18")
    assert levels.staff[ROBOT].sum() == fit_value("robot", "employment", "2017", subsector="total", locator="Table 19")
    sold = fit_value("robot", "sales_100m_krw", "2017", subsector="total", locator="Table 17")
    assert levels.sales_krw[ROBOT].sum() == pytest.approx(sold, rel=1e-9)


def test_levels_of_later_years_are_moved_back_and_none_is_from_the_straight_lines() -> None:
    levels = firm_levels()
    assert np.all(levels.firms.sum(axis=1) < [1365, 1055, 484, 400, 4340])
    with pytest.raises(KeyError):
        fit_value("robot", "firms", "2021", subsector="total", locator="Table 18")


def test_fintech_stands_where_the_evidence_has_it() -> None:
    firms = firm_levels().firms[FINTECH].astype(float)
    seoul = firms[: len(SEOUL_DISTRICTS)]
    published = [float(row["value_base"]) for row in read_evidence("new_industries")
                 if row["sector"] == "fintech" and row["metric"] == "firms" and row["locator"].startswith("Table 10")
                 and row["region"] in ("seoul", "korea")]  # fmt: skip
    assert seoul.sum() / firms.sum() == pytest.approx(min(published) / max(published), abs=0.01)
    assert SEOUL_DISTRICTS[int(seoul.argmax())] in ("Gangnam", "Yeongdeungpo")


def test_every_firm_is_a_row_once_with_its_own_id() -> None:
    traits, levels = firm_traits(), firm_levels()
    counts = np.zeros((len(NEW_INDUSTRIES), PLACES), dtype=int)
    np.add.at(counts, (traits.sector, traits.place), 1)
    np.testing.assert_array_equal(counts, levels.firms)
    for rank in (traits.size_rank, traits.stage_rank, traits.staff_rank):
        of_robots = rank[traits.sector == ROBOT]
        assert np.unique(of_robots).size > 0.6 * of_robots.size
        assert of_robots.mean() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("scale", [2000.0, 400.0])
def test_firms_are_the_same_at_every_scale(scale: float) -> None:
    economy = Economy(settings_of(months=1, scale=scale), 1)
    firms, levels = economy.firms, firm_levels()
    economy.close()
    assert len(firms) == levels.firms.sum()
    np.testing.assert_array_equal(np.sort(firms.get("id")), np.arange(len(firms)))
    staff = [
        sum(of.agg(skill) for skill in ("researchers", "practitioners")) for of in firms.groupby("sector").values()
    ]
    np.testing.assert_allclose(staff, levels.staff.sum(axis=1), rtol=0.03)
    np.testing.assert_array_equal(firms.get("province"), province_of_place(firms.get("place")))
    small = firms.get("researchers") + firms.get("practitioners") < 300
    assert 0.96 < small[firms.get("sector") == ROBOT].mean() < 1.0  # 96 to 99 % are small or medium


def test_priorities_are_the_ranks_of_the_technologies() -> None:
    """Two points for a first rank, one for a second, over all points of the sector."""
    for sector in NEW_INDUSTRIES:
        points = dict.fromkeys(("manpower", "infrastructure", "regulation", "research_funding"), 0)
        for row in read_evidence("new_industry_policy"):
            if row["record_type"] == "technology_priority" and row["sector"] == sector:
                points[row["policy"]] += 3 - int(row["rank"])
        for policy, point in points.items():
            known = register()[f"firm.priority_{policy}.{sector}"].value
            assert known == pytest.approx(point / sum(points.values()), abs=1e-4)


def table(tmp_path: Path, **changes: str) -> Path:
    """The shipped table with other cells in its third line."""
    with FIRM_TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[1] |= changes
    path = tmp_path / "firms.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_the_shipped_table_reads_back(tmp_path: Path) -> None:
    for name in LEVELS:
        np.testing.assert_array_equal(getattr(read_levels(table(tmp_path)), name), getattr(firm_levels(), name))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"staff": "-3"}, "firms.csv: line 3: staff is -3: a level cannot be negative"),
        ({"sales_krw": "-1e9"}, "firms.csv: line 3: sales_krw is -1e9: a level cannot be negative"),
        ({"firms": "2.5"}, "firms.csv: line 3: firms is 2.5: firms are simulated one to one, write a whole number"),
        ({"firms": "many"}, "firms.csv: line 3: firms is 'many': write a number"),
        ({"sector": "robots"}, "firms.csv: line 3: unknown sector 'robots' (did you mean robot?)"),
        ({"province": "Seul"}, "firms.csv: line 3: unknown province 'Seul' (did you mean Seoul?)"),
        ({"seoul_district": "Junk"}, "firms.csv: line 3: Seoul has no district 'Junk' (did you mean Jung?)"),
        ({"seoul_district": "Jongno"}, "firms.csv: line 3: ai stands twice at this place"),
    ],
)
def test_a_faulty_table_is_refused_by_line(tmp_path: Path, changes: dict[str, str], message: str) -> None:
    with pytest.raises(UserErrors) as caught:
        read_levels(table(tmp_path, **changes))
    assert message in str(caught.value)
