"""Who is taken out of an organisation, and what is read in their place: what knock-outs do to the state. Also compiles.

People bear on others through four channels. These can be shut one by one while somebody stays, or their seat is
emptied for good: then the holder goes, nobody follows, and all four are shut. Everyone else's future is the same to
the bit whether a seat is emptied or has all four of its channels shut. Without **influence**, a person's links are
silent, colleagues no longer see them work, and partners echo what stands in a director's place. Without
**permission**, the line below reads what stands in their place, their claims no longer show how real delegation is,
they deputise for nobody and are not promoted, nobody is promoted to follow them, and a back office no longer weighs
on the work. Without **embedding**, what is written down takes what stands in a director's place, and does without a
back office's position or a member of staff's practice. Without **subscription**, the renewal does likewise. A seat in
governance is the channel of whoever sits there: without permission, embedding or subscription their position no
longer counts in what the top stands for there.

What stands in a seat's place is what docs/odd.md says of a director's empty seat, applied to every seat: the last
shown position, fading toward that of the next one up who still is read, the director or, for the director, the lead
member; a lead member's stays as it was.
"""

from enum import IntFlag

import numpy as np

from sim.base.arrays import Floats
from sim.model.calendar import Schedule
from sim.model.state import State
from sim.organisation.structure import Structure


class Removal(IntFlag):
    """How somebody is taken out: one or more of their channels shut, or gone with nobody or somebody following."""

    INFLUENCE = 1
    """Their links and the echo are silent; they stay."""
    PERMISSION = 2
    """They permit nothing, weigh on no work and show nothing about delegation; they stay."""
    EMBEDDING = 4
    """They count in nothing that is written down; they stay."""
    SUBSCRIPTION = 8
    """They count in no renewal of the programme; they stay."""
    EMPTIED = 16
    """They go and nobody follows."""
    REPLACED = 32
    """They go and somebody follows at once."""


CHANNELS = (Removal.INFLUENCE, Removal.PERMISSION, Removal.EMBEDDING, Removal.SUBSCRIPTION)
"""The ways in which a person bears on others."""

ALL_CHANNELS = Removal.INFLUENCE | Removal.PERMISSION | Removal.EMBEDDING | Removal.SUBSCRIPTION
"""Everything shut: to everybody else as if the seat were emptied."""

WAYS = (*(Removal(shut) for shut in range(1, ALL_CHANNELS + 1)), Removal.EMPTIED, Removal.REPLACED)
"""Every way to take somebody out: any channels shut, emptied, replaced."""

INFLUENCE, PERMISSION, EMBEDDING, SUBSCRIPTION = (int(channel) for channel in CHANNELS)
_ALL_CHANNELS, _EMPTIED, _REPLACED = int(ALL_CHANNELS), int(Removal.EMPTIED), int(Removal.REPLACED)
# Compiled code takes plain numbers.

FOR_EVER = 1 << 60
"""Months that an emptied director's seat has yet to stay empty."""


def remove(structure: Structure, state: State, schedule: Schedule, month: int) -> Floats:
    """Step 0: take out whoever is due this month.

    Returns [seats], the commitment of who follows at once, else NaN; [0] where nobody is ever taken out.
    """
    follows = np.full(len(structure.role) if len(schedule.removals) > 0 else 0, np.nan)
    for i in range(len(schedule.removals)):
        if schedule.removals[i, 0] != month:
            continue
        seat, how = schedule.removals[i, 1], schedule.removals[i, 2]
        if how == _EMPTIED:
            state.shut[seat], state.present[seat] = _ALL_CHANNELS | _EMPTIED, False
            if seat == structure.director:
                state.vacancy[0], state.interim[0], state.deputy[0] = FOR_EVER, False, -1
        elif how != _REPLACED:
            state.shut[seat] |= how
        elif state.present[seat] or seat == structure.director:
            follows[seat] = schedule.newcomer[i]
    return follows


def is_emptied(state: State, seat: int) -> bool:
    """Whether a seat has been emptied for good."""
    return state.shut[seat] & _EMPTIED != 0  # type: ignore[no-any-return]


def is_heard(state: State, seat: int) -> bool:
    """Whether the links from a seat carry anything: somebody is there, and not cut off."""
    return state.present[seat] and not state.shut[seat] & INFLUENCE
