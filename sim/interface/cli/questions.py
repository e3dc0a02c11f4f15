"""The commands that ask about a change beyond whether it survives: dependency, interventions, report."""

from pathlib import Path
from typing import Annotated

import typer

from sim.interface.cli import options
from sim.interface.cli.finish import measured, play, tell_dependency
from sim.interface.cli.progress import bar, beside, inside
from sim.interface.cli.run import ask_in_worlds
from sim.scenario.scenario import Scenario


@options.of_scenario("set_", "variant", *options.OWN)
def dependency(
    setting: Scenario,
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
    seed: options.SeedOrUsual = None,
    worlds: options.Worlds = None,
    max_worlds: options.MaxWorlds = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE.csv", help="Also write every row to this file.")
    ] = None,
    overwrite: options.Overwrite = False,
    workers: options.Processes = None,
) -> None:
    """On whom does the change rest? Three readings for every person, role and team."""
    from sim.analysis.dependency.knockouts import staying
    from sim.analysis.dependency.readings import runs_needed
    from sim.analysis.uncertainty.robustness import worlds_of
    from sim.experiments.folder import check_file
    from sim.experiments.workers import Workers

    count, seed = options.worlds_and_seed(worlds, max_worlds, seed)
    chosen = None if worlds is None else worlds_of(worlds, count)
    futures = futures or (40 if chosen is None else 20)
    tasks, unit = (runs_needed(setting, futures, seed), "run") if chosen is None else (len(chosen), "world")
    staying(setting, month)
    if out is None:
        with bar(tasks, unit) as shown:
            found = measured(
                setting, month=month, futures=futures, seed=seed, worlds=chosen,
                workers=Workers(workers, on_progress=shown.update),
            )  # fmt: skip
        tell_dependency(found, None)
        return
    check_file(out, overwrite)
    play(
        "dependency", setting, beside(out), overwrite, workers, futures=futures, seed=seed, month=month, worlds=chosen,
        out=out.name, tasks=tasks, unit=unit,
    )  # fmt: skip


@options.of_scenario("set_", "variant", *options.OWN)
def interventions(
    setting: Scenario,
    futures: Annotated[
        int | None,
        typer.Option(
            min=2, max=options.MOST, help="How many futures to try everything in. Default: 200; 40 with --worlds."
        ),
    ] = None,
    seed: options.SeedOrUsual = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Leave this out, e.g. successor, if it is not yours to choose. May be repeated."
        ),
    ] = None,
    pairs: Annotated[
        bool,
        typer.Option(
            "--pairs",
            help="Try every two together as well, and say which do more than their sum: up to 3 times the work.",
        ),
    ] = False,
    worlds: options.Worlds = None,
    max_worlds: options.MaxWorlds = None,
    out: options.Folder = None,
    overwrite: options.Overwrite = False,
    workers: options.Processes = None,
) -> None:
    """What would make it survive? Try everything a leadership team can change: alone and together."""
    folder = options.folder_or_new(out, "interventions", setting.name)
    count, seed = options.worlds_and_seed(worlds, max_worlds, seed)
    if worlds is not None:
        from sim.analysis.uncertainty.robustness import with_interventions

        every = with_interventions(setting, seed, exclude or ())
        ask_in_worlds(
            every, list(every.variants), folder, worlds, count, futures, seed, overwrite, workers, told="explain"
        )  # fmt: skip
        return
    futures = futures or 200

    from sim.analysis.interventions.intervention import available
    from sim.analysis.interventions.run import roughly

    tasks = roughly(available(setting, seed, exclude or ())[0], futures, pairs)
    play(
        "interventions", setting, folder, overwrite, workers, futures=futures, seed=seed, without=exclude or [],
        pairs=pairs, tasks=tasks, unit="run",
    )  # fmt: skip


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a finished run.")],
    full: Annotated[
        bool, typer.Option("--full", help="Put all that the sheet rests on behind it, section by section.")
    ] = False,
    futures: Annotated[
        int, typer.Option(min=2, max=100_000, help="How many futures to play for each part of the back.")
    ] = 100,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=options.MOST, help="The seed of what is played for the sheet. Default: the run's."),
    ] = None,
    worlds: Annotated[str, options.WORLDS] = "plausible",
    max_worlds: Annotated[int, typer.Option("--max-worlds", min=1, help="How many of those worlds to ask.")] = 50,
    from_: Annotated[
        int, typer.Option("--from", metavar="MONTH", min=0, help="The month from which it is tried what would help.")
    ] = 0,
    no_pdf: Annotated[
        bool, typer.Option("--no-pdf", help="Do not print it as PDF, even where a browser is at hand.")
    ] = False,
    overwrite: options.Overwrite = False,
    workers: options.Processes = None,
) -> None:
    """Write one sheet for a director: the answer, on whom it rests, what would help, how sure that is."""
    from sim.analysis.uncertainty.robustness import worlds_of
    from sim.experiments.reading import manifest_of
    from sim.report.director import check_page

    check_page(folder, overwrite, full)
    worlds_of(worlds, max_worlds)  # so that a mistake is told first
    seed = manifest_of(folder, worlds=True)["root_seed"] if seed is None else seed
    source = worlds if worlds == "plausible" else str(Path(worlds).absolute())
    play(
        "report", None, inside(folder), overwrite, workers, futures=futures, seed=seed, worlds=source,
        max_worlds=max_worlds, full=full, since=from_, pdf=not no_pdf, tasks=None, unit="run",
    )  # fmt: skip
