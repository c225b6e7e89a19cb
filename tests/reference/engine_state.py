"""The engine's columns and records as the reference's state; only the names of fields are known here."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.reference.draws import I8
from tests.reference.firm_state import NO_FIRM, Firms
from tests.reference.firms import FirmTraits
from tests.reference.service_state import Gated, Services, Trade, Work
from tests.reference.services import GATED_PLACES
from tests.reference.start import Traits
from tests.reference.state import (
    MEALS,
    PROVINCES,
    PUBLIC_QR,
    SECTORS,
    TECHNOLOGIES,
    TERMINAL,
    Cells,
    Constants,
    Loan,
    LoanProgress,
    Markets,
    Merchants,
    People,
    Platforms,
    Progress,
    State,
    Target,
    Terms,
)

TELEWORK_SERVICE = 8
Columns = Mapping[str, NDArray[Any]]
"""The engine's merchants, columns by name."""


def people_of(world: Any) -> People:
    """People with their traits and state; weights by row."""
    traits, state = world.people, world.consumers
    whole = ("id", "province", "birth_year", "entry_year", "exit_year", "income_rank", "skill_rank", "aversion_rank")
    columns = {name: np.asarray(getattr(traits, name)).astype(np.int64) for name in whole}
    return People(
        **columns,
        weight=traits.weight_by_province[columns["province"]],
        skill=state.skill.astype(np.float64),
        habit=state.habit.astype(np.float64),
        accounts=state.accounts.astype(np.int64),
        instruments=state.instruments.astype(np.int64),
        band=state.age_band.astype(np.int64),
        savings=state.savings_krw.copy(),
    )


WHOLE = ("id", "province", "kind", "sector", "owner_birth_year", "family", "regular", "temporary", "entered", "trained")
REAL = {
    "weight": "weight",
    "capability": "capability",
    "start": "start_krw",
    "business": "business_krw",
    "attraction": "pull_store",
    "attraction_online": "pull_online",
    "sales": "sales_store",
    "sales_online": "sales_online",
    "sales_year": "sales_year_krw",
    "income_year": "income_year_krw",
    "cash": "cash_krw",
    "gained": "gained",
    "quality": "quality",
    "base": "base_krw",
    "base_business": "base_business_krw",
    "spread": "shock_spread",
    "staff_rank": "staff_rank",
    "mix_rank": "mix_rank",
    "debt": "debt_krw",
    "debt_rate": "debt_rate",
    "debt_cover": "debt_cover",
    "attraction_own": "pull_own",
    "sales_own": "sales_own",
}
"""Columns of merchants by the reference's name: whole numbers under the same name, others under the engine's."""
STAGES = ("aware", "applied", "selected", "gave_up", "installed", "active", "abandoned", "knows_programme")
DATES = ("applied", "installed", "active", "subsidised")
NEVER = 255


def merchants_of(rows: Columns, cell: I8) -> Merchants:
    """Merchants of the engine, technology tables turned to (technology, row)."""
    bits = 1 << np.arange(TECHNOLOGIES)[:, None]
    pending, chosen = ((rows[name] & bits != 0).astype(np.int64) for name in ("pending", "chosen"))
    dates = np.array([rows[f"{name}_at"].T for name in DATES]).astype(np.int64)
    revised = rows["revised_at"].astype(np.int64)
    whole: dict[str, Any] = {name: np.asarray(rows[name]).astype(np.int64) for name in WHOLE}
    real: dict[str, Any] = {mine: np.asarray(rows[theirs]).astype(np.float64) for mine, theirs in REAL.items()}
    tier = np.asarray(rows["fee_tier"]).astype(np.int64)
    return Merchants(
        **whole,
        **real,
        cell=cell,
        card_tier=tier & 7,
        qr_tier=tier >> 3,
        stage=sum((rows[name] & bits != 0).astype(np.int64) << place for place, name in enumerate(STAGES)),
        waiting=pending + 2 * chosen,
        programme=rows["programme"].T.astype(np.int64),
        month=np.where(dates == NEVER, -1, dates),
        revised=np.where(revised == NEVER, -1, revised),
        lender=rows["loan_programme"].astype(np.int64),
    )


