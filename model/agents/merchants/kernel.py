"""The merchants' month, compiled: sell, take technologies through their month, pay, offer next month.

Everyone acts on the same tables of the month; a chunk of whole (district, sector) cells adds into its own row
of partial sums. A cell's peers are its merchants' use at the end of last month.
"""

from numba import float32, float64, int64, njit, uint8

from model.agents.government import can_use
from model.agents.merchants.adoption import hearing_chance, technology_month
from model.agents.merchants.columns import (
    ACTIVE,
    BUSINESS_INDEX,
    COST_INDEX,
    HAS_TERMINAL,
    INSTALLED,
    INSTALLED_AT,
    KINDS_OF_TILL,
    M_BUSINESS_SALES,
    M_DRAWN,
    M_ENTRY_BASE,
    M_INCOME,
    M_INPUTS,
    M_MOBILE_VALUE,
    M_ONLINE_PULL,
    M_ONLINE_SALES,
    M_OTHER,
    M_PUT_IN,
    M_QR_BASE,
    M_QR_PULL,
    M_QR_SALES,
    M_QR_VALUE,
    M_RENT,
    M_STORE_PULL,
    M_STORE_SALES,
    M_TERMINAL_BASE,
    M_TERMINAL_PULL,
    M_TERMINAL_SALES,
    M_WAGES,
    OPEN_MARKET,
    PUBLIC_QR,
    S_BY_CARD,
    S_BY_QR,
    S_CARD_FEES,
    S_CASH,
    S_COMMISSION,
    S_DELIVERY,
    S_FAMILY,
    S_INSTALLS,
    S_MERCHANTS,
    S_OWN_SHARE,
    S_QR_FEES,
    S_QR_PAYMENTS,
    S_REGULAR,
    S_RUNNING,
    S_RUNNING_UNITS,
    S_STAGES,
    S_SUBSIDISED,
    S_TEMPORARY,
    SUBSIDISED_AT,
    TAKES_QR,
    TERMINAL,
)
from model.codes import SECTORS, STAGES, TECHNOLOGIES
from model.numerics import JIT
from model.records import F4, F8, I8, Record, Records
from model.rules.adoption import capability_next
from model.rules.finance import owner_settlement, till_fees
from model.streams import draw_bits

_SECTORS = len(SECTORS)
_TECHNOLOGIES = len(TECHNOLOGIES)
_STAGES = len(STAGES)


@njit(**JIT)
def till_of(m: Record) -> int:
    """Return the kind of till of merchant `m`: terminal (bit 0) and public QR (bit 1) installed."""
    till = int64(0)
    if m.stage[TERMINAL] & INSTALLED:
        till |= HAS_TERMINAL
    if m.stage[PUBLIC_QR] & INSTALLED:
        till |= TAKES_QR
    return till


@njit(**JIT)
def _sell(m: Record, market: int, sector: int, tables: Record) -> None:
    m.sales_store = float32(float64(m.attraction_store) * tables.store_rate[market])
    m.sales_online = float32(float64(m.attraction_online) * tables.online_rate[sector])


