"""Which links are live, remembered seat by seat until something changes: plumbing of the Mesa model."""

import numpy as np

from sim.model.parameters import MonthParameters
from sim.model.removal import INFLUENCE, is_heard
from sim.model.state import State, bases
from sim.organisation.structure import Structure
from sim.scenario.roles import HORIZONTAL, KINDS, Kind


class LiveLinks:
    """The live links of a model's organisation, as lists that a person can walk along."""

    def __init__(self, structure: Structure, state: State, parameters: MonthParameters) -> None:
        self._structure, self._state = structure, state
        self._live, self._heard = state.live.copy(), state.present.copy()
        self._base = bases(structure, parameters)
        self._into: dict[int, list[tuple[int, Kind, float]]] = {}
        self._colleagues: dict[int, list[int]] = {}

    def into(self, seat: int) -> list[tuple[int, Kind, float]]:
        """The live links into a seat from people who are present: (source, kind, base weight)."""
        if seat not in self._into:
            structure, state = self._structure, self._state
            self._into[seat] = [
                (int(structure.source[i]), KINDS[structure.kind[i]], float(self._base[i]))
                for i in range(structure.first[seat], structure.first[seat + 1])
                if is_heard(state, structure.source[i]) and (structure.pair[i] < 0 or state.live[structure.pair[i]])
            ]
        return self._into[seat]

    def colleagues(self, seat: int) -> list[int]:
        """The people whom one sees work: the sources of live horizontal links into a seat, each once."""
        if seat not in self._colleagues:
            horizontal = [source for source, kind, _ in self.into(seat) if kind in HORIZONTAL]
            self._colleagues[seat] = list(dict.fromkeys(horizontal))
        return self._colleagues[seat]

    def retune(self, parameters: MonthParameters) -> None:
        """Parameters have changed, and the base weights with them."""
        self._base = bases(self._structure, parameters)
        self._forget()

    def _forget(self) -> None:
        self._into.clear()
        self._colleagues.clear()

    def refresh(self) -> None:
        """Drop what is out of date, for those who lost or won a link and, where who is heard has changed, for all."""
        state, structure = self._state, self._structure
        heard = state.present & ((state.shut & INFLUENCE) == 0)
        if not np.array_equal(heard, self._heard):
            self._forget()
        changed = np.flatnonzero(self._live != state.live)
        self._live, self._heard = state.live.copy(), heard
        for seat in (*structure.pair_a[changed], *structure.pair_b[changed]):
            self._into.pop(int(seat), None)
            self._colleagues.pop(int(seat), None)
