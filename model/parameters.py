"""The parameter register: every behavioural number with value, unit, range, basis, source and labels.

`model/data/parameters.toml` holds the register; an entry with `index` is a vector over a code list and
becomes one parameter per code ("need.occasions_per_month.groceries"). Loading checks everything and reports
all faults at once; values are resolved once, before a run.
"""

import difflib
import functools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from model import codes
from model.errors import UserErrors

INDEX_CODES: Final[dict[str, tuple[str, ...]]] = {
    "needs": codes.NEEDS,
    "needs_and_other": (*codes.NEEDS, codes.OTHER_SPENDING),
    "budget": (*codes.NEEDS, codes.OTHER_SPENDING, codes.SAVING),
    "goods_needs": codes.NEEDS[: codes.GOODS_NEEDS],
    "online_needs": codes.NEEDS[: codes.ONLINE_NEEDS],
    "sectors": codes.SECTORS,
    "age_bands": codes.AGE_BANDS,
    "technologies": codes.TECHNOLOGIES,
    "instruments": codes.INSTRUMENTS,
    "platforms": codes.PLATFORMS,
    "business_ages": codes.BUSINESS_AGES,
    "used_services": codes.USED_SERVICES,
    "categories": codes.CATEGORIES,
    "contracts": ("regular", "temporary"),
}
DISTRIBUTIONS: Final = ("uniform", "normal", "lognormal", "triangular", "beta")
BASES: Final = ("published", "recalled", "calibrated", "assumed")
_KEYS: Final = {"value", "unit", "low", "high", "distribution", "basis", "source", "date", "label"}


@dataclass(frozen=True)
class Parameter:
    """One number of the register; `low` and `high` bound overrides and sensitivity designs (inclusive)."""

    id: str
    value: float
    unit: str
    low: float
    high: float
    distribution: str
    basis: str
    source: str
    date: str
    label_en: str
    label_ko: str


def parse(text: str, name: str) -> dict[str, Parameter]:
    """Read a register from TOML text; `name` stands in messages.

    Raises UserErrors that list every unknown key, missing key, wrong word and value out of its range.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserErrors([f"{name}: {error}"]) from error
    found: dict[str, Parameter] = {}
    faults: list[str] = []
    for entry_id, entry in _entries(tree):
        faults += [f"{name}: {entry_id}: {fault}" for fault in _faults(entry)]
        if not faults:
            found |= {parameter.id: parameter for parameter in _expand(entry_id, entry)}
    faults += [f"{name}: {p.id}: {fault}" for p in found.values() if (fault := _range_fault(p, p.value))]
    if faults:
        raise UserErrors(faults)
    return found


@functools.cache
def register() -> dict[str, Parameter]:
    """Return the shipped register by parameter id."""
    path = resources.files("model") / "data" / "parameters.toml"
    return parse(path.read_text(encoding="utf-8"), "parameters.toml")


def resolve(overrides: Mapping[str, float]) -> dict[str, float]:
    """Return every parameter's value by id, with `overrides` in place of the register's values.

    Raises UserErrors naming each unknown id (with the nearest one) and each value outside its range.
    """
    known = register()
    faults = [override_fault(key, value) for key, value in overrides.items()]
    if any(faults):
        raise UserErrors([fault for fault in faults if fault])
    return {key: float(overrides.get(key, parameter.value)) for key, parameter in known.items()}


def override_fault(parameter_id: str, value: float) -> str | None:
    """Return what is wrong with setting a parameter to a value, or None."""
    parameter = register().get(parameter_id)
    if parameter is None:
        near = difflib.get_close_matches(parameter_id, register(), n=1)
        return f"unknown parameter {parameter_id!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    return _range_fault(parameter, value)


def vector(values: Mapping[str, float], entry_id: str, index: str) -> list[float]:
    """Return the values of a vector entry in the order of its code list."""
    return [values[f"{entry_id}.{code}"] for code in INDEX_CODES[index]]


def _entries(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for key, node in tree.items():
        path = f"{prefix}{key}"
        if isinstance(node, dict) and not ("value" in node or "unit" in node):
            yield from _entries(node, f"{path}.")
        else:
            yield path, node if isinstance(node, dict) else {"value": node}


def _faults(entry: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(set(entry) - _KEYS - {"index"}):
        near = difflib.get_close_matches(key, _KEYS, n=1)
        yield f"unknown key {key!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    missing = sorted(_KEYS - set(entry))
    if missing:
        yield f"missing {', '.join(missing)}"
        return
    if entry["distribution"] not in DISTRIBUTIONS:
        yield f"distribution {entry['distribution']!r} is none of {', '.join(DISTRIBUTIONS)}"
    if entry["basis"] not in BASES:
        yield f"basis {entry['basis']!r} is none of {', '.join(BASES)}"
    if set(entry["label"]) != {"en", "ko"}:
        yield "label needs en and ko"
    yield from _index_faults(entry)


def _index_faults(entry: Mapping[str, Any]) -> Iterator[str]:
    index = entry.get("index")
    if index is not None and index not in INDEX_CODES:
        yield f"index {index!r} is none of {', '.join(INDEX_CODES)}"
        return
    length = len(INDEX_CODES[index]) if index else None
    for key in ("value", "low", "high"):
        number = entry[key]
        if isinstance(number, dict):
            yield from _named_faults(key, number, index)
            continue
        if isinstance(number, list):
            if len(number) != length:
                yield f"{key} has {len(number)} numbers where {length or 'one'} is needed"
        elif index and key == "value":
            yield f"value needs {length} numbers, one for each of {index}"


def _named_faults(key: str, numbers: Mapping[str, Any], index: str | None) -> Iterator[str]:
    """Faults of numbers given by name: every code of the index has one, and nothing else."""
    wanted = INDEX_CODES[index] if index else ()
    for code in numbers:
        if code not in wanted:
            yield f"{key} names {code!r}, which is none of {index or 'an index'}"
    missing = [code for code in wanted if code not in numbers]
    if missing:
        yield f"{key} lacks {', '.join(missing)}"


def _expand(entry_id: str, entry: Mapping[str, Any]) -> Iterator[Parameter]:
    index = entry.get("index")
    for position, code in enumerate(INDEX_CODES[index] if index else ("",)):
        suffix = f".{code}" if code else ""
        label = codes.LABELS.get(code, (code, code))
        note = [f" ({text})" if code else "" for text in label]
        value, low, high = (_pick(entry[key], position, code) for key in ("value", "low", "high"))
        yield Parameter(
            id=entry_id + suffix,
            value=value,
            unit=entry["unit"],
            low=low,
            high=high,
            distribution=entry["distribution"],
            basis=entry["basis"],
            source=entry["source"],
            date=entry["date"],
            label_en=entry["label"]["en"] + note[0],
            label_ko=entry["label"]["ko"] + note[1],
        )


def _pick(number: Any, position: int, code: str) -> float:
    if isinstance(number, dict):
        return float(number[code])
    return float(number[position] if isinstance(number, list) else number)


def _range_fault(parameter: Parameter, value: float) -> str | None:
    if parameter.low <= value <= parameter.high:
        return None
    allowed = f"{parameter.low:g} to {parameter.high:g} {parameter.unit}"
    return f"{parameter.id} = {value:g} is outside its declared range {allowed}"
