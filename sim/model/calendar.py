"""What is scheduled when: the parameters in force in each month, and who leaves, arrives or is cut off in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from sim.base.arrays import Bools, Floats, Ints
from sim.model.parameters import MonthParameters, month_parameters
from sim.organisation.structure import Structure
from sim.scenario.departures import NEVER, terms
from sim.scenario.events import Austerity, DirectorLeaves, PersonLeaves, SubscriptionEnds
from sim.scenario.scenario import Scenario


class Schedule(NamedTuple):
    """What happens when, by the month in whose step 0 it happens (an event's month + 1). All [months + 1].

    austerity: severity added in the month; departs: whether the director is due to leave; vacancy, deputy, successor,
    continuity, panel, promoted: how a departure in this month would go, as in ``Terms``; programme_ends: whether the
    subscription is over. But for the last two, which say who is taken out when: removals, [removals, 3], each a
    month, a seat and a ``sim.model.removal.Removal``; newcomer, [removals], the commitment of whoever follows at once,
    NaN for nobody.
    """

    austerity: Floats
    departs: Bools
    vacancy: Ints
    deputy: Bools
    successor: Floats
    continuity: Floats
    panel: Floats
    promoted: Bools
    programme_ends: Bools
    removals: Ints
    newcomer: Floats


@dataclass(frozen=True)
class Calendar:
    """What a scenario schedules: the parameters in force in each month, 0 being the start, and the rest.

    ``parameters``: [months + 1], the same object from one change to the next. ``leaving``: (month, role, number, event)
    of everyone who is due to leave, the director apart, in order of month.
    """

    parameters: list[MonthParameters]
    schedule: Schedule
    leaving: list[tuple[int, str, int, str]]

    def leavers(self, structure: Structure) -> Ints:
        """Who is due to leave in an organisation: (month, seat), [leavers, 2], in order of month.

        Raises ScenarioError where an event names a seat that the organisation does not have.
        """
        due = [(month, structure.seat_of(role, number, f"events.{slug}")) for month, role, number, slug in self.leaving]
        return np.array(due, dtype=np.int64).reshape(-1, 2)

    def removing(self, month: int, seats: Sequence[int], how: int, newcomer: float = float("nan")) -> "Calendar":
        """The same calendar with the holders of some seats taken out between row ``month`` and the next.

        ``how``: a ``sim.model.removal.Removal``. ``newcomer``: the commitment of whoever follows, where they are
        replaced.
        """
        removals = np.array([(month + 1, seat, how) for seat in seats], dtype=np.int64).reshape(-1, 3)
        follows = np.full(len(removals), newcomer)
        schedule = self.schedule._replace(
            removals=np.concatenate([self.schedule.removals, removals]),
            newcomer=np.concatenate([self.schedule.newcomer, follows]),
        )
        return replace(self, schedule=schedule)

    def staying(self, month: int) -> "Calendar":
        """The same calendar with no departure of the director after row ``month``, neither scheduled nor random."""
        departs, stays = self.schedule.departs.copy(), dict[int, MonthParameters]()
        departs[month + 1 :] = False
        for parameters in self.parameters[month + 1 :]:
            turnover: Any = parameters.turnover
            stays.setdefault(id(parameters), parameters._replace(turnover=turnover._replace(director_tenure=NEVER)))
        in_turn = [
            *self.parameters[: month + 1],
            *(stays[id(parameters)] for parameters in self.parameters[month + 1 :]),
        ]
        return replace(self, parameters=in_turn, schedule=self.schedule._replace(departs=departs))

    def ending_programme(self, month: int) -> "Calendar":
        """The same calendar with the programme over between row ``month`` and the next."""
        ends = self.schedule.programme_ends.copy()
        ends[month + 1] = True
        return replace(self, schedule=self.schedule._replace(programme_ends=ends))


def calendar(scenario: Scenario) -> Calendar:
    """Work out the calendar of a scenario."""
    months = scenario.months
    by_month = scenario.parameters_by_month()
    different = {id(parameters): parameters for parameters in by_month}
    plain = {key: month_parameters(parameters) for key, parameters in different.items()}
    usual = {key: terms(parameters) for key, parameters in different.items()}
    going = [usual[id(parameters)] for parameters in by_month]
    austerity = np.zeros(months + 1)
    departs, ends = np.zeros(months + 1, dtype=np.bool_), np.zeros(months + 1, dtype=np.bool_)
    leaving = []
    for slug, event in scenario.events.items():
        if not event.enabled:
            continue
        month = event.month + 1
        match event:
            case DirectorLeaves():
                departs[month] = True
                going[month] = terms(by_month[month], event)
            case PersonLeaves():
                leaving.append((month, event.role, event.seat, slug))
            case Austerity():
                austerity[month : month + event.months] += event.severity
            case SubscriptionEnds():
                ends[month] = True
    schedule = Schedule(
        austerity=austerity,
        departs=departs,
        vacancy=np.array([how.vacancy for how in going], dtype=np.int64),
        deputy=np.array([how.deputy for how in going], dtype=np.bool_),
        successor=np.array([how.successor_commitment for how in going]),
        continuity=np.array([how.continuity for how in going]),
        panel=np.array([how.panel for how in going]),
        promoted=np.array([how.promoted for how in going], dtype=np.bool_),
        programme_ends=ends,
        removals=np.zeros((0, 3), dtype=np.int64),
        newcomer=np.zeros(0),
    )
    return Calendar(
        [plain[id(parameters)] for parameters in by_month], schedule, sorted(leaving, key=lambda due: due[0])
    )
