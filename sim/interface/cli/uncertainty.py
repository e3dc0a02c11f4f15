"""Commands that ask how sure one can be: calibrate, sensitivity; and questions asked over plausible worlds."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.base.errors import ScenarioError
from sim.interface.cli.options import (
    LabelsOption,
    LinksOption,
    OutOption,
    OverwriteOption,
    PeopleOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    WorkersOption,
    app,
    console,
    folder_or_new,
    said_plainly,
    setting_of,
)
from sim.interface.cli.progress import bar, begun

if TYPE_CHECKING:
    from rich.table import Table

    from sim.analysis.uncertainty.robustness import Robustness
    from sim.experiments.jobs import Workers
    from sim.experiments.store import InFolder
    from sim.scenario.scenario import Scenario


@app.command()
@said_plainly
def calibrate(
    out: OutOption = None,
    points: Annotated[int, typer.Option(help="How many settings of all parameters to try.")] = 500,
    futures: Annotated[int, typer.Option(help="Futures at each.")] = 30,
    targets: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="What to agree with, in place of the package's targets.")
    ] = None,
    seed: SeedOption = 1,
    overwrite: OverwriteOption = False,
    workers: WorkersOption = None,
) -> None:
    """Which settings of the parameters agree with what little is known? Try many, keep those that do."""
    from sim.analysis.uncertainty.calibration import calibration_job
    from sim.analysis.uncertainty.targets import targets as read

    asked = calibration_job(points, futures, seed, read(targets) if targets else read())
    with begun(folder_or_new(out, "calibrate"), asked, overwrite, workers) as (store, help_):
        finish_plausible(store, help_)


def finish_plausible(store: "InFolder", help_: "Workers") -> None:
    """Do what is missing of a search, and tell what it found."""
    from sim.analysis.uncertainty.calibration import run_calibration_job
    from sim.report.pages.uncertainty import summary

    tried = run_calibration_job(store, help_)
    screen = console()
    screen.print(f"{'agree':>7}  {'turned':>6}\n{'alone':>7}  {'away':>6}  of 100 settings")
    for i, target in enumerate(tried.targets):
        cut = tried.cut(i)
        away = "-" if cut is None else f"{100 * cut:.0f}"
        screen.print(f"{100 * tried.alone(i):7.0f}  {away:>6}  {target.title}", soft_wrap=True)
    screen.print(f"\n{summary(tried)}", style="bold", soft_wrap=True)
    use = f" Use it with  --worlds {store.folder}" if tried.accepted else ""
    screen.print(f"Written to {store.folder}: look at calibration.md first.{use}", soft_wrap=True)


@app.command()
@said_plainly
def sensitivity(
    scenario: ScenarioArgument,
    out: OutOption = None,
    trajectories: Annotated[int, typer.Option(help="Ways through all parameters in the screening (Morris).")] = 20,
    samples: Annotated[int, typer.Option(help="For the indices (Sobol): a power of two.")] = 256,
    futures: Annotated[int, typer.Option(help="At every point; the same at all.")] = 20,
    top: Annotated[int, typer.Option(help="For how many parameters indices are asked.")] = 12,
    seed: SeedOption = 1,
    set_: SetOption = None,
    people: PeopleOption = None,
    links: LinksOption = None,
    labels: LabelsOption = None,
    overwrite: OverwriteOption = False,
    workers: WorkersOption = None,
) -> None:
    """What drives the answer? Move every parameter over its range; ask also what hangs on network, size and time step."""
    need_extra()
    setting = setting_of(scenario, set_, None, people, links, labels)

    from sim.analysis.sensitivity.run import sensitivity_job

    folder = folder_or_new(out, "sensitivity", setting.name)
    asked = sensitivity_job(
        setting, folder, trajectories=trajectories, samples=samples, futures=futures, top=top, seed=seed
    )  # fmt: skip
    with begun(folder, asked, overwrite, workers) as (store, help_):
        finish_sensitivity(store, help_)


def need_extra() -> None:
    """Raise ScenarioError where the packages that sensitivity needs are not installed."""
    from importlib.util import find_spec

    if find_spec("SALib") is None or find_spec("sklearn") is None:
        raise ScenarioError("sensitivity needs SALib and scikit-learn: install leadership-sim[sensitivity]")


def finish_sensitivity(store: "InFolder", help_: "Workers") -> None:
    """Do what is missing of an analysis, and tell what it found."""
    from sim.analysis.sensitivity.run import analyse
    from sim.report.pages.sensitivity import order_holds, words

    need_extra()
    found = analyse(store, help_)
    screen, say = console(), found.scenario.words.say
    screen.print(f"\n{say(f'What drives it: {found.scenario.title}')}", style="bold")
    for line in (*words(found), order_holds(found)):
        screen.print(say(line))
    screen.print(f"\nWritten to {store.folder}: look at sensitivity.md first.", soft_wrap=True)


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
    """Play a scenario's variants in many plausible worlds, and tell in how many an order holds."""
    from sim.analysis.uncertainty.robustness import FUTURES, robustness_job, worlds_of
    from sim.experiments.jobs import job

    chosen = worlds_of(source, worlds)
    if len(chosen) < worlds:
        typer.echo(f"There are {len(chosen)} plausible worlds in {source}; all are asked.", err=True)
    asked = job(
        "over", setting, folder, futures=futures or FUTURES, seed=seed, variants=variants, twin=engine, workers=workers
    )  # fmt: skip
    asked = robustness_job(asked, chosen, source)
    with begun(folder, asked, overwrite, workers, cluster) as (store, help_):
        finish_over(store, help_)


