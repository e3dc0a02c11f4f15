"""What a visitor asks for: a scenario of the library, words, a seed, an organisation of their own, levers and values.

Everything comes from an address or a request and may be rubbish. What cannot be meant is answered in words
(``ScenarioError``); nothing in it names a file, and nothing is run but the model.
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
class Free:
    """A lever and the range it may be set in.

    now, shared: where it stands in the scenario as it is, and with leadership shared. best: its helpful end, None where
    there is none. switch: off (0) or on (1). lever: None for when the director leaves.
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
    lever: Intervention | None = None

    def keys(self, value: float) -> dict[str, Any]:
        """What a value sets; nothing where it stands already."""
        if self.lever is None or value == self.now:
            return {}
        if self.switch:
            return dict(self.lever.best)
        return self.lever.set_to(round(value) if self.lever.entry.whole else value)


@dataclass(frozen=True)
class Ground:
    """A scenario with its levers free."""

    scenario: Scenario
    seed: int

    @cached_property
    def free(self) -> tuple[Free, ...]:
        """Every lever that may be set."""
        levers = [lever for lever in available(self.scenario, self.seed)[0] if lever.most or lever.can_worsen]
        places = {slug: i for i, slug in enumerate(FIRST_LEVERS)}
        levers.sort(key=lambda lever: places.get(lever.slug, len(places)))
        month = self.departure[1].month
        when = Free(
            slug=WHEN, title="When the director leaves", meaning="The month, or not at all.", unit="months",
            low=1.0, high=float(max(LATEST, month)), step=1.0, now=float(month), shared=float(month), best=None,
        )  # fmt: skip
        return when, *(_free(lever, self.scenario) for lever in levers)

    @property
    def departure(self) -> tuple[str, DirectorLeaves]:
        """The director's first departure as it is."""
        events = [(s, e) for s, e in self.scenario.events.items() if isinstance(e, DirectorLeaves) and e.enabled]
        return min(events, key=lambda item: item[1].month)

    def named(self, name: str) -> dict[str, float]:
        """The settings of ``now`` or ``shared``."""
        return {free.slug: getattr(free, name) for free in self.free}

    def checked(self, settings: Mapping[str, Any]) -> dict[str, float]:
        """The settings of all levers, those not given as they are. Raises ScenarioError for what there is not."""
        known = {free.slug: free for free in self.free}
        out = self.named("now")
        for slug, value in settings.items():
            if slug not in known:
                raise ScenarioError(unknown("lever", str(slug)[:60], list(known)))
            free = known[slug]
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ScenarioError(f"{slug}: a number is needed")
            if isinstance(value, float) and not math.isfinite(value):
                raise ScenarioError(f"{slug}: a number is needed")
            if not (free.low <= value <= free.high or (slug == WHEN and value == STAYS)):
                raise ScenarioError(f"{slug} = {str(value)[:20]}: between {free.low:g} and {free.high:g} is needed")
            out[slug] = float(round(value) if free.step == 1.0 else round(value, 4))
        return out

    def at(self, settings: Settings) -> Scenario:
        """The scenario with levers set, as long as it takes to judge it. ``settings``: as ``checked`` gives them."""
        keys: dict[str, Any] = {}
        for free in self.free:
            keys |= free.keys(settings[free.slug])
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
class Asked:
    """A scenario, its words, a root seed, and the texts of an organisation's two files, empty for a generated one."""

    name: str = FIRST
    labels: str = ""
    seed: int = 1
    people: str = ""
    links: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Asked":
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


def _free(lever: Intervention, scenario: Scenario) -> Free:
    say, remedy = scenario.words.say, lever.entry
    title, meaning = capital(say(remedy.title)), say(remedy.meaning)
    said: dict[str, Any] = {"slug": lever.slug, "title": title, "meaning": meaning, "unit": remedy.unit, "lever": lever}
    if remedy.switch:
        return Free(**said, low=0.0, high=1.0, step=1.0, now=0.0, shared=0.0, best=1.0, switch=True)
    now = float(lever.value)
    ends = remedy.worst, remedy.best, now
    better = max if remedy.best > remedy.worst else min
    return Free(
        **said, low=float(min(ends)), high=float(max(ends)), step=1.0 if remedy.whole else 0.01, now=now,
        shared=float(better(now, SHARED[lever.slug])) if lever.slug in SHARED else now, best=float(remedy.best),
    )  # fmt: skip
