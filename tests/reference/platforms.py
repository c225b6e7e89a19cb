"""Private platforms price, rank, answer caps and leave; the public one opens (docs/model.md 3.4.10)."""

from dataclasses import dataclass, field

import numpy as np

from model.parameters import register
from tests.reference import state as kept
from tests.reference.draws import F8, I8
from tests.reference.state import (
    ABANDONED,
    ACTIVE,
    APP,
    ENTRY,
    GOODS,
    INSTALLED,
    MEALS,
    ONLINE,
    PROVINCES,
    SECTORS,
    Constants,
    Markets,
    Merchants,
    People,
    Platforms,
    Run,
    State,
    Values,
)

SMALL, ABOVE, LARGE = range(3)
GOODS_MARKET, MEALS_APP = range(2)
NAMES = ("open_market", "delivery_app")
SECTORS_OF = np.array([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0]], dtype=bool)
"""Sectors that sell on each platform."""
TECHNOLOGY_OF = (ENTRY, APP)
PAIRS = [(a, b) for a in (-1.0, 0.0, 1.0) for b in (-1.0, 0.0, 1.0)]
SMALL_STEP = 0.005
LEAST_PAID = 1e-3


def open_platforms(v: Values) -> Platforms:
    """The platforms before the first month."""
    commission = np.array([[v[f"{name}.commission_share"]] * 3 for name in NAMES])
    fee = v.of("platform.consumer_fee_share", "platforms")
    two, markets = np.zeros(2), np.ones((PROVINCES, SECTORS, 3))
    return Platforms(
        open=np.ones(2, dtype=np.int64), solved=np.zeros(2, dtype=np.int64), bound=np.zeros(2, dtype=np.int64),
        commission=commission, fee=fee.copy(),
        commission_january=commission.copy(), fee_january=fee.copy(),
        responses=np.zeros((2, 2)), expected=np.zeros((2, 2)), quarter=two.copy(), profit=two.copy(), losses=two.copy(),
        price=markets.copy(), sold=np.zeros_like(markets), agreed=markets.copy(), cap=markets.copy(),
        charged=fee.copy(), members=np.zeros(PROVINCES), public_price=np.ones(PROVINCES),
        public_share=np.zeros(PROVINCES), budget=np.zeros((PROVINCES, 4, ONLINE)),
        online=np.zeros((PROVINCES, 4, ONLINE)),
        both=np.zeros(GOODS),
    )  # fmt: skip


def start_commission(v: Values, j: int) -> float:
    return v[f"{NAMES[j]}.commission_share"]


def start_fee(v: Values, j: int) -> float:
    return float(v.of("platform.consumer_fee_share", "platforms")[j])


def variable_cost(v: Values, j: int) -> float:
    return v["platform.variable_cost_share_of_commission"] * start_commission(v, j)


def in_months(measure: dict[str, object], month: int) -> bool:
    return int(str(measure["start"])) <= month <= int(str(measure["end"]))


def asked(run: Run, month: int) -> tuple[F8, F8]:
    """Cuts agreed and caps ordered by (province, sector, class of sellers) in a month."""
    cut, cap = np.zeros((PROVINCES, SECTORS, 3)), np.ones((PROVINCES, SECTORS, 3))
    for measure in run.measures:
        if measure["lever"] == "platform_fee_cut" and in_months(measure, month):
            sold_on = SECTORS_OF[NAMES.index(measure["platform"])]
            covered = np.zeros(cap.shape, dtype=bool)
            covered[..., SMALL] = measure["provinces"][:, None] & sold_on
            covered[..., LARGE] = sold_on & measure["covers_large_sellers"]
            cap = np.where(covered, np.minimum(cap, measure["cap_share"]), cap)
            cut = np.where(covered, cut + measure["negotiated_cut_share"], cut)
    return cut, cap


def classes(run: Run, merchants: Merchants) -> I8:
    """Class of each small merchant, by its yearly sales."""
    limit = np.full(SECTORS, np.inf)
    for measure in run.measures:
        if measure["lever"] == "platform_fee_cut":
            limit[SECTORS_OF[NAMES.index(measure["platform"])]] = measure["sales_max_krw_per_year"]
    return np.where(merchants.sales_year <= limit[merchants.sector], SMALL, ABOVE)


# Every quarter: each platform decides for itself.


