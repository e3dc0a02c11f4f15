"""One sheet for a director, from the folder of a finished run. How to read it: docs/report.md."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiments.ensemble import BASE
from sim.experiments.folder import looking, whole_folder
from sim.experiments.workers import Workers
from sim.report.save import PAGE, write_csv
from sim.scenario.scenario import Scenario, ScenarioError

if TYPE_CHECKING:
    from sim.analysis.dependency.readings import Dependency
    from sim.analysis.interventions.run import Foremost
    from sim.analysis.uncertainty.robustness import Robustness
    from sim.experiments.reading import Run
    from sim.report.director.gather import Found
    from sim.report.director.page import Page
    from sim.report.director.sheet import Block, Sheet

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
    from sim.analysis.uncertainty.robustness import worlds_of
    from sim.experiments.reading import ACROSS, manifest_of

    manifest = manifest_of(folder, worlds=True)
    again = ["leadership-sim", "report", shlex.quote(folder.name)]
    usual = {"futures": FUTURES, "seed": manifest["root_seed"], "worlds": "plausible", "max-worlds": WORLDS, "from": 0}
    seed = manifest["root_seed"] if seed is None else seed
    given = {"futures": futures, "seed": seed, "worlds": str(worlds), "max-worlds": max_worlds}
    given["from"] = since
    again += [f"--{name} {shlex.quote(str(value))}" for name, value in given.items() if value != usual[name]]
    again += ["--full", "--overwrite"] if full else ["--overwrite"]
    ask = _Asked(folder, futures, seed, since, crew, " ".join(again))
    if manifest["what"] == ACROSS:
        page = _of_worlds(ask)
    else:
        page = _of_run(ask, worlds_of(worlds, max_worlds), full, interventions)
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
    from sim.experiments.reading import ACROSS, manifest_of

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
    """For which run's folder a page is made; how many futures are played for it, from which seed, by whom.

    again: what to type for the same page.
    """

    folder: Path
    futures: int
    seed: int
    since: int
    crew: Workers
    again: str

    def on_whom(self, scenario: Scenario) -> "Dependency":
        """On whom the change rests."""
        from sim.analysis.dependency.readings import measure_dependency

        return measure_dependency(
            scenario, futures=self.futures, seed=self.seed, whom="foremost", workers=self.crew
        )  # fmt: skip

    def what_helps(self, scenario: Scenario) -> "list[Foremost]":
        """What would help most."""
        from sim.analysis.interventions.run import foremost

        return foremost(scenario, self.futures, self.seed, since=self.since, workers=self.crew)

    def all_of(self, run: "Run", search: bool | Path, over: "Robustness") -> "Found":
        """All that stands behind the sheet of a run."""
        from sim.analysis.interventions.reading import search_of
        from sim.report.director.gather import gather

        searched, name = search_of(run, search, self.seed, self.crew)
        theirs = over if over.scenario is run.scenario and len(over.slugs) > 1 else None
        found = gather(run, self.futures, self.seed, self.crew)
        return replace(found, search=searched, search_folder=name, over=theirs)

    def sheet(
        self,
        scenario: Scenario,
        front: "Block",
        rests: "Dependency",
        helps: "list[Foremost]",
        over: "Robustness",
        best: list[str],
        played: str,
    ) -> "Sheet":
        """The sheet. ``best``: the variant in ``over`` of which it is asked how sure it is; none for the base alone."""
        from sim.report.director.sheet import how_sure, made_by, on_whom, sheet, what_helps

        which = over.slugs.index(best[0]) if best else 0
        back = [on_whom(rests), what_helps(scenario, helps, self.since), how_sure(over, which)]
        line = made_by(played, self.futures, self.seed, over, self.again, scenario.hash())
        return sheet(scenario, rests.shape, front, back, over, line)


def _of_run(ask: _Asked, worlds: Sequence[Mapping[str, Any]], full: bool, search: bool | Path) -> "Page":
    """The page of a run that compared variants."""
    from sim.analysis.uncertainty.robustness import compare_across_worlds, with_interventions
    from sim.experiments.reading import read
    from sim.report.director.page import Page
    from sim.report.director.sheet import of_variants
    from sim.report.words.comparison import clearly_better

    run = read(ask.folder, ask.crew, months=full)
    whole, setting, helps = run.whole, run.scenario, ask.what_helps(run.scenario)
    every = [slug for slug in whole.settings if slug != BASE]
    best = [row["variant"] for row in clearly_better(whole)[:1]]
    if not best and helps and helps[0].use.helps:  # then that is what it is asked of
        setting, best = with_interventions(setting, ask.seed, since=ask.since), [helps[0].use.intervention.slug]
        every = best
    over = compare_across_worlds(setting, worlds, IN_EACH, variants=every if full else best, workers=ask.crew)
    found = ask.all_of(run, search, over) if full else None
    rests = found.rests[BASE] if found else ask.on_whom(run.scenario)
    played = f"{whole.number:,} futures of each row of the front (seed {whole.seed})"
    made = ask.sheet(run.scenario, of_variants(whole), rests, helps, over, best, played)
    if found is None:
        return Page(made, say=run.scenario.words.say)
    from sim.report.director.sections import sections

    return Page(made, sections(found), run.scenario.words.say)


def _of_worlds(ask: _Asked) -> "Page":
    """The page of a run over plausible worlds, which has its own."""
    from sim.analysis.uncertainty.reading import read_worlds
    from sim.report.director.page import Page
    from sim.report.director.sheet import of_worlds

    over = read_worlds(ask.folder)
    setting, (worlds, _, futures) = over.scenario, over.outcomes.shape
    played = f"{worlds} worlds of {futures} futures (seed {over.seed})"
    made = ask.sheet(setting, of_worlds(over), ask.on_whom(setting), ask.what_helps(setting), over, [], played)
    return Page(made, say=setting.words.say)
