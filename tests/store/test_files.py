"""Files are whole or absent, and errors of a disk become one sentence that says what to do."""

import errno
import json
import os
import sqlite3
from pathlib import Path

import pytest

from experiments.store.files import StorageError, damage, file_stamp, probe, storage_errors, write_atomically
from experiments.store.formats import FORMAT_VERSION, read_document, write_document
from model.errors import UserError


def test_a_written_file_is_there_alone_and_sound(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.json"
    stamp = write_atomically(path, b"content")
    assert path.read_bytes() == b"content"
    assert list(path.parent.iterdir()) == [path]
    assert stamp == file_stamp(path)
    assert damage(path, stamp) is None


def test_a_failed_write_keeps_the_old_file_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    write_atomically(path, b"old")

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_damage_is_seen_by_presence_size_and_content(tmp_path: Path) -> None:
    path = tmp_path / "a"
    stamp = write_atomically(path, b"0123456789")
    os.utime(path, ns=(0, 0))
    assert damage(path, stamp) is None
    path.write_bytes(b"012345678X")
    assert damage(path, stamp) == "is damaged (its content is not what was written)"
    path.write_bytes(b"01")
    assert damage(path, stamp) == "is damaged (2 bytes instead of 10)"
    path.unlink()
    assert damage(path, stamp) == "is missing"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, "x"), "results: the disk is full; free space"),
        (OSError(errno.EROFS, "x"), "results: the folder cannot be written; make it writable"),
        (PermissionError(errno.EACCES, "x"), "results: the folder cannot be written"),
        (NotADirectoryError(errno.ENOTDIR, "x"), "results: is not a folder"),
        (OSError(errno.EIO, "Input/output error"), "results: the folder cannot be used .*Input/output error"),
    ],
)
def test_errors_of_a_disk_become_sentences(error: OSError, sentence: str) -> None:
    with pytest.raises(StorageError, match=sentence), storage_errors(Path("results")):
        raise error


def test_a_mistake_of_ours_is_not_blamed_on_the_disk(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "a.sqlite")
    connection.execute("CREATE TABLE a (b INTEGER PRIMARY KEY)")
    with pytest.raises(sqlite3.IntegrityError), storage_errors(tmp_path):
        connection.execute("INSERT INTO a VALUES (1), (1)")
    connection.close()


def test_a_probe_makes_the_folder_and_leaves_it_empty(tmp_path: Path) -> None:
    probe(tmp_path / "results" / "store")
    assert list((tmp_path / "results" / "store").iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("mine")
    with pytest.raises(StorageError, match="results/store: is not a folder"):
        probe(tmp_path / "results" / "store")
    assert (tmp_path / "results").read_text() == "mine"


def test_documents_say_their_format(tmp_path: Path) -> None:
    path = write_document(tmp_path / "a.json", {"b": 1.5, "a": "한글"})
    assert json.loads(path.read_text(encoding="utf-8"))["format_version"] == FORMAT_VERSION
    assert read_document(path) == {"format_version": FORMAT_VERSION, "b": 1.5, "a": "한글"}


def test_an_old_document_is_brought_up_to_date_step_by_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_document(tmp_path / "a.json", {"seeds": 3})

    def second(document: dict[str, object]) -> dict[str, object]:
        return {"replications": document["seeds"]}

    def third(document: dict[str, object]) -> dict[str, object]:
        return {**document, "unit": "runs"}

    monkeypatch.setattr("experiments.store.formats.FORMAT_VERSION", 3)
    monkeypatch.setattr("experiments.store.formats.DOCUMENT_STEPS", (second, third))
    assert read_document(path) == {"format_version": 3, "replications": 3, "unit": "runs"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "cannot be read"),
        ("[1]", "holds no JSON object"),
        ("{}", "says no format_version"),
        ('{"format_version": 99}', "has format 99, newer than 1"),
    ],
)
def test_a_document_that_cannot_be_used_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text)
    with pytest.raises(UserError, match=rf"manifest\.json: {sentence}"):
        read_document(path)
