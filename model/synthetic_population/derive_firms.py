"""New-industry firms, their staff and sales in January 2017 by sector and place, from the evidence of 2017 to 2021.

Only rows with `use = fit` are read, and of robots none after 2020. Where the first observed year is later than 2017, a
level is moved back at the growth declared here; what no table gives is assumed and marked so.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from model.codes import PROVINCES, SEOUL_DISTRICTS
from model.synthetic_population.apportion import Floats, largest_remainder
from model.synthetic_population.derive_merchants import MerchantTables
from model.synthetic_population.evidence import read_evidence

START_YEAR: Final = 2017
GROWTH_BACK: Final = {
    ("ai", "firms"): 0.086,
    ("ai", "staff"): 0.086,
    ("ai", "sales"): 0.119,
    ("bio_health", "firms"): 0.0273,
    ("bio_health", "staff"): 0.055,
    ("fintech", "firms"): 0.15,
    ("fintech", "staff"): 0.15,
}
"""Growth a year at which later levels are moved back: AI firms as totals over averages imply for 2019 to 2021 (note
S02), AI sales and bio-health firms as between the two years observed, bio-health staff as printed for 2017 to 2021;
AI staff as its firms, fintech assumed."""
SALES_PER_HEAD_KRW: Final = {"bio_health": 226e6, "fintech": 250e6, "smart_mobility": 200e6}
"""Yearly sales a head where no table gives sales: bio-health as the industry survey of 2017 (recalled: production of
10.1 tn KRW by 44,900 people), the others assumed."""
ASSUMED: Final = {"firms": 250.0, "staff": 5000.0}
"""Smart mobility: no count exists."""


class FirmLevels(NamedTuple):
    """A sector in 2017: firms, staff (persons), sales (KRW a year), and where each is from."""

    firms: int
    staff: float
    sales_krw: float
    basis: str


class FirmRow(NamedTuple):
    """One sector at one place; `seoul_district` is empty outside Seoul."""

    sector: str
    province: str
    seoul_district: str
    firms: int
    staff: int
    sales_krw: int
    basis: str
    place_basis: str


def fit_value(sector: str, metric: str, year: str, **where: str) -> float:
    """Return the one figure of a sector that may be used; KeyError when there is none or more than one value.

    where: other columns it must have, `locator` by its beginning.
    """
    values = {
        float(row["value_base"])
        for row in read_evidence("new_industries")
        if (row["sector"], row["metric"], row["year"], row["use"]) == (sector, metric, year, "fit")
        and row["locator"].startswith(where.get("locator", ""))
        and all(row[column] == wanted for column, wanted in where.items() if column != "locator")
        and not (sector == "robot" and int(year) > 2020)
    }
    if len(values) != 1:
        raise KeyError(f"{len(values)} values of {sector} {metric} {year} {where}")
    return values.pop()


def levels() -> dict[str, FirmLevels]:
    """Return every sector's level in 2017."""
    robot = {name: fit_value("robot", metric, "2017", subsector="total", locator=table) for name, metric, table in
             (("firms", "firms", "Table 18"), ("staff", "employment", "Table 19"),
              ("sales", "sales_100m_krw", "Table 17"))}  # fmt: skip
    ai_staff = sum(
        fit_value("ai", "employment", "2020", breakdown=f"education={level}", locator="Appendix")
        for level in ("junior_college", "bachelor", "master", "doctor")
    )
    bio = "bio_health", "location_basis=headquarters"
    bio_staff = _back("bio_health", "staff", fit_value(bio[0], "employment", "2021", region="korea"), 2021)
    fintech = {name: fit_value("fintech", name, "2020", region="korea", locator="Table 10") for name in
               ("firms", "employment")}  # fmt: skip
    fintech_staff = _back("fintech", "staff", fintech["employment"], 2020)
    return {
        "ai": FirmLevels(
            round(_back("ai", "firms", fit_value("ai", "sample_n", "2021", subsector="total", locator="Table 3",
                                                 breakdown=""), 2021)),
            _back("ai", "staff", ai_staff, 2020),
            _back("ai", "sales", fit_value("ai", "sales_100m_krw", "2019", subsector="total", locator="Table 4"), 2019),
            "firms 2021 and staff 2020 and sales 2019 moved back",
        ),
        "bio_health": FirmLevels(
            round(_back("bio_health", "firms", fit_value(bio[0], "firms", "2021", region="korea", breakdown=bio[1],
                                                         locator="Table 5"), 2021)),
            bio_staff,
            bio_staff * SALES_PER_HEAD_KRW["bio_health"],
            "firms and staff 2021 moved back; sales a head recalled",
        ),
        "fintech": FirmLevels(
            round(_back("fintech", "firms", fintech["firms"], 2020)),
            fintech_staff,
            fintech_staff * SALES_PER_HEAD_KRW["fintech"],
            "firms and staff 2020 moved back at assumed growth; sales a head assumed",
        ),
        "smart_mobility": FirmLevels(
            round(ASSUMED["firms"]), ASSUMED["staff"], ASSUMED["staff"] * SALES_PER_HEAD_KRW["smart_mobility"],
            "assumed",
        ),
        "robot": FirmLevels(round(robot["firms"]), robot["staff"], robot["sales"], "published 2017"),
    }  # fmt: skip


