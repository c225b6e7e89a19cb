"""New-industry firms as columns, and the records of their rules, their quarter and their labour pools."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.codes import FIRM_STAGES, NEW_INDUSTRIES, PROVINCES, SKILLS, TECHNOLOGIES
from model.records import F4, F8, I4, U1, U8, record_type
from model.synthetic_population.firms import PLACES

RESEARCH, DEMONSTRATION, COMMERCIAL, SCALING, VACANT = range(len(FIRM_STAGES) + 1)
"""Stages; a row in which no firm is has the one after them."""
STAGES: Final = len(FIRM_STAGES) + 1
FIRM_SECTORS: Final = len(NEW_INDUSTRIES)
POOLS: Final = len(PROVINCES) * len(SKILLS)
"""Pools of labour: province by province, the skills of each."""
AREAS: Final = FIRM_SECTORS * len(PROVINCES)
"""Sectors by province: what rows are kept by."""
ROOM_RATIO, ROOM_LEAST = 4, 48
"""Rows of an area for each firm there at the start, and on top of that: vacant until firms enter."""
SIZES: Final = 1024
"""Sizes that an entrant may have."""

SECTOR, PLACE, PROVINCE, STAGE, PARTNERS, SANDBOX = range(6)
CODES: Final = ("sector", "place", "province", "stage", "partners", "sandbox")
"""Columns of one byte; place: see `model.synthetic_population.firms.PLACES`."""
NUMBERS: Final = (
    "quality", "track_record", "staff_rank", "pull", "ships", "staff_ratio", "advance_rate", "learning_rate",
    "asked_krw",
    "sales_krw", "exports_krw", "reserve_krw", "advance_chance", "staff_wanted",
)  # fmt: skip
"""Columns of float32; money a month, but the reserve; from pull to learning_rate: what hangs on the stage."""
(QUALITY, TRACK, STAFF_RANK, PULL, SHIPS, WORKS, STEPS, LEARNS, ASKED, SALES, EXPORTS, RESERVE, CHANCE,
 WANTED) = range(14)  # fmt: skip
STAFF: Final = tuple(f"{what}{skill}s" for what in ("", "vacancies_", "left_") for skill in SKILLS)
"""Columns of whole numbers: staff, vacancies, and who left this quarter, by skill."""
HEADS, VACANCIES, LEFT = (len(SKILLS) * block for block in range(3))
ADVANCES, CLOSES, STAFF_LUCK, FUNDED_LUCK = range(4)
"""Lanes of a firm's draws of a quarter: reaches the next stage, or from the other end finds a partner; closes;
rounds who leaves and who is hired; finds investors."""


class FirmRows(NamedTuple):
    """Rows sector by sector and province by province, with room for entrants; a row in which no firm is has stage
    VACANT and counts nowhere.

    codes (len(CODES), rows), numbers (len(NUMBERS), rows), staff (len(STAFF), rows); cash_krw; flow_krw: what cash
    moves by in a month until the next quarter; bits: this quarter's draws, three lanes; first: first row of
    each area and, last, the end.
    """

    id: U8
    codes: U1
    numbers: F4
    staff: I4
    cash_krw: F8
    flow_krw: F8
    bits: U8
    first: NDArray[np.int64]


FIRM_RULES: Final = record_type(
    input_share=(np.float64, FIRM_SECTORS),
    rnd_share=(np.float64, FIRM_SECTORS),
    researcher_share=(np.float32, FIRM_SECTORS),
    wage_krw=(np.float64, len(SKILLS)),
    stage_pull=(np.float32, STAGES),
    stage_staff=(np.float32, STAGES),
    stage_ships=(np.float32, STAGES),
    stage_advance=(np.float32, STAGES),
    stage_exit=(np.float32, STAGES),
    stage_funded=(np.float32, STAGES),
    stage_learns=(np.float32, STAGES),
    talent_weight=(np.float32, FIRM_SECTORS),
    demonstration_weight=(np.float64, FIRM_SECTORS),
    legal_weight=(np.float64, FIRM_SECTORS),
    research_weight=(np.float64, FIRM_SECTORS),
    crowd_weight=(np.float64,),
    partner_weight=(np.float32,),
    usual_partners=(np.float32,),
    most_drive=(np.float32,),
    partners_per_year=(np.float64,),
    capacity_ratio=(np.float64,),
    quits=(np.float32,),
    cut=(np.float32,),
    exit_cash_weight=(np.float32,),
    reserve_months=(np.float64,),
    payout_ratio=(np.float64,),
    low_cash=(np.float64,),
    entry_elasticity=(np.float64,),
    entry_crowd=(np.float64,),
    entry_talent=(np.float64,),
    spin_off_share=(np.float64,),
    start_capital_krw=(np.float64,),
    first_track=(np.float32, STAGES),
    entrant_size=(np.float32, SIZES),
    stay_share=(np.float64,),
    leak=(np.float64,),
    match_efficiency=(np.float64,),
    match_elasticity=(np.float64,),
    supply_share=(np.float64, FIRM_SECTORS, len(TECHNOLOGIES)),
)
"""What firms go by; stage_*: by stage, zero for vacant rows; supply_share: of what dealers take for a technology."""

FIRM_MONTH: Final = record_type(
    demand_krw=(np.float64, FIRM_SECTORS),
    export_demand_krw=(np.float64, FIRM_SECTORS),
    births=(np.float64, FIRM_SECTORS),
    per_head=(np.float64, FIRM_SECTORS),
    arrivals=(np.float64, POOLS),
    research_krw=(np.float64, FIRM_SECTORS),
    procurement_krw=(np.float64, FIRM_SECTORS),
    demonstration=(np.float64, FIRM_SECTORS),
    legal=(np.float64, FIRM_SECTORS),
    network=(np.float64, FIRM_SECTORS),
    investment=(np.float64, FIRM_SECTORS),
)
"""What a quarter that begins in a month is given: demand at home and abroad, KRW a month; firms expected to be born;
sales a head over the start's; people who join each pool; and, zero without a lever: research support and public
procurement, KRW a month; demonstration sites, legal advice, search for partners and for investors, as strengths."""

FIRM_STATE: Final = record_type(
    heads_per_krw=(np.float64, FIRM_SECTORS),
    crowd_start=(np.float64, FIRM_SECTORS),
    firms=(np.float64, FIRM_SECTORS, PLACES),
    entered=(np.float64, FIRM_SECTORS, PLACES),
    weight=(np.float64, PLACES),
    used=(np.int64, AREAS),
    expected=(np.float64, FIRM_SECTORS),
    births=(np.int64, FIRM_SECTORS),
    seekers=(np.float64, POOLS),
    seekers_start=(np.float64, POOLS),
    left_jobs=(np.float64, POOLS),
    vacancies=(np.float64, POOLS),
    filled=(np.float32, POOLS),
    devices_krw=(np.float64, FIRM_SECTORS),
    supplied_krw=(np.float64, FIRM_SECTORS),
    drive=(np.float32, FIRM_SECTORS, PLACES),
    installed=(np.float64, len(TECHNOLOGIES)),
    met=(np.float64, FIRM_SECTORS),
    home_krw=(np.float64, FIRM_SECTORS),
    exports_krw=(np.float64, FIRM_SECTORS),
    staff=(np.float64, FIRM_SECTORS),
    wages_krw=(np.float64, len(PROVINCES)),
    support_krw=(np.float64, FIRM_SECTORS),
    capital_krw=(np.float64,),
    payout_krw=(np.float64,),
    cash_krw=(np.float64,),
)
"""The running state of the sectors and pools.

heads_per_krw: heads that a won of monthly sales asked for at the start; crowd_start: mean log density there; firms,
entered: there at the last
quarter's end, and new this quarter; weight: how much places draw entrants; used: rows
of an area that ever held a firm; devices_krw: what dealers owe firms of the quarter so far; supplied_krw: of this
quarter, a month; installed: devices so far; drive: what a place and the sector add to the exponent of advancing;
met: share of demand at home that firms can deliver; home_krw, exports_krw, wages_krw, support_krw: a
month of this quarter; capital_krw, payout_krw: of this month; cash_krw: over the rows."""


def columns_of(rows: FirmRows) -> Mapping[str, NDArray[Any]]:
    """Return every column by name, views of the rows."""
    return {
        "id": rows.id,
        **dict(zip(CODES, rows.codes, strict=True)),
        **dict(zip(NUMBERS, rows.numbers, strict=True)),
        **dict(zip(STAFF, rows.staff, strict=True)),
        "cash_krw": rows.cash_krw,
        "flow_krw": rows.flow_krw,
    }
