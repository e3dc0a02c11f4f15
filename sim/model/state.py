"""The moving part of an organisation, as arrays over seats and pairs. What is done to it here also compiles."""

import math
from typing import NamedTuple

import numpy as np

from sim.base.arrays import Bools, Floats, Ints
from sim.model import draws as drawn
from sim.model import rules
from sim.model.draws import Draws
from sim.model.parameters import MonthParameters
from sim.organisation.structure import Structure
from sim.scenario.roles import Kind, Role


class State(NamedTuple):
    """One organisation at one moment. All shares in [0, 1].

    Of every seat, [seats]:

    - commitment, practice, leadership, values: of whoever holds the seat (the last holder, while empty).
    - present: False for an empty seat, and for facilitators once the subscription has lapsed.
    - openness, self_weight: one number per person; everyone's is the parameter's unless set otherwise.
    - credibility: of the team that the seat's holder leads, how real delegation has proved.
    - norm: of that team, how far its hierarchy norm has moved from the parameter ``hierarchy_norm``.

    Of every pair of people with a personal link, [pairs]:

    - live: whether the link stands.

    Of who is taken out (``sim.model.removal``); usually nobody is:

    - shut: [seats], the channels of a seat that are shut, as ``Removal`` has them.
    - stands: [seats], where anybody is to be taken out, the position last shown from a seat and, from then on,
      what is read in its place.

    Of the organisation; one entry (arriving four), so that they can be changed in place:

    - embedding: how far the new way stands in forms, rules, budgets and induction.
    - subscribed: whether the organisation keeps up the programme.
    - vacancy: the months the director's seat has yet to stay empty.
    - arriving: the successor's own commitment (NaN: to be drawn), continuity, a panel's say (NaN: nobody chooses),
      and whether a manager is promoted (1) or not.
    - came_from: the seat from which the present director was promoted, -1 for none.
    - deputy: the seat standing in, -1 for none.
    - interim: whether a deputy is wanted.
    - line: what the line shows from the top: the director's last shown position, or the stand-in's.
    """

    commitment: Floats
    practice: Floats
    leadership: Floats
    values: Floats
    present: Bools
    openness: Floats
    self_weight: Floats
    credibility: Floats
    norm: Floats
    live: Bools
    shut: Ints
    stands: Floats
    embedding: Floats
    subscribed: Bools
    vacancy: Ints
    arriving: Floats
    came_from: Ints
    deputy: Ints
    interim: Bools
    line: Floats


def blank(seats: int, pairs: int) -> State:
    """Room for one organisation's state, with nothing in it yet: each array full of one number."""
    return State(
        commitment=np.zeros(seats),
        practice=np.zeros(seats),
        leadership=np.zeros(seats),
        values=np.zeros(seats),
        present=np.ones(seats, dtype=np.bool_),
        openness=np.zeros(seats),
        self_weight=np.zeros(seats),
        credibility=np.zeros(seats),
        norm=np.zeros(seats),
        live=np.ones(pairs, dtype=np.bool_),
        shut=np.zeros(seats, dtype=np.int64),
        stands=np.zeros(seats),
        embedding=np.zeros(1),
        subscribed=np.zeros(1, dtype=np.bool_),
        vacancy=np.zeros(1, dtype=np.int64),
        arriving=np.zeros(4),
        came_from=np.full(1, -1, dtype=np.int64),
        deputy=np.full(1, -1, dtype=np.int64),
        interim=np.zeros(1, dtype=np.bool_),
        line=np.zeros(1),
    )


def start(structure: Structure, parameters: MonthParameters, draws: Draws) -> State:
    """Row 0 of a future: everyone in place, commitment short of values, hardly any practice."""
    state = blank(len(structure.role), len(structure.pair_a))
    begin(structure, parameters, draws, state)
    return state


def begin(structure: Structure, parameters: MonthParameters, draws: Draws, state: State) -> None:
    """Fill a blank state with row 0."""
    known = structure.known
    for seat in range(len(structure.role)):
        role = structure.role[seat]
        values = drawn_values(drawn.newcomer(structure, draws, 0, seat), role, parameters)
        if role == Role.DIRECTOR:
            values = parameters.leadership.director_values
        state.values[seat] = values = either(known[seat, VALUES], values)
        commitment = values
        if role != Role.DIRECTOR and role != Role.CHANGE_FACILITATOR:
            commitment = rules.newcomer_commitment(values, parameters.turnover.newcomer_commitment)
        state.commitment[seat] = commitment = either(known[seat, COMMITMENT], commitment)
        practice = parameters.turnover.newcomer_practice
        if role == Role.DIRECTOR:
            practice = rules.deeds(commitment, parameters.leadership.director_integrity)
        elif not is_staff(role):
            practice = commitment
        state.practice[seat] = either(known[seat, PRACTICE], practice)
        state.leadership[seat] = either(known[seat, LEADERSHIP], parameters.roles.leadership[role])
        state.openness[seat] = openness(role, parameters)
        state.self_weight[seat] = parameters.influence.self_weight
    state.subscribed[0] = parameters.subscription.enabled
    crown_champions(parameters, draws, state, 0.0)
    for seat in draws.champion:  # what is known of somebody holds for a champion too
        state.values[seat] = either(known[seat, VALUES], state.values[seat])
        state.commitment[seat] = either(known[seat, COMMITMENT], state.commitment[seat])
        state.leadership[seat] = either(known[seat, LEADERSHIP], state.leadership[seat])
    chief = structure.director
    for seat in range(len(state.stands)):
        state.stands[seat] = rules.shown(
            state.commitment[seat], state.practice[seat], parameters.influence.demonstration
        )
    state.line[0] = rules.shown(state.commitment[chief], state.practice[chief], parameters.influence.demonstration)


