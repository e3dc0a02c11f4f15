"""What the engine leaves behind: rows of months, everyone's state, the ledger whole or added up. Compiles.

The Mesa model's side of it is ``sim.model.record``, whose shapes and meanings these are.
"""

from typing import NamedTuple

import numpy as np

from sim.base.arrays import Bools, Floats, Ints
from sim.model import rules
from sim.model.ledger import CLIPPING, FALL, OWN_VALUES, RISE
from sim.model.line import line_read, who_is_echoed
from sim.model.month import Month
from sim.model.parameters import MonthParameters
from sim.model.record import LOSS, MOMENTUM, SHOWN, month_row
from sim.model.removal import INFLUENCE
from sim.model.state import State, mean_at
from sim.organisation.structure import Structure
from sim.scenario.roles import Role


class Trace(NamedTuple):
    """What the months leave behind.

    rows: [columns of MONTHLY, months + 1], or the first of them only, practice. people: [columns of PEOPLE, months + 1,
    seats] and live: [months + 1, pairs], with no months where they are not wanted, and with one where only the last is.
    departed, deputy, arrival, came_from, over: [months + 1], whether the director left, who stood in (-1: nobody), a
    new director's commitment (NaN: none came) and the seat they were promoted from (-1: from outside), what became of
    the subscription (0: nothing). ledger: room for the rows of some months, [rows, 6] as in ``LEDGER_ROW``, none where
    it is not wanted; entered: [1], how many it has.
    flows, given: as in ``sim.model.ledger.Flows``, with no months and no seats where they are not wanted.
    """

    rows: Floats
    people: Floats
    live: Bools
    departed: Bools
    deputy: Ints
    arrival: Floats
    came_from: Ints
    over: Ints
    ledger: Floats
    entered: Ints
    flows: Floats
    given: Floats


class AlongLinks(NamedTuple):
    """What comes in along the links in a month.

    told: [links], b_ij v_j (x_j - c_i), 0 for a link that is not live, where it is wanted; pull, total: [seats], the
    sum of it, and of b_ij v_j, over live links; seen: [seats], mean practice of those one sees; found: [seats], what a
    newcomer would find (``turnover.found_practice``), where it is wanted; audible: [seats], whether somebody is there
    whose links carry anything; shows and counts: [seats], the practice that is seen of somebody, and 1, both 0 where
    nobody is audible; work and works: the same of whoever is not cut off, there or not.

    What a loop over links or seats reads of it, or of the state, it reads there: handing the whole tuple to another
    function costs more than the function does.
    """

    told: Floats
    found: Floats
    pull: Floats
    total: Floats
    seen: Floats
    audible: Bools
    shows: Floats
    counts: Floats
    work: Floats
    works: Floats


def blank(structure: Structure, finds: bool, keeps: bool) -> AlongLinks:
    """Room for what comes in along the links of an organisation.

    ``finds``: whether what newcomers would find is wanted; ``keeps``: whether each link's part is.
    """
    seats, links = len(structure.role), len(structure.source)
    return AlongLinks(
        told=np.empty(links if keeps else 0),
        found=np.empty(seats if finds else 0),
        pull=np.empty(seats),
        total=np.empty(seats),
        seen=np.empty(seats),
        audible=np.empty(seats, dtype=np.bool_),
        shows=np.empty(seats),
        counts=np.empty(seats),
        work=np.empty(seats),
        works=np.empty(seats),
    )


def write(
    structure: Structure,
    state: State,
    parameters: MonthParameters,
    month: int,
    momentum: float,
    loss: float,
    shown: float,
    trace: Trace,
) -> None:
    """A month's row, and everyone's state where that is kept."""
    if len(trace.rows) == 1:
        trace.rows[0, month] = mean_at(state.practice, structure.staff, state.present)
    else:
        row = np.empty(len(trace.rows))
        month_row(structure, state, parameters, row)
        row[MOMENTUM], row[LOSS], row[SHOWN] = momentum, loss, shown
        for column in range(len(row)):
            trace.rows[column, month] = row[column]
    if len(trace.live) > 1 or (len(trace.live) == 1 and month == len(trace.over) - 1):
        kept = month if len(trace.live) > 1 else 0
        for seat in range(len(structure.role)):
            trace.people[0, kept, seat] = state.commitment[seat]
            trace.people[1, kept, seat] = state.practice[seat]
            trace.people[2, kept, seat] = state.leadership[seat]
            trace.people[3, kept, seat] = state.present[seat]
        for pair in range(len(state.live)):
            trace.live[kept, pair] = state.live[pair]


