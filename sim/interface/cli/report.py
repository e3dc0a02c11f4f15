"""The command that writes a page for a director: report."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.interface.cli.options import (
    MOST,
    MaxWorldsOption,
    OverwriteOption,
    WorkersOption,
    WorldsOption,
    worlds_and_seed,
)
from sim.interface.cli.output import console
from sim.interface.cli.progress import begun, inside

if TYPE_CHECKING:
    from sim.experiments.store import InFolder
    from sim.experiments.workers import Workers


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
    workers: WorkersOption = None,
) -> None:
    """Write a page to hand to a director: the answer, on whom the change rests, and what would keep it alive."""
    from sim.analysis.uncertainty.robustness import worlds_of
    from sim.experiments.folder import versions
    from sim.report.director import check_page

    count, _ = worlds_and_seed(worlds, max_worlds, seed)
    check_page(folder, overwrite)
    if worlds is not None:
        worlds_of(worlds, count)  # so that a mistake is told first
    asked = {
        "kind": "report",
        "futures": futures,
        "seed": seed,
        "worlds": worlds if worlds in (None, "plausible") else str(Path(worlds).absolute()),
        "max_worlds": count,
        "tasks": None,
        "unit": "run",
        "versions": versions(),
    }
    with begun(inside(folder), asked, overwrite, workers) as (store, crew):
        finish_report(store, crew)


def finish_report(store: "InFolder", workers: "Workers") -> None:
    """Play what is missing for a page, and write it."""
    from sim.experiments.jobs import same_versions
    from sim.report.director import write_report

    same_versions(store)
    asked = {key: store.job[key] for key in ("futures", "seed", "worlds", "max_worlds")}
    page = write_report(store.folder.parent, **asked, overwrite=True, workers=workers.keeping(store))
    store.finish()
    console().print(f"Written: {page}. Open it in any browser; it needs no network.", soft_wrap=True)
