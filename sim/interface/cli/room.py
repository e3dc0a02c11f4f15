"""The commands for a room full of people: serve, handout, kit."""

from pathlib import Path
from typing import Annotated

import typer

from sim.base.errors import ScenarioError
from sim.interface.cli import options
from sim.interface.cli.finish import play
from sim.interface.cli.output import console
from sim.interface.cli.progress import beside, inside

FuturesShown = Annotated[int, typer.Option(help="How many futures to show, a small figure each: 2 to 100.")]


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


def handout(
    scenario: options.ScenarioName,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE.html", help="The file to write.")] = Path(
        "handout.html"
    ),
    futures: FuturesShown = 100,
    seed: options.Seed = 1,
    replay: Annotated[
        int | None,
        typer.Option(help="The future to play. Default: one that sharing leadership saves, if there is one."),
    ] = None,
    set_: options.Set = None,
    variant: options.Variant = None,
    people: options.People = None,
    links: options.Links = None,
    survey: options.Survey = None,
    as_: options.As = None,
    labels: options.Labels = None,
    overwrite: options.Overwrite = False,
    workers: options.Processes = None,
) -> None:
    """Write a page for a room: play a future, move levers, see a hundred futures. It needs no network."""
    setting = options.setting_of(scenario, set_, None, people, links, labels, variant, survey, as_)

    from sim.experiments.jobs import job
    from sim.report.handout.page import check, check_page, runs_needed

    check_page(out, overwrite)
    check(futures, replay)
    if not out.parent.exists():
        typer.echo(f"Note: there is no folder {out.parent} yet, so it will be made.", err=True)
    asked = job(
        "handout", setting, beside(out), futures=futures, seed=seed, future=replay, out=out.name,
        tasks=runs_needed(setting, futures, seed), unit="run",
    )  # fmt: skip
    play(asked, beside(out), overwrite, workers)


def kit(
    scenario: options.ScenarioName = "director-turnover",
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The folder to write.")] = Path("kit"),
    futures: FuturesShown = 100,
    seed: options.Seed = 1,
    set_: options.Set = None,
    variant: options.Variant = None,
    people: options.People = None,
    links: options.Links = None,
    survey: options.Survey = None,
    as_: options.As = None,
    labels: options.Labels = None,
    overwrite: options.Overwrite = False,
    workers: options.Processes = None,
) -> None:
    """Write a trainer's kit: handouts for a council, a hospital and a school, a session plan, and slides.

    With --labels or your own organisation, it has one folder, for that alone.
    """
    setting = options.setting_of(scenario, set_, None, people, links, labels, variant, survey, as_)

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
    play(asked, inside(out), overwrite, workers)
