"""Scenario files to answers, from Python: check, plan, run, compare; the command line calls the same."""

import logging
import os
import shlex
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

from experiments.executors import make_executor
from experiments.keys import model_versions
from experiments.plan import Estimate, Plan, estimate, make_plan, recommended_executor
from experiments.progress import Progress
from experiments.provenance import write_manifest, write_provenance
from experiments.runner import Outcome, execute
from experiments.scenario import Scenario, load, with_options
from experiments.store import Reader, Store
from experiments.store.files import probe, storage_errors
from model.errors import UserError, raise_if_any

if TYPE_CHECKING:
    from analysis.comparison import Comparison

LANGUAGES: Final = ("en", "ko")
_log = logging.getLogger(__name__)


class Options(TypedDict, total=False):
    """What may be said besides the files.

    results: folder of results; scale: "quick", "standard", "full" or N; replications: paired runs a scenario;
    executor: "serial" or "threads"; threads: in all.
    """

    results: Path | str
    scale: float | str | None
    replications: int | None
    executor: str | None
    threads: int | None


@dataclass(frozen=True)
class Batch:
    """Executed scenarios: what was asked, what came of it, and the store that holds it."""

    scenarios: tuple[Scenario, ...]
    plan: Plan
    outcome: Outcome
    store: Store
    folder: Path

    @property
    def reader(self) -> Reader:
        """A reader of the stored results."""
        return Reader(self.store)


@dataclass(frozen=True)
class Answer:
    """A comparison with its batch and the path of the report in each language."""

    batch: Batch
    comparison: "Comparison"
    reports: dict[str, Path]


class RunsFailed(Exception):
    """Some runs of a comparison failed, so there is nothing to compare; the others are stored."""

    def __init__(self, batch: Batch) -> None:
        first = batch.outcome.failed[0]
        super().__init__(
            f"{len(batch.outcome.failed)} of {len(batch.plan.groups)} runs failed, the first of them "
            f"replication {first.replication} of {first.scenario}: {first.message}"
        )
        self.batch = batch


def check(*files: Path | str) -> tuple[Scenario, ...]:
    """Read scenario files, or all `*.toml` of folders; raises `UserErrors` with all that is wrong in them."""
    return _load_all(_files(files), {})


def plan(*files: Path | str, **options: Unpack[Options]) -> tuple[Plan, Estimate]:
    """Return what `run` would do with these files and what it would cost; raises `UserError` as `run`."""
    scenarios = _load_all(_files(files), options)
    made = make_plan(scenarios)
    return made, estimate(made, _store(options), _threads(options))


def run(*files: Path | str, progress: Callable[[Progress], None] | None = None, **options: Unpack[Options]) -> Batch:
    """Run scenario files, or all `*.toml` of folders, as far as their results are not stored yet.

    Writes manifest, provenance and log of each scenario into `results/<scenario>/`. Failed runs are listed
    in the outcome. Raises `UserError` for wrong files or options and for a folder that cannot be written.
    """
    scenarios = _load_all(_files(files), options)
    command = _command("run", files, options)
    batch = _execute(scenarios, make_plan(scenarios), options, progress)
    failed = {run.scenario for run in batch.outcome.failed}
    for scenario in scenarios:
        if scenario.name not in failed:
            _write_records(batch, [scenario], make_plan([scenario]), command)
    return batch


def compare(
    *files: Path | str, progress: Callable[[Progress], None] | None = None, **options: Unpack[Options]
) -> Answer:
    """Compare scenario files with the first of them and write the report in every language.

    Runs what is not stored yet; the report lies in the folder of the last scenario. Raises `UserError` as
    `run`, also for scenarios that cannot be paired, and `RunsFailed`.
    """
    from analysis.comparison import compare as compared
    from analysis.comparison import groups_needed
    from analysis.report import current, write

    scenarios = _load_all([Path(file) for file in files], options)
    _check_pairs(scenarios)
    made = make_plan(scenarios, groups_of=groups_needed(scenarios))
    command = _command("compare", files, options)
    batch = _execute(scenarios, made, options, progress)
    if batch.outcome.failed:
        raise RunsFailed(batch)
    with _run_log(batch.folder):
        digest = _write_records(batch, scenarios, made, command)
        versions = {"untact": version("untact"), **model_versions()}
        comparison = compared(batch.reader, scenarios, made, shlex.join(command), digest, versions)
        with storage_errors(batch.folder), _whole_or_nothing(batch.folder) as stage:
            written = {
                language: current(comparison, batch.folder, language) or write(comparison, stage, language)
                for language in LANGUAGES
            }
    return Answer(batch, comparison, {key: batch.folder / path.name for key, path in written.items()})


