"""Commands that play futures: run, resume, sweep."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.shared import (
    MOST,
    ClusterOption,
    Engine,
    EngineOption,
    Keep,
    LabelsOption,
    LinksOption,
    PeopleOption,
    ScenarioArgument,
    SetOption,
    WorkersOption,
    app,
    console,
    note_events,
    said_plainly,
    setting_of,
    variants_of,
)
from sim.scenario import Scenario, ScenarioError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from sim.experiments.comparison import Comparison
    from sim.experiments.jobs import Help
    from sim.experiments.store import InFolder


@app.command()
@said_plainly
def run(
    scenario: ScenarioArgument,
    runs: Annotated[int, typer.Option(min=1, max=MOST, help="How many futures each variant is played in.")] = 200,
    seed: Annotated[int, typer.Option(min=0, max=MOST, help="The root of every draw: same seed, same futures.")] = 1,
    months: Annotated[int | None, typer.Option(help="Length of a run, in place of the scenario's.")] = None,
    set_: SetOption = None,
    variant: Annotated[
        list[str] | None, typer.Option(metavar="SLUG", help="Only this variant, beside the base. Repeatable.")
    ] = None,
    people: PeopleOption = None,
    links: LinksOption = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to write. Default: results/SCENARIO-DATE-TIME."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write into DIR even if it holds something.")] = False,
    keep: Annotated[Keep, typer.Option(help="How much to write of every future.")] = Keep.MONTHS,
    future: Annotated[
        int | None,
        typer.Option(min=0, max=MOST, help="Run only this future again, and keep everything of it."),
    ] = None,
    labels: LabelsOption = None,
    names: Annotated[
        bool, typer.Option("--names", help="Also write which seat is whose id. Off by default: privacy.")
    ] = False,
    engine: EngineOption = Engine.COMPILED,
    workers: WorkersOption = None,
    cluster: ClusterOption = None,
) -> None:
    """Does the change outlive its director? Play every variant in the same futures, and compare."""
    setting = setting_of(scenario, set_, months, people, links, labels)
    chosen = variants_of(setting, variant)
    folder = out or Path("results") / f"{setting.name}-{datetime.now():%Y-%m-%d-%H%M%S}"

    from sim.experiments.folder import PARTS, check_folder
    from sim.organisation import organisation

    if not (folder / PARTS).is_dir():  # a run under way has more to say
        check_folder(folder, overwrite)
    shape = organisation(setting, seed, 0)
    for note in shape.notes:
        typer.echo(f"Assumed: {note}", err=True)
    if names and shape.ids is None:
        raise ScenarioError("--names: the organisation is generated, so there are no names")
    if future is not None:
        _replay(setting, future, seed, chosen, folder, overwrite)
        return

    from sim.experiments.jobs import job, run_job
    from sim.experiments.store import InFolder

    changes = [*(set_ or []), *([f"months={months}"] if months is not None else [])]
    asked = job(
        "run", setting, folder, runs=runs, seed=seed, variants=chosen, twin=engine.value, workers=workers,
        keep=keep.value, names=names, changes=changes,
    )  # fmt: skip
    with (
        _dask(cluster) as executor,
        InFolder.create(folder, asked, overwrite) as store,
        help_for(store, workers, executor) as help_,
    ):
        result = run_job(store, help_, _say)
    if names:
        typer.echo("Warning: people.csv names the people behind the seats. Keep it as safe as the file it is from.")
    _conclude(result, folder)


@app.command()
@said_plainly
def resume(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a run or sweep that was stopped.")],
    workers: WorkersOption = None,
    cluster: ClusterOption = None,
) -> None:
    """Finish what was stopped: only what is missing is run, and the results are what they would have been."""
    from sim.experiments.store import InFolder

    store = InFolder.open(folder)
    if store is None:
        typer.echo(f"{folder}: finished already; nothing is missing.")
        return
    with store, _dask(cluster) as executor, help_for(store, workers, executor) as help_:
        if store.job["kind"] == "sweep":
            _sweep(store, help_)
            return
        if store.job["kind"] == "plausible":
            from sim.cli.sure import finish_plausible

            finish_plausible(store, help_)
            return
        from sim.experiments.jobs import run_job

        result = run_job(store, help_, _say)
    _conclude(result, folder)


@app.command()
@said_plainly
def sweep(
    design: Annotated[Path, typer.Argument(metavar="DESIGN.toml", help="Which levers, over which values.")],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to write. Default: results/DESIGN-DATE-TIME.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write into DIR even if it holds something.")] = False,
    engine: EngineOption = Engine.COMPILED,
    workers: WorkersOption = None,
    cluster: ClusterOption = None,
) -> None:
    """Play a scenario at many points of its levers (grids, Latin hypercubes), all in the same futures."""
    from sim.experiments.jobs import job
    from sim.experiments.store import InFolder
    from sim.experiments.sweep import points, read_design, unmoved

    read, setting = read_design(design)
    for note in unmoved(read, setting):
        typer.echo(note, err=True)
    swept = {**read.grid, **(read.latin_hypercube.ranges if read.latin_hypercube else {})}
    note_events(setting, swept)
    folder = out or Path("results") / f"{design.stem}-{datetime.now():%Y-%m-%d-%H%M%S}"
    asked = job(
        "sweep", setting, folder, runs=read.runs, seed=read.seed, variants=read.variants, twin=engine.value,
        workers=workers,
    )  # fmt: skip
    asked["points"] = points(read, setting)
    asked["seconds"] *= len(asked["points"])
    with (
        _dask(cluster) as executor,
        InFolder.create(folder, asked, overwrite) as store,
        help_for(store, workers, executor) as help_,
    ):
        _sweep(store, help_)


def _sweep(store: "InFolder", help_: "Help") -> None:
    from sim.experiments.sweep import sweep_job

    job, folder = store.job, store.folder
    table, failed = sweep_job(store, help_)
    collapsed = [row["collapsed"] for row in table if row["variant"] == "base"]
    least, most = min(collapsed), max(collapsed)
    typer.echo(
        f"{len(job['points'])} points of {', '.join(job['points'][0])}, {job['runs']} futures each, the same draws in "
        f"all. Collapsed, of 100: from {100 * least:.0f} at one point to {100 * most:.0f} at another.\n"
        f"Written to {folder}: sweep.csv, a row for every point and variant with its intervals, and futures.parquet."
    )
    _tell_failures(failed, job["runs"] * len(table), folder)


@contextmanager
def help_for(store: "InFolder", workers: int | None, executor: "Executor | None" = None) -> "Iterator[Help]":
    """Who does the work, with a bar that shows how far it is; what was stopped can be resumed, and is told so."""
    from tqdm import tqdm

    from sim.compiled import is_ready
    from sim.experiments.jobs import Help

    job = store.job
    if job.get("twin", "compiled") == "compiled" and not is_ready():
        typer.echo("The model is compiled for this machine first: about half a minute, once.", err=True)
    total, unit = job.get("tasks"), "setting"
    if total is None:
        total, unit = job["runs"] * len(job["sha256"]) * len(job.get("points", [1])), "run"
    try:
        with tqdm(total=total, unit=unit, disable=not sys.stderr.isatty(), leave=False) as bar:
            yield Help(executor, workers, bar.update, bar.close)
    except KeyboardInterrupt:
        typer.echo(f"\nWhat was done is kept; go on with  leadership-sim resume {store.folder}", err=True)
        raise


@contextmanager
def _dask(address: str | None) -> "Iterator[Executor | None]":
    """The executor of a Dask scheduler; None without an address."""
    if address is None:
        yield None
        return
    try:
        from distributed import Client
    except ImportError:
        raise ScenarioError("--cluster needs Dask: install leadership-sim[cluster]") from None
    try:
        client = Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise ScenarioError(f"--cluster {address}: no Dask scheduler answers there ({error})") from None
    with client:
        yield client.get_executor(pure=False)


def _conclude(result: "Comparison", folder: Path) -> None:
    first = folder / ("momentum.png" if (folder / "momentum.png").exists() else "summary.csv")
    console().print(f"\nWritten to {folder}: look at {first} first.", soft_wrap=True)
    if not result.failed and result.twin == "compiled":
        console().print(f"For a page to hand to a director:  leadership-sim explain {folder}", soft_wrap=True)
    _tell_failures(result.failed, result.runs * len(result.settings), folder)


def _tell_failures(failed: int, of: int, folder: Path) -> None:
    if failed:
        typer.echo(f"leadership-sim: {failed} of {of} runs failed; see status and error in {folder}", err=True)
        raise typer.Exit(3)


def _replay(setting: Scenario, future: int, seed: int, variants: list[str], folder: Path, overwrite: bool) -> None:
    from sim.experiments.replay import replay

    result = replay(setting, future, seed, variants)
    result.save(folder, overwrite)
    for line in result.words():
        typer.echo(line)
    typer.echo(f"\nWritten to {folder}: every month, every person, the ledger of influence and the networks.")


def _say(result: "Comparison") -> None:
    """The answer, as soon as it is known: the table, the sentences, what the words mean."""
    if not result.tellable:
        return
    from sim.describe import what_happens
    from sim.report import CAVEATS, NARROW, blocks, definitions, sentences, table

    screen, say = console(), result.scenario.words.say
    screen.print(f"\n{say(result.scenario.question or result.scenario.title)}", style="bold")
    futures = "1 future" if result.runs == 1 else f"{result.runs} futures"
    screen.print(f"{futures} for each row, the same draws in all; seed {result.seed}.\n")
    for line in what_happens(result.scenario):
        screen.print(say(f"In the first row, {line}."))
    for change in result.changes:
        screen.print(f"Changed here: {change}", soft_wrap=True)
    if screen.width < NARROW:
        for line in blocks(result):
            screen.print(line, soft_wrap=True)
    else:
        screen.print(table(result))
    screen.print()
    for line in (*sentences(result), "", *definitions(result), "", *CAVEATS):
        screen.print(say(line))
    sys.stdout.flush()
