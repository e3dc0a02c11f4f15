"""The command that writes a page for a room: handout."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.interface.cli.options import (
    LabelsOption,
    LinksOption,
    OverwriteOption,
    PeopleOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    WorkersOption,
    setting_of,
)
from sim.interface.cli.output import console
from sim.interface.cli.progress import begun, beside

if TYPE_CHECKING:
    from sim.experiments.store import InFolder
    from sim.experiments.workers import Workers


def handout(
    scenario: ScenarioArgument,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE.html", help="The file to write.")] = Path(
        "handout.html"
    ),
    futures: Annotated[int, typer.Option(help="How many futures to show, a small figure each: 2 to 100.")] = 100,
    seed: SeedOption = 1,
    replay: Annotated[
        int | None,
        typer.Option(help="The future to play. Default: one that sharing leadership saves, if there is one."),
    ] = None,
    set_: SetOption = None,
    people: PeopleOption = None,
    links: LinksOption = None,
    labels: LabelsOption = None,
    overwrite: OverwriteOption = False,
    workers: WorkersOption = None,
) -> None:
    """Write a page for a room: play a future, move levers, see a hundred futures. It needs no network."""
    setting = setting_of(scenario, set_, None, people, links, labels)

    from sim.experiments.jobs import job
    from sim.report.handout.page import check, check_page, runs_needed

    check_page(out, overwrite)
    check(futures, replay)
    asked = job(
        "handout", setting, beside(out), futures=futures, seed=seed, replay=replay, out=out.name,
        tasks=runs_needed(setting, futures, seed), unit="run",
    )  # fmt: skip
    with begun(beside(out), asked, overwrite, workers) as (store, crew):
        finish_handout(store, crew)


def finish_handout(store: "InFolder", workers: "Workers") -> None:
    """Play what is missing of a handout, and write it."""
    from sim.experiments.jobs import scenario_of
    from sim.report.handout.page import handout as make

    asked, out = store.job, store.folder.with_name(store.job["out"])
    page = make(
        scenario_of(store), futures=asked["futures"], seed=asked["seed"], future=asked["replay"],
        workers=workers.keeping(store),
    )  # fmt: skip
    page.save(out, overwrite=True)
    store.finish()
    console().print(f"Written: {out}. Open it in any browser; it needs no network.", soft_wrap=True)
