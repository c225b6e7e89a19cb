"""The starting world: state drawn from stored ranks, and constants solved so that January 2017 is met."""

import copy
import functools
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
from numba import int64, njit

from model.agents.consumers.columns import CONSUMER_SUMS, ConsumerState, chunks_of
from model.agents.consumers.start import online_at_start_chunk, start_chunk, start_instruments_chunk
from model.agents.firms.columns import FirmRows
from model.agents.firms.start import firm_months, firm_rules, first_stages, make_firms, start_firms
from model.agents.government import PROGRAMME_STATE
from model.agents.lending import LOAN_STATE
from model.agents.merchants import incumbents
from model.agents.merchants import start as shops
from model.agents.merchants.adoption import MERCHANT_KEYS
from model.agents.merchants.columns import (
    BLOCK,
    BUSINESS,
    DELIVERY_APP,
    INSTALLED,
    MARKET_TABLES,
    MERCHANT_SUMS,
    NOBODY,
    OPEN_MARKET,
    OWN_STORE,
    PROVINCE,
    SECTOR,
    START,
    place_of,
)
from model.agents.merchants.devices import find_equipped
from model.agents.merchants.kernel import set_fee_tiers
from model.agents.merchants.space import WORK
from model.agents.merchants.trade import offer
from model.channels.b2c import MARKET_STATE, MONTH_PATHS, SPENDING, prepare
from model.channels.services import SERVICE_STATE
from model.channels.work import WORK_STATE
from model.codes import GOODS_NEEDS, MEALS, NEEDS, NO_SECTOR, ONLINE_NEEDS, PROVINCES, SECTOR_OF_NEED, SECTORS
from model.engine import rules_of
from model.engine.service_start import service_rules, start_services
from model.engine.settlement import carry_pulls
from model.engine.work_start import work_rules
from model.engine.world import World
from model.errors import UserError
from model.exogenous import (
    CARD_FEE_CEILINGS_KRW,
    CARD_FEE_PATHS,
    PUBLIC_QR_FEE_CEILINGS_KRW,
    PUBLIC_QR_FEE_PATHS,
)
from model.indicators import CORE
from model.ledger import BOOKS, FIRMS, HOUSEHOLDS, MERCHANTS
from model.levers import Lever
from model.levers.compiled import compile_levers, compile_loans
from model.levers.gates import compile_gates, open_gates
from model.levers.platforms import compile_platform_levers
from model.numerics import JIT, JIT_ALLOCATING
from model.parameters import vector
from model.records import F4, F8, I2, Records, records
from model.settings import Settings
from model.streams import CONSUMER_INSTRUMENTS, CONSUMER_MEALS, INITIAL_CONSUMER, stream_key
from model.synthetic_population.build import SyntheticKorea
from model.synthetic_population.firms import firm_levels, firm_traits
from model.synthetic_population.margins import adults_in_table
from model.synthetic_population.merchants import MerchantTraits
from model.synthetic_population.people import PeopleTraits

_SECTORS = len(SECTORS)


def make_world(korea: SyntheticKorea, settings: Settings, seed: int) -> World:
    """Return the world of one run on the first of its first month.

    Raises UserError when parameters leave small merchants more sales than households spend.
    """
    world = lay_out(korea, settings)
    _start_people(world, settings, seed)
    _start_merchants(world, korea, settings, seed)
    _start_instruments(world, seed)
    return world


def lay_out(korea: SyntheticKorea, settings: Settings) -> World:
    """Return the world's tables and empty columns, before anything has its starting state."""
    people, traits = korea.people, korea.merchants
    cells = shops.chunk_cells(traits)
    number = traits.district_index[traits.cell_district].astype(np.int64) * 8 + traits.cell_sector
    chunks = chunks_of(people.id.size)
    tables = copy.deepcopy(_tables(korea, settings))
    return World(
        people=people,
        consumers=_empty_consumers(people.id.size),
        consumer_sums=records(CONSUMER_SUMS, chunks + 1),
        merchants=shops.make_rows(traits),
        places=place_of(cells, traits.cell_start, shops.founders_of(traits), number),
        merchant_sums=records(MERCHANT_SUMS, cells.size),
        market=records(MARKET_STATE),
        spending=records(SPENDING),
        programme_state=records(PROGRAMME_STATE, int(tables["programmes"][0].count)),
        loan_state=records(LOAN_STATE, max(1, int(tables["loans"][0].count))),
        keys=records(MERCHANT_KEYS),
        books=records(BOOKS),
        services=records(SERVICE_STATE),
        work=records(WORK_STATE),
        savings=np.zeros(chunks),
        out=np.zeros((settings.months, len(CORE))),
        **tables,
    )


