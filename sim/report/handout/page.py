"""The handout as one HTML file: the page's modules, style and data put into it; nothing is asked of a network."""

import base64
import html
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w
from markupsafe import Markup

from sim.base.errors import ScenarioError, unknown
from sim.experiments.folder import check_file, looking
from sim.experiments.workers import Workers
from sim.report.handout.choices import choices, grid
from sim.report.handout.document import document
from sim.report.handout.futures import ASKED, FUTURES, FutureCache, Went, play
from sim.report.handout.words import words
from sim.report.pages.templates import template
from sim.scenario.scenario import Scenario

HERE = Path(__file__).parent

MODULES = ("data", "drawing", "chart", "figures", "print", "page")
"""The page's modules, each named ``handout/NAME`` where another imports it."""

LARGEST = 5_000_000
"""Bytes of a file at most."""


@dataclass(frozen=True, repr=False)
class Handout:
    """A page with real futures in it. ``document``: what docs/handout-data.md describes."""

    played: FutureCache

    def __repr__(self) -> str:
        of = f"{self.played.scenario.name}, {self.played.futures} futures"
        return f"<Handout of {of}: save it, or show it in a notebook>"

    @cached_property
    def document(self) -> dict[str, Any]:
        """Everything the page shows, ready for JSON."""
        return document(self.played, words(self.played))

    def html(self) -> str:
        """The file."""
        return template(HERE / "page.html.jinja", escape=True).render(
            doc=self.document,
            words=self.document["words"],
            style=Markup((HERE / "page.css").read_text(encoding="utf-8")),
            modules=Markup(json.dumps({"imports": {f"handout/{n}": module(HERE / f"{n}.js") for n in MODULES}})),
            data=Markup(packed_json(self.document)),
            live=None,
            command=self.command,
            files=self.files,
            scenario=tomli_w.dumps(self.played.scenario.to_dict()),
        )

    def _repr_html_(self) -> str:
        """The page in a frame, as a notebook shows it; it asks for nothing outside the notebook."""
        page, title = (html.escape(text, quote=True) for text in (self.html(), self.document["words"]["title"]))
        return f'<iframe srcdoc="{page}" title="{title}" style="width:100%;height:780px;border:0"></iframe>'

    def at(self, **settings: float) -> Went:
        """How the futures went with levers moved, the others as they are: ``at(norm=0.2, delegation=0.6).counts``.

        Values are those that ``document["levers"]`` offers. Raises ScenarioError for any other.
        """
        grid, known = self.played.grid, {choice.slug for choice in self.played.grid.choices}
        if wrong := [slug for slug in settings if slug not in known]:
            raise ScenarioError(unknown("lever", wrong[0], sorted(known)))
        point = []
        for choice in grid.choices:
            values = [option.value for option in choice.options]
            wanted = settings.get(choice.slug, values[choice.now])
            if wanted not in values:
                raise ScenarioError(
                    f"{choice.slug} = {wanted}: only {', '.join(f'{v:g}' for v in values)} was computed"
                )
            point.append(values.index(wanted))
        place = int(np.ravel_multi_index(point, [len(choice.options) for choice in grid.choices]))
        return self.played.went[grid.place[place]]

    @property
    def command(self) -> str:
        """What makes the same page again from the scenario that stands in it."""
        played = self.played
        return f"leadership-sim handout {played.scenario.name}.toml --seed {played.seed} --futures {played.futures}" + (
            f" --replay {played.future}" if played.why == ASKED else ""
        )

    @property
    def files(self) -> list[str]:
        """What must lie beside the scenario to make the page again. Files of a real organisation keep their names."""
        scenario = self.played.scenario
        setting = scenario.to_dict()["organisation"]
        files = [f"your {key} file as {setting[key]}" for key in ("people", "links", "survey") if key in setting]
        own = scenario.organisation
        files += [
            f"your own table organisation.{key} in it" for key in ("layers", "roles", "columns") if getattr(own, key)
        ]
        labels = Path(scenario.labels or "")
        return [*files, labels.name] if labels.suffix else files

    def save(self, path: Path | str, overwrite: bool = False) -> Path:
        """Write the file. Raises ScenarioError where something stands there already or it cannot be written."""
        path, page = check_page(path, overwrite), self.html()
        with looking(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page, encoding="utf-8", newline="\n")
        return path


def handout(
    scenario: Scenario,
    *,
    futures: int = FUTURES,
    seed: int = 1,
    future: int | None = None,
    workers: Workers | int | None = None,
) -> Handout:
    """Run every setting of a scenario's levers, and one future in full, for a page to show.

    futures: how many, a small figure each, 2 to 100. future: the number of the one shown, chosen by ``chosen`` if None.
    workers: who does the work, and who is told of it. Raises ScenarioError for what cannot be run, and where no
    departure of a director is scheduled.
    """
    check(futures, future)
    return Handout(
        play(scenario, grid(choices(scenario, seed)), futures=futures, seed=seed, future=future, workers=workers)
    )


def check(futures: int, future: int | None) -> None:
    """Raise ScenarioError for numbers that make no handout."""
    if not 2 <= futures <= FUTURES:
        raise ScenarioError(f"futures = {futures}: a handout has a small figure for each future, 2 to {FUTURES}")
    if future is not None and not 0 <= future < futures:
        raise ScenarioError(f"future = {future}: one of the {futures} on the page is needed, 0 to {futures - 1}")


def runs_needed(scenario: Scenario, futures: int, seed: int) -> int:
    """How many runs a handout takes, for a bar that shows how far it is. Raises ScenarioError as ``handout`` does."""
    return (1 + len(grid(choices(scenario, seed)).points)) * futures


def check_page(path: Path | str, overwrite: bool) -> Path:
    """A path that a page can be written to. Raises ScenarioError where it cannot."""
    path = Path(path)
    if not path.is_dir() and path.suffix.lower() not in (".html", ".htm"):
        raise ScenarioError(f"{path}: a page ends in .html, or a browser will not open it")
    check_file(path, overwrite)
    return path


def module(path: Path) -> str:
    """A module as an address that needs no network: pages opened from disk may not import files beside them."""
    return f"data:text/javascript;base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def packed_json(document: dict[str, Any]) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
