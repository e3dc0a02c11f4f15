"""The words a person types: ``leadership-sim run director-turnover`` and its fellows."""

import signal
import sys
import warnings
from collections.abc import Callable
from typing import Annotated, Any

import typer

from sim.interface.cli import ask, certainty, describe, finish, questions, room, run
from sim.interface.cli.output import listened_to, said_plainly

__all__ = ["app", "main"]

app = typer.Typer(
    name="leadership-sim",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "If our director goes, does the change survive, and what would make it survive?\n\n"
        "Start with **leadership-sim run director-turnover**. It lets the director leave, tries a few ways to prepare "
        "for it, and plays each in 200 simulated futures. **leadership-sim scenarios** lists the other questions, and "
        "**leadership-sim scenarios NAME** says what one does."
    ),
)

COMMANDS: dict[str, tuple[Callable[..., Any], ...]] = {
    "Ask a question": (
        ask.ask,
        describe.scenarios,
        run.run,
        questions.dependency,
        questions.interventions,
        questions.report,
    ),
    "Use your own organisation, and talk about it in a room": (
        describe.organisation,
        room.handout,
    ),
    "Play more, and see how sure you can be": (
        run.sweep,
        finish.resume,
        describe.bag,
        certainty.sensitivity,
        certainty.calibrate,
        certainty.validate,
    ),
}
"""The commands as ``--help`` lists them, the first ones first."""

for panel, commands in COMMANDS.items():
    for command in commands:
        app.command(rich_help_panel=panel)(said_plainly(command))


def _version(wanted: bool) -> None:
    if wanted:
        from sim import __version__

        typer.echo(f"leadership-sim {__version__}")
        raise typer.Exit


DOORS = """If our director goes, does the change survive, and what would make it survive?

  leadership-sim ask                              your organisation: five questions, one sheet for its director
  leadership-sim run director-turnover            does it survive? the answer, and variants to compare
  leadership-sim dependency director-turnover     on whom does it rest?
  leadership-sim interventions director-turnover  what would make it survive?

  A trainer:     leadership-sim handout director-turnover   a page for a room, which plays without a network
  A researcher:  leadership-sim validate, sensitivity, sweep; run FILE.toml --json; docs/write-a-paper.md
  A student:     notebooks/1-one-future.ipynb; leadership-sim scenarios director-turnover; docs/change-the-model.md

leadership-sim --help lists every command."""
"""What can be asked, for who types the name alone."""


@app.callback()
def _options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(DOORS)


def main() -> None:
    """Entry point of the command."""
    sys.stdout, sys.stderr = listened_to(sys.stdout, 1), listened_to(sys.stderr, 2)
    for asked in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(asked) != signal.SIG_IGN:  # a script's background job, say
            signal.signal(asked, _stopping)
    warnings.formatwarning = lambda message, *_, **__: f"leadership-sim: {message}\n"
    app()


def _stopping(*_: object) -> None:
    """Ctrl-C, or a request to end: say so at once, since what is under way may take some seconds more."""
    typer.echo("\nStopping, once what is under way is done ...", err=True)
    raise KeyboardInterrupt
