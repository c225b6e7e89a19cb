"""What technologies beside tills do in a block of merchants: attraction, hours saved, costs of their own.

Every loop over rows is entered only if somebody of the block has the technology.
"""

import numpy as np
from numba import float32, float64, int64, njit

from model.agents.merchants.columns import (
    BASE,
    BASE_BUSINESS,
    BUSINESS,
    DEVICES,
    IN_SHOP,
    INSTALLED,
    KIOSK,
    LIVE_COMMERCE,
    M_KIOSK_PULL,
    M_LIFT,
    M_LIFT_ONLINE,
    M_OWN_BASE,
    M_OWN_PULL,
    M_WITH,
    M_WITH_BASE,
    MANUFACTURING,
    ON_LINE,
    OWN_STORE,
    PULL_ONLINE,
    PULL_OWN,
    S_LIVE_FEES,
    S_OFFICE_SAVED,
    SALES_OWN,
    SAVE_LABOUR,
    START,
    TELEWORK_KIT,
    MerchantRows,
)
from model.codes import GOODS_NEEDS, SECTORS
from model.numerics import JIT
from model.records import F4, F8, U2, Record
from model.rules.devices import kiosk_pull

_SECTORS = len(SECTORS)
_SHOP_DEVICES = int64(sum(1 << technology for technology in IN_SHOP))
_ONLINE_DEVICES = int64(sum(1 << technology for technology in ON_LINE))
_SAVERS = int64(sum(1 << technology for technology in SAVE_LABOUR))


@njit(**JIT)
def any_of(masks: U2, n: int) -> int:
    """Return the technologies that somebody of the block has, as a mask."""
    found = np.uint16(0)
    for i in range(n):
        found |= masks[i]
    return int64(found)


@njit(**JIT)
def device_pull(technology: int, province: int, rules: Record, tables: Record) -> float:
    """Return what a device adds to attraction, as a share of it."""
    if technology == KIOSK:
        return kiosk_pull(rules.attraction[KIOSK], tables.kiosk_share[province], rules.kiosk_lost)
    return rules.attraction[technology]


@njit(**JIT)
def share_of_hours(technology: int, province: int, rules: Record, tables: Record) -> float:
    """Return the share of a shop's working hours that a device saves; a kiosk only of orders at it."""
    saved = rules.hours_saved[technology]
    return saved * tables.kiosk_share[province] if technology == KIOSK else saved


@njit(**JIT)
def hours_left(installed: int, province: int, rules: Record, tables: Record) -> float:
    """Return the share of working hours that a mask of installed technologies leaves."""
    left = float32(1.0)
    for technology in SAVE_LABOUR:
        if (installed >> technology) & 1:
            left *= float32(1.0) - share_of_hours(technology, province, rules, tables)
    return left


@njit(**JIT)
def _scale(values: F4, installed: U2, technology: int, factor: float, n: int) -> None:
    for i in range(n):
        has = (int64(installed[i]) >> technology) & 1
        values[i] *= factor if has else float32(1.0)


@njit(**JIT)
def _ones(values: F4, n: int) -> None:
    for i in range(n):
        values[i] = float32(1.0)


@njit(**JIT)
def _copy(source: F4, values: F4, n: int) -> None:
    for i in range(n):
        values[i] = source[i]


@njit(**JIT)
def hours_asked(sales: F4, installed: U2, province: int, rules: Record, tables: Record, asked: F4, n: int) -> None:
    """Set `asked`: yearly sales, as far as devices leave the hours that they ask for."""
    _copy(sales, asked, n)
    there = any_of(installed, n)
    if there & _SAVERS:
        for technology in SAVE_LABOUR:
            if (there >> technology) & 1:
                left = float32(1.0) - share_of_hours(technology, province, rules, tables)
                _scale(asked, installed, technology, left, n)


@njit(**JIT)
def shocks_felt(spread: F4, installed: U2, technology: int, relief: float, felt: F4, n: int) -> None:
    """Set `felt`: the spread of shocks, less what a technology takes away of it."""
    _copy(spread, felt, n)
    _scale(felt, installed, technology, float32(1.0) - relief, n)


