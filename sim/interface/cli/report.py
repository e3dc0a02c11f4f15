"""The command that writes a page for a director: report."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.interface.cli.options import (
    MOST,
    MaxWorldsOption,
    OverwriteOption,
    WorldsOption,
    worlds_and_seed,
)
from sim.interface.cli.output import console
from sim.interface.cli.progress import bar

if TYPE_CHECKING:
    pass


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a finished run.")],
    futures: Annotated[
        int, typer.Option(min=2, max=100_000, help="How many futures to play for what the run leaves open.")
    ] = 100,
    seed: Annotated[
        int | None, typer.Option(min=0, max=MOST, help="The seed of what is played for the page. Default: the run's.")
    ] = None,
    worlds: WorldsOption = None,
    max_worlds: MaxWorldsOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Write a page to hand to a director: the answer, on whom the change rests, and what would keep it alive."""
    from sim.report.director import write_report

    count, _ = worlds_and_seed(worlds, max_worlds, seed)
    with bar(None) as on_progress:
        page = write_report(
            folder, futures=futures, seed=seed, worlds=worlds, max_worlds=count, overwrite=overwrite,
            on_progress=on_progress,
        )  # fmt: skip
    console().print(f"Written: {page}. Open it in any browser; it needs no network.", soft_wrap=True)
