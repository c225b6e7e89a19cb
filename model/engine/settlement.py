"""The month's money: payments booked by payer and payee, household income, savings, and the check."""

from numba import float32, njit

from model.agents.merchants.columns import (
    BUSINESS_INDEX,
    CARD_TIERS,
    COST_INDEX,
    M_BUSINESS_SALES,
    M_DRAWN,
    M_ENTRY_BASE,
    M_INPUTS,
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
    P_ELIGIBLE,
    P_GAVE_UP,
    P_INSTALLED,
    PUBLIC_QR,
    QR_TIERS,
    S_BY_CARD,
    S_BY_QR,
    S_CARD_FEES,
    S_CASH,
    S_COMMISSION,
    S_DELIVERY,
    S_INSTALLS,
    S_OWN_SHARE,
    S_QR_FEES,
    S_REGULAR,
    S_RUNNING,
    S_RUNNING_UNITS,
    S_TEMPORARY,
    TERMINAL,
)
from model.channels.b2c import OTHER_SPENDING
from model.codes import GOODS_NEEDS, PROVINCES, SECTORS, TECHNOLOGIES
from model.ledger import (
    BUSINESS_SALES,
    CAMPAIGNS,
    CARD_FEES,
    COMMISSION_LARGE,
    COMMISSION_SMALL,
    DELIVERY_LARGE,
    DELIVERY_SMALL,
    DEVICE_OWN,
    DEVICE_RUNNING,
    DEVICE_SUBSIDY,
    DRAWINGS,
    HOUSEHOLDS,
    INPUTS,
    MALL,
    MARKET_LARGE,
    MARKET_SMALL,
    MERCHANTS,
    OTHER_COSTS,
    OTHER_INCOME,
    OWNER_FUNDS,
    PAYEE,
    PAYER,
    QR_FEES,
    QR_REWARD,
    RENT,
    STORE_LARGE,
    STORE_SMALL,
    VISITS,
    WAGES,
    account_agents_settle,
    check,
)
from model.ledger import OTHER_SPENDING as OTHER_SPENDING_PURPOSE
from model.numerics import JIT
from model.records import F8, Record, Records

_PROVINCES = len(PROVINCES)
_SECTORS = len(SECTORS)
_TECHNOLOGIES = len(TECHNOLOGIES)


@njit(**JIT)
def _book(books: Record, purpose: int, booked: float, received: float) -> None:
    books.booked[purpose] = booked
    books.received[purpose] = received


@njit(**JIT)
def _column(market: F8, column: int) -> float:
    total = 0.0
    for where in range(market.shape[0]):
        total += market[where, column]
    return total


@njit(**JIT)
def _book_household_spending(books: Record, market: Record, tables: Record, spending: Record, sums: Record) -> None:
    """Households count what they spend by destination; sellers count what they sell."""
    store_large, market_large = 0.0, 0.0
    for where in range(market.large_store.size):
        store_large += tables.store_rate[where] * market.large_store[where]
    for need in range(GOODS_NEEDS):
        market_large += tables.online_rate[need] * market.large_online[need]
    other, spent = 0.0, 0.0
    for province in range(_PROVINCES):
        unit = market.budget_unit[OTHER_SPENDING] * market.budget_scale[province]
        other += spending.budget[province] * unit
        spent += spending.spent[province]
    small, large = spending.small_store.sum(), spending.large_store.sum()
    online_small, online_large = spending.market_small.sum(), spending.market_large.sum()
    mall = spending.mall.sum()
    sold_small = _column(sums.market, M_STORE_SALES)
    _book(books, STORE_SMALL, small, sold_small)
    _book(books, STORE_LARGE, large, store_large)
    _book(books, MARKET_SMALL, online_small, _column(sums.market, M_ONLINE_SALES))
    _book(books, MARKET_LARGE, online_large, market_large)
    _book(books, MALL, mall, spent - other - small - large - online_small - online_large)
    _book(books, OTHER_SPENDING_PURPOSE, other, spent - small - large - online_small - online_large - mall)


@njit(**JIT)
def _book_merchant_costs(books: Record, market: Record, tables: Record, rules: Record, sums: Record) -> None:
    """Merchants count row by row what they pay; payees count from their own rates and rolls."""
    nation = sums.nation
    inputs, rent, other, business = 0.0, 0.0, 0.0, 0.0
    for sector in range(_SECTORS):
        consumers, firms = market.start_sales[sector, 0], market.start_sales[sector, 1]
        start = (consumers + firms) * tables.index[COST_INDEX]
        rent += rules.rent_share[sector] * start
        other += rules.other_cost_share[sector] * start
        business += firms * tables.index[BUSINESS_INDEX]
        for province in range(_PROVINCES):
            row = sums.market[province * _SECTORS + sector]
            sales = row[M_STORE_SALES] + row[M_ONLINE_SALES] + row[M_BUSINESS_SALES]
            inputs += rules.input_share[sector] * sales
    wages = nation[S_REGULAR] * tables.wage_krw[0] + nation[S_TEMPORARY] * tables.wage_krw[1]
    _book(books, BUSINESS_SALES, business, _column(sums.market, M_BUSINESS_SALES))
    _book(books, INPUTS, _column(sums.market, M_INPUTS), inputs)
    _book(books, RENT, _column(sums.market, M_RENT), rent)
    _book(books, OTHER_COSTS, _column(sums.market, M_OTHER), other)
    _book(books, WAGES, _column(sums.market, M_WAGES), wages)


