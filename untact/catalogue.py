"""What there is to choose from, as lists of records: levers, parameters, services, indicators, scenarios."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from experiments.fields import field_unit
from experiments.scenario import load
from model.calendar import month_text
from model.errors import UserError, did_you_mean
from model.levers import LEVERS

Record = dict[str, Any]


def levers(lever: str | None = None) -> list[Record]:
    """Return every setting of every lever, or of one: labels, unit, default, bounds, source.

    Raises `UserError` for an unknown lever.
    """
    if lever is not None and lever not in LEVERS:
        raise UserError(f"there is no lever {lever!r}{did_you_mean(lever, tuple(LEVERS))}")
    return [
        {
            "lever": kind.id,
            "title_en": kind.title[0],
            "title_ko": kind.title[1],
            "technology": kind.technology or "",
            **setting,
        }
        for kind in LEVERS.values()
        if lever in (None, kind.id)
        for setting in _settings(kind, "")
    ]


def parameters() -> list[Record]:
    """Return every parameter of the register: value, unit, range, distribution, basis, source, labels."""
    from model.parameters import register

    return [asdict(parameter) for parameter in register().values()]


def indicators() -> list[Record]:
    """Return every indicator that a run measures each month: labels, unit, better direction, aggregation."""
    from model.indicators import CORE

    return [asdict(indicator) for indicator in CORE]


def services() -> list[Record]:
    """Return every service of the catalogue, the rows of a type together: relation, needs, providers, gate, labels."""
    from model.services import catalogue

    return [
        {**asdict(row), "label_en": row.label["en"], "label_ko": row.label["ko"]}
        for row in sorted(catalogue(), key=lambda row: (row.type, row.id != row.type))
    ]


def scenarios(folder: Path | str = "scenarios") -> list[Record]:
    """Return the scenario files below a folder: path, title, question, horizon, scale, levers.

    A file that is wrong has its faults under "errors" instead. Raises `UserError` for a folder that is none.
    """
    if not Path(folder).is_dir():
        raise UserError(f"{folder}: there is no such folder; give one that holds scenario files")
    return [_scenario(path) for path in sorted(Path(folder).rglob("*.toml"))]


def _scenario(path: Path) -> Record:
    try:
        scenario = load(path)
    except UserError as error:
        return {"path": str(path), "errors": list(error.messages)}
    run = scenario.effective["run"]
    return {
        "path": str(path),
        "title": dict(scenario.title),
        "question": dict(scenario.question),
        "levers": [name for name, _ in scenario.settings.levers],
        **{key: run[key] for key in ("start", "end", "scale", "replications")},
    }


def _settings(kind: type[BaseModel], prefix: str) -> Iterator[Record]:
    for name, info in kind.model_fields.items():
        nested = info.annotation
        if isinstance(nested, type) and issubclass(nested, BaseModel):
            yield from _settings(nested, f"{prefix}{name}.")
        else:
            yield _setting(f"{prefix}{name}", info)


def _setting(name: str, info: FieldInfo) -> Record:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    unit = field_unit(info)
    label: Any = extra.get("label", dict.fromkeys(("en", "ko"), info.description or ""))
    bounds = {key: getattr(bound, key) for bound in info.metadata for key in ("ge", "le") if hasattr(bound, key)}
    return {
        "setting": name,
        "label_en": label["en"],
        "label_ko": label["ko"],
        "unit": unit or "",
        "default": month_text(info.default) if unit == "month" else info.default,
        "low": bounds.get("ge"),
        "high": bounds.get("le"),
        "source": extra.get("source", ""),
    }
