"""Reading back: arrays in the order asked for, clear errors, and digests of numbers instead of files."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.store import DamagedResults, Reader, Store, digest
from model.errors import UserError
from tests.store.tables import GROUP, START, UNITS, key_of, record, save

ROOT = Path(__file__).resolve().parents[2]
RUNS = tuple(range(8))


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("stored"))
    for shard in (RUNS[:3], RUNS[3:4], RUNS[4:]):
        save(store, *(record(name, [GROUP]) for name in shard))
    return store


@given(st.lists(st.sampled_from(RUNS), min_size=1, max_size=12))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_runs_come_in_the_order_asked_for(stored: Store, names: list[int]) -> None:
    found = Reader(stored).core([key_of(name) for name in names])
    for i, indicator in enumerate(UNITS):
        np.testing.assert_array_equal(found[indicator], [record(name).core[:, i] for name in names])


def test_only_the_indicators_asked_for_come(stored: Store) -> None:
    found = Reader(stored).core([key_of(0)], ["sales_krw"])
    assert list(found) == ["sales_krw"]
    assert found["sales_krw"].dtype == np.float64


def test_months_are_month_numbers(stored: Store) -> None:
    np.testing.assert_array_equal(Reader(stored).months([key_of(0), key_of(5)]), START + np.arange(6))


def test_groups_come_row_for_row_with_their_attributes(stored: Store) -> None:
    reader = Reader(stored)
    for name in RUNS:
        found, expected = reader.group(key_of(name), GROUP), record(name, [GROUP]).groups[GROUP]
        assert list(found) == list(expected)
        for column in found:
            np.testing.assert_array_equal(found[column], expected[column])
        assert found["sales_krw_per_year"].dtype == np.float64
        np.testing.assert_array_equal(reader.attributes(key_of(name))["id"], found["id"])


def test_shards_say_what_they_hold(stored: Store) -> None:
    schema = pyarrow.parquet.read_schema(next(stored.folder.glob("*.parquet")))
    assert b'"format_version": 1' in schema.metadata[b"untact"]
    assert schema.field("sales_krw").metadata == {b"unit": b"KRW"}


def test_what_is_not_stored_is_said(stored: Store) -> None:
    reader = Reader(stored)
    with pytest.raises(UserError, match="core of 1 of 2 runs is not stored; run the scenario first"):
        reader.core([key_of(0), key_of("never")])
    with pytest.raises(UserError, match="merchants@2020-01 of 1 of 1 runs"):
        reader.group(key_of(0), "merchants@2020-01")
    with pytest.raises(UserError, match="no indicator is called sales_won"):
        reader.core([key_of(0)], ["sales_won"])
    with pytest.raises(UserError, match="not stored"):
        Reader(Store(stored.results / "nowhere")).core([key_of(0)])


def test_runs_without_groups_have_no_attributes(store: Store) -> None:
    save(store, record(1))
    with pytest.raises(UserError, match="stored without groups"):
        Reader(store).attributes(key_of(1))


@pytest.mark.parametrize("other", [record(2, months=7), record(2, start=START + 1)])
def test_runs_of_different_months_are_not_mixed(store: Store, other: object) -> None:
    from experiments.store import RunRecord

    assert isinstance(other, RunRecord)
    save(store, record(1), other)
    with pytest.raises(UserError, match="different months"):
        Reader(store).core([key_of(1), key_of(2)])


def test_a_digest_is_of_numbers_not_of_files(stored: Store, store: Store) -> None:
    for name in reversed(RUNS):
        save(store, record(name))
    keys = [key_of(name) for name in RUNS]
    assert digest(store, keys) == digest(stored, list(reversed(keys)))
    assert digest(store, keys[1:]) != digest(store, keys)


@pytest.mark.parametrize("change", ["number", "month"])
def test_a_digest_changes_with_any_number_and_month(store: Store, change: str) -> None:
    save(store, record(1))
    other = Store(store.results / "other")
    changed = record(1, start=START + (change == "month"))
    changed.core[-1, 0] *= 1 + 2e-16 * (change == "number")
    save(other, changed)
    assert digest(store, [key_of(1)]) != digest(other, [key_of(1)])


def damage_shard(store: Store, keep_date: bool) -> Path:
    (path,) = store.folder.glob("*.parquet")
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[4:400] = bytes(396)
    path.write_bytes(content)
    if keep_date:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return path


@pytest.mark.parametrize("keep_date", [False, True])
def test_damage_is_said_when_read_and_mended_on_the_next_start(store: Store, keep_date: bool) -> None:
    save(store, record(1, months=300))
    path = damage_shard(store, keep_date)
    with pytest.raises(DamagedResults, match=rf"{path.name}: is damaged.*; run the same command again"):
        Reader(store).core([key_of(1)])
    with store.session() as session:
        assert len(session.repair([key_of(1)])) == 1
    save(store, record(1, months=300))
    np.testing.assert_array_equal(Reader(store).core([key_of(1)])["sales_krw"][0], record(1, months=300).core[:, 1])


@pytest.mark.parametrize("name", ["a [1]", "b*c", "d'e", "k=5", "x?y", "한글 폴더", "p%20q#r"])
def test_any_name_of_a_folder_will_do(tmp_path: Path, name: str) -> None:
    store = Store(tmp_path / name)
    save(store, record(1, [GROUP]))
    reader = Reader(store)
    assert list(reader.core([key_of(1)])) == list(UNITS)
    assert list(reader.group(key_of(1), GROUP)) == list(record(1, [GROUP]).groups[GROUP])
    assert list(reader.attributes(key_of(1))) == ["id", "weight"]


def test_a_reader_sees_what_is_stored_after_it_was_made(store: Store) -> None:
    save(store, record(1))
    reader = Reader(store)
    reader.core([key_of(1)])
    save(store, record(2))
    np.testing.assert_array_equal(reader.core([key_of(2)])["sales_krw"][0], record(2).core[:, 1])


def test_reading_loads_neither_pandas_nor_extensions(stored: Store) -> None:
    program = (
        "import sys; from pathlib import Path; from experiments.store import Reader, Store\n"
        "assert 'duckdb' not in sys.modules and 'pyarrow' not in sys.modules\n"
        "reader = Reader(Store(Path(sys.argv[1]))); reader.core([sys.argv[2]])\n"
        "assert 'pandas' not in sys.modules\n"
        "settings = reader._connection.execute('SELECT name, value FROM duckdb_settings()').fetchall()\n"
        "print([name for name, value in settings if name.startswith('auto') and value == 'true'])"
    )
    command = [sys.executable, "-c", program, str(stored.results), key_of(0)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
