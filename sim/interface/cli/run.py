"""The commands that play variants in the same futures: run, and sweep at many settings."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from sim.base.errors import NAMING, ScenarioError
from sim.interface.cli import options
from sim.interface.cli.finish import Told, conclude, play, play_run, play_worlds
from sim.interface.cli.output import note
from sim.interface.cli.progress import begun
from sim.scenario.scenario import Scenario

PRIVATE = tuple(f"organisation.{key}" for key in NAMING)
"""Keys whose values are not repeated in results: they may hold names."""


@options.of_scenario("months", "set_", *options.OWN)
def run(
    setting: Scenario,
    futures: Annotated[
        int | None,
        typer.Option(
            min=1, max=options.MOST, help="How many futures to play of each variant. Default: 200; 40 with --worlds."
        ),
    ] = None,
    seed: options.SeedOrUsual = None,
    months: Annotated[int | None, typer.Option(help="The length of a run, instead of the scenario's.")] = None,
    set_: options.Set = None,
    variant: Annotated[
        list[str] | None, typer.Option(metavar="SLUG", help="Play only this variant, beside the base. May be repeated.")
    ] = None,
    out: options.Folder = None,
    overwrite: options.OverwriteFolder = False,
    keep: Annotated[
        Literal["summary", "futures", "months"], typer.Option(help="How much to write of every future.")
    ] = "months",
    replay: Annotated[
        int | None,
        typer.Option(min=0, max=options.MOST, help="Play only this future again, and write everything about it."),
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="Play on until every 95% interval of collapse, and of its difference, is this narrow: 0.03, say.",
        ),
    ] = None,
    worlds: options.Worlds = None,
    max_worlds: options.MaxWorlds = None,
    names: Annotated[
        bool, typer.Option("--names", help="Also write which seat has whose id. Off by default, for privacy.")
    ] = False,
    no_picture: Annotated[
        bool, typer.Option("--no-picture", help="Draw no picture: for those who play many runs.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Also say everything in sentences, and what the words and numbers mean.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON, for a machine to read.")] = False,
    engine: options.Twin = "compiled",
    workers: options.Processes = None,
    cluster: options.Cluster = None,
) -> None:
    """Does the change outlive its director? Play every variant in the same futures and compare."""
    chosen = options.variants_of(setting, variant)
    folder = options.folder_or_new(out, setting.name)

    told: Told = "json" if as_json else "explain" if explain else "answer"
    if explain and as_json:
        raise ScenarioError("--explain is for people and --json for machines; choose one")
    if replay is not None and told != "answer":
        raise ScenarioError("--replay tells one future's events; leave out --explain and --json")
    count, seed = options.worlds_and_seed(worlds, max_worlds, seed)
    if worlds is not None:
        if replay is not None or names or keep != "months" or precision is not None:
            raise ScenarioError("--replay, --keep, --names and --precision cannot be used with --worlds")
        ask_in_worlds(
            setting, chosen, folder, worlds, count, futures, seed, overwrite, workers, cluster, engine, told
        )  # fmt: skip
        return

    from sim.experiments.folder import PARTS, check_folder, looking
    from sim.experiments.precision import check, needed, widest
    from sim.organisation.generate import organisation

    if precision is not None:
        check(precision)
    futures = futures or 200
    with looking(folder):
        under_way = (folder / PARTS).is_dir()
    if not under_way:  # else there is more to say of it
        check_folder(folder, overwrite)
    shape = organisation(setting, seed, 0)
    for assumed in shape.notes:
        note(f"Assumed: {assumed}")
    if names and shape.ids is None:
        raise ScenarioError("--names: the organisation is generated, so there are no names")
    if replay is not None:
        _replay(setting, replay, seed, chosen, folder, overwrite, names)
        return

    changes = [change for change in set_ or [] if not change.strip().startswith(PRIVATE)]
    changes += [f"months={months}"] if months is not None else []
    while True:
        with begun(
            "run", setting, folder, overwrite, workers, cluster, futures=futures, seed=seed, variants=chosen,
            twin=engine, keep=keep, names=names, picture=not no_picture, changes=changes,
        ) as (store, crew):  # fmt: skip
            result = play_run(store, crew, setting, precision, told)
        if precision is None or widest(result) <= precision:
            break
        futures, overwrite = needed(result, precision), True
        at = f"{widest(result):.3f} either way at the widest"
        typer.echo(f"{result.number:,} futures: {at}. Now {futures:,}.", err=True)
    _warn_of(names)
    conclude(result, folder, told)


def _warn_of(names: bool) -> None:
    if names:
        note("Warning: people.csv names the people behind the seats. Keep it as safe as the file it is from.")


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


def ask_in_worlds(
    setting: Scenario,
    variants: Sequence[str],
    folder: Path,
    source: str,
    worlds: int,
    futures: int | None,
    seed: int,
    overwrite: bool,
    workers: int | None,
    cluster: str | None = None,
    engine: options.Engine = "compiled",
    told: Told = "answer",
) -> None:
    """Play variants of a scenario in many plausible worlds, and say in how many each does better than the first."""
    from sim.analysis.uncertainty.robustness import FUTURES, worlds_of

    chosen = worlds_of(source, worlds)
    if len(chosen) < worlds:
        typer.echo(f"There are {len(chosen)} plausible worlds in {source}; all are used.", err=True)
    with begun(
        "worlds", setting, folder, overwrite, workers, cluster, futures=futures or FUTURES, seed=seed,
        variants=variants, twin=engine, worlds=chosen, source=source,
    ) as (store, crew):  # fmt: skip
        play_worlds(store, crew.keeping(store), setting, told)


def sweep(
    design: Annotated[
        Path, typer.Argument(metavar="DESIGN.toml", help="A file that says which parameters take which values.")
    ],
    out: options.Folder = None,
    overwrite: options.OverwriteFolder = False,
    engine: options.Twin = "compiled",
    workers: options.Processes = None,
    cluster: options.Cluster = None,
) -> None:
    """Play a scenario at many settings of its parameters (a grid, a Latin hypercube), all in the same futures."""
    from sim.experiments.sweep import points, read_design, unmoved

    read, setting = read_design(design)
    for line in unmoved(read, setting):
        note(line)
    swept = {**read.grid, **(read.latin_hypercube.ranges if read.latin_hypercube else {})}
    options.note_events(setting, swept)
    folder = options.folder_or_new(out, design.stem)
    play(
        "sweep", setting, folder, overwrite, workers, cluster, futures=read.futures, seed=read.seed,
        variants=read.variants, twin=engine, points=points(read, setting),
    )  # fmt: skip
