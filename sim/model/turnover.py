"""Step 0 and step 6 of a month: who comes and goes, which links are lost and rebuilt, whether the programme renews.

Written once, over the state, in plain loops that also compile. Everything here changes the state in place. Who
wants to leave is decided by the caller, so that a changed person can decide otherwise.
"""

import math

import numpy as np

from sim.base.arrays import Bools, Floats, Ints
from sim.model import removal, rules
from sim.model.calendar import Schedule
from sim.model.draws import Draws
from sim.model.parameters import MonthParameters
from sim.model.removal import INFLUENCE, PERMISSION
from sim.model.state import (
    State,
    crown_champions,
    drawn_values,
    is_staff,
    shift,
)
from sim.organisation.structure import Structure
from sim.scenario.roles import Kind, Role


def yearly_rate(role: int, parameters: MonthParameters) -> float:
    """Leavers per seat per year in a role; the director's leaving, and nobody else's, is a matter of tenure."""
    turnover = parameters.turnover
    if role == Role.PRACTITIONER:
        return turnover.practitioners
    if role == Role.MIDDLE_MANAGER:
        return turnover.managers
    if role == Role.BACK_OFFICE or role == Role.VCS_PARTNER or role == Role.HEALTH_PARTNER:
        return turnover.partners
    return turnover.lived_experience if role == Role.LIVED_EXPERIENCE_MEMBER else 0.0


def leaving_probability(role: int, parameters: MonthParameters) -> float:
    """How likely a person leaves this month: by their role's rate, the director by tenure."""
    if role == Role.DIRECTOR:
        return 1.0 / parameters.turnover.director_tenure  # type: ignore[operator]
    return rules.monthly(yearly_rate(role, parameters))


def found_practice(structure: Structure, state: State, practice: Floats, seats: Ints) -> Floats:
    """What newcomers to some seats would find, [seats]: mean ``practice`` of the sources of their peer links.

    Those cut off, whom nobody sees working, are left out; 0 where there are no peers.
    """
    found, unseen = np.zeros(len(seats)), (state.shut & INFLUENCE) > 0
    anybody = unseen.any()
    for i in range(len(seats)):
        total, peers = 0.0, 0
        for link in range(structure.first[seats[i]], structure.first[seats[i] + 1]):
            if structure.kind[link] == Kind.PEER and not (anybody and unseen[structure.source[link]]):
                total += practice[structure.source[link]]
                peers += 1
        found[i] = total / max(peers, 1)
    return found


def comings_and_goings(
    structure: Structure,
    state: State,
    parameters: MonthParameters,
    draws: Draws,
    schedule: Schedule,
    month: int,
    leaving: Bools,
) -> Bools:
    """Step 0: leavers go, newcomers and successors arrive, links are lost and rebuilt, a deputy steps in.

    ``leaving``: [seats], whose holder leaves this month; the director's entry is ignored while the seat is empty,
    the lead member's and the facilitators' always. Returns [seats], who is new.
    """
    director, before = structure.director, state.practice.copy()
    follows = removal.remove(structure, state, schedule, month)  # nobody is taken out in a plain run
    was_present = state.present[director]
    new = leaving.copy()
    for seat in range(len(new)):
        role = structure.role[seat]
        never = role == Role.LEAD_MEMBER or role == Role.CHANGE_FACILITATOR
        if never or (not state.present[seat] and seat != director):
            new[seat] = False
        chosen = follows[seat] if len(follows) > 0 else math.nan
        new[seat] |= not math.isnan(chosen)
        if new[seat] and seat != director:
            _newcomer(structure, state, parameters, draws, month, seat, chosen, before)
    # The director's seat: emptied now, or empty for one month less; once the wait is over, the successor comes.
    departs = new[director] and was_present
    new[director] = departs
    if departs:
        state.present[director] = False
        state.vacancy[0] = schedule.vacancy[month]
        state.interim[0] = schedule.deputy[month]
        state.arriving[0] = schedule.successor[month]
        state.arriving[1] = schedule.continuity[month]
    elif state.vacancy[0] > 0:
        state.vacancy[0] -= 1
    if len(follows) > 0 and not math.isnan(follows[director]):
        state.present[director], state.vacancy[0], state.interim[0] = False, 0, False
        state.arriving[0], state.arriving[1] = follows[director], 0.0
    if not state.present[director] and state.vacancy[0] == 0:
        _successor(structure, state, parameters, draws, month)
    # Links, with everybody in place; then whoever stands in, as long as the seat is empty.
    _links(structure, state, parameters, draws, month, new)
    if state.present[director]:
        state.deputy[0] = -1
    elif state.interim[0] and (state.deputy[0] < 0 or new[state.deputy[0]] or state.shut[state.deputy[0]] & PERMISSION):
        state.deputy[0] = _most_leading_manager(structure, state)
    new[director] = state.present[director] and (departs or not was_present)
    return new


