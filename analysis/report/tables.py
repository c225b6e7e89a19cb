"""Tables of the report as words: figures with intervals, gains, goals, settings, parameters."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import BaseModel

from analysis.arms import DIMENSIONS
from analysis.charts import Table, statistics_table
from analysis.comparison import Comparison, Contrast, Pair
from analysis.effects import Effect
from analysis.jobs import DERIVED, TOTAL
from analysis.outcomes import EVERYONE
from analysis.programmes import Programme
from analysis.statistics import Statistic
from analysis.wording import amount, exact_amount, month_words, range_text, remark, texts, value_text, with_range
from model.calendar import month_text
from model.codes import LABELS, label
from model.exogenous import PATHS, PathDeclaration
from model.levers import DatedValue, Lever, Target
from model.parameters import Parameter, register

ASSUMED_GROUPS: Final = ("technology.", "adoption.", "programme.")
"""Parameters of the register that govern adoption and programmes, by the beginning of their ids."""
NO_LIMIT: Final = {"merchants/month": 1e9, "KRW/year": 1e15}
"""By unit: a setting from here on is more than there is of it, so the report says that there is no limit."""
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
    """Who adopts, one table a dimension: additional adopters per 1,000 merchants."""
    words = texts(language)
    header = (words["words"]["rate_head"], words["table"]["interval"], words["table"]["sampled"])
    views = []
    for dimension in DIMENSIONS:
        rows = []
        for gain in effect.gains:
            if gain.dimension == dimension:
                rate = replace(gain.additional_rate, unit="")
                interval = range_text(rate, language) or remark(replace(rate, share_higher=None), language)
                cells = (value_text(rate, language), interval, _count(gain.additional.sampled_units))
                rows.append((label(gain.category, language), *cells))
        views.append(TableView(caption, (str(words["dimensions"][dimension]), *header), tuple(rows)))
    return tuple(views)


def outcomes_views(pair: Pair, caption: str, language: str) -> tuple[TableView, ...]:
    """Who wins and who loses, one table a dimension: mean changes with intervals, shares of winners and losers."""
    words = texts(language)
    heads = [f"{one.label(language)} ({words['table']['interval']})" for one in pair.outcomes[0].statistics]
    views = []
    for dimension in (EVERYONE, *DIMENSIONS):
        rows = tuple(
            (
                _category(outcome.category, language),
                *(_with_interval(one, language) for one in outcome.statistics),
                _count(outcome.income_per_merchant.sampled_units),
            )
            for outcome in pair.outcomes
            if outcome.dimension == dimension
        )
        header = (str(words["dimensions"][dimension]), *heads, words["table"]["sampled"])
        views.append(TableView(caption, header, rows))
    return tuple(views)


def jobs_view(pair: Pair, caption: str, language: str) -> TableView:
    """Change of jobs by group; of derived heads how far the assumed revenue per head moves them; the authors' goal."""
    words = texts(language)
    rows = [
        (
            one.label(language),
            value_text(one, language, signed=True),
            range_text(one, language, signed=True),
            _per_head(pair, one, language) or remark(one, language),
        )
        for one in pair.jobs.statistics
    ]
    goal = pair.scenario.goals.get(TOTAL)
    if goal is not None:
        value = amount(goal.value, "persons", language)
        told = words["words"]["goal_line"].format(
            value=value, month=month_words(goal.month, language), source=goal.source[language]
        )
        rows.append((str(words["jobs"]["goal"]), value, "", told))
    return _view(caption, _header(language, "figure", "value", "interval", "note"), rows)


def kinds_view(language: str) -> TableView:
    """The kinds of intervals by name: what each covers, and whether this report holds it."""
    words = texts(language)["kinds"]
    names = ("simulation_error", "seeds_band", "parameter_uncertainty", "structural")
    rows = tuple((str(words[name]), str(words[f"{name}_covers"]), str(words[f"{name}_here"])) for name in names)
    return TableView("", (str(words["name"]), str(words["covers"]), str(words["here"])), rows)


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
                _source(str(extra.get("source", "")), language),
            )
        )
    return _view("", _header(language, "setting", "changed", "note", "source"), rows)


def parameters_view(pair: Pair, language: str) -> TableView:
    """Assumed parameters of adoption and programmes for the technologies of a pair, with their ranges."""
    technologies = {effect.programme.technology for effect in pair.effects}
    chosen = [known for known in register().values() if technologies and _governs_adoption(known, technologies)]
    return _parameters(pair, chosen, language)


def hinges_view(pair: Pair, ids: Iterable[str], language: str) -> TableView:
    """The parameters that a reading hinges on, with their ranges."""
    return _parameters(pair, [register()[name] for name in ids], language)


