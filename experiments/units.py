"""Amounts with units, as scenario files write them: `"40 억원"`, `"25 %"`, `"3000 KRW/order"`, `"2 years"`.

A unit is a factor times a product of base symbols (KRW, month, merchants, ...); two units agree when their
symbols do. Arithmetic is exact (fractions), so `"25 %"` is the same number as `0.25`. Nothing is guessed:
an amount without a unit, or with one of another kind, is an error that names both.
"""

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction

_WORDS: dict[str, tuple[str, Fraction]] = {
    **dict.fromkeys(("KRW", "won", "원"), ("KRW", Fraction(1))),
    **dict.fromkeys(("share", "1"), ("", Fraction(1))),
    **dict.fromkeys(("%", "percent", "퍼센트"), ("", Fraction(1, 100))),
    **dict.fromkeys(("month", "months", "개월", "월"), ("month", Fraction(1))),
    **dict.fromkeys(("year", "years", "년"), ("month", Fraction(12))),
    **dict.fromkeys(("hour", "hours", "시간"), ("hour", Fraction(1))),
    **dict.fromkeys(("minute", "minutes", "분"), ("hour", Fraction(1, 60))),
    **dict.fromkeys(("merchant", "merchants", "shop", "shops", "가맹점", "상점"), ("merchant", Fraction(1))),
    **dict.fromkeys(("person", "persons", "people", "명"), ("person", Fraction(1))),
    **dict.fromkeys(("order", "orders", "주문"), ("order", Fraction(1))),
    **dict.fromkeys(("visit", "visits", "방문"), ("visit", Fraction(1))),
    **dict.fromkeys(("occasion", "occasions"), ("occasion", Fraction(1))),
}
"""Unit words with their base symbol ("" for none) and their size in it."""

_ONE = Fraction(1)
_SMALL_STEPS = {"십": 10, "백": 100, "천": 1000}
_LARGE_STEPS = {"만": 10**4, "억": 10**8, "조": 10**12} | {
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
_TOKEN = re.compile(
    r"((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?(?![\d,])"
    r"|[십백천만억조]|(?:thousand|million|billion|trillion)(?![a-z]))\s*"
)


class UnitError(ValueError):
    """An amount that cannot be read in the unit of its setting; the text is a clause for a sentence."""


@dataclass(frozen=True)
class Unit:
    """A unit: its text, its size in base symbols, and the power of each symbol, sorted by symbol."""

    text: str
    size: Fraction
    powers: tuple[tuple[str, int], ...]


def parse_unit(text: str, own_words: tuple[str, ...] = ()) -> Unit:
    """Return the unit written in `text` ("KRW/month", "원/월"); `/` applies to the one word after it.

    `own_words` are words allowed besides the known ones, each a base symbol of its own.
    Raises `UnitError` for a word that is neither.
    """
    size, powers = Fraction(1), dict[str, int]()
    for sign, word in _factors(text):
        symbol, factor = _WORDS.get(word) or (_own_symbol(word, own_words), Fraction(1))
        size *= factor**sign
        if symbol:
            powers[symbol] = powers.get(symbol, 0) + sign
    kept = sorted((symbol, power) for symbol, power in powers.items() if power)
    return Unit(text, size, tuple(kept))


def declared_unit(text: str) -> Unit:
    """Return the unit that a setting declares; words of its own ("log points") are symbols of their own."""
    return parse_unit(text, tuple(word for _, word in _factors(text)))


def in_base_units(text: str, unit: str) -> float:
    """Return the amount `text` ("40 억원") as a number in `unit` ("KRW"), exactly rounded once.

    Raises `UnitError` when no amount can be read, its unit is missing, unknown or of another kind.
    """
    if len(text) > 100:
        raise UnitError(f"'{text[:20]}...' is too long for an amount")
    words = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").strip()
    sign, words = (-1, words[1:].lstrip()) if words.startswith("-") else (1, words)
    try:
        amount, rest = _amount(words)
        given, declared = _given_unit(rest, unit), declared_unit(unit)
        if given.powers != declared.powers:
            raise UnitError(f"is in {given.text!r}")
        return float(sign * amount * given.size / declared.size)
    except OverflowError:
        raise UnitError(f"{text!r} is too large a number") from None
    except UnitError as error:
        raise UnitError(f"{text!r} {error}; this setting is in {unit!r}, for example {_example(unit)}") from None


def _given_unit(rest: str, unit: str) -> Unit:
    if " ".join(rest.split()) == unit or (not rest and unit in ("", "1")):
        return declared_unit(unit)
    if not rest:
        raise UnitError("has no unit")
    return parse_unit(rest, tuple(word for _, word in _factors(unit)))


def _factors(text: str) -> list[tuple[int, str]]:
    """Return (power, word) of each word of a unit: -1 for the word after a `/`, else 1."""
    parts = re.split(r"\s*([/*·])\s*", text.strip())
    words = [" ".join(part.split()) for part in parts[::2]]
    signs = [1] + [-1 if mark == "/" else 1 for mark in parts[1::2]]
    if words[0] == "":
        words[0] = "1"
    return list(zip(signs, words, strict=True))


def _own_symbol(word: str, own_words: tuple[str, ...]) -> str:
    if word in own_words:
        return word
    known = [*own_words, *_WORDS]
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    raise UnitError(f"has the unknown unit {word!r}{hint}")


def _example(unit: str) -> str:
    """Return how an amount in `unit` may be written, for messages."""
    if unit in ("", "1"):
        return "2.5"
    proportion = re.sub(r"^(share|1)(?=/|$)", "%", unit)
    return f'"3 {proportion}"'


def _amount(text: str) -> tuple[Fraction, str]:
    """Return the number that `text` starts with and the words after it; `UnitError` if there is none."""
    tokens: list[str] = []
    position = 0
    while match := _TOKEN.match(text, position):
        if tokens and match[1] == "1" and text.startswith("/", match.end()):
            break  # the unit "1/month"
        tokens.append(match[1])
        position = match.end()
    amount = _fold(tokens)
    if amount is None:
        raise UnitError("is no amount with a unit")
    return amount, text[position:]


def _fold(tokens: list[str]) -> Fraction | None:
    """Return the sum that number words spell: "3 천 5 백 만" is 35,000,000; None if they spell none."""
    total, section, number, ceiling = Fraction(0), Fraction(0), None, 10**16
    for token in tokens:
        if size := _SMALL_STEPS.get(token):
            section, number = section + (_ONE if number is None else number) * size, None
        elif size := _LARGE_STEPS.get(token):
            if size >= ceiling:
                return None
            counted = _ONE if number is None and not section else section + (number or 0)
            total, section, number, ceiling = total + counted * size, Fraction(0), None, size
        elif number is None:
            number = Fraction(token.replace(",", ""))
        else:
            return None
    return total + section + (number or 0) if tokens else None
