"""What the page says: a story in turns, each with a question for the room; plain words; what not to conclude."""

import math
from collections.abc import Collection
from typing import Any

from sim.experiments.verdict import COLLAPSED, SURVIVED
from sim.model.record import Record
from sim.report.handout.choices import Grid, after
from sim.report.handout.document import events
from sim.report.handout.futures import ASKED, COLLAPSES, COLLAPSES_UNLESS_SHARED, DIFFERS, FIRST, FutureCache
from sim.report.words.common import CAVEATS
from sim.scenario.labels import capital
from sim.scenario.roles import Role
from sim.scenario.scenario import Scenario

STUDY = (
    "Miller et al. (2025), Leading by example? Culture, change, and strength-based social work, British Journal of "
    "Social Work 55(6), 2755-2774, doi:10.1093/bjsw/bcaf070"
)

LEVERS = {
    "when": ("When the director leaves", "Earlier, as it is, later, or not at all."),
    "successor": ("Who comes next", "How far the next director believes in this change."),
    "continuity": ("Handover", "How far the new director takes over the old one's commitment to the change."),
    "norm": (
        "Who is let to lead",
        "How often a practitioner or partner who steps up to lead is turned down: the hierarchy norm.",
    ),
    "delegation": ("What teams may decide", "Delegated on paper. It counts once people see that it is meant."),
    "champions": ("Champions", "Practitioners trained at the start to champion the change."),
}
"""Title and meaning of each lever."""

GLOSSARY = (
    (
        "Seat and person",
        "A seat is a post. A person holds it, may leave, and is replaced, so the number of seats stays.",
    ),
    ("Vertical link", "Influence along the line: between a manager and those who report to them, both ways."),
    (
        "Horizontal link",
        "Influence between equals: colleagues in and across teams, partners outside, people with lived experience.",
    ),
    ("Commitment", "How far a person supports the change, from 0% to 100%."),
    ("Practice", "How much of a person's recent work is done the new way. The line is its mean over staff in all."),
    ("Staff", "Middle managers and practitioners."),
    ("Leadership", "How far a person leads beyond their position. It grows when others let them lead."),
    ("Leading the change", "In the pictures, ringed: leadership of at least 50%, and commitment above 50%."),
    (
        "Momentum",
        "How much practice is about to grow or shrink this month, from what people are likely to do. Staff turnover is "
        "not in it.",
    ),
    (
        "Survived, collapsed, never took hold",
        "Judged {horizon} months after the director leaves. Survived: at least {survival} of the practice just before "
        "is left. Collapsed: less is left. Never took hold: practice was below {taken_hold} just before.",
    ),
    ("A future", "One run of the model with its own chance: who leaves, who tries the new way, who steps up."),
    (
        "The same future twice",
        "Left and right share every throw of chance. What differs between them comes from the levers alone.",
    ),
)
"""Plain words for what the page names."""

NOT_TO_CONCLUDE = (
    "This is no forecast of your organisation. The model rests on one qualitative study and on assumptions that nobody "
    "has measured.",
    "“{collapsed} of {futures}” is no probability in the world. Compare the two sides; do not take either number home.",
    "The range in brackets is chance between simulated futures. It is not doubt about the world, which is larger.",
    "Parameters cost nothing here. In life they cost money, time and goodwill, and some are not yours to choose.",
    "The model has no outcomes for the people whom the work is for. A change that survives is not thereby a good one.",
    "Only supporters step up to lead here: sceptics do not organise. Some scepticism is well founded.",
    "A sceptical successor is sceptical about this change. The page judges no director, and no person.",
    "Whoever tries many settings finds a lucky one: the best of {points} does better here than it would again.",
)

ASSUMPTIONS = (
    "Staff work the new way when they are committed, when the line allows it, and when they see it working around "
    "them. How much each counts is assumed.",
    "What the line allows is what one's manager shows, less the day's pressure, and in part what the director shows.",
    "People move towards those they hear: the line's voice is loudest, and grows for anyone who leads. A director "
    "listens as well, so a sceptic may be won round in part.",
    "Whoever steps up and is let to lead leads more; whoever is turned down, less. Delegation counts once it has been "
    "seen to be real.",
    "An outside programme is renewed each year mainly if the director still shows support. When it ends, its helpers "
    "leave.",
    "People leave at the yearly rates of English adult social care or thereabouts (partly measured); newcomers take on "
    "{induction} of what they find.",
    "Contracts make voluntary-sector partners show {echo} of what the director shows. Ties with partners go with the "
    "person who held them.",
    "The organisation, who believes in what at the start, and all weights are invented, within what the study tells.",
)
"""What the model takes for granted, in plain words."""

