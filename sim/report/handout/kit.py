"""The trainer's kit: a folder a place, with its handout, a session plan with its numbers, and pictures for slides."""

import io
import math
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
from sim.report.handout.futures import Played, Went, in_words, play, points, sharing
from sim.report.handout.levers import levers
from sim.report.handout.page import FUTURES, HERE, check, handout
from sim.report.handout.slides import PICTURES, against, as_it_is, gained, name_of, question_of_levers
from sim.report.handout.words import Left, happened, held_by_one, title_of, words
from sim.report.numbers import span
from sim.report.pages.templates import template
from sim.report.words.scenario import what_happens
from sim.scenario.labels import capital
from sim.scenario.scenario import Scenario

PLACES = {"council": None, "hospital": "hospital", "school": "school"}
"""The places of a kit, each a folder, and their labels; the usual words are a council's."""


@dataclass(frozen=True)
class Kit:
    """Futures by place: the same ones, each in the words of its place, with the page that plays them."""

    places: dict[str, Played]

    def save(self, folder: Path | str, overwrite: bool = False) -> Path:
        """Write a folder for each place. Raises ScenarioError where one stands there already or cannot be written."""
        folder = check_kit(folder, list(self.places), overwrite)
        for place, played in self.places.items():
            files = {f"pictures/{name}.png": _png(drawn(played)) for name, drawn in PICTURES.items()}
            files["session-plan.html"] = session_plan(played).encode()
            files["handout.html"] = handout(played.scenario, futures=played.futures, seed=played.seed).html().encode()
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
    """Play a scenario's futures once and tell them in the words of every place.

    places: name of the folder -> labels, a council, a hospital and a school if None. futures, seed: as a handout has
    them. workers: who does the work, and who is told of it. Raises ScenarioError for what cannot be run.
    """
    check(futures, None)
    first = play(scenario, futures=futures, seed=seed, workers=workers)
    named = PLACES if places is None else places
    return Kit(
        {place: first if labels == scenario.labels else in_words(first, labels) for place, labels in named.items()}
    )


def runs_needed(scenario: Scenario, futures: int, seed: int) -> int:
    """How many runs a kit takes, for a bar that shows how far it is. Raises ScenarioError as ``kit`` does."""
    return (1 + len(points(tuple(levers(scenario, seed))))) * futures


def check_kit(folder: Path | str, places: Sequence[str], overwrite: bool) -> Path:
    """A folder that a kit can be written to. Raises ScenarioError where it cannot."""
    folder = Path(folder)
    with looking(folder):
        if there := [folder / place for place in places if (folder / place).exists() and not overwrite]:
            raise ScenarioError(f"{there[0]}: is there already; choose another folder, or add --overwrite")
    check_folder(folder, overwrite=True)
    return folder


def session_plan(played: Played) -> str:
    """The session plan as HTML, with the numbers of a handout's futures and in its words."""
    text = template(HERE / "session-plan.md.jinja", percent=lambda share: str(round(100 * share))).render(
        **_told(played)
    )
    body = MarkdownIt().enable("table").render(played.scenario.words.say(text))
    region = '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>'
    scrolled = body.replace("<table>", region).replace("</table>", "</table></div>")
    return template(HERE / "session-plan.html.jinja", escape=True).render(body=Markup(scrolled))


def _told(played: Played) -> dict[str, Any]:
    """What the plan fills in."""
    setting, now, shared = played.scenario, played.now, played.shared
    told, took_hold = words(setting, list(played.levers), played.futures), setting.measure.taken_hold
    judged, at = setting.reference_month, setting.measure.horizon
    together = [(told["left"], now)] + ([] if played.is_shared else [("Leadership shared", shared)])
    alone = [(name_of(lever, value), went) for lever, value, went in played.alone]
    stays = [(name, went) for name, went in alone if name == STAYS]
    enough = math.ceil(ENOUGH * played.futures)
    facts = {
        "begins": "takes hold" if now.practice[0] >= took_hold else "begins",
        "question_of_levers": question_of_levers(played),
        "puzzle": "look for the one that does most harm"
        if now.counts[SURVIVED] >= enough
        else f"find the fewest that keep the change alive in at least {enough} of {played.futures}",
    }
    helpful = [
        (name, went.counts[SURVIVED])
        for name, went in [*together[1:], *alone]
        if gained(went)[1] > 0 and name != STAYS  # nobody can choose that
    ]
    return {
        "as_it_is": as_it_is(played),
        "points": len(played.points),
        "headline": [(name, _by_word(went)) for name, went in [*together, *stays]],
        "levers": [(name, _by_word(went), "" if went is now else against(went)) for name, went in [*together, *alone]],
        "turns": [{key: turn[key].format_map(Left(facts)) for key in ("title", "ask")} for turn in told["turns"]],
        "futures": played.futures,
        "title": setting.title,
        "story": "; then ".join(what_happens(setting)),
        "later": span(at),
        "further": [span(months) for months in setting.measure.horizons if at < months <= setting.months - judged],
        "now": now,
        "shared": shared,
        "imported": setting.organisation.imported,
        "place": setting.words.title.lower(),
        "held_by_one": held_by_one(setting),
        "helpful": sorted(helpful, key=lambda found: -found[1]),
        "worse": int(((now.codes == SURVIVED) & (shared.codes != SURVIVED)).sum()),
        "puzzle": puzzle_solved(played),
        "peak": _peak(played),
        "moved": [title_of(lever) for lever in played.levers if lever.now != lever.shared],
    }


STAYS = "The director stays"
"""The name of the try in which no director leaves."""

ENOUGH = 0.8
"""Of the futures, so many are to survive where a room looks for the fewest levers."""


def _by_word(went: Went) -> dict[str, int]:
    return {verdict.word: count for verdict, count in went.counts.items()}


def _peak(played: Played) -> str:
    """When the curve of the future shown is highest, and what happened when."""
    record, _ = played.records
    highest = int(np.argmax(record.monthly["practice"][: played.now.end + 1]))
    told = "; ".join(f"month {month}: {said}" for month, said in happened(record))
    return f"In future {played.future}, which the page shows, the curve is highest in month {highest}. {capital(told)}."


def puzzle_solved(played: Played) -> str:
    """With which levers, the date apart, at least 80 of 100 survive: the fewest; and the most by sharing."""
    shared = set(sharing(played.levers))
    by_slug = {lever.slug: lever for lever in played.levers}
    found: list[tuple[int, bool, int, str]] = []
    for moved, went in zip(played.points, played.went, strict=True):
        if moved and "when" not in moved:
            names = " with ".join(f"“{name_of(by_slug[slug], value)}”" for slug, value in moved.items())
            found.append((len(moved), moved.keys() <= shared, went.counts[SURVIVED], names))
    reached = [each for each in found if each[2] >= ENOUGH * played.futures]
    said = "No combination keeps it alive in 80 of 100 or more."
    if reached:
        fewest = min(number for number, *_ in reached)
        best = sorted((each for each in reached if each[0] == fewest), key=lambda each: -each[2])[:3]
        listed = "; ".join(f"{names} ({survived})" for _, _, survived, names in best)
        said = f"Alive in 80 of 100 or more with {'one lever' if fewest == 1 else f'{fewest} levers'}: {listed}."
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
