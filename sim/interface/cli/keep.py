"""The command that packs a finished run for whoever keeps it: bag."""

from pathlib import Path
from typing import Annotated

import typer

from sim.interface.cli import options
from sim.report.numbers import count


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
