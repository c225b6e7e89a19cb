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

SMALL, ABOVE, LARGE, OWNS = range(4)
"""Classes of sellers; OWNS: what the platform sells itself."""
GOODS_MARKET, MEALS_APP = range(2)
FIRST, RIVAL = range(2)
NAMES = ("open_market", "delivery_app", "open_market_rival", "delivery_app_rival")
SERVICE, SIDE = (0, 1, 0, 1), (FIRST, FIRST, RIVAL, RIVAL)
"""What each platform offers, and whether it is the first to or a rival."""
SECTORS_OF = np.array([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0]], dtype=bool)
"""Sectors that sell on the platforms of each service."""
TECHNOLOGY_OF = (ENTRY, APP)
PAIRS = [(a, b) for a in (-1.0, 0.0, 1.0) for b in (-1.0, 0.0, 1.0)]
SMALL_STEP = 0.005
LEAST_PAID = 1e-3


def open_platforms(v: Values) -> Platforms:
    """The platforms before the first month, rivals absent."""
    commission = np.array([[v[f"{name}.commission_share"]] * 3 + [v["open_market.own_margin_share"]] for name in NAMES])
    fee = v.of("platform.consumer_fee_share", "platforms")
    four, markets, here = np.zeros(4), np.ones((2, PROVINCES, SECTORS, 4)), np.array([1, 1, 0, 0])
    return Platforms(
        open=here.copy(), gone=np.zeros(4, dtype=np.int64), solved=np.zeros(4, dtype=np.int64),
        bound=np.zeros(4, dtype=np.int64), listed=here.astype(float), promised=four.copy(),
        commission=commission, fee=fee.copy(),
        commission_january=commission.copy(), fee_january=fee.copy(),
        responses=np.zeros((4, 2)), expected=np.zeros((4, 2)), quarter=four.copy(), profit=four.copy(),
        losses=four.copy(), price=markets.copy(), sold=np.zeros_like(markets), agreed=markets.copy(),
        cap=markets.copy(), charged=fee.copy(), members=np.zeros(PROVINCES), public_price=np.ones(PROVINCES),
        reached=np.stack([np.ones((PROVINCES, ONLINE)), np.zeros((PROVINCES, ONLINE))]),
        budget=np.zeros((PROVINCES, 4, ONLINE)), online=np.zeros((PROVINCES, 4, ONLINE)), both=np.zeros(GOODS),
    )  # fmt: skip


def start_commission(v: Values, j: int) -> float:
    return v[f"{NAMES[j]}.commission_share"]


def start_by_class(v: Values, j: int) -> F8:
    """Starting commissions, and the margin of own sales."""
    return np.array([start_commission(v, j)] * 3 + [v["open_market.own_margin_share"]])


def start_fee(v: Values, j: int) -> float:
    return float(v.of("platform.consumer_fee_share", "platforms")[j])


def variable_cost(v: Values, j: int) -> float:
    return v["platform.variable_cost_share_of_commission"] * start_commission(v, j)


def fixed_cost(v: Values, j: int) -> float:
    return float(v.of("platform.fixed_cost_krw_per_month", "rivals")[SERVICE[j]]) if SIDE[j] == RIVAL else 0.0


def in_months(measure: dict[str, object], month: int) -> bool:
    return int(str(measure["start"])) <= month <= int(str(measure["end"]))


def asked(run: Run, month: int) -> tuple[F8, F8]:
    """Cuts agreed and caps ordered by (province, sector, class of sellers) in a month."""
    cut, cap = np.zeros((PROVINCES, SECTORS, 4)), np.ones((PROVINCES, SECTORS, 4))
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
    """Close the quarter's books; leave, or take the best of nine pairs of prices; who is absent may enter."""
    p, v = state.platforms, run.values
    for j in range(4):
        if p.open[j] == 0:
            if enters(v, p, state.constants, j, t):
                p.open[j], p.quarter[j] = 1, 0.0
            continue
        p.profit[j], p.quarter[j] = p.quarter[j], 0.0
        p.losses[j] = p.losses[j] + 1.0 if p.profit[j] < 0.0 else 0.0
        if p.losses[j] >= v["platform.loss_quarters"]:
            leave(p, state.merchants, j)
            continue
        if month % 12 == 0:
            p.commission_january[j], p.fee_january[j] = p.commission[j], p.fee[j]
        if v["platform.step_share"] > 0.0:
            reprice(run, p, state.constants, j)