@njit(**JIT)
def _settle(
    m: Record,
    sector: int,
    till: int,
    market: int,
    own_krw: float,
    installed: int,
    weight: float,
    rules: Record,
    tables: Record,
    sums: F8,
    nation: F8,
) -> None:
    """Book the merchant's month in money: costs, income, what the owner draws, cash."""
    # Not from the float32 columns: the books count the market's sales in float64, and so must every row.
    store = float64(m.attraction_store) * tables.store_rate[market]
    online = float64(m.attraction_online) * tables.online_rate[sector]
    business = float64(m.business_krw) * tables.index[BUSINESS_INDEX]
    sales = store + online + business
    position = market * KINDS_OF_TILL + till
    mobile = store * float64(tables.mobile_share[position])
    by_qr = store * float64(tables.qr_share[position])
    tier = int64(m.fee_tier)
    card_fee, qr_fee = float64(tables.card_fee[tier & 7]), float64(tables.qr_fee[tier >> 3])
    card_fees, qr_fees = till_fees(store, mobile, by_qr, float64(rules.card_share), card_fee, qr_fee)
    start = (float64(m.start_krw) + float64(m.business_krw)) * tables.index[COST_INDEX]
    inputs = rules.input_share[sector] * sales
    rent = rules.rent_share[sector] * start
    other = rules.other_cost_share[sector] * start
    wages = float64(m.regular) * tables.wage_krw[0] + float64(m.temporary) * tables.wage_krw[1]
    commission, delivery = rules.commission_share * online, rules.delivery_share * online
    running = 0.0
    for technology in range(_TECHNOLOGIES):
        if (installed >> technology) & 1:
            running += float64(rules.running_krw[technology])
            nation[S_RUNNING_UNITS + technology] += weight
    costs = inputs + rent + other + wages + card_fees + qr_fees + commission + delivery + running
    income = sales - costs
    own = float64(own_krw)
    cash = m.cash_krw + income - own
    drawn, put_in = owner_settlement(cash, rules.cash_buffer_months * (inputs + rent + other + wages))
    m.cash_krw = cash - drawn + put_in
    m.sales_year_krw += float32(sales) - m.sales_year_krw * float32(1.0 / 12.0)
    m.income_year_krw += float32(income) - m.income_year_krw * float32(1.0 / 12.0)
    sums[M_STORE_SALES] += weight * store
    sums[M_ONLINE_SALES] += weight * online
    sums[M_BUSINESS_SALES] += weight * business
    sums[M_INPUTS] += weight * inputs
    sums[M_RENT] += weight * rent
    sums[M_OTHER] += weight * other
    sums[M_WAGES] += weight * wages
    sums[M_DRAWN] += weight * drawn
    sums[M_PUT_IN] += weight * put_in
    sums[M_MOBILE_VALUE] += weight * mobile
    sums[M_QR_VALUE] += weight * by_qr
    sums[M_INCOME] += weight * income
    nation[S_CARD_FEES] += weight * card_fees
    nation[S_QR_FEES] += weight * qr_fees
    nation[S_COMMISSION] += weight * commission
    nation[S_DELIVERY] += weight * delivery
    nation[S_OWN_SHARE] += weight * own
    nation[S_RUNNING] += weight * running
    nation[S_CASH] += weight * m.cash_krw
    nation[S_BY_CARD + (tier & 7)] += weight * (mobile + float64(rules.card_share) * (store - mobile - by_qr))
    nation[S_BY_QR + (tier >> 3)] += weight * by_qr
    if till & HAS_TERMINAL:
        sums[M_TERMINAL_BASE] += weight * float64(m.start_krw)
        sums[M_TERMINAL_SALES] += weight * store
    if online > 0.0:
        sums[M_ENTRY_BASE] += weight * float64(m.start_krw)
    if till & TAKES_QR:
        sums[M_QR_BASE] += weight * float64(m.start_krw)
        sums[M_QR_SALES] += weight * store


@njit(**JIT)
def offer(m: Record, market: int, weight: float, rules: Record, tables: Record, sums: F8) -> None:
    """Set next month's attraction from the technologies in place and add it to the market's sums."""
    start = m.start_krw
    store = start
    till = till_of(m)
    if till & HAS_TERMINAL:
        store *= float32(1.0) + rules.attraction[TERMINAL] * tables.mobile_pull[market]
    if till & TAKES_QR:
        store *= float32(1.0) + rules.attraction[PUBLIC_QR] * tables.qr_pull[market]
    online = float32(0.0)
    if m.stage[OPEN_MARKET] & INSTALLED:
        online = start * rules.attraction[OPEN_MARKET]
        earned = m.sales_online + m.sales_store
        if earned > float32(0.0):
            store *= float32(1.0) - rules.lost_to_itself[OPEN_MARKET] * m.sales_online / earned
    m.attraction_store = store
    m.attraction_online = online
    sums[M_STORE_PULL] += weight * float64(store)
    sums[M_ONLINE_PULL] += weight * float64(online)
    if till & HAS_TERMINAL:
        sums[M_TERMINAL_PULL] += weight * float64(store)
    if till & TAKES_QR:
        sums[M_QR_PULL] += weight * float64(store)


@njit(**JIT)
def _count(m: Record, weight: float, sums: Record) -> None:
    """Count heads and stages; `sums.used` gathers the cell's weight of use."""
    sums.nation[S_MERCHANTS] += weight
    sums.nation[S_FAMILY] += weight * float64(m.family)
    sums.nation[S_REGULAR] += weight * float64(m.regular)
    sums.nation[S_TEMPORARY] += weight * float64(m.temporary)
    for technology in range(_TECHNOLOGIES):
        stage = m.stage[technology]
        sums.by_stage[technology, stage] += weight
        if stage & ACTIVE:
            sums.used[technology] += weight
        if m.month[SUBSIDISED_AT, technology] >= 0:
            sums.nation[S_SUBSIDISED + technology] += weight


@njit(**JIT)
def _add_stages(sums: Record) -> None:
    """Add weights by (technology, stage bits) to the national counts of each stage."""
    for technology in range(_TECHNOLOGIES):
        base = S_STAGES + technology * _STAGES
        for stage in range(256):
            for bit in range(_STAGES):
                if (stage >> bit) & 1:
                    sums.nation[base + bit] += sums.by_stage[technology, stage]


