"""Results on disk: shards, the ledger of states, and the reader. See docs/results-format.md."""

from experiments.store.files import StorageError
from experiments.store.reader import DamagedResults, Reader, digest
from experiments.store.session import Claim, Session
from experiments.store.shards import RunRecord
from experiments.store.store import Store

__all__ = ["Claim", "DamagedResults", "Reader", "RunRecord", "Session", "StorageError", "Store", "digest"]
