"""Variants played in many plausible worlds: what run and interventions do with --worlds."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sim.interface.cli.output import console, show
from sim.interface.cli.progress import begun
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from sim.experiments.store import InFolder
    from sim.experiments.workers import Workers


def ask_over(
    setting: "Scenario",
    variants: Sequence[str],
    folder: Path,
    source: str,
    worlds: int,
    futures: int | None,
    seed: int,
    overwrite: bool,
    workers: int | None,
    cluster: str | None = None,
    engine: Any = "compiled",
) -> None:
    """Play variants of a scenario in many plausible worlds, and say in how many each does better than the first."""
    from sim.analysis.uncertainty.robustness import FUTURES, robustness_job, worlds_of
    from sim.experiments.jobs import job

    chosen = worlds_of(source, worlds)
    if len(chosen) < worlds:
        typer.echo(f"There are {len(chosen)} plausible worlds in {source}; all are used.", err=True)
    asked = job(
        "over", setting, folder, futures=futures or FUTURES, seed=seed, variants=variants, twin=engine, workers=workers
    )  # fmt: skip
    asked = robustness_job(asked, chosen, source)
    with begun(folder, asked, overwrite, workers, cluster) as (store, crew):
        finish_over(store, crew)


def finish_over(store: "InFolder", workers: "Workers") -> None:
    """Play what is missing of a scenario in many worlds, and say what came out."""
    from sim.analysis.uncertainty.robustness import run_robustness_job
    from sim.report.save import keep
    from sim.report.words.robustness import OPENING, grid, notes, robustness_words

    found = run_robustness_job(store, workers)
    keep(store, found)
    screen, say = console(), found.scenario.words.say
    worlds, futures = len(found.outcomes), found.outcomes.shape[2]
    asked = f"{worlds} plausible worlds, {futures} futures in each for each row"
    screen.print(f"\n{say(found.scenario.question or found.scenario.title)}", style="bold")
    screen.print(f"{asked}, the same draws in all; seed {found.seed}.\n")
    screen.print(OPENING)
    show(screen, grid(found))
    for line in (*robustness_words(found), "", *notes(found)):
        screen.print(line)
    screen.print(f"\nWritten to {store.folder}: look at {store.folder / 'robustness.png'} first.", soft_wrap=True)
