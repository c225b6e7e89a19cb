"""Closing and opening of merchants, and their loans (docs/model.md 3.4.5, 3.4.6)."""

from dataclasses import fields
from typing import Any

import numpy as np

from tests.reference import state as kept
from tests.reference.accounts import Settled, costs_at, interest, rate_now
from tests.reference.draws import B1, F8, I8, Luck, bits_of, top_of
from tests.reference.hours import heads_per_krw
from tests.reference.opening import Month
from tests.reference.state import (
    AWARE,
    CHOSEN,
    INSTALLED,
    INSTALLED_AT,
    NO_PROGRAMME,
    NOBODY,
    NOT_WAITING,
    TECHNOLOGIES,
    USERS_OF,
    VACANT,
    Loan,
    LoanProgress,
    Markets,
    Merchants,
    Run,
    State,
    Values,
)
from tests.reference.support import of_sector

SMALLEST_DEBT = 1e6


def age_class(months: I8) -> I8:
    """0 in the first year of a business, 1 up to its fifth, then 2."""
    return np.where(months <= 12, 0, np.where(months <= 60, 1, 2))


def closing_rate(run: Run, shops: Merchants, constant: F8, income: F8, short: F8, t: int) -> F8:
    """Rate of closing a year, from age, income after interest and the missing part of the buffer."""
    v = run.values
    outside = 12.0 * wage_at_start(run) * run.now("household_income_index", t)
    most = v["exit.highest_log_factor"]
    wish = v["exit.income_weight"] * (1.0 - income / outside) + v["exit.cash_weight"] * short
    hazard = v.of("exit.hazard_per_year", "business_ages")[age_class(t - shops.entered)]
    return np.asarray(hazard * kept.exp(constant[shops.sector] + np.clip(wish, -most, most)))


def wage_at_start(run: Run) -> float:
    """Wage of regular staff in the first month."""
    hours = run.values["merchant.full_time_hours_per_month"] * run.now("minimum_wage_krw_per_hour", 0)
    return float(run.values.of("merchant.wage_premium", "contracts")[0] * hours)


def missing(cash: F8, target: F8) -> F8:
    """Missing part of the buffer."""
    held = np.where(target > 0.0, cash / np.where(target > 0.0, target, 1.0), 1.0)
    return np.clip(1.0 - held, 0.0, 1.0)


def lends(luck: Luck, shops: Merchants, v: Values, rate: F8, cover: float, among: B1) -> B1:
    """Whether a loan pays for the bank."""
    risk = (1.0 - np.exp(-rate)) * v["loan.lost_share"] * (1.0 - cover) + v["loan.cost_per_year"]
    spread = np.full(rate.size, v["loan.spread_per_year"])
    return among & ~luck.below(("bank", 0), shops.id, spread, risk, among)


def pay_out(shops: Merchants, rows: B1, amount: F8, rate: float, cover: float) -> None:
    """A loan grows cash and debt; its rate and cover are blended with those of older debt."""
    whole = np.where(rows, shops.debt + amount, 1.0)
    shops.debt_rate = np.where(rows, (shops.debt * shops.debt_rate + amount * rate) / whole, shops.debt_rate)
    shops.debt_cover = np.where(rows, (shops.debt * shops.debt_cover + amount * cover) / whole, shops.debt_cover)
    shops.debt = shops.debt + np.where(rows, amount, 0.0)
    shops.cash = shops.cash + np.where(rows, amount, 0.0)


