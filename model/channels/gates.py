"""Gates that depend on the run: trials within caps, joining, revision once trust allows it, accidents and their cost.

What rules allow by date is compiled before the run (`GATES`, from `model.levers.gates`); here is what the run adds.
"""

from typing import Final

from numba import float32, njit, uint64

from model.codes import AGE_BANDS, GATED, PROVINCES, USED_SERVICES
from model.numerics import JIT
from model.records import Record
from model.rules.gates import accident_rate, cut_to_cap, joined_next, poisson, trust_lost
from model.streams import SERVICE_ACCIDENTS, draw_bits, stream_key, uniform

MEDICAL, UNMANNED = (GATED.index(name) for name in ("noncontact_medical", "unmanned_delivery"))
SERVICE_OF_GATED: Final = tuple(USED_SERVICES.index(name) for name in GATED)
_BANDS: Final = len(AGE_BANDS)
_PROVINCES: Final = len(PROVINCES)


@njit(**JIT)
def admit(state: Record, rules: Record, gates: Record, place: int) -> None:
    """Set the share of its wished use that each province is allowed of a gated service this month.

    Rules are revised for good in the first month in which that is due and trust suffices; until then the trial goes on,
    unless its accidents have stopped it. state.use holds what cells wish.
    """
    service = SERVICE_OF_GATED[place]
    due = gates.revised[place].any() and not state.stopped[place]
    if due and state.trust[service] >= rules.trust_needed:
        state.revised[place] = 1
    on_trial, wanted = not state.revised[place] and not state.stopped[place], 0.0
    for province in range(_PROVINCES):
        share = float(gates.open[service, province])
        if state.revised[place]:
            share = max(share, float(gates.revised[place, province]))
        elif on_trial:
            share = max(share, float(gates.trial[place, province]))
        joined = joined_next(state.joined[place, province], rules.joining, share)
        state.joined[place, province] = joined
        state.admitted[place, province] = float32(share * joined)
        wanted += share * joined * _wished(state, place, province)
    if on_trial:
        left = float32(cut_to_cap(wanted, gates.cap[place]))
        for province in range(_PROVINCES):
            state.admitted[place, province] *= left


@njit(**JIT)
def _wished(state: Record, place: int, province: int) -> float:
    """Return the people of a province who would use a gated service, or the deliveries of last month it would make."""
    use, first = state.use[SERVICE_OF_GATED[place]], province * _BANDS
    if place == UNMANNED:
        return float(use[first]) * state.deliveries[province].sum()
    wished = 0.0
    for cell in range(first, first + _BANDS):
        wished += state.adults[cell] * float(use[cell])
    return wished


@njit(**JIT)
def have_accidents(state: Record, rules: Record, gates: Record, years: float, month: int, seed: int) -> None:
    """Draw the month's accidents of gated services by province, and set what they cost: trust, perhaps the trial.

    years: since the start; month: calendar month of the keys.
    """
    key = stream_key(seed, SERVICE_ACCIDENTS, month)
    for place in range(len(GATED)):
        service = SERVICE_OF_GATED[place]
        early = rules.ripe_years[place] - years
        rate = accident_rate(
            rules.accidents_per_use[place], rules.early_weight, early, rules.hasty_accidents, state.haste[service]
        )
        happened, uses = 0.0, 0.0
        for province in range(_PROVINCES):
            count = 0
            if state.uses[place, province] > 0.0:
                draw = float(uniform(draw_bits(key, uint64(place * _PROVINCES + province))))
                count = poisson(rate * state.uses[place, province], draw)
            state.accidents[place, province] = count
            happened += count
            uses += state.uses[place, province]
        state.lost[service] += trust_lost(rules.accident_trust, happened)
        if not state.revised[place]:
            _judge_trial(state, rules, gates, place, uses, happened)


@njit(**JIT)
def _judge_trial(state: Record, rules: Record, gates: Record, place: int, uses: float, happened: float) -> None:
    """Add a month to the trial's record, and stop it for good when its accidents are too many for its uses."""
    state.trial_uses[place] += uses
    state.trial_accidents[place] += happened
    accidents = state.trial_accidents[place]
    too_many = accidents > gates.accident_limit[place] * state.trial_uses[place]
    if accidents >= rules.accidents_judged and too_many:
        state.stopped[place] = 1
