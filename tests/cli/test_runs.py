"""Commands that run the model, as people type them: run, compare, again, interrupted, on bad disks."""

import hashlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import untact
from experiments.store import Store
from model.errors import UserError
from tests.cli.tiny import write_tiny
from tests.interrupts import heed_interrupts
from untact.cli.main import start

pytestmark = pytest.mark.subset
Mount = Callable[..., Path]
Tiny = tuple[str, str]
Compared = tuple[subprocess.CompletedProcess[str], Tiny, Path]


def untact_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "untact", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Compared:
    """Compare the tiny pair once, from nothing."""
    folder = tmp_path_factory.mktemp("compared")
    files = write_tiny(folder)
    return untact_command("compare", *files, "--results", str(folder / "results")), files, folder / "results"


def test_compare_from_nothing(compared: Compared) -> None:
    done, _, results = compared
    assert done.returncode == 0, done.stderr
    assert "4 runs computed, 0 found stored" in done.stderr
    folder = results / "tiny_plan"
    for name in ("report.html", "report.ko.html", "manifest.json", "provenance.json", "run.log"):
        assert (folder / name).stat().st_size > 0
    assert f"Report: {folder / 'report.html'}" in done.stdout
    assert not list(folder.glob(".new-*"))


def test_compare_again_finds_everything(compared: Compared) -> None:
    _, files, results = compared
    again = untact_command("compare", *files, "--results", str(results), "--json")
    assert "0 runs computed, 4 found stored" in again.stderr
    content = json.loads(again.stdout)["compare"]
    assert content["outcome"]["stored_before"] == 4
    manifest = json.loads((results / "tiny_plan" / "manifest.json").read_text(encoding="utf-8"))
    assert content["digest"] == manifest["digest"]


def test_python_twins_give_what_the_commands_give(compared: Compared) -> None:
    _, files, results = compared
    answer = untact.compare(*files, results=results)
    batch = untact.run(files[1], results=results)
    keys = batch.plan.keys("tiny_plan")
    assert batch.outcome.cached == keys
    assert batch.reader.core(keys, ["online_share_goods"])["online_share_goods"].shape == (2, 24)
    assert answer.comparison.pairs[0].scenario.keys == keys
    assert answer.reports["ko"] == results / "tiny_plan" / "report.ko.html"
    with pytest.raises(UserError, match="there is no such file"):
        untact.run("nowhere.toml", results=results)


def test_a_country_without_the_pandemic_is_compared_without_any_lever(compared: Compared) -> None:
    _, files, results = compared
    ill = Path(files[0])
    calm = ill.with_name("tiny_calm.toml")
    text = f'format_version = 1\nextends = "{ill.name}"\n[exogenous]\ncontact_risk_index = "none"\n'
    calm.write_text(text, "utf-8")
    done = untact_command("compare", str(ill), str(calm), "--results", str(results), "--json")
    assert done.returncode == 0, done.stderr
    (pair,) = json.loads(done.stdout)["compare"]["pairs"]
    assert (pair["first_difference"], pair["judged"], pair["programmes"]) == ("2020-02", "2021-12", [])
    peak = next(one for one in pair["peaks"] if one["id"] == "online_share_goods")
    assert peak["value"] < 0
    everyone = next(one for one in pair["outcomes"] if one["dimension"] == "everyone")
    assert everyone["share_gaining"]["value"] > everyone["share_losing"]["value"]


