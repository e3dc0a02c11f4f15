"""The command that serves the live page: serve."""

from typing import TYPE_CHECKING, Annotated

import typer

from sim.base.errors import ScenarioError
from sim.interface.cli.output import console

if TYPE_CHECKING:
    pass


def serve(
    host: Annotated[
        str,
        typer.Option(help="The address to listen on. Default: this computer only; 0.0.0.0 opens it to the network."),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes any that is free.")] = 8765,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
) -> None:
    """Serve the live page: move any lever, play your own organisation, and see fresh futures at once."""
    from importlib.util import find_spec

    if find_spec("starlette") is None or find_spec("uvicorn") is None:
        raise ScenarioError("serve needs Starlette and uvicorn: install leadership-sim[app]")
    from sim.interface.app.serve import serve as begin

    begin(host, port, open_, lambda line: console().print(line, soft_wrap=True))
