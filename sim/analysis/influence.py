"""Structural influence: whose starting position people end up with, were the weights of a moment to stay.

Source: Friedkin & Johnsen (1990, 1999); docs/dependency.md, the structural reading of single-leader
dependency.
"""

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike
from scipy.sparse.linalg import splu

from sim.base.arrays import Floats
from sim.model.parameters import MonthParameters, month_parameters
from sim.model.record import Record
from sim.model.state import State, blank
from sim.model.weights import weights_of


def total_influence(openness: ArrayLike, weights: Any) -> Floats:
    """V = (I - O W)^-1 (I - O): how much of each final position (row) each starting one (column) makes up.

    ``openness``: [people], in [0, 1]; 0 is someone who never moves. ``weights``: W, [people, people],
    dense or sparse, not negative, rows summing to 1. Rows of V sum to 1. Raises ValueError where shapes or
    ranges are wrong, and where some people are fully open (openness 1) and hear, directly or through
    others, nobody who holds on to a position of their own: then V is not determined. Source: Friedkin &
    Johnsen (1990, 1999).
    """
    open_, w = _checked(openness, weights)
    system = sp.csc_array(sp.eye_array(len(open_)) - sp.diags_array(open_) @ w)
    return np.asarray(splu(system).solve(np.diag(1.0 - open_)))


def shares_over(openness: ArrayLike, weights: Any, listeners: ArrayLike) -> Floats:
    """``share_over`` of V without making V, which in a large organisation would fill the memory; [people].

    One sparse system is solved: r = (1 - o) z, (I - O W)^T z = the mean over listeners. Raises ValueError as
    ``total_influence`` and ``share_over`` do.
    """
    open_, w = _checked(openness, weights)
    rows = np.asarray(listeners, dtype=np.int64)
    if rows.size == 0:
        raise ValueError("there is nobody to take the mean over")
    mean = np.bincount(rows, minlength=len(open_)) / rows.size
    system = sp.csc_array((sp.eye_array(len(open_)) - sp.diags_array(open_) @ w).T)
    return np.asarray((1.0 - open_) * splu(system).solve(mean))


def _checked(openness: ArrayLike, weights: Any) -> tuple[Floats, "sp.csr_array[np.float64]"]:
    """Openness and weights as arrays. Raises ValueError where V is not determined by them."""
    open_ = np.asarray(openness, dtype=np.float64)
    w = sp.csr_array(weights, dtype=np.float64)
    n = len(open_)
    if open_.ndim != 1 or w.shape != (n, n):
        raise ValueError(f"openness has shape {open_.shape} and weights {w.shape}; [n] and [n, n] are needed")
    if not ((open_ >= 0.0) & (open_ <= 1.0)).all():
        raise ValueError("openness must lie in [0, 1]")
    if (w.data < 0.0).any() or not np.allclose(w.sum(axis=1), 1.0, rtol=0.0, atol=1e-9):
        raise ValueError("weights must not be negative and each row must sum to 1")
    anchored = open_ < 1.0
    while True:
        further = anchored | ((w @ anchored.astype(np.float64)) > 0.0)
        if (further == anchored).all():
            break
        anchored = further
    if not anchored.all():
        raise ValueError(
            f"{int((~anchored).sum())} of {n} people are fully open and hear nobody with a position of "
            "their own, so I - OW cannot be inverted; give somebody among them an openness below 1"
        )
    return open_, w


def share_over(influence: Floats, listeners: ArrayLike) -> Floats:
    """r: the mean row of V over some listeners, [seats]: each person's share of what they end up holding.

    The director's entry, over staff, is the structural reading of single-leader dependency. It sums to 1.
    Raises ValueError where there are no listeners.
    """
    rows = np.asarray(listeners, dtype=np.int64)
    if rows.size == 0:
        raise ValueError("there is nobody to take the mean over")
    return np.asarray(influence[rows].mean(axis=0))


def effective_leaders(shares: ArrayLike) -> float:
    """1 / sum r^2: how many equally influential people would spread influence as evenly as this; from 1 up.

    ``shares``: r, [people], summing to 1, as ``share_over`` gives them.
    """
    r = np.asarray(shares, dtype=np.float64)
    return float(1.0 / (r @ r))


def structural(record: Record, month: int) -> Floats:
    """Each seat's share of what staff would end up holding, were the weights of row ``month`` to stay; [seats], sum 1.

    ``record`` must have people kept and ``month`` be one of its rows, else ValueError is raised. The director's entry
    is the structural reading of single-leader dependency.
    Facilitators never move, so in V they are fully stubborn and weigh as much as anybody who is heard can.
    """
    if record.row_kept(month) is None:
        raise ValueError(
            f"month {month}: a row from 0 to {record.scenario.months} of a record that kept people is needed"
        )
    structure = record.organisation.structure
    parameters = month_parameters(record.scenario.parameters_by_month()[month])
    state = state_at(record, month, parameters)
    here = structure.staff[state.present[structure.staff]]
    return shares_over(state.openness, weights_of(structure, state, parameters), here)


def state_at(record: Record, month: int, parameters: MonthParameters) -> State:
    """What a record with people kept says of the state at a row: enough for ``weights_of``, and no more.

    Nobody is taken to be cut off; openness and self-weight are the parameters' of that month.
    """
    structure = record.organisation.structure
    state, row = blank(len(structure.role), len(structure.pair_a)), record.row_kept(month)
    for name, values in record.people.items():
        getattr(state, name)[:] = values[row]
    state.live[:] = record.live[row]  # type: ignore[index]
    state.openness[:], state.self_weight[:] = parameters.influence.openness, parameters.influence.self_weight
    return state
