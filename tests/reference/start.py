"""The starting state from the traits of people and merchants (docs/model.md 3.3.2 and 3.3.3)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.reference import accounts, consumers, firms, lifetime, medical, money, opening, platforms, services, trade
from tests.reference import state as kept
from tests.reference.draws import F8, I8, Luck
from tests.reference.service_state import Work
from tests.reference.state import (
    ACTIVE,
    ACTIVE_AT,
    APP,
    APP_ACCOUNT,
    AWARE,
    ENTRY,
    GOODS,
    INSTALLED,
    INSTALLED_AT,
    MEALS,
    NEEDS,
    NO_PROGRAMME,
    NOBODY,
    ONLINE,
    OWN,
    PROVINCES,
    SECTORS,
    SERVED,
    SHOPS,
    TECHNOLOGIES,
    USERS_OF,
    VACANT,
    Cells,
    Constants,
    LoanProgress,
    Markets,
    Merchants,
    People,
    Progress,
    Run,
    State,
    Values,
)


@dataclass
class Traits:
    """What the sample gives: people with their traits alone, merchants with weight and place, and ranks."""

    people: People
    merchants: Merchants
    size_rank: F8
    capability_rank: F8
    family_rank: F8
    staff_rank: F8
    adults_by_band: F8
    cell_number: I8
    firms: firms.FirmTraits


def solved(excess: Callable[[float], float], low: float = -60.0, high: float = 60.0) -> float:
    """Root of a rising function, by halving."""
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if excess(middle) < 0.0 else (low, middle)
    return (low + high) / 2.0


def start(run: Run, traits: Traits) -> State:
    """Return the state before the first month."""
    people, shops = traits.people, traits.merchants
    constants = start_people(run, people, traits.adults_by_band)
    face = solve_constants(run, people, constants)
    start_sales(run.values, shops, traits.size_rank)
    start_quality(run.values, shops)
    large, scale = meet_demand(shops, face)
    start_heads(run.values, shops, traits)
    start_cash(run, shops, traits.capability_rank)
    start_life(run, shops, traits)
    market = start_technologies(run, shops, large, face[:, MEALS])
    market.scale = scale
    market.exit_constant = lifetime.exit_constants(run, shops)
    opening.fee_tiers(shops)
    everyone = np.ones(people.id.size, dtype=bool)
    holding = consumers.holding_utility(run, market, 0)
    consumers.revise_instruments(people, holding, run.values, constants.mean_skill, everyone, Luck(run.seed, 0))
    progress = [Progress(0.0, 0.0, 0.0, 0.0, 0.0, 0.0) for _ in run.programmes]
    lifetime.vacate(shops, ~shops.there)
    founders = kept.summed(shops.cell, traits.size_rank > 0.0, traits.cell_number.size).astype(np.int64)
    cells = Cells(traits.cell_number, founders, np.zeros(founders.size), np.zeros(founders.size, dtype=np.int64))
    known, loans = platforms.open_platforms(run.values), [LoanProgress() for _ in run.loans]
    used = services.start_services(run, people, constants.mean_skill)
    return State(
        people, shops, market, constants, progress, known, loans, cells,
        used, firms.start(run, traits.firms), trade.start_trade(run, used, constants.mean_skill), medical.start_gated(),
        nothing_done(),
    )  # fmt: skip


def nothing_done() -> Work:
    """Work at a distance before the first month."""
    empty = np.zeros(PROVINCES)
    return Work(empty, 0.0, 0.0, empty, empty, empty, empty, empty, np.ones(PROVINCES), 0.0, 0.0)


def start_life(run: Run, shops: Merchants, traits: Traits) -> None:
    """Ages and debts by rank; rows of nobody are vacant."""
    rank = (55.0 * traits.staff_rank + 34.0 * traits.capability_rank) % 1.0
    shops.entered = np.where(shops.id == NOBODY, VACANT, -1 - lifetime.first_age(run.values, rank))
    lifetime.start_debts(run.values, shops, (34.0 * traits.family_rank + 89.0 * traits.capability_rank) % 1.0)
    shops.lender = np.full(shops.id.size, NO_PROGRAMME)


def start_people(run: Run, people: People, adults_by_band: F8) -> Constants:
    """Bands, skill, accounts and habits; returns the constants without those of the needs."""
    v = run.values
    low, high = consumers.skill_bounds(v)
    consumers.age_bands(people, run.first_year)
    band = np.clip((run.first_year - people.birth_year) // 10 - 2, 0, 5)
    people.skill = low[band] + (high - low)[band] * (people.skill_rank + 0.5) / 65_536.0
    share = adults_by_band / adults_by_band.sum()
    mean_skill = float(np.sum(share * (low + high) / 2.0))
    open_first_accounts(run, people, mean_skill, share)
    online = v.of("need.initial_online_share", "online_needs")
    people.habit = online[:, None] / v["consumer.initial_account_share"] * (people.accounts & 3 > 0)
    people.habit[MEALS] = online[MEALS] / v["delivery_app.initial_account_share"] * (people.accounts & APP_ACCOUNT > 0)
    budgets = float(np.sum(people.weight * consumers.unit_budgets(people, v)))
    spending = v.of("need.spending_krw_per_year", "needs") / 12.0 / budgets
    sigma = v["consumer.initial_open_market_share"]
    mall = float(v["consumer.nest_dissimilarity"] * np.log((1.0 - sigma) / sigma))
    other = v["household.other_spending_krw_per_year"] / 12.0 / budgets
    return Constants(np.zeros(ONLINE), mall, mean_skill, spending, other)


def open_first_accounts(run: Run, people: People, mean_skill: float, share_of_band: F8) -> None:
    """Accounts by skill, so that the shares of all adults with one for goods and for meals are met."""
    v, luck = run.values, Luck(run.seed, 0)
    low, high = consumers.skill_bounds(v)
    grid = low[:, None] + (high - low)[:, None] * (np.arange(256) + 0.5) / 256.0
    slope = v["consumer.initial_account_skill_slope"]

    def chance(wanted: float) -> F8:
        def excess(c: float) -> float:
            return float(share_of_band @ kept.logistic(c + slope * (grid - mean_skill)).mean(axis=1)) - wanted

        return np.asarray(kept.logistic(solved(excess) + slope * (people.skill - mean_skill)))

    lanes = [luck.lane("initial_consumer", lane, people.id) for lane in range(3)]
    holder = lanes[0] < chance(v["consumer.initial_account_share"])
    orders = luck.lane("consumer_meals", 0, people.id) < chance(v["delivery_app.initial_account_share"])
    one = np.where(lanes[2] < v["consumer.initial_open_market_share"], 1, 2)
    people.accounts = np.where(holder, np.where(lanes[1] < v["consumer.initial_both_accounts_share"], 3, one), 0)
    people.accounts = people.accounts | np.where(orders, APP_ACCOUNT, 0)


def solve_constants(run: Run, people: People, constants: Constants) -> F8:
    """Set the needs' constants to meet the starting shares; returns face-to-face demand by (province, sector)."""
    v, wanted = run.values, run.values.of("need.initial_online_share", "online_needs")
    unit = people.weight * consumers.unit_budgets(people, v)
    face = np.zeros((PROVINCES, NEEDS + 1)) - consumers.measures(run, "stringency_weight", 0)
    only_the_first = np.array([np.ones(PROVINCES), np.zeros(PROVINCES), np.zeros(PROVINCES)])
    flat = consumers.Utilities(
        np.zeros(GOODS), constants.mall, np.zeros(GOODS), np.zeros(PROVINCES), only_the_first, False, 0.0, face
    )

    def shares(needs: F8) -> F8:
        table = consumers.contactless(flat, needs, v["consumer.nest_dissimilarity"], 1.0, np.zeros(PROVINCES))
        own = consumers.own_utility(people, run, constants.mean_skill, 0)
        return np.asarray(kept.logistic(consumers.of_set(table, people, people.accounts) + own))

    for k in range(ONLINE):
        at = np.eye(ONLINE)[k]
        constants.needs[k] = solved(lambda a, k=k, at=at: float(unit @ shares(a * at)[k] / unit.sum() - wanted[k]))  # type: ignore[misc]
    online = np.zeros((NEEDS, people.id.size))
    online[:ONLINE] = shares(constants.needs)
    demanded = np.zeros((PROVINCES, SECTORS))
    for sector, k in enumerate(SERVED):
        demand = kept.summed(people.province, unit * (1.0 - online[k]), PROVINCES)
        demanded[:, sector] = constants.spending[k] * demand
    return demanded


