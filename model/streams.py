"""Keyed draws: a stateless hash of (seed, purpose, agent id, month) instead of a random generator.

No draw depends on any other, so no order of agents, threads or rules can change one; two scenarios with
the same seed share the luck of every agent and month; an agent that enters later disturbs nobody.
The hash is splitmix64's finaliser applied to the parts in turn (Steele, Lea and Flood 2014).
"""

import hashlib
from typing import Final

import numpy as np
from numba import float32, int32, int64, njit, uint64

from model.numerics import JIT
from model.records import U8

_GOLDEN: Final = uint64(0x9E3779B97F4A7C15)
_FIRST: Final = uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = uint64(0x94D049BB133111EB)
LANES: Final = 3
"""Draws that 64 bits hold."""
_NEXT_LANES: Final = uint64(1 << 40)

PURPOSES: Final = (
    "consumer_users",
    "consumer_revision",
    "consumer_instruments",
    "consumer_meals",
    "initial_consumer",
    "initial_merchant",
    "merchant_awareness",
    "merchant_programme_awareness",
    "merchant_revision",
    "merchant_adoption",
    "merchant_application",
    "merchant_waiting",
    "merchant_visit",
    "merchant_visit_acceptance",
    "merchant_installation",
    "merchant_activity",
    "merchant_drop_out",
    "merchant_life",
    "merchant_exit",
    "merchant_loan",
    "merchant_entry",
    "cell_births",
    "entrant_id",
    "loan_lottery",
    "programme_lottery",
    "programme_training",
    "programme_remainder",
    "choice_of_districts",
    "firm_life",
    "firm_births",
    "firm_entrant_id",
    "firm_entry",
    "c2c_fraud",
    "service_accidents",
)
"""Every purpose for which anything is drawn; adding one at any place disturbs no other."""


def purpose_code(name: str) -> int:
    """Return the stable 64-bit code of a purpose: the first eight bytes of its SHA-256.

    Raises KeyError when the purpose is not declared in `PURPOSES`.
    """
    if name not in PURPOSES:
        raise KeyError(f"undeclared purpose of a draw: {name!r}")
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")


PURPOSE_CODES: Final = np.array([purpose_code(name) for name in PURPOSES], dtype=np.uint64)
"""Codes in the order of `PURPOSES`; kernels take them by the positions below."""
(
    CONSUMER_USERS,
    CONSUMER_REVISION,
    CONSUMER_INSTRUMENTS,
    CONSUMER_MEALS,
    INITIAL_CONSUMER,
    INITIAL_MERCHANT,
    MERCHANT_AWARENESS,
    MERCHANT_PROGRAMME_AWARENESS,
    MERCHANT_REVISION,
    MERCHANT_ADOPTION,
    MERCHANT_APPLICATION,
    MERCHANT_WAITING,
    MERCHANT_VISIT,
    MERCHANT_VISIT_ACCEPTANCE,
    MERCHANT_INSTALLATION,
    MERCHANT_ACTIVITY,
    MERCHANT_DROP_OUT,
    MERCHANT_LIFE,
    MERCHANT_EXIT,
    MERCHANT_LOAN,
    MERCHANT_ENTRY,
    CELL_BIRTHS,
    ENTRANT_ID,
    LOAN_LOTTERY,
    PROGRAMME_LOTTERY,
    PROGRAMME_TRAINING,
    PROGRAMME_REMAINDER,
    CHOICE_OF_DISTRICTS,
    FIRM_LIFE,
    FIRM_BIRTHS,
    FIRM_ENTRANT_ID,
    FIRM_ENTRY,
    C2C_FRAUD,
    SERVICE_ACCIDENTS,
) = (int(code) for code in PURPOSE_CODES)


@njit(**JIT)
def mix64(bits: int) -> int:
    """Return 64 well-mixed bits of 64 bits: splitmix64's finaliser, a bijection."""
    bits = (bits ^ (bits >> uint64(30))) * _FIRST
    bits = (bits ^ (bits >> uint64(27))) * _SECOND
    return bits ^ (bits >> uint64(31))


@njit(**JIT)
def stream_key(seed: int, purpose: int, month: int) -> int:
    """Return the key under which all agents draw for one purpose in one month.

    `purpose` is a `PURPOSE_CODES` entry or any other 64-bit code; `month` counts from January of year 0.
    """
    return mix64(mix64(mix64(uint64(seed) + _GOLDEN) ^ uint64(purpose)) + uint64(month) * _GOLDEN)


@njit(**JIT)
def draw_bits(key: int, agent_id: int) -> int:
    """Return the 64 bits that agent `agent_id` draws under `key`."""
    return mix64(key + (uint64(agent_id) + uint64(1)) * _GOLDEN)


@njit(**JIT)
def uniform(bits: int) -> float:
    """Return the top 23 of 64 bits as a float32 strictly between 0 and 1."""
    return (float32(int32(bits >> uint64(41))) + float32(0.5)) * float32(1.1920929e-07)


@njit(**JIT)
def uniform_lane(bits: int, lane: int) -> float:
    """Return lane 0, 1 or 2 of 64 bits (21 bits each) as a float32 strictly between 0 and 1."""
    part = int32((bits >> (uint64(21) * uint64(lane))) & uint64(0x1FFFFF))
    return (float32(part) + float32(0.5)) * float32(4.7683716e-07)


@njit(**JIT)
def bits_with_lane(key: int, agent_id: int, lane: int) -> int:
    """Return the 64 bits that hold lane `lane` of an agent's draws under `key`: lanes from 3 on lie in further bits.

    Those are what an agent of id + (lane // 3) x 2^40 would draw; no agent of the start has such an id, and an entrant
    by a chance of one in billions.
    """
    return draw_bits(key, uint64(agent_id) + uint64(int64(lane) // LANES) * _NEXT_LANES)


@njit(**JIT)
def fill_bits(ids: U8, key: int, lane: int, bits: U8, n: int) -> None:
    """Set the bits that hold lane `lane` for each of `n` agents, as `bits_with_lane` does for one."""
    for i in range(n):
        bits[i] = bits_with_lane(key, ids[i], lane)


@njit(**JIT)
def lane_within(lane: int) -> int:
    """Return where a lane lies in the bits that hold it: 0, 1 or 2."""
    return int64(lane) % LANES


@njit(**JIT)
def draw_lane(key: int, agent_id: int, lane: int) -> float:
    """Return lane `lane` (0, 1, 2, 3, ...) of an agent's draws under `key`, strictly between 0 and 1."""
    return uniform_lane(bits_with_lane(key, agent_id, lane), lane_within(lane))