@njit(**JIT)
def _count_lift(
    plain: F4, factor: F4, installed: U2, weight: F4, devices: int, lift: int, where: F8, n: int
) -> None:  # fmt: skip
    """Add to the market's sums what devices of a mask add to attraction: together, and for those who have each."""
    total = 0.0
    for i in range(n):
        total += float64(weight[i]) * float64(plain[i]) * (float64(factor[i]) - 1.0)
    where[lift] += total
    for place in range(len(DEVICES)):
        technology = DEVICES[place]
        if not (devices >> technology) & 1:
            continue
        drawn, base = 0.0, 0.0
        for i in range(n):
            held = float64(weight[i]) * float64(plain[i]) * float64((int64(installed[i]) >> technology) & 1)
            drawn += held * float64(factor[i])
            base += held
        where[M_WITH + place] += drawn
        where[M_WITH_BASE + place] += base


@njit(**JIT)
def _lift(
    devices: int, plain: F4, installed: U2, weight: F4, province: int, rules: Record, tables: Record, factor: F4,
    lift: int, where: F8, n: int,
) -> None:  # fmt: skip
    """Set `factor`, what the devices of a mask multiply attraction by, and count it."""
    _ones(factor, n)
    for technology in DEVICES:
        if (devices >> technology) & 1:
            added = device_pull(technology, province, rules, tables)
            _scale(factor, installed, technology, float32(1.0) + added, n)
    _count_lift(plain, factor, installed, weight, devices, lift, where, n)


@njit(**JIT)
def _times(values: F4, factor: F4, n: int) -> None:
    for i in range(n):
        values[i] *= factor[i]


@njit(**JIT)
def _sum(values: F4, weight: F4, n: int) -> float:
    total = 0.0
    for i in range(n):
        total += float64(weight[i]) * float64(values[i])
    return total


@njit(**JIT)
def _sum_of_those_with(values: F4, weight: F4, installed: U2, technology: int, n: int) -> float:
    total = 0.0
    for i in range(n):
        has = float64((int64(installed[i]) >> technology) & 1)
        total += has * float64(weight[i]) * float64(values[i])
    return total