def decide(run: Run, state: State, t: int, month: int) -> None:
    """Close the quarter's books; leave, or take the best of nine pairs of prices."""
    p, v = state.platforms, run.values
    for j in (GOODS_MARKET, MEALS_APP):
        if p.open[j] == 0:
            continue
        p.profit[j], p.quarter[j] = p.quarter[j], 0.0
        p.losses[j] = p.losses[j] + 1.0 if p.profit[j] < 0.0 else 0.0
        if p.losses[j] >= v["platform.loss_quarters"]:
            p.open[j] = 0
            leave(state.merchants, TECHNOLOGY_OF[j])
            continue
        if month % 12 == 0:
            p.commission_january[j], p.fee_january[j] = p.commission[j], p.fee[j]
        if v["platform.step_share"] > 0.0:
            reprice(run, p, state.constants, j)


def leave(merchants: Merchants, technology: int) -> None:
    has = merchants.has(technology, INSTALLED)
    merchants.clear_bits(technology, has, INSTALLED | ACTIVE)
    merchants.set_bits(technology, has, ABANDONED)


def reprice(run: Run, p: Platforms, constants: Constants, j: int) -> None:
    """Move to the best allowed pair if it beats holding by more than the tolerance."""
    v = run.values
    if p.solved[j] == 0:
        solve(v, p, constants, j)
    hold = expected_profit(v, p, constants, j, 0.0, 0.0)
    best, chosen = hold + v["platform.step_tolerance"] * abs(hold), (0.0, 0.0)
    for by_commission, by_fee in PAIRS:
        steps = by_commission * v["platform.step_share"], by_fee * v["platform.step_share"]
        if may_move(v, p, j, *steps):
            profit = expected_profit(v, p, constants, j, *steps)
            if profit > best:
                best, chosen = profit, steps
    p.expected[j] = hold, best
    p.commission[j] = p.commission[j] + chosen[0]
    p.fee[j] = p.fee[j] + chosen[1]


def may_move(v: Values, p: Platforms, j: int, change: float, fee_change: float) -> bool:
    """Whether a pair of steps keeps within ranges and the yearly limit, is let through by caps and by agreements."""
    ranges = f"{NAMES[j]}.commission_share", f"platform.consumer_fee_share.{NAMES[j]}"
    allowed = [
        within(v, ranges[0], float(p.commission[j, seller]), change, float(p.commission_january[j, seller]))
        for seller in range(3)
    ]
    allowed.append(within(v, ranges[1], float(p.fee[j]), fee_change, float(p.fee_january[j])))
    if change != 0.0:
        allowed.append(mean_commission(p, j, change) != mean_commission(p, j, 0.0))
    if fee_change > 0.0:
        allowed.append(p.bound[j] == 0)
    return all(allowed)


def within(v: Values, parameter: str, own: float, change: float, january: float) -> bool:
    """Whether a price may move; ten decimals, so that sums of steps meet their bounds."""
    new, known = round(own + change, 10), register()[parameter]
    moved = abs(round(new - january, 10))
    return change == 0.0 or (known.low <= new <= known.high and moved <= v["platform.yearly_limit_share"])


def mean_commission(p: Platforms, j: int, change: float) -> float:
    """Mean commission in force over last month's orders, were the platform's own so much higher."""
    here = SECTORS_OF[j]
    sold = p.sold[:, here]
    force = in_force(p.commission[j] + change, p.agreed, p.cap)[:, here]
    return float(np.sum(sold * force) / np.sum(sold)) if np.sum(sold) > 0.0 else float(p.commission[j, 0])


def in_force(own: F8, agreed: F8, cap: F8) -> F8:
    return np.asarray(np.maximum(0.0, np.minimum(np.minimum(own, agreed), cap)))


def orders(
    v: Values, p: Platforms, constants: Constants, j: int, change: float, fee: float, fee_change: float
) -> float:
    """Orders a month at a mean commission and a fee so much higher than now."""
    price = (1.0 + v["platform.pass_through_share"] * change) * (1.0 + fee + fee_change) / (1.0 + fee)
    utility = v["consumer.price_weight"] * np.log(price)
    share = kept.ratio(p.online, p.budget, 0.0)
    if j == GOODS_MARKET:
        lam = v["consumer.nest_dissimilarity"]
        moved = [moved_share(share[:, a, :GOODS], i, utility, lam) for a, i in ((1, np.ones(GOODS)), (3, p.both))]
        paid = sum(
            np.sum(m * constants.spending[:GOODS] * p.budget[:, a, :GOODS]) for m, a in zip(moved, (1, 3), strict=True)
        )
    else:
        lam, inner = v["public_platform.nest_dissimilarity"], (1.0 - p.public_share)[:, None]
        meals = moved_share(share[:, :, MEALS], inner, utility, lam) * p.budget[:, :, MEALS] * constants.spending[MEALS]
        paid = np.sum(meals) * (1.0 - v["delivery_app.consumer_fee_share"])
    return float(paid / (1.0 + fee + fee_change))


