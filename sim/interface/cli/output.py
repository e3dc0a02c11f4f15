"""What a command prints, who may stop listening, and how mistakes are told."""

import errno
import io
import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import typer

from sim.base.errors import ScenarioError

if TYPE_CHECKING:
    from rich.console import Console

    from sim.report.words.common import Grid


def said_plainly[**P, R](command: Callable[P, R]) -> Callable[P, R]:
    """Turn what a person can put right into one clear message and exit code 2; Ctrl-C into 130."""

    @wraps(command)
    def careful(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except ScenarioError as error:
            said, code = "\n".join(f"leadership-sim: {line}" for line in str(error).split("\n")), 2
        except OSError as error:
            if error.filename is None:
                raise
            said, code = f"leadership-sim: {error.filename}: cannot be used ({error.strerror})", 2
        except MemoryError:
            said, code = "leadership-sim: there is not enough memory for this; try a smaller organisation", 2
        except KeyboardInterrupt:
            said, code = "\nleadership-sim: stopped", 130
        typer.echo(said, err=True)
        raise typer.Exit(code)

    return careful


class _Unheeded(io.FileIO):
    """A stream that others may stop reading (``| head``): what is written after that is dropped."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError as error:
            if error.errno not in (errno.EPIPE, errno.EINVAL):  # Windows says EINVAL of a closed pipe
                raise
            return memoryview(data).nbytes


def listened_to(stream: TextIO | None, number: int) -> TextIO:
    """Standard output or error in UTF-8: results come first, so it does no harm if nobody listens, or not to the end.

    ``stream`` is None where there is none, as for a service; ``number`` is its file descriptor.
    """
    if stream is None:
        return Path(os.devnull).open("w", encoding="utf-8")
    if stream.isatty():
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
        return stream
    raw = _Unheeded(number, "w", closefd=False)
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", errors="replace", line_buffering=number == 2)


def console() -> "Console":
    """Where text goes: as wide as the terminal, or 120 columns where it is none."""
    from rich.console import Console

    plain = Console(highlight=False, emoji=False, markup=False)
    return plain if plain.is_terminal else Console(width=120, highlight=False, emoji=False, markup=False)


def show(screen: "Console", grid: "Grid") -> None:
    """Print a table, or in a narrow window the lines that say the same."""
    if screen.width >= grid.narrow:
        screen.print(grid.table())
        return
    for line in grid.lines():
        screen.print(line, soft_wrap=True)
    screen.print()


def note(line: str) -> None:
    """Say where things are and what to do next: beside the results, so that a pipe has these alone."""
    typer.echo(line, err=True)


def tell_failures(failed: int, of: int, folder: Path) -> None:
    """Say how many futures failed, and end with exit code 3, if any did."""
    if failed:
        typer.echo(
            f"leadership-sim: {failed} of {of} futures failed; see the columns status and error in {folder}", err=True
        )
        raise typer.Exit(3)
