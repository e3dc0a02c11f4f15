"""One sheet for a director, from the folder of a finished run. How to read it: docs/report.md."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.dependency.readings import measure_dependency
from sim.analysis.interventions.reading import search_of
from sim.analysis.interventions.run import Foremost, foremost
from sim.analysis.uncertainty.reading import read_worlds
from sim.analysis.uncertainty.robustness import Robustness, compare_across_worlds, with_interventions, worlds_of
from sim.experiments.comparison import Comparison
from sim.experiments.ensemble import BASE
from sim.experiments.folder import looking, whole_folder
from sim.experiments.reading import ACROSS, Run, manifest_of, read
from sim.experiments.workers import Workers
from sim.report.director import sheet as sides
from sim.report.director.page import Page
from sim.report.save import PAGE, write_csv
from sim.report.words.comparison import clearly_better
from sim.scenario.scenario import ScenarioError

if TYPE_CHECKING:
    from sim.report.director.gather import Found

HTML, MARKDOWN, PDF, NUMBERS = PAGE[:4]
"""The files of a page, and its sheet's numbers; the pictures of the second lie beside it as ``report-NAME.svg``."""

FUTURES, WORLDS, IN_EACH = 100, 50, 20
"""Futures that are played for the back of a sheet; plausible worlds that are asked, and futures in each."""


def write_report(
    folder: Path | str,
    *,
    full: bool = False,
    futures: int = FUTURES,
    seed: int | None = None,
    overwrite: bool = False,
    interventions: bool | Path = True,
    worlds: Path | str = "plausible",
    max_worlds: int = WORLDS,
    since: int = 0,
    pdf: bool = True,
    workers: Workers | int | None = None,
) -> Path:
    """Write one sheet about a finished run into its folder, and say where it is.

    ``full``: with all that it rests on behind it, section by section. ``futures``: of each question that is asked for
    the back of the sheet; ``seed``: theirs, by default the run's. ``worlds``: "plausible", or a table of settings, of
    which the first ``max_worlds`` are asked. ``interventions``: the folder of a search for them, to be put behind the
    sheet; True looks for one in the run's folder, under ``interventions``, and makes a small one where there is none;
    False leaves it out. ``since``: the month from which it is tried what would help. ``pdf``: whether it is printed
    too, where a browser is at hand. ``workers``: who does the work, and who is told of it. The same folder gives the
    same bytes, but for the PDF. Raises ScenarioError for a folder that holds no finished run or no longer fits its
    manifest, for a page that is there already (unless ``overwrite``), and for what cannot be run.
    """
    folder, crew = Path(folder).absolute(), Workers.of(workers)
    if futures < 2:
        raise ScenarioError(f"futures = {futures}: at least two futures are needed for an interval")
    check_page(folder, overwrite, full)

    manifest = manifest_of(folder, worlds=True)
    usual = {"futures": FUTURES, "seed": manifest["root_seed"], "worlds": "plausible", "max-worlds": WORLDS, "from": 0}
    seed = manifest["root_seed"] if seed is None else seed
    given = {"futures": futures, "seed": seed, "worlds": str(worlds), "max-worlds": max_worlds, "from": since}
    again = ["leadership-sim", "report", shlex.quote(folder.name)]
    again += [f"--{name} {shlex.quote(str(value))}" for name, value in given.items() if value != usual[name]]
    again += ["--full", "--overwrite"] if full else ["--overwrite"]
    ask = _Asked(folder, full, futures, seed, since, interventions, worlds, max_worlds, crew)
    page = _page(ask, manifest["what"], " ".join(again))
    texts = {HTML: page.html(), MARKDOWN: page.markdown()} | page.pictures()
    crew.finished()
    with whole_folder(folder, PAGE, overwrite=True) as to:
        for name, text in texts.items():
            (to / name).write_text(text, encoding="utf-8", newline="\n")
        write_csv(to / NUMBERS, page.sheet.rows())
        if pdf:
            from sim.report.director.pdf import print_page

            print_page(to / HTML, to / PDF)
    return folder / HTML


