"""The store of results: one folder that any number of batches fill and any number of readers read."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from experiments.store.files import probe, storage_errors
from experiments.store.ledger import Ledger, open_ledger_to_read
from experiments.store.session import Session


class Store:
    """Results below a folder (`--results`); nothing is made or changed before a session begins.

    results: the folder people see; folder: where shards and the ledger of states lie.
    """

    def __init__(self, results: Path) -> None:
        self.results = results
        self.folder = results / "store"

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Work on the store: take up what dead batches left, and leave nothing marked as running.

        Raises StorageError, before anything is made, where the folder cannot be written or the disk is full.
        """
        probe(self.folder)
        with storage_errors(self.folder):
            session = Session(self.folder)
        try:
            yield session
        finally:
            session.close()

    @contextmanager
    def reading(self) -> Iterator[Ledger | None]:
        """The ledger to read, None where nothing was stored yet; StorageError where it cannot be read."""
        path = self.folder / "ledger.sqlite"
        with storage_errors(self.folder):
            ledger = open_ledger_to_read(path) if path.exists() else None
        try:
            with storage_errors(self.folder):
                yield ledger
        finally:
            if ledger is not None:
                ledger.close()

    def missing(self, requests: Mapping[str, Sequence[str]]) -> frozenset[str]:
        """Return the keys whose core indicators, or one of the groups asked for by key, are not stored."""
        with self.reading() as ledger:
            states = {} if ledger is None else ledger.states(requests)
        return frozenset(key for key, groups in requests.items() if key not in states or states[key].lacks(groups))

    def costs(self, workers: int) -> dict[float, tuple[float, int]]:
        """Return by scale the seconds of a run-month and the peak bytes measured with so many workers."""
        with self.reading() as ledger:
            return {} if ledger is None else ledger.costs(workers)
