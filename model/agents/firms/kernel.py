"""The quarter of new-industry firms: money and closing, entry, sales and staff wanted, matching, stages; and the month.

Every pass runs over the rows of one sector; what firms do at once depends on nothing another does in the same pass.
"""

import math

from numba import float32, float64, int32, int64, njit, uint8

from model.agents.firms.columns import (
    ADVANCES,
    ASKED,
    BITS,
    CLOSES,
    DEMONSTRATION,
    EXPORTS,
    FIRM_SECTORS,
    FUNDED_LUCK,
    LEFT,
    MEETS,
    PARTNERS,
    PLACE,
    POOLS,
    PRACTITIONER_LUCK,
    PROVINCE,
    PULL,
    QUALITY,
    RESEARCHER_LUCK,
    RESERVE,
    SALES,
    SANDBOX,
    STAFF_RANK,
    STAGE,
    TRACK,
    VACANCIES,
    VACANT,
    WANTED,
    FirmRows,
)
from model.agents.firms.entry import enter
from model.codes import SKILLS
from model.numerics import JIT
from model.records import Record
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
from model.streams import FIRM_LIFE, LANES, fill_bits, stream_key, uniform_lane
from model.synthetic_population.firms import PLACES

MOST_PARTNERS = 8
_SKILLS = len(SKILLS)
_RESEARCHER, _PRACTITIONER = range(_SKILLS)
_LUCK = (RESEARCHER_LUCK, PRACTITIONER_LUCK)


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
    for sector in range(FIRM_SECTORS):
        lo, hi = rows.first[sector], rows.first[sector] + state.used[sector]
        for half in range(BITS):
            fill_bits(rows.id[lo:hi], key, LANES * half, rows.bits[half, lo:hi], hi - lo)
        _find_money(rows, lo, hi, rules, state, now.investment[sector])
        _close(rows, lo, hi, sector, rules, state)
    for sector in range(FIRM_SECTORS):
        state.supplied_krw[sector] = state.devices_krw[sector] / 3.0
        state.devices_krw[sector] = 0.0
        enter(rows, sector, rules, state, now, key, seed)
        _sell(rows, sector, rules, state, now)
        _want_staff(rows, sector, rules, state, now)
    _match(rules, state, now)
    for sector in range(FIRM_SECTORS):
        lo, hi = rows.first[sector], rows.first[sector] + state.used[sector]
        _hire(rows, lo, hi, sector, rules, state)
        _set_drives(rules, state, now, sector)
        _advance(rows, lo, hi, sector, rules, state, now)
        _set_flows(rows, lo, hi, sector, rules, state, now, index)


@njit(**JIT)
def _find_money(rows: FirmRows, lo: int, hi: int, rules: Record, state: Record, investment: float) -> None:
    """Investors fill up the reserve of some who are short of it, and take what exceeds a multiple of it."""
    stage, reserve, cash = rows.codes[STAGE], rows.numbers[RESERVE], rows.cash_krw
    lane = FUNDED_LUCK - LANES
    for i in range(lo, hi):
        wanted, has = float64(reserve[i]), cash[i]
        funded = chance(rules.stage_funded[stage[i]] * float32(1.0 + investment))
        short = has < rules.low_cash * wanted and uniform_lane(rows.bits[1, i], lane) < funded
        raised = wanted - has if short else 0.0
        paid = max(has - rules.payout_ratio * wanted, 0.0) if stage[i] != VACANT else 0.0
        cash[i] = has + raised - paid
        state.capital_krw += raised
        state.payout_krw += paid


@njit(**JIT)
def _close(rows: FirmRows, lo: int, hi: int, sector: int, rules: Record, state: Record) -> None:
    """Firms close: investors take what is left or bear what is owed, staff leaves, the row falls vacant."""
    stage, reserve, cash = rows.codes[STAGE], rows.numbers[RESERVE], rows.cash_krw
    for i in range(lo, hi):
        missing = float32(cash_missing(cash[i], float64(reserve[i])))
        closes = chance(exit_rate(rules.stage_exit[stage[i]], missing, rules.exit_cash_weight))
        if uniform_lane(rows.bits[0, i], CLOSES) < closes:
            vacate(rows, i, sector, state)


