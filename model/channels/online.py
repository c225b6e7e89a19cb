"""What online services are worth: each platform and mall, and every set of services that accounts reach.

One nest a need: services for goods are the open market, malls and a rival market; meals come by the first app, a rival
one and the public one.
"""

from typing import Final

from numba import float32, njit

from model.agents.consumers.columns import (
    APP_SETS,
    BESIDE_APP,
    BESIDE_MARKET,
    BESIDE_PUBLIC,
    GOODS_SETS,
    MARKET_SETS,
)
from model.agents.platform_terms import FIRST, GOODS_MARKET, MEALS_APP, RIVAL
from model.channels.needs import face_utility
from model.codes import GOODS_NEEDS, MEALS, PROVINCES, SECTORS, SERVICE_TYPES
from model.numerics import JIT, exp32, log32
from model.records import Record, Records
from model.rules.choice import (
    CLOSED_UTILITY,
    gate_utility,
    inclusive_value,
    network_utility,
    price_utility,
    service_quality,
)

_PROVINCES: Final = len(PROVINCES)
_SECTORS: Final = len(SECTORS)
ECOMMERCE: Final = SERVICE_TYPES.index("ecommerce")


@njit(**JIT)
def open_market_utility(market: Record, rules: Record, terms: Record, need: int, years: float) -> float:
    """Return the utility of the open market for a need, be it open or not: sellers, service quality, price.

    terms: of the first platforms; sellers in reach and price over those of the start.
    """
    sellers = market.online_pull[need] + market.large_online[need]
    at_start = market.online_pull_start[need] + market.large_online[need]
    reach = float32(sellers / at_start) if at_start > 0.0 else float32(1.0)
    quality = service_quality(rules.quality_trend, rules.quality_fading_years, float32(years))
    dear = price_utility(rules.price_weight, float32(terms.service_price[need]))
    return network_utility(rules.network_weight, reach) + quality + dear


@njit(**JIT)
def mall_utility(market: Record, rules: Record, need: int, years: float) -> float:
    """Return the utility of sellers' own malls: a solved constant, reachable sellers and service quality."""
    sellers = market.own_pull[need] + market.large_mall[need]
    at_start = market.own_pull_start[need] + market.large_mall[need]
    reach = float32(sellers / at_start) if at_start > 0.0 else float32(1.0)
    quality = service_quality(rules.quality_trend, rules.quality_fading_years, float32(years))
    return market.mall_utility + network_utility(rules.network_weight, reach) + quality


@njit(**JIT)
def app_utility(market: Record, rules: Record, terms: Record, province: int, years: float) -> float:
    """Return the utility of the delivery app, be it open or not: restaurants in reach, quality, price.

    terms: of the first platforms.
    """
    sellers = market.entry_pull[province * _SECTORS + MEALS] + market.app_large[province]
    at_start = market.app_pull_start[province] + market.app_large[province]
    reach = float32(sellers / at_start) if at_start > 0.0 else float32(1.0)
    quality = service_quality(rules.app_trend, rules.app_fading_years, float32(years))
    dear = price_utility(rules.price_weight, float32(terms.service_price[province * _SECTORS + MEALS]))
    return network_utility(rules.network_weight, reach) + quality + dear


@njit(**JIT)
def set_beside(terms: Records, tables: Record) -> None:
    """Note which platforms beside the first ones are open."""
    beside = BESIDE_MARKET if terms[RIVAL].open[GOODS_MARKET] else 0
    beside |= BESIDE_APP if terms[RIVAL].open[MEALS_APP] else 0
    for province in range(_PROVINCES):
        beside |= BESIDE_PUBLIC if terms[FIRST].public_open[province] else 0
    tables.beside = beside


@njit(**JIT)
def set_goods(
    need: int, market: Record, rules: Record, paths: Record, terms: Records, gates: Record, tables: Record
) -> None:
    """Set what each set of services for goods is worth for a need, and how its holders split among them."""
    mall = mall_utility(market, rules, need, paths.years)
    common = open_market_utility(market, rules, terms[FIRST], need, paths.years)
    first = common if terms[FIRST].open[GOODS_MARKET] else CLOSED_UTILITY
    rival, sets = CLOSED_UTILITY, GOODS_SETS
    if terms[RIVAL].open[GOODS_MARKET]:
        rival, sets = common + rules.dissimilarity * log32(float32(terms[RIVAL].odds[need])), MARKET_SETS
    for held in range(1, sets):
        value, single = CLOSED_UTILITY, True
        for service in range(3):
            if held & 1 << service:
                one = first if service == 0 else (mall if service == 1 else rival)
                value = one if single else inclusive_value(value, one, rules.dissimilarity)
                single = False
        by_first = exp32((first - value) / rules.dissimilarity) if held & 1 else float32(0.0)
        by_rival = exp32((rival - value) / rules.dissimilarity) if held & 4 else float32(0.0)
        tables.market_part[0, need, held], tables.market_part[1, need, held] = by_first, by_rival
        for province in range(_PROVINCES):
            face = face_utility(market, rules, province, need, paths.stringency)
            row = (province * MARKET_SETS + held) * GOODS_NEEDS + need
            tables.utility[row] = market.constants[need] - face + gate_utility(gates.open[ECOMMERCE, province]) + value
    for province in range(_PROVINCES):
        tables.utility[province * MARKET_SETS * GOODS_NEEDS + need] = CLOSED_UTILITY


@njit(**JIT)
def set_apps(province: int, common: float, rules: Record, terms: Records, tables: Record) -> None:
    """Set what each set of delivery apps is worth, how its holders split, and what app adds most to it.

    common: utility of the first app over face to face.
    """
    first = 1.0 if terms[FIRST].open[MEALS_APP] else 0.0
    rival = terms[RIVAL].odds[province * _SECTORS + MEALS] if terms[RIVAL].open[MEALS_APP] else 0.0
    public = terms[FIRST].public_odds[province]
    for held in range(APP_SETS):
        odds, best, following = 0.0, 0.0, 0
        for app in range(3):
            one = first if app == 0 else (rival if app == 1 else public)
            if held & 1 << app:
                odds += one
            elif one > best:
                best, following = one, 1 << app
        at = province * APP_SETS + held
        tables.app_next[at] = following
        tables.app_utility[at] = CLOSED_UTILITY
        if odds > 0.0:
            tables.app_utility[at] = common + rules.app_dissimilarity * log32(float32(odds))
        tables.app_part[0, province, held] = rival / odds if odds > 0.0 and held & 2 else 0.0
        tables.app_part[1, province, held] = public / odds if odds > 0.0 and held & 4 else 0.0
