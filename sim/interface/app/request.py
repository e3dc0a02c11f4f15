"""What a visitor asks for: a scenario of the library, words, a seed, an organisation of their own, levers and values.

All of it comes from an address or a request and may be rubbish. What cannot be understood is answered in words
(``ScenarioError``). Nothing in it names a file, and nothing but the model is run.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sim.analysis.interventions.intervention import Intervention, available
from sim.base.errors import unknown
from sim.interface.app.upload import around
from sim.report.handout.choices import SHARED, STAYS
from sim.scenario.events import DirectorLeaves
from sim.scenario.labels import capital
from sim.scenario.scenario import Scenario, ScenarioError, library_names, load

FIRST = "director-turnover"
"""The scenario of a visitor who asks for none."""

LABELS = ("hospital", "school")
"""Other words that come with the package."""

MANY_DEPARTURES = ("directors-come-and-go", "five-sites")
"""Scenarios in which directors come and go at random, which this page does not show."""

LATEST = 96
"""The director may leave up to this month."""

MOST_SEED = 1_000_000_000

WHEN = "when"
"""The lever that says when the director leaves; ``STAYS`` for never."""

FIRST_LEVERS = ("successor", "continuity", "norm", "delegation", "champions", "vacancy", "deputy")
"""Those that come first on the page; the others follow in the catalogue's order."""

Settings = Mapping[str, float]


def shown() -> list[str]:
    """The scenarios that the page can show."""
    return [name for name in library_names() if name not in MANY_DEPARTURES]


@dataclass(frozen=True)
class Lever:
    """A lever and the range it may be set in.

    now, shared: where it stands in the scenario as it is, and with leadership shared. best: its helpful end, None where
    there is none. switch: off (0) or on (1). intervention: None for when the director leaves.
    """

    slug: str
    title: str
    meaning: str
    unit: str
    low: float
    high: float
    step: float
    now: float
    shared: float
    best: float | None
    switch: bool = False
    intervention: Intervention | None = None

    def keys(self, value: float) -> dict[str, Any]:
        """What a value sets; nothing where it stands already."""
        if self.intervention is None or value == self.now:
            return {}
        if self.switch:
            return dict(self.intervention.best)
        return self.intervention.set_to(round(value) if self.intervention.entry.whole else value)


@dataclass(frozen=True)
class Ground:
    """A scenario with its levers free."""

    scenario: Scenario
    seed: int

    @cached_property
    def levers(self) -> tuple[Lever, ...]:
        """Every lever that may be set."""
        found = [each for each in available(self.scenario, self.seed)[0] if each.most or each.can_worsen]
        places = {slug: i for i, slug in enumerate(FIRST_LEVERS)}
        found.sort(key=lambda each: places.get(each.slug, len(places)))
        month = self.departure[1].month
        when = Lever(
            slug=WHEN, title="When the director leaves", meaning="The month, or not at all.", unit="months",
            low=1.0, high=float(max(LATEST, month)), step=1.0, now=float(month), shared=float(month), best=None,
        )  # fmt: skip
        return when, *(_lever(each, self.scenario) for each in found)

    @property
    def departure(self) -> tuple[str, DirectorLeaves]:
        """The director's first departure as it is."""
        events = [(s, e) for s, e in self.scenario.events.items() if isinstance(e, DirectorLeaves) and e.enabled]
        return min(events, key=lambda item: item[1].month)

    def named(self, name: str) -> dict[str, float]:
        """The settings of ``now`` or ``shared``."""
        return {lever.slug: getattr(lever, name) for lever in self.levers}

    def checked(self, settings: Mapping[str, Any]) -> dict[str, float]:
        """The settings of all levers, those not given as they are. Raises ScenarioError for what there is not."""
        known = {lever.slug: lever for lever in self.levers}
        out = self.named("now")
        for slug, value in settings.items():
            if slug not in known:
                raise ScenarioError(unknown("lever", str(slug)[:60], list(known)))
            lever = known[slug]
            if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
                raise ScenarioError(f"{slug}: a number is needed")
            if not (lever.low <= value <= lever.high or (slug == WHEN and value == STAYS)):
                raise ScenarioError(f"{slug} = {str(value)[:20]}: between {lever.low:g} and {lever.high:g} is needed")
            out[slug] = float(round(value) if lever.step == 1.0 else round(value, 4))
        return out

    def at(self, settings: Settings) -> Scenario:
        """The scenario with levers set, as long as it takes to judge it. ``settings``: as ``checked`` gives them."""
        keys: dict[str, Any] = {}
        for lever in self.levers:
            keys |= lever.keys(settings[lever.slug])
        slug, departure = self.departure
        month, reference = round(settings[WHEN]), self.scenario.reference_month
        if month == STAYS:
            keys[f"events.{slug}.enabled"] = False
        elif month != departure.month:
            reference += month - departure.month if reference == departure.month else 0
            keys[f"events.{slug}.month"] = month
        keys["measure.reference_month"] = reference
        keys["months"] = max(self.scenario.months, reference + self.scenario.measure.horizon)
        return self.scenario.with_(keys)


