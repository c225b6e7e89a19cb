"""The engine beside the reference: the model is imported here, never by the reference itself."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from model import ledger
from model.agents.merchants.columns import columns_of
from model.codes import DISTRICT_KINDS, PROVINCES, SECTORS, TECHNOLOGIES
from model.economy import Economy
from model.exogenous import default_paths
from model.indicators import CORE
from model.levers import (
    DigitalLoan,
    GrantedLever,
    PlatformFeeCut,
    PublicDeliveryPlatform,
    RegulatorySandbox,
    ServiceClosure,
)
from model.parameters import register, vector
from model.settings import ORIGIN, Settings
from model.synthetic_population.firms import firm_levels, firm_traits
from model.synthetic_population.margins import adults_in_table
from model.synthetic_population.tables import owner_ages, people_table
from tests.laws.small_korea import (
    SCALE,
    START,
    Named,
    digital_loan,
    field_training,
    qr_enrolment,
    settings_of,
    smart_shop,
    terminal_subsidy,
)
from tests.reference.engine_state import loan_of, measure_of, state_of, terms_of, traits_of
from tests.reference.firm_state import FirmTable
from tests.reference.start import Traits, start
from tests.reference.state import Run, State, Values

CODES = {"provinces": PROVINCES, "sectors": SECTORS, "kinds": DISTRICT_KINDS, "technologies": TECHNOLOGIES}
MONTHS = 54
"""January 2017 to June 2021: the launch of the public QR network, the pandemic and the plan of 2020."""
FINE = 800.0
LAUNCH, MID = 2018 * 12 + 11, 2019 * 12
SHORT: dict[str, Any] = {"start": 2017 * 12 + 2}


class Played(NamedTuple):
    """A run of the engine taken down: the state before the first month and after each, payments and indicators."""

    run: Run
    traits: Traits
    started: State
    states: list[State]
    booked: list[dict[str, float]]
    measured: list[dict[str, float]]


def month_of(year: int, month: int) -> int:
    return year * 12 + month - 1


def play(settings: Settings, seed: int = 1) -> Played:
    """Run the engine over the whole horizon, month by month, and start the reference from the same traits."""
    economy = Economy(settings, seed, driver="serial")
    world: Any = economy.world
    run = run_of(settings, seed)
    rows = columns_of(world.merchants)
    ranks = firm_traits()
    firm_ranks = ranks.size_rank, ranks.stage_rank, ranks.staff_rank
    traits = traits_of(economy.korea, world, rows, adults_by_band(settings.start // 12), firm_ranks)
    started = start(run, copy.deepcopy(traits))
    count = len(run.programmes)
    states, booked = [state_of(world, rows, started, count)], []
    for _ in range(settings.months):
        economy.step()
        states.append(state_of(world, rows, started, count))
        booked.append({p.id: float(amount) for p, amount in zip(ledger.PURPOSES, world.books[0].booked, strict=True)})
    economy.close()
    measured = [{i.id: float(x) for i, x in zip(CORE[:-1], row, strict=False)} for row in world.out]
    return Played(run, traits, started, states, booked, measured)


def run_of(settings: Settings, seed: int) -> Run:
    values = dict(settings.parameters)
    prices = np.array(vector(values, "technology.price_krw", "technologies"))
    levers = [lever for _, lever in sorted(settings.levers, key=lambda pair: pair[0])]
    declared = [(lever, lever.model_dump(mode="json", by_alias=True)) for lever in levers]
    loans = tuple(loan_of(given, CODES) for lever, given in declared if isinstance(lever, DigitalLoan))
    granted = [(lever.id, given) for lever, given in declared if isinstance(lever, GrantedLever)]
    courses = np.cumsum([0] + [lever_id == "field_training" for lever_id, _ in granted])
    terms = [terms_of(lever_id, given, CODES, prices, int(courses[q])) for q, (lever_id, given) in enumerate(granted)]
    others = PlatformFeeCut | PublicDeliveryPlatform | ServiceClosure | RegulatorySandbox
    measures = [measure_of(lever.id, given, CODES) for lever, given in declared if isinstance(lever, others)]
    table = owner_ages()
    ages = np.concatenate([[0.0], np.cumsum(table.shares)]), table.edges
    return Run(
        Values(values), dict(settings.paths), tuple(terms), loans, ages, seed, settings.start,
        firm_table(), tuple(measures),
    )  # fmt: skip


def firm_table() -> FirmTable:
    """What the table of firms gives."""
    levels, traits = firm_levels(), firm_traits()
    ranks = tuple(traits.stage_rank[traits.sector == s] for s in range(len(levels.firms)))
    return FirmTable(
        levels.firms.astype(np.float64),
        levels.staff,
        levels.sales_krw,
        ranks,
        adults_in_table(2017)[:, 0].astype(np.float64),
    )


def adults_by_band(year: int) -> np.ndarray:
    """Adults of the population table on 1 January by age band."""
    table = people_table()
    adults = table.adults[table.years.index(year)].sum(axis=0)
    age = year - np.array(table.birth_years)
    return np.bincount(np.clip(age // 10 - 2, 0, 5), adults * (age >= 20))


NEW_PLACES_IN_2021 = ({"from": 0, "is": 150_000}, {"from": 2021 * 12, "is": 300_000})


def steps(first: float, second: float, third: float) -> tuple[dict[str, float], ...]:
    """A dated setting that changes in mid-2018 and at the start of 2019."""
    return ({"from": 0, "is": first}, {"from": 2018 * 12 + 6, "is": second}, {"from": 2019 * 12, "is": third})


def renamed(name: str, lever: Named) -> Named:
    return name, lever[1]


def closure(service: str, first: int, last: int, share: float, *provinces: str) -> Named:
    """A closure of a service in some provinces, or in all."""
    settings = {"service": service, "start": first, "end": last, "closed_share": share, "jurisdiction": provinces}
    return f"z_{service}", ServiceClosure.model_validate(settings)


def sandboxes() -> list[Named]:
    """Telemedicine tried out and shut again in a zone, then allowed everywhere; drones and robots, soon allowed."""
    zone: dict[str, Any] = {"jurisdiction": ("Gangwon", "Jeonnam"), "cap_per_month": 20_000.0, "outcome": "ended"}
    drones: dict[str, Any] = {"service": "unmanned_delivery", "jurisdiction": (), "cap_per_month": 6e5}
    first = 2017 * 12
    return [
        ("y_zone", RegulatorySandbox(start=first + 2, end=first + 8, review_months=1, renewals=1, **zone)),
        ("y_nation", RegulatorySandbox(start=first + 19, end=first + 24, review_months=2, renewals=0,
                                       jurisdiction=("Seoul", "Gangwon"), share_of_demand=0.7)),
        ("y_drones", RegulatorySandbox(start=first, end=first + 15, review_months=0, renewals=0, **drones)),
    ]  # fmt: skip


def korea_of(
    *levers: Named, parameters: Mapping[str, float], stringency: float = 0.0, scale: float = SCALE
) -> Settings:
    """Settings over the whole horizon with the default paths; stringency: at least this from the first month on."""
    paths = default_paths(ORIGIN, MONTHS)
    paths["stringency_index"] = tuple(max(stringency, value) for value in paths["stringency_index"])
    paths["talent_training_persons_per_month"] = tuple(50.0 * (t % 5) for t in range(MONTHS))
    settings = settings_of(*levers, months=MONTHS, parameters=parameters, scale=scale)
    return replace(settings, paths=tuple(paths.items()))


@cache
def plan() -> Played:
    """The declared parameters, visits from December 2018 and the plan of September 2020 by its defaults."""
    launch = {"start": month_of(2018, 12), "end": month_of(2020, 8)}
    plan_2020 = {"start": month_of(2020, 9), "end": month_of(2023, 8)}
    return play(
        korea_of(
            renamed("a_launch", qr_enrolment(**launch, visits_per_month=100_000.0)),
            renamed("terminals", terminal_subsidy(**plan_2020)),
            renamed("visits", qr_enrolment(**plan_2020)),
            digital_loan(**plan_2020, budget_krw=6e11),
            renamed("kits", smart_shop(start=month_of(2020, 9))),
            renamed("courses", field_training(start=month_of(2020, 9), carry_over=False, quota=NEW_PLACES_IN_2021)),
            parameters={},
        )
    )


def eager_for(technologies: Sequence[str]) -> dict[str, float]:
    """The ends of the register's ranges at which technologies are cheap, heard of, wanted and dropped most."""
    ends = {
        "adoption_constant": "high",
        "initial_share": "high",
        "initial_aware_share": "high",
        "innovation_per_month": "high",
        "drop_out_per_month": "high",
        "price_krw": "low",
    }
    names = [(f"technology.{entry}.{technology}", end) for technology in technologies for entry, end in ends.items()]
    return {name: getattr(register()[name], end) for name, end in names}


