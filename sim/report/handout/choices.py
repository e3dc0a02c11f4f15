"""The levers of a handout: a few settings each, every combination of which is computed beforehand.

The settings are the design's own (docs/scenario-files.md): a sceptic, somebody open and a believer as successor;
leadership held at the top and leadership shared. Whatever a scenario sets itself is always one of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from sim.analysis.interventions.intervention import Intervention, available
from sim.experiments.ensemble import shortened
from sim.scenario.events import DirectorLeaves
from sim.scenario.parameters import tables
from sim.scenario.scenario import Scenario, ScenarioError

YEAR = 12

SETTINGS = {
    "successor": (0.2, 0.45, 0.7),
    "continuity": (0.0, 0.8),
    "norm": (0.8, 0.5, 0.2),
    "delegation": (0.0, 0.6),
    "champions": (0.0, 0.15),
}
"""The settings of each lever beside the scenario's own, in the order of the page; ``when`` comes before them."""

SHARED = {"norm": 0.2, "delegation": 0.6, "champions": 0.15}
"""Leadership that is shared, as docs/odd.md has it: a soft norm, decisions delegated, some champions."""

ONLY_WITH_A_DEPARTURE = ("successor", "continuity")
"""Parameters that change nothing where the director stays."""

STAYS = -1
"""The value of ``when`` at which the director does not leave."""


@dataclass(frozen=True)
class Option:
    """One setting of a lever: its value, the words on its button, and the keys of the scenario that it sets."""

    value: float
    words: str
    keys: dict[str, Any]


@dataclass(frozen=True)
class Choice:
    """A lever with the settings that are computed. now, shared: places in ``options``; of the scenario as it is, and
    of leadership that is shared (as now, for a lever that has nothing to do with that)."""

    slug: str
    options: tuple[Option, ...]
    now: int
    shared: int


Point = tuple[int, ...]
"""A combination: for each lever the place of its setting."""


@dataclass(frozen=True)
class Grid:
    """All combinations of some choices. ``points``: those that differ, each once; ``place``: combination -> its place
    in ``points``, in the order of ``itertools.product``."""

    choices: tuple[Choice, ...]
    points: tuple[Point, ...]
    place: tuple[int, ...]

    @property
    def now(self) -> int:
        """The place of the scenario as it is."""
        return self.points.index(tuple(choice.now for choice in self.choices))

    @property
    def shared(self) -> int:
        """The place of the scenario with leadership shared."""
        return self.points.index(tuple(choice.shared for choice in self.choices))


def grid(choices: tuple[Choice, ...]) -> Grid:
    """Every combination of the choices; where the director stays, who follows makes no difference."""
    points: dict[Point, int] = {}
    place = []
    for point in product(*(range(len(choice.options)) for choice in choices)):
        stays = any(c.slug == "when" and c.options[i].value == STAYS for c, i in zip(choices, point, strict=True))
        told = tuple(
            c.now if stays and c.slug in ONLY_WITH_A_DEPARTURE else i for c, i in zip(choices, point, strict=True)
        )
        place.append(points.setdefault(told, len(points)))
    return Grid(choices, tuple(points), tuple(place))


def choices(scenario: Scenario, seed: int = 1) -> tuple[Choice, ...]:
    """The levers that a scenario offers to a room. Raises ScenarioError where no departure of a director is scheduled.

    A lever that cannot be pulled (champions without practitioners, say) is not there.
    """
    if not scenario.departures:
        raise ScenarioError(
            f"{scenario.name}: a handout shows a director leaving, and none is scheduled to; add a departure, e.g. "
            "--set events.departure.kind=director_leaves --set events.departure.month=36"
        )
    levers = {lever.slug: lever for lever in available(scenario, seed)[0]}
    found = [_when(scenario)] + [_choice(levers[slug], scenario) for slug in SETTINGS if slug in levers]
    return tuple(choice for choice in found if len(choice.options) > 1)


