"""The merchants' columns: state of one run, rules, tables of a month and the layout of partial sums."""

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.codes import BUSINESS_AGES, DISTRICT_KINDS, PROVINCES, SECTORS, STAGES, TECHNOLOGIES
from model.numerics import JIT
from model.records import F4, F8, I2, I4, I8, U1, U2, U8, record_type
from model.synthetic_population.merchants import NOBODY as NOBODY_THERE

_TECHNOLOGIES: Final = len(TECHNOLOGIES)
MOST_PROGRAMMES: Final = 64
MARKETS: Final = len(PROVINCES) * len(SECTORS)
"""Demand markets: province x sector, sectors innermost."""
COPIES: Final = 4
"""Rows take turns to add to so many copies of a sum: an addition need not wait for the one before."""
KINDS_OF_TILL: Final = 4
"""A till takes mobile pay by terminal (bit 0) and public QR (bit 1): the two lowest bits of what is installed."""
KINDS: Final = len(DISTRICT_KINDS)
PLACES_OF_SALE: Final = KINDS * KINDS_OF_TILL
"""Kind of district x kind of till, tills innermost."""
ROWS_A_CHUNK: Final = 4_096
BLOCK: Final = 512
"""Most rows of a market that are stepped together, in buffers that stay near the processor."""

(
    TERMINAL,
    PUBLIC_QR,
    OPEN_MARKET,
    DELIVERY_APP,
    KIOSK,
    TABLE_ORDER,
    OWN_STORE,
    LIVE_COMMERCE,
    SERVING_ROBOT,
    NIGHT_STORE,
    SUBSCRIPTION,
    SMART_WORKSHOP,
    DATA_ADVICE,
    TELEWORK_KIT,
) = range(len(TECHNOLOGIES))
ONLINE_TECHNOLOGY: Final = (OPEN_MARKET, OPEN_MARKET, OPEN_MARKET, DELIVERY_APP, -1, -1)
"""Technology through which a sector sells online, -1 for none: goods over the nation, meals within the province."""
IN_SHOP: Final = (KIOSK, TABLE_ORDER, SERVING_ROBOT, NIGHT_STORE, SMART_WORKSHOP, DATA_ADVICE)
"""Devices that raise the attraction of the shop; of manufacturers, who have no shop, that of the offer to firms."""
ON_LINE: Final = (LIVE_COMMERCE, SUBSCRIPTION)
"""Technologies that raise the attraction of what a merchant sells online already."""
SAVE_LABOUR: Final = (KIOSK, TABLE_ORDER, SERVING_ROBOT, SMART_WORKSHOP)
DEVICES: Final = (*IN_SHOP, *ON_LINE)
MANUFACTURING: Final = SECTORS.index("small_manufacturing")
HAS_TERMINAL, TAKES_QR = 1, 2
"""Bits of a kind of till."""

MASKS: Final = (
    "installed", "active", "pending", "chosen", "used",
    "aware", "applied", "selected", "gave_up", "abandoned", "knows_programme", "subsidised",
)  # fmt: skip
"""What is true of a merchant and a technology: a bit for each technology.

pending, chosen: its application waits for a decision, for installation; knows_programme: of an open one; used,
subsidised: ever. The first BUSY ones are columns that every month reads whole; the others, `marks`, stand together by
row, because only a merchant that reconsiders reads them.
"""
(
    INSTALLED,
    ACTIVE,
    PENDING,
    CHOSEN,
    USED,
    AWARE,
    APPLIED,
    SELECTED,
    GAVE_UP,
    ABANDONED,
    KNOWS_PROGRAMME,
    SUBSIDISED,
) = range(len(MASKS))
BUSY: Final = AWARE
STAGE_MASKS: Final = tuple(MASKS.index(stage) for stage in STAGES)

HISTORY: Final = ("applied", "installed", "active", "subsidised", "programme")
"""What `history` keeps by technology, as far as a rule or an output reads it: months since the start of the last
application and installation, first use and last supported installation; and the programme applied for or used."""
APPLIED_AT, INSTALLED_AT, ACTIVE_AT, SUBSIDISED_AT, PROGRAMME = range(len(HISTORY))
NEVER: Final = 255
"""A month that has not come; a run has at most NEVER months."""
NO_PROGRAMME: Final = 255
NOBODY: Final = np.uint64(NOBODY_THERE)
"""Id of a vacant row."""
VACANT: Final = -32768
"""Month of entry of a vacant row."""

