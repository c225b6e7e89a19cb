"""What platforms charge, show and earn, of the month: their rows of the core indicators."""

from typing import Final

from numba import njit

from model import ledger
from model.agents.merchants.columns import DELIVERY_APP, INSTALLED, S_COUNTS
from model.agents.platform_terms import LARGE, SELLERS, SMALL, platform_of
from model.codes import MEALS, PROVINCES, SECTORS, TECHNOLOGIES
from model.indicators import POSITION
from model.numerics import JIT
from model.records import F8, Record, Records

_PROVINCES = len(PROVINCES)
_SECTORS = len(SECTORS)
_TECHNOLOGIES = len(TECHNOLOGIES)
_PLATFORMS: Final = POSITION["commission_open_market_small_share"]
_LARGE: Final = POSITION["large_seller_sales_krw"]


@njit(**JIT)
def collect_platforms(terms: Record, platforms: Records, books: Record, merchant_sums: Record, row: F8) -> None:
    """Fill the month's indicators of platforms; merchant_sums: the total over all chunks."""
    priced, sold_by_all = 0.0, 0.0
    for number in range(platforms.size):
        commission, exposure, sold, pull = 0.0, 0.0, 0.0, 0.0
        for where in range(terms.price.shape[0]):
            if platform_of(where) == number:
                for seller in range(SELLERS):
                    amount = terms.sold[where, seller]
                    priced += amount * (terms.price[where, seller] - 1.0)
                    sold_by_all += amount
                    if seller != LARGE:
                        commission += amount * terms.commission[where, seller]
                        sold += amount
                        exposure += terms.pull[where, seller] * (terms.exposure[where, seller] - 1.0)
                        pull += terms.pull[where, seller]
        row[_PLATFORMS + number] = commission / sold if sold > 0.0 else platforms[number].commission[SMALL]
        row[_PLATFORMS + 2 + number] = terms.fee[number]
        row[_PLATFORMS + 4 + number] = 1.0 + exposure / pull if pull > 0.0 else 1.0
    row[_PLATFORMS + 6] = books.booked[ledger.PUBLIC_SALES]
    installed = merchant_sums.nation[S_COUNTS + INSTALLED * _TECHNOLOGIES + DELIVERY_APP]
    row[_PLATFORMS + 7] = installed * _members(terms)
    row[_PLATFORMS + 8] = 1.0 + priced / sold_by_all if sold_by_all > 0.0 else 1.0
    booked = books.booked
    earned = booked[ledger.MARKET_FEE] + booked[ledger.APP_FEE] - booked[ledger.MARKET_COSTS] - booked[ledger.APP_COSTS]
    row[_PLATFORMS + 9] = earned + row[_LARGE + 1] + row[_LARGE + 2]


@njit(**JIT)
def _members(terms: Record) -> float:
    """Return the share of restaurants on apps that are on the public platform too, by attraction."""
    joined, total = 0.0, 0.0
    for province in range(_PROVINCES):
        where = province * _SECTORS + MEALS
        small = terms.pull[where, SMALL] + terms.pull[where, SMALL + 1]
        joined += small * terms.public_members[province]
        total += small
    return joined / total if total > 0.0 else 0.0