LIVELY = {
    "consumer.pandemic_channel": 0.6,
    "consumer.stringency_weight.mobility": 0.3,
    "need.spending_elasticity.groceries": 0.3,
    "need.spending_elasticity.saving": 0.4,
    "consumer.dormancy_monthly_hazard": 0.02,
    "consumer.account_cost": 1.0,
    "consumer.initial_open_market_share": 0.4,
    "talent.graduation_lag_months": 5.0,
    "technology.capability_gain_per_month.open_market_entry": 0.05,
    "programme.awareness_per_month": 0.1,
    "programme.apply_constant": 1.0,
    "programme.visit_accept_constant": 0.5,
    "technology.adoption_constant.mobile_pay_terminal": -2.0,
    "technology.adoption_constant.public_qr": -2.0,
    "technology.drop_out_per_month.mobile_pay_terminal": 0.05,
    "technology.drop_out_per_month.public_qr": 0.05,
    "technology.adoption_constant.delivery_app": -3.0,
    "technology.drop_out_per_month.delivery_app": 0.05,
    "technology.innovation_per_month.public_qr": 0.03,
    "merchant.cash_buffer_months": 0.25,
    "merchant.credit_line_months": 0.05,
    "loan.floor_share": 0.6,
    "loan.repaid_share_per_year": 0.2,
    "loan.cost_per_year": 0.01,
    "exit.income_weight": 0.6,
    "exit.cash_weight": 1.0,
    "entry.income_elasticity": 1.5,
    "entry.growth_years": 2.0,
    "merchant.family_share": 0.4,
    "consumer.network_exponent": 0.6,
    "own_store.small_seller_share.fashion": 0.15,
    "technology.running_cost_krw_per_month.table_order": 300_000.0,
}
LIVELY |= {"gate.accidents_per_use.noncontact_medical": 3e-6, "service.haste_weight.noncontact_medical": 6.0}
LIVELY |= eager_for(TECHNOLOGIES[4:])
"""Overrides that make rare events frequent and silent terms heard."""


