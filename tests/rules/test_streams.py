"""Keyed draws: known values, uniform, independent of each other, one code a purpose."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import streams
from model.streams import PURPOSE_CODES, PURPOSES, draw_bits, mix64, purpose_code, stream_key, uniform, uniform_lane

pytestmark = pytest.mark.subset

MANY = 20_000
KNOWN = [0xCFEA8806C1AD43F5, 0xF2DF7E53F7662723, 0x4559C1386D6A6924]
"""What merchants 0, 1 and 4096 drew for awareness in January 2020 under seed 1 when this test was written."""
BITS_64 = st.integers(0, 2**64 - 1)


def key_of(seed: int, purpose: int, month: int) -> np.uint64:
    return np.uint64(stream_key(np.uint64(seed), np.uint64(purpose), month))


def bits_of(key: np.uint64, agent: int) -> np.uint64:
    return np.uint64(draw_bits(key, np.uint32(agent)))


def sample(seed: int, purpose: int, month: int, count: int = MANY) -> np.ndarray:
    key = key_of(seed, purpose, month)
    return np.array([uniform(bits_of(key, agent)) for agent in range(count)], dtype=np.float64)


def splitmix(bits: int) -> int:
    """The finaliser in Python's whole numbers."""
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EB % 2**64
    return bits ^ bits >> 31


@given(BITS_64)
def test_the_finaliser_is_splitmix64(bits: int) -> None:
    assert int(np.uint64(mix64(np.uint64(bits)))) == splitmix(bits)


@given(BITS_64, BITS_64, st.integers(0, 40_000), st.integers(0, 2**32 - 1))
def test_keys_and_draws_are_what_they_say(seed: int, purpose: int, month: int, agent: int) -> None:
    golden = 0x9E3779B97F4A7C15
    first = splitmix(splitmix((seed + golden) % 2**64) ^ purpose)
    key = splitmix((first + month * golden) % 2**64)
    assert int(key_of(seed, purpose, month)) == key
    assert int(bits_of(np.uint64(key), agent)) == splitmix((key + (agent + 1) * golden) % 2**64)


def test_values_known_for_ever() -> None:
    assert splitmix(0x9E3779B97F4A7C15) == 0xE220A8397B1DCDAF  # first output of splitmix64 seeded with 0
    key = key_of(1, purpose_code("merchant_awareness"), 2020 * 12)
    assert [int(bits_of(key, agent)) for agent in (0, 1, 4096)] == KNOWN


def test_no_two_purposes_share_a_code() -> None:
    assert len(set(PURPOSES)) == len(PURPOSES)
    assert len(set(PURPOSE_CODES.tolist())) == len(PURPOSES)
    named = SimpleNamespace(**vars(streams))
    for name, code in zip(PURPOSES, PURPOSE_CODES, strict=True):
        assert getattr(named, name.upper()) == int(code) == purpose_code(name)
    with pytest.raises(KeyError, match="undeclared purpose of a draw: 'weather'"):
        purpose_code("weather")


@pytest.mark.parametrize("purpose", PURPOSE_CODES.tolist(), ids=PURPOSES)
def test_draws_are_uniform(purpose: int) -> None:
    draws = sample(1, purpose, 24_240)
    assert 0.0 < draws.min() < draws.max() < 1.0
    counts = np.histogram(draws, bins=50, range=(0, 1))[0]
    chi_square = ((counts - MANY / 50) ** 2 / (MANY / 50)).sum()
    assert chi_square < 94  # 49 degrees of freedom: exceeded once in ten thousand


def test_purposes_months_seeds_and_neighbours_are_independent() -> None:
    draws = [sample(1, code, 24_240) for code in PURPOSE_CODES.tolist()]
    draws += [sample(1, PURPOSE_CODES.tolist()[0], 24_241), sample(2, PURPOSE_CODES.tolist()[0], 24_240)]
    draws.append(np.roll(draws[0], 1))
    for one, other in itertools.combinations(draws, 2):
        assert abs(np.corrcoef(one, other)[0, 1]) < 5 / np.sqrt(MANY)


def test_the_lanes_of_a_draw_are_uniform_and_independent() -> None:
    key = key_of(3, PURPOSE_CODES.tolist()[0], 24_240)
    bits = [bits_of(key, agent) for agent in range(MANY)]
    lanes = np.array([[uniform_lane(one, lane) for one in bits] for lane in range(3)], dtype=np.float64)
    assert lanes.min() > 0.0
    assert lanes.max() < 1.0
    assert np.abs(lanes.mean(axis=1) - 0.5).max() < 5 * np.sqrt(1 / 12 / MANY)
    correlations = np.asarray(np.corrcoef(lanes))
    assert np.abs(correlations[np.triu_indices(3, 1)]).max() < 5 / np.sqrt(MANY)


@given(BITS_64)
def test_the_ends_stay_open(bits: int) -> None:
    for extreme in (0, bits, 2**64 - 1):
        assert 0.0 < uniform(np.uint64(extreme)) < 1.0
        assert all(0.0 < uniform_lane(np.uint64(extreme), lane) < 1.0 for lane in range(3))


@given(BITS_64, st.integers(0, 2**32 - 1), st.integers(0, 11))
def test_further_lanes_are_those_of_ids_that_nobody_has(key: int, agent: int, lane: int) -> None:
    bits = draw_bits(np.uint64(key), np.uint64(agent + (lane // 3) * 2**40))
    drawn = streams.draw_lane(np.uint64(key), np.uint32(agent), lane)
    assert float(drawn) == float(uniform_lane(np.uint64(bits), lane % 3))
