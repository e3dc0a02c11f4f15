"""The command that lists the library: scenarios."""

from typing import TYPE_CHECKING

import typer

from sim.scenario.scenario import library_names, load

if TYPE_CHECKING:
    pass


def scenarios() -> None:
    """List the scenarios in the library, each with its question."""
    for name in library_names():
        setting = load(name)
        typer.echo(f"{name}\n    {setting.question or setting.title}")
        typer.echo(f"    variants: {', '.join(setting.variants) or 'none'}")
