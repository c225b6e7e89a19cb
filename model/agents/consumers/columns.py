"""The consumers' columns: traits shared by all runs, the state of one run, and the tables of a month."""

from typing import Final, NamedTuple

import numpy as np

from model.codes import (
    AGE_BANDS,
    GOODS_NEEDS,
    GOODS_SERVICES,
    INSTRUMENTS,
    MEALS,
    NEEDS_WITH_USERS,
    ONLINE_NEEDS,
    ONLINE_SERVICES,
    PROVINCES,
)
from model.records import F4, F8, U1, record_type

ABSENT: Final = len(AGE_BANDS)
"""Age band of a row that is no resident aged 20 or over this year."""
GOODS_SETS: Final = 1 << GOODS_SERVICES
"""Sets of accounts with the services for goods, the lowest bits of `accounts`."""
MARKET, MALL, APP, MARKET_RIVAL, APP_RIVAL, PUBLIC_APP = (1 << bit for bit in range(6))
"""Bits in `accounts`: of the open market, large sellers' malls, the delivery apps, the rivals of both platforms, and
the public app."""
ACCOUNT_OF: Final = (MARKET, APP, MARKET_RIVAL, APP_RIVAL)
"""Bit of each private platform, by its number."""
MARKET_SETS: Final = 8
"""Sets of services for goods within reach of an account set: MARKET, MALL and 4 the rival market."""
APP_SETS: Final = 8
"""Sets of delivery apps: 1 the first, 2 its rival, 4 the public one."""
BESIDE_MARKET, BESIDE_APP, BESIDE_PUBLIC = 1, 2, 4
"""Bits of `beside`: which platforms beside the first ones are open this month."""
INSTRUMENT_SETS: Final = 1 << len(INSTRUMENTS)
CELLS: Final = len(PROVINCES) * GOODS_SETS * INSTRUMENT_SETS
"""Cells of spending: province x set of accounts for goods x instrument set, instruments innermost."""
CELLS_OF_PROVINCE: Final = GOODS_SETS * INSTRUMENT_SETS
INCOME_STEPS: Final = 1024
BANDS: Final = len(AGE_BANDS) + 1
CHUNK: Final = 16_384
BLOCK: Final = 1_024


class ConsumerState(NamedTuple):
    """What changes in a run, one row a person (39 bytes; 56 with the traits).

    skill: digital skill 0-1; habit: contactless share a person is used to, (online need, person);
    accounts, instruments: a bit each; age_band: position in AGE_BANDS or ABSENT; budget: spending of the year over
    the average at the start, 0 if ABSENT; savings_krw: stock.
    """

    skill: F4
    habit: F4
    accounts: U1
    instruments: U1
    age_band: U1
    budget: F4
    savings_krw: F8


CONSUMER_RULES: Final = record_type(
    habit_weight=(np.float32,),
    habit_update=(np.float32,),
    skill_weight=(np.float32,),
    skill_mean=(np.float32,),
    skill_gain=(np.float32,),
    revision_hazard=(np.float32,),
    dormancy_hazard=(np.float32,),
    account_cost=(np.float32,),
    app_cost=(np.float32,),
    second_app_cost=(np.float32,),
)
"""Scalars of the consumers' rules (see the register for meaning and source)."""

CONSUMER_TABLES: Final = record_type(
    utility=(np.float32, len(PROVINCES) * MARKET_SETS * GOODS_NEEDS),
    app_utility=(np.float32, len(PROVINCES) * APP_SETS),
    app_next=(np.uint8, len(PROVINCES) * APP_SETS),
    market_part=(np.float32, 2, GOODS_NEEDS, MARKET_SETS),
    app_part=(np.float32, 2, len(PROVINCES), APP_SETS),
    beside=(np.uint8,),
    booking_utility=(np.float32,),
    aversion=(np.float32, ONLINE_NEEDS),
    hold=(np.float32, len(PROVINCES) * len(INSTRUMENTS)),
    hold_skill=(np.float32, len(INSTRUMENTS)),
    budget_of_rank=(np.float32, INCOME_STEPS),
    budget_of_band=(np.float32, BANDS),
    skill_ceiling=(np.float32, BANDS),
    occasions=(np.float32, ONLINE_NEEDS),
    public_use=(np.float32, len(PROVINCES) * BANDS),
)
"""Look-up tables of a month.

utility: contactless over face-to-face by (province x set of services for goods x goods need); app_utility: the same of
meals by (province x set of apps), app_next: the app that adds most to a set, as its bit in a set, 0 if none adds;
market_part: of what holders of a set spend online on a goods need, through the open market and its rival; app_part: of
what they spend on meals, through the rival app and the public one; beside: see above; booking_utility: of mobility,
everywhere; aversion: weight x risk by online need, what full aversion adds to contactless services; hold: utility of
holding by (province x instrument); hold_skill: skill weight by instrument; budget_of_rank: spending factor by
INCOME_STEPS of income rank; budget_of_band, skill_ceiling: by age band (ABSENT last: spends nothing); occasions a month
by online need; public_use: what use of public services adds to what people learn from, by (province x age band).
"""

C_ADULTS: Final = 0
"""First column of adults: twice the age band, and one more for users of any goods service."""
C_USERS: Final = C_ADULTS + 2 * len(AGE_BANDS)
"""First column of users of each online need."""
C_HOLDERS: Final = C_USERS + NEEDS_WITH_USERS
"""First column of holders: of an account with each online service, then of each instrument."""
C_SEVERAL: Final = C_HOLDERS + len(ONLINE_SERVICES) + len(INSTRUMENTS)
"""Column of who holds accounts with several platforms of one service."""
COUNTS: Final = C_SEVERAL + 1

CONSUMER_SUMS: Final = record_type(
    spending=(np.float64, CELLS, 1 + ONLINE_NEEDS),
    through=(np.float64, len(PROVINCES), 2, MEALS + 1),
    surplus=(np.float64, len(PROVINCES), ONLINE_NEEDS),
    aversion=(np.float64, len(PROVINCES)),
    skill=(np.float64, len(PROVINCES)),
    skill_of_band=(np.float64, len(PROVINCES), len(AGE_BANDS)),
    count=(np.int32, len(PROVINCES), COUNTS),
)
"""Sums over sampled rows, not yet weighted; one record a chunk, and one for their total.

spending: budgets (first) and what of them is spent online on each online need, by cell; through: of it, where a rival
market is open, through the open market and its rival by goods need, and of meals through the rival app and the public
one, where open; surplus: of contactless services, ln(1 + e^x), times budget; aversion: to contact, times budget; skill:
of adults by province, skill_of_band by age band too, in the first month of a quarter only; count: of adults by province
and the columns C_ADULTS, C_USERS, C_HOLDERS, C_SEVERAL.
"""


def chunks_of(rows: int) -> int:
    """Return the number of chunks of a population of `rows` persons."""
    return max(1, -(-rows // CHUNK))
