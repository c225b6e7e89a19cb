"""What devices in a shop and additions to online selling do: attraction, labour saved, orders at a kiosk.

Scalars in float32; no sales gain is imposed: a device changes attraction within its market only (model description
6.2).
"""

from numba import float32, njit

from model.numerics import JIT, logistic


@njit(**JIT)
def kiosk_share(constant: float, skill_weight: float, skill_over_mean: float, risk_weight: float, risk: float) -> float:
    """Return the share of buyers that order at a kiosk where there is one: L(c + skill + contact risk)."""
    return logistic(constant + skill_weight * skill_over_mean + risk_weight * risk)


@njit(**JIT)
def kiosk_pull(attraction: float, share: float, lost: float) -> float:
    """Return what a kiosk adds to attraction: drawn are those who order at it, a few of the others stay away."""
    return attraction * share - lost * (float32(1.0) - share)


@njit(**JIT)
def heads_saved(hours: float, owner_absorbs: float, saved: float) -> float:
    """Return the paid heads a device saves on average: of the hours a shop asks for, in heads, the share `saved`.

    What the owner's household does itself saves no wage.
    """
    before = max(hours - owner_absorbs, float32(0.0))
    after = max(hours * (float32(1.0) - saved) - owner_absorbs, float32(0.0))
    return before - after
