"""Tables of a scenario file as pydantic models: units become numbers, faults become located sentences."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from experiments.inheritance import Merged, dotted
from experiments.toml_lines import Document, KeyPath
from experiments.units import UnitError, in_base_units
from model.calendar import month_number
from model.codes import LABELS
from model.errors import at, did_you_mean, raise_if_any
from model.levers import DatedValue

Model = TypeVar("Model", bound=BaseModel)

_CODE_OF_KOREAN = {korean: code for code, (_, korean) in LABELS.items()}


@dataclass
class Problems:
    """All that is wrong with a scenario, each with file and line, raised together."""

    merged: Merged
    found: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, key_path: KeyPath, what: str) -> None:
        """Note what is wrong at a key path; a path that no file mentions is told at the table around it."""
        self.add_in(self.merged.origin(key_path), key_path, what)

    def add_all(self, key_path: KeyPath, error: "Unreadable") -> None:
        """Note every fault of a value that cannot be read."""
        for path, what in error.within(*key_path):
            self.add(path, what)

    def add_in(self, document: Document, key_path: KeyPath, what: str) -> None:
        """Note what is wrong at a key path of one of the files."""
        nearness = -self.merged.documents.index(document)
        line = document.line(key_path)
        self.found.append((nearness, line, at(document.path, line, f"{dotted(key_path)}: {what}")))

    def raise_all(self) -> None:
        """Raise `UserError` or `UserErrors`, farthest file first and by line, if anything was noted."""
        raise_if_any([text for _, _, text in sorted(self.found)])


class Unreadable(Exception):
    """Why a value, or parts of it, cannot be read: (path inside the value, clause) of each fault."""

    def __init__(self, *faults: str | tuple[KeyPath, str]) -> None:
        super().__init__(*faults)
        self.faults = [((), fault) if isinstance(fault, str) else fault for fault in faults]

    def within(self, *around: str | int) -> list[tuple[KeyPath, str]]:
        """The faults as seen from a value around this one."""
        return [((*around, *inside), what) for inside, what in self.faults]


def read_model(model: type[Model], table: Mapping[str, Any], key_path: KeyPath, problems: Problems) -> Model | None:
    """Return the model that a table sets, or None after noting every fault in `problems`."""
    before = len(problems.found)
    plain = _plain_table(model, table, key_path, problems)
    dropped = set(table) - set(plain)
    read = _validate(model, plain, dropped, key_path, problems)
    return read if len(problems.found) == before else None


def read_number(value: object, unit: str) -> float:
    """Return a number, or an amount with a unit, in `unit`; raises `Unreadable`."""
    if isinstance(value, str):
        try:
            return in_base_units(value, unit)
        except UnitError as error:
            raise Unreadable(str(error)) from None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Unreadable(f"must be a number in {unit!r}, or an amount with its unit in quotes")
    if not abs(value) < 1e300:  # also true of what is no number
        raise Unreadable("must be a finite number")
    return value


def read_month(value: object) -> int:
    """Return the month number of a text "YYYY-MM"; raises `Unreadable`."""
    if not isinstance(value, str):
        raise Unreadable('must be a month in quotes, for example "2020-09"')
    try:
        return month_number(value)
    except ValueError as error:
        raise Unreadable(str(error)) from None


def read_bounded(value: object, unit: str, low: float, high: float = math.inf) -> float:
    """Return a number in `unit` from `low` to `high`; raises `Unreadable`."""
    number = read_number(value, unit)
    if number < low:
        raise Unreadable(f"must be at least {_plainly(low)} ({unit}), not {_plainly(number)}")
    if number > high:
        raise Unreadable(f"must be at most {_plainly(high)} ({unit}), not {_plainly(number)}")
    return number


def read_dated(value: Sequence[object], unit: str, low: float, high: float = math.inf) -> tuple[tuple[int, float], ...]:
    """Return dated values `[{from = "2021-01", is = 0.5}]` as (month, number in `unit`).

    Raises `Unreadable` with the fault of every step, and for dates that do not rise.
    """
    months: list[int] = []
    numbers: list[float] = []
    faults: list[tuple[KeyPath, str]] = []
    for place, step in enumerate(value):
        if not isinstance(step, dict) or set(step) != {"from", "is"}:
            faults.append(((place,), 'a dated value has two keys: {from = "2021-01", is = 0.5}'))
            continue
        try:
            months.append(read_month(step["from"]))
        except Unreadable as error:
            faults += error.within(place, "from")
        try:
            numbers.append(read_bounded(step["is"], unit, low, high))
        except Unreadable as error:
            faults += error.within(place, "is")
    if not faults and months != sorted(set(months)):
        faults.append(((), "dates must rise; put the steps in the order of their months"))
    if faults:
        raise Unreadable(*faults)
    return tuple(zip(months, numbers, strict=True))


def field_unit(info: FieldInfo) -> str | None:
    """Return the unit that a field declares ("month" for dates), or None."""
    extra = info.json_schema_extra
    if not isinstance(extra, dict):
        return None
    return "month" if extra.get("format") == "month" else str(extra["unit"])


def _validate(
    model: type[Model], plain: Mapping[str, Any], dropped: set[str], key_path: KeyPath, problems: Problems
) -> Model | None:
    """Return the model of plain values, or None after noting its faults, except those of dropped keys."""
    try:
        return model.model_validate(plain)
    except ValidationError as error:
        found = [fault for fault in error.errors() if fault["type"] != "missing" or fault["loc"][0] not in dropped]
    faults = [(fault["loc"], sentence(fault)) for fault in found]
    for place, what in faults:
        if place or not any(re.search(rf"\b{key}\b", what) for key in dropped):
            problems.add((*key_path, *_mentioned(plain, place, what)), what)
    if failing := {str(fault["loc"][0]) for fault in found if fault["loc"] and fault["type"] != "missing"}:
        # What is wrong between fields is found only once every single field is right.
        rest = {key: value for key, value in plain.items() if key not in failing}
        _validate(model, rest, dropped | failing, key_path, problems)
    return None


def _plain_table(
    model: type[BaseModel], table: Mapping[str, Any], key_path: KeyPath, problems: Problems
) -> dict[str, Any]:
    """Return the values that can be read, in base units; note the other keys."""
    known = {info.alias or name: info for name, info in model.model_fields.items()}
    plain: dict[str, Any] = {}
    for key, value in table.items():
        here = (*key_path, key)
        if key not in known:
            problems.add(here, f"unknown key{did_you_mean(key, sorted(known))}")
            continue
        try:
            plain[key] = _plain_value(known[key], value, here, problems)
        except Unreadable as error:
            problems.add_all(here, error)
    return plain


def _plain_value(info: FieldInfo, value: Any, key_path: KeyPath, problems: Problems) -> Any:
    unit, kind = field_unit(info), info.annotation
    if unit == "month":
        return read_month(value)
    if get_args(kind)[:1] == (DatedValue,):
        return _plain_path(value, unit or "1")
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if not isinstance(value, dict):
            raise Unreadable(f"must be a table with the keys {', '.join(kind.model_fields)}")
        return _plain_table(kind, value, key_path, problems)
    if kind is bool and not isinstance(value, bool):
        raise Unreadable("must be true or false")
    if getattr(kind, "__origin__", None) is tuple and not isinstance(value, list):
        raise Unreadable("must be a list of names in quotes")
    return read_number(value, unit or "1") if unit or kind is int else value


def _plain_path(value: object, unit: str) -> object:
    if not isinstance(value, list):
        return read_bounded(value, unit, 0.0)
    return [{"from": month, "is": number} for month, number in read_dated(value, unit, 0.0)]


def _mentioned(table: Mapping[str, Any], place: tuple[int | str, ...], what: str) -> KeyPath:
    """Return the part of pydantic's place that the file spells out; for a fault between fields, the field."""
    if not place:
        words = re.findall(r"\w+", what)
        return next(((word,) for word in words if word in table), ())
    node: Any = table
    for depth, key in enumerate(place):
        inside = key in node if isinstance(node, dict) else isinstance(node, list)
        if not inside:
            return place[:depth] or place[:1]
        node = node[key]
    return place


def sentence(fault: Mapping[str, Any]) -> str:
    """Return pydantic's fault as a clause in the words of scenario files."""
    write = _SENTENCES.get(fault["type"])
    return write(fault) if write else str(fault["msg"])


def _plainly(number: object) -> str:
    return f"{number:,.12g}" if isinstance(number, (int, float)) else repr(number)


def _unknown_word(fault: Mapping[str, Any]) -> str:
    given = str(fault["input"])
    allowed = re.findall(r"'([^']*)'", fault["ctx"]["expected"])
    if _CODE_OF_KOREAN.get(given) in allowed:
        return f"{given!r} is written {_CODE_OF_KOREAN[given]!r} here"
    return f"unknown name {given!r}{did_you_mean(given, allowed)}"


_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "greater_than_equal": lambda f: f"must be at least {_plainly(f['ctx']['ge'])}, not {_plainly(f['input'])}",
    "less_than_equal": lambda f: f"must be at most {_plainly(f['ctx']['le'])}, not {_plainly(f['input'])}",
    "int_from_float": lambda f: f"must be a whole number, not {_plainly(f['input'])}",
    "literal_error": _unknown_word,
    "missing": lambda _: "is missing",
    "value_error": lambda f: str(f["ctx"]["error"]),
}
