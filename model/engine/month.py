"""The phases of the month as compiled functions over one run's `World`, and the drivers that run them.

The serial driver runs the whole month in one call; the parallel driver runs the same phases with the chunks of a
phase side by side; the replicate driver runs several worlds side by side, each serially. All give the same bits:
chunk bounds follow from the population alone and partial sums are added in their order.
"""

from collections.abc import Sequence

from numba import float32, float64, int64, njit, prange, uint16

from model.agents.consumers.budgets import age_chunk, save_chunk
from model.agents.consumers.columns import ConsumerState
from model.agents.consumers.kernel import consumers_chunk, total_of
from model.agents.firms.kernel import firms_month, firms_quarter
from model.agents.government import (
    TRAINING_ROUTE,
    VISIT_ROUTE,
    Schedule,
    budget_left,
    can_be_had,
    close_applications,
    count_eligible,
    decide,
    places_left,
)
from model.agents.lending import decide_loans
from model.agents.merchants.columns import (
    KIOSK,
    M_THERE,
    NIGHT_STORE,
    PUBLIC_QR,
    S_MERCHANTS,
    SERVING_ROBOT,
    SUBSCRIPTION,
    TABLE_ORDER,
    MerchantRows,
    Places,
)
from model.agents.merchants.kernel import merchants_chunk, set_fee_tiers
from model.agents.platform_terms import SOUND, set_seller_terms, set_terms
from model.agents.training import train
from model.calendar import QUARTER
from model.channels.b2c import clear, prepare
from model.channels.data import gather_data
from model.channels.kiosks import set_kiosk_share
from model.channels.remote import clear_remote
from model.channels.work import clear_hiring
from model.codes import SECTORS, SERVICE_TYPES, TECHNOLOGIES
from model.engine.collect import collect_month
from model.engine.firm_books import book_firms, collect_firms, remember_devices
from model.engine.platform_indicators import collect_platforms
from model.engine.relations import b2b, c2c, g2b, g2c, g2g, gated, services, work
from model.engine.service_books import book_services
from model.engine.service_indicators import collect_services
from model.engine.settlement import (
    book_month,
    close_books,
    update_markets,
    update_programmes,
)
from model.engine.trade_books import book_trade
from model.engine.trade_indicators import collect_trade
from model.engine.work_books import book_work, collect_work
from model.engine.world import World
from model.indicators import POSITION
from model.ledger import BALANCED, OUT_OF_RANGE, open_month, stop_extinct
from model.numerics import JIT, JIT_ALLOCATING, add_into, copy_into
from model.records import F8, I8, U8, Record, Records
from model.rules.adoption import campaign_hazard
from model.rules.firms import learned_price
from model.rules.life import births_response
from model.streams import (
    CELL_BIRTHS,
    CONSUMER_INSTRUMENTS,
    CONSUMER_MEALS,
    CONSUMER_REVISION,
    CONSUMER_USERS,
    ENTRANT_ID,
    INITIAL_MERCHANT,
    MERCHANT_ACTIVITY,
    MERCHANT_ADOPTION,
    MERCHANT_APPLICATION,
    MERCHANT_AWARENESS,
    MERCHANT_DROP_OUT,
    MERCHANT_ENTRY,
    MERCHANT_EXIT,
    MERCHANT_INSTALLATION,
    MERCHANT_LIFE,
    MERCHANT_LOAN,
    MERCHANT_PROGRAMME_AWARENESS,
    MERCHANT_REVISION,
    MERCHANT_VISIT,
    MERCHANT_VISIT_ACCEPTANCE,
    MERCHANT_WAITING,
    stream_key,
)
from model.synthetic_population.people import PeopleTraits

_ADULTS = POSITION["adults_persons"]
_DEVICES_OF_TYPE = (
    (SERVICE_TYPES.index("smart_store"), 1 << KIOSK | 1 << TABLE_ORDER | 1 << SERVING_ROBOT | 1 << NIGHT_STORE),
    (SERVICE_TYPES.index("subscription_economy"), 1 << SUBSCRIPTION),
)
"""Service types that merchants offer through devices, and their mask: nobody gets them while all gates are closed."""
_JIT_PARALLEL = {**JIT_ALLOCATING, "parallel": True}


