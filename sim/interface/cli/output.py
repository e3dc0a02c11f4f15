"""What a command prints, and how mistakes are told."""

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sim.base.errors import ScenarioError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def said_plainly[**P, R](command: Callable[P, R]) -> Callable[P, R]:
    """Turn what a person can put right into one clear message and exit code 2; Ctrl-C into 130."""

    @wraps(command)
    def careful(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except ScenarioError as error:
            typer.echo("\n".join(f"leadership-sim: {line}" for line in str(error).split("\n")), err=True)
            raise typer.Exit(2) from None
        except MemoryError:
            typer.echo("leadership-sim: this needs more memory than there is; try a smaller organisation", err=True)
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            typer.echo("\nleadership-sim: stopped", err=True)
            raise typer.Exit(130) from None

    return careful


def console() -> "Console":
    """Where rich text goes: 120 columns where that is no terminal."""
    from rich.console import Console

    plain = Console(highlight=False, emoji=False, markup=False)
    return plain if plain.is_terminal else Console(width=120, highlight=False, emoji=False, markup=False)


def show(screen: "Console", table: "Table", blocks: Iterable[str]) -> None:
    """A table, or in a narrow window the short lines that say the same."""
    from sim.report.words.comparison import NARROW

    if screen.width >= NARROW:
        screen.print(table)
        return
    for line in blocks:
        screen.print(line, soft_wrap=True)
    screen.print()


def tell_failures(failed: int, of: int, folder: Path) -> None:
    """Say how many futures failed, and end with exit code 3, if any did."""
    if failed:
        typer.echo(f"leadership-sim: {failed} of {of} runs failed; see status and error in {folder}", err=True)
        raise typer.Exit(3)
