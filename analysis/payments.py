"""Who pays whom over some months: the ledger's purposes as a matrix of accounts, in the order money goes round."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

import numpy as np

from analysis.statistics import Floats
from model.calendar import month_text
from model.ledger import ACCOUNTS, PURPOSES, matrix

STAGES: Final = ("households", "sellers", "platforms", "suppliers", "finance", "government", "outside")
"""Where an account stands on the round of money: from households' purses through sellers back to them."""
_STAGE_OF: Final = {
    "households": "households",
    "open_market": "platforms",
    "delivery_platform": "platforms",
    "public_platform": "platforms",
    "logistics": "suppliers",
    "banks": "finance",
    "public_qr_operator": "finance",
    "government": "government",
    "rest_of_economy": "outside",
}
"""Accounts whose stage does not follow from who pays them: see `stage_of`."""


@cache
def stage_of(account: str) -> str:
    """Return the stage of an account: unless declared, those that households pay are sellers, others suppliers."""
    paid_by_households = any((one.payer, one.payee) == ("households", account) for one in PURPOSES)
    return _STAGE_OF.get(account, "sellers" if paid_by_households else "suppliers")


@dataclass(frozen=True, eq=False)
class Payments:
    """The payments of one run over `months` (month numbers): `by_purpose` in the order of PURPOSES, KRW.

    `run_key` names the run of `scenario`; `title` is the scenario's by language.
    """

    scenario: str
    title: Mapping[str, str]
    run_key: str
    months: range
    by_purpose: Floats

    @property
    def period(self) -> str:
        """The months as text: "2021-05", "2021" for a calendar year."""
        return month_text(self.months[0]) if len(self.months) == 1 else str(self.months[0] // 12)

    @cached_property
    def accounts(self) -> tuple[str, ...]:
        """Accounts that pay or are paid, by stage, within a stage in the order of the ledger."""
        table = matrix(self.by_purpose)
        moved = table.sum(axis=0) + table.sum(axis=1)
        found = [account for account, krw in zip(ACCOUNTS, moved, strict=True) if krw]
        return tuple(sorted(found, key=lambda account: STAGES.index(stage_of(account))))

    @cached_property
    def matrix(self) -> Floats:
        """Payments [payer, payee] among `accounts`, KRW."""
        places = [ACCOUNTS.index(account) for account in self.accounts]
        table: Floats = matrix(self.by_purpose)[np.ix_(places, places)]
        return table
