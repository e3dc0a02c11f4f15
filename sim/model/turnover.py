"""Step 0 of a month: who comes and goes, who follows a director, which links are lost and rebuilt.

Written once, over the state, in plain loops that also compile. Everything here changes the state in place. Who
wants to leave is decided by the caller, so that a changed person can decide otherwise.
"""

import math

import numpy as np

from sim.base.arrays import Bools, Floats
from sim.model import draws as drawn
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
    openness,
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


def found_practice(structure: Structure, state: State, practice: Floats, seat: int) -> float:
    """What a newcomer to a seat would find: mean ``practice`` of the sources of its peer links.

    Those cut off, whom nobody sees working, are left out; 0 where there are no peers.
    """
    total, peers = 0.0, 0
    for link in range(structure.first[seat], structure.first[seat + 1]):
        if structure.kind[link] == Kind.PEER and not state.shut[structure.source[link]] & INFLUENCE:
            total += practice[structure.source[link]]
            peers += 1
    return total / max(peers, 1)


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

    A manager who is promoted leaves a seat, which is filled like any other.

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
        state.arriving[2] = schedule.panel[month]
        state.arriving[3] = schedule.promoted[month]
    elif state.vacancy[0] > 0:
        state.vacancy[0] -= 1
    if len(follows) > 0 and not math.isnan(follows[director]):
        state.present[director], state.vacancy[0], state.interim[0] = False, 0, False
        state.arriving[0], state.arriving[1] = follows[director], 0.0
        state.arriving[2], state.arriving[3] = math.nan, 0.0
    if not state.present[director] and state.vacancy[0] == 0:
        promoted = state.arriving[3] > 0.0 and not state.shut[director] & PERMISSION
        rises = _who_rises(structure, state, new) if promoted else -1
        _successor(structure, state, parameters, draws, month, rises)
        for seat in structure.middle_managers:
            if seat == rises:
                new[seat] = True
                _newcomer(structure, state, parameters, draws, month, seat, math.nan, before)
    # Links, with everybody in place; then whoever stands in, as long as the seat is empty.
    _links(structure, state, parameters, draws, month, new)
    if state.present[director]:
        state.deputy[0] = -1
    elif state.interim[0]:
        state.deputy[0] = _who_rises(structure, state, new)
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
    values = drawn_values(drawn.newcomer(structure, draws, month, seat), role, parameters)
    commitment = rules.newcomer_commitment(values, turnover.newcomer_commitment)
    if not math.isnan(chosen):
        values = commitment = chosen
    state.values[seat], state.commitment[seat] = values, commitment
    state.leadership[seat] = parameters.roles.leadership[role]
    state.practice[seat] = state.commitment[seat]
    if is_staff(role):
        peers = found_practice(structure, state, before, seat)
        found = rules.found_by_newcomers(peers, state.embedding[0])
        state.practice[seat] = rules.newcomer_practice(found, turnover.induction, turnover.newcomer_practice)


def _successor(
    structure: Structure, state: State, parameters: MonthParameters, draws: Draws, month: int, rises: int
) -> None:
    """A new director: the manager who rises, with what is their own, or (``rises`` -1) somebody from outside."""
    director, leadership = structure.director, parameters.succession.successor_leadership
    if rises >= 0:
        commitment, values = state.commitment[rises], state.values[rises]
        leadership = max(leadership, state.leadership[rises])
    else:
        own = state.arriving[0]
        if not math.isnan(state.arriving[2]):
            own = _appointed(structure, state, parameters, draws.candidates[month], state.arriving[2])
        elif math.isnan(own):
            own = rules.quantile(draws.successor[month], parameters.roles.values[Role.DIRECTOR])
        commitment = values = rules.successor(state.commitment[director], own, state.arriving[1])
    state.commitment[director] = commitment
    state.practice[director] = rules.deeds(commitment, parameters.leadership.director_integrity)
    state.values[director] = values
    state.leadership[director] = leadership
    state.present[director] = True
    state.came_from[0] = rises


CHOOSINESS = 5.0
"""How sharply those who appoint a director prefer candidates near the position they look for."""


