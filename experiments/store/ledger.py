"""The ledger of states: which run is pending, running, done, failed or poisoned, and which file holds what.

A small SQLite database in write-ahead mode, so that several batches may use one store at once. Every change
is one short IMMEDIATE transaction.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from experiments.store.files import FileStamp, StorageError
from experiments.store.shards import CORE, Header

WAIT_SECONDS: Final = 30.0
"""How long a transaction waits for another batch to finish its own."""


@dataclass(frozen=True)
class RunState:
    """What the ledger knows of a run: state, token of the batch at work, error text, outputs stored."""

    key: str
    state: str
    owner: str | None
    error: str | None
    core_digest: str | None
    outputs: frozenset[str]

    def lacks(self, groups: Collection[str]) -> bool:
        """Whether the run must be computed for core indicators and these groups."""
        return self.state != "done" or not self.outputs >= {CORE, *groups}


@dataclass(frozen=True)
class StoredFile:
    """A file of the store: its stamp, and those of the keys asked for that it serves."""

    stamp: FileStamp
    keys: list[str]


class Ledger:
    """An open ledger; close it after use. Rows are looked up by run key."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def close(self) -> None:
        """Give the database back."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside the block or none; other batches wait meanwhile."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def states(self, keys: Collection[str]) -> dict[str, RunState]:
        """Return the states of those keys that the ledger knows."""
        outputs: dict[str, set[str]] = {}
        for key, name in self._select("SELECT key, name FROM outputs", keys):
            outputs.setdefault(key, set()).add(name)
        rows = self._select("SELECT key, state, owner, error, core_digest FROM runs", keys)
        return {
            key: RunState(key, state, owner, error, core_digest, frozenset(outputs.get(key, ())))
            for key, state, owner, error, core_digest in rows
        }

    def owners(self) -> list[str]:
        """Return the tokens of batches that have runs marked as running."""
        rows = self._connection.execute("SELECT DISTINCT owner FROM runs WHERE state = 'running'")
        return [owner for (owner,) in rows]

    def start(self, keys: Collection[str], owner: str) -> None:
        """Mark runs as running by a batch and count the attempt."""
        self._connection.executemany(
            "INSERT INTO runs (key, state, owner, attempts, updated) VALUES (?, 'running', ?, 1, ?)"
            " ON CONFLICT (key) DO UPDATE SET state = 'running', owner = excluded.owner, error = NULL,"
            " attempts = attempts + 1, updated = excluded.updated",
            [(key, owner, time.time()) for key in keys],
        )

    def release(self, owner: str) -> None:
        """Set what a batch left running back: done if its core indicators are stored, else pending."""
        self._connection.execute(
            f"UPDATE runs SET {_BACK}, owner = NULL WHERE state = 'running' AND owner = ?",
            (time.time(), owner),
        )

    def fail(self, key: str, error: str) -> None:
        """Mark a run as failed, with its traceback."""
        self._connection.execute(
            "UPDATE runs SET state = 'failed', owner = NULL, error = ?, updated = ? WHERE key = ?",
            (error, time.time(), key),
        )

    def add_file(self, path: str, stamp: FileStamp, header: Header) -> None:
        """Enter a whole file and the outputs it holds; a run whose core it holds is done."""
        self._connection.execute(
            "INSERT OR REPLACE INTO files (path, size, sha256, mtime_ns) VALUES (?, ?, ?, ?)",
            (path, stamp.size, stamp.sha256, stamp.mtime_ns),
        )
        for run in header.runs:
            self._connection.execute(
                "INSERT OR REPLACE INTO outputs (key, name, file) VALUES (?, ?, ?)",
                (run["key"], header.output, path),
            )
            self._finish(run)

    def files(self, keys: Collection[str], output: str | None = None) -> dict[str, StoredFile]:
        """Return by path the files behind an output, or behind all outputs, of some runs."""
        columns = "SELECT path, size, sha256, mtime_ns, key"
        behind = f"{columns} FROM outputs JOIN files ON path = file AND (? IS NULL OR name = ?)"
        rows = self._select(behind, keys, output, output)
        if output is None:
            rows += self._select(f"{columns} FROM runs JOIN files ON path = population", keys)
        found: dict[str, StoredFile] = {}
        for path, size, sha256, mtime_ns, key in rows:
            found.setdefault(path, StoredFile(FileStamp(size, sha256, mtime_ns), [])).keys.append(key)
        return found

    def populations(self, key: str) -> dict[str, FileStamp]:
        """Return path and stamp of the file with what does not change about the rows of a run's groups."""
        query = "SELECT path, size, sha256, mtime_ns FROM runs JOIN files ON path = population"
        return {path: FileStamp(*stamp) for path, *stamp in self._select(query, [key])}

    def is_sound(self) -> bool:
        """Whether the database file is whole."""
        return bool(self._connection.execute("PRAGMA quick_check").fetchone() == ("ok",))

    def is_empty(self) -> bool:
        """Whether no run was ever entered."""
        return self._connection.execute("SELECT 1 FROM runs LIMIT 1").fetchone() is None

    def knows(self, path: str) -> bool:
        """Whether a file is entered."""
        return self._connection.execute("SELECT 1 FROM files WHERE path = ?", (path,)).fetchone() is not None

    def note_date(self, path: str, mtime_ns: int) -> None:
        """Note the date of a file whose content is as written."""
        self._connection.execute(
            "UPDATE files SET mtime_ns = ? WHERE path = ? AND mtime_ns != ?", (mtime_ns, path, mtime_ns)
        )

    def drop_file(self, path: str) -> int:
        """Forget a damaged file and set its runs back; return how many runs must be computed anew."""
        groups = "SELECT key FROM runs WHERE population = :path"
        keys = f"SELECT key FROM outputs WHERE file = :path UNION {groups}"
        affected = [key for (key,) in self._connection.execute(keys, {"path": path})]
        gone = f"file = :path OR (name != '{CORE}' AND key IN ({groups}))"
        self._connection.execute(f"DELETE FROM outputs WHERE {gone}", {"path": path})
        self._connection.execute("DELETE FROM files WHERE path = ?", (path,))
        self._connection.executemany(
            f"UPDATE runs SET {_BACK} WHERE key = ? AND state = 'done'",
            [(time.time(), key) for key in affected],
        )
        return len(affected)

    def costs(self, workers: int) -> dict[float, tuple[float, int]]:
        """Return by scale the seconds of one run-month and the peak bytes of a batch with `workers`."""
        query = "SELECT scale, seconds_per_month, peak_bytes FROM costs WHERE workers = ?"
        return {row[0]: (row[1], row[2]) for row in self._connection.execute(query, (workers,))}

    def note_cost(self, scale: float, workers: int, seconds_per_month: float, peak_bytes: int) -> None:
        """Remember what a run-month of this scale took."""
        row = (scale, workers, seconds_per_month, peak_bytes)
        self._connection.execute("INSERT OR REPLACE INTO costs VALUES (?, ?, ?, ?)", row)

    def _finish(self, run: Mapping[str, Any]) -> None:
        row = {"core_digest": None, "largest_residual": None, "population": None, **run, "now": time.time()}
        self._connection.execute(
            "INSERT INTO runs (key, state, core_digest, largest_residual, population, updated)"
            " VALUES (:key, 'pending', :core_digest, :largest_residual, :population, :now)"
            " ON CONFLICT (key) DO UPDATE SET owner = NULL, error = NULL,"
            " core_digest = coalesce(excluded.core_digest, core_digest),"
            " largest_residual = coalesce(excluded.largest_residual, largest_residual),"
            " population = coalesce(excluded.population, population)",
            row,
        )
        self._connection.execute(f"UPDATE runs SET {_BACK} WHERE key = ?", (row["now"], row["key"]))

    def _select(self, query: str, keys: Collection[str], *before: object) -> list[Any]:
        # The keys travel as one JSON text: SQLite's number of variables is limited, its text hardly.
        wanted = f"{query} WHERE key IN (SELECT value FROM json_each(?))"
        return self._connection.execute(wanted, (*before, json.dumps(list(keys)))).fetchall()


