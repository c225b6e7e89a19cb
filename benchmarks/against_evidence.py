"""The model beside what was known in August 2020: the table of docs/model.md, section 4.

A further series is one more `Comparison` in `COMPARISONS`: its rows of the evidence by key, and how the model's
figure follows from the core indicators. No figure of the evidence is written here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.histories import CUT_OFF, History, Period, histories
from model.indicators import INDICATORS
from model.synthetic_population.derive_firms import fit_value
from model.synthetic_population.evidence import official, read_evidence

SEEDS: Final = 20
SEEDS_WHEN_QUICK: Final = 4
HEAD: Final = ("Series", "Unit", "Evidence", "Model", "Ratio")
ALIGNMENT: Final = "|---|---|---:|---:|---:|"


@dataclass(frozen=True)
class Official:
    """Key of one row of `official_statistics.csv`; `note` is how its note begins, where several rows share a period.

    confidence: "published", or "recalled" for a figure whose source was not read again.
    """

    series: str
    period: str
    note: str = ""
    confidence: str = "published"

    def value(self) -> float:
        """Return the published figure; KeyError unless exactly one row observed by the cut-off has this key."""
        found = official(self.series, self.period, self.confidence)
        rows = [row for row in found if row["note"].startswith(self.note)]
        if len(rows) != 1 or rows[0]["use"] != "fit" or self.period > CUT_OFF:
            raise KeyError(f"{self} is the key of {len(rows)} rows; one is needed, for fit, not after {CUT_OFF}")
        return float(rows[0]["value"])


@dataclass(frozen=True)
class Parameter:
    """Key of one row of `behavioural_parameters.csv`, whose central value is the figure (survival, say)."""

    name: str

    def value(self) -> float:
        """Return the central value; KeyError unless it may inform targets."""
        rows = [row for row in read_evidence("behavioural_parameters") if row["parameter"] == self.name]
        if len(rows) != 1 or rows[0]["use"] != "prior":
            raise KeyError(f"{self} is the key of {len(rows)} rows; one is needed that may inform targets")
        return float(rows[0]["central"])


@dataclass(frozen=True)
class NewIndustry:
    """Key of one figure of `new_industries.csv`; table: how its locator begins."""

    sector: str
    metric: str
    year: str
    table: str
    where: tuple[tuple[str, str], ...] = ()

    def value(self) -> float:
        """Return the figure; KeyError unless exactly one value, for fit, has this key."""
        return fit_value(self.sector, self.metric, self.year, locator=self.table, **dict(self.where))


@dataclass(frozen=True)
class Comparison:
    """One row of the table.

    evidence: keys of the rows it stands on; combine: the figure from their values, in that order; model: the same
    figure of one run, in the same unit; digits: decimals shown.
    """

    label: str
    unit: str
    evidence: tuple[Official | Parameter | NewIndustry, ...]
    model: Callable[[History], float]
    combine: Callable[..., float] = lambda value: value
    digits: int = 1

    def known(self) -> float:
        """Return the evidence's figure; KeyError for a key that is no row of the tables."""
        return float(self.combine(*(key.value() for key in self.evidence)))


GOODS: Final = ("groceries", "fashion", "home_goods")
SPENDING_ON_GOODS: Final = tuple(f"spending_{need}_krw" for need in GOODS)
SALES: Final = ("sales_face_to_face_krw", "sales_online_krw", "sales_business_krw")
HEADS: Final = tuple(name for name in INDICATORS if name.startswith("heads_"))
SIMPLE_PAY: Final = ("mobile_pay_card_krw", "online_simple_pay_krw")
SERVICES: Final = Official("A_group_share", "2018", "services")
"""Share of services in online shopping; the rest is goods. Only 2018 is published."""
ONLINE_TOTAL: Final = {
    2017: Official("A_online_total", "2017", "later vintage"),
    2018: Official("A_online_total", "2018", "revised"),
}
_FIRST_ONLINE_TOTAL_2018: Final = Official("A_online_total", "2018", "first published")
"""The vintage that the shares by category of 2018 belong to."""


