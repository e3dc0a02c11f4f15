"""The command that plays every variant in the same futures: run."""

import sys
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated

import typer

from sim.base.errors import NAMING, ScenarioError
from sim.interface.cli.options import (
    MOST,
    ClusterOption,
    Engine,
    EngineOption,
    Keep,
    LabelsOption,
    LinksOption,
    MaxWorldsOption,
    OutOption,
    OverwriteFolderOption,
    PeopleOption,
    ScenarioArgument,
    SeedOrUsual,
    SetOption,
    WorkersOption,
    WorldsOption,
    folder_or_new,
    setting_of,
    variants_of,
    worlds_and_seed,
)
from sim.interface.cli.output import console, show, tell_failures
from sim.interface.cli.progress import begun
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.experiments.comparison import Comparison
    from sim.experiments.store import InFolder
    from sim.experiments.workers import Workers

PRIVATE = tuple(f"organisation.{key}" for key in NAMING)
"""Keys whose values are not repeated in results: they may hold names."""


def run(
    scenario: ScenarioArgument,
    futures: Annotated[
        int | None,
        typer.Option(min=1, max=MOST, help="How many futures to play of each variant. Default: 200; 40 with --worlds."),
    ] = None,
    seed: SeedOrUsual = None,
    months: Annotated[int | None, typer.Option(help="The length of a run, instead of the scenario's.")] = None,
    set_: SetOption = None,
    variant: Annotated[
        list[str] | None, typer.Option(metavar="SLUG", help="Play only this variant, beside the base. May be repeated.")
    ] = None,
    people: PeopleOption = None,
    links: LinksOption = None,
    out: OutOption = None,
    overwrite: OverwriteFolderOption = False,
    keep: Annotated[Keep, typer.Option(help="How much to write of every future.")] = Keep.MONTHS,
    replay: Annotated[
        int | None,
        typer.Option(min=0, max=MOST, help="Play only this future again, and write everything about it."),
    ] = None,
    labels: LabelsOption = None,
    precision: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="Play on until every 95% interval of collapse, and of its difference, is this narrow: 0.03, say.",
        ),
    ] = None,
    worlds: WorldsOption = None,
    max_worlds: MaxWorldsOption = None,
    names: Annotated[
        bool, typer.Option("--names", help="Also write which seat has whose id. Off by default, for privacy.")
    ] = False,
    engine: EngineOption = Engine.COMPILED,
    workers: WorkersOption = None,
    cluster: ClusterOption = None,
) -> None:
    """Does the change outlive its director? Play every variant in the same futures and compare."""
    setting = setting_of(scenario, set_, months, people, links, labels)
    chosen = variants_of(setting, variant)
    folder = folder_or_new(out, setting.name)

    count, seed = worlds_and_seed(worlds, max_worlds, seed)
    if worlds is not None:
        from sim.interface.cli.worlds import ask_over

        if replay is not None or names or keep is not Keep.MONTHS or precision is not None:
            raise ScenarioError("--replay, --keep, --names and --precision cannot be used with --worlds")
        ask_over(setting, chosen, folder, worlds, count, futures, seed, overwrite, workers, cluster, engine.value)
        return
    if precision is not None:
        from sim.experiments.precision import check

        check(precision)
    futures = futures or 200

    from sim.experiments.folder import PARTS, check_folder, looking
    from sim.organisation.generate import organisation

    with looking(folder):
        under_way = (folder / PARTS).is_dir()
    if not under_way:  # else there is more to say of it
        check_folder(folder, overwrite)
    shape = organisation(setting, seed, 0)
    for note in shape.notes:
        typer.echo(f"Assumed: {note}", err=True)
    if names and shape.ids is None:
        raise ScenarioError("--names: the organisation is generated, so there are no names")
    if replay is not None:
        _replay(setting, replay, seed, chosen, folder, overwrite, names)
        return

    from sim.experiments.jobs import job
    from sim.experiments.precision import needed, widest

    changes = [change for change in set_ or [] if not change.strip().startswith(PRIVATE)]
    changes += [f"months={months}"] if months is not None else []

    def tell(found: "Comparison") -> None:
        if precision is None or widest(found) <= precision:
            _say(found)

    while True:
        asked = job(
            "run", setting, folder, futures=futures, seed=seed, variants=chosen, twin=engine.value, workers=workers,
            keep=keep.value, names=names, changes=changes,
        )  # fmt: skip
        with begun(folder, asked, overwrite, workers, cluster) as (store, crew):
            result = _finish(store, crew, tell)
        if precision is None or widest(result) <= precision:
            break
        futures, overwrite = needed(result, precision), True
        at = f"{widest(result):.3f} either way at the widest"
        typer.echo(f"{result.number:,} futures: {at}. Now {futures:,}.", err=True)
    _warn_of(names)
    _conclude(result, folder)


