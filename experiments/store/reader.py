"""Reading results back as arrays; DuckDB reads the columns asked for from the shards that hold the runs."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from experiments.store.files import FileStamp, damage, file_stamp
from experiments.store.shards import CORE, core_digest
from experiments.store.store import Store
from model.errors import UserError

if TYPE_CHECKING:
    import duckdb

Floats = npt.NDArray[np.float64]
_SHARDS: Final = "read_parquet($paths, hive_partitioning = false)"
"""Shards as a table; a folder called "a=1" on the way to them is no column."""
_NO_NETWORK: Final = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "temp_directory": "",
}


class DamagedResults(UserError):
    """A shard is not as it was written; the next batch that needs its runs computes them anew."""


class Reader:
    """Stored results of a store, for any number of readings from one thread."""

    def __init__(self, store: Store, threads: int = 2) -> None:
        self._store = store
        self._threads = threads
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._checked: dict[str, FileStamp] = {}

    def core(self, keys: Sequence[str], indicators: Sequence[str] | None = None) -> dict[str, Floats]:
        """Return core indicators as float64 [runs, months] in the order of `keys`; None asks for all.

        Raises UserError where a run is not stored, runs differ in their months or an indicator is unknown,
        DamagedResults where a shard is damaged.
        """
        paths = list(self._files(keys, CORE))
        known = self._columns(paths[0])
        unknown = sorted(set(indicators or ()) - set(known))
        if unknown:
            raise UserError(f"{paths[0]}: no indicator is called {', '.join(unknown)}; see untact indicators")
        return self._table(keys, paths, known if indicators is None else list(indicators))[1]

    def months(self, keys: Sequence[str]) -> npt.NDArray[np.int64]:
        """Return the month numbers of the columns of `core`; raises what it raises."""
        return self._table(keys, list(self._files(keys, CORE)), [])[0]

    def group(self, key: str, group: str) -> dict[str, npt.NDArray[Any]]:
        """Return the columns of one group output of a run, floats as float64; raises what `core` raises."""
        (path,) = self._files([key], group)
        return self._rows(f"SELECT * EXCLUDE (key) FROM {_SHARDS} WHERE key = $key", [path], key=key)

    def attributes(self, key: str) -> dict[str, npt.NDArray[Any]]:
        """Return what does not change about the rows of a run's groups, in the same order of rows.

        Raises UserError for a run stored without groups, DamagedResults for a damaged file.
        """
        with self._store.reading() as ledger:
            stamps = {} if ledger is None else ledger.populations(key)
        if not stamps:
            raise UserError(f"run {key} was stored without groups; run the scenario asking for one")
        paths = [self._sound(path, stamp) for path, stamp in stamps.items()]
        return self._rows(f"SELECT * FROM {_SHARDS}", paths)

    def digest(self, keys: Sequence[str]) -> str:
        """Return SHA-256 over the core numbers of some runs, sorted by key and month; raises as `core`."""
        runs: dict[str, str] = {}
        for path, of_path in self._files(keys, CORE).items():
            months, tables = self._table(of_path, [path], self._columns(path))
            numbers = np.stack(list(tables.values()), axis=2)
            runs.update({k: core_digest(int(months[0]), n) for k, n in zip(of_path, numbers, strict=True)})
        lines = "".join(f"{key} {runs[key]}\n" for key in sorted(runs))
        return hashlib.sha256(lines.encode()).hexdigest()

    def _files(self, keys: Sequence[str], output: str) -> dict[Path, list[str]]:
        """Whole files behind an output of some runs, each with its runs."""
        with self._store.reading() as ledger:
            files = {} if ledger is None else ledger.files(keys, output)
        absent = set(keys) - {key for file in files.values() for key in file.keys}
        if absent or not keys:
            what = f"{output} of {len(absent)} of {len(keys)} runs is not stored"
            raise UserError(f"{self._store.folder}: {what}; run the scenario first")
        return {self._sound(path, file.stamp): file.keys for path, file in files.items()}

    def _sound(self, name: str, stamp: FileStamp) -> Path:
        path = self._store.folder / name
        if self._checked.get(name, stamp).sha256 == stamp.sha256:
            stamp = self._checked.get(name, stamp)
        what = damage(path, stamp)
        if what is not None:
            raise DamagedResults(_damaged(path, what))
        self._checked[name] = replace(stamp, mtime_ns=path.stat().st_mtime_ns)
        return path

    def _columns(self, path: Path) -> list[str]:
        """Indicators of a core shard in their order."""
        columns = self._rows(f"DESCRIBE SELECT * EXCLUDE (key, month) FROM {_SHARDS}", [path])
        return [str(name) for name in columns["column_name"]]

    def _table(
        self, keys: Sequence[str], paths: Sequence[Path], names: Sequence[str]
    ) -> tuple[npt.NDArray[np.int64], dict[str, Floats]]:
        """Months, and for each name float64 [runs, months] in the order of `keys`."""
        columns = "".join(f', "{name}"' for name in names)
        rows = self._rows(
            f"SELECT position, month{columns} FROM {_SHARDS} JOIN"
            " (SELECT unnest($keys) AS key, unnest(range(len($keys))) AS position) USING (key)",
            paths,
            keys=list(keys),
        )
        months = np.unique(rows["month"]).astype(np.int64)
        if len(rows["month"]) != len(keys) * len(months):
            raise UserError("the runs cover different months; compare scenarios of one start and end")
        place = rows["position"], np.searchsorted(months, rows["month"])
        return months, {name: _placed(rows[name], place, (len(keys), len(months))) for name in names}

    def _rows(self, query: str, paths: Sequence[Path], **values: object) -> dict[str, npt.NDArray[Any]]:
        import duckdb

        if self._connection is None:
            self._connection = duckdb.connect(config={**_NO_NETWORK, "threads": str(self._threads)})
        try:
            given = {"paths": [str(path) for path in paths], **values}
            columns = self._connection.execute(query, given).fetchnumpy()
        except duckdb.Error:
            self._blame_damage(paths)
            raise
        return {
            name: column.astype(np.float64) if column.dtype.kind == "f" else column for name, column in columns.items()
        }

    def _blame_damage(self, paths: Sequence[Path]) -> None:
        """Raise DamagedResults for the file whose content changed though its date did not."""
        for path in paths:
            name = path.relative_to(self._store.folder).as_posix()
            if file_stamp(path).sha256 != self._checked[name].sha256:
                path.touch()  # a new date makes the next batch look at the content
                raise DamagedResults(_damaged(path, "is damaged"))


def digest(store: Store, keys: Sequence[str]) -> str:
    """Return SHA-256 over the core numbers of some runs of a store; see `Reader.digest`."""
    return Reader(store).digest(keys)


def _damaged(path: Path, what: str) -> str:
    return f"{path}: {what}; run the same command again and its runs are computed anew"


def _placed(values: npt.NDArray[Any], place: tuple[Any, Any], shape: tuple[int, int]) -> Floats:
    table = np.empty(shape)
    table[place] = values
    return table
