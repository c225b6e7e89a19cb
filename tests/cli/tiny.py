"""The smallest pair of scenarios worth comparing: about 1,100 merchants, two years, two replications."""

from pathlib import Path

TINY = """format_version = 1
[run]
start = "2020-01"
end = "2021-12"
scale = 2000
seed = 7
replications = 2
"""
PLAN = """format_version = 1
extends = "tiny.toml"
[levers.payment_terminal_subsidy]
"""


def write_tiny(folder: Path) -> tuple[str, str]:
    """Write a small baseline and the terminal programme on top of it; return their paths."""
    for name, text in (("tiny", TINY), ("tiny_plan", PLAN)):
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return str(folder / "tiny.toml"), str(folder / "tiny_plan.toml")
