"""The entries of the catalogue where they stand in a scenario, and the keys that each sets.

``available`` says which interventions a scenario is open to; ``Intervention.at`` gives the keys to set for so many
tenths of the range towards the helpful end.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import chain
from math import ceil
from typing import Any

from sim.analysis.interventions.catalogue import CATALOGUE, CatalogueEntry, of_departures
from sim.base.errors import unknown
from sim.organisation.generate import organisation
from sim.scenario.events import Change, PersonLeaves, SubscriptionEnds
from sim.scenario.parameters import tables, value_at
from sim.scenario.scenario import Scenario, ScenarioError

SET_ASIDE = "set aside"
"""Why an intervention that the caller excludes is left out."""


@dataclass(frozen=True)
class Intervention:
    """A catalogue entry where it stands in a scenario.

    ``now``, ``best``: for every key that it sets, the value in force and the helpful end. Where an event sets the key
    too, the event's key is among them, so that the intervention has its effect.
    """

    entry: CatalogueEntry
    now: Mapping[str, Any]
    best: Mapping[str, Any]

    @property
    def slug(self) -> str:
        """The intervention's name."""
        return self.entry.slug

    @property
    def most(self) -> int:
        """Tenths to its full use (the last may be partial); 1 for a switch that is off, 0 where it is at its best."""
        if self.entry.switch:
            return int(any(self.now[key] != self.best[key] for key in self.now))
        tenth = self.entry.tenth
        gaps = [float(self.best[key] - _number(now)) / tenth for key, now in self.now.items()]
        return max(0, ceil(max(gaps) - 1e-9))

    @property
    def can_worsen(self) -> bool:
        """Whether there is a step the wrong way: not for a switch, nor at the worst end."""
        return not self.entry.switch and self.at(-1) != self.at(0)

    def at(self, tenths: int) -> dict[str, Any]:
        """The keys to set for so many tenths towards the helpful end (below 0: away from it), kept within the range."""
        if self.entry.switch:
            return dict(self.best) if tenths > 0 else dict(self.now)
        return {key: self._moved(now, self.best[key], tenths) for key, now in self.now.items()}

    @property
    def value(self) -> float:
        """Where it stands: the first key that it sets, as a number."""
        return _number(next(iter(self.now.values())))

    @property
    def is_drawn(self) -> bool:
        """Whether it moves the mean of a draw."""
        return isinstance(next(iter(self.now.values())), list)

    def set_to(self, value: float) -> dict[str, Any]:
        """The keys to set for any value, within the range or not; for a Beta distribution, that mean."""
        return {key: _at(now, value) for key, now in self.now.items()}

    def shown(self, tenths: int) -> str:
        """The value after so many tenths as a person reads it, without its unit."""
        if self.entry.switch:
            return "as it is" if tenths <= 0 else "in place"
        return f"{_number(self.at(tenths)[self.main(tenths)]):.3g}"

    def main(self, tenths: int) -> str:
        """The key to show for so many tenths: the first that moves."""
        moved = self.at(tenths)
        return next((key for key, now in self.now.items() if moved[key] != now), next(iter(self.now)))

    def from_to(self, tenths: int) -> str:
        """From what value to what, as a person reads it: ``9 → 6 months``."""
        if self.entry.switch:
            return self.shown(tenths)
        now = _number(self.now[self.main(tenths)])
        return f"{now:.3g} → {self.shown(tenths)} {self.entry.unit}".rstrip()

    def _moved(self, now: Any, best: float, tenths: int) -> Any:
        start, step = _number(now), self.entry.tenth
        end = best if tenths > 0 else self.entry.worst
        moved = start + tenths * step
        if (end - start) * tenths * step <= 0:  # at this end, or past it
            return now
        moved = min(moved, end) if end > start else max(moved, end)
        return int(moved) if self.entry.whole else _at(now, float(moved))