def moved_share(share: F8, inner: F8, utility: float, lam: float) -> F8:
    """Share of a service in a cell's spending after its utility moved: nested logit."""
    grown = inner * np.exp(utility / lam)
    nest = grown + 1.0 - inner
    drawn = share * nest**lam
    return np.asarray(drawn / (1.0 - share + drawn) * grown / nest)


def solve(v: Values, p: Platforms, constants: Constants, j: int) -> None:
    """Responses of sellers and consumers that make holding the starting prices best."""
    margin = start_commission(v, j) + start_fee(v, j) - variable_cost(v, j)
    fee, h = start_fee(v, j), SMALL_STEP
    for price, (a, b) in enumerate(((h, 0.0), (0.0, h))):
        up = orders(v, p, constants, j, a, fee, b)
        down = orders(v, p, constants, j, -a, fee, -b)
        p.responses[j, price] = 1.0 / max(margin, 1e-3) + np.log(up / down) / (2.0 * h)
    p.solved[j] = 1


def expected_profit(v: Values, p: Platforms, constants: Constants, j: int, change: float, fee_change: float) -> float:
    """Profit a month at prices moved so much: orders of last month's cells, members moved by their responses."""
    commission, fee = mean_commission(p, j, change), float(p.charged[j])
    sold = orders(v, p, constants, j, commission - mean_commission(p, j, 0.0), fee, fee_change)
    off = np.array([commission - start_commission(v, j), fee + fee_change - start_fee(v, j)])
    stay = np.exp(-p.responses[j] * off - v["platform.response_curvature"] / 2.0 * off**2)
    return float(sold * np.prod(stay) * (commission + fee + fee_change - variable_cost(v, j)))


# Every month: what is in force.


@dataclass
class Terms:
    """This month's terms by (province, sector, class of sellers), of services by (province, sector)."""

    commission: F8
    pull: F8
    exposure: F8
    service: F8
    fee: F8
    open: I8
    public_share: F8
    public_value: F8
    public_commission: float = 0.0
    voucher: float = 0.0
    promotion: float = 0.0
    public_price: F8 = field(default_factory=lambda: np.ones(PROVINCES))


def set_terms(run: Run, state: State, t: int) -> Terms:
    """Set commissions, prices, fees, exposure and the public platform's share of the month."""
    p, v, month = state.platforms, run.values, run.start + t
    cut, p.cap = asked(run, month)
    p.bound = np.array([int(np.any(cut[:, here] > 0.0)) for here in SECTORS_OF])
    commission = np.zeros((PROVINCES, SECTORS, 3))
    for j, here in enumerate(SECTORS_OF):
        agreed = np.where(cut > 0.0, np.maximum(0.0, start_commission(v, j) - cut), 1.0)
        p.agreed[:, here] = agreed[:, here]
        commission[:, here] = in_force(p.commission[j], p.agreed, p.cap)[:, here]
        target = 1.0 + v["platform.pass_through_share"] * (commission - start_commission(v, j))
        passed = p.price + v["platform.pass_through_monthly_hazard"] * (target - p.price)
        p.price[:, here] = passed[:, here]
        p.charged[j] = fee_in_force(v, p, j)
    pull = pulls(state.markets)
    exposure = exposures(v, commission, pull)
    service = service_prices(v, p, pull, exposure)
    nothing = np.zeros(PROVINCES)
    terms = Terms(commission, pull, exposure, service, p.charged.copy(), p.open.copy(), nothing, nothing)
    set_public(run, state, terms, month)
    return terms


def fee_in_force(v: Values, p: Platforms, j: int) -> float:
    """The platform's own fee, and what it recovers of what caps took from last month's orders."""
    here = SECTORS_OF[j]
    before = np.minimum(np.minimum(p.commission[j], start_commission(v, j)), p.agreed)
    lost, sold = np.maximum(0.0, before - p.cap)[:, here], p.sold[:, here]
    mean = np.sum(lost * sold) / np.sum(sold) if np.sum(sold) > 0.0 else 0.0
    highest = register()[f"platform.consumer_fee_share.{NAMES[j]}"].high
    return float(min(p.fee[j] + v["platform.seesaw_share"] * mean, max(p.fee[j], highest)))


