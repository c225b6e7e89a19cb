"""The report: one HTML file that follows the reader's questions and needs nothing but itself."""

import base64
import functools
import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any, Final

from analysis.charts import Chart, chart_files, effect_charts, pair_charts, table_csv, write_chart
from analysis.comparison import HEADLINE_TERMS, Comparison, Pair, to_json
from analysis.effects import Effect
from analysis.programmes import Programme, changed_levers
from analysis.readings import hinge_parameters, readings
from analysis.report import tables
from analysis.report.fonts import font_faces
from analysis.statistics import Statistic
from analysis.wording import amount, interval_text, interval_words, month_words, span_text, texts, value_text
from experiments.store.files import write_atomically
from model.codes import label

FILE_NAMES: Final = {"en": "report.html", "ko": "report.ko.html"}
SECTIONS: Final = ("works", "whom", "price", "sure", "assumed", "reproduce")
_TERMS: Final = (
    "subsidised", "induced", "accelerated", "deadweight", "never_used", "no_twin",
    "additional", "additional_induced", "additional_accelerated", "additional_deadweight",
    "additional_no_twin", "spill_over", "crowded_out",
)  # fmt: skip
_MONEY: Final = ("spending", "deadweight_spending", "deadweight_share", "cost_per_additional", "displacement")
_ANSWERS: Final = {
    "too_few_at_this_scale": "answer_too_few",
    "cannot_be_told_apart": "answer_unclear",
    "same_in_every_pair": "answer_same",
    "one_pair": "answer_one",
}


@dataclass(frozen=True)
class PairCharts:
    """Charts of one pair by name: its own, and those of each of its programmes."""

    own: Mapping[str, Chart]
    effects: tuple[Mapping[str, Chart], ...]

    def all(self) -> Iterator[Chart]:
        """Every chart of the pair."""
        yield from self.own.values()
        for charts in self.effects:
            yield from charts.values()


def write(comparison: Comparison, folder: Path, language: str) -> Path:
    """Write the report and its figures and tables into `folder`; return the path of the HTML file.

    `language` is "en" (report.html) or "ko" (report.ko.html); UserError for another. Nothing is drawn again
    where the folder already holds the same content.
    """
    words = texts(language)["report"]
    found = current(comparison, folder, language)
    if found is not None:
        return found
    path = folder / FILE_NAMES[language]
    charts = tuple(_charts(comparison, pair, language) for pair in comparison.pairs)
    mark = content_mark(comparison, language)
    write_atomically(_figures_table(folder, language), table_csv(tables.all_figures(comparison, language)))
    images = {chart.id: base64.b64encode(write_chart(chart, folder)).decode() for chart in _all(charts)}
    context = _context(comparison, charts, language) | {"images": images, "mark": mark, "words": words}
    write_atomically(path, _page(context).encode())
    return path


def current(comparison: Comparison, folder: Path, language: str) -> Path | None:
    """Return the report of exactly this comparison that `folder` already holds whole, or None."""
    path = folder / FILE_NAMES[language]
    if not _figures_table(folder, language).is_file() or not path.is_file():
        return None
    charts = tuple(_charts(comparison, pair, language) for pair in comparison.pairs)
    return path if _is_current(path, content_mark(comparison, language), charts) else None


def _figures_table(folder: Path, language: str) -> Path:
    return folder / "tables" / f"figures.{language}.csv"


def content_mark(comparison: Comparison, language: str) -> str:
    """Return a hash of all that a report depends on: figures, runs, texts and the code that writes it."""
    figures = json.dumps(to_json(comparison), sort_keys=True)
    keys = [pair.scenario.keys for pair in comparison.pairs] + [comparison.baseline.keys]
    told = [(pair.scenario.title, pair.scenario.question) for pair in comparison.pairs]
    others = repr((keys, told, comparison.command, sorted(comparison.versions.items()), language))
    return hashlib.sha256(f"{_source_hash()}{figures}{others}".encode()).hexdigest()


def _charts(comparison: Comparison, pair: Pair, language: str) -> PairCharts:
    effects = tuple(effect_charts(comparison, pair, effect, language) for effect in pair.effects)
    return PairCharts(pair_charts(comparison, pair, language), effects)


def _all(charts: Sequence[PairCharts]) -> Iterator[Chart]:
    return itertools.chain.from_iterable(pair.all() for pair in charts)


