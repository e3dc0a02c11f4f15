"""The handout as one HTML file: the model, the page's modules, style and data put into it; nothing is asked of a
network."""

import base64
import html
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import tomli_w
from markupsafe import Markup

from sim.base.errors import ScenarioError
from sim.experiments.folder import check_file, looking
from sim.report.handout.document import document, engine_code
from sim.report.handout.levers import levers
from sim.report.handout.words import words
from sim.report.pages.templates import template
from sim.scenario.scenario import Scenario

HERE = Path(__file__).parent

MODULES = (
    "dom", "player", "crew", "odds", "future", "model", "layout", "organisation", "drawing", "chart", "figures",
    "help", "rests", "reader", "own", "saved", "print", "page",
)  # fmt: skip
"""The page's modules, each named ``handout/NAME`` where another imports it."""

FUTURES = 100
"""Futures of a handout, a small figure each."""

LARGEST = 1_000_000
"""Bytes that a page has at most, but for an organisation of thousands: that is said."""


@dataclass(frozen=True, repr=False)
class Handout:
    """A page that plays a scenario. ``future``: the one that is shown; None: the page chooses."""

    scenario: Scenario
    futures: int = FUTURES
    seed: int = 1
    future: int | None = None

    def __repr__(self) -> str:
        return f"<Handout of {self.scenario.name}, {self.futures} futures: save it, or show it in a notebook>"

    @cached_property
    def document(self) -> dict[str, Any]:
        """Everything the page is told, ready for JSON: what docs/handout-data.md describes."""
        told = words(self.scenario, levers(self.scenario, self.seed), self.futures)
        return document(self.scenario, self.futures, self.seed, self.future) | {"words": told}

    def html(self) -> str:
        """The file."""
        return template(HERE / "page.html.jinja", escape=True).render(
            doc=self.document,
            words=self.document["words"],
            style=Markup((HERE / "page.css").read_text(encoding="utf-8")),
            modules=Markup(json.dumps({"imports": {f"handout/{n}": module(HERE / f"{n}.js") for n in MODULES}})),
            data=Markup(packed_json(self.document)),
            engine=Markup(engine_code()),
            command=self.command,
            files=self.files,
            scenario=tomli_w.dumps(self.document["file"]),
        )

    def _repr_html_(self) -> str:
        """The page in a frame, as a notebook shows it; it asks for nothing outside the notebook."""
        page, title = (html.escape(text, quote=True) for text in (self.html(), self.document["words"]["title"]))
        return f'<iframe srcdoc="{page}" title="{title}" style="width:100%;height:780px;border:0"></iframe>'

    @property
    def command(self) -> str:
        """What makes the same page again from the scenario that stands in it."""
        return f"leadership-sim handout {self.scenario.name}.toml --seed {self.seed} --futures {self.futures}" + (
            "" if self.future is None else f" --replay {self.future}"
        )

    @property
    def files(self) -> list[str]:
        """What must lie beside the scenario to make the page again. Files of a real organisation keep their names."""
        setting = self.scenario.to_dict()["organisation"]
        files = [f"your {key} file as {setting[key]}" for key in ("people", "links", "survey") if key in setting]
        own = self.scenario.organisation
        files += [
            f"your own table organisation.{key} in it" for key in ("layers", "roles", "columns") if getattr(own, key)
        ]
        labels = Path(self.scenario.labels or "")
        return [*files, labels.name] if labels.suffix else files

    def save(self, path: Path | str, overwrite: bool = False) -> Path:
        """Write the file. Raises ScenarioError where something stands there already or it cannot be written."""
        path, page = check_page(path, overwrite), self.html()
        with looking(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page, encoding="utf-8", newline="\n")
        return path


def handout(scenario: Scenario, *, futures: int = FUTURES, seed: int = 1, future: int | None = None) -> Handout:
    """A page on which a room plays a scenario.

    futures: how many, a small figure each, 2 to 100. future: the number of the one shown; None: the page chooses one
    that sharing leadership saves, if there is one. Raises ScenarioError for what cannot be run, and where no departure
    of a director is scheduled.
    """
    check(futures, future)
    made = Handout(scenario.with_(drop=("variants",)), futures, seed, future)
    _ = made.document  # so that a mistake is told here
    return made


def check(futures: int, future: int | None) -> None:
    """Raise ScenarioError for numbers that make no handout."""
    if not 2 <= futures <= FUTURES:
        raise ScenarioError(f"futures = {futures}: a handout has a small figure for each future, 2 to {FUTURES}")
    if future is not None and not 0 <= future < futures:
        raise ScenarioError(f"future = {future}: one of the {futures} on the page is needed, 0 to {futures - 1}")


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
