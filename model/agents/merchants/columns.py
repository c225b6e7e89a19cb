"""The merchants' columns: state of one run, rules, tables of a month and the layout of partial sums."""

from typing import Final

import numpy as np

from model.codes import PROVINCES, SECTORS, STAGES, TECHNOLOGIES
from model.records import record_type

MOST_PROGRAMMES: Final = 64
MARKETS: Final = len(PROVINCES) * len(SECTORS)
"""Demand markets: province x sector, sectors innermost."""
KINDS_OF_TILL: Final = 4
"""A till takes mobile pay by terminal (bit 0) and public QR (bit 1)."""
ROWS_A_CHUNK: Final = 4_096

AWARE, APPLIED, SELECTED, GAVE_UP, INSTALLED, ACTIVE, ABANDONED, KNOWS_PROGRAMME = (
    1 << bit for bit in range(len(STAGES) + 1)
)
"""Bits of `stage`: six stages and giving up, and whether an open programme is known."""
NO_PROGRAMME: Final = 255
NOT_WAITING, PENDING, CHOSEN = 0, 1, 2
TERMINAL, PUBLIC_QR, OPEN_MARKET = range(len(TECHNOLOGIES))
HAS_TERMINAL, TAKES_QR = 1, 2
"""Bits of a kind of till."""


MONTH_OF: Final = ("aware", "applied", "selected", "installed", "active", "abandoned", "subsidised")
"""What `month` dates: first awareness, last application, choice, installation, first use, drop-out, subsidy."""
AWARE_AT, APPLIED_AT, SELECTED_AT, INSTALLED_AT, ACTIVE_AT, ABANDONED_AT, SUBSIDISED_AT = range(len(MONTH_OF))

MERCHANT: Final = record_type(
    cash_krw=(np.float64,),
    id=(np.uint32,),
    weight=(np.float32,),
    start_krw=(np.float32,),
    business_krw=(np.float32,),
    attraction_store=(np.float32,),
    attraction_online=(np.float32,),
    sales_store=(np.float32,),
    sales_online=(np.float32,),
    sales_year_krw=(np.float32,),
    income_year_krw=(np.float32,),
    capability=(np.float32,),
    gained=(np.float32,),
    month=(np.int16, len(MONTH_OF), len(TECHNOLOGIES)),
    owner_birth_year=(np.int16,),
    regular=(np.int16,),
    temporary=(np.int16,),
    province=(np.uint8,),
    kind=(np.uint8,),
    sector=(np.uint8,),
    family=(np.uint8,),
    fee_tier=(np.uint8,),
    stage=(np.uint8, len(TECHNOLOGIES)),
    waiting=(np.uint8, len(TECHNOLOGIES)),
    programme=(np.uint8, len(TECHNOLOGIES)),
)
"""One merchant's row: what the kernel reads of its traits, and what changes in a run.

A merchant's month touches nearly all of it, so the columns of a row stand together: one pointer, two cache lines.
cash_krw: stock; weight: real merchants it stands for; start_krw, business_krw: sales to consumers and to firms at
the start, KRW a month; attraction_*: this month's pull in its markets, in the unit of start_krw; sales_*: this month,
KRW; sales_year_krw, income_year_krw: moving yearly rates (weight 1/12 a month); capability, gained: digital capability
0-1 and what use added; family, regular, temporary: heads; fee_tier: card tier + 8 x public QR tier; stage (bits
below), waiting, programme: by technology; month: by (MONTH_OF, technology), months since the start, -1 never.
"""


MERCHANT_RULES: Final = record_type(
    input_share=(np.float64, len(SECTORS)),
    rent_share=(np.float64, len(SECTORS)),
    other_cost_share=(np.float64, len(SECTORS)),
    contribution_margin=(np.float32, len(SECTORS)),
    ticket_krw=(np.float32, len(SECTORS)),
    price_krw=(np.float32, len(TECHNOLOGIES)),
    running_krw=(np.float32, len(TECHNOLOGIES)),
    prior_gain=(np.float32, len(TECHNOLOGIES)),
    attraction=(np.float32, len(TECHNOLOGIES)),
    constant=(np.float32, len(TECHNOLOGIES)),
    gain_scale=(np.float32, len(TECHNOLOGIES)),
    minimum_capability=(np.float32, len(TECHNOLOGIES)),
    innovation=(np.float32, len(TECHNOLOGIES)),
    imitation=(np.float32, len(TECHNOLOGIES)),
    drop_out=(np.float32, len(TECHNOLOGIES)),
    channel_cost_share=(np.float32, len(TECHNOLOGIES)),
    lost_to_itself=(np.float32, len(TECHNOLOGIES)),
    gain_scale_of_sales=(np.float32,),
    gain_weight=(np.float32,),
    peer_weight=(np.float32,),
    capability_weight=(np.float32,),
    age_weight=(np.float32,),
    hurdle_per_year=(np.float32,),
    learning_weight=(np.float32,),
    waiting_share=(np.float32,),
    revision_hazard=(np.float32,),
    campaign_weight=(np.float32,),
    programme_awareness=(np.float32,),
    apply_constant=(np.float32,),
    subsidy_weight=(np.float32,),
    paperwork_weight=(np.float32,),
    visit_constant=(np.float32,),
    drop_out_after_keep=(np.float32,),
    months_after_keep=(np.int64,),
    install_hazard=(np.float32,),
    capability_gain=(np.float32, len(TECHNOLOGIES)),
    capability_decay=(np.float32,),
    cash_buffer_months=(np.float64,),
    credit_line_months=(np.float32,),
    card_share=(np.float32,),
    commission_share=(np.float64,),
    delivery_share=(np.float64,),
    online_ticket_krw=(np.float32,),
)
"""Scalars and small vectors (by sector or technology) of the merchants' rules; meaning and source: the register."""