_BACK: Final = (
    f"state = CASE WHEN EXISTS (SELECT 1 FROM outputs WHERE outputs.key = runs.key AND name = '{CORE}')"
    " THEN 'done' ELSE 'pending' END, updated = ?"
)


def open_ledger(path: Path) -> Ledger:
    """Open an existing ledger, or make one where there is none, and bring it up to date.

    Raises sqlite3 errors as they come, and StorageError for a ledger of a newer program.
    """
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
    try:
        _use_write_ahead(connection)
        _migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return Ledger(connection)


def open_ledger_to_read(path: Path) -> Ledger:
    """Open an existing ledger without changing it; it may lie in a folder that cannot be written."""
    address = f"file:{quote(str(path.absolute()))}"
    for options in ("mode=ro", "immutable=1"):
        connection = sqlite3.connect(f"{address}?{options}", uri=True, timeout=WAIT_SECONDS)
        try:
            found = _version(connection)
        except sqlite3.OperationalError:
            connection.close()
            continue
        if found == len(STEPS):
            return Ledger(connection)
        connection.close()
        return open_ledger(path)
    raise StorageError(f"{path}: the ledger of results cannot be opened; check that you may read it")


def _use_write_ahead(connection: sqlite3.Connection) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.OperationalError as error:
            # SQLite's own waiting does not cover the change of mode when two batches start at once.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    if _version(connection) == len(STEPS):
        return
    with Ledger(connection).transaction():
        found = _version(connection)
        if found > len(STEPS):
            raise StorageError(f"{path}: was written by a newer program; update this checkout to use it")
        for step in STEPS[found:]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")


_FIRST_TABLES: Final = """
CREATE TABLE runs (
    key TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'done', 'failed', 'poisoned')),
    owner TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    core_digest TEXT,
    largest_residual REAL,
    population TEXT,
    updated REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE outputs (
    key TEXT NOT NULL, name TEXT NOT NULL, file TEXT NOT NULL, PRIMARY KEY (key, name)
) WITHOUT ROWID;
CREATE TABLE files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, sha256 TEXT NOT NULL, mtime_ns INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE costs (
    scale REAL NOT NULL,
    workers INTEGER NOT NULL,
    seconds_per_month REAL NOT NULL,
    peak_bytes INTEGER NOT NULL,
    PRIMARY KEY (scale, workers)
) WITHOUT ROWID;
CREATE INDEX outputs_by_file ON outputs (file);
CREATE INDEX runs_by_population ON runs (population)
"""


def _first_tables(connection: sqlite3.Connection) -> None:
    for statement in _FIRST_TABLES.split(";"):  # one by one: executescript would end the transaction
        connection.execute(statement)


STEPS: Final[tuple[Callable[[sqlite3.Connection], None], ...]] = (_first_tables,)
"""Step i brings a ledger from version i to i + 1; version 0 is an empty file."""
