"""The words a person types: ``leadership-sim run director-turnover`` and its fellows, a module each."""

import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from sim.interface.cli import (
    calibrate,
    dependency,
    handout,
    interventions,
    kit,
    organisation,
    report,
    resume,
    run,
    scenarios,
    sensitivity,
    serve,
    show,
    sweep,
    validate,
)
from sim.interface.cli.output import said_plainly

__all__ = ["app", "main"]

app = typer.Typer(
    name="leadership-sim",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "If our director goes, does the change survive, and what would make it survive?\n\n"
        "Start with **leadership-sim run director-turnover**: it plays the director's leaving, and a few ways to "
        "prepare for it, in 200 simulated futures each. **leadership-sim scenarios** lists the other questions; "
        "**leadership-sim show NAME** says what a scenario does."
    ),
)

COMMANDS: dict[str, tuple[Callable[..., Any], ...]] = {
    "Ask a question": (
        scenarios.scenarios,
        show.show,
        run.run,
        dependency.dependency,
        interventions.interventions,
        report.report,
    ),
    "Your own organisation, and a room to talk about it": (
        organisation.organisation,
        serve.serve,
        handout.handout,
        kit.kit,
    ),
    "More futures, and how sure one can be": (
        sweep.sweep,
        resume.resume,
        sensitivity.sensitivity,
        calibrate.calibrate,
        validate.validate,
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


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None: ...


def main() -> None:
    """Entry point of the command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a Windows pipe would otherwise choke on an arrow
    app()
