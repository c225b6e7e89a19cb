"""Business to consumer: what people meet in a month, and how their spending reaches shops, malls and platforms.

`prepare` sets the consumers' tables from last month's markets; `clear` splits their budgets among needs, other
spending and saving, and what they spend among small merchants, large sellers and the open market, and sets what every
merchant meets. All money is KRW a month, float64; markets are province x sector.
"""

from typing import Final

import numpy as np
from numba import float32, njit

from model.agents.consumers.columns import CELLS_OF_PROVINCE, GOODS_SETS, INSTRUMENT_SETS
from model.agents.merchants.columns import (
    CARD_TIERS,
    HAS_TERMINAL,
    KINDS,
    KINDS_OF_TILL,
    PLACES_OF_SALE,
    QR_TIERS,
    TAKES_QR,
)
from model.agents.platform_terms import FIRST, GOODS_MARKET, RIVAL, SERVICES
from model.channels.c2c import displace_goods
from model.channels.needs import OPTIONS, OTHER_SPENDING, face_utility, split_budgets
from model.channels.online import (
    ECOMMERCE,
    app_utility,
    mall_utility,
    open_market_utility,
    set_apps,
    set_beside,
    set_goods,
)
from model.channels.platforms import clear_app, clear_market, note_demand, note_reach
from model.codes import (
    GOODS_NEEDS,
    INSTRUMENTS,
    MEALS,
    MOBILITY,
    NEEDS,
    NO_SECTOR,
    ONLINE_NEEDS,
    PROVINCES,
    SECTOR_OF_NEED,
    SECTORS,
    SERVICE_TYPES,
)
from model.numerics import JIT, JIT_ALLOCATING, exp32, logistic
from model.records import F8, Record, Records, record_type
from model.rules.choice import (
    CLOSED_UTILITY,
    gate_utility,
    service_quality,
)
from model.rules.payment import holding_utility, till_shares

_PROVINCES: Final = len(PROVINCES)
_SECTORS: Final = len(SECTORS)
_NEEDS: Final = len(NEEDS)
_INSTRUMENTS: Final = len(INSTRUMENTS)
MOBILE_BIT, SIMPLE_BIT, QR_BIT = 1, 2, 4
SMART_FINANCE: Final = SERVICE_TYPES.index("smart_finance")


_MARKETS: Final = _PROVINCES * _SECTORS

