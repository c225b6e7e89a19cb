"""Merchants as plain Mesa agents, one Python object each: the model's month in its order of events."""

from collections.abc import Mapping
from typing import Any, Final

import mesa

from benchmarks.interpreted import interpreted, logistic
from model.agents import government
from model.agents.government import TARGET, VISIT_ROUTE
from model.agents.merchants import columns as c
from model.codes import SECTORS, TECHNOLOGIES
from model.rules import adoption, finance, payment

TECHNOLOGY: Final = range(len(TECHNOLOGIES))
awareness_probability = interpreted(adoption.awareness_probability)
expected_sales_gain, monthly_gain = (
    interpreted(adoption.expected_sales_gain),
    interpreted(adoption.monthly_gain),
)
adoption_utility, owner_utility = interpreted(adoption.adoption_utility), interpreted(adoption.person_utility)
application_probability = interpreted(adoption.application_probability)
drop_out_probability = interpreted(adoption.drop_out_probability)
capability_next, gain_scale = interpreted(adoption.capability_next), interpreted(adoption.gain_scale)
activity_probability = interpreted(payment.activity_probability)
till_fees, owner_settlement = interpreted(finance.till_fees), interpreted(finance.owner_settlement)
can_use = interpreted(government.can_use)


class Cell:
    """The merchants of one sector in one district: whose use of a technology is seen."""

    def __init__(self, peer: list[float]) -> None:
        self.weight, self.peer = 0.0, peer
        self.used = [0.0 for _ in TECHNOLOGY]
        self.heard = [0.0 for _ in TECHNOLOGY]

    def open_month(self, rules: Any) -> None:
        self.weight = 0.0
        self.used = [0.0 for _ in TECHNOLOGY]
        self.heard = [hearing_chance(technology, self.peer[technology], 0.0, rules) for technology in TECHNOLOGY]

    def close_month(self) -> None:
        self.peer = [used / self.weight for used in self.used]


def hearing_chance(technology: int, peer: float, campaign_krw: float, rules: Any) -> float:
    return float(
        awareness_probability(
            rules.innovation[technology],
            rules.imitation[technology],
            peer,
            rules.campaign_weight,
            campaign_krw,
        )
    )


