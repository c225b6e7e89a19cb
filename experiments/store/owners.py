"""Which batches are alive: each locks a file of its own, and the system unlocks it when the process dies."""

import fcntl
import os
from pathlib import Path
from uuid import uuid4


class Owner:
    """A batch that works on a store, known by a token for as long as its process lives or until `leave`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._handle: int | None = None
        while self._handle is None:
            self.token = uuid4().hex
            self._path = folder / self.token
            self._handle = _lock(self._path, os.O_CREAT | os.O_RDWR)

    def leave(self) -> None:
        """Remove the file and with it the lock."""
        if self._handle is not None:
            self._path.unlink(missing_ok=True)
            os.close(self._handle)
            self._handle = None


def is_alive(folder: Path, token: str) -> bool:
    """Whether the batch with this token still lives; the file of a dead one is removed."""
    path = folder / token
    try:
        handle = _lock(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    if handle is None:
        return True
    path.unlink(missing_ok=True)
    os.close(handle)
    return False


def _lock(path: Path, flags: int) -> int | None:
    """Open and lock a file; None if another holds the lock or has just removed the file."""
    handle = os.open(path, flags, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    if os.fstat(handle).st_nlink == 0:
        os.close(handle)
        return None
    return handle