def _online_share(year: int) -> Comparison:
    return Comparison(
        f"Online share of retail sales of goods, {year}",
        "%",
        (Official("A_online_share_retail", str(year)),),
        lambda run: 100 * run.mean(Period.year(year), "online_share_goods"),
    )


def _online_share_of_month(name: str, month: str) -> Comparison:
    return Comparison(
        f"the same, {name}",
        "%",
        (Official("A_online_share_retail_m", month),),
        lambda run: 100 * run.in_month(month, "online_share_goods"),
    )


def _online_category(name: str, need: str, *groups: str) -> Comparison:
    """Compare a category of 2018: published groups of online shopping, in percent of the total."""
    return Comparison(
        f"Online {name}, 2018",
        "KRW tn",
        (_FIRST_ONLINE_TOTAL_2018, *(Official("A_group_share", "2018", group) for group in groups)),
        lambda run: run.total(Period.year(2018), f"online_{need}_krw") / 1e12,
        lambda total, *shares: total * sum(shares) / 100,
    )


def _online_home_goods() -> Comparison:
    """Compare all goods that are neither food nor fashion: what is left of the total of 2018."""
    others = (Official("A_group_share", "2018", "food"), Official("A_group_share", "2018", "fashion"), SERVICES)
    return Comparison(
        "Online home goods, 2018",
        "KRW tn",
        (_FIRST_ONLINE_TOTAL_2018, *others),
        lambda run: run.total(Period.year(2018), "online_home_goods_krw") / 1e12,
        lambda total, *shares: total * (100 - sum(shares)) / 100,
    )


def _retail_by_share(year: int) -> Comparison:
    """Compare retail sales where they follow only from online goods over their share of retail sales."""
    return Comparison(
        f"Retail sales of goods, {year}",
        "KRW tn",
        (ONLINE_TOTAL[year], SERVICES, Official("A_online_share_retail", str(year))),
        lambda run: run.total(Period.year(year), *SPENDING_ON_GOODS) / 1e12,
        lambda total, services, share: total * (100 - services) / share,
        digits=0,
    )


def _retail_2019() -> Comparison:
    return Comparison(
        "Retail sales of goods, 2019",
        "KRW tn",
        (Official("A_retail_sales_total", "2019"),),
        lambda run: run.total(Period.year(2019), *SPENDING_ON_GOODS) / 1e12,
        digits=0,
    )


def _online_meals(year: int, vintage: str) -> Comparison:
    return Comparison(
        f"Online meals, {year}",
        "KRW tn",
        (Official("A_food_service", str(year), vintage),),
        lambda run: run.total(Period.year(year), "online_meals_krw") / 1e12,
        digits=2,
    )


def _online_total(year: int, evidence: Official) -> Comparison:
    return Comparison(
        f"Online shopping, {year} (model: goods, meals, mobility)",
        "KRW tn",
        (evidence,),
        lambda run: run.total(Period.year(year), "online_total_krw") / 1e12,
    )


def _online_travel() -> Comparison:
    return Comparison(
        "Online travel, 2017 (old sample)",
        "KRW tn",
        (Official("A_travel", "2017"),),
        lambda run: run.total(Period.year(2017), "online_mobility_krw") / 1e12,
    )


def _of_the_year_before(label: str, month: str, evidence: Official, indicator: str) -> Comparison:
    """Compare a month in percent of the same month a year before, from a published growth."""
    year, _, number = month.partition("-")
    before = f"{int(year) - 1}-{number}"
    return Comparison(
        label,
        "% of 2019",
        (evidence,),
        lambda run: 100 * run.in_month(month, indicator) / run.in_month(before, indicator),
        lambda growth: 100 + growth,
    )


def _retail_of_quarter() -> Comparison:
    return Comparison(
        "Retail sales of goods, second quarter of 2020",
        "KRW tn",
        (Official("A_retail_sales_total", "2020-06"),),
        lambda run: run.total(Period("2020-04", "2020-06"), *SPENDING_ON_GOODS) / 1e12,
    )