@njit(**JIT)
def equip_shop(
    rows: MerchantRows, lo: int, n: int, market: int, sector: int, pull: F4, rules: Record, tables: Record,
    work: Record, where: F8,
) -> None:  # fmt: skip
    """Multiply a block's attraction in the shop, `pull`, by what its devices add."""
    hi = lo + n
    installed = rows.masks[INSTALLED, lo:hi]
    devices = any_of(installed, n) & _SHOP_DEVICES
    if devices == 0 or sector == MANUFACTURING:
        return
    base, weight = rows.numbers[BASE, lo:hi], rows.weight[lo:hi]
    _lift(devices, base, installed, weight, market // _SECTORS, rules, tables, work.factor, M_LIFT, where, n)
    _times(pull, work.factor, n)


@njit(**JIT)
def count_kiosks(rows: MerchantRows, lo: int, n: int, pull: F4, where: F8) -> None:
    """Add the attraction of shops with a kiosk to the market's sums."""
    installed = rows.masks[INSTALLED, lo : lo + n]
    if (any_of(installed, n) >> KIOSK) & 1:
        where[M_KIOSK_PULL] += _sum_of_those_with(pull, rows.weight[lo : lo + n], installed, KIOSK, n)


@njit(**JIT)
def equip_workshop(
    rows: MerchantRows, lo: int, n: int, market: int, sector: int, rules: Record, tables: Record, work: Record,
    where: F8,
) -> None:  # fmt: skip
    """Multiply what manufacturers offer to firms by what their devices add."""
    hi = lo + n
    installed, weight, pull = rows.masks[INSTALLED, lo:hi], rows.weight[lo:hi], rows.numbers[BASE_BUSINESS, lo:hi]
    devices = any_of(installed, n) & _SHOP_DEVICES
    if devices and sector == MANUFACTURING:
        _lift(devices, pull, installed, weight, market // _SECTORS, rules, tables, work.factor, M_LIFT, where, n)
        _times(pull, work.factor, n)


@njit(**JIT)
def _pull_of_own(start: F4, installed: U2, attraction: float, pull: F4, n: int) -> None:
    for i in range(n):
        has = (int64(installed[i]) >> OWN_STORE) & 1
        pull[i] = start[i] * attraction if has else float32(0.0)


@njit(**JIT)
def _both(one: F4, other: F4, total: F4, n: int) -> None:
    for i in range(n):
        total[i] = one[i] + other[i]


@njit(**JIT)
def equip_online(
    rows: MerchantRows, lo: int, n: int, market: int, sector: int, rules: Record, tables: Record, work: Record,
    where: F8,
) -> None:  # fmt: skip
    """Set the attraction of own online stores, and multiply all offers online by what devices add."""
    hi = lo + n
    x, installed, weight = rows.numbers, rows.masks[INSTALLED, lo:hi], rows.weight[lo:hi]
    start, online, own = x[BASE, lo:hi], x[PULL_ONLINE, lo:hi], x[PULL_OWN, lo:hi]
    there = any_of(installed, n)
    has_own = (there >> OWN_STORE) & 1
    if sector < GOODS_NEEDS:
        _pull_of_own(start, installed, rules.attraction[OWN_STORE], own, n)
    devices = there & _ONLINE_DEVICES
    if devices:
        _both(online, own, work.plain, n)
        province = market // _SECTORS
        _lift(devices, work.plain, installed, weight, province, rules, tables, work.factor, M_LIFT_ONLINE, where, n)
        _times(online, work.factor, n)
        _times(own, work.factor, n)
    if has_own:
        where[M_OWN_PULL] += _sum(own, weight, n)
        where[M_OWN_BASE] += _sum_of_those_with(start, weight, installed, OWN_STORE, n)


@njit(**JIT)
def _save_office(start: F4, business: F4, installed: U2, share: float, saved: F8, n: int) -> None:
    for i in range(n):
        has = float64((int64(installed[i]) >> TELEWORK_KIT) & 1)
        saved[i] = has * share * (float64(start[i]) + float64(business[i]))


@njit(**JIT)
def _move(values: F8, amount: F8, sign: float, n: int) -> None:
    for i in range(n):
        values[i] += sign * amount[i]


@njit(**JIT)
def _weigh(values: F8, weight: F4, n: int) -> float:
    total = 0.0
    for i in range(n):
        total += float64(weight[i]) * values[i]
    return total


@njit(**JIT)
def _pay_live(online: F8, own: F8, installed: U2, fee: float, paid: F8, n: int) -> None:
    for i in range(n):
        has = float64((int64(installed[i]) >> LIVE_COMMERCE) & 1)
        paid[i] = has * fee * (online[i] + own[i])


@njit(**JIT)
def _pay_parcels(own: F8, share: float, income: F8, n: int) -> None:
    for i in range(n):
        income[i] -= own[i] * share


@njit(**JIT)
def settle_devices(
    rows: MerchantRows, lo: int, n: int, sector: int, rules: Record, tables: Record, work: Record, nation: F8
) -> None:
    """Take parcels of own stores and fees of broadcasts from the month's income, and add what telework saves.

    Uses what was in place at the start of the month.
    """
    hi = lo + n
    installed, weight = rows.masks[INSTALLED, lo:hi], rows.weight[lo:hi]
    if work.installed[OWN_STORE] > 0:
        _pay_parcels(work.own, rules.own_delivery, work.income, n)
    if work.installed[LIVE_COMMERCE] > 0:
        _pay_live(work.online, work.own, installed, rules.live_fee, work.drawn, n)
        _move(work.income, work.drawn, -1.0, n)
        nation[S_LIVE_FEES] += _weigh(work.drawn, weight, n)
    if work.installed[TELEWORK_KIT] > 0:
        share = rules.office_saved * rules.other_cost_share[sector] * tables.index
        _save_office(rows.numbers[START, lo:hi], rows.numbers[BUSINESS, lo:hi], installed, share, work.drawn, n)
        _move(work.income, work.drawn, 1.0, n)
        _move(work.outlay, work.drawn, -1.0, n)
        nation[S_OFFICE_SAVED] += _weigh(work.drawn, weight, n)


@njit(**JIT)
def sell_own(rows: MerchantRows, lo: int, n: int, sector: int, tables: Record, work: Record) -> None:
    """Set what the block sells in own online stores, this month's KRW."""
    pull, sold = rows.numbers[PULL_OWN, lo : lo + n], rows.numbers[SALES_OWN, lo : lo + n]
    rate = tables.own_rate[sector]
    for i in range(n):
        work.own[i] = float64(pull[i]) * rate
    for i in range(n):
        sold[i] = float32(work.own[i])
