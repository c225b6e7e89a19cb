"""Write the regression fixtures anew: `python -m tests.regression.update [--dry-run]`.

The fixtures say what this version of the model computes, not what is true of Korea: a change of the model that
moves them is looked at, written down in CHANGELOG.md under "numbers changed", and then accepted by running this.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np

from model.indicators import POSITION
from tests.laws.small_korea import Run, qr_enrolment, run_to_end, settings_of, terminal_subsidy

FOLDER: Final = Path(__file__).parent
NOTICE: Final = (
    "A fixture of the tests, not a finding: one small run (about 6,000 shops) of this version of the model. "
    "Written by python -m tests.regression.update."
)
NUMBERS: Final = (
    "online_share_goods",
    "online_meals_krw",
    "public_qr_krw",
    "mobile_pay_card_krw",
    "owner_income_krw",
    "sales_online_krw",
    "heads_regular_persons",
    "merchants_active_mobile_pay_terminal",
    "merchants_active_public_qr",
    "merchants_active_open_market_entry",
    "merchants_active_delivery_app",
)
EFFECTS: Final = {
    "terminal": ("merchants_installed_mobile_pay_terminal", "merchants_active_mobile_pay_terminal", "owner_income_krw"),
    "visits": ("merchants_installed_public_qr", "merchants_active_public_qr", "public_qr_krw"),
}
LEVERS: Final = {"terminal": terminal_subsidy, "visits": qr_enrolment}
SEEDS: Final = range(1, 13)
MONTHS: Final = 36
STANDARD_ERRORS: Final = 4.0


def baseline() -> dict[str, Any]:
    """Fingerprint and last-month values of one run without levers."""
    run = run_to_end(settings_of(months=MONTHS))
    return {
        "notice": NOTICE,
        "sha256_of_core_table_9_digits": fingerprint(run),
        "last_month": {name: round_to(run.last(name), 9) for name in NUMBERS},
    }


def fingerprint(run: Run) -> str:
    """SHA-256 of the core table rounded to nine digits, the ledger's residual left out."""
    table = np.delete(run.core, POSITION["ledger_residual"], axis=1)
    text = "\n".join(" ".join(f"{value:.8e}" for value in row) for row in table)
    return hashlib.sha256(text.encode()).hexdigest()


def policy_effects() -> dict[str, Any]:
    """Paired effects of each lever in the last month: mean over seeds, sign, and tolerance."""
    without = {seed: run_to_end(settings_of(months=MONTHS), seed) for seed in SEEDS}
    effects: dict[str, Any] = {}
    for name, indicators in EFFECTS.items():
        runs = {seed: run_to_end(settings_of(LEVERS[name](), months=MONTHS), seed) for seed in SEEDS}
        for indicator in indicators:
            paired = np.array([runs[seed].last(indicator) - without[seed].last(indicator) for seed in SEEDS])
            effects[f"{name}: {indicator}"] = summary(paired)
    return {"notice": NOTICE, "effects": effects}


def summary(paired: np.ndarray) -> dict[str, Any]:
    """Mean effect, its tolerance (four standard errors), and its sign or "unclear" within the tolerance."""
    mean = float(paired.mean())
    tolerance = STANDARD_ERRORS * float(paired.std(ddof=1)) / np.sqrt(paired.size)
    sign = "unclear" if abs(mean) <= tolerance else "positive" if mean > 0 else "negative"
    return {"mean": round_to(mean, 6), "tolerance": round_to(tolerance, 3), "sign": sign}


def round_to(value: float, digits: int) -> float:
    """`value` to a number of significant digits."""
    return float(f"{value:.{digits - 1}e}")


FIXTURES: Final = {"baseline.json": baseline, "policy_effects.json": policy_effects}


def stored(name: str) -> dict[str, Any]:
    """The fixture as it stands in the repository; empty when there is none yet."""
    path = FOLDER / name
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def changes(old: Any, new: Any, where: str = "") -> list[str]:
    """One line for every number or text that differs."""
    if isinstance(new, dict):
        before = old if isinstance(old, dict) else {}
        keys = [*new, *(key for key in before if key not in new)]
        return [line for key in keys for line in changes(before.get(key), new.get(key), f"{where} / {key}")]
    return [] if old == new else [f"{where.removeprefix(' / ')}: {old} -> {new}"]


def main() -> None:
    """Compute every fixture, say what changes, and write it unless `--dry-run` is given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--dry-run", action="store_true", help="only say what would change")
    dry_run = parser.parse_args().dry_run
    for name, compute in FIXTURES.items():
        new = compute()
        lines = changes(stored(name), new)
        sys.stdout.write("\n".join([f"{name}: {len(lines)} changes", *lines]) + "\n")
        if lines and not dry_run:
            text = json.dumps(new, indent=2, ensure_ascii=False) + "\n"
            (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
