"""The ledger: every change of every person's commitment, and whom it is owed to; and the same added up."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.base.arrays import Floats
from sim.scenario.roles import KINDS, Role

if TYPE_CHECKING:
    import pandas as pd

OWN_VALUES, TURNOVER, CHANGED, CLIPPING, CHANGED_BEHAVIOUR = range(len(KINDS), len(KINDS) + 5)
"""Kinds of ledger row that are not links: pull of own values, a new person, a changed parameter, holding in [0, 1], and
what a subclass that listens otherwise adds."""

LEDGER_KINDS = (*(kind.slug for kind in KINDS), "own_values", "turnover", "change", "clipping", "changed_behaviour")
"""The kinds of ledger row in words, by number."""

ROUNDING = 1e-12
"""A change smaller than this is rounding."""

LEDGER_ROW = np.dtype(
    [("month", "i4"), ("listener", "i4"), ("source", "i4"), ("heard_from", "i4"), ("kind", "i4"), ("change", "f8")]
)
"""How a row of the ledger is stored."""


class Ledger:
    """Every change of every person's commitment, and whom it is owed to."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, int, int, int, int, float]] = []
        self._packed: list[NDArray[np.void]] = []

    def enter(self, month: int, listener: int, source: int, heard_from: int, kind: int, change: float) -> None:
        """Note a change of ``listener``'s commitment owed to ``source``, heard from ``heard_from``; no zeros."""
        if change != 0.0:
            self._rows.append((month, listener, source, heard_from, int(kind), change))
            if len(self._rows) >= 100_000:  # a large organisation's would not fit in memory as Python objects
                self._pack()

    def add(self, rows: NDArray[np.void]) -> None:
        """Add rows that are stored as ``LEDGER_ROW`` already."""
        self._pack()
        self._packed.append(rows)

    def _pack(self) -> None:
        self._packed.append(np.array(self._rows, dtype=LEDGER_ROW))
        self._rows.clear()

    def rows(self) -> NDArray[np.void]:
        """The rows as they are stored, ``LEDGER_ROW`` each, for sums over many; ``frame`` says what they mean."""
        self._pack()
        return np.concatenate(self._packed)

    def frame(self) -> "pd.DataFrame":
        """The rows: month, listener, source and heard_from (seats), kind, change.

        ``source`` and ``heard_from`` differ where a voluntary-sector partner echoes the director or the stand-in.
        """
        import pandas as pd

        frame = pd.DataFrame(self.rows())
        frame["kind"] = np.array(LEDGER_KINDS, dtype=object)[frame["kind"]]
        return frame


RISE, FALL = range(2)
"""The two signs of a flow, in the order in which they are kept apart."""


@dataclass(frozen=True)
class Flows:
    """The ledger of one future added up: how much commitment each role moved, each month, up and down.

    by_month: [months + 1, roles + 1, kinds of ledger row, 2], changes of commitment owed to a role (by its number) by
    ``LEDGER_KINDS`` and sign (``RISE``, ``FALL``), all listeners together; row 0 is empty. given: [seats, 2], what
    each seat moved along links in the whole run. What a voluntary-sector partner echoes is owed to whoever is echoed.
    """

    by_month: Floats
    given: Floats

    @classmethod
    def blank(cls, months: int, seats: int) -> "Flows":
        """Nothing moved yet."""
        return cls(np.zeros((months + 1, len(Role) + 1, len(LEDGER_KINDS), 2)), np.zeros((seats, 2)))
