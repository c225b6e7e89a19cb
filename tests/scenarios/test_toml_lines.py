"""Lines of keys: every way TOML has of writing a key, and files that cannot be read."""

import os
import string
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.toml_lines import MAX_BYTES, KeyPath, key_lines, read_document
from model.errors import UserError

TEXT = '''# a comment with [brackets] and = signs
title = { en = "a # no comment", ko = 'b' }   # 2
run.start = "2017-01"                          # 3
"quoted.key" = 1                               # 4

[levers.one]                                   # 6
quota = [                                      # 7
  { from = "2020-09", is = 1 },                # 8
  # between
  { from = "2021-01" },                        # 10
  3,                                           # 11
]
text = """                                     # 13: belongs to the text
[levers.two]
x = 1""""                                      # 15: a quote ends the text
y = 2                                          # 16

[[rows]]                                       # 18
a = 1                                          # 19
[rows.inner]                                   # 20
b = \'\'\'
three = 3\'\'\'                                # 22
[[rows]]                                       # 23
a = 2                                          # 24
[parameters."a.b".c]                           # 25
d.e = +1.5                                     # 26
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("title", "ko"), 2),
        (("run", "start"), 3),
        (("quoted.key",), 4),
        (("levers",), 6),
        (("levers", "one", "quota"), 7),
        (("levers", "one", "quota", 0, "is"), 8),
        (("levers", "one", "quota", 1, "from"), 10),
        (("levers", "one", "quota", 2), 11),
        (("levers", "one", "text"), 13),
        (("levers", "one", "y"), 16),
        (("rows",), 18),
        (("rows", 0, "a"), 19),
        (("rows", 0, "inner"), 20),
        (("rows", 0, "inner", "b"), 21),
        (("rows", 1), 23),
        (("rows", 1, "a"), 24),
        (("parameters", "a.b", "c"), 25),
        (("parameters", "a.b", "c", "d", "e"), 26),
    ],
)
def test_line_of_every_kind_of_key(path: KeyPath, line: int) -> None:
    assert key_lines(TEXT)[path] == line


def all_paths(value: Any, path: KeyPath = ()) -> set[KeyPath]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {path}.union(*(all_paths(member, (*path, key)) for key, member in members))


def test_scanner_finds_the_same_keys_as_the_parser() -> None:
    assert set(key_lines(TEXT)) | {()} == all_paths(tomllib.loads(TEXT))


KEYS = st.text(string.ascii_lowercase + '."# \\é', min_size=1, max_size=5)
SCALARS = st.one_of(
    st.integers(-9, 9), st.booleans(), st.text(string.printable[:96] + "é", max_size=9), st.floats(-9, 9)
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'


def written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)} = {written(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list):
        return "[ # why\n" + ",\n".join(written(member) for member in value) + "]"
    return quoted(value) if isinstance(value, str) else str(value).lower()


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_any_valid_text_is_walked_whole(tables: dict[str, Any]) -> None:
    lines = [f"{quoted(key)} = {written(value)}" for key, value in tables.items()]
    text = "\n".join(lines)
    found = key_lines(text)
    assert set(found) | {()} == all_paths(tomllib.loads(text))
    starts = [1 + sum(line.count("\n") + 1 for line in lines[:place]) for place in range(len(lines))]
    assert [found[(key,)] for key in tables] == starts


def written_file(folder: Path, content: bytes) -> Path:
    path = folder / "scenario.toml"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"# only a comment\n", "the file is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "binary file"),
        ("a = 1\ntitle = '제목'".encode("cp949"), "scenario.toml:2: is not UTF-8 text"),
        (b"a = 1\nb = \n", "scenario.toml:2: is not valid TOML"),
        (b"a = 1\na = 2\n", "scenario.toml:2: is not valid TOML"),
        (b"x = [\n1,", "scenario.toml:2: is not valid TOML"),
        (b"[run]\nstart = 2020-09\n", "scenario.toml:2: is not valid TOML"),
        (b"[run]\nstart = 2020-09\n", "put months in quotes"),
        (b"x = " + b"9" * 5000, "is not valid TOML"),
        (b"x = " + b"[" * 5000, "nested too deeply"),
        (b".".join([b"x"] * 3000) + b" = 1", "nested too deeply"),
    ],
)
def test_file_that_is_no_scenario(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(UserError, match=r"scenario\.toml") as caught:
        read_document(written_file(tmp_path, content))
    assert message in caught.value.message
    assert "\n" not in caught.value.message


def test_large_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    with path.open("wb") as file:
        file.truncate(50 * MAX_BYTES)
    with pytest.raises(UserError, match=r"has 50\.0 MB; a scenario file may have 1 MB"):
        read_document(path)


def test_folder_missing_file_and_pipe(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a folder"):
        read_document(tmp_path)
    written_file(tmp_path, b"a = 1")
    with pytest.raises(UserError, match=r"no such file \(did you mean .*scenario.toml\?\)"):
        read_document(tmp_path / "scenaro.toml")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match="no ordinary file"):
        read_document(tmp_path / "pipe")
    with pytest.raises(UserError, match="cannot be read"):
        read_document(tmp_path / "nul\0.toml")


def test_windows_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    document = read_document(written_file(tmp_path, b"\xef\xbb\xbfa = 1\r\n\r\nb = 2\r\n"))
    assert document.data == {"a": 1, "b": 2}
    assert document.line(("b",)) == 3
    assert document.line(("b", "within", 0)) == 3
