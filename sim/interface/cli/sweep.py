"""The command that plays a scenario at many points: sweep."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.interface.cli.options import (
    ClusterOption,
    Engine,
    EngineOption,
    OutOption,
    OverwriteFolderOption,
    WorkersOption,
    folder_or_new,
    note_events,
)
from sim.interface.cli.output import tell_failures
from sim.interface.cli.progress import begun

if TYPE_CHECKING:
    from sim.experiments.store import InFolder
    from sim.experiments.workers import Workers


def sweep(
    design: Annotated[
        Path, typer.Argument(metavar="DESIGN.toml", help="A file that says which parameters take which values.")
    ],
    out: OutOption = None,
    overwrite: OverwriteFolderOption = False,
    engine: EngineOption = Engine.COMPILED,
    workers: WorkersOption = None,
    cluster: ClusterOption = None,
) -> None:
    """Play a scenario at many settings of its parameters (a grid, a Latin hypercube), all in the same futures."""
    from sim.experiments.jobs import job
    from sim.experiments.sweep import points, read_design, unmoved

    read, setting = read_design(design)
    for note in unmoved(read, setting):
        typer.echo(note, err=True)
    swept = {**read.grid, **(read.latin_hypercube.ranges if read.latin_hypercube else {})}
    note_events(setting, swept)
    folder = folder_or_new(out, design.stem)
    asked = job(
        "sweep", setting, folder, futures=read.futures, seed=read.seed, variants=read.variants, twin=engine.value,
        workers=workers,
    )  # fmt: skip
    asked["points"] = points(read, setting)
    asked["seconds"] *= len(asked["points"])
    with begun(folder, asked, overwrite, workers, cluster) as (store, crew):
        finish_sweep(store, crew)


def finish_sweep(store: "InFolder", workers: "Workers") -> None:
    """Play what is missing of a sweep, and say what came out."""
    from sim.experiments.sweep import sweep_job
    from sim.report.save import keep

    job, folder = store.job, store.folder
    found = sweep_job(store, workers)
    keep(store, found)
    collapsed = [row["collapsed"] for row in found.rows if row["variant"] == "base"]
    least, most = min(collapsed), max(collapsed)
    typer.echo(
        f"{len(job['points'])} points of {', '.join(job['points'][0])}, {job['futures']} futures each, the same draws "
        f"in all. Of 100 futures, collapsed: from {100 * least:.0f} at one point to {100 * most:.0f} at another.\n"
        f"Written to {folder}: sweep.csv, a row for every point and variant with its intervals, and futures.parquet."
    )
    tell_failures(found.failed, job["futures"] * len(found.rows), folder)