def enter(trace: Trace, month: int, listener: int, source: int, heard_from: int, kind: int, change: float) -> None:
    """One row of the ledger; zeros are left out."""
    if change != 0.0:
        row = trace.entered[0]
        trace.ledger[row, 0] = month
        trace.ledger[row, 1] = listener
        trace.ledger[row, 2] = source
        trace.ledger[row, 3] = heard_from
        trace.ledger[row, 4] = kind
        trace.ledger[row, 5] = change
        trace.entered[0] += 1


def enter_heard(
    structure: Structure,
    state: State,
    parameters: MonthParameters,
    base: Floats,
    month: int,
    now: Month[Floats],
    along: AlongLinks,
    trace: Trace,
) -> None:
    """The ledger of step 4: see ``OrganisationModel._enter_heard``."""
    rate, f = parameters.influence.rate, parameters.leadership.funding_dependency
    line, echoed = line_read(structure, state, INFLUENCE), who_is_echoed(structure, state)
    for seat in range(len(structure.role)):
        if not state.present[seat] or structure.role[seat] == Role.CHANGE_FACILITATOR:
            continue
        before, openness = state.commitment[seat], state.openness[seat]
        own = rules.moved_by_values(state.values[seat], before, rate, openness)
        enter(trace, month, seat, seat, seat, OWN_VALUES, own)
        for link in range(structure.first[seat], structure.first[seat + 1]):
            source, pair, kind = structure.source[link], structure.pair[link], structure.kind[link]
            if not along.audible[source] or (pair >= 0 and not state.live[pair]):
                continue
            weight = rules.influence_weight(base[link] * now.voices[source], along.total[seat], state.self_weight[seat])
            moved = rules.moved_by(weight, now.shown[source], before, rate, openness)
            if structure.role[source] == Role.VCS_PARTNER:
                echo = f * rules.moved_by(weight, line, before, rate, openness)
                enter(trace, month, seat, echoed, source, kind, echo)
                moved -= echo
            enter(trace, month, seat, source, source, kind, moved)


def add(flows: Floats, role: int, kind: int, change: float) -> None:
    """Add a change of somebody's commitment to what a role brought about in a month, its sign kept apart."""
    flows[role, kind, RISE] += max(change, 0.0)
    flows[role, kind, FALL] += min(change, 0.0)


def sum_heard(
    structure: Structure,
    state: State,
    parameters: MonthParameters,
    base: Floats,
    month: int,
    now: Month[Floats],
    along: AlongLinks,
    trace: Trace,
) -> None:
    """The sums of what ``enter_heard`` enters, by the role of the source, the kind and the sign; and by source."""
    rate, f = parameters.influence.rate, parameters.leadership.funding_dependency
    line, echoed = line_read(structure, state, INFLUENCE), who_is_echoed(structure, state)
    flows, given = trace.flows[month], trace.given
    for seat in range(len(structure.role)):
        if structure.role[seat] == Role.CHANGE_FACILITATOR:
            continue
        before, openness = state.commitment[seat], state.openness[seat]
        # Who is not there is moved by nothing: sums of zeros need no looking at who is there, link by link.
        own = rules.moved_by_values(state.values[seat], before, rate, openness)
        one = rules.influence_weight(1.0, along.total[seat], state.self_weight[seat])
        each = rules.moved_by(one, 1.0, 0.0, rate, openness)  # of b_ij v_j (x_j - c_i)
        if not state.present[seat]:
            own = each = 0.0
        add(flows, structure.role[seat], OWN_VALUES, own)
        # Links come sorted by source, so those of one role and kind mostly follow one another: they are added up first.
        up = down = 0.0
        role = kind = 0
        for link in range(structure.first[seat], structure.first[seat + 1]):
            source, moved = structure.source[link], each * along.told[link]
            if structure.role[source] != role or structure.kind[link] != kind:
                flows[role, kind, RISE] += up
                flows[role, kind, FALL] += down
                up = down = 0.0
                role, kind = structure.role[source], structure.kind[link]
            if role == Role.VCS_PARTNER:
                pair = structure.pair[link]
                if along.audible[source] and (pair < 0 or state.live[pair]):
                    echo = f * each * base[link] * now.voices[source] * (line - before)
                    add(flows, structure.role[echoed], kind, echo)
                    given[echoed, RISE] += max(echo, 0.0)
                    given[echoed, FALL] += min(echo, 0.0)
                    moved -= echo
            rise = max(moved, 0.0)
            up += rise
            down += moved - rise
            given[source, RISE] += rise
            given[source, FALL] += moved - rise
        flows[role, kind, RISE] += up
        flows[role, kind, FALL] += down


def sum_clipped(structure: Structure, state: State, now: Month[Floats], flows: Floats) -> None:
    """What holding commitment in [0, 1] took away or added."""
    for seat in range(len(structure.role)):
        if state.present[seat] and structure.role[seat] != Role.CHANGE_FACILITATOR:
            add(flows, structure.role[seat], CLIPPING, state.commitment[seat] - now.heard[seat])