NUMBERS: Final = (
    "start_krw",
    "business_krw",
    "pull_store",
    "pull_online",
    "sales_store",
    "sales_online",
    "sales_year_krw",
    "income_year_krw",
    "running_krw",
    "capability",
    "gained",
    "quality",
    "base_krw",
    "base_business_krw",
    "shock_spread",
    "staff_rank",
    "mix_rank",
    "debt_rate",
    "debt_cover",
    "pull_own",
    "sales_own",
)
"""Columns of `numbers`.

start_krw, business_krw: sales to consumers and to firms at the start, KRW a month; pull_*: this month's attraction in
its markets, in the unit of start_krw; sales_*: this month, KRW; sales_year_krw, income_year_krw: moving yearly rates
(weight 1/12 a month); running_krw: running cost of what is installed, KRW a month; capability, gained: digital
capability 0-1 and what use added; quality: transitory part of log quality; base_krw, base_business_krw: starting sales
times quality, what pulls are made of; shock_spread: of a shock to quality; staff_rank, mix_rank: for parts of a head;
debt_rate: interest a year on its debt; debt_cover: share of it that is guaranteed; pull_own, sales_own: of an own
online store, beside the online channel of the sector.
"""
(
    START,
    BUSINESS,
    PULL_STORE,
    PULL_ONLINE,
    SALES_STORE,
    SALES_ONLINE,
    SALES_YEAR,
    INCOME_YEAR,
    RUNNING,
    CAPABILITY,
    GAINED,
    QUALITY,
    BASE,
    BASE_BUSINESS,
    SHOCK_SPREAD,
    STAFF_RANK,
    MIX_RANK,
    DEBT_RATE,
    DEBT_COVER,
    PULL_OWN,
    SALES_OWN,
) = range(len(NUMBERS))

HEADS: Final = ("owner_birth_year", "family", "regular", "temporary")
"""Columns of `heads`: the owner's birth year and the heads working beside the owner."""
BORN, FAMILY, REGULAR, TEMPORARY = range(len(HEADS))

CODES: Final = ("province", "kind", "sector", "fee_tier", "revised_at", "trained", "loan_programme")
"""Columns of `codes`; fee_tier: card tier + 8 x public QR tier; revised_at: month of the last revision or NEVER;
trained: a bit for each course that the owner took; loan_programme: loan lever asked, or NO_PROGRAMME."""
PROVINCE, KIND, SECTOR, FEE_TIER, REVISED_AT, TRAINED, LOAN_PROGRAMME = range(len(CODES))
MOST_COURSES: Final = 8


class MerchantRows(NamedTuple):
    """Merchants, one a row: traits and state of one run, about 240 bytes each with fourteen technologies.

    Numbers of one kind stand together as (column, row), so that a kernel takes a few arrays whatever the number of
    columns. id; weight: real merchants a row stands for, the same in a whole cell; entered: month of opening since
    the start, negative for those there before, VACANT where nobody is; numbers, cash_krw, debt_krw, heads, codes: see
    the names above; masks: bits by technology, (busy mask, row); marks: (row, other
    mask); history: (row, HISTORY x technology), see `dated`.
    """

    id: U8
    weight: F4
    entered: I2
    cash_krw: F8
    debt_krw: F8
    numbers: F4
    heads: NDArray[np.int16]
    codes: U1
    masks: U2
    marks: U2
    history: U1


def empty_rows(count: int) -> MerchantRows:
    """Return columns of `count` merchants: zeros, and "never" where nothing happened yet."""
    return MerchantRows(
        id=np.zeros(count, np.uint64),
        weight=np.zeros(count, np.float32),
        entered=np.zeros(count, np.int16),
        cash_krw=np.zeros(count),
        debt_krw=np.zeros(count),
        numbers=np.zeros((len(NUMBERS), count), np.float32),
        heads=np.zeros((len(HEADS), count), np.int16),
        codes=np.zeros((len(CODES), count), np.uint8),
        masks=np.zeros((BUSY, count), np.uint16),
        marks=np.zeros((count, len(MASKS) - BUSY), np.uint16),
        history=np.full((count, len(HISTORY) * len(TECHNOLOGIES)), NEVER, np.uint8),
    )