@njit(**JIT)
def exogenous(w: World, month: int, calendar_month: int) -> None:
    """Open the books, set the month's fees, wages, indices and platforms' terms; in January people age, tiers move."""
    open_month(w.books[0])
    _set_tables(w.market_tables[0], w.paths[month], w.market[0], w.gates[month], w.merchant_rules[0].entry_elasticity)
    _set_prices(w.market_tables[0], w.merchant_rules[0], w.paths[month], w.firm_state[0].installed)
    set_terms(w.terms, w.platforms, w.asked[month], w.platform_rules[0], w.market[0], w.market_tables[0])
    if calendar_month % 12 == 0:
        for chunk in range(w.savings.size):
            age_chunk(chunk, w.people, w.consumers, w.consumer_tables[0], calendar_month // 12)
        set_fee_tiers(w.merchants, w.paths[month].card_ceilings_krw, w.paths[month].qr_ceilings_krw)


@njit(**JIT)
def _set_tables(tables: Record, paths: Record, market: Record, gates: Record, elasticity: float) -> None:
    copy_into(tables.card_fee, paths.card_fee)
    copy_into(tables.qr_fee, paths.qr_fee)
    for contract in range(2):
        tables.wage_krw[contract] = paths.minimum_wage_krw * market.wage_premium[contract]
    closed = 0 if paths.public_qr_open >= 0.5 else 1 << PUBLIC_QR
    for place in range(len(_DEVICES_OF_TYPE)):
        closed |= 0 if gates.open[_DEVICES_OF_TYPE[place][0]].any() else _DEVICES_OF_TYPE[place][1]
    tables.available = uint16(0xFFFF ^ closed)
    tables.index = paths.income_index
    tables.outside_krw = float32(12.0 * tables.wage_start_krw * tables.index)
    for where in range(tables.birth_rate.size):
        income, start = market.owner_income[where], market.owner_income_start[where]
        response = births_response(income, start, elasticity)
        tables.birth_rate[where] = paths.births[where % len(SECTORS)] * response
    for sector in range(len(SECTORS)):
        pull = market.business_pull[sector]
        tables.business_rate[sector] = market.start_sales[sector, 1] * tables.index / pull if pull > 0.0 else 0.0


@njit(**JIT)
def _set_prices(tables: Record, rules: Record, paths: Record, installed: F8) -> None:
    """Set what technologies cost this month, what heads cost, and how many of them sales ask for."""
    for technology in range(len(TECHNOLOGIES)):
        first = float64(rules.first_price_krw[technology])
        tables.price_krw[technology] = learned_price(
            first, rules.price_change[technology], paths.years, rules.world_growth, rules.world_installed[technology],
            installed[technology],
        )  # fmt: skip
    ratio = tables.wage_krw[0] / tables.wage_start_krw / tables.index
    for sector in range(len(SECTORS)):
        tables.heads_per_krw[sector] = rules.heads_per_krw[sector] / tables.index * ratio ** (-rules.wage_elasticity)
    temporary = float64(rules.temporary_share)
    tables.head_krw = (1.0 - temporary) * tables.wage_krw[0] + temporary * tables.wage_krw[1]


@njit(**JIT)
def government(w: World, month: int, calendar_month: int, seed: int) -> None:
    """Decide ripe applications and set what merchants meet of each programme this month."""
    year = calendar_month // 12
    programmes = w.programmes[0]
    for k in range(programmes.count):
        state = w.programme_state[k]
        if programmes.route[k] == TRAINING_ROUTE:
            train(programmes, k, w.schedule, state, w.merchants, month, year, seed, calendar_month)
            continue
        decide(programmes, k, w.schedule, state, w.merchants, w.places, month, year, seed, calendar_month)
        close_applications(programmes, k, w.schedule, w.merchants, w.places, month)
        meets = w.schedule.open[k, month] and can_be_had(programmes, k, w.market_tables[0].available)
        if meets and not programmes.open_now[k]:
            state.eligible = count_eligible(programmes, k, w.merchants, w.merchant_rules[0].usable, year)
        programmes.open_now[k] = meets
        programmes.months_met[k] = programmes.months_met[k] + 1 if meets else 0
        _announce(programmes, k, w.schedule, state, month)
        weight = w.merchant_rules[0].campaign_weight
        programmes.campaign_hazard[k] = campaign_hazard(weight, programmes.campaign_krw[k])
    decide_loans(
        w.loans[0], w.loan_state, w.loan_schedule, w.merchants, w.merchant_rules[0], w.market_tables[0],
        w.market[0].there.sum(), month, calendar_month, seed,
    )  # fmt: skip


@njit(**JIT)
def _announce(programmes: Record, k: int, schedule: Schedule, state: Record, month: int) -> None:
    """Set the month's visits and campaign per eligible merchant, within quota and budget.

    Officers are paid for the calls they set out on, so the cost is known before and the budget is kept.
    """
    programmes.visit_chance[k] = float32(0.0)
    programmes.campaign_krw[k] = float32(0.0)
    state.visits = 0.0
    state.campaign_krw = 0.0
    if not programmes.open_now[k] or state.eligible <= 0.0:
        return
    state.campaign_krw = schedule.campaign_krw[k, month]
    programmes.campaign_krw[k] = float32(state.campaign_krw / state.eligible)
    if programmes.route[k] == VISIT_ROUTE and places_left(schedule, state, k, month) > 0.0:
        visits = min(schedule.visits[k, month], state.eligible)
        if programmes.visit_cost_krw[k] > 0.0:
            visits = min(visits, budget_left(schedule, state, k, month) / programmes.visit_cost_krw[k])
        state.visits = visits
        programmes.visit_chance[k] = float32(visits / state.eligible)


@njit(**JIT)
def meet_consumers(w: World, month: int) -> None:
    """Set the consumers' tables of the month."""
    prepare(w.market[0], w.consumption[0], w.paths[month], w.terms, w.gates[month], w.consumer_tables[0])


@njit(**JIT)
def consumers(w: World, calendar_month: int, seed: int) -> None:
    """Step every chunk of consumers in turn."""
    keys = consumer_keys(calendar_month, seed)
    for chunk in range(w.savings.size):
        consumers_chunk(
            chunk,
            w.people,
            w.consumers,
            w.consumer_rules[0],
            w.consumer_tables[0],
            w.consumer_sums[chunk],
            keys,
            calendar_month % QUARTER == 0,
        )


@njit(**JIT)
def consumer_keys(calendar_month: int, seed: int) -> tuple[int, int, int, int]:
    """Return the month's keys for use and revision, the lifelong key for instruments, and the month's for meals."""
    return (
        stream_key(seed, CONSUMER_USERS, calendar_month),
        stream_key(seed, CONSUMER_REVISION, calendar_month),
        stream_key(seed, CONSUMER_INSTRUMENTS, 0),
        stream_key(seed, CONSUMER_MEALS, calendar_month),
    )


@njit(**JIT)
def b2c(w: World, month: int) -> None:
    """Add up the consumers' chunks and clear shops, malls, the open market and delivery apps."""
    chunks = w.savings.size
    total = w.consumer_sums[chunks]
    total_of(w.consumer_sums[:chunks], total)
    clear(
        w.market[0], w.consumption[0], w.paths[month], w.people.weight_by_province, total,
        w.spending[0], w.terms, w.platforms, w.gates[month], w.market_tables[0], w.services[0].c2c_displaced, month,
    )  # fmt: skip
    clear_remote(w.services[0], w.service_rules[0], w.paths[month], w.market[0], w.spending[0], month)
    set_kiosk_share(
        w.consumption[0],
        w.paths[month],
        w.gates[month],
        total,
        w.consumer_rules[0].skill_mean,
        w.market_tables[0].kiosk_share,
    )
    set_seller_terms(w.terms, w.market_tables[0], w.merchant_rules[0])


@njit(**JIT)
def set_merchant_keys(keys: Record, calendar_month: int, seed: int) -> None:
    """Set the month's keys for every purpose for which merchants draw."""
    keys.awareness = stream_key(seed, MERCHANT_AWARENESS, calendar_month)
    keys.programme_awareness = stream_key(seed, MERCHANT_PROGRAMME_AWARENESS, calendar_month)
    keys.revision = stream_key(seed, MERCHANT_REVISION, calendar_month)
    keys.adoption = stream_key(seed, MERCHANT_ADOPTION, calendar_month)
    keys.application = stream_key(seed, MERCHANT_APPLICATION, calendar_month)
    keys.waiting = stream_key(seed, MERCHANT_WAITING, calendar_month)
    keys.visit = stream_key(seed, MERCHANT_VISIT, calendar_month)
    keys.visit_acceptance = stream_key(seed, MERCHANT_VISIT_ACCEPTANCE, calendar_month)
    keys.installation = stream_key(seed, MERCHANT_INSTALLATION, calendar_month)
    keys.activity = stream_key(seed, MERCHANT_ACTIVITY, calendar_month)
    keys.drop_out = stream_key(seed, MERCHANT_DROP_OUT, calendar_month)
    keys.life = stream_key(seed, MERCHANT_LIFE, calendar_month)
    keys.exit = stream_key(seed, MERCHANT_EXIT, calendar_month)
    keys.loan = stream_key(seed, MERCHANT_LOAN, calendar_month)
    keys.births = stream_key(seed, CELL_BIRTHS, 0)
    keys.entrant_id = stream_key(0, ENTRANT_ID, 0)
    keys.entry = stream_key(seed, MERCHANT_ENTRY, 0)
    keys.starts = stream_key(seed, INITIAL_MERCHANT, 0)
    keys.knows = stream_key(seed, INITIAL_MERCHANT, 1)


@njit(**JIT)
def merchants(w: World, month: int, calendar_month: int, seed: int) -> None:
    """Step every chunk of merchants in turn."""
    set_merchant_keys(w.keys[0], calendar_month, seed)
    for chunk in range(w.merchant_sums.size - 1):
        merchants_chunk(
            chunk, w.places, w.merchants, w.merchant_rules[0], w.market_tables[0], w.programmes[0], w.loans[0],
            w.keys[0], w.merchant_sums[chunk], month, calendar_month // 12,
        )  # fmt: skip


@njit(**JIT)
def firms(w: World, month: int, calendar_month: int, seed: int) -> None:
    """Let new-industry firms act if a quarter begins, and move their cash by a month."""
    if calendar_month % 3 == 0:
        index = w.paths[month].income_index / w.paths[0].income_index
        firms_quarter(w.firms, w.firm_rules[0], w.firm_state[0], w.firm_months[month], index, calendar_month, seed)
    firms_month(w.firms, w.firm_state[0])


@njit(**JIT)
def labour(w: World, month: int, calendar_month: int) -> None:
    """Add up the merchants' chunks, book the month's payments and carry them into markets and programmes."""
    chunks = w.merchant_sums.size - 1
    total, programmes = w.merchant_sums[chunks], w.programmes[0]
    total.market[:] = 0.0
    total.nation[:] = 0.0
    total.programme[:] = 0.0
    for chunk in range(chunks):
        add_into(total.market, w.merchant_sums[chunk].market)
        add_into(total.nation, w.merchant_sums[chunk].nation)
        add_into(total.programme, w.merchant_sums[chunk].programme)
    book_month(
        w.books[0], w.market[0], w.market_tables[0], w.terms, w.platforms, w.merchant_rules[0], w.consumption[0],
        w.spending[0], total, programmes, w.programme_state, w.loan_state, w.paths[month], w.asked[month],
        w.firm_state[0].wages_krw, month,
    )  # fmt: skip
    book_services(w.books[0], w.services[0], w.service_rules[0], w.spending[0])
    book_work(w.books[0], w.work[0], w.work_rules[0], w.services[0], w.paths[month].income_index)
    book_firms(w.books[0], w.firm_rules[0], w.firm_state[0], w.firm_months[month - calendar_month % 3])
    remember_devices(w.firm_rules[0], w.merchant_rules[0], w.market_tables[0], w.firm_state[0], total.nation)
    book_trade(
        w.books[0], w.services[0], w.service_rules[0], w.merchant_rules[0], w.market[0], w.market_tables[0], total,
        w.paths[month],
    )  # fmt: skip
    gather_data(w.services[0], w.service_rules[0], w.spending[0], w.paths[month], w.market_tables[0], month)
    update_markets(w.market[0], w.market_tables[0], w.merchant_rules[0], total)
    update_programmes(programmes, w.programme_state, total)
    clear_hiring(w.work[0], w.work_rules[0], w.services[0], w.market_tables[0], total, month)


@njit(**JIT)
def save(w: World) -> None:
    """Let every chunk of consumers save."""
    for chunk in range(w.savings.size):
        save_chunk(chunk, w.people, w.consumers, w.spending[0].saved_per_budget, w.savings)


@njit(**JIT)
def collect(w: World, month: int) -> int:
    """Close and check the books and fill the month's indicators; returns the verdict code, of prices too."""
    total = w.merchant_sums[w.merchant_sums.size - 1]
    verdict = close_books(w.books[0], total, w.savings, w.firm_state[0].cash_krw)
    collect_month(
        w.consumer_sums[w.savings.size], w.people.weight_by_province, total, w.spending[0],
        w.merchant_rules[0], w.services[0].sold_to_firms, w.books[0], w.programmes[0],
        w.programme_state, w.loan_state, w.out[month],
    )  # fmt: skip
    collect_services(w.services[0], w.books[0], w.out[month])
    collect_firms(w.firm_state[0], w.out[month])
    collect_trade(w.services[0], w.books[0], w.out[month])
    collect_work(w.work[0], w.services[0], w.out[month])
    collect_platforms(
        w.terms, w.platforms, w.books[0], total, w.consumer_sums[w.savings.size], w.people.weight_by_province,
        w.out[month],
    )  # fmt: skip
    for platform in range(w.platforms.size):
        if w.platforms[platform].fault[0] != SOUND:
            verdict = w.books[0].verdict[0] = OUT_OF_RANGE
    return int64(verdict) if verdict != BALANCED else _died_out(w.books[0], w.market[0], total, w.out[month])


@njit(**JIT)
def _died_out(books: Record, market: Record, total: Record, row: F8) -> int:
    """Return the verdict on a month after which nobody is left of a population that was there at the start."""
    if row[_ADULTS] <= 0.0:
        return stop_extinct(books, 0, row[_ADULTS])
    if total.nation[S_MERCHANTS] <= 0.0:
        return stop_extinct(books, 1, total.nation[S_MERCHANTS])
    for sector in range(len(SECTORS)):
        left = 0.0
        for where in range(sector, total.market.shape[0], len(SECTORS)):
            left += total.market[where, M_THERE]
        if market.there[sector] > 0.0 and left <= 0.0:
            return stop_extinct(books, 2 + sector, left)
    return BALANCED


@njit(**JIT)
def month_serial(w: World, month: int, calendar_month: int, seed: int) -> int:
    """Run one month of one world in the order of the schedule; returns the ledger's verdict code."""
    exogenous(w, month, calendar_month)
    government(w, month, calendar_month, seed)
    services(w, month, calendar_month)
    g2c(w)
    c2c(w, month, calendar_month, seed)
    work(w, month)
    meet_consumers(w, month)
    consumers(w, calendar_month, seed)
    b2c(w, month)
    b2b(w)
    g2b(w)
    g2g(w, month)
    gated(w, month, calendar_month, seed)
    merchants(w, month, calendar_month, seed)
    firms(w, month, calendar_month, seed)
    labour(w, month, calendar_month)
    save(w)
    return collect(w, month)


@njit(**JIT)
def months_serial(w: World, first: int, last: int, start: int, seed: int) -> int:
    """Run months `first` to `last` (exclusive, since `start`) of one world; returns the first not done in balance."""
    for month in range(first, last):
        if month_serial(w, month, start + month, seed) != BALANCED:
            return month
    return last


@njit(**_JIT_PARALLEL)
def consumers_parallel(
    people: PeopleTraits,
    state: ConsumerState,
    rules: Records,
    tables: Records,
    sums: Records,
    calendar_month: int,
    seed: int,
) -> None:
    """Step the chunks of consumers side by side; `sums` has one record a chunk and the total last."""
    keys = consumer_keys(calendar_month, seed)
    for chunk in prange(sums.size - 1):
        consumers_chunk(chunk, people, state, rules[0], tables[0], sums[chunk], keys, calendar_month % QUARTER == 0)


@njit(**_JIT_PARALLEL)
def merchants_parallel(
    places: Places,
    rows: MerchantRows,
    rules: Records,
    tables: Records,
    programmes: Records,
    loans: Records,
    keys: Records,
    sums: Records,
    month: int,
    calendar_month: int,
    seed: int,
) -> None:
    """Step the chunks of merchants side by side; `sums` has the total last."""
    set_merchant_keys(keys[0], calendar_month, seed)
    for chunk in prange(sums.size - 1):
        merchants_chunk(
            chunk, places, rows, rules[0], tables[0], programmes[0], loans[0], keys[0], sums[chunk], month,
            calendar_month // 12,
        )  # fmt: skip


@njit(**_JIT_PARALLEL)
def save_parallel(people: PeopleTraits, state: ConsumerState, spending: Records, savings: F8) -> None:
    """Let the chunks of consumers save side by side."""
    for chunk in prange(savings.size):
        save_chunk(chunk, people, state, spending[0].saved_per_budget, savings)


@njit(**_JIT_PARALLEL)
def replicates_parallel(worlds: Sequence[World], first: int, last: int, start: int, seeds: U8, done: I8) -> None:
    """Run months `first` to `last` of several worlds side by side, each serially; `done` gets each one's months done.

    worlds: a numba typed list of World; seeds: uint64 by world. Platforms act between such calls, see `model.economy`.
    """
    for r in prange(len(worlds)):
        done[r] = months_serial(worlds[int64(r)], first, last, start, seeds[r])