CARD_TIERS: Final = 5
QR_TIERS: Final = 3
MARKET_TABLES: Final = record_type(
    store_rate=(np.float64, MARKETS),
    online_rate=(np.float64, len(SECTORS)),
    mobile_share=(np.float32, MARKETS * KINDS_OF_TILL),
    qr_share=(np.float32, MARKETS * KINDS_OF_TILL),
    mobile_pull=(np.float32, MARKETS),
    qr_pull=(np.float32, MARKETS),
    card_fee=(np.float32, CARD_TIERS),
    qr_fee=(np.float32, QR_TIERS),
    wage_krw=(np.float64, 2),
    index=(np.float64, 2),
    realised=(np.float32, len(TECHNOLOGIES), MARKETS),
    available=(np.uint8, len(TECHNOLOGIES)),
)
"""What every merchant meets this month.

store_rate: sales per unit of attraction by market; online_rate: the same on the open market by sector;
mobile_share, qr_share: shares of face-to-face sales by (market x kind of till); mobile_pull, qr_pull: share of
buyers by market whose instrument works only with the technology; card_fee, qr_fee: by tier; wage_krw: monthly wage
of regular and temporary staff; index: costs and business demand over the start; realised: peers' realised sales
gain by (technology, market), a moving year; available: whether a technology can be had yet.
"""

COST_INDEX, BUSINESS_INDEX = 0, 1

# Sums by market: columns of `market` in MERCHANT_SUMS.
(
    M_STORE_SALES,
    M_ONLINE_SALES,
    M_BUSINESS_SALES,
    M_STORE_PULL,
    M_ONLINE_PULL,
    M_TERMINAL_PULL,
    M_QR_PULL,
    M_TERMINAL_BASE,
    M_TERMINAL_SALES,
    M_QR_BASE,
    M_QR_SALES,
    M_ENTRY_BASE,
    M_WAGES,
    M_DRAWN,
    M_PUT_IN,
    M_INPUTS,
    M_RENT,
    M_OTHER,
    M_MOBILE_VALUE,
    M_QR_VALUE,
    M_INCOME,
) = range(21)
MARKET_SUMS: Final = 21

# Sums over the nation: columns of `nation` in MERCHANT_SUMS; the stage counts follow from S_STAGES on.
(
    S_CARD_FEES,
    S_QR_FEES,
    S_COMMISSION,
    S_DELIVERY,
    S_OWN_SHARE,
    S_RUNNING,
    S_CASH,
    S_QR_PAYMENTS,
    S_MERCHANTS,
    S_FAMILY,
    S_REGULAR,
    S_TEMPORARY,
    S_BY_CARD,
) = range(13)
S_BY_QR: Final = S_BY_CARD + CARD_TIERS
S_INSTALLS: Final = S_BY_QR + QR_TIERS
S_RUNNING_UNITS: Final = S_INSTALLS + len(TECHNOLOGIES)
S_SUBSIDISED: Final = S_RUNNING_UNITS + len(TECHNOLOGIES)
S_STAGES: Final = S_SUBSIDISED + len(TECHNOLOGIES)
NATION_SUMS: Final = S_STAGES + len(STAGES) * len(TECHNOLOGIES)

# Sums by programme: columns of `programme` in MERCHANT_SUMS.
P_ELIGIBLE, P_GAVE_UP, P_INSTALLED = range(3)
PROGRAMME_SUMS: Final = 3


MERCHANT_SUMS: Final = record_type(
    market=(np.float64, MARKETS, MARKET_SUMS),
    nation=(np.float64, NATION_SUMS),
    programme=(np.float64, MOST_PROGRAMMES, PROGRAMME_SUMS),
    by_stage=(np.float64, len(TECHNOLOGIES), 256),
    used=(np.float64, len(TECHNOLOGIES)),
    peer=(np.float32, len(TECHNOLOGIES)),
    heard=(np.float32, len(TECHNOLOGIES)),
    supported=(np.uint8, len(TECHNOLOGIES)),
)
"""Weighted sums by market, over the nation and by programme; one record a chunk, and one for their total.

The rest is working space of the chunk: weight by (technology, stage bits); of the cell at hand the weight that used
each technology, the share that did last month, and the chance of hearing of it without a campaign; whether any
programme for a technology is open this month.
"""
