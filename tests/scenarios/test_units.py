"""Amounts with units: read exactly, never guessed."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.units import UnitError, in_base_units, parse_unit
from model.exogenous import PATHS
from model.parameters import register


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("40 억원", "KRW", 4e9),
        ("400 million KRW", "KRW", 4e8),
        ("3000 KRW/order", "KRW/order", 3000.0),
        ("25 %", "share", 0.25),
        ("57%", "share", 0.57),
        ("１０ ％", "share", 0.1),
        ("3 months", "months", 3.0),
        ("2 년", "months", 24.0),
        ("6 months", "years", 0.5),
        ("30 minutes", "hours", 0.5),
        ("백만 원", "KRW", 1e6),
        ("3천5백만원", "KRW", 35e6),
        ("1조 2,000억 5만 원", "KRW", 1_200_000_050_000.0),
        ("2 million 500 thousand won", "KRW", 2.5e6),
        ("1.5e3 KRW", "KRW", 1500.0),
        ("−5 억원", "KRW", -5e8),
        ("20만 가맹점", "merchants", 200_000.0),
        ("100 만원/월", "KRW/year", 12e6),
        ("5 %/month", "1/month", 0.05),
        ("60 %/year", "1/month", 0.05),
        ("200 %", "1", 2.0),
        ("2.5", "1", 2.5),
        ("2 log points", "log points", 2.0),
        ("1.1 index, January 2017 = 1", "index, January 2017 = 1", 1.1),
    ],
)
def test_amount(text: str, unit: str, number: float) -> None:
    assert in_base_units(text, unit) == number


@pytest.mark.parametrize(
    ("text", "unit", "message"),
    [
        ("3 months", "KRW", "is in 'months'; this setting is in 'KRW', for example \"3 KRW\""),
        ("40 억", "KRW", "has no unit; this setting is in 'KRW'"),
        ("40", "share", "has no unit; this setting is in 'share', for example \"3 %\""),
        ("3 KWR", "KRW", "unknown unit 'KWR' (did you mean 'KRW'?); this setting is in 'KRW'"),
        ("5 pp", "share", "unknown unit 'pp'; this setting is in 'share'"),
        ("3 KRW/month", "KRW", "is in 'KRW/month'; this setting is in 'KRW'"),
        ("5 KRW//month", "KRW/month", "unknown unit ''"),
        ("1,5 KRW", "KRW", "is no amount"),
        ("3 5 KRW", "KRW", "is no amount"),
        ("만억 원", "KRW", "is no amount"),
        ("", "KRW", "is no amount"),
        ("KRW", "KRW", "is no amount"),
        ("1e999 KRW", "KRW", "too large"),
        ("9" * 200, "1", "too long"),
    ],
)
def test_never_guessed(text: str, unit: str, message: str) -> None:
    with pytest.raises(UnitError) as caught:
        in_base_units(text, unit)
    assert message in str(caught.value)


WORDS = [
    ("KRW", "원"),
    ("KRW/month", "만원/월"),
    ("share", "%"),
    ("months", "년"),
    ("hours", "분"),
    ("merchants", "상점"),
    ("visits/month", "방문/year"),
    ("KRW/visit", "억원/visit"),
]


@given(st.integers(-(10**9), 10**9), st.sampled_from(WORDS))
def test_an_amount_and_back(count: int, units: tuple[str, str]) -> None:
    declared, written = units
    one = Fraction(in_base_units(f"1 {written}", declared))
    steps = {"만": 10**4, "억": 10**8}.get(written[0], 1)
    size = parse_unit(written.lstrip("만억")).size * steps / parse_unit(declared).size
    assert one == pytest.approx(float(size), rel=1e-15)
    assert in_base_units(f"{count} {written}", declared) == float(count * size)


def korean(number: int) -> str:
    """Write a whole number the Korean way: 35,000,000 is 3천5백만."""
    if number == 0:
        return "0"
    myriads = ""
    for size, word in ((10**12, "조"), (10**8, "억"), (10**4, "만"), (1, "")):
        part, number = divmod(number, size)
        hundreds = "".join(
            f"{digit}{step}" for digit, step in zip(f"{part:04d}", ("천", "백", "십", ""), strict=True) if digit != "0"
        )
        myriads += f"{hundreds}{word} " if part else ""
    return myriads


@given(st.integers(0, 10**16 - 1))
def test_korean_number_words_and_back(number: int) -> None:
    assert in_base_units(f"{korean(number)}원", "KRW") == float(number)


@given(st.text(max_size=30), st.sampled_from(["KRW", "share", "1", "1/month"]))
def test_any_text_is_read_or_explained(text: str, unit: str) -> None:
    try:
        number = in_base_units(text, unit)
    except UnitError as error:
        number, text = 0.0, str(error)
    assert isinstance(number, float)
    assert text


def test_every_declared_unit_can_be_written() -> None:
    for unit in {known.unit for known in register().values()} | {path.unit for path in PATHS.values()}:
        assert in_base_units(f"2 {unit}" if unit not in ("", "1") else "2", unit) == 2.0
