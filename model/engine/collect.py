"""The month's core indicators, from the totals, markets and books (order and meaning: `model.indicators`)."""

from numba import njit

from model import ledger
from model.agents.consumers.columns import C_ADULTS, C_HOLDERS, C_USERS
from model.agents.government import TRAINING_ROUTE
from model.agents.merchants.columns import (
    M_INCOME,
    M_KIOSK_SALES,
    M_MOBILE_VALUE,
    M_ONLINE_SALES,
    M_OWN_SALES,
    M_QR_VALUE,
    M_REGULAR,
    M_STORE_SALES,
    M_TEMPORARY,
    S_CLOSURES,
    S_COUNTS,
    S_DEBT,
    S_DEBTORS,
    S_FAMILY,
    S_MERCHANTS,
    S_OPENINGS,
    S_SUBSIDY,
    S_WAITING,
    S_WRITTEN_OFF,
    STAGE_MASKS,
    SUBSIDISED,
)
from model.agents.platform_terms import SERVICES
from model.codes import (
    AGE_BANDS,
    FUNDED,
    GOODS_NEEDS,
    INSTRUMENTS,
    MEALS,
    MOBILITY,
    NEEDS,
    NO_SECTOR,
    ONLINE_SERVICES,
    PROVINCES,
    SECTOR_OF_NEED,
    SECTORS,
    STAGES,
    TECHNOLOGIES,
)
from model.indicators import POSITION
from model.numerics import JIT
from model.records import F8, Record, Records

_PROVINCES, _SECTORS, _NEEDS = len(PROVINCES), len(SECTORS), len(NEEDS)
_TECHNOLOGIES, _BANDS = len(TECHNOLOGIES), len(AGE_BANDS)
_SERVICES, _INSTRUMENTS = len(ONLINE_SERVICES), len(INSTRUMENTS)

_ONLINE_SHARE = POSITION["online_share_goods"]
_ONLINE = POSITION["online_goods_krw"]
_ONLINE_NEED = POSITION[f"online_{NEEDS[0]}_krw"]
_SPENDING = POSITION[f"spending_{NEEDS[0]}_krw"]
_ONLINE_TOTAL = POSITION["online_total_krw"]
_MEALS_OUT = POSITION["face_to_face_meals_krw"]
_SAVING = POSITION["household_saving_krw"]
_ADULTS = POSITION["adults_persons"]
_USERS = POSITION["users_online_goods_persons"]
_USERS_BAND = POSITION[f"users_online_goods_{AGE_BANDS[0]}_persons"]
_USERS_OF_MEALS = POSITION["users_online_meals_persons"]
_ACCOUNTS = POSITION[f"account_holders_{ONLINE_SERVICES[0]}_persons"]
_HOLDERS = POSITION[f"instrument_holders_{INSTRUMENTS[0]}_persons"]
_SKILL = POSITION["digital_skill_mean"]
_MOBILE = POSITION["mobile_pay_card_krw"]
_SIMPLE = POSITION["online_simple_pay_krw"]
_QR = POSITION["public_qr_krw"]
_QR_COUNT = POSITION["public_qr_payments"]
_ADOPTION = tuple(
    (POSITION[name], count)
    for technology, code in enumerate(TECHNOLOGIES)
    for name, count in (
        *(
            (f"merchants_{stage}_{code}", mask * _TECHNOLOGIES + technology)
            for stage, mask in zip(STAGES, STAGE_MASKS, strict=True)
        ),
        (f"merchants_subsidised_{code}", SUBSIDISED * _TECHNOLOGIES + technology),
    )
    if name in POSITION
)
"""Column of each count of adoption, and where it stands among the counts by mask and technology."""
_MERCHANTS = POSITION["merchants_total"]
_STORE = POSITION["sales_face_to_face_krw"]
_SECTOR = POSITION[f"sales_{SECTORS[0]}_krw"]
_INCOME = POSITION["owner_income_krw"]
_HEADS = POSITION["heads_owners_persons"]
_LARGE = POSITION["large_seller_sales_krw"]
_PUBLIC = POSITION["public_spending_krw"]
_PUBLIC_TECHNOLOGY = POSITION[f"public_spending_{FUNDED[0]}_krw"]
_FUNDED = tuple(TECHNOLOGIES.index(technology) for technology in FUNDED)
_TRAINING = POSITION["public_spending_training_krw"]
_KIOSK = POSITION["kiosk_sales_krw"]
_LIFE = POSITION["openings"]
_PUBLIC_LOANS = POSITION["public_spending_loans_krw"]
_RESIDUAL = POSITION["ledger_residual"]


