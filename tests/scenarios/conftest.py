"""A folder in which a test writes scenario files."""

from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[..., Path]

HEAD = "format_version = 1\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes `text` below the format version into a file and returns its path."""

    def written(text: str, name: str = "scenario.toml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(HEAD + text, encoding="utf-8")
        return path

    return written
