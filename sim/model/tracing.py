"""What the engine leaves behind: rows of months, everyone's state, the ledger whole or added up. Compiles.

The Mesa model's side of it is ``sim.model.record``, whose shapes and meanings these are.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.base.arrays import Bools, Floats, Ints
from sim.model import removal, rules
from sim.model.ledger import CLIPPING, FALL, OWN_VALUES, RISE
from sim.model.parameters import MonthParameters
from sim.model.record import LOSS, MOMENTUM, SHOWN, month_row
from sim.model.state import INFLUENCE, State
from sim.organisation.structure import Structure
from sim.scenario.roles import Role


class Trace(NamedTuple):
    """What the months leave behind.

    rows: [columns of MONTHLY, months + 1]. people: [columns of PEOPLE, months + 1, seats] and live: [months + 1,
    pairs], with no months where they are not wanted. departed, deputy, arrival, over: [months + 1], whether the
    director left, who stood in (-1: nobody), a new director's commitment (NaN: none came), how the subscription ended
    (0: it did not). ledger: room for the rows of one call, none where it is not wanted; entered: [1], how many it has.
    flows, given: as in ``sim.model.ledger.Flows``, with no months and no seats where they are not wanted.
    """

    rows: Floats
    people: Floats
    live: Bools
    departed: Bools
    deputy: Ints
    arrival: Floats
    over: Ints
    ledger: NDArray[np.void]
    entered: Ints
    flows: Floats
    given: Floats


class Month(NamedTuple):
    """What everyone shows, is permitted, is willing to do and does, and how they speak and hear, [seats] each.

    told: [links], b_ij v_j (x_j - c_i), 0 for a link that is not live; pull, total: the sum of it, and of b_ij v_j,
    over live links; seen: mean practice of those one sees; audible: whether somebody is there whose links carry
    anything.

    What a loop over links or seats reads of it, or of the state, it reads there: handing the whole tuple to another
    function costs more than the function does.
    """

    shown: Floats
    permitted: Floats
    willing: Floats
    done: Floats
    voices: Floats
    total: Floats
    pull: Floats
    seen: Floats
    heard: Floats
    told: Floats
    audible: Bools


def write(
    structure: Structure, now: State, month: int, momentum: float, loss: float, shown: float, trace: Trace
) -> None:
    """A month's row, and everyone's state where that is kept."""
    row = np.empty(trace.rows.shape[0])
    month_row(structure, now, row)
    row[MOMENTUM], row[LOSS], row[SHOWN] = momentum, loss, shown
    trace.rows[:, month] = row
    if trace.people.shape[1] > 0:
        for seat in range(len(structure.role)):
            trace.people[0, month, seat] = now.commitment[seat]
            trace.people[1, month, seat] = now.practice[seat]
            trace.people[2, month, seat] = now.leadership[seat]
            trace.people[3, month, seat] = now.present[seat]
        trace.live[month, :] = now.live


def enter(trace: Trace, month: int, listener: int, source: int, via: int, kind: int, change: float) -> None:
    """One row of the ledger; zeros are left out."""
    if change != 0.0:
        row = trace.ledger[trace.entered[0]]
        row["month"] = month
        row["listener"] = listener
        row["source"] = source
        row["via"] = via
        row["kind"] = kind
        row["change"] = change
        trace.entered[0] += 1


def enter_heard(
    structure: Structure,
    now: State,
    parameters: MonthParameters,
    base: Floats,
    who_shows: int,
    month: int,
    m: Month,
    trace: Trace,
) -> None:
    """The ledger of step 4: see ``OrganisationModel._enter_heard``."""
    rate, f = parameters.influence.rate, parameters.leadership.funding_dependency
    line = removal.line_read(structure, now, INFLUENCE)
    for seat in range(len(structure.role)):
        if not now.present[seat] or structure.role[seat] == Role.CHANGE_FACILITATOR:
            continue
        before, openness = now.commitment[seat], now.openness[seat]
        own = rules.moved_by_values(now.values[seat], before, rate, openness)
        enter(trace, month, seat, seat, seat, OWN_VALUES, own)
        for link in range(structure.first[seat], structure.first[seat + 1]):
            source, pair, kind = structure.source[link], structure.pair[link], structure.kind[link]
            if not m.audible[source] or (pair >= 0 and not now.live[pair]):
                continue
            weight = rules.influence_weight(base[link] * m.voices[source], m.total[seat], now.self_weight[seat])
            moved = rules.moved_by(weight, m.shown[source], before, rate, openness)
            if structure.role[source] == Role.VCS_PARTNER:
                echo = f * rules.moved_by(weight, line, before, rate, openness)
                enter(trace, month, seat, who_shows, source, kind, echo)
                moved -= echo
            enter(trace, month, seat, source, source, kind, moved)


def add(flows: Floats, role: int, kind: int, change: float) -> None:
    """Add a change of somebody's commitment to what a role brought about in a month, its sign kept apart."""
    flows[role, kind, RISE] += max(change, 0.0)
    flows[role, kind, FALL] += min(change, 0.0)


def sum_heard(
    structure: Structure,
    now: State,
    parameters: MonthParameters,
    base: Floats,
    who_shows: int,
    month: int,
    m: Month,
    trace: Trace,
) -> None:
    """The sums of what ``enter_heard`` enters, by the role of the source, the kind and the sign; and by source."""
    rate, f = parameters.influence.rate, parameters.leadership.funding_dependency
    line, flows, given = removal.line_read(structure, now, INFLUENCE), trace.flows[month], trace.given
    for seat in range(len(structure.role)):
        if not now.present[seat] or structure.role[seat] == Role.CHANGE_FACILITATOR:
            continue
        before, openness = now.commitment[seat], now.openness[seat]
        add(flows, structure.role[seat], OWN_VALUES, rules.moved_by_values(now.values[seat], before, rate, openness))
        one = rules.influence_weight(1.0, m.total[seat], now.self_weight[seat])
        each = rules.moved_by(one, 1.0, 0.0, rate, openness)  # of b_ij v_j (x_j - c_i)
        # Links come sorted by source, so those of one role and kind mostly follow one another: they are added up first.
        up = down = 0.0
        role = kind = 0
        for link in range(structure.first[seat], structure.first[seat + 1]):
            source, moved = structure.source[link], each * m.told[link]
            if structure.role[source] != role or structure.kind[link] != kind:
                flows[role, kind, RISE] += up
                flows[role, kind, FALL] += down
                up = down = 0.0
                role, kind = structure.role[source], structure.kind[link]
            if role == Role.VCS_PARTNER and m.audible[source]:
                pair = structure.pair[link]
                if pair < 0 or now.live[pair]:
                    echo = f * each * base[link] * m.voices[source] * (line - before)
                    add(flows, structure.role[who_shows], kind, echo)
                    given[who_shows, RISE] += max(echo, 0.0)
                    given[who_shows, FALL] += min(echo, 0.0)
                    moved -= echo
            rise = max(moved, 0.0)
            up += rise
            down += moved - rise
            given[source, RISE] += rise
            given[source, FALL] += moved - rise
        flows[role, kind, RISE] += up
        flows[role, kind, FALL] += down


def sum_clipped(structure: Structure, now: State, m: Month, flows: Floats) -> None:
    """What holding commitment in [0, 1] took away or added."""
    for seat in range(len(structure.role)):
        if now.present[seat] and structure.role[seat] != Role.CHANGE_FACILITATOR:
            add(flows, structure.role[seat], CLIPPING, now.commitment[seat] - m.heard[seat])