MARKET_STATE: Final = record_type(
    store_pull=(np.float64, _MARKETS),
    terminal_pull=(np.float64, _MARKETS),
    qr_pull=(np.float64, _MARKETS),
    online_pull=(np.float64, _SECTORS),
    own_pull=(np.float64, _SECTORS),
    own_base=(np.float64, _SECTORS),
    own_pull_start=(np.float64, _SECTORS),
    own_by_market=(np.float64, _MARKETS),
    large_mall=(np.float64, _SECTORS),
    kiosk_pull=(np.float64, _MARKETS, KINDS),
    pull_by_place=(np.float64, _MARKETS, PLACES_OF_SALE),
    base_by_till=(np.float64, _MARKETS, KINDS_OF_TILL),
    entry_pull=(np.float64, _MARKETS),
    entry_pull_above=(np.float64, _MARKETS),
    entry_base=(np.float64, _MARKETS),
    business_pull=(np.float64, _SECTORS),
    store_pull_start=(np.float64, _MARKETS),
    online_pull_start=(np.float64, _SECTORS),
    large_store=(np.float64, _MARKETS),
    large_online=(np.float64, _SECTORS),
    app_pull_start=(np.float64, _PROVINCES),
    app_large=(np.float64, _PROVINCES),
    income=(np.float64, _PROVINCES),
    income_start=(np.float64, _PROVINCES),
    constants=(np.float32, ONLINE_NEEDS),
    mall_utility=(np.float32,),
    budget_unit=(np.float64, _NEEDS + 1),
    budget_scale=(np.float64, _PROVINCES),
    worth_start=(np.float64, _PROVINCES, OPTIONS),
    other_income=(np.float64,),
    saving_rate=(np.float64,),
    wage_premium=(np.float64, 2),
    start_sales=(np.float64, _SECTORS, 2),
    owner_income=(np.float64, _MARKETS),
    owner_income_start=(np.float64, _MARKETS),
    there=(np.float64, _SECTORS),
)
"""State of the markets between months.

store_pull, terminal_pull, qr_pull: attraction of small shops, of those with a terminal, with public QR, by market;
online_pull: of open-market entrants by sector; own_pull: of own online stores by sector (own_base: starting sales of
who has one; own_by_market: the same pull by market), large_mall that of large sellers' malls, constant; kiosk_pull: of
shops with a kiosk by kind of district; pull_by_place: store_pull by place of sale;
base_by_till: starting sales by till; entry_pull, entry_base: by market, of entrants to the online channel of the
sector, open market or delivery app, entry_pull_above of those above the limit of yearly sales; business_pull: of sales
to firms by sector;
*_start: at the start (online: expected); large_store, large_online, app_large: attraction of large sellers in the same
units, constant; income: moving mean of simulated household income per unit budget by province, income_start its first
value; constants: solved constants of contactless services by online need; mall_utility: of the large sellers' malls
against the open market; budget_unit: KRW a month by need and other spending for a person of unit budget at the start;
budget_scale: this month over the start by province; worth_start: what a need, other spending and saving were worth in
the first month; other_income: KRW a month of unit budget from outside the simulation, at the start; saving_rate: at the
start; wage_premium: hours x premium of regular and temporary staff; start_sales: of small merchants to consumers and
firms by sector, KRW a month; owner_income: moving mean of real income a merchant by market, owner_income_start its
first value; there: merchants by sector at the start.
"""

CONSUMPTION_RULES: Final = record_type(
    dissimilarity=(np.float32,),
    network_weight=(np.float32,),
    stringency_weight=(np.float32, _NEEDS + 1),
    quality_trend=(np.float32,),
    app_trend=(np.float32,),
    app_fading_years=(np.float32,),
    app_dissimilarity=(np.float32,),
    courier_share=(np.float64,),
    price_weight=(np.float32,),
    quality_fading_years=(np.float32,),
    income_feedback=(np.float64,),
    aversion_weight=(np.float32, _NEEDS + 1),
    need_aversion=(np.float32, _NEEDS + 1),
    need_stringency=(np.float32, _NEEDS + 1),
    elasticity=(np.float32, OPTIONS),
    precaution=(np.float32, 2),
    hold_constant=(np.float32, _INSTRUMENTS),
    hold_acceptance=(np.float32, _INSTRUMENTS),
    hold_trend=(np.float32, _INSTRUMENTS),
    hold_reward=(np.float32, _INSTRUMENTS),
    mobile_utility=(np.float32,),
    qr_utility=(np.float32,),
    reward_utility=(np.float32,),
    simple_pay_utility=(np.float32,),
    card_emulation=(np.float32,),
    kiosk_constant=(np.float32,),
    kiosk_skill=(np.float32,),
    kiosk_risk=(np.float32,),
)
"""Scalars and small vectors of choice and payment (see the register for meaning and source).

precaution: worth of saving, of risk and of measures.
"""

MONTH_PATHS: Final = record_type(
    years=(np.float64,),
    stringency=(np.float64,),
    risk=(np.float64,),
    income_index=(np.float64,),
    reward=(np.float64,),
    public_qr_open=(np.float64,),
    minimum_wage_krw=(np.float64,),
    card_fee=(np.float32, CARD_TIERS),
    qr_fee=(np.float32, QR_TIERS),
    card_ceilings_krw=(np.float64, CARD_TIERS),
    qr_ceilings_krw=(np.float64, QR_TIERS),
    births=(np.float64, _SECTORS),
    opened_data=(np.float64,),
    fraud=(np.float64,),
)
"""Exogenous values of one month, `years` after the start; see `model.exogenous`; births: expected a founder."""

