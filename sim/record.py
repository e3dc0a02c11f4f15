"""What a run leaves behind: a row a month, and for a single future everyone's state, the ledger and a log in words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim import rules
from sim.roles import KINDS, Role

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.model import OrganisationModel
    from sim.scenario import Scenario
    from sim.state import State
    from sim.structure import Organisation

Floats = NDArray[np.float64]

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
}
"""The columns of a month's row, in order, and what they mean. All are shares in [0, 1] but momentum and loss."""

PEOPLE = ("commitment", "practice", "leadership", "present")
"""What is kept of every seat, month by month, when one future is run alone."""

Keep = Literal["months", "people", "everything"]
"""How much a record keeps: the row of each month; everyone's state as well; and the ledger of influence too."""

OWN_VALUES, TURNOVER, CHANGED, CLIPPING = "own_values", "turnover", "change", "clipping"
CHANGED_BEHAVIOUR = "changed_behaviour"
"""Kinds of ledger row that are not links: pull of own values, a new person, a changed lever, holding in [0, 1], and
what a subclass that listens otherwise adds."""

ROUNDING = 1e-12
"""A change smaller than this is rounding."""


_LEDGER_ROW = np.dtype(
    [("month", "i4"), ("listener", "i4"), ("source", "i4"), ("via", "i4"), ("kind", "i2"), ("change", "f8")]
)


class Ledger:
    """Every change of every person's commitment, and whom it is owed to."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, int, int, int, int, float]] = []
        self._packed: list[NDArray[np.void]] = []
        self._kinds: dict[str, int] = {}

    def enter(self, month: int, listener: int, source: int, via: int, kind: str, change: float) -> None:
        """Note a change of ``listener``'s commitment owed to ``source``, heard from ``via``. Zeros are left out."""
        if change != 0.0:
            code = self._kinds.setdefault(kind, len(self._kinds))
            self._rows.append((month, listener, source, via, code, change))
            if len(self._rows) >= 100_000:  # a large organisation's would not fit in memory as Python objects
                self._pack()

    def _pack(self) -> None:
        self._packed.append(np.array(self._rows, dtype=_LEDGER_ROW))
        self._rows.clear()

    def hear(self, model: "OrganisationModel", after: list[float]) -> None:
        """Enter a month's listening of everyone; ``after`` is everyone's commitment after it.

        Each live link's part is owed to its source, the pull of own values to oneself. What a voluntary-sector
        partner echoes is owed to whoever is echoed, the rest to the partner. What a changed person's listening adds
        to that is entered as ``changed_behaviour``.
        """
        month, state = model.month, model.state
        for listener, person in enumerate(model.people):
            before, parts = state.commitment.item(listener), 0.0
            if not person.present:
                continue
            for source, via, kind, moved in _heard(model, listener):
                self.enter(month, listener, source, via, kind, moved)
                parts += moved
            if abs(rest := after[listener] - before - parts) > ROUNDING:
                self.enter(month, listener, listener, listener, CHANGED_BEHAVIOUR, rest)

    def frame(self) -> "pd.DataFrame":
        """The rows: month, listener, source and via (seats), kind, change.

        ``source`` and ``via`` differ where a voluntary-sector partner echoes the director or the stand-in.
        """
        import pandas as pd

        self._pack()
        frame = pd.DataFrame(np.concatenate(self._packed))
        frame["kind"] = pd.Series(list(self._kinds), dtype=object).reindex(frame["kind"]).to_numpy()
        return frame


def _heard(model: "OrganisationModel", listener: int) -> Iterator[tuple[int, int, str, float]]:
    """What moved one person this month: (source, via, kind, change of commitment)."""
    from sim.agents import VCSPartner

    state, influence = model.state, model.levers.influence
    before, rate = state.commitment.item(listener), influence.rate
    self_weight, openness = state.self_weight.item(listener), state.openness.item(listener)
    links = model.people[listener].hears()
    total = sum([base * model.voices[source] for source, _, base in links])
    yield listener, listener, OWN_VALUES, rules.moved_by_values(state.values.item(listener), before, rate, openness)
    for source, kind, base in links:
        weight = rules.influence_weight(base * model.voices[source], total, self_weight)
        moved = rules.moved_by(weight, model.shown[source], before, rate, openness)
        if type(model.people[source]).shows is VCSPartner.shows:
            f = model.levers.leadership.funding_dependency
            echo = f * rules.moved_by(weight, model.director_shown, before, rate, openness)
            yield model.who_shows, source, kind.slug, echo
            moved -= echo
        yield source, source, kind.slug, moved