def enters(v: Values, p: Platforms, constants: Constants, j: int, t: int) -> bool:
    """Whether an absent platform begins: at its date, or after enough quarters that promised enough."""
    when = v.of("platform.entry_month", "rivals")[SERVICE[j]]
    if p.gone[j] == 1 or when < 0.0:
        return False
    if when > 0.0:
        return bool(t + 1 >= when)
    sold, here = p.sold[FIRST, ..., :OWNS], SECTORS_OF[SERVICE[j]]
    charged = np.sum(sold * np.minimum(start_commission(v, j), p.cap[FIRST, ..., :OWNS]), axis=2)
    commission = np.sum(charged[:, here]) / np.sum(sold[:, here])
    orders_won = v["platform.entrant_share"] * paid(v, p, constants, SERVICE[j], 0.0) / (1.0 + start_fee(v, j))
    profit = orders_won * (commission + start_fee(v, j) - variable_cost(v, j)) - fixed_cost(v, j)
    p.expected[j, 0] = profit
    promising = profit > v["platform.entry_tolerance"] * fixed_cost(v, j)
    p.promised[j] = p.promised[j] + 1.0 if promising else 0.0
    return bool(p.promised[j] >= v["platform.entry_quarters"])


def leave(p: Platforms, merchants: Merchants, j: int) -> None:
    """Go for good; when nobody is left of the service, sellers' offers there close."""
    p.open[j], p.gone[j] = 0, 1
    p.sold[SIDE[j], :, SECTORS_OF[SERVICE[j]]] = 0.0
    if not p.open[SERVICE[j] :: 2].any():
        technology = TECHNOLOGY_OF[SERVICE[j]]
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
    p.commission[j, :OWNS] = p.commission[j, :OWNS] + chosen[0]
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


def mean_commission(p: Platforms, j: int, change: float, sellers: int = 4) -> float:
    """Mean commission in force over last month's orders to the first classes of sellers, were its own so much higher.

    The margin of own sales, the last class, stays.
    """
    here, side = SECTORS_OF[SERVICE[j]], SIDE[j]
    moved = p.commission[j] + np.array([change, change, change, 0.0])
    sold = p.sold[side][:, here, :sellers]
    force = in_force(moved, p.agreed[side], p.cap[side])[:, here, :sellers]
    return float(np.sum(sold * force) / np.sum(sold)) if np.sum(sold) > 0.0 else float(p.commission[j, 0])


def in_force(own: F8, agreed: F8, cap: F8) -> F8:
    return np.asarray(np.maximum(0.0, np.minimum(np.minimum(own, agreed), cap)))


def paid(v: Values, p: Platforms, constants: Constants, j: int, utility: float) -> float:
    """What consumers would pay a platform a month, were its service worth so much more."""
    share, reached = kept.ratio(p.online, p.budget, 0.0), p.reached[SIDE[j]]
    if SERVICE[j] == MEALS_APP:
        lam = v["public_platform.nest_dissimilarity"]
        meals = moved_share(share[:, :, MEALS], reached[:, MEALS, None], utility, lam)
        spent = np.sum(meals * p.budget[:, :, MEALS]) * constants.spending[MEALS]
        return float(spent * (1.0 - v["delivery_app.consumer_fee_share"]))
    lam, held = v["consumer.nest_dissimilarity"], np.ones((4, GOODS))
    if SIDE[j] == FIRST:
        held = np.array([np.zeros(GOODS), np.ones(GOODS), np.zeros(GOODS), p.both])
    inner = held[None] * reached[:, None, :GOODS]
    goods = moved_share(share[..., :GOODS], inner, utility, lam) * p.budget[..., :GOODS]
    return float(np.sum(goods * constants.spending[:GOODS]))


def orders(
    v: Values, p: Platforms, constants: Constants, j: int, change: float, fee: float, fee_change: float
) -> float:
    """Orders a month at a mean commission and a fee so much higher than now."""
    price = (1.0 + v["platform.pass_through_share"] * change) * (1.0 + fee + fee_change) / (1.0 + fee)
    return paid(v, p, constants, j, v["consumer.price_weight"] * np.log(price)) / (1.0 + fee + fee_change)


def moved_share(share: F8, inner: F8, utility: float, lam: float) -> F8:
    """Share of a service in a cell's spending after its utility moved: nested logit."""
    grown = inner * np.exp(utility / lam)
    nest = grown + 1.0 - inner
    drawn = share * nest**lam
    return np.asarray(drawn / (1.0 - share + drawn) * grown / nest)


def own_part(p: Platforms, j: int) -> float:
    """The platform's own goods in last month's orders."""
    sold = p.sold[SIDE[j]][:, SECTORS_OF[SERVICE[j]]]
    return float(np.sum(sold[..., OWNS]) / np.sum(sold)) if np.sum(sold) > 0.0 else 0.0


