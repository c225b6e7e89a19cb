"""Commands that need no run: help, catalogues, check, plan; wrong input and its exit code."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import untact
from model.agents.merchants.columns import DEVICES
from model.codes import INSTRUMENTS, ONLINE_SERVICES, SERVICE_TYPES, SERVICES_WITHOUT_ACCOUNT, TECHNOLOGIES
from model.exogenous import PATHS
from model.indicators import CORE
from model.ledger import ACCOUNTS
from model.levers import LEVERS
from model.parameters import register
from untact.cli.main import start
from untact.cli.output import show_table

pytestmark = pytest.mark.subset
ROOT = Path(__file__).parents[2]
BASELINE = str(ROOT / "scenarios" / "baseline.toml")
COMMANDS = [
    *("run", "plan", "check", "compare"),
    *("levers", "parameters", "services", "indicators", "scenarios"),
    *("population", "schedule", "ledger"),
]
Json = Callable[..., dict[str, Any]]


@pytest.fixture
def as_json(capsys: pytest.CaptureFixture[str]) -> Json:
    """Return a function that runs a command with `--json` and returns what it printed."""

    def printed(*arguments: str) -> dict[str, Any]:
        assert start([*arguments, "--json"]) == 0
        content: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert content["format_version"] == 1
        return content

    return printed


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert start(["--help"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert [line[0] for line in lines if line[0] in COMMANDS] == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_a_python_twin(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert start([command, "--help"]) == 0
    assert "--json" in capsys.readouterr().out
    assert callable(getattr(untact, command))
    assert command in dir(untact)


def test_unknown_public_name() -> None:
    with pytest.raises(AttributeError, match="no attribute 'runn'"):
        untact.runn  # noqa: B018


def test_levers(as_json: Json) -> None:
    records = as_json("levers")["levers"]
    assert records == json.loads(json.dumps(untact.levers()))
    assert {record["lever"] for record in untact.levers()} == set(LEVERS)
    (rate,) = (record for record in untact.levers("payment_terminal_subsidy") if record["setting"] == "subsidy_rate")
    assert (rate["unit"], rate["default"], rate["low"], rate["high"]) == ("share", 0.8, 0.0, 1.0)


def test_parameters_indicators_scenarios(as_json: Json) -> None:
    assert [record["id"] for record in as_json("parameters")["parameters"]] == list(register())
    assert len(as_json("parameters", "saving_rate")["parameters"]) == 1
    assert len(as_json("indicators")["indicators"]) == len(CORE)
    found = untact.scenarios(ROOT / "scenarios")
    assert as_json("scenarios", str(ROOT / "scenarios"))["scenarios"] == json.loads(json.dumps(found))
    assert {Path(record["path"]).name for record in found} >= {"baseline.toml", "plan_2020.toml"}


def test_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert start(["scenarios", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "untact scenario"


def test_scenarios_of_a_folder_with_a_wrong_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "wrong.toml").write_text("format_version = 1\nx = 1\ny = 2")
    assert start(["scenarios", str(tmp_path)]) == 0
    assert "has 2 faults; see: untact check" in capsys.readouterr().out


def test_check(as_json: Json, capsys: pytest.CaptureFixture[str]) -> None:
    content = as_json("check", BASELINE)["check"]
    assert content["scenarios"][BASELINE]["run"]["start"] == "2017-01"
    assert start(["check", str(ROOT / "scenarios"), "--language", "ko"]) == 0
    printed = capsys.readouterr().out
    assert "2020년 9월 계획" in printed
    assert "2017-01 to 2025-12" in printed


def test_check_tells_the_faults_of_all_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text("format_version = 1\n[run]\nseed = -1\nsed = 1\n")
    assert start(["check", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert [line.removeprefix(str(tmp_path)).split(" ")[0] for line in told.err.splitlines()] == [
        "/a.toml:3:", "/a.toml:4:", "/b.toml:3:", "/b.toml:4:",
    ]  # fmt: skip
    assert start(["check", str(tmp_path), "--json"]) == 2
    content = json.loads(capsys.readouterr().out)["check"]
    assert (content["sound"], len(content["errors"])) == (False, 4)


def test_plan(as_json: Json, tmp_path: Path) -> None:
    content = as_json("plan", BASELINE, "--results", str(tmp_path / "none"), "--replications", "3")["plan"]
    assert content["estimate"]["runs"] == 3
    assert content["estimate"]["cached"] == 0
    assert len(set(content["keys"]["baseline"])) == 3
    assert not (tmp_path / "none").exists()


WRONG = [
    (["run"], "Missing argument"),
    (["runn"], "No such command"),
    (["run", BASELINE, "--threads", "0"], "--threads"),
    (["run", BASELINE, "--executor", "cluster"], "--executor"),
    (["run", BASELINE, "--scale", "huge"], "scale: unknown scale 'huge'"),
    (["run", BASELINE, "--scale", "0.5"], "scale: must be at least 1"),
    (["run", BASELINE, "--replications", "0"], "replications: must be at least 1"),
    (["run", "nowhere.toml"], "nowhere.toml: there is no such file"),
    (["compare", BASELINE], "needs two scenario files"),
    (["compare", BASELINE, str(ROOT / "scenarios")], "is a folder"),
    (["compare", BASELINE, BASELINE], "is called baseline too"),
    (["levers", "payment_terminal"], "did you mean payment_terminal_subsidy"),
    (["scenarios", "nowhere"], "there is no such folder"),
    (["population", "--scale", "huge"], "scale: unknown scale 'huge'"),
    (["ledger", BASELINE, "--month", "2030-01"], "is outside"),
    (["ledger", BASELINE, "--month", "soon"], "is no month"),
    (["ledger", BASELINE, "--year", "2031"], "2031-01 is outside"),
    (["ledger", BASELINE], "give one of both: a month"),
]


@pytest.mark.parametrize(
    ("arguments", "message"),
    WRONG,
    ids=lambda value: " ".join(value)[-40:] if isinstance(value, list) else "",
)
def test_wrong_input(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert start(arguments) == 2
    told = capsys.readouterr()
    assert message in told.err
    assert "Traceback" not in told.err
    assert told.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n\x00",
        "title = '제목'".encode("cp949"),
        b"run = [",
        b"format_version = 1\nextends = 'scenario.toml'",
        b"format_version = 1\n[levers.public_qr_enrolment]\nquota = -5",
        b"format_version = 1\n[levers.public_qr_enrolment]\njurisdiction = ['Seoull']",
        b"format_version = 1\n" + b"#" * 50_000_000,
    ],
    ids=["empty", "binary", "cp949", "syntax", "circle", "quota", "province", "50 MB"],
)
def test_wrong_file_leaves_nothing_behind(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, results = tmp_path / "scenario.toml", tmp_path / "results"
    path.write_bytes(content)
    for command in (["run", str(path)], ["compare", BASELINE, str(path)]):
        assert start([*command, "--results", str(results)]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(str(path))
    assert list(tmp_path.iterdir()) == [path]


def test_folder_without_scenarios(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert start(["run", str(tmp_path)]) == 2
    assert "the folder holds no .toml file" in capsys.readouterr().err


def test_scenarios_that_cannot_be_paired(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.toml"
    other.write_text(f'format_version = 1\nextends = "{BASELINE}"\n[run]\nend = "2020-12"\nseed = 2\n')
    assert start(["compare", BASELINE, str(other), "--results", str(tmp_path / "results")]) == 2
    told = capsys.readouterr().err.splitlines()
    assert [line.split(" than ")[0].removeprefix(f"{other}: ") for line in told] == [
        "has another end",
        "has another seed",
    ]
    assert not (tmp_path / "results").exists()


def test_unexpected_error_is_a_sentence_with_a_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise RuntimeError("a wheel came off\nand more")

    monkeypatch.setattr("untact.catalogue.parameters", broken)
    assert start(["parameters"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("An unexpected error stopped the command (RuntimeError: a wheel came off)")
    assert "Traceback" in Path(line.split("details are in ")[1]).read_text(encoding="utf-8")
    assert start(["parameters", "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_tables_align_korean(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(
        {"name": "Meaning", "value": "Value"},
        [{"name": "값", "value": 1.5}, {"name": "ab", "value": 1e9}],
        "ko",
    )
    assert capsys.readouterr().out.splitlines() == [
        "뜻             값",
        "--  -------------",
        "값            1.5",
        "ab  1,000,000,000",
    ]


def test_every_service_rests_on_registered_numbers_and_evidence(as_json: Json) -> None:
    records = as_json("services")["services"]
    assert records == json.loads(json.dumps(untact.services()))
    evidence = (ROOT / "model" / "data" / "evidence" / "gbc_services.csv").read_text(encoding="utf-8")
    for service in untact.services():
        assert {*service["fee"], *service["starting_use"]} <= {*register(), *PATHS}
        assert service["technology"] in ("", *TECHNOLOGIES)
        assert set(service["providers"]) <= set(ACCOUNTS)
        assert f",{service['type']}," in evidence
    simulated = {service["id"] for service in untact.services() if service["rule"] == "own"}
    assert simulated == {
        *SERVICE_TYPES,
        *ONLINE_SERVICES,
        *SERVICES_WITHOUT_ACCOUNT,
        *INSTRUMENTS,
        *(TECHNOLOGIES[j] for j in DEVICES if TECHNOLOGIES[j] != "data_advice"),
        "own_online_store",
        "telework_kit",
    }


def test_schedule_and_population(as_json: Json) -> None:
    phases = as_json("schedule")["schedule"]
    assert [phase["phase"] for phase in phases][:4] == ["platforms", "exogenous", "government", "services"]
    rows = as_json("population", "--scale", "2000")["population"]
    assert {row["name"] for row in rows} >= {"adults by province, 2019", "shops by province"}
    assert all(0.5 < row["ratio"] < 2 for row in rows)