def _newcomer(
    structure: Structure,
    state: State,
    parameters: MonthParameters,
    draws: Draws,
    month: int,
    seat: int,
    chosen: float,
    before: Floats,
) -> None:
    """Somebody new in a seat; ``chosen``: the commitment and values they are to have, NaN where they are drawn."""
    role, turnover = structure.role[seat], parameters.turnover
    values = drawn_values(draws.newcomer[month, seat], role, parameters)
    commitment = rules.newcomer_commitment(values, turnover.newcomer_commitment)
    if not math.isnan(chosen):
        values = commitment = chosen
    state.values[seat], state.commitment[seat] = values, commitment
    state.leadership[seat] = parameters.roles.leadership[role]
    state.practice[seat] = state.commitment[seat]
    if is_staff(role):
        found = found_practice(structure, state, before, np.array([seat]))[0]
        state.practice[seat] = rules.newcomer_practice(found, turnover.induction, turnover.newcomer_practice)


def _successor(structure: Structure, state: State, parameters: MonthParameters, draws: Draws, month: int) -> None:
    director = structure.director
    own = state.arriving[0]
    if math.isnan(own):
        own = rules.quantile(draws.successor[month], parameters.roles.values[Role.DIRECTOR])
    commitment = rules.successor(state.commitment[director], own, state.arriving[1])
    state.commitment[director] = commitment
    state.practice[director] = commitment
    state.values[director] = commitment
    state.leadership[director] = parameters.succession.successor_leadership
    state.present[director] = True


def _links(
    structure: Structure, state: State, parameters: MonthParameters, draws: Draws, month: int, leaving: Bools
) -> None:
    """Personal links are lost with either person, and rebuilt in time while both seats are filled."""
    for pair in range(len(state.live)):
        a, b = structure.pair_a[pair], structure.pair_b[pair]
        if leaving[a] or leaving[b] or not state.present[a] or not state.present[b]:
            state.live[pair] = False
        elif not state.live[pair]:
            state.live[pair] = draws.rebuild[month, pair] < parameters.turnover.rebuild


def _most_leading_manager(structure: Structure, state: State) -> int:
    best = -1
    for seat in structure.middle_managers:
        if state.shut[seat] & PERMISSION:
            continue
        if best < 0 or state.leadership[seat] > state.leadership[best]:
            best = seat
    return best


def turnover_loss(structure: Structure, state: State, parameters: MonthParameters) -> float:
    """The loss of practised commitment that a month's turnover of staff is expected to bring."""
    induction, floor, loss, here = parameters.turnover.induction, parameters.turnover.newcomer_practice, 0.0, 0
    manager = leaving_probability(Role.MIDDLE_MANAGER, parameters)
    practitioner = leaving_probability(Role.PRACTITIONER, parameters)
    found = found_practice(structure, state, state.practice, structure.staff)
    for i in range(len(found)):
        seat = structure.staff[i]
        if state.present[seat]:
            here += 1
            newcomer = rules.newcomer_practice(found[i], induction, floor)
            leaving = manager if structure.role[seat] == Role.MIDDLE_MANAGER else practitioner
            loss += leaving * (state.practice[seat] - newcomer)
    return loss / here


def retune(structure: Structure, state: State, old: MonthParameters, new: MonthParameters, draws: Draws) -> None:
    """Parameters change part-way: move what is stored per person (values, openness, self-weight, new champions)."""
    if new.influence.openness != old.influence.openness:
        state.openness[:] = new.influence.openness
    if new.influence.self_weight != old.influence.self_weight:
        state.self_weight[:] = new.influence.self_weight
    for seat in range(len(structure.role)):
        moved = shift(structure.role[seat], new) - shift(structure.role[seat], old)
        if moved != 0.0:
            state.values[seat] = rules.clip(state.values[seat] + moved)
    if new.leadership.director_values != old.leadership.director_values:
        state.values[structure.director] = new.leadership.director_values
    if new.leadership.champions > old.leadership.champions:
        crown_champions(new, draws, state, old.leadership.champions)
