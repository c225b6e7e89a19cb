"""Batches at work on a store: claims, whole shards, mending, and what dead batches leave behind."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from experiments.store import Reader, StorageError, Store, digest
from experiments.store.ledger import open_ledger
from experiments.store.owners import Owner, is_alive
from tests.store.tables import GROUP, UNITS, key_of, record, save

ROOT = Path(__file__).resolve().parents[2]


def state_of(store: Store, name: object) -> str:
    with store.reading() as ledger:
        assert ledger is not None
        return ledger.states([key_of(name)])[key_of(name)].state


def shards(store: Store) -> list[Path]:
    return sorted(store.folder.rglob("*.parquet"))


def test_what_is_saved_is_found(store: Store) -> None:
    save(store, record(1), record(2))
    assert store.missing({key_of(n): () for n in (1, 2, 3)}) == {key_of(3)}
    assert store.missing({key_of(1): (GROUP,)}) == {key_of(1)}
    np.testing.assert_array_equal(Reader(store).core([key_of(1)])["sales_krw"][0], record(1).core[:, 1])


def test_the_same_runs_give_the_same_files_byte_for_byte(tmp_path: Path) -> None:
    stores = [Store(tmp_path / name) for name in "ab"]
    for each in stores:
        save(each, record(1, [GROUP]), record(2, [GROUP]))
    first, second = ({p.relative_to(s.folder): p.read_bytes() for p in shards(s)} for s in stores)
    assert first == second
    assert len(first) == 3


def test_a_claimed_run_is_ours_alone_until_it_is_let_go(store: Store) -> None:
    wanted = {key_of(1): (), key_of(2): ()}
    with store.session() as mine:
        assert mine.claim(wanted).ours == tuple(wanted)
        with store.session() as other:
            assert other.claim(wanted).elsewhere == tuple(sorted(wanted))
            assert other.at_work(wanted) == set(wanted)
        mine.save([record(1)], UNITS)
        with store.session() as other:
            claim = other.claim(wanted)
            assert (claim.stored, claim.elsewhere) == ((key_of(1),), (key_of(2),))
    assert (state_of(store, 1), state_of(store, 2)) == ("done", "pending")


def test_a_run_given_up_is_not_claimed(store: Store) -> None:
    save(store, record(1))
    with closing(sqlite3.connect(store.folder / "ledger.sqlite", isolation_level=None)) as ledger:
        ledger.execute("UPDATE runs SET state = 'poisoned'")
    with store.session() as session:
        assert session.claim({key_of(1): ()}).poisoned == (key_of(1),)


def test_a_failed_run_keeps_its_traceback_and_is_tried_again(store: Store) -> None:
    with store.session() as session:
        session.claim({key_of(1): ()})
        session.fail({key_of(1): "Traceback: money leaked"})
        assert session.states([key_of(1)])[key_of(1)].error == "Traceback: money leaked"
    assert state_of(store, 1) == "failed"
    save(store, record(1))
    assert state_of(store, 1) == "done"
    with closing(sqlite3.connect(store.folder / "ledger.sqlite", isolation_level=None)) as ledger:
        assert ledger.execute("SELECT attempts, error FROM runs").fetchall() == [(2, None)]


def test_groups_may_come_later_if_the_core_numbers_are_the_same(store: Store) -> None:
    save(store, record(1))
    before = shards(store)
    assert save(store, record(1, [GROUP])) == {}
    assert set(before) < set(shards(store))
    assert store.missing({key_of(1): (GROUP,)}) == frozenset()


def test_other_core_numbers_under_the_same_key_are_refused_and_both_named(store: Store) -> None:
    save(store, record(1))
    (before,) = shards(store)
    other = record(1, [GROUP])
    other.core[3, 1] = np.nextafter(other.core[3, 1], 1)
    text = save(store, other)[key_of(1)]
    assert all(name in text for name in (key_of(1), other.core_digest, record(1).core_digest, before.name))
    assert shards(store) == [before]
    assert digest(store, [key_of(1)]) == digest_of_alone(store, 1)


def digest_of_alone(store: Store, name: object) -> str:
    fresh = Store(store.results / "fresh")
    save(fresh, record(name))
    return digest(fresh, [key_of(name)])


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [cut, flip, Path.unlink])
def test_a_damaged_shard_is_dropped_and_its_runs_set_back(store: Store, harm: object) -> None:
    save(store, record(1), record(2))
    save(store, record(3))
    with store.reading() as ledger:
        assert ledger is not None
        (name,) = ledger.files([key_of(1)])
    assert callable(harm)
    harm(store.folder / name)
    with store.session() as session:
        (sentence,) = session.repair([key_of(n) for n in (1, 2, 3)])
    assert name in sentence
    assert sentence.endswith("2 runs are computed anew")
    assert not (store.folder / name).exists()
    assert [state_of(store, n) for n in (1, 2, 3)] == ["pending", "pending", "done"]


def test_damaged_attributes_set_back_the_groups_that_need_them(store: Store) -> None:
    save(store, record(1, [GROUP]), record(2))
    (path,) = (store.folder / "populations").iterdir()
    cut(path)
    with store.session() as session:
        assert len(session.repair([key_of(1)])) == 1
    assert store.missing({key_of(1): (), key_of(2): ()}) == frozenset()
    assert store.missing({key_of(1): (GROUP,)}) == {key_of(1)}
    save(store, record(1, [GROUP]))
    np.testing.assert_array_equal(Reader(store).attributes(key_of(1))["weight"], np.full(5, 200.0))


def test_a_copied_store_needs_no_mending(store: Store) -> None:
    save(store, record(1))
    for path in shards(store):
        os.utime(path, ns=(1, 1))
    with store.session() as session:
        assert session.repair([key_of(1)]) == ()
    with store.reading() as ledger:
        assert ledger is not None
        assert [file.stamp.mtime_ns for file in ledger.files([key_of(1)]).values()] == [1]


@pytest.mark.parametrize("content", [None, b"no database at all, but long enough to look like one" * 99])
def test_a_lost_ledger_is_rebuilt_from_the_shards(store: Store, content: bytes | None) -> None:
    save(store, record(1, [GROUP]), record(2))
    save(store, record(3))
    before = digest(store, [key_of(n) for n in (1, 2, 3)])
    path = store.folder / "ledger.sqlite"
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    (store.folder / "torn.parquet").write_bytes(b"PAR1 torn")
    with store.session():
        pass
    assert store.missing({key_of(1): (GROUP,), key_of(2): (), key_of(3): ()}) == frozenset()
    assert digest(store, [key_of(n) for n in (1, 2, 3)]) == before
    assert set(Reader(store).attributes(key_of(1))) == {"id", "weight"}


def test_a_broken_shard_is_not_taken_into_a_rebuilt_ledger(store: Store) -> None:
    save(store, record(1, months=400))
    (path,) = shards(store)
    flip(path)
    (store.folder / "ledger.sqlite").unlink()
    with store.session():
        pass
    assert store.missing({key_of(1): ()}) == {key_of(1)}


def test_a_living_batch_is_told_from_a_dead_one(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from experiments.store.owners import Owner\n"
        "print(Owner(Path(sys.argv[1])).token, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True, cwd=ROOT) as other:
        assert other.stdout is not None
        token = other.stdout.readline().strip()
        mine = Owner(tmp_path)
        assert is_alive(tmp_path, token)
        assert is_alive(tmp_path, mine.token)
        other.kill()
        other.wait()
    assert not is_alive(tmp_path, token)
    mine.leave()
    assert list(tmp_path.iterdir()) == []


def test_what_a_dead_batch_left_is_taken_up(store: Store) -> None:
    save(store, record(1))
    dead = "0" * 32
    ledger = open_ledger(store.folder / "ledger.sqlite")
    ledger.start([key_of(1), key_of(2)], dead)
    ledger.close()
    (store.folder / f"half.parquet.{dead}.tmp").write_bytes(b"half")
    with store.session() as session:
        mine = store.folder / f"mine.parquet.{session._owner.token}.tmp"
        mine.write_bytes(b"in work")
        with store.session():
            pass
        assert [path.name for path in store.folder.rglob("*.tmp")] == [mine.name]
    assert (state_of(store, 1), state_of(store, 2)) == ("done", "pending")


def test_a_ledger_of_a_newer_program_is_left_alone(store: Store) -> None:
    save(store, record(1))
    path = store.folder / "ledger.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as ledger:
        ledger.execute("PRAGMA user_version = 99")
    with pytest.raises(StorageError, match="newer program"), store.session():
        pass
    with pytest.raises(StorageError, match="newer program"):
        store.missing({key_of(1): ()})


def test_an_old_ledger_is_brought_up_to_date(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    save(store, record(1))

    def second(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE runs ADD COLUMN note TEXT")

    from experiments.store import ledger

    monkeypatch.setattr(ledger, "STEPS", (*ledger.STEPS, second))
    with store.session() as session:
        assert session.states([key_of(1)])[key_of(1)].state == "done"
    with closing(sqlite3.connect(store.folder / "ledger.sqlite", isolation_level=None)) as connection:
        assert connection.execute("SELECT note FROM runs").fetchall() == [(None,)]


def test_looking_makes_nothing(store: Store) -> None:
    assert store.missing({key_of(1): ()}) == {key_of(1)}
    assert store.costs(1) == {}
    assert not store.results.exists()


def test_a_shard_is_claimed_whole_even_while_its_owner_dies(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: dict[str, tuple[str, ...]] = {key_of(n): () for n in range(5)}
    answers = iter([True, False, False, False, False, False])
    with store.session() as dying, store.session() as other:
        dying.claim(wanted)
        monkeypatch.setattr("experiments.store.session.is_alive", lambda *_: next(answers))
        assert other.claim(wanted).elsewhere == tuple(sorted(wanted))
        assert other.claim(wanted).ours == tuple(wanted)
        monkeypatch.undo()
