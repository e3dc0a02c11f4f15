"""The command that asks on whom the change rests: dependency."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.interface.cli.options import (
    LabelsOption,
    LinksOption,
    MaxWorldsOption,
    OverwriteOption,
    PeopleOption,
    ScenarioArgument,
    SeedOrUsual,
    SetOption,
    VariantOption,
    WorkersOption,
    WorldsOption,
    variant_of,
    worlds_and_seed,
)
from sim.interface.cli.output import console, show
from sim.interface.cli.progress import bar, begun, beside
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.analysis.dependency.readings import Dependency
    from sim.analysis.uncertainty.dependency import DependencyAcrossWorlds
    from sim.experiments.store import InFolder
    from sim.experiments.workers import Workers


def dependency(
    scenario: ScenarioArgument,
    month: Annotated[
        int | None,
        typer.Option(
            min=1, help="The month to ask about. Default: the scenario's reference month (the first departure)."
        ),
    ] = None,
    futures: Annotated[
        int | None,
        typer.Option(
            min=2, max=100_000, help="How many futures to take everybody out of in turn. Default: 40; 20 with --worlds."
        ),
    ] = None,
    seed: SeedOrUsual = None,
    set_: SetOption = None,
    variant: VariantOption = None,
    people: PeopleOption = None,
    links: LinksOption = None,
    labels: LabelsOption = None,
    worlds: WorldsOption = None,
    max_worlds: MaxWorldsOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE.csv", help="Also write every row to this file.")
    ] = None,
    overwrite: OverwriteOption = False,
    workers: WorkersOption = None,
) -> None:
    """On whom does the change rest? Three readings for every person, role and team."""
    setting = variant_of(scenario, set_, variant, people, links, labels)

    from sim.analysis.dependency.knockouts import staying
    from sim.analysis.dependency.readings import runs_needed
    from sim.analysis.uncertainty.robustness import worlds_of
    from sim.experiments.folder import check_file
    from sim.experiments.jobs import job
    from sim.experiments.workers import Workers

    count, seed = worlds_and_seed(worlds, max_worlds, seed)
    chosen = None if worlds is None else worlds_of(worlds, count)
    futures = futures or (40 if chosen is None else 20)
    tasks = runs_needed(setting, futures, seed) if chosen is None else len(chosen)
    staying(setting, month)
    if out is None:
        with bar(tasks, "run" if chosen is None else "world") as on_progress:
            found = _measured(setting, month, futures, seed, chosen, Workers(workers, on_progress=on_progress))
        _tell(found, None)
        return
    check_file(out, overwrite)
    asked = job(
        "dependency", setting, beside(out), futures=futures, seed=seed, month=month, worlds=chosen, out=out.name,
        tasks=tasks, unit="run" if chosen is None else "world",
    )  # fmt: skip
    with begun(beside(out), asked, overwrite, workers) as (store, crew):
        finish_dependency(store, crew)


def finish_dependency(store: "InFolder", workers: "Workers") -> None:
    """Play what is missing for the question, print the answer, and write it where asked."""
    from sim.experiments.jobs import scenario_of
    from sim.report.save import save_rows

    asked, out = store.job, store.folder.with_name(store.job["out"])
    found = _measured(
        scenario_of(store), asked["month"], asked["futures"], asked["seed"], asked["worlds"], workers.keeping(store)
    )
    workers.finished()
    save_rows(found.rows(), out)
    store.finish()
    _tell(found, out)


def _measured(
    setting: Scenario,
    month: int | None,
    futures: int,
    seed: int,
    worlds: "Sequence[Mapping[str, Any]] | None",
    workers: "Workers",
) -> "Dependency | DependencyAcrossWorlds":
    from sim.analysis.dependency.readings import measure_dependency
    from sim.analysis.uncertainty.dependency import dependency_across_worlds

    if worlds is None:
        return measure_dependency(setting, month=month, futures=futures, seed=seed, workers=workers)
    return dependency_across_worlds(setting, worlds, futures, seed, month=month, workers=workers)


def _tell(found: "Dependency | DependencyAcrossWorlds", out: Path | None) -> None:
    from sim.analysis.dependency.readings import Dependency

    screen, say = console(), found.scenario.words.say
    screen.print(f"\n{say(f'On whom the change rests at month {found.month}: {found.scenario.title}')}", style="bold")
    if isinstance(found, Dependency):
        from sim.report.words.dependency import dependency_words, grid

        show(screen, grid(found))
        for line in dependency_words(found):
            screen.print(line)
    else:
        _tell_worlds(found)
    if out is not None:
        rows = "person, role and team" if isinstance(found, Dependency) else "world and each of these"
        screen.print(f"\nWritten to {out}: a row for every {rows}.", soft_wrap=True)


def _tell_worlds(found: "DependencyAcrossWorlds") -> None:
    from sim.report.words.robustness import OPENING, dependency_grid, dependency_notes, dependency_words

    screen = console()
    screen.print(
        f"{len(found.dependency)} plausible worlds, {found.futures} futures in each. Of 100 parts of what director and "
        "programme make of the change, how many go with each.\n"
    )
    show(screen, dependency_grid(found))
    for line in (*dependency_words(found), "", *dependency_notes(found), OPENING):
        screen.print(line)
