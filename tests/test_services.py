"""The service catalogue: complete, in step with the evidence and the docs, and clear about a wrong row."""

import csv
from pathlib import Path

import pytest

from model import services
from model.codes import PEOPLE_SERVICES, SERVICE_TYPES, USED_SERVICES
from model.errors import UserError
from model.service_rows import parse
from untact.coverage import coverage

ROOT = Path(__file__).parents[1]
SOUND = """
[[service]]
id = "tele_choir"
type = "tele_choir"
relation = "B2C"
label = { en = "Choir", ko = "합창" }
used_by = "people"
rule = "own"
needs = ["culture"]
counterpart = "halls"
providers = ["media"]
technology = ""
fee = []
starting_use = []
gate = "open"
moves = ["money"]
indicator = "e_culture_krw"
source = "test"
"""


def types_of_the_study() -> dict[str, str]:
    with (ROOT / "model" / "data" / "evidence" / "gbc_services.csv").open(encoding="utf-8") as lines:
        return {row["service_id"]: row["perspective"] for row in csv.DictReader(lines)}


def test_all_22_types_of_the_study_are_there_under_their_relations() -> None:
    known = {row.id: row.relation for row in services.types()}
    assert known == types_of_the_study()
    assert set(SERVICE_TYPES) == set(known)
    assert len(SERVICE_TYPES) == 22


def test_types_that_people_use_come_first() -> None:
    assert USED_SERVICES[: len(PEOPLE_SERVICES)] == PEOPLE_SERVICES
    assert SERVICE_TYPES[: len(USED_SERVICES)] == USED_SERVICES


def test_every_type_moves_something_and_shows_it_in_an_indicator_of_its_own() -> None:
    shown = [row.indicator for row in services.types()]
    assert all(shown)
    assert len(set(shown)) == len(shown)


def test_the_coverage_page_is_the_catalogue() -> None:
    assert (ROOT / "docs" / "coverage.md").read_text("utf-8") == coverage()


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('needs = ["culture"]', 'needs = ["cultur"]', "names an unknown need 'cultur' (did you mean culture"),
        ('technology = ""', 'technology = "kiosks"', "names an unknown technology 'kiosks' (did you mean kiosk?)"),
        ('providers = ["media"]', 'providers = ["medium"]', "names an unknown provider 'medium' (did you mean media"),
        ('fee = []', 'fee = ["choir.fee_krw"]', "names an unknown number 'choir.fee_krw'"),
        ('indicator = "e_culture_krw"', 'indicator = "choirs"', "names an unknown indicator 'choirs'"),
        ('moves = ["money"]', "moves = []", "moves nothing"),
    ],
)  # fmt: skip
def test_a_row_that_names_what_is_unknown_is_told_with_file_and_line(was: str, becomes: str, told: str) -> None:
    services.check(parse(SOUND))
    with pytest.raises(UserError) as error:
        services.check(parse(SOUND.replace(was, becomes), "mine.toml"), "mine.toml")
    assert error.value.message.startswith("mine.toml:2: service 'tele_choir'")
    assert told in error.value.message


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('gate = "open"', 'gate = "ajar"', "mine.toml:2: gate = 'ajar' is none of open, closed"),
        ('relation = "B2C"', 'relation = "B2B2C"', "relation = 'B2B2C' is none of B2C, B2B"),
        ('used_by = "people"', 'used_by = "pets"', "used_by = 'pets' is none of people, organisations, merchants"),
        ('gate = "open"', 'gait = "open"', "unknown key 'gait' (did you mean gate"),
        ('gate = "open"\n', "", "service 'tele_choir' lacks gate"),
        ('moves = ["money"]', 'moves = ["mood"]', "moves names 'mood', none of money, time, skill, matching"),
        ('label = { en = "Choir", ko = "합창" }', 'label = { en = "Choir" }', "label needs both languages"),
        ('needs = ["culture"]', 'needs = "culture"', 'needs must be a list of texts, like ["meals"]'),
        ("[[service]]", "[[servise]]", "unknown table 'servise'; every service is a [[service]]"),
        ('type = "tele_choir"', 'type = "choir"', "is of type 'choir', which has no row"),
    ],
)  # fmt: skip
def test_a_malformed_row_is_told_with_file_and_line(was: str, becomes: str, told: str) -> None:
    with pytest.raises(UserError) as error:
        parse(SOUND.replace(was, becomes), "mine.toml")
    assert told in error.value.message


def test_a_service_given_twice_is_told() -> None:
    with pytest.raises(UserError, match=r"mine\.toml:20: service 'tele_choir' is there twice"):
        parse(SOUND + SOUND, "mine.toml")
