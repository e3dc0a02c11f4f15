"""The command that asks on whom the change rests: dependency."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.base.errors import ScenarioError
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
from sim.interface.cli.progress import bar
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    pass


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
    if out is not None and out.exists() and not overwrite:
        raise ScenarioError(f"{out}: is there already; choose another name, or add --overwrite")

    count, seed = worlds_and_seed(worlds, max_worlds, seed)
    if worlds is not None:
        dependency_over(setting, worlds, count, month, futures or 20, seed, out, workers)
        return
    futures = futures or 40

    from sim.analysis.dependency.readings import measure_dependency, runs_needed
    from sim.report.words.dependency import dependency_words, grid

    with bar(runs_needed(setting, futures, seed)) as on_progress:
        found = measure_dependency(
            setting, month=month, futures=futures, seed=seed, workers=workers, on_progress=on_progress
        )
    screen = console()
    screen.print(
        f"\n{setting.words.say(f'On whom the change rests at month {found.month}: {setting.title}')}", style="bold"
    )
    show(screen, grid(found))
    for line in dependency_words(found):
        screen.print(line)
    if out is not None:
        from sim.report.save import save_rows

        save_rows(found.rows(), out)
        screen.print(f"\nWritten to {out}: a row for every person, role and team.", soft_wrap=True)


def dependency_over(
    setting: "Scenario",
    source: str,
    worlds: int,
    month: int | None,
    futures: int,
    seed: int,
    out: Path | None,
    workers: int | None,
) -> None:
    """Tell on whom the change rests in many plausible worlds."""
    from sim.analysis.uncertainty.dependency import dependency_across_worlds
    from sim.analysis.uncertainty.robustness import worlds_of
    from sim.report.save import save_rows
    from sim.report.words.robustness import OPENING, dependency_grid, dependency_notes, dependency_words

    chosen = worlds_of(source, worlds)
    with bar(len(chosen), "world") as on_progress:
        found = dependency_across_worlds(
            setting, chosen, futures, seed, month=month, workers=workers, on_progress=on_progress
        )
    screen, say = console(), setting.words.say
    screen.print(f"\n{say(f'On whom the change rests at month {found.month}: {setting.title}')}", style="bold")
    screen.print(
        f"{len(chosen)} plausible worlds, {futures} futures in each. Of 100 parts of what director and programme make "
        "of the change, how many go with each.\n"
    )
    show(screen, dependency_grid(found))
    for line in (*dependency_words(found), "", *dependency_notes(found), OPENING):
        screen.print(line)
    if out is not None:
        save_rows(found.rows(), out)
        screen.print(f"\nWritten to {out}: a row for every world and each of these.", soft_wrap=True)