def find_money(month: Month, markets: Markets, books: Settled, loans: list[LoanProgress], shift: float) -> None:
    """Who is short asks a loan lever, or the bank; owners fill what is below zero."""
    shops, run, v = month.merchants, month.run, month.run.values
    target = books.buffer
    short = month.luck.below(("short", 0), shops.id, shops.cash, v["loan.floor_share"] * target, shops.there)
    lender = np.full(shops.id.size, NO_PROGRAMME)
    for k, (terms, running) in reversed(list(enumerate(zip(run.loans, loans, strict=True)))):
        if running.is_open:
            lender[terms.target.holds(shops, month.year)] = k
    most = np.append([float(terms.settings["loan_max_krw"]) for terms in run.loans], 0.0)
    left = np.append([running.left for running in loans], 0.0)
    asked = np.where(lender == NO_PROGRAMME, len(loans), lender)
    lender[shops.weight * np.minimum(target - shops.cash, most[asked]) > left[asked]] = NO_PROGRAMME
    hears = np.append([running.hears for running in loans], 0.0)[np.where(lender == NO_PROGRAMME, len(loans), lender)]
    draw = top_of(bits_of(month.luck.seed, "merchant_loan", month.luck.month, shops.id))
    asks = month.luck.below(("loan", 0), shops.id, draw, hears, short & (lender != NO_PROGRAMME))
    shops.lender[asks] = lender[asks]
    amount, market = target - shops.cash, kept.single(v["loan.rate_per_year"])
    income = shops.income_year - interest(shops, shift) - amount * rate_now(market, shift)
    rate = closing_rate(run, shops, markets.exit_constant, income, missing(shops.cash, target), month.t)
    borrows = lends(month.luck, shops, v, rate, 0.0, short & ~asks)
    books.loans[borrows] += amount[borrows]
    pay_out(shops, borrows, amount, market, 0.0)
    books.put_in += np.maximum(0.0, -shops.cash)
    shops.cash = np.maximum(0.0, shops.cash)


def decide_loans(run: Run, state: State, t: int, luck: Luck) -> None:
    """Grant last month's applications by lot, lever by lever."""
    shops = state.merchants
    lot = bits_of(luck.seed, "loan_lottery", luck.month, shops.id) >> np.uint64(1)
    for k, (terms, running) in enumerate(zip(run.loans, state.loans, strict=True)):
        running.lent = running.covered = running.fees = 0.0
        budget = terms.budget(luck.month)
        for row in sorted(np.flatnonzero(shops.lender == k), key=lambda row: int(lot[row])):
            shops.lender[row] = NO_PROGRAMME
            grant(run, state, terms, running, budget - running.granted, int(row), t, luck)
        running.is_open, running.left = budget > 0.0 and running.granted < budget, budget - running.granted
        money = float(terms.settings["awareness_campaign_krw_per_month"]) * running.is_open
        felt = run.values["adoption.campaign_weight"] * np.log(1.0 + money / state.markets.there.sum())
        known = run.values["loan.programme_known_share"]
        running.hears, running.campaign = known + (1.0 - known) * (1.0 - np.exp(-felt)), money


def grant(
    run: Run, state: State, terms: Loan, running: LoanProgress, left: float, row: int, t: int, luck: Luck
) -> None:
    """Lend one applicant what its buffer misses, if it pays for the bank and the budget holds it."""
    shops, v = state.merchants, run.values
    target = v["merchant.cash_buffer_months"] * costs_at(
        run, shops, state.markets.input_cost, shops.sales_year / 12.0, t
    )
    amount = np.minimum(target - shops.cash, terms.settings["loan_max_krw"])
    if amount[row] <= 0.0 or shops.weight[row] * amount[row] > left:
        return
    price, cover = kept.single(terms.settings["rate_per_year"]), terms.settings["guarantee_cover"]
    shift = state.work.loan_shift
    income = shops.income_year - interest(shops, shift) - amount * rate_now(price, shift)
    rate = closing_rate(run, shops, state.markets.exit_constant, income, missing(shops.cash, target), t)
    only = np.arange(shops.id.size) == row
    if not lends(luck, shops, v, rate, cover, only)[row]:
        return
    pay_out(shops, only, amount, price, cover)
    fee = min(terms.settings["guarantee_fee"] * cover * amount[row], amount[row])
    shops.cash[row] -= fee
    running.granted += shops.weight[row] * amount[row]
    running.lent += shops.weight[row] * amount[row]
    running.covered += shops.weight[row] * amount[row] * cover
    running.fees += shops.weight[row] * fee


