"""What the reference keeps of new-industry firms, and what the table of firms gives."""

from dataclasses import dataclass

import numpy as np

from tests.reference.draws import B1, F8, I8

INDUSTRIES, PLACES, DISTRICTS, NO_FIRM = 5, 41, 25, 4
"""Sectors of new-industry firms, places of them, the first of which are districts of Seoul, and the stage of nobody."""


@dataclass
class Firms:
    """Rows of new-industry firms; heads, vacancies by (skill, row); count by (sector, place); seekers by (province,
    skill); by sector: births expected and done, what dealers owe and what they buy a month of this quarter, share of
    demand at home that is met, sales a month at home and abroad; installed by technology; money of the month.
    """

    id: I8
    sector: I8
    place: I8
    province: I8
    stage: I8
    partners: I8
    sandbox: I8
    quality: F8
    track: F8
    rank: F8
    heads: F8
    vacancies: F8
    wanted: F8
    asked: F8
    sales: F8
    exports: F8
    reserve: F8
    cash: F8
    flow: F8
    count: F8
    crowd_start: F8
    heads_per_krw: F8
    seekers: F8
    seekers_start: F8
    expected: F8
    births: I8
    owed: F8
    supplied: F8
    met: F8
    home: F8
    exports_of: F8
    installed: F8
    wages: F8
    capital: float = 0.0
    payout: float = 0.0

    @property
    def there(self) -> B1:
        return np.asarray(self.stage != NO_FIRM)


@dataclass(frozen=True)
class FirmTable:
    """What the table of firms gives by (sector, place), the stage ranks of each sector's firms, and people in their
    20s by
    province."""

    firms: F8
    staff: F8
    sales: F8
    stage_ranks: tuple[F8, ...]
    young: F8
