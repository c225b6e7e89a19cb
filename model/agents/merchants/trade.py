"""A block of merchants sells, pays, draws and offers: short loops over few columns, which the compiler vectorises.

All rows of a block are of one market. Money is in float64 buffers: the books
count a market's sales in float64, and so must every row.
"""

import numpy as np
from numba import float32, float64, int64, njit

from model.agents.merchants.columns import (
    BASE,
    BASE_BUSINESS,
    BUSINESS,
    COPIES,
    FEE_TIER,
    GAINED,
    HAS_TERMINAL,
    INSTALLED,
    KIND,
    KINDS,
    KINDS_OF_TILL,
    M_BUSINESS_PULL,
    M_ENTRY_BASE,
    M_FIXED,
    M_ONLINE_ABOVE,
    M_ONLINE_PULL,
    M_PULL,
    ONLINE_TECHNOLOGY,
    PLACES_OF_SALE,
    PUBLIC_QR,
    PULL_ONLINE,
    PULL_OWN,
    PULL_STORE,
    REGULAR,
    RUNNING,
    SALES_ONLINE,
    SALES_OWN,
    SALES_STORE,
    SALES_YEAR,
    START,
    TAKES_QR,
    TEMPORARY,
    TERMINAL,
    MerchantRows,
)
from model.agents.merchants.devices import count_kiosks, equip_online, equip_shop, find_equipped, sell_own
from model.numerics import JIT
from model.records import F4, F8, U1, U2, Record
from model.rules.adoption import capability_next
from model.rules.finance import share_by_card

_TILL = int64(KINDS_OF_TILL - 1)


@njit(**JIT)
def weighted(values: F8, weight: F4, n: int) -> float:
    """Return the weighted sum of `n` values, in eight interleaved parts: an order that depends on `n` alone."""
    a, b, c, d, e, f, g, h = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    whole = n - n % 8
    for i in range(0, whole, 8):
        a += values[i] * float64(weight[i])
        b += values[i + 1] * float64(weight[i + 1])
        c += values[i + 2] * float64(weight[i + 2])
        d += values[i + 3] * float64(weight[i + 3])
        e += values[i + 4] * float64(weight[i + 4])
        f += values[i + 5] * float64(weight[i + 5])
        g += values[i + 6] * float64(weight[i + 6])
        h += values[i + 7] * float64(weight[i + 7])
    for i in range(whole, n):
        a += values[i] * float64(weight[i])
    return ((a + b) + (c + d)) + ((e + f) + (g + h))


@njit(**JIT)
def _sell(pull: F4, kind: U1, rate: F8, sales: F8, column: F4, n: int) -> None:
    """Set face-to-face sales at the rate of each shop's kind of district."""
    for i in range(n):
        sales[i] = float64(pull[i]) * rate[int64(kind[i])]
    for i in range(n):
        column[i] = float32(sales[i])


@njit(**JIT)
def _sell_online(pull: F4, sales_year: F4, limit: float, rate: F8, sales: F8, column: F4, n: int) -> None:
    """Set online sales at the rate of each seller's class, by its yearly sales."""
    below, above = rate[0], rate[1]
    for i in range(n):
        sales[i] = float64(pull[i]) * (below if sales_year[i] <= limit else above)
    for i in range(n):
        column[i] = float32(sales[i])


@njit(**JIT)
def _zero(values: F8, column: F4, n: int) -> None:
    for i in range(n):
        values[i] = 0.0
    for i in range(n):
        column[i] = float32(0.0)


@njit(**JIT)
def _all_sales(store: F8, online: F8, own: F8, business: F4, index: float, sales: F8, n: int) -> None:
    for i in range(n):
        sales[i] = store[i] + online[i] + own[i] + float64(business[i]) * index


@njit(**JIT)
def as_float64(heads: np.ndarray, out: F8, n: int) -> None:
    """Copy `n` whole numbers into a float64 buffer."""
    for i in range(n):
        out[i] = float64(heads[i])


@njit(**JIT)
def _outlay(start: F4, business: F4, fixed_share: float, outlay: F8, n: int) -> None:
    for i in range(n):
        outlay[i] = (float64(start[i]) + float64(business[i])) * fixed_share


@njit(**JIT)
def _add_wages(heads: F8, wage_krw: float, outlay: F8, n: int) -> None:
    for i in range(n):
        outlay[i] += heads[i] * wage_krw


@njit(**JIT)
def _fees(store: F8, installed: U2, tier: U1, shift: int, by_till: F8, by_tier: F8, fees: F8, n: int) -> None:
    """Set fees: sales x the share that a kind of till pays this way x the fee of the tier (three bits from `shift`)."""
    for i in range(n):
        fees[i] = by_till[int64(installed[i]) & _TILL] * by_tier[(int64(tier[i]) >> shift) & 7]
    for i in range(n):
        fees[i] *= store[i]