@njit(**JIT)
def vacate(rows: FirmRows, i: int, sector: int, state: Record) -> None:
    """Empty a row; its staff looks for other jobs."""
    state.payout_krw += max(rows.cash_krw[i], 0.0)
    state.capital_krw += max(-rows.cash_krw[i], 0.0)
    pool = int64(rows.codes[PROVINCE, i]) * _SKILLS
    for skill in range(_SKILLS):
        state.left_jobs[pool + skill] += rows.heads[skill, i]
        rows.heads[skill, i] = 0
    state.firms[sector, rows.codes[PLACE, i]] -= 1.0
    rows.cash_krw[i] = 0.0
    rows.numbers[:, i] = float32(0.0)
    rows.codes[STAGE, i] = VACANT
    rows.codes[PARTNERS, i] = rows.codes[SANDBOX, i] = 0


@njit(**JIT)
def _sell(rows: FirmRows, sector: int, rules: Record, state: Record, now: Record) -> None:
    """Share demand at home and abroad by quality, stage and, abroad, track record; nobody sells beyond its staff."""
    lo, hi = rows.first[sector], rows.first[sector] + state.used[sector]
    stage, x, heads = rows.codes[STAGE], rows.numbers, rows.heads
    pulls, shipped = 0.0, 0.0
    for i in range(lo, hi):
        pull = x[QUALITY, i] * rules.stage_pull[stage[i]]
        x[PULL, i] = pull
        pulls += float64(pull)
        shipped += float64(pull * x[TRACK, i] * rules.stage_ships[stage[i]])
    demand = now.demand_krw[sector] + state.supplied_krw[sector] + now.procurement_krw[sector]
    home = float32(demand / pulls if pulls > 0.0 else 0.0)
    abroad = float32(now.export_demand_krw[sector] / shipped if shipped > 0.0 else 0.0)
    most = float32(rules.capacity_ratio * now.per_head[sector] / state.heads_per_krw[sector])
    for i in range(lo, hi):
        at_home = x[PULL, i] * home
        exported = x[PULL, i] * x[TRACK, i] * rules.stage_ships[stage[i]] * abroad
        asked = at_home + exported
        sold = min(asked, float32(heads[0, i] + heads[1, i]) * most)
        x[ASKED, i] = asked
        x[SALES, i] = sold
        x[EXPORTS, i] = exported * (sold / max(asked, float32(1.0)))
    sales, exports = 0.0, 0.0
    for i in range(lo, hi):
        sales += float64(x[SALES, i])
        exports += float64(x[EXPORTS, i])
    state.home_krw[sector] = sales - exports
    state.exports_krw[sector] = exports
    state.met[sector] = (sales - exports) / demand if demand > 0.0 else 0.0


@njit(**JIT)
def _want_staff(rows: FirmRows, sector: int, rules: Record, state: Record, now: Record) -> None:
    """Staff leaves, and what is then missing of each skill becomes vacancies in the pool of the firm's province."""
    lo, hi = rows.first[sector], rows.first[sector] + state.used[sector]
    x = rows.numbers
    per_krw = float32(state.heads_per_krw[sector] / now.per_head[sector])
    share = rules.researcher_share[sector]
    _want(rows, lo, hi, _RESEARCHER, share, per_krw, rules)
    _want(rows, lo, hi, _PRACTITIONER, float32(1.0) - share, per_krw, rules)
    for i in range(lo, hi):
        pool = int64(rows.codes[PROVINCE, i]) * _SKILLS
        for skill in range(_SKILLS):
            state.vacancies[pool + skill] += float64(x[VACANCIES + skill, i])
            state.left_jobs[pool + skill] += float64(x[LEFT + skill, i])