def traits_of(korea: Any, world: Any, rows: Columns, adults_by_band: np.ndarray, firm_ranks: Any) -> Traits:
    """Traits and ranks of the sample; what the start decides is emptied."""
    sampled = korea.merchants
    cell = np.repeat(np.arange(sampled.cell_sector.size), np.diff(sampled.cell_start))
    merchants = merchants_of(rows, cell)
    given = {"id", "weight", "province", "kind", "sector", "cell", "owner_birth_year"}
    emptied = {f.name: getattr(merchants, f.name) * 0 for f in fields(Merchants) if f.name not in given}
    people = people_of(world)
    unset = {
        name: getattr(people, name) * 0 for name in ("skill", "habit", "accounts", "instruments", "band", "savings")
    }
    size, capability, family, staff = (
        np.asarray(getattr(sampled, f"{name}_rank")).astype(np.float64)
        for name in ("size", "capability", "family", "staff")
    )
    bare = replace(people, **unset), replace(merchants, **emptied)
    number = world.places.number.copy()
    return Traits(*bare, size, capability, family, staff, adults_by_band, number, firm_traits_of(world, firm_ranks))


def markets_of(world: Any, fixed: Markets) -> Markets:
    """Pulls, gains and incomes of the engine; what the start fixed stays the reference's."""
    market, tables = world.market[0], world.market_tables[0]
    place = (PROVINCES, SECTORS)
    return replace(
        fixed,
        store=market.store_pull.reshape(place).copy(),
        store_terminal=market.terminal_pull.reshape(place).copy(),
        store_qr=market.qr_pull.reshape(place).copy(),
        online=market.online_pull.copy(),
        app=market.entry_pull.reshape(place)[:, MEALS].copy(),
        realised=tables.realised.reshape(TECHNOLOGIES, *place).astype(np.float64),
        income=market.income.copy(),
        income_start=market.income_start.copy(),
        entry=market.entry_pull.reshape(place).copy(),
        entry_above=market.entry_pull_above.reshape(place).copy(),
        owner_income=market.owner_income.reshape(place).copy(),
        owner_income_start=market.owner_income_start.reshape(place).copy(),
        scale=tables.market_scale.reshape(place).copy(),
        exit_constant=tables.exit_constant.astype(np.float64),
        there=market.there.copy(),
        worth_start=market.worth_start.copy(),
        own=market.own_by_market.reshape(place).copy(),
        own_start=market.own_pull_start.copy(),
        large_mall=market.large_mall.copy(),
        kiosk=market.kiosk_pull.sum(axis=1).reshape(place),
        kiosk_share=tables.kiosk_share.astype(np.float64),
        input_cost=tables.input_share.copy(),
        advice=float(tables.advice),
        instrument_pull=np.array([tables.mobile_pull, tables.qr_pull], dtype=np.float64).reshape(2, *place),
    )


def platforms_of(world: Any) -> Platforms:
    """The platforms' state, and what they know of last month."""
    own, terms = world.platforms, world.terms
    by_seller = (2, PROVINCES, SECTORS, 4)
    return Platforms(
        **{name: own[name].astype(np.int64) for name in ("open", "gone", "solved", "bound")},
        listed=own.listed.copy(),
        promised=own.entry_quarters.copy(),
        commission=own.commission.copy(),
        fee=own.consumer_fee.copy(),
        commission_january=own.commission_january.copy(),
        fee_january=own.consumer_fee_january.copy(),
        responses=np.stack([own.seller_response, own.consumer_response], axis=1),
        expected=own.expected_krw.copy(),
        quarter=own.quarter_krw.copy(),
        profit=own.profit_krw.copy(),
        losses=own.loss_quarters.copy(),
        **{name: terms[name].reshape(by_seller).copy() for name in ("price", "sold", "agreed", "cap")},
        charged=terms.fee.ravel().copy(),
        members=terms[0].public_members.copy(),
        public_price=terms[0].public_price.copy(),
        reached=terms.reached.copy(),
        budget=terms[0].demand_budget.copy(),
        online=terms[0].demand_online.copy(),
        both=terms[0].demand_both.copy(),
    )


def services_of(world: Any) -> Services:
    """Services as they stand; skill and adults as measured in this month's sums."""
    now, sums, weights = world.services[0], world.consumer_sums[-1], world.people.weight_by_province
    count = (sums.count[:, 0:12:2] + sums.count[:, 1:12:2]).astype(np.float64)
    names = ("constant", "use", "habit", "habit_start", "skill", "adults", "national", "in_province", "trust", "haste",
             "lost")  # fmt: skip
    return Services(
        **{name: now[name].astype(np.float64) for name in names},
        worth_start=now.worth_start.copy(),
        measured_skill=(sums.skill_of_band / np.maximum(count, 1.0)).ravel(),
        measured_adults=(count * weights[:, None]).ravel(),
    )