class Merchant(mesa.Agent):
    """A small merchant: sells, takes each technology through its stages, pays, offers next month.

    Its attributes are the fields of the engine's record MERCHANT, beside its cell and market.
    """

    attraction_store: float
    attraction_online: float
    cash_krw: float
    gained: float

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
        for technology in TECHNOLOGY:
            own_krw += self._technology_month(technology, till)
            if self.month[c.INSTALLED_AT][technology] == self.model.months_run and not installed[technology]:
                sums.nation[c.S_INSTALLS + technology] += self.weight
        self._settle(own_krw, till, installed)
        self._offer()
        self._learn()
        self._be_counted()

    def _learn(self) -> None:
        rules = self.model.merchant_rules
        learned = sum(
            rules.capability_gain[technology] for technology in TECHNOLOGY if self.stage[technology] & c.ACTIVE
        )
        self.gained = capability_next(self.capability, self.gained, learned, rules.capability_decay)

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
        if not can_use(technology, self.sector):
            return 0.0
        if self.stage[technology] & c.INSTALLED:
            self._use_or_drop(technology, till, payments)
            return 0.0
        if self.waiting[technology] == c.CHOSEN:
            return self._install_or_give_up(technology)
        k = self._open_programme(technology)
        if k >= 0 and self.waiting[technology] == c.NOT_WAITING:
            self.model.merchant_sums.programme[k][c.P_ELIGIBLE] += self.weight
        self._hear(technology, k)
        aware = self.stage[technology] & c.AWARE
        if not aware or self.random.random() >= self.model.merchant_rules.revision_hazard:
            return 0.0
        return self._decide(technology, till, k)

    def _open_programme(self, technology: int) -> int:
        programmes = self.model.programmes
        for k in range(programmes.count):
            if programmes.open_now[k] and programmes.technology[k] == technology and self._is_meant(programmes, k):
                return k
        return -1

    def _is_meant(self, programmes: Any, k: int) -> bool:
        owner_age = self.model.year - self.owner_birth_year
        return bool(
            programmes.provinces[k][TARGET] >> self.province & 1
            and programmes.sectors[k][TARGET] >> self.sector & 1
            and programmes.kinds[k][TARGET] >> self.kind & 1
            and programmes.age_min[k][TARGET] <= owner_age <= programmes.age_max[k][TARGET]
            and 0.0 < self.sales_year_krw <= programmes.sales_max_krw[k][TARGET]
        )

    def _hear(self, technology: int, k: int) -> None:
        programmes, rules = self.model.programmes, self.model.merchant_rules
        if not self.stage[technology] & c.AWARE:
            chance = self.cell.heard[technology]
            if k >= 0 and programmes.campaign_krw[k] > 0.0:
                chance = hearing_chance(technology, self.cell.peer[technology], programmes.campaign_krw[k], rules)
            if self.random.random() < chance:
                self._become_aware(technology)
        if k < 0 or self.waiting[technology] == c.PENDING:
            return
        if programmes.route[k] == VISIT_ROUTE:
            self._be_visited(technology, k)
        elif not self.stage[technology] & c.KNOWS_PROGRAMME:
            self._hear_of_programme(technology, k)

    def _hear_of_programme(self, technology: int, k: int) -> None:
        rules, campaign_krw = self.model.merchant_rules, self.model.programmes.campaign_krw[k]
        chance = awareness_probability(rules.programme_awareness, 0.0, 0.0, rules.campaign_weight, campaign_krw)
        if self.random.random() < chance:
            self._become_aware(technology)
            self.stage[technology] |= c.KNOWS_PROGRAMME

    def _become_aware(self, technology: int) -> None:
        if not self.stage[technology] & c.AWARE:
            self.stage[technology] |= c.AWARE
            self.month[c.AWARE_AT][technology] = self.model.months_run

    def _be_visited(self, technology: int, k: int) -> None:
        if self.random.random() >= self.model.programmes.visit_chance[k]:
            return
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
        return float(owner_utility(rules.capability_weight, self.capability + self.gained, rules.age_weight, owner_age))

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
        gain = expected_sales_gain(
            rules.prior_gain[technology], tables.realised[technology][self.market], rules.learning_weight
        )
        saved = 0.0
        if technology == c.PUBLIC_QR:
            paid_by_qr = self.sales_store * tables.qr_share[self.market * c.KINDS_OF_TILL + (till | c.TAKES_QR)]
            card_fee, qr_fee = tables.card_fee[self.fee_tier & 7], tables.qr_fee[self.fee_tier >> 3]
            saved = paid_by_qr * (rules.card_share * card_fee - qr_fee)
        return float(
            monthly_gain(
                rules.contribution_margin[self.sector], self.sales_store, gain,
                rules.lost_to_itself[technology], rules.channel_cost_share[technology], saved,
                rules.running_krw[technology],
            )
        )  # fmt: skip

    def _scale(self, technology: int) -> float:
        rules = self.model.merchant_rules
        return float(gain_scale(rules.gain_scale[technology], rules.gain_scale_of_sales, self.sales_store))

    def _wish(self, technology: int, gain: float, own_krw: float) -> float:
        rules = self.model.merchant_rules
        person_and_peers = self._person() + rules.peer_weight * self.cell.peer[technology]
        return logistic(
            adoption_utility(
                rules.constant[technology], rules.gain_weight, gain, own_krw, rules.hurdle_per_year,
                self._scale(technology), person_and_peers,
            )
        )  # fmt: skip

    def _decide(self, technology: int, till: int, k: int) -> float:
        programmes, rules = self.model.programmes, self.model.merchant_rules
        if self.capability + self.gained < rules.minimum_capability[technology]:
            return 0.0
        gain, draw, price = self._gain(technology, till), self.random.random(), rules.price_krw[technology]
        pending = self.waiting[technology] == c.PENDING
        knows = self.stage[technology] & (c.KNOWS_PROGRAMME | c.GAVE_UP) == c.KNOWS_PROGRAMME
        waits = pending
        if not pending and k >= 0 and programmes.route[k] != VISIT_ROUTE and knows:
            own = max(0.0, price - programmes.subsidy_krw[k])
            waits = self.month[c.SUBSIDISED_AT][technology] < 0
            wishes = waits and draw < self._wish(technology, gain, own) and self._affordable(own)
            if wishes and self._files(k):
                self._apply(technology, k)
                return 0.0
        if draw >= self._wish(technology, gain, price) or not self._affordable(price):
            return 0.0
        if waits and self.random.random() < rules.waiting_share:
            return 0.0
        self.programme[technology] = c.NO_PROGRAMME
        self._install(technology)
        return float(price)

    def _files(self, k: int) -> bool:
        programmes, rules = self.model.programmes, self.model.merchant_rules
        chance = application_probability(
            rules.apply_constant, rules.subsidy_weight, programmes.subsidy_share[k],
            rules.paperwork_weight, programmes.paperwork_hours[k],
        )  # fmt: skip
        return bool(self.random.random() < chance)

    def _use_or_drop(self, technology: int, till: int, payments: float) -> None:
        rules, now = self.model.merchant_rules, self.model.months_run
        stage = self.stage[technology] & (0xFF ^ c.ACTIVE)
        if self.random.random() < activity_probability(payments):
            stage |= c.ACTIVE
            if self.month[c.ACTIVE_AT][technology] < 0:
                self.month[c.ACTIVE_AT][technology] = now
        since, keep = self.month[c.SUBSIDISED_AT][technology], -1
        if since >= 0 and self.programme[technology] != c.NO_PROGRAMME:
            keep = since + self.model.programmes.keep_months[self.programme[technology]]
        if now >= keep:
            freed = keep >= 0 and now - keep < rules.months_after_keep
            hazard = rules.drop_out[technology] * (rules.drop_out_after_keep if freed else 1.0)
            chance = drop_out_probability(hazard, self._gain(technology, till), self._scale(technology))
            if self.random.random() < chance:
                stage = (stage & (0xFF ^ (c.INSTALLED | c.ACTIVE))) | c.ABANDONED
                self.month[c.ABANDONED_AT][technology] = now
        self.stage[technology] = stage

    def _settle(self, own_krw: float, till: int, installed: list[bool]) -> None:
        rules, tables = self.model.merchant_rules, self.model.market_tables
        store, online, position = self.sales_store, self.sales_online, self.market * c.KINDS_OF_TILL + till
        business = self.business_krw * tables.index[c.BUSINESS_INDEX]
        sales = store + online + business
        mobile, by_qr = store * tables.mobile_share[position], store * tables.qr_share[position]
        card, qr = self.fee_tier & 7, self.fee_tier >> 3
        card_fees, qr_fees = till_fees(store, mobile, by_qr, rules.card_share, tables.card_fee[card], tables.qr_fee[qr])
        start = (self.start_krw + self.business_krw) * tables.index[c.COST_INDEX]
        inputs = rules.input_share[self.sector] * sales
        rent, other = rules.rent_share[self.sector] * start, rules.other_cost_share[self.sector] * start
        wages = self.regular * tables.wage_krw[0] + self.temporary * tables.wage_krw[1]
        commission, delivery = rules.commission_share * online, rules.delivery_share * online
        running = sum(rules.running_krw[technology] for technology in TECHNOLOGY if installed[technology])
        costs = inputs + rent + other + wages
        income = sales - costs - card_fees - qr_fees - commission - delivery - running
        cash = self.cash_krw + income - own_krw
        drawn, put_in = owner_settlement(cash, rules.cash_buffer_months * costs)
        self.cash_krw = cash - drawn + put_in
        self.sales_year_krw += sales - self.sales_year_krw / 12.0
        self.income_year_krw += income - self.income_year_krw / 12.0
        self._book_market(
            (c.M_STORE_SALES, store), (c.M_ONLINE_SALES, online), (c.M_BUSINESS_SALES, business),
            (c.M_INPUTS, inputs), (c.M_RENT, rent), (c.M_OTHER, other), (c.M_WAGES, wages),
            (c.M_DRAWN, drawn), (c.M_PUT_IN, put_in), (c.M_MOBILE_VALUE, mobile), (c.M_QR_VALUE, by_qr),
            (c.M_INCOME, income),
        )  # fmt: skip
        self._book_nation(
            (c.S_CARD_FEES, card_fees), (c.S_QR_FEES, qr_fees), (c.S_COMMISSION, commission),
            (c.S_DELIVERY, delivery), (c.S_OWN_SHARE, own_krw), (c.S_RUNNING, running),
            (c.S_CASH, self.cash_krw), (c.S_BY_QR + qr, by_qr),
            (c.S_BY_CARD + card, mobile + rules.card_share * (store - mobile - by_qr)),
        )  # fmt: skip
        self._book_technologies(till, installed)

    def _book_market(self, *amounts: tuple[int, float]) -> None:
        sums = self.model.merchant_sums.market[self.market]
        for position, amount in amounts:
            sums[position] += self.weight * amount

    def _book_nation(self, *amounts: tuple[int, float]) -> None:
        sums = self.model.merchant_sums.nation
        for position, amount in amounts:
            sums[position] += self.weight * amount

    def _book_technologies(self, till: int, installed: list[bool]) -> None:
        for technology in TECHNOLOGY:
            if installed[technology]:
                self._book_nation((c.S_RUNNING_UNITS + technology, 1.0))
        if till & c.HAS_TERMINAL:
            self._book_market((c.M_TERMINAL_BASE, self.start_krw), (c.M_TERMINAL_SALES, self.sales_store))
        if self.sales_online > 0.0:
            self._book_market((c.M_ENTRY_BASE, self.start_krw))
        if till & c.TAKES_QR:
            self._book_market((c.M_QR_BASE, self.start_krw), (c.M_QR_SALES, self.sales_store))

    def _offer(self) -> None:
        rules, tables, till = self.model.merchant_rules, self.model.market_tables, self._till()
        store, online = self.start_krw, 0.0
        if till & c.HAS_TERMINAL:
            store *= 1.0 + rules.attraction[c.TERMINAL] * tables.mobile_pull[self.market]
        if till & c.TAKES_QR:
            store *= 1.0 + rules.attraction[c.PUBLIC_QR] * tables.qr_pull[self.market]
        if self.stage[c.OPEN_MARKET] & c.INSTALLED:
            online = self.start_krw * rules.attraction[c.OPEN_MARKET]
            earned = self.sales_online + self.sales_store
            if earned > 0.0:
                store *= 1.0 - rules.lost_to_itself[c.OPEN_MARKET] * self.sales_online / earned
        self.attraction_store, self.attraction_online = store, online
        self._book_market((c.M_STORE_PULL, store), (c.M_ONLINE_PULL, online))
        if till & c.HAS_TERMINAL:
            self._book_market((c.M_TERMINAL_PULL, store))
        if till & c.TAKES_QR:
            self._book_market((c.M_QR_PULL, store))

    def _be_counted(self) -> None:
        sums = self.model.merchant_sums
        self.cell.weight += self.weight
        self._book_nation(
            (c.S_MERCHANTS, 1.0), (c.S_FAMILY, self.family), (c.S_REGULAR, self.regular),
            (c.S_TEMPORARY, self.temporary),
        )  # fmt: skip
        for technology, stage in enumerate(self.stage):
            sums.by_stage[technology][stage] += self.weight
            if stage & c.ACTIVE:
                self.cell.used[technology] += self.weight
            if self.month[c.SUBSIDISED_AT][technology] >= 0:
                sums.nation[c.S_SUBSIDISED + technology] += self.weight
