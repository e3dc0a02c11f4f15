"""The trainer's kit: a folder a place, with its handout, a session plan with its numbers, and pictures for slides."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from markdown_it import MarkdownIt
from markupsafe import Markup
from PIL import Image

from sim.base.errors import ScenarioError
from sim.experiments.folder import check_folder, looking
from sim.experiments.verdict import SURVIVED
from sim.experiments.workers import Workers
from sim.report.handout.choices import STAYS, singles
from sim.report.handout.document import events
from sim.report.handout.futures import FUTURES, FutureCache, Went, in_words
from sim.report.handout.page import HERE, Handout, handout
from sim.report.handout.slides import PICTURES, against
from sim.report.handout.words import LEVERS, as_it_is, held_by_one
from sim.report.numbers import span
from sim.report.pages.templates import template
from sim.report.words.scenario import what_happens
from sim.scenario.labels import capital
from sim.scenario.scenario import Scenario

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
            files = {f"pictures/{name}.png": _png(drawn(page.played)) for name, drawn in PICTURES.items()}
            files["session-plan.html"] = session_plan(page).encode()
            files["handout.html"] = page.html().encode()
            with looking(folder / place):
                (folder / place / "pictures").mkdir(parents=True, exist_ok=True)
                for name, content in files.items():
                    (folder / place / name).write_bytes(content)
        return folder


def kit(
    scenario: Scenario,
    *,
    places: dict[str, str | None] | None = None,
    futures: int = FUTURES,
    seed: int = 1,
    workers: Workers | int | None = None,
) -> Kit:
    """Run a handout's futures once and tell them in the words of every place.

    places: name of the folder -> labels, a council, a hospital and a school if None. Otherwise as
    ``sim.report.handout.handout``.
    """
    first = handout(scenario, futures=futures, seed=seed, workers=workers)
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
    with looking(folder):
        if there := [folder / place for place in places if (folder / place).exists() and not overwrite]:
            raise ScenarioError(f"{there[0]}: is there already; choose another folder, or add --overwrite")
    check_folder(folder, overwrite=True)
    return folder


def session_plan(page: Handout) -> str:
    """The session plan as HTML, with the numbers and in the words of a handout."""
    text = template(HERE / "session-plan.md.jinja", percent=lambda share: str(round(100 * share))).render(**_told(page))
    body = MarkdownIt().enable("table").render(page.played.scenario.words.say(text))
    region = '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>'
    scrolled = body.replace("<table>", region).replace("</table>", "</table></div>")
    return template(HERE / "session-plan.html.jinja", escape=True).render(body=Markup(scrolled))


def _told(page: Handout) -> dict[str, Any]:
    """What the plan fills in."""
    played, words, setting = page.played, page.document["words"], page.played.scenario
    grid, now, shared = played.grid, played.went[played.grid.now], played.went[played.grid.shared]
    together = [(words["left"], now)] + ([("Leadership shared", shared)] if shared is not now else [])
    alone, stays = [], []
    for choice, i, place in singles(grid):
        option, went = choice.options[i], played.went[place]
        name = f"{LEVERS[choice.slug]}: {option.words}"
        if choice.slug == "when" and option.value == STAYS:
            name = "The director stays"
            stays.append((name, went))
        alone.append((name, went))
    helpful = [
        (name, went.counts[SURVIVED])
        for name, went in [*together[1:], *alone]
        if went.difference.low > 0.0 and name not in dict(stays)  # nobody can choose that
    ]
    return {
        "as_it_is": as_it_is(played),
        "points": len(grid.points),
        "headline": [(name, _by_word(went)) for name, went in [*together, *stays]],
        "levers": [(name, _by_word(went), "" if went is now else against(went)) for name, went in [*together, *alone]],
        "turns": words["turns"],
        "futures": played.futures,
        "title": setting.title,
        "story": "; then ".join(what_happens(setting)),
        "later": span(setting.measure.horizon),
        "now": now,
        "shared": shared,
        "imported": setting.organisation.imported,
        "place": setting.words.title.lower(),
        "held_by_one": held_by_one(setting),
        "helpful": sorted(helpful, key=lambda found: -found[1]),
        "worse": int(((now.codes == SURVIVED) & (shared.codes != SURVIVED)).sum()),
        "puzzle": puzzle_solved(played),
        "peak": _peak(played),
        "moved": [LEVERS[choice.slug] for choice in grid.choices if choice.now != choice.shared],
    }


def _by_word(went: Went) -> dict[str, int]:
    return {verdict.word: count for verdict, count in went.counts.items()}


def _peak(played: FutureCache) -> str:
    """When the curve of the future shown is highest, and what happened when."""
    record, went = played.records[played.grid.now], played.went[played.grid.now]
    assert record is not None
    highest = int(np.argmax(record.monthly["practice"][: went.end + 1]))
    told = "; ".join(
        f"month {event['month']}: {event['words'][0].lower()}{event['words'][1:]}" for event in events(record)
    )
    return f"In the future shown the curve is highest in month {highest}. {capital(told)}."


def puzzle_solved(played: FutureCache) -> str:
    """With which levers, the date apart, at least 80 of 100 survive: the fewest; and the most by sharing."""
    grid, enough = played.grid, 0.8 * played.futures
    sharing = ("norm", "delegation", "champions")
    found: list[tuple[int, bool, int, str]] = []
    for place, point in enumerate(grid.points):
        moved = [(choice, i) for choice, i in zip(grid.choices, point, strict=True) if i != choice.now]
        if moved and all(choice.slug != "when" for choice, _ in moved):
            names = " with ".join(f"“{LEVERS[choice.slug]}: {choice.options[i].words}”" for choice, i in moved)
            only = all(choice.slug in sharing for choice, _ in moved)
            found.append((len(moved), only, played.went[place].counts[SURVIVED], names))
    reached = [each for each in found if each[2] >= enough]
    said = "No combination keeps it alive in 80 of 100 or more."
    if reached:
        fewest = min(number for number, *_ in reached)
        best = sorted((each for each in reached if each[0] == fewest), key=lambda each: -each[2])[:3]
        listed = "; ".join(f"{names} ({survived})" for _, _, survived, names in best)
        said = f"Alive in 80 of 100 or more with {fewest} lever{'s' if fewest > 1 else ''}: {listed}."
    leading = [each for each in found if each[1]]
    if leading:
        _, _, survived, names = max(leading, key=lambda each: (each[2], -each[0]))
        said += (
            f" Without touching who comes next or the handover, the most is {survived} of {played.futures}: {names}."
        )
    return said


def _png(figure: Any) -> bytes:
    """A picture in 128 colours: a third of the size, and nothing lost to see."""
    full, small = io.BytesIO(), io.BytesIO()
    figure.savefig(full, format="png")
    Image.open(full).convert("RGB").quantize(128).save(small, format="png", optimize=True)
    return small.getvalue()
