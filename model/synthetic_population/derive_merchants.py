"""Small merchants by province, sector and district kind, owners' ages and heads, from the published tables.

Counts of districts and the frame are published; how merchants fall into districts is a declared rule.
docs/evidence.md lists each assumption with its reason.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from model.codes import DISTRICT_KINDS, OWNER_AGE_BANDS, PROVINCES, SECTORS
from model.synthetic_population.apportion import (
    Floats,
    Integers,
    fit_margins,
    largest_remainder,
    round_to_margins,
)
from model.synthetic_population.evidence import by_category, by_region, counted

RETAIL_SPLIT: Final = {"grocery_retail": 0.40, "fashion_retail": 0.24, "home_goods_retail": 0.36}
"""Assumed: the survey gives retail as one industry."""
STALLS_PER_MARKET: Final = 130
"""Assumed mean number of merchants of a traditional market."""
SHOPS_PER_STREET_DISTRICT: Final = 250
RESIDENTIAL_SHARE_OF_STREET_DISTRICTS: Final = 0.6
"""Both assumed: no district table exists."""
SHOP_KINDS: Final = ("traditional_market", "street_residential", "street_office")
SHOP_SECTORS: Final = SECTORS[:5]
KIND_PREFERENCE: Final = {
    "traditional_market": (3.0, 3.0, 1.5, 0.6, 0.2),
    "street_residential": (1.0, 0.8, 1.0, 0.9, 1.1),
    "street_office": (0.6, 1.0, 0.9, 1.3, 1.1),
}
"""Assumed odds of each shop sector in a kind against its share of all shops, before margins are met."""
OWNER_BANDS: Final = {
    "20s or less": (20, 30),
    "30s": (30, 40),
    "40s": (40, 50),
    "50s": (50, 60),
    "60+": (60, 75),
}
"""Published bands and the ages (from, below) over which each is spread evenly; ends 20 and 75 are assumed."""
_PUBLISHED_BY_DIFFERENCE: Final = "Incheon"
_WITH_2017_ROW: Final = "Ulsan"


@dataclass(frozen=True)
class MerchantTables:
    """Counts of the one-to-one frame of 2.19 million merchants, all integers.

    Attributes:
        by_sector: (provinces, sectors) merchants.
        districts: (provinces, kinds) districts.
        by_kind: (provinces, kinds, sectors) merchants; its sum over kinds is `by_sector`.
        province_basis: how each province's share is known.
    """

    by_sector: Integers
    districts: Integers
    by_kind: Integers
    province_basis: tuple[str, ...]


def merchant_tables() -> MerchantTables:
    """Return the frame's counts by province, sector and district kind."""
    shares, basis = province_shares()
    by_sector = merchants_by_sector(shares)
    districts = district_counts(by_sector)
    return MerchantTables(by_sector, districts, merchants_by_kind(by_sector, districts), basis)


def province_shares() -> tuple[Floats, tuple[str, ...]]:
    """Return each province's percentage of small merchants and how it is known.

    The survey of 2018 names eight provinces; Ulsan and, by difference, Incheon come from the 2017 table;
    the others share what is left by resident population at the end of 2018.
    """
    known = by_region("J_smb_share_province", "2018")
    basis = dict.fromkeys(known, "published 2018")
    table_2017 = by_region("J_smb_share_province", "2017")
    known[_WITH_2017_ROW] = table_2017[_WITH_2017_ROW]
    known[_PUBLISHED_BY_DIFFERENCE] = table_2017["Capital area"] - table_2017["Seoul"] - table_2017["Gyeonggi"]
    basis |= {_WITH_2017_ROW: "published 2017", _PUBLISHED_BY_DIFFERENCE: "published 2017 by difference"}
    people = by_region("I_pop_province", "2018")
    others = [province for province in PROVINCES if province not in known]
    left = (100 - sum(known.values())) / sum(people[province] for province in others)
    shares = [known.get(province, people[province] * left) for province in PROVINCES]
    return np.array(shares), tuple(basis.get(province, "derived by population") for province in PROVINCES)


