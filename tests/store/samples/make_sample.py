"""Writes a store of today's format beside this file, to be kept when the format moves on.

python -m tests.store.samples.make_sample
"""

from pathlib import Path

from experiments.store import Store, digest
from experiments.store.formats import FORMAT_VERSION, write_document
from tests.store.tables import GROUP, key_of, record, save


def main() -> None:
    folder = Path(__file__).parent / f"format_{FORMAT_VERSION}"
    store = Store(folder)
    save(store, record("first", [GROUP]), record("second", [GROUP]))
    write_document(folder / "manifest.json", {"digest": digest(store, [key_of("first"), key_of("second")])})
    (store.folder / "owners").rmdir()
    for leftover in store.folder.glob("ledger.sqlite-*"):
        leftover.unlink()


if __name__ == "__main__":
    main()