@njit(**JIT)
def _book_fees(books: Record, market: Record, tables: Record, rules: Record, spending: Record, sums: Record) -> None:
    """Fees and parcels: merchants row by row, networks and carriers by tier, rate and turnover."""
    nation = sums.nation
    card, qr = 0.0, 0.0
    for tier in range(CARD_TIERS):
        card += nation[S_BY_CARD + tier] * float(tables.card_fee[tier])
    for tier in range(QR_TIERS):
        qr += nation[S_BY_QR + tier] * float(tables.qr_fee[tier])
    online = _column(sums.market, M_ONLINE_SALES)
    large, mall = spending.market_large.sum(), spending.mall.sum()
    turnover = 0.0
    for need in range(GOODS_NEEDS):
        pull = market.online_pull[need] + market.large_online[need]
        turnover += tables.online_rate[need] * pull
    _book(books, CARD_FEES, nation[S_CARD_FEES], card)
    _book(books, QR_FEES, nation[S_QR_FEES], qr)
    _book(books, COMMISSION_SMALL, nation[S_COMMISSION], rules.commission_share * online)
    _book(
        books,
        COMMISSION_LARGE,
        rules.commission_share * large,
        rules.commission_share * max(0.0, turnover - spending.market_small.sum()),
    )
    _book(books, DELIVERY_SMALL, nation[S_DELIVERY], rules.delivery_share * online)
    sent = books.received[MARKET_LARGE] + books.received[MALL]
    _book(books, DELIVERY_LARGE, rules.delivery_share * (large + mall), rules.delivery_share * sent)


@njit(**JIT)
def _book_programmes(books: Record, rules: Record, sums: Record, programmes: Record, state: Records) -> None:
    """Devices and programmes: vendors count devices at their price, officers and media what merchants met."""
    nation = sums.nation
    devices, running, subsidy = 0.0, 0.0, 0.0
    for technology in range(_TECHNOLOGIES):
        devices += nation[S_INSTALLS + technology] * float(rules.price_krw[technology])
        running += nation[S_RUNNING_UNITS + technology] * float(rules.running_krw[technology])
    visits, calls, campaigns, media = 0.0, 0.0, 0.0, 0.0
    for k in range(programmes.count):
        subsidy += sums.programme[k, P_INSTALLED] * programmes.subsidy_krw[k]
        visits += state[k].visits * programmes.visit_cost_krw[k]
        calls += float(programmes.visit_chance[k]) * state[k].eligible * programmes.visit_cost_krw[k]
        campaigns += state[k].campaign_krw
        media += float(programmes.campaign_krw[k]) * state[k].eligible
    own = nation[S_OWN_SHARE]
    _book(books, DEVICE_OWN, own, max(0.0, devices - subsidy))
    _book(books, DEVICE_SUBSIDY, subsidy, max(0.0, devices - own))
    _book(books, DEVICE_RUNNING, nation[S_RUNNING], running)
    _book(books, VISITS, visits, calls)
    _book(books, CAMPAIGNS, campaigns, media)


@njit(**JIT)
def _household_income(books: Record, market: Record, spending: Record, sums: Record, paths: Record, month: int) -> None:
    """Book incomes and set what each province saves per unit of budget."""
    drawn, put_in, other, reward = 0.0, 0.0, 0.0, 0.0
    if month == 0:
        _solve_other_income(market, spending, sums, paths.income_index)
    outside = market.other_income * paths.income_index
    for province in range(_PROVINCES):
        wages_here, drawn_here, put_here, by_qr = 0.0, 0.0, 0.0, 0.0
        for sector in range(_SECTORS):
            row = sums.market[province * _SECTORS + sector]
            wages_here += row[M_WAGES]
            drawn_here += row[M_DRAWN]
            put_here += row[M_PUT_IN]
            by_qr += row[M_QR_VALUE]
        budget = spending.budget[province]
        reward_here = paths.reward * by_qr
        income = wages_here + drawn_here + reward_here + outside * budget
        saved = income - put_here - spending.spent[province]
        spending.saved_per_budget[province] = saved / budget if budget > 0.0 else 0.0
        _remember_income(market, province, wages_here + drawn_here, budget, month)
        drawn += drawn_here
        put_in += put_here
        other += outside * budget
        reward += reward_here
    _book(books, DRAWINGS, _column(sums.market, M_DRAWN), drawn)
    _book(books, OWNER_FUNDS, put_in, _column(sums.market, M_PUT_IN))
    _book(books, OTHER_INCOME, outside * spending.budget.sum(), other)
    _book(books, QR_REWARD, paths.reward * _column(sums.market, M_QR_VALUE), reward)