@njit(**JIT)
def _want(rows: FirmRows, lo: int, hi: int, skill: int, share: float, per_krw: float, rules: Record) -> None:
    """Set the staff of one skill that each firm wants, who leaves and what is then vacant; a firm wants one head."""
    x, stage, heads = rows.numbers, rows.codes[STAGE], rows.heads[skill]
    lane = _LUCK[skill] - LANES
    for i in range(lo, hi):
        there = float32(1.0) if stage[i] != VACANT else float32(0.0)
        rank = x[STAFF_RANK, i] if skill == _RESEARCHER else float32(1.0) - x[STAFF_RANK, i]
        asked = x[ASKED, i] * rules.stage_staff[stage[i]]
        wanted = staff_wanted(asked, per_krw, share, rank)
        least = float32(0.0) if skill == _RESEARCHER else float32(1.0)
        wanted = max(wanted, least) * there
        has = float32(heads[i])
        left = leavers(has, wanted, rules.quits, rules.cut, uniform_lane(rows.bits[1, i], lane)) * there
        x[WANTED, i] = wanted if skill == _RESEARCHER else x[WANTED, i] + wanted
        x[LEFT + skill, i] = left
        x[VACANCIES + skill, i] = max(wanted - (has - left), float32(0.0))
        heads[i] = int32(has - left)


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
def _hire(rows: FirmRows, lo: int, hi: int, sector: int, rules: Record, state: Record) -> None:
    """Every firm fills the same share of its vacancies as its pools do; who is hired seeks no more."""
    x, staff = rows.numbers, 0.0
    for i in range(lo, hi):
        pool = int64(rows.codes[PROVINCE, i]) * _SKILLS
        for skill in range(_SKILLS):
            wanted = x[VACANCIES + skill, i]
            if wanted > float32(0.0):
                luck = uniform_lane(rows.bits[1, i], _LUCK[skill] - LANES)
                hired = hires(wanted, state.filled[pool + skill], luck)
                rows.heads[skill, i] += int32(hired)
                state.seekers[pool + skill] -= float64(hired)
                state.vacancies[pool + skill] -= float64(hired)
                x[VACANCIES + skill, i] = wanted - hired
        staff += float64(rows.heads[0, i] + rows.heads[1, i])
    state.staff[sector] = staff


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
def _advance(rows: FirmRows, lo: int, hi: int, sector: int, rules: Record, state: Record, now: Record) -> None:
    """Firms reach the next stage, find partners, and gain a track record by work delivered."""
    x, stage, partners, sandbox = rows.numbers, rows.codes[STAGE], rows.codes[PARTNERS], rows.codes[SANDBOX]
    meets = chance(float32(rules.partners_per_year * (1.0 + now.network[sector])))
    bought = now.demand_krw[sector] + state.supplied_krw[sector] + now.procurement_krw[sector]
    public = float32(now.procurement_krw[sector] / bought if bought > 0.0 else 0.0)
    open_site, talent = now.demonstration[sector] > 0.0, rules.talent_weight[sector]
    drives = state.drive[sector]
    for i in range(lo, hi):
        was = stage[i]
        staff = float32(rows.heads[0, i] + rows.heads[1, i])
        filled = staff / max(x[WANTED, i], float32(1.0))
        own = own_drive(filled, talent, float32(partners[i]), rules.usual_partners, rules.partner_weight)
        drive = drives[rows.codes[PLACE, i]] + own
        goes_on = chance(advance_rate(rules.stage_advance[was], drive, rules.most_drive))
        x[TRACK, i] = track_next(x[TRACK, i], rules.stage_learns[was], public)
        met = uniform_lane(rows.bits[0, i], MEETS) < meets
        partners[i] += uint8(1) if met and was != VACANT and partners[i] < MOST_PARTNERS else uint8(0)
        sandbox[i] = uint8(1) if open_site and was == DEMONSTRATION else uint8(0)
        stage[i] = uint8(was + 1) if uniform_lane(rows.bits[0, i], ADVANCES) < goes_on else was


@njit(**JIT)
def _set_flows(
    rows: FirmRows, lo: int, hi: int, sector: int, rules: Record, state: Record, now: Record, index: float
) -> None:
    """Set what the quarter's months bring and cost each firm, the wages of provinces and the reserve it wants."""
    x, heads = rows.numbers, rows.heads
    bought = rules.input_share[sector] + rules.rnd_share[sector]
    researcher, practitioner = rules.wage_krw[0] * index, rules.wage_krw[1] * index
    support = now.research_krw[sector] / max(state.staff[sector], 1.0)
    for i in range(lo, hi):
        wages = float64(heads[0, i]) * researcher + float64(heads[1, i]) * practitioner
        sold = float64(x[SALES, i])
        supported = support * float64(heads[0, i] + heads[1, i])
        rows.flow_krw[i] = sold * (1.0 - bought) - wages + supported
        x[RESERVE, i] = float32(rules.reserve_months * (sold * bought + wages))
    state.support_krw[sector] = support * state.staff[sector]
    for i in range(lo, hi):
        wages = float64(heads[0, i]) * researcher + float64(heads[1, i]) * practitioner
        state.wages_krw[rows.codes[PROVINCE, i]] += wages


@njit(**JIT)
def firms_month(rows: FirmRows, state: Record) -> None:
    """Move every firm's cash by a month of the quarter, and add it up."""
    total = 0.0
    for sector in range(FIRM_SECTORS):
        lo = rows.first[sector]
        for i in range(lo, lo + state.used[sector]):
            rows.cash_krw[i] += rows.flow_krw[i]
            total += rows.cash_krw[i]
    state.cash_krw = total
