"""The quarter of new-industry firms: money and closing, entry, sales and staff wanted, matching, stages; and the month.

Every pass runs over the rows of one area, a sector in a province; what firms do at once depends on nothing another
does in the same pass.
Passes over all rows take their columns one by one, so that they vectorise; what few rows do is done row by row.
"""

import math

from numba import float32, float64, int32, njit, uint8

from model.agents.firms.columns import (
    ADVANCES,
    AREAS,
    ASKED,
    CHANCE,
    CLOSES,
    DEMONSTRATION,
    EXPORTS,
    FIRM_SECTORS,
    FUNDED_LUCK,
    HEADS,
    LEARNS,
    LEFT,
    PARTNERS,
    PLACE,
    POOLS,
    PULL,
    RESEARCH,
    RESERVE,
    SALES,
    SANDBOX,
    SHIPS,
    STAFF_LUCK,
    STAFF_RANK,
    STAGE,
    STEPS,
    TRACK,
    VACANCIES,
    VACANT,
    WANTED,
    WORKS,
    FirmRows,
)
from model.agents.firms.entry import enter, take_stage
from model.codes import PROVINCES, SKILLS
from model.numerics import JIT, add_into
from model.records import F4, F8, I4, U1, U8, Record
from model.rules.firms import (
    advance_rate,
    cash_missing,
    chance,
    exit_rate,
    hires,
    leavers,
    own_drive,
    staff_wanted,
    track_next,
)
from model.rules.matching import fill_rate, seekers_next
from model.streams import FIRM_LIFE, draw_lane, fill_bits, stream_key, uniform_lane
from model.synthetic_population.firms import PLACES

MOST_PARTNERS = 8
_PROVINCES, _SKILLS = len(PROVINCES), len(SKILLS)
_RESEARCHER, _PRACTITIONER = range(_SKILLS)


