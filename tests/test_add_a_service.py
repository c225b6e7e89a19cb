"""docs/add-a-service.md, done in a copy of the model: its rows, numbers and rule work as the page says."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(?:toml|python) (\S+)\n(.*?)^```$", re.M | re.S)
USE_IT = """
import json
import numpy as np
from model.agents.consumers.columns import ConsumerState
from model.channels.online_fitness import ONLINE_FITNESS, fitness_krw
from model.channels.services import SERVICE_RULES, use_services
from model.channels.b2c import MONTH_PATHS
from model.engine.service_start import service_rules, start_services
from model.levers.gates import ServiceClosure, compile_gates
from model.parameters import register, vector
from model.records import records
from model.services import catalogue
from model.synthetic_population.people import PeopleTraits

rows = 17 * 6
values = {name: one.value for name, one in register().items()}
rules = service_rules(values)
province, band = np.divmod(np.arange(rows), 6)
blank = {name: np.zeros(rows) for name in PeopleTraits._fields}
people = PeopleTraits(**blank | {"province": province, "weight_by_province": np.full(17, 100.0)})
blank = {name: np.zeros(rows) for name in ConsumerState._fields}
state = ConsumerState(**blank | {"age_band": band, "skill": 0.3 + band / 12})
close = ServiceClosure(service="online_fitness", start="2018-01", end="2018-12", jurisdiction=("Seoul",))
gates = compile_gates([("close", close)], 2017 * 12, 24)
paths = records(MONTH_PATHS, 24)
paths.years = np.arange(24) / 12
paths.risk[6:12] = 1.0
shares = np.array(vector(values, "service.initial_share", "used_services"))
services = start_services(people, state, rules[0], gates[0], 0.5, shares)
use, paid, seoul = [], [], []
for month in range(24):
    use_services(services[0], rules[0], gates[month], paths[month])
    use.append(float(services[0].national[ONLINE_FITNESS]))
    seoul.append(float(services[0].in_province[ONLINE_FITNESS, 0]))
    paid.append(fitness_krw(services[0], 10_000.0))
print(json.dumps({"use": use, "seoul": seoul, "paid": paid, "ids": [row.id for row in catalogue()]}))
"""


def follow(page: str, model: Path) -> None:
    """Append the page's rows, insert its numbers into their entries, write its rule."""
    for target, text in BLOCK.findall(page):
        path = model.parent / target
        if target.endswith("services.toml"):
            path.write_text(path.read_text("utf-8") + "\n" + text, "utf-8")
        elif target.endswith(".py"):
            path.write_text(text, "utf-8")
        else:
            register = model / "data" / "parameters.toml"
            head = f"[{target}]\n"
            whole = register.read_text("utf-8")
            assert whole.count(head) == 1
            register.write_text(whole.replace(head, head + text), "utf-8")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("checkout") / "model"
    shutil.copytree(ROOT / "model", copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def run(model: Path, code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=model.parent, capture_output=True, text=True, check=False, timeout=300)


def test_a_row_without_its_numbers_is_told(model: Path) -> None:
    rows = model / "data" / "services.toml"
    before = rows.read_text("utf-8")
    page = (ROOT / "docs" / "add-a-service.md").read_text("utf-8")
    follow("".join(f"```toml {target}\n{text}```\n" for target, text in BLOCK.findall(page)[:2]), model)
    told = run(model, "from model.parameters import register; register()").stderr
    rows.write_text(before, "utf-8")
    for entry in ("initial_share", "skill_weight", "pandemic_weight", "trend_per_year", "trust_weight", "haste_weight"):
        assert f"service.{entry}: value lacks online_fitness" in told


def test_the_page_adds_a_service(model: Path) -> None:
    follow((ROOT / "docs" / "add-a-service.md").read_text("utf-8"), model)
    done = run(model, USE_IT)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {"online_choir", "online_fitness"} <= set(told["ids"])
    assert told["use"][0] == pytest.approx(0.02, rel=1e-4)
    assert told["use"][6] > 2 * told["use"][5]
    assert told["seoul"][11] > 0.0
    assert told["seoul"][12:] == [0.0] * 12
    everyone = 17 * 6 * 100.0
    assert told["paid"] == pytest.approx([10_000.0 * everyone * one for one in told["use"]], rel=1e-5)
