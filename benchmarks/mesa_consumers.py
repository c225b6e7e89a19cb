"""People as plain Mesa agents, one Python object each: the model's month in its order of events."""

import math
from collections.abc import Mapping
from typing import Any

import mesa

from benchmarks.interpreted import exp, interpreted, logistic
from model.agents.consumers.columns import ABSENT, APP, C_ADULTS, C_HOLDERS, C_USERS, GOODS_SETS, INSTRUMENT_SETS
from model.codes import (
    GOODS_NEEDS,
    GOODS_SERVICES,
    INSTRUMENTS,
    MEALS,
    MOBILITY,
    NEEDS_WITH_USERS,
    ONLINE_NEEDS,
    ONLINE_SERVICES,
)
from model.rules import choice, payment

habit_next, skill_next = interpreted(choice.habit_next), interpreted(choice.skill_next)
person_utility, no_occasion_log = interpreted(choice.person_utility), interpreted(choice.no_occasion_log)
opens_account = interpreted(choice.opens_account)
holding_probability = interpreted(payment.holding_probability)


class Consumer(mesa.Agent):
    """A person aged 20 and over: chooses, learns, forms habits, revises accounts and instruments, saves.

    Its attributes are the engine's columns of people, its aversion to contact and its lifelong luck with
    instruments.
    """

    skill: float

    def __init__(self, model: Any, traits: Mapping[str, Any]) -> None:
        super().__init__(model)
        self.__dict__.update(traits)

    def grow_older(self) -> None:
        age = self.model.year - self.birth_year
        here = self.entry_year <= self.model.year < self.exit_year
        self.age_band = min(max(age // 10 - 2, 0), ABSENT - 1) if here and age >= 20 else ABSENT

    def step(self) -> None:
        rules, tables = self.model.consumer_rules, self.model.consumer_tables
        budget = self._budget()
        personal, online, uses = [], [], []
        use = surplus = 0.0
        for need in range(ONLINE_NEEDS):
            own = person_utility(
                rules.skill_weight, self.skill - rules.skill_mean, rules.habit_weight, self.habit[need]
            )
            own += tables.aversion[need] * self.aversion
            share = logistic(self._utility(need, self.accounts) + own)
            self.habit[need] = habit_next(self.habit[need], share, rules.habit_update)
            none = no_occasion_log(share, tables.occasions[need])
            use += share / ONLINE_NEEDS
            surplus -= none if need != MEALS else 0.0
            self.model.consumer_sums.surplus[self.province][need] -= budget * none / tables.occasions[need]
            personal.append(own)
            online.append(budget * share)
            if need < NEEDS_WITH_USERS:
                uses.append(self.random.random() >= exp(none))
        self.model.consumer_sums.aversion[self.province] += budget * self.aversion
        self._be_counted(budget, online, uses)
        self.skill = skill_next(self.skill, use, rules.skill_gain, tables.skill_ceiling[self.age_band])
        if self.age_band != ABSENT:
            self._revise(personal, surplus)

    def _utility(self, need: int, accounts: int) -> float:
        tables = self.model.consumer_tables
        if need == MEALS:
            return float(tables.app_utility[self.province] if accounts & APP else choice.CLOSED_UTILITY)
        if need == MOBILITY:
            return float(tables.booking_utility if accounts % GOODS_SETS else choice.CLOSED_UTILITY)
        return float(tables.utility[(self.province * GOODS_SETS + accounts % GOODS_SETS) * GOODS_NEEDS + need])

    def _budget(self) -> float:
        tables = self.model.consumer_tables
        return float(tables.budget_of_rank[self.income_rank >> 6] * tables.budget_of_band[self.age_band])

    def _be_counted(self, budget: float, online: list[float], uses: list[bool]) -> None:
        sums, band, province = self.model.consumer_sums, self.age_band, self.province
        cell = (province * GOODS_SETS + self.accounts % GOODS_SETS) * INSTRUMENT_SETS + self.instruments
        for column, spent in enumerate([budget, *online]):
            sums.spending[cell][column] += spent
        if band == ABSENT:
            return
        sums.skill[province] += self.skill
        count = sums.count[province]
        count[C_ADULTS + 2 * band + any(uses[:GOODS_NEEDS])] += 1
        for need, used in enumerate(uses):
            count[C_USERS + need] += used
        held = self.accounts | self.instruments << len(ONLINE_SERVICES)
        for bit in range(len(ONLINE_SERVICES) + len(INSTRUMENTS)):
            count[C_HOLDERS + bit] += held >> bit & 1

    def _revise(self, personal: list[float], surplus: float) -> None:
        if self.random.random() < self.model.consumer_rules.revision_hazard:
            self._open_accounts(personal, surplus)
            self._open_app(personal[MEALS])
            self._choose_instruments()
        for service in range(len(ONLINE_SERVICES)):
            if self.random.random() < self.model.consumer_rules.dormancy_hazard:
                self.accounts &= 0xFF ^ (1 << service)

    def _open_accounts(self, personal: list[float], surplus: float) -> None:
        cost = self.model.consumer_rules.account_cost
        while self.accounts % GOODS_SETS != GOODS_SETS - 1:
            gains = [
                (self._surplus_with(self.accounts | 1 << service, personal) - surplus, 1 << service)
                for service in range(GOODS_SERVICES)
                if not self.accounts >> service & 1
            ]
            best, bit = max(gains)
            if best <= 0.0 or not opens_account(best, cost, self.skill):
                break
            self.accounts |= bit
            surplus += best

    def _surplus_with(self, accounts: int, personal: list[float]) -> float:
        needs = (*range(GOODS_NEEDS), MOBILITY)
        return math.fsum(self._surplus_of(need, accounts, personal[need]) for need in needs)

    def _surplus_of(self, need: int, accounts: int, own: float) -> float:
        occasions = self.model.consumer_tables.occasions[need]
        return -float(no_occasion_log(logistic(self._utility(need, accounts) + own), occasions))

    def _open_app(self, own: float) -> None:
        if self.accounts & APP:
            return
        gain = self._surplus_of(MEALS, APP, own) - self._surplus_of(MEALS, 0, own)
        if gain > 0.0 and opens_account(gain, self.model.consumer_rules.app_cost, self.skill):
            self.accounts |= APP

    def _choose_instruments(self) -> None:
        tables, above = self.model.consumer_tables, self.skill - self.model.consumer_rules.skill_mean
        self.instruments = 0
        for instrument, luck in enumerate(self.luck_with_instruments):
            utility = tables.hold[self.province * len(INSTRUMENTS) + instrument]
            if luck < holding_probability(utility, tables.hold_skill[instrument], above):
                self.instruments |= 1 << instrument

    def save(self) -> None:
        self.savings_krw += self._budget() * self.model.saved_per_budget[self.province]
