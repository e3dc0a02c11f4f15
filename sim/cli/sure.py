"""Commands for whoever asks how sure one can be: plausible."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.shared import WorkersOption, app, console, said_plainly
from sim.cli.why import OverwriteOption, SeedOption

if TYPE_CHECKING:
    from sim.experiments.jobs import Help
    from sim.experiments.store import InFolder


@app.command()
@said_plainly
def plausible(
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Where to write.")] = Path("plausible"),
    points: Annotated[int, typer.Option(help="How many settings of all levers to try.")] = 500,
    futures: Annotated[int, typer.Option(help="Futures at each.")] = 30,
    targets: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="What to agree with, in place of the package's targets.")
    ] = None,
    seed: SeedOption = 1,
    overwrite: OverwriteOption = False,
    workers: WorkersOption = None,
) -> None:
    """Which settings of the levers agree with what little is known? Try many, keep those that do."""
    from sim.cli.runs import help_for
    from sim.experiments.store import InFolder
    from sim.plausible.search import job
    from sim.plausible.targets import targets as read

    asked = job(points, futures, seed, read(targets) if targets else read())
    with InFolder.create(out, asked, overwrite) as store, help_for(store, workers) as help_:
        finish_plausible(store, help_)


def finish_plausible(store: "InFolder", help_: "Help") -> None:
    """Do what is missing of a search, and tell what it found."""
    from sim.plausible.page import summary
    from sim.plausible.search import plausible_job

    tried = plausible_job(store, help_)
    screen = console()
    screen.print(f"{'agree':>7}  {'turned':>6}\n{'alone':>7}  {'away':>6}  of 100 settings")
    for i, target in enumerate(tried.targets):
        cut = tried.cut(i)
        away = "-" if cut is None else f"{100 * cut:.0f}"
        screen.print(f"{100 * tried.alone(i):7.0f}  {away:>6}  {target.title}", soft_wrap=True)
    screen.print(f"\n{summary(tried)}", style="bold", soft_wrap=True)
    screen.print(
        f"Written to {store.folder}: look at plausible.md first. Use it with  --over {store.folder / 'settings.csv'}",
        soft_wrap=True,
    )