def start_sales(v: Values, shops: Merchants, size_rank: F8) -> None:
    """Sales by size rank: a log-normal body, a power tail, a ceiling, and the sector's mean."""
    mean = v.of("merchant.sales_mean_krw_per_year", "sectors")
    size = kept.size_of_rank(v, size_rank, mean[shops.sector]) * (size_rank > 0.0)
    rows = kept.summed(shops.sector, shops.weight * (size_rank > 0.0), SECTORS)
    meant = kept.ratio(rows, kept.summed(shops.sector, shops.weight * size, SECTORS), 1.0)
    shops.sales_year = (mean * meant)[shops.sector] * size
    share = v.of("merchant.business_sales_share", "sectors")[shops.sector]
    shops.start, shops.business = shops.sales_year * (1.0 - share) / 12.0, shops.sales_year * share / 12.0


def meet_demand(shops: Merchants, face: F8) -> tuple[F8, F8]:
    """Scale sales to their share of local demand; returns large sellers' part, and the scale, by (province, sector)."""
    offered = shops.by_market(shops.start)
    small = kept.ratio(offered.sum(axis=0), face.sum(axis=0), 0.0)
    demand = np.where(offered[:, SHOPS] == 0.0, 0.0, small[SHOPS] * face[:, SHOPS])
    factor = np.ones((PROVINCES, SECTORS))
    factor[:, SHOPS] = kept.ratio(demand, offered[:, SHOPS], 1.0)
    for column in ("start", "business", "sales_year"):
        setattr(shops, column, getattr(shops, column) * factor[shops.province, shops.sector])
    large = np.zeros((PROVINCES, SECTORS))
    large[:, SHOPS] = face[:, SHOPS] - demand
    return large, factor


