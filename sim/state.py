"""The moving part of an organisation, as arrays over seats and pairs."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim import rules
from sim.draws import Draws
from sim.levers import Levers
from sim.quantiles import starting_values
from sim.roles import STAFF, Role
from sim.structure import Structure

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class State(NamedTuple):
    """One organisation at one moment. All shares in [0, 1].

    commitment, practice, leadership, values: [seats], of whoever holds the seat (the last holder, while empty).
    present: [seats], False for an empty seat and for facilitators once the subscription has lapsed.
    openness, self_weight: [seats], one number per person; everyone's is the lever's unless set otherwise.
    credibility: [seats], of the team that the seat's holder leads.
    live: [pairs], whether a personal link stands.
    The rest have one entry (arriving two), so that they can be changed in place: subscribed; vacancy, the months the
    director's seat has yet to stay empty; arriving, the successor's own commitment (NaN: to be drawn) and
    continuity; deputy, the seat standing in, -1 for none; interim, whether a deputy is wanted; line, what the line
    shows from the top: the director's last shown position, or the stand-in's.
    """

    commitment: Floats
    practice: Floats
    leadership: Floats
    values: Floats
    present: Bools
    openness: Floats
    self_weight: Floats
    credibility: Floats
    live: Bools
    subscribed: Bools
    vacancy: NDArray[np.int64]
    arriving: Floats
    deputy: NDArray[np.int64]
    interim: Bools
    line: Floats


def start(structure: Structure, levers: Levers, draws: Draws) -> State:
    """Row 0 of a future: everyone in place, commitment short of values, hardly any practice."""
    seats, role = len(structure.role), structure.role
    values = starting_values(structure, levers, draws)
    commitment = levers.turnover.newcomer_commitment * values
    for fixed in (Role.DIRECTOR, Role.CHANGE_FACILITATOR):
        commitment[role == fixed] = values[role == fixed]
    leadership = np.array([levers.roles.of(int(r)).leadership for r in role])
    state = State(
        commitment=commitment,
        practice=commitment.copy(),
        leadership=leadership,
        values=values,
        present=np.ones(seats, dtype=np.bool_),
        openness=np.full(seats, levers.influence.openness),
        self_weight=np.full(seats, levers.influence.self_weight),
        credibility=np.zeros(seats),
        live=np.ones(len(structure.pair_a), dtype=np.bool_),
        subscribed=np.array([levers.subscription.enabled]),
        vacancy=np.zeros(1, dtype=np.int64),
        arriving=np.array([np.nan, 0.0]),
        deputy=np.full(1, -1, dtype=np.int64),
        interim=np.zeros(1, dtype=np.bool_),
        line=np.zeros(1),
    )
    state.practice[np.isin(role, STAFF)] = levers.turnover.newcomer_practice
    crown_champions(structure, levers, draws, state, already=0.0)
    chief = structure.director
    state.line[0] = rules.shown(
        float(state.commitment[chief]), float(state.practice[chief]), levers.influence.demonstration
    )
    return state


def crown_champions(structure: Structure, levers: Levers, draws: Draws, state: State, already: float) -> None:
    """Make a share of the practitioners champions: those with the lowest draws, past the share ``already`` made."""
    seats = np.flatnonzero(structure.role == Role.PRACTITIONER)
    order = seats[np.argsort(draws.champion[seats], kind="stable")]
    made, wanted = round(already * len(seats)), round(levers.leadership.champions * len(seats))
    for seat in order[made:wanted]:
        state.leadership[seat] = max(state.leadership[seat], levers.leadership.champion_leadership)
        state.values[seat] = max(state.values[seat], levers.leadership.champion_values)
        state.commitment[seat] = max(state.commitment[seat], state.values[seat])
