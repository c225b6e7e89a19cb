"""The engine beside an independent implementation of docs/model.md: from the same state, the same month."""

import copy
from collections.abc import Callable

import numpy as np
import pytest

from model import streams
from tests.lockstep import MONTHS, Played, drawn, lively, plan, platforms
from tests.reference.compare import differences, differences_of_month, without_luck
from tests.reference.draws import MARGIN, Luck, bits_of, lane_of, top_of
from tests.reference.indicators import indicators
from tests.reference.month import run_month
from tests.reference.state import INSTALLED, TECHNOLOGIES

Play = Callable[[], Played]
WORLDS = [plan, lively, drawn, platforms]


@pytest.mark.parametrize("purpose", ["consumer_users", "programme_remainder"])
def test_keyed_draws_are_the_same_numbers(purpose: str) -> None:
    ids = np.array([0, 1, 4_095, 2**32 - 1])
    bits = bits_of(11, purpose, 24_216, ids)
    key = np.uint64(streams.stream_key(11, np.uint64(streams.purpose_code(purpose)), 24_216))
    theirs = [streams.draw_bits(key, int(agent)) for agent in ids]
    np.testing.assert_array_equal(bits, np.array(theirs, dtype=np.uint64))
    np.testing.assert_array_equal(top_of(bits), [float(streams.uniform(np.uint64(x))) for x in theirs])
    for lane in range(3):
        lanes = [float(streams.uniform_lane(np.uint64(x), lane)) for x in theirs]
        np.testing.assert_array_equal(lane_of(bits, lane), lanes)
    for lane in range(6):
        theirs = [float(streams.draw_lane(key, int(agent), lane)) for agent in ids]
        np.testing.assert_array_equal(Luck(11, 24_216).lane(purpose, lane, ids), theirs)


@pytest.mark.parametrize("play", WORLDS)
def test_the_start_follows_from_the_traits(play: Play) -> None:
    played = play()
    assert not differences(played.started, played.states[0], np.ones(played.started.people.id.size))


@pytest.mark.parametrize("t", range(MONTHS))
@pytest.mark.parametrize("play", WORLDS)
def test_every_month_agrees(play: Play, t: int) -> None:
    played = play()
    after, booked, measured = played.states[t + 1], played.booked[t], played.measured[t]
    assert not without_luck(played.run, played.states[t], t, after, booked, measured)


@pytest.mark.parametrize("play", WORLDS)
def test_few_draws_are_too_near_to_call(play: Play) -> None:
    """So what the comparison could excuse is next to nothing: draws times twice the margin."""
    played = play()
    doubtful = [len(run_month(played.run, played.states[t], t).month.luck.doubtful) for t in range(MONTHS)]
    rows = played.started.people.id.size + TECHNOLOGIES * played.started.merchants.id.size
    assert sum(doubtful) < 10 * rows * MONTHS * 2 * MARGIN
    assert np.median(doubtful) <= 2


def test_a_draw_too_near_to_call_is_excused() -> None:
    """A month with such a draw turned round is another month, and the comparison explains it by that draw."""
    played, different = lively(), 0
    for t in range(MONTHS):
        before = played.states[t]
        plain = run_month(played.run, before, t)
        for event in plain.month.luck.doubtful:
            turned = run_month(played.run, before, t, frozenset({event}))
            theirs = turned.after, turned.booked, indicators(turned)
            different += bool(differences_of_month(plain, *theirs))
            assert not without_luck(played.run, before, t, *theirs)
    assert different > 5


def test_the_runs_compared_are_full_of_events() -> None:
    """Some world reaches each stage, drops each technology and chooses each programme often enough."""
    for technology in range(TECHNOLOGIES):
        stages = [np.array([state.merchants.stage[technology] for state in play().states]) for play in WORLDS]
        has = [stage & INSTALLED > 0 for stage in stages]
        assert max(np.sum(stage[1:] != stage[:-1]) for stage in stages) > 500
        assert max(np.sum(before[:-1] & ~before[1:]) for before in has) > 100
    shops = [state.merchants for state in lively().states]
    for programme, terms in enumerate(lively().run.programmes):
        teaches = terms.hours > 0.0
        served = [rows.trained >> terms.course & 1 if teaches else rows.programme == programme for rows in shops]
        assert max(int(np.sum(rows)) for rows in served) > 50


def test_a_wrong_state_is_seen() -> None:
    """The comparison itself: one bit, one won in 10,000 or one habit off is reported."""
    right = lively().states[30]
    wrong = copy.deepcopy(right)
    wrong.merchants.stage[0, 7] ^= INSTALLED
    wrong.merchants.sales[11] *= 1.0001
    wrong.people.habit[1, 3] += 1e-4
    wrong.progress[0].committed *= 1.001
    found = differences(wrong, right, np.ones(right.people.id.size))
    named = ("people.habit", "merchants.stage", "merchants.sales", "programme 0")
    assert len(found) == len(named)
    assert all(text.startswith(name) for text, name in zip(found, named, strict=True))