def solve(v: Values, p: Platforms, constants: Constants, j: int) -> None:
    """Responses of sellers and consumers that make holding the starting prices best."""
    margin = max(mean_commission(p, j, 0.0) + start_fee(v, j) - variable_cost(v, j), 1e-3)
    fee, h, others = start_fee(v, j), SMALL_STEP, 1.0 - own_part(p, j)
    for price, (a, b, priced) in enumerate(((others * h, 0.0, others), (0.0, h, 1.0))):
        up = orders(v, p, constants, j, a, fee, b)
        down = orders(v, p, constants, j, -a, fee, -b)
        elastic = np.log(up / down) / (2.0 * h) if min(up, down) > 0.0 else 0.0
        p.responses[j, price] = priced / margin + elastic
    p.solved[j] = 1


def expected_profit(v: Values, p: Platforms, constants: Constants, j: int, change: float, fee_change: float) -> float:
    """Profit a month at prices moved so much: orders of last month's cells, members moved by their responses."""
    earned, fee = mean_commission(p, j, change), float(p.charged[j])
    sold = orders(v, p, constants, j, earned - mean_commission(p, j, 0.0), fee, fee_change)
    asked_of_sellers = mean_commission(p, j, change, OWNS)
    off = np.array([asked_of_sellers - start_commission(v, j), fee + fee_change - start_fee(v, j)])
    stay = np.exp(-p.responses[j] * off - v["platform.response_curvature"] / 2.0 * off**2)
    return float(sold * np.prod(stay) * (earned + fee + fee_change - variable_cost(v, j)))


# Every month: what is in force.


@dataclass
class Terms:
    """This month's terms by (first or rival, province, sector, class of sellers), of services without the class; odds
    of rivals by (province, sector), of the public app by province; fee and open by platform.
    """

    commission: F8
    pull: F8
    exposure: F8
    service: F8
    fee: F8
    open: I8
    odds: F8
    public_odds: F8
    public_commission: float = 0.0
    voucher: float = 0.0
    promotion: float = 0.0
    public_price: F8 = field(default_factory=lambda: np.ones(PROVINCES))

    def has_rival(self, service: int) -> bool:
        return any(self.open[j] == 1 for j in range(4) if SERVICE[j] == service and SIDE[j] == RIVAL)


def set_terms(run: Run, state: State, t: int) -> Terms:
    """Set commissions, prices, fees, exposure and odds of the month; of an absent rival nothing."""
    p, v, month = state.platforms, run.values, run.start + t
    cut, cap = asked(run, month)
    shape = (2, PROVINCES, SECTORS, 4)
    commission, pull, exposure = np.zeros(shape), np.zeros(shape), np.ones(shape)
    service, odds, nothing = np.ones(shape[:3]), np.zeros((PROVINCES, SECTORS)), np.zeros(PROVINCES)
    listing = v["platform.listing_per_month"]
    for j in range(4):
        here, side = SECTORS_OF[SERVICE[j]], SIDE[j]
        p.bound[j] = int(side == FIRST and np.any(cut[:, here] > 0.0))
        if side == RIVAL:
            p.listed[j] = p.listed[j] + listing * (1.0 - p.listed[j]) if p.open[j] == 1 else 0.0
            if p.open[j] == 0:
                continue
        start = start_by_class(v, j)
        agreed = np.where((cut > 0.0) & (side == FIRST), np.maximum(0.0, start - cut), 1.0)
        p.agreed[side][:, here], p.cap[side][:, here] = agreed[:, here], cap[:, here]
        commission[side][:, here] = in_force(p.commission[j], agreed, cap)[:, here]
        target = 1.0 + v["platform.pass_through_share"] * (commission[side] - start)
        passed = p.price[side] + v["platform.pass_through_monthly_hazard"] * (target - p.price[side])
        p.price[side][:, here] = passed[:, here]
        p.charged[j] = fee_in_force(v, p, j)
        pull[side][:, here] = pulls(v, state.markets, p, j)[:, here]
        exposure[side][:, here] = exposures(v, commission[side], pull[side])[:, here]
        dearer = (1.0 + p.charged[j]) / (1.0 + start_fee(v, j))
        service[side][:, here] = (service_prices(p.price[side], pull[side], exposure[side]) * dearer)[:, here]
        if side == RIVAL:
            odds[:, here] = odds_of_rival(v, pull, service, j)[:, here]
    terms = Terms(commission, pull, exposure, service, p.charged.copy(), p.open.copy(), odds, nothing)
    set_public(run, state, terms, month)
    return terms