def settings(scenario: Scenario, of: Grid) -> Scenario:
    """The scenario with each point of the grid as a variant, named by its place; all as long as the longest needs."""
    horizon, reference = scenario.measure.horizon, scenario.reference_month
    variants = {}
    for place, point in enumerate(of.points):
        keys: dict[str, Any] = {"measure.reference_month": reference}
        for choice, i in zip(of.choices, point, strict=True):
            keys |= choice.options[i].keys
        variants[f"p{place}"] = tables(keys)
    latest = max(variant["measure"]["reference_month"] for variant in variants.values())
    alone = shortened(scenario.with_(drop=("variants",)))
    return alone.with_({"months": max(alone.months, latest + horizon), "variants": variants})


def _when(scenario: Scenario) -> Choice:
    """When the director leaves: a year earlier, as it is, a year later, never; only as it is, of several departures."""
    events = [(s, e) for s, e in scenario.events.items() if isinstance(e, DirectorLeaves) and e.enabled]
    slug, event = min(events, key=lambda item: item[1].month)
    only = len(events) == 1 and not scenario.random_departures
    months = [event.month + more for more in (-YEAR, YEAR) if only and event.month + more >= YEAR]
    options = []
    for month in sorted([event.month, *months]):
        keys: dict[str, Any] = {}
        if month != event.month:
            reference = scenario.reference_month + month - event.month
            keys = {f"events.{slug}.month": month, "measure.reference_month": reference}
        options.append(Option(month, after(month), keys))
    now = [option.value for option in options].index(event.month)
    if only:
        options.append(Option(STAYS, "does not leave", {f"events.{slug}.enabled": False}))
    return Choice("when", tuple(options), now, now)


def after(month: int) -> str:
    """A month as people say it: after 3 years; in month 30."""
    years, rest = divmod(month, YEAR)
    return f"in month {month}" if rest else f"after {years} year{'' if years == 1 else 's'}"


def _choice(lever: Intervention, scenario: Scenario) -> Choice:
    wanted = list(SETTINGS[lever.slug])
    near = abs(lever.entry.tenth)
    values = [value for value in wanted if abs(value - lever.value) >= near]
    better = 1 if lever.entry.best > lever.entry.worst else -1
    values = sorted([*values, lever.value], key=lambda value: better * value)
    options = tuple(
        Option(value, said(lever, value), {} if value == lever.value else lever.set_to(value)) for value in values
    )
    now = values.index(lever.value)
    shared = now
    if lever.slug in SHARED:
        nearest = min(range(len(values)), key=lambda i: abs(values[i] - SHARED[lever.slug]))
        shared = max(now, nearest)  # never less than there is already
    return Choice(lever.slug, options, now, shared)


def said(lever: Intervention, value: float) -> str:
    """The words of a setting: short enough for a button, with the number the model takes."""
    share = f"{100 * value:.0f}%"
    if lever.slug == "successor":
        kind = next(words for most, words in _SUCCESSORS if value <= most)
        return f"{kind}, {share} on average" if lever.is_drawn else f"{kind}, {share}"
    if lever.slug == "continuity":
        return f"planned, {share} carried over" if value else "none"
    if lever.slug == "norm":
        return next(words for least, words in _NORMS if value >= least).format(share)
    if lever.slug == "delegation":
        return f"delegated on paper, {share}" if value else "not delegated"
    return f"{share} of them" if value else "none"


_SUCCESSORS = ((0.33, "a sceptic"), (0.6, "open to it"), (1.0, "a believer"))
"""Words for a successor whose own commitment is at most so much."""

_NORMS = (
    (0.67, "those in charge ({} of others turned down)"),
    (0.34, "others too ({} turned down)"),
    (0.0, "whoever steps up ({} turned down)"),
)
"""Words for a hierarchy norm of at least so much."""


def singles(of: Grid) -> Iterator[tuple[Choice, int, int]]:
    """Each setting pulled alone, everything else as it is: the choice, the place in its options, and of the point."""
    base = of.points[of.now]
    for k, choice in enumerate(of.choices):
        for i in range(len(choice.options)):
            point = (*base[:k], i, *base[k + 1 :])
            if i != choice.now and point in of.points:
                yield choice, i, of.points.index(point)
