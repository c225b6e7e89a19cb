"""What platforms charge, show and earn, of the month: their rows of the core indicators."""

from typing import Final

from numba import njit

from model import ledger
from model.agents.consumers.columns import C_SEVERAL
from model.agents.merchants.columns import DELIVERY_APP, INSTALLED, S_COUNTS
from model.agents.platform_terms import FIRST, LARGE, RIVAL, SELLERS, SERVICES, SMALL, platform_of
from model.codes import MEALS, PROVINCES, SECTORS, TECHNOLOGIES
from model.indicators import POSITION
from model.numerics import JIT
from model.records import F8, Record, Records

_PROVINCES = len(PROVINCES)
_SECTORS = len(SECTORS)
_TECHNOLOGIES = len(TECHNOLOGIES)
_PLATFORMS: Final = POSITION["commission_open_market_small_share"]
_PRIVATE: Final = tuple(
    ledger.ACCOUNTS.index(account)
    for account in ("open_market", "delivery_platform", "open_market_rival", "delivery_platform_rival")
)
"""Accounts of private platforms."""


@njit(**JIT)
def collect_platforms(
    terms: Records,
    platforms: Records,
    books: Record,
    merchant_sums: Record,
    consumer_sums: Record,
    weights: F8,
    row: F8,
) -> None:
    """Fill the month's indicators of platforms, of the first ones apart; sums: totals over all chunks."""
    _collect_first(terms[FIRST], platforms, row)
    row[_PLATFORMS + 6] = books.booked[ledger.PUBLIC_SALES]
    installed = merchant_sums.nation[S_COUNTS + INSTALLED * _TECHNOLOGIES + DELIVERY_APP]
    row[_PLATFORMS + 7] = installed * _members(terms[FIRST])
    row[_PLATFORMS + 8] = _price_index(terms)
    earned = 0.0
    for purpose in range(ledger.PAYER.size):
        if ledger.PAYEE[purpose] in _PRIVATE:
            earned += books.booked[purpose]
        if ledger.PAYER[purpose] in _PRIVATE:
            earned -= books.booked[purpose]
    row[_PLATFORMS + 9] = earned
    row[_PLATFORMS + 10] = terms[RIVAL].sold.sum()
    row[_PLATFORMS + 11] = books.booked[ledger.OWN_SALES]
    for province in range(_PROVINCES):
        row[_PLATFORMS + 12] += weights[province] * consumer_sums.count[province, C_SEVERAL]


@njit(**JIT)
def _price_index(terms: Records) -> float:
    """Return sellers' prices over the start, by orders on private platforms."""
    priced, sold = 0.0, 0.0
    for side in range(SERVICES):
        for where in range(terms[side].price.shape[0]):
            for seller in range(SELLERS):
                amount = terms[side].sold[where, seller]
                priced += amount * (terms[side].price[where, seller] - 1.0)
                sold += amount
    return 1.0 + priced / sold if sold > 0.0 else 1.0


@njit(**JIT)
def _collect_first(terms: Record, platforms: Records, row: F8) -> None:
    """Fill in commission, fee and exposure of the first platform of each service."""
    for number in range(SERVICES):
        commission, exposure, sold, pull = 0.0, 0.0, 0.0, 0.0
        for where in range(terms.price.shape[0]):
            if platform_of(where) == number:
                for seller in range(LARGE):
                    amount = terms.sold[where, seller]
                    commission += amount * terms.commission[where, seller]
                    sold += amount
                    exposure += terms.pull[where, seller] * (terms.exposure[where, seller] - 1.0)
                    pull += terms.pull[where, seller]
        row[_PLATFORMS + number] = commission / sold if sold > 0.0 else platforms[number].commission[SMALL]
        row[_PLATFORMS + 2 + number] = terms.fee[number]
        row[_PLATFORMS + 4 + number] = 1.0 + exposure / pull if pull > 0.0 else 1.0


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