def pulls(markets: Markets) -> F8:
    """Attraction by (province, sector, class of sellers); large ones of goods evenly over provinces."""
    pull = np.zeros((PROVINCES, SECTORS, 3))
    pull[..., SMALL] = markets.entry - markets.entry_above
    pull[..., ABOVE] = markets.entry_above
    pull[:, :GOODS, LARGE] = markets.large_online[:GOODS] / PROVINCES
    pull[:, MEALS, LARGE] = markets.app_large
    return pull


def shown_together(amount: F8) -> F8:
    """Sums over those who are shown together: goods over the nation by need, meals within the province."""
    table = np.zeros((PROVINCES, SECTORS))
    table[:, :GOODS] = amount[:, :GOODS].sum(axis=(0, 2))
    table[:, MEALS] = amount[:, MEALS].sum(axis=1)
    return table


def exposures(v: Values, commission: F8, pull: F8) -> F8:
    """Views over those by score alone."""
    weight = (commission + v["platform.other_revenue_share"]) ** v["platform.ranking_exponent"]
    views = kept.ratio(shown_together(pull), shown_together(pull * weight), 0.0)
    exposure = np.ones_like(pull)
    for here in SECTORS_OF:
        exposure[:, here] = weight[:, here] * views[:, here, None]
    return np.where(shown_together(pull)[:, :, None] > 0.0, exposure, 1.0)


def service_prices(v: Values, p: Platforms, pull: F8, exposure: F8) -> F8:
    """What buyers pay over the start, fee included."""
    views = pull * exposure
    dearer = kept.ratio(shown_together(views * (p.price - 1.0)), shown_together(views), 0.0)
    fee = np.ones((PROVINCES, SECTORS))
    for j, here in enumerate(SECTORS_OF):
        fee[:, here] = (1.0 + p.charged[j]) / (1.0 + start_fee(v, j))
    return np.asarray((1.0 + dearer) * fee)


def set_public(run: Run, state: State, terms: Terms, month: int) -> None:
    """Members and price of the public platform, and what it draws, where it is open."""
    p, v = state.platforms, run.values
    here = np.zeros(PROVINCES, dtype=bool)
    promoted = 0.0
    for measure in run.measures:
        if measure["lever"] == "public_platform" and in_months(measure, month):
            here = measure["provinces"] & (p.open[MEALS_APP] == 1)
            terms.public_commission, terms.voucher = measure["commission_share"], measure["voucher_share"]
            terms.promotion = measure["promotion_krw_per_month"]
            promoted = terms.promotion / adults(state.people, run.first_year)[measure["provinces"]].sum()
    p.members = np.where(here, p.members + v["public_platform.joining_per_month"] * (1.0 - p.members), 0.0)
    start = start_commission(v, MEALS_APP)
    target = 1.0 + v["platform.pass_through_share"] * (terms.public_commission - start)
    moved = p.public_price + v["platform.pass_through_monthly_hazard"] * (target - p.public_price)
    p.public_price = np.where(here, moved, 1.0)
    shown = terms.pull[:, MEALS]
    reach = p.members * shown[:, :LARGE].sum(axis=1) / shown.sum(axis=1)
    paid = p.public_price * (1.0 - terms.voucher)
    relative = np.maximum(paid, LEAST_PAID) / (terms.service[:, MEALS] * (1.0 + start_fee(v, MEALS_APP)))
    utility = v["public_platform.utility"] + v["public_platform.promotion_weight"] * np.log(1.0 + promoted)
    lam = v["public_platform.nest_dissimilarity"]
    odds = reach * np.exp((utility + v["consumer.price_weight"] * np.log(relative)) / lam)
    p.public_share = odds / (1.0 + odds)
    terms.public_share, terms.public_value = p.public_share, lam * np.log(1.0 + odds)
    terms.public_price = p.public_price


def adults(people: People, year: int) -> F8:
    """People of the sample aged 20 and over at the start, by province, weighted."""
    here = (people.entry_year <= year) & (year < people.exit_year)
    return kept.summed(people.province, people.weight * here, PROVINCES)
