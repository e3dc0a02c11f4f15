"""What people weigh with each other at a moment: the voice of each, the base of each link, and the matrix W of both."""

from typing import Any

import numpy as np
import scipy.sparse as sp

from sim.base.arrays import Floats
from sim.model import rules
from sim.model.parameters import MonthParameters
from sim.model.removal import INFLUENCE
from sim.model.state import State, bases
from sim.organisation.structure import Structure

on_arrays: Any = rules
"""The same rules, called with arrays; those used here are plain arithmetic."""


def authorities(structure: Structure, parameters: MonthParameters) -> Floats:
    """a of every seat, [seats]: the voice that comes with the position."""
    return np.array(parameters.roles.authority)[structure.role]


def weights_of(structure: Structure, state: State, parameters: MonthParameters) -> "sp.csr_array[np.float64]":
    """W at a moment: how much each listener (row) weighs each source (column), sparse, [seats, seats].

    Self weights stand on the diagonal and every row sums to 1 up to rounding. Who is absent or cut off has no voice
    and, as an empty seat hears nobody, a 1 on the diagonal of their own row. A lost personal link counts
    nothing. Only links are in it: what a voluntary-sector partner echoes and what the line permits are
    other channels. Source: docs/odd.md section 7, step 4.
    """
    heard_from = state.present & ((state.shut & INFLUENCE) == 0)
    loud = (
        np.maximum(authorities(structure, parameters) + state.leadership, parameters.influence.voice_floor) * heard_from
    )
    stands = state.present[structure.target].astype(np.float64)
    personal = structure.pair >= 0
    stands[personal] *= state.live[structure.pair[personal]]
    heard = bases(structure, parameters) * stands * loud[structure.source]
    seats = len(structure.role)
    total = np.bincount(structure.target, weights=heard, minlength=seats)
    own = state.self_weight
    weight = on_arrays.influence_weight(heard, total[structure.target], own[structure.target])
    diagonal = on_arrays.influence_weight(own, total, own)
    everyone = np.arange(seats)
    rows = np.concatenate([structure.target, everyone])
    columns = np.concatenate([structure.source, everyone])
    matrix = sp.csr_array(sp.coo_array((np.concatenate([weight, diagonal]), (rows, columns)), shape=(seats, seats)))
    matrix.eliminate_zeros()
    return matrix
