"""The rows of the service catalogue as the file has them; `model.services` checks what they name.

Nothing else of the model is needed to read them, so that code lists and labels can follow from the file.
"""

import functools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from importlib import resources
from typing import Any, Final

from model.errors import at, did_you_mean, raise_if_any

FILE: Final = "services.toml"
WORDS: Final = {
    "relation": ("B2C", "B2B", "G2B", "G2C", "G2G", "C2C"),
    "used_by": ("people", "organisations", "merchants"),
    "rule": ("own", "row"),
    "gate": ("open", "closed"),
}
MOVES: Final = ("money", "time", "skill", "matching")
_TEXTS: Final = ("id", "type", "counterpart", "technology", "indicator", "source")
_LISTS: Final = ("needs", "providers", "fee", "starting_use", "moves")


@dataclass(frozen=True)
class ServiceRow:
    """One service of the catalogue; the file's head says what each field means. line: of its `[[service]]`."""

    id: str
    type: str
    relation: str
    label: dict[str, str]
    used_by: str
    rule: str
    needs: tuple[str, ...]
    counterpart: str
    providers: tuple[str, ...]
    technology: str
    fee: tuple[str, ...]
    starting_use: tuple[str, ...]
    gate: str
    moves: tuple[str, ...]
    indicator: str
    source: str
    line: int


_KEYS: Final = tuple(field.name for field in fields(ServiceRow) if field.name != "line")


def parse(text: str, name: str = FILE) -> tuple[ServiceRow, ...]:
    """Read a catalogue from TOML text; `name` stands in messages.

    Raises UserError(s) with file and line for every key, word or type that is wrong, and ids given twice.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise_if_any([f"{name}: {error}"])
    lines = [number for number, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*service\s*\]\]", line)]
    entries = tree.get("service", [])
    faults = [f"{name}: unknown table {key!r}; every service is a [[service]]" for key in tree if key != "service"]
    faults += [at(name, line, fault) for entry, line in zip(entries, lines, strict=True) for fault in _faults(entry)]
    raise_if_any(faults)
    rows = tuple(_row(entry, line) for entry, line in zip(entries, lines, strict=True))
    raise_if_any([at(name, row.line, fault) for row in rows for fault in _among(row, rows)])
    return rows


@functools.cache
def service_rows() -> tuple[ServiceRow, ...]:
    """Return the rows of the shipped catalogue in their order."""
    path = resources.files("model") / "data" / FILE
    return parse(path.read_text(encoding="utf-8"))


def types_used_by(whom: str) -> tuple[str, ...]:
    """Return the ids of the service types that people, organisations or merchants use or offer."""
    return tuple(row.id for row in service_rows() if row.id == row.type and row.used_by == whom)


def _row(entry: dict[str, Any], line: int) -> ServiceRow:
    given: dict[str, Any] = {key: tuple(value) if key in _LISTS else value for key, value in entry.items()}
    return ServiceRow(**given, line=line)


def _faults(entry: dict[str, Any]) -> Iterator[str]:
    for key in entry:
        if key not in _KEYS:
            yield f"unknown key {key!r}{did_you_mean(key, _KEYS)}"
    missing = [key for key in _KEYS if key not in entry]
    if missing:
        yield f"service {entry.get('id', '?')!r} lacks {', '.join(missing)}"
        return
    for key in _TEXTS:
        if not isinstance(entry[key], str):
            yield f"{key} must be text in quotes"
    for key in _LISTS:
        if not (isinstance(entry[key], list) and all(isinstance(one, str) for one in entry[key])):
            yield f'{key} must be a list of texts, like ["meals"]'
    if not (isinstance(entry["label"], dict) and set(entry["label"]) == {"en", "ko"}):
        yield 'label needs both languages: { en = "...", ko = "..." }'
    for key, words in WORDS.items():
        if entry[key] not in words:
            yield f"{key} = {entry[key]!r} is none of {', '.join(words)}"
    for move in entry["moves"]:
        if move not in MOVES:
            yield f"moves names {move!r}, none of {', '.join(MOVES)}"


def _among(row: ServiceRow, rows: tuple[ServiceRow, ...]) -> Iterator[str]:
    """Faults of a row beside the others: ids given twice, a type that is no row."""
    if [other.id for other in rows].index(row.id) != rows.index(row):
        yield f"service {row.id!r} is there twice; give each an id of its own"
    types = tuple(other.id for other in rows if other.id == other.type)
    if row.type not in types:
        yield f"service {row.id!r} is of type {row.type!r}, which has no row{did_you_mean(row.type, types)}"
