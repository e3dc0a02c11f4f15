"""The command that writes a trainer's kit: kit."""

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
from sim.interface.cli.progress import begun, inside

if TYPE_CHECKING:
    from sim.experiments.store import InFolder
    from sim.experiments.workers import Workers


def kit(
    scenario: ScenarioArgument = "director-turnover",
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The folder to write.")] = Path("kit"),
    futures: Annotated[int, typer.Option(help="How many futures to show, a small figure each: 2 to 100.")] = 100,
    seed: SeedOption = 1,
    set_: SetOption = None,
    people: PeopleOption = None,
    links: LinksOption = None,
    labels: LabelsOption = None,
    overwrite: OverwriteOption = False,
    workers: WorkersOption = None,
) -> None:
    """Write a trainer's kit: handouts for a council, a hospital and a school, a session plan, and slides.

    With --labels or your own organisation, it has one folder, for that alone.
    """
    setting = setting_of(scenario, set_, None, people, links, labels)

    from sim.experiments.jobs import job
    from sim.report.handout.kit import PLACES, check_kit
    from sim.report.handout.page import check, runs_needed

    places = PLACES
    if labels is not None or people is not None or links is not None:
        places = {Path(setting.labels).stem if setting.labels else setting.name: setting.labels}
    check_kit(out, list(places), overwrite)
    check(futures, None)
    asked = job(
        "kit", setting, inside(out), futures=futures, seed=seed, places=places,
        tasks=runs_needed(setting, futures, seed), unit="run",
    )  # fmt: skip
    with begun(inside(out), asked, overwrite, workers) as (store, crew):
        finish_kit(store, crew)


def finish_kit(store: "InFolder", workers: "Workers") -> None:
    """Play what is missing of a kit, and write it."""
    from sim.experiments.jobs import scenario_of
    from sim.report.handout.kit import kit as make

    asked, out = store.job, store.folder.parent
    made = make(
        scenario_of(store), places=asked["places"], futures=asked["futures"], seed=asked["seed"],
        workers=workers.keeping(store),
    )  # fmt: skip
    made.save(out, overwrite=True)
    store.finish()
    told = ", ".join(str(out / place) for place in asked["places"])
    console().print(f"Written: {told}. Open session-plan.html in it first; it needs no network.", soft_wrap=True)
