"""Commands that ask why: remedies, who, explain."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.interface.cli.options import (
    MOST,
    LabelsOption,
    LinksOption,
    OverOption,
    OverwriteOption,
    PeopleOption,
    ScenarioArgument,
    SeedOrUsual,
    SetOption,
    WorkersOption,
    WorldsOption,
    app,
    asked_over,
    console,
    said_plainly,
    setting_of,
)
from sim.interface.cli.progress import bar
from sim.scenario.scenario import Scenario, ScenarioError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

VariantOption = Annotated[
    str | None, typer.Option(metavar="SLUG", help="Ask of this variant, in place of the scenario itself.")
]
OutOption = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Where to write. Default: results/COMMAND-SCENARIO-DATE-TIME.")
]


@app.command()
@said_plainly
def remedies(
    scenario: ScenarioArgument,
    runs: Annotated[
        int | None,
        typer.Option(min=2, max=MOST, help="Futures that every parameter is tried in: 200, or 40 with --worlds."),
    ] = None,
    seed: SeedOrUsual = None,
    set_: SetOption = None,
    variant: VariantOption = None,
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="LEVER", help="Set this parameter aside, e.g. successor: not ours to choose. Repeatable."),
    ] = None,
    people: PeopleOption = None,
    links: LinksOption = None,
    labels: LabelsOption = None,
    over: OverOption = None,
    worlds: WorldsOption = None,
    out: OutOption = None,
    overwrite: OverwriteOption = False,
    workers: WorkersOption = None,
) -> None:
    """What would make it survive? Try every parameter a leadership team can pull, alone, in pairs and together."""
    setting = _asked(scenario, set_, variant, people, links, labels)
    folder = out or Path("results") / f"remedies-{setting.name}-{datetime.now():%Y-%m-%d-%H%M%S}"
    worlds, seed = asked_over(over, worlds, seed)
    if over is not None:
        from sim.analysis.uncertainty.robustness import with_remedies
        from sim.interface.cli.uncertainty import ask_over

        every = with_remedies(setting, seed, without or ())
        ask_over(every, list(every.variants), folder, over, worlds, runs, seed, overwrite, workers)
        return
    runs = 200 if runs is None else runs

    from sim.analysis.interventions.intervention import pulled
    from sim.analysis.interventions.run import remedies as search
    from sim.analysis.interventions.run import roughly
    from sim.experiments.folder import check_folder
    from sim.report.words.interventions import blocks, table

    check_folder(folder, overwrite)
    parameters, _ = pulled(setting, seed, without or ())
    with bar(roughly(parameters, runs)) as on_progress:
        found = search(setting, runs, seed, without=without or (), workers=workers, on_progress=on_progress)
    screen, say = console(), setting.words.say
    screen.print(f"\n{say('What would make it survive?')} {say(setting.title)}", style="bold")
    show(screen, table(found), blocks(found))
    for line in found.words().splitlines():
        screen.print(line)
    found.save(folder, overwrite)
    screen.print(f"\nWritten to {folder}: look at {folder / 'remedies.png'} first.", soft_wrap=True)


@app.command()
@said_plainly
def who(
    scenario: ScenarioArgument,
    month: Annotated[
        int | None,
        typer.Option(min=1, help="The row asked about. Default: the scenario's reference month, the first departure."),
    ] = None,
    runs: Annotated[
        int | None,
        typer.Option(min=2, max=100_000, help="Futures that everybody is taken out of: 40, or 20 with --worlds."),
    ] = None,
    seed: SeedOrUsual = None,
    set_: SetOption = None,
    variant: VariantOption = None,
    people: PeopleOption = None,
    links: LinksOption = None,
    labels: LabelsOption = None,
    over: OverOption = None,
    worlds: WorldsOption = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Also write every row here.")] = None,
    overwrite: OverwriteOption = False,
    workers: WorkersOption = None,
) -> None:
    """On whom does the change rest? Everyone by seat, role and team: three readings side by side."""
    setting = _asked(scenario, set_, variant, people, links, labels)
    if out is not None and out.exists() and not overwrite:
        raise ScenarioError(f"{out}: is there already; choose another name, or add --overwrite")

    worlds, seed = asked_over(over, worlds, seed)
    if over is not None:
        from sim.interface.cli.uncertainty import who_over

        who_over(setting, over, worlds, month, runs or 20, seed, out, workers)
        return
    runs = runs or 40

    from sim.analysis.dependency.readings import on_whom, runs_needed
    from sim.report.words.dependency import blocks, table, words

    with bar(runs_needed(setting, runs, seed)) as on_progress:
        found = on_whom(setting, month=month, runs=runs, seed=seed, workers=workers, on_progress=on_progress)
    screen = console()
    screen.print(
        f"\n{setting.words.say(f'On whom the change rests at month {found.month}: {setting.title}')}", style="bold"
    )
    show(screen, table(found), blocks(found))
    for line in words(found):
        screen.print(line)
    if out is not None:
        found.save(out)
        screen.print(f"\nWritten to {out}: a row for every person, role and team.", soft_wrap=True)


@app.command()
@said_plainly
def explain(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a finished run.")],
    runs: Annotated[int, typer.Option(min=2, max=100_000, help="Futures for the questions a run leaves open.")] = 100,
    seed: Annotated[
        int | None, typer.Option(min=0, max=MOST, help="Of what is played for the page. Default: the run's.")
    ] = None,
    over: OverOption = None,
    worlds: WorldsOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Write a page one would hand to a director: the answer, on whom it rests, and what would keep it alive."""
    from sim.report.director import explain as write

    worlds, _ = asked_over(over, worlds, seed)
    with bar(None) as on_progress:
        page = write(
            folder, runs=runs, seed=seed, over=over, worlds=worlds, overwrite=overwrite, on_progress=on_progress
        )
    console().print(f"Written: {page}. It opens in any browser, without a network.", soft_wrap=True)


def _asked(
    scenario: str,
    set_: list[str] | None,
    variant: str | None,
    people: Path | None,
    links: Path | None,
    labels: str | None,
) -> Scenario:
    setting = setting_of(scenario, set_, None, people, links, labels)
    return setting if variant in (None, "base") else setting.variant(str(variant))


def show(screen: "Console", table: "Table", blocks: Iterable[str]) -> None:
    """A table, or in a narrow window the short lines that say the same."""
    from sim.report.words.comparison import NARROW

    if screen.width >= NARROW:
        screen.print(table)
        return
    for line in blocks:
        screen.print(line, soft_wrap=True)
    screen.print()
