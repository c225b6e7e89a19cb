"""Runs that fail, and how far a batch is, in words."""

import functools
import io
import json
from pathlib import Path

import pytest

from experiments.progress import Progress
from experiments.runner import execute
from experiments.work import Engine
from untact.cli.main import start
from untact.cli.progress import duration, shown_progress, summary

Tiny = tuple[str, str]


@pytest.fixture
def broken_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every run fail."""

    def run(*_: object, **__: object) -> None:
        raise RuntimeError("2020-03: households paid -5 KRW")

    def engine() -> Engine:
        return Engine(run, lambda _: {}, {})  # type: ignore[arg-type]

    monkeypatch.setattr("untact.batch.execute", functools.partial(execute, make_engine=engine))


@pytest.mark.usefixtures("broken_model")
def test_failed_runs_are_listed_and_kept_in_the_log(
    tiny: Tiny, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start(["run", tiny[0], "--replications", "7", "--results", str(tmp_path / "results"), "--json"]) == 1
    told = capsys.readouterr()
    assert told.err.count("failed: 2020-03: households paid -5 KRW") == 5
    assert "2 more runs failed; see run.log" in told.err
    outcome = json.loads(told.out)["run"]["outcome"]
    assert (outcome["computed"], len(outcome["failed"])) == (0, 7)
    assert "Traceback" in (tmp_path / "results" / "tiny" / "run.log").read_text(encoding="utf-8")
    assert not (tmp_path / "results" / "tiny" / "manifest.json").exists()


@pytest.mark.usefixtures("broken_model")
def test_nothing_is_compared_after_a_failure(tiny: Tiny, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert start(["compare", *tiny, "--results", str(tmp_path / "results")]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("4 of 4 runs failed, the first of them replication 0 of tiny: 2020-03: households")
    assert not (tmp_path / "results" / "tiny_plan" / "report.html").exists()


def test_progress_in_words() -> None:
    progress = Progress(runs=100, cached=20, done=30, failed=1, months=800, months_done=400, seconds=10.0)
    assert summary(progress) == "51 of 100 runs, 20 stored before, 1 failed, 4 runs/s, 10 s left"
    assert summary(Progress(runs=3)).startswith("0 of 3 runs, loading the kernels")
    assert summary(Progress(runs=3, awaited=2)) == "0 of 3 runs, 2 awaited from another batch"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.42, "0.42 s"), (48.4, "48 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_durations_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_as_lines_and_as_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    progress = Progress(runs=4, done=2, months=4, months_done=2, seconds=2.0)
    monkeypatch.setattr("untact.cli.progress.SECONDS_BETWEEN_LINES", 0.0)
    for stream in (io.StringIO(), Terminal()):
        monkeypatch.setattr("sys.stderr", stream)
        with shown_progress() as show:
            show(progress)
        assert "2 of 4 runs, 1 runs/s, 2 s left" in stream.getvalue()
