"""The JSON schema of scenario files, generated from the levers, parameters and paths, for editors.

A scenario's first line names it: `#:schema scenario.schema.json`. A test keeps the committed file current.
"""

import json
from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from experiments.fields import field_unit
from experiments.scenario import FORMAT_VERSION, ExpectedJobs, RunSection
from model.exogenous import PATHS
from model.levers import LEVERS, DatedValue
from model.parameters import register
from model.settings import SCALES

Schema = dict[str, Any]

_AMOUNT: Schema = {"type": "string", "pattern": "[0-9십백천만억조]"}
_MONTH: Schema = {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}


def scenario_schema() -> Schema:
    """Return the JSON schema (draft 2020-12) of one scenario file."""
    texts = _table({"en": {"type": "string"}, "ko": {"type": "string"}}, required=["en", "ko"])
    sections: Schema = {
        "format_version": {"const": FORMAT_VERSION},
        "extends": {"type": "string", "description": "Scenario file this one builds on"},
        "title": texts,
        "question": texts,
        "run": _of_model(RunSection),
        "levers": _levers(),
        "parameters": _parameters(),
        "goals": _table({"jobs": _jobs_goal(texts)}),
        "exogenous": _table({name: _path(name) for name in PATHS}),
    }
    top = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "untact scenario"}
    return {**top, **_table(sections, required=["format_version"])}


def schema_text() -> str:
    """Return the schema as the text of `scenarios/scenario.schema.json`."""
    return json.dumps(scenario_schema(), ensure_ascii=False, indent=1) + "\n"


def _jobs_goal(texts: Schema) -> Schema:
    schema = _of_model(ExpectedJobs)
    schema["properties"]["source"] = texts
    return {**schema, "required": list(ExpectedJobs.model_fields)}


def _table(properties: Schema, required: Sequence[str] = ()) -> Schema:
    table = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**table, "required": list(required)} if required else table


def _number(low: float, high: float) -> Schema:
    return {"type": "number", "minimum": low, "maximum": high}


def _dated(number: Schema) -> Schema:
    step = _table({"from": _MONTH, "is": {"anyOf": [number, _AMOUNT]}}, required=["from", "is"])
    return {"type": "array", "items": step}


def _levers() -> Schema:
    """Return the schema of `[levers]`: tables named by lever id, or by any name that says which lever."""
    by_id = {lever_id: _lever(lever_id) for lever_id in LEVERS}
    return {
        "type": "object",
        "properties": by_id,
        "additionalProperties": {"anyOf": [{"$ref": f"#/properties/levers/properties/{key}"} for key in by_id]},
    }


def _lever(lever_id: str) -> Schema:
    kind = LEVERS[lever_id]
    schema = _of_model(kind)
    schema["description"] = f"{kind.title[0]} / {kind.title[1]}. Source: {kind.source}"
    schema["properties"] |= {
        "lever": {"const": lever_id},
        "off": {"type": "boolean", "description": "true removes an inherited lever"},
    }
    return schema


def _of_model(model: type[BaseModel]) -> Schema:
    written = model.model_json_schema(by_alias=True)["properties"]
    fields = {info.alias or name: info for name, info in model.model_fields.items()}
    return _table({key: _of_field(key, info, written[key]) for key, info in fields.items()})


def _of_field(key: str, info: FieldInfo, written: Schema) -> Schema:
    """Return a field as scenario files may spell it: dates as text, amounts with units, named scales."""
    unit, kind = field_unit(info), info.annotation
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _of_model(kind)
    bounds = {name: written[name] for name in ("type", "minimum", "maximum") if name in written}
    if unit == "month":
        spelled = dict(_MONTH)
    elif get_args(kind)[:1] == (DatedValue,):
        number: Schema = {"type": "number", "minimum": 0}
        spelled = {"anyOf": [number, _AMOUNT, _dated(number)]}
    elif key == "scale":
        spelled = {"anyOf": [{"enum": list(SCALES)}, bounds]}
    elif unit:
        spelled = {"anyOf": [bounds, _AMOUNT]}
    else:
        spelled = {name: written[name] for name in ("type", "enum", "items", "minimum", "maximum") if name in written}
    return {"description": _described(info, unit), **spelled}


def _described(info: FieldInfo, unit: str | None) -> str:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    source = f". Source: {extra['source']}" if "source" in extra else ""
    return f"{info.description or ''}{f' ({unit})' if unit else ''}{source}".strip()


def _parameters() -> Schema:
    """Return the schema of `[parameters]`: by quoted id and, for dotted keys, part by part."""
    flat: Schema = {
        known.id: {
            "description": f"{known.label_en} / {known.label_ko} ({known.unit})",
            "anyOf": [_number(known.low, known.high), _AMOUNT],
        }
        for known in register().values()
    }
    return _table(flat | _by_first_part(list(flat), ""))


def _by_first_part(ids: Sequence[str], prefix: str) -> Schema:
    """Return the tables that dotted ids below `prefix` open, each leaf a reference to the whole id."""
    tails = [known.removeprefix(prefix) for known in ids if known.startswith(prefix)]
    found: Schema = {tail: {"$ref": f"#/properties/parameters/properties/{prefix}{tail}"} for tail in tails}
    heads = dict.fromkeys(tail.split(".")[0] for tail in tails if "." in tail)
    tables = {head: _table(_by_first_part(ids, f"{prefix}{head}.")) for head in heads}
    return tables if prefix == "" else found | tables


def _path(name: str) -> Schema:
    path = PATHS[name]
    number = _number(path.low, path.high)
    none = [{"const": "none"}] if path.low <= 0 else []
    return {
        "description": f"{path.label_en} / {path.label_ko} ({path.unit}). Default: {path.filling_rule}",
        "anyOf": [number, *none, _AMOUNT, _dated(number)],
    }