def trade_of(world: Any) -> Trade:
    """What trade keeps."""
    now, potential = world.services[0], float(world.service_rules[0].c2c_potential)
    numbers = float(now.data_stock), float(now.transactions_start)
    return Trade(now.order_flow.copy(), now.income_trend.copy(), *numbers, now.c2c_users_start / potential)


def gated_of(now: Any) -> Gated:
    """Gated services as the engine's record of services has them."""
    return Gated(
        now.joined.copy(),
        now.revised > 0,
        now.stopped > 0,
        now.trial_uses.copy(),
        now.trial_accidents.copy(),
        now.lost[list(GATED_PLACES)].copy(),
        now.deliveries.copy(),
    )


def constants_of(world: Any) -> Constants:
    """The constants that the engine found for itself."""
    market = world.market[0]
    return Constants(
        market.constants.astype(np.float64),
        float(market.mall_utility),
        float(world.consumer_rules[0].skill_mean),
        market.budget_unit[:-1].copy(),
        float(market.budget_unit[-1]),
        float(market.other_income),
    )


def progress_of(world: Any, programmes: int) -> list[Progress]:
    names = ("committed", "reserved_krw", "spent_krw", "lapsed", "lapsed_krw", "eligible")
    met = world.programmes[0].months_met
    state = world.programme_state
    kept = ([float(state[q][name]) for name in names] for q in range(programmes))
    return [replace(Progress(*numbers), months_met=float(met[q])) for q, numbers in enumerate(kept)]


def loans_of(world: Any, count: int) -> list[LoanProgress]:
    """Loan levers as they stand."""
    names = {"granted": "granted_krw", "lent": "lent_krw", "covered": "covered_krw", "fees": "fees_krw"}
    terms, state = world.loans[0], world.loan_state
    return [
        LoanProgress(
            **{mine: float(state[k][theirs]) for mine, theirs in names.items()},
            campaign=float(state[k]["campaign_krw"]),
            is_open=bool(terms.open_now[k]),
            left=float(terms.left_krw[k]),
            hears=float(terms.hears[k]),
        )
        for k in range(count)
    ]


def cells_of(world: Any) -> Cells:
    places = world.places
    number, founders, births = (x.astype(np.int64) for x in (places.number, places.founders, places.births))
    return Cells(number, founders, places.expected.copy(), births)


def firms_of(world: Any) -> Firms:
    """The firms as they stand."""
    rows, state = world.firms, world.firm_state[0]
    names = ("sector", "place", "province", "stage", "partners", "sandbox")
    whole = dict(zip(names, rows.codes.astype(np.int64), strict=True))
    numbers = ("quality", "track", "rank", "asked", "sales", "exports", "reserve", "wanted")
    real = {name: rows.numbers[place].astype(np.float64) for name, place in zip(numbers, NUMBERS, strict=True)}
    pools = (PROVINCES, 2)
    return Firms(
        id=rows.id.astype(np.int64),
        **whole,
        **real,
        heads=rows.staff[:2].astype(np.float64),
        vacancies=rows.staff[2:4].astype(np.float64),
        cash=rows.cash_krw.copy(),
        flow=rows.flow_krw.copy(),
        count=state.firms.copy(),
        crowd_start=state.crowd_start.copy(),
        heads_per_krw=state.heads_per_krw.copy(),
        seekers=state.seekers.reshape(pools).copy(),
        seekers_start=state.seekers_start.reshape(pools).copy(),
        expected=state.expected.copy(),
        births=state.births.copy(),
        owed=state.devices_krw.copy(),
        supplied=state.supplied_krw.copy(),
        met=state.met.copy(),
        home=state.home_krw.copy(),
        exports_of=state.exports_krw.copy(),
        installed=state.installed.copy(),
        wages=state.wages_krw.copy(),
    )


NUMBERS = (0, 1, 2, 8, 9, 10, 11, 13)
"""Columns of float32 among the engine's."""