def _at(now: Any, value: float) -> Any:
    """A value in place of the present one; a Beta distribution takes it as its mean and keeps its spread."""
    mean = round(value, 10)
    return [mean * sum(now), (1.0 - mean) * sum(now)] if isinstance(now, list) else mean


def _number(value: Any) -> float:
    """A number; of a Beta distribution's two shapes, its mean."""
    return value[0] / sum(value) if isinstance(value, list) else float(value)


def combined(interventions: Collection[tuple[Intervention, int]], since: int = 0) -> dict[str, Any]:
    """What several interventions set, each at so many tenths, as tables within tables.

    ``since``: the month from which they do, by a change of parameters part-way. What belongs to the departure, the
    organisation or the people in it is set from the start all the same.
    """
    each = (intervention.at(tenths).items() for intervention, tenths in interventions)
    keys = tables(dict(chain.from_iterable(each)))
    later = {table: values for table, values in keys.items() if table not in _FROM_THE_START}
    if not since or not later:
        return keys
    kept = {table: values for table, values in keys.items() if table not in later}
    change = {"kind": "change", "month": since, "set": later}
    return kept | {"events": kept.get("events", {}) | {"measures": change}}


_FROM_THE_START = "events", "organisation", "succession", "roles"


def clash(one: Intervention, other: Intervention) -> bool:
    """Whether two interventions set the same key, so that they cannot be combined."""
    return bool(one.now.keys() & other.now.keys())


def available(
    scenario: Scenario, seed: int = 1, without: Collection[str] = ()
) -> tuple[list[Intervention], dict[str, str]]:
    """The interventions open to a scenario, in the catalogue's order; and those that are not, slug -> why.

    ``without``: slugs to leave out. Raises ScenarioError for a slug that is not in the catalogue.
    """
    slugs = [entry.slug for entry in CATALOGUE]
    for slug in without:
        if slug not in slugs:
            raise ScenarioError(unknown("intervention", slug, slugs))
    structure = organisation(scenario, seed, 0).structure
    interventions, left_out = [], {}
    for entry in CATALOGUE:
        why = SET_ASIDE if entry.slug in without else entry.missing(scenario, structure)
        if why:
            left_out[entry.slug] = why
        else:
            interventions.append(_standing(entry, scenario))
    return interventions, left_out


def _standing(entry: CatalogueEntry, scenario: Scenario) -> Intervention:
    """An entry with the value in force of each of its keys, wherever it is set."""
    now: dict[str, Any] = {}
    for key in entry.keys:
        table, _, name = key.partition(".")
        if table == "succession":
            now |= of_departures(scenario, name)
        now[key] = value_at(scenario, key)
        for slug, event in scenario.happening(Change).items():
            if (changed := value_at(event.set, key)) is not None:
                now[f"events.{slug}.set.{key}"] = changed
    if entry.slug == "successor" and _is_drawn(scenario):  # then it is the draw that moves
        now["roles.director.values"] = list(scenario.roles.director.values)
    now = {key: value for key, value in now.items() if value is not None}
    best = dict.fromkeys(now, entry.best)
    for slug in _events_in_the_way(entry, scenario):
        now[f"events.{slug}.enabled"], best[f"events.{slug}.enabled"] = True, False
    return Intervention(entry, now, best)


def _is_drawn(scenario: Scenario) -> bool:
    """Whether the commitment of some successor is drawn at random."""
    usual = scenario.random_departures and scenario.succession.successor_commitment is None
    return usual or None in of_departures(scenario, "successor_commitment").values()


def _events_in_the_way(entry: CatalogueEntry, scenario: Scenario) -> list[str]:
    """Events that would undo an entry: the programme's scheduled end, or an only engagement lead leaving."""
    if entry.slug == "programme_kept":
        return list(scenario.happening(SubscriptionEnds))
    if entry.slug == "many_links":
        leavers = scenario.happening(PersonLeaves).items()
        return [slug for slug, event in leavers if event.role == "engagement_lead"]
    return []
