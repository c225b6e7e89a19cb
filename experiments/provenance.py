"""What stands beside results: the manifest that reproduces them, and the circumstances they were made in."""

import hashlib
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Protocol

from experiments.keys import model_versions
from experiments.plan import Plan, Planned
from experiments.runner import Outcome, peak_memory_bytes
from experiments.store.formats import write_document

ROOT: Final = Path(__file__).resolve().parents[1]


class Effective(Planned, Protocol):
    """A scenario as the manifest needs it: besides what a plan needs, its content after `extends`."""

    @property
    def effective(self) -> Mapping[str, Any]:
        """The scenario with everything it inherits, as JSON-able values."""

    @property
    def sources(self) -> Sequence[Path]:
        """Files it was read from, its own first."""


def write_manifest(
    folder: Path, scenarios: Sequence[Effective], plan: Plan, digest: str, command: Sequence[str]
) -> Path:
    """Write manifest.json: all that determines some results, to make them again; return its path.

    Scenarios, keys, seeds, versions, lock, digest (see `Reader.digest`), command; neither time nor machine.
    """
    runs = [
        {"scenario": run.scenario, "replication": run.replication, "seed": run.seed, "key": run.key}
        for run in plan.runs
    ]
    content = {
        "command": list(command),
        "scenarios": [_described(scenario) for scenario in scenarios],
        "runs": runs,
        "groups": sorted({group for groups in plan.groups.values() for group in groups}),
        "digest": digest,
        "versions": {"untact_version": version("untact"), **model_versions()},
        "requirements_lock_sha256": _sha256(ROOT / "requirements.lock"),
    }
    return write_document(folder / "manifest.json", content)


def write_provenance(folder: Path, outcome: Outcome) -> Path:
    """Write provenance.json: when and on what results were made, outside every digest; return its path."""
    ended = datetime.now(UTC)
    content = {
        "started": (ended - timedelta(seconds=outcome.seconds)).isoformat(timespec="seconds"),
        "ended": ended.isoformat(timespec="seconds"),
        "seconds": round(outcome.seconds, 3),
        "runs": {name: len(getattr(outcome, name)) for name in ("done", "cached", "failed", "unfinished")},
        "failed": [asdict(run) for run in outcome.failed],
        "repaired": list(outcome.repaired),
        "host": host_facts(),
    }
    return write_document(folder / "provenance.json", content)


def host_facts() -> dict[str, Any]:
    """Return what kind of machine this is: system, processor, cores, memory and its peak (bytes), Python."""
    return {
        "system": platform.platform(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "peak_memory_bytes": peak_memory_bytes(),
        "python": platform.python_version(),
    }


def _described(scenario: Effective) -> dict[str, Any]:
    sources = [{"file": _readable(path), "sha256": _sha256(path)} for path in scenario.sources]
    return {"name": scenario.name, "sources": sources, "effective": scenario.effective}


def _readable(path: Path) -> str:
    """The path as seen from the working folder, only the name for a file elsewhere."""
    here = Path.cwd().resolve()
    whole = path.resolve()
    return whole.relative_to(here).as_posix() if whole.is_relative_to(here) else whole.name


def _sha256(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None