def finish_over(store: "InFolder", help_: "Workers") -> None:
    """Do what is missing of a scenario over worlds, and tell what came out."""
    from sim.analysis.uncertainty.robustness import OPENING, run_robustness_job
    from sim.interface.cli.ask import show

    found = run_robustness_job(store, help_)
    screen, say = console(), found.scenario.words.say
    worlds, futures = len(found.outcomes), found.outcomes.shape[2]
    asked = f"{worlds} plausible worlds, {futures} futures in each for each row"
    screen.print(f"\n{say(found.scenario.question or found.scenario.title)}", style="bold")
    screen.print(f"{asked}, the same draws in all; seed {found.seed}.\n")
    screen.print(OPENING)
    show(screen, _table(found), _blocks(found))
    for line in (*found.words(), "", *found.notes()):
        screen.print(line)
    screen.print(f"\nWritten to {store.folder}: look at {store.folder / 'robustness.png'} first.", soft_wrap=True)


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
    from rich import box
    from rich.table import Table

    from sim.analysis.uncertainty.dependency import dependency_across_worlds
    from sim.analysis.uncertainty.robustness import worlds_of

    chosen = worlds_of(source, worlds)
    with bar(len(chosen), "world") as on_progress:
        found = dependency_across_worlds(
            setting, chosen, futures, seed, month=month, workers=workers, on_progress=on_progress
        )
    screen, say = console(), setting.words.say
    screen.print(f"\n{say(f'On whom the change rests at month {found.month}: {setting.title}')}", style="bold")
    screen.print(
        f"{len(chosen)} plausible worlds, {futures} futures in each; of 100 parts of what director and programme make of "
        "the change, how many go with each.\n"
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("when their seats stand empty")
    table.add_column(_middle(found.defined), justify="right")
    table.add_column("worlds in which more\nrests on the director", justify="right")
    for i, who in enumerate(found.who):
        above = f"{found.director_above(i)} of {found.defined}" if i else ""
        table.add_row(say(who), _range(found.spread(i)), above)
    screen.print(table)
    for line in (*found.words(), "", *found.notes()):
        screen.print(line)
    if out is not None:
        found.save(out)
        screen.print(f"\nWritten to {out}: a row for every world and each of these.", soft_wrap=True)


def _middle(worlds: int) -> str:
    """The heading of a column of ranges over so many worlds."""
    from sim.analysis.uncertainty.robustness import ends

    return "middle world (a tenth off\nat either end)" if ends(worlds)[0] else "middle world\n(lowest to highest)"


def _range(spread: tuple[float, float, float]) -> str:
    """From, middle, to, of 100, as a cell has it; a dash where there is none."""
    if any(x != x for x in spread):
        return "-"
    low, middle, high = (round(100 * x) for x in spread)
    return f"{middle} ({low} to {high})"


FINISH: dict[str, Callable[["InFolder", "Workers"], None]] = {
    "plausible": finish_plausible,
    "over": finish_over,
    "sensitivity": finish_sensitivity,
}
"""How a job is finished, by its kind."""


def _table(found: "Robustness") -> "Table":
    """One row a variant, in plain words."""
    from rich import box
    from rich.table import Table

    out = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_lines=False)
    out.add_column(f"Of {len(found.outcomes)} plausible worlds, when:")
    for heading in ("survived more often\nthan the first", "clearly", "as\noften", "less\noften"):
        out.add_column(heading, justify="right", no_wrap=True)
    for heading in ("survived", "collapsed"):
        out.add_column(f"{heading}, of 100:\n{_middle(len(found.outcomes))}", justify="right", no_wrap=True)
    for title, cells in _told(found):
        out.add_row(title, *cells)
    return out


def _told(found: "Robustness") -> Iterator[tuple[str, list[str]]]:
    """The cells of each variant, the base's first, those that do better in most worlds next."""
    from sim.analysis.uncertainty.robustness import GONE, KEPT

    for i in (0, *found.order):
        n = found.counted[i]
        against = (
            [str(x) for x in (n.worlds_better, n.worlds_clearly_better, n.worlds_same, n.worlds_worse)]
            if i
            else [""] * 4
        )
        ranges = [_range(found.spread(i, outcome)) for outcome in (KEPT, GONE)]
        yield found.scenario.words.say(found.titles[i]), [*against, *ranges]


def _blocks(found: "Robustness") -> Iterator[str]:
    """What the table says, a few short lines a variant, for a narrow window."""
    from sim.analysis.uncertainty.robustness import range_words

    for title, (more, clearly, same, less, survived, collapsed) in _told(found):
        yield f"{title}:"
        if more:
            yield f"  survived more often than the first in {more} worlds (clearly in {clearly}),"
            yield f"  as often in {same}, less often in {less}"
        yield f"  of 100 futures survived {survived}, collapsed {collapsed}, {range_words(len(found.outcomes))}"
