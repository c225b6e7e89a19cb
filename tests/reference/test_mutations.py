"""Every sign of every rule matters: with any one turned round, the start or some month no longer agrees."""

import copy
import warnings

import numpy as np
import pytest

from tests.lockstep import Played, drawn, lively, plan, platforms
from tests.reference import month, start
from tests.reference.compare import differences, differences_of_month
from tests.reference.mutants import Mutant, Rule, put_in, rules, tried

MONTHS = (
    (lively, 26), (platforms, 15), (platforms, 42), (lively, 24), (lively, 0), (lively, 37), (plan, 44), (lively, 18),
    (lively, 43), (lively, 36), (lively, 44), (lively, 46), (lively, 4), (lively, 8), (drawn, 6), (drawn, 24),
    (drawn, 15), (lively, 21), (lively, 25), (lively, 7), (lively, 22), (plan, 48), (platforms, 3), (platforms, 24),
    (platforms, 27), (platforms, 36),
)  # fmt: skip
"""Months in which much happens: both routes open, the first, a January, a closing, each rationing at its limit, other
parameters, a platform that leaves, and platforms that decide."""

WITHOUT_EFFECT = {
    "start.start_people": "skill_rank + 0.5",
    "start.install_first": "person = ",
    "merchants.affords": "cash = merchants.cash - month.pay",
    "platforms.may_move": "if change != 0.0:",
}
"""Signs that cannot be seen, by rule: half a rank in 65,536 moves less than 1e-5; what adds the same to the utility
of all is taken back by the constant that meets the starting share; and nobody in these months buys twice with money for
one;
and no platform gains in them by moving its own fee alone.
"""


def noticed(mutant: Mutant) -> bool:
    """Whether the start or one of the chosen months disagrees, or the mutant cannot run at all."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        put_in(mutant, patch)
        try:
            in_month = mutant.rule.module is not start and any(month_differs(play(), t) for play, t in MONTHS)
            return in_month or start_differs(lively())
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return True


def month_differs(played: Played, t: int) -> bool:
    walked = month.run_month(played.run, played.states[t], t)
    return bool(differences_of_month(walked, played.states[t + 1], played.booked[t], played.measured[t]))


def start_differs(played: Played) -> bool:
    started = start.start(played.run, copy.deepcopy(played.traits))
    return bool(differences(started, played.states[0], np.ones(started.people.id.size)))


def test_without_a_mutant_all_agree() -> None:
    assert not start_differs(lively())
    assert not any(month_differs(play(), t) for play, t in MONTHS)


@pytest.mark.parametrize("rule", [rule for rule in rules() if tried(rule)], ids=str)
def test_every_sign_of_a_rule_matters(rule: Rule) -> None:
    unseen = WITHOUT_EFFECT.get(str(rule))
    lines = [mutant.line for mutant in tried(rule) if not noticed(mutant)]
    assert not [line for line in lines if unseen is None or unseen not in line]
