"""The private platforms as Mesa agents: they price every quarter, answer caps, enter, and leave when they keep losing.

An agent's state is its record of PLATFORM, which compiled phases read; the agent writes it in `step`, between two
compiled calls, in the first month of a quarter. What it charges in force, after caps, stands in TERMS.
"""

from typing import Any, Final

from numba import int64, njit, uint16

from model.agents.accounts import AccountAgent
from model.agents.consumers.columns import ABSENT, ACCOUNT_OF
from model.agents.government import cell_of
from model.agents.merchants.adoption import running_cost
from model.agents.merchants.columns import (
    ABANDONED,
    ACTIVE,
    BUSY,
    DELIVERY_APP,
    INSTALLED,
    OPEN_MARKET,
    RUNNING,
    MerchantRows,
    Places,
)
from model.agents.platform_pricing import best_of_nine, entry_profit_now, solve_responses
from model.agents.platform_terms import (
    COMMISSION_FAULT,
    FEE_FAULT,
    FIRST,
    GOODS_MARKET,
    LARGE,
    MEALS_APP,
    OWN,
    PRICE_RANGE,
    SERVICES,
    SMALL,
    SMALL_ABOVE,
    platform_of,
)
from model.codes import FIRST_PLATFORMS
from model.indicators import POSITION
from model.numerics import JIT
from model.records import F4, Record
from model.rules.platforms import promises_enough

TECHNOLOGY_OF: Final = (OPEN_MARKET, DELIVERY_APP)
"""Through which sellers sell on each private platform."""


