"""Levers on platforms compiled to what they ask of them by month, market and class of sellers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.agents.platform_terms import LARGE, SELLERS, SMALL, TERMS_PATH, platform_of
from model.codes import FIRST_PLATFORMS, PROVINCES, SECTORS
from model.errors import UserError
from model.levers.base import Lever
from model.levers.platform_fee import PlatformFeeCut
from model.levers.public_platform import PublicDeliveryPlatform
from model.records import Records, records

_PLATFORM_OF = np.array([platform_of(where) for where in range(len(PROVINCES) * len(SECTORS))])


def compile_platform_levers(
    levers: Sequence[tuple[str, Lever]], start: int, months: int, adults: NDArray[np.float64]
) -> tuple[Records, NDArray[np.float32]]:
    """Return TERMS_PATH by month from `start` on, and the limit of yearly sales by sector that parts small sellers.

    adults: people by province at the start, for promotion per adult. Raises UserError when levers on one platform part
    sellers at different sales, or two public platforms would be open at once.
    """
    asked = records(TERMS_PATH, months)
    asked.cap[:] = 1.0
    cuts = [lever for _, lever in levers if isinstance(lever, PlatformFeeCut) and _asks(lever)]
    for cut in cuts:
        _ask(asked, cut, start)
    for name, lever in sorted(levers, key=lambda pair: pair[0]):
        if isinstance(lever, PublicDeliveryPlatform):
            _open(asked, name, lever, start, adults)
    return asked, _limits(cuts)


def _asks(lever: PlatformFeeCut) -> bool:
    """Return whether a lever lowers any commission of anybody: one that does not must not part sellers."""
    lowers = lever.cap_share < 1.0 or lever.negotiated_cut_share > 0.0
    return lowers and (lever.sales_max_krw_per_year > 0.0 or lever.covers_large_sellers)


def _ask(asked: Records, lever: PlatformFeeCut, start: int) -> None:
    """Lower caps and add cuts of the lever's platform, provinces and sellers, in its months."""
    sold_on = np.equal(_PLATFORM_OF, FIRST_PLATFORMS.index(lever.platform))
    here = sold_on & np.repeat(_chosen(lever.jurisdiction), len(SECTORS))
    covered = np.zeros((sold_on.size, SELLERS), dtype=bool)
    covered[here, SMALL] = True
    covered[sold_on, LARGE] = lever.covers_large_sellers
    for asked_now in _months(asked, lever, start):
        asked_now.cap[covered] = np.minimum(asked_now.cap[covered], lever.cap_share)
        asked_now.cut[covered] += lever.negotiated_cut_share


def _open(asked: Records, name: str, lever: PublicDeliveryPlatform, start: int, adults: NDArray[np.float64]) -> None:
    chosen = _chosen(lever.jurisdiction)
    for asked_now in _months(asked, lever, start):
        if asked_now.public_open.any():
            raise UserError(f"levers.{name}: another public platform is open in some of its months; let one end before")
        asked_now.public_open[:] = chosen
        asked_now.public_commission, asked_now.voucher = lever.commission_share, lever.voucher_share
        asked_now.promotion_krw = lever.promotion_krw_per_month
        asked_now.promotion_per_adult = lever.promotion_krw_per_month / max(adults[chosen].sum(), 1.0)


def _chosen(jurisdiction: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([not jurisdiction or province in jurisdiction for province in PROVINCES])


def _months(asked: Records, lever: Lever, start: int) -> Records:
    return asked[max(0, lever.start - start) : max(0, lever.end + 1 - start)]


def _limits(cuts: Sequence[PlatformFeeCut]) -> NDArray[np.float32]:
    limits = np.full(len(SECTORS), np.inf, np.float32)
    for number, platform in enumerate(FIRST_PLATFORMS):
        named = {lever.sales_max_krw_per_year for lever in cuts if lever.platform == platform}
        if len(named) > 1:
            raise UserError(
                f"platform_fee_cut: levers on {platform} name different sales_max_krw_per_year; give them the same"
            )
        limits[_PLATFORM_OF[: len(SECTORS)] == number] = min(named, default=np.inf)
    return limits
