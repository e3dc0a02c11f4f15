"""Everything that a leadership team could change so that a change survives, and how far each can go.

The table itself: ``sim/analysis/interventions/catalogue.csv``, in the order in which a person would think of them:
succession, the line, staff, across boundaries, programme. Which end of a range helps was argued beforehand, from the
study and the model's equations, and not found by running. Where each entry stands in a scenario, and which keys it
sets: ``sim.analysis.interventions.intervention``.

The two ends of a range are what one organisation could plausibly reach, so that a tenth of it is a comparable step.
Most ranges are judgement; the ranking of steps is no firmer than they are.
"""

import json
from dataclasses import dataclass
from math import floor
from pathlib import Path
from typing import Any

from sim.base.files import read_table
from sim.organisation.structure import Structure
from sim.scenario.departures import succession_of
from sim.scenario.events import DirectorLeaves
from sim.scenario.roles import Role
from sim.scenario.scenario import Scenario

TENTHS = 10
"""Steps in a range."""


@dataclass(frozen=True)
class CatalogueEntry:
    """Something a leadership team can change.

    ``keys``: those of the scenario that it sets. ``worst``, ``best``: the ends of its plausible range, ``best`` the
    helpful one; for a Beta distribution, the ends of its mean. ``needs``: what must be there, as ``missing`` reads it.
    ``provenance``, ``source``: of the range. ``kind``: of its steps; whole numbers, at least 1 (``whole``), or none,
    since it is off or on (``switch``; on is ``best``). ``unit``: what its numbers count, empty for a share.
    """

    slug: str
    title: str
    meaning: str
    keys: tuple[str, ...]
    worst: Any
    best: Any
    needs: str
    provenance: str
    source: str
    kind: str
    unit: str

    @property
    def switch(self) -> bool:
        """Whether it is off or on, so that it has a full use and no tenth."""
        return self.kind == "switch"

    @property
    def whole(self) -> bool:
        """Whether its steps are whole numbers."""
        return self.kind == "whole"

    @property
    def tenth(self) -> float:
        """A tenth of the range, towards the helpful end; 0 for a switch."""
        if self.switch:
            return 0.0
        size: float = (self.best - self.worst) / TENTHS
        if not self.whole:
            return size
        return max(1, floor(abs(size) + 0.5)) * (1 if size > 0 else -1)

    def missing(self, scenario: Scenario, structure: Structure) -> str:
        """Why it is not open to a scenario and its organisation; empty where it is."""
        leaves = scenario.departures or scenario.random_departures
        match self.needs:
            case "departure" | "vacancy" | "promotion" if not leaves:
                return "no director leaves in this scenario"
            case "vacancy" if not _empty_months(scenario):
                return "the director's seat is never empty"
            case "vacancy" | "promotion" if not len(structure.middle_managers):
                return "there is no middle manager who could stand in"
            case "vacancy" if _stands_in(scenario):
                return "a deputy stands in already"
            case "communities" if not len(structure.communities):
                return "nobody in the organisation speaks for communities"
            case "lead member" if structure.lead_member < 0:
                return "the organisation has no lead member"
            case "programme" if not scenario.subscription.enabled:
                return "there is no outside programme"
            case "programme" if not structure.seats_of(Role.CHANGE_FACILITATOR):
                return "the programme has no change facilitators"
            case "teams" if scenario.organisation.imported:
                return "the links between teams are those of the files"
            case "teams" if len(structure.heads) <= 1:
                return "there is only one team"
            case "partners" if not _generated(scenario, "vcs_partners", "health_partners"):
                return "there are no partners, or their links are those of the files"
            case "coproduction" if not _generated(scenario, "lived_experience"):
                return "there are no people with lived experience, or their links are those of the files"
            case "partners" | "coproduction" if not len(structure.practitioners):
                return "the organisation has no practitioners"
            case "engagement lead" if structure.engagement_lead < 0:
                return "the links do not run through one person"
            case "personal links" if not len(structure.pair_a):
                return "nobody has links that go with the person"
        role = next((role for role in Role if role.slug == self.needs), None)
        return f"the organisation has no {role.several}" if role is not None and not structure.seats_of(role) else ""


def _empty_months(scenario: Scenario) -> bool:
    """Whether some departure leaves the director's seat empty for a while."""
    return any(of_departures(scenario, "vacancy").values()) or bool(
        scenario.random_departures and scenario.succession.vacancy
    )


def _stands_in(scenario: Scenario) -> bool:
    """Whether a deputy stands in already, whenever the director leaves."""
    return set(of_departures(scenario, "interim").values() or [scenario.succession.interim]) == {"deputy"}


def _generated(scenario: Scenario, *keys: str) -> bool:
    """Whether seats of [organisation] are generated, and not only read from files."""
    setting = scenario.organisation
    return any(getattr(setting, key) and (not setting.imported or key in setting.model_fields_set) for key in keys)


def of_departures(scenario: Scenario, name: str) -> dict[str, Any]:
    """A key of [succession] as each scheduled departure has it, earliest first; None where it is drawn at random."""
    events, parameters = scenario.happening(DirectorLeaves).items(), scenario.parameters_by_month()
    return {
        f"events.{slug}.{name}": succession_of(parameters[event.month + 1], event)[name]
        for slug, event in sorted(events, key=lambda item: item[1].month)
    }


def _entry(row: dict[str, str]) -> CatalogueEntry:
    ends = {end: _plain(row[end]) for end in ("worst", "best")}
    return CatalogueEntry(**row | ends | {"keys": tuple(row["keys"].split())})


def _plain(text: str) -> Any:
    """An end of a range: a number, true or false, or else a word."""
    try:
        return json.loads(text)
    except ValueError:
        return text


CATALOGUE = tuple(_entry(row) for row in read_table(Path(__file__).with_name("catalogue.csv")))
"""In the table's order."""
