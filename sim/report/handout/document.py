"""What the page reads: one JSON document, laid out as docs/handout-data.md says.

The live page and a notebook hand the same document to the same page.
"""

import base64
import zlib
from typing import Any

import numpy as np

from sim.base.arrays import Bools
from sim.base.version import VERSION
from sim.experiments.verdict import Verdict
from sim.model.record import Record
from sim.organisation.structure import Structure
from sim.report.handout.choices import Choice, singles
from sim.report.handout.futures import FutureCache, Went
from sim.report.plots.layout import places
from sim.scenario.labels import capital
from sim.scenario.roles import KINDS, PERSONAL, Kind, Role

FORMAT = 1
"""Of the document; a page reads only its own."""


ABSENT = 255
"""In place of a percentage: nobody sits there, or they are not there this month."""

SHORT = {"leaves": "director leaves", "arrives": "successor", "lapses": "programme ends"}
"""What happened, beside its mark on a line."""

UNDEFINED = -32768
"""In place of a number: row 0 has no momentum."""


def document(played: FutureCache, words: dict[str, Any]) -> dict[str, Any]:
    """Everything the page shows, ready for JSON. ``words``: what it says, from ``sim.report.handout.words``."""
    grid, setting = played.grid, played.scenario
    first = played.records[grid.now]
    assert first is not None  # as it is, a future is always shown
    organisation = first.organisation
    lives: dict[bytes, int] = {}  # each once: partners come and go alike under most settings
    points = [_point(went, record, lives) for went, record in zip(played.went, played.records, strict=True)]
    return {
        "format": FORMAT,
        "made_by": f"leadership-sim {VERSION}",
        "scenario": {"name": setting.name, "sha256": setting.hash()},
        "seed": played.seed,
        "futures": played.futures,
        "months": played.months,
        "horizon": setting.measure.horizon,
        "taken_hold": setting.measure.taken_hold,
        "survival": setting.measure.survival,
        "future": played.future,
        "organisation": _organisation(organisation.structure, organisation.labels, setting.words),
        "levers": [_lever(choice) | words["levers"][choice.slug] for choice in grid.choices],
        "place": list(grid.place),
        "now": grid.now,
        "shared": grid.shared,
        "singles": [
            {"lever": grid.choices.index(choice), "option": i, "point": place} for choice, i, place in singles(grid)
        ],
        "points": points,
        "live": [_packed(live) for live in lives],
        "words": words["page"],
    }


def _lever(choice: Choice) -> dict[str, Any]:
    return {
        "slug": choice.slug,
        "options": [{"value": option.value, "words": option.words} for option in choice.options],
        "now": choice.now,
        "shared": choice.shared,
    }


def _organisation(structure: Structure, labels: list[str], words: Any) -> dict[str, Any]:
    """Seats with their places, links drawn once whichever way they go, and teams."""
    at = places(structure)
    seats = [
        {
            "role": Role(role).slug,
            "label": capital(label),
            "x": round(float(x), 3),
            "y": round(float(-y), 3),
            "manager": int(manager),
        }
        for role, label, (x, y), manager in zip(structure.role, labels, at, structure.manager, strict=True)
    ]
    links: dict[tuple[int, int, str], int] = {}
    columns = (structure.source, structure.target, structure.kind, structure.pair)
    for source, target, kind, pair in zip(*(column.tolist() for column in columns), strict=True):
        look = KINDS[kind].direction
        if kind == Kind.PEER and structure.manager[source] == structure.manager[target] >= 0:
            look = "team"  # everybody with everybody: the page draws a box
        links.setdefault((min(source, target), max(source, target), look), pair if kind in PERSONAL else -1)
    roles = [role for role in Role if structure.seats_of(role)]
    return {
        "seats": seats,
        "links": [
            {"a": a, "b": b, "kind": look, "pair": pair} for (a, b, look), pair in links.items() if look != "team"
        ],
        "roles": [
            {
                "slug": role.slug,
                "one": words.role(role),
                "several": words.role(role, several=True),
                "seats": len(structure.seats_of(role)),
            }
            for role in roles
        ],
        "director": int(structure.director),
        "pairs": len(structure.pair_a),
    }


def _point(went: Went, record: Record | None, lives: dict[bytes, int]) -> dict[str, Any]:
    out: dict[str, Any] = {
        "outcomes": "".join(Verdict(code).letter for code in went.codes),
        "counts": {verdict.letter: count for verdict, count in went.counts.items()},
        "survived": percents(went.shares.survived),
        "difference": percents(went.difference),
        "practice": percents(went.practice),
        "reference": went.reference,
        "end": went.end,
        "frames": None,
        "live": None,
        "events": [],
    }
    if record is not None:
        out["frames"], out["events"] = frames(record), events(record)
        if record.live is not None and record.live.shape[1]:
            out["live"] = lives.setdefault(_bits(record.live), len(lives))
    return out


def percents(interval: tuple[float, ...]) -> list[float]:
    """Shares in percent, to four digits."""
    return [round(100.0 * float(value), 4) for value in interval]


def packed(live: Bools) -> str:
    """Which personal links stand, [rows, pairs], a bit each: zlib in base64."""
    return _packed(_bits(live))


def _bits(live: Bools) -> bytes:
    return np.packbits(live.astype(np.uint8)).tobytes()


def _packed(raw: bytes) -> str:
    return base64.b64encode(zlib.compress(raw, 9)).decode("ascii")


def frames(record: Record) -> str:
    """One future as the page plays it: zlib in base64; its parts one after another.

    practice: 16 bits a row, little-endian, in hundredths of a percent. momentum: likewise and signed, in hundredths of
    a percentage point a month, ``UNDEFINED`` for none. subscribed: a byte a row, 0 or 1. commitment, leadership:
    [seats, rows], whole percents, ``ABSENT`` for nobody, each byte less the one before it in the row (modulo 256).
    """
    monthly = record.monthly
    here = record.people["present"] > 0.0
    momentum = np.round(1e4 * monthly["momentum"])
    parts = [
        np.round(1e4 * monthly["practice"]).astype("<u2").tobytes(),
        np.where(np.isnan(momentum), UNDEFINED, momentum).astype("<i2").tobytes(),
        (monthly["subscribed"] > 0.0).astype(np.uint8).tobytes(),
    ]
    for name in ("commitment", "leadership"):
        shown = np.where(here, np.round(100.0 * record.people[name]), ABSENT).astype(np.uint8).T
        parts.append(np.diff(shown, axis=1, prepend=np.uint8(0)).tobytes())
    return _packed(b"".join(parts))


def events(record: Record) -> list[dict[str, Any]]:
    """What happens to the director and the programme: month, kind (leaves, arrives, lapses), words and, for a line's
    mark, ``short``; in order."""
    labels = record.scenario.words
    say, helpers = labels.say, labels.role(Role.CHANGE_FACILITATOR, several=True)
    told = {
        "leaves": "the director leaves",
        "arrives": "the new director arrives, {:.0f}% committed",
        "lapses": f"the programme ends and its {helpers} leave",
    }
    found = []
    for month, kind, commitment in record.milestones:
        words = say(told[kind].format(100.0 * commitment))
        found.append({"month": month, "kind": kind, "words": capital(words), "short": say(SHORT[kind])})
    return found