def close(month: Month, markets: Markets, books: Settled, shift: float) -> None:
    """Merchants close at the rate of their age, income and cash; debts are settled and the row falls vacant."""
    shops, lost_share = month.merchants, month.run.values["loan.lost_share"]
    income = shops.income_year - interest(shops, shift)
    short = missing(shops.cash, books.buffer)
    rate = closing_rate(month.run, shops, markets.exit_constant, income, short, month.t)
    draw = top_of(bits_of(month.luck.seed, "merchant_exit", month.luck.month, shops.id))
    leaves = month.luck.below(("exit", 0), shops.id, draw, 1.0 - np.exp(-rate / 12.0), shops.there)
    from_cash = np.minimum(shops.cash, shops.debt)
    lost = lost_share * (shops.debt - from_cash)
    books.drawn += leaves * (shops.cash - from_cash)
    books.put_in += leaves * (shops.debt - from_cash - lost)
    books.repaid += leaves * (shops.debt - lost)
    books.lost += leaves * lost
    books.claims += leaves * lost * shops.debt_cover
    books.closed = leaves
    for j in range(TECHNOLOGIES):
        for q in range(len(month.announced)):
            chosen = leaves & (shops.waiting[j] == CHOSEN) & (shops.programme[j] == q)
            month.gave_up[q] += shops.total(chosen)
            month.released[q] += shops.total(chosen * subsidy_of(month, q))
    vacate(shops, leaves)


def subsidy_of(month: Month, q: int) -> F8:
    """What a programme promised each row for its device, KRW."""
    return np.asarray(of_sector(month, np.full(month.merchants.id.size, q), "subsidy"))


def vacate(shops: Merchants, rows: B1) -> None:
    """Rows of nobody: only weight and place are left."""
    stays = {"weight", "province", "kind", "sector", "cell"}
    empty: dict[str, Any] = {"id": NOBODY, "entered": VACANT, "programme": NO_PROGRAMME, "lender": NO_PROGRAMME,
                             "month": -1, "revised": -1, "waiting": NOT_WAITING}  # fmt: skip
    for field in fields(Merchants):
        if field.name not in stays:
            getattr(shops, field.name)[..., rows] = empty.get(field.name, 0)


def births_expected(v: Values, t: int) -> F8:
    """Births expected a founder in month t by sector: what the hazards take from the age structure, and growth."""
    hazards, growth = v.of("exit.hazard_per_year", "business_ages"), v.of("entry.growth_per_year", "sectors")
    hazard = np.where(np.arange(61) < 12, hazards[0], np.where(np.arange(61) < 60, hazards[1], hazards[2])) / 12.0
    survive = np.exp(-hazard)
    reached = np.concatenate([[1.0], np.cumprod(survive[:60])])
    there = reached * (1.0 - survive) / hazard / 12.0
    there[60] = reached[60] / hazards[2]
    there = np.repeat((there / there.sum())[:, None], growth.size, axis=1)
    for month in range(t + 1):
        grows = growth / 12.0 if month < 12.0 * v["entry.growth_years"] else 0.0
        born = ((1.0 - survive) @ there) + grows * there.sum(axis=0)
        left = there * survive[:, None]
        there = np.concatenate([born[None, :], left[:59], left[59:].sum(axis=0)[None, :]])
    return np.asarray(born)


def response(v: Values, markets: Markets) -> F8:
    """Births by owners' income over its first value, by market."""
    change = kept.ratio(markets.owner_income, markets.owner_income_start, 1.0) - 1.0
    factor = np.clip(1.0 + v["entry.income_elasticity"] * change, 0.5, 1.5)
    return np.where(markets.owner_income_start > 0.0, factor, 1.0)


