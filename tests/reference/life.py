"""What luck does to quality, and how shops hire and let go (docs/model.md 3.4.5)."""

import numpy as np

from tests.reference import state as kept
from tests.reference.accounts import Settled
from tests.reference.draws import F8
from tests.reference.hours import heads_per_krw, hours_left
from tests.reference.opening import Month
from tests.reference.state import INSTALLED, REPEAT


def change_quality(month: Month) -> None:
    """Now and then a shock; the rest of last month's luck fades."""
    merchants, v = month.merchants, month.run.values
    everybody = merchants.there
    hazard, persistence = v["quality.shock_hazard_per_month"], v["quality.persistence_per_month"]
    steady = 1.0 - v["subscription.shock_relief"] * merchants.has(REPEAT, INSTALLED)
    spread = merchants.spread * steady
    struck = month.happens("life", 0, hazard, everybody)
    shock = laplace(month.luck.lane("merchant_life", 1, merchants.id), spread)
    drift = hazard * spread**2 / (1.0 + persistence)
    merchants.quality = persistence * merchants.quality + np.where(struck, shock, 0.0) - drift
    merchants.base = merchants.start * kept.exp(merchants.quality)
    merchants.base_business = merchants.business * kept.exp(merchants.quality)


def laplace(draw: F8, spread: F8) -> F8:
    """A Laplace number of mean zero from a uniform one."""
    side = np.where(draw >= 0.5, 1.0, -1.0)
    return np.asarray(-side * spread * np.log(np.maximum(1.0 - 2.0 * np.abs(draw - 0.5), 1e-7)))


def change_staff(month: Month, books: Settled, speed: F8) -> None:
    """Regular staff follow slowly, as vacancies are filled; temporary staff fill up at once. speed: by province."""
    merchants, v, luck = month.merchants, month.run.values, month.luck
    wish = merchants.sales_year * heads_per_krw(month) * hours_left(month) - v["merchant.owner_absorbs_heads"]
    there = merchants.there
    wanted = np.where(there, np.maximum(wish, 0.0) + merchants.staff_rank, 0.5)
    paid = luck.whole(("heads", 0), merchants.id, wanted)
    share = np.where(there, v["merchant.temporary_share"] * paid + merchants.mix_rank, 0.5)
    temporary = np.minimum(luck.whole(("mix", 0), merchants.id, share), paid)
    everybody = there
    gap = paid - temporary - merchants.regular
    found = np.where(gap > 0, speed[merchants.province], 1.0)
    adjusts = month.happens("life", 2, v["labour.regular_adjusts_per_month"] * found, everybody)
    step = np.sign(gap) * np.ceil(np.abs(gap) / 2.0)
    books.vacancies = np.maximum(gap, 0).astype(np.float64)
    books.hired = np.maximum(step, 0.0) * adjusts
    merchants.regular = np.where(adjusts, merchants.regular + step, merchants.regular).astype(np.int64)
    merchants.temporary = np.maximum(0, paid - merchants.regular).astype(np.int64)