def firm_traits_of(world: Any, ranks: Any) -> FirmTraits:
    """Firms of the start by row, emptied of what the start decides; ranks: size, stage and staff of the table's
    firms."""
    given = {"id", "sector", "place", "province", "seekers", "heads"}
    firms = firms_of(world)
    there = np.flatnonzero(firms.stage != NO_FIRM)
    bare = replace(firms, **{f.name: getattr(firms, f.name) * 0 for f in fields(Firms) if f.name not in given})
    bare.rank[there] = ranks[2].astype(np.float32)
    size, stage = np.zeros(firms.id.size), np.zeros(firms.id.size)
    size[there], stage[there] = ranks[0], ranks[1]
    bare.heads[:] = bare.seekers[:] = 0.0
    return FirmTraits(bare, size, stage)


def work_of(world: Any) -> Work:
    """Telework, hiring and finance as they stand."""
    work, tables = world.work[0], world.market_tables[0]
    names = ("teleworking_start", "elsewhere", "recruitment_start", "tightness_start", "seekers", "vacancies")
    return Work(
        **{name: work[name].copy() for name in names},
        finance_start=float(work.finance_start),
        loan_shift=float(tables.loan_shift),
        speed=tables.hiring_speed.astype(np.float64),
        kit_start=float(work.kit_start),
        supplied=float(world.services[0].supplied[TELEWORK_SERVICE]),
    )


def loan_of(settings: dict[str, Any], codes: dict[str, tuple[str, ...]]) -> Loan:
    return Loan(settings, target_of(settings["target"], settings["jurisdiction"], codes))


def state_of(world: Any, rows: Columns, started: State, programmes: int) -> State:
    """The engine's state now; what the start fixed of markets stays as the reference found it."""
    cell = started.merchants.cell
    return State(
        people_of(world),
        merchants_of(rows, cell),
        markets_of(world, started.markets),
        constants_of(world),
        progress_of(world, programmes),
        platforms_of(world),
        loans_of(world, len(started.loans)),
        cells_of(world),
        services_of(world),
        firms_of(world),
        trade_of(world),
        gated_of(world.services[0]),
        work_of(world),
    )


def terms_of(
    lever_id: str, settings: dict[str, Any], codes: dict[str, tuple[str, ...]], prices: np.ndarray, course: int
) -> Terms:
    """A lever's declared settings as terms; `codes`: names by kind; course: training levers before this one."""
    technology, subsidy, share = (np.full(SECTORS, empty) for empty in (-1, 0.0, 0.0))
    by_visit, part, hours = lever_id == "public_qr_enrolment", 1.0, 0.0
    if by_visit:
        technology[:] = PUBLIC_QR
    elif lever_id == "payment_terminal_subsidy":
        share[:] = settings["subsidy_rate"]
        technology[:] = TERMINAL
        subsidy[:] = np.round(min(share[0] * settings["unit_cost_krw"], float(prices[TERMINAL])))
    elif lever_id == "smart_shop":
        part = settings["subsidy_rate"]
        for sector, device in settings["kit"].items():
            if device != "none":
                s, j = codes["sectors"].index(sector), codes["technologies"].index(device)
                paid = np.round(min(part * np.round(prices[j]), settings["subsidy_cap_krw"]))
                technology[s], subsidy[s], share[s] = j, paid, paid / prices[j]
    else:
        hours = settings["hours_per_person"]
    taught = min(1.0, hours * settings.get("capability_per_hour", 0.0))
    targets = (
        target_of(settings.get(whom, settings["target"]), settings["jurisdiction"], codes)
        for whom in ("target", "priority")
    )
    return Terms(settings, by_visit, technology, subsidy, share, part, hours, taught, course, *targets)


def measure_of(lever_id: str, settings: dict[str, Any], codes: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """A lever on platforms by its settings, provinces as one truth each."""
    provinces = settings["jurisdiction"] or codes["provinces"]
    return settings | {"lever": lever_id, "provinces": np.array([name in provinces for name in codes["provinces"]])}


def target_of(settings: dict[str, Any], provinces: list[str], codes: dict[str, tuple[str, ...]]) -> Target:
    def positions(chosen: list[str], kind: str) -> tuple[int, ...]:
        return tuple(codes[kind].index(name) for name in (chosen or codes[kind]))

    return Target(
        positions(provinces, "provinces"),
        positions(settings["sectors"], "sectors"),
        positions(settings["district_kinds"], "kinds"),
        settings["owner_age_min"],
        settings["owner_age_max"],
        settings["sales_max_krw_per_year"],
    )
