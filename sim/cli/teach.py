"""Commands for a room: handout."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.shared import (
    LabelsOption,
    LinksOption,
    PeopleOption,
    ScenarioArgument,
    SetOption,
    WorkersOption,
    app,
    console,
    said_plainly,
    setting_of,
)
from sim.cli.why import OverwriteOption, SeedOption, bar


@app.command()
@said_plainly
def handout(
    scenario: ScenarioArgument,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE.html", help="Where to write the page.")] = Path(
        "handout.html"
    ),
    runs: Annotated[int, typer.Option(min=2, max=100, help="Futures, a small figure each.")] = 100,
    seed: SeedOption = 1,
    future: Annotated[
        int | None,
        typer.Option(min=0, max=99, help="The future to play. Default: one that sharing leadership saves, if any."),
    ] = None,
    set_: SetOption = None,
    people: PeopleOption = None,
    links: LinksOption = None,
    labels: LabelsOption = None,
    overwrite: OverwriteOption = False,
    workers: WorkersOption = None,
) -> None:
    """Write a page for a room: play a future, move levers, see a hundred. It opens from disk, without a network."""
    setting = setting_of(scenario, set_, None, people, links, labels)

    from sim.handout.choices import choices, grid
    from sim.handout.page import check_file
    from sim.handout.page import handout as make

    check_file(out, overwrite)
    wide = grid(choices(setting, seed))
    with bar((1 + len(wide.points)) * runs) as tick:
        page = make(setting, runs=runs, seed=seed, future=future, workers=workers, tick=tick)
    page.save(out, overwrite)
    console().print(f"Written: {out}. Open it in any browser; it needs no network.", soft_wrap=True)