@cache
def lively() -> Played:
    """Every kind of rationing under tight quotas, early launches and closings, and the overrides of `LIVELY`."""
    lottery = {"rationing": "lottery", "carry_over": False, "jurisdiction": ("Seoul", "Gyeonggi"), "keep_months": 6}
    score = {
        "rationing": "score",
        "target": {"sectors": ("grocery_retail", "fashion_retail", "home_goods_retail")},
        "keep_months": 9,
    }
    priority = {"rationing": "priority", "priority": {"owner_age_min": 50}, "processing_months": 2}
    budget = {"carry_over": False, "budget_krw": steps(1e10, 2e10, 2.2e10), "start": 2018 * 12}
    young = {
        "carry_over": False,
        "budget_krw": steps(5e8, 6e8, 2e9),
        "target": {"owner_age_max": 55, "sales_max_krw_per_year": 5e8},
        "keep_months": 4,
    }
    kits = {
        "kit": {"food_service": "serving_robot", "grocery_retail": "unmanned_night_store", "personal_services": "none"},
        "start": MID - 6, "end": MID + 18, "quota": steps(2e4, 4e4, 9e4), "carry_over": False, "rationing": "lottery",
        "budget_krw": steps(2e9, 4e9, 9e9), "subsidy_cap_krw": 150_000.0, "keep_months": 5,
        "awareness_campaign_krw_per_month": 1e9,
    }  # fmt: skip
    courses = {"start": START, "quota": steps(4e4, 5e4, 9e4), "carry_over": False, "capacity_hours_per_month": 1.5e5}
    return play(
        korea_of(
            renamed("a_lottery", terminal_subsidy(**lottery, **SHORT, quota=steps(2e5, 2.1e5, 2.3e5))),
            renamed(
                "b_score", terminal_subsidy(**score, start=MID - 9, quota=9e4, decisions_per_month=3e3, end=MID + 12)
            ),
            renamed("c_first", terminal_subsidy(**budget, end=MID + 9)),
            renamed("d_priority", terminal_subsidy(**priority, start=MID + 3, quota=1e5, subsidy_rate=0.5)),
            renamed("e_young", qr_enrolment(**young, start=LAUNCH - 8, visits_per_month=steps(5e4, 2e5, 1e5))),
            renamed("g_kits", smart_shop(**kits)),
            *sandboxes(),
            closure("noncontact_medical", 2017 * 12 + 5, 2017 * 12 + 6, 0.4, "Gangwon"),
            closure("e_culture", 2018 * 12 + 2, 2018 * 12 + 11, 0.5, "Seoul", "Busan"),
            closure("smart_finance", MID, MID + 20, 0.4, "Seoul"),
            closure("ecommerce", MID + 5, MID + 12, 0.3, "Seoul", "Jeju"),
            closure("smart_store", MID + 17, MID + 22, 1.0),
            closure("subscription_economy", MID + 9, MID + 22, 1.0),
            closure("online_museum", 2017 * 12 + 6, MID, 1.0, "Seoul"),
            renamed("h_courses", field_training(**courses)),
            renamed("i_lessons", field_training(start=MID, budget_krw=1.6e10, target={"owner_age_min": 45})),
            renamed("f_rest", qr_enrolment(start=LAUNCH + 3, budget_krw=4e9, visit_cost_krw=9e3)),
            renamed(
                "g_young",
                digital_loan(
                    budget_krw=steps(2e11, 3e12, 5e12),
                    start=2017 * 12 + 6,
                    end=MID + 14,
                    target={"owner_age_max": 50},
                    loan_max_krw=2e7,
                    guarantee_cover=1.0,
                ),
            ),
            renamed(
                "h_rest",
                digital_loan(
                    budget_krw=2e13,
                    jurisdiction=("Seoul", "Gyeonggi", "Busan", "Daegu"),
                    rate_per_year=0.03,
                    guarantee_cover=0.7,
                    guarantee_fee=0.02,
                    awareness_campaign_krw_per_month=5e9,
                ),
            ),
            parameters=LIVELY,
            stringency=0.1,
        ),
        seed=7,
    )