@njit(**JIT)
def _collect_consumption(spending: Record, books: Record, row: F8) -> None:
    goods, online = 0.0, 0.0
    for need in range(_NEEDS):
        face, sector = 0.0, SECTOR_OF_NEED[need]
        for province in range(_PROVINCES if sector != NO_SECTOR else 0):
            where = province * _SECTORS + sector
            face += spending.small_store[where] + spending.large_store[where]
        contactless = 0.0
        if need < GOODS_NEEDS:
            contactless = spending.mall[need] + spending.own_store[need] + spending.market_own[need]
            for side in range(SERVICES):
                contactless += spending.market_small[side, need] + spending.market_large[side, need]
                contactless += spending.market_fee[side, need]
            row[_ONLINE_NEED + need] = contactless
            goods += face + contactless
            online += contactless
        elif need == MEALS:
            contactless = spending.app_small.sum() + spending.app_large.sum() + spending.app_courier.sum()
            contactless += spending.app_fee.sum() + spending.app_public.sum()
            row[_ONLINE_NEED + need] = contactless
            row[_MEALS_OUT] = face
        elif need == MOBILITY:
            face, contactless = spending.travel_counter.sum(), spending.travel_online.sum()
            row[_ONLINE_NEED + need] = contactless
        row[_SPENDING + need] = face + contactless
    row[_ONLINE] = online
    row[_ONLINE_TOTAL] = online + row[_ONLINE_NEED + MEALS] + row[_ONLINE_NEED + MOBILITY]
    row[_ONLINE_SHARE] = online / goods
    row[_SAVING] = books.cash[ledger.HOUSEHOLDS] - books.before[ledger.HOUSEHOLDS]


@njit(**JIT)
def _collect_people(sums: Record, weights: F8, row: F8) -> None:
    skill = 0.0
    count = sums.count
    for province in range(_PROVINCES):
        weight = weights[province]
        skill += weight * sums.skill[province]
        for band in range(_BANDS):
            users = weight * count[province, C_ADULTS + 2 * band + 1]
            row[_ADULTS] += weight * count[province, C_ADULTS + 2 * band] + users
            row[_USERS] += users
            row[_USERS_BAND + band] += users
        row[_USERS_OF_MEALS] += weight * count[province, C_USERS + MEALS]
        for service in range(_SERVICES):
            row[_ACCOUNTS + service] += weight * count[province, C_HOLDERS + service]
        for instrument in range(_INSTRUMENTS):
            row[_HOLDERS + instrument] += weight * count[province, C_HOLDERS + _SERVICES + instrument]
    row[_SKILL] = skill / row[_ADULTS]


@njit(**JIT)
def _collect_merchants(sums: Record, spending: Record, rules: Record, sold_to_firms: F8, row: F8) -> None:
    nation = sums.nation
    for column, count in _ADOPTION:
        row[column] = nation[S_COUNTS + count]
    row[_MERCHANTS] = nation[S_MERCHANTS]
    for province in range(_PROVINCES):
        for sector in range(_SECTORS):
            here = sums.market[province * _SECTORS + sector]
            row[_STORE] += here[M_STORE_SALES]
            online = here[M_ONLINE_SALES] + here[M_OWN_SALES]
            row[_STORE + 1] += online
            row[_SECTOR + sector] += here[M_STORE_SALES] + online
            row[_KIOSK] += here[M_KIOSK_SALES]
            row[_HEADS + 2] += here[M_REGULAR]
            row[_HEADS + 3] += here[M_TEMPORARY]
            row[_MOBILE] += here[M_MOBILE_VALUE]
            row[_QR] += here[M_QR_VALUE]
            row[_QR_COUNT] += here[M_QR_VALUE] / float(rules.ticket_krw[sector])
    for sector in range(_SECTORS):
        business = sold_to_firms[sector]
        row[_STORE + 2] += business
        row[_SECTOR + sector] += business
    row[_HEADS] = nation[S_MERCHANTS]
    row[_HEADS + 1] = nation[S_FAMILY]
    row[_MOBILE] += spending.mobile_at_large
    row[_SIMPLE] = spending.simple_pay


@njit(**JIT)
def _share_among_devices(programmes: Record, k: int, money_krw: float, row: F8) -> None:
    """Count visits and campaigns of a programme in equal parts for each device it supports."""
    devices = 0
    for place in range(len(_FUNDED)):
        devices += 1 if _supports(programmes, k, _FUNDED[place]) else 0
    for place in range(len(_FUNDED)):
        if _supports(programmes, k, _FUNDED[place]):
            row[_PUBLIC_TECHNOLOGY + place] += money_krw / devices


