"""New-industry firms: start, the quarter in which they act, and their month's payments (docs/model.md 3.4.11)."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from tests.reference import state as kept
from tests.reference.draws import B1, F8, I8, Luck, bits_of, lane_of, top_of
from tests.reference.firm_state import DISTRICTS, INDUSTRIES, NO_FIRM, PLACES, Firms
from tests.reference.state import PROVINCES, Run, Values

INDEX, BY_STAGE, SKILLS = "new_industries", "firm_stages", 2
DEMONSTRATION, COMMERCIAL = 1, 2
FITTED = 3.0
MAKERS = np.array([2, 2, 0, 0, 4, 4, 0, 0, 4, 4, 0, 4, 0, 0])


@dataclass
class FirmTraits:
    """Firms of the table by row; ranks are 0 where no firm is at the start."""

    firms: Firms
    size_rank: F8
    stage_rank: F8


def province_of(place: I8) -> I8:
    return np.maximum(place - DISTRICTS + 1, 0)


def of_stage(v: Values, name: str, stage: I8) -> F8:
    """A figure by stage, 0 for nobody."""
    return np.append(v.of(f"firm.{name}", BY_STAGE), 0.0)[stage]


def of_sector(v: Values, name: str) -> F8:
    return v.of(f"firm.{name}", INDEX)


def chance(rate: F8) -> F8:
    return np.asarray(1.0 - kept.exp(-rate / 4.0))


def growth(v: Values, what: str, years: float) -> F8:
    """e to the growth of demand or of numbers since the middle of 2017, by sector."""
    first = np.log(1.0 + of_sector(v, f"{what}_growth_per_year"))
    later = np.log(1.0 + of_sector(v, f"{what}_growth_later_per_year"))
    beyond, fade = max(years - FITTED, 0.0), v["firm.growth_fading_years"]
    faded = fade * (1.0 - np.exp(-beyond / fade))
    return np.asarray(np.exp(first * min(years, FITTED) + later * beyond + (first - later) * faded))


def demand(run: Run, t: int) -> tuple[F8, F8]:
    """Demand of the quarter from month t at home and abroad, KRW a month."""
    table = run.firm_table
    whole = table.sales.sum(axis=1) / 12.0 * growth(run.values, "demand", (t + 1.5) / 12.0 - 0.5)
    abroad = of_sector(run.values, "export_share")
    return whole * (1.0 - abroad), whole * abroad


def per_head(v: Values, t: int) -> F8:
    return np.asarray((1.0 + of_sector(v, "sales_per_head_growth_per_year")) ** ((t + 1.5) / 12.0 - 0.5))


def births_expected(run: Run, t: int) -> F8:
    """Firms that a sector's path needs in a quarter: its growth, and who closes of those at the start's stages."""
    v, table = run.values, run.firm_table
    count = table.firms.sum(axis=1)
    now, later = (count * growth(v, "number", months / 12.0) for months in (t, t + 3))
    closing = np.array(
        [chance(of_stage(v, "exit_per_year", first_stage(v, rank))).mean() for rank in table.stage_ranks]
    )
    return np.asarray(later - now * (1.0 - closing))


def first_stage(v: Values, rank: F8) -> I8:
    """Stage at the start by rank."""
    edges = np.cumsum(v.of("firm.initial_stage_share", BY_STAGE))
    return np.asarray(np.searchsorted(edges / edges[-1], rank, side="right"))


def sizes(v: Values, rank: F8) -> F8:
    size = np.exp(v["firm.size_log_sd"] * ndtri(rank))
    return np.asarray(size / size.mean())


def shares_of_pools(run: Run) -> F8:
    """Share of each province in who joins the pools."""
    table, home = run.firm_table, run.values["talent.home_share"]
    staff = kept.summed(province_of(np.arange(PLACES)), table.staff.sum(axis=0), PROVINCES)
    return np.asarray(home * table.young / table.young.sum() + (1.0 - home) * staff / staff.sum())


def staff_by_skill(run: Run) -> F8:
    staff = run.firm_table.staff.sum(axis=1)
    researchers = np.sum(of_sector(run.values, "researcher_share") * staff)
    return np.array([researchers, staff.sum() - researchers])


def arrivals(run: Run, t: int) -> F8:
    """People who join each pool in the quarter from month t: graduates, and who began training a lag before."""
    v, lag = run.values, round(run.values["talent.graduation_lag_months"])
    yearly = staff_by_skill(run) * v.of("talent.graduates_share_per_year", "skills")
    begun = sum(run.now("talent_training_persons_per_month", m) for m in range(max(t - lag - 2, 0), t - lag + 1))
    grown = (1.0 + v["talent.graduate_growth_per_year"]) ** (t / 12.0)
    by_skill = grown * yearly / 4.0 + begun * yearly / yearly.sum()
    return np.outer(shares_of_pools(run), by_skill)


def start(run: Run, traits: FirmTraits) -> Firms:
    """The firms before the first month."""
    v, firms = run.values, traits.firms
    there = np.flatnonzero(traits.size_rank > 0.0)
    sector, place = firms.sector[there], firms.place[there]
    stage, table = first_stage(v, traits.stage_rank[there]), run.firm_table
    firms.stage = np.full(firms.id.size, NO_FIRM)
    firms.stage[there] = stage
    size = np.zeros(there.size)
    for s in range(INDUSTRIES):
        size[sector == s] = sizes(v, traits.size_rank[there][sector == s])
    asks = size * of_stage(v, "pull_by_stage", stage) * of_stage(v, "staff_ratio_by_stage", stage)
    cell = sector * PLACES + place
    quality = size * table.staff[sector, place] / kept.summed(cell, asks, INDUSTRIES * PLACES)[cell]
    mean = kept.summed(sector, quality, INDUSTRIES) / kept.summed(sector, np.ones(there.size), INDUSTRIES)
    firms.quality[there] = quality / mean[sector]
    firms.track = of_stage(v, "initial_track", firms.stage)
    firms.count = table.firms.astype(np.float64)
    firms.crowd_start = np.sum(np.log(1.0 + firms.count) * firms.count, axis=1) / firms.count.sum(axis=1)
    firms.home, firms.exports_of = demand(run, 0)
    start_staff(run, firms, table.staff.sum(axis=1))
    seekers = staff_by_skill(run) * v["talent.seekers_share"]
    firms.seekers = np.outer(shares_of_pools(run), seekers)
    firms.seekers_start = firms.seekers.copy()
    return firms


def start_staff(run: Run, firms: Firms, staff: F8) -> None:
    """Heads so that every sector has its staff at the first month's demand; cash is the reserve."""
    v, (home, abroad) = run.values, demand(run, 0)
    pull, ships = pulls(v, firms)
    asked = pull / by_sector(firms, pull)[firms.sector] * home[firms.sector]
    asked = asked + ships / by_sector(firms, ships)[firms.sector] * abroad[firms.sector]
    works = asked * of_stage(v, "staff_ratio_by_stage", firms.stage)
    firms.heads_per_krw = staff / by_sector(firms, works) * per_head(v, 0)
    heads = works / by_sector(firms, works)[firms.sector] * staff[firms.sector]
    share = of_sector(v, "researcher_share")[firms.sector]
    firms.heads[0] = np.floor(share * heads + firms.rank)
    firms.heads[1] = np.maximum(np.floor((1.0 - share) * heads + 1.0 - firms.rank), 1)
    firms.heads = firms.heads * firms.there
    bought = (of_sector(v, "input_share") + of_sector(v, "bought_research_share"))[firms.sector] * asked
    firms.reserve = v["firm.reserve_months"] * (bought + v.of("firm.wage_krw_per_month", "skills") @ firms.heads)
    firms.cash = firms.reserve.copy()


