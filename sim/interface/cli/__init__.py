"""The words a person types: ``leadership-sim run director-turnover`` and its fellows."""

import sys
from typing import Annotated

import typer

from sim.interface.cli import ask, handout, run, serve, show, uncertainty, validation
from sim.interface.cli.options import app

__all__ = ["app", "ask", "handout", "main", "run", "serve", "show", "uncertainty", "validation"]


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
