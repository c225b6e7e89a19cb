"""What users of a technology gained over others of their market: a moving year that owners learn from."""

from numba import float32, njit

from model.agents.merchants.columns import (
    DELIVERY_APP,
    DEVICES,
    HAS_TERMINAL,
    KINDS_OF_TILL,
    LIVE_COMMERCE,
    M_BASE,
    M_BUSINESS_PULL,
    M_LIFT,
    M_LIFT_ONLINE,
    M_ONLINE_PULL,
    M_ONLINE_SALES,
    M_OWN_PULL,
    M_WITH,
    M_WITH_BASE,
    MANUFACTURING,
    OPEN_MARKET,
    OWN_STORE,
    PUBLIC_QR,
    SUBSCRIPTION,
    TAKES_QR,
    TERMINAL,
)
from model.agents.merchants.trade import drawn_by_till
from model.codes import GOODS_NEEDS, MEALS, PROVINCES, SECTORS
from model.numerics import JIT
from model.records import F8, Record

_PROVINCES = len(PROVINCES)
_SECTORS = len(SECTORS)


@njit(**JIT)
def learn_gains(market: Record, tables: Record, rules: Record, sums: Record) -> None:
    """Move the realised gain of every technology towards this month's, by market."""
    _learn_online(market, tables, sums)
    _learn_devices(tables, sums.market)
    for where in range(market.store_pull.size):
        _learn(tables, rules, TERMINAL, HAS_TERMINAL, where, market)
        _learn(tables, rules, PUBLIC_QR, TAKES_QR, where, market)


@njit(**JIT)
def _learn_online(market: Record, tables: Record, sums: Record) -> None:
    """Move the realised gain of selling online towards online over starting sales of those who do.

    Open-market entry: by sector over the nation; delivery app: by province.
    """
    for province in range(_PROVINCES):
        where = province * _SECTORS + MEALS
        _move_gain(tables, DELIVERY_APP, where, sums.market[where, M_ONLINE_SALES], market.entry_base[where])
    for sector in range(GOODS_NEEDS):
        online, base = 0.0, 0.0
        for province in range(_PROVINCES):
            online += sums.market[province * _SECTORS + sector, M_ONLINE_SALES]
            base += market.entry_base[province * _SECTORS + sector]
        for province in range(_PROVINCES):
            _move_gain(tables, OPEN_MARKET, province * _SECTORS + sector, online, base)
            own = tables.own_rate[sector] * market.own_pull[sector]
            _move_gain(tables, OWN_STORE, province * _SECTORS + sector, own, market.own_base[sector])


@njit(**JIT)
def _learn_devices(tables: Record, sums: F8) -> None:
    """Move the realised gain of devices: what they add together to those who have one, against those who have not.

    Of devices in the shop face to face (of manufacturers to firms), of live commerce and subscription online.
    """
    for where in range(sums.shape[0]):
        row = sums[where]
        for place in range(len(DEVICES)):
            base = row[M_WITH_BASE + place]
            if base <= 0.0:
                continue
            drawn_by_all, base_of_all = _all_offers(row, DEVICES[place], where % _SECTORS)
            if base_of_all - base <= 1e-3 * base_of_all:
                continue
            others = (drawn_by_all - row[M_WITH + place]) / (base_of_all - base)
            gain = float32(row[M_WITH + place] / base / others - 1.0)
            realised = tables.realised[DEVICES[place], where]
            tables.realised[DEVICES[place], where] += (gain - realised) * float32(1 / 12)


@njit(**JIT)
def _all_offers(row: F8, technology: int, sector: int) -> tuple[float, float]:
    """Return a market's attraction where a device acts, with all devices and without any."""
    if technology in (LIVE_COMMERCE, SUBSCRIPTION):
        drawn = row[M_ONLINE_PULL] + row[M_OWN_PULL]
        return drawn, drawn - row[M_LIFT_ONLINE]
    if sector == MANUFACTURING:
        return row[M_BUSINESS_PULL], row[M_BUSINESS_PULL] - row[M_LIFT]
    base = 0.0
    for till in range(KINDS_OF_TILL):
        base += row[M_BASE + till]
    return base + row[M_LIFT], base


@njit(**JIT)
def _move_gain(tables: Record, technology: int, where: int, online: float, base: float) -> None:
    if base > 0.0:
        gain = float32(online / base)
        tables.realised[technology, where] += (gain - tables.realised[technology, where]) * float32(1 / 12)


@njit(**JIT)
def _learn(tables: Record, rules: Record, technology: int, bit: int, where: int, market: Record) -> None:
    """Move the realised gain towards what tills with `bit` draw over their base against those without it.

    What an own online offer takes from the shop is left out: owners know it from what the till does.
    """
    drawn, base, others, others_base = 0.0, 0.0, 0.0, 0.0
    for till in range(KINDS_OF_TILL):
        here = market.base_by_till[where, till]
        pull = here * float(drawn_by_till(till, where, rules, tables))
        if till & bit:
            drawn += pull
            base += here
        else:
            others += pull
            others_base += here
    if base <= 0.0 or others_base <= 1e-9 * market.store_pull_start[where]:
        return
    gain = float32((drawn / base) / (others / others_base) - 1.0)
    tables.realised[technology, where] += (gain - tables.realised[technology, where]) * float32(1 / 12)
