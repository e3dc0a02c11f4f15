"""What can be moved on the page: when the director leaves, every intervention of the catalogue, the other choices, and
the numbers that nobody knows.

A lever says where it stands, its range, and which keys of the scenario it sets; ``player.js`` plays what comes of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor, log10
from typing import Any

from sim.analysis.interventions.catalogue import of_departures
from sim.analysis.interventions.intervention import Intervention, available
from sim.analysis.ranges import Range, every_range
from sim.base.errors import unknown
from sim.scenario.events import Change, DirectorLeaves
from sim.scenario.fields import fields
from sim.scenario.labels import capital
from sim.scenario.parameters import value_at
from sim.scenario.scenario import Scenario, ScenarioError

FIRST = ("when", "successor", "continuity", "norm", "delegation", "champions", "vacancy", "deputy", "promoted", "seat")
"""Those that come first on the page, in this order."""

SHARED = {"norm": 0.2, "delegation": 0.6, "champions": 0.15}
"""Leadership that is shared, as docs/odd.md has it: a soft norm, decisions delegated, some champions."""

TRIES: dict[str, tuple[float, ...]] = {
    "successor": (0.2, 0.45, 0.7),
    "continuity": (0.8,),
    "norm": (0.5, 0.2),
    "delegation": (0.6,),
    "champions": (0.15,),
}
"""What is tried one at a time on paper, for a session plan and for slides, beside the month in which the director
leaves: a sceptic, somebody open and a believer as successor, and what belongs to shared leadership."""

BANDS = {
    "successor": ((0.33, "a sceptic, {}"), (0.6, "open to it, {}"), (1.0, "a believer, {}")),
    "norm": (
        (0.34, "whoever steps up ({} turned down)"),
        (0.67, "others too ({} turned down)"),
        (1.0, "those in charge ({} of others turned down)"),
    ),
}

LATEST = 96
"""The director may leave up to this month."""

YEAR = 12


@dataclass(frozen=True)
class Lever:
    """Something that can be moved.

    kind: ``range``, ``switch`` or ``when``. group: ``first``, ``more``, or ``world`` for what nobody knows. now,
    shared, best: where it stands as it is, with leadership shared, and at its helpful end; None where it has none.
    absent: what it means that no value is set, for a lever that may have none. keys: those that its value is given to.
    on: what a switch sets. tries: values to try alone. bands: words for values up to so much, the number in braces.
    """

    slug: str
    kind: str
    group: str
    title: str
    meaning: str
    unit: str = ""
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    now: float | None = 0.0
    shared: float | None = 0.0
    best: float | None = None
    absent: str = ""
    keys: tuple[str, ...] = ()
    on: dict[str, Any] = field(default_factory=dict)
    tries: tuple[float | None, ...] = ()
    bands: tuple[tuple[float, str], ...] = ()

    def set_to(self, value: float | None) -> dict[str, Any]:
        """The keys that a value sets (None: left out); nothing where it stands already. Not for ``when``."""
        if value == self.now:
            return {}
        if self.kind == "switch":
            return dict(self.on)
        return dict.fromkeys(self.keys, int(value) if value is not None and self.step == 1.0 else value)


def levers(scenario: Scenario, seed: int = 1) -> list[Lever]:
    """Every lever of a scenario, in the order of the page.

    Raises ScenarioError where no departure of a director is scheduled: that is what the page is about.
    """
    if not scenario.departures:
        raise ScenarioError(
            f"{scenario.name}: a handout shows a director leaving, and none is scheduled to; add a departure, e.g. "
            "--set events.departure.kind=director_leaves --set events.departure.month=36"
        )
    found = [_when(scenario), *(_intervention(each, scenario) for each in available(scenario, seed)[0])]
    taken = {key for lever in found for key in (*lever.keys, *lever.on)}
    found += [_panel(scenario)]
    for each in every_range():
        if each.kind != "fixed" and each.key not in taken and not each.key.startswith("succession."):
            found.append(_number(each, scenario))
    places = {slug: i for i, slug in enumerate(FIRST)}
    groups = ("first", "more", "world")
    return sorted(found, key=lambda lever: (groups.index(lever.group), places.get(lever.slug, len(places))))


def departure(scenario: Scenario) -> tuple[str, DirectorLeaves]:
    """The director's first departure as it is, and its name."""
    events = [(s, e) for s, e in scenario.events.items() if isinstance(e, DirectorLeaves) and e.enabled]
    return min(events, key=lambda item: item[1].month)


def _when(scenario: Scenario) -> Lever:
    month = float(departure(scenario)[1].month)
    tries = [month + more for more in (-YEAR, YEAR) if month + more >= YEAR]
    return Lever(
        slug="when", kind="when", group="first", title="When the director leaves",
        meaning="The month, or not at all.", unit="months", low=1.0, high=max(float(LATEST), month), step=1.0,
        now=month, shared=month, absent="does not leave", tries=(*tries, None),
    )  # fmt: skip


