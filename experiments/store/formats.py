"""Format versions of stored files: every file says its own, old ones are brought up to date step by step."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from experiments.store.files import storage_errors, write_atomically
from model.errors import UserError

FORMAT_VERSION: Final = 1
"""Version of shards, manifest.json and provenance.json written today."""
DOCUMENT_STEPS: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = ()
"""Step i brings a JSON document from version i + 1 to i + 2."""


def check_version(found: object, where: Path) -> int:
    """Return a file's format version; UserError if it has none or a newer program wrote it."""
    if not isinstance(found, int) or found < 1:
        raise UserError(f"{where}: says no format_version; it was not written by this program")
    if found > FORMAT_VERSION:
        raise UserError(f"{where}: has format {found}, newer than {FORMAT_VERSION}; update this checkout to read it")
    return found


def write_document(path: Path, content: dict[str, Any]) -> Path:
    """Write a JSON document with sorted keys and its format_version; return its path.

    Raises StorageError where the folder cannot be written or the disk is full.
    """
    document = {"format_version": FORMAT_VERSION, **content}
    text = json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    with storage_errors(path.parent):
        write_atomically(path, f"{text}\n".encode())
    return path


def read_document(path: Path) -> dict[str, Any]:
    """Return a JSON document in today's format; UserError if it is unreadable or too new."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read ({error}); run the same command again to write it anew") from error
    if not isinstance(document, dict):
        raise UserError(f"{path}: holds no JSON object; run the same command again to write it anew")
    for step in DOCUMENT_STEPS[check_version(document.get("format_version"), path) - 1 :]:
        document = step(document)
    return {**document, "format_version": FORMAT_VERSION}
