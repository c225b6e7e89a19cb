"""A month of the people: budgets, choice, habit, skill, users, accounts and instruments (docs/model.md 3.4.1-3.4.3)."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from tests.reference import state as kept
from tests.reference.draws import B1, F8, I8, Luck
from tests.reference.platforms import FIRST, GOODS_MARKET, MEALS_APP, Terms
from tests.reference.state import (
    ACCOUNT_SETS,
    APP_ACCOUNT,
    GOODS,
    MALL_ACCOUNT,
    MEALS,
    MOBILITY,
    NEEDS,
    ONLINE,
    OPEN_MARKET_ACCOUNT,
    PROVINCES,
    PUBLIC_ACCOUNT,
    RIVAL_APP_ACCOUNT,
    RIVAL_MARKET_ACCOUNT,
    SERVED,
    SHOPS,
    Markets,
    People,
    Run,
    Values,
)

NO_ACCOUNT_UTILITY = -60.0
NO_GAIN = (-1.0, -2.0, -3.0)
"""Below any gain of opening an account, by service for goods: the account is held already; never alike."""


def unit_budgets(people: People, v: Values) -> F8:
    """Spending of each person over the average at the start, by income rank and age band."""
    steps = np.exp(v["household.spending_log_sd"] * ndtri((np.arange(1024) + 0.5) / 1024))
    by_band = np.append(v.of("household.age_spending_ratio", "age_bands"), 0.0)
    return np.asarray((steps / steps.mean())[people.income_rank // 64] * by_band[people.band])


def skill_bounds(v: Values) -> tuple[F8, F8]:
    """Lowest and highest starting skill by age band."""
    mean, half = v.of("skill.mean", "age_bands"), v["skill.half_range"]
    return np.maximum(0.02, mean - half), np.minimum(0.98, mean + half)


def age_bands(people: People, year: int) -> None:
    age = year - people.birth_year
    here = (people.entry_year <= year) & (year < people.exit_year) & (age >= 20)
    people.band = np.where(here, np.clip(age // 10 - 2, 0, 5), kept.ABSENT)


def budget_scale(run: Run, markets: Markets, other_income: float, t: int) -> F8:
    """Factor on budgets by province: the index, and after the first month local incomes over it."""
    index = run.now("household_income_index", t)
    if t == 0:
        return np.full(PROVINCES, index)
    simulated = markets.income_start / (markets.income_start + other_income)
    gap = markets.income / (markets.income_start * index) - 1.0
    return index * (1.0 + run.values["household.income_feedback"] * simulated * gap)


@dataclass
class Utilities:
    """Utilities of a month: market, mall and rival market by need, the first app by province and odds against it of
    (first, rival, public app; province), booking, face by (province, need, other); whether a rival market is open.
    """

    market: F8
    mall: F8 | float
    rival: F8
    app: F8
    odds: F8
    has_rival: bool
    booking: float
    face: F8


def grown(v: Values, service: str, t: int) -> float:
    """What a service's quality has gained by month t: a trend that fades."""
    fade = v[f"{service}.quality_trend_fading_years"]
    return float(v[f"{service}.quality_trend_per_year"] * fade * (1.0 - np.exp(-t / 12.0 / fade)))


def utilities(run: Run, markets: Markets, mall: float, terms: Terms, t: int) -> Utilities:
    """Utilities of both online services and of shops, without the needs' constants."""
    v, goods = run.values, slice(0, GOODS)
    quality, app_quality = grown(v, "consumer", t), grown(v, "delivery_app", t)
    large, online_large = markets.large[:, SHOPS], markets.large_online[goods]
    online = kept.ratio(markets.online[goods] + online_large, markets.online_start[goods] + online_large, 1.0)
    restaurants = kept.ratio(markets.app + markets.app_large, markets.app_start + markets.app_large, 1.0)
    shops = np.ones((PROVINCES, NEEDS + 1))
    shops[:, SERVED] = kept.ratio(markets.store[:, SHOPS] + large, markets.store_start[:, SHOPS] + large, 1.0)
    large_mall = markets.large_mall[goods]
    own, own_start = markets.own[:, goods].sum(axis=0), markets.own_start[goods]
    malls = kept.ratio(own + large_mall, own_start + large_mall, 1.0)
    exponent = v["consumer.network_exponent"]
    dear = v["consumer.price_weight"] * np.log(terms.service[FIRST])
    market = exponent * np.log((1.0 + online) / 2.0) + quality + dear[0, goods]
    app = exponent * np.log((1.0 + restaurants) / 2.0) + app_quality
    app = app + dear[:, MEALS]
    closed, has_rival = np.full(GOODS, NO_ACCOUNT_UTILITY), terms.has_rival(GOODS_MARKET)
    nest = v["consumer.nest_dissimilarity"]
    rival = market + nest * np.log(terms.odds[0, goods]) if has_rival else closed
    first = np.full(PROVINCES, float(terms.open[MEALS_APP]))
    odds = np.array([first, terms.odds[:, MEALS] * terms.has_rival(MEALS_APP), terms.public_odds])
    return Utilities(
        market if terms.open[GOODS_MARKET] == 1 else closed,
        mall + exponent * np.log((1.0 + malls) / 2.0) + quality,
        rival,
        app,
        odds,
        has_rival,
        quality,
        exponent * np.log((1.0 + shops) / 2.0) - measures(run, "stringency_weight", t),
    )


