"""Keyed draws, written anew, and a book of those that fall too near their chance to be told apart in float32."""

import hashlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
U8 = NDArray[np.uint64]
B1 = NDArray[np.bool_]
Event = tuple[str, int, int]
"""A decision of a month: purpose, lane, agent id."""

MARGIN = 1e-5
"""How near two sides of a comparison must be for float32 and float64 to be allowed to differ."""
GOLDEN = 0x9E3779B97F4A7C15
WRAP = 2**64


def mix(z: U8) -> U8:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def mix_number(z: int) -> int:
    return int(mix(np.array([z % WRAP], dtype=np.uint64))[0])


def purpose_code(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")


def bits_of(seed: int, purpose: str, month: int, ids: I8) -> U8:
    """The 64 bits that each agent draws for a purpose in a month."""
    key = mix_number(mix_number(mix_number(seed + GOLDEN) ^ purpose_code(purpose)) + month * GOLDEN)
    return mix(np.uint64(key) + (ids.astype(np.uint64) + np.uint64(1)) * np.uint64(GOLDEN))


def lane_of(bits: U8, lane: int) -> F8:
    """Lane 0, 1 or 2 of 64 bits: 21 bits each, strictly between 0 and 1."""
    part = (bits >> np.uint64(21 * lane)) & np.uint64(2**21 - 1)
    return (part.astype(np.float64) + 0.5) / 2**21


def top_of(bits: U8) -> F8:
    """The top 23 of 64 bits, strictly between 0 and 1."""
    return ((bits >> np.uint64(41)).astype(np.float64) + 0.5) / 2**23


@dataclass
class Luck:
    """The draws of one month; `flips` turns the outcome of doubtful events, `doubtful` collects them."""

    seed: int
    month: int
    flips: frozenset[Event] = frozenset()
    doubtful: set[Event] = field(default_factory=set)

    def lane(self, purpose: str, lane: int, ids: I8) -> F8:
        """Lane 0, 1, 2 of each agent's bits; lanes from 3 on are those of ids that many times 2^40 further on."""
        further, within = divmod(lane, 3)
        return lane_of(bits_of(self.seed, purpose, self.month, ids + further * 2**40), within)

    def happens(self, purpose: str, lane: int, ids: I8, chance: F8 | float, among: B1) -> B1:
        """Rows of `among` whose draw lies below their chance."""
        return self.below((purpose, lane), ids, self.lane(purpose, lane, ids), chance, among)

    def below(self, event: tuple[str, int], ids: I8, left: F8, right: F8 | float, among: B1) -> B1:
        """Rows of `among` with left < right; near ones, by the larger of both sides and 1, are doubtful."""
        near = np.abs(left - right) < MARGIN * np.maximum(1.0, np.abs(right))
        return self._settled(event, ids, left < right, near, among)

    def whole(self, event: tuple[str, int], ids: I8, numbers: F8) -> F8:
        """Numbers rounded down; one next to a whole number is doubtful, and turned to the other side of it."""
        near = np.abs(numbers - np.round(numbers)) < MARGIN * np.maximum(1.0, np.abs(numbers))
        below = np.floor(numbers)
        up = self._settled(event, ids, np.round(numbers) <= numbers, near, np.ones(ids.size, dtype=bool))
        return np.where(near, np.round(numbers) - np.where(up, 0.0, 1.0), below)

    def _settled(self, event: tuple[str, int], ids: I8, outcome: B1, near: B1, among: B1) -> B1:
        for row in np.flatnonzero(near & among):
            occasion = (*event, int(ids[row]))
            self.doubtful.add(occasion)
            if occasion in self.flips:
                outcome[row] = not outcome[row]
        return outcome & among
