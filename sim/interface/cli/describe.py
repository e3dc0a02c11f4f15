"""The commands that play nothing: scenarios and organisation say what there is, bag packs what was played."""

from pathlib import Path
from typing import Annotated

import typer

from sim.base.errors import ScenarioError
from sim.interface.cli import options
from sim.report.numbers import count
from sim.scenario.scenario import FILES, Scenario, is_example, library_names, load


def scenarios(
    scenario: Annotated[
        str | None,
        typer.Argument(
            metavar="SCENARIO", help="One of them, or the path of a TOML file.", autocompletion=options.named
        ),
    ] = None,
    set_: options.Set = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List every parameter, not only those that differ from the default.")
    ] = False,
    labels: options.Labels = None,
) -> None:
    """List the scenarios of the library, each with its question; or say in words what one does."""
    if scenario is None:
        if set_ or everything or labels:
            raise ScenarioError("--set, --all and --labels need one scenario: leadership-sim scenarios NAME")
        for name in library_names():
            setting = load(name)
            typer.echo(f"{name}\n    {setting.question or setting.title}")
            typer.echo(f"    variants: {', '.join(setting.variants) or 'none'}")
        return
    from sim.report.words.scenario import scenario_words

    setting = options.setting_of(scenario, set_=set_, labels=labels)
    for line in scenario_words(setting, everything):  # the study is quoted in its own words
        typer.echo(line if line.startswith("From the study: ") else setting.words.say(line))


def organisation(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", readable=False, help="Files of people, links and a survey; or a scenario file."
        ),
    ],
    as_: options.As = None,
    set_: options.Set = None,
    labels: options.Labels = None,
    names: Annotated[
        bool, typer.Option("--names", help="Also print the job titles with the roles they got, ready to paste.")
    ] = False,
) -> None:
    """Describe a real organisation: how its files were read, its people, levels, spans and links, what was assumed."""
    from sim.organisation.generate import organisation as made
    from sim.organisation.imported import purposes, reading
    from sim.report.words.scenario import organisation_words, reading_words, title_words

    if files[0].suffix == ".toml" or is_example(files[0].as_posix()):
        if len(files) > 1:
            raise ScenarioError("a scenario file says itself which files to read; give it alone")
        setting = options.setting_of(str(files[0]), set_=set_, labels=labels, as_=as_)
    else:
        if len(files) > len(FILES):
            raise ScenarioError(f"{len(files)} files given; at most three are read: people, links and a survey")
        changes = options.assignments(set_) | options.columns(as_)
        own = Scenario().with_(changes).organisation
        found = purposes([file.absolute() for file in files], own.columns)
        setting = Scenario().around(*(str(found[key]) if key in found else None for key in FILES))
        # The programme's facilitators are not part of the organisation described.
        setting = setting.with_({"subscription.enabled": False} | changes | options.labels_of(labels))
    read = None
    try:
        if setting.organisation.imported:
            read = reading(setting.organisation, setting.folder)
        shape = made(setting)
    except ScenarioError as error:
        for line in reading_words(read.account if read else getattr(error, "__notes__", [])):
            typer.echo(line)
        raise
    titles = title_words(read.roles) if read and names else ()
    for line in (*reading_words(read.account if read else []), *organisation_words(shape, setting.words), *titles):
        typer.echo(line)


def bag(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a finished run.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="PATH", help="A folder, or NAME.zip. Default: DIR-bag.zip beside it."),
    ] = None,
    names: Annotated[
        bool, typer.Option("--names", help="Pack people.csv as well, which says which seat has whose id.")
    ] = False,
    overwrite: options.Overwrite = False,
) -> None:
    """Pack a finished run for a model library (BagIt): its files, what played it, and how to play it again."""
    from sim.report.bag import pack

    made = pack(folder, out, names=names, overwrite=overwrite)
    size = f"{count(made.files, 'file')}, {made.size / 1e6:,.1f} MB"
    typer.echo(f"Written: {made.path} ({size}). Read data/README.md in it before you hand it on.")
    for name in made.left_out:
        typer.echo(f"Left out: {name}, which says whose id each seat is; --names packs it as well.")
    if names and (folder / "people.csv").is_file():
        typer.echo("Warning: people.csv in the bag names the people behind the seats.")
    typer.echo("Nothing was sent or registered anywhere.")
