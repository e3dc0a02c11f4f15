"""One page to hand to a director, from the folder of a finished run. How to read it: docs/report.md."""

from dataclasses import replace
from pathlib import Path

from sim.experiments.ensemble import BASE
from sim.experiments.folder import looking, whole_folder
from sim.experiments.workers import Workers
from sim.report.save import PAGE
from sim.scenario.scenario import ScenarioError

HTML, MARKDOWN = PAGE[:2]
"""The two files of a page; the pictures of the second lie beside it as ``report-NAME.svg``."""


def write_report(
    folder: Path | str,
    *,
    futures: int = 100,
    seed: int | None = None,
    overwrite: bool = False,
    interventions: bool | Path = True,
    worlds: Path | str | None = None,
    max_worlds: int = 100,
    workers: Workers | int | None = None,
) -> Path:
    """Write a page about a finished run into its folder, and say where it is.

    ``futures``: of the knock-outs; ``seed``: of what is played for the page, by default the run's.
    ``interventions``: the folder of a search for them; True looks for one in the run's folder, under
    ``interventions``, and makes a small one where there is none; False leaves them out. ``worlds``: "plausible", or a
    table of settings, to say in how many of its first ``max_worlds`` the order of the variants holds. ``workers``:
    who does the work, and who is told of it. The same folder gives the same bytes. Raises ScenarioError for a
    folder that holds no finished run or no longer fits its manifest, for a page that is there already (unless
    ``overwrite``), and for what cannot be run.
    """
    folder, crew = Path(folder).absolute(), Workers.of(workers)
    if futures < 2:
        raise ScenarioError(f"futures = {futures}: at least two futures are needed for an interval")
    check_page(folder, overwrite)
    from sim.analysis.interventions.reading import search_of
    from sim.experiments.reading import read
    from sim.report.director.gather import gather
    from sim.report.director.sections import page

    run = read(folder, crew)
    seed = run.whole.seed if seed is None else seed
    over = None
    if worlds is not None:
        from sim.analysis.uncertainty.robustness import compare_across_worlds as in_worlds
        from sim.analysis.uncertainty.robustness import worlds_of

        slugs = [slug for slug in run.whole.settings if slug != BASE]
        over = in_worlds(run.scenario, worlds_of(worlds, max_worlds), variants=slugs, workers=crew)
    search, search_folder = search_of(run, interventions, seed, crew)
    found = gather(run, futures, seed, crew)
    made = page(replace(found, search=search, search_folder=search_folder, over=over))
    texts = {HTML: made.html(), MARKDOWN: made.markdown()} | made.pictures()
    crew.finished()
    with whole_folder(folder, PAGE, overwrite=True) as to:
        for name, text in texts.items():
            (to / name).write_text(text, encoding="utf-8", newline="\n")
    return folder / HTML


def check_page(folder: Path, overwrite: bool) -> None:
    """Raise ScenarioError where a folder is none of a finished run, or has a page already."""
    from sim.experiments.reading import manifest_of

    manifest_of(folder)
    with looking(folder):
        if not overwrite and any((folder / name).exists() for name in (HTML, MARKDOWN)):
            raise ScenarioError(f"{folder}: there is a page in it already; add --overwrite to make it anew")