@functools.lru_cache(maxsize=2)
def _tables(korea: SyntheticKorea, settings: Settings) -> dict[str, Any]:
    """Return what of a world follows from its settings alone, as every run of them begins: to be copied, not used."""
    values = dict(settings.parameters)
    levers = cast(Sequence[tuple[str, Lever]], settings.levers)
    prices = vector(values, "technology.price_krw", "technologies")
    programmes, schedule = compile_levers(levers, settings.start, settings.months, prices)
    loans, loan_schedule = compile_loans(levers, settings.start, settings.months)
    tables = records(MARKET_TABLES)
    for technology, prior in enumerate(vector(values, "technology.prior_sales_gain", "technologies")):
        tables[0].realised[technology] = prior
    tables[0].input_share[:] = vector(values, "merchant.input_share", "sectors")
    tables[0].advice = 1.0
    tables[0].kiosk_share[:] = 1.0 / (1.0 + np.exp(-values["kiosk.order_constant"]))
    platforms = rules_of.platforms(values)
    firm_rows, rules_of_firms, months, firm_state = _firms(settings)
    adults = _adults(korea.people, settings.start // 12)
    asked, limits = compile_platform_levers(levers, settings.start, settings.months, adults)
    tables[0].limit_krw[:] = limits
    tables[0].place_factor[:] = tables[0].hiring_speed[:] = 1.0
    return {
        "consumer_rules": rules_of.consumer_rules(values, _skill_mean(values, settings.start // 12)),
        "consumer_tables": rules_of.consumer_tables(values),
        "merchant_rules": rules_of.merchant_rules(values),
        "market_tables": tables,
        "consumption": rules_of.consumption_rules(values),
        "platforms": platforms,
        "platform_rules": rules_of.platform_rules(values),
        "terms": rules_of.terms(platforms),
        "asked": asked,
        "programmes": programmes,
        "schedule": schedule,
        "loans": loans,
        "loan_schedule": loan_schedule,
        "paths": make_paths(settings),
        "service_rules": service_rules(values),
        "work_rules": work_rules(values),
        "gates": compile_gates(levers, settings.start, settings.months),
        "firms": firm_rows,
        "firm_rules": rules_of_firms,
        "firm_months": months,
        "firm_state": firm_state,
    }


def _skill_mean(values: Mapping[str, float], year: int) -> float:
    table, skill = adults_in_table(year), rules_of.skill_table(values)
    return float(table.sum(axis=0) @ (skill[:, 0] + skill[:, 1] / 2.0) / table.sum())


def _firms(settings: Settings) -> tuple[FirmRows, Records, Records, Records]:
    """Return the firms with their start, what they go by, what each quarter is given, and their state."""
    values, traits, levels = dict(settings.parameters), firm_traits(), firm_levels()
    training = np.array(dict(settings.paths)["talent_training_persons_per_month"])
    rules, rows = firm_rules(values), make_firms(traits, levels, values)
    stages = first_stages(traits, values)
    months = firm_months(values, settings.months, training, levels, stages, traits.sector)
    return rows, rules, months, start_firms(rows, rules, months, levels, values)


def make_paths(settings: Settings) -> Records:
    """Return the settings' exogenous paths, one record a month."""
    path = {name: np.array(values) for name, values in settings.paths}
    table = records(MONTH_PATHS, settings.months)
    table.years = np.arange(settings.months) / 12.0
    table.stringency = path["stringency_index"]
    table.risk = path["contact_risk_index"]
    table.income_index = path["household_income_index"]
    table.reward = path["public_qr_reward_share"]
    table.public_qr_open = path["public_qr_network_open"]
    table.minimum_wage_krw = path["minimum_wage_krw_per_hour"]
    table.card_fee = np.stack([path[name] for name in CARD_FEE_PATHS], axis=1)
    table.qr_fee = np.stack([path[name] for name in PUBLIC_QR_FEE_PATHS], axis=1)
    table.card_ceilings_krw = np.array(CARD_FEE_CEILINGS_KRW)
    table.qr_ceilings_krw = np.array(PUBLIC_QR_FEE_CEILINGS_KRW)
    table.opened_data = path["public_data_opened_index"]
    table.fraud = path["c2c_fraud_index"]
    table.births = incumbents.births_by_month(dict(settings.parameters), settings.months)
    return table


def _adults(people: PeopleTraits, year: int) -> np.ndarray:
    """Return people aged 20 and over present in `year`, by province."""
    here = (people.entry_year <= year) & (year < people.exit_year)
    return np.bincount(people.province[here], minlength=len(PROVINCES)) * people.weight_by_province


def _empty_consumers(rows: int) -> ConsumerState:
    return ConsumerState(
        skill=np.zeros(rows, np.float32),
        habit=np.zeros((ONLINE_NEEDS, rows), np.float32),
        accounts=np.zeros(rows, np.uint8),
        instruments=np.zeros(rows, np.uint8),
        age_band=np.zeros(rows, np.uint8),
        budget=np.zeros(rows, np.float32),
        savings_krw=np.zeros(rows),
    )


def _start_people(w: World, settings: Settings, seed: int) -> None:
    values, year = dict(settings.parameters), settings.start // 12
    skill, account_start = rules_of.skill_table(values), _account_start(settings.parameters, year)
    online = np.array(vector(values, "need.initial_online_share", "online_needs"))
    holders = np.full(ONLINE_NEEDS, values["consumer.initial_account_share"])
    holders[MEALS] = values["delivery_app.initial_account_share"]
    keys = _key(seed, INITIAL_CONSUMER), _key(seed, CONSUMER_MEALS)
    _start_chunks(w, skill, account_start, (online / holders).astype(np.float32), keys, year)
    w.services[:] = _started_services(w, values)
    start = _open_start(w)
    _online_at_start(w, w.market[0].constants, start)  # utilities are still zero: only budgets are read
    budget = float(start[:, :, ONLINE_NEEDS, 0].sum())
    spending = vector(values, "need.spending_krw_per_year", "needs")
    spending.append(values["household.other_spending_krw_per_year"])
    w.market[0].budget_unit[:] = np.array(spending) / 12.0 / budget
    share = values["consumer.initial_open_market_share"]
    w.market[0].mall_utility = values["consumer.nest_dissimilarity"] * np.log((1.0 - share) / share)
    _solve_constants(w, online * budget)
    w.market[0].saving_rate = values["household.saving_rate"]
    hours = values["merchant.full_time_hours_per_month"]
    w.market[0].wage_premium[:] = np.array(vector(values, "merchant.wage_premium", "contracts")) * hours


def _started_services(w: World, values: Mapping[str, float]) -> Records:
    shares = np.array(vector(values, "service.initial_share", "used_services"))
    mean = float(w.consumer_rules[0].skill_mean)
    started = start_services(w.people, w.consumers, w.service_rules[0], w.gates[0], mean, shares)
    started[0].clinics_equipped[:] = values["telemedicine.clinics_equipped"]
    started[0].referral = values["telemedicine.referral_share"]
    return started


@functools.lru_cache(maxsize=4)
def _account_start(parameters: tuple[tuple[str, float], ...], year: int) -> np.ndarray:
    """Solve the constants that give the register's shares of account holders among adults, for goods and meals."""
    from scipy.optimize import brentq

    values, table = dict(parameters), adults_in_table(year)
    skill, mean = rules_of.skill_table(values), np.float32(_skill_mean(values, year))
    ranks = (np.arange(256) + 0.5) / 256
    skills = skill[:, :1] + skill[:, 1:] * ranks
    slope = values["consumer.initial_account_skill_slope"]
    weights = table.sum(axis=0) / table.sum()

    def excess(constant: float, share: float) -> float:
        holders = 1.0 / (1.0 + np.exp(-constant - slope * (skills - mean)))
        return float(weights @ holders.mean(axis=1) - share)

    constant, app = (
        brentq(excess, -20.0, 20.0, (values[f"{service}.initial_account_share"],))
        for service in ("consumer", "delivery_app")
    )
    both, market = (
        values["consumer.initial_both_accounts_share"],
        values["consumer.initial_open_market_share"],
    )
    return np.array([constant, slope, mean, both, market, app], dtype=np.float32)


def _solve_constants(w: World, wanted: np.ndarray) -> None:
    """Solve the contactless constants by Newton's method: online budgets equal `wanted` by online need."""
    w.market[0].store_pull[:] = w.market[0].store_pull_start[:] = 1.0
    w.market[0].online_pull[:] = w.market[0].online_pull_start[:] = 1.0
    w.market[0].constants[:] = 0.0
    prepare(w.market[0], w.consumption[0], w.paths[0], w.terms, open_gates(), w.consumer_tables[0])
    constants = np.full(ONLINE_NEEDS, -1.0)
    out = _open_start(w)
    for _ in range(50):
        _online_at_start(w, constants.astype(np.float32), out)
        online, slope = out.sum(axis=(0, 1))[:ONLINE_NEEDS].T
        step = np.clip((wanted - online) / np.maximum(slope, 1e-9), -2.0, 2.0)
        constants += step
        if np.abs(wanted / online - 1.0).max() < 1e-6:
            break
    w.market[0].constants[:] = constants


class _Shops(NamedTuple):
    """What merchants have at the start whatever the luck: to be read only.

    yearly_krw: sales a year before local demand; constants: of having each technology; entered: months of opening.
    """

    yearly_krw: F8
    constants: F8
    entered: I2


@functools.lru_cache(maxsize=2)
def _shops_without_luck(korea: SyntheticKorea, parameters: tuple[tuple[str, float], ...], year: int) -> _Shops:
    values, traits = dict(parameters), korea.merchants
    yearly = shops.yearly_sales(traits, values)
    constants = shops.technology_constants(traits, yearly, rules_of.USABLE, values, year)
    return _Shops(yearly, constants, incumbents.months_of_opening(traits, values))


def _start_merchants(w: World, korea: SyntheticKorea, settings: Settings, seed: int) -> None:
    rows, market, traits = w.merchants, w.market[0], korea.merchants
    values, year = dict(settings.parameters), settings.start // 12
    yearly, constants, rows.entered[:] = _shops_without_luck(korea, settings.parameters, year)
    shops.set_sales(rows, traits, yearly, values)
    _meet_local_demand(w, traits, values, yearly)
    shops.set_heads(rows, traits, values)
    wage = w.market[0].wage_premium * w.paths[0].minimum_wage_krw
    w.market_tables[0].wage_start_krw = wage[0]
    shops.set_cash(rows, traits, wage, values)
    incumbents.set_debts(rows, traits, values)
    shops.set_life(rows, traits, yearly, values)
    set_fee_tiers(rows, w.paths[0].card_ceilings_krw, w.paths[0].qr_ceilings_krw)
    weight = traits.weight.astype(np.float64)
    w.books[0].cash[MERCHANTS] = float((weight * rows.cash_krw).sum())
    w.books[0].cash[HOUSEHOLDS] = 0.0
    w.books[0].cash[FIRMS] = w.firm_state[0].cash_krw
    chances = shops.set_technologies(rows, traits, rules_of.USABLE, constants, values, seed, year)
    incumbents.empty_places(rows)
    w.market_tables[0].exit_constant[:] = incumbents.exit_constants(rows, values, 12.0 * float(wage[0]))
    w.books[0].debt = float((weight * rows.debt_krw).sum())
    there = np.where(rows.id == NOBODY, 0.0, weight)
    market.there[:] = _by_sector(traits, there)
    shops.count_and_cost(rows, w.places, w.merchant_rules[0].running_krw)
    start = weight * rows.numbers[START]
    market.start_sales[:, 0] = _by_sector(traits, start)
    market.start_sales[:, 1] = _by_sector(traits, weight * rows.numbers[BUSINESS])
    market.online_pull_start[:] = _by_sector(traits, start * chances[OPEN_MARKET])
    small = np.array(vector(values, "open_market.small_seller_share", "goods_needs"))
    expected = market.online_pull_start[:GOODS_NEEDS]
    market.large_online[:GOODS_NEEDS] = expected * (1.0 - small) / small
    expected = _by_sector(traits, start * chances[OWN_STORE])[:GOODS_NEEDS]
    small = np.array(vector(values, "own_store.small_seller_share", "goods_needs"))
    market.own_pull_start[:GOODS_NEEDS] = expected
    market.large_mall[:GOODS_NEEDS] = expected * (1.0 - small) / small
    _start_apps(w, start * chances[DELIVERY_APP], traits, values["delivery_app.small_seller_share"])
    _offer_at_start(w)


def _by_sector(traits: MerchantTraits, values: F8) -> F8:
    return np.bincount(traits.sector, values, len(SECTORS)).astype(np.float64)


def _start_apps(w: World, expected: np.ndarray, traits: MerchantTraits, small: float) -> None:
    """Set restaurants' expected pull on delivery apps by province, and chains': by what people there spend on meals."""
    market, meals = w.market[0], np.arange(len(PROVINCES)) * len(SECTORS) + MEALS
    market.app_pull_start[:] = np.bincount(traits.province, expected, minlength=len(PROVINCES))
    demand = market.store_pull_start[meals] + market.large_store[meals]
    market.app_large[:] = market.app_pull_start.sum() * (1.0 - small) / small * demand / demand.sum()


def _meet_local_demand(w: World, traits: MerchantTraits, values: Mapping[str, float], yearly_krw: np.ndarray) -> None:
    """Scale shops to their province's demand and set large sellers to the rest of it, sector by sector."""
    market = w.market[0]
    demand = _store_demand(w, values)
    where = traits.province.astype(np.int64) * len(SECTORS) + traits.sector
    weight = traits.weight.astype(np.float64)
    pull = np.bincount(where, weight * w.merchants.numbers[START], minlength=len(PROVINCES) * len(SECTORS))
    scale = np.ones(pull.size)
    for need, (name, sector) in enumerate(zip(NEEDS, SECTOR_OF_NEED, strict=True)):
        if sector == NO_SECTOR:
            continue
        column = np.arange(len(PROVINCES)) * len(SECTORS) + sector
        share = pull[column].sum() / demand[:, need].sum()
        if not 0.0 < share < 1.0:
            raise UserError(
                f"small merchants of {SECTORS[sector]} would sell {share:.0%} of what households spend face to face "
                f"on {name}; lower merchant.sales_mean_krw_per_year or raise need.spending_krw_per_year"
            )
        local = share * demand[:, need]
        scale[column] = np.where(pull[column] > 0.0, local / np.maximum(pull[column], 1e-9), 1.0)
        market.large_store[column] = np.where(pull[column] > 0.0, demand[:, need] - local, demand[:, need])
    shops.set_sales(w.merchants, traits, yearly_krw * scale[where], values)
    w.market_tables[0].market_scale[:] = scale
    market.store_pull_start[:] = np.bincount(where, weight * w.merchants.numbers[START], minlength=pull.size)


def _store_demand(w: World, values: Mapping[str, float]) -> np.ndarray:
    """Return face-to-face spending at the start by (province, need), KRW a month.

    Online shares of a province follow its people's accounts and skill as in the solved choice.
    """
    out = _open_start(w)
    _online_at_start(w, w.market[0].constants, out)
    budgets = out.sum(axis=0)[:, :, 0]
    demand = np.repeat(budgets[:, ONLINE_NEEDS:], len(NEEDS), axis=1)
    demand[:, :ONLINE_NEEDS] -= budgets[:, :ONLINE_NEEDS]
    return np.asarray(demand * w.market[0].budget_unit[: len(NEEDS)])


def _open_start(w: World) -> np.ndarray:
    return np.zeros((w.savings.size, len(PROVINCES), ONLINE_NEEDS + 1, 2))


def _start_instruments(w: World, seed: int) -> None:
    prepare(w.market[0], w.consumption[0], w.paths[0], w.terms, open_gates(), w.consumer_tables[0])
    _start_all_instruments(w, _key(seed, CONSUMER_INSTRUMENTS))


def _key(seed: int, purpose: int) -> np.uint64:
    return np.uint64(stream_key(np.uint64(seed), np.uint64(purpose), 0))


@njit(**JIT)
def _start_chunks(w: World, skill: F4, account_start: F4, habit: F4, keys: tuple[int, int], year: int) -> None:
    for chunk in range(w.savings.size):
        start_chunk(chunk, w.people, w.consumers, skill, account_start, habit, w.consumer_tables[0], keys, year)


@njit(**JIT)
def _online_at_start(w: World, constants: F4, out: F8) -> None:
    for chunk in range(out.shape[0]):
        online_at_start_chunk(chunk, w.people, w.consumers, w.consumer_rules[0], w.consumer_tables[0], constants, out)


@njit(**JIT)
def _start_all_instruments(w: World, key: int) -> None:
    for chunk in range(w.savings.size):
        start_instruments_chunk(chunk, w.people, w.consumers, w.consumer_rules[0], w.consumer_tables[0], key)


@njit(**JIT_ALLOCATING)
def _offer_at_start(w: World) -> None:
    """Let every shop offer with what it starts with, and set pulls."""
    rows, places, total = w.merchants, w.places, w.merchant_sums[w.merchant_sums.size - 1]
    total.market[:] = 0.0
    work = np.empty(1, WORK)
    for cell in range(places.first_row.size - 1):
        first, end = places.first_row[cell], places.first_row[cell + 1]
        sector = int64(rows.codes[SECTOR, first])
        market = int64(rows.codes[PROVINCE, first]) * _SECTORS + sector
        for lo in range(first, end, BLOCK):
            n = min(BLOCK, end - lo)
            find_equipped(rows.masks[INSTALLED, lo : lo + n], work[0], n)
            offer(rows, lo, n, market, sector, w.merchant_rules[0], w.market_tables[0], work[0], total)
    carry_pulls(w.market[0], total.market)