def _appointed(structure: Structure, state: State, parameters: MonthParameters, draws: Floats, panel: float) -> float:
    """The commitment of the candidate who is appointed; ``draws``: one for each candidate, and one for the choice."""
    reports, number, lead_member = 0.0, 0, structure.lead_member
    for seat in range(len(structure.role)):
        if structure.manager[seat] == structure.director:
            reports += _position(state, parameters, seat)
            number += 1
    if lead_member < 0 and number == 0:  # nobody to choose: the first who applied
        return rules.quantile(draws[0], parameters.roles.values[Role.DIRECTOR])
    if lead_member < 0:
        panel = 1.0
    elif number == 0:
        panel = 0.0
    lead_member_shown = _position(state, parameters, lead_member) if lead_member >= 0 else 0.0
    looked_for = rules.wanted(lead_member_shown, reports / max(number, 1), panel)
    commitments, chances, total = np.empty(len(draws) - 1), np.empty(len(draws) - 1), 0.0
    for candidate in range(len(chances)):
        commitments[candidate] = rules.quantile(draws[candidate], parameters.roles.values[Role.DIRECTOR])
        chances[candidate] = rules.appeal(commitments[candidate], looked_for, CHOOSINESS)
        total += chances[candidate]
    left, chosen = draws[len(chances)] * total, 0
    while chosen < len(chances) - 1 and left >= chances[chosen]:
        left -= chances[chosen]
        chosen += 1
    return commitments[chosen]  # type: ignore[no-any-return]


def _position(state: State, parameters: MonthParameters, seat: int) -> float:
    """What is read at a seat in step 0: what its holder shows, or what stands in the place of who is cut off."""
    if state.shut[seat] & PERMISSION:
        return state.stands[seat]  # type: ignore[no-any-return]
    return rules.shown(state.commitment[seat], state.practice[seat], parameters.influence.demonstration)


def _links(
    structure: Structure, state: State, parameters: MonthParameters, draws: Draws, month: int, leaving: Bools
) -> None:
    """Personal links are lost with either person, and rebuilt in time while both seats are filled."""
    for pair in range(len(state.live)):
        a, b = structure.pair_a[pair], structure.pair_b[pair]
        if leaving[a] or leaving[b] or not state.present[a] or not state.present[b]:
            state.live[pair] = False
        elif not state.live[pair]:
            state.live[pair] = drawn.rebuild(structure, draws, month, pair) < parameters.turnover.rebuild


def _who_rises(structure: Structure, state: State, new: Bools) -> int:
    """Whoever stands in already, unless they have just left; else the manager who leads most, -1 for none."""
    best = state.deputy[0]
    if best >= 0 and not new[best] and not state.shut[best] & PERMISSION:
        return int(best)
    best = -1
    for seat in structure.middle_managers:
        if state.shut[seat] & PERMISSION:
            continue
        if best < 0 or state.leadership[seat] > state.leadership[best]:
            best = seat
    return int(best)


def turnover_loss(structure: Structure, state: State, parameters: MonthParameters, peers: Floats) -> float:
    """The loss of practised commitment that a month's turnover of staff is expected to bring.

    ``peers``: [seats], for staff, what ``found_practice`` finds in the practice of this month.
    """
    induction, floor, loss, here = parameters.turnover.induction, parameters.turnover.newcomer_practice, 0.0, 0
    manager = leaving_probability(Role.MIDDLE_MANAGER, parameters)
    practitioner = leaving_probability(Role.PRACTITIONER, parameters)
    for seat in structure.staff:
        if state.present[seat]:
            here += 1
            found = rules.found_by_newcomers(peers[seat], state.embedding[0])
            newcomer = rules.newcomer_practice(found, induction, floor)
            leaving = manager if structure.role[seat] == Role.MIDDLE_MANAGER else practitioner
            loss += leaving * (state.practice[seat] - newcomer)
    return loss / here


def retune(structure: Structure, state: State, old: MonthParameters, new: MonthParameters, draws: Draws) -> None:
    """Parameters change part-way: move what is stored per person (values, openness, self-weight, new champions)."""
    for seat in range(len(structure.role)):
        if new.influence.self_weight != old.influence.self_weight:
            state.self_weight[seat] = new.influence.self_weight
        if openness(structure.role[seat], new) != openness(structure.role[seat], old):
            state.openness[seat] = openness(structure.role[seat], new)
        moved = shift(structure.role[seat], new) - shift(structure.role[seat], old)
        if moved != 0.0:
            state.values[seat] = rules.clip(state.values[seat] + moved)
    if new.leadership.hierarchy_norm != old.leadership.hierarchy_norm:
        norm = new.leadership.hierarchy_norm
        for seat in range(len(state.norm)):
            state.norm[seat] = rules.clip(norm + state.norm[seat]) - norm
    if new.leadership.director_values != old.leadership.director_values:
        state.values[structure.director] = new.leadership.director_values
    if new.leadership.champions > old.leadership.champions:
        crown_champions(new, draws, state, old.leadership.champions)
