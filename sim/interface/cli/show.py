"""Commands that only look: scenarios, show, organisation."""

from pathlib import Path
from typing import Annotated

import typer

from sim.interface.cli.options import (
    LabelsOption,
    ScenarioArgument,
    SetOption,
    app,
    assignments,
    labels_of,
    said_plainly,
    setting_of,
)
from sim.scenario.scenario import Scenario, ScenarioError, library_names, load


@app.command()
@said_plainly
def scenarios() -> None:
    """List the scenarios of the library, each with its question."""
    for name in library_names():
        setting = load(name)
        typer.echo(f"{name}\n    {setting.question or setting.title}")
        typer.echo(f"    variants: {', '.join(setting.variants) or 'none'}")


@app.command()
@said_plainly
def show(
    scenario: ScenarioArgument,
    set_: SetOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List every parameter, not only those that differ.")
    ] = False,
    labels: LabelsOption = None,
) -> None:
    """Say what a scenario does, resolved, in words."""
    from sim.report.words.scenario import scenario_words

    setting = setting_of(scenario, set_, labels=labels)
    for line in scenario_words(setting, everything):
        typer.echo(setting.words.say(line))


@app.command("organisation")
@said_plainly
def organisation_(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="people.csv and links.csv; or one GraphML or scenario file."),
    ],
    set_: SetOption = None,
    labels: LabelsOption = None,
) -> None:
    """Describe a real organisation: counts, levels, spans, links by kind, and what was assumed."""
    from sim.organisation.generate import organisation
    from sim.report.words.scenario import organisation_words

    if len(files) > 2:
        raise ScenarioError(f"{len(files)} files given; at most two are read: people, then links")
    if files[0].suffix == ".toml":
        setting = setting_of(str(files[0]), set_, labels=labels)
    else:
        absolute = [str(file.absolute()) for file in files]
        setting = Scenario().around(absolute[0], absolute[1] if len(absolute) > 1 else None)
        # The programme's facilitators are no part of the organisation described.
        setting = setting.replacing({"subscription.enabled": False} | assignments(set_) | labels_of(labels))
    for line in organisation_words(organisation(setting), setting.words):
        typer.echo(line)
