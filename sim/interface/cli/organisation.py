"""The command that describes a real organisation: organisation."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.base.errors import ScenarioError
from sim.interface.cli.options import (
    LabelsOption,
    SetOption,
    assignments,
    labels_of,
    setting_of,
)
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    pass


def organisation(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="people.csv and links.csv, or a single GraphML or scenario file."),
    ],
    set_: SetOption = None,
    labels: LabelsOption = None,
) -> None:
    """Describe a real organisation: its people, levels, spans and links, and what was assumed."""
    from sim.organisation.generate import organisation as made
    from sim.report.words.scenario import organisation_words

    if len(files) > 2:
        raise ScenarioError(f"{len(files)} files given; at most two are read: people, then links")
    if files[0].suffix == ".toml":
        setting = setting_of(str(files[0]), set_, labels=labels)
    else:
        absolute = [str(file.absolute()) for file in files]
        setting = Scenario().around(absolute[0], absolute[1] if len(absolute) > 1 else None)
        # The programme's facilitators are no part of the organisation described.
        setting = setting.with_({"subscription.enabled": False} | assignments(set_) | labels_of(labels))
    for line in organisation_words(made(setting), setting.words):
        typer.echo(line)