def check_page(folder: Path, overwrite: bool, full: bool = False) -> None:
    """Raise ScenarioError where a folder is none of a finished run, or has a page already."""
    if manifest_of(folder, worlds=True)["what"] == ACROSS and full:
        raise ScenarioError(
            f"{folder}: a run over plausible worlds keeps no months, so there is nothing to put behind its sheet; "
            "leave out --full, or run the scenario without --worlds"
        )
    with looking(folder):
        if not overwrite and any((folder / name).exists() for name in (HTML, MARKDOWN, PDF)):
            raise ScenarioError(f"{folder}: there is a page in it already; add --overwrite to make it anew")


@dataclass(frozen=True)
class _Asked:
    """What was asked for, as ``write_report`` has it."""

    folder: Path
    full: bool
    futures: int
    seed: int
    since: int
    interventions: bool | Path
    worlds: Path | str
    max_worlds: int
    crew: Workers


def _page(ask: _Asked, what: str, again: str) -> Page:
    """The page of a run, by what its manifest says it is. again: what to type for the same page."""
    which, found = 0, None  # how sure it is, is asked of the first row alone
    if what == ACROSS:
        over = read_worlds(ask.folder)
        scenario, (worlds, _, futures) = over.scenario, over.outcomes.shape
        front, played = sides.of_worlds(over), f"{worlds} worlds of {futures} futures (seed {over.seed})"
        helps = foremost(scenario, ask.futures, ask.seed, since=ask.since, workers=ask.crew)
    else:
        chosen = worlds_of(ask.worlds, ask.max_worlds)  # so that a mistake is told first
        run = read(ask.folder, ask.crew, months=ask.full)
        whole, scenario = run.whole, run.scenario
        front = sides.of_variants(whole)
        played = f"{whole.number:,} futures of each row of the front (seed {whole.seed})"
        helps = foremost(scenario, ask.futures, ask.seed, since=ask.since, workers=ask.crew)
        over, which = _in_worlds(ask, whole, helps, chosen)
        found = _behind(ask, run, over) if ask.full else None
    rests = (
        found.rests[BASE]
        if found
        else measure_dependency(scenario, futures=ask.futures, seed=ask.seed, whom="foremost", workers=ask.crew)
    )
    back = [sides.on_whom(rests), sides.what_helps(scenario, helps, ask.since), sides.how_sure(over, which)]
    line = sides.made_by(played, ask.futures, ask.seed, over, again, scenario.hash())
    made = sides.sheet(scenario, rests.shape, front, back, over, line)
    if found is None:
        return Page(made, say=scenario.words.say)
    from sim.report.director.sections import sections

    return Page(made, sections(found), scenario.words.say)


def _in_worlds(
    ask: _Asked, whole: Comparison, helps: list[Foremost], worlds: Sequence[Mapping[str, Any]]
) -> tuple[Robustness, int]:
    """A run in plausible worlds, and which of its rows it is there asked of how sure that is; 0 for the base alone."""
    setting, every = whole.scenario, [slug for slug in whole.settings if slug != BASE]
    best = [row["variant"] for row in clearly_better(whole)[:1]]
    if not best and helps and helps[0].use.helps:  # then that is what it is asked of
        best = every = [helps[0].use.intervention.slug]
        setting = with_interventions(setting, ask.seed, since=ask.since)
    over = compare_across_worlds(setting, worlds, IN_EACH, variants=every if ask.full else best, workers=ask.crew)
    return over, over.slugs.index(best[0]) if best else 0


def _behind(ask: _Asked, run: Run, over: Robustness) -> "Found":
    """All that stands behind the sheet of a run."""
    from sim.report.director.gather import gather

    searched, name = search_of(run, ask.interventions, ask.seed, ask.crew)
    theirs = over if over.scenario is run.scenario and len(over.slugs) > 1 else None
    return gather(run, ask.futures, ask.seed, ask.crew, search=searched, search_folder=name, over=theirs)
