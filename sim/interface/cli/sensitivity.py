"""The command that asks what drives the answer: sensitivity."""

from typing import TYPE_CHECKING, Annotated

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
    folder_or_new,
    setting_of,
)
from sim.interface.cli.output import console
from sim.interface.cli.progress import begun

if TYPE_CHECKING:
    from sim.experiments.store import InFolder
    from sim.experiments.workers import Workers


def sensitivity(
    scenario: ScenarioArgument,
    out: OutOption = None,
    trajectories: Annotated[
        int, typer.Option(help="How many paths the screening takes through the parameters (Morris).")
    ] = 20,
    samples: Annotated[
        int, typer.Option(help="How many samples the indices are worked out from (Sobol): a power of two.")
    ] = 256,
    futures: Annotated[int, typer.Option(help="How many futures to play at each point, the same at all.")] = 20,
    top: Annotated[int, typer.Option(help="How many parameters get indices: the first in the screening.")] = 12,
    seed: SeedOption = 1,
    set_: SetOption = None,
    people: PeopleOption = None,
    links: LinksOption = None,
    labels: LabelsOption = None,
    overwrite: OverwriteOption = False,
    workers: WorkersOption = None,
) -> None:
    """What drives the answer? Move every parameter over its range; vary the network, the size and the time step too."""
    need_extra()
    setting = setting_of(scenario, set_, None, people, links, labels)

    from sim.analysis.sensitivity.run import sensitivity_job

    folder = folder_or_new(out, "sensitivity", setting.name)
    asked = sensitivity_job(
        setting, folder, trajectories=trajectories, samples=samples, futures=futures, top=top, seed=seed
    )  # fmt: skip
    with begun(folder, asked, overwrite, workers) as (store, crew):
        finish_sensitivity(store, crew)


def need_extra() -> None:
    """Raise ScenarioError if the packages that the analysis needs are not installed."""
    from importlib.util import find_spec

    if find_spec("SALib") is None or find_spec("sklearn") is None:
        raise ScenarioError("sensitivity needs SALib and scikit-learn: install leadership-sim[sensitivity]")


def finish_sensitivity(store: "InFolder", workers: "Workers") -> None:
    """Play what is missing of an analysis, and say what it found."""
    from sim.analysis.sensitivity.run import analyse
    from sim.report.pages.sensitivity import order_holds, sensitivity_words
    from sim.report.save import keep

    need_extra()
    found = analyse(store, workers)
    keep(store, found)
    screen, say = console(), found.scenario.words.say
    screen.print(f"\n{say(f'What drives it: {found.scenario.title}')}", style="bold")
    for line in (*sensitivity_words(found), order_holds(found)):
        screen.print(say(line))
    screen.print(f"\nWritten to {store.folder}: look at sensitivity.md first.", soft_wrap=True)
