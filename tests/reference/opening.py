"""What a merchant meets when a month opens, and what is sold (docs/model.md 3.4.5)."""

from dataclasses import dataclass

import numpy as np

from tests.reference import state as kept
from tests.reference.draws import B1, F8, I8, Luck
from tests.reference.markets import Tills, kind_of_till
from tests.reference.platforms import Terms, classes
from tests.reference.services import gate
from tests.reference.state import (
    INSTALLED,
    KIOSK,
    MANUFACTURING,
    NIGHT,
    PUBLIC_QR,
    REPEAT,
    ROBOT,
    TABLES,
    TECHNOLOGIES,
    Merchants,
    Run,
    State,
    Values,
)

CARD_CEILINGS = (300e6, 500e6, 1e9, 3e9)
QR_CEILINGS = (800e6, 1200e6)


@dataclass
class Announced:
    """What a programme announces this month: campaign KRW in all and a merchant, calls paid, their chance."""

    terms: kept.Terms
    is_met: bool
    campaign_money: float = 0.0
    campaign: float = 0.0
    calls: float = 0.0
    visit_chance: float = 0.0
    months_met: float = 0.0


@dataclass
class Month:
    """A merchants' month: what all meet, each row's state at its start, and what is counted for the books."""

    run: Run
    merchants: Merchants
    luck: Luck
    t: int
    announced: list[Announced]
    realised: F8
    peers: F8
    installed: B1
    till: I8
    mobile: F8
    qr: F8
    qr_if_taken: F8
    pay: F8
    subsidies: F8
    eligible: F8
    gave_up: F8
    paid: F8
    released: F8
    revises: B1
    elapsed: I8
    base: F8
    main: F8
    firms: F8
    kiosk_share: F8
    terms: Terms
    online_cost: F8
    inputs_saved: F8
    rival_part: F8
    public_part: F8
    prices: F8
    bought: F8
    input_cost: F8

    @property
    def year(self) -> int:
        return self.luck.month // 12

    def value(self, entry_id: str, technology: int) -> float:
        return float(self.run.values.of(entry_id)[technology])

    def by_sector(self, entry_id: str) -> F8:
        return self.run.values.of(entry_id, "sectors")[self.merchants.sector]

    def happens(self, purpose: str, technology: int, chance: F8 | float, among: B1) -> B1:
        return self.luck.happens(f"merchant_{purpose}", technology, self.merchants.id, chance, among)


def fee_tiers(merchants: Merchants) -> None:
    merchants.card_tier = np.sum([merchants.sales_year > ceiling for ceiling in CARD_CEILINGS], axis=0)
    merchants.qr_tier = np.sum([merchants.sales_year > ceiling for ceiling in QR_CEILINGS], axis=0)


def open_month(
    run: Run, merchants: Merchants, tills: Tills, terms: Terms, announced: list[Announced], state: State,
    sold_to_firms: F8, places: F8, t: int, luck: Luck, prices: F8,
) -> Month:  # fmt: skip
    """Note everybody's state at the month's start and sell; places: factor on each row's sales face to face."""
    place = merchants.province, merchants.sector
    merchants.sales = merchants.attraction * tills.rate[place] * places
    seller = *place, classes(run, merchants)
    merchants.sales_online = merchants.attraction_online * tills.online_rate[seller]
    merchants.sales_own = merchants.attraction_own * tills.own_rate[merchants.sector]
    firms = merchants.base_business * business_rate(merchants, sold_to_firms)
    rival, public = tills.rival_part[seller], tills.public_part[seller]
    first_price, rival_price = (price[seller] for price in state.platforms.price)
    saved_by = [1.0 - 1.0 / price for price in (first_price, rival_price, terms.public_price[merchants.province])]
    saved = mixed(saved_by[0], saved_by[1], saved_by[2], rival, public)
    saved = run.values.of("merchant.input_share", "sectors")[merchants.sector] * saved
    commission = mixed(terms.commission[0][seller], terms.commission[1][seller], terms.public_commission, rival, public)
    delivery = parcels(run.values)[merchants.sector]
    installed = (merchants.stage & INSTALLED) != 0
    till, rows, programmes = kind_of_till(installed), merchants.id.size, len(announced)
    return Month(
        run, merchants, luck, t, announced,
        realised=state.markets.realised[:, *place],
        peers=np.array([merchants.peers(j) for j in range(TECHNOLOGIES)]),
        installed=installed,
        till=till,
        mobile=tills.mobile[till, *place],
        qr=tills.qr[till, *place],
        qr_if_taken=tills.qr[till | 2, *place],
        pay=np.zeros(rows),
        subsidies=np.zeros((TECHNOLOGIES, rows)),
        eligible=np.zeros(programmes),
        gave_up=np.zeros(programmes),
        paid=np.zeros(programmes),
        released=np.zeros(programmes),
        revises=np.zeros(rows, dtype=bool),
        elapsed=np.zeros(rows, dtype=np.int64),
        base=merchants.base.copy(),
        main=np.where(merchants.sector == MANUFACTURING, firms, merchants.sales),
        firms=firms,
        kiosk_share=state.markets.kiosk_share[merchants.province],
        terms=terms,
        online_cost=commission + delivery - saved,
        inputs_saved=saved,
        rival_part=rival,
        public_part=public,
        prices=prices,
        bought=np.zeros(TECHNOLOGIES),
        input_cost=state.markets.input_cost[merchants.sector],
    )  # fmt: skip


def business_rate(merchants: Merchants, bought: F8) -> F8:
    """What firms buy of each row's sector, KRW, over what its shops offer them."""
    offered = merchants.by_market(merchants.base_business).sum(axis=0)
    return np.asarray(kept.ratio(bought, offered, 0.0)[merchants.sector])


def mixed(first: F8, rival: F8, public: F8 | float, rival_part: F8, public_part: F8) -> F8:
    """Mean of a figure over the platforms on which a merchant sells, by its sales there."""
    return np.asarray(first * (1.0 - rival_part - public_part) + rival * rival_part + public * public_part)


def parcels(v: Values) -> F8:
    """What sellers pay for delivery, a share of online sales by sector."""
    goods, meals = v["open_market.delivery_share"], v["delivery_app.merchant_fee_share"]
    return np.array([goods, goods, goods, meals, 0.0, 0.0])


def network_open(run: Run, j: int, t: int) -> bool:
    """Whether rules allow a technology, and there is a network to join: the public QR network opens later."""
    types = {"smart_store": (KIOSK, TABLES, ROBOT, NIGHT), "subscription_economy": (REPEAT,)}
    allowed = all(j not in devices or gate(run, service, t).max() > 0.0 for service, devices in types.items())
    return allowed and (j != PUBLIC_QR or run.now("public_qr_network_open", t) >= 0.5)