def columns_of(rows: MerchantRows) -> dict[str, NDArray[Any]]:
    """Return every column by its name, as views: one number a row, or one a row and technology (`*_at`)."""
    columns: dict[str, NDArray[Any]] = {name: getattr(rows, name) for name in MerchantRows._fields[:5]}
    for names, table in ((NUMBERS, rows.numbers), (HEADS, rows.heads), (CODES, rows.codes), (MASKS[:BUSY], rows.masks)):
        columns |= {name: table[position] for position, name in enumerate(names)}
    columns |= {name: rows.marks[:, position] for position, name in enumerate(MASKS[BUSY:])}
    history = rows.history.reshape(rows.id.size, len(HISTORY), len(TECHNOLOGIES))
    dates = {f"{name}_at": history[:, position] for position, name in enumerate(HISTORY[:PROGRAMME])}
    return columns | dates | {"programme": history[:, PROGRAMME]}


@njit(**JIT)
def dated(what: int, technology: int) -> int:
    """Return the place in a row of `history` of one of HISTORY for a technology."""
    return what * _TECHNOLOGIES + technology


class Places(NamedTuple):
    """Cells of merchants, one district and sector each.

    chunk_cells: first cell of each chunk and the end; first_row: first row of each cell and the end; counts: merchants
    of each cell by (cell, MASKS, technology), kept up to date with every event; those with ACTIVE are the peers. By
    cell: alive, merchants there now; founders, those with customers at the start; expected, births expected so far, and
    births, those that took place; number, of the cell in the whole frame: district x 8 + sector.
    """

    chunk_cells: I8
    first_row: I8
    counts: I4
    alive: I4
    founders: I4
    expected: F8
    births: I4
    number: I8


SIZE_STEPS: Final = 1_024
AGE_STEPS: Final = 256
"""Steps of the tables from which an entrant's size and its owner's age are read."""

MERCHANT_RULES: Final = record_type(
    usable=(np.uint16, len(SECTORS)),
    input_share=(np.float64, len(SECTORS)),
    rent_share=(np.float64, len(SECTORS)),
    other_cost_share=(np.float64, len(SECTORS)),
    contribution_margin=(np.float32, len(SECTORS)),
    ticket_krw=(np.float32, len(SECTORS)),
    first_price_krw=(np.float32, len(TECHNOLOGIES)),
    world_installed=(np.float64, len(TECHNOLOGIES)),
    world_growth=(np.float64,),
    price_change=(np.float64, len(TECHNOLOGIES)),
    running_krw=(np.float32, len(TECHNOLOGIES)),
    prior_gain=(np.float32, len(TECHNOLOGIES)),
    attraction=(np.float32, len(TECHNOLOGIES)),
    constant=(np.float32, len(TECHNOLOGIES)),
    gain_scale=(np.float32, len(TECHNOLOGIES)),
    minimum_capability=(np.float32, len(TECHNOLOGIES)),
    innovation=(np.float32, len(TECHNOLOGIES)),
    imitation=(np.float32, len(TECHNOLOGIES)),
    drop_out=(np.float32, len(TECHNOLOGIES)),
    channel_cost_share=(np.float32, len(TECHNOLOGIES)),
    lost_to_itself=(np.float32, len(TECHNOLOGIES)),
    gain_scale_of_sales=(np.float32,),
    gain_weight=(np.float32,),
    peer_weight=(np.float32,),
    capability_weight=(np.float32,),
    age_weight=(np.float32,),
    hurdle_per_year=(np.float32,),
    learning_weight=(np.float32,),
    waiting_share=(np.float32,),
    revision_hazard=(np.float32,),
    campaign_weight=(np.float32,),
    programme_awareness=(np.float32,),
    apply_constant=(np.float32,),
    subsidy_weight=(np.float32,),
    paperwork_weight=(np.float32,),
    visit_constant=(np.float32,),
    drop_out_after_keep=(np.float32,),
    months_after_keep=(np.int64,),
    install_hazard=(np.float32,),
    learned=(np.float32, 2, 256),
    capability_decay=(np.float32,),
    cash_buffer_months=(np.float64,),
    credit_line_months=(np.float32,),
    card_share=(np.float32,),
    delivery_share=(np.float64, len(SECTORS)),
    online_ticket_krw=(np.float32, len(SECTORS)),
    shock_hazard=(np.float32,),
    quality_persistence=(np.float32,),
    heads_per_krw=(np.float64, len(SECTORS)),
    owner_absorbs=(np.float32,),
    temporary_share=(np.float32,),
    wage_elasticity=(np.float64,),
    regular_adjusts=(np.float32,),
    exit_hazard=(np.float32, len(BUSINESS_AGES)),
    exit_income_weight=(np.float32,),
    exit_cash_weight=(np.float32,),
    exit_most=(np.float32,),
    loan_rate=(np.float32,),
    loan_spread=(np.float32,),
    loan_cost=(np.float32,),
    loan_repaid=(np.float64,),
    loan_lost=(np.float64,),
    loan_floor=(np.float64,),
    loan_known=(np.float32,),
    entry_elasticity=(np.float64,),
    start_up_krw=(np.float64,),
    start_up_debt=(np.float64,),
    debt_share=(np.float32,),
    digital_ratio=(np.float32,),
    capability_half=(np.float32,),
    family_share=(np.float32,),
    business_share=(np.float32, len(SECTORS)),
    mean_sales_krw=(np.float64, len(SECTORS)),
    size_krw=(np.float64, len(SECTORS), SIZE_STEPS),
    owner_age=(np.int64, AGE_STEPS),
    shock_spread=(np.float32,),
    spread_exponent=(np.float32,),
    requires=(np.uint16, len(TECHNOLOGIES)),
    hours_saved=(np.float32, len(TECHNOLOGIES)),
    kiosk_lost=(np.float32,),
    live_fee=(np.float64,),
    own_delivery=(np.float64,),
    shock_relief=(np.float32,),
    office_saved=(np.float64,),
)
"""Scalars and small vectors (by sector or technology) of the merchants' rules; meaning and source: the register.

usable: bit mask of the technologies that a sector can use; requires: of those of which a technology needs one, none if
zero; hours_saved: share of a shop's working hours; live_fee: share of all online sales of who broadcasts; learned:
share of the gap to full capability that a month's use teaches, by the low and the high byte of the mask of what is
used; loan_repaid: share of a debt repaid a month; loan_lost: share of what an owner who closes cannot pay that is lost
to the lender; start_up_debt: loans over start-up cost of those who borrow; mean_sales_krw: a year, before local demand;
size_krw: the same of an entrant by sector and even rank; owner_age: of entrants, by even rank.
"""

