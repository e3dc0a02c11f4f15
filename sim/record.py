"""What a run leaves behind: a row a month, and for a single future everyone's state, the ledger and a log in words."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.organisation import Organisation
    from sim.scenario import Scenario

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
    "credibility": "mean credibility of delegation over teams",
}
"""The columns of a month's row, in order, and what they mean. All are shares in [0, 1] but momentum and loss."""

PEOPLE = ("commitment", "practice", "leadership", "present")
"""What is kept of every seat, month by month, when one future is run alone."""

OWN_VALUES, TURNOVER, CHANGED, CLIPPING = "own_values", "turnover", "change", "clipping"
"""Kinds of ledger row that are not links: pull of own values, a new person, a changed lever, holding in [0, 1]."""


class Ledger:
    """Every change of every person's commitment, and whom it is owed to."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, int, int, int, str, float]] = []

    def enter(self, month: int, listener: int, source: int, via: int, kind: str, change: float) -> None:
        """Note a change of ``listener``'s commitment owed to ``source``, heard from ``via``. Zeros are left out."""
        if change != 0.0:
            self._rows.append((month, listener, source, via, kind, change))

    def frame(self) -> "pd.DataFrame":
        """The rows: month, listener, source and via (seats), kind, change.

        ``source`` and ``via`` differ where a voluntary-sector partner echoes the director or the stand-in.
        """
        import pandas as pd

        return pd.DataFrame(self._rows, columns=["month", "listener", "source", "via", "kind", "change"])


@dataclass
class Record:
    """One future of one setting.

    ``monthly``: column -> [months + 1], row m being the state after month m; the columns are ``MONTHLY``.
    ``people``: name -> [months + 1, seats], empty unless asked for. ``ledger``: None unless asked for.
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
    ledger: Ledger | None = None
    log: list[tuple[int, str]] = field(default_factory=list)
    first_departure: int | None = None
    subscription_lost: int | None = None

    @classmethod
    def blank(cls, scenario: "Scenario", organisation: "Organisation", seed: int, future: int, keep: bool) -> "Record":
        """A record with no month written yet; ``keep`` says whether people and ledger are kept."""
        rows, seats = scenario.months + 1, len(organisation)
        monthly = {name: np.full(rows, np.nan) for name in MONTHLY}
        people = {name: np.full((rows, seats), np.nan) for name in PEOPLE} if keep else {}
        return cls(scenario, organisation, seed, future, monthly, people, Ledger() if keep else None)

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

        from sim.roles import Role

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

    def plot(self) -> "Figure":
        """Practised commitment, commitment and momentum of this future, month by month."""
        from sim.plots import plot_future

        return plot_future(self)