class Platform(AccountAgent):
    """A private platform: it ranks sellers, charges them and consumers, and may sell goods of its own.

    number: its place in `codes.PLATFORMS`; a rival is absent until it enters.
    """

    number: int

    @property
    def _own(self) -> Record:
        return self.model.world.platforms[self.number]

    @property
    def service(self) -> int:
        """What it competes in: goods or meals."""
        return self.number % SERVICES

    @property
    def _terms(self) -> Record:
        return self.model.world.terms[self.number // SERVICES]

    @property
    def is_open(self) -> bool:
        """Whether it is in business."""
        return bool(self._own.open)

    @property
    def commission_small(self) -> float:
        """Its own commission of small sellers, share of an order; a cap may hold what is in force below it."""
        return float(self._own.commission[SMALL])

    @commission_small.setter
    def commission_small(self, share: float) -> None:
        """Set it, of all small sellers."""
        self._own.commission[SMALL] = self._own.commission[SMALL_ABOVE] = share

    @property
    def commission_large(self) -> float:
        """Its own commission of large sellers, share of an order."""
        return float(self._own.commission[LARGE])

    @commission_large.setter
    def commission_large(self, share: float) -> None:
        """Set it."""
        self._own.commission[LARGE] = share

    @property
    def consumer_fee(self) -> float:
        """What it charges consumers of its own accord, share of an order; `fee_in_force` adds what a cap brings."""
        return float(self._own.consumer_fee)

    @consumer_fee.setter
    def consumer_fee(self, share: float) -> None:
        """Set it."""
        self._own.consumer_fee = share

    @property
    def fee_in_force(self) -> float:
        """What consumers pay it this month, share of an order."""
        return float(self._terms.fee[self.service])

    @property
    def ranking_exponent(self) -> float:
        """Weight of revenue per view in its ranking (psi)."""
        return float(self.model.world.platform_rules[0].ranking_exponent)

    @property
    def turnover_krw(self) -> float:
        """Orders through it last month, without fees of consumers and couriers, KRW."""
        sold = self._terms.sold
        return float(sum(sold[where].sum() for where in range(len(sold)) if platform_of(where) == self.service))

    @property
    def own_sales_krw(self) -> float:
        """What of it are its own goods, KRW."""
        return float(self._terms.sold[:, OWN].sum()) if self.service == GOODS_MARKET else 0.0

    @property
    def profit_krw(self) -> float:
        """Commissions and fees less variable costs of the last whole quarter, KRW."""
        return float(self._own.profit_krw)

    @property
    def members(self) -> dict[str, float]:
        """Small merchants who sell on it and consumers with an account, at the end of last month."""
        code = FIRST_PLATFORMS[self.service]
        seller = ("open_market_entry", "delivery_app")[self.service]
        world = self.model.world
        row = world.out[max(self.model.months_run - 1, 0)]
        return {
            "merchants": float(row[POSITION[f"merchants_installed_{seller}"]]) * float(self._own.listed),
            "consumers": holders_of(world, ACCOUNT_OF[self.number])
            if self.number >= SERVICES
            else float(row[POSITION[f"account_holders_{code}_persons"]]),
        }

    def step(self) -> None:
        """Close the quarter; leave after too many of loss; else take the best of nine pairs of prices.

        An absent one enters once it has promised enough for so many quarters, or when the scenario says.
        """
        own, world = self._own, self.model.world
        if not own.open:
            if self._enters():
                own.open, own.quarter_krw = 1, 0.0
            return
        own.profit_krw, own.quarter_krw = own.quarter_krw, 0.0
        own.loss_quarters = own.loss_quarters + 1.0 if own.profit_krw < 0.0 else 0.0
        rules = world.platform_rules[0]
        if own.loss_quarters >= rules.loss_quarters:
            self.leave()
            return
        if self.model.month % 12 == 0:
            own.commission_january[:], own.consumer_fee_january = own.commission, own.consumer_fee
        if rules.step > 0.0:
            self._reprice()

    def _reprice(self) -> None:
        own, world = self._own, self.model.world
        demand = self.number, own, world.terms, world.platform_rules[0], world.market[0].budget_unit
        if not own.solved:
            solve_responses(*demand)
        pair, step = best_of_nine(*demand), world.platform_rules[0].step
        own.commission[:OWN] += (pair // 3 - 1) * step
        own.consumer_fee += (pair % 3 - 1) * step

    def _enters(self) -> bool:
        """Return whether it goes into business; what it expects is judged once a quarter."""
        own, world = self._own, self.model.world
        rules = world.platform_rules[0]
        if own.gone or own.entry_month < 0.0:
            return False
        if own.entry_month > 0.0:
            return bool(self.model.months_run + 1 >= own.entry_month)
        expected = entry_profit_now(self.number, own, world.terms, rules, world.market[0].budget_unit)
        own.expected_krw[0] = expected
        promising = promises_enough(expected, own.fixed_krw, rules.entry_tolerance)
        own.entry_quarters = own.entry_quarters + 1.0 if promising else 0.0
        return bool(own.entry_quarters >= rules.entry_quarters)

    def leave(self) -> None:
        """Go out of business for good; after the last of its service, sellers' online offers close."""
        world = self.model.world
        self._own.open, self._own.gone = 0, 1
        forget(self._terms, self.service)
        if not any(world.platforms[self.service :: SERVICES].open):
            running = world.merchant_rules[0].running_krw
            close_offers(world.merchants, world.places, TECHNOLOGY_OF[self.service], running)

    def fault(self) -> str:
        """Return what left its declared range this month, or an empty text."""
        kind, value = self._own.fault
        if kind == 0.0:
            return ""
        what, (low, high) = "online prices over the start", PRICE_RANGE
        if kind == COMMISSION_FAULT:
            what, (low, high) = "its commission", self._own.commission_range
        elif kind == FEE_FAULT:
            what, (low, high) = "its fee of consumers", self._own.consumer_fee_range
        return f"{self.account}: {what} is {value:g}, outside the declared range {low:g} to {high:g}"


class OpenMarket(Platform):
    """The open market: goods, over the nation."""

    number = GOODS_MARKET


class DeliveryApps(Platform):
    """The delivery apps, as one platform: meals, by province."""

    number = MEALS_APP


class OpenMarketRival(Platform):
    """A second open market, absent until it enters."""

    number = SERVICES + GOODS_MARKET


class DeliveryAppsRival(Platform):
    """A second delivery app, absent until it enters."""

    number = SERVICES + MEALS_APP


class PublicPlatform(AccountAgent):
    """The public delivery platform: the lever `public_platform` sets its prices, it answers nobody."""

    @property
    def is_open(self) -> bool:
        """Whether it serves any province this month."""
        return bool(self.model.world.terms[FIRST].public_open.any())

    @property
    def orders_krw(self) -> float:
        """Orders through it last month, KRW."""
        return float(self.model.world.spending[0].app_public.sum())


PLATFORM_AGENTS: Final[dict[str, type[AccountAgent]]] = {
    "open_market": OpenMarket,
    "delivery_platform": DeliveryApps,
    "public_platform": PublicPlatform,
    "open_market_rival": OpenMarketRival,
    "delivery_platform_rival": DeliveryAppsRival,
}
"""Class of the agent of each account that is a platform."""


def holders_of(world: Any, bit: int) -> float:
    """Return the people present with an account, by its bit."""
    state, people = world.consumers, world.people
    holds = (state.accounts & bit != 0) & (state.age_band != ABSENT)
    return float(people.weight_by_province[people.province[holds]].sum())


@njit(**JIT)
def forget(terms: Record, service: int) -> None:
    """Leave nothing sold and nobody listed in the terms of a platform out of business."""
    for where in range(terms.sold.shape[0]):
        if platform_of(where) == service:
            terms.sold[where], terms.pull[where], terms.odds[where] = 0.0, 0.0, 0.0
            terms.seller_rate[where], terms.part[where] = 0.0, 0.0


@njit(**JIT)
def close_offers(rows: MerchantRows, places: Places, technology: int, running_krw: F4) -> None:
    """Take the technology away from every merchant that has it: it counts as abandoned."""
    bit = uint16(1 << technology)
    for row in range(rows.id.size):
        if not rows.masks[INSTALLED, row] & bit:
            continue
        counts = places.counts[cell_of(places, row)]
        for mask in (INSTALLED, ACTIVE):
            if rows.masks[mask, row] & bit:
                rows.masks[mask, row] ^= bit
                counts[mask, technology] -= 1
        if not rows.marks[row, ABANDONED - BUSY] & bit:
            rows.marks[row, ABANDONED - BUSY] |= bit
            counts[ABANDONED, technology] += 1
        rows.numbers[RUNNING, row] = running_cost(int64(rows.masks[INSTALLED, row]), running_krw)
