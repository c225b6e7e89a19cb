"""A tiny scenario pair, and folders on file systems of their own."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

Mount = Callable[..., Path]

TINY = """format_version = 1
[run]
start = "2020-01"
end = "2021-12"
scale = 2000
seed = 7
replications = 2
"""
PLAN = """format_version = 1
extends = "tiny.toml"
[levers.payment_terminal_subsidy]
"""


@pytest.fixture
def tiny(tmp_path: Path) -> tuple[str, str]:
    """Return the paths of a small baseline and of the terminal programme on top of it."""
    for name, text in (("tiny", TINY), ("tiny_plan", PLAN)):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    return str(tmp_path / "tiny.toml"), str(tmp_path / "tiny_plan.toml")


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