@dataclass
class Record:
    """One future of one setting.

    ``monthly``: column -> [months + 1], row m being the state after month m; the columns are ``MONTHLY``.
    ``people``: name -> [months + 1, seats], empty unless asked for; ``live``: [months + 1, pairs], which personal
    links stood, None unless asked for. ``ledger``: None unless asked for.
    ``log``: (month, what happened), the month being the one an event is scheduled at.
    ``first_departure``: the month of the director's first departure, None if there was none.
    ``subscription_lost``: the row at which the subscription was over, None if it never was.
    """

    scenario: "Scenario"
    organisation: "Organisation"
    seed: int
    future: int
    monthly: dict[str, Floats]
    people: dict[str, Floats] = field(default_factory=dict)
    live: NDArray[np.bool_] | None = None
    ledger: Ledger | None = None
    log: list[tuple[int, str]] = field(default_factory=list)
    first_departure: int | None = None
    subscription_lost: int | None = None

    @classmethod
    def blank(cls, scenario: "Scenario", organisation: "Organisation", seed: int, future: int, keep: Keep) -> "Record":
        """A record with no month written yet; ``keep`` says how much will be."""
        rows, seats = scenario.months + 1, len(organisation)
        monthly = {name: np.full(rows, np.nan) for name in MONTHLY}
        record = cls(scenario, organisation, seed, future, monthly)
        if keep != "months":
            record.people = {name: np.full((rows, seats), np.nan) for name in PEOPLE}
            record.live = np.zeros((rows, len(organisation.structure.pair_a)), dtype=np.bool_)
        if keep == "everything":
            record.ledger = Ledger()
        return record

    def write(
        self,
        month: int,
        state: "State",
        momentum: float = np.nan,
        turnover_loss: float = np.nan,
        director_shown: float = np.nan,
    ) -> None:
        """Write the row of a month from the state at its end."""
        structure, row = self.organisation.structure, self.monthly
        row["practice"][month] = state.practice[structure.staff].mean()
        row["commitment"][month] = state.commitment[structure.staff].mean()
        row["leadership"][month] = state.leadership[structure.staff].mean()
        row["momentum"][month] = momentum
        row["turnover_loss"][month] = turnover_loss
        row["subscribed"][month] = float(state.subscribed[0])
        row["director_present"][month] = float(state.present[structure.director]) if month else np.nan
        row["director_shown"][month] = director_shown
        for name, values, seats in (
            ("managers_commitment", state.commitment, structure.middle_managers),
            ("practitioners_commitment", state.commitment, structure.practitioners),
            ("credibility", state.credibility, structure.heads),
        ):
            row[name][month] = values[seats].mean() if len(seats) else np.nan
        for name in PEOPLE if self.people else ():
            self.people[name][month] = getattr(state, name)
        if self.live is not None:
            self.live[month] = state.live

    def credit(self, month: int, before: Floats, state: "State", kind: str) -> None:
        """Enter in the ledger every change of commitment since ``before`` as of one kind, owed to the seat itself."""
        if self.ledger is not None:
            for seat in np.flatnonzero(before != state.commitment):
                change = float(state.commitment[seat] - before[seat])
                self.ledger.enter(month, int(seat), int(seat), int(seat), kind, change)

    def note_leavers(self, month: int, seats: list[int]) -> None:
        """Put those who leave as scheduled, the director apart, into the log."""
        for seat in seats:
            self.log.append((month - 1, f"{self.organisation.labels[seat]} leaves and is replaced"))

    def notice(self, month: int, state: "State", departs: bool, was_present: bool, deputy: int, vacancy: int) -> None:
        """Put the month's news of the director into the log; ``deputy`` is who stood in before."""
        when, director, now = month - 1, self.organisation.structure.director, state.deputy.item()
        if departs:
            if self.first_departure is None:
                self.first_departure = when
            gap = f"the seat stays empty for {vacancy} months" if vacancy else "the successor is there at once"
            self.log.append((when, f"the director leaves; {gap}"))
        if now >= 0 and now != deputy:
            self.log.append((when, f"{self.organisation.labels[now]} stands in for the director"))
        if state.present[director] and (departs or not was_present):
            self.log.append((when, f"the new director arrives, commitment {state.commitment[director]:.2f}"))

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

        structure, words, influence = self.organisation.structure, self.scenario.words, self.scenario.influence
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
                weight = getattr(influence, kind.slug) * float(structure.weight[i])
                named = words.kind(kind) if words.kinds else kind.slug
                graph.add_edge(int(source), int(target), kind=named, direction=kind.direction, weight=weight)
        return graph

    def plot(self) -> "Figure":
        """Practised commitment, commitment and momentum of this future, month by month."""
        from sim.plots import plot_future

        return plot_future(self)
