"""Where people stand in a picture of an organisation: under whom they report to, and those outside the line below."""

import math

import numpy as np

from sim.base.arrays import Floats
from sim.organisation.structure import Structure
from sim.scenario.roles import Role

LEVEL, ROW, GAP, BAND = 2.6, 0.95, 0.9, 1.7
"""Between levels of the line, between rows of people of one manager, beside a team, above a band."""

OUTSIDE = (
    (Role.HEALTH_PARTNER, Role.VCS_PARTNER),
    (Role.MIDDLE_MANAGER, Role.PRACTITIONER, Role.BACK_OFFICE),
    (Role.LIVED_EXPERIENCE_MEMBER,),
)
"""Those without a manager or reports, a band each, from the top."""


def places(structure: Structure) -> Floats:
    """Where each seat stands, [seats, 2]: the top of the line at the top, facilitators beside the director."""
    reports: dict[int, list[int]] = {}
    for seat, manager in enumerate(structure.manager.tolist()):
        if manager >= 0:
            reports.setdefault(manager, []).append(seat)
    at = np.zeros((len(structure.role), 2))
    tops = [seat for seat, manager in enumerate(structure.manager.tolist()) if manager < 0 and seat in reports]
    under = {seat for seats in reports.values() for seat in seats}
    if structure.director not in under and structure.director not in tops:
        tops.append(structure.director)
    right = 0.0
    for top in tops:
        right = _under(top, right, 0.0, reports, at) + GAP
    inside = {*tops, *under}
    placed = sorted(inside)
    low, wide = float(at[placed, 1].min()), max(8.0, right - GAP)
    for roles in OUTSIDE:
        groups = [[s for s in structure.seats_of(role) if s not in inside] for role in roles]
        low = _band([group for group in groups if group], low - BAND, wide, at)
    helpers = [s for s in structure.seats_of(Role.CHANGE_FACILITATOR) if s not in inside]
    for i, seat in enumerate(helpers):
        at[seat] = at[structure.director] + (-3.4 - 2.3 * i, 0.3)
    return at


def _under(top: int, left: float, height: float, reports: dict[int, list[int]], at: Floats) -> float:
    """Place a person and everybody under them, from ``left`` on; where that ends to the right."""
    mine = reports.get(top, [])
    heads = [seat for seat in mine if seat in reports]
    leaves = [seat for seat in mine if seat not in reports]
    right = left
    for head in heads:
        right = _under(head, right, height - LEVEL, reports, at) + GAP
    if leaves:
        columns = max(1, round(math.sqrt(len(leaves) / 2)))
        for i, seat in enumerate(leaves):
            row, column = divmod(i, columns)
            # Every other row is set off a little, so that links do not run through people.
            at[seat] = right + column + 0.3 * (row % 2), height - LEVEL - ROW * row
        right += columns
    else:
        right = max(right - GAP, left + 1.0)
    ends = [at[seat, 0] for seat in mine]
    at[top] = (min(ends) + max(ends)) / 2 if ends else left, height
    return right


def _band(groups: list[list[int]], top: float, wide: float, at: Floats) -> float:
    """Place groups side by side on rows as wide as the line; the height of the last row."""
    if not groups:
        return top + BAND
    number = sum(len(group) for group in groups)
    rows = max(1, math.ceil(number / max(6.0, wide / 1.2)))
    seats = [seat for group in groups for seat in group]
    each = math.ceil(number / rows)
    for i, seat in enumerate(seats):
        row, column = divmod(i, each)
        in_row = min(each, number - row * each)
        at[seat] = (column + 0.5) * wide / in_row, top - row - 0.3 * (column % 2)
    return top - (rows - 1)