def open_shops(month: Month, state: State, books: Settled, responded: F8) -> None:
    """Entrants of every cell: as many as expected so far, where there is room."""
    shops, cells, luck = month.merchants, state.cells, month.luck
    first = np.searchsorted(shops.cell, np.arange(cells.number.size))
    place = shops.province[first], shops.sector[first]
    expected = births_expected(month.run.values, month.t)[place[1]] * responded[place]
    cells.expected = cells.expected + cells.founders * expected
    lasting = top_of(bits_of(luck.seed, "cell_births", 0, cells.number))
    due = luck.whole(("births", 0), cells.number, cells.expected + lasting) - cells.births
    for cell in np.flatnonzero(due > 0):
        rows = np.flatnonzero((shops.cell == cell) & ~shops.there)[: int(due[cell])]
        for row in rows:
            entrant = bits_of(0, "entrant_id", 0, cells.number[cell : cell + 1] * 2**24 + cells.births[cell])
            shops.id[row] = entrant.astype(np.int64)[0]
            open_one(month, state.markets, books, int(row))
            equip(month, int(row))
            cells.births[cell] += 1
        due[cell] -= rows.size
    books.waiting = shops.weight[first] * np.maximum(due, 0)


def open_one(month: Month, markets: Markets, books: Settled, row: int) -> None:
    """Set what an entrant is from its keyed draws, and fund it."""
    shops, v, run = month.merchants, month.run.values, month.run
    luck, only = Luck(month.luck.seed, 0), shops.id[row : row + 1]
    size, able, helped, staffed, aged, borrows = (float(luck.lane("merchant_entry", n, only)[0]) for n in range(6))
    sector, market = shops.sector[row], (shops.province[row], shops.sector[row])
    mean = v.of("merchant.sales_mean_krw_per_year", "sectors")[sector]
    relative = entrant_sizes(v, mean)[int(size * 1024)]
    yearly = relative * mean * markets.scale[market]
    share = v.of("merchant.business_sales_share", "sectors")[sector]
    index, half = run.now("household_income_index", month.t), v["merchant.capability_half_range"]
    shops.start[row] = shops.base[row] = yearly * (1.0 - share) / 12.0
    shops.business[row] = shops.base_business[row] = yearly * share / 12.0
    shops.sales_year[row] = yearly * index
    shops.spread[row] = v["quality.shock_spread"] * np.clip(
        max(relative, 1e-3) ** -v["quality.spread_size_exponent"], 0.5, 2.0
    )
    shops.capability[row] = 0.5 - half + 2.0 * half * able
    shops.staff_rank[row], shops.mix_rank[row] = staffed, (89.0 * staffed + 55.0 * helped) % 1.0
    shops.family[row] = helped < v["merchant.family_share"]
    shops.owner_birth_year[row] = month.year - owner_age(run, aged)
    shops.entered[row] = shops.revised[row] = month.t
    wish = shops.sales_year[row] * heads_per_krw(month)[row] - v["merchant.owner_absorbs_heads"]
    paid = month.luck.whole(("heads", 1), only, np.array([max(wish, 0.0) + staffed]))[0]
    mixed = month.luck.whole(("mix", 1), only, np.array([v["merchant.temporary_share"] * paid + shops.mix_rank[row]]))[
        0
    ]
    shops.temporary[row] = min(mixed, paid)
    shops.regular[row] = paid - shops.temporary[row]
    fund(month, books, row, relative, borrows)


def fund(month: Month, books: Settled, row: int, relative: float, draw: float) -> None:
    """Own money and, for some, a loan; what is not spent on the start is the first cash."""
    shops, v, run = month.merchants, month.run.values, month.run
    index = run.now("household_income_index", month.t)
    inputs = v.of("merchant.input_share", "sectors")
    costs = costs_at(run, shops, inputs, (shops.start + shops.business) * index, month.t)[row]
    shops.income_year[row] = 12.0 * ((shops.start[row] + shops.business[row]) * index - costs)
    cash = v["merchant.cash_buffer_months"] * costs
    outlay = v["entry.start_up_cost_krw"] * relative * index
    funds = max(outlay, cash)
    borrows = draw < v["loan.debtors_share"]
    share = (1.0 - v["entry.own_money_share"]) / v["loan.debtors_share"]
    loan = min(share * outlay, funds) * borrows
    shops.cash[row], shops.debt[row] = cash, loan
    shops.debt_rate[row] = kept.single(v["loan.rate_per_year"]) * borrows
    books.loans[row] += loan
    books.start_up[row] += funds - cash
    books.put_in[row] += funds - loan
    books.opened[row] = True


