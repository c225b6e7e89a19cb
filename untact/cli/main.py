"""The command `untact`: its commands, and errors as sentences with exit codes.

Exit codes: 0 done, 1 some runs failed or an unexpected error, 2 the user's input, 130 interrupted.
"""

import sys
import tempfile
import traceback
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

import click

from untact.cli.check import check
from untact.cli.compare import compare
from untact.cli.indicators import indicators
from untact.cli.ledger import ledger
from untact.cli.levers import levers
from untact.cli.parameters import parameters
from untact.cli.plan import plan
from untact.cli.population import population
from untact.cli.run import run
from untact.cli.scenarios import scenarios
from untact.cli.schedule import schedule
from untact.cli.services import services

DONE, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130


class InOrder(click.Group):
    """A group that lists its commands in the order they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(self.commands)


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="untact")
def untact() -> None:
    """Simulate Korea's contact-free economy and the levers of its 2020 plan.

    FILE is a scenario file (TOML). Results are found again by key; what is missing is computed.
    """


for _command in (
    *(run, plan, check, compare),
    *(levers, parameters, services, indicators, scenarios),
    *(population, schedule, ledger),
):
    untact.add_command(_command)


def main() -> None:
    """Run the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Korean letters still gets its tables
    sys.exit(start(sys.argv[1:]))


def start(arguments: Sequence[str]) -> int:
    """Run the command line with these arguments and return its exit code."""
    try:
        code = untact.main(list(arguments), prog_name="untact", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return WRONG_INPUT
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted. Finished runs are kept; the same command goes on from there.", err=True)
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - whatever happens, the user gets a sentence
        if "--debug" in arguments:
            traceback.print_exc()
        return _explain(error)
    return code if isinstance(code, int) else DONE


def _explain(error: Exception) -> int:
    """Print an error as sentences and return the exit code."""
    from model.errors import UserError

    if isinstance(error, UserError):
        for message in error.messages:
            click.echo(message, err=True)
        return WRONG_INPUT
    from untact.batch import RunsFailed

    if isinstance(error, RunsFailed):
        click.echo(f"{error} (details: {error.batch.folder / 'run.log'})", err=True)
        return FAILED
    log = getattr(error, "__notes__", None) or [_keep(error)]
    what = f"{type(error).__name__}: {error}".strip().splitlines()[0]
    click.echo(f"An unexpected error stopped the command ({what}); details are in {log[0]}", err=True)
    return FAILED


def _keep(error: Exception) -> str:
    """Write the traceback of an error that no run.log holds into a temporary one; return its path."""
    folder = Path(tempfile.mkdtemp(prefix="untact-"))
    path = folder / "run.log"
    path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return str(path)