SPENDING: Final = record_type(
    small_store=(np.float64, _MARKETS),
    large_store=(np.float64, _MARKETS),
    market_small=(np.float64, SERVICES, GOODS_NEEDS),
    market_large=(np.float64, SERVICES, GOODS_NEEDS),
    market_own=(np.float64, GOODS_NEEDS),
    mall=(np.float64, GOODS_NEEDS),
    own_store=(np.float64, GOODS_NEEDS),
    app_small=(np.float64, SERVICES, _PROVINCES),
    app_large=(np.float64, SERVICES, _PROVINCES),
    app_courier=(np.float64, _PROVINCES),
    app_fee=(np.float64, SERVICES, _PROVINCES),
    app_public=(np.float64, _PROVINCES),
    market_fee=(np.float64, SERVICES, GOODS_NEEDS),
    travel_counter=(np.float64, _PROVINCES),
    travel_online=(np.float64, _PROVINCES),
    change=(np.float64, _PROVINCES, OPTIONS),
    simple_pay=(np.float64,),
    mobile_at_large=(np.float64,),
    budget=(np.float64, _PROVINCES),
    spent=(np.float64, _PROVINCES),
    saved_per_budget=(np.float64, _PROVINCES),
    courier_pay=(np.float64, _PROVINCES),
    courier_pay_lost=(np.float64, _PROVINCES),
    mobility_needed=(np.float64, _PROVINCES),
)
"""What households spend in a month by destination, KRW.

small_store, large_store: by market; market_small, market_large, mall, own_store: by goods need, the first two by
platform too, the first and its rival, the last two in large sellers' malls and in own stores of small ones; market_own:
the open market's own goods; likewise app_small, app_large, app_courier: through delivery apps, to
restaurants, chains and couriers by province, app_fee to private apps themselves, app_public to restaurants through
the public platform; market_fee: to the open market itself; travel_counter, travel_online: on mobility by province;
change: share of a need, other spending and planned saving in a budget over that of the start; simple_pay,
mobile_at_large: part of it paid so; budget: weighted unit budgets by province; spent: everything, by province;
saved_per_budget: of the month's income, per unit budget; courier_pay, courier_pay_lost: what couriers of a province
earn, and lose to drones and robots; mobility_needed: part of mobility that telework leaves.
"""


SHARES: Final = record_type(
    open_market=(np.float64, GOODS_NEEDS, GOODS_SETS),
    simple_pay=(np.float64,),
    mobile=(np.float64, KINDS_OF_TILL, INSTRUMENT_SETS),
    qr=(np.float64, KINDS_OF_TILL, INSTRUMENT_SETS),
)
"""Shares of the month, 0-1, the same everywhere.

open_market: of what holders of an account set spend online on a need; simple_pay: paid so, of online spending of who
holds it; mobile, qr: of what holders of an instrument set spend at a kind of till.
"""


@njit(**JIT)
def _set_budget_scale(market: Record, rules: Record, paths: Record) -> None:
    for province in range(_PROVINCES):
        scale = paths.income_index
        start = market.income_start[province]
        if start > 0.0:
            change = market.income[province] / start / paths.income_index - 1.0
            scale *= 1.0 + rules.income_feedback * _simulated_share(market, province) * change
        market.budget_scale[province] = scale


@njit(**JIT)
def _simulated_share(market: Record, province: int) -> float:
    """Return the share of household income that is simulated, at the start (income is per unit budget)."""
    start = market.income_start[province]
    return start / (start + market.other_income)


