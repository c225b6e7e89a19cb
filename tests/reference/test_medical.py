"""Gates, telemedicine, deliveries and accidents: the engine's months beside the reference's rules, and their signs."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.gated import MONTHS, SERVICES, START, Month, played, wished
from tests.reference import medical
from tests.reference.draws import Luck
from tests.reference.engine_state import gated_of
from tests.reference.mutants import Mutant, put_in, rules, tried
from tests.reference.state import PROVINCES, Values


def differences(month: Month, t: int, v: Values, levers: tuple[dict[str, Any], ...]) -> list[str]:
    """Whatever of a month the reference has otherwise than the engine."""
    state, after, luck = gated_of(month.before), month.after, Luck(3, START + t)
    gates = [medical.gate_of(name, levers, START + t) for name in medical.GATED]
    closed = np.zeros(PROVINCES)
    admitted = [medical.admit(v, state, g, gates[g], closed, float(month.before.trust[SERVICES[g]]), wished(month, g))
                for g in range(2)]  # fmt: skip
    health, remote = after.category[:, 2], after.remote[:, 2]
    run: Any = SimpleNamespace(values=v, measures=levers, start=START)
    world: Any = SimpleNamespace(gated=state, platforms=SimpleNamespace(online=month.goods[:, None, :]),
                                 constants=SimpleNamespace(spending=np.ones(3)))  # fmt: skip
    share, haste = after.in_province[SERVICES[1]], after.haste[SERVICES]
    used = medical.live(run, world, share, haste, health, remote, month.meals, t, luck)
    assert not luck.doubtful
    mine = {
        "admitted": np.array(admitted), "uses": used.uses, "accidents": used.accidents,
        "at_clinics": used.at_clinics, "courier_hours": used.hours,
    } | vars(state)  # fmt: skip
    found = [name for name, value in mine.items() if not same(value, theirs(after, name))]
    found += ["pay"] * (not same(used.pay, month.pay)) + ["lost pay"] * (not same(used.pay_lost, month.lost))
    tables = medical.book(v, used, health, remote), medical.indicators(used, state, health)
    for table, engine in zip(tables, (month.booked, month.measured), strict=True):
        found += [name for name, value in table.items() if not same(value, engine[name])]
    return found


def theirs(after: Any, name: str) -> Any:
    return after.lost[SERVICES] if name == "lost" else after[name]


def same(mine: Any, other: Any) -> bool:
    ours, engine = np.asarray(mine, dtype=float), np.asarray(other, dtype=float)
    return bool(np.all(np.abs(ours - engine) <= 2e-5 * np.maximum(np.abs(engine), 1e-12)))


@pytest.mark.parametrize("stopping", [False, True])
@pytest.mark.parametrize("t", range(MONTHS))
def test_every_month_agrees(t: int, stopping: bool) -> None:
    v, levers, months = played(stopping)
    assert not differences(months[t], t, v, levers)


def test_the_run_compared_is_full_of_events() -> None:
    _, _, months = played(True)
    last, free = months[-1].after, played(False)[2]
    assert last.stopped.tolist() == [0, 1]
    assert free[-1].after.revised.tolist() == [1, 1]
    waited = [month.after.revised[1] for month in free[31:]]
    assert waited[0] == 0 < waited[-1]  # a due revision waits for trust
    assert sum(month.after.accidents.sum() for month in free) > 30


def noticed(mutant: Mutant) -> bool:
    with pytest.MonkeyPatch.context() as patch, np.errstate(all="ignore"):
        put_in(mutant, patch)
        try:
            return any(differences(months[t], t, v, levers) for v, levers, months in map(played, (False, True))
                       for t in range(MONTHS))  # fmt: skip
        except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError):
            return True


@pytest.mark.parametrize("rule", [rule for rule in rules((medical,)) if tried(rule)], ids=str)
def test_every_sign_of_a_rule_matters(rule: Any) -> None:
    assert not [mutant.line for mutant in tried(rule) if not noticed(mutant)]