def _parameters(pair: Pair, parameters: Iterable[Parameter], language: str) -> TableView:
    values, words = dict(pair.scenario.settings.parameters), texts(language)
    rows = tuple(
        (
            _label_of(known, language),
            _plain(values.get(known.id, known.value), language),
            f"{_plain(known.low, language)} – {_plain(known.high, language)}",
            str(words["units"].get(known.unit, known.unit)),
            str(words["bases"][known.basis]),
            _source(known.source, language),
        )
        for known in parameters
    )
    return TableView("", _header(language, "parameter", "changed", "range", "unit", "basis", "source"), rows)


def _label_of(declared: Parameter | PathDeclaration, language: str) -> str:
    return declared.label_ko if language == "ko" else declared.label_en


def _source(source: str, language: str) -> str:
    """A source as it is written, in the language where it is a single word such as "assumed"."""
    return str(texts(language)["bases"].get(source, source))


def _plain(value: float, language: str) -> str:
    """A number with all its digits, large ones in words: 400 million."""
    return exact_amount(value, "", language).strip()


def changed_inputs_view(comparison: Comparison, pair: Pair, caption: str, language: str) -> TableView | None:
    """Parameters and exogenous paths that differ from the baseline; None if there are none."""
    mine, theirs = pair.scenario.settings, comparison.baseline.settings
    before = dict(theirs.parameters)
    rows: list[tuple[str, ...]] = [
        (_label_of(register()[name], language), _plain(before[name], language), _plain(value, language))
        for name, value in mine.parameters
        if value != before.get(name, value)
    ]
    paths = dict(theirs.paths)
    for name, path in mine.paths:
        differing = [month for month, pair_of in enumerate(zip(path, paths[name], strict=True)) if len({*pair_of}) > 1]
        if differing:
            first = month_text(mine.start + differing[0])
            rows.append(
                (_label_of(PATHS[name], language), *(f"{first}: {one[differing[0]]:,g}" for one in (paths[name], path)))
            )
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
                rows += [(f"{group}: {one.label(language)}", one) for one in (gain.additional, gain.additional_rate)]
        own = (*pair.changes.statistics, *pair.jobs.statistics, *pair.costs, *pair.ledgers)
        rows += [(f"{name}: {one.label(language)}", one) for one in own]
        for outcome in pair.outcomes:
            group = f"{name}, {_category(outcome.category, language)}"
            rows += [(f"{group}: {one.label(language)}", one) for one in outcome.statistics]
    return statistics_table(rows, language)


def _with_interval(one: Statistic, language: str) -> str:
    """A figure with its interval behind it, without a unit that the head of its column names."""
    shown = replace(one, unit="share" if one.unit == "share" else "")
    return with_range(shown, language, signed=one.share_higher is not None)


def _count(units: int | None) -> str:
    return "" if units is None else f"{units:,}"


def _category(category: str, language: str) -> str:
    return str(texts(language)["words"][EVERYONE]) if category == EVERYONE else label(category, language)


def _per_head(pair: Pair, one: Statistic, language: str) -> str:
    """How a derived figure was made: revenue per head, and the change of heads over that parameter's range."""
    if one.id not in pair.jobs.ranges or one.note == "same_in_every_pair":
        return ""
    parameter = DERIVED[one.id.removeprefix("jobs_")][1]
    low, high = (amount(end, "persons", language, signed=True) for end in pair.jobs.ranges[one.id])
    value = _plain(dict(pair.scenario.settings.parameters)[parameter], language)
    return str(texts(language)["words"]["per_head"]).format(value=value, low=low, high=high)


def programme_title(programme: Programme, language: str) -> str:
    """Return the titles of a programme's levers, with the technology where one lever supports several."""
    titles = ", ".join(lever_title(lever, language) for lever in programme.levers)
    several = any(len(lever.technologies) > 1 for lever in programme.levers)
    return f"{titles}: {label(programme.technology, language)}" if several else titles


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
    if isinstance(value, BaseModel):
        parts = ((label(name, language), _item(one, unit, language)) for name, one in value)
        return "; ".join(f"{name}: {one}" for name, one in parts)
    if isinstance(value, tuple):
        return "; ".join(_item(one, unit, language) for one in value) or str(words["settings"]["all"])
    return str(words["settings"].get(f"order_{value}") or _item(value, unit, language))


def _quantity(value: float, unit: str, language: str) -> str:
    if value >= NO_LIMIT.get(unit, math.inf):
        return str(texts(language)["settings"]["no_limit"])
    return exact_amount(value, unit, language)


def _item(value: object, unit: str, language: str) -> str:
    if not isinstance(value, DatedValue):
        return label(str(value), language) if value in LABELS else str(texts(language)["settings"].get(value, value))
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