@njit(**JIT)
def prepare(market: Record, rules: Record, paths: Record, terms: Records, gates: Record, tables: Record) -> None:
    """Set the consumers' tables and budgets of the month from last month's markets; terms: both records of TERMS."""
    _set_budget_scale(market, rules, paths)
    set_beside(terms, tables)
    for need in range(GOODS_NEEDS):
        set_goods(need, market, rules, paths, terms, gates, tables)
    for province in range(_PROVINCES):
        face = face_utility(market, rules, province, MEALS, paths.stringency)
        by_app = app_utility(market, rules, terms[FIRST], province, paths.years)
        allowed = gate_utility(gates.open[ECOMMERCE, province])
        set_apps(province, market.constants[MEALS] - face + by_app + allowed, rules, terms, tables)
        _set_holding(market, rules, paths, tables, province)
    quality = service_quality(rules.quality_trend, rules.quality_fading_years, float32(paths.years))
    counter = face_utility(market, rules, 0, MOBILITY, paths.stringency)
    tables.booking_utility = market.constants[MOBILITY] - counter + quality
    for need in range(ONLINE_NEEDS):
        tables.aversion[need] = rules.aversion_weight[need] * float32(paths.risk)


@njit(**JIT)
def _set_holding(market: Record, rules: Record, paths: Record, tables: Record, province: int) -> None:
    """Set the utility of holding each instrument: acceptance counts at all tills, large sellers' included."""
    total = 0.0
    small = 0.0
    terminal = 0.0
    qr = 0.0
    for sector in range(_SECTORS):
        where = province * _SECTORS + sector
        small += market.store_pull[where]
        total += market.store_pull[where] + market.large_store[where]
        terminal += market.terminal_pull[where]
        qr += market.qr_pull[where]
    with_terminal = (terminal + total - small) / total
    works = float(rules.card_emulation) + (1.0 - float(rules.card_emulation)) * with_terminal
    for instrument in range(_INSTRUMENTS):
        accepted = works if instrument == 0 else (1.0 if instrument == 1 else qr / total)
        utility = holding_utility(
            rules.hold_constant[instrument],
            rules.hold_acceptance[instrument],
            float32(accepted),
            rules.hold_trend[instrument] * float32(paths.years),
            rules.hold_reward[instrument] * float32(paths.reward),
        )
        tables.hold[province * _INSTRUMENTS + instrument] = utility if accepted > 0.0 else CLOSED_UTILITY


@njit(**JIT)
def _empty(spending: Record) -> None:
    spending.small_store[:] = 0.0
    spending.large_store[:] = 0.0
    spending.market_small[:] = 0.0
    spending.market_large[:] = 0.0
    spending.market_own[:] = 0.0
    spending.mall[:] = 0.0
    spending.app_small[:] = 0.0
    spending.app_large[:] = 0.0
    spending.app_courier[:] = 0.0
    spending.app_fee[:] = 0.0
    spending.app_public[:] = 0.0
    spending.market_fee[:] = 0.0
    spending.simple_pay = 0.0
    spending.mobile_at_large = 0.0
    spending.budget[:] = 0.0
    spending.spent[:] = 0.0


@njit(**JIT)
def _set_shares(
    market: Record, rules: Record, paths: Record, terms: Records, open_finance: float, shares: Record
) -> None:
    """Set what the month's choice within the nest and at the till is for everybody alike (a record of SHARES).

    open_finance: mean share that the gates of smart finance leave open.
    """
    for need in range(GOODS_NEEDS):
        mall = mall_utility(market, rules, need, paths.years)
        common = open_market_utility(market, rules, terms[FIRST], need, paths.years)
        difference = (common if terms[FIRST].open[GOODS_MARKET] else CLOSED_UTILITY) - mall
        shares.open_market[need, 1] = 1.0
        shares.open_market[need, 3] = logistic(difference / rules.dissimilarity)
        terms[FIRST].demand_both[need] = shares.open_market[need, 3]
    shares.simple_pay = logistic(rules.simple_pay_utility) * open_finance
    mobile = exp32(rules.mobile_utility)
    qr = exp32(rules.qr_utility + rules.reward_utility * float32(paths.reward))
    for till in range(KINDS_OF_TILL):
        works = float32(1.0) if till & HAS_TERMINAL else rules.card_emulation
        takes = float32(1.0) if till & TAKES_QR else float32(0.0)
        for instruments in range(INSTRUMENT_SETS):
            wallet = float32(1.0) if instruments & MOBILE_BIT else float32(0.0)
            code = float32(1.0) if instruments & QR_BIT else float32(0.0)
            by_mobile, by_qr = till_shares(wallet, code, works, takes, mobile, qr)
            shares.mobile[till, instruments], shares.qr[till, instruments] = by_mobile, by_qr


