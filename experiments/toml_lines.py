"""TOML files with line numbers: what the standard library reads, and on which line each key stands.

`tomllib` checks and reads the values. Since the text is then known to be valid, a small scanner suffices to
find the lines of keys: tables, arrays of tables, dotted and quoted keys, inline tables, arrays of any shape.
"""

import re
import stat
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from model.errors import UserError, at

KeyPath = tuple[str | int, ...]
"""Keys and positions from the top of a file down: `("levers", "public_qr", "quota", 0, "is")`."""

MAX_BYTES = 1_000_000
MAX_DEPTH = 50

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")' + r"|'''.*?'{3,5}(?!')" + r'|"(?:[^"\\]|\\.)*"' + r"|'[^']*'",
    re.DOTALL,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\r\n]+")
_MONTH_WITHOUT_QUOTES = re.compile(r"=\s*\d{4}-\d{2}\s*(?:#|$|,|\})")


@dataclass(frozen=True)
class Document:
    """One TOML file: its path as the user gave it, its values, and the line (from 1) of each key path."""

    path: Path
    data: dict[str, Any]
    lines: Mapping[KeyPath, int] = field(repr=False)

    def line(self, key_path: KeyPath) -> int:
        """Return the line of a key path, or of the nearest table around it."""
        while key_path and key_path not in self.lines:
            key_path = key_path[:-1]
        return self.lines.get(key_path, 1)


def read_document(path: Path) -> Document:
    """Read a TOML file of at most `MAX_BYTES`.

    Raises `UserError` naming file (and line) for a missing, unreadable, large, binary, empty or wrong file.
    """
    text = _decode(path, _read_bytes(path))
    try:
        data, lines = tomllib.loads(text), key_lines(text)
    except (ValueError, RecursionError) as error:
        raise UserError(_syntax_message(path, text, error)) from None
    if not data:
        raise UserError(f"{path}: the file is empty; a scenario starts with format_version = 1")
    return Document(path, data, lines)


def key_lines(text: str) -> dict[KeyPath, int]:
    """Return the line (from 1) of every key path and array element of a valid TOML text.

    Raises `RecursionError` for tables within tables beyond `MAX_DEPTH`.
    """
    return _Scanner(text).scan()


def _read_bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UserError(f"{path}: is a folder; give one of its .toml files")
        if not stat.S_ISREG(status.st_mode):
            raise UserError(f"{path}: is no ordinary file; give a .toml file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file{_nearby(path)}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"{path}: cannot be read: {reason}") from None
    if len(content) > MAX_BYTES:
        megabytes = max(status.st_size, len(content)) / 1e6
        raise UserError(f"{path}: has {megabytes:.1f} MB; a scenario file may have {MAX_BYTES / 1e6:g} MB")
    return content


def _nearby(path: Path) -> str:
    names = sorted(entry.name for entry in path.parent.glob("*.toml")) if path.parent.is_dir() else []
    near = get_close_matches(path.name, names, n=1)
    return f" (did you mean {path.with_name(near[0])}?)" if near else ""


def _decode(path: Path, content: bytes) -> str:
    if b"\0" in content:
        raise UserError(f"{path}: is a binary file; a scenario is a text file in TOML")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserError(at(path, line, "is not UTF-8 text; save the file as UTF-8 (not CP949)")) from None


def _syntax_message(path: Path, text: str, error: Exception) -> str:
    """Return one sentence with file and line for what `tomllib` says."""
    if isinstance(error, RecursionError):
        return f"{path}: is nested too deeply to be read"
    reason = str(error)
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", reason)
    line = int(place[1]) if place and place[1] else text.count("\n") + 1 if place else None
    reason = reason[: place.start()] if place else reason
    source = text.split("\n")[line - 1] if line else ""
    hint = "; put months in quotes" if _MONTH_WITHOUT_QUOTES.search(source) else ""
    return at(path, line, f"is not valid TOML: {reason}{hint}")


class _Scanner:
    """Walks once over a valid TOML text and notes where each key path starts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.lines: dict[KeyPath, int] = {}
        self.table_counts: dict[KeyPath, int] = {}
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        while self._skip(_BLANK) < len(self.text):
            if self.text[self.position] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.lines

    def _header(self) -> KeyPath:
        """Read `[a.b]` or `[[a.b]]`; return the path of the table it opens."""
        start, is_array = self.position, self.text.startswith("[[", self.position)
        self.position += 1 + is_array
        path: KeyPath = ()
        for key in self._dotted_key():
            path = self._note((*path, key), start)
            last_table = path
            path = (*path, self.table_counts[path] - 1) if path in self.table_counts else path
        self.position += 1 + is_array
        if not is_array:
            return path
        count = self.table_counts.get(last_table, 0)
        self.table_counts[last_table] = count + 1
        return self._note((*last_table, count), start)

    def _pair(self, table: KeyPath) -> None:
        """Read `key = value` inside `table`."""
        path, start = table, self.position
        for key in self._dotted_key():
            path = self._note((*path, key), start)
        self._skip(_SPACE)
        self.position += 1
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        opening = self.text[self.position]
        if opening == "[":
            for place in self._members("]"):
                self._value(self._note((*path, place), self.position))
        elif opening == "{":
            for _ in self._members("}"):
                self._pair(path)
        elif not self._match(_STRING):
            self._match(_SCALAR)

    def _members(self, closing: str) -> Iterator[int]:
        """Stop before each member of an array or inline table, and behind its end."""
        self.position += 1
        place = 0
        while self._skip(_BLANK) < len(self.text) and self.text[self.position] != closing:
            yield place
            place += 1
            self._skip(_BLANK)
            self.position += self.text[self.position] == ","
        self.position += 1

    def _dotted_key(self) -> list[str]:
        keys: list[str] = []
        while True:
            self._skip(_SPACE)
            quoted = self._match(_STRING)
            keys.append(next(iter(tomllib.loads(f"{quoted} = 0"))) if quoted else self._match(_BARE_KEY))
            self._skip(_SPACE)
            if self.text[self.position] != ".":
                return keys
            self.position += 1

    def _note(self, path: KeyPath, position: int) -> KeyPath:
        """Keep the line of the first mention of a path."""
        if len(path) > MAX_DEPTH:
            raise RecursionError
        self.lines.setdefault(path, bisect_right(self.line_starts, position))
        return path

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return match[0] if match else ""

    def _skip(self, pattern: re.Pattern[str]) -> int:
        self._match(pattern)
        return self.position
