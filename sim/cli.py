"""The words a person types: ``leadership-sim run director-turnover`` and its fellows."""

import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.scenario import Scenario, ScenarioError, library_names, load

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from rich.console import Console

    from sim.experiments.comparison import Comparison
    from sim.experiments.jobs import Help
    from sim.experiments.store import InFolder

app = typer.Typer(
    name="leadership-sim",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "If our director goes, does the change survive, and what would make it survive?\n\n"
        "Start with **leadership-sim run director-turnover**: it plays the director's leaving, and a few ways to "
        "prepare for it, in 200 simulated futures each. **leadership-sim scenarios** lists the other questions; "
        "**leadership-sim show NAME** says what a scenario does."
    ),
)


MOST = 1_000_000_000


class Keep(StrEnum):
    """How much of every future is written."""

    SUMMARY = "summary"
    FUTURES = "futures"
    MONTHS = "months"


class Engine(StrEnum):
    """Which of the twins runs."""

    COMPILED = "compiled"
    MESA = "mesa"


ScenarioArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A name from the library, or the path of a TOML file.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set a key, e.g. leadership.hierarchy_norm=0.5. Repeatable."),
]
PeopleOption = Annotated[
    Path | None,
    typer.Option(help="A real organisation's people (CSV or GraphML), in place of the generated one."),
]
LabelsOption = Annotated[
    str | None,
    typer.Option(metavar="NAME|FILE", help="Other words for roles and links: hospital, school, or a TOML file."),
]
EngineOption = Annotated[
    Engine, typer.Option("--engine", help="compiled: fast. mesa: the model to read; the same numbers, slowly.")
]
WorkersOption = Annotated[
    int | None, typer.Option(min=1, max=1024, help="Processes to use. Default: as many as this machine is good for.")
]
ClusterOption = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler to use instead, e.g. tcp://host:8786.")
]
LinksOption = Annotated[Path | None, typer.Option(help="Who is linked with whom in it (CSV or GraphML).")]


def said_plainly[**P, R](command: Callable[P, R]) -> Callable[P, R]:
    """Turn what a person can put right into one clear message and exit code 2; Ctrl-C into 130."""

    @wraps(command)
    def careful(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except ScenarioError as error:
            typer.echo("\n".join(f"leadership-sim: {line}" for line in str(error).split("\n")), err=True)
            raise typer.Exit(2) from None
        except MemoryError:
            typer.echo("leadership-sim: this needs more memory than there is; try a smaller organisation", err=True)
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            typer.echo("\nleadership-sim: stopped", err=True)
            raise typer.Exit(130) from None

    return careful


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
    setting = _setting(scenario, set_, months, people, links, labels)
    chosen = _variants(setting, variant)
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
        _help(store, workers, executor) as help_,
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
    with store, _dask(cluster) as executor, _help(store, workers, executor) as help_:
        if store.job["kind"] == "sweep":
            _sweep(store, help_)
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
    _note_events(setting, swept)
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
        _help(store, workers, executor) as help_,
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
def _help(store: "InFolder", workers: int | None, executor: "Executor | None") -> "Iterator[Help]":
    """Who does the work, with a bar that shows how far it is; what was stopped can be resumed, and is told so."""
    from tqdm import tqdm

    from sim.compiled import is_ready
    from sim.experiments.jobs import Help

    job = store.job
    if job["twin"] == "compiled" and not is_ready():
        typer.echo("The model is compiled for this machine first: about half a minute, once.", err=True)
    total = job["runs"] * len(job["sha256"]) * len(job.get("points", [1]))
    try:
        with tqdm(total=total, unit="run", disable=not sys.stderr.isatty(), leave=False, desc="Futures") as bar:
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
    _console().print(f"\nWritten to {folder}: look at {first} first.", soft_wrap=True)
    _tell_failures(result.failed, result.runs * len(result.settings), folder)


def _tell_failures(failed: int, of: int, folder: Path) -> None:
    if failed:
        typer.echo(f"leadership-sim: {failed} of {of} runs failed; see status and error in {folder}", err=True)
        raise typer.Exit(3)


@app.command()
@said_plainly
def scenarios() -> None:
    """List the scenarios of the library, each with its question."""
    for name in library_names():
        setting = load(name)
        typer.echo(f"{name}\n    {setting.question or setting.title}")
        typer.echo(f"    variants: {', '.join(setting.variants) or 'none'}")


@app.command()
@said_plainly
def show(
    scenario: ScenarioArgument,
    set_: SetOption = None,
    everything: Annotated[bool, typer.Option("--all", help="List every lever, not only those that differ.")] = False,
    labels: LabelsOption = None,
) -> None:
    """Say what a scenario does, resolved, in words."""
    from sim.describe import scenario_words

    setting = _setting(scenario, set_, labels=labels)
    for line in scenario_words(setting, everything):
        typer.echo(setting.words.say(line))


@app.command("organisation")
@said_plainly
def organisation_(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="people.csv and links.csv; or one GraphML or scenario file."),
    ],
    set_: SetOption = None,
    labels: LabelsOption = None,
) -> None:
    """Describe a real organisation: counts, levels, spans, links by kind, and what was assumed."""
    from sim.describe import organisation_words
    from sim.organisation import organisation

    if len(files) > 2:
        raise ScenarioError(f"{len(files)} files given; at most two are read: people, then links")
    if files[0].suffix == ".toml":
        setting = _setting(str(files[0]), set_, labels=labels)
    else:
        absolute = [str(file.absolute()) for file in files]
        setting = Scenario().around(absolute[0], absolute[1] if len(absolute) > 1 else None)
        # The programme's facilitators are no part of the organisation described.
        setting = setting.replacing({"subscription.enabled": False} | _assignments(set_) | _labels(labels))
    for line in organisation_words(organisation(setting), setting.words):
        typer.echo(line)


