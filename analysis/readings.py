"""Readings of a comparison: what a scenario does, in sentences with size, direction, interval and assumptions.

Which figures are told for which kind of scenario is declared in readings.csv: kind, id of the figure, whether it is
told over the year judged or in the month of its largest change, and the parameters that it hinges on.
"""

import csv
import functools
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from typing import Final, NamedTuple

from analysis.comparison import Comparison, Pair
from analysis.statistics import Statistic
from analysis.wording import amount, month_words, span_text, texts, value_text
from model.codes import TECHNOLOGIES
from model.parameters import register

KINDS: Final = ("programme", "fees", "pandemic", "other")
"""What a scenario changes: programmes for a technology, other levers, the pandemic's paths, anything else."""
VECTOR_MARK: Final = " ("
"""Behind it stands, in the label of a part of a vector, which part it is."""
PANDEMIC_PATHS: Final = ("contact_risk_index", "stringency_index")


class Told(NamedTuple):
    """One line of readings.csv; `hinges` are ids of parameters or of vectors of them."""

    kind: str
    measure: str
    at: str
    hinges: tuple[str, ...]


class Reading(NamedTuple):
    """One figure in words: the sentence, and the assumed parameters that it hinges on ("" for none named)."""

    sentence: str
    hinges: str


@functools.cache
def declared() -> tuple[Told, ...]:
    """Return what is told, line by line."""
    text = (resources.files("analysis") / "readings.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(Told(row["kind"], row["measure"], row["at"], tuple(row["hinges"].split())) for row in rows)


def kinds_of(comparison: Comparison, pair: Pair) -> tuple[str, ...]:
    """Return what kinds of change a scenario makes, in the order of KINDS; "other" stands alone."""
    before = dict(comparison.baseline.settings.paths)
    paths = {name for name, path in pair.scenario.settings.paths if path != before[name]}
    found = {"programme": pair.effects, "fees": pair.others, "pandemic": paths & set(PANDEMIC_PATHS)}
    return tuple(kind for kind in KINDS if found.get(kind)) or ("other",)


def readings(comparison: Comparison, pair: Pair, language: str) -> list[Reading]:
    """Return the reading of a scenario: every figure that is told for its kinds, each once, in their order."""
    kinds = kinds_of(comparison, pair)
    told = {(one.measure, one.at): one for one in declared() if one.kind in kinds}
    return list(_readings(pair, tuple(told.values()), language))


def hinge_parameters(comparison: Comparison, pair: Pair) -> tuple[str, ...]:
    """Return the ids of all parameters that a scenario's reading names, in the order of the register.

    Of parameters by technology only those of the technologies that the scenario spreads, if it spreads any.
    """
    kinds = kinds_of(comparison, pair)
    named = {hinge for one in declared() if one.kind in kinds for hinge in one.hinges}
    spread = {effect.programme.technology for effect in pair.effects}
    others = {*TECHNOLOGIES} - spread if spread else set()
    parts = ((known, *known.rsplit(".", 1)) for known in register())
    return tuple(known for known, vector, part in parts if known in named or (vector in named and part not in others))


def _readings(pair: Pair, told: tuple[Told, ...], language: str) -> Iterator[Reading]:
    figures = pair.figures
    for one in told:
        if one.at == "peak":
            peak = pair.changes.peaks[one.measure]
            when = texts(language)["readings"]["peak"].format(month=month_words(peak.month, language))
            yield _reading(peak.change, peak.base, when, one, language)
        elif one.measure in figures:
            base = pair.changes.bases.get(one.measure)
            yield _reading(figures[one.measure], base, _when(pair, one.measure, language), one, language)


def _when(pair: Pair, measure: str, language: str) -> str:
    money = measure in {cost.id for cost in pair.costs}
    words = texts(language)["readings"]["since" if money else "year"]
    first, judged = (month_words(month, language) for month in (pair.window[0], pair.judged))
    return str(words).format(first=first, month=judged)


def _reading(one: Statistic, base: float | None, when: str, told: Told, language: str) -> Reading:
    words = texts(language)["readings"]
    signed = one.share_higher is not None
    message = _message(one, signed)
    shown = replace(one, value=abs(one.value)) if one.value is not None and message in ("up", "down") else one
    sentence = words[message].format(
        label=one.label(language),
        when=when,
        value=value_text(shown, language, signed and message not in ("up", "down")),
        relative=_relative(shown, base, language, signed=shown is one),
        range=span_text(one, language, signed),
    )
    return Reading(sentence, "; ".join(_hinge(name, language) for name in told.hinges))


def _message(one: Statistic, signed: bool) -> str:
    """The sentence that fits a figure: what it says about direction and certainty."""
    if one.value is None:
        return "missing"
    if one.low is None or one.note in ("same_in_every_pair", "cannot_be_told_apart", "no_finite_interval"):
        return {"same_in_every_pair": "same", "cannot_be_told_apart": "unclear"}.get(one.note, "no_interval")
    if not signed:
        return "amount"
    return "up" if one.value > 0 else "down"


def _relative(one: Statistic, base: float | None, language: str, signed: bool) -> str:
    """The change as a share of the baseline's level; "" where that says nothing, as for points of a share."""
    if not base or one.value is None or one.unit == "share points":
        return ""
    share = amount(one.value / abs(base), "share", language, signed)
    return str(texts(language)["readings"]["relative"]).format(share=share)


def _hinge(name: str, language: str) -> str:
    known = register()
    found = known.get(name) or next(one for key, one in known.items() if key.startswith(f"{name}."))
    label = found.label_ko if language == "ko" else found.label_en
    return label if name in known else label.rpartition(VECTOR_MARK)[0]
