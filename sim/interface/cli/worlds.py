"""Variants played in many plausible worlds: what run and interventions do with --worlds."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sim.interface.cli.output import console, show
from sim.interface.cli.progress import begun
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from rich.table import Table

    from sim.analysis.uncertainty.robustness import Robustness
    from sim.experiments.jobs import Workers
    from sim.experiments.store import InFolder


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
    """Play variants of a scenario in many plausible worlds, and say in how many each does better than the first."""
    from sim.analysis.uncertainty.robustness import FUTURES, robustness_job, worlds_of
    from sim.experiments.jobs import job

    chosen = worlds_of(source, worlds)
    if len(chosen) < worlds:
        typer.echo(f"There are {len(chosen)} plausible worlds in {source}; all are used.", err=True)
    asked = job(
        "over", setting, folder, futures=futures or FUTURES, seed=seed, variants=variants, twin=engine, workers=workers
    )  # fmt: skip
    asked = robustness_job(asked, chosen, source)
    with begun(folder, asked, overwrite, workers, cluster) as (store, help_):
        finish_over(store, help_)


def finish_over(store: "InFolder", help_: "Workers") -> None:
    """Play what is missing of a scenario in many worlds, and say what came out."""
    from sim.analysis.uncertainty.robustness import OPENING, run_robustness_job

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


def _table(found: "Robustness") -> "Table":
    """One row a variant, in plain words."""
    from rich import box
    from rich.table import Table

    out = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_lines=False)
    out.add_column(f"Of {len(found.outcomes)} plausible worlds, when:")
    for heading in ("survived more often\nthan the first", "clearly", "as\noften", "less\noften"):
        out.add_column(heading, justify="right", no_wrap=True)
    for heading in ("survived", "collapsed"):
        out.add_column(f"{heading}, of 100:\n{middle(len(found.outcomes))}", justify="right", no_wrap=True)
    for title, cells in _told(found):
        out.add_row(title, *cells)
    return out


def _told(found: "Robustness") -> Iterator[tuple[str, list[str]]]:
    """The cells of each variant, the base's first, those that do better in most worlds next."""
    from sim.analysis.uncertainty.robustness import GONE, KEPT

    for i in (0, *found.order):
        against = [""] * 4
        if i:
            n = found.counted[i]
            against = [str(x) for x in (n.worlds_better, n.worlds_clearly_better, n.worlds_same, n.worlds_worse)]
        ranges = [spread_words(found.spread(i, outcome)) for outcome in (KEPT, GONE)]
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


def middle(worlds: int) -> str:
    """The heading of a column of ranges over so many worlds."""
    from sim.analysis.uncertainty.robustness import ends

    return "middle world (a tenth off\nat either end)" if ends(worlds)[0] else "middle world\n(lowest to highest)"


def spread_words(spread: tuple[float, float, float]) -> str:
    """From, middle, to, of 100, as a cell has it; a dash where there is none."""
    if any(x != x for x in spread):
        return "-"
    low, middle, high = (round(100 * x) for x in spread)
    return f"{middle} ({low} to {high})"
