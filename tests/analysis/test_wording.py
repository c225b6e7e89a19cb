"""Figures in words: readable units, sensible digits, and texts that are whole in both languages."""

import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import analysis
from analysis.measures import MEASURES
from analysis.statistics import Statistic
from analysis.wording import (
    amount,
    exact_amount,
    interval_text,
    month_words,
    range_text,
    remark,
    texts,
    value_text,
)
from model.calendar import month_number
from model.errors import UserError


def statistic(value: float | None, low: float | None, high: float | None, unit: str, **more: Any) -> Statistic:
    name = "none" if low is None else "simulation_error"
    return Statistic("x", "x", "엑스", unit, value, low, high, name, 100, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "unit", "english", "korean"),
    [
        (61_312.0, "merchants", "61,300 shops", "61,300곳"),
        (612_345.0, "merchants", "612,000 shops", "612,000곳"),
        (4.0e9, "KRW", "4.00 billion KRW", "40.0억 원"),
        (1.234e12, "KRW/year", "1.23 trillion KRW a year", "연 1.23조 원"),
        (163_400.0, "KRW/merchant", "163,000 KRW per shop", "1곳당 16.3만 원"),
        (950.0, "KRW", "950 KRW", "950 원"),
        (0.4237, "share", "42.4 %", "42.4%"),
        (-0.0012, "share points", "−0.120 pp", "−0.120%p"),
        (1_250_000.0, "persons", "1.25 million people", "125만 명"),
        (28.14, "per 1,000 merchants", "28.1 per 1,000 shops", "1,000곳당 28.1곳"),
        (0.0, "merchants", "0 shops", "0곳"),
        (0.25, "GWh", "0.250 GWh", "0.250 GWh"),
    ],
)
def test_amounts_read_well(value: float, unit: str, english: str, korean: str) -> None:
    assert (amount(value, unit, "en"), amount(value, unit, "ko")) == (english, korean)


def test_settings_keep_all_their_digits() -> None:
    assert exact_amount(12_345_678_900.0, "KRW", "en") == "12.3456789 billion KRW"
    assert exact_amount(0.05, "1/month", "en") == "0.05 a month"
    assert exact_amount(24.0, "months", "ko") == "24개월"


def test_an_interval_shares_unit_and_digits_with_its_figure() -> None:
    one = statistic(3.98e9, 3.61e9, 4.35e9, "KRW")
    assert (value_text(one, "en"), range_text(one, "en")) == ("3.98 billion KRW", "3.61 to 4.35")
    assert (value_text(one, "ko"), range_text(one, "ko")) == ("39.8억 원", "36.1 ~ 43.5")


def test_a_narrow_interval_gets_the_digits_it_needs() -> None:
    one = statistic(61_312.0, 61_301.0, 61_323.0, "merchants")
    assert (value_text(one, "en"), range_text(one, "en")) == ("61,310 shops", "61,300 to 61,320")


def test_signs_are_shown_where_asked_for() -> None:
    one = statistic(12.0, -3.0, 27.0, "merchants")
    assert (value_text(one, "en", signed=True), range_text(one, "en", signed=True)) == (
        "+12.0 shops",
        "−3.0 to +27.0",
    )


def test_words_stand_where_there_is_no_figure() -> None:
    few = statistic(None, None, None, "merchants", note="too_few_at_this_scale")
    assert value_text(few, "en") == "too few at this scale"
    assert value_text(few, "ko") == "이 규모에서는 표본이 너무 적음"
    assert range_text(few, "en") == ""
    assert remark(few, "en") == ""
    assert value_text(statistic(None, None, None, "share"), "en") == "not reported"


def test_remarks_tell_note_or_share_of_pairs() -> None:
    unclear = statistic(1.0, -1.0, 3.0, "merchants", note="cannot_be_told_apart", share_higher=0.6)
    assert remark(unclear, "en") == "cannot be told apart"
    assert remark(statistic(1.0, 0.5, 1.5, "merchants", share_higher=0.97), "en") == "higher in 97 % of pairs"
    assert remark(statistic(1.0, 0.5, 1.5, "merchants"), "en") == ""


def test_every_interval_is_named() -> None:
    one = statistic(1.0, 0.5, 1.5, "merchants")
    assert interval_text(one, "en") == "simulation error (90 %, 100 paired seeds)"
    assert interval_text(one, "ko") == "시뮬레이션 오차(90%, 짝지은 시드 100쌍)"


def test_months_in_words() -> None:
    month = month_number("2020-09")
    assert (month_words(month, "en"), month_words(month, "ko")) == ("September 2020", "2020년 9월")


def test_an_unknown_language_is_the_users_error() -> None:
    with pytest.raises(UserError, match="'fr' is not known; give en or ko"):
        texts("fr")


def leaves(tree: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, node in tree.items():
        if isinstance(node, dict):
            yield from leaves(node, f"{path}{key}.")
        else:
            yield f"{path}{key}", node


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def is_korean(sentence: str) -> bool:
    return any("가" <= letter <= "힣" for letter in sentence)


TEMPLATES = ("titles.", "report.", "words.", "table.", "inter", "range", "readings.", "payments.")
"""Parts of the texts whose sentences have gaps to fill."""


def test_both_languages_hold_the_same_texts() -> None:
    folder = Path(analysis.__file__).parent / "texts"
    english, korean = (
        dict(leaves(tomllib.loads((folder / f"{name}.toml").read_text("utf-8")))) for name in ("en", "ko")
    )
    assert english.keys() == korean.keys()
    for key, sentence in english.items():
        assert not fields(sentence) or key.startswith(TEMPLATES)
        assert fields(sentence) == fields(korean[key]), key
        assert not is_korean(sentence) or key == "report.other_language"


def test_every_text_is_used() -> None:
    folder = Path(analysis.__file__).parent
    sources = [file for kind in ("*.py", "*.html") for file in folder.rglob(kind)]
    code = "".join(file.read_text("utf-8") for file in sources)
    named = ("purpose_", "order_", "panel_")
    data_driven = (
        "notes.",
        "intervals.",
        "dimensions.",
        "ledgers.",
        "fates.",
        "settings.",
        "jobs.",
        "kinds.",
        "units.",
        "bases.",
    )
    for key in dict(leaves(dict(texts("en")))):
        last = key.rsplit(".", 1)[-1]
        used = re.search(rf"""["'.]{last}\b""", code) or last.startswith(named)
        assert used or key.startswith(data_driven), key


def test_measures_are_labelled_in_both_languages() -> None:
    for measure in MEASURES.values():
        assert is_korean(measure.label_ko)
        assert not is_korean(measure.label_en)
        assert measure.better in {"higher", "lower", "neither"}
