"""Scenario files: what people write in TOML, read, checked whole and frozen.

A scenario names what it builds on (`extends`) and what it changes: the run, levers, parameters, exogenous
paths. `load` reports everything that is wrong at once, each with file and line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from experiments.fields import (
    Problems,
    Unreadable,
    read_bounded,
    read_dated,
    read_model,
    read_number,
    sentence,
)
from experiments.inheritance import OWN_KEYS, Merged, read_chain
from model.calendar import month_number, month_text
from model.codes import DISTRICT_KINDS, PROVINCES
from model.errors import UserErrors, did_you_mean
from model.exogenous import PATHS, PathDeclaration, default_paths
from model.levers import LEVERS, Lever
from model.levers.base import Month, quantity
from model.parameters import override_fault, register, resolve
from model.settings import ORIGIN, SCALES, Settings
from model.synthetic_population.derive_people import FIRST_YEAR, LAST_YEAR

FORMAT_VERSION = 1
SECTIONS = ("run", "levers", "parameters", "exogenous")
GOALS: Final = {"jobs": "jobs_total"}
"""What `[goals]` may hold, and the figure of the report that each stands beside."""
FIRST_MONTH = month_number(f"{FIRST_YEAR}-01")
LAST_MONTH = month_number(f"{LAST_YEAR}-12")


def read_scale(value: object) -> object:
    """Return N of a named scale ("quick"); numbers pass. ValueError names the known scales."""
    if isinstance(value, str) and value in SCALES:
        return SCALES[value]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"unknown scale {value!r}; give {', '.join(SCALES)} or a number from 1 on")
    return value


Scale = Annotated[float, BeforeValidator(read_scale)]
PathChanges = tuple[tuple[int, float], ...]
"""(month from which, value) of an exogenous path; month 0 for always."""
PLACES: Final = (*DISTRICT_KINDS, *PROVINCES)
Place = Literal[PLACES]  # type: ignore[valid-type]


class RunSection(BaseModel):
    """`[run]`: the horizon (both months inclusive), the scale of sampling, and the paired replications."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    start: Month = quantity(month_number("2017-01"), "month", "First month", "첫 달", "setting")
    end: Month = quantity(month_number("2025-12"), "month", "Last month", "마지막 달", "setting")
    scale: Scale = Field(SCALES["quick"], ge=1, le=1e6, description="Districts that one simulated district stands for")
    focus: tuple[Place, ...] = Field((), description="District kinds or provinces that are held one to one")
    seed: int = Field(1, ge=0, lt=2**63, description="Base seed of the replications")
    replications: int = Field(100, ge=1, le=100_000, description="Runs with paired seeds")

    @model_validator(mode="after")
    def _horizon(self) -> "RunSection":
        if self.start < FIRST_MONTH:
            raise ValueError(f"start is before {month_text(FIRST_MONTH)}, where the population tables begin")
        if self.end > LAST_MONTH:
            raise ValueError(f"end is after {month_text(LAST_MONTH)}, where the population tables end")
        if self.end < self.start:
            raise ValueError("end is before start; give an end month that is not earlier")
        return self


class ExpectedJobs(BaseModel):
    """`[goals.jobs]`: jobs that the authors of the measures expected; shown beside the simulated figure."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    value: float = quantity(..., "persons", "Expected jobs", "기대 일자리", "setting", 0.0, 1e8)
    month: Month = quantity(..., "month", "Month by which they were expected", "기대 시점", "setting")
    source: Mapping[str, str] = Field(description="Who expected them, in both languages")

    @field_validator("source")
    @classmethod
    def _both_languages(cls, source: Mapping[str, str]) -> Mapping[str, str]:
        if set(source) != {"en", "ko"}:
            raise ValueError('needs both languages: { en = "...", ko = "..." }')
        return source


@dataclass(frozen=True)
class Scenario:
    """A checked scenario.

    title, question: by language ("en", "ko"); settings: plain numbers for the model; seed: base seed of the
    replications; effective: the scenario after `extends`, JSON-able; sources: its files, nearest first;
    goals: what the authors of the measures expected, by the id of the report's figure.
    """

    path: Path
    title: Mapping[str, str]
    question: Mapping[str, str]
    settings: Settings
    seed: int
    replications: int
    effective: Mapping[str, Any]
    sources: tuple[Path, ...]
    goals: Mapping[str, ExpectedJobs]

    @property
    def name(self) -> str:
        """The file's name without its ending; results are kept under it."""
        return self.path.stem


