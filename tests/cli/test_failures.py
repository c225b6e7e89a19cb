"""Runs that fail, and how far a batch is, in words."""

import functools
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.progress import Progress
from experiments.runner import execute
from experiments.work import Engine
from model.economy import Economy
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


def a_month_breaks(monkeypatch: pytest.MonkeyPatch, month: int, change: Callable[[Economy], None]) -> None:
    """Let every run have something changed in its state at the beginning of the quarter that starts at `month`."""
    decide = Economy.decide_prices

    def broken(economy: Economy) -> None:
        decide(economy)
        if economy.months_run == month:
            change(economy)

    monkeypatch.setattr(Economy, "decide_prices", broken)


def everybody_closes(economy: Economy) -> None:
    economy.world.market_tables[0].exit_constant[:] = 60.0
    economy.world.paths.births[:] = 0.0


def the_apps_ask_too_much(economy: Economy) -> None:
    economy.platforms[1].commission_small = 1.2


@pytest.mark.parametrize(
    ("month", "change", "line"),
    [
        (3, everybody_closes, r"2017-04: small merchants died out: 0 are left, so nothing after this month [^\n]+"),
        (36, everybody_closes, r"2020-01: small merchants died out: 0 are left, so nothing after this month [^\n]+"),
        (
            39,
            the_apps_ask_too_much,
            r"2020-04: delivery_platform: its commission is 1\.2, outside the declared range 0 to 0\.15",
        ),
    ],
)
def test_a_run_that_stops_says_when_where_and_how_far(
    tiny: Tiny,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    month: int,
    change: Callable[[Economy], None],
    line: str,
) -> None:
    a_month_breaks(monkeypatch, month, change)
    results = str(tmp_path / "results")
    assert start(["run", tiny[0], "--replications", "1", "--executor", "serial", "--results", results]) == 1
    told = capsys.readouterr()
    assert "Traceback" not in told.out + told.err
    (failed,) = (found for found in told.err.splitlines() if "failed: " in found)
    assert re.fullmatch(rf"tiny, replication 0 failed: {line}", failed)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('[levers.platform_fee_cut]\ncap_share = "101 %"', 3, "platform_fee_cut.cap_share: must be at most 1"),
        ("[levers.public_platform]\ncommission_share = 1.01", 3, "public_platform.commission_share: must be at most 1"),
        ('[levers.public_platform]\nservice = ""', 3, "public_platform.service: unknown name ''"),
        ('[levers.public_platform]\nservice = "mall"', 3, "public_platform.service: unknown name 'mall'"),
        ("[levers.smart_shop]\nsubsidy_cap_krw = -1", 3, "smart_shop.subsidy_cap_krw: must be"),
        ("[levers.payment_terminal_subsidy]\nunit_cost_krw = -1", 3, "payment_terminal_subsidy.unit_cost_krw: must be"),
        ("[levers.field_training]\ncapacity_hours_per_month = 0", 3, "field_training.capacity_hours_per_month: "),
        ("[levers.field_training]\nhours_per_person = 0", 3, "field_training.hours_per_person: "),
        ("[levers.digital_loan]\nbudget_krw = 3e11", 3, "digital_loan.budget_krw: budget_krw without rate_per_year"),
        ('[run]\nend = "2019-12"\n[levers.field_training]', 4, "field_training: is in force from 2020-09 to 2025-12"),
        ('[run]\nend = "2019-12"\n[levers.payment_terminal_subsidy]', 4, "payment_terminal_subsidy: is in force from"),
    ],
)
@pytest.mark.parametrize("command", ["check", "run"])
def test_a_lever_that_makes_no_sense_is_one_line_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, text: str, line: int, what: str
) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(f"format_version = 1\n{text}", encoding="utf-8")
    results = [] if command == "check" else ["--results", str(tmp_path / "results")]
    assert start([command, str(path), *results]) == 2
    told = capsys.readouterr()
    (only,) = told.err.splitlines()
    assert only.startswith(f"{path}:{line}: levers.{what}"), only
    assert not told.out
    assert not (tmp_path / "results").exists()


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