def by_sector(firms: Firms, amount: F8) -> F8:
    return kept.summed(firms.sector, amount, INDUSTRIES)


def pulls(v: Values, firms: Firms) -> tuple[F8, F8]:
    """Pull of each firm at home, and abroad where it ships."""
    pull = firms.quality * of_stage(v, "pull_by_stage", firms.stage)
    return pull, pull * firms.track * ((firms.stage >= COMMERCIAL) & (firms.stage < NO_FIRM))


def quarter(run: Run, firms: Firms, t: int, luck: Luck) -> None:
    """All firms act for the quarter from month t."""
    left = np.zeros((PROVINCES, SKILLS))
    find_money(run.values, firms, luck)
    close(run.values, firms, left, luck)
    firms.supplied = firms.owed / 3.0
    firms.owed = np.zeros(INDUSTRIES)
    enter(run, firms, t)
    sell(run, firms, t)
    want_staff(run, firms, left, t, luck)
    hire(run, firms, left, t, luck)
    advance(run, firms, luck)
    set_flows(run, firms, t)


def find_money(v: Values, firms: Firms, luck: Luck) -> None:
    """Investors take what exceeds a multiple of the reserve, and fill it up for some who are short."""
    highest = v["firm.payout_ratio"] * firms.reserve
    paid = np.maximum(firms.cash - highest, 0.0)
    short = firms.there & (firms.cash < v["firm.low_cash_share"] * firms.reserve)
    funded = luck.happens("firm_life", 3, firms.id, chance(of_stage(v, "funding_per_year", firms.stage)), short)
    raised = np.where(funded, firms.reserve - firms.cash, 0.0)
    firms.cash = np.where(funded, firms.reserve, firms.cash - paid)
    firms.capital, firms.payout = float(raised.sum()), float(paid.sum())