CARD_TIERS: Final = 5
QR_TIERS: Final = 3
MARKET_TABLES: Final = record_type(
    store_rate=(np.float64, MARKETS),
    online_rate=(np.float64, MARKETS, 2),
    online_cost=(np.float64, MARKETS, 2),
    inputs_saved=(np.float64, MARKETS, 2),
    limit_krw=(np.float32, len(SECTORS)),
    mobile_share=(np.float32, MARKETS * KINDS_OF_TILL),
    qr_share=(np.float32, MARKETS * KINDS_OF_TILL),
    mobile_pull=(np.float32, MARKETS),
    qr_pull=(np.float32, MARKETS),
    card_fee=(np.float32, CARD_TIERS),
    qr_fee=(np.float32, QR_TIERS),
    wage_krw=(np.float64, 2),
    index=(np.float64,),
    business_rate=(np.float64, len(SECTORS)),
    wage_start_krw=(np.float64,),
    realised=(np.float32, len(TECHNOLOGIES), MARKETS),
    available=(np.uint16,),
    birth_rate=(np.float64, MARKETS),
    market_scale=(np.float64, MARKETS),
    exit_constant=(np.float32, len(SECTORS)),
    outside_krw=(np.float32,),
    price_krw=(np.float32, len(TECHNOLOGIES)),
    own_rate=(np.float64, len(SECTORS)),
    kiosk_share=(np.float32, len(PROVINCES)),
    heads_per_krw=(np.float32, len(SECTORS)),
    head_krw=(np.float32,),
    input_share=(np.float64, len(SECTORS)),
    advice=(np.float32,),
    place_factor=(np.float64, MARKETS, KINDS),
    hiring_speed=(np.float32, len(PROVINCES)),
    loan_shift=(np.float64,),
)
"""What every merchant meets this month.

store_rate, online_rate: sales per unit of attraction of the shop and of its offer online, by market, the latter by
class of small sellers too, up to the yearly sales of limit_krw (by sector) or above; online_cost: commission and
delivery of online sales less what a price above the start's saves on inputs, inputs_saved;
mobile_share, qr_share: shares of face-to-face sales by (market x kind of till); mobile_pull, qr_pull: share of
buyers by market whose instrument works only with the technology; card_fee, qr_fee: by tier; wage_krw: monthly wage
of regular and temporary staff; index: costs over the start; business_rate: sales to firms per unit of
base_business_krw by sector; wage_start_krw: regular wage at the start; realised: peers' realised sales
gain by (technology, market), a moving year; available: bit mask of the technologies that can be had yet; price_krw:
by technology; own_rate: sales per unit of attraction of own online stores by sector; kiosk_share: of buyers who order
at a kiosk where there is one, by province; heads_per_krw: heads that a won of yearly sales asks for, by sector;
head_krw: a mean month's wage; birth_rate: births expected this month a founder of a cell; market_scale: local demand
over what sizes alone would give; exit_constant: of the log hazard of closing; outside_krw: yearly income of an owner
who closes; input_share: inputs and fees for business software on a won of sales, by sector; advice: quality of advice
from data over the start; place_factor: what telework multiplies face-to-face sales by, by kind of district;
hiring_speed: rate at which vacancies are filled over that of the start; loan_shift: of interest a year over the start.
"""

