"""A laboratory of the non-face-to-face economy of Korea and of the levers of its 2020 plan.

The public names below are the Python twins of the commands: `from untact import compare`. They are imported
when first used, so that starting the command line stays quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from untact.batch import check, compare, plan, run
    from untact.catalogue import indicators, levers, parameters, scenarios, services
    from untact.inspection import ledger, population, schedule

_HOMES = {
    "untact.batch": ("check", "compare", "plan", "run"),
    "untact.catalogue": ("indicators", "levers", "parameters", "scenarios", "services"),
    "untact.inspection": ("ledger", "population", "schedule"),
}

__all__ = [
    "check",
    "compare",
    "indicators",
    "ledger",
    "levers",
    "parameters",
    "plan",
    "population",
    "run",
    "scenarios",
    "schedule",
    "services",
]


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'untact' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