def start_heads(v: Values, shops: Merchants, traits: Traits) -> None:
    """Family, regular and temporary heads from sales and ranks."""
    heads = shops.sales_year / v.of("merchant.sales_per_paid_head_krw", "sectors")[shops.sector]
    heads = heads - v["merchant.owner_absorbs_heads"]
    paid = np.where(heads > 0.0, np.floor(heads + traits.staff_rank), 0.0)
    shops.staff_rank = traits.staff_rank
    shops.mix_rank = (89.0 * traits.staff_rank + 55.0 * traits.family_rank) % 1.0
    temporary = np.minimum(paid, np.floor(v["merchant.temporary_share"] * paid + shops.mix_rank))
    shops.temporary = temporary.astype(np.int64)
    shops.regular = (paid - temporary).astype(np.int64)
    shops.family = (traits.family_rank < v["merchant.family_share"]).astype(np.int64)


def start_quality(v: Values, shops: Merchants) -> None:
    """Quality at its mean; the spread of shocks falls with unscaled size over the sector's mean."""
    size = np.maximum(shops.sales_year / v.of("merchant.sales_mean_krw_per_year", "sectors")[shops.sector], 1e-3)
    scaled = np.clip(size ** -v["quality.spread_size_exponent"], 0.5, 2.0)
    shops.spread = v["quality.shock_spread"] * scaled
    shops.quality = np.zeros_like(size)


def start_cash(run: Run, shops: Merchants, capability_rank: F8) -> None:
    """Capability, a buffer of cash and the yearly income at starting costs."""
    v = run.values
    half = v["merchant.capability_half_range"]
    shops.capability = 0.5 - half + 2.0 * half * capability_rank
    shops.gained = np.zeros_like(shops.capability)
    shares = sum(v.of(f"merchant.{name}_share", "sectors") for name in ("input", "rent", "other_cost"))
    sales = shops.start + shops.business
    cost = sales * np.asarray(shares)[shops.sector] + accounts.wage_bill(run, shops, 0)
    shops.cash = v["merchant.cash_buffer_months"] * cost
    shops.income_year = 12.0 * (sales - cost)


