"""What a technology is expected to gain a merchant in a month (docs/model.md 3.4.5)."""

import numpy as np

from tests.reference.draws import F8
from tests.reference.hours import wages_saved
from tests.reference.opening import Month
from tests.reference.state import APP, ENTRY, LIVE, MEALS, ON_TOP, OWN, PUBLIC_QR, SECTORS, TELEWORK

CARD_FEES = ("up_to_300m", "300m_500m", "500m_1bn", "1bn_3bn", "above_3bn")
QR_FEES = ("up_to_800m", "800m_1200m", "above_1200m")


def gain(month: Month, j: int) -> F8:
    """Expected gain of a technology, KRW a month."""
    v, merchants = month.run.values, month.merchants
    sales: F8 = month.main
    lost, cost = online_terms(month, j)
    if j in ON_TOP:
        sales = merchants.sales_online + merchants.sales_own
    margin = (1.0 - month.by_sector("merchant.input_share")) * (1.0 - lost) - cost
    prior = month.value("technology.prior_sales_gain", j)
    expected = prior + v["adoption.learning_weight"] * (month.realised[j] - prior)
    saved = fees_saved(month) if j == PUBLIC_QR else wages_saved(month, j)
    if j == TELEWORK:
        saved = v["telework.other_cost_saved_share"] * other_costs(month)
    running = month.value("technology.running_cost_krw_per_month", j)
    return np.asarray(margin * sales * expected + saved - running)


def other_costs(month: Month) -> F8:
    """Energy, advertising and the like, before what telework saves."""
    fixed = (month.merchants.start + month.merchants.business) * month.run.now("household_income_index", month.t)
    return month.by_sector("merchant.other_cost_share") * fixed


def online_terms(month: Month, j: int) -> tuple[F8, F8]:
    """Own sales lost to selling online by technology `j`, and what that costs; shares of sales, 0 in the shop."""
    v, nothing = month.run.values, np.zeros(month.merchants.id.size)
    if j == OWN:
        return nothing + v["adoption.cannibalisation"], nothing + v["open_market.delivery_share"]
    if j not in (ENTRY, APP, *ON_TOP):
        return nothing, nothing
    lost = np.full(SECTORS, v["adoption.cannibalisation"])
    lost[MEALS] = v["delivery_app.cannibalisation"]
    return lost[month.merchants.sector], month.online_cost + (v["live_commerce.commission_share"] if j == LIVE else 0.0)


def fees_saved(month: Month) -> F8:
    card, qr = fees(month)
    taken = month.merchants.sales * month.qr_if_taken
    return taken * (month.run.values["till.card_payment_share"] * card - qr)


def fees(month: Month) -> tuple[F8, F8]:
    """Card and public QR fee of each row's tiers this month, shares."""
    card = np.array([month.run.now(f"card_fee_share_{tier}", month.t) for tier in CARD_FEES])
    qr = np.array([month.run.now(f"public_qr_fee_share_{tier}", month.t) for tier in QR_FEES])
    return card[month.merchants.card_tier], qr[month.merchants.qr_tier]


def gain_scale(month: Month, j: int) -> F8:
    share = month.run.values["adoption.gain_scale_share_of_sales"]
    return month.value("technology.gain_scale_krw_per_month", j) + share * month.main
