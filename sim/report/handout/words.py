"""What the page says: a story in turns, each with a question for the room; plain words; what not to conclude.

The sentences themselves are in ``words.toml``, beside this; here they are filled in and put in a scenario's labels.
"""

import math
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from sim.analysis.interventions.catalogue import of_departures
from sim.experiments.verdict import COLLAPSED, SURVIVED
from sim.model.record import Record
from sim.report.handout.choices import after
from sim.report.handout.document import events
from sim.report.handout.futures import ASKED, COLLAPSES, COLLAPSES_UNLESS_SHARED, DIFFERS, FIRST, FutureCache
from sim.report.numbers import count, listed
from sim.report.words.common import CAVEATS
from sim.scenario.labels import capital
from sim.scenario.roles import Role
from sim.scenario.scenario import Scenario

WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

LEVERS: dict[str, str] = {slug: lever["title"] for slug, lever in WORDS["levers"].items()}
"""The title of each lever."""

WHY = {
    COLLAPSES_UNLESS_SHARED: "the first that collapses as things are and survives with leadership shared",
    DIFFERS: "the first that ends differently with leadership shared",
    COLLAPSES: "the first that collapses; in none does sharing leadership make a difference",
    FIRST: "the first of all; they end alike on both sides",
    ASKED: "chosen by whoever made this page",
}


def words(played: FutureCache) -> dict[str, Any]:
    """Everything the page says, in the scenario's labels: ``levers``, and ``page`` with the rest."""
    setting, base = played.scenario, played.records[played.grid.now]
    assert base is not None
    facts, went, labels = _facts(played, base), played.went[played.grid.now], setting.words

    def said(text: str) -> str:
        return labels.say(text.format_map(facts))

    there = {Role(role).slug for role in base.organisation.structure.role}
    shapes = (f"{shape}: {labels.role(Role[slug.upper()])}" for slug, shape in WORDS["shapes"].items() if slug in there)
    rows = {"start": 0, "leaves": went.reference, "end": went.end}
    page = {
        "title": labels.say(setting.title),
        "question": labels.say(setting.question or WORDS["question"]),
        "left": "Leadership held by one person" if held_by_one(setting) else "As things are",
        "shared": "Leadership shared",
        "changed": "With other levers",
        "same": "The same again: no lever moved yet",
        "director": capital(labels.say("director")),
        "leaves": labels.say("the director leaves"),
        "print_key": f"{said(WORDS['print_key'])} Shapes: {'; '.join(shapes)}.",
        "empty_seat": "nobody in post",
        "turns": [
            {
                **{key: said(turn[key]) for key in ("title", "look", "ask")},
                **{key: turn[key] for key in ("at", "panels")},
                "play": [rows[when] for when in turn["play"]] if "play" in turn else None,
                "levers": turn.get("levers"),
            }
            for turn in WORDS["turns"]
        ],
        "glossary": [[labels.say(term), said(meaning)] for term, meaning in WORDS["glossary"].items()],
        "not_to_conclude": [said(line) for line in WORDS["not_to_conclude"]],
        "assumptions": [said(line) for line in WORDS["assumptions"]],
        "shown": shown(played),
        "caveats": [labels.say(line) for line in CAVEATS],
        "study": WORDS["study"],
    }
    levers = {
        slug: {key: labels.say(lever[key]) for key in ("title", "meaning")} for slug, lever in WORDS["levers"].items()
    }
    return {"page": page, "levers": levers}


def _facts(played: FutureCache, base: Record) -> dict[str, Any]:
    """What differs from page to page, by the name under which it stands in ``words.toml``."""
    setting, grid = played.scenario, played.grid
    measure, went = setting.measure, played.went[grid.now]
    took_hold = base.monthly["practice"][went.reference] >= measure.taken_hold
    partners = "and partners " if base.organisation.structure.seats_of(Role.VCS_PARTNER) else ""
    moved = [
        WORDS["levers"][choice.slug]["sharing"].format(and_partners=partners)
        for choice in grid.choices
        if choice.shared != choice.now
    ]
    enough = -(-80 * played.futures // 100)
    fewest = f"find the fewest that keep the change alive in at least {enough} of {played.futures}"
    return {
        "collapsed": went.counts[COLLAPSED],
        "futures": played.futures,
        "hundred": "a hundred" if played.futures == 100 else str(played.futures),
        "points": len(grid.points) if grid.place else "many",  # a live page has no end of settings
        "horizon": measure.horizon,
        "survival": "half" if math.isclose(measure.survival, 0.5) else f"{100 * measure.survival:.0f}%",
        "taken_hold": f"{100 * measure.taken_hold:.0f}%",
        "induction": f"{100 * setting.turnover.induction:.0f}%",
        "echo": f"{100 * setting.leadership.funding_dependency:.0f}%",
        "begins": "takes hold" if took_hold else "begins",
        "leaving": _leaving(played, base),
        "sharing": listed(moved) if moved else "the same, for leadership is shared already",
        "question_of_levers": question_of_levers(played),
        "puzzle": "look for the one that does most harm" if went.counts[SURVIVED] >= enough else fewest,
    }


def held_by_one(setting: Scenario) -> bool:
    """Whether the scenario as it is has leadership held at the top: a strong norm, nothing delegated, no champions."""
    leadership = setting.leadership
    return leadership.hierarchy_norm >= 0.7 and leadership.delegation == 0.0 and leadership.champions == 0.0


def shown(played: FutureCache) -> str:
    """Which future is shown, how it was chosen, and how common its kind is."""
    grid = played.grid
    base, shared = played.went[grid.now].codes, played.went[grid.shared].codes
    told = WHY[played.why]
    if played.why == COLLAPSES_UNLESS_SHARED:
        alike = (base == COLLAPSED) & (shared == SURVIVED)
        other = int(((base == SURVIVED) & (shared == COLLAPSED)).sum())
        told += f" ({int(alike.sum())} of {len(base)} do so; {other or 'none'} the other way round)"
    return f"This is future {played.future}: {told}."


def question_of_levers(played: FutureCache) -> str:
    """What the levers are moved for."""
    went = played.went[played.grid.now]
    return "What would have kept it alive?" if went.counts[SURVIVED] < 0.8 * played.futures else "What would change it?"


def as_it_is(played: FutureCache, slugs: Collection[str] = tuple(LEVERS)) -> str:
    """Where levers stand that nobody has moved."""
    return "; ".join(f"{LEVERS[c.slug]}: {c.options[c.now].words}" for c in played.grid.choices if c.slug in slugs)


def _leaving(played: FutureCache, base: Record) -> str:
    leaves = played.went[played.grid.now].reference
    month = base.first_departure if base.first_departure is not None else leaves
    when = after(month)
    several = len(played.scenario.departures)
    start = f"{capital(when)} the director leaves{f', the first of {several} departures' if several > 1 else ''}."
    arrived = next((event for event in events(base) if event["kind"] == "arrives"), None)
    if arrived is None:
        return f"{start} Nobody follows in the time shown."
    gap = arrived["month"] - month
    interim = next(iter(of_departures(played.scenario, "interim").values()), played.scenario.succession.interim)
    meanwhile = " while a deputy stands in" if interim == "deputy" else ""
    empty = f" The seat stays empty for {count(gap, 'month')}{meanwhile}." if gap else ""
    return f"{start}{empty} {arrived['words']}. The picture stops just before the departure."
