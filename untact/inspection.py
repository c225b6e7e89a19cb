"""A look inside the model: the population beside its tables, the month's schedule, the money of a month."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.keys import run_key, run_seed
from experiments.scenario import load, read_scale, with_options
from experiments.store.files import probe, storage_errors
from model.calendar import month_number, month_text, year_of
from model.errors import UserError

if TYPE_CHECKING:
    from analysis.payments import Payments
    from model.synthetic_population.margins import MarginRow

Record = dict[str, Any]


def population(file: Path | str | None = None, scale: float | str | None = None) -> "list[MarginRow]":
    """Return the margins of a scenario's population, or of the nation's, beside the tables they follow.

    scale: instead of the scenario's own; without a file "quick" if not given. Raises `UserError` for a wrong
    file or scale.
    """
    from model.synthetic_population.build import build
    from model.synthetic_population.margins import margins

    if file is None:
        return margins(build(_size(scale or "quick")))
    settings = with_options(load(file), scale).settings
    last = year_of(settings.start + settings.months - 1)
    return margins(build(settings.scale, settings.focus, year_of(settings.start), last))


def schedule() -> list[Record]:
    """Return the month phase by phase: what each does, how agents act, what it reads and writes."""
    from model.economy import Economy

    return [dict(row) for row in Economy.schedule()]


def ledger(
    file: Path | str, month: str | None = None, scale: float | str | None = None, year: int | None = None
) -> list[Record]:
    """Return the payments of a month ("YYYY-MM") or of a year of a scenario's first replication, in KRW.

    One record a purpose: payer, payee, amount and labels. Raises `UserError` for a wrong file or scale and for
    months outside the scenario's horizon.
    """
    return payment_records(payments_of(file, month, scale, year))


def payments_of(
    file: Path | str, month: str | None = None, scale: float | str | None = None, year: int | None = None
) -> "Payments":
    """Return the payments that `ledger` lists with their months and run; raises `UserError` as `ledger`."""
    scenario = with_options(load(file), scale)
    settings, seed = scenario.settings, run_seed(scenario.seed, 0)
    months = _months_inside(month, year, settings.start, settings.months)
    from analysis.payments import Payments
    from model.economy import ledger_of

    amounts = ledger_of(settings, seed, months)
    return Payments(scenario.name, scenario.title, run_key(settings, seed), months, amounts)


def payment_records(payments: "Payments") -> list[Record]:
    """Return payments purpose by purpose: payer, payee, amount in KRW and labels."""
    from model.ledger import PURPOSES

    return [
        {
            "purpose": purpose.id,
            "payer": purpose.payer,
            "payee": purpose.payee,
            "amount_krw": float(amount),
            "label_en": purpose.label_en,
            "label_ko": purpose.label_ko,
        }
        for purpose, amount in zip(PURPOSES, payments.by_purpose, strict=True)
    ]


def draw_ledger(payments: "Payments", results: Path | str = "results") -> dict[str, Path]:
    """Draw the matrix of payments into the scenario's folder of results; return the PNG in each language.

    SVG, PDF and the table as CSV lie beside it. Raises `UserError` where the folder cannot be written.
    """
    from analysis.charts import chart_files, write_chart
    from analysis.charts.payments import payments_chart
    from analysis.wording import LANGUAGES

    folder = Path(results) / payments.scenario
    probe(folder)
    drawn = {}
    with storage_errors(folder):
        for language in LANGUAGES:
            chart = payments_chart(payments, language)
            write_chart(chart, folder)
            drawn[language] = chart_files(chart, folder)["png"]
    return drawn


def _months_inside(month: str | None, year: int | None, start: int, months: int) -> range:
    """Return the months asked for; `UserError` if none or two are, or they leave the horizon."""
    if (month is None) == (year is None):
        raise UserError("give one of both: a month, YYYY-MM, or a year, YYYY")
    if month is not None:
        only = _month_inside(month, start, months)
        return range(only, only + 1)
    asked = [_month_inside(f"{year}-{end:02d}", start, months) for end in (1, 12)]
    return range(asked[0], asked[1] + 1)


def _month_inside(text: str, start: int, months: int) -> int:
    try:
        month = month_number(text)
    except ValueError as error:
        raise UserError(f"month: {error}") from None
    if not start <= month < start + months:
        last = month_text(start + months - 1)
        raise UserError(f"month: {text} is outside the scenario's months {month_text(start)} to {last}")
    return month


def _size(scale: float | str) -> float:
    try:
        return float(str(read_scale(scale)))
    except ValueError as error:
        raise UserError(f"scale: {error}") from None
