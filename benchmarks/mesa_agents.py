"""People and merchants as plain Mesa agents: one Python object each, the model's own equations in Python floats.

Every equation is the source of the rule in `model.rules`, run by the Python interpreter with `math` instead of
compiled; the order of events is that of `model.agents`. Luck comes from Mesa's generator, as is usual there.
"""

# mypy: disable-error-code="no-untyped-call"
import builtins
import math
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, Final

import mesa

from model.agents.consumers.columns import ABSENT, ACCOUNT_SETS, INSTRUMENT_SETS
from model.agents.government import TARGET, VISIT_ROUTE, can_use, matches
from model.agents.merchants import columns as c
from model.agents.merchants.adoption import MONTHS_OF_DOUBLED_DROP_OUT
from model.codes import GOODS_NEEDS, INSTRUMENTS, ONLINE_SERVICES, SECTORS, TECHNOLOGIES
from model.rules import adoption, choice, finance, payment

_TECHNOLOGIES: Final = range(len(TECHNOLOGIES))


def logistic(x: float) -> float:
    """Return 1 / (1 + e**-x), as the engine does for any x."""
    return 1.0 / (1.0 + math.exp(min(max(-x, -80.0), 80.0)))


_PLAIN: Final = {
    "__builtins__": builtins,
    "float32": float,
    "int64": int,
    "uint32": int,
    "exp32": lambda x: math.exp(min(max(x, -80.0), 80.0)),
    "log32": math.log,
    "logistic": logistic,
    "len": len,
    "SECTORS": SECTORS,
    "GOODS_NEEDS": GOODS_NEEDS,
    "OPEN_MARKET": c.OPEN_MARKET,
}


def interpreted(rule: Any) -> Callable[..., Any]:
    """Return a compiled rule as a function of the Python interpreter: the same source, floats of Python."""
    plain = rule.py_func
    return FunctionType(plain.__code__, dict(_PLAIN), plain.__name__, plain.__defaults__)


_habit_next, _skill_next = interpreted(choice.habit_next), interpreted(choice.skill_next)
_consumer_utility, _no_occasion_log = interpreted(choice.person_utility), interpreted(choice.no_occasion_log)
_opens_account = interpreted(choice.opens_account)
_awareness_probability = interpreted(adoption.awareness_probability)
_expected_sales_gain, _monthly_gain = interpreted(adoption.expected_sales_gain), interpreted(adoption.monthly_gain)
_adoption_utility = interpreted(adoption.adoption_utility)
_owner_utility = interpreted(adoption.person_utility)
_application_probability = interpreted(adoption.application_probability)
_drop_out_probability = interpreted(adoption.drop_out_probability)
_capability_next = interpreted(adoption.capability_next)
_activity_probability = interpreted(payment.activity_probability)
_till_fees, _owner_settlement = interpreted(finance.till_fees), interpreted(finance.owner_settlement)
_can_use, _matches = interpreted(can_use), interpreted(matches)