@dataclass(frozen=True)
class Query:
    """A scenario, its words, a root seed, and the texts of an organisation's two files, empty for a generated one."""

    name: str = FIRST
    labels: str = ""
    seed: int = 1
    people: str = ""
    links: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Query":
        """What an address or a request asks for. Raises ScenarioError for rubbish."""
        name, labels = (given.get(key) or usual for key, usual in (("scenario", FIRST), ("labels", "")))
        if name not in shown():
            hint = (
                f"; {name} is about many departures, which this page does not show" if name in MANY_DEPARTURES else ""
            )
            raise ScenarioError(unknown("scenario", str(name)[:60], shown()) + hint)
        if labels and labels not in LABELS:
            raise ScenarioError(unknown("labels", str(labels)[:60], list(LABELS)))
        seed = given.get("seed", 1)
        if isinstance(seed, str) and seed.isascii() and seed.lstrip("-").isdecimal():
            seed = int(seed[:20])
        elif seed in (None, ""):
            seed = 1
        if isinstance(seed, bool) or not isinstance(seed, int):
            raise ScenarioError("seed: a whole number is needed")
        if not 0 <= seed <= MOST_SEED:
            raise ScenarioError(f"seed: between 0 and {MOST_SEED:,} is needed")
        people, links = (given.get(key) or "" for key in ("people", "links"))
        if not isinstance(people, str) or not isinstance(links, str):
            raise ScenarioError("people, links: the texts of two files are needed")
        return cls(str(name), str(labels), seed, people, links)

    @property
    def own(self) -> bool:
        """Whether the organisation is the visitor's own."""
        return bool(self.people or self.links)

    @property
    def key(self) -> tuple[Any, ...] | None:
        """What an answer may be remembered by; None where the organisation is the visitor's own."""
        return None if self.own else (self.name, self.labels, self.seed)

    @contextmanager
    def ground(self) -> Iterator[Ground]:
        """The scenario asked for, with its organisation there while the block lasts. Raises ScenarioError."""
        base = load(self.name)
        changes: dict[str, Any] = {"labels": self.labels} if self.labels else {}
        if not base.departures:  # the page is about a director who leaves
            changes["events"] = {"departure": {"kind": "director_leaves", "month": 36}}
        scenario = base.with_(changes, drop=("variants",))
        if not self.own:
            yield Ground(scenario, self.seed)
            return
        with around(scenario, self.people, self.links) as setting:
            yield Ground(setting, self.seed)


def _lever(intervention: Intervention, scenario: Scenario) -> Lever:
    say, entry = scenario.words.say, intervention.entry
    same: dict[str, Any] = {
        "slug": intervention.slug, "title": capital(say(entry.title)), "meaning": say(entry.meaning),
        "unit": entry.unit, "intervention": intervention,
    }  # fmt: skip
    if entry.switch:
        return Lever(**same, low=0.0, high=1.0, step=1.0, now=0.0, shared=0.0, best=1.0, switch=True)
    now = float(intervention.value)
    ends = entry.worst, entry.best, now
    better = max if entry.best > entry.worst else min
    return Lever(
        **same, low=float(min(ends)), high=float(max(ends)), step=1.0 if entry.whole else 0.01, now=now,
        shared=float(better(now, SHARED[intervention.slug])) if intervention.slug in SHARED else now,
        best=float(entry.best),
    )  # fmt: skip