def load(path: Path | str) -> Scenario:
    """Read and check a scenario file with all it extends.

    Raises `UserError`, or `UserErrors` with everything that is wrong, each as `file:line: key: what`.
    """
    merged = read_chain(Path(path))
    problems = Problems(merged)
    _check_top(merged, problems)
    title, question = (_read_texts(merged, key, problems) for key in ("title", "question"))
    run = read_model(RunSection, _table(merged, "run", problems), ("run",), problems)
    levers = _read_levers(_table(merged, "levers", problems), problems)
    parameters = _read_parameters(_table(merged, "parameters", problems), problems)
    changes = _read_exogenous(_table(merged, "exogenous", problems), problems)
    if run is not None:
        _check_months(levers, run, problems)
    goals = _read_goals(_table(merged, "goals", problems), problems)
    problems.raise_all()
    assert run is not None  # or a problem was raised
    return Scenario(
        path=merged.documents[0].path,
        title=title,
        question=question,
        settings=_settings(run, levers, parameters, changes),
        seed=run.seed,
        replications=run.replications,
        effective=_effective(merged.data, title, question, run, levers),
        sources=tuple(document.path for document in merged.documents),
        goals=goals,
    )


def with_options(scenario: Scenario, scale: float | str | None = None, replications: int | None = None) -> Scenario:
    """Return the scenario at another scale (a name or N) or with another number of replications.

    Raises `UserErrors` for an unknown scale, a scale below 1 or fewer than one replication.
    """
    options = {"scale": scale, "replications": replications}
    chosen = {key: value for key, value in options.items() if value is not None}
    run = {**scenario.effective["run"], **chosen}
    try:
        section = RunSection.model_validate(run)
    except ValidationError as error:
        faults = [f"{fault['loc'][0]}: {sentence(fault)}" for fault in error.errors()]
        raise UserErrors(faults) from None
    return replace(
        scenario,
        settings=replace(scenario.settings, scale=section.scale),
        replications=section.replications,
        effective={**scenario.effective, "run": run},
    )


def _check_top(merged: Merged, problems: Problems) -> None:
    known = (*OWN_KEYS, *SECTIONS)
    for key in merged.data:
        if key not in known:
            problems.add((key,), f"unknown key{did_you_mean(key, known)}")
    for document in merged.documents:
        version = document.data.get("format_version")
        if version != FORMAT_VERSION or isinstance(version, bool):
            problems.add_in(document, ("format_version",), f"must be {FORMAT_VERSION}: format_version = 1")


def _table(merged: Merged, section: str, problems: Problems) -> Mapping[str, Any]:
    table = merged.data.get(section, {})
    if isinstance(table, dict):
        return table
    problems.add((section,), f"must be a table: [{section}]")
    return {}


def _read_texts(merged: Merged, key: str, problems: Problems) -> dict[str, str]:
    """Return title or question by language; without one, the file's name in every language."""
    texts = merged.data.get(key)
    if texts is None:
        return dict.fromkeys(("en", "ko"), merged.documents[0].path.stem)
    if not isinstance(texts, dict) or set(texts) != {"en", "ko"}:
        problems.add((key,), 'needs both languages: { en = "...", ko = "..." }')
        return {}
    for language, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            problems.add((key, language), "must be a text in quotes")
    return texts


def _read_levers(tables: Mapping[str, Any], problems: Problems) -> dict[str, Lever]:
    found: dict[str, Lever] = {}
    for name, table in tables.items():
        here = ("levers", name)
        if not isinstance(table, dict):
            problems.add(here, f"must be a table: [levers.{name}]")
            continue
        off = table.get("off", False)
        if not isinstance(off, bool):
            problems.add((*here, "off"), "must be true or false")
        if off is True:
            continue
        kind = _lever_class(name, table, problems)
        own = {key: value for key, value in table.items() if key not in ("lever", "off")}
        lever = read_model(kind, own, here, problems) if kind else None
        if lever:
            found[name] = lever
    return found


def _check_months(levers: Mapping[str, Lever], run: RunSection, problems: Problems) -> None:
    """Report levers that never act: all their months lie after the run's end, or before what is simulated."""
    for name, lever in levers.items():
        if lever.start > run.end or lever.end < ORIGIN:
            months = f"{month_text(lever.start)} to {month_text(lever.end)}"
            horizon = f"{month_text(ORIGIN)} to {month_text(run.end)}"
            problems.add(("levers", name), f"is in force from {months}, outside the run ({horizon}); move one of them")


