"""`untact check`: scenario files read and checked, nothing run."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from untact.cli.options import common_options, files_argument
from untact.cli.output import show_json, show_table

if TYPE_CHECKING:
    from experiments.scenario import Scenario

WRONG_INPUT = 2
_COLUMNS = {
    "file": "File",
    "title": "Title",
    "months": "Months",
    "scale": "Scale",
    "replications": "Runs",
    "levers": "Levers",
}


@click.command(short_help="Check scenario files.")
@files_argument
@common_options
def check(files: tuple[Path, ...], as_json: bool, language: str) -> int:
    """Check scenario FILEs (or all of a folder) and say all that is wrong with them."""
    from model.errors import UserError
    from untact.batch import check as check_files

    try:
        found = check_files(*files)
    except UserError as error:
        if not as_json:
            raise
        show_json("check", {"sound": False, "errors": list(error.messages)})
        return WRONG_INPUT
    if as_json:
        scenarios = {str(scenario.path): scenario.effective for scenario in found}
        show_json("check", {"sound": True, "errors": [], "scenarios": scenarios})
    else:
        show_table(_COLUMNS, [_row(scenario, language) for scenario in found], language)
    return 0


def _row(scenario: "Scenario", language: str) -> dict[str, Any]:
    run = scenario.effective["run"]
    return {
        "file": str(scenario.path),
        "title": scenario.title[language],
        "months": f"{run['start']} to {run['end']}",
        "scale": scenario.settings.scale,
        "replications": scenario.replications,
        "levers": [name for name, _ in scenario.settings.levers],
    }
