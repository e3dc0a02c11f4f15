"""The command that says what a scenario does: show."""

from typing import TYPE_CHECKING, Annotated

import typer

from sim.interface.cli.options import (
    LabelsOption,
    ScenarioArgument,
    SetOption,
    setting_of,
)

if TYPE_CHECKING:
    pass


def show(
    scenario: ScenarioArgument,
    set_: SetOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List every parameter, not only those that differ from the default.")
    ] = False,
    labels: LabelsOption = None,
) -> None:
    """Say in words what a scenario does."""
    from sim.report.words.scenario import scenario_words

    setting = setting_of(scenario, set_, labels=labels)
    for line in scenario_words(setting, everything):
        typer.echo(setting.words.say(line))