def _lever_class(name: str, table: Mapping[str, Any], problems: Problems) -> type[Lever] | None:
    lever_id = table.get("lever", name)
    if not isinstance(lever_id, str) or lever_id not in LEVERS:
        what = f"unknown lever {lever_id!r}{did_you_mean(str(lever_id), tuple(LEVERS))}"
        own_name = '; a name of your own needs lever = "..." inside' if "lever" not in table else ""
        problems.add(("levers", name, "lever") if "lever" in table else ("levers", name), what + own_name)
        return None
    if name in LEVERS and name != lever_id:
        problems.add(("levers", name, "lever"), f"the table is named after the lever {name!r}; rename one")
        return None
    return LEVERS[lever_id]


def _read_goals(table: Mapping[str, Any], problems: Problems) -> dict[str, ExpectedJobs]:
    """Return what was expected by the id of the report's figure; jobs are the only goal so far."""
    found: dict[str, ExpectedJobs] = {}
    for name, given in table.items():
        here = ("goals", name)
        if name not in GOALS:
            problems.add(here, f"unknown goal{did_you_mean(name, tuple(GOALS))}")
        elif not isinstance(given, dict):
            problems.add(here, f"must be a table: [goals.{name}]")
        elif goal := read_model(ExpectedJobs, given, here, problems):
            found[GOALS[name]] = goal
    return found


def _read_parameters(table: Mapping[str, Any], problems: Problems) -> dict[str, float]:
    known = register()
    values: dict[str, float] = {}
    for parameter_id, given in table.items():
        here = ("parameters", parameter_id)
        if parameter_id not in known:
            problems.add(here, f"unknown parameter{did_you_mean(parameter_id, tuple(known))}")
            continue
        try:
            value = read_number(given, known[parameter_id].unit)
        except Unreadable as error:
            problems.add_all(here, error)
            continue
        if fault := override_fault(parameter_id, value):
            problems.add(here, fault.removeprefix(f"{parameter_id} = "))
        values[parameter_id] = value
    return values


def _read_exogenous(table: Mapping[str, Any], problems: Problems) -> dict[str, PathChanges]:
    changes: dict[str, PathChanges] = {}
    for name, given in table.items():
        if name not in PATHS:
            problems.add(("exogenous", name), f"unknown path{did_you_mean(name, tuple(PATHS))}")
            continue
        try:
            changes[name] = _path_changes(given, PATHS[name])
        except Unreadable as error:
            problems.add_all(("exogenous", name), error)
    return changes


def _path_changes(given: object, path: PathDeclaration) -> tuple[tuple[int, float], ...]:
    if isinstance(given, list):
        return read_dated(given, path.unit, path.low, path.high)
    if given != "none":
        return ((0, read_bounded(given, path.unit, path.low, path.high)),)
    if path.low > 0:
        raise Unreadable(f"cannot be none; give a value from {path.low:g} to {path.high:g}")
    return ((0, 0.0),)


def _settings(
    run: RunSection,
    levers: Mapping[str, Lever],
    parameters: Mapping[str, float],
    changes: Mapping[str, PathChanges],
) -> Settings:
    """Return plain numbers in a fixed order: the order in which a file names things changes nothing."""
    months = run.end - run.start + 1
    return Settings(
        start=run.start,
        months=months,
        scale=run.scale,
        focus=tuple(sorted(set(run.focus))),
        parameters=tuple(sorted(resolve(parameters).items())),
        paths=_paths(run.start, months, changes),
        levers=tuple(sorted(levers.items())),
    )


def _paths(start: int, months: int, changes: Mapping[str, PathChanges]) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """Return every path month by month: the default until a change's first date, then its steps."""
    paths = {name: list(values) for name, values in default_paths(start, months).items()}
    for name, steps in changes.items():
        for first, value in steps:
            place = min(max(0, first - start), months)
            paths[name][place:] = [float(value)] * (months - place)
    return tuple((name, tuple(values)) for name, values in sorted(paths.items()))


def _effective(
    data: Mapping[str, Any],
    title: Mapping[str, str],
    question: Mapping[str, str],
    run: RunSection,
    levers: Mapping[str, Lever],
) -> dict[str, Any]:
    """Return the scenario after `extends` as one file would spell it."""
    horizon = {"start": month_text(run.start), "end": month_text(run.end)}
    return {
        "format_version": FORMAT_VERSION,
        "title": dict(title),
        "question": dict(question),
        "run": {**run.model_dump(mode="json"), **horizon},
        "levers": {name: {"lever": lever.id, **data["levers"][name]} for name, lever in sorted(levers.items())},
        "parameters": dict(sorted(data.get("parameters", {}).items())),
        "exogenous": dict(sorted(data.get("exogenous", {}).items())),
        **({"goals": data["goals"]} if data.get("goals") else {}),
    }
