"""A batch at work on the store: it claims runs, saves whole shards, mends damage, heeds the dead."""

import logging
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from experiments.store.files import (
    FileStamp,
    StorageError,
    damage,
    file_stamp,
    is_damaged_database,
    storage_errors,
    write_atomically,
)
from experiments.store.ledger import Ledger, RunState, open_ledger
from experiments.store.owners import Owner, is_alive
from experiments.store.shards import (
    CORE,
    RunRecord,
    Shard,
    encode_attributes,
    encode_core,
    encode_group,
    read_header,
)
from model.errors import UserError

LEDGER: Final = "ledger.sqlite"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """Answer to a claim, as keys: ours to compute, stored already, at work in another batch, given up."""

    ours: tuple[str, ...]
    stored: tuple[str, ...]
    elsewhere: tuple[str, ...]
    poisoned: tuple[str, ...]


class Session:
    """What a batch may do with the store in `folder`, from one thread; close it at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._owners = folder / "owners"
        self._owner = Owner(self._owners)
        try:
            self._ledger = self._sound_ledger()
            self._take_up_what_the_dead_left()
        except BaseException:
            self._owner.leave()
            raise

    def close(self) -> None:
        """Set back what is still marked as running here, and leave."""
        try:
            with storage_errors(self._folder), self._ledger.transaction():
                self._ledger.release(self._owner.token)
        except StorageError as error:
            _log.warning("%s; the next batch sets back the runs of this one", error)
        finally:
            self._ledger.close()
            self._owner.leave()

    def repair(self, keys: Collection[str]) -> tuple[str, ...]:
        """Check the files behind some runs and set back the runs of damaged ones; one sentence for each."""
        with storage_errors(self._folder):
            files = sorted(self._ledger.files(keys).items())
            found = {path: damage(self._folder / path, file.stamp) for path, file in files}
            with self._ledger.transaction():
                sentences = [self._drop(path, what) for path, what in found.items() if what is not None]
                for path in (path for path, what in found.items() if what is None):
                    self._ledger.note_date(path, (self._folder / path).stat().st_mtime_ns)
        return tuple(sentences)

    def states(self, keys: Collection[str]) -> dict[str, RunState]:
        """Return the states of those keys that the ledger knows."""
        with storage_errors(self._folder):
            return self._ledger.states(keys)

    def at_work(self, keys: Collection[str]) -> frozenset[str]:
        """Return those runs that another living batch is computing."""
        return self._at_work(self.states(keys))

    def claim(self, requests: Mapping[str, Sequence[str]]) -> Claim:
        """Mark as running here those runs (groups asked for by key) that nobody has or computes."""
        with storage_errors(self._folder), self._ledger.transaction():
            states = self._ledger.states(requests)
            stored = {k for k, state in states.items() if not state.lacks(requests[k])}
            poisoned = {k for k, state in states.items() if state.state == "poisoned"}
            elsewhere = self._at_work(states)
            ours = tuple(k for k in requests if k not in stored | poisoned | elsewhere)
            self._ledger.start(ours, self._owner.token)
        return Claim(ours, tuple(sorted(stored)), tuple(sorted(elsewhere)), tuple(sorted(poisoned)))

    def save(self, records: Sequence[RunRecord], units: Mapping[str, str]) -> dict[str, str]:
        """Store finished runs, core indicators in the order of `units` (unit by id), and their groups.

        Returns by key what is wrong with runs whose core numbers differ from those stored before under the
        same key; these are not stored. Raises StorageError, with nothing half-written.
        """
        with storage_errors(self._folder):
            states = self._ledger.states([record.key for record in records])
            differing = {r.key: text for r in records if (text := self._difference(r, states.get(r.key)))}
            sound = [record for record in records if record.key not in differing]
            new = [r for r in sound if r.key not in states or CORE not in states[r.key].outputs]
            shards = [*self._group_shards(sound), *([encode_core(new, units)] if new else [])]
            stamps = [self._write(shard) for shard in shards]
            with self._ledger.transaction():
                for shard, stamp in zip(shards, stamps, strict=True):
                    self._ledger.add_file(shard.path, stamp, shard.header)
        return differing

    def fail(self, errors: Mapping[str, str]) -> None:
        """Mark runs as failed, with the traceback of each."""
        with storage_errors(self._folder), self._ledger.transaction():
            for key, error in errors.items():
                self._ledger.fail(key, error)

    def note_cost(self, scale: float, workers: int, seconds_per_month: float, peak_bytes: int) -> None:
        """Remember what a run-month of this scale took, for the estimates of later plans."""
        with storage_errors(self._folder), self._ledger.transaction():
            self._ledger.note_cost(scale, workers, seconds_per_month, peak_bytes)

    def _at_work(self, states: Mapping[str, RunState]) -> frozenset[str]:
        running = {key: state.owner for key, state in states.items() if state.state == "running"}
        others = {owner for owner in running.values() if owner not in {None, self._owner.token}}
        # Asked once for each batch: one that dies meanwhile must not leave a shard half ours.
        alive = {owner for owner in others if is_alive(self._owners, str(owner))}
        return frozenset(key for key, owner in running.items() if owner in alive)

    def _difference(self, record: RunRecord, state: RunState | None) -> str | None:
        if state is None or CORE not in state.outputs or state.core_digest == record.core_digest:
            return None
        (path,) = self._ledger.files([record.key], CORE)
        return (
            f"run {record.key} gave other core numbers ({record.core_digest}) than those stored before"
            f" ({state.core_digest}, in {self._folder / path}); one of the two comes from a faulty machine or"
            " another kind of machine: remove that shard, or give another folder with --results"
        )

    def _group_shards(self, records: Sequence[RunRecord]) -> list[Shard]:
        """Shards of the groups of some runs, and of the attributes of their rows where they are new."""
        tables = {id(r.attributes): r.attributes for r in records if r.groups and r.attributes is not None}
        populations = {table: encode_attributes(attributes) for table, attributes in tables.items()}
        path_of = {r.key: populations[id(r.attributes)].path for r in records if id(r.attributes) in tables}
        new = {shard.path: shard for shard in populations.values() if not self._ledger.knows(shard.path)}
        groups = sorted({group for record in records for group in record.groups})
        having = {group: [r for r in records if group in r.groups] for group in groups}
        return [*new.values(), *(encode_group(group, runs, path_of) for group, runs in having.items())]

    def _write(self, shard: Shard) -> FileStamp:
        return write_atomically(self._folder / shard.path, shard.content, self._owner.token)

    def _drop(self, path: str, what: str) -> str:
        runs = self._ledger.drop_file(path)
        (self._folder / path).unlink(missing_ok=True)
        sentence = f"{self._folder / path} {what}; {runs} runs are computed anew"
        _log.warning(sentence)
        return sentence

    def _sound_ledger(self) -> Ledger:
        path = self._folder / LEDGER
        ledger = _open_if_sound(path)
        if ledger is None:
            _log.warning("%s is damaged; it is set aside and rebuilt from the shards", path)
            path.replace(path.with_suffix(".damaged"))
            for leftover in self._folder.glob(f"{LEDGER}-*"):
                leftover.unlink()
            ledger = open_ledger(path)
        if ledger.is_empty():
            self._adopt_shards(ledger)
        return ledger

    def _adopt_shards(self, ledger: Ledger) -> None:
        """Enter whole shards that a lost ledger knew; a broken one is left for its runs to overwrite."""
        for path in sorted(self._folder.rglob("*.parquet")):
            try:
                header = read_header(path)
            except (OSError, ValueError, UserError) as error:
                _log.warning("%s is not used: %s", path, error)
                continue
            with ledger.transaction():
                ledger.add_file(path.relative_to(self._folder).as_posix(), file_stamp(path), header)

    def _take_up_what_the_dead_left(self) -> None:
        for owner in self._ledger.owners():
            if not is_alive(self._owners, owner):
                with self._ledger.transaction():
                    self._ledger.release(owner)
        alive = {path.name for path in self._owners.iterdir() if is_alive(self._owners, path.name)}
        for path in self._folder.rglob("*.tmp"):
            if path.name.split(".")[-2] not in alive:
                path.unlink(missing_ok=True)


def _open_if_sound(path: Path) -> Ledger | None:
    try:
        ledger = open_ledger(path)
        if ledger.is_sound():
            return ledger
        ledger.close()
    except sqlite3.DatabaseError as error:
        if not is_damaged_database(error):
            raise
    return None
