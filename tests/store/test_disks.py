"""Folders that cannot be written, disks that are full: one sentence, nothing half-written, nothing lost."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from experiments.store import Reader, StorageError, Store
from tests.store.tables import key_of, record, save

Mount = Callable[..., Path]


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """Mounts a small disk with some options at a new folder; skips where that is not permitted."""
    mounted: list[Path] = []

    def make(options: str, remount: Path | None = None) -> Path:
        folder = remount or tmp_path / f"disk{len(mounted)}"
        folder.mkdir(exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"mounting is not permitted here: {done.stderr.strip()}")
        if remount is None:
            mounted.append(folder)
        return folder

    yield make
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=True)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def fill(folder: Path, leave: int = 0) -> None:
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        with suppress(OSError):
            while True:
                file.write(bytes(4096))
        file.truncate(ballast.stat().st_size - leave)


def test_a_read_only_folder_is_found_before_any_work(mount: Mount) -> None:
    folder = mount("size=4m,ro")
    with pytest.raises(StorageError, match=r"results/store: the folder cannot be written; make it writable"):
        save(Store(folder / "results"), record(1))
    assert files(folder) == []


def test_results_in_a_folder_that_became_read_only_can_be_read(mount: Mount) -> None:
    folder = mount("size=4m")
    store = Store(folder / "results")
    save(store, record(1))
    mount("remount,ro,size=4m", folder)
    assert store.missing({key_of(1): (), key_of(2): ()}) == {key_of(2)}
    np.testing.assert_array_equal(Reader(store).core([key_of(1)])["sales_krw"][0], record(1).core[:, 1])
    with pytest.raises(StorageError, match="the folder cannot be written"):
        save(store, record(2))


def test_a_full_disk_is_found_before_any_work(mount: Mount) -> None:
    folder = mount("size=1m")
    fill(folder)
    with pytest.raises(StorageError, match=r"results/store: the disk is full; free space or give another"):
        save(Store(folder / "results"), record(1))
    assert [path.name for path in folder.iterdir()] == ["ballast"]


@pytest.mark.parametrize("leave", [80_000, 120_000, 200_000, 300_000, 500_000])
def test_a_disk_that_fills_up_loses_nothing_finished(mount: Mount, leave: int) -> None:
    folder = mount("size=2m")
    store = Store(folder / "results")
    stored: list[int] = []
    store_until_full(store, stored, months=6, runs=1)
    fill(folder, leave)
    with pytest.raises(StorageError, match="the disk is full"):
        store_until_full(store, stored, months=2000, runs=100)
    assert not list(store.folder.rglob("*.tmp"))
    (folder / "ballast").unlink()
    for name in stored:
        found = Reader(store).core([key_of(name)])["sales_krw"][0]
        np.testing.assert_array_equal(found, record(name, months=len(found)).core[:, 1])
    save(store, record("after"))
    assert store.missing({key_of("after"): ()}) == frozenset()


def store_until_full(store: Store, stored: list[int], months: int, runs: int) -> None:
    for name in range(len(stored), len(stored) + runs):
        save(store, record(name, months=months))
        stored.append(name)
