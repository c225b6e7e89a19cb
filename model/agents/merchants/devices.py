"""What technologies beside tills do in a block of merchants: attraction, hours saved, costs of their own.

Few merchants have any, so `find_equipped` lists their rows and the rest is done for them one by one.
"""

import numpy as np
from numba import float32, float64, int64, njit, uint16

from model.agents.merchants.columns import (
    ACTIVE,
    BASE,
    BASE_BUSINESS,
    BUSINESS,
    DATA_ADVICE,
    DEVICES,
    IN_SHOP,
    INSTALLED,
    KIND,
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
    SALES_YEAR,
    SAVE_LABOUR,
    STAFF_RANK,
    START,
    SUBSCRIPTION,
    TELEWORK_KIT,
    MerchantRows,
)
from model.codes import SECTORS
from model.numerics import JIT
from model.records import F4, F8, U2, Record
from model.rules.devices import kiosk_pull
from model.rules.life import heads_wanted

_SECTORS = len(SECTORS)
_SHOP_DEVICES = int64(sum(1 << technology for technology in IN_SHOP))
_ONLINE_DEVICES = int64(sum(1 << technology for technology in ON_LINE))
_SAVERS = int64(sum(1 << technology for technology in SAVE_LABOUR))
_FIRST = KIOSK
"""Technologies from here on are not looked after by tills and online channels."""


@njit(**JIT)
def find_equipped(installed: U2, work: Record, n: int) -> None:
    """List the rows of a block that have any technology beyond tills and the online channel of their sector."""
    count = 0
    for i in range(n):
        work.equipped[count] = i
        count += 1 if (int64(installed[i]) >> _FIRST) != 0 else 0
    work.equipped_rows = count


@njit(**JIT)
def device_pull(technology: int, province: int, rules: Record, tables: Record) -> float:
    """Return what a device adds to attraction, as a share of it."""
    if technology == KIOSK:
        return kiosk_pull(rules.attraction[KIOSK], tables.kiosk_share[province], rules.kiosk_lost)
    if technology == DATA_ADVICE:
        return rules.attraction[DATA_ADVICE] * tables.advice
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
def _lift(devices: int, province: int, rules: Record, tables: Record) -> float:
    """Return what the devices of a mask multiply attraction by."""
    factor = float32(1.0)
    for technology in DEVICES:
        if (devices >> technology) & 1:
            factor *= float32(1.0) + device_pull(technology, province, rules, tables)
    return factor


@njit(**JIT)
def _count_lift(devices: int, base: float, factor: float, lift: int, where: F8) -> None:
    """Add a row to the market's sums: what its devices add together, and attraction of those who have each.

    base: weighted attraction without devices; lift: the sum that what they add goes to.
    """
    where[lift] += base * (factor - 1.0)
    for place in range(len(DEVICES)):
        if (devices >> DEVICES[place]) & 1:
            where[M_WITH + place] += base * factor
            where[M_WITH_BASE + place] += base


@njit(**JIT)
def sell_own(rows: MerchantRows, lo: int, n: int, sector: int, tables: Record, work: Record) -> None:
    """Set what the block sells in own online stores, this month's KRW."""
    pull, sold = rows.numbers[PULL_OWN, lo : lo + n], rows.numbers[SALES_OWN, lo : lo + n]
    for i in range(n):
        work.own[i] = 0.0
    for i in range(n):
        sold[i] = float32(0.0)
    rate = tables.own_rate[sector]
    for place in range(work.equipped_rows):
        i = work.equipped[place]
        work.own[i] = float64(pull[i]) * rate
        sold[i] = float32(work.own[i])


@njit(**JIT)
def settle_devices(
    rows: MerchantRows, lo: int, sector: int, rules: Record, tables: Record, work: Record, nation: F8
) -> None:
    """Take parcels of own stores and fees of broadcasts from the month's income, and add what telework saves.

    Uses what was in place at the start of the month.
    """
    x, share = rows.numbers, rules.office_saved * rules.other_cost_share[sector] * tables.index
    for place in range(work.equipped_rows):
        i = work.equipped[place]
        row = lo + i
        installed, weight = int64(rows.masks[INSTALLED, row]), float64(rows.weight[row])
        work.income[i] -= rules.own_delivery * work.own[i]
        if (installed >> LIVE_COMMERCE) & 1:
            fee = rules.live_fee * (work.online[i] + work.own[i])
            work.income[i] -= fee
            nation[S_LIVE_FEES] += weight * fee
        if (installed >> TELEWORK_KIT) & 1:
            saved = share * (float64(x[START, row]) + float64(x[BUSINESS, row]))
            work.income[i] += saved
            work.outlay[i] -= saved
            nation[S_OFFICE_SAVED] += weight * saved


