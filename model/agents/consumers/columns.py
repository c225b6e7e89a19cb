"""The consumers' columns: traits shared by all runs, the state of one run, and the tables of a month."""

from typing import Final, NamedTuple

import numpy as np

from model.codes import (
    AGE_BANDS,
    GOODS_NEEDS,
    GOODS_SERVICES,
    INSTRUMENTS,
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
APP: Final = 1 << GOODS_SERVICES
"""Bit in `accounts` of the delivery app."""
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
)
"""Scalars of the consumers' rules (see the register for meaning and source)."""

CONSUMER_TABLES: Final = record_type(
    utility=(np.float32, len(PROVINCES) * GOODS_SETS * GOODS_NEEDS),
    app_utility=(np.float32, len(PROVINCES)),
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

utility: contactless over face-to-face by (province x set of accounts for goods x goods need); app_utility: the same of
meals through the delivery app by province; booking_utility: of mobility, everywhere; aversion: weight x risk by online
need, what full aversion adds to contactless services; hold: utility of holding by (province x instrument); hold_skill:
skill weight by instrument; budget_of_rank: spending factor by INCOME_STEPS of income rank; budget_of_band,
skill_ceiling: by age band (ABSENT last: spends nothing); occasions a month by online need; public_use: what use of
public services adds to what people learn from, by (province x age band).
"""

C_ADULTS: Final = 0
"""First column of adults: twice the age band, and one more for users of any goods service."""
C_USERS: Final = C_ADULTS + 2 * len(AGE_BANDS)
"""First column of users of each online need."""
C_HOLDERS: Final = C_USERS + NEEDS_WITH_USERS
"""First column of holders: of an account with each online service, then of each instrument."""
COUNTS: Final = C_HOLDERS + len(ONLINE_SERVICES) + len(INSTRUMENTS)

CONSUMER_SUMS: Final = record_type(
    spending=(np.float64, CELLS, 1 + ONLINE_NEEDS),
    surplus=(np.float64, len(PROVINCES), ONLINE_NEEDS),
    aversion=(np.float64, len(PROVINCES)),
    skill=(np.float64, len(PROVINCES)),
    skill_of_band=(np.float64, len(PROVINCES), len(AGE_BANDS)),
    count=(np.int32, len(PROVINCES), COUNTS),
)
"""Sums over sampled rows, not yet weighted; one record a chunk, and one for their total.

spending: budgets (first) and what of them is spent online on each online need, by cell; surplus: of contactless
services, ln(1 + e^x), times budget; aversion: to contact, times budget; skill: of adults by province, skill_of_band
by age band too, in the first month of a quarter only; count: of adults by province and the columns C_ADULTS, C_USERS,
C_HOLDERS.
"""


def chunks_of(rows: int) -> int:
    """Return the number of chunks of a population of `rows` persons."""
    return max(1, -(-rows // CHUNK))