def sector_totals() -> Integers:
    """Return merchants by sector: 1.83 million shops by industry of the 2018 survey, 0.36 million makers.

    Personal services are what the survey's total leaves beside retail, lodging and food, and manufacturing.
    """
    survey = by_category("C_smb_count_industry", "2018")
    total = by_region("C_smb_count", "2018")["KR"]
    services = total - survey["manufacturing"] - survey["wholesale_retail"] - survey["lodging_food"]
    retail = [survey["wholesale_retail"] * RETAIL_SPLIT[sector] for sector in SHOP_SECTORS[:3]]
    shops = largest_remainder(
        [*retail, survey["lodging_food"], services], counted("n_small_merchants_retail_food_service")
    )
    return np.append(shops, counted("n_small_manufacturers"))


def merchants_by_sector(shares: Floats) -> Integers:
    """Return merchants (provinces, sectors): every sector has the same province shares; sums are exact."""
    sectors = sector_totals()
    provinces = largest_remainder(shares, int(sectors.sum()))
    return round_to_margins(np.outer(provinces, sectors) / sectors.sum(), provinces, sectors)


def district_counts(by_sector: Integers) -> Integers:
    """Return districts (provinces, kinds): published counts of markets and clusters, streets by their size.

    Markets follow retail merchants, clusters manufacturers; the other shops form street districts.
    """
    markets = largest_remainder(by_sector[:, :3].sum(axis=1), counted("n_traditional_markets"))
    clusters = largest_remainder(by_sector[:, 5], counted("n_small_manufacturer_clusters"))
    street_shops = by_sector[:, :5].sum(axis=1) - markets * STALLS_PER_MARKET
    streets = np.maximum(2, np.rint(street_shops / SHOPS_PER_STREET_DISTRICT).astype(np.int64))
    residential = np.rint(streets * RESIDENTIAL_SHARE_OF_STREET_DISTRICTS).astype(np.int64)
    return np.stack([markets, clusters, residential, streets - residential], axis=1)


def merchants_by_kind(by_sector: Integers, districts: Integers) -> Integers:
    """Return merchants (provinces, kinds, sectors): the assumed mix by kind, both margins met exactly."""
    by_kind = np.zeros((len(PROVINCES), len(DISTRICT_KINDS), len(SECTORS)), dtype=np.int64)
    by_kind[:, DISTRICT_KINDS.index("workshop_cluster"), 5] = by_sector[:, 5]
    preference = np.array([KIND_PREFERENCE[kind] for kind in SHOP_KINDS])
    positions = [DISTRICT_KINDS.index(kind) for kind in SHOP_KINDS]
    for province, (sectors, counts) in enumerate(zip(by_sector[:, :5], districts, strict=True)):
        markets = int(counts[0]) * STALLS_PER_MARKET
        kinds = np.array([markets, *largest_remainder(counts[2:], int(sectors.sum()) - markets)])
        mix = fit_margins(np.outer(kinds, sectors) * preference, kinds.astype(float), sectors.astype(float))
        by_kind[province, positions, :5] = round_to_margins(mix, kinds, sectors)
    return by_kind


def owner_age_bands() -> list[tuple[str, int, int, float]]:
    """Return rows (band, first age, age below which it ends, percentage of owners) as published for 2019."""
    published = by_category("C_smb_owner_age", "2019")
    return [
        (ours, *OWNER_BANDS[band], published[band]) for ours, band in zip(OWNER_AGE_BANDS, OWNER_BANDS, strict=True)
    ]


def heads_targets() -> list[tuple[str, str, float, str]]:
    """Return rows (category, quantity, value, basis): mean workers with owner, share without paid staff."""
    survey = by_category("C_smb_count_industry", "2018")
    workers = by_category("C_smb_workers_industry", "2018")
    rest = by_region("C_smb_workers", "2018")["KR"] - sum(workers.values())
    firms_rest = by_region("C_smb_count", "2018")["KR"] - sum(survey[industry] for industry in workers)
    mean = by_region("C_smb_workers", "2019")["KR"] / by_region("C_smb_count", "2019")["KR"]
    alone, employing = (by_region(f"F_selfemp_{who}", "2019")["KR"] for who in ("without", "with"))
    industries = [*["wholesale_retail"] * 3, "lodging_food", "rest", "manufacturing"]
    rows = [
        ("all", "workers_per_business_with_owner", mean, "published 2019: workers / businesses"),
        (
            "all",
            "share_without_paid_staff",
            alone / (alone + employing),
            "published 2019: self-employed, all industries",
        ),
    ]
    for sector, industry in zip(SECTORS, industries, strict=True):
        value = rest / firms_rest if industry == "rest" else workers[industry] / survey[industry]
        rows.append((sector, "workers_per_business_with_owner", value, f"published 2018: {industry}"))
    return rows