@njit(**JIT)
def use_devices(rows: MerchantRows, lo: int, work: Record) -> None:
    """Set which devices were used: those by way of which anything was sold, as payments are too many for a draw."""
    tills = uint16((1 << _FIRST) - 1)
    for place in range(work.equipped_rows):
        i = work.equipped[place]
        used = int64(0) if work.sales[i] <= 0.0 else ~(_ONLINE_DEVICES | int64(1 << OWN_STORE))
        used |= int64(1 << OWN_STORE) if work.own[i] > 0.0 else int64(0)
        used |= _ONLINE_DEVICES if work.online[i] + work.own[i] > 0.0 else int64(0)
        active = rows.masks[INSTALLED, lo + i] & uint16(used & 0xFFFF) & ~tills
        rows.masks[ACTIVE, lo + i] = (rows.masks[ACTIVE, lo + i] & tills) | active


@njit(**JIT)
def shocks_felt(rows: MerchantRows, lo: int, spread: F4, relief: float, work: Record, n: int) -> None:
    """Set `work.plain`: the spread of shocks, less what subscription takes away of it."""
    for i in range(n):
        work.plain[i] = spread[i]
    for place in range(work.equipped_rows):
        i = work.equipped[place]
        if (int64(rows.masks[INSTALLED, lo + i]) >> SUBSCRIPTION) & 1:
            work.plain[i] *= float32(1.0) - relief


@njit(**JIT)
def want_fewer(rows: MerchantRows, lo: int, market: int, rules: Record, tables: Record, work: Record) -> None:
    """Set anew the heads wanted where devices save hours: here and nowhere else the labour they save enters."""
    per_krw = tables.heads_per_krw[market % _SECTORS]
    for place in range(work.equipped_rows):
        i = work.equipped[place]
        row = lo + i
        installed = int64(rows.masks[INSTALLED, row])
        if installed & _SAVERS:
            asked = rows.numbers[SALES_YEAR, row] * hours_left(installed, market // _SECTORS, rules, tables)
            work.wanted[i] = heads_wanted(asked, per_krw, rules.owner_absorbs, rows.numbers[STAFF_RANK, row])


@njit(**JIT)
def equip_shop(
    rows: MerchantRows, lo: int, market: int, pull: F4, rules: Record, tables: Record, work: Record, where: F8
) -> None:
    """Multiply by what devices add: attraction in the shop, `pull`; of manufacturers, of what they offer to firms."""
    makes = market % _SECTORS == MANUFACTURING
    column = BASE_BUSINESS if makes else BASE
    for place in range(work.equipped_rows):
        i = work.equipped[place]
        row = lo + i
        devices = int64(rows.masks[INSTALLED, row]) & _SHOP_DEVICES
        if devices == 0:
            continue
        factor = _lift(devices, market // _SECTORS, rules, tables)
        base = float64(rows.weight[row]) * float64(rows.numbers[column, row])
        _count_lift(devices, base, float64(factor), M_LIFT, where)
        if makes:
            rows.numbers[BASE_BUSINESS, row] *= factor
        else:
            pull[i] *= factor


@njit(**JIT)
def equip_online(
    rows: MerchantRows, lo: int, n: int, market: int, rules: Record, tables: Record, work: Record, where: F8
) -> None:
    """Set the attraction of own online stores, and multiply all offers online by what devices add."""
    x = rows.numbers
    for i in range(n):
        x[PULL_OWN, lo + i] = float32(0.0)
    for place in range(work.equipped_rows):
        row = lo + work.equipped[place]
        installed, weight = int64(rows.masks[INSTALLED, row]), float64(rows.weight[row])
        if (installed >> OWN_STORE) & 1:
            x[PULL_OWN, row] = x[BASE, row] * rules.attraction[OWN_STORE]
            where[M_OWN_BASE] += weight * float64(x[BASE, row])
        devices = installed & _ONLINE_DEVICES
        if devices:
            factor = _lift(devices, market // _SECTORS, rules, tables)
            base = weight * (float64(x[PULL_ONLINE, row]) + float64(x[PULL_OWN, row]))
            _count_lift(devices, base, float64(factor), M_LIFT_ONLINE, where)
            x[PULL_ONLINE, row] *= factor
            x[PULL_OWN, row] *= factor
        where[M_OWN_PULL] += weight * float64(x[PULL_OWN, row])


@njit(**JIT)
def count_kiosks(rows: MerchantRows, lo: int, pull: F4, work: Record, where: F8) -> None:
    """Add the attraction of shops with a kiosk to the market's sums by kind of district."""
    for place in range(work.equipped_rows):
        i = work.equipped[place]
        if (int64(rows.masks[INSTALLED, lo + i]) >> KIOSK) & 1:
            kind = int64(rows.codes[KIND, lo + i])
            where[M_KIOSK_PULL + kind] += float64(rows.weight[lo + i]) * float64(pull[i])


@njit(**JIT)
def count_active_devices(active: U2, counts: np.ndarray, n: int) -> None:
    """Count who used each device in a cell; counts: by technology, those of tills and channels stay."""
    for technology in range(_FIRST, counts.size):
        counts[technology] = 0
    for i in range(n):
        used = int64(active[i]) >> _FIRST
        technology = _FIRST
        while used:
            counts[technology] += used & 1
            used >>= 1
            technology += 1
