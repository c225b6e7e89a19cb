"""Files that are whole or not there: atomic writing, checks for damage, and errors of disks as sentences."""

import errno
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from model.errors import UserError

PROBE_BYTES: Final = 65_536
"""Written and removed before a batch starts, to find a full disk before and not after the work."""
_FULL: Final = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN: Final = {errno.EROFS, errno.EACCES, errno.EPERM}


class StorageError(UserError):
    """The folder of results cannot be used; what was finished before is still there."""


@dataclass(frozen=True)
class FileStamp:
    """What a file must look like: size in bytes, SHA-256 and time of its last change in nanoseconds."""

    size: int
    sha256: str
    mtime_ns: int


def write_atomically(path: Path, content: bytes, owner: str | None = None) -> FileStamp:
    """Write a file so that after any crash it is whole or absent; return its stamp.

    owner: token that names the temporary file beside it, so that leftovers of a dead batch can be told.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{owner or uuid4().hex}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return FileStamp(len(content), hashlib.sha256(content).hexdigest(), path.stat().st_mtime_ns)


def file_stamp(path: Path) -> FileStamp:
    """Return the stamp of a file as it lies there."""
    found = path.stat()
    return FileStamp(found.st_size, _file_sha256(path), found.st_mtime_ns)


def damage(path: Path, stamp: FileStamp) -> str | None:
    """Return what is wrong with a file as a clause, or None; content is hashed only if its date changed."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return "is missing"
    if found.st_size != stamp.size:
        return f"is damaged ({found.st_size} bytes instead of {stamp.size})"
    if found.st_mtime_ns != stamp.mtime_ns and _file_sha256(path) != stamp.sha256:
        return "is damaged (its content is not what was written)"
    return None


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def probe(folder: Path) -> None:
    """Make a folder and try to write in it; raise StorageError, leaving nothing, where that fails."""
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    trial = existing / f"probe.{uuid4().hex}.tmp"
    with storage_errors(folder):
        try:
            trial.write_bytes(bytes(PROBE_BYTES))
        finally:
            trial.unlink(missing_ok=True)
        folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def storage_errors(folder: Path) -> Iterator[None]:
    """Turn errors of the disk or of the ledger inside the block into a StorageError about `folder`."""
    try:
        yield
    except (OSError, sqlite3.DatabaseError) as error:
        if isinstance(error, sqlite3.DatabaseError) and not _is_trouble_of_files(error):
            raise
        raise StorageError(f"{folder}: {_explain(folder, error)}") from error


def is_damaged_database(error: sqlite3.DatabaseError) -> bool:
    """Whether SQLite says that the file is no database, or a broken one."""
    return _sqlite_code(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _is_trouble_of_files(error: sqlite3.DatabaseError) -> bool:
    return isinstance(error, sqlite3.OperationalError) or is_damaged_database(error)


def _explain(folder: Path, error: OSError | sqlite3.DatabaseError) -> str:
    if _disk_is_full(folder, error):
        return "the disk is full; free space or give another folder with --results (finished runs are kept)"
    code = error.errno if isinstance(error, OSError) else None
    if code in _FORBIDDEN or _sqlite_code(error) == sqlite3.SQLITE_READONLY:
        return "the folder cannot be written; make it writable or give another one with --results"
    if isinstance(error, NotADirectoryError | FileExistsError):
        return "is not a folder; give a folder with --results"
    if isinstance(error, sqlite3.DatabaseError) and is_damaged_database(error):
        return "the ledger of results is damaged; run the same command again and it is mended"
    if _sqlite_code(error) == sqlite3.SQLITE_BUSY:
        return "another batch holds the ledger for too long; wait for it to end and start again"
    return f"the folder cannot be used ({error}); mend it or give another one with --results"


def _disk_is_full(folder: Path, error: OSError | sqlite3.DatabaseError) -> bool:
    if isinstance(error, OSError):
        return error.errno in _FULL
    if _sqlite_code(error) != sqlite3.SQLITE_IOERR:
        return _sqlite_code(error) == sqlite3.SQLITE_FULL
    return folder.exists() and shutil.disk_usage(folder).free < PROBE_BYTES


def _sqlite_code(error: Exception) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)  # the low byte is the kind, the rest its detail
    return None if code is None else code & 0xFF


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
