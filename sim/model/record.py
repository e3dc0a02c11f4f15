"""What a run leaves behind: a row a month, and for a single future everyone's state, the ledger and a log in words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim.base.arrays import Bools, Floats
from sim.model.ledger import Flows, Ledger
from sim.model.parameters import month_parameters
from sim.model.state import bases, mean_at, mean_unshut, norm_outside
from sim.scenario.roles import KINDS, Role

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

    from sim.model.calendar import Schedule
    from sim.model.parameters import MonthParameters
    from sim.model.state import State
    from sim.organisation.structure import Organisation, Structure
    from sim.scenario.scenario import Scenario


MONTHLY = {
    "practice": "practised commitment Q: mean practice of staff",
    "commitment": "mean commitment of staff",
    "leadership": "mean leadership of staff",
    "momentum": "expected change of practised commitment by practising, before anyone's draw; row 0 has none",
    "turnover_loss": "expected loss of practised commitment by turnover; row 0 has none",
    "subscribed": "1 while the organisation subscribes to the programme, else 0",
    "director_present": "1 if the director's seat was filled in the month; row 0 has none",
    "director_shown": "what the line showed from the top: the director, or the stand-in; row 0 has none",
    "managers_commitment": "mean commitment of middle managers",
    "practitioners_commitment": "mean commitment of practitioners",
    "credibility": "mean credibility of delegation over the teams of practitioners and those that managers lead",
    "norm": "mean hierarchy norm of the teams that have practitioners",
    "embedding": "how far the new way stands in forms, rules, budgets and induction",
}
"""The columns of a month's row, in order, and what they mean. All are shares in [0, 1] but momentum and loss."""

PEOPLE = ("commitment", "practice", "leadership", "present")
"""What is kept of every seat, month by month, when one future is run alone."""

_COLUMN = {name: i for i, name in enumerate(MONTHLY)}
MOMENTUM, LOSS = _COLUMN["momentum"], _COLUMN["turnover_loss"]
PRESENT, SHOWN = _COLUMN["director_present"], _COLUMN["director_shown"]
NORM, EMBEDDING = _COLUMN["norm"], _COLUMN["embedding"]
"""Columns that are not read off the state at the month's end, or not in every row."""


def month_row(structure: "Structure", state: "State", parameters: "MonthParameters", row: Floats) -> None:
    """Write what can be read off the state at a month's end into its row, [columns of MONTHLY]. Also compiles."""
    for column in range(len(row)):
        row[column] = np.nan
    here = state.present
    row[0] = mean_at(state.practice, structure.staff, here)
    row[1] = mean_at(state.commitment, structure.staff, here)
    row[2] = mean_at(state.leadership, structure.staff, here)
    row[5] = state.subscribed[0]
    row[PRESENT] = state.present[structure.director]
    row[8] = mean_at(state.commitment, structure.middle_managers, here)
    row[9] = mean_at(state.commitment, structure.practitioners, here)
    row[10] = mean_unshut(state.credibility, structure.heads, state.shut, 0)
    row[NORM] = norm_outside(state.norm, structure.team_heads, parameters.leadership.hierarchy_norm)
    row[EMBEDDING] = state.embedding[0]


Keep = Literal["months", "end", "people", "everything"]
"""How much a record keeps: the row of each month; everyone's state at the end as well, or in every month; and the
ledger of influence too."""


def kept_rows(keep: Keep, months: int) -> int:
    """Of how many months a record has everyone's state."""
    return {"months": 0, "end": 1}.get(keep, months + 1)


