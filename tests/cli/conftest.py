"""A tiny scenario pair in the test's folder, and folders on file systems of their own."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.cli.tiny import write_tiny

Mount = Callable[..., Path]


@pytest.fixture
def tiny(tmp_path: Path) -> tuple[str, str]:
    """Return the paths of the tiny pair in the test's own folder."""
    return write_tiny(tmp_path)


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """Return a function that mounts a tmpfs with some options on a new folder; skips where it may not."""
    with ExitStack() as stack:

        def mounted(options: str) -> Path:
            folder = tmp_path / "mounted"
            folder.mkdir()
            stack.enter_context(_tmpfs(folder, options))
            return folder

        yield mounted


@contextmanager
def _tmpfs(folder: Path, options: str) -> Iterator[None]:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command here")
    if done.returncode:
        pytest.skip(f"no file system may be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)
