"""Step 0 and step 6 of a month: who comes and goes, which links are lost and rebuilt, whether the programme renews.

Written once, over the state, in plain loops that also compile. Everything here changes the state in place. Who
wants to leave is decided by the caller, so that a changed person can decide otherwise.
"""

import numpy as np
from numpy.typing import NDArray

from sim import rules
from sim.draws import Draws, Terms
from sim.levers import Levers
from sim.quantiles import beta_grid, drawn_values, shift
from sim.roles import STAFF, Role
from sim.state import State, crown_champions
from sim.structure import Structure

Bools = NDArray[np.bool_]


def yearly_rate(role: int, levers: Levers) -> float:
    """Leavers per seat per year in a role; the director's leaving, and nobody else's, is a matter of tenure."""
    turnover = levers.turnover
    if role == Role.PRACTITIONER:
        return turnover.practitioners
    if role == Role.MIDDLE_MANAGER:
        return turnover.managers
    if role in (Role.BACK_OFFICE, Role.VCS_PARTNER, Role.HEALTH_PARTNER):
        return turnover.partners
    return turnover.lived_experience if role == Role.LIVED_EXPERIENCE_MEMBER else 0.0


def found_practice(structure: Structure, practice: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean practice of the sources of each seat's peer links, [seats]: what a newcomer finds; 0 without peers."""
    heard = practice[structure.peer_source]
    totals = np.bincount(structure.peer_target, weights=heard, minlength=len(practice))
    return totals / np.maximum(structure.peer_count, 1)


def comings_and_goings(
    structure: Structure,
    state: State,
    levers: Levers,
    draws: Draws,
    month: int,
    leaving: Bools,
    terms: Terms,
) -> Bools:
    """Step 0: leavers go, newcomers and successors arrive, links are lost and rebuilt, a deputy steps in.

    ``leaving``: [seats], whose holder leaves this month; the director's entry is ignored while the seat is empty,
    the lead member's and the facilitators' always. ``terms``: how the director's departure goes, should it happen
    this month. Returns [seats], who is new.
    """
    director = structure.director
    leaving = leaving & (structure.role != Role.LEAD_MEMBER) & (structure.role != Role.CHANGE_FACILITATOR)
    found = found_practice(structure, state.practice)
    was_present = bool(state.present[director])
    departs = bool(leaving[director]) and was_present
    for seat in np.flatnonzero(leaving):
        if seat != director:
            _newcomer(structure, state, levers, draws, month, int(seat), float(found[seat]))
    if departs:
        state.present[director] = False
        state.vacancy[0] = terms.vacancy
        state.interim[0] = terms.deputy
        own = terms.successor_commitment
        state.arriving[0] = np.nan if own is None else own
        state.arriving[1] = terms.continuity
        if terms.vacancy == 0:
            _successor(structure, state, levers, draws, month)
    elif state.vacancy[0] > 0:
        state.vacancy[0] -= 1
        if state.vacancy[0] == 0:
            _successor(structure, state, levers, draws, month)
    _links(structure, state, levers, draws, month, leaving, departs)
    if state.present[director]:
        state.deputy[0] = -1
    elif state.interim[0] and (state.deputy[0] < 0 or leaving[state.deputy[0]]):
        state.deputy[0] = _most_leading_manager(structure, state)
    new = leaving.copy()
    new[director] = bool(state.present[director]) and (departs or not was_present)
    return new


def _newcomer(
    structure: Structure,
    state: State,
    levers: Levers,
    draws: Draws,
    month: int,
    seat: int,
    found: float,
) -> None:
    role, turnover = int(structure.role[seat]), levers.turnover
    values = drawn_values(float(draws.newcomer[seat, month]), role, levers)
    state.values[seat] = values
    state.commitment[seat] = rules.newcomer_commitment(values, turnover.newcomer_commitment)
    state.leadership[seat] = levers.roles.of(role).leadership
    state.practice[seat] = state.commitment[seat]
    if role in STAFF:
        state.practice[seat] = rules.newcomer_practice(found, turnover.induction, turnover.newcomer_practice)


def _successor(structure: Structure, state: State, levers: Levers, draws: Draws, month: int) -> None:
    director = structure.director
    own = float(state.arriving[0])
    if np.isnan(own):
        a, b = levers.roles.director.values
        own = rules.quantile(float(draws.successor[month]), beta_grid(a, b))
    commitment = rules.successor(float(state.commitment[director]), own, float(state.arriving[1]))
    state.commitment[director] = state.practice[director] = state.values[director] = commitment
    state.leadership[director] = levers.succession.successor_leadership
    state.present[director] = True


def _links(
    structure: Structure,
    state: State,
    levers: Levers,
    draws: Draws,
    month: int,
    leaving: Bools,
    director_departs: bool,
) -> None:
    """Personal links are lost with either person, and rebuilt in time while both seats are filled."""
    for pair in range(len(state.live)):
        a, b = structure.pair_a[pair], structure.pair_b[pair]
        lost = False
        for end in (a, b):
            lost |= director_departs if end == structure.director else bool(leaving[end])
        if lost:
            state.live[pair] = False
        elif not state.live[pair] and state.present[a] and state.present[b]:
            state.live[pair] = draws.rebuild[pair, month] < levers.turnover.rebuild


def _most_leading_manager(structure: Structure, state: State) -> int:
    best = -1
    for seat in range(len(structure.role)):
        if structure.role[seat] == Role.MIDDLE_MANAGER and (
            best < 0 or state.leadership[seat] > state.leadership[best]
        ):
            best = seat
    return best


def end_programme(structure: Structure, state: State) -> None:
    """The subscription is over and the facilitators leave."""
    state.subscribed[0] = False
    state.present[structure.role == Role.CHANGE_FACILITATOR] = False


def review_is_due(state: State, levers: Levers, draws: Draws, month: int) -> bool:
    """Whether the subscription is reviewed at the end of this month: yearly, from month 12 + a phase of 0 to 11."""
    first = levers.subscription.first_review + int(draws.phase * 12)
    return bool(state.subscribed[0]) and month >= first and (month - first) % 12 == 0


def renewal(structure: Structure, state: State, levers: Levers, lead_member_shown: float, austerity: float) -> float:
    """Step 6: how likely the subscription is renewed, from this month's shown positions and the practice at its end.

    Without a lead member their weight is shared between the other two, in proportion.
    """
    how, practice = levers.subscription, state.practice[structure.staff].mean()
    support = how.director_weight * float(state.line[0]) + how.practice_weight * practice
    if structure.lead_member >= 0:
        support += how.lead_member_weight * lead_member_shown
    elif how.director_weight + how.practice_weight > 0.0:
        support *= 1.0 + how.lead_member_weight / (how.director_weight + how.practice_weight)
    return rules.renewal_probability(float(support), how.threshold + austerity, how.steepness)


def turnover_loss(structure: Structure, state: State, levers: Levers) -> float:
    """The loss of practised commitment that a month's turnover of staff is expected to bring."""
    turnover, staff = levers.turnover, structure.staff
    found = found_practice(structure, state.practice)[staff]
    newcomers = np.maximum(turnover.newcomer_practice, turnover.induction * found)
    of_managers = rules.monthly(turnover.managers)
    of_practitioners = rules.monthly(turnover.practitioners)
    rates = np.where(structure.role[staff] == Role.MIDDLE_MANAGER, of_managers, of_practitioners)
    return float((rates * (state.practice[staff] - newcomers)).mean())


def retune(structure: Structure, state: State, old: Levers, new: Levers, draws: Draws) -> None:
    """Levers change part-way: move what is stored per person (values, openness, self-weight, new champions)."""
    if new.influence.openness != old.influence.openness:
        state.openness[:] = new.influence.openness
    if new.influence.self_weight != old.influence.self_weight:
        state.self_weight[:] = new.influence.self_weight
    for seat, role in enumerate(structure.role):
        moved = shift(int(role), new) - shift(int(role), old)
        if moved:
            state.values[seat] = rules.clip(float(state.values[seat]) + moved)
    if new.leadership.director_values != old.leadership.director_values:
        state.values[structure.director] = new.leadership.director_values
    if new.leadership.champions > old.leadership.champions:
        crown_champions(structure, new, draws, state, already=old.leadership.champions)
