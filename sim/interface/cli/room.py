"""The command for a room full of people: handout, which makes the page, hands it out, or packs it for a trainer."""

from pathlib import Path
from typing import Annotated

import typer

from sim.base.errors import ScenarioError
from sim.interface.cli import options
from sim.interface.cli.finish import play
from sim.interface.cli.output import console, note
from sim.interface.cli.progress import inside
from sim.scenario.scenario import Scenario

HERE_ONLY, PORT = "127.0.0.1", 8765


@options.of_scenario("set_", "variant", *options.OWN)
def handout(
    setting: Scenario,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="PATH", help="The file to write; with --kit, the folder. Default: handout.html; kit."
        ),
    ] = None,
    kit: Annotated[
        bool,
        typer.Option(
            "--kit",
            help="Write a trainer's kit: pages for a council, a hospital and a school, each with a session plan and "
            "slides. With --labels or your own organisation: one folder, for that alone.",
        ),
    ] = False,
    serve: Annotated[
        bool,
        typer.Option(
            "--serve", help="Write nothing; let others open the page from this computer, each to play for themselves."
        ),
    ] = False,
    futures: Annotated[int, typer.Option(help="How many futures to show, a small figure each: 2 to 100.")] = 100,
    seed: options.Seed = 1,
    replay: Annotated[
        int | None,
        typer.Option(help="The future to play. Default: one that sharing leadership saves, if there is one."),
    ] = None,
    host: Annotated[
        str,
        typer.Option(
            help="With --serve: the address to listen on. Default: this computer only; 0.0.0.0 opens it to the network."
        ),
    ] = HERE_ONLY,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="With --serve: the port; 0 takes any that is free.")
    ] = PORT,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="With --serve: open the page in a browser.")] = True,
    overwrite: options.Overwrite = False,
    workers: options.Processes = None,
) -> None:
    """Write a page for a room: it plays the model itself, needs no network, and lets you move every lever."""
    if serve and (kit or out is not None):
        raise ScenarioError("--serve writes nothing; leave out --kit and --out")
    if not serve and (host != HERE_ONLY or port != PORT or not open_):
        raise ScenarioError("--host, --port and --no-open say how the page is handed out; add --serve")
    if kit and out is not None and out.suffix == ".html":
        raise ScenarioError(f"--out {out}: a kit is a folder; leave out .html")
    if kit and replay is not None:
        raise ScenarioError("--replay chooses what one page shows; leave it out with --kit")
    if kit:
        _kit(setting, out or Path("kit"), futures, seed, overwrite, workers)
        return

    from sim.report.handout.page import LARGEST, check_page
    from sim.report.handout.page import handout as made

    if serve:
        _serve(made(setting, futures=futures, seed=seed, future=replay).html(), host, port, open_)
        return
    out = out or Path("handout.html")
    check_page(out, overwrite)
    if not out.parent.exists():
        note(f"Note: there is no folder {out.parent} yet, so it will be made.")
    size = made(setting, futures=futures, seed=seed, future=replay).save(out, overwrite).stat().st_size
    if size > LARGEST:
        note(f"Note: a large organisation: the page has {size / 1e6:.1f} MB and takes its time.")
    console().print(f"Written: {out}. Open it in any browser; it needs no network.", soft_wrap=True)


def _serve(page: str, host: str, port: int, open_: bool) -> None:
    from sim.interface.serving import serving

    with serving(page, host, port) as (server, address):
        alone = host in (HERE_ONLY, "localhost")
        here = "On this computer only; --host 0.0.0.0 opens it to a room."
        there = (
            "Others on the same network open it there; where it does not open, a firewall or a guest network is in the "
            "way: send the file in its place."
        )
        who = here if alone else there
        console().print(f"The page is at {address}. {who} Ctrl-C ends this.", soft_wrap=True)
        if open_:
            typer.launch(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console().print("Ended.")


def _kit(setting: Scenario, out: Path, futures: int, seed: int, overwrite: bool, workers: int | None) -> None:
    from sim.report.handout.kit import PLACES, check_kit, runs_needed
    from sim.report.handout.page import check

    places = PLACES
    if setting.labels is not None or setting.organisation.imported:
        places = {Path(setting.labels).stem if setting.labels else setting.name: setting.labels}
    check_kit(out, list(places), overwrite)
    check(futures, None)
    play(
        "kit", setting, inside(out), overwrite, workers, futures=futures, seed=seed, places=places,
        tasks=runs_needed(setting, futures, seed), unit="run",
    )  # fmt: skip
