"""The start of new-industry firms, what they go by, and what each quarter is given."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from model.agents.firms.columns import (
    AREAS,
    CODES,
    COMMERCIAL,
    FIRM_MONTH,
    FIRM_RULES,
    FIRM_SECTORS,
    FIRM_STATE,
    HEADS,
    LEARNS,
    NUMBERS,
    PLACE,
    POOLS,
    PROVINCE,
    PULL,
    QUALITY,
    RESERVE,
    ROOM_LEAST,
    ROOM_RATIO,
    SECTOR,
    SHIPS,
    SIZES,
    STAFF,
    STAFF_RANK,
    STAGE,
    STEPS,
    TRACK,
    VACANT,
    WORKS,
    FirmRows,
)
from model.codes import NEW_INDUSTRIES, PROVINCES
from model.parameters import vector
from model.records import F8, Records, fill, records
from model.synthetic_population.firms import PLACES, FirmLevels, FirmTraits, province_of_place
from model.synthetic_population.margins import adults_in_table

Values = Mapping[str, float]
FITTED_YEARS = 3.0
"""Years from 2017 on that growth is fitted to the evidence; after them it fades to its later rate."""


def _sectors(values: Values, name: str) -> F8:
    return np.array(vector(values, f"firm.{name}", "new_industries"))


def _stages(values: Values, name: str) -> F8:
    """Return numbers by stage, zero for vacant rows."""
    return np.append(vector(values, f"firm.{name}", "firm_stages"), 0.0)


def firm_rules(values: Values) -> Records:
    """Return what firms go by."""
    strength = values["firm.priority_strength"]
    ships = np.zeros(len(_stages(values, "pull_by_stage")))
    ships[COMMERCIAL:VACANT] = 1.0
    learns = np.full(ships.size, values["firm.track_learning_per_quarter"])
    learns[[0, VACANT]] = 0.0
    return fill(
        FIRM_RULES,
        input_share=_sectors(values, "input_share"),
        rnd_share=_sectors(values, "bought_research_share"),
        researcher_share=_sectors(values, "researcher_share"),
        wage_krw=np.array(vector(values, "firm.wage_krw_per_month", "skills")),
        stage_pull=_stages(values, "pull_by_stage"),
        stage_staff=_stages(values, "staff_ratio_by_stage"),
        stage_ships=ships,
        stage_advance=_stages(values, "advance_per_year"),
        stage_exit=_stages(values, "exit_per_year"),
        stage_funded=_stages(values, "funding_per_year"),
        stage_learns=learns,
        first_track=_stages(values, "initial_track"),
        talent_weight=strength * _sectors(values, "priority_manpower"),
        demonstration_weight=strength * _sectors(values, "priority_infrastructure"),
        legal_weight=strength * _sectors(values, "priority_regulation"),
        research_weight=strength * _sectors(values, "priority_research_funding"),
        crowd_weight=values["firm.agglomeration_weight"],
        partner_weight=values["firm.partner_weight"],
        usual_partners=values["firm.usual_partners"],
        most_drive=values["firm.highest_log_factor"],
        partners_per_year=values["firm.partners_per_year"],
        capacity_ratio=values["firm.capacity_ratio"],
        quits=values["firm.quit_share_per_quarter"],
        cut=values["firm.cut_share_per_quarter"],
        exit_cash_weight=values["firm.exit_cash_weight"],
        reserve_months=values["firm.reserve_months"],
        payout_ratio=values["firm.payout_ratio"],
        low_cash=values["firm.low_cash_share"],
        entry_elasticity=values["firm.entry_elasticity"],
        entry_crowd=values["firm.entry_agglomeration_exponent"],
        entry_talent=values["firm.entry_talent_exponent"],
        spin_off_share=values["firm.spin_off_share"],
        start_capital_krw=values["firm.start_capital_krw"],
        entrant_size=values["firm.entry_size_ratio"] * _sizes((np.arange(SIZES) + 0.5) / SIZES, values),
        stay_share=values["talent.stay_share"],
        leak=values["talent.leak_per_quarter"],
        match_efficiency=values["talent.match_efficiency"],
        match_elasticity=values["talent.match_elasticity"],
        supply_share=supply_shares(values),
    )


def supply_shares(values: Values) -> F8:
    """Return by (sector, technology) the share of what dealers take for a technology that goes to its makers."""
    shares = np.zeros((FIRM_SECTORS, len(vector(values, "technology.supply_share", "technologies"))))
    for technology, share in enumerate(vector(values, "technology.supply_share", "technologies")):
        shares[MAKERS[technology], technology] = share
    return shares


_AI, _BIO, _FINTECH, _MOBILITY, _ROBOT = range(len(NEW_INDUSTRIES))
MAKERS = (
    _FINTECH, _FINTECH, _AI, _AI, _ROBOT, _ROBOT, _AI, _AI, _ROBOT, _ROBOT, _AI, _ROBOT, _AI, _AI,
)  # fmt: skip
"""Sector that makes each technology: tills fintech, machines robots, software and advice AI."""


def _sizes(rank: F8, values: Values) -> F8:
    """Return log-normal sizes at ranks, their mean one."""
    from scipy.special import ndtri

    size = np.exp(values["firm.size_log_sd"] * ndtri(rank))
    return np.asarray(size / size.mean())


def firm_months(values: Values, months: int, training: F8, levels: FirmLevels, stage: Any, sector: Any) -> Records:
    """Return what each quarter is given, one record a month; training: people who begin it, by month.

    stage, sector: of the firms at the start.
    """
    table = records(FIRM_MONTH, months)
    t = np.arange(months)
    middle = np.asarray((t + 1.5) / 12.0 - 0.5, np.float64)
    sales, exports = levels.sales_krw.sum(axis=1) / 12.0, _sectors(values, "export_share")
    fade = values["firm.growth_fading_years"]
    rates = _stages(values, "exit_per_year")
    for s in range(FIRM_SECTORS):
        demand = sales[s] * _index(middle, values, "demand", s, fade)
        table.demand_krw[:, s] = demand * (1.0 - exports[s])
        table.export_demand_krw[:, s] = demand * exports[s]
        table.per_head[:, s] = (1.0 + _sectors(values, "sales_per_head_growth_per_year")[s]) ** middle
        count = levels.firms[s].sum() * _index(t / 12.0, values, "number", s, fade)
        later = levels.firms[s].sum() * _index((t + 3) / 12.0, values, "number", s, fade)
        closing = 1.0 - np.exp(-rates[stage[sector == s]] / 4.0).mean()
        table.births[:, s] = later - count * (1.0 - closing)
    table.arrivals[:] = arrivals(values, t, training, levels)
    return table


def _index(years: F8, values: Values, what: str, sector: int, fade: float) -> F8:
    """Return e to the growth since 2017: at one rate for the fitted years, then fading to the later one."""
    name = f"{what}_growth"
    first = np.log1p(_sectors(values, f"{name}_per_year")[sector])
    later = np.log1p(_sectors(values, f"{name}_later_per_year")[sector])
    beyond = np.maximum(years - FITTED_YEARS, 0.0)
    faded = fade * (1.0 - np.exp(-beyond / fade))
    return np.asarray(np.exp(first * np.minimum(years, FITTED_YEARS) + later * beyond + (first - later) * faded))


def pool_shares(values: Values, levels: FirmLevels) -> F8:
    """Return the share of each province in who joins the pools: partly where people in their 20s live, partly work."""
    young = adults_in_table(2017)[:, 0].astype(np.float64)
    staff = np.bincount(province_of_place(np.arange(PLACES)), levels.staff.sum(axis=0), len(PROVINCES))
    home = values["talent.home_share"]
    return np.asarray(home * young / young.sum() + (1.0 - home) * staff / staff.sum())


def staff_by_skill(values: Values, levels: FirmLevels) -> F8:
    """Return the staff at the start by skill."""
    researchers = float(_sectors(values, "researcher_share") @ levels.staff.sum(axis=1))
    return np.array([researchers, levels.staff.sum() - researchers])


def arrivals(values: Values, t: Any, training: F8, levels: FirmLevels) -> F8:
    """Return people who join each pool in the quarter from month t: graduates, and who was trained before."""
    staff = staff_by_skill(values, levels)
    grown = (1.0 + values["talent.graduate_growth_per_year"]) ** (t / 12.0)
    graduates = staff * np.array(vector(values, "talent.graduates_share_per_year", "skills")) / 4.0
    begun = np.concatenate([[0.0], np.cumsum(training)])
    lag = round(values["talent.graduation_lag_months"])
    trained = begun[np.clip(t + 1 - lag, 0, t.size)] - begun[np.clip(t - 2 - lag, 0, t.size)]
    by_skill = grown[:, None] * graduates + trained[:, None] * graduates / graduates.sum()
    shares = pool_shares(values, levels)
    return np.asarray((by_skill[:, None, :] * shares[None, :, None]).reshape(t.size, POOLS))


def make_firms(traits: FirmTraits, levels: FirmLevels, values: Values) -> FirmRows:
    """Return the rows with all that does not hang on demand: place, stage, quality, track record."""
    provinces = province_of_place(np.arange(PLACES))
    counts = np.array([np.bincount(provinces, row, len(PROVINCES)) for row in levels.firms]).ravel().astype(np.int64)
    room = ROOM_RATIO * counts + ROOM_LEAST
    first = np.concatenate([[0], np.cumsum(room)])
    size = int(first[-1])
    rows = FirmRows(
        np.zeros(size, np.uint64), np.zeros((len(CODES), size), np.uint8), np.zeros((len(NUMBERS), size), np.float32),
        np.zeros((len(STAFF), size), np.int32), np.zeros(size), np.zeros(size), np.zeros(size, np.uint64), first,
    )  # fmt: skip
    rows.codes[STAGE] = VACANT
    rows.codes[SECTOR] = np.repeat(np.arange(AREAS) // len(PROVINCES), room)
    rows.codes[PROVINCE] = np.repeat(np.arange(AREAS) % len(PROVINCES), room)
    at = rows_at_start(counts, first)
    stage = first_stages(traits, values)
    rows.id[at] = np.arange(at.size)
    rows.codes[PLACE, at] = traits.place
    rows.codes[STAGE, at] = stage
    rows.numbers[TRACK, at] = _stages(values, "initial_track")[stage]
    rows.numbers[STAFF_RANK, at] = traits.staff_rank
    rows.numbers[QUALITY, at] = first_quality(traits, levels, stage, values)
    return rows


def rows_at_start(counts: Any, first: Any) -> Any:
    """Return the row of each firm of the table, the first rows of its area; counts: firms by area."""
    before = np.cumsum(counts) - counts
    return np.arange(counts.sum()) + np.repeat(first[:-1] - before, counts)


def first_stages(traits: FirmTraits, values: Values) -> Any:
    """Return the stage of each firm by its rank."""
    edges = np.cumsum(vector(values, "firm.initial_stage_share", "firm_stages"))
    return np.minimum(np.searchsorted(edges / edges[-1], traits.stage_rank, side="right"), VACANT - 1)


def first_quality(traits: FirmTraits, levels: FirmLevels, stage: Any, values: Values) -> F8:
    """Return quality: sizes by rank, scaled so that every place has its staff; the mean of a sector is one."""
    size = np.zeros(traits.sector.size)
    for s in range(FIRM_SECTORS):
        of = traits.sector == s
        size[of] = _sizes(traits.size_rank[of], values)
    asks = size * (_stages(values, "pull_by_stage") * _stages(values, "staff_ratio_by_stage"))[stage]
    cell = traits.sector.astype(np.int64) * PLACES + traits.place
    here = np.bincount(cell, asks, FIRM_SECTORS * PLACES)[cell]
    quality = size * levels.staff.ravel()[cell] / here
    mean = np.bincount(traits.sector, quality) / np.bincount(traits.sector)
    return np.asarray(quality / mean[traits.sector])


def start_firms(rows: FirmRows, rules: Records, months: Records, levels: FirmLevels, values: Values) -> Records:
    """Set staff and cash, and return the state: a sector's staff is that of the table at the first month's demand."""
    r, now, state = rules[0], months[0], records(FIRM_STATE)
    x, stage = rows.numbers, rows.codes[STAGE]
    x[PULL] = x[QUALITY] * r.stage_pull[stage]
    x[SHIPS] = x[PULL] * r.stage_ships[stage]
    for column, by_stage in ((WORKS, r.stage_staff), (STEPS, r.stage_advance), (LEARNS, r.stage_learns)):
        x[column] = by_stage[stage]
    share, there = r.researcher_share.astype(np.float64), np.flatnonzero(stage != VACANT)
    state[0].used[:] = np.bincount(
        rows.codes[SECTOR, there].astype(np.int64) * len(PROVINCES) + rows.codes[PROVINCE, there], minlength=AREAS
    )
    for s in range(FIRM_SECTORS):
        of = there[rows.codes[SECTOR, there] == s]
        pull, ships, rank = (
            x[PULL, of].astype(np.float64),
            x[SHIPS, of] * x[TRACK, of].astype(np.float64),
            x[STAFF_RANK, of],
        )
        asked = pull / pull.sum() * now.demand_krw[s] + ships / ships.sum() * now.export_demand_krw[s]
        works = asked * x[WORKS, of]
        state[0].heads_per_krw[s] = levels.staff[s].sum() / works.sum() * now.per_head[s]
        heads = works / works.sum() * levels.staff[s].sum()
        rows.staff[HEADS, of] = share[s] * heads + rank
        rows.staff[HEADS + 1, of] = np.maximum(((1.0 - share[s]) * heads + 1.0 - rank).astype(np.int32), 1)
        bought = asked * (r.input_share[s] + r.rnd_share[s])
        x[RESERVE, of] = r.reserve_months * (bought + r.wage_krw @ rows.staff[HEADS : HEADS + 2, of])
        state[0].crowd_start[s] = np.log1p(levels.firms[s]) @ levels.firms[s] / levels.firms[s].sum()
    rows.cash_krw[:] = rows.numbers[RESERVE]
    state[0].firms[:] = levels.firms
    state[0].home_krw[:] = now.demand_krw
    state[0].exports_krw[:] = now.export_demand_krw
    seekers = staff_by_skill(values, levels) * values["talent.seekers_share"]
    state[0].seekers[:] = state[0].seekers_start[:] = np.outer(pool_shares(values, levels), seekers).ravel()
    state[0].cash_krw = rows.cash_krw.sum()
    return state
