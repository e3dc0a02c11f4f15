"""How a job is finished, just begun or once stopped: play what is missing, write it, and say what came out."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sim.base.errors import ScenarioError
from sim.interface.cli import options
from sim.interface.cli.output import console, note, show, tell_failures
from sim.interface.cli.progress import begun, dask, workers_for

if TYPE_CHECKING:
    from sim.analysis.dependency.readings import Dependency
    from sim.analysis.uncertainty.dependency import DependencyAcrossWorlds
    from sim.experiments.comparison import Comparison
    from sim.experiments.store import InFolder
    from sim.experiments.workers import Workers
    from sim.report.words.common import Grid
    from sim.scenario.scenario import Scenario

Told = Literal["answer", "explain", "json"]
"""How much a run says of what came out: the answer, all that explains it as well, or all of it for a machine."""


def play(
    kind: str, setting: "Scenario | None", folder: Path, overwrite: bool, workers: int | None,
    cluster: str | None = None, **asked: Any,
) -> None:  # fmt: skip
    """Begin a job in a folder and finish it; the arguments are those of ``begun``."""
    with begun(kind, setting, folder, overwrite, workers, cluster, **asked) as (store, crew):
        finish(store, crew)


def resume(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of what was stopped.")],
    workers: options.Processes = None,
    cluster: options.Cluster = None,
) -> None:
    """Finish what was stopped. Only what is missing is played, and the results are what they would have been."""
    from sim.experiments.store import InFolder

    store = InFolder.open(folder)
    if store is None:
        typer.echo(f"{folder}: finished already; nothing is missing.")
        return
    with store, dask(cluster) as executor, workers_for(store, workers, executor) as crew:
        finish(store, crew)


def finish(store: "InFolder", workers: "Workers") -> None:
    """Do what is missing of a job. Raises ScenarioError where what its numbers depend on has changed since it began."""
    from sim.experiments.jobs import scenario_of

    FINISH[store.job["kind"]](store, workers.keeping(store), scenario_of(store))


def _asked(store: "InFolder", names: str) -> dict[str, Any]:
    """Some of what a job was asked for."""
    return {name: store.job[name] for name in names.split()}


def _kept[Found](found: Found, store: "InFolder", workers: "Workers") -> Found:
    """What was found, once it is written into the job's folder."""
    from sim.report.save import keep

    workers.finished()
    keep(store, found)
    return found


def _tell(
    found: Any, title: str, lines: Iterable[str], grid: "Grid | None" = None, opening: Iterable[str] = ()
) -> None:
    """Say what came out: what was asked, what is to be known beforehand, the table and the sentences."""
    screen = console()
    screen.print(f"\n{found.scenario.words.say(title)}", style="bold")
    for line in opening:
        screen.print(line)
    if grid is not None:
        show(screen, grid)
    for line in lines:
        screen.print(line)
    sys.stdout.flush()


def _written(folder: Path, first: Path | str) -> None:
    note(f"Written to {folder}; look at {first} first.")


# -- Variants in the same futures ----------------------------------------------------------------------------


def _run(store: "InFolder", workers: "Workers", scenario: "Scenario") -> None:
    conclude(play_run(store, workers, scenario), store.folder)


def play_run(
    store: "InFolder", workers: "Workers", scenario: "Scenario", precision: float | None = None, told: Told = "answer"
) -> "Comparison":
    """Play what is missing of a run, give the answer if it is precise enough, and write the results."""
    from sim.experiments.jobs import run_job
    from sim.experiments.precision import widest
    from sim.report.words import comparison

    result = run_job(store, workers, scenario)
    if told != "json" and result.tellable and (precision is None or widest(result) <= precision):
        _say(result, comparison, told, result.changes)
    from sim.report.save import keep

    job = store.job
    keep(store, result, keep=job["keep"], names=job["names"], picture=job["picture"])
    return result


def _say(found: Any, words: ModuleType, told: Told, changes: Sequence[str] = ()) -> None:
    """The answer, as soon as it is known: a sentence, the table, how sure; where asked, all that explains it."""
    screen, say = console(), found.scenario.words.say
    screen.print(f"{say(found.scenario.question or found.scenario.title)}\n", style="bold")
    screen.print(f"{say(words.answer(found))}\n")
    show(screen, words.answer_grid(found))
    for change in changes:
        screen.print(f"Changed here: {change}", soft_wrap=True)
    screen.print(say(f"How sure: {words.how_sure(found)}"))
    for line in words.explained(found) if told == "explain" else ():
        if isinstance(line, str):
            screen.print(line)
        else:
            show(screen, line)
    sys.stdout.flush()


