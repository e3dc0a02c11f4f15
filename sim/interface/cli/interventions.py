"""The command that asks what would make the change survive: interventions."""

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
    VariantOption,
    WorkersOption,
    WorldsOption,
    folder_or_new,
    variant_of,
    worlds_and_seed,
)
from sim.interface.cli.output import console, show
from sim.interface.cli.progress import begun

if TYPE_CHECKING:
    from sim.experiments.store import InFolder
    from sim.experiments.workers import Workers


def interventions(
    scenario: ScenarioArgument,
    futures: Annotated[
        int | None,
        typer.Option(min=2, max=MOST, help="How many futures to try everything in. Default: 200; 40 with --worlds."),
    ] = None,
    seed: SeedOrUsual = None,
    set_: SetOption = None,
    variant: VariantOption = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Leave this out, e.g. successor, if it is not yours to choose. May be repeated."
        ),
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
    setting = variant_of(scenario, set_, variant, people, links, labels)
    folder = folder_or_new(out, "interventions", setting.name)
    count, seed = worlds_and_seed(worlds, max_worlds, seed)
    if worlds is not None:
        from sim.analysis.uncertainty.robustness import with_interventions
        from sim.interface.cli.worlds import ask_over

        every = with_interventions(setting, seed, exclude or ())
        ask_over(every, list(every.variants), folder, worlds, count, futures, seed, overwrite, workers)
        return
    futures = futures or 200

    from sim.analysis.interventions.intervention import available
    from sim.analysis.interventions.run import roughly
    from sim.experiments.jobs import job

    tasks = roughly(available(setting, seed, exclude or ())[0], futures)
    asked = job(
        "interventions", setting, folder, futures=futures, seed=seed, exclude=exclude or [], tasks=tasks, unit="run"
    )  # fmt: skip
    with begun(folder, asked, overwrite, workers) as (store, crew):
        finish_interventions(store, crew)


def finish_interventions(store: "InFolder", workers: "Workers") -> None:
    """Play what is missing of a search, write it, and say what it found."""
    from sim.analysis.interventions.run import try_interventions
    from sim.experiments.jobs import scenario_of
    from sim.report.save import keep
    from sim.report.words.interventions import grid, interventions_words

    asked, folder = store.job, store.folder
    found = try_interventions(
        scenario_of(store), asked["futures"], asked["seed"], without=asked["exclude"], workers=workers.keeping(store)
    )
    workers.finished()
    keep(store, found)
    screen, say = console(), found.scenario.words.say
    screen.print(f"\n{say('What would make it survive?')} {say(found.scenario.title)}", style="bold")
    show(screen, grid(found))
    for line in interventions_words(found):
        screen.print(line)
    screen.print(f"\nWritten to {folder}: look at {folder / 'interventions.png'} first.", soft_wrap=True)
