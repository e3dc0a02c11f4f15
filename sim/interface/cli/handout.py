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
from sim.interface.cli.progress import bar

if TYPE_CHECKING:
    pass


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

    from sim.report.handout.choices import choices, grid
    from sim.report.handout.page import check_file
    from sim.report.handout.page import handout as make

    check_file(out, overwrite)
    wide = grid(choices(setting, seed))
    with bar((1 + len(wide.points)) * futures) as on_progress:
        page = make(setting, futures=futures, seed=seed, future=replay, workers=workers, on_progress=on_progress)
    page.save(out, overwrite)
    console().print(f"Written: {out}. Open it in any browser; it needs no network.", soft_wrap=True)
