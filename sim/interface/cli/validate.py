"""The command that asks why anybody should believe it: validate."""

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


def validate(
    out: OutOption = None,
    futures: Annotated[
        int,
        typer.Option(help="How many futures to play of the model as it is; half as many without a mechanism."),
    ] = 200,
    points: Annotated[int, typer.Option(help="How many plausible settings to check in.")] = 30,
    seed: SeedOption = 1,
    overwrite: OverwriteOption = False,
    workers: WorkersOption = None,
) -> None:
    """Why believe it? Look for the study's patterns: as the model is, in other settings, without each mechanism."""
    from sim.analysis.validation.run import validation_job

    job = validation_job(futures, points, seed)
    with begun(folder_or_new(out, "validate"), job, overwrite, workers) as (store, crew):
        finish_validate(store, crew)


def finish_validate(store: "InFolder", workers: "Workers") -> None:
    """Play what is missing of a validation, write it, and say what it found."""
    from sim.analysis.validation.ablations import AS_IT_IS
    from sim.analysis.validation.run import run_validation_job
    from sim.report.pages.validation import asked, summary
    from sim.report.save import keep

    found = run_validation_job(store, workers)
    keep(store, found)
    points = len(found.points)
    screen = console()
    for pattern in asked(found):
        counted = ", ".join(f"{n} {verdict}" for verdict, n in found.counted(pattern.slug).items())
        over = f"; of {points} plausible settings: {counted}" if points else ""
        screen.print(f"{pattern.slug:4} {found.verdict(AS_IT_IS.slug, pattern.slug)}{over}", soft_wrap=True)
        screen.print(f"     {pattern.quotation}", soft_wrap=True)
    screen.print(summary(found), style="bold")
    screen.print(f"Written: {store.folder / 'validation.md'}", soft_wrap=True)