def test_run_stores_and_prints_the_last_year(tiny: Tiny, tmp_path: Path) -> None:
    results = str(tmp_path / "results")
    options = ("--replications", "3", "--executor", "serial", "--threads", "1", "--results", results)
    done = untact_command("run", tiny[0], *options)
    assert done.returncode == 0, done.stderr
    assert "Online share of retail sales of goods" in done.stdout
    planned = json.loads(untact_command("plan", tiny[0], *options, "--json").stdout)["plan"]
    assert planned["estimate"] | {"runs": 3, "cached": 3} == planned["estimate"]
    manifest = json.loads((tmp_path / "results" / "tiny" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"] == ["untact", "run", tiny[0], "--replications", "3"]
    assert [run["key"] for run in manifest["runs"]] == planned["keys"]["tiny"]


def test_interrupted_batch_is_taken_up_with_the_same_digest(tiny: Tiny, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    runs = 200  # so many that the interrupt comes long before the end
    options = ("--replications", str(runs), "--threads", "1", "--results")
    keys = json.loads(untact_command("plan", tiny[0], *options, str(broken), "--json").stdout)["plan"]["keys"]["tiny"]
    process = subprocess.Popen(
        [sys.executable, "-m", "untact", "run", tiny[0], *options, str(broken)],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,
    )
    store = Store(broken)
    # A file may be there before the ledger knows it.
    wait_for(lambda: len(store.missing(dict.fromkeys(keys, ()))) < runs, process)
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=120)[1]
    assert (process.returncode, told.splitlines()[-1][:12]) == (130, "Interrupted.")
    assert not list(broken.rglob("*.tmp"))
    rest = json.loads(untact_command("run", tiny[0], *options, str(broken), "--json").stdout)["run"]["outcome"]
    assert rest["stored_before"] >= 25
    assert rest["stored_before"] + rest["computed"] == runs
    untact_command("run", tiny[0], *options, str(whole))
    digests = [json.loads((each / "tiny" / "manifest.json").read_text())["digest"] for each in (whole, broken)]
    assert digests[0] == digests[1]


def wait_for(condition: Callable[[], object], process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_read_only_results(tiny: Tiny, mount: Mount) -> None:
    folder = mount("ro,size=1m")
    done = untact_command("compare", *tiny, "--results", str(folder))
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "the folder cannot be written" in line
    assert list(folder.iterdir()) == []


def test_full_disk_is_found_before_anything_runs(tiny: Tiny, mount: Mount) -> None:
    folder = mount("size=1m")
    (folder / "filling").write_bytes(bytes(2**20))
    done = untact_command("compare", *tiny, "--results", str(folder))
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "the disk is full" in line
    assert [path.name for path in folder.iterdir()] == ["filling"]


def test_disk_that_fills_up_on_the_way(tiny: Tiny, tmp_path: Path, mount: Mount) -> None:
    folder = mount("size=1m")
    done = untact_command("compare", *tiny, "--replications", "40", "--results", str(folder))
    assert done.returncode == 2
    assert "the disk is full" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not list(folder.rglob("*.tmp"))
    assert not list(folder.rglob("report*.html"))


def test_results_that_are_a_file(tiny: Tiny, tmp_path: Path) -> None:
    (tmp_path / "results").write_text("mine")
    done = untact_command("run", tiny[0], "--results", str(tmp_path / "results"))
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "is not a folder" in done.stderr
    assert (tmp_path / "results").read_text() == "mine"


def test_results_do_not_depend_on_where_they_lie(tiny: Tiny, tmp_path: Path) -> None:
    digests = set()
    for name, executor in (("a", "serial"), ("b", "threads")):
        untact_command("run", tiny[0], "--results", str(tmp_path / name), "--executor", executor, "--threads", "2")
        manifest = (tmp_path / name / "tiny" / "manifest.json").read_bytes()
        digests.add(hashlib.sha256(manifest).hexdigest())
    assert len(digests) == 1


def test_ledger_of_a_month(tiny: Tiny, tmp_path: Path) -> None:
    done = untact_command("ledger", tiny[1], "--month", "2021-06", "--json", "--results", str(tmp_path))
    content = json.loads(done.stdout)
    records, matrix = content["ledger"], content["matrix"]
    total = sum(record["amount_krw"] for record in records)
    assert sum(map(sum, matrix["krw"])) == pytest.approx(total)
    assert matrix["accounts"][0] == "households"
    folder = tmp_path / "tiny_plan"
    assert content["figures"]["ko"] == str(folder / "figures" / "tiny_plan-ledger-2021-06.ko.png")
    for language in ("en", "ko"):
        assert (folder / "figures" / f"tiny_plan-ledger-2021-06.{language}.png").stat().st_size > 5_000
        assert (folder / "tables" / f"tiny_plan-ledger-2021-06.{language}.csv").stat().st_size > 500
    paid = {record["purpose"]: record["amount_krw"] for record in records}
    assert paid["store_sales_small"] > 1e12
    assert paid["device_subsidy"] > 0
    assert records == untact.ledger(tiny[1], "2021-06")
    without = {record["purpose"]: record["amount_krw"] for record in untact.ledger(tiny[0], "2021-06")}
    assert without["device_subsidy"] == 0


def test_ledger_as_tables(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The matrix is the default, purposes on request; a terminal that is narrow gets it in parts."""
    where = ("--results", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "500")
    whole = untact_command("ledger", tiny[1], "--month", "2021-06", *where).stdout
    assert whole.count("Payer, payee by number") == 1
    assert "Enrolment" not in whole
    heads, _, households, *_ = (line.split() for line in whole.splitlines())
    assert heads[-2].isdigit()
    assert households[:2] == ["1", "Households"]
    purposes = untact_command("ledger", tiny[1], "--month", "2021-06", "--purposes", "--language", "ko", *where).stdout
    assert "기기 보조금" in purposes
    monkeypatch.setenv("COLUMNS", "70")
    assert start(["ledger", tiny[1], "--month", "2021-06", *where]) == 0
    narrow = capsys.readouterr().out
    assert narrow.count("Payer, payee by number") > 1
    assert max(map(len, narrow.splitlines()[:-2])) <= 70


def test_ledger_of_a_year_is_the_sum_of_its_months(tiny: Tiny) -> None:
    months = [untact.ledger(tiny[0], f"2021-{month:02d}") for month in range(1, 13)]
    year = untact.ledger(tiny[0], year=2021)
    for position, record in enumerate(year):
        assert record["amount_krw"] == pytest.approx(sum(month[position]["amount_krw"] for month in months))


def test_a_ledger_needs_one_period(tiny: Tiny) -> None:
    for period in ({}, {"month": "2021-06", "year": 2021}):
        with pytest.raises(UserError, match="give one of both"):
            untact.ledger(tiny[0], **period)  # type: ignore[arg-type]
    with pytest.raises(UserError, match="is outside the scenario's months"):
        untact.ledger(tiny[0], year=2031)