def conclude(result: "Comparison", folder: Path, told: Told = "answer") -> None:
    """Say where the results of a run are and what to ask next; or all of it as JSON."""
    from sim.report.words import comparison

    first = "momentum.png" if (folder / "momentum.png").exists() else "summary.csv"
    _conclude(result, comparison, folder, told, first, not result.failed and result.twin == "compiled")
    tell_failures(result.failed, result.number * len(result.settings), folder)


def _conclude(found: Any, words: ModuleType, folder: Path, told: Told, first: str, has_sheet: bool = True) -> None:
    if told == "json":
        typer.echo(json.dumps(words.as_data(found) | {"folder": str(folder)}, ensure_ascii=False, indent=2))
        return
    _written(folder, first)
    if has_sheet:
        note(f"Next: one sheet for a director, with  leadership-sim report {folder}")


def _sweep(store: "InFolder", workers: "Workers", scenario: "Scenario") -> None:
    from sim.experiments.sweep import sweep_job
    from sim.report.save import keep

    job, folder = store.job, store.folder
    found = sweep_job(store, workers, scenario)
    keep(store, found)
    collapsed = [row["collapsed"] for row in found.rows if row["variant"] == "base"]
    least, most = min(collapsed), max(collapsed)
    typer.echo(
        f"{len(job['points'])} points of {', '.join(job['points'][0])}, {job['futures']} futures each, the same draws "
        f"in all. Of 100 futures, collapsed: from {100 * least:.0f} at one point to {100 * most:.0f} at another.\n"
        f"Written to {folder}: sweep.csv, a row for every point and variant with its intervals, and futures.parquet."
    )
    tell_failures(found.failed, job["futures"] * len(found.rows), folder)


def play_worlds(store: "InFolder", workers: "Workers", scenario: "Scenario", told: Told = "answer") -> None:
    """Play what is missing of a run in many worlds, write the results, and say in how many what does better."""
    from sim.analysis.uncertainty.robustness import compare_across_worlds
    from sim.report.save import keep
    from sim.report.words import robustness

    asked = _asked(store, "worlds futures seed variants twin source")
    found = compare_across_worlds(scenario, **asked, workers=workers)
    workers.finished()
    if told != "json":
        _say(found, robustness, told)
    keep(store, found)
    _conclude(found, robustness, store.folder, told, "robustness.png")


# -- On whom it rests, and what would help -------------------------------------------------------------------


def _dependency(store: "InFolder", workers: "Workers", scenario: "Scenario") -> None:
    from sim.report.save import save_rows

    out = store.folder.with_name(store.job["out"])
    found = measured(scenario, **_asked(store, "month futures seed worlds"), workers=workers)
    workers.finished()
    save_rows(found.rows(), out)
    store.finish()
    tell_dependency(found, out)


def measured(
    setting: "Scenario", *, worlds: Sequence[Mapping[str, Any]] | None, **how: Any
) -> "Dependency | DependencyAcrossWorlds":
    """On whom the change rests, in the scenario or in every world. ``how``: month, futures, seed and workers."""
    from sim.analysis.dependency.readings import measure_dependency
    from sim.analysis.uncertainty.dependency import dependency_across_worlds

    return measure_dependency(setting, **how) if worlds is None else dependency_across_worlds(setting, worlds, **how)


def tell_dependency(found: "Dependency | DependencyAcrossWorlds", out: Path | None) -> None:
    """Say on whom the change rests, and where that was written."""
    from sim.analysis.dependency.readings import Dependency
    from sim.report.words import dependency, robustness

    title = f"On whom the change rests at month {found.month}: {found.scenario.title}"
    if isinstance(found, Dependency):
        rows = "person, role and team"
        _tell(found, title, dependency.dependency_words(found), dependency.grid(found))
    else:
        rows, over = "world and each of these", f"{len(found.dependency)} plausible worlds, {found.futures} futures"
        opening = (
            f"{over} in each. The table has the percentage that is lost without each of what the director and the "
            "programme add to the change.\n"
        )
        lines = (*robustness.dependency_words(found), "", *robustness.dependency_notes(found), robustness.OPENING)
        _tell(found, title, lines, robustness.dependency_grid(found), [opening])
    if out is not None:
        console().print(f"\nWritten to {out}: a row for every {rows}.", soft_wrap=True)


def _interventions(store: "InFolder", workers: "Workers", scenario: "Scenario") -> None:
    from sim.analysis.interventions.run import try_interventions
    from sim.report.save import keep
    from sim.report.words.interventions import grid, interventions_words

    asked = _asked(store, "futures seed without pairs")
    found = try_interventions(scenario, **asked, workers=workers)
    workers.finished()
    title = f"What would make it survive? {found.scenario.title}"
    _tell(found, title, [], grid(found), opening=interventions_words(found))
    keep(store, found)
    _written(store.folder, store.folder / "interventions.png")