DEAR = ("serving_robot", "unmanned_night_store", "smart_workshop")


@cache
def platforms() -> Played:
    """Caps, agreements and a public platform, by province and size; platforms that price often, and one that leaves.

    Shops have the credit for the technologies that are dear, and take them up and drop them often.
    """
    seoul, young = ("Seoul", "Gyeonggi"), 2018 * 12
    cap: dict[str, Any] = {"platform": "delivery_app", "sales_max_krw_per_year": 1.5e8}
    levers: list[Named] = [
        ("a_cap", PlatformFeeCut(**cap, start=2017 * 12 + 4, end=young + 11, cap_share=0.04, jurisdiction=seoul)),
        ("b_cap", PlatformFeeCut(**cap, start=young + 2, end=young + 8, cap_share=0.05, covers_large_sellers=True)),
        ("c_cut", PlatformFeeCut(**cap, start=young + 14, end=young + 26, negotiated_cut_share=0.04,
                                 covers_large_sellers=True)),
        ("d_cap", PlatformFeeCut(jurisdiction=(), platform="open_market", start=young + 12, end=young + 40,
                                 cap_share=0.02,
                                 sales_max_krw_per_year=4e8, covers_large_sellers=True)),
        ("e_public", PublicDeliveryPlatform(start=young + 3, end=young + 20, voucher_share=0.05, jurisdiction=seoul,
                                            promotion_krw_per_month=2e9)),
        ("f_public", PublicDeliveryPlatform(jurisdiction=(), start=young + 24, end=young + 30, commission_share=0.0)),
    ]  # fmt: skip
    parameters = {
        "platform.consumer_fee_share.open_market": 0.01,
        "platform.consumer_fee_share.delivery_app": 0.005,
        "platform.step_tolerance": 0.0,
        "platform.response_curvature": 300.0,
        "platform.loss_quarters": 3.0,
        "platform.seesaw_share": 0.2,
        "public_platform.joining_per_month": 0.2,
        "platform.entry_month.open_market_rival": 16.0,
        "platform.fixed_cost_krw_per_month.open_market_rival": 2e11,
        "platform.fixed_cost_krw_per_month.delivery_app_rival": 5e8,
        "platform.entry_quarters": 2.0,
        "platform.entry_tolerance": 0.3,
        "platform.rival_utility.open_market_rival": 0.4,
        "platform.listing_per_month": 0.15,
        "platform.consumer_fee_share.delivery_app_rival": 0.01,
        "delivery_app_rival.commission_share": 0.08,
        "delivery_app.second_account_cost": 0.3,
        "open_market.own_margin_share": 0.14,
        "open_market.own_sales_share": 0.25,
        "technology.adoption_constant.delivery_app": -3.0,
        "merchant.credit_line_months": register()["merchant.credit_line_months"].high,
        "adoption.revision_mean_months": register()["adoption.revision_mean_months"].low,
    }
    parameters |= eager_for(DEAR)
    parameters |= {f"technology.minimum_capability.{j}": 0.1 for j in DEAR}
    return play(korea_of(*levers, parameters=parameters), seed=2)


@cache
def drawn() -> Played:
    """Every parameter at a place of its range drawn by chance, but for those that size demand and supply.

    The open market may take no commission from 2018 on, does not turn to consumers, and leaves. Provinces
    with both office and residential streets are among the sample.
    """
    rng = np.random.default_rng(3)
    sizes = ("merchant.sales_mean", "need.spending")
    places = {p.id: float(rng.uniform(p.low, p.high)) for p in register().values() if not p.id.startswith(sizes)}
    places |= {"platform.seesaw_share": 0.0, "platform.loss_quarters": 2.0}
    launch = qr_enrolment(start=LAUNCH, keep_months=5)
    nothing: dict[str, Any] = {"platform": "open_market", "cap_share": 0.0, "covers_large_sellers": True}
    cap = "cap", PlatformFeeCut(**nothing, start=month_of(2018, 1), end=month_of(2030, 1))
    terminals = terminal_subsidy(start=MID - 9, give_up_monthly_hazard=0.3)
    return play(korea_of(terminals, launch, cap, parameters=places, scale=FINE), seed=5)
