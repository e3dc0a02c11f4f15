"""Step 7 of a month: whether the programme is up for review, how likely it is renewed, its end, a restart. Compiles."""

import math

from sim.base.arrays import Floats
from sim.model import rules
from sim.model.draws import Draws
from sim.model.parameters import MonthParameters
from sim.model.removal import SUBSCRIPTION, is_emptied
from sim.model.state import State, either, mean_unshut
from sim.organisation.structure import Structure
from sim.scenario.roles import Role


def end_programme(structure: Structure, state: State) -> None:
    """The subscription is over and the facilitators leave."""
    state.subscribed[0] = False
    for seat in range(len(structure.role)):
        if structure.role[seat] == Role.CHANGE_FACILITATOR:
            state.present[seat] = False


def lose_artefacts(state: State, parameters: MonthParameters) -> None:
    """What the end of the programme takes from what is written down."""
    state.embedding[0] = rules.embedding_left(state.embedding[0], parameters.embedding.loss)


def restart(structure: Structure, state: State) -> None:
    """The organisation subscribes again and the facilitators are back."""
    state.subscribed[0] = True
    for seat in range(len(structure.role)):
        if structure.role[seat] == Role.CHANGE_FACILITATOR and not is_emptied(state, seat):
            state.present[seat] = True


def review_is_due(state: State, parameters: MonthParameters, draws: Draws, month: int) -> bool:
    """Whether the programme is reviewed at the end of this month: first after some months and a phase, then again
    and again; once it has lapsed, only where it could be taken up again."""
    how = parameters.subscription
    first = how.first_review + int(draws.phase[0] * how.review_every)
    open_to_it = state.subscribed[0] or (how.enabled and not math.isnan(how.restart_margin))  # type: ignore[arg-type]
    return open_to_it and month >= first and (month - first) % how.review_every == 0


def renewal(
    structure: Structure, state: State, parameters: MonthParameters, shown: Floats, top: float, austerity: float
) -> float:
    """Step 7: how likely the organisation subscribes for another year, from this month's shown positions (``top``: what
    the top stands for) and the practice at its end.

    Without a lead member their weight is shared between the other two, in proportion.
    """
    how, lead_member = parameters.subscription, structure.lead_member
    practice = either(mean_unshut(state.practice, structure.staff, state.shut, SUBSCRIPTION), 0.0)
    support = how.director_weight * top + how.practice_weight * practice
    if lead_member >= 0 and not state.shut[lead_member] & SUBSCRIPTION:
        support += how.lead_member_weight * shown[lead_member]
    elif how.director_weight + how.practice_weight > 0.0:
        support *= 1.0 + how.lead_member_weight / (how.director_weight + how.practice_weight)
    threshold = how.threshold + austerity
    if not state.subscribed[0]:
        threshold += how.restart_margin  # type: ignore[operator]
    return rules.renewal_probability(support, threshold, how.steepness)