# -- Pages ---------------------------------------------------------------------------------------------------


def _report(store: "InFolder", workers: "Workers", _: "Scenario | None") -> None:
    from sim.report.director import write_report

    asked = _asked(store, "futures seed worlds max_worlds full since pdf")
    page = write_report(store.folder.parent, **asked, overwrite=True, workers=workers)
    store.finish()
    printed = page.with_suffix(".pdf")
    beside = f", and {printed} to print" if printed.exists() else "; to print it, use a browser's own print command"
    note(f"Written: {page}. It opens in any browser without a network{beside}.")


def _kit(store: "InFolder", workers: "Workers", scenario: "Scenario") -> None:
    from sim.report.handout.kit import kit

    out = store.folder.parent
    kit(scenario, **_asked(store, "places futures seed"), workers=workers).save(out, overwrite=True)
    told = ", ".join(str(out / place) for place in store.job["places"])
    store.finish()
    console().print(f"Written: {told}. Open session-plan.html in it first; it needs no network.", soft_wrap=True)


# -- How sure one can be -------------------------------------------------------------------------------------


def need_extra() -> None:
    """Raise ScenarioError if the packages that a sensitivity analysis needs are not installed."""
    from importlib.util import find_spec

    if find_spec("SALib") is None or find_spec("sklearn") is None:
        raise ScenarioError("sensitivity needs SALib and scikit-learn: install leadership-sim[sensitivity]")


def _sensitivity(store: "InFolder", workers: "Workers", scenario: "Scenario") -> None:
    from sim.analysis.sensitivity.run import analyse
    from sim.report.pages.sensitivity import order_holds, sensitivity_words

    need_extra()
    found = _kept(
        analyse(scenario, **_asked(store, "trajectories samples futures top seed"), workers=workers), store, workers
    )
    lines = map(found.scenario.words.say, (*sensitivity_words(found), order_holds(found)))
    _tell(found, f"What drives it: {found.scenario.title}", lines)
    _written(store.folder, Path("sensitivity.md"))


def _calibrate(store: "InFolder", workers: "Workers", _: "Scenario | None") -> None:
    from sim.analysis.uncertainty.calibration import calibrate
    from sim.analysis.uncertainty.targets import Target
    from sim.report.pages.calibration import calibration_words

    targets = [Target(**each) for each in store.job["targets"]]
    tried = _kept(calibrate(**_asked(store, "points futures seed"), among=targets, workers=workers), store, workers)
    screen = console()
    screen.print(f"{'agree':>7}  {'turned':>6}\n{'alone':>7}  {'away':>6}  of 100 settings")
    for i, target in enumerate(tried.targets):
        cut = tried.cut(i)
        away = "-" if cut is None else f"{100 * cut:.0f}"
        screen.print(f"{100 * tried.alone(i):7.0f}  {away:>6}  {target.title}", soft_wrap=True)
    screen.print(f"\n{' '.join(calibration_words(tried))}", style="bold", soft_wrap=True)
    use = f" Use it with  --worlds {store.folder}" if tried.accepted else ""
    screen.print(f"Written to {store.folder}: look at calibration.md first.{use}", soft_wrap=True)


def _validate(store: "InFolder", workers: "Workers", _: "Scenario | None") -> None:
    from sim.analysis.validation.ablations import AS_IT_IS
    from sim.analysis.validation.run import validate
    from sim.report.pages.validation import asked, validation_words

    found = _kept(validate(**_asked(store, "futures points seed"), workers=workers), store, workers)
    points = len(found.points)
    screen = console()
    for pattern in asked(found):
        counted = ", ".join(f"{n} {verdict}" for verdict, n in found.counted(pattern.slug).items())
        over = f"; of {points} plausible settings: {counted}" if points else ""
        screen.print(f"{pattern.slug:4} {found.verdict(AS_IT_IS.slug, pattern.slug)}{over}", soft_wrap=True)
        screen.print(f"     {pattern.quotation}", soft_wrap=True)
    screen.print(" ".join(validation_words(found)), style="bold")
    screen.print(f"Written: {store.folder / 'validation.md'}", soft_wrap=True)


FINISH: dict[str, Callable[..., None]] = {
    "run": _run,
    "sweep": _sweep,
    "worlds": play_worlds,
    "dependency": _dependency,
    "interventions": _interventions,
    "report": _report,
    "kit": _kit,
    "sensitivity": _sensitivity,
    "calibrate": _calibrate,
    "validate": _validate,
}
"""How a job is finished, by its kind: with its folder, who does the work, and its scenario, where it has one."""
