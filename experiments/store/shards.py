"""Parquet shards: tables of runs that say themselves which runs they hold, in which units and format."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from experiments.store.formats import FORMAT_VERSION, check_version

CORE: Final = "core"
"""Name of the output every run has; every other output is a group."""
ATTRIBUTES: Final = "attributes"
COMPRESSION_LEVEL: Final = 1
_METADATA: Final = b"untact"
_GROUP_NAME: Final = re.compile(r"[A-Za-z0-9_@-]+")

Columns = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class RunRecord:
    """What one run gives to the store.

    start: first month; core: float64 [months, indicators]; groups: columns of equal length by group;
    attributes: columns that do not change, for the rows of the groups; seconds: time of computing.
    """

    key: str
    start: int
    core: npt.NDArray[np.float64]
    largest_residual: float
    seconds: float
    groups: Mapping[str, Columns] = field(default_factory=dict)
    attributes: Columns | None = None

    @property
    def core_digest(self) -> str:
        """SHA-256 of months and core numbers, bit for bit."""
        return hashlib.sha256(self.start.to_bytes(8, "little") + self.core.astype("<f8").tobytes()).hexdigest()


@dataclass(frozen=True)
class Shard:
    """A file of the store: path inside it (named by the hash of its keys), header and content."""

    path: str
    header: "Header"
    content: bytes


@dataclass(frozen=True)
class Header:
    """What a shard says of itself.

    output: "core", a group or "attributes"; runs: for each run its key and what the ledger knows of it
    (core_digest, largest_residual or population); empty for attributes.
    """

    output: str
    runs: tuple[Mapping[str, Any], ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the runs in the order of the file."""
        return tuple(str(run["key"]) for run in self.runs)


def core_digest(start: int, core: npt.NDArray[np.float64]) -> str:
    """Return SHA-256 of a run's first month and its core numbers [months, indicators], bit for bit."""
    return hashlib.sha256(start.to_bytes(8, "little") + core.astype("<f8").tobytes()).hexdigest()


def encode_core(records: Sequence[RunRecord], units: Mapping[str, str]) -> Shard:
    """Return the core shard of some runs: a row for each month; columns key, month and those of `units`."""
    columns: dict[str, npt.NDArray[Any]] = {
        "month": np.concatenate([np.arange(r.start, r.start + len(r.core), dtype=np.int32) for r in records])
    }
    core = np.concatenate([record.core for record in records])
    columns.update({name: core[:, i] for i, name in enumerate(units)})
    runs = [{"key": r.key, "core_digest": r.core_digest, "largest_residual": r.largest_residual} for r in records]
    lengths = [len(record.core) for record in records]
    return _shard(Header(CORE, tuple(runs)), lengths, columns, {"month": "month", **units})


def encode_group(group: str, records: Sequence[RunRecord], populations: Mapping[str, str]) -> Shard:
    """Return the shard of one group output of some runs: the group's columns and the key of each row.

    populations: by key, the path of the shard of the rows' attributes. Raises ValueError for a group that
    cannot name a folder and for columns of different lengths.
    """
    if not _GROUP_NAME.fullmatch(group):
        raise ValueError(f"a group cannot be called {group!r}; use letters, digits, @, _ and -")
    tables = [record.groups[group] for record in records]
    columns = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
    runs = [{"key": r.key, "population": populations.get(r.key)} for r in records]
    return _shard(Header(group, tuple(runs)), [length(table) for table in tables], columns, {})


def encode_attributes(attributes: Columns) -> Shard:
    """Return the shard of what does not change about the rows of groups, named by its content."""
    digest = hashlib.sha256()
    for name, column in attributes.items():
        digest.update(f"{name} {column.dtype.str} {len(column)} ".encode() + column.tobytes())
    shard = _shard(Header(ATTRIBUTES, ()), [length(attributes)], attributes, {})
    return replace(shard, path=f"populations/{digest.hexdigest()[:32]}.parquet")


def read_header(path: Path) -> Header:
    """Return what a shard says of itself, after reading it whole and checking the checksum of every page.

    Raises UserError for a shard of a newer format, OSError or ValueError for one that cannot be read.
    """
    import pyarrow.parquet

    content = pyarrow.parquet.read_table(path, page_checksum_verification=True, partitioning=None).schema.metadata
    found = json.loads((content or {}).get(_METADATA, b"{}"))
    check_version(found.get("format_version"), path)
    return Header(found["output"], tuple(found["runs"]))


def _shard(header: Header, lengths: Sequence[int], columns: Columns, units: Mapping[str, str]) -> Shard:
    keys = "\n".join(sorted(header.keys))
    name = f"{hashlib.sha256(keys.encode()).hexdigest()[:32]}.parquet"
    path = name if header.output == CORE else f"groups/{header.output}/{name}"
    return Shard(path, header, _encode(header, lengths, columns, units))


def length(columns: Columns) -> int:
    """Return the number of rows of a table; ValueError if its columns differ in it."""
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        raise ValueError(f"columns of one table have different lengths: {sorted(lengths)}")
    return lengths.pop()


def _encode(header: Header, lengths: Sequence[int], columns: Columns, units: Mapping[str, str]) -> bytes:
    """Parquet bytes of a table whose rows belong run by run to the header's keys."""
    import pyarrow

    names = list(columns)
    arrays = [pyarrow.array(column) for column in columns.values()]
    if header.runs:
        position = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        arrays.insert(0, pyarrow.DictionaryArray.from_arrays(position, pyarrow.array(header.keys)))
        names.insert(0, "key")
    fields = [
        pyarrow.field(name, array.type, metadata={"unit": units[name]} if name in units else None)
        for name, array in zip(names, arrays, strict=True)
    ]
    about = {"format_version": FORMAT_VERSION, "output": header.output, "runs": header.runs}
    metadata = {_METADATA: json.dumps(about, sort_keys=True)}
    table = pyarrow.table(arrays, pyarrow.schema(fields, metadata))
    return _parquet(table, [sum(lengths)] if header.output == CORE else lengths)


def _parquet(table: Any, rows_of_parts: Sequence[int]) -> bytes:
    """Parquet bytes with one row group for each part; readers skip the groups of other runs by their key."""
    import pyarrow
    import pyarrow.parquet

    sink = pyarrow.BufferOutputStream()
    # Numbers get no statistics: nobody searches by them and they would double the size of small tables.
    options = {
        "compression": "zstd",
        "compression_level": COMPRESSION_LEVEL,
        "use_dictionary": ["key"],
        "write_statistics": ["key"],
        "write_page_checksum": True,
        "use_byte_stream_split": [f.name for f in table.schema if pyarrow.types.is_floating(f.type)],
    }
    with pyarrow.parquet.ParquetWriter(sink, table.schema, **options) as writer:
        first = 0
        for rows in rows_of_parts:
            writer.write_table(table.slice(first, rows), row_group_size=max(rows, 1))
            first += rows
    return bytes(sink.getvalue())