def _growth_of_meals(name: str, month: str, year_before: str) -> Comparison:
    def model(run: History) -> float:
        return 100 * (run.in_month(month, "online_meals_krw") / run.in_month(year_before, "online_meals_krw") - 1)

    return Comparison(
        f"Growth of online meals in a year to {name}", "%", (Official("A_food_service_growth_m", month),), model
    )


def _restaurants_on_apps(year: int) -> Comparison:
    return Comparison(
        f"Restaurants on delivery apps, {year}",
        "%",
        (Official("D_restaurant_app_share", str(year)),),
        lambda run: 100 * run.mean(Period.year(year), "merchants_installed_delivery_app") / run.restaurants,
    )


def _restaurants_with_kiosk(year: int) -> Comparison:
    """Compare the middle of the year, which a survey of the year sees."""
    return Comparison(
        f"Restaurants with kiosks, {year}",
        "%",
        (Official("D_restaurant_kiosk_share", str(year)),),
        lambda run: 100 * run.restaurants_with_kiosk[year] / run.restaurants,
    )


def _online_shoppers(year: int, remark: str = "", note: str = "") -> Comparison:
    """Compare users of all ages; note: tells their row from those of an age band."""

    def model(run: History) -> float:
        users = run.mean(Period.year(year), "users_online_goods_persons")
        return 100 * users / run.mean(Period.year(year), "adults_persons")

    return Comparison(
        f"Online shoppers, {year}{remark}", "%", (Official("I_internet_shopping", str(year), note),), model
    )


def _online_banking(year: int, remark: str = "", note: str = "") -> Comparison:
    def model(run: History) -> float:
        users = run.mean(Period.year(year), "smart_finance_users_persons")
        return 100 * users / run.mean(Period.year(year), "adults_persons")

    evidence = Official("I_internet_banking", str(year), note)
    return Comparison(f"Users of internet banking, {year}{remark}", "%", (evidence,), model)


def _home_workers() -> Comparison:
    return Comparison(
        "Home workers, August 2019",
        "thousand",
        (Official("H_remote_workers", "2019-08"),),
        lambda run: run.in_month("2019-08", "teleworkers_persons") / 1e3,
        digits=0,
    )


def _qr_merchants(name: str, period: str, month: str) -> Comparison:
    return Comparison(
        f"Public QR merchants, {name}",
        "thousand",
        (Official("B_zeropay_merchants", period),),
        lambda run: run.in_month(month, "merchants_installed_public_qr") / 1e3,
        digits=0,
    )


def _qr_value(name: str, period: Period, *evidence: Official) -> Comparison:
    """Compare payments by public QR; of two keys, cumulative values, the first less the second."""
    return Comparison(
        f"Public QR value, {name}",
        "KRW bn",
        evidence,
        lambda run: run.total(period, "public_qr_krw") / 1e9,
        lambda value, before=0.0: value - before,
    )


def _simple_pay(label: str, period: Period, evidence: Official) -> Comparison:
    return Comparison(label, "KRW bn", (evidence,), lambda run: run.total(period, *SIMPLE_PAY) / period.days / 1e9)


def _per_merchant(label: str, evidence: Official, *indicators: str) -> Comparison:
    """Compare a year's money per small merchant, in million KRW; the year is the evidence's."""
    year = Period.year(int(evidence.period))
    return Comparison(
        label,
        "KRW m",
        (evidence,),
        lambda run: run.total(year, *indicators) / run.mean(year, "merchants_total") / 1e6,
    )


def _workers_per_merchant(year: int) -> Comparison:
    return Comparison(
        "Workers per merchant, owner included",
        "persons",
        (Official("C_smb_workers", str(year)), Official("C_smb_count", str(year))),
        lambda run: run.mean(Period.year(year), *HEADS) / run.mean(Period.year(year), "merchants_total"),
        lambda workers, merchants: workers / merchants,
        digits=2,
    )