SHAPES = {
    Role.DIRECTOR: "star",
    Role.LEAD_MEMBER: "plus sign",
    Role.MIDDLE_MANAGER: "square",
    Role.PRACTITIONER: "circle",
    Role.BACK_OFFICE: "diamond",
    Role.VCS_PARTNER: "triangle",
    Role.LIVED_EXPERIENCE_MEMBER: "triangle upside down",
    Role.HEALTH_PARTNER: "hexagon",
    Role.CHANGE_FACILITATOR: "cross",
}
"""The shape of each role, as the page draws it."""

WHY = {
    COLLAPSES_UNLESS_SHARED: "the first that collapses as things are and survives with leadership shared",
    DIFFERS: "the first that ends differently with leadership shared",
    COLLAPSES: "the first that collapses; in none does sharing leadership make a difference",
    FIRST: "the first of all; they end alike on both sides",
    ASKED: "chosen by whoever made this page",
}


def words(played: FutureCache) -> dict[str, Any]:
    """Everything the page says, in the scenario's labels: ``levers``, and ``page`` with the rest."""
    setting, grid = played.scenario, played.grid
    say = setting.words.say
    base = played.records[grid.now]
    assert base is not None
    there = {Role(role) for role in base.organisation.structure.role}
    held, counts = held_by_one(setting), played.went[grid.now].counts
    tried = len(grid.points) if grid.place else "many"  # a live page has no end of settings
    page = {
        "title": say(setting.title),
        "question": say(setting.question or "If our director goes, does the change survive?"),
        "left": "Leadership held by one" if held else "As things are",
        "shared": "Leadership shared",
        "changed": "With other levers",
        "same": "The same again: no lever moved yet",
        "director": capital(say("director")),
        "leaves": say("the director leaves"),
        "print_key": say(
            "Bluer, here darker: more committed. Larger: leads more. Ringed: leads the change. Full lines: vertical "
            "links; dotted: horizontal, between teams; dashed: horizontal, across the boundary; dashes and dots: the "
            "outside programme. Below the dotted level at the end, the change has collapsed."
        )
        + " Shapes: "
        + "; ".join(f"{shape}: {setting.words.role(role)}" for role, shape in SHAPES.items() if role in there)
        + ".",
        "empty_seat": "nobody in post",
        "turns": [turn | {key: say(turn[key]) for key in ("title", "look", "ask")} for turn in _turns(played, base)],
        "glossary": [[say(term), say(_filled(meaning, setting))] for term, meaning in GLOSSARY],
        "not_to_conclude": [
            say(line.format(collapsed=counts[COLLAPSED], futures=played.futures, points=tried))
            for line in NOT_TO_CONCLUDE
        ],
        "assumptions": [say(_filled(line, setting)) for line in ASSUMPTIONS],
        "shown": shown(played),
        "caveats": [say(line) for line in CAVEATS],
        "study": STUDY,
    }
    levers = {slug: {"title": say(title), "meaning": say(meaning)} for slug, (title, meaning) in LEVERS.items()}
    return {"page": page, "levers": levers}


def held_by_one(setting: Scenario) -> bool:
    """Whether the scenario as it is has leadership held at the top: a strong norm, nothing delegated, no champions."""
    leadership = setting.leadership
    return leadership.hierarchy_norm >= 0.7 and leadership.delegation == 0.0 and leadership.champions == 0.0


def _filled(text: str, setting: Scenario) -> str:
    measure = setting.measure
    survival = "half" if math.isclose(measure.survival, 0.5) else f"{100 * measure.survival:.0f}%"
    return text.format(
        horizon=measure.horizon,
        survival=survival,
        taken_hold=f"{100 * measure.taken_hold:.0f}%",
        induction=f"{100 * setting.turnover.induction:.0f}%",
        echo=f"{100 * setting.leadership.funding_dependency:.0f}%",
    )


def shown(played: FutureCache) -> str:
    """Which future is shown, how it was chosen, and how common its kind is."""
    grid = played.grid
    base, shared = played.went[grid.now].codes, played.went[grid.shared].codes
    told = WHY[played.why]
    if played.why == COLLAPSES_UNLESS_SHARED:
        alike = (base == COLLAPSED) & (shared == SURVIVED)
        other = int(((base == SURVIVED) & (shared == COLLAPSED)).sum())
        told += f", as in {int(alike.sum())} of the {len(base)}; in {other or 'none'} it is the other way round"
    return f"Future {played.future} is shown: {told}."


