"""Working space of a chunk of merchants, and one merchant taken out of the columns while it reconsiders."""

from typing import Final

import numpy as np

from model.agents.merchants.columns import BLOCK, COPIES, KINDS, KINDS_OF_TILL, MASKS, PLACES_OF_SALE
from model.codes import BUSINESS_AGES, TECHNOLOGIES
from model.records import record_type

WORK: Final = record_type(
    store=(np.float64, BLOCK),
    online=(np.float64, BLOCK),
    own=(np.float64, BLOCK),
    sales=(np.float64, BLOCK),
    outlay=(np.float64, BLOCK),
    business=(np.float64, BLOCK),
    interest=(np.float64, BLOCK),
    repaid=(np.float64, BLOCK),
    floor=(np.float64, BLOCK),
    wanted=(np.float32, BLOCK),
    wanted_temporary=(np.float32, BLOCK),
    regular=(np.float64, BLOCK),
    temporary=(np.float64, BLOCK),
    card_fees=(np.float64, BLOCK),
    qr_fees=(np.float64, BLOCK),
    income=(np.float64, BLOCK),
    drawn=(np.float64, BLOCK),
    bits=(np.uint64, BLOCK),
    payments=(np.float32, BLOCK),
    chance=(np.float32, BLOCK),
    marked=(np.uint8, BLOCK),
    turn=(np.uint8, BLOCK),
    visited=(np.uint16, BLOCK),
    reached=(np.uint16, BLOCK),
    by_till=(np.float64, KINDS_OF_TILL),
    by_tier=(np.float64, 8),
    till=(np.float32, KINDS_OF_TILL),
    equipped=(np.int64, BLOCK),
    equipped_rows=(np.int64,),
    listed=(np.int64, BLOCK),
    plain=(np.float32, BLOCK),
    ceiling=(np.float32, len(BUSINESS_AGES)),
    tills=(np.float64, COPIES * (PLACES_OF_SALE + KINDS_OF_TILL)),
    by_kind=(np.float64, KINDS),
    installed=(np.int64, len(TECHNOLOGIES)),
)
"""Working space of a chunk: money of a block in KRW a month; draws, chances and marks of its rows; small tables; and
how many merchants of the market at hand have each technology at the start of the month."""

MERCHANT: Final = record_type(
    cash_krw=(np.float64,),
    weight=(np.float64,),
    id=(np.uint64,),
    sales_main=(np.float32,),
    sales_online=(np.float32,),
    office_krw=(np.float32,),
    sales_year_krw=(np.float32,),
    running_krw=(np.float32,),
    capability=(np.float32,),
    owner_age=(np.int64,),
    market=(np.int64,),
    province=(np.int64,),
    kind=(np.int64,),
    sector=(np.int64,),
    fee_tier=(np.int64,),
    till=(np.int64,),
    masks=(np.uint16, len(MASKS)),
    changed=(np.int64,),
    cell_changed=(np.int64,),
    changes=(np.int32, len(MASKS), len(TECHNOLOGIES)),
    peer=(np.float32, len(TECHNOLOGIES)),
)
"""One merchant taken out of the columns while it reconsiders: a record is one pointer, and the rules take little else.

sales_main: of the month face to face, of a manufacturer to firms; sales_online: everywhere online; office_krw: other
costs of the month before what a telework kit saves; capability: base and gained; till: its kind at the start of the
month; changed: whether anything of it did, cell_changed: of anyone of its cell so far, and changes of the cell's counts
(see `Places`); peer: share of the cell that used each technology last month. The rest is as
in the columns.
"""
