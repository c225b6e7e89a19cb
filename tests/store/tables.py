"""Runs to store: small random tables under made-up keys."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.store import RunRecord, Store
from experiments.store.shards import Columns

UNITS = {"online_share_goods": "share", "sales_krw": "KRW"}
START = 24204
GROUP = "merchants@2017-03"


def key_of(name: object) -> str:
    return hashlib.sha256(str(name).encode()).hexdigest()


def record(name: object, groups: Sequence[str] = (), months: int = 6, start: int = START) -> RunRecord:
    """A run whose numbers, and those of its groups of 5 rows, follow from its name."""
    luck = np.random.default_rng(int(key_of(name)[:8], 16))
    core = luck.normal(size=(months, len(UNITS)))
    rows: dict[str, npt.NDArray[Any]] = {
        "id": np.arange(5, dtype=np.uint32),
        "first_active_public_qr": luck.integers(-1, 6, 5).astype(np.int16),
        "sales_krw_per_year": luck.lognormal(18, 1, 5).astype(np.float32),
    }
    attributes: Columns | None = {"id": rows["id"], "weight": np.full(5, 200.0)} if groups else None
    return RunRecord(key_of(name), start, core, 1e-12, 0.1, dict.fromkeys(groups, rows), attributes)


def save(store: Store, *records: RunRecord) -> dict[str, str]:
    """Store runs as a batch does: claimed first, then saved together."""
    with store.session() as session:
        session.claim({r.key: tuple(r.groups) for r in records})
        return session.save(records, UNITS)