class Consumer(mesa.Agent):  # type: ignore[misc]
    """A person aged 20 and over: chooses, learns, forms habits, revises accounts and instruments, saves."""

    def __init__(self, model: Any, traits: Mapping[str, Any]) -> None:
        super().__init__(model)
        self.__dict__.update(traits)
        self.luck_with_instruments = [self.random.random() for _ in INSTRUMENTS]

    def grow_older(self) -> None:
        age = self.model.year - self.birth_year
        here = self.entry_year <= self.model.year < self.exit_year
        self.age_band = min(max(age // 10 - 2, 0), ABSENT - 1) if here and age >= 20 else ABSENT

    def step(self) -> None:
        rules, tables = self.model.consumer_rules, self.model.consumer_tables
        row = (self.province * ACCOUNT_SETS + self.accounts) * GOODS_NEEDS
        budget = self._budget()
        personal, online, uses = [], [], []
        use = surplus = 0.0
        for need in range(GOODS_NEEDS):
            own = _consumer_utility(
                rules.skill_weight, self.skill - rules.skill_mean, rules.habit_weight, self.habit[need]
            )
            own += tables.aversion[need] * self.aversion
            share = logistic(tables.utility[row + need] + own)
            self.habit[need] = _habit_next(self.habit[need], share, rules.habit_update)
            none = _no_occasion_log(share, tables.occasions[need])
            use += share / GOODS_NEEDS
            surplus -= none
            personal.append(own)
            online.append(budget * share)
            uses.append(self.random.random() >= math.exp(none))
        self._be_counted(budget, online, uses)
        self.skill = _skill_next(self.skill, use, rules.skill_gain, tables.skill_ceiling[self.age_band])
        if self.age_band != ABSENT:
            self._revise(personal, surplus)

    def _budget(self) -> float:
        tables = self.model.consumer_tables
        return float(tables.budget_of_rank[self.income_rank >> 6] * tables.budget_of_band[self.age_band])

    def _be_counted(self, budget: float, online: list[float], uses: list[bool]) -> None:
        sums, band, province = self.model.consumer_sums, self.age_band, self.province
        cell = (province * ACCOUNT_SETS + self.accounts) * INSTRUMENT_SETS + self.instruments
        sums.budget[cell] += budget
        for need, spent in enumerate(online):
            sums.online[cell][need] += spent
        if band == ABSENT:
            return
        sums.people[cell] += 1.0
        sums.adults[province][band] += 1.0
        sums.skill[province] += self.skill
        sums.users[province][band] += any(uses)
        for need, used in enumerate(uses):
            sums.users_by_need[province][need] += used

    def _revise(self, personal: list[float], surplus: float) -> None:
        if self.random.random() < self.model.consumer_rules.revision_hazard:
            self._open_accounts(personal, surplus)
            self._choose_instruments()
        if self.random.random() < self.model.consumer_rules.dormancy_hazard:
            self.accounts &= 0xFF ^ (1 if self.random.random() < 0.5 else 2)

    def _open_accounts(self, personal: list[float], surplus: float) -> None:
        cost = self.model.consumer_rules.account_cost
        while self.accounts != ACCOUNT_SETS - 1:
            gains = [
                (self._surplus_with(self.accounts | 1 << service, personal) - surplus, 1 << service)
                for service in range(len(ONLINE_SERVICES))
                if not self.accounts >> service & 1
            ]
            best, bit = max(gains)
            if best <= 0.0 or not _opens_account(best, cost, self.skill):
                break
            self.accounts |= bit
            surplus += best

    def _surplus_with(self, accounts: int, personal: list[float]) -> float:
        tables = self.model.consumer_tables
        row = (self.province * ACCOUNT_SETS + accounts) * GOODS_NEEDS
        return -math.fsum(
            _no_occasion_log(logistic(tables.utility[row + need] + own), tables.occasions[need])
            for need, own in enumerate(personal)
        )

    def _choose_instruments(self) -> None:
        tables, above = self.model.consumer_tables, self.skill - self.model.consumer_rules.skill_mean
        self.instruments = 0
        for instrument, luck in enumerate(self.luck_with_instruments):
            wish = tables.hold[self.province * len(INSTRUMENTS) + instrument]
            if luck < logistic(wish + tables.hold_skill[instrument] * above):
                self.instruments |= 1 << instrument

    def save(self) -> None:
        self.savings_krw += self._budget() * self.model.saved_per_budget[self.province]


class Cell:
    """The merchants of one sector in one district: whose use of a technology is seen."""

    def __init__(self) -> None:
        self.weight = 0.0
        self.used = [0.0 for _ in _TECHNOLOGIES]
        self.peer = [0.0 for _ in _TECHNOLOGIES]
        self.heard = [0.0 for _ in _TECHNOLOGIES]

    def open_month(self, rules: Any) -> None:
        self.weight = 0.0
        self.used = [0.0 for _ in _TECHNOLOGIES]
        self.heard = [hearing_chance(technology, self.peer[technology], 0.0, rules) for technology in _TECHNOLOGIES]

    def close_month(self) -> None:
        self.peer = [used / self.weight for used in self.used]


def hearing_chance(technology: int, peer: float, campaign_krw: float, rules: Any) -> float:
    return float(
        _awareness_probability(
            rules.innovation[technology], rules.imitation[technology], peer, rules.campaign_weight, campaign_krw
        )
    )


class Merchant(mesa.Agent):  # type: ignore[misc]
    """A small merchant: sells, takes each technology through its stages, pays, offers next month."""

    def __init__(self, model: Any, record: Mapping[str, Any], cell: Cell) -> None:
        super().__init__(model)
        self.__dict__.update(record)
        self.cell = cell
        self.market = self.province * len(SECTORS) + self.sector

    def set_fee_tier(self) -> None:
        card = sum(self.sales_year_krw > ceiling for ceiling in self.model.card_ceilings_krw)
        self.fee_tier = card + 8 * sum(self.sales_year_krw > ceiling for ceiling in self.model.qr_ceilings_krw)

    def step(self) -> None:
        tables, sums = self.model.market_tables, self.model.merchant_sums
        self.sales_store = self.attraction_store * tables.store_rate[self.market]
        self.sales_online = self.attraction_online * tables.online_rate[self.sector]
        till = self._till()
        installed = [bool(stage & c.INSTALLED) for stage in self.stage]
        own_krw = 0.0
        for technology in _TECHNOLOGIES:
            own_krw += self._technology_month(technology, till)
            if self.month[c.INSTALLED_AT][technology] == self.model.months_run and not installed[technology]:
                sums.nation[c.S_INSTALLS + technology] += self.weight
        self._settle(own_krw, till, installed)
        self._offer()
        uses = bool((self.stage[0] | self.stage[1] | self.stage[2]) & c.ACTIVE)
        rules = self.model.merchant_rules
        self.gained = _capability_next(
            self.capability, self.gained, uses, rules.capability_gain, rules.capability_decay
        )
        self._be_counted()

    def _till(self) -> int:
        terminal = c.HAS_TERMINAL if self.stage[c.TERMINAL] & c.INSTALLED else 0
        return terminal | (c.TAKES_QR if self.stage[c.PUBLIC_QR] & c.INSTALLED else 0)

    def _payments(self, technology: int, till: int) -> float:
        rules, tables = self.model.merchant_rules, self.model.market_tables
        position = self.market * c.KINDS_OF_TILL + till
        if technology == c.TERMINAL:
            return float(self.sales_store * tables.mobile_share[position] / rules.ticket_krw[self.sector])
        if technology == c.OPEN_MARKET:
            return float(self.sales_online / rules.online_ticket_krw)
        payments = float(self.sales_store * tables.qr_share[position] / rules.ticket_krw[self.sector])
        self.model.merchant_sums.nation[c.S_QR_PAYMENTS] += self.weight * payments
        return payments

    def _technology_month(self, technology: int, till: int) -> float:
        payments = self._payments(technology, till)
        if not _can_use(technology, self.sector):
            return 0.0
        if self.stage[technology] & c.INSTALLED:
            self._use_or_drop(technology, till, payments)
            return 0.0
        if self.waiting[technology] == c.CHOSEN:
            return self._install_or_give_up(technology)
        k = self._open_programme(technology)
        if k >= 0:
            self.model.merchant_sums.programme[k][c.P_ELIGIBLE] += self.weight
        if self.waiting[technology] == c.PENDING:
            return 0.0
        self._hear(technology, k)
        ready = self.stage[technology] & c.AWARE and self.waiting[technology] == c.NOT_WAITING
        if not ready or self.random.random() >= self.model.merchant_rules.revision_hazard:
            return 0.0
        return self._decide(technology, till, k)

    def _open_programme(self, technology: int) -> int:
        programmes = self.model.programmes
        owner_age = self.model.year - self.owner_birth_year
        for k in range(programmes.count):
            if (
                programmes.open_now[k]
                and programmes.technology[k] == technology
                and _matches(
                    programmes, k, TARGET, self.province, self.sector, self.kind, owner_age, self.sales_year_krw
                )
            ):
                return k
        return -1

    def _hear(self, technology: int, k: int) -> None:
        programmes, rules = self.model.programmes, self.model.merchant_rules
        if not self.stage[technology] & c.AWARE:
            chance = self.cell.heard[technology]
            if k >= 0 and programmes.campaign_krw[k] > 0.0:
                chance = hearing_chance(technology, self.cell.peer[technology], programmes.campaign_krw[k], rules)
            if self.random.random() < chance:
                self._become_aware(technology)
        if k >= 0 and programmes.route[k] == VISIT_ROUTE:
            self._be_visited(technology, k)
        elif k >= 0 and self.stage[technology] & (c.AWARE | c.KNOWS_PROGRAMME) == c.AWARE:
            chance = _awareness_probability(
                rules.programme_awareness, 0.0, 0.0, rules.campaign_weight, programmes.campaign_krw[k]
            )
            if self.random.random() < chance:
                self.stage[technology] |= c.KNOWS_PROGRAMME

    def _become_aware(self, technology: int) -> None:
        self.stage[technology] |= c.AWARE
        self.month[c.AWARE_AT][technology] = self.model.months_run

    def _be_visited(self, technology: int, k: int) -> None:
        if self.random.random() >= self.model.programmes.visit_chance[k]:
            return
        self.model.merchant_sums.programme[k][c.P_VISITS] += self.weight
        if not self.stage[technology] & c.AWARE:
            self._become_aware(technology)
        rules = self.model.merchant_rules
        wish = rules.visit_constant + rules.peer_weight * self.cell.peer[technology] + self._person()
        if self.random.random() < logistic(wish):
            self._apply(technology, k)

    def _apply(self, technology: int, k: int) -> None:
        self.waiting[technology] = c.PENDING
        self.programme[technology] = k
        self.stage[technology] |= c.APPLIED
        self.month[c.APPLIED_AT][technology] = self.model.months_run

    def _person(self) -> float:
        rules = self.model.merchant_rules
        owner_age = self.model.year - self.owner_birth_year
        return float(
            _owner_utility(rules.capability_weight, self.capability + self.gained, rules.age_weight, owner_age)
        )

    def _install(self, technology: int) -> None:
        self.stage[technology] = (self.stage[technology] | c.INSTALLED) & (0xFF ^ c.ABANDONED)
        self.waiting[technology] = c.NOT_WAITING
        self.month[c.INSTALLED_AT][technology] = self.model.months_run

    def _affordable(self, own_krw: float) -> bool:
        line = self.model.merchant_rules.credit_line_months * self.sales_year_krw / 12.0
        return bool(own_krw <= self.cash_krw + line)

    def _install_or_give_up(self, technology: int) -> float:
        programmes, rules, k = self.model.programmes, self.model.merchant_rules, self.programme[technology]
        counts, draw = self.model.merchant_sums.programme[k], self.random.random()
        at_once = programmes.route[k] == VISIT_ROUTE
        if draw < programmes.give_up[k] and not at_once:
            self.waiting[technology] = c.NOT_WAITING
            self.programme[technology] = c.NO_PROGRAMME
            self.stage[technology] |= c.GAVE_UP
            counts[c.P_GAVE_UP] += self.weight
            return 0.0
        own = max(0.0, rules.price_krw[technology] - programmes.subsidy_krw[k])
        if not (at_once or draw < programmes.give_up[k] + rules.install_hazard) or not self._affordable(own):
            return 0.0
        self._install(technology)
        self.month[c.SUBSIDISED_AT][technology] = self.model.months_run
        counts[c.P_INSTALLED] += self.weight
        return float(own)

    def _gain(self, technology: int, till: int) -> float:
        rules, tables = self.model.merchant_rules, self.model.market_tables
        gain = _expected_sales_gain(
            rules.prior_gain[technology], tables.realised[technology][self.market], rules.learning_weight
        )
        saved = 0.0
        if technology == c.PUBLIC_QR:
            paid_by_qr = self.sales_store * tables.qr_share[self.market * c.KINDS_OF_TILL + (till | c.TAKES_QR)]
            card_fee, qr_fee = tables.card_fee[self.fee_tier & 7], tables.qr_fee[self.fee_tier >> 3]
            saved = paid_by_qr * (rules.card_share * card_fee - qr_fee)
        return float(
            _monthly_gain(
                rules.contribution_margin[self.sector], self.sales_store, gain, rules.lost_to_itself[technology],
                rules.channel_cost_share[technology], saved, rules.running_krw[technology],
            )
        )  # fmt: skip

    def _wish(self, technology: int, gain: float, own_krw: float) -> float:
        rules = self.model.merchant_rules
        return logistic(
            _adoption_utility(
                rules.constant[technology], rules.gain_weight, gain, own_krw, rules.hurdle_per_year,
                rules.gain_scale[technology], rules.peer_weight * self.cell.peer[technology], self._person(),
            )
        )  # fmt: skip

    def _decide(self, technology: int, till: int, k: int) -> float:
        programmes, rules = self.model.programmes, self.model.merchant_rules
        if self.capability + self.gained < rules.minimum_capability[technology]:
            return 0.0
        gain, draw, price = self._gain(technology, till), self.random.random(), rules.price_krw[technology]
        knows = self.stage[technology] & (c.KNOWS_PROGRAMME | c.GAVE_UP) == c.KNOWS_PROGRAMME
        waits = False
        if k >= 0 and programmes.route[k] != VISIT_ROUTE and knows and self.month[c.SUBSIDISED_AT][technology] < 0:
            own = max(0.0, price - programmes.subsidy_krw[k])
            applies = _application_probability(
                rules.apply_constant, rules.subsidy_weight, programmes.subsidy_share[k], rules.paperwork_weight,
                programmes.paperwork_hours[k],
            )  # fmt: skip
            wishes = draw < self._wish(technology, gain, own)
            if wishes and self.random.random() < applies and self._affordable(own):
                self._apply(technology, k)
                return 0.0
            waits = self.random.random() < rules.waiting_share
        if draw < self._wish(technology, gain, price) and not waits and self._affordable(price):
            self._install(technology)
            return float(price)
        return 0.0

    def _use_or_drop(self, technology: int, till: int, payments: float) -> None:
        rules, now = self.model.merchant_rules, self.model.months_run
        stage = self.stage[technology] & (0xFF ^ c.ACTIVE)
        if self.random.random() < _activity_probability(payments):
            stage |= c.ACTIVE
            if self.month[c.ACTIVE_AT][technology] < 0:
                self.month[c.ACTIVE_AT][technology] = now
        since, keep = self.month[c.SUBSIDISED_AT][technology], -1
        if since >= 0 and self.programme[technology] != c.NO_PROGRAMME:
            keep = since + self.model.programmes.keep_months[self.programme[technology]]
        if now >= keep:
            doubled = keep >= 0 and now - keep < MONTHS_OF_DOUBLED_DROP_OUT
            chance = _drop_out_probability(
                rules.drop_out[technology], self._gain(technology, till), rules.gain_scale[technology], doubled
            )
            if self.random.random() < chance:
                stage = (stage & (0xFF ^ (c.INSTALLED | c.ACTIVE))) | c.ABANDONED
                self.month[c.ABANDONED_AT][technology] = now
        self.stage[technology] = stage
