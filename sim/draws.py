"""Every random number of a future, addressed and not consumed; and the calendar of what is scheduled.

A draw is a uniform number in [0, 1) found at (stream, seat or pair of seats, month). The key of a stream comes from
numpy's ``SeedSequence`` of the root seed, the future and the stream's name; the number itself is what numpy's
counter-based ``Philox`` generator gives at that key and address. So two scenarios with the same seed share every
draw that both use, whatever else differs between them: one more team, a longer run, another order of futures.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.levers import Levers
from sim.scenario import Scenario
from sim.scheduled import Austerity, DirectorLeaves, PersonLeaves, SubscriptionEnds
from sim.structure import Structure
from sim.uniform import Uniforms

Floats = NDArray[np.float64]


class Draws(NamedTuple):
    """The draws of one future. Column m of an array is for month m; column 0, where used, is the start.

    leave, newcomer, practise, claim, grant: [seats, months + 1]; rebuild: [pairs, months + 1];
    champion: [seats]; director_leaves, successor, renewal: [months + 1]; phase: one number.
    """

    leave: Floats
    newcomer: Floats
    practise: Floats
    claim: Floats
    grant: Floats
    rebuild: Floats
    champion: Floats
    director_leaves: Floats
    successor: Floats
    renewal: Floats
    phase: float


CHAMPION, DEPARTURE, SUCCESSOR, REVIEW, PHASE = 1, 1, 2, 1, 2
"""Second halves of addresses that are not a pair of seats; a seat's own address is never this small."""


def draw(structure: Structure, months: int, seed: int, future: int) -> Draws:
    """All draws of one future of an organisation over ``months`` months."""
    uniforms = Uniforms(seed, future)
    seats = structure.address
    none = np.zeros_like(seats)
    pairs = (seats[structure.pair_a], seats[structure.pair_b])
    one = np.array([DEPARTURE, SUCCESSOR], dtype=np.uint64)
    director = uniforms.rows("director", one, one * 0, months + 1)
    renewal = uniforms.rows("renewal", one, one * 0, months + 1)
    return Draws(
        leave=uniforms.rows("turnover", seats, none, months + 1),
        newcomer=uniforms.rows("traits", seats, none, months + 1),
        practise=uniforms.rows("practice", seats, none, months + 1),
        claim=uniforms.rows("claims", seats, none, months + 1),
        grant=uniforms.rows("grants", seats, none, months + 1),
        rebuild=uniforms.rows("rebuilding", *pairs, months + 1),
        champion=uniforms.rows("traits", seats, none + np.uint64(CHAMPION), 1)[:, 0],
        director_leaves=director[0],
        successor=director[1],
        renewal=renewal[0],
        phase=float(renewal[1, 0]),
    )


@dataclass(frozen=True)
class Terms:
    """How one departure of the director goes."""

    vacancy: int
    deputy: bool
    successor_commitment: float | None
    continuity: float


@dataclass(frozen=True)
class Calendar:
    """What a scenario schedules, by the month in whose step 0 it happens (an event's month + 1).

    levers[m]: the levers in force in month m, 0 being the start; austerity[m]: severity added in month m;
    departures: month -> terms; leavers: month -> seats whose holder leaves; programme_ends: months.
    """

    levers: list[Levers]
    austerity: Floats
    departures: dict[int, Terms]
    leavers: dict[int, list[int]]
    programme_ends: frozenset[int]


def calendar(scenario: Scenario, structure: Structure) -> Calendar:
    """Work out the calendar of a scenario in one organisation.

    Raises ScenarioError where an event names a seat that the organisation does not have.
    """
    months = scenario.months
    levers = scenario.levers_by_month()
    austerity = np.zeros(months + 1)
    departures: dict[int, Terms] = {}
    leavers: dict[int, list[int]] = {}
    ends = set()
    for slug, event in scenario.events.items():
        if not event.enabled:
            continue
        month = event.month + 1
        match event:
            case DirectorLeaves():
                departures[month] = terms(levers[month], event)
            case PersonLeaves():
                leavers.setdefault(month, []).append(structure.seat_of(event.role, event.seat, f"events.{slug}"))
            case Austerity():
                austerity[month : month + event.months] += event.severity
            case SubscriptionEnds():
                ends.add(month)
    return Calendar(levers, austerity, departures, leavers, frozenset(ends))


def terms(levers: Levers, event: DirectorLeaves | None = None) -> Terms:
    """How a departure goes: the event's own words where it has any, else those of ``[succession]``."""
    usual = levers.succession
    if event is None:
        return Terms(usual.vacancy, usual.interim == "deputy", usual.successor_commitment, usual.continuity)
    interim = event.interim or usual.interim
    own = usual.successor_commitment if event.successor_commitment is None else event.successor_commitment
    return Terms(
        vacancy=usual.vacancy if event.vacancy is None else event.vacancy,
        deputy=interim == "deputy",
        successor_commitment=own,
        continuity=usual.continuity if event.continuity is None else event.continuity,
    )