@njit(**JIT)
def _solve_other_income(market: Record, spending: Record, sums: Record, income_index: float) -> None:
    """Solve the rest-of-economy income per unit budget from the starting saving rate."""
    simulated = _column(sums.market, M_WAGES) + _column(sums.market, M_DRAWN)
    income = spending.spent.sum() / (1.0 - market.saving_rate)
    market.other_income = (income - simulated) / spending.budget.sum() / income_index


@njit(**JIT)
def _remember_income(market: Record, province: int, simulated: float, budget: float, month: int) -> None:
    """Keep the moving yearly mean of simulated income per unit budget; the first month is its start."""
    unit = simulated / budget if budget > 0.0 else 0.0
    if month == 0:
        market.income_start[province] = unit
        market.income[province] = unit
    market.income[province] += (unit - market.income[province]) / 12.0


@njit(**JIT)
def book_month(
    books: Record,
    market: Record,
    tables: Record,
    rules: Record,
    spending: Record,
    sums: Record,
    programmes: Record,
    state: Records,
    paths: Record,
    month: int,
) -> None:
    """Book every payment of the month and set what households save.

    sums: the merchants' total; state: the programmes' running state, one record each.
    """
    _book_household_spending(books, market, tables, spending, sums)
    _book_merchant_costs(books, market, tables, rules, sums)
    _book_fees(books, market, tables, rules, spending, sums)
    _book_programmes(books, rules, sums, programmes, state)
    _household_income(books, market, spending, sums, paths, month)


@njit(**JIT)
def close_books(books: Record, sums: Record, savings: F8) -> int:
    """Count every account's cash and check the month; returns the ledger's verdict code.

    savings: weighted household savings of each chunk, added in their order.
    """
    account_agents_settle(books, PAYER, PAYEE)
    books.cash[MERCHANTS] = sums.nation[S_CASH]
    total = 0.0
    for chunk in range(savings.size):
        total += savings[chunk]
    books.cash[HOUSEHOLDS] = total
    return check(books, PAYER, PAYEE)


@njit(**JIT)
def update_markets(market: Record, tables: Record, sums: Record) -> None:
    """Carry the month's sums into next month's markets: pulls and what peers realised (moving year)."""
    for sector in range(_SECTORS):
        online, base = 0.0, 0.0
        market.online_pull[sector] = 0.0
        for province in range(_PROVINCES):
            where = province * _SECTORS + sector
            row = sums.market[where]
            market.store_pull[where] = row[M_STORE_PULL]
            market.terminal_pull[where] = row[M_TERMINAL_PULL]
            market.qr_pull[where] = row[M_QR_PULL]
            market.online_pull[sector] += row[M_ONLINE_PULL]
            online += row[M_ONLINE_SALES]
            base += row[M_ENTRY_BASE]
            start = market.store_pull_start[where]
            _learn(
                tables,
                TERMINAL,
                where,
                row[M_TERMINAL_SALES],
                row[M_TERMINAL_BASE],
                row[M_STORE_SALES],
                start,
            )
            _learn(tables, PUBLIC_QR, where, row[M_QR_SALES], row[M_QR_BASE], row[M_STORE_SALES], start)
        for province in range(_PROVINCES):
            if base > 0.0:
                where = province * _SECTORS + sector
                gain = float32(online / base)
                tables.realised[OPEN_MARKET, where] += (gain - tables.realised[OPEN_MARKET, where]) * float32(1 / 12)


@njit(**JIT)
def _learn(
    tables: Record, technology: int, where: int, sales: float, base: float, all_sales: float, all_base: float
) -> None:
    """Move the realised gain towards adopters' sales over their start against non-adopters'."""
    if base <= 0.0 or all_base - base <= 1e-9 * all_base or all_sales - sales <= 0.0:
        return
    gain = float32((sales / base) / ((all_sales - sales) / (all_base - base)) - 1.0)
    tables.realised[technology, where] += (gain - tables.realised[technology, where]) * float32(1 / 12)


@njit(**JIT)
def update_programmes(programmes: Record, state: Records, sums: Record) -> None:
    """Carry the month's events into the programmes' running state: money is spent only as it is used."""
    for k in range(programmes.count):
        row = sums.programme[k]
        subsidy = programmes.subsidy_krw[k]
        state[k].committed -= row[P_GAVE_UP]
        state[k].reserved_krw -= (row[P_GAVE_UP] + row[P_INSTALLED]) * subsidy
        state[k].spent_krw += row[P_INSTALLED] * subsidy + state[k].visits * programmes.visit_cost_krw[k]
        if programmes.open_now[k]:
            state[k].eligible = row[P_ELIGIBLE]
