"""A look inside the model: the population beside its tables, the month's schedule, the money of a month."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.keys import run_seed
from experiments.scenario import load, read_scale, with_options
from model.calendar import month_number, month_text, year_of
from model.errors import UserError

if TYPE_CHECKING:
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


def ledger(file: Path | str, month: str, scale: float | str | None = None) -> list[Record]:
    """Return the payments of a calendar month ("YYYY-MM") of a scenario's first replication, in KRW.

    One record a purpose: payer, payee, amount and labels. Raises `UserError` for a wrong file or scale and a
    month outside the scenario's horizon.
    """
    scenario = with_options(load(file), scale)
    chosen = _month_inside(month, scenario.settings.start, scenario.settings.months)
    from model.economy import ledger_of
    from model.ledger import PURPOSES

    amounts = ledger_of(scenario.settings, run_seed(scenario.seed, 0), chosen)
    return [
        {
            "purpose": purpose.id,
            "payer": purpose.payer,
            "payee": purpose.payee,
            "amount_krw": float(amount),
            "label_en": purpose.label_en,
            "label_ko": purpose.label_ko,
        }
        for purpose, amount in zip(PURPOSES, amounts, strict=True)
    ]


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