def odds_of_rival(v: Values, pull: F8, service: F8, j: int) -> F8:
    """Odds of an order against the first platform: sellers listed, utility, price."""
    lam = v[("consumer.nest_dissimilarity", "public_platform.nest_dissimilarity")[SERVICE[j]]]
    reach = kept.ratio(shown_together(pull[RIVAL]), shown_together(pull[FIRST]), 0.0)
    dear = service[RIVAL] / service[FIRST] * (1.0 + start_fee(v, j)) / (1.0 + start_fee(v, SERVICE[j]))
    utility = v.of("platform.rival_utility", "rivals")[SERVICE[j]] + v["consumer.price_weight"] * np.log(dear)
    return np.asarray(reach * np.exp(utility / lam))


def fee_in_force(v: Values, p: Platforms, j: int) -> float:
    """The platform's own fee, and what it recovers of what caps took from last month's orders."""
    here, side = SECTORS_OF[SERVICE[j]], SIDE[j]
    before = np.minimum(np.minimum(p.commission[j], start_by_class(v, j)), p.agreed[side])
    lost, sold = np.maximum(0.0, before - p.cap[side])[:, here], p.sold[side][:, here]
    mean = np.sum(lost * sold) / np.sum(sold) if np.sum(sold) > 0.0 else 0.0
    highest = register()[f"platform.consumer_fee_share.{NAMES[j]}"].high
    return float(min(p.fee[j] + v["platform.seesaw_share"] * mean, max(p.fee[j], highest)))


def pulls(v: Values, markets: Markets, p: Platforms, j: int) -> F8:
    """Attraction of who lists on a platform by (province, sector, class); large ones of goods evenly over provinces."""
    pull, own = np.zeros((PROVINCES, SECTORS, 4)), v["open_market.own_sales_share"]
    pull[..., SMALL] = markets.entry - markets.entry_above
    pull[..., ABOVE] = markets.entry_above
    pull[:, :GOODS, LARGE] = (1.0 - own) * markets.large_online[:GOODS] / PROVINCES
    pull[:, MEALS, LARGE] = markets.app_large
    pull = pull * p.listed[j]
    if SIDE[j] == FIRST:
        pull[:, :GOODS, OWNS] = own * markets.large_online[:GOODS] / PROVINCES
    return np.asarray(pull)


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


def service_prices(price: F8, pull: F8, exposure: F8) -> F8:
    """What buyers pay over the start, fees left out."""
    views = pull * exposure
    return np.asarray(1.0 + kept.ratio(shown_together(views * (price - 1.0)), shown_together(views), 0.0))


def set_public(run: Run, state: State, terms: Terms, month: int) -> None:
    """Members and price of the public platform, and what it draws, where it is open."""
    p, v = state.platforms, run.values
    here = np.zeros(PROVINCES, dtype=bool)
    promoted = 0.0
    for measure in run.measures:
        if measure["lever"] == "public_platform" and in_months(measure, month):
            here = measure["provinces"] & bool(p.open[MEALS_APP::2].any())
            terms.public_commission, terms.voucher = measure["commission_share"], measure["voucher_share"]
            terms.promotion = measure["promotion_krw_per_month"]
            promoted = terms.promotion / adults(state.people, run.first_year)[measure["provinces"]].sum()
    p.members = np.where(here, p.members + v["public_platform.joining_per_month"] * (1.0 - p.members), 0.0)
    start = start_commission(v, MEALS_APP)
    target = 1.0 + v["platform.pass_through_share"] * (terms.public_commission - start)
    moved = p.public_price + v["platform.pass_through_monthly_hazard"] * (target - p.public_price)
    p.public_price = np.where(here, moved, 1.0)
    shown = terms.pull[FIRST][:, MEALS]
    reach = p.members * shown[:, :LARGE].sum(axis=1) / shown.sum(axis=1)
    paid = p.public_price * (1.0 - terms.voucher)
    relative = np.maximum(paid, LEAST_PAID) / (terms.service[FIRST][:, MEALS] * (1.0 + start_fee(v, MEALS_APP)))
    utility = v["public_platform.utility"] + v["public_platform.promotion_weight"] * np.log(1.0 + promoted)
    lam = v["public_platform.nest_dissimilarity"]
    terms.public_odds = reach * np.exp((utility + v["consumer.price_weight"] * np.log(relative)) / lam)
    terms.public_price = p.public_price


def adults(people: People, year: int) -> F8:
    """People of the sample aged 20 and over at the start, by province, weighted."""
    here = (people.entry_year <= year) & (year < people.exit_year)
    return kept.summed(people.province, people.weight * here, PROVINCES)