def _owners_alone() -> Comparison:
    return Comparison(
        "Owners without paid staff",
        "%",
        (Official("F_selfemp_without", "2019"), Official("F_selfemp_total", "2019")),
        lambda run: 100 * run.owners_alone_share,
        lambda alone, all_owners: 100 * alone / all_owners,
    )


def _of_firms(label: str, unit: str, parameter: str, model: Callable[[History], float]) -> Comparison:
    per_cent = unit == "%"
    scale = 100.0 if per_cent else 1.0
    return Comparison(
        label,
        unit,
        (Parameter(parameter),),
        lambda run: scale * model(run),
        lambda known: scale * known,
        digits=1 if per_cent else 2,
    )


def _firm_sales(name: str, sector: str, year: int, metric: str, table: str, known: Period | None = None) -> Comparison:
    """Compare a year's sales of a new industry; known: the months of it that the runs reach."""
    period = known or Period.year(year)
    return Comparison(
        f"Sales of {name} firms, {year}",
        "KRW tn",
        (NewIndustry(sector, metric, str(year), table, (("subsector", "total"), ("region", "korea"))),),
        lambda run: run.total(period, f"firm_sales_{sector}_krw") * 12.0 / len(period.months) / 1e12,
        lambda won: won / 1e12,
        digits=2,
    )


def _firm_staff(name: str, sector: str, year: int, *evidence: NewIndustry) -> Comparison:
    """Compare the staff of a new industry in the middle of a year; several figures are added up."""
    return Comparison(
        f"Staff of {name} firms, {year}",
        "thousand",
        evidence,
        lambda run: run.in_month(f"{year}-06", f"firm_staff_{sector}_persons") / 1e3,
        lambda *persons: sum(persons) / 1e3,
    )


def _robot_staff(year: int) -> Comparison:
    return _firm_staff(
        "robot", "robot", year, NewIndustry("robot", "employment", str(year), "Table 19", (("subsector", "total"),))
    )


_UNTIL_THE_CUT_OFF: Final = Period("2020-01", CUT_OFF)
_AI_STAFF: Final = tuple(
    NewIndustry("ai", "employment", "2020", "Appendix", (("breakdown", f"education={level}"),))
    for level in ("junior_college", "bachelor", "master", "doctor")
)


def _cumulative_qr(month: str) -> Official:
    return Official("B_zeropay_value_cum", month)


