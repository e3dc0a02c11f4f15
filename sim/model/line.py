"""Step 1 of a month: what the line shows from the top, and what is read of it there. Also compiles.

x_D is what the director shows, or a deputy, or what fades once nobody stands in; x_T is what the top stands for, in
which communities have a say where they have a seat in governance. Most of what is asked here about ``shut`` and
``stands`` serves removals (``sim.model.removal``): where nobody is taken out, it makes no difference.
"""

from sim.base.arrays import Floats
from sim.model import rules
from sim.model.calendar import Schedule
from sim.model.parameters import MonthParameters
from sim.model.removal import EMBEDDING, INFLUENCE, PERMISSION, SUBSCRIPTION
from sim.model.state import State
from sim.organisation.structure import Structure


def settle_line(
    structure: Structure,
    state: State,
    parameters: MonthParameters,
    stand_in: int,
    shown: float,
    lead_member_shown: float,
) -> None:
    """Step 1: x_D, what the director or a deputy shows (``stand_in``: their seat, -1 for nobody), or fading."""
    director, lead_member, fade = structure.director, structure.lead_member, parameters.succession.fade
    if lead_member >= 0 and state.shut[lead_member] & PERMISSION:
        lead_member_shown = state.stands[lead_member]
    if stand_in >= 0:
        state.line[0] = shown
    elif lead_member >= 0:
        state.line[0] = rules.faded(state.line[0], lead_member_shown, fade)
    if not state.shut[director]:
        state.stands[director] = state.line[0]
    elif lead_member >= 0:
        state.stands[director] = rules.faded(state.stands[director], lead_member_shown, fade)


def read_positions(
    structure: Structure,
    state: State,
    parameters: MonthParameters,
    schedule: Schedule,
    shown: Floats,
    read: Floats,
    top: Floats,
) -> None:
    """Step 1, last: what is read at each seat by those below, and of the top by embedding and renewal."""
    for seat in range(len(shown)):
        read[seat] = shown[seat]
    read[structure.director] = stood_for(structure, state, parameters, shown, PERMISSION)
    top[0] = stood_for(structure, state, parameters, shown, EMBEDDING)
    top[1] = stood_for(structure, state, parameters, shown, SUBSCRIPTION)
    if len(schedule.removals) == 0:
        return  # where nobody is ever taken out, nothing need be noted
    line = line_read(structure, state, PERMISSION)
    for seat in range(len(shown)):
        if seat == structure.director:
            continue
        if not state.shut[seat]:
            state.stands[seat] = shown[seat]
        elif seat != structure.lead_member:
            state.stands[seat] = rules.faded(state.stands[seat], line, parameters.succession.fade)
        if state.shut[seat] & PERMISSION:
            read[seat] = state.stands[seat]


def stood_for(structure: Structure, state: State, parameters: MonthParameters, shown: Floats, channel: int) -> float:
    """x_T as it is read through a channel: what the line shows and, with a seat in governance, communities."""
    line = line_read(structure, state, channel)
    if parameters.governance.seat == 0.0:
        return line
    position = leadership = 0.0
    there = 0
    for seat in structure.communities:
        if not state.shut[seat] & channel:
            position += shown[seat]
            leadership += state.leadership[seat]
            there += 1
    if there == 0:
        return line
    say = rules.say_of_communities(parameters.governance.seat, leadership / there)
    return rules.top(line, position / there, say)


def line_read(structure: Structure, state: State, channel: int) -> float:
    """x_D as it is read through a channel: what the line shows, or what stands in place of a director cut off."""
    director = structure.director
    return state.stands[director] if state.shut[director] & channel else state.line[0]  # type: ignore[no-any-return]


def who_is_echoed(structure: Structure, state: State) -> int:
    """The seat whose position partners echo: the deputy's while one stands in, else the director's."""
    director = structure.director
    deputises = not state.present[director] and state.deputy[0] >= 0 and not state.shut[director] & INFLUENCE
    return state.deputy[0] if deputises else director
