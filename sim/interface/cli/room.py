"""The commands for a room full of people: handout, serve, kit."""

from pathlib import Path
from typing import Annotated

import typer

from sim.interface.cli import options
from sim.interface.cli.finish import play
from sim.interface.cli.output import console
from sim.interface.cli.progress import inside

FuturesShown = Annotated[int, typer.Option(help="How many futures to show, a small figure each: 2 to 100.")]
Replay = Annotated[
    int | None, typer.Option(help="The future to play. Default: one that sharing leadership saves, if there is one.")
]


def handout(
    scenario: options.ScenarioName,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE.html", help="The file to write.")] = Path(
        "handout.html"
    ),
    futures: FuturesShown = 100,
    seed: options.Seed = 1,
    replay: Replay = None,
    set_: options.Set = None,
    variant: options.Variant = None,
    people: options.People = None,
    links: options.Links = None,
    survey: options.Survey = None,
    as_: options.As = None,
    labels: options.Labels = None,
    overwrite: options.Overwrite = False,
) -> None:
    """Write a page for a room: it plays the model itself, needs no network, and lets you move every lever."""
    setting = options.setting_of(scenario, set_, None, people, links, labels, variant, survey, as_)

    from sim.report.handout.page import LARGEST, check_page
    from sim.report.handout.page import handout as made

    check_page(out, overwrite)
    if not out.parent.exists():
        typer.echo(f"Note: there is no folder {out.parent} yet, so it will be made.", err=True)
    page = made(setting, futures=futures, seed=seed, future=replay).save(out, overwrite)
    size = page.stat().st_size
    if size > LARGEST:
        typer.echo(f"Note: a large organisation: the page has {size / 1e6:.1f} MB and takes its time.", err=True)
    console().print(f"Written: {out}. Open it in any browser; it needs no network.", soft_wrap=True)


def serve(
    scenario: options.ScenarioName = "director-turnover",
    host: Annotated[
        str,
        typer.Option(help="The address to listen on. Default: this computer only; 0.0.0.0 opens it to the network."),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes any that is free.")] = 8765,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
    futures: FuturesShown = 100,
    seed: options.Seed = 1,
    set_: options.Set = None,
    variant: options.Variant = None,
    people: options.People = None,
    links: options.Links = None,
    survey: options.Survey = None,
    as_: options.As = None,
    labels: options.Labels = None,
) -> None:
    """Hand the same page to a room: everyone who opens the address plays for themselves, in their own browser."""
    setting = options.setting_of(scenario, set_, None, people, links, labels, variant, survey, as_)

    from sim.interface.serving import serving
    from sim.report.handout.page import handout as made

    page = made(setting, futures=futures, seed=seed).html()
    with serving(page, host, port) as (server, address):
        alone = host in ("127.0.0.1", "localhost")
        who = (
            "On this computer only; --host 0.0.0.0 opens it to a room."
            if alone
            else "Others on the network open it there."
        )
        console().print(f"The page is at {address}. {who} Ctrl-C ends this.", soft_wrap=True)
        if open_:
            typer.launch(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console().print("Ended.")


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
    from sim.report.handout.kit import PLACES, check_kit, runs_needed
    from sim.report.handout.page import check

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