@njit(**JIT)
def firms_quarter(
    rows: FirmRows, rules: Record, state: Record, now: Record, index: float, calendar_month: int, seed: int
) -> None:
    """Let all firms act for the quarter that begins this month; index: of wages, over the start."""
    state.capital_krw = state.payout_krw = 0.0
    state.left_jobs[:] = 0.0
    state.vacancies[:] = 0.0
    state.wages_krw[:] = 0.0
    key = stream_key(seed, FIRM_LIFE, calendar_month)
    for area in range(AREAS):
        lo, hi = rows.first[area], rows.first[area] + state.used[area]
        fill_bits(rows.id[lo:hi], key, ADVANCES, rows.bits[lo:hi], hi - lo)
        _find_money(rows, lo, hi, rules, state, now.investment[area // _PROVINCES], key)
        _close(rows, lo, hi, area, rules, state)
    for sector in range(FIRM_SECTORS):
        state.supplied_krw[sector] = state.devices_krw[sector] / 3.0
        state.devices_krw[sector] = 0.0
        enter(rows, sector, rules, state, now, key, seed)
        _sell(rows, sector, rules, state, now)
    for area in range(AREAS):
        _want_staff(rows, area, rules, state, now)
    _match(rules, state, now)
    for sector in range(FIRM_SECTORS):
        _set_drives(rules, state, now, sector)
        state.staff[sector] = 0.0
    for area in range(AREAS):
        _hire(rows, area, rules, state, index)
    for area in range(AREAS):
        _advance(rows, area, rules, state, now)
        _set_flows(rows, area, rules, state, now, index)
    for sector in range(FIRM_SECTORS):
        state.support_krw[sector] = now.research_krw[sector] if state.staff[sector] > 0.0 else 0.0


@njit(**JIT)
def _find_money(rows: FirmRows, lo: int, hi: int, rules: Record, state: Record, investment: float, key: int) -> None:
    """Investors fill up the reserve of some who are short of it, and take what exceeds a multiple of it."""
    reserve, cash = rows.numbers[RESERVE], rows.cash_krw
    low, high, payout = rules.low_cash, rules.payout_ratio, 0.0
    for i in range(lo, hi):
        wanted, has = float64(reserve[i]), cash[i]
        payout += max(has - high * wanted, 0.0)
        cash[i] = min(has, high * wanted)
        if has < low * wanted:
            funded = chance(rules.stage_funded[rows.codes[STAGE, i]] * float32(1.0 + investment))
            if draw_lane(key, rows.id[i], FUNDED_LUCK) < funded:
                state.capital_krw += wanted - has
                cash[i] = wanted
    state.payout_krw += payout


@njit(**JIT)
def _close(rows: FirmRows, lo: int, hi: int, area: int, rules: Record, state: Record) -> None:
    """Firms close: investors take what is left or bear what is owed, staff leaves, the row falls vacant."""
    stage, reserve, cash, bits = rows.codes[STAGE], rows.numbers[RESERVE], rows.cash_krw, rows.bits
    usual, weight, highest = rules.stage_exit, rules.exit_cash_weight, float32(0.0)
    for code in range(RESEARCH, VACANT):
        highest = max(highest, chance(exit_rate(usual[code], float32(1.0), weight)))
    for i in range(lo, hi):
        luck = uniform_lane(bits[i], CLOSES)
        if luck < highest:
            missing = float32(cash_missing(cash[i], float64(reserve[i])))
            if luck < chance(exit_rate(usual[stage[i]], missing, weight)):
                vacate(rows, i, area, state)


@njit(**JIT)
def vacate(rows: FirmRows, i: int, area: int, state: Record) -> None:
    """Empty a row; its staff looks for other jobs."""
    state.payout_krw += max(rows.cash_krw[i], 0.0)
    state.capital_krw += max(-rows.cash_krw[i], 0.0)
    pool = area % _PROVINCES * _SKILLS
    for skill in range(_SKILLS):
        state.left_jobs[pool + skill] += float64(rows.staff[HEADS + skill, i])
    for column in range(rows.staff.shape[0]):
        rows.staff[column, i] = 0
    state.firms[area // _PROVINCES, rows.codes[PLACE, i]] -= 1.0
    rows.cash_krw[i] = rows.flow_krw[i] = 0.0
    for column in range(rows.numbers.shape[0]):
        rows.numbers[column, i] = float32(0.0)
    rows.codes[STAGE, i] = VACANT
    rows.codes[PARTNERS, i] = rows.codes[SANDBOX, i] = 0


@njit(**JIT)
def _sell(rows: FirmRows, sector: int, rules: Record, state: Record, now: Record) -> None:
    """Share a sector's demand at home and abroad by pull and, abroad, track record; nobody sells beyond its staff."""
    x, staff = rows.numbers, rows.staff
    pulls, shipped, sales, exports = 0.0, 0.0, 0.0, 0.0
    for area in range(sector * _PROVINCES, (sector + 1) * _PROVINCES):
        for i in range(rows.first[area], rows.first[area] + state.used[area]):
            pulls += float64(x[PULL, i])
            shipped += float64(x[SHIPS, i] * x[TRACK, i])
    demand = now.demand_krw[sector] + state.supplied_krw[sector] + now.procurement_krw[sector]
    home = float32(demand / pulls if pulls > 0.0 else 0.0)
    abroad = float32(now.export_demand_krw[sector] / shipped if shipped > 0.0 else 0.0)
    most = float32(rules.capacity_ratio * now.per_head[sector] / state.heads_per_krw[sector])
    for area in range(sector * _PROVINCES, (sector + 1) * _PROVINCES):
        lo, hi = rows.first[area], rows.first[area] + state.used[area]
        _share(
            x[PULL, lo:hi], x[SHIPS, lo:hi], x[TRACK, lo:hi], staff[HEADS, lo:hi], staff[HEADS + 1, lo:hi],
            x[ASKED, lo:hi], x[SALES, lo:hi], x[EXPORTS, lo:hi], home, abroad, most,
        )  # fmt: skip
        for i in range(lo, hi):
            sales += float64(x[SALES, i])
            exports += float64(x[EXPORTS, i])
    state.home_krw[sector] = sales - exports
    state.exports_krw[sector] = exports
    state.met[sector] = (sales - exports) / demand if demand > 0.0 else 0.0


@njit(**JIT)
def _share(
    pull: F4, ships: F4, track: F4, researchers: I4, practitioners: I4, asked: F4, sales: F4, exports: F4,
    home: float, abroad: float, most: float,
) -> None:  # fmt: skip
    """Set what is asked of each firm a month, what it sells of that and what of it abroad; rates by unit of pull."""
    for i in range(pull.size):
        exported = ships[i] * track[i] * abroad
        asked[i] = pull[i] * home + exported
        sales[i] = min(asked[i], float32(researchers[i] + practitioners[i]) * most)
        exports[i] = exported * (sales[i] / max(asked[i], float32(1.0)))


@njit(**JIT)
def _want_staff(rows: FirmRows, area: int, rules: Record, state: Record, now: Record) -> None:
    """Staff leaves, and what is then missing of each skill becomes vacancies in the pool of the province."""
    sector, pool = area // _PROVINCES, area % _PROVINCES * _SKILLS
    lo, hi = rows.first[area], rows.first[area] + state.used[area]
    x, staff, bits = rows.numbers, rows.staff, rows.bits[lo:hi]
    per_krw = float32(state.heads_per_krw[sector] / now.per_head[sector])
    asked, works, rank, wanted = x[ASKED, lo:hi], x[WORKS, lo:hi], x[STAFF_RANK, lo:hi], x[WANTED, lo:hi]
    for i in range(wanted.size):
        wanted[i] = float32(0.0)
    for skill in range(_SKILLS):
        first, share = skill == _RESEARCHER, rules.researcher_share[sector]
        vacancies, left = staff[VACANCIES + skill, lo:hi], staff[LEFT + skill, lo:hi]
        _want(
            asked, works, rank, staff[HEADS + skill, lo:hi], bits, wanted, left, vacancies, first,
            share if first else float32(1.0) - share, per_krw, rules.quits, rules.cut,
        )  # fmt: skip
        state.vacancies[pool + skill] += float64(vacancies.sum())
        state.left_jobs[pool + skill] += float64(left.sum())


@njit(**JIT)
def _want(
    asked: F4, works: F4, rank: F4, heads: I4, bits: U8, wanted: F4, left: I4, vacancies: I4, first: bool, share: float,
    per_krw: float, quits: float, cut: float,
) -> None:  # fmt: skip
    """Set the staff of one skill that each firm wants, who leaves and what is then vacant; every firm wants one head.

    first: the first skill; of the second the rank and the draw are those of the first from the other end.
    """
    least = float32(0.0) if first else float32(1.0)
    begin, turn = (float32(0.0), float32(1.0)) if first else (float32(1.0), float32(-1.0))
    for i in range(asked.size):
        there = float32(1.0) if works[i] > float32(0.0) else float32(0.0)
        wish = staff_wanted(asked[i] * works[i], per_krw, share, begin + turn * rank[i])
        wish = max(wish, least) * there
        has = float32(heads[i])
        leave = leavers(has, wish, quits, cut, begin + turn * uniform_lane(bits[i], STAFF_LUCK)) * there
        left[i] = int32(leave)
        vacancies[i] = int32(max(wish - (has - leave), float32(0.0)))
        wanted[i] += wish
        heads[i] = int32(has - leave)


@njit(**JIT)
def _match(rules: Record, state: Record, now: Record) -> None:
    """Seekers and vacancies of every pool meet."""
    for pool in range(POOLS):
        state.seekers[pool] = seekers_next(
            state.seekers[pool], now.arrivals[pool], state.left_jobs[pool], rules.stay_share, rules.leak
        )
        state.filled[pool] = float32(
            fill_rate(state.seekers[pool], state.vacancies[pool], rules.match_efficiency, rules.match_elasticity)
        )


@njit(**JIT)
def _hire(rows: FirmRows, area: int, rules: Record, state: Record, index: float) -> None:
    """Every firm fills the same share of its vacancies as its pools do; who is hired seeks no more."""
    province = area % _PROVINCES
    lo, hi = rows.first[area], rows.first[area] + state.used[area]
    for skill in range(_SKILLS):
        pool = province * _SKILLS + skill
        vacancies, heads = rows.staff[VACANCIES + skill, lo:hi], rows.staff[HEADS + skill, lo:hi]
        open_before = vacancies.sum()
        _fill(vacancies, heads, rows.bits[lo:hi], state.filled[pool], skill == _RESEARCHER)
        hired = float64(open_before - vacancies.sum())
        staff = float64(heads.sum())
        state.seekers[pool] -= hired
        state.vacancies[pool] -= hired
        state.staff[area // _PROVINCES] += staff
        state.wages_krw[province] += staff * rules.wage_krw[skill] * index


@njit(**JIT)
def _fill(vacancies: I4, heads: I4, bits: U8, filled: float, first: bool) -> None:
    begin, turn = (float32(0.0), float32(1.0)) if first else (float32(1.0), float32(-1.0))
    for i in range(heads.size):
        luck = begin + turn * uniform_lane(bits[i], STAFF_LUCK)
        hired = int32(hires(float32(vacancies[i]), filled, luck))
        vacancies[i] -= hired
        heads[i] += hired


@njit(**JIT)
def _set_drives(rules: Record, state: Record, now: Record, sector: int) -> None:
    """Set what support of the sector and density of a place add to the exponent of advancing."""
    own = rules.rnd_share[sector] * (state.home_krw[sector] + state.exports_krw[sector])
    support = rules.research_weight[sector] * math.log(1.0 + now.research_krw[sector] / max(own, 1.0))
    support += rules.demonstration_weight[sector] * now.demonstration[sector]
    support += rules.legal_weight[sector] * now.legal[sector]
    for place in range(PLACES):
        density = math.log(1.0 + state.firms[sector, place]) - state.crowd_start[sector]
        state.drive[sector, place] = float32(support + rules.crowd_weight * density)


@njit(**JIT)
def _advance(rows: FirmRows, area: int, rules: Record, state: Record, now: Record) -> None:
    """Firms gain a track record by work delivered, and some reach the next stage or find a partner."""
    sector = area // _PROVINCES
    lo, hi = rows.first[area], rows.first[area] + state.used[area]
    x, partners, likely = rows.numbers, rows.codes[PARTNERS], rows.numbers[CHANCE]
    for i in range(lo, hi):
        likely[i] = state.drive[sector, rows.codes[PLACE, i]]
    bought = now.demand_krw[sector] + state.supplied_krw[sector] + now.procurement_krw[sector]
    public = float32(now.procurement_krw[sector] / bought if bought > 0.0 else 0.0)
    _weigh(
        x[CHANCE, lo:hi], x[STEPS, lo:hi], x[LEARNS, lo:hi], x[TRACK, lo:hi], x[WANTED, lo:hi],
        rows.staff[HEADS, lo:hi], rows.staff[HEADS + 1, lo:hi], partners[lo:hi], public, rules.talent_weight[sector],
        rules.partner_weight, rules.usual_partners, rules.most_drive,
    )  # fmt: skip
    meets = float32(1.0) - chance(float32(rules.partners_per_year * (1.0 + now.network[sector])))
    sites = now.demonstration[sector] > 0.0
    for i in range(lo, hi):
        rows.codes[SANDBOX, i] = uint8(1) if sites and rows.codes[STAGE, i] == DEMONSTRATION else uint8(0)
    for i in range(lo, hi):
        luck = uniform_lane(rows.bits[i], ADVANCES)
        if luck < likely[i]:
            take_stage(rows, i, rows.codes[STAGE, i] + 1, rules)
        elif luck > meets and x[WORKS, i] > float32(0.0) and partners[i] < MOST_PARTNERS:
            partners[i] += uint8(1)


@njit(**JIT)
def _weigh(
    likely: F4, steps: F4, learns: F4, track: F4, wanted: F4, researchers: I4, practitioners: I4, partners: U1,
    public: float, talent: float, partner: float, usual: float, most: float,
) -> None:  # fmt: skip
    """Turn the drive of each firm's place and sector into its chance of advancing this quarter; move track records."""
    for i in range(likely.size):
        filled = float32(researchers[i] + practitioners[i]) / max(wanted[i], float32(1.0))
        drive = likely[i] + own_drive(filled, talent, float32(partners[i]), usual, partner)
        likely[i] = chance(advance_rate(steps[i], drive, most))
        track[i] = track_next(track[i], learns[i], public)


@njit(**JIT)
def _set_flows(rows: FirmRows, area: int, rules: Record, state: Record, now: Record, index: float) -> None:
    """Set what the quarter's months bring and cost each firm, and the reserve it wants."""
    sector = area // _PROVINCES
    lo, hi = rows.first[area], rows.first[area] + state.used[area]
    support = now.research_krw[sector] / max(state.staff[sector], 1.0)
    _flow(
        rows.numbers[SALES, lo:hi], rows.staff[HEADS, lo:hi], rows.staff[HEADS + 1, lo:hi], rows.flow_krw[lo:hi],
        rows.numbers[RESERVE, lo:hi], rules.input_share[sector] + rules.rnd_share[sector], rules.wage_krw[0] * index,
        rules.wage_krw[1] * index, support, rules.reserve_months,
    )  # fmt: skip


@njit(**JIT)
def _flow(
    sales: F4, researchers: I4, practitioners: I4, flow: F8, reserve: F4, bought: float, researcher: float,
    practitioner: float, support: float, months: float,
) -> None:  # fmt: skip
    """Set what cash moves by in a month, and the reserve: some months of costs. Wages and support a head, KRW."""
    for i in range(sales.size):
        sold = float64(sales[i])
        wages = float64(researchers[i]) * researcher + float64(practitioners[i]) * practitioner
        flow[i] = sold * (1.0 - bought) - wages + support * float64(researchers[i] + practitioners[i])
        reserve[i] = float32(months * (sold * bought + wages))


@njit(**JIT)
def firms_month(rows: FirmRows, state: Record) -> None:
    """Move every firm's cash by a month of the quarter, and add it up."""
    total = 0.0
    for area in range(AREAS):
        lo, hi = rows.first[area], rows.first[area] + state.used[area]
        add_into(rows.cash_krw[lo:hi], rows.flow_krw[lo:hi])
        for i in range(lo, hi):
            total += rows.cash_krw[i]
    state.cash_krw = total