@njit(**JIT)
def _margin(sales: F8, kept: float, outlay: F8, card: F8, qr: F8, income: F8, n: int) -> None:
    for i in range(n):
        income[i] = sales[i] * kept - outlay[i] - card[i] - qr[i]


@njit(**JIT)
def _take_off(online: F8, sales_year: F4, limit: float, cost: F8, running: F4, income: F8, n: int) -> None:
    below, above = cost[0], cost[1]
    for i in range(n):
        income[i] -= online[i] * (below if sales_year[i] <= limit else above) + float64(running[i])


@njit(**JIT)
def earn(
    rows: MerchantRows, lo: int, n: int, market: int, sector: int, rules: Record, tables: Record, work: Record,
    sums: Record,
) -> None:  # fmt: skip
    """Set the block's sales, costs and income of the month from what was offered and in place at its start."""
    hi = lo + n
    x = rows.numbers
    find_equipped(rows.masks[INSTALLED, lo:hi], work, n)
    for kind in range(KINDS):
        work.by_kind[kind] = tables.store_rate[market] * tables.place_factor[market, kind]
    _sell(x[PULL_STORE, lo:hi], rows.codes[KIND, lo:hi], work.by_kind, work.store, x[SALES_STORE, lo:hi], n)
    if ONLINE_TECHNOLOGY[sector] >= 0:
        _sell_online(
            x[PULL_ONLINE, lo:hi], x[SALES_YEAR, lo:hi], tables.limit_krw[sector], tables.online_rate[market],
            work.online, x[SALES_ONLINE, lo:hi], n,
        )  # fmt: skip
    else:
        _zero(work.online, x[SALES_ONLINE, lo:hi], n)
    sell_own(rows, lo, n, sector, tables, work)
    _all_sales(work.store, work.online, work.own, x[BASE_BUSINESS, lo:hi], tables.business_rate[sector], work.sales, n)
    as_float64(rows.heads[REGULAR, lo:hi], work.regular, n)
    as_float64(rows.heads[TEMPORARY, lo:hi], work.temporary, n)
    fixed = (rules.rent_share[sector] + rules.other_cost_share[sector]) * tables.index
    _outlay(x[START, lo:hi], x[BUSINESS, lo:hi], fixed, work.outlay, n)
    sums.market[market, M_FIXED] += weighted(work.outlay, rows.weight[lo:hi], n)
    _add_wages(work.regular, tables.wage_krw[0], work.outlay, n)
    _add_wages(work.temporary, tables.wage_krw[1], work.outlay, n)
    _pay_fees(rows, lo, n, market, rules, tables, work)
    _margin(work.sales, 1.0 - tables.input_share[sector], work.outlay, work.card_fees, work.qr_fees, work.income, n)
    limit, cost = tables.limit_krw[sector], tables.online_cost[market]
    _take_off(work.online, x[SALES_YEAR, lo:hi], limit, cost, x[RUNNING, lo:hi], work.income, n)


@njit(**JIT)
def _pay_fees(rows: MerchantRows, lo: int, n: int, market: int, rules: Record, tables: Record, work: Record) -> None:
    """Set card and public QR fees: mobile pay rides on the card networks, and of the rest `card_share` is by card."""
    installed, tier = rows.masks[INSTALLED, lo : lo + n], rows.codes[FEE_TIER, lo : lo + n]
    for till in range(KINDS_OF_TILL):
        mobile = float64(tables.mobile_share[market * KINDS_OF_TILL + till])
        by_qr = float64(tables.qr_share[market * KINDS_OF_TILL + till])
        work.by_till[till] = share_by_card(mobile, by_qr, float64(rules.card_share))
    for step in range(tables.card_fee.size):
        work.by_tier[step] = float64(tables.card_fee[step])
    _fees(work.store, installed, tier, 0, work.by_till, work.by_tier, work.card_fees, n)
    for till in range(KINDS_OF_TILL):
        work.by_till[till] = float64(tables.qr_share[market * KINDS_OF_TILL + till])
    for step in range(tables.qr_fee.size):
        work.by_tier[step] = float64(tables.qr_fee[step])
    _fees(work.store, installed, tier, 3, work.by_till, work.by_tier, work.qr_fees, n)


@njit(**JIT)
def drawn_by_till(till: int, market: int, rules: Record, tables: Record) -> float:
    """Return what a kind of till multiplies attraction by: buyers whose instrument works only with it."""
    factor = float32(1.0)
    if till & HAS_TERMINAL:
        factor *= float32(1.0) + rules.attraction[TERMINAL] * tables.mobile_pull[market]
    if till & TAKES_QR:
        factor *= float32(1.0) + rules.attraction[PUBLIC_QR] * tables.qr_pull[market]
    return factor