def close(v: Values, firms: Firms, left: F8, luck: Luck) -> None:
    """Some close; investors take what is left or bear what is owed, staff leaves."""
    missing = np.clip(1.0 - firms.cash / np.maximum(firms.reserve, 1.0), 0.0, 1.0)
    rate = of_stage(v, "exit_per_year", firms.stage) * kept.exp(v["firm.exit_cash_weight"] * missing)
    gone = luck.happens("firm_life", 1, firms.id, chance(rate), firms.there)
    firms.payout += float(np.sum(np.maximum(firms.cash, 0.0)[gone]))
    firms.capital += float(np.sum(np.maximum(-firms.cash, 0.0)[gone]))
    for skill in range(SKILLS):
        left[:, skill] += kept.summed(firms.province, firms.heads[skill] * gone, PROVINCES)
    np.add.at(firms.count, (firms.sector[gone], firms.place[gone]), -1.0)
    for column in (firms.quality, firms.track, firms.rank, firms.reserve, firms.cash, firms.flow):
        column[gone] = 0.0
    for amount in (firms.sales, firms.exports, firms.wanted):
        amount[gone] = 0.0
    firms.partners[gone] = firms.sandbox[gone] = 0
    firms.heads[:, gone] = 0
    firms.stage[gone] = NO_FIRM


def enter(run: Run, firms: Firms, t: int) -> None:
    """Firms enter where their sector is and people seek work."""
    v, expected = run.values, births_expected(run, t)
    path = sum(demand(run, t))
    sold = firms.home + firms.exports_of
    response = np.clip(1.0 + v["firm.entry_elasticity"] * (sold / path - 1.0), 0.5, 1.5)
    firms.expected = firms.expected + expected * response
    pool = firms.seekers.clip(0.0).sum(axis=1)
    talent = ((1.0 + pool) / (1.0 + firms.seekers_start.sum(axis=1)))[province_of(np.arange(PLACES))]
    for s in range(INDUSTRIES):
        luck = top_of(bits_of(run.seed, "firm_births", 0, np.array([s])))[0]
        due = int(firms.expected[s] + luck) - int(firms.births[s])
        weight = firms.count[s] ** v["firm.entry_agglomeration_exponent"] * talent ** v["firm.entry_talent_exponent"]
        numbers = s * 2**24 + firms.births[s] + np.arange(max(due, 0))
        for who in bits_of(0, "firm_entrant_id", 0, numbers).astype(np.int64):
            if not begin(run, firms, s, who, weight):
                break