def measures(run: Run, weight: str, t: int) -> F8:
    """What measures take by need and other spending, as far as the pandemic acts through them."""
    felt = run.values["consumer.pandemic_channel"] * run.now("stringency_index", t)
    return np.asarray(felt * run.values.of(f"consumer.{weight}", "needs_and_other"))


def risk(run: Run, weight: str, t: int) -> F8:
    """What contact risk takes by need and other spending, as far as the pandemic acts through aversion."""
    felt = (1.0 - run.values["consumer.pandemic_channel"]) * run.now("contact_risk_index", t)
    return np.asarray(felt * run.values.of(f"consumer.{weight}", "needs_and_other"))


def worth(run: Run, people: People, choice: "Choice", face: F8, t: int) -> F8:
    """What needs, other spending and saving are worth, by (province, what a budget is split among)."""
    budget = kept.summed(people.province, choice.unit, PROVINCES)
    aversion = kept.summed(people.province, choice.unit * people.aversion, PROVINCES) / budget
    lost = risk(run, "need_aversion_weight", t) + measures(run, "need_stringency_weight", t)
    lost[MOBILITY] += run.values["consumer.closed_borders_weight"] * run.now("stringency_index", t)
    table = np.zeros((PROVINCES, NEEDS + 2))
    table[:, : NEEDS + 1] = face - np.outer(aversion, risk(run, "contact_aversion_weight", t)) - lost
    for k in range(ONLINE):
        gained = -choice.unit * np.log(np.maximum(1.0 - choice.share[k], 1e-7))
        table[:, k] += kept.summed(people.province, gained, PROVINCES) / budget
    channel = run.values["consumer.pandemic_channel"]
    table[:, NEEDS + 1] = (1.0 - channel) * run.now("contact_risk_index", t) + channel * run.now("stringency_index", t)
    return table


def shifts(run: Run, markets: Markets, constants: kept.Constants, now: F8, mobility: F8) -> F8:
    """Shares of a budget over the start's, by (province, needs, other spending, saving); mobility: left of it."""
    pull = np.exp(run.values.of("need.spending_elasticity", "budget") * (now - markets.worth_start))
    pull[:, MOBILITY] *= mobility
    spent = np.append(constants.spending, constants.other_spending)
    saved = run.values["household.saving_rate"]
    start = np.append((1.0 - saved) * spent / spent.sum(), saved)
    return np.asarray(pull / (pull @ start)[:, None])


def for_goods(u: Utilities, accounts: int) -> list[F8 | float]:
    """Utilities of the services for goods that an account set reaches."""
    services = ((OPEN_MARKET_ACCOUNT, u.market), (MALL_ACCOUNT, u.mall), (RIVAL_MARKET_ACCOUNT, u.rival))
    return [value for bit, value in services if accounts & bit and (bit != RIVAL_MARKET_ACCOUNT or u.has_rival)]


def odds_of_apps(u: Utilities, accounts: int) -> F8:
    """Odds against the first app, by (app, province), of those that an account set reaches; 0 for the others."""
    held = [accounts & bit > 0 for bit in (APP_ACCOUNT, RIVAL_APP_ACCOUNT, PUBLIC_ACCOUNT)]
    return np.asarray(u.odds * np.array(held)[:, None])


def contactless(u: Utilities, needs: F8, nest: float, nest_of_apps: float, gate: F8) -> F8:
    """Utility of contactless over face to face by (account set, province, online need): log-sums of what is reached.

    gate: of e-commerce.
    """
    table = np.full((ACCOUNT_SETS, PROVINCES, ONLINE), NO_ACCOUNT_UTILITY)
    for accounts in range(ACCOUNT_SETS):
        services, apps = for_goods(u, accounts), odds_of_apps(u, accounts).sum(axis=0)
        if services:
            both = nest * np.log(sum(np.exp(value / nest) for value in services))
            table[accounts, :, :GOODS] = both + needs[:GOODS] - u.face[:, :GOODS] + gate[:, None]
            table[accounts, :, MOBILITY] = u.booking + needs[MOBILITY] - u.face[:, MOBILITY]
        value = u.app + nest_of_apps * np.log(np.where(apps > 0.0, apps, 1.0)) + needs[MEALS] - u.face[:, MEALS] + gate
        table[accounts, :, MEALS] = np.where(apps > 0.0, value, NO_ACCOUNT_UTILITY)
    return table


