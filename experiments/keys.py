"""Who a run is: its key, and the seed of each replication, the same on every machine and in every batch."""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Final

from model.settings import Settings
from model.source_hash import data_hash, source_hash

KEY_FORMAT: Final = 1
"""Raised when the way a key is formed changes; old results are then computed anew."""
NUMERIC_LIBRARIES: Final = ("llvmlite", "numba", "numpy")


def canonical_json(value: object) -> str:
    """Return JSON text with sorted keys, no blanks, ASCII only and floats by repr.

    Raises ValueError for NaN and infinity, TypeError for anything that JSON does not know.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def run_seed(base_seed: int, replication: int) -> int:
    """Return the seed of replication k (from 0): 63 bits of SHA-256 of the base seed and k.

    It does not depend on the scenario, so replication k has the same luck in every scenario.
    """
    text = f"untact-seed {base_seed} {replication}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


@cache
def model_versions() -> dict[str, str]:
    """Return everything besides settings and seed that may change a run's numbers, by name."""
    versions = {f"{name}_version": version(name) for name in NUMERIC_LIBRARIES}
    return {**versions, "model_data_sha256": data_hash(), "model_source_sha256": source_hash()}


def run_keys(settings: Settings, seeds: Sequence[int]) -> tuple[str, ...]:
    """Return the keys (64 hex digits) of the runs of one setting with these seeds, in their order."""
    digest = _sha256(canonical_json(settings.canonical()))
    identity = {"key_format": KEY_FORMAT, "settings_sha256": digest, **model_versions()}
    return tuple(_sha256(canonical_json({**identity, "seed": seed})) for seed in seeds)


def run_key(settings: Settings, seed: int) -> str:
    """Return the key (64 hex digits) of one run; see `run_keys`."""
    return run_keys(settings, (seed,))[0]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