@njit(**JIT_ALLOCATING)
def clear(
    market: Record,
    rules: Record,
    paths: Record,
    weights: F8,
    sums: Record,
    spending: Record,
    terms: Records,
    platforms: Records,
    gates: Record,
    tables: Record,
    displaced: F8,
    month: int,
) -> None:
    """Split the month's household spending and set what every merchant meets (`tables`, a record of MARKET_TABLES).

    sums: the consumers', over sampled rows; terms: both records of TERMS; weights: people a row stands for by province;
    displaced: KRW of new goods that direct trade takes the place of, by province; month: since the start.
    """
    _empty(spending)
    shares, held = np.zeros(1, SHARES), np.zeros((_NEEDS, INSTRUMENT_SETS))
    open_finance = gates.open[SMART_FINANCE].mean()
    _set_shares(market, rules, paths, terms, open_finance, shares[0])
    for province in range(_PROVINCES):
        split_budgets(province, market, rules, paths, sums, spending, month)
        here = sums.spending[province * CELLS_OF_PROVINCE : (province + 1) * CELLS_OF_PROVINCE]
        displace_goods(province, market, weights[province], here, displaced[province], spending.change[province])
        by_app = _spend_in(province, market, weights[province], sums, shares[0], terms, spending, held)
        scale = market.budget_scale[province] * weights[province]
        note_demand(province, scale, sums.spending, spending, terms[FIRST])
        unit = market.budget_unit[MEALS] * scale * spending.change[province, MEALS]
        clear_app(province, by_app, sums.through[province, :, MEALS], unit, rules, spending, terms, platforms)
        for need in range(_NEEDS):
            if SECTOR_OF_NEED[need] != NO_SECTOR:
                _clear_store(province, need, market, rules, shares[0], held[need], spending, tables)
        spending.travel_counter[province] = held[MOBILITY].sum()
    for need in range(GOODS_NEEDS):
        note_reach(need, market.budget_unit[need], shares[0], spending, terms)
        clear_market(need, FIRST, platforms[GOODS_MARKET], spending, terms[FIRST])
        if terms[RIVAL].open[GOODS_MARKET]:
            clear_market(need, RIVAL, platforms[SERVICES + GOODS_MARKET], spending, terms[RIVAL])
        in_malls = market.own_pull[need] + market.large_mall[need]
        tables.own_rate[need] = spending.mall[need] / in_malls if in_malls > 0.0 else 0.0
        spending.own_store[need] = tables.own_rate[need] * market.own_pull[need]
        spending.mall[need] -= spending.own_store[need]