def own_utility(people: People, run: Run, mean_skill: float, t: int) -> F8:
    """What skill, habit and aversion add, by (online need, person)."""
    v = run.values
    shunned = risk(run, "contact_aversion_weight", t)[:ONLINE]
    skill = v["consumer.skill_weight"] * (people.skill - mean_skill)
    habit = v["consumer.habit_weight"] * (2.0 * people.habit - 1.0)
    return skill + habit + shunned[:, None] * people.aversion


@dataclass
class Choice:
    """What people chose: shares by (online need, person), users of all but mobility, the utilities behind them."""

    share: F8
    users: B1
    table: F8
    own: F8
    unit: F8


def of_set(table: F8, people: People, accounts: I8) -> F8:
    """Utilities of the account set of each person, (online need, person)."""
    return np.asarray(table[accounts, people.province].T)


def choose(run: Run, people: People, table: F8, mean_skill: float, t: int, luck: Luck) -> Choice:
    """Share of each need spent online, and who has at least one online occasion."""
    own = own_utility(people, run, mean_skill, t)
    share = kept.logistic(of_set(table, people, people.accounts) + own)
    occasions = run.values.of("need.occasions_per_month", "online_needs")[:, None]
    chance = 1.0 - kept.exp(occasions * np.log(np.maximum(1.0 - share, 1e-7)))
    everyone = np.ones(people.id.size, dtype=bool)
    draws = [("consumer_users", k) for k in range(GOODS)] + [("consumer_meals", 0)]
    users = [
        everyone & ~luck.below(draw, people.id, luck.lane(*draw, people.id), 1.0 - chance[k], everyone)
        for k, draw in enumerate(draws)
    ]
    return Choice(share, np.array(users), table, own, unit_budgets(people, run.values))


def learn(people: People, share: F8, taught: F8, v: Values) -> None:
    """Habit follows the share; skill grows with it, and public services, towards the ceiling of the age band."""
    people.habit = people.habit + v["consumer.habit_update_per_month"] * (share - people.habit)
    top = np.minimum(1.0, skill_bounds(v)[1] + v["consumer.skill_ceiling_gap"])
    room = np.maximum(0.0, np.append(top, 0.0)[people.band] - people.skill)
    people.skill = people.skill + v["consumer.skill_gain_per_month"] * (share.mean(axis=0) + taught) * room


def surplus(choice: Choice, people: People, accounts: I8, v: Values) -> F8:
    """Expected monthly surplus of an account set, summed over the online needs."""
    share = kept.logistic(of_set(choice.table, people, accounts) + choice.own)
    occasions = v.of("need.occasions_per_month", "online_needs")[:, None]
    return np.asarray(-np.sum(occasions * np.log(np.maximum(1.0 - share, 1e-7)), axis=0))


def open_accounts(people: People, choice: Choice, u: Utilities, v: Values, revising: B1, luck: Luck) -> None:
    """Open, as often as there are services for goods, the one with the largest gain where it beats the cost; equal
    gains: the first of market, mall, rival market.
    """
    bits = [OPEN_MARKET_ACCOUNT, MALL_ACCOUNT, *([RIVAL_MARKET_ACCOUNT] if u.has_rival else [])]
    rows = np.arange(people.id.size)
    for turn in range(len(bits)):
        now = surplus(choice, people, people.accounts, v)
        cost = v["consumer.account_cost"] * (1.0 - people.skill)
        gains = np.array(
            [
                np.where(people.accounts & bit, none, surplus(choice, people, people.accounts | bit, v) - now)
                for bit, none in zip(bits, NO_GAIN, strict=False)
            ]
        )
        order = np.argsort(-gains, axis=0, kind="stable")
        best, next_best = gains[order[0], rows], gains[order[1], rows]
        swapped = luck.below(("account_rank", turn), people.id, best, next_best, revising)
        chosen = np.where(swapped, order[1], order[0])
        opened = luck.below(("account_gain", turn), people.id, cost, gains[chosen, rows], revising)
        people.accounts = np.where(opened, people.accounts | np.array(bits)[chosen], people.accounts)


