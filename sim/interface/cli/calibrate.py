"""The command that looks for settings that agree with what is known: calibrate."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.interface.cli.options import (
    OutOption,
    OverwriteOption,
    SeedOption,
    WorkersOption,
    folder_or_new,
)
from sim.interface.cli.output import console
from sim.interface.cli.progress import begun

if TYPE_CHECKING:
    from sim.experiments.store import InFolder
    from sim.experiments.workers import Workers


def calibrate(
    out: OutOption = None,
    points: Annotated[int, typer.Option(help="How many settings of the parameters to try.")] = 500,
    futures: Annotated[int, typer.Option(help="How many futures to play at each setting.")] = 30,
    targets: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Your own targets to agree with, instead of the package's.")
    ] = None,
    seed: SeedOption = 1,
    overwrite: OverwriteOption = False,
    workers: WorkersOption = None,
) -> None:
    """Which settings of the parameters agree with what little is known? Try many and accept those that do."""
    from sim.analysis.uncertainty.calibration import calibration_job
    from sim.analysis.uncertainty.targets import targets as read

    asked = calibration_job(points, futures, seed, read(targets) if targets else read())
    with begun(folder_or_new(out, "calibrate"), asked, overwrite, workers) as (store, crew):
        finish_calibrate(store, crew)


def finish_calibrate(store: "InFolder", workers: "Workers") -> None:
    """Try what is missing of the settings, and say how many agree."""
    from sim.analysis.uncertainty.calibration import run_calibration_job
    from sim.report.pages.calibration import summary
    from sim.report.save import keep

    tried = run_calibration_job(store, workers)
    keep(store, tried)
    screen = console()
    screen.print(f"{'agree':>7}  {'turned':>6}\n{'alone':>7}  {'away':>6}  of 100 settings")
    for i, target in enumerate(tried.targets):
        cut = tried.cut(i)
        away = "-" if cut is None else f"{100 * cut:.0f}"
        screen.print(f"{100 * tried.alone(i):7.0f}  {away:>6}  {target.title}", soft_wrap=True)
    screen.print(f"\n{summary(tried)}", style="bold", soft_wrap=True)
    use = f" Use it with  --worlds {store.folder}" if tried.accepted else ""
    screen.print(f"Written to {store.folder}: look at calibration.md first.{use}", soft_wrap=True)
