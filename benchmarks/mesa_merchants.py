"""Merchants as plain Mesa agents, one Python object each: the model's month in its order of events."""

from collections.abc import Mapping
from typing import Any, Final

import mesa

from benchmarks.interpreted import exp, interpreted, logistic
from model.agents.government import TARGET, VISIT_ROUTE
from model.agents.merchants import columns as c
from model.codes import SECTORS, TECHNOLOGIES
from model.rules import adoption, finance, life, payment

TECHNOLOGY: Final = range(len(TECHNOLOGIES))
awareness_hazard, drop_out_hazard = interpreted(adoption.awareness_hazard), interpreted(adoption.drop_out_hazard)
probability_within = interpreted(adoption.probability_within)
expected_sales_gain, monthly_gain = interpreted(adoption.expected_sales_gain), interpreted(adoption.monthly_gain)
adoption_utility, owner_utility = interpreted(adoption.adoption_utility), interpreted(adoption.person_utility)
application_probability = interpreted(adoption.application_probability)
capability_next, gain_scale = interpreted(adoption.capability_next), interpreted(adoption.gain_scale)
activity_probability = interpreted(payment.activity_probability)
owner_draws, owner_puts_in = interpreted(finance.owner_draws), interpreted(finance.owner_puts_in)
share_by_card = interpreted(finance.share_by_card)
laplace_shock, quality_next = interpreted(life.laplace_shock), interpreted(life.quality_next)
heads_wanted, temporary_wanted = interpreted(life.heads_wanted), interpreted(life.temporary_wanted)
regular_next = interpreted(life.regular_next)


class Cell:
    """The merchants of one sector in one district: peers are those that used a technology last month."""

    def __init__(self, merchants: int, active: list[int]) -> None:
        self.merchants, self.active = merchants, active
        self.close_month()

    def close_month(self) -> None:
        self.peer = [active / self.merchants for active in self.active]
        self.active = [0 for _ in TECHNOLOGY]