@njit(**JIT)
def _spend_in(
    province: int,
    market: Record,
    weight: float,
    sums: Record,
    shares: Record,
    terms: Records,
    spending: Record,
    held: F8,
) -> float:
    """Spend one province's budgets, but for shops; returns what goes through delivery apps, KRW.

    sums: the consumers'; held: becomes face-to-face spending, KRW, by (need, instrument set).
    """
    unit_budgets, through = sums.spending, sums.through[province]
    first = province * GOODS_SETS * INSTRUMENT_SETS
    scale, change = market.budget_scale[province] * weight, spending.change[province]
    held[0] = 0.0
    total, by_app = 0.0, 0.0
    for cell in range(GOODS_SETS * INSTRUMENT_SETS):
        held[0, cell % INSTRUMENT_SETS] += unit_budgets[first + cell, 0]
        total += unit_budgets[first + cell, 0]
    spending.budget[province] = total * weight
    spending.spent[province] = total * scale * market.budget_unit[OTHER_SPENDING] * change[OTHER_SPENDING]
    for need in range(_NEEDS - 1, -1, -1):
        unit = market.budget_unit[need] * scale * change[need]
        spending.spent[province] += total * unit
        for instruments in range(INSTRUMENT_SETS):
            held[need, instruments] = held[0, instruments] * unit
        if need < GOODS_NEEDS:
            total_online, by_market = _spend_online(need, unit, unit_budgets, first, shares, spending, held)
            by_rival = 0.0
            if terms[RIVAL].open[GOODS_MARKET]:
                by_rival = min(unit * through[RIVAL, need], total_online)
                by_market = min(unit * through[FIRST, need], total_online - by_rival)
            spending.market_small[FIRST, need] += by_market
            spending.market_small[RIVAL, need] += by_rival
            spending.mall[need] += total_online - by_market - by_rival
        elif need == MEALS:
            by_app, _ = _spend_online(need, unit, unit_budgets, first, shares, spending, held)
        elif need == MOBILITY:
            booked, _ = _spend_online(need, unit, unit_budgets, first, shares, spending, held)
            spending.travel_online[province] = booked
    return by_app


@njit(**JIT)
def _spend_online(
    need: int, unit: float, unit_budgets: F8, first: int, shares: Record, spending: Record, held: F8
) -> tuple[float, float]:
    """Take a province's online spending on a need, KRW, from `held`; returns it, and for goods the open market's part.

    unit_budgets: of the province from cell `first` on.
    """
    simple, total, by_market = 0.0, 0.0, 0.0
    for accounts in range(GOODS_SETS):
        online = 0.0
        for instruments in range(INSTRUMENT_SETS):
            spent = unit_budgets[first + accounts * INSTRUMENT_SETS + instruments, 1 + need] * unit
            held[need, instruments] -= spent
            online += spent
            simple += spent if instruments & SIMPLE_BIT else 0.0
        total += online
        if need < GOODS_NEEDS:
            by_market += shares.open_market[need, accounts] * online
    spending.simple_pay += shares.simple_pay * simple
    return total, by_market


@njit(**JIT)
def _clear_store(
    province: int, need: int, market: Record, rules: Record, shares: Record, held: F8, spending: Record, tables: Record
) -> None:
    """Clear one province's face-to-face market and set its payment shares by kind of till; held: by instrument set."""
    where = province * _SECTORS + SECTOR_OF_NEED[need]
    total = 0.0
    mobile_held = 0.0
    qr_held = 0.0
    for instruments in range(INSTRUMENT_SETS):
        total += held[instruments]
        mobile_held += held[instruments] if instruments & MOBILE_BIT else 0.0
        qr_held += held[instruments] if instruments & QR_BIT else 0.0
    pull = market.store_pull[where] + market.large_store[where]
    rate = total / pull if pull > 0.0 else 0.0
    tables.store_rate[where] = rate
    spending.small_store[where] = rate * market.store_pull[where]
    spending.large_store[where] = total - spending.small_store[where]
    for till in range(KINDS_OF_TILL):
        by_mobile = 0.0
        by_qr = 0.0
        for instruments in range(INSTRUMENT_SETS):
            by_mobile += held[instruments] * shares.mobile[till, instruments]
            by_qr += held[instruments] * shares.qr[till, instruments]
        tables.mobile_share[where * KINDS_OF_TILL + till] = float32(by_mobile / total) if total > 0.0 else 0.0
        tables.qr_share[where * KINDS_OF_TILL + till] = float32(by_qr / total) if total > 0.0 else 0.0
    if total > 0.0:
        only_terminal = float32(1.0) - rules.card_emulation
        tables.mobile_pull[where] = float32(mobile_held / total) * only_terminal
        tables.qr_pull[where] = float32(qr_held / total)
    large = spending.large_store[where]
    spending.mobile_at_large += large * float(tables.mobile_share[where * KINDS_OF_TILL + HAS_TERMINAL])
