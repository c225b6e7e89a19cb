"""The ordinary Mesa agents beside the column populations: account agents and the government.

Platforms, which decide for themselves, stand in `model.agents.platforms`. Each of these is a window on the books and
programmes that compiled phases write: its cash and flows are those of its account, so nothing is kept twice.
"""

from collections.abc import Mapping
from typing import Any

import mesa

from model.ledger import ACCOUNTS, POPULATIONS, PURPOSES
from model.records import Record


class AccountAgent(mesa.Agent):
    """A sector of the economy that is one agent: suppliers, landlords, banks, logistics, the rest."""

    def __init__(self, model: Any, account: str) -> None:
        super().__init__(model)
        self.account = account

    @property
    def _books(self) -> Record:
        return self.model.world.books[0]

    @property
    def cash_krw(self) -> float:
        """Cash at the end of last month, KRW, counted from zero at the start."""
        return float(self._books.cash[ACCOUNTS.index(self.account)])

    @property
    def receipts_krw(self) -> dict[str, float]:
        """What it received last month by purpose, KRW."""
        return self._flows("payee")

    @property
    def payments_krw(self) -> dict[str, float]:
        """What it paid last month by purpose, KRW."""
        return self._flows("payer")

    def _flows(self, side: str) -> dict[str, float]:
        booked = self._books.booked
        return {
            purpose.id: float(booked[position])
            for position, purpose in enumerate(PURPOSES)
            if getattr(purpose, side) == self.account
        }


class Government(AccountAgent):
    """The ministry: it runs the scenario's programmes and pays for them."""

    def programmes(self) -> list[dict[str, float | str]]:
        """Return the programmes' standing: merchants committed to, money reserved and spent (KRW)."""
        world = self.model.world
        names = sorted(name for name, lever in self.model.settings.levers if getattr(lever, "technology", None))
        return [
            {
                "programme": name,
                "committed_merchants": float(state.committed),
                "reserved_krw": float(state.reserved_krw),
                "spent_krw": float(state.spent_krw),
            }
            for name, state in zip(names, world.programme_state, strict=False)
        ]


def make_account_agents(model: Any, kinds: Mapping[str, type[AccountAgent]]) -> dict[str, AccountAgent]:
    """Create one agent for every account that is no column population, by account; kinds: classes of their own."""
    kinds = {"government": Government, **kinds}
    held = [account for place, account in enumerate(ACCOUNTS) if place not in POPULATIONS]
    return {account: kinds.get(account, AccountAgent)(model, account) for account in held}
