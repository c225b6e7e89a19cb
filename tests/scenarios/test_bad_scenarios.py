"""Scenario files that are wrong: every fault at once, each one sentence with file and line."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.inheritance import MAX_CHAIN
from experiments.scenario import load
from model.errors import UserError
from model.levers import LEVERS

Write = Callable[..., Path]

BAD = """
titel = { en = "x", ko = "x" }                               # 3
[run]
start = "2018-01"
end = "2017-01"                                              # 6
scale = "huge"
focus = ["서울", "Seuol"]
seed = -1
replications = 2.5
[levers.launch]
lever = "public_qr_enrolment"
quota = [
  { from = "2018-12", is = -5 },                             # 14
  { from = "2019-01", is = "3 KRW" },
]
subsidy = 3
jurisdiction = ["Seoull"]
[levers.payment_terminal_subsidy]
quota = -5                                                   # 20
start = "2022-01"
end = "2021-01"
subsidy_rate = "80 KRW"
unit_cost_krw = true
target = { sectors = ["food"], owner_age_min = "3 KRW", x = 1 }
budget_krw = [{ from = "2021-13", is = nan }]
carry_over = "yes"
rationing = "loterry"
processing_months = 1.5
[levers.paymnt_terminal_subsidy]                             # 30
[levers.mine]
lever = "y"
[parameters]
household.saving_rate = 7
"household.saving_rat" = 3
household.income_feedback = [1]
[exogenous]                                                  # 37
stringency_index = 3
contact_risk_index = [{ from = "2020-01", is = 0.1 }, { from = "2019-01", is = 0.1 }]
household_income_index = "none"
public_qr_reward_share = [{ since = "2021-01", is = "5 %" }]
minimum_wage = "9000 KRW/hour"
"""

EXPECTED = [
    (3, "titel: unknown key (did you mean title?)"),
    (6, "run.end: end is before start"),
    (7, "run.scale: unknown scale 'huge'; give quick, standard, full or a number"),
    (8, "run.focus[0]: '서울' is written 'Seoul' here"),
    (8, "run.focus[1]: unknown name 'Seuol' (did you mean Seoul"),
    (9, "run.seed: must be at least 0, not -1"),
    (10, "run.replications: must be a whole number, not 2.5"),
    (14, "levers.launch.quota[0].is: must be at least 0 (merchants), not -5"),
    (15, "levers.launch.quota[1].is: '3 KRW' is in 'KRW'; this setting is in 'merchants'"),
    (17, "levers.launch.subsidy: unknown key"),
    (18, "levers.launch.jurisdiction[0]: unknown name 'Seoull' (did you mean Seoul"),
    (20, "levers.payment_terminal_subsidy.quota: must be at least 0 (merchants), not -5"),
    (22, "levers.payment_terminal_subsidy.end: end is before start"),
    (23, "levers.payment_terminal_subsidy.subsidy_rate: '80 KRW' is in 'KRW'; this setting is in 'share'"),
    (24, "levers.payment_terminal_subsidy.unit_cost_krw: must be a number in 'KRW'"),
    (25, "levers.payment_terminal_subsidy.target.sectors[0]: unknown name 'food'; allowed: grocery_retail"),
    (25, "levers.payment_terminal_subsidy.target.owner_age_min: '3 KRW' is in 'KRW'"),
    (25, "levers.payment_terminal_subsidy.target.x: unknown key; allowed: district_kinds"),
    (26, "levers.payment_terminal_subsidy.budget_krw[0].from: '2021-13' is no month"),
    (26, "levers.payment_terminal_subsidy.budget_krw[0].is: must be a finite number"),
    (27, "levers.payment_terminal_subsidy.carry_over: must be true or false"),
    (28, "levers.payment_terminal_subsidy.rationing: unknown name 'loterry' (did you mean lottery"),
    (29, "levers.payment_terminal_subsidy.processing_months: must be a whole number, not 1.5"),
    (30, "levers.paymnt_terminal_subsidy: unknown lever"),
    (32, "levers.mine.lever: unknown lever 'y'; allowed: payment_terminal_subsidy"),
    (34, "parameters.household.saving_rate: 7 is outside its declared range"),
    (35, "parameters.household.saving_rat: unknown parameter (did you mean household.saving_rate"),
    (36, "parameters.household.income_feedback: must be a number in 'share'"),
    (38, "exogenous.stringency_index: must be at most 1 (index 0-1), not 3"),
    (39, "exogenous.contact_risk_index: dates must rise"),
    (40, "exogenous.household_income_index: cannot be none"),
    (41, "exogenous.public_qr_reward_share[0]: a dated value has two keys"),
    (42, "exogenous.minimum_wage: unknown path (did you mean minimum_wage_krw_per_hour"),
]


def messages(path: Path) -> tuple[str, ...]:
    with pytest.raises(UserError) as caught:
        load(path)
    return caught.value.messages


def test_everything_that_is_wrong_is_told_at_once(write: Write) -> None:
    path = write(BAD)
    found = messages(path)
    for line, what in EXPECTED:
        assert any(message.startswith(f"{path}:{line}: {what}") for message in found), (line, what)
    assert len(found) == len(EXPECTED)
    lines = [int(message.removeprefix(f"{path}:").split(":")[0]) for message in found]
    assert lines == sorted(lines)


def test_a_loan_volume_needs_a_rate(write: Write) -> None:
    path = write("[levers.digital_loan]\nbudget_krw = 3e11")
    assert messages(path)[0].startswith(f"{path}:3: levers.digital_loan.budget_krw: budget_krw without rate_per_year")
    load(write('[levers.digital_loan]\nbudget_krw = 3e11\nrate_per_year = "2 %"', "rated.toml"))


def test_fault_of_an_inherited_file_names_that_file(write: Write) -> None:
    base = write('[run]\nseed = -1\nscale = 20\n[levers.public_qr_enrolment]\nend = "2019-01"', "base.toml")
    found = messages(write('extends = "base.toml"\n[run]\nscale = 0', "child.toml"))
    assert found[0] == f"{base}:3: run.seed: must be at least 0, not -1"
    assert found[1].startswith(f"{base}:6: levers.public_qr_enrolment.end: end is before start")
    assert found[2].endswith("child.toml:4: run.scale: must be at least 1, not 0")


def test_syntax_error_of_an_inherited_file_names_that_file(write: Write) -> None:
    base = write("seed =", "base.toml")
    assert messages(write('extends = "base.toml"'))[0].startswith(f"{base}:2: is not valid TOML")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('extends = "nowhere.toml"', ":2: extends: {folder}/nowhere.toml: there is no such file"),
        ('extends = "."', ":2: extends: {folder}: is a folder"),
        ("extends = 3", ":2: extends: must be the path of one scenario file"),
        ('extends = "scenario.toml"', ":2: extends: goes in a circle: {path} -> {path}"),
        ("run = 3", ":2: run: must be a table: [run]"),
        ("levers = []", ":2: levers: must be a table: [levers]"),
        ("[levers]\npublic_qr_enrolment = true", ":3: levers.public_qr_enrolment: must be a table"),
        (
            "[levers.public_qr_enrolment]\noff = 1",
            ":3: levers.public_qr_enrolment.off: must be true or false",
        ),
        (
            '[levers.public_qr_enrolment]\nlever = "payment_terminal_subsidy"',
            ":3: levers.public_qr_enrolment.lever: the table is named after the lever",
        ),
        (
            "[levers.field_training]\ncapacity_hours_per_month = 0",
            ":3: levers.field_training.capacity_hours_per_month: capacity_hours_per_month is zero but owners",
        ),
        (
            '[levers.smart_shop]\nkit = {food_service = "mobile_pay_terminal"}',
            ":3: levers.smart_shop.kit.food_service: unknown name 'mobile_pay_terminal'",
        ),
        (
            '[levers.regulatory_sandbox]\nservice = "e_culture"',
            ":3: levers.regulatory_sandbox.service: service 'e_culture' is allowed anyway; a sandbox is for",
        ),
        (
            '[levers.regulatory_sandbox]\nservice = "telemedicine"',
            ":3: levers.regulatory_sandbox.service: unknown name 'telemedicine'",
        ),
        (
            '[levers.regulatory_sandbox]\nend = "2018-12"\nstart = "2016-12"',
            ":4: levers.regulatory_sandbox.start: start is before 2017-01, when the economy begins",
        ),
        (
            '[levers.regulatory_sandbox]\nstart = "2020-01"\nend = "2019-12"',
            ":4: levers.regulatory_sandbox.end: end is before start",
        ),
        (
            "[levers.regulatory_sandbox]\nreview_months = 30",
            ":3: levers.regulatory_sandbox.review_months: review_months end after the first term does",
        ),
        (
            "[levers.regulatory_sandbox]\ncap_per_month = -400",
            ":3: levers.regulatory_sandbox.cap_per_month: must be at least 0, not -400",
        ),
        (
            '[levers.regulatory_sandbox]\noutcome = "open"',
            ":3: levers.regulatory_sandbox.outcome: unknown name 'open'",
        ),
        ("[levers.launch]\nquota = 1", ":2: levers.launch: unknown lever 'launch'"),
        ("[levers.launch]\nlever = [1]", ":3: levers.launch.lever: unknown lever"),
        ("goals = 3", ":2: goals: must be a table"),
        ("[goals]\njobs = 3", ":3: goals.jobs: must be a table: [goals.jobs]"),
        ("[goals.job]\nvalue = 3", ":2: goals.job: unknown goal (did you mean jobs"),
        (
            '[goals.jobs]\nvalue = "3 KRW"\nmonth = "2025-12"\nsource = { en = "x", ko = "x" }',
            ":3: goals.jobs.value: '3 KRW' is in 'KRW'",
        ),
        (
            '[goals.jobs]\nvalue = 3\nmonth = "2025-12"\nsource = { en = "x" }',
            ":5: goals.jobs.source: needs both languages",
        ),
        ('[goals.jobs]\nvalue = 3\nsource = { en = "x", ko = "x" }', ":2: goals.jobs.month: is missing"),
        ('title = "x"', ":2: title: needs both languages"),
        ('title = { en = "x", ko = " " }', ":2: title.ko: must be a text in quotes"),
        (
            '[parameters]\n"household.saving_rate" = 0.07\nhousehold.saving_rate = 0.07',
            ":4: parameters.household.saving_rate: is set twice",
        ),
        ("[run]\nstart = 24000", ":3: run.start: must be a month in quotes"),
        ("[run]\nstart = 2020-09-01", ":3: run.start: must be a month in quotes"),
        ('[run]\nend = "2036-01"', ":3: run.end: end is after 2035-12, where the population tables end"),
        ('[run]\nstart = "2016-12"', ":3: run.start: start is before 2017-01, where the population tables"),
        ("[run]\nscale = nan", ":3: run.scale: "),
        ("[run]\nscale = inf", ":3: run.scale: must be at most 1,000,000, not inf"),
        ("[run]\nscale = true", ":3: run.scale: unknown scale True"),
        ("[run]\nseed = true", ":3: run.seed: must be a number"),
        ("[run]\nreplications = 1" + "0" * 400, ":3: run.replications: must be"),
        ("[run]\nfocus = 'Seoul'", ":3: run.focus: must be a list"),
        ("[exogenous]\nstringency_index = {}", ":3: exogenous.stringency_index: must be a number"),
    ],
)
def test_one_fault(write: Write, text: str, what: str) -> None:
    path = write(text)
    found = messages(path)
    assert len(found) == 1
    assert found[0].startswith(str(path) + what.format(path=path, folder=path.parent)), found


@pytest.mark.parametrize("version", ["2", "true", '"1"'])
def test_format_version(tmp_path: Path, version: str) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text(f"# first\nformat_version = {version}")
    assert messages(path) == (f"{path}:2: format_version: must be 1: format_version = 1",)
    path.write_text("[run]")
    assert messages(path) == (f"{path}:1: format_version: must be 1: format_version = 1",)


def test_circle_and_over_deep_chain(write: Write) -> None:
    first = write('extends = "b.toml"', "a.toml")
    second = write('extends = "a.toml"', "b.toml")
    assert messages(first) == (f"{second}:2: extends: goes in a circle: {first} -> {second} -> {first}",)
    for depth in range(MAX_CHAIN):
        write(f'extends = "{depth + 1}.toml"', f"{depth}.toml")
    last = write("", f"{MAX_CHAIN}.toml")
    (found,) = messages(last.with_name("0.toml"))
    assert f"{MAX_CHAIN - 1}.toml:2: extends: a chain may have {MAX_CHAIN} files" in found
    assert load(last.with_name("1.toml")).sources[-1] == last


SOUND = """[run]
start = "2017-01"
end = "2018-12"
scale = 2000
focus = ["Seoul"]
[levers.public_qr_enrolment]
quota = [{ from = "2018-01", is = "1만 가맹점" }]
carry_over = false
target = { sectors = ["food_service"], owner_age_min = 30 }
[levers.payment_terminal_subsidy]
subsidy_rate = "80 %"
rationing = "lottery"
[parameters]
household.saving_rate = 0.07
[exogenous]
stringency_index = "none"
"""
WORDS = [match.span() for match in re.finditer(r"[A-Za-z_]{3,}", SOUND)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(word=st.sampled_from(WORDS), place=st.integers(0, 40), letter=st.sampled_from("xq"))
def test_any_misspelt_word_is_told_with_file_and_line(
    write: Write, word: tuple[int, int], place: int, letter: str
) -> None:
    at = word[0] + place % (word[1] - word[0])
    path = write(SOUND[:at] + letter + SOUND[at:])
    line = 2 + SOUND.count("\n", 0, at)
    assert any(message.startswith(f"{path}:{line}: ") for message in messages(path))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(at=st.integers(0, len(SOUND)), removed=st.integers(0, 9), text=st.text('"[]{}=.,-#\n1aé ', max_size=6))
def test_no_damage_leads_to_anything_but_sentences(write: Write, at: int, removed: int, text: str) -> None:
    path = write(SOUND[:at] + text + SOUND[at + removed :])
    try:
        load(path)
    except UserError as error:
        found = error.messages
    else:
        found = ()
    assert all(re.match(rf"{re.escape(str(path))}(:\d+)?: \S", message) for message in found)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('[levers.platform_fee_cut]\ncap_share = "101 %"', 3, "cap_share: must be at most 1, not 1.01"),
        ("[levers.platform_fee_cut]\ncap_share = -0.01", 3, "cap_share: must be at least 0, not -0.01"),
        ("[levers.platform_fee_cut]\nnegotiated_cut_share = 2", 3, "negotiated_cut_share: must be at most 1"),
        ('[levers.platform_fee_cut]\nplatform = "mall"', 3, "platform: unknown name 'mall'; allowed: "),
        (
            '[levers.platform_fee_cut]\nplatform = "delivery_app_rival"',
            3,
            "platform: unknown name 'delivery_app_rival'",
        ),
        ('[levers.public_platform]\nservice = ""', 3, "service: "),
        ("[levers.public_platform]\nservice = 3", 3, "service: "),
        ("[levers.public_platform]\ncommission_share = 1.5", 3, "commission_share: must be at most 1, not 1.5"),
        ("[levers.public_platform]\nvoucher_share = -1", 3, "voucher_share: must be at least 0, not -1"),
        ("[levers.public_platform]\npromotion_krw_per_month = -5", 3, "promotion_krw_per_month: must be at least 0"),
    ],
)
def test_platforms_outside_reason(write: Write, text: str, line: int, what: str) -> None:
    path = write(text)
    table = text[1 : text.index("]")]
    (found,) = messages(path)
    assert found.startswith(f"{path}:{line}: {table}.{what}"), found


@pytest.mark.parametrize(
    ("setting", "what"),
    [
        (
            '"platform.entry_month.delivery_app_rival" = 24232',
            "is outside its declared range -1 to 240 month of the run",
        ),
        ('"platform.entry_month.open_market_rival" = -2', "is outside its declared range -1 to 240 month of the run"),
        (
            '"platform.entry_month.open_market" = 1',
            "unknown parameter (did you mean platform.entry_month.open_market_rival",
        ),
        ('"open_market.own_sales_share" = "140 %"', ": 1.4 is outside its declared range 0 to 0.4 share"),
        ('"platform.fixed_cost_krw_per_month.delivery_app_rival" = "5 %"', "this setting is in 'KRW/month'"),
    ],
)
def test_rivals_and_own_sales_outside_reason(write: Write, setting: str, what: str) -> None:
    path = write(f"[parameters]\n{setting}")
    (found,) = messages(path)
    assert found.startswith(f"{path}:3: "), found
    assert what in found, found


@pytest.mark.parametrize("lever", LEVERS)
def test_a_lever_outside_the_run_is_told(write: Write, lever: str) -> None:
    path = write(f'[run]\nstart = "2017-01"\nend = "2019-12"\n[levers.{lever}]\nstart = "2021-01"\nend = "2022-12"')
    when = "is in force from 2021-01 to 2022-12, outside the run (2017-01 to 2019-12); move one of them"
    assert messages(path) == (f"{path}:5: levers.{lever}: {when}",)


def test_a_lever_that_ended_before_the_months_shown_acted_before_them(write: Write) -> None:
    path = write('[run]\nstart = "2021-01"\n[levers.public_qr_enrolment]\nstart = "2018-12"\nend = "2020-08"')
    assert [name for name, _ in load(path).settings.levers] == ["public_qr_enrolment"]
    early = write('[levers.public_qr_enrolment]\nstart = "2015-01"\nend = "2016-12"', "early.toml")
    assert messages(early)[0].startswith(f"{early}:2: levers.public_qr_enrolment: is in force from 2015-01 to 2016-12")


def test_talent_that_begins_below_zero_is_refused(write: Write) -> None:
    path = write('[exogenous]\ntalent_training_persons_per_month = [{ from = "2020-01", is = -50 }]')
    assert messages(path)[0].startswith(f"{path}:3: exogenous.talent_training_persons_per_month")
    assert "must be at least 0 (persons/month), not -50" in messages(path)[0]