def equip(month: Month, row: int) -> None:
    """First technologies of an entrant: as often as its cell has and knows them."""
    shops, only = month.merchants, month.merchants.id[row : row + 1]
    cell = (shops.cell == shops.cell[row]) & shops.there
    cell[row] = False
    for j in range(TECHNOLOGIES):
        if not USERS_OF[j][shops.sector[row]] or not cell.any():
            continue
        has = month.run.values["entry.digital_ratio"] * shops.has(j, INSTALLED)[cell].mean()
        starts = Luck(month.luck.seed, 0).lane("initial_merchant", j, only)[0] < has
        knows = Luck(month.luck.seed, 1).lane("initial_merchant", j, only)[0] < shops.has(j, AWARE)[cell].mean()
        if starts:
            shops.stage[j, row] |= INSTALLED
            shops.month[INSTALLED_AT, j, row] = month.t
        if starts or knows:
            shops.stage[j, row] |= AWARE


def entrant_sizes(v: Values, mean: float) -> F8:
    """Yearly sales of entrants at 1,024 even ranks, over the sector's mean."""
    shape = kept.size_of_rank(v, (np.arange(1024) + 0.5) / 1024, mean)
    return np.asarray(v["entry.size_ratio"] * shape / shape.mean())


def owner_age(run: Run, draw: float) -> int:
    """Owner's age at a rank of the published distribution, by 256 even ranks."""
    rank = (int(draw * 256) + 0.5) / 256
    return int(np.interp(rank, run.owner_ages[0], run.owner_ages[1]))


def first_age(v: Values, rank: F8) -> I8:
    """Age in whole months at a rank of the stationary age structure."""
    h = v.of("exit.hazard_per_year", "business_ages")
    alive = np.array([1.0, np.exp(-h[0]), np.exp(-h[0] - 4.0 * h[1])])
    upto = np.cumsum((alive - np.append(alive[1:], 0.0)) / h)
    mass = rank * upto[2]
    place = np.sum(mass[:, None] >= upto[:2], axis=1)
    within = mass - np.append(0.0, upto)[place]
    years = np.array([0.0, 1.0, 5.0])[place] - np.log(1.0 - within * h[place] / alive[place]) / h[place]
    return np.asarray(np.floor(12.0 * np.minimum(years, 60.0)), dtype=np.int64)


def start_debts(v: Values, shops: Merchants, rank: F8) -> None:
    """Debts in proportion to sales for a share of merchants, at the mean of the register."""
    owes = (rank < v["loan.debtors_share"]) & (shops.sales_year > 0.0)
    mean = shops.total(owes * shops.sales_year) / shops.total(owes * 1.0)
    shops.debt = np.asarray(owes * shops.sales_year * v["loan.mean_debt_krw"] / mean, dtype=np.float64)
    shops.debt_rate = np.asarray(owes * kept.single(v["loan.rate_per_year"]), dtype=np.float64)
    shops.debt_cover = np.zeros(owes.size)


def exit_constants(run: Run, shops: Merchants) -> F8:
    """By sector, what makes the first weighted hazard that of ages alone."""
    flat = np.zeros(6)
    income = shops.income_year - shops.debt * shops.debt_rate
    moved = closing_rate(run, shops, flat, income, np.zeros(income.size), 0)
    base = run.values.of("exit.hazard_per_year", "business_ages")[age_class(-shops.entered)]
    weight = shops.weight * shops.there
    with np.errstate(divide="ignore", invalid="ignore"):
        constant = np.log(kept.summed(shops.sector, weight * base, 6) / kept.summed(shops.sector, weight * moved, 6))
    return np.nan_to_num(constant)