COMMITMENT, PRACTICE, VALUES, LEADERSHIP = range(4)
"""The columns of ``Structure.known``."""


def either(known: float, usual: float) -> float:
    """What is known of somebody, or what is usual where it is NaN."""
    return usual if math.isnan(known) else known


def openness(role: int, parameters: MonthParameters) -> float:
    """The openness of people in a role: everybody's, unless directors have their own."""
    own = parameters.influence.director_openness
    if role != Role.DIRECTOR or math.isnan(own):  # type: ignore[arg-type]
        return parameters.influence.openness
    return own  # type: ignore[return-value]


def is_staff(role: int) -> bool:
    """Whether a role is a middle manager's or a practitioner's."""
    return role == Role.MIDDLE_MANAGER or role == Role.PRACTITIONER


def drawn_values(u: float, role: int, parameters: MonthParameters) -> float:
    """The values of a person new to a role, from a uniform number u, shifted by the parameters and held in [0, 1]."""
    if role == Role.CHANGE_FACILITATOR:
        return 1.0
    return rules.clip(rules.quantile(u, parameters.roles.values[role]) + shift(role, parameters))


def shift(role: int, parameters: MonthParameters) -> float:
    """How far the parameters move the values of everyone in a role."""
    if is_staff(role):
        return parameters.leadership.values_shift
    return parameters.leadership.back_office_shift if role == Role.BACK_OFFICE else 0.0


def crown_champions(parameters: MonthParameters, draws: Draws, state: State, already: float) -> None:
    """Make a share of the practitioners champions: the first in order, past the share ``already`` made."""
    made, wanted = round(already * len(draws.champion)), round(parameters.leadership.champions * len(draws.champion))
    for place in range(len(draws.champion)):
        if not made <= place < wanted:
            continue
        seat = draws.champion[place]
        state.leadership[seat] = max(state.leadership[seat], parameters.leadership.champion_leadership)
        state.values[seat] = max(state.values[seat], parameters.leadership.champion_values)
        state.commitment[seat] = max(state.commitment[seat], state.values[seat])


def link_bases(structure: Structure, parameters: MonthParameters) -> Floats:
    """b of every link, [links]: the base weight of its kind times the link's own, shared among too many fellows."""
    base = np.empty(len(structure.kind))
    for link in range(len(base)):
        base[link] = kind_base(structure.kind[link], parameters) * structure.weight[link]
        fellows = structure.fellows[structure.target[link]]
        if structure.fellow[link] and fellows > parameters.influence.attention:
            base[link] *= rules.attended(fellows, parameters.influence.attention)
    return base


def bases(structure: Structure, parameters: MonthParameters) -> Floats:
    """``link_bases`` all at once and to the bit, for whoever asks from Python."""
    base = np.array([kind_base(kind, parameters) for kind in Kind])[structure.kind] * structure.weight
    fellows, attention = structure.fellows[structure.target], parameters.influence.attention
    many = structure.fellow & (fellows > attention)
    sizes, which = np.unique(fellows[many], return_inverse=True)
    base[many] *= np.array([rules.attended(size, attention) for size in sizes])[which]
    return base


def kind_base(kind: int, parameters: MonthParameters) -> float:
    """The base weight of a kind of link."""
    how = parameters.influence
    if kind == Kind.LINE_DOWN:
        return how.line_down
    if kind == Kind.LINE_UP:
        return how.line_up
    if kind == Kind.PEER:
        return how.peer
    if kind == Kind.PARTNER:
        return how.partner
    return how.coproduction if kind == Kind.COPRODUCTION else how.facilitation


def team_norm(moved: Floats, team: int, hierarchy_norm: float) -> float:
    """N_g: the hierarchy norm of a team, given how far each has moved; the organisation's for no team (-1)."""
    return hierarchy_norm + (moved[team] if team >= 0 else 0.0)


def norm_outside(moved: Floats, teams: Ints, hierarchy_norm: float) -> float:
    """N for people from outside: the mean N_g over the ``teams`` that have practitioners."""
    total = 0.0
    for team in teams:
        total += moved[team]
    return hierarchy_norm + total / max(len(teams), 1)


def learn(
    structure: Structure,
    state: State,
    parameters: MonthParameters,
    claims: Floats,
    granted: Floats,
    austerity: float,
) -> None:
    """Step 5: what a month's claims and answers, [seats] by team, do to each team's credibility and norm."""
    how = parameters.leadership
    towards = rules.norm_of_the_organisation(how.hierarchy_norm, austerity)
    for team in structure.managing:
        yes, no = granted[team], claims[team] - granted[team]
        state.credibility[team] = rules.credibility(state.credibility[team], yes + no, yes, how.credibility_memory)
        norm = rules.norm(how.hierarchy_norm + state.norm[team], yes, no, how.norm_granted, how.norm_refused)
        state.norm[team] = rules.drifted(norm, towards, how.norm_drift) - how.hierarchy_norm


def mean_at(values: Floats, seats: Ints, counted: Bools) -> float:
    """The mean of some seats' values, of those that are ``counted`` ([seats]), in their order; NaN for none."""
    total, number = 0.0, 0
    for seat in seats:
        if counted[seat]:
            total += values[seat]
            number += 1
    return total / number if number > 0 else math.nan


def mean_unshut(values: Floats, seats: Ints, shut: Ints, channel: int) -> float:
    """The mean of some seats' values, of those whose ``channel`` is not shut, in their order; NaN for none."""
    total, number = 0.0, 0
    for seat in seats:
        if not shut[seat] & channel:
            total += values[seat]
            number += 1
    return total / number if number > 0 else math.nan
