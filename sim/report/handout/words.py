"""What the page says: a story in turns, each with a question for the room; plain words; what not to conclude.

The sentences are in ``words.toml``, beside this; here they are put in a scenario's labels. What only playing tells
stays in braces, as ``{collapsed}``, for the page to fill in.
"""

import math
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.model.record import Record
from sim.report.handout.levers import Lever
from sim.report.numbers import listed
from sim.report.words.common import CAVEATS
from sim.scenario.labels import capital, small_first
from sim.scenario.roles import Role
from sim.scenario.scenario import Scenario

WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

STUDY = WORDS["study"]


class Left(dict[str, Any]):
    """Facts to fill in; what is not among them stays in its braces."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def words(scenario: Scenario, levers: list[Lever], futures: int) -> dict[str, Any]:
    """Everything the page says, in the scenario's labels."""
    labels, facts = scenario.words, _facts(scenario, levers, futures)

    def said(text: str) -> str:
        return labels.say(text.format_map(facts))

    # Other words make no other study.
    where = labels.title and f"{labels.title[0].lower()}{labels.title[1:]}"
    told_as = f"It is told in the words of {where}. Nothing was measured in one: the study is of councils."
    shapes = "; ".join(f"{shape}: {labels.role(Role[slug.upper()])}" for slug, shape in WORDS["shapes"].items())
    return {
        "title": labels.say(scenario.title),
        "question": labels.say(scenario.question or WORDS["question"]),
        "left": "Leadership held by one person" if held_by_one(scenario) else "As things are",
        "shared": "Leadership shared",
        "changed": "With other levers",
        "same": "The same again: no lever moved yet",
        "director": capital(labels.role(Role.DIRECTOR)),
        "leaves": labels.say("the director leaves"),
        "print_key": f"{said(WORDS['print_key'])} Shapes: {shapes}.",
        "empty_seat": "nobody in post",
        "turns": [
            {key: said(value) if key in ("title", "look", "ask") else value for key, value in turn.items()}
            for turn in WORDS["turns"]
        ],
        "glossary": [[labels.say(term), said(meaning)] for term, meaning in WORDS["glossary"].items()],
        "judged": said(WORDS["glossary"]["Survived, collapsed, never took hold"]),
        "not_to_conclude": [*([told_as] if where else []), *(said(line) for line in WORDS["not_to_conclude"])],
        "assumptions": [said(line) for line in WORDS["assumptions"]],
        "caveats": [labels.say(line) for line in CAVEATS],
        "study": STUDY,
        "events": {kind: {key: said(text) for key, text in each.items()} for kind, each in WORDS["events"].items()},
        "departure": {key: said(text) for key, text in WORDS["departure"].items()},
        "chosen": {key: said(text) for key, text in WORDS["chosen"].items()},
        "levers": {lever.slug: lever_words(lever, scenario) for lever in levers},
    }


def lever_words(lever: Lever, scenario: Scenario) -> dict[str, str]:
    """A lever's title, its meaning, and what it means that it is not set."""
    own, say = WORDS["levers"].get(lever.slug, {}), scenario.words.say
    told = {key: say(own.get(key, getattr(lever, key))) for key in ("title", "meaning")}
    return told | {"absent": say(lever.absent), "helps": say(lever.title)}


def title_of(lever: Lever) -> str:
    """A lever's title on the page, in the usual words."""
    return str(WORDS["levers"].get(lever.slug, {}).get("title", lever.title))


def happened(record: Record) -> Iterator[tuple[int, str]]:
    """What befell the director and the programme in a future: the month, and a sentence without its capital."""
    labels, helpers = record.scenario.words, record.scenario.words.role(Role.CHANGE_FACILITATOR, several=True)
    for month, kind, commitment in record.milestones:
        share = "" if math.isnan(commitment) else f"{100 * commitment:.0f}"
        said = labels.say(WORDS["events"][kind]["words"].format(share=share, helpers=helpers))
        yield month, small_first(said)


def marked(record: Record) -> Iterator[tuple[int, str]]:
    """The same in as few words as a chart has room for."""
    for month, kind, _ in record.milestones:
        yield month, record.scenario.words.say(WORDS["events"][kind]["short"])


def _facts(scenario: Scenario, levers: list[Lever], futures: int) -> Left:
    """What differs from page to page and needs no playing, by the name under which it stands in ``words.toml``."""
    measure = scenario.measure
    sharing = [WORDS["levers"][lever.slug]["sharing"] for lever in levers if lever.shared != lever.now]
    return Left(
        futures=futures,
        hundred="a hundred" if futures == 100 else str(futures),
        horizon=measure.horizon,
        survival="half" if math.isclose(measure.survival, 0.5) else f"{100 * measure.survival:.0f}%",
        taken_hold=f"{100 * measure.taken_hold:.0f}%",
        induction=f"{100 * scenario.turnover.induction:.0f}%",
        echo=f"{100 * scenario.leadership.funding_dependency:.0f}%",
        sharing=listed([text.format_map(Left(and_partners="and partners ")) for text in sharing])
        if sharing
        else "the same, for leadership is shared already",
        departures=len(scenario.departures),
        first=WORDS["departure"]["first"].format(departures=len(scenario.departures))
        if len(scenario.departures) > 1
        else "",
        helpers=scenario.words.role(Role.CHANGE_FACILITATOR, several=True),
    )


def held_by_one(setting: Scenario) -> bool:
    """Whether the scenario as it is has leadership held at the top: a strong norm, nothing delegated, no champions."""
    leadership = setting.leadership
    return leadership.hierarchy_norm >= 0.7 and leadership.delegation == 0.0 and leadership.champions == 0.0
