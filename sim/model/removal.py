"""Who is cut off from when on, and what is read in their place: what knock-outs do to the state. Also compiles.

A seat's channels (``sim.model.state``) can be shut one by one while its holder stays, or the seat is emptied for good: then
the holder is gone, nobody follows, and all three are shut. Everyone else's future is the same bits whether a seat is
emptied or has all three of its channels shut. Shut for **influence**, a person's links are silent, colleagues no
longer see them work, and partners echo what stands in a director's place. Shut for **permission**, the line below
reads what stands in their place, their claims no longer show how real delegation is, they deputise for nobody, and a
back office no longer weighs on the work. Shut for **subscription**, the renewal reads what stands in a director's
place, or does without a lead member's position or a member of staff's practice.

What stands in a seat's place is what docs/odd.md says of a director's empty seat, applied to every seat: the last
shown position, fading toward that of the next one up who still is read, the director or, for the director, the lead
member; a lead member's stays as it was.
"""

import numpy as np

from sim.base.arrays import Floats
from sim.model import rules
from sim.model.calendar import Schedule
from sim.model.parameters import MonthParameters
from sim.model.state import INFLUENCE, PERMISSION, State
from sim.organisation.structure import Structure

ALL = 0b111
"""All three channels: bit 2 ** channel each."""

EMPTY, REPLACED = 0b1000 | ALL, 0b10000
"""How else a seat is cut: the holder goes and nobody follows; the holder goes and somebody follows at once."""

HOWS = (*range(1, ALL + 1), EMPTY, REPLACED)
"""Every way to cut a seat. 1: influence shut, 2: permission shut, 4: subscription shut; sums of them; the two above."""

FOR_EVER = 1 << 60
"""Months that an emptied director's seat has yet to stay empty."""


def cut(structure: Structure, state: State, schedule: Schedule, month: int) -> Floats:
    """Step 0: cut off whoever is due this month.

    Returns [seats], the commitment of who follows at once, else NaN; [0] where nobody is ever cut off.
    """
    follows = np.full(len(structure.role) if len(schedule.cut) > 0 else 0, np.nan)
    for i in range(len(schedule.cut)):
        if schedule.cut[i, 0] != month:
            continue
        seat, how = schedule.cut[i, 1], schedule.cut[i, 2]
        for channel in range(3):
            if how & (1 << channel):
                state.shut[channel, seat] = True
        if how == EMPTY:
            state.present[seat] = False
            if seat == structure.director:
                state.vacancy[0], state.interim[0], state.deputy[0] = FOR_EVER, False, -1
        elif how == REPLACED and (state.present[seat] or seat == structure.director):
            follows[seat] = schedule.newcomer[i]
    return follows


def settle_line(
    structure: Structure,
    state: State,
    parameters: MonthParameters,
    stand_in: int,
    shown: float,
    lead_member_shown: float,
) -> int:
    """Step 1: x_D, what the director or a deputy shows (``stand_in``: their seat, -1 for nobody), or fading.

    Returns the seat whose position partners echo.
    """
    director, lead_member, fade = structure.director, structure.lead_member, parameters.succession.fade
    if lead_member >= 0 and state.shut[PERMISSION, lead_member]:
        lead_member_shown = state.stands[lead_member]
    if stand_in >= 0:
        state.line[0] = shown
    elif lead_member >= 0:
        state.line[0] = rules.faded(state.line[0], lead_member_shown, fade)
    if not state.shut[:, director].any():
        state.stands[director] = state.line[0]
    elif lead_member >= 0:
        state.stands[director] = rules.faded(state.stands[director], lead_member_shown, fade)
    return director if stand_in < 0 or state.shut[INFLUENCE, director] else stand_in


def take_positions(
    structure: Structure, state: State, parameters: MonthParameters, schedule: Schedule, shown: Floats
) -> None:
    """Step 1, last: note what every other seat shows, and let what stands in place of a cut-off one fade.

    Where nobody is ever cut off, nobody reads it, and nothing is noted.
    """
    if len(schedule.cut) == 0:
        return
    top, shut = line_read(structure, state, PERMISSION), state.shut
    for seat in range(len(shown)):
        if seat == structure.director:
            continue
        if not (shut[0, seat] or shut[1, seat] or shut[2, seat]):
            state.stands[seat] = shown[seat]
        elif seat != structure.lead_member:
            state.stands[seat] = rules.faded(state.stands[seat], top, parameters.succession.fade)


def line_read(structure: Structure, state: State, channel: int) -> float:
    """x_D as it is read through a channel: what the line shows, or what stands in place of a director cut off."""
    director = structure.director
    return state.stands[director] if state.shut[channel, director] else state.line[0]  # type: ignore[no-any-return]