@dataclass
class Record:
    """One future of one setting.

    ``monthly``: column -> [months + 1], row m being the state after month m; the columns are ``MONTHLY``, and
    ``table`` has them all, [columns, months + 1].
    ``people``: name -> [months + 1, seats], empty unless asked for (with ``end``: one row, the last); ``states`` has
    them all, [names, months + 1, seats]. ``live``: [months + 1, pairs], which personal links stood, None unless asked
    for. ``ledger``: None unless asked for. ``flows``: the ledger added up, None unless asked for.
    ``log``: (month, what happened), the month being the one an event is scheduled at. ``milestones``: of these, what
    befell the director and the programme: (month, ``leaves``, ``arrives``, ``lapses`` or ``restarts``, commitment of
    who arrives).
    ``first_departure``: the month of the director's first departure, None if there was none.
    ``subscription_lost``: the row at which the subscription was first over, None if it never was.
    """

    scenario: "Scenario"
    organisation: "Organisation"
    seed: int
    future: int
    table: Floats
    states: Floats
    live: Bools | None = None
    ledger: Ledger | None = None
    flows: Flows | None = None
    keep: Keep = "months"
    first_departure: int | None = None
    subscription_lost: int | None = None
    changed: tuple[str, ...] = ()
    """The classes of people that were used in place of the model's own."""
    untold: "Callable[[Record], None] | None" = None
    """What puts the log together when it is asked for."""
    _log: list[tuple[int, str]] = field(default_factory=list)
    _milestones: list[tuple[int, str, float]] = field(default_factory=list)

    @classmethod
    def bare(
        cls, scenario: "Scenario", organisation: "Organisation", seed: int, future: int, keep: Keep, flows: bool
    ) -> "Record":
        """A record whose arrays are still to come; what is empty now, and not None, is wanted."""
        ledger = Ledger() if keep == "everything" else None
        live = None if keep == "months" else np.empty((0, 0), dtype=np.bool_)
        nothing = np.empty((0, 0))
        moved = Flows(nothing, nothing) if flows else None
        return cls(scenario, organisation, seed, future, nothing, nothing, live, ledger, moved, keep)

    @classmethod
    def blank(cls, scenario: "Scenario", organisation: "Organisation", seed: int, future: int, keep: Keep) -> "Record":
        """A record with no month written yet; ``keep`` says how much will be."""
        rows, seats = scenario.months + 1, len(organisation)
        kept = kept_rows(keep, scenario.months)
        table, states = np.full((len(MONTHLY), rows), np.nan), np.full((len(PEOPLE), kept, seats), np.nan)
        record = cls(scenario, organisation, seed, future, table, states, keep=keep)
        if kept:
            record.live = np.zeros((kept, len(organisation.structure.pair_a)), dtype=np.bool_)
        if keep == "everything":
            record.ledger = Ledger()
        return record

    @property
    def log(self) -> list[tuple[int, str]]:
        """(month, what happened), the month being the one an event is scheduled at."""
        self._put_together()
        return self._log

    @property
    def milestones(self) -> list[tuple[int, str, float]]:
        """What befell the director and the programme: (month, what, commitment of who arrives)."""
        self._put_together()
        return self._milestones

    def _put_together(self) -> None:
        if self.untold is not None:
            tell, self.untold = self.untold, None
            tell(self)

    def write(
        self,
        month: int,
        state: "State",
        parameters: "MonthParameters",
        momentum: float = np.nan,
        turnover_loss: float = np.nan,
        director_shown: float = np.nan,
    ) -> None:
        """Write the row of a month from the state at its end."""
        row = self.table[:, month]
        month_row(self.organisation.structure, state, parameters, row)
        row[MOMENTUM], row[LOSS], row[SHOWN] = momentum, turnover_loss, director_shown
        if month == 0:
            row[PRESENT] = np.nan
        if self.live is not None and (len(self.live) > 1 or month == self.scenario.months):
            row_kept = month if len(self.live) > 1 else 0
            for name in PEOPLE:
                self.people[name][row_kept] = getattr(state, name)
            self.live[row_kept] = state.live

    def credit(self, month: int, before: Floats, state: "State", kind: int) -> None:
        """Enter in the ledger every change of commitment since ``before`` as of one kind, owed to the seat itself."""
        if self.ledger is not None:
            for seat in np.flatnonzero(before != state.commitment):
                change = float(state.commitment[seat] - before[seat])
                self.ledger.enter(month, int(seat), int(seat), int(seat), kind, change)

    def notice(
        self,
        month: int,
        schedule: "Schedule",
        leavers: Iterable[int],
        departs: bool,
        deputy_before: int,
        deputy: int,
        arrival: float,
        came_from: int,
    ) -> None:
        """Put a month's comings and goings into the log.

        ``leavers``: the seats whose holders were due to leave; ``arrival``: a new director's commitment, NaN for none;
        ``came_from``: the seat a new director was promoted from, -1 for none.
        """
        when, labels = month - 1, self.organisation.labels
        if schedule.departs[month] and not departs:
            self.log.append((when, "a departure of the director is due, but the seat is empty"))
        for seat in leavers:
            self.log.append((when, f"{labels[seat]} leaves and is replaced"))
        if departs:
            if self.first_departure is None:
                self.first_departure = when
            vacancy = schedule.vacancy[month]
            gap = f"the seat stays empty for {vacancy} months" if vacancy else "the successor is there at once"
            self.log.append((when, f"the director leaves; {gap}"))
            self.milestones.append((when, "leaves", np.nan))
        if deputy >= 0 and deputy != deputy_before:
            self.log.append((when, f"{labels[deputy]} stands in for the director"))
        if not np.isnan(arrival):
            who = f"{labels[came_from]} becomes director" if came_from >= 0 else "the new director arrives"
            self.log.append((when, f"{who}, commitment {arrival:.2f}"))
            self.milestones.append((when, "arrives", arrival))

    def lapse(self, month: int, scheduled: bool) -> None:
        """Note that the subscription is over from row ``month`` on: ended as ``scheduled``, or not renewed."""
        if self.subscription_lost is None:
            self.subscription_lost = month
        when, words = (month - 1, "ends as scheduled") if scheduled else (month, "is not renewed")
        self.log.append((when, f"the subscription {words}"))
        self.milestones.append((when, "lapses", np.nan))

    def restart(self, month: int) -> None:
        """Note that the organisation subscribes again from row ``month`` on."""
        self.log.append((month, "the organisation subscribes again"))
        self.milestones.append((month, "restarts", np.nan))

    @cached_property
    def monthly(self) -> dict[str, Floats]:
        """Column -> [months + 1]."""
        return dict(zip(MONTHLY, self.table, strict=True))

    @cached_property
    def people(self) -> dict[str, Floats]:
        """Name -> [months + 1, seats]; empty unless asked for."""
        return dict(zip(PEOPLE, self.states, strict=True)) if self.live is not None else {}

    def row_kept(self, month: int) -> int | None:
        """The row of ``people`` and ``live`` that has a month; None where it was not kept."""
        kept, last = len(self.live) if self.live is not None else 0, self.scenario.months
        if kept == 0 or not (0 <= month <= last if kept > 1 else month == last):
            return None
        return month if kept > 1 else 0

    @property
    def months(self) -> "pd.DataFrame":
        """A row a month with the columns of ``MONTHLY``, indexed by month."""
        import pandas as pd

        frame = pd.DataFrame(self.monthly)
        frame.index.name = "month"
        return frame

    @property
    def seats(self) -> "pd.DataFrame":
        """A row a seat and month: seat, label, role and what ``PEOPLE`` names. Empty unless people were kept."""
        import pandas as pd

        if not self.people:
            return pd.DataFrame(columns=["month", "seat", "label", "role", *PEOPLE])
        rows, seats = next(iter(self.people.values())).shape
        columns: dict[str, Any] = {
            "month": np.repeat(np.arange(rows), seats),
            "seat": np.tile(np.arange(seats), rows),
            "label": np.tile(np.array(self.organisation.labels, dtype=object), rows),
            "role": np.tile([Role(r).slug for r in self.organisation.structure.role], rows),
        }
        columns |= {name: values.ravel() for name, values in self.people.items()}
        return pd.DataFrame(columns)

    @property
    def told(self) -> list[str]:
        """The log in sentences, e.g. ``month 41: the new director arrives, commitment 0.20``."""
        say = self.scenario.words.say
        return [say(f"month {month}: {what}") for month, what in self.log]

    def graph(self, month: int) -> "nx.MultiDiGraph[int]":
        """The network as it stood at row ``month``: people with their state, and the links that were live.

        Nodes have label, role, present, commitment, practice and leadership; edges, from the one who influences
        to the one who listens, have kind, direction and weight (the link's times its kind's). Needs people kept.
        """
        import networkx as nx

        structure, words = self.organisation.structure, self.scenario.words
        base = bases(structure, month_parameters(self.scenario))
        graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(month=month, future=self.future, seed=self.seed)
        for seat, label in enumerate(self.organisation.labels):
            state = {name: float(self.people[name][month, seat]) for name in PEOPLE if name != "present"}
            present = bool(self.people["present"][month, seat])
            role = Role(structure.role[seat])
            named = words.role(role) if words.roles else role.slug
            graph.add_node(seat, label=label, role=named, present=present, **state)
        for i, (source, target) in enumerate(zip(structure.source, structure.target, strict=True)):
            if self.live is None or structure.pair[i] < 0 or self.live[month, structure.pair[i]]:
                kind = KINDS[structure.kind[i]]
                weight = float(base[i])
                named = words.kind(kind) if words.kinds else kind.slug
                graph.add_edge(int(source), int(target), kind=named, direction=kind.direction, weight=weight)
        return graph
