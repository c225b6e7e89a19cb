"""Tables of the report as words: figures with intervals, gains, goals, settings, parameters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import BaseModel

from analysis.charts import Table, statistics_table
from analysis.comparison import Comparison, Contrast, Pair
from analysis.effects import DIMENSIONS, Effect
from analysis.programmes import Programme
from analysis.statistics import Statistic
from analysis.wording import amount, exact_amount, month_words, range_text, remark, texts, value_text
from model.calendar import month_text
from model.codes import LABELS, label
from model.levers import DatedValue, Lever, Target
from model.parameters import Parameter, register

ASSUMED_GROUPS: Final = ("technology.", "adoption.", "programme.")
"""Parameters of the register that govern adoption and programmes, by the beginning of their ids."""
NO_LIMIT_PER_MONTH: Final = 1e9
"""A capacity from here on is more than all merchants, so the report says that there is no limit."""
_MONTH_FIELDS: Final = ("start", "end")


@dataclass(frozen=True)
class TableView:
    """A table of words: caption ("" for none), column heads, rows; the first column names the row."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def statistics_view(caption: str, statistics: Iterable[Statistic], language: str, signed: bool = False) -> TableView:
    """Figures with their 90 % intervals and remarks, one row each."""
    rows = tuple(
        (
            one.label(language),
            value_text(one, language, signed),
            range_text(one, language, signed),
            remark(one, language),
        )
        for one in statistics
    )
    return _view(caption, _header(language, "figure", "value", "interval", "note"), rows)


def gains_views(effect: Effect, caption: str, language: str) -> tuple[TableView, ...]:
    """Who gained, one table a dimension: adopters per 1,000 merchants and income per merchant."""
    words = texts(language)
    heads = (words["words"]["rate_head"], words["table"]["interval"], words["words"]["income_head"])
    header = (*heads, words["table"]["interval"], words["table"]["sampled"])
    views = []
    for dimension in DIMENSIONS:
        rows = []
        for gain in effect.gains:
            if gain.dimension == dimension:
                figures = (replace(gain.additional_rate, unit=""), gain.income)
                cells = [text(one, language) for one in figures for text in (value_text, range_text)]
                units = str(gain.additional.sampled_units)
                rows.append((label(gain.category, language), *cells, units))
        views.append(TableView(caption, (str(words["dimensions"][dimension]), *header), tuple(rows)))
    return tuple(views)


def goals_view(effect: Effect, caption: str, language: str) -> TableView | None:
    """What the programme sets itself beside the simulated figure; None if it sets no quota or budget."""
    words = texts(language)["report"]
    programme, statistics = effect.programme, effect.statistics
    goals = (
        (words["goal_merchants"], programme.quota, "merchants", statistics["subsidised"]),
        (words["goal_budget"], programme.budget_krw, "KRW", statistics["spending"]),
    )
    rows = tuple(
        (name, amount(goal, unit, language), value_text(one, language), range_text(one, language))
        for name, goal, unit, one in goals
        if goal is not None
    )
    return TableView(caption, _header(language, "figure", "goal", "simulated", "interval"), rows) if rows else None


def contrasts_view(contrasts: Sequence[Contrast], caption: str, language: str) -> TableView:
    """Scenarios against each other, for every technology that two of them spread."""
    rows = tuple(
        (
            f"{label(one.technology, language)}: {one.scenario} − {one.other}",
            value_text(one.difference, language, signed=True),
            range_text(one.difference, language, signed=True),
            remark(one.difference, language),
        )
        for one in contrasts
    )
    return _view(caption, _header(language, "figure", "value", "interval", "note"), rows)


def lever_view(lever: Lever, language: str) -> TableView:
    """Every setting of a lever: value, whether it differs from the default, source."""
    defaults = type(lever).model_validate({})
    marked = str(texts(language)["report"]["assumed_marked"])
    rows = []
    for name, field in type(lever).model_fields.items():
        extra: dict[str, Any] = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        value = getattr(lever, name)
        rows.append(
            (
                _field_label(name, extra, language),
                _setting(name, value, str(extra.get("unit", "")), language),
                "" if value == getattr(defaults, name) else marked,
                str(extra.get("source", "")),
            )
        )
    return _view("", _header(language, "setting", "changed", "note", "source"), rows)


def parameters_view(pair: Pair, language: str) -> TableView:
    """Assumed parameters of adoption and programmes for the technologies of a pair, with their ranges."""
    values = dict(pair.scenario.settings.parameters)
    technologies = {effect.programme.technology for effect in pair.effects}
    rows = tuple(
        (
            parameter.label_ko if language == "ko" else parameter.label_en,
            f"{values.get(parameter.id, parameter.value):,g}",
            f"{parameter.low:,g} – {parameter.high:,g}",
            parameter.unit,
            parameter.source,
        )
        for parameter in register().values()
        if _governs_adoption(parameter, technologies)
    )
    return TableView("", _header(language, "parameter", "changed", "range", "unit", "source"), rows)