def start_technologies(run: Run, shops: Merchants, large: F8, meals: F8) -> Markets:
    """First technologies, the first offer and the markets that follow; meals: demand for them by province."""
    rows, v = shops.id.size, run.values
    shops.base, shops.base_business = shops.start.copy(), shops.business.copy()
    shops.stage = np.zeros((TECHNOLOGIES, rows), dtype=np.int64)
    shops.waiting = np.zeros_like(shops.stage)
    shops.programme = np.full_like(shops.stage, NO_PROGRAMME)
    shops.month = np.full((len(kept.DATES), TECHNOLOGIES, rows), -1)
    shops.trained = np.zeros(rows, dtype=np.int64)
    shops.revised = np.full(rows, -1)
    chances = np.array([install_first(run, shops, j) for j in range(TECHNOLOGIES)])
    online_start = shops.by_market(shops.start * chances[ENTRY]).sum(axis=0)
    small = v.of("open_market.small_seller_share", "goods_needs")
    online_start[GOODS:] = 0.0
    large_online = np.zeros(SECTORS)
    large_online[:GOODS] = online_start[:GOODS] * (1.0 - small) / small
    store = shops.by_market(shops.start)
    gains = v.of("technology.prior_sales_gain")[:, None, None] * np.ones((PROVINCES, SECTORS))
    nothing = np.zeros(PROVINCES)
    app_start = shops.by_market(shops.start * chances[APP])[:, MEALS]
    rest = 1.0 / v["delivery_app.small_seller_share"] - 1.0
    app_large = app_start.sum() * rest * meals / meals.sum()
    own_start = shops.by_market(shops.start * chances[OWN]).sum(axis=0)
    own_start[GOODS:] = 0.0
    large_mall = np.zeros(SECTORS)
    part = v.of("own_store.small_seller_share", "goods_needs")
    large_mall[:GOODS] = own_start[:GOODS] * (1.0 - part) / part
    kiosk_share = np.full(PROVINCES, kept.logistic(v["kiosk.order_constant"]))
    market = Markets(store, store, store, online_start, app_start, store, online_start, large, large_online,
                     app_start, app_large, gains, nothing, nothing, np.zeros((2, PROVINCES, SECTORS)),
                     store, store, np.zeros((PROVINCES, NEEDS + 2)),
                     np.zeros((PROVINCES, SECTORS)), own_start, large_mall, np.zeros((PROVINCES, SECTORS)),
                     kiosk_share, store * 0.0, store * 0.0, store, shops.by_market(shops.business).sum(axis=0), nothing,
                     kept.summed(shops.sector, shops.weight * shops.there, SECTORS),
                     run.values.of("merchant.input_share", "sectors"))  # fmt: skip
    shops.sales = shops.sales_online = shops.sales_own = np.zeros(rows)
    accounts.offer(run, shops, market)
    money.move_pulls(run, shops, market)
    return market


def install_first(run: Run, shops: Merchants, j: int) -> F8:
    """Give a technology to merchants by chance, or awareness of it; returns the chances."""
    v = run.values
    can = USERS_OF[j][shops.sector] & (shops.start > 0.0)
    person = v["adoption.capability_weight"] * (shops.capability - 0.5)
    person = person - v["adoption.age_weight_per_decade"] * (run.first_year - shops.owner_birth_year - 50) / 10.0
    wanted = float(v.of("technology.initial_share")[j])
    weight = shops.weight * can

    def excess(c: float) -> float:
        return float(weight @ kept.logistic(c + person) / weight.sum()) - wanted

    chance = kept.logistic(solved(excess) + person) * can if wanted > 0.0 else np.zeros(shops.id.size)
    has = can & (Luck(run.seed, 0).lane("initial_merchant", j, shops.id) < chance)
    knows = can & (Luck(run.seed, 1).lane("initial_merchant", j, shops.id) < v.of("technology.initial_aware_share")[j])
    shops.set_bits(j, has, INSTALLED | ACTIVE)
    shops.set_bits(j, has | knows, AWARE)
    shops.month[INSTALLED_AT, j, has] = 0
    shops.month[ACTIVE_AT, j, has] = 0
    return np.asarray(chance)