def _files(given: Sequence[Path | str]) -> list[Path]:
    """Return the files given, and in place of a folder its `*.toml`; `UserError` for a folder without any."""
    found: list[Path] = []
    for path in map(Path, given):
        inside = sorted(path.glob("*.toml")) if path.is_dir() else [path]
        if not inside:
            raise UserError(f"{path}: the folder holds no .toml file; give a scenario file or another folder")
        found += inside
    return found


def _load_all(files: Sequence[Path], options: Options) -> tuple[Scenario, ...]:
    """Load every file and apply the options; raises all that is wrong together, each fault once."""
    scenarios: list[Scenario] = []
    faults: dict[str, None] = {}
    for path in files:
        try:
            scenario = load(path)
            scenarios.append(with_options(scenario, options.get("scale"), options.get("replications")))
        except UserError as error:
            faults |= dict.fromkeys(error.messages)
    raise_if_any(list(faults))
    return tuple(scenarios)


def _check_pairs(scenarios: Sequence[Scenario]) -> None:
    """Raise, before anything is computed, for scenarios whose runs cannot be paired one to one."""
    if len(scenarios) < 2:
        raise UserError("a comparison needs two scenario files or more; give the baseline first")
    first, faults = scenarios[0], []
    for other in scenarios[1:]:
        for name, mine, theirs in zip(_PAIRED, _paired(first), _paired(other), strict=True):
            if mine != theirs:
                faults.append(
                    f"{other.path}: has another {name} than {first.path}, so their runs cannot be compared;"
                    " give both the same in [run]"
                )
    raise_if_any(faults)


_PAIRED: Final = ("start", "end", "scale", "focus", "seed", "number of replications")


def _paired(scenario: Scenario) -> tuple[object, ...]:
    """Return what two scenarios must share, in the order of `_PAIRED`."""
    run = scenario.settings
    last = run.start + run.months
    return run.start, last, run.scale, run.focus, scenario.seed, scenario.replications


def _store(options: Options) -> Store:
    return Store(Path(options.get("results", "results")))


def _threads(options: Options) -> int:
    given = options.get("threads")
    if given is not None:
        return given
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _execute(
    scenarios: Sequence[Scenario],
    made: Plan,
    options: Options,
    progress: Callable[[Progress], None] | None,
) -> Batch:
    store = _store(options)
    folder = store.results / scenarios[-1].name
    executor = make_executor(options.get("executor") or recommended_executor(made), _threads(options))
    probe(folder)
    with _run_log(folder):
        names = ", ".join(scenario.name for scenario in scenarios)
        _log.info("%s: %d runs asked for", names, len(made.groups))
        try:
            outcome = execute(made, store, executor, progress=progress)
        finally:
            executor.shutdown()
        counts = len(outcome.done), len(outcome.cached), len(outcome.failed), outcome.seconds
        _log.info("%d computed, %d found stored, %d failed, in %.1f s", *counts)
        for first in outcome.failed[:1]:
            _log.error("the first failed run ended so:\n%s", first.traceback)
    return Batch(tuple(scenarios), made, outcome, store, folder)


def _write_records(batch: Batch, scenarios: Sequence[Scenario], made: Plan, command: Sequence[str]) -> str:
    """Write manifest and provenance into the folder of the last scenario; return the digest of its runs."""
    folder = batch.store.results / scenarios[-1].name
    digest = batch.reader.digest(tuple(made.groups))
    write_manifest(folder, scenarios, made, digest, command)
    write_provenance(folder, batch.outcome)
    return digest


@contextmanager
def _whole_or_nothing(folder: Path) -> Iterator[Path]:
    """Give a folder to write files in; they move to the same places in `folder` once all are written."""
    stage = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    try:
        yield stage
        for file in sorted(path for path in stage.rglob("*") if path.is_file()):
            place = folder / file.relative_to(stage)
            place.parent.mkdir(parents=True, exist_ok=True)
            file.replace(place)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _command(name: str, files: Sequence[Path | str], options: Options) -> list[str]:
    """Return the command that gives the same results; options that do not change them are left out."""
    told = {"--scale": options.get("scale"), "--replications": options.get("replications")}
    chosen = [str(part) for pair in told.items() if pair[1] is not None for part in pair]
    return ["untact", name, *map(str, files), *chosen]


class _RunLog(logging.FileHandler):
    """A log that gives up silently when the disk is full; the batch itself says so."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """Let the record go."""


@contextmanager
def _run_log(folder: Path) -> Iterator[None]:
    """Keep what the packages log in `run.log`; an unexpected error is kept there whole and says so."""
    path = folder / "run.log"
    handler = _RunLog(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    loggers = [logging.getLogger(name) for name in ("untact", "analysis", "experiments", "model")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    try:
        yield
    except (UserError, KeyboardInterrupt) as error:
        _log.warning("%s", error or "interrupted")
        raise
    except Exception as error:
        _log.exception("stopped")
        error.add_note(str(path))
        raise
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
        with suppress(OSError):
            handler.close()
