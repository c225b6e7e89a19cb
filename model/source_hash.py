"""Fingerprints of the model's sources and data, for the kernel cache and the keys of runs."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

MODEL_FOLDER = Path(__file__).resolve().parent


@cache
def source_hash() -> str:
    """SHA-256 (64 hex digits) over relative path and content of every model/**/*.py, as first read."""
    return _hash_of_files(MODEL_FOLDER.rglob("*.py"))


@cache
def data_hash() -> str:
    """SHA-256 (64 hex digits) over relative path and content of model/data/**, prose (*.md) left out."""
    files = (MODEL_FOLDER / "data").rglob("*")
    return _hash_of_files(path for path in files if path.suffix not in {".md", ".py", ".pyc"})


def _hash_of_files(paths: Iterable[Path]) -> str:
    # Lengths go in before contents, so that no two sets of files run together to the same bytes.
    digest = hashlib.sha256()
    names = {path.relative_to(MODEL_FOLDER).as_posix(): path for path in paths if path.is_file()}
    for name in sorted(names):
        content = names[name].read_bytes()
        digest.update(f"{len(name)} {name} {len(content)} ".encode())
        digest.update(content)
    return digest.hexdigest()
