"""Stores of every format ever published are still read, and go on from there."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from experiments.store import Reader, Store, digest
from experiments.store.formats import FORMAT_VERSION, read_document
from tests.store.tables import GROUP, key_of, record, save

SAMPLES = Path(__file__).parent / "samples"
NAMES = ("first", "second")


@pytest.mark.subset
@pytest.mark.parametrize("version", range(1, FORMAT_VERSION + 1))
def test_a_store_of_an_old_format_is_read_and_continued(tmp_path: Path, version: int) -> None:
    shutil.copytree(SAMPLES / f"format_{version}", tmp_path, dirs_exist_ok=True)
    store, keys = Store(tmp_path), [key_of(name) for name in NAMES]
    assert digest(store, keys) == read_document(tmp_path / "manifest.json")["digest"]
    for name, key in zip(NAMES, keys, strict=True):
        np.testing.assert_array_equal(Reader(store).core([key])["sales_krw"][0], record(name).core[:, 1])
        np.testing.assert_array_equal(Reader(store).group(key, GROUP)["id"], np.arange(5))
        np.testing.assert_array_equal(Reader(store).attributes(key)["weight"], np.full(5, 200.0))
    save(store, record("third"))
    with store.session() as session:
        assert session.repair(keys) == ()
    assert store.missing({key_of(name): () for name in (*NAMES, "third")}) == frozenset()


def test_the_format_of_today_has_its_sample() -> None:
    assert (SAMPLES / f"format_{FORMAT_VERSION}" / "store" / "ledger.sqlite").exists()