# Sums by market: columns of `market` in MERCHANT_SUMS; pull by place of sale, base by kind of till, and pull of shops
# with a kiosk by kind of district stand together, then attraction with all devices, and without any, of those who have
# each of DEVICES. Lift: what all devices add together. Vacant, hired: regular staff looked for, and found.
# Sales and what was paid by mobile pay and public QR are set in the total only: pulls of last month times rates.
(
    M_STORE_SALES,
    M_ONLINE_SALES,
    M_MOBILE_VALUE,
    M_QR_VALUE,
    M_REGULAR,
    M_TEMPORARY,
    M_DRAWN,
    M_PUT_IN,
    M_ONLINE_PULL,
    M_ONLINE_ABOVE,
    M_ENTRY_BASE,
    M_BUSINESS_PULL,
    M_MERCHANTS,
    M_INCOME,
    M_FIXED,
    M_THERE,
    M_OWN_PULL,
    M_OWN_BASE,
    M_LIFT,
    M_LIFT_ONLINE,
    M_OWN_SALES,
    M_KIOSK_SALES,
    M_FAMILY,
    M_VACANT,
    M_HIRED,
    M_PULL,
) = range(26)
M_BASE: Final = M_PULL + PLACES_OF_SALE
M_KIOSK_PULL: Final = M_BASE + KINDS_OF_TILL
M_WITH: Final = M_KIOSK_PULL + KINDS
M_WITH_BASE: Final = M_WITH + len(DEVICES)
MARKET_SUMS: Final = M_WITH_BASE + len(DEVICES)

# Sums over the nation: columns of `nation` in MERCHANT_SUMS; counts by (MASKS, technology) follow from S_COUNTS on.
(
    S_CARD_FEES,
    S_QR_FEES,
    S_OWN_SHARE,
    S_RUNNING,
    S_CASH,
    S_MERCHANTS,
    S_FAMILY,
    S_DEBT,
    S_DEBTORS,
    S_LOANS,
    S_REPAID,
    S_INTEREST,
    S_INTEREST_SUBSIDY,
    S_WRITTEN_OFF,
    S_CLAIMS,
    S_START_UP,
    S_OPENINGS,
    S_CLOSURES,
    S_WAITING,
    S_OFFICE_SAVED,
    S_LIVE_FEES,
    S_INSTALLS,
) = range(22)
S_SUBSIDY: Final = S_INSTALLS + len(TECHNOLOGIES)
S_RUNNING_UNITS: Final = S_SUBSIDY + len(TECHNOLOGIES)
S_COUNTS: Final = S_RUNNING_UNITS + len(TECHNOLOGIES)
NATION_SUMS: Final = S_COUNTS + len(MASKS) * len(TECHNOLOGIES)

# Sums by programme: columns of `programme` in MERCHANT_SUMS.
P_ELIGIBLE, P_GAVE_UP, P_INSTALLED, P_PAID, P_RELEASED = range(5)
PROGRAMME_SUMS: Final = 5


MERCHANT_SUMS: Final = record_type(
    market=(np.float64, MARKETS, MARKET_SUMS),
    nation=(np.float64, NATION_SUMS),
    programme=(np.float64, MOST_PROGRAMMES, PROGRAMME_SUMS),
)
"""Weighted sums by market, over the nation and by programme; one record a chunk, and one for their total."""


def place_of(cells: I8, first_row: I8, founders: I4, number: I8) -> Places:
    """Return the places of a population with empty counts; cells: first cell of each chunk and the end."""
    count = first_row.size - 1
    counts = np.zeros((count, len(MASKS), len(TECHNOLOGIES)), np.int32)
    alive, births = np.zeros(count, np.int32), np.zeros(count, np.int32)
    return Places(cells, first_row, counts, alive, founders, np.zeros(count), births, number)
