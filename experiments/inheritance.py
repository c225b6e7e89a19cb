"""`extends`: a scenario file laid over the files it builds on, with the place each value came from.

Tables are merged key by key; numbers, texts and lists of the nearer file replace those of the farther one.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from experiments.toml_lines import Document, KeyPath, read_document
from model.errors import UserError, at

MAX_CHAIN = 8
"""Most files in a chain of `extends`, the given one included."""

OWN_KEYS = ("format_version", "extends", "title", "question", "goals")
"""Keys that speak of one file and are never inherited."""


@dataclass(frozen=True)
class Merged:
    """The values of a chain of files, nearest file first, and the document each key path came from."""

    data: Mapping[str, Any]
    documents: tuple[Document, ...]
    origins: Mapping[KeyPath, Document]

    def origin(self, key_path: KeyPath) -> Document:
        """Return the document that sets a key, or the nearest table around it."""
        while key_path and key_path not in self.origins:
            key_path = key_path[:-1]
        return self.origins.get(key_path, self.documents[0])


def read_chain(path: Path) -> Merged:
    """Read a scenario file and all it extends.

    Raises `UserError` for a file that cannot be read, a circle of `extends`, or a chain over `MAX_CHAIN`.
    """
    documents = [_with_flat_parameters(read_document(path))]
    while (base := _base_path(documents[-1])) is not None:
        _check_chain(documents, base)
        try:
            documents.append(_with_flat_parameters(read_document(base)))
        except UserError as error:
            if base.is_file():
                raise  # the message already names that file
            line = documents[-1].line(("extends",))
            raise UserError(at(documents[-1].path, line, f"extends: {error.message}")) from None
    return _merge(tuple(documents))


def dotted(key_path: KeyPath) -> str:
    """Return a key path as people write it: `levers.public_qr.quota[0].is`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in key_path).removeprefix(".")


def _base_path(document: Document) -> Path | None:
    base = document.data.get("extends")
    if base is None:
        return None
    if not isinstance(base, str) or not base:
        what = 'extends: must be the path of one scenario file, for example "baseline.toml"'
        raise UserError(at(document.path, document.line(("extends",)), what))
    return Path(os.path.normpath(document.path.parent / base))


def _check_chain(documents: list[Document], base: Path) -> None:
    chain = " -> ".join(str(path) for path in [*(document.path for document in documents), base])
    last = documents[-1]
    if base.resolve() in {document.path.resolve() for document in documents}:
        raise UserError(at(last.path, last.line(("extends",)), f"extends: goes in a circle: {chain}"))
    if len(documents) == MAX_CHAIN:
        what = f"extends: a chain may have {MAX_CHAIN} files, this one goes on: {chain}"
        raise UserError(at(last.path, last.line(("extends",)), what))


def _with_flat_parameters(document: Document) -> Document:
    """Return the document with `[parameters]` by whole id, whether it was quoted, dotted or in tables."""
    table = document.data.get("parameters")
    if not isinstance(table, dict):
        return document
    flat: dict[str, Any] = {}
    lines = dict(document.lines)
    for key_path, value in _leaves(table):
        parameter = ".".join(key_path)
        line = document.line(("parameters", *key_path))
        if parameter in flat:
            raise UserError(at(document.path, line, f"parameters.{parameter}: is set twice in this file"))
        flat[parameter] = value
        lines["parameters", parameter] = line
    return replace(document, data={**document.data, "parameters": flat}, lines=lines)


def _leaves(table: Mapping[str, Any]) -> list[tuple[tuple[str, ...], Any]]:
    found: list[tuple[tuple[str, ...], Any]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            found += [((key, *rest), leaf) for rest, leaf in _leaves(value)]
        else:
            found.append(((key,), value))
    return found


def _merge(documents: tuple[Document, ...]) -> Merged:
    data: dict[str, Any] = {}
    origins: dict[KeyPath, Document] = {}
    for document in reversed(documents):
        is_given_file = document is documents[0]
        own = {key: value for key, value in document.data.items() if is_given_file or key not in OWN_KEYS}
        data = _lay_over(data, own, document, (), origins)
    return Merged(data, documents, origins)


def _lay_over(
    base: Mapping[str, Any],
    top: Mapping[str, Any],
    document: Document,
    key_path: KeyPath,
    origins: dict[KeyPath, Document],
) -> dict[str, Any]:
    merged = dict(base)
    for key, value in top.items():
        here, below = (*key_path, key), merged.get(key)
        if isinstance(value, dict):
            value = _lay_over(below if isinstance(below, dict) else {}, value, document, here, origins)
        merged[key], origins[here] = value, document
    return merged
