"""The commands that play nothing and say what there is: scenarios, show, organisation."""

from pathlib import Path
from typing import Annotated

import typer

from sim.base.errors import ScenarioError
from sim.interface.cli import options
from sim.scenario.scenario import Scenario, library_names, load


def scenarios() -> None:
    """List the scenarios in the library, each with its question."""
    for name in library_names():
        setting = load(name)
        typer.echo(f"{name}\n    {setting.question or setting.title}")
        typer.echo(f"    variants: {', '.join(setting.variants) or 'none'}")


def show(
    scenario: options.ScenarioName,
    set_: options.Set = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List every parameter, not only those that differ from the default.")
    ] = False,
    labels: options.Labels = None,
) -> None:
    """Say in words what a scenario does."""
    from sim.report.words.scenario import scenario_words

    setting = options.setting_of(scenario, set_, labels=labels)
    for line in scenario_words(setting, everything):  # the study is quoted in its own words
        typer.echo(line if line.startswith("From the study: ") else setting.words.say(line))


def organisation(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="people.csv and links.csv, or a single GraphML or scenario file."),
    ],
    set_: options.Set = None,
    labels: options.Labels = None,
) -> None:
    """Describe a real organisation: its people, levels, spans and links, and what was assumed."""
    from sim.organisation.generate import organisation as made
    from sim.report.words.scenario import organisation_words

    if len(files) > 2:
        raise ScenarioError(f"{len(files)} files given; at most two are read: people, then links")
    if files[0].suffix == ".toml":
        setting = options.setting_of(str(files[0]), set_, labels=labels)
    else:
        absolute = [str(file.absolute()) for file in files]
        setting = Scenario().around(absolute[0], absolute[1] if len(absolute) > 1 else None)
        # The programme's facilitators are not part of the organisation described.
        changes = {"subscription.enabled": False} | options.assignments(set_) | options.labels_of(labels)
        setting = setting.with_(changes)
    for line in organisation_words(made(setting), setting.words):
        typer.echo(line)