COMPARISONS: Final = (
    _online_share(2017),
    _online_share(2018),
    _online_share(2019),
    _online_share_of_month("April 2020", "2020-04"),
    _online_share_of_month("May 2020", "2020-05"),
    _online_category("groceries", "groceries", "food"),
    _online_category("fashion", "fashion", "fashion"),
    _online_home_goods(),
    _retail_by_share(2017),
    _retail_by_share(2018),
    _retail_2019(),
    _online_meals(2017, "later vintage"),
    _online_meals(2018, "revised"),
    _online_meals(2019, "first published"),
    _growth_of_meals("April 2020", "2020-04", "2019-04"),
    _growth_of_meals("May 2020", "2020-05", "2019-05"),
    _online_total(2017, ONLINE_TOTAL[2017]),
    _online_total(2018, ONLINE_TOTAL[2018]),
    _online_total(2019, Official("A_online_total", "2019", "first published")),
    _online_travel(),
    _of_the_year_before(
        "Online travel, May 2020",
        "2020-05",
        Official("A_group_growth_m", "2020-05", "travel and transport"),
        "online_mobility_krw",
    ),
    _of_the_year_before(
        "Meals face to face, March 2020 (accommodation and food service)",
        "2020-03",
        Official("A_service_production_growth_m", "2020-03", "accommodation and food", "recalled"),
        "face_to_face_meals_krw",
    ),
    _retail_of_quarter(),
    _restaurants_on_apps(2017),
    _restaurants_on_apps(2018),
    _restaurants_on_apps(2019),
    _restaurants_with_kiosk(2017),
    _restaurants_with_kiosk(2018),
    _restaurants_with_kiosk(2019),
    _online_shoppers(2018, " (survey: ages 3 and over)"),
    _online_shoppers(2019, note="derived"),
    _online_banking(2018, " (survey: ages 3 and over)"),
    _online_banking(2019, note="derived"),
    _home_workers(),
    _qr_merchants("July 2019", "2019-07", "2019-07"),
    _qr_merchants("December 2019", "2019", "2019-12"),
    _qr_merchants("June 2020", "2020-06", "2020-06"),
    _qr_value("2019", Period.year(2019), Official("B_zeropay_value", "2019")),
    _qr_value("to June 2020", Period("2018-12", "2020-06"), _cumulative_qr("2020-06")),
    _qr_value("month of June 2020", Period.month("2020-06"), _cumulative_qr("2020-06"), _cumulative_qr("2020-05")),
    _simple_pay(
        "Simple pay (rows i + ii) a day, 2018 Q2 (old definition)",
        Period("2018-04", "2018-06"),
        Official("B_simplepay_value", "2018-06"),
    ),
    _simple_pay("the same, 2019 H2", Period("2019-07", "2019-12"), Official("B_simplepay_value", "2019-12")),
    _simple_pay("the same, 2020 H1", Period("2020-01", "2020-06"), Official("B_simplepay_value", "2020-06")),
    _per_merchant("Sales per small merchant, 2019 (other frame)", Official("C_smb_sales", "2019"), *SALES),
    _per_merchant(
        "Owner income per small merchant, 2019 (other frame)", Official("C_smb_profit", "2019"), "owner_income_krw"
    ),
    _workers_per_merchant(2019),
    _owners_alone(),
    _of_firms("Still there one year after opening", "%", "surv1", lambda run: run.survival[0]),
    _of_firms("Still there five years after opening", "%", "surv5", lambda run: run.survival[1]),
    _of_firms("Tail exponent of yearly sales (largest 5 %)", "1", "zeta", lambda run: run.tail_exponent),
    _of_firms("Spread of a year's log growth, 2019 (log sd)", "1", "sd_g", lambda run: run.growth_sd),
    *(_firm_sales("robot", "robot", year, "sales_100m_krw", "Table 17") for year in (2017, 2018, 2019)),
    _firm_sales("robot", "robot", 2020, "sales_100m_krw", "Table 17", _UNTIL_THE_CUT_OFF),
    *(_robot_staff(year) for year in (2017, 2018, 2019, 2020)),
    _firm_sales("AI", "ai", 2019, "sales_100m_krw", "Table 4"),
    _firm_sales("AI", "ai", 2020, "sales_100m_krw", "Table 4", _UNTIL_THE_CUT_OFF),
    _firm_staff("AI", "ai", 2020, *_AI_STAFF),
    _firm_staff(
        "bio-health",
        "bio_health",
        2020,
        NewIndustry("bio_health", "employment", "2020", "Ch.2", (("region", "korea"),)),
    ),
    _firm_staff(
        "fintech", "fintech", 2020, NewIndustry("fintech", "employment", "2020", "Table 10", (("region", "korea"),))
    ),
)


def main(quick: bool = False) -> None:
    """Print the table; with `quick` from fewer seeds."""
    print(table_of(COMPARISONS, list(histories(SEEDS_WHEN_QUICK if quick else SEEDS))))


def table_of(comparisons: Sequence[Comparison], runs: Sequence[History]) -> str:
    """Return the Markdown table of evidence, mean of the runs and their ratio."""
    lines = ["| " + " | ".join(cells) + " |" for cells in (HEAD, *(_cells(row, runs) for row in comparisons))]
    return "\n".join([lines[0], ALIGNMENT, *lines[1:]])


def _cells(comparison: Comparison, runs: Sequence[History]) -> tuple[str, ...]:
    known = comparison.known()
    model = float(np.mean([comparison.model(run) for run in runs]))
    shown = (f"{value:.{comparison.digits}f}" for value in (known, model))
    return (comparison.label, comparison.unit, *shown, f"{model / known:.2f}")


if __name__ == "__main__":
    main()
