"""The month's money: payments booked by payer and payee, household income, savings, and the check."""

from numba import njit

from model.agents.government import TRAINING_ROUTE
from model.agents.merchants.columns import (
    HAS_TERMINAL,
    KINDS,
    KINDS_OF_TILL,
    M_BASE,
    M_BUSINESS_PULL,
    M_DRAWN,
    M_ENTRY_BASE,
    M_FIXED,
    M_INCOME,
    M_KIOSK_PULL,
    M_KIOSK_SALES,
    M_MERCHANTS,
    M_MOBILE_VALUE,
    M_ONLINE_ABOVE,
    M_ONLINE_PULL,
    M_ONLINE_SALES,
    M_OWN_BASE,
    M_OWN_PULL,
    M_OWN_SALES,
    M_PULL,
    M_PUT_IN,
    M_QR_VALUE,
    M_REGULAR,
    M_STORE_SALES,
    M_TEMPORARY,
    P_ELIGIBLE,
    P_GAVE_UP,
    P_PAID,
    P_RELEASED,
    PLACES_OF_SALE,
    S_CARD_FEES,
    S_CASH,
    S_CLAIMS,
    S_DEBT,
    S_INSTALLS,
    S_INTEREST,
    S_INTEREST_SUBSIDY,
    S_LIVE_FEES,
    S_LOANS,
    S_OFFICE_SAVED,
    S_OWN_SHARE,
    S_QR_FEES,
    S_REPAID,
    S_RUNNING,
    S_RUNNING_UNITS,
    S_START_UP,
    S_WRITTEN_OFF,
    TAKES_QR,
)
from model.agents.platform_terms import FIRST
from model.channels.needs import OTHER_SPENDING
from model.codes import MOBILITY, PROVINCES, SECTORS, TECHNOLOGIES
from model.engine.gains import learn_gains
from model.engine.platform_books import book as _book
from model.engine.platform_books import book_platforms, inputs_saved, set_online_sales
from model.ledger import (
    BUSINESS_SALES,
    CAMPAIGNS,
    CARD_FEES,
    DEVICE_OWN,
    DEVICE_RUNNING,
    DEVICE_SUBSIDY,
    DRAWINGS,
    FIRMS,
    GUARANTEE_CLAIMS,
    GUARANTEE_FEES,
    HOUSEHOLDS,
    INPUTS,
    INTEREST,
    INTEREST_SUBSIDY,
    LIVE_COMMISSION,
    LOANS,
    MALL,
    MERCHANTS,
    OTHER_COSTS,
    OTHER_INCOME,
    OWN_STORE_DELIVERY,
    OWN_STORE_SALES,
    OWNER_FUNDS,
    PAYEE,
    PAYER,
    QR_FEES,
    QR_REWARD,
    RENT,
    REPAYMENTS,
    START_UP,
    STORE_LARGE,
    STORE_SMALL,
    TRAINING,
    TRAVEL_COUNTER,
    TRAVEL_ONLINE,
    VISITS,
    VOUCHERS,
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
def _column(market: F8, column: int) -> float:
    total = 0.0
    for where in range(market.shape[0]):
        total += market[where, column]
    return total


@njit(**JIT)
def _book_household_spending(books: Record, market: Record, tables: Record, spending: Record, sums: Record) -> None:
    """Households count what they spend by destination; sellers count what they sell."""
    store_large = 0.0
    for where in range(market.large_store.size):
        store_large += tables.store_rate[where] * market.large_store[where]
    by_app = spending.app_small.sum() + spending.app_large.sum() + spending.app_courier.sum()
    by_app += spending.app_fee.sum() + spending.app_public.sum()
    other, travel, spent = 0.0, 0.0, 0.0
    for province in range(_PROVINCES):
        unit, change = spending.budget[province] * market.budget_scale[province], spending.change[province]
        other += unit * market.budget_unit[OTHER_SPENDING] * change[OTHER_SPENDING]
        travel += unit * market.budget_unit[MOBILITY] * change[MOBILITY]
        spent += spending.spent[province]
    counter, booked = spending.travel_counter.sum(), spending.travel_online.sum()
    small, large = spending.small_store.sum(), spending.large_store.sum()
    online = spending.market_small.sum() + spending.market_large.sum() + spending.market_fee.sum()
    online += spending.market_own.sum()
    mall = spending.mall.sum()
    sold_small = _column(sums.market, M_STORE_SALES)
    _book(books, STORE_SMALL, small, sold_small)
    _book(books, STORE_LARGE, large, store_large)
    own = spending.own_store.sum()
    shopping = small + large + online + own
    _book(books, MALL, mall, max(0.0, spent - other - shopping - by_app - counter - booked))
    _book(books, OTHER_SPENDING_PURPOSE, other, spent - shopping - mall - by_app - counter - booked)
    _book(books, TRAVEL_COUNTER, counter, travel - booked)
    _book(books, TRAVEL_ONLINE, booked, travel - counter)
    _book(books, OWN_STORE_SALES, own, _column(sums.market, M_OWN_SALES))


@njit(**JIT)
def _book_merchant_costs(
    books: Record, market: Record, tables: Record, terms: Records, rules: Record, sums: Record
) -> None:
    """Costs that are shares of what merchants sell or sold at the start; rows pay them in one sum with the others."""
    inputs, rent, other, business = 0.0, 0.0, 0.0, 0.0
    for sector in range(_SECTORS):
        firms = market.business_pull[sector] * tables.business_rate[sector]
        fixed = rules.rent_share[sector] + rules.other_cost_share[sector]
        rented = rules.rent_share[sector] / fixed if fixed > 0.0 else 0.0
        business += firms
        for province in range(_PROVINCES):
            row = sums.market[province * _SECTORS + sector]
            inputs += tables.input_share[sector] * (row[M_STORE_SALES] + row[M_ONLINE_SALES] + row[M_OWN_SALES])
            rent += rented * row[M_FIXED]
            other += (1.0 - rented) * row[M_FIXED]
        inputs += tables.input_share[sector] * firms
    other -= sums.nation[S_OFFICE_SAVED]
    inputs -= inputs_saved(terms, tables)
    wages = wage_bill(tables, sums)
    _book(books, BUSINESS_SALES, business, business)
    _book(books, INPUTS, inputs, inputs)
    _book(books, RENT, rent, rent)
    _book(books, OTHER_COSTS, other, other)
    _book(books, WAGES, wages, wages)


@njit(**JIT)
def wage_bill(tables: Record, sums: Record) -> float:
    """Return the wages of all merchants' staff, KRW a month."""
    regular, temporary = _column(sums.market, M_REGULAR), _column(sums.market, M_TEMPORARY)
    return regular * tables.wage_krw[0] + temporary * tables.wage_krw[1]


@njit(**JIT)
def _book_fees(books: Record, rules: Record, spending: Record, sums: Record) -> None:
    """Fees row by row; parcels of own stores by rate and turnover."""
    nation = sums.nation
    own, sold = spending.own_store.sum(), _column(sums.market, M_OWN_SALES)
    _book(books, CARD_FEES, nation[S_CARD_FEES], nation[S_CARD_FEES])
    _book(books, QR_FEES, nation[S_QR_FEES], nation[S_QR_FEES])
    _book(books, OWN_STORE_DELIVERY, rules.own_delivery * sold, rules.own_delivery * own)
    _book(books, LIVE_COMMISSION, nation[S_LIVE_FEES], nation[S_LIVE_FEES])


@njit(**JIT)
def set_sales(market: Record, tables: Record, terms: Records, sums: Record) -> None:
    """Set what small shops of each market sold, online too, and what they took by mobile pay and by public QR, KRW."""
    for where in range(market.store_pull.size):
        store, mobile, qr, by_kiosk = 0.0, 0.0, 0.0, 0.0
        for place in range(PLACES_OF_SALE):
            kind, till = place // KINDS_OF_TILL, place % KINDS_OF_TILL
            sold = market.pull_by_place[where, place] * tables.store_rate[where] * tables.place_factor[where, kind]
            store += sold
            mobile += sold * float(tables.mobile_share[where * KINDS_OF_TILL + till])
            qr += sold * float(tables.qr_share[where * KINDS_OF_TILL + till])
        for kind in range(KINDS):
            by_kiosk += market.kiosk_pull[where, kind] * tables.store_rate[where] * tables.place_factor[where, kind]
        row = sums.market[where]
        row[M_STORE_SALES] = store
        row[M_MOBILE_VALUE] = mobile
        row[M_QR_VALUE] = qr
        row[M_OWN_SALES] = market.own_by_market[where] * tables.own_rate[where % _SECTORS]
        row[M_KIOSK_SALES] = by_kiosk * float(tables.kiosk_share[where // _SECTORS])
    set_online_sales(sums.market, terms, tables)


@njit(**JIT)
def _book_programmes(
    books: Record, rules: Record, tables: Record, sums: Record, programmes: Record, state: Records
) -> None:
    """Devices and programmes: vendors count devices at their price, officers and media what merchants met."""
    nation = sums.nation
    devices, running, subsidy = 0.0, 0.0, 0.0
    for technology in range(_TECHNOLOGIES):
        devices += nation[S_INSTALLS + technology] * float(tables.price_krw[technology])
        running += nation[S_RUNNING_UNITS + technology] * float(rules.running_krw[technology])
    visits, calls, campaigns, media, taught, lessons = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(programmes.count):
        subsidy += sums.programme[k, P_PAID]
        if programmes.route[k] == TRAINING_ROUTE:
            taught += state[k].visits * programmes.visit_cost_krw[k]
            lessons += state[k].hours / programmes.course_hours[k] * programmes.visit_cost_krw[k]
            continue
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
    _book(books, TRAINING, taught, lessons)


@njit(**JIT)
def _book_loans(books: Record, sums: Record, states: Records) -> None:
    """Loans, what they cost and who bears what is never repaid; what entrants spend on their start."""
    nation = sums.nation
    lent, fees, campaigns = nation[S_LOANS], 0.0, 0.0
    for k in range(states.size):
        lent += states[k].lent_krw
        fees += states[k].fees_krw
        campaigns += states[k].campaign_krw
    _book(books, LOANS, lent, lent)
    _book(books, REPAYMENTS, nation[S_REPAID], nation[S_REPAID])
    _book(books, INTEREST, nation[S_INTEREST], nation[S_INTEREST])
    _book(books, INTEREST_SUBSIDY, nation[S_INTEREST_SUBSIDY], nation[S_INTEREST_SUBSIDY])
    _book(books, GUARANTEE_FEES, fees, fees)
    _book(books, GUARANTEE_CLAIMS, nation[S_CLAIMS], nation[S_CLAIMS])
    _book(books, START_UP, nation[S_START_UP], nation[S_START_UP])
    books.booked[CAMPAIGNS] += campaigns
    books.received[CAMPAIGNS] += campaigns
    books.written_off = nation[S_WRITTEN_OFF]


@njit(**JIT)
def _household_income(
    books: Record, market: Record, tables: Record, terms: Records, spending: Record, sums: Record, paths: Record,
    firm_wages: F8, month: int,
) -> None:  # fmt: skip
    """Book incomes and set what each province saves per unit of budget.

    What couriers would earn by making every delivery is part of other income; logistics pays it, less what they lose.
    """
    drawn, put_in, other, reward, vouchers = 0.0, 0.0, 0.0, 0.0, 0.0
    if month == 0:
        _solve_other_income(market, tables, spending, sums, firm_wages, paths.income_index)
    outside = market.other_income * paths.income_index
    for province in range(_PROVINCES):
        wages_here, drawn_here, put_here, by_qr = firm_wages[province], 0.0, 0.0, 0.0
        for sector in range(_SECTORS):
            row = sums.market[province * _SECTORS + sector]
            wages_here += row[M_REGULAR] * tables.wage_krw[0] + row[M_TEMPORARY] * tables.wage_krw[1]
            drawn_here += row[M_DRAWN]
            put_here += row[M_PUT_IN]
            by_qr += row[M_QR_VALUE]
        budget = spending.budget[province]
        reward_here = paths.reward * by_qr
        voucher_here = terms[FIRST].voucher * spending.app_public[province]
        lost = spending.courier_pay_lost[province]
        income = wages_here + drawn_here + reward_here + outside * budget + voucher_here - lost
        saved = income - put_here - spending.spent[province]
        spending.saved_per_budget[province] = saved / budget if budget > 0.0 else 0.0
        _remember_income(market, province, wages_here + drawn_here - lost, budget, month)
        drawn += drawn_here
        put_in += put_here
        other += outside * budget - spending.courier_pay[province] - lost
        reward += reward_here
        vouchers += voucher_here
    _book(books, DRAWINGS, _column(sums.market, M_DRAWN), drawn)
    _book(books, OWNER_FUNDS, put_in, _column(sums.market, M_PUT_IN))
    couriers = spending.courier_pay.sum() + spending.courier_pay_lost.sum()
    _book(books, OTHER_INCOME, outside * spending.budget.sum() - couriers, other)
    _book(books, VOUCHERS, terms[FIRST].voucher * spending.app_public.sum(), vouchers)
    _book(books, QR_REWARD, paths.reward * _column(sums.market, M_QR_VALUE), reward)


@njit(**JIT)
def _solve_other_income(
    market: Record, tables: Record, spending: Record, sums: Record, firm_wages: F8, income_index: float
) -> None:
    """Solve the rest-of-economy income per unit budget from the starting saving rate."""
    simulated = wage_bill(tables, sums) + _column(sums.market, M_DRAWN) + firm_wages.sum()
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
    terms: Records,
    platforms: Records,
    rules: Record,
    consumption: Record,
    spending: Record,
    sums: Record,
    programmes: Record,
    state: Records,
    loan_state: Records,
    paths: Record,
    asked: Record,
    firm_wages: F8,
    month: int,
) -> None:
    """Book every payment of the month and set what households save.

    terms, platforms: prices in force and the platforms' state; rules, consumption: of merchants, and of choice and
    payment; sums: the merchants' total; state: the programmes' running state, one record each; asked: of platforms by
    levers this month; firm_wages: of new-industry firms by province.
    """
    set_sales(market, tables, terms, sums)
    _book_household_spending(books, market, tables, spending, sums)
    book_platforms(books, tables, terms, platforms, rules, consumption, spending, asked)
    _book_merchant_costs(books, market, tables, terms, rules, sums)
    _book_fees(books, rules, spending, sums)
    _book_programmes(books, rules, tables, sums, programmes, state)
    _book_loans(books, sums, loan_state)
    _household_income(books, market, tables, terms, spending, sums, paths, firm_wages, month)


@njit(**JIT)
def close_books(books: Record, sums: Record, savings: F8, firms_krw: float) -> int:
    """Count every account's cash and check the month; returns the ledger's verdict code.

    savings: weighted household savings of each chunk, added in their order; firms_krw: cash of new-industry firms.
    """
    account_agents_settle(books, PAYER, PAYEE)
    books.cash[MERCHANTS] = sums.nation[S_CASH]
    books.cash[FIRMS] = firms_krw
    books.debt = sums.nation[S_DEBT]
    total = 0.0
    for chunk in range(savings.size):
        total += savings[chunk]
    books.cash[HOUSEHOLDS] = total
    return check(books, PAYER, PAYEE)


@njit(**JIT)
def update_markets(market: Record, tables: Record, rules: Record, sums: Record) -> None:
    """Carry the month's sums into next month's markets: pulls and what peers realised (moving year)."""
    learn_gains(market, tables, rules, sums)
    for where in range(market.store_pull.size):
        _remember_owners(market, where, sums.market[where], tables.index)
    carry_pulls(market, sums.market)


@njit(**JIT)
def _remember_owners(market: Record, where: int, row: F8, index: float) -> None:
    """Keep the moving yearly mean of owners' real income a merchant of a market; its first value is the start."""
    if row[M_MERCHANTS] <= 0.0:
        return
    income = row[M_INCOME] / row[M_MERCHANTS] / index
    if market.owner_income_start[where] == 0.0:
        market.owner_income_start[where] = income
        market.owner_income[where] = income
    market.owner_income[where] += (income - market.owner_income[where]) / 12.0


@njit(**JIT)
def carry_pulls(market: Record, sums: F8) -> None:
    """Set the pulls of next month from sums by market."""
    market.online_pull[:] = 0.0
    market.business_pull[:] = 0.0
    market.own_pull[:] = 0.0
    market.own_base[:] = 0.0
    for where in range(market.store_pull.size):
        row = sums[where]
        market.business_pull[where % _SECTORS] += row[M_BUSINESS_PULL]
        _carry_tills(market, where, row)
        market.online_pull[where % _SECTORS] += row[M_ONLINE_PULL]
        market.entry_pull[where] = row[M_ONLINE_PULL]
        market.entry_pull_above[where] = row[M_ONLINE_ABOVE]
        market.entry_base[where] = row[M_ENTRY_BASE]
        market.own_by_market[where] = row[M_OWN_PULL]
        market.own_pull[where % _SECTORS] += row[M_OWN_PULL]
        market.own_base[where % _SECTORS] += row[M_OWN_BASE]
        for kind in range(KINDS):
            market.kiosk_pull[where, kind] = row[M_KIOSK_PULL + kind]


@njit(**JIT)
def _carry_tills(market: Record, where: int, row: F8) -> None:
    """Set the pulls of next month of one market's shops: of all, with a terminal, with public QR."""
    market.store_pull[where], market.terminal_pull[where], market.qr_pull[where] = 0.0, 0.0, 0.0
    for till in range(KINDS_OF_TILL):
        market.base_by_till[where, till] = row[M_BASE + till]
        pull = 0.0
        for place in range(till, PLACES_OF_SALE, KINDS_OF_TILL):
            market.pull_by_place[where, place] = row[M_PULL + place]
            pull += row[M_PULL + place]
        market.store_pull[where] += pull
        market.terminal_pull[where] += pull if till & HAS_TERMINAL else 0.0
        market.qr_pull[where] += pull if till & TAKES_QR else 0.0


@njit(**JIT)
def update_programmes(programmes: Record, state: Records, sums: Record) -> None:
    """Carry the month's events into the programmes' running state: money is spent only as it is used."""
    for k in range(programmes.count):
        row = sums.programme[k]
        state[k].committed -= row[P_GAVE_UP]
        state[k].reserved_krw -= row[P_RELEASED]
        state[k].spent_krw += row[P_PAID] + state[k].visits * programmes.visit_cost_krw[k]
        if programmes.open_now[k]:
            state[k].eligible = row[P_ELIGIBLE]
