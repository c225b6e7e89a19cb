"""The ordinary Mesa agents beside the column populations: account agents, platforms, the government.

Each is a window on the books and programmes that compiled phases write: its cash and flows are those of its
account, so nothing is kept twice.
"""

from typing import Any

import mesa

from model.ledger import ACCOUNTS, PURPOSES
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


class Platform(AccountAgent):
    """The open market: sellers pay it a commission; it sells nothing of its own."""

    @property
    def turnover_krw(self) -> float:
        """Sales through the platform last month, KRW."""
        spending = self.model.world.spending[0]
        return float(spending.market_small.sum() + spending.market_large.sum())


class DeliveryPlatform(Platform):
    """The delivery apps: restaurants and chains pay them a commission on what is ordered through them."""

    @property
    def turnover_krw(self) -> float:
        """Orders through the apps last month without couriers' fees, KRW."""
        spending = self.model.world.spending[0]
        return float(spending.app_small.sum() + spending.app_large.sum())


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


def make_account_agents(model: Any) -> dict[str, AccountAgent]:
    """Create one agent for every account that is no column population, by account."""
    kinds: dict[str, type[AccountAgent]] = {
        "open_market": Platform,
        "delivery_platform": DeliveryPlatform,
        "government": Government,
    }
    return {account: kinds.get(account, AccountAgent)(model, account) for account in ACCOUNTS[2:]}