def _warn_of(names: bool) -> None:
    if names:
        typer.echo("Warning: people.csv names the people behind the seats. Keep it as safe as the file it is from.")


def _replay(
    setting: Scenario, future: int, seed: int, variants: list[str], folder: Path, overwrite: bool, names: bool
) -> None:
    from sim.experiments.replay import replay
    from sim.report.save import save
    from sim.report.words.replay import replay_words

    result = replay(setting, future, seed, variants)
    save(result, folder, overwrite=overwrite, names=names)
    _warn_of(names)
    for line in replay_words(result):
        typer.echo(line)
    typer.echo(f"\nWritten to {folder}: every month, every person, the ledger of influence and the networks.")


def finish_run(store: "InFolder", workers: "Workers") -> None:
    """Play what is missing of a run, and say what came out."""
    _conclude(_finish(store, workers, _say), store.folder)


def _finish(store: "InFolder", workers: "Workers", tell: "Callable[[Comparison], None]") -> "Comparison":
    """Play what is missing of a run, give the answer, and write the results."""
    from sim.experiments.jobs import run_job

    # Drawing takes a second to import, which can be done meanwhile.
    Thread(target=import_module, args=("sim.report.plots.comparison",), daemon=True).start()
    result = run_job(store, workers)
    tell(result)
    from sim.report.save import keep

    keep(store, result, keep=store.job["keep"], names=store.job["names"])
    return result


def _say(result: "Comparison") -> None:
    """The answer, as soon as it is known: the table, the sentences, what the words mean."""
    if not result.tellable:
        return
    from sim.report.words.common import CAVEATS
    from sim.report.words.comparison import comparison_words, definitions, grid, pairing
    from sim.report.words.scenario import what_happens

    screen, say = console(), result.scenario.words.say
    screen.print(f"\n{say(result.scenario.question or result.scenario.title)}", style="bold")
    futures = "1 future" if result.number == 1 else f"{result.number} futures"
    screen.print(f"{futures} for each row, the same draws in all; seed {result.seed}.\n")
    for line in what_happens(result.scenario):
        screen.print(say(f"In the first row, {line}."))
    for change in result.changes:
        screen.print(f"Changed here: {change}", soft_wrap=True)
    show(screen, grid(result))
    screen.print()
    for line in (*comparison_words(result), *pairing(result), "", *definitions(result), "", *CAVEATS):
        screen.print(say(line))
    sys.stdout.flush()


def _conclude(result: "Comparison", folder: Path) -> None:
    first = folder / ("momentum.png" if (folder / "momentum.png").exists() else "summary.csv")
    console().print(f"\nWritten to {folder}: look at {first} first.", soft_wrap=True)
    if not result.failed and result.twin == "compiled":
        console().print(f"For a page to hand to a director:  leadership-sim report {folder}", soft_wrap=True)
        console().print("To see how far this depends on guesses:  the same with  --worlds plausible", soft_wrap=True)
    tell_failures(result.failed, result.number * len(result.settings), folder)