def _version(wanted: bool) -> None:
    if wanted:
        from sim import __version__

        typer.echo(f"leadership-sim {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None: ...


def _setting(
    scenario: str,
    set_: list[str] | None,
    months: int | None = None,
    people: Path | None = None,
    links: Path | None = None,
    labels: str | None = None,
) -> Scenario:
    setting = load(scenario)
    if people is not None or links is not None:
        setting = setting.around(*(None if p is None else str(p.absolute()) for p in (people, links)))
    changes = _assignments(set_)
    if months is not None:
        changes["months"] = months
    changes |= _labels(labels)
    setting = setting.replacing(changes) if changes else setting
    _note_events(setting, changes)
    _ = setting.words  # so that a mistake in the labels is told before anything is run
    return setting


def _note_events(setting: Scenario, keys: Iterable[str]) -> None:
    """Say which keys an event overrules."""
    for key in keys:
        table, _, name = key.partition(".")
        for slug, event in setting.events.items():
            if table == "succession" and getattr(event, name, None) is not None:
                typer.echo(f"Note: {key} has no effect on events.{slug}, which sets its own {name}.", err=True)


def _labels(labels: str | None) -> dict[str, str]:
    if labels is None:
        return {}
    return {"labels": str(Path(labels).absolute()) if labels.endswith(".toml") else labels}


def _assignments(set_: list[str] | None) -> dict[str, Any]:
    """KEY=VALUE words as keys and values, read as in a scenario file; a value that is no TOML is a plain word."""
    from sim.describe import fields

    changes: dict[str, Any] = {}
    for word in set_ or []:
        key, equals, text = word.partition("=")
        key = key.strip()
        if not equals or not all(key.split(".")):
            raise ScenarioError(f"--set {word}: KEY=VALUE is needed, e.g. leadership.hierarchy_norm=0.5")
        meant = [full for full, _ in fields() if full.endswith(f".{key}")]
        if "." not in key and meant and key not in Scenario.model_fields:
            raise ScenarioError(f"--set {word}: unknown key {key!r}; did you mean {' or '.join(meant)}?")
        if key.split(".")[0] == "variants":
            raise ScenarioError(f"--set {word}: sets the scenario's own keys; a variant's stand in its file")
        try:
            changes[key] = tomllib.loads(f"value = {text}")["value"]
        except (tomllib.TOMLDecodeError, KeyError):
            changes[key] = text
    return changes


def _variants(setting: Scenario, chosen: list[str] | None) -> list[str]:
    slugs = [slug for slug in chosen if slug != "base"] if chosen else list(setting.variants)
    same = [slug for slug in slugs if setting.unchanged(slug)]
    for slug in same:
        typer.echo(f"Variant {slug} is left out: with these settings it is the same as the base.", err=True)
    return [slug for slug in slugs if slug not in same]


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

    console, say = _console(), result.scenario.words.say
    console.print(f"\n{say(result.scenario.question or result.scenario.title)}", style="bold")
    futures = "1 future" if result.runs == 1 else f"{result.runs} futures"
    console.print(f"{futures} for each row, the same draws in all; seed {result.seed}.\n")
    for line in what_happens(result.scenario):
        console.print(say(f"In the first row, {line}."))
    for change in result.changes:
        console.print(f"Changed here: {change}", soft_wrap=True)
    if console.width < NARROW:
        for line in blocks(result):
            console.print(line, soft_wrap=True)
    else:
        console.print(table(result))
    console.print()
    for line in (*sentences(result), "", *definitions(result), "", *CAVEATS):
        console.print(say(line))
    sys.stdout.flush()


def _console() -> "Console":
    from rich.console import Console

    console = Console(highlight=False, emoji=False, markup=False)
    return console if console.is_terminal else Console(width=120, highlight=False, emoji=False, markup=False)


def main() -> None:
    """Entry point of the command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a Windows pipe would otherwise choke on an arrow
    app()
