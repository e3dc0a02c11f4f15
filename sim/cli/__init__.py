"""The words a person types: ``leadership-sim run director-turnover`` and its fellows."""

import sys
from typing import Annotated

import typer

from sim.cli import live, reviewers, runs, show, sure, teach, why
from sim.cli.shared import app

__all__ = ["app", "live", "main", "reviewers", "runs", "show", "sure", "teach", "why"]


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