@njit(**JIT)
def _pull(start: F4, installed: U2, factors: F4, pull: F4, n: int) -> None:
    for i in range(n):
        pull[i] = start[i] * factors[int64(installed[i]) & _TILL]


@njit(**JIT)
def _pull_online(start: F4, installed: U2, technology: int, attraction: float, pull: F4, n: int) -> None:
    for i in range(n):
        entered = (int64(installed[i]) >> technology) & 1
        pull[i] = start[i] * attraction if entered else float32(0.0)


@njit(**JIT)
def _lose_to_online(pull: F4, offered: F4, own_pull: F4, lost: float, store: F4, online: F4, own: F4, n: int) -> None:
    """Take from the shop what its own online offers draw away."""
    for i in range(n):
        part = online[i] if offered[i] > float32(0.0) else float32(0.0)
        part += own[i] if own_pull[i] > float32(0.0) else float32(0.0)
        loss = lost * part / max(online[i] + own[i] + store[i], float32(1e-30))
        pull[i] *= float32(1.0) - loss


@njit(**JIT)
def _count_tills(pull: F4, start: F4, installed: U2, kind: U1, weight: F4, tills: F8, where: F8, n: int) -> None:
    """Add pull by place of sale and starting sales by kind of till; tills: COPIES of both, working space."""
    tills[:] = 0.0
    sums = PLACES_OF_SALE + KINDS_OF_TILL
    for i in range(n):
        copy, till = (i & (COPIES - 1)) * sums, int64(installed[i]) & _TILL
        tills[copy + int64(kind[i]) * KINDS_OF_TILL + till] += float64(weight[i]) * float64(pull[i])
        tills[copy + PLACES_OF_SALE + till] += float64(weight[i]) * float64(start[i])
    for copy in range(0, tills.size, sums):
        for place in range(sums):
            where[M_PULL + place] += tills[copy + place]


@njit(**JIT)
def _count_online(pull: F4, start: F4, sales_year: F4, limit: float, weight: F4, where: F8, n: int) -> None:
    for i in range(n):
        if pull[i] > float32(0.0):
            where[M_ONLINE_PULL] += float64(weight[i]) * float64(pull[i])
            where[M_ONLINE_ABOVE] += 0.0 if sales_year[i] <= limit else float64(weight[i]) * float64(pull[i])
            where[M_ENTRY_BASE] += float64(weight[i]) * float64(start[i])


@njit(**JIT)
def offer(
    rows: MerchantRows, lo: int, n: int, market: int, sector: int, rules: Record, tables: Record, work: Record,
    sums: Record,
) -> None:  # fmt: skip
    """Set next month's attraction from the technologies in place and add it to the market's sums."""
    hi = lo + n
    x, installed, where, weight = rows.numbers, rows.masks[INSTALLED, lo:hi], sums.market[market], rows.weight[lo:hi]
    start, pull = x[BASE, lo:hi], x[PULL_STORE, lo:hi]
    for till in range(KINDS_OF_TILL):
        work.till[till] = drawn_by_till(till, market, rules, tables)
    _pull(start, installed, work.till, pull, n)
    equip_shop(rows, lo, market, pull, rules, tables, work, where)
    as_float64(x[BASE_BUSINESS, lo:hi], work.business, n)
    where[M_BUSINESS_PULL] += weighted(work.business, weight, n)
    technology = ONLINE_TECHNOLOGY[sector]
    if technology >= 0:
        online = x[PULL_ONLINE, lo:hi]
        _pull_online(start, installed, technology, rules.attraction[technology], online, n)
        equip_online(rows, lo, n, market, rules, tables, work, where)
        _lose_to_online(
            pull, online, x[PULL_OWN, lo:hi], rules.lost_to_itself[technology],
            x[SALES_STORE, lo:hi], x[SALES_ONLINE, lo:hi], x[SALES_OWN, lo:hi], n,
        )  # fmt: skip
        _count_online(online, start, x[SALES_YEAR, lo:hi], tables.limit_krw[sector], weight, where, n)
    count_kiosks(rows, lo, pull, work, where)
    _count_tills(pull, start, installed, rows.codes[KIND, lo:hi], weight, work.tills, where, n)


@njit(**JIT)
def _learn(used: U2, learned: F4, capability: F4, gained: F4, decay: float, n: int) -> None:
    for i in range(n):
        mask = int64(used[i])
        taught = learned[0, mask & 255] + learned[1, mask >> 8]
        gained[i] = capability_next(capability[i], gained[i], taught, decay)


@njit(**JIT)
def learn(used: U2, capability: F4, numbers: F4, lo: int, n: int, rules: Record) -> None:
    """Let capability grow with use and decay without."""
    _learn(used, rules.learned, capability, numbers[GAINED, lo : lo + n], rules.capability_decay, n)