def begin(run: Run, firms: Firms, s: int, who: int, weight: F8) -> bool:
    """One firm enters, unless its province has no vacant row; returns whether it did."""
    v, me = run.values, np.array([who])
    lane = [float(lane_of(bits_of(run.seed, "firm_entry", 0, me + n // 3 * 2**40), n % 3)[0]) for n in range(4)]
    place = int(np.searchsorted(np.cumsum(weight), lane[0] * weight.sum(), side="right"))
    vacant = np.flatnonzero(
        (firms.sector == s) & (firms.province == province_of(np.array([place]))[0]) & (firms.stage == NO_FIRM)
    )
    if vacant.size == 0:
        return False
    row, spun_off = vacant[0], lane[3] < v["firm.spin_off_share"]
    ranks = (np.arange(1024) + 0.5) / 1024
    firms.id[row], firms.place[row] = who, place
    firms.stage[row] = DEMONSTRATION if spun_off else 0
    firms.partners[row] = 1 if spun_off else 0
    firms.quality[row] = v["firm.entry_size_ratio"] * sizes(v, ranks)[int(lane[1] * 1024)]
    firms.track[row] = of_stage(v, "initial_track", firms.stage[row])
    firms.rank[row] = lane[2]
    firms.heads[:, row] = 0, 1
    firms.cash[row] = firms.reserve[row] = v["firm.start_capital_krw"]
    firms.capital += v["firm.start_capital_krw"]
    firms.births[s] += 1
    firms.count[s, place] += 1.0
    return True


def sell(run: Run, firms: Firms, t: int) -> None:
    """Demand is shared by pull; nobody sells beyond its staff."""
    v, (home, abroad) = run.values, demand(run, t)
    bought = home + firms.supplied
    pull, ships = pulls(v, firms)
    exported = ships * kept.ratio(abroad, by_sector(firms, ships), 0.0)[firms.sector]
    firms.asked = pull * kept.ratio(bought, by_sector(firms, pull), 0.0)[firms.sector] + exported
    most = v["firm.capacity_ratio"] * per_head(v, t) / firms.heads_per_krw
    firms.sales = np.minimum(firms.asked, firms.heads.sum(axis=0) * most[firms.sector])
    firms.exports = exported * kept.ratio(firms.sales, firms.asked, 0.0)
    firms.exports_of = by_sector(firms, firms.exports)
    firms.home = by_sector(firms, firms.sales) - firms.exports_of
    firms.met = firms.home / bought


def want_staff(run: Run, firms: Firms, left: F8, t: int, luck: Luck) -> None:
    """Staff leaves, what is then missing is vacant."""
    v = run.values
    works = firms.asked * of_stage(v, "staff_ratio_by_stage", firms.stage)
    heads = works * (firms.heads_per_krw / per_head(v, t))[firms.sector]
    share = of_sector(v, "researcher_share")[firms.sector]
    draw = luck.lane("firm_life", 2, firms.id)
    firms.wanted = np.zeros(firms.id.size)
    for skill, (part, rank, u) in enumerate(((share, firms.rank, draw), (1.0 - share, 1.0 - firms.rank, 1.0 - draw))):
        wish = whole_of(luck, "wants", skill, firms, part * heads + rank, firms.there)
        wish = np.where(firms.there, np.maximum(wish, skill), 0.0)
        has = firms.heads[skill]
        over = np.maximum(has - wish, 0.0)
        going = v["firm.quit_share_per_quarter"] * has + v["firm.cut_share_per_quarter"] * over + u
        leave = np.minimum(whole_of(luck, "leaves", skill, firms, going, has > 0), has)
        left[:, skill] += kept.summed(firms.province, leave, PROVINCES)
        firms.heads[skill] = has - leave
        firms.vacancies[skill] = np.maximum(wish - firms.heads[skill], 0.0)
        firms.wanted = firms.wanted + wish


def whole_of(luck: Luck, what: str, skill: int, firms: Firms, numbers: F8, among: B1) -> F8:
    """Numbers rounded down for some firms, 0 for the others."""
    table, rows = np.zeros(firms.id.size), np.flatnonzero(among)
    table[rows] = luck.whole((f"firm_{what}", skill), firms.id[rows], numbers[rows])
    return table


def hire(run: Run, firms: Firms, left: F8, t: int, luck: Luck) -> None:
    """Seekers and vacancies of every province and skill meet."""
    v, draw = run.values, luck.lane("firm_life", 2, firms.id)
    stay, leak = v["talent.stay_share"], v["talent.leak_per_quarter"]
    firms.seekers = firms.seekers * (1.0 - leak) + arrivals(run, t) + stay * left
    a = v["talent.match_elasticity"]
    for skill, u in enumerate((draw, 1.0 - draw)):
        vacant = kept.summed(firms.province, firms.vacancies[skill], PROVINCES)
        seekers = np.maximum(firms.seekers[:, skill], 0.0)
        met = v["talent.match_efficiency"] * seekers**a * vacant ** (1.0 - a)
        filled = kept.ratio(np.minimum(met, np.minimum(seekers, vacant)), vacant, 0.0)[firms.province]
        taken = filled * firms.vacancies[skill] + 1.0 - u
        hired = whole_of(luck, "hires", skill, firms, taken, firms.vacancies[skill] > 0)
        firms.heads[skill] = firms.heads[skill] + hired
        firms.vacancies[skill] = firms.vacancies[skill] - hired
        firms.seekers[:, skill] -= kept.summed(firms.province, hired, PROVINCES)


def advance(run: Run, firms: Firms, luck: Luck) -> None:
    """Some reach the next stage, others find a partner; track records grow."""
    v = run.values
    density = np.log(1.0 + firms.count[firms.sector, firms.place]) - firms.crowd_start[firms.sector]
    filled = firms.heads.sum(axis=0) / np.maximum(firms.wanted, 1.0)
    talent = v["firm.priority_strength"] * of_sector(v, "priority_manpower")[firms.sector]
    drive = v["firm.agglomeration_weight"] * density + talent * (filled - 1.0)
    drive = drive + v["firm.partner_weight"] * (firms.partners - v["firm.usual_partners"])
    most = v["firm.highest_log_factor"]
    rate = of_stage(v, "advance_per_year", firms.stage) * kept.exp(np.clip(drive, -most, most))
    goes = luck.happens("firm_life", 0, firms.id, chance(rate), firms.there)
    free = firms.there & ~goes & (firms.partners < 8)
    meets = 1.0 - chance(np.full(firms.id.size, v["firm.partners_per_year"]))
    met = luck.below(("firm_meets", 0), firms.id, meets, luck.lane("firm_life", 0, firms.id), free)
    learns = v["firm.track_learning_per_quarter"] * ((firms.stage >= DEMONSTRATION) & firms.there)
    firms.track = firms.track + learns * (1.0 - firms.track)
    firms.partners = firms.partners + met
    firms.stage = firms.stage + goes


def set_flows(run: Run, firms: Firms, t: int) -> None:
    """What a month brings and costs each firm until the next quarter, and the reserve."""
    v = run.values
    index = run.now("household_income_index", t) / run.now("household_income_index", 0)
    wages = v.of("firm.wage_krw_per_month", "skills") * index @ firms.heads
    bought = (of_sector(v, "input_share") + of_sector(v, "bought_research_share"))[firms.sector] * firms.sales
    firms.flow = firms.sales - bought - wages
    firms.reserve = v["firm.reserve_months"] * (bought + wages)
    firms.wages = kept.summed(firms.province, wages, PROVINCES)


def run_month(run: Run, firms: Firms, t: int, luck: Luck) -> None:
    """The firms' month."""
    firms.capital = firms.payout = 0.0
    if luck.month % 3 == 0:
        quarter(run, firms, t, luck)
    firms.cash = firms.cash + firms.flow


def owe(run: Run, firms: Firms, installed: F8, running: F8, prices: F8) -> None:
    """What dealers took for technologies this month is owed to their makers in part."""
    taken = run.values.of("technology.supply_share") * (installed * prices + running)
    firms.owed = firms.owed + kept.summed(MAKERS, taken, INDUSTRIES)
    firms.installed = firms.installed + installed


def prices(run: Run, firms: Firms, t: int) -> F8:
    """Prices of technologies in a month, whole won: they fall with what is installed in the world and here."""
    v, years = run.values, t / 12.0
    change, growth_there = v.of("technology.price_change_per_year"), v["technology.world_growth_per_year"]
    there = v.of("technology.world_installed") * (1.0 + growth_there) ** years
    slope = np.log(1.0 + change) / np.log(1.0 + growth_there)
    price = v.of("technology.price_krw") * (1.0 + change) ** years * (1.0 + firms.installed / there) ** slope
    return np.asarray(np.round(price))


def book(run: Run, firms: Firms, quarter_began: int) -> dict[str, float]:
    """Payments of and to the firms, KRW; demand is that of the month in which the quarter began."""
    v = run.values
    home, _ = demand(run, quarter_began)
    sold = firms.home + firms.exports_of
    return {
        "firm_sales": float(np.sum(firms.met * home)),
        "firm_exports": float(firms.exports_of.sum()),
        "device_supply": float(np.sum(firms.met * firms.supplied)),
        "firm_procurement": 0.0,
        "firm_research_support": 0.0,
        "firm_wages": float(firms.wages.sum()),
        "firm_inputs": float(np.sum(of_sector(v, "input_share") * sold)),
        "firm_research": float(np.sum(of_sector(v, "bought_research_share") * sold)),
        "firm_capital": firms.capital,
        "firm_payouts": firms.payout,
    }


def indicators(firms: Firms) -> dict[str, float]:
    """What is measured of firms."""
    names = ("ai", "bio_health", "fintech", "smart_mobility", "robot")
    staff, sold = by_sector(firms, firms.heads.sum(axis=0)), firms.home + firms.exports_of
    table = {f"firm_staff_{name}_persons": float(staff[s]) for s, name in enumerate(names)}
    return (
        table
        | {f"firm_sales_{name}_krw": float(sold[s]) for s, name in enumerate(names)}
        | {
            "firms_total": float(firms.count.sum()),
            "firm_exports_krw": float(firms.exports_of.sum()),
            "firm_vacancies_persons": float(firms.vacancies.sum()),
        }
    )