def apps_of(accounts: I8) -> I8:
    """Set of apps of an account set: 1 the first, 2 its rival, 4 the public one."""
    first, rival, public = (accounts & bit != 0 for bit in (APP_ACCOUNT, RIVAL_APP_ACCOUNT, PUBLIC_ACCOUNT))
    return np.asarray(first.astype(np.int64) | rival.astype(np.int64) << 1 | public.astype(np.int64) << 2)


def next_app(u: Utilities) -> I8:
    """Account that adds most to a set of apps by (set, province), 0 if none adds: that of the largest odds."""
    bits, table = np.array([APP_ACCOUNT, RIVAL_APP_ACCOUNT, PUBLIC_ACCOUNT]), np.zeros((8, PROVINCES), dtype=np.int64)
    for held in range(8):
        lacking = np.array([held >> app & 1 == 0 for app in range(3)])
        odds = u.odds * lacking[:, None]
        table[held] = np.where(odds.max(axis=0) > 0.0, bits[odds.argmax(axis=0)], 0)
    return table


def open_app(people: People, choice: Choice, u: Utilities, v: Values, revising: B1, luck: Luck) -> None:
    """Open an account with the app that adds most where it beats its cost: one cost for the first, another for more."""
    held = apps_of(people.accounts)
    more = next_app(u)[held, people.province]
    now = surplus(choice, people, people.accounts, v)
    gain = surplus(choice, people, people.accounts | more, v) - now
    cost = np.where(held == 0, v["delivery_app.account_cost"], v["delivery_app.second_account_cost"])
    opened = luck.below(("app_gain", 0), people.id, cost * (1.0 - people.skill), gain, revising & (more > 0))
    people.accounts = np.where(opened, people.accounts | more, people.accounts)


def holding_utility(run: Run, markets: Markets, t: int) -> F8:
    """Utility of holding each instrument by (province, instrument), before skill."""
    v = run.values
    sellers = (markets.store + markets.large).sum(axis=1)
    emulated = v["till.card_emulation_share"]
    terminals = (markets.store_terminal + markets.large).sum(axis=1) / sellers
    cards = emulated + (1.0 - emulated) * terminals
    accepted = np.stack([cards, np.ones(PROVINCES), markets.store_qr.sum(axis=1) / sellers], axis=1)
    utility = (
        v.of("instrument.hold_constant", "instruments")
        + v.of("instrument.acceptance_weight", "instruments") * accepted
        + v.of("instrument.trend_per_year", "instruments") * t / 12.0
        + v.of("instrument.reward_weight", "instruments") * run.now("public_qr_reward_share", t)
    )
    return np.where(accepted == 0.0, NO_ACCOUNT_UTILITY, utility)


def revise_instruments(people: People, holding: F8, v: Values, mean_skill: float, revising: B1, luck: Luck) -> None:
    """Hold an instrument if the person's threshold for life lies below the chance."""
    weights = v.of("instrument.skill_weight", "instruments")
    for n in range(kept.INSTRUMENTS):
        chance = kept.logistic(holding[people.province, n] + weights[n] * (people.skill - mean_skill))
        held = luck.happens("consumer_instruments", n, people.id, chance, revising)
        people.instruments = np.where(revising, people.instruments & ~(1 << n), people.instruments) | (held << n)


def fall_dormant(people: People, v: Values, luck: Luck) -> None:
    """Drop accounts that fall asleep, each by its own draw."""
    hazard = v["consumer.dormancy_monthly_hazard"]
    services = (
        ("consumer_revision", 1, OPEN_MARKET_ACCOUNT | RIVAL_MARKET_ACCOUNT),
        ("consumer_revision", 2, MALL_ACCOUNT),
        ("consumer_meals", 1, APP_ACCOUNT | RIVAL_APP_ACCOUNT | PUBLIC_ACCOUNT),
    )
    for purpose, lane, bit in services:
        sleeps = luck.happens(purpose, lane, people.id, hazard, people.present)
        people.accounts = np.where(sleeps, people.accounts & ~bit, people.accounts)


def revise(run: Run, people: People, choice: Choice, u: Utilities, holding: F8, mean_skill: float, luck: Luck) -> None:
    """Accounts and instruments of those who revise this month, then dormancy."""
    v = run.values
    chance = 1.0 / v["consumer.revision_mean_months"]
    revising = luck.happens("consumer_revision", 0, people.id, chance, people.present)
    open_accounts(people, choice, u, v, revising, luck)
    open_app(people, choice, u, v, revising, luck)
    for_life = Luck(luck.seed, 0, luck.flips, luck.doubtful)
    revise_instruments(people, holding, v, mean_skill, revising, for_life)
    fall_dormant(people, v, luck)
