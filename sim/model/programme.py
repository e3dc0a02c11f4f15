"""Step 6 of a month: whether the programme is up for review, how likely it is renewed, and its end. Also compiles."""

from sim.model import removal, rules
from sim.model.draws import Draws
from sim.model.parameters import MonthParameters
from sim.model.removal import SUBSCRIPTION
from sim.model.state import State, mean_at
from sim.organisation.structure import Structure
from sim.scenario.roles import Role


def end_programme(structure: Structure, state: State) -> None:
    """The subscription is over and the facilitators leave."""
    state.subscribed[0] = False
    for seat in range(len(structure.role)):
        if structure.role[seat] == Role.CHANGE_FACILITATOR:
            state.present[seat] = False


def review_is_due(state: State, parameters: MonthParameters, draws: Draws, month: int) -> bool:
    """Whether the subscription is reviewed at the end of this month: first after some months and a phase, then again
    and again."""
    every = parameters.subscription.review_every
    first = parameters.subscription.first_review + int(draws.phase * every)
    return state.subscribed[0] and month >= first and (month - first) % every == 0


def renewal(
    structure: Structure, state: State, parameters: MonthParameters, lead_member_shown: float, austerity: float
) -> float:
    """Step 6: how likely the subscription is renewed, from this month's shown positions and the practice at its end.

    Without a lead member their weight is shared between the other two, in proportion.
    """
    how, lead_member = parameters.subscription, structure.lead_member
    practice = mean_at(state.practice, structure.staff, (state.shut & SUBSCRIPTION) == 0)
    shown = removal.line_read(structure, state, SUBSCRIPTION)
    support = how.director_weight * shown + how.practice_weight * practice
    if lead_member >= 0 and not state.shut[lead_member] & SUBSCRIPTION:
        support += how.lead_member_weight * lead_member_shown
    elif how.director_weight + how.practice_weight > 0.0:
        support *= 1.0 + how.lead_member_weight / (how.director_weight + how.practice_weight)
    return rules.renewal_probability(support, how.threshold + austerity, how.steepness)