@njit(**JIT)
def _supports(programmes: Record, k: int, technology: int) -> bool:
    found = False
    for sector in range(_SECTORS):
        found = found or programmes.technology[k, sector] == technology
    return found


@njit(**JIT)
def _collect_money(books: Record, sums: Record, programmes: Record, state: Records, row: F8) -> None:
    booked = books.booked
    row[_LARGE] = booked[ledger.STORE_LARGE] + booked[ledger.MARKET_LARGE] + booked[ledger.MALL]
    row[_LARGE] += booked[ledger.APP_LARGE]
    row[_LARGE + 1] = booked[ledger.COMMISSION_SMALL] + booked[ledger.COMMISSION_LARGE]
    row[_LARGE + 2] = booked[ledger.APP_COMMISSION_SMALL] + booked[ledger.APP_COMMISSION_LARGE]
    row[_LARGE + 3] = booked[ledger.DELIVERY_SMALL] + booked[ledger.DELIVERY_LARGE]
    row[_LARGE + 3] += booked[ledger.OWN_STORE_DELIVERY] + booked[ledger.OWN_PARCELS]
    couriers = booked[ledger.APP_DELIVERY_SMALL] + booked[ledger.APP_DELIVERY_LARGE]
    row[_LARGE + 4] = booked[ledger.APP_COURIER] + couriers
    row[_PUBLIC + 1] = booked[ledger.DEVICE_SUBSIDY]
    row[_PUBLIC + 2] = booked[ledger.VISITS]
    row[_PUBLIC + 3] = booked[ledger.CAMPAIGNS] + booked[ledger.PROMOTION]
    row[_PUBLIC + 4] = booked[ledger.QR_REWARD] + booked[ledger.VOUCHERS]
    row[_TRAINING] = booked[ledger.TRAINING]
    row[_PUBLIC] = row[_TRAINING]
    for kind in range(1, 5):
        row[_PUBLIC] += row[_PUBLIC + kind]
    for place in range(len(_FUNDED)):
        row[_PUBLIC_TECHNOLOGY + place] = sums.nation[S_SUBSIDY + _FUNDED[place]]
    for k in range(programmes.count):
        if programmes.route[k] == TRAINING_ROUTE:
            row[_TRAINING + 1] += state[k].committed
            continue
        reached = state[k].visits * programmes.visit_cost_krw[k] + state[k].campaign_krw
        if reached > 0.0:
            _share_among_devices(programmes, k, reached, row)
    row[_PUBLIC_LOANS] = booked[ledger.INTEREST_SUBSIDY] + booked[ledger.GUARANTEE_CLAIMS]
    row[_PUBLIC] += row[_PUBLIC_LOANS]
    for where in range(sums.market.shape[0]):
        row[_INCOME] += sums.market[where, M_INCOME]
    row[_INCOME + 1] = booked[ledger.WAGES]
    row[_RESIDUAL] = books.verdict[3]


@njit(**JIT)
def _collect_life(books: Record, nation: F8, loan_state: Records, row: F8) -> None:
    row[_LIFE] = nation[S_OPENINGS]
    row[_LIFE + 1] = nation[S_CLOSURES]
    row[_LIFE + 2] = nation[S_WAITING]
    row[_LIFE + 3] = nation[S_DEBT]
    row[_LIFE + 4] = nation[S_DEBTORS]
    row[_LIFE + 5] = books.booked[ledger.LOANS]
    row[_LIFE + 6] = nation[S_WRITTEN_OFF]
    for k in range(loan_state.size):
        row[_LIFE + 7] += loan_state[k].covered_krw


@njit(**JIT)
def collect_month(
    consumer_sums: Record,
    weights: F8,
    merchant_sums: Record,
    spending: Record,
    rules: Record,
    sold_to_firms: F8,
    books: Record,
    programmes: Record,
    state: Records,
    loan_state: Records,
    row: F8,
) -> None:
    """Fill the month's row of core indicators.

    consumer_sums, merchant_sums: totals over all chunks; weights: people a row stands for by province;
    rules: the merchants'; sold_to_firms: KRW by sector; state: the programmes' running
    state, one record each.
    """
    row[:] = 0.0
    _collect_consumption(spending, books, row)
    _collect_people(consumer_sums, weights, row)
    _collect_merchants(merchant_sums, spending, rules, sold_to_firms, row)
    _collect_money(books, merchant_sums, programmes, state, row)
    _collect_life(books, merchant_sums.nation, loan_state, row)