def _turns(played: FutureCache, base: Record) -> list[dict[str, Any]]:
    """The story. play: rows from and to; panels: one organisation or two; at: the part of the page to look at."""
    grid = played.grid
    went = played.went[grid.now]
    leaves, end = went.reference, went.end
    practice, partners = base.monthly["practice"], bool(base.organisation.structure.seats_of(Role.VCS_PARTNER))
    took = practice[leaves] >= played.scenario.measure.taken_hold
    return [
        {
            "title": "A change takes hold" if took else "A change begins",
            "look": (
                "One organisation, month by month. The director wants a new way of working. The bluer, the more "
                "committed; the larger, the more they lead. The line: how much of staff's work is done the new way."
            ),
            "ask": "Who holds this change up? Whom would you miss first?",
            "at": "stage", "panels": 1, "play": [0, leaves], "levers": "now",
        },
        {
            "title": "The director leaves",
            "look": _leaving(played, base),
            "ask": "What becomes of the change in the next years? Hands up: it survives; it collapses.",
            "at": "stage", "panels": 1, "play": [leaves, leaves], "levers": "now",
        },
        {
            "title": "The years after",
            "look": "Watch the middle managers first, then their teams. Watch momentum before you watch the line.",
            "ask": "When could somebody have noticed? What would you have looked at?",
            "at": "stage", "panels": 1, "play": [leaves, end], "levers": "now",
        },
        {
            "title": f"Not one future but {_hundred(played.futures)}",
            "look": (
                f"That was one future. Here are {played.futures} of the same organisation, each with its own luck: who "
                "moves on, who tries, who steps up. The ringed figure is the one you saw."
            ),
            "ask": f"Was it bad luck? How many in {_hundred(played.futures)} would you accept?",
            "at": "futures", "panels": 1, "play": None, "levers": "now",
        },
        {
            "title": "The same people, leadership shared",
            "look": (
                f"Same people, same luck, same departure. In the second, {_sharing(grid, partners)}; the thin line is "
                "the first. It stops just before the departure: Play goes on."
            ),
            "ask": "What is different before the director leaves? Who is ringed?",
            "at": "stage", "panels": 2, "play": [0, leaves], "levers": "shared",
        },
        {
            "title": question_of_levers(played),
            "look": (
                "Move a lever and watch the figures: each stands in the same place on both sides. Try one lever at a "
                f"time. Then {_puzzle(played)}."
            ),
            "ask": "Which of these could you do before your director goes? Which are not yours to choose?",
            "at": "futures", "panels": 2, "play": None, "levers": "now",
        },
        {
            "title": "Back home",
            "look": "Before you take anything home, read what not to conclude.",
            "ask": "What in your own change hangs on one person? What will you share, and by when?",
            "at": "limits", "panels": 2, "play": None, "levers": None,
        },
    ]  # fmt: skip


def question_of_levers(played: FutureCache) -> str:
    """What the levers are moved for."""
    went = played.went[played.grid.now]
    return "What would have kept it alive?" if went.counts[SURVIVED] < 0.8 * played.futures else "What would change it?"


def as_it_is(played: FutureCache, slugs: Collection[str] = tuple(LEVERS)) -> str:
    """Where levers stand that nobody has moved."""
    return "; ".join(f"{LEVERS[c.slug][0]}: {c.options[c.now].words}" for c in played.grid.choices if c.slug in slugs)


def _hundred(number: int) -> str:
    return "a hundred" if number == 100 else str(number)


def _puzzle(played: FutureCache) -> str:
    """What to look for with the levers, as the futures allow."""
    enough = -(-80 * played.futures // 100)
    if played.went[played.grid.now].counts[SURVIVED] >= enough:
        return "look for the one that does most harm"
    return f"find the fewest that keep the change alive in {enough} of {played.futures}"


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
    empty = f" The seat stays empty for {gap} month{'' if gap == 1 else 's'}." if gap else ""
    return f"{start}{empty} {arrived['words']}. The picture stops just before the departure."


def _sharing(grid: Grid, partners: bool) -> str:
    """What the levers of sharing are set to, in words."""
    words = {
        "norm": f"practitioners {'and partners ' if partners else ''}who step up are let to lead",
        "delegation": "teams are told they may decide",
        "champions": "some practitioners are trained as champions",
    }
    moved = [words[choice.slug] for choice in grid.choices if choice.slug in words and choice.shared != choice.now]
    if not moved:
        return "the same, for leadership is shared already"
    return moved[0] if len(moved) == 1 else f"{', '.join(moved[:-1])} and {moved[-1]}"
