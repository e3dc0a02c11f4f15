"""Commands that ask why: interventions, dependency, report."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.interface.cli.options import (
    MOST,
    LabelsOption,
    LinksOption,
    MaxWorldsOption,
    OutOption,
    OverwriteOption,
    PeopleOption,
    ScenarioArgument,
    SeedOrUsual,
    SetOption,
    WorkersOption,
    WorldsOption,
    app,
    console,
    folder_or_new,
    said_plainly,
    setting_of,
    worlds_and_seed,
)
from sim.interface.cli.progress import bar
from sim.scenario.scenario import Scenario, ScenarioError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

VariantOption = Annotated[
    str | None, typer.Option(metavar="SLUG", help="Ask of this variant, in place of the scenario itself.")
]


@app.command()
@said_plainly
def interventions(
    scenario: ScenarioArgument,
    futures: Annotated[
        int | None,
        typer.Option(min=2, max=MOST, help="Futures to try each intervention in. Default: 200; 40 with --worlds."),
    ] = None,
    seed: SeedOrUsual = None,
    set_: SetOption = None,
    variant: VariantOption = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="PARAMETER", help="Leave this out, because it is not yours to choose. Repeatable."),
    ] = None,
    people: PeopleOption = None,
    links: LinksOption = None,
    labels: LabelsOption = None,
    worlds: WorldsOption = None,
    max_worlds: MaxWorldsOption = None,
    out: OutOption = None,
    overwrite: OverwriteOption = False,
    workers: WorkersOption = None,
) -> None:
    """What would make it survive? Try everything a leadership team can change: alone, in pairs and together."""
    setting = _asked(scenario, set_, variant, people, links, labels)
    folder = folder_or_new(out, "interventions", setting.name)
    count, seed = worlds_and_seed(worlds, max_worlds, seed)
    if worlds is not None:
        from sim.analysis.uncertainty.robustness import with_interventions
        from sim.interface.cli.uncertainty import ask_over

        every = with_interventions(setting, seed, exclude or ())
        ask_over(every, list(every.variants), folder, worlds, count, futures, seed, overwrite, workers)
        return
    futures = futures or 200

    from sim.analysis.interventions.intervention import available
    from sim.analysis.interventions.run import roughly, try_interventions
    from sim.experiments.folder import check_folder
    from sim.report.words.interventions import blocks, table

    check_folder(folder, overwrite)
    parameters, _ = available(setting, seed, exclude or ())
    with bar(roughly(parameters, futures)) as on_progress:
        found = try_interventions(
            setting, futures, seed, without=exclude or (), workers=workers, on_progress=on_progress
        )
    screen, say = console(), setting.words.say
    screen.print(f"\n{say('What would make it survive?')} {say(setting.title)}", style="bold")
    show(screen, table(found), blocks(found))
    for line in found.words().splitlines():
        screen.print(line)
    found.save(folder, overwrite)
    screen.print(f"\nWritten to {folder}: look at {folder / 'interventions.png'} first.", soft_wrap=True)


@app.command()
@said_plainly
def dependency(
    scenario: ScenarioArgument,
    month: Annotated[
        int | None,
        typer.Option(min=1, help="The row asked about. Default: the scenario's reference month, the first departure."),
    ] = None,
    futures: Annotated[
        int | None,
        typer.Option(min=2, max=100_000, help="Futures to play without each person. Default: 40; 20 with --worlds."),
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
    """On whom does the change rest? Everyone by seat, role and team: three readings side by side."""
    setting = _asked(scenario, set_, variant, people, links, labels)
    if out is not None and out.exists() and not overwrite:
        raise ScenarioError(f"{out}: is there already; choose another name, or add --overwrite")

    count, seed = worlds_and_seed(worlds, max_worlds, seed)
    if worlds is not None:
        from sim.interface.cli.uncertainty import dependency_over

        dependency_over(setting, worlds, count, month, futures or 20, seed, out, workers)
        return
    futures = futures or 40

    from sim.analysis.dependency.readings import measure_dependency, runs_needed
    from sim.report.words.dependency import blocks, table, words

    with bar(runs_needed(setting, futures, seed)) as on_progress:
        found = measure_dependency(
            setting, month=month, futures=futures, seed=seed, workers=workers, on_progress=on_progress
        )
    screen = console()
    screen.print(
        f"\n{setting.words.say(f'On whom the change rests at month {found.month}: {setting.title}')}", style="bold"
    )
    show(screen, table(found), blocks(found))
    for line in words(found):
        screen.print(line)
    if out is not None:
        found.save(out)
        screen.print(f"\nWritten to {out}: a row for every person, role and team.", soft_wrap=True)


@app.command()
@said_plainly
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a finished run.")],
    futures: Annotated[
        int, typer.Option(min=2, max=100_000, help="Futures for the questions a run leaves open.")
    ] = 100,
    seed: Annotated[
        int | None, typer.Option(min=0, max=MOST, help="Of what is played for the page. Default: the run's.")
    ] = None,
    worlds: WorldsOption = None,
    max_worlds: MaxWorldsOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Write a page one would hand to a director: the answer, on whom it rests, and what would keep it alive."""
    from sim.report.director import explain as write

    count, _ = worlds_and_seed(worlds, max_worlds, seed)
    with bar(None) as on_progress:
        page = write(
            folder, futures=futures, seed=seed, over=worlds, worlds=count, overwrite=overwrite, on_progress=on_progress
        )
    console().print(f"Written: {page}. It opens in any browser, without a network.", soft_wrap=True)


def _asked(
    scenario: str,
    set_: list[str] | None,
    variant: str | None,
    people: Path | None,
    links: Path | None,
    labels: str | None,
) -> Scenario:
    setting = setting_of(scenario, set_, None, people, links, labels)
    return setting if variant in (None, "base") else setting.variant(str(variant))


def show(screen: "Console", table: "Table", blocks: Iterable[str]) -> None:
    """A table, or in a narrow window the short lines that say the same."""
    from sim.report.words.comparison import NARROW

    if screen.width >= NARROW:
        screen.print(table)
        return
    for line in blocks:
        screen.print(line, soft_wrap=True)
    screen.print()