def changed_inputs_view(comparison: Comparison, pair: Pair, caption: str, language: str) -> TableView | None:
    """Parameters and exogenous paths that differ from the baseline; None if there are none."""
    mine, theirs = pair.scenario.settings, comparison.baseline.settings
    before = dict(theirs.parameters)
    rows: list[tuple[str, ...]] = [
        (name, f"{before[name]:,g}", f"{value:,g}")
        for name, value in mine.parameters
        if value != before.get(name, value)
    ]
    paths = dict(theirs.paths)
    for name, path in mine.paths:
        differing = [month for month, pair_of in enumerate(zip(path, paths[name], strict=True)) if len({*pair_of}) > 1]
        if differing:
            first = month_text(mine.start + differing[0])
            rows.append((name, *(f"{first}: {one[differing[0]]:,g}" for one in (paths[name], path))))
    header = (
        _header(language, "parameter")[0],
        *(str(texts(language)["words"][n]) for n in ("baseline", "with")),
    )
    return TableView(caption, header, tuple(rows)) if rows else None


def all_figures(comparison: Comparison, language: str) -> Table:
    """Every statistic of a comparison in base units, named by scenario, technology, group and measure."""
    rows: list[tuple[str, Statistic]] = []
    for pair in comparison.pairs:
        name = pair.scenario.name
        for effect in pair.effects:
            about = f"{name}, {label(effect.programme.technology, language)}"
            rows += [(f"{about}: {one.label(language)}", one) for one in effect.statistics.values()]
            for gain in effect.gains:
                group = f"{about}, {label(gain.category, language)}"
                figures = (gain.additional, gain.additional_rate, gain.income)
                rows += [(f"{group}: {one.label(language)}", one) for one in figures]
        rows += [(f"{name}: {one.label(language)}", one) for one in pair.changes]
    return statistics_table(rows, language)


def programme_title(programme: Programme, language: str) -> str:
    """Return the titles of a programme's levers."""
    return ", ".join(lever_title(lever, language) for lever in programme.levers)


def lever_title(lever: Lever, language: str) -> str:
    """Return the title of a lever."""
    return lever.title[0 if language == "en" else 1]


def _view(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> TableView:
    """A table without the columns that hold nothing; the first two always stay."""
    kept = [n for n in range(len(header)) if n < 2 or any(row[n] for row in rows)]
    return TableView(caption, tuple(header[n] for n in kept), tuple(tuple(row[n] for n in kept) for row in rows))


def _header(language: str, *names: str) -> tuple[str, ...]:
    return tuple(str(texts(language)["table"][name]) for name in names)


def _governs_adoption(parameter: Parameter, technologies: set[str]) -> bool:
    technology = parameter.id.rsplit(".", 1)[-1]
    mine = technology in technologies if parameter.id.startswith("technology.") else True
    return parameter.basis == "assumed" and parameter.id.startswith(ASSUMED_GROUPS) and mine


def _field_label(name: str, extra: dict[str, Any], language: str) -> str:
    if "label" in extra:
        return str(extra["label"][language])
    return str(texts(language)["settings"].get(name, name))


def _setting(name: str, value: object, unit: str, language: str) -> str:
    words = texts(language)
    if isinstance(value, bool):
        return str(words["settings"]["yes" if value else "no"])
    if name in _MONTH_FIELDS and isinstance(value, int):
        return month_words(value, language)
    if isinstance(value, (int, float)):
        return _quantity(float(value), unit, language)
    if isinstance(value, Target):
        return _target(value, language)
    if isinstance(value, tuple):
        return "; ".join(_item(one, unit, language) for one in value) or str(words["settings"]["all"])
    return str(words["settings"].get(f"order_{value}", value))


def _quantity(value: float, unit: str, language: str) -> str:
    if unit == "merchants/month" and value >= NO_LIMIT_PER_MONTH:
        return str(texts(language)["settings"]["no_limit"])
    return exact_amount(value, unit, language)


def _item(value: object, unit: str, language: str) -> str:
    if not isinstance(value, DatedValue):
        return label(str(value), language) if value in LABELS else str(value)
    words = _quantity(value.value, unit, language)
    return f"{month_text(value.from_month)}: {words}" if value.from_month else words


def _target(target: BaseModel, language: str) -> str:
    fields = type(target).model_fields
    narrowed = {name: getattr(target, name) for name, field in fields.items() if getattr(target, name) != field.default}
    if not narrowed:
        return str(texts(language)["settings"]["all"])
    parts = []
    for name, value in narrowed.items():
        extra = fields[name].json_schema_extra
        own: dict[str, Any] = extra if isinstance(extra, dict) else {}
        shown = _setting(name, value, str(own.get("unit", "")), language)
        parts.append(f"{_field_label(name, own, language)}: {shown}")
    return "; ".join(parts)