class Merchant(mesa.Agent):
    """A small merchant: sells, uses, reconsiders its technologies when its month has come, pays, offers, learns.

    Its attributes are the engine's columns (masks are bits by technology), beside its cell and market, its kind of
    till at the start of the month and, by technology, the open programme that means it or -1.
    """

    cash_krw: float
    gained: float
    quality: float
    regular: int
    temporary: int
    revised_at: int

    def __init__(self, model: Any, columns: Mapping[str, Any], cell: Cell) -> None:
        super().__init__(model)
        self.__dict__.update(columns)
        self.cell, self.till = cell, 0
        self.market = self.province * len(SECTORS) + self.sector
        self.offered = [-1 for _ in TECHNOLOGY]

    def set_fee_tier(self) -> None:
        card = sum(self.sales_year_krw > ceiling for ceiling in self.model.card_ceilings_krw)
        self.fee_tier = card + 8 * sum(self.sales_year_krw > ceiling for ceiling in self.model.qr_ceilings_krw)

    def step(self) -> None:
        """Earn and use with what is in place at the start of the month; reconsider; settle, offer, learn."""
        self.till = self.installed & (c.KINDS_OF_TILL - 1)
        sales, costs, income = self._earn()
        self._use()
        self._reconsider(self._meet_programmes())
        self._settle(sales, costs, income)
        self._live()
        self._change_staff()
        self._offer()
        self._learn()
        self._be_counted()

    def _book_market(self, *amounts: tuple[int, float]) -> None:
        sums = self.model.merchant_sums.market[self.market]
        for position, amount in amounts:
            sums[position] += self.weight * amount

    def _book_nation(self, *amounts: tuple[int, float]) -> None:
        sums = self.model.merchant_sums.nation
        for position, amount in amounts:
            sums[position] += self.weight * amount

    def _earn(self) -> tuple[float, float, float]:
        """Return sales, the costs that cash is held for (inputs, rent, others, wages) and income, KRW."""
        rules, tables, sector = self.model.merchant_rules, self.model.market_tables, self.sector
        self.sales_store = self.pull_store * tables.store_rate[self.market]
        self.sales_online = self.pull_online * tables.online_rate[self.market]
        sales = self.sales_store + self.sales_online + self.base_business_krw * tables.business_rate[sector]
        start = (self.start_krw + self.business_krw) * tables.index
        wages = self.regular * tables.wage_krw[0] + self.temporary * tables.wage_krw[1]
        costs = rules.input_share[sector] * sales + wages
        costs += (rules.rent_share[sector] + rules.other_cost_share[sector]) * start
        channel = (rules.commission_share[sector] + rules.delivery_share[sector]) * self.sales_online
        return sales, costs, sales - costs - self._fees() - channel - self._running()

    def _fees(self) -> float:
        rules, tables, position = self.model.merchant_rules, self.model.market_tables, self._position(self.till)
        by_qr = float(tables.qr_share[position])
        by_card = share_by_card(float(tables.mobile_share[position]), by_qr, float(rules.card_share))
        card_fee, qr_fee = self._fee_shares()
        card, qr = self.sales_store * by_card * card_fee, self.sales_store * by_qr * qr_fee
        self._book_nation((c.S_CARD_FEES, card), (c.S_QR_FEES, qr))
        return float(card + qr)

    def _fee_shares(self) -> tuple[float, float]:
        tables = self.model.market_tables
        return tables.card_fee[self.fee_tier & 7], tables.qr_fee[self.fee_tier >> 3]

    def _position(self, till: int) -> int:
        return int(self.market * c.KINDS_OF_TILL + till)

    def _running(self) -> float:
        total = 0.0
        for technology in TECHNOLOGY:
            if self.installed >> technology & 1:
                total += self.model.merchant_rules.running_krw[technology]
                self._book_nation((c.S_RUNNING_UNITS + technology, 1.0))
        self._book_nation((c.S_RUNNING, total))
        return total

    def _use(self) -> None:
        self.active = 0
        for technology in TECHNOLOGY:
            bit = 1 << technology
            if self.installed & bit and self.random.random() < activity_probability(self._payments(technology)):
                self.active |= bit
                if not self.used & bit:
                    self.used |= bit
                    self.active_at[technology] = self.model.months_run

    def _payments(self, technology: int) -> float:
        rules, tables = self.model.merchant_rules, self.model.market_tables
        if technology == c.ONLINE_TECHNOLOGY[self.sector]:
            return float(self.sales_online / rules.online_ticket_krw[self.sector])
        share = tables.mobile_share if technology == c.TERMINAL else tables.qr_share
        return float(self.sales_store * share[self._position(self.till)] / rules.ticket_krw[self.sector])

    def _meet_programmes(self) -> int:
        """Note the programmes that mean it; returns the technologies that an officer calls about."""
        programmes, visited = self.model.programmes, 0
        taken = self.installed | self.pending | self.chosen
        for technology in TECHNOLOGY:
            self.offered[technology] = k = self._open_programme(technology)
            if k < 0 or taken >> technology & 1:
                continue
            self.model.merchant_sums.programme[k][c.P_ELIGIBLE] += self.weight
            if programmes.route[k] == VISIT_ROUTE and self.random.random() < programmes.visit_chance[k]:
                visited |= 1 << technology
        return visited

    def _open_programme(self, technology: int) -> int:
        programmes = self.model.programmes
        if self.model.merchant_rules.usable[self.sector] >> technology & 1:
            for k in range(programmes.count):
                if programmes.open_now[k] and programmes.technology[k] == technology and self._is_meant(programmes, k):
                    return k
        return -1

    def _is_meant(self, programmes: Any, k: int) -> bool:
        return bool(
            programmes.provinces[k][TARGET] >> self.province & 1
            and programmes.sectors[k][TARGET] >> self.sector & 1
            and programmes.kinds[k][TARGET] >> self.kind & 1
            and programmes.age_min[k][TARGET] <= self._owner_age() <= programmes.age_max[k][TARGET]
            and 0.0 < self.sales_year_krw <= programmes.sales_max_krw[k][TARGET]
        )

    def _owner_age(self) -> int:
        return int(self.model.year - self.owner_birth_year)

    def _reconsider(self, visited: int) -> None:
        """At a revision, a visit or when chosen: take the technologies in turn and pay for what is bought."""
        revises = self.random.random() < self.model.merchant_rules.revision_hazard
        if not (revises or self.chosen or visited):
            return
        elapsed = self._elapsed() if revises else 0
        usable = self.model.merchant_rules.usable[self.sector]
        for technology in TECHNOLOGY:
            if usable >> technology & 1:
                own_krw = self._reconsider_one(technology, elapsed, bool(visited >> technology & 1))
                self.cash_krw -= own_krw
                self._book_nation((c.S_OWN_SHARE, own_krw))

    def _elapsed(self) -> int:
        now, last = self.model.months_run, self.revised_at
        self.revised_at = now
        return int(now - last if last != c.NEVER else now + 1)

    def _reconsider_one(self, technology: int, elapsed: int, visited: bool) -> float:
        """Drop, install or consider a technology; returns what is paid. `elapsed` is 0 when it does not revise."""
        if self.installed >> technology & 1:
            if elapsed > 0:
                self._perhaps_drop(technology, elapsed)
            return 0.0
        if self.chosen >> technology & 1:
            return self._install_or_give_up(technology)
        if self.model.market_tables.available >> technology & 1:
            return self._consider(technology, elapsed, visited)
        return 0.0

    def _consider(self, technology: int, elapsed: int, visited: bool) -> float:
        bit, k = 1 << technology, self.offered[technology]
        if elapsed > 0 and not self.aware & bit:
            self._hear(technology, k, elapsed)
        if visited:
            self._be_visited(technology, k)
        if elapsed == 0:
            return 0.0
        by_visit = k >= 0 and self.model.programmes.route[k] == VISIT_ROUTE
        if k >= 0 and not by_visit and not (self.pending | self.knows_programme) & bit:
            self._hear_of_programme(technology, k, elapsed)
        return self._decide(technology, -1 if by_visit else k) if self.aware & bit else 0.0

    def _hear(self, technology: int, k: int, elapsed: int) -> None:
        rules, peer = self.model.merchant_rules, self.cell.peer[technology]
        hazard = awareness_hazard(rules.innovation[technology], rules.imitation[technology], peer)
        hazards = elapsed * hazard + (self._campaign(k, elapsed, 0.0) if k >= 0 else 0.0)
        if self.random.random() < probability_within(hazards):
            self._become_aware(technology)

    def _campaign(self, k: int, elapsed: int, innovation: float) -> float:
        """Return the hazards of a programme's campaign over the months that it was met since the last revision."""
        programmes = self.model.programmes
        met = min(elapsed, programmes.months_met[k])
        return float(met * (innovation + programmes.campaign_hazard[k]))

    def _hear_of_programme(self, technology: int, k: int, elapsed: int) -> None:
        hazards = self._campaign(k, elapsed, self.model.merchant_rules.programme_awareness)
        if self.random.random() < probability_within(hazards):
            self._become_aware(technology)
            self.knows_programme |= 1 << technology

    def _become_aware(self, technology: int) -> None:
        if not self.aware >> technology & 1:
            self.aware |= 1 << technology
            self.aware_at[technology] = self.model.months_run

    def _be_visited(self, technology: int, k: int) -> None:
        self._become_aware(technology)
        wish = self.model.merchant_rules.visit_constant + self._person_and_peers(technology)
        if self.random.random() < logistic(wish):
            self._apply(technology, k)

    def _apply(self, technology: int, k: int) -> None:
        self.pending |= 1 << technology
        self.applied |= 1 << technology
        self.programme[technology] = k
        self.applied_at[technology] = self.model.months_run

    def _person_and_peers(self, technology: int) -> float:
        rules, capability = self.model.merchant_rules, self.capability + self.gained
        person = owner_utility(rules.capability_weight, capability, rules.age_weight, self._owner_age())
        return float(person + rules.peer_weight * self.cell.peer[technology])

    def _install(self, technology: int) -> None:
        bit = 1 << technology
        self.installed |= bit
        self.abandoned &= ~bit
        self.pending &= ~bit
        self.chosen &= ~bit
        self.installed_at[technology] = self.model.months_run
        self._book_nation((c.S_INSTALLS + technology, 1.0))

    def _affordable(self, own_krw: float) -> bool:
        line = self.model.merchant_rules.credit_line_months * self.sales_year_krw / 12.0
        return bool(own_krw <= self.cash_krw + line)

    def _install_or_give_up(self, technology: int) -> float:
        programmes, rules, k = self.model.programmes, self.model.merchant_rules, self.programme[technology]
        draw, at_once = self.random.random(), programmes.route[k] == VISIT_ROUTE
        if draw < programmes.give_up[k] and not at_once:
            self._give_up(technology, k)
            return 0.0
        own = max(0.0, rules.price_krw[technology] - programmes.subsidy_krw[k])
        if not (at_once or draw < programmes.give_up[k] + rules.install_hazard) or not self._affordable(own):
            return 0.0
        self._install(technology)
        self.subsidised |= 1 << technology
        self.subsidised_at[technology] = self.model.months_run
        self.model.merchant_sums.programme[k][c.P_INSTALLED] += self.weight
        return float(own)

    def _give_up(self, technology: int, k: int) -> None:
        self.chosen &= ~(1 << technology)
        self.gave_up |= 1 << technology
        self.programme[technology] = c.NO_PROGRAMME
        self.model.merchant_sums.programme[k][c.P_GAVE_UP] += self.weight

    def _gain(self, technology: int) -> float:
        rules, tables, saved = self.model.merchant_rules, self.model.market_tables, 0.0
        gain = expected_sales_gain(
            rules.prior_gain[technology], tables.realised[technology][self.market], rules.learning_weight
        )
        if technology == c.PUBLIC_QR:
            card_fee, qr_fee = self._fee_shares()
            by_qr = self.sales_store * tables.qr_share[self._position(self.till | c.TAKES_QR)]
            saved = by_qr * (rules.card_share * card_fee - qr_fee)
        return float(
            monthly_gain(
                rules.contribution_margin[self.sector], self.sales_store, gain, rules.lost_to_itself[technology],
                rules.channel_cost_share[technology], saved, rules.running_krw[technology],
            )
        )  # fmt: skip

    def _scale(self, technology: int) -> float:
        rules = self.model.merchant_rules
        return float(gain_scale(rules.gain_scale[technology], rules.gain_scale_of_sales, self.sales_store))

    def _wish(self, technology: int, gain: float, own_krw: float) -> float:
        rules = self.model.merchant_rules
        return logistic(
            adoption_utility(
                rules.constant[technology], rules.gain_weight, gain, own_krw, rules.hurdle_per_year,
                self._scale(technology), self._person_and_peers(technology),
            )
        )  # fmt: skip

    def _decide(self, technology: int, k: int) -> float:
        """Adopt at the own price, apply for a known programme, wait for it, or leave it; returns what is paid."""
        programmes, rules = self.model.programmes, self.model.merchant_rules
        if self.capability + self.gained < rules.minimum_capability[technology]:
            return 0.0
        gain, draw, price = self._gain(technology), self.random.random(), rules.price_krw[technology]
        waits = bool(self.pending >> technology & 1)
        if not waits and k >= 0 and self._may_apply(technology):
            own, waits = max(0.0, price - programmes.subsidy_krw[k]), True
            if draw < self._wish(technology, gain, own) and self._affordable(own) and self._files(k):
                self._apply(technology, k)
                return 0.0
        if draw >= self._wish(technology, gain, price) or not self._affordable(price):
            return 0.0
        if waits and self.random.random() < rules.waiting_share:
            return 0.0
        self.programme[technology] = c.NO_PROGRAMME
        self._install(technology)
        return float(price)

    def _may_apply(self, technology: int) -> bool:
        return bool((self.knows_programme & ~self.gave_up & ~self.subsidised) >> technology & 1)

    def _files(self, k: int) -> bool:
        programmes, rules = self.model.programmes, self.model.merchant_rules
        chance = application_probability(
            rules.apply_constant, rules.subsidy_weight, programmes.subsidy_share[k],
            rules.paperwork_weight, programmes.paperwork_hours[k],
        )  # fmt: skip
        return bool(self.random.random() < chance)

    def _perhaps_drop(self, technology: int, elapsed: int) -> None:
        """Drop at the hazard of the months elapsed in which it could, raised just after a keep rule."""
        rules, now, keep = self.model.merchant_rules, self.model.months_run, self._kept_until(technology)
        if now < keep:
            return
        freed = keep >= 0 and now - keep < rules.months_after_keep
        exposed = min(elapsed, now - max(keep, self.installed_at[technology] + 1) + 1)
        hazard = rules.drop_out[technology] * (rules.drop_out_after_keep if freed else 1.0)
        hazard = drop_out_hazard(hazard, self._gain(technology), self._scale(technology))
        if self.random.random() < probability_within(exposed * hazard):
            bit = 1 << technology
            self.installed &= ~bit
            self.active &= ~bit
            self.abandoned |= bit
            self.abandoned_at[technology] = now

    def _kept_until(self, technology: int) -> int:
        """Return the first month in which a supported device may be dropped, -1 without a rule."""
        k = self.programme[technology]
        if not self.subsidised >> technology & 1 or k == c.NO_PROGRAMME:
            return -1
        return int(self.subsidised_at[technology] + self.model.programmes.keep_months[k])

    def _settle(self, sales: float, costs: float, income: float) -> None:
        cash = self.cash_krw + income
        drawn, put_in = owner_draws(cash, self.model.merchant_rules.cash_buffer_months * costs), owner_puts_in(cash)
        self.cash_krw = cash - drawn + put_in
        self.sales_year_krw += sales - self.sales_year_krw / 12.0
        self.income_year_krw += income - self.income_year_krw / 12.0
        self._book_market(
            (c.M_REGULAR, self.regular), (c.M_TEMPORARY, self.temporary), (c.M_DRAWN, drawn), (c.M_PUT_IN, put_in)
        )
        self._book_nation((c.S_CASH, self.cash_krw), (c.S_MERCHANTS, 1.0), (c.S_FAMILY, self.family))

    def _live(self) -> None:
        rules, luck = self.model.merchant_rules, self.random
        struck = luck.random() < rules.shock_hazard
        shock = laplace_shock(luck.random(), self.shock_spread) if struck else 0.0
        drift = rules.shock_hazard * self.shock_spread**2 / (1.0 + rules.quality_persistence)
        self.quality = quality_next(self.quality, rules.quality_persistence, shock, drift)
        self.base_krw, self.base_business_krw = (x * exp(self.quality) for x in (self.start_krw, self.business_krw))
        self._book_market((c.M_BUSINESS_PULL, self.base_business_krw))

    def _change_staff(self) -> None:
        rules, tables = self.model.merchant_rules, self.model.market_tables
        wage = tables.wage_krw[0] / tables.wage_start_krw / tables.index
        per_krw = rules.heads_per_krw[self.sector] / tables.index * wage**-rules.wage_elasticity
        paid = heads_wanted(self.sales_year_krw, per_krw, rules.owner_absorbs, self.staff_rank)
        temporary = temporary_wanted(paid, rules.temporary_share, self.mix_rank)
        if self.random.random() < rules.regular_adjusts:
            self.regular = int(regular_next(self.regular, paid - temporary))
        self.temporary = int(max(paid - self.regular, 0.0))

    def _offer(self) -> None:
        rules, tables, till = self.model.merchant_rules, self.model.market_tables, self.installed & c.KINDS_OF_TILL - 1
        self.pull_store, self.pull_online = self.base_krw, 0.0
        if till & c.HAS_TERMINAL:
            self.pull_store *= 1.0 + rules.attraction[c.TERMINAL] * tables.mobile_pull[self.market]
        if till & c.TAKES_QR:
            self.pull_store *= 1.0 + rules.attraction[c.PUBLIC_QR] * tables.qr_pull[self.market]
        technology = c.ONLINE_TECHNOLOGY[self.sector]
        if technology >= 0 and self.installed >> technology & 1:
            self._offer_online(rules, technology)
        self._book_market((c.M_PULL + till, self.pull_store), (c.M_BASE + till, self.base_krw))

    def _offer_online(self, rules: Any, technology: int) -> None:
        self.pull_online = self.base_krw * rules.attraction[technology]
        if self.pull_online > 0.0:
            online = self.sales_online / max(self.sales_online + self.sales_store, 1e-30)
            self.pull_store *= 1.0 - rules.lost_to_itself[technology] * online
            self._book_market((c.M_ONLINE_PULL, self.pull_online), (c.M_ENTRY_BASE, self.base_krw))

    def _learn(self) -> None:
        rules = self.model.merchant_rules
        learned = rules.learned[0][self.active & 255] + rules.learned[1][self.active >> 8]
        self.gained = capability_next(self.capability, self.gained, learned, rules.capability_decay)

    def _be_counted(self) -> None:
        for mask, name in enumerate(c.MASKS):
            bits, first = getattr(self, name), c.S_COUNTS + mask * len(TECHNOLOGIES)
            if bits:
                self._book_nation(*((first + technology, bits >> technology & 1) for technology in TECHNOLOGY))
        for technology in TECHNOLOGY:
            self.cell.active[technology] += self.active >> technology & 1
