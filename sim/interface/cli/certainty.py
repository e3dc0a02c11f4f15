"""The commands that ask how sure one can be: sensitivity, calibrate, validate."""

from pathlib import Path
from typing import Annotated

import typer

from sim.interface.cli import options
from sim.interface.cli.finish import need_extra, play
from sim.scenario.scenario import Scenario


@options.of_scenario("set_", *options.OWN)
def sensitivity(
    setting: Scenario,
    out: options.Folder = None,
    trajectories: Annotated[
        int, typer.Option(help="How many paths the screening takes through the parameters (Morris).")
    ] = 20,
    samples: Annotated[
        int, typer.Option(help="How many samples the indices are worked out from (Sobol): a power of two.")
    ] = 256,
    futures: Annotated[
        int, typer.Option(help="How many futures to play at each point; every point has the same ones.")
    ] = 20,
    top: Annotated[int, typer.Option(help="How many parameters get indices: the first in the screening.")] = 12,
    seed: options.Seed = 1,
    overwrite: options.Overwrite = False,
    workers: options.Processes = None,
) -> None:
    """What drives the answer? Move every parameter over its range; vary the network, the size and the time step too."""
    need_extra()

    from sim.analysis.ranges import TABLE
    from sim.analysis.sensitivity.effects import check
    from sim.analysis.sensitivity.run import tasks

    folder = options.folder_or_new(out, "sensitivity", setting.name)
    check(trajectories, samples, futures, top)
    play(
        "sensitivity", setting, folder, overwrite, workers, futures=futures, seed=seed, tables=[TABLE],
        variants=list(setting.variants), trajectories=trajectories, samples=samples, top=top,
        tasks=tasks(setting, trajectories, samples, top),
    )  # fmt: skip


def calibrate(
    out: options.Folder = None,
    points: Annotated[int, typer.Option(help="How many settings of the parameters to try.")] = 500,
    futures: Annotated[int, typer.Option(help="How many futures to play at each setting.")] = 30,
    targets: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Your own targets to agree with, instead of the package's.")
    ] = None,
    seed: options.Seed = 1,
    overwrite: options.Overwrite = False,
    workers: options.Processes = None,
) -> None:
    """Which settings of the parameters agree with what little is known? Try many and accept those that do."""
    from dataclasses import asdict

    from sim.analysis.ranges import TABLE
    from sim.analysis.uncertainty.calibration import check
    from sim.analysis.uncertainty.targets import targets as read

    check(points, futures)
    agreeing = [asdict(target) for target in (read(targets) if targets else read())]
    folder = options.folder_or_new(out, "calibrate")
    play(
        "calibrate", None, folder, overwrite, workers, futures=futures, seed=seed, tables=[TABLE], points=points,
        targets=agreeing, tasks=points,
    )  # fmt: skip


def validate(
    out: options.Folder = None,
    futures: Annotated[
        int,
        typer.Option(help="How many futures to play of the model as it is; half as many without a mechanism."),
    ] = 200,
    points: Annotated[int, typer.Option(help="How many plausible settings to check in.")] = 30,
    seed: options.Seed = 1,
    overwrite: options.Overwrite = False,
    workers: options.Processes = None,
) -> None:
    """Why believe it? Look for the study's patterns: as the model is, in other settings, without each mechanism."""
    from sim.analysis.validation.run import check, tasks

    check(futures, points)
    play(
        "validate", None, options.folder_or_new(out, "validate"), overwrite, workers, futures=futures, seed=seed,
        points=points, tasks=tasks(points), unit="pattern",
    )  # fmt: skip