def _back(sector: str, what: str, level: float, year: int) -> float:
    return float(level / (1.0 + GROWTH_BACK[sector, what]) ** (year - START_YEAR))


def firm_rows(merchants: MerchantTables) -> Iterator[FirmRow]:
    """Yield the table: sector by sector, the districts of Seoul, then the other provinces; places without firms too."""
    within = _fintech("firms", SEOUL_DISTRICTS, "Appendix", "_gu")
    heads_within = _fintech("employment", SEOUL_DISTRICTS, "Appendix", "_gu")
    makers = merchants.by_sector[:, -1].astype(np.float64)
    for sector, level in levels().items():
        firms, staff, basis = _by_province(sector, makers)
        district = heads_within if sector == "fintech" else within
        share = np.concatenate([firms[0] * within / within.sum(), firms[1:]])
        heads = np.concatenate([staff[0] * district / district.sum(), staff[1:]])
        counted = largest_remainder(share, level.firms)
        heads = largest_remainder(np.where(counted > 0, heads, 0.0), round(level.staff))
        places = [("Seoul", name) for name in SEOUL_DISTRICTS] + [(name, "") for name in PROVINCES[1:]]
        for place, (province, name) in enumerate(places):
            sold = round(level.sales_krw * heads[place] / heads.sum())
            yield FirmRow(
                sector, province, name, int(counted[place]), int(heads[place]), sold, level.basis,
                basis if province != "Seoul" else f"{basis}; districts as fintech 2020",
            )  # fmt: skip


def _by_province(sector: str, makers: Floats) -> tuple[Floats, Floats, str]:
    """Return shares of firms and of staff by province (each sums to one), and where they are from."""
    if sector == "robot":
        seoul = [fit_value("robot", metric, "2018", region="seoul", subsector="total", breakdown="", locator=table)
                 / fit_value("robot", metric, "2018", region="korea", subsector="total", breakdown="", locator=table)
                 for metric, table in (("firms", "Table 21"), ("sales_100m_krw", "Table 20"))]  # fmt: skip
        of_firms, of_sales = (_with_seoul(makers, share) for share in seoul)
        return of_firms, of_sales, "Seoul published 2018, others as small manufacturers"
    if sector == "bio_health":
        regions = "seoul", "gyeonggi", "korea"
        sites = [fit_value("bio_health", "firms", "2021", region=name, breakdown="location_basis=site",
                           locator="Table 5") for name in regions]  # fmt: skip
        people = [fit_value("bio_health", "employment", "2021", region=name) for name in regions]
        known = [_with_gyeonggi(makers, *(x / figures[2] for x in figures[:2])) for figures in (sites, people)]
        return known[0], known[1], "Seoul and Gyeonggi published 2021 by site, others as small manufacturers"
    firms, heads = (_fintech(metric, PROVINCES, "Table 10") for metric in ("firms", "employment"))
    if sector == "fintech":
        return firms / firms.sum(), heads / heads.sum(), "published 2020"
    even = 0.5 * firms / firms.sum() + 0.5 * makers / makers.sum()
    return even, even, "assumed: half as fintech, half as small manufacturers"


def _with_seoul(shares: Floats, seoul: float) -> Floats:
    others = np.concatenate([[0.0], shares[1:]])
    return np.concatenate([[seoul], others[1:] / others.sum() * (1.0 - seoul)])


def _with_gyeonggi(shares: Floats, seoul: float, gyeonggi: float) -> Floats:
    others = shares.copy()
    position = PROVINCES.index("Gyeonggi")
    others[[0, position]] = 0.0
    others *= (1.0 - seoul - gyeonggi) / others.sum()
    others[[0, position]] = seoul, gyeonggi
    return others


def _fintech(metric: str, places: tuple[str, ...], locator: str, suffix: str = "") -> Floats:
    """Return figures of fintech in 2020 by place, zero where none is printed."""
    found = {
        row["region"]: float(row["value_base"])
        for row in read_evidence("new_industries")
        if (row["sector"], row["metric"], row["year"], row["use"]) == ("fintech", metric, "2020", "fit")
        and row["locator"].startswith(locator)
        and row["breakdown"] in ("", "size=total")
    }
    return np.array([found.get(f"{place.lower()}{suffix}", 0.0) for place in places])
