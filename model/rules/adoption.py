"""How merchants hear of, choose, apply for and drop a technology (model description 6.2).

Scalars in float32; money in KRW a month; hazards and probabilities a month.
"""

from numba import float32, njit

from model.numerics import JIT, exp32, log32, logistic


@njit(**JIT)
def awareness_hazard(innovation: float, imitation: float, peer_share: float) -> float:
    """Return the monthly hazard of becoming aware, p + q peers. Bass (1969) in hazard form."""
    return innovation + imitation * peer_share


@njit(**JIT)
def campaign_hazard(weight: float, campaign: float) -> float:
    """Return what a campaign adds to a month's hazard of becoming aware, c ln(1 + campaign KRW per target merchant)."""
    return weight * log32(float32(1.0) + campaign)


@njit(**JIT)
def probability_within(hazard_sum: float) -> float:
    """Return the probability of an event under a hazard summed over months, 1 - e^-H."""
    return float32(1.0) - exp32(-hazard_sum)


@njit(**JIT)
def expected_sales_gain(prior: float, realised: float, learning_weight: float) -> float:
    """Return the sales gain a merchant expects as a share of sales: a mix of prior and peers' realised gain."""
    return prior + learning_weight * (realised - prior)


@njit(**JIT)
def monthly_gain(
    contribution_margin: float,
    sales: float,
    sales_gain: float,
    lost_to_itself: float,
    channel_cost_share: float,
    fees_saved: float,
    running_cost: float,
) -> float:
    """Return the gain of using a technology in KRW a month, before its purchase.

    contribution margin x sales x gain x (1 - cannibalisation) - commission and delivery on the gained sales
    + fees saved - running cost.
    """
    gained = sales * sales_gain
    kept = contribution_margin * (float32(1.0) - lost_to_itself) - channel_cost_share
    return kept * gained + fees_saved - running_cost


@njit(**JIT)
def gain_scale(least: float, share_of_sales: float, sales: float) -> float:
    """Return the gain in KRW a month that counts as one: a least amount plus a share of monthly sales.

    A small shop weighs a few thousand won, a large one weighs gains against what it turns over.
    """
    return least + share_of_sales * sales


@njit(**JIT)
def adoption_utility(
    constant: float,
    gain_weight: float,
    gain: float,
    own_share: float,
    hurdle_per_year: float,
    scale: float,
    person_and_peers: float,
) -> float:
    """Return the utility of adopting at a revision: b0 + bG (gain - own share x hurdle / 12) / scale + the rest.

    own_share: KRW paid once; person_and_peers: weighted utilities of the owner and of peers' use.
    """
    net = gain - own_share * hurdle_per_year * float32(1.0 / 12.0)
    return constant + gain_weight * net / scale + person_and_peers


@njit(**JIT)
def person_utility(capability_weight: float, capability: float, age_weight: float, owner_age: float) -> float:
    """Return what an owner brings: bC (capability - 1/2) - bAge (age - 50) / 10."""
    able = capability_weight * (capability - float32(0.5))
    return able - age_weight * (owner_age - float32(50.0)) * float32(0.1)


@njit(**JIT)
def application_probability(
    constant: float, subsidy_weight: float, subsidy_share: float, paperwork_weight: float, hours: float
) -> float:
    """Return the probability that a merchant who wishes for it applies: L(a0 + aS subsidy - aR hours)."""
    return logistic(constant + subsidy_weight * subsidy_share - paperwork_weight * hours)


@njit(**JIT)
def drop_out_hazard(hazard: float, gain: float, scale: float) -> float:
    """Return the monthly hazard of dropping a technology, h0 e^(-gain/scale).

    hazard: h0, raised in the months after the keep rule. The exponent is held within -2 and 2, so that the hazard
    stays within a factor e^2 of h0.
    """
    pull = min(max(gain / scale, float32(-2.0)), float32(2.0))
    return hazard * exp32(-pull)


@njit(**JIT)
def capability_taught(base: float, gained: float, share: float) -> float:
    """Return the gained capability after a course that gives a share of what is missing to 1."""
    return gained + share * (float32(1.0) - base - gained)


@njit(**JIT)
def capability_next(base: float, gained: float, learned_per_month: float, decay_per_month: float) -> float:
    """Return the capability gained by use on top of the base: it grows with use, decays without.

    learned_per_month: share of the gap to 1 that this month's use teaches, zero without use. Only what was gained
    decays: an owner does not lose the schooling the base stands for.
    """
    grown = gained + learned_per_month * (float32(1.0) - base - gained)
    return grown if learned_per_month > float32(0.0) else gained - decay_per_month * gained
