"""The trainer's kit: a folder a place, with its handout, a session plan with its numbers, and pictures for slides."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from markdown_it import MarkdownIt
from markupsafe import Markup
from PIL import Image

from sim.experiments.folder import why
from sim.handout.choices import STAYS, singles
from sim.handout.page import HERE, Handout, handout
from sim.handout.pictures import PICTURES, against
from sim.handout.played import FUTURES, Went, in_words
from sim.handout.words import LEVERS
from sim.measures.survival import COLLAPSED, NEVER, OUTCOMES, SURVIVED
from sim.mistakes import ScenarioError
from sim.scenario import Scenario

PLACES = {"council": None, "hospital": "hospital", "school": "school"}
"""The places of a kit, each a folder, and their labels; the usual words are a council's."""


@dataclass(frozen=True)
class Kit:
    """Handouts by place: the same futures, each in the words of its place."""

    pages: dict[str, Handout]

    def save(self, folder: Path | str, overwrite: bool = False) -> Path:
        """Write a folder for each place. Raises ScenarioError where one stands there already or cannot be written."""
        folder = check_kit(folder, list(self.pages), overwrite)
        for place, page in self.pages.items():
            try:
                (folder / place / "pictures").mkdir(parents=True, exist_ok=True)
                for name, drawn in PICTURES.items():
                    (folder / place / "pictures" / f"{name}.png").write_bytes(_png(drawn(page.played)))
                plan = session_plan(page)
                (folder / place / "session-plan.html").write_text(plan, encoding="utf-8", newline="\n")
            except OSError as error:
                raise ScenarioError(f"{folder / place}: cannot be written ({why(error)})") from None
            page.save(folder / place / "handout.html", overwrite)
        return folder


def kit(
    scenario: Scenario,
    *,
    places: dict[str, str | None] | None = None,
    runs: int = FUTURES,
    seed: int = 1,
    workers: int | None = None,
    tick: Callable[[int], Any] | None = None,
) -> Kit:
    """Run a handout's futures once and tell them in the words of every place.

    places: name of the folder -> labels, a council, a hospital and a school if None. Otherwise as
    ``sim.handout.handout``.
    """
    first = handout(scenario, runs=runs, seed=seed, workers=workers, tick=tick)
    named = PLACES if places is None else places
    return Kit(
        {
            place: first if labels == scenario.labels else Handout(in_words(first.played, labels))
            for place, labels in named.items()
        }
    )


def check_kit(folder: Path | str, places: Sequence[str], overwrite: bool) -> Path:
    """A folder that a kit can be written to. Raises ScenarioError where it cannot."""
    folder = Path(folder)
    if folder.is_file():
        raise ScenarioError(f"{folder}: this is a file; name a folder")
    there = [folder / place for place in places if (folder / place).exists()]
    if there and not overwrite:
        raise ScenarioError(f"{there[0]}: is there already; choose another folder, or add --overwrite")
    return folder


def session_plan(page: Handout) -> str:
    """The session plan as HTML, with the numbers and in the words of a handout."""
    played, words = page.played, page.document["words"]
    grid, say = played.grid, played.scenario.words.say
    together = [(words["left"], played.went[grid.now])]
    if grid.shared != grid.now:
        together.append(("Leadership shared", played.went[grid.shared]))
    alone, stays = [], []
    for choice, i, place in singles(grid):
        option, went = choice.options[i], played.went[place]
        alone.append((say(f"{LEVERS[choice.slug][0]}: {option.words}"), went))
        if choice.slug == "when" and option.value == STAYS:
            stays.append((say("The director stays"), went))
    levers = [(name, counted(went), against(went)) for name, went in [*together, *alone]]
    levers[0] = (*levers[0][:2], "")
    moved = [say(LEVERS[choice.slug][0]) for choice in grid.choices if choice.now != choice.shared]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=jinja2.select_autoescape(["html.jinja"]),
    )  # fmt: skip
    text = environment.get_template("session-plan.md.jinja").render(
        headline=[(name, counted(went)) for name, went in [*together, *stays]],
        levers=levers,
        turns=words["turns"],
        runs=played.runs,
        percent=round(100 * counted(together[0][1])["collapsed"] / played.runs),
        whose="an invented organisation" if played.scenario.organisation.people is None else "an organisation",
        moved=", ".join(f"“{name}”" for name in moved) or "nothing: it is shared already",
    )
    body = MarkdownIt().enable("table").render(say(text))
    scrolled = body.replace(
        "<table>", '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>'
    ).replace("</table>", "</table></div>")
    return environment.get_template("session-plan.html.jinja").render(body=Markup(scrolled))


def counted(went: Went) -> dict[str, int]:
    """How many futures never took hold, collapsed and survived."""
    names = {"never": NEVER, "collapsed": COLLAPSED, "survived": SURVIVED}
    return {name: int((went.codes == OUTCOMES.index(outcome)).sum()) for name, outcome in names.items()}


def _png(figure: Any) -> bytes:
    """A picture in 128 colours: a third of the size, and nothing lost to see."""
    full, small = io.BytesIO(), io.BytesIO()
    figure.savefig(full, format="png")
    Image.open(full).convert("RGB").quantize(128).save(small, format="png", optimize=True)
    return small.getvalue()