@njit(**JIT)
def _payments(technology: int, m: Record, position: int, sector: int, rules: Record, tables: Record) -> float:
    """Return the payments expected this month through a technology; `position`: market and kind of till."""
    if technology == TERMINAL:
        return m.sales_store * tables.mobile_share[position] / rules.ticket_krw[sector]
    if technology == PUBLIC_QR:
        return m.sales_store * tables.qr_share[position] / rules.ticket_krw[sector]
    return m.sales_online / rules.online_ticket_krw


@njit(**JIT)
def _merchant(
    m: Record,
    market: int,
    sector: int,
    rules: Record,
    tables: Record,
    programmes: Record,
    keys: Record,
    sums: Record,
    month: int,
    year: int,
) -> None:
    weight = float64(m.weight)
    owner_age = year - int64(m.owner_birth_year)
    _sell(m, market, sector, tables)
    revision_bits = draw_bits(keys.revision, m.id)
    activity_bits = draw_bits(keys.activity, m.id)
    till = till_of(m)
    own = float32(0.0)
    installed = int64(0)
    for technology in range(_TECHNOLOGIES):
        if not can_use(technology, sector) or not tables.available[technology]:
            continue
        if m.stage[technology] & INSTALLED:
            installed |= 1 << technology
        payments = _payments(technology, m, market * KINDS_OF_TILL + till, sector, rules, tables)
        if technology == PUBLIC_QR:
            sums.nation[S_QR_PAYMENTS] += weight * float64(payments)
        own += technology_month(
            technology, m, market, till, payments, owner_age, rules, tables, programmes, keys, revision_bits,
            activity_bits, sums, month,
        )  # fmt: skip
        if m.month[INSTALLED_AT, technology] == month and not (installed >> technology) & 1:
            sums.nation[S_INSTALLS + technology] += weight
    _settle(m, sector, till, market, own, installed, weight, rules, tables, sums.market[market], sums.nation)
    offer(m, market, weight, rules, tables, sums.market[market])
    learned = float32(0.0)
    for technology in range(_TECHNOLOGIES):
        if m.stage[technology] & ACTIVE:
            learned += rules.capability_gain[technology]
    m.gained = capability_next(m.capability, m.gained, learned, rules.capability_decay)
    _count(m, weight, sums)


@njit(**JIT)
def merchants_chunk(
    chunk: int,
    cells: I8,
    layout: I8,
    peers: F4,
    rows: Records,
    rules: Record,
    tables: Record,
    programmes: Record,
    keys: Record,
    sums: Record,
    month: int,
    year: int,
) -> None:
    """Step the cells of one chunk through a month and leave its partial sums in `sums`, a MERCHANT_SUMS.

    cells: first cell of each chunk; layout: first row of each cell; peers: (technology, cell) share of a cell's
    merchants that used a technology last month, updated here; rows: MERCHANT records; month: since the start.
    """
    sums.market[:] = 0.0
    sums.nation[:] = 0.0
    sums.programme[:] = 0.0
    sums.by_stage[:] = 0.0
    sums.supported[:] = 0
    for k in range(programmes.count):
        if programmes.open_now[k]:
            sums.supported[programmes.technology[k]] = 1
    for cell in range(cells[chunk], cells[chunk + 1]):
        lo, hi = layout[cell], layout[cell + 1]
        sector = int64(rows[lo].sector)
        market = int64(rows[lo].province) * _SECTORS + sector
        total = 0.0
        for technology in range(_TECHNOLOGIES):
            sums.used[technology] = 0.0
            sums.peer[technology] = peers[technology, cell]
            sums.heard[technology] = hearing_chance(technology, peers[technology, cell], float32(0.0), rules)
        for j in range(lo, hi):
            _merchant(rows[j], market, sector, rules, tables, programmes, keys, sums, month, year)
            total += float64(rows[j].weight)
        for technology in range(_TECHNOLOGIES):
            peers[technology, cell] = float32(sums.used[technology] / total)
    _add_stages(sums)


@njit(**JIT)
def set_fee_tiers(rows: Records, card_ceilings: F8, qr_ceilings: F8) -> None:
    """Set every merchant's fee tiers by its yearly sales (each January): card tier + 8 x public QR tier."""
    for j in range(rows.size):
        card = 0
        while float64(rows[j].sales_year_krw) > card_ceilings[card]:
            card += 1
        qr = 0
        while float64(rows[j].sales_year_krw) > qr_ceilings[qr]:
            qr += 1
        rows[j].fee_tier = uint8(card + 8 * qr)