def _intervention(intervention: Intervention, scenario: Scenario) -> Lever:
    entry, slug = intervention.entry, intervention.slug
    group = "first" if slug in FIRST else "more"
    same: dict[str, Any] = {
        "slug": slug, "group": group, "title": capital(entry.title), "meaning": entry.meaning, "unit": entry.unit,
    }  # fmt: skip
    if slug == "successor":
        return _successor(intervention, scenario, group)
    if entry.switch or intervention.is_drawn:
        on = intervention.best if entry.switch else intervention.at(intervention.most)
        return Lever(**same, kind="switch", step=1.0, best=1.0, on=dict(on))
    now, ends = intervention.value, (entry.worst, entry.best, intervention.value)
    better = max if entry.best > entry.worst else min
    return Lever(
        **same, kind="range", low=float(min(ends)), high=float(max(ends)), step=1.0 if entry.whole else 0.01, now=now,
        shared=float(better(now, SHARED[slug])) if slug in SHARED else now, best=float(entry.best),
        keys=tuple(intervention.now), tries=_tries(slug, now), bands=BANDS.get(slug, ()),
    )  # fmt: skip


def _successor(intervention: Intervention, scenario: Scenario, group: str) -> Lever:
    """Whoever comes, or somebody of whom it is known how far they believe in the change."""
    entry = intervention.entry
    now = None if intervention.is_drawn else intervention.value
    keys = tuple(of_departures(scenario, "successor_commitment"))
    shape = scenario.roles.director.values
    return Lever(
        slug="successor", kind="range", group=group, title="Who comes next", meaning=entry.meaning, now=now, shared=now,
        best=float(entry.best), absent=f"whoever comes ({shape[0] / sum(shape):.0%} on average)", keys=keys,
        tries=_tries("successor", now), bands=BANDS["successor"],
    )  # fmt: skip


def _tries(slug: str, now: float | None) -> tuple[float, ...]:
    return tuple(value for value in TRIES.get(slug, ()) if now is None or abs(value - now) > 0.05)


def _panel(scenario: Scenario) -> Lever:
    keys = tuple(f"events.{slug}.panel" for slug, e in scenario.events.items() if isinstance(e, DirectorLeaves))
    now = value_at(scenario, keys[0])
    now = scenario.succession.panel if now is None else now
    return Lever(
        slug="panel", kind="range", group="more", title="Who appoints",
        meaning="The say of those who report to the director in who is appointed, beside the lead member's. It counts "
        "where it is open who comes next.",
        now=now, shared=now, absent="nobody chooses", keys=keys,
    )  # fmt: skip


def _number(of: Range, scenario: Scenario) -> Lever:
    """A parameter by itself, over its plausible range."""
    keys = (of.key, *_changed(of.key, scenario))
    value = value_at(scenario, of.key)
    now = of.central if value is None else float(value)
    step = 1.0 if of.whole else 10.0 ** (floor(log10(of.high - of.low)) - 2)
    title = capital(dict(fields())[of.key].description or of.key)
    return Lever(
        slug=of.key, kind="range", group="more" if of.kind == "choice" else "world", title=title,
        meaning="", unit="" if of.unit in ("share", "shift") else of.unit, low=min(of.low, now), high=max(of.high, now),
        step=step, now=now, shared=now, keys=keys,
    )  # fmt: skip


def _changed(key: str, scenario: Scenario) -> Iterator[str]:
    """The keys of events that set a parameter too."""
    for slug, event in scenario.events.items():
        if isinstance(event, Change) and event.enabled and value_at(event.set, key) is not None:
            yield f"events.{slug}.set.{key}"


def keys_of(scenario: Scenario, moved: Mapping[str, float | None], of: Sequence[Lever]) -> dict[str, Any]:
    """The keys that moved levers set, by name, None for one that is left out; the page does the same (``model.js``).

    ``moved``: values by lever. Raises ScenarioError for a lever that there is not.
    """
    known = {lever.slug: lever for lever in of}
    if wrong := [slug for slug in moved if slug not in known]:
        raise ScenarioError(unknown("lever", wrong[0], list(known)))
    keys: dict[str, Any] = {}
    for slug, value in moved.items():
        if slug != "when":
            keys |= known[slug].set_to(value)
    name, event = departure(scenario)
    month, reference = moved.get("when", float(event.month)), scenario.reference_month
    if month is None:
        keys[f"events.{name}.enabled"] = False
    elif month != event.month:
        reference += int(month) - event.month if reference == event.month else 0
        keys[f"events.{name}.month"] = int(month)
    return keys | {"measure.reference_month": reference}


def set_to(scenario: Scenario, moved: Mapping[str, float | None], of: Sequence[Lever]) -> Scenario:
    """The scenario with some levers moved, as long as all its verdicts take."""
    keys = keys_of(scenario, moved, of)
    reached = [months for months in scenario.measure.horizons if scenario.reference_month + months <= scenario.months]
    longest = max([*reached, scenario.measure.horizon])
    keys["months"] = max(scenario.months, keys["measure.reference_month"] + longest)
    left_out = [key for key, value in keys.items() if value is None]
    return scenario.with_({key: value for key, value in keys.items() if value is not None}, drop=left_out)


def said(lever: Lever, value: float | None) -> str:
    """A value in words: short, with the number the model takes."""
    if value is None:
        return lever.absent
    if lever.kind == "when":
        years, rest = divmod(int(value), YEAR)
        return f"in month {int(value)}" if rest else f"after {years} year{'' if years == 1 else 's'}"
    if lever.kind == "switch":
        return "yes" if value else "no"
    share = f"{100 * value:.3g}%" if not lever.unit else f"{value:.4g} {lever.unit}"
    return next((words for most, words in lever.bands if value <= most), "{}").format(share)