def _is_current(path: Path, mark: str, charts: Sequence[PairCharts]) -> bool:
    if not path.is_file() or f'content="{mark}"' not in path.read_text(encoding="utf-8"):
        return False
    return all(file.is_file() for chart in _all(charts) for file in chart_files(chart, path.parent).values())


@functools.cache
def _source_hash() -> str:
    root = Path(__file__).resolve().parents[1]
    files = sorted(file for file in root.rglob("*") if file.suffix in {".py", ".toml", ".csv", ".html", ".css"})
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _page(context: Mapping[str, Any]) -> str:
    """Fill the template; the type is cut to the letters of the finished page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    loader = PackageLoader("analysis.report", package_path="")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.get_template("page.html")
    css = (resources.files("analysis.report") / "page.css").read_text(encoding="utf-8")
    letters = template.render(**{**context, "images": dict.fromkeys(context["images"], "")}, faces="", css="")
    return template.render(**context, faces=Markup(font_faces(letters)), css=Markup(css))


def _context(comparison: Comparison, charts: Sequence[PairCharts], language: str) -> dict[str, Any]:
    words = texts(language)["report"]
    last = comparison.pairs[-1].scenario
    other = "ko" if language == "en" else "en"
    return {
        "language": language,
        "other_language": other,
        "other_file": FILE_NAMES[other],
        "sections": SECTIONS,
        "title": last.title[language],
        "compared": words["compared"].format(baseline=comparison.baseline.title[language]),
        "question": last.question[language],
        "runs": _runs_sentence(comparison, language),
        "pairs": [
            _pair_view(comparison, pair, drawn, language) for pair, drawn in zip(comparison.pairs, charts, strict=True)
        ],
        "precision": _precision(comparison, language),
        "hinges_line": texts(language)["readings"]["hinges"],
        "kinds": tables.kinds_view(language),
        "contrasts": tables.contrasts_view(
            comparison.contrasts,
            words["contrasts_caption"].format(interval=_error(comparison, language)),
            language,
        ),
        "reproduction": _reproduction(comparison, language),
    }


def _error(comparison: Comparison, language: str) -> str:
    return interval_words("simulation_error", comparison.n_replications, language)


def _runs_sentence(comparison: Comparison, language: str) -> str:
    settings, months = comparison.baseline.settings, comparison.months
    return str(texts(language)["report"]["runs"]).format(
        pairs=comparison.n_replications,
        first=month_words(months[0], language),
        last=month_words(months[-1], language),
        weight=amount(settings.scale, "merchants", language),
        sampled=f"{comparison.sampled_merchants:,}",
    )


def _pair_view(comparison: Comparison, pair: Pair, charts: PairCharts, language: str) -> dict[str, Any]:
    words = texts(language)["report"]
    parts = {
        "month": month_words(pair.judged, language),
        "first": month_words(pair.window[0], language),
        "interval": _error(comparison, language),
    }
    levers = changed_levers(pair.scenario.settings, comparison.baseline.settings)
    captions = ("economy_caption", "jobs_caption", "costs_caption", "outcomes_caption")
    economy, jobs, costs, outcomes = (words[name].format(**parts) for name in captions)
    return {
        "title": pair.scenario.title[language],
        "charts": charts.own,
        "when": _when(comparison, pair, language),
        "readings": readings(comparison, pair, language),
        "readings_caption": texts(language)["readings"]["caption"].format(**parts),
        "changes": tables.statistics_view(economy, pair.changes.statistics, language, signed=True),
        "jobs": tables.jobs_view(pair, jobs, language),
        "costs": tables.statistics_view(costs, pair.costs, language) if pair.costs else None,
        "outcomes": tables.outcomes_views(pair, outcomes, language),
        "ledgers_lead": words["side_ledgers_lead"].format(**parts),
        "ledgers": tables.statistics_view(words["ledgers_caption"].format(**parts), pair.ledgers, language, True),
        "effects": [
            _effect_view(effect, drawn, parts["interval"], language) | {"answer": _answer(pair, effect, language)}
            for effect, drawn in zip(pair.effects, charts.effects, strict=True)
        ],
        "others": ", ".join(dict.fromkeys(tables.lever_title(lever, language) for lever in pair.others)),
        "inputs": tables.changed_inputs_view(comparison, pair, words["changed_inputs"], language),
        "levers": [(tables.lever_title(lever, language), tables.lever_view(lever, language)) for lever in levers],
        "hinges": tables.hinges_view(pair, hinge_parameters(comparison, pair), language),
        "parameters": tables.parameters_view(pair, language),
    }


def _when(comparison: Comparison, pair: Pair, language: str) -> str:
    words = texts(language)["report"]
    ended = pair.judged == comparison.months[-1]
    return str(words["judged_pair_end" if ended else "judged_pair"]).format(
        first=month_words(pair.window[0], language),
        month=month_words(pair.judged, language),
        months=len(pair.window) - 1,
    )


def _effect_view(effect: Effect, charts: Mapping[str, Chart], error: str, language: str) -> dict[str, Any]:
    words, programme = texts(language)["report"], effect.programme
    month = month_words(programme.evaluated, language)
    when = words["judged_at_end" if programme.clipped else "judged"]

    def _view(caption: str, figures: Sequence[Statistic], signed: bool = False) -> tables.TableView:
        return tables.statistics_view(words[caption].format(interval=error, month=month), figures, language, signed)

    def _named(names: Sequence[str]) -> list[Statistic]:
        return [effect.statistics[name] for name in names]

    return {
        "title": tables.programme_title(programme, language),
        "when": when.format(months=programme.evaluated - programme.start, month=month),
        "charts": charts,
        "headline": _view("headline_caption", _named(HEADLINE_TERMS)),
        "terms": _view("terms_caption", _named(_TERMS)),
        "money": _view("price_caption", _named(_MONEY)),
        "ledgers": _view("ledgers_caption", effect.ledgers, signed=True),
        "ledgers_lead": words["ledgers_lead" if effect.alone else "ledgers_lead_beside"].format(month=month),
        "goals": tables.goals_view(effect, _goals_caption(programme, language).format(month=month), language),
        "gains": tables.gains_views(effect, words["gains_caption"].format(interval=error), language),
    }


def _goals_caption(programme: Programme, language: str) -> str:
    several = any(len(lever.technologies) > 1 for lever in programme.levers)
    return str(texts(language)["report"]["goals_caption_shared" if several else "goals_caption"])


def _answer(pair: Pair, effect: Effect, language: str) -> str:
    """The answer in one sentence: of one programme, or of all measures of the scenario together."""
    words, additional = texts(language)["report"], effect.statistics["additional"]
    cause = words["cause_one" if len(pair.effects) == 1 else "cause_all"]
    fewer = additional.value is not None and additional.value < 0
    sentence = words[_ANSWERS.get(additional.note, "answer_fewer" if fewer else "answer_more")]
    number = additional if additional.value is None else replace(additional, value=abs(additional.value))
    return str(sentence).format(
        cause=cause.format(
            programme=tables.programme_title(effect.programme, language),
            scenario=pair.scenario.title[language],
        ),
        technology=label(effect.programme.technology, language),
        month=month_words(effect.programme.evaluated, language),
        value=value_text(number, language),
        signed=value_text(additional, language, signed=True),
        range=span_text(additional, language, signed=True),
        interval=interval_text(additional, language),
    )


def _precision(comparison: Comparison, language: str) -> list[str]:
    """Half-width of the additional adopters of every programme as a share of the effect."""
    sentence = str(texts(language)["report"]["sure_half_width"])
    lines = []
    for pair in comparison.pairs:
        for effect in pair.effects:
            one = effect.statistics["additional"]
            if one.value and one.low is not None and one.high is not None:
                share = amount((one.high - one.low) / 2 / abs(one.value), "share", language)
                name = tables.programme_title(effect.programme, language)
                lines.append(sentence.format(programme=f"{pair.scenario.title[language]}, {name}", share=share))
    return lines


def _reproduction(comparison: Comparison, language: str) -> list[tuple[str, str]]:
    words = texts(language)["report"]
    runs = [comparison.baseline, *(pair.scenario for pair in comparison.pairs)]
    keys = [
        (
            f"{words['keys']}: {one.name}",
            words["keys_more"].format(first=one.keys[0], count=len(one.keys) - 1) if one.keys[1:] else one.keys[0],
        )
        for one in runs
    ]
    versions = ", ".join(f"{name} {version}" for name, version in comparison.versions.items())
    return [
        (words["command"], comparison.command),
        (words["digest"], comparison.digest),
        *keys,
        (words["versions"], versions),
    ]
