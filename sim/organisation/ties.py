"""Who is linked with whom: the links that chance decides, and all links laid out as a ``Structure`` holds them.

The network stream decides, address by address, so each future has its own links, and a partner more moves nobody
else's. The functions are plain loops over arrays, and the compiled engine is made from them, as it is from
``sim/model/rules.py``: rebuild it after a change. ``links`` is where they come together; ``Ties`` calls it.
"""

from functools import cached_property
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.base.arrays import Bools, Floats, Ints, in_order
from sim.base.machine import Laid, Stale, lay, machine, room_for
from sim.base.streams import NETWORK, STREAMS, Words, keys, uniform
from sim.scenario.roles import PERSONAL, Kind

CROSS_TEAM, MANAGERS, PRACTITIONERS, MEDIATORS, DEAL, ENGAGEMENT = range(1, 7)
"""What a seat's draws are for: the second half of their address."""

RANDOM, NEIGHBOURS, HUBS = range(3)
MEDIATED, DIRECT, ONE_LEAD = range(3)

KINDS = len(Kind)


class Ground(NamedTuple):
    """What is the same in all futures: everybody, the links that nobody draws, and what the others are drawn from.

    manager, address: [seats]; source, target, kind, weight: [links], in any order, each only once.
    Seats, lowest first: practitioners, in order of their teams; managers; mediators, all voluntary-sector partners;
    health, vcs and lived, who were added around the line.
    team_size: practitioners in each team, 0 where there are no links across teams; cross_team, coproduction: how they
    are linked, by the numbers above; the others as in ``[organisation]``.
    """

    manager: Ints
    address: NDArray[np.uint64]
    source: Ints
    target: Ints
    kind: Ints
    weight: Floats
    director: int
    practitioners: Ints
    managers: Ints
    mediators: Ints
    health: Ints
    vcs: Ints
    lived: Ints
    team_size: int
    cross_team: int
    cross_team_links: float
    manager_links: int
    health_practitioner_links: int
    vcs_practitioner_links: int
    coproduction: int
    coproduction_links: int


class Links(NamedTuple):
    """All links of a future, and room for more: see ``Structure``. made: how many links, how many pairs; the lead."""

    source: Ints
    target: Ints
    kind: Ints
    weight: Floats
    pair: Ints
    first: Ints
    pair_a: Ints
    pair_b: Ints
    fellows: Ints
    fellow: Bools
    made: Ints


class Room(NamedTuple):
    """Room to work in: the links that are drawn, as they come, and places.

    keys: [streams, 2]; source, target, kind: [drawn links]; order, before: [links]; counted: [seats + kinds];
    taken: [seats]; begun: [practitioners + 1]; chance, dealt, spare: [practitioners].
    """

    keys: Words
    source: Ints
    target: Ints
    kind: Ints
    order: Ints
    before: Ints
    counted: Ints
    taken: Ints
    begun: Ints
    chance: Floats
    dealt: Ints
    spare: Ints


LINKS, PAIRS, LEAD = range(3)
"""Places in ``Links.made``."""


def links(ground: Ground, entropy: Words, out: Links, room: Room) -> None:
    """Draw the links of a future and lay all out. Where there is too little room, ``made`` says how many there are."""
    out.made[LINKS], out.made[PAIRS], out.made[LEAD] = len(ground.source), 0, -1
    keys(entropy, room.keys)
    if ground.team_size > 0:
        if ground.cross_team == RANDOM:
            across_teams(ground, out, room)
        else:
            through_few(ground, out, room)
    partners(ground, ground.health, ground.health_practitioner_links, out, room)
    partners(ground, ground.vcs, ground.vcs_practitioner_links, out, room)
    coproduction(ground, out, room)
    if out.made[LINKS] <= len(out.source):
        _lay_out(ground, out, room)


# -- What chance decides ----------------------------------------------------------------------------------------------


def drawn(ground: Ground, room: Room, seat: int, purpose: int, number: int) -> float:
    """One of a seat's uniform numbers for a purpose."""
    return uniform(room.keys[NETWORK], ground.address[seat], purpose, number)


def mutual(ground: Ground, one: int, other: int, kind: int, out: Links, room: Room) -> None:
    """Link two seats both ways.

    Nobody looks whether they are linked in this way already, so whoever calls this sees to it that they are not: picks
    differ, whoever is added around a line has no links from its files, and teams have none across.
    """
    at = out.made[LINKS] - len(ground.source)
    out.made[LINKS] = out.made[LINKS] + 2
    if at + 2 <= len(room.source):
        room.source[at], room.target[at], room.kind[at] = one, other, kind
        at = at + 1
        room.source[at], room.target[at], room.kind[at] = other, one, kind


def across_teams(ground: Ground, out: Links, room: Room) -> None:
    """Link practitioners of different teams at random, ``cross_team_links`` mutual links each on average.

    Each pair is linked with the same probability; the gaps between linked pairs are drawn, which takes as many draws
    as there are links. Source: Batagelj & Brandes (2005).
    """
    staff, size = ground.practitioners, ground.team_size
    others = len(staff) - size
    if others <= 0 or ground.cross_team_links == 0.0:
        return
    p = min(1.0, ground.cross_team_links / others)
    for i in range(len(staff)):
        at, number = (i // size + 1) * size + _gap(ground, room, staff[i], 0, p), 0
        while at < len(staff):
            mutual(ground, staff[i], staff[at], Kind.PEER, out, room)
            number += 1
            at += 1 + _gap(ground, room, staff[i], number, p)


def _gap(ground: Ground, room: Room, seat: int, number: int, p: float) -> int:
    """How many are passed over until the next who is linked, each with probability p."""
    if p == 1.0:
        return 0
    if p == 0.0:
        return FAR
    u = drawn(ground, room, seat, CROSS_TEAM, number)
    return int(min(log_1p(-u) / log_1p(-p), 1.0 * FAR))


FAR = 1 << 40
"""More than there can be seats."""


def log_1p(x: float) -> float:
    """ln(1 + x) for -1 < x <= 0, in the last place or next to it; in plain arithmetic, as ``rules.exp`` is and why.

    1 + x = 2^n m, with m between the root of 1/2 and that of 2, and ln m as the first terms of its series in
    (m - 1) / (m + 1).
    """
    whole = 1.0 + x
    lost = (x - (whole - 1.0)) / whole
    n, m = 0.0, whole
    while m < _ROOT_HALF:
        m, n = 2.0 * m, n - 1.0
    f = x if n == 0.0 else m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = 2 / 3 + w * (2 / 7 + w * (2 / 11 + w * (2 / 15 + w * (2 / 19 + w * (2 / 23)))))
    even = 2 / 5 + w * (2 / 9 + w * (2 / 13 + w * (2 / 17 + w * (2 / 21))))
    half = 0.5 * f * f
    rest = s * (half + (z * odd + w * even))
    if n == 0.0:
        return f - (half - rest)
    return n * _LN_2 - ((half - (rest + (n * _LN_2_REST + lost))) - f)


_ROOT_HALF = 0.7071067811865476
_LN_2, _LN_2_REST = 0.6931471803691238, 1.9082149292705877e-10


def through_few(ground: Ground, out: Links, room: Room) -> None:
    """Link practitioners of different teams, ``cross_team_links`` mutual links each on average, by a rule.

    Each reaches out for half as many as it has on average. Neighbours: to the person of the same place in the next
    team, and in the one after. Hubs: to the first person of other teams, drawn.
    """
    staff, size, half = ground.practitioners, ground.team_size, ground.cross_team_links / 2
    teams, before = len(staff) // size, len(ground.source)
    for i in range(len(staff) if teams > 1 else 0):
        seat, team, place = staff[i], i // size, i % size
        room.begun[i] = out.made[LINKS] - before
        more = drawn(ground, room, seat, CROSS_TEAM, teams) < half - int(half)
        for j in range(min(teams - 1, int(half) + more)):
            step = j
            if ground.cross_team == HUBS:
                step = _one_more(room, j, int(drawn(ground, room, seat, CROSS_TEAM, j) * (teams - 1 - j)))
            other = (team + step + 1) % teams * size + (place if ground.cross_team == NEIGHBOURS else 0)
            if other > i or not _has_reached(room, other, seat):
                mutual(ground, seat, staff[other], Kind.PEER, out, room)
        room.begun[i + 1] = out.made[LINKS] - before


def _has_reached(room: Room, other: int, seat: int) -> bool:
    """Whether a practitioner who came before has linked themselves with a seat."""
    found = False
    for at in range(room.begun[other], room.begun[other + 1]):
        found = found or room.target[at] == seat
    return found


def _one_more(room: Room, already: int, place: int) -> int:
    """Take the one at some place among those who are left, where some are taken already, lowest first."""
    for i in range(already):
        if room.taken[i] <= place:
            place += 1
    at = already
    while at > 0 and room.taken[at - 1] > place:
        room.taken[at] = room.taken[at - 1]
        at -= 1
    room.taken[at] = place
    return place


def some(
    ground: Ground, seats: Ints, candidates: Ints, number: int, purpose: int, kind: int, out: Links, room: Room
) -> None:
    """Link each seat with ``number`` different candidates (all, where there are fewer), each equally likely."""
    for seat in seats:
        for j in range(min(number, len(candidates))):
            place = int(drawn(ground, room, seat, purpose, j) * (len(candidates) - j))
            mutual(ground, seat, candidates[_one_more(room, j, place)], kind, out, room)


def partners(ground: Ground, seats: Ints, practitioner_links: int, out: Links, room: Room) -> None:
    """Link partners with managers and practitioners."""
    some(ground, seats, ground.managers, ground.manager_links, MANAGERS, Kind.PARTNER, out, room)
    some(ground, seats, ground.practitioners, practitioner_links, PRACTITIONERS, Kind.PARTNER, out, room)


def coproduction(ground: Ground, out: Links, room: Room) -> None:
    """Link people with lived experience: through voluntary-sector partners, with practitioners, or with one of them."""
    staff, lived, number = ground.practitioners, ground.lived, ground.coproduction_links
    if ground.coproduction == MEDIATED:
        some(ground, lived, ground.mediators, number, MEDIATORS, Kind.COPRODUCTION, out, room)
    elif ground.coproduction == ONE_LEAD and len(staff) > 0:
        lead = staff[int(drawn(ground, room, ground.director, ENGAGEMENT, 0) * len(staff))]
        out.made[LEAD] = lead
        for member in lived:
            mutual(ground, member, lead, Kind.COPRODUCTION, out, room)
    elif len(lived) > 0 and len(staff) > 0:  # dealt round: nobody twice before everybody once
        for i in range(len(staff)):
            room.chance[i] = drawn(ground, room, staff[i], DEAL, 0)
        in_order(room.chance, room.dealt, room.spare)
        number = min(number, len(staff))
        for i in range(len(lived)):
            for j in range(number):
                mutual(ground, lived[i], staff[room.dealt[(i * number + j) % len(staff)]], Kind.COPRODUCTION, out, room)


# -- All of it laid out -----------------------------------------------------------------------------------------------


def _lay_out(ground: Ground, out: Links, room: Room) -> None:
    """All links by target, then source, then kind; the pairs numbered as they are met; who are fellows."""
    number, seats, known = out.made[LINKS], len(ground.manager), len(ground.source)
    for i in range(number):
        room.before[i] = i
    _sort(ground.kind, room.kind, KINDS, number, room.before, room.order, room.counted)
    _sort(ground.source, room.source, seats, number, room.order, room.before, room.counted)
    _sort(ground.target, room.target, seats, number, room.before, room.order, room.counted)
    out.first[0] = 0
    for seat in range(seats):
        out.first[seat + 1] = room.counted[seat]
        out.fellows[seat] = 0
    for i in range(number):
        at = room.order[i]
        new = at - known
        source = ground.source[at] if new < 0 else room.source[new]
        target = ground.target[at] if new < 0 else room.target[new]
        kind = ground.kind[at] if new < 0 else room.kind[new]
        out.source[i], out.target[i], out.kind[i] = source, target, kind
        out.weight[i] = ground.weight[at] if new < 0 else 1.0
        out.pair[i] = _pair(out, source, target, kind) if kind == Kind.PARTNER or kind == Kind.COPRODUCTION else -1
        manager = ground.manager[target]
        fellow = kind == Kind.PEER and manager >= 0 and ground.manager[source] == manager
        out.fellow[i] = fellow
        if fellow:
            out.fellows[target] += 1


def _sort(known: Ints, more: Ints, most: int, number: int, before: Ints, after: Ints, count: Ints) -> None:
    """Put the places of links in the order of something from 0 up; what are alike stay as they stand.

    ``count`` is then where each one's places end.
    """
    for one in range(most + 1):
        count[one] = 0
    for i in range(number):
        after_it = (known[i] if i < len(known) else more[i - len(known)]) + 1
        count[after_it] += 1
    for one in range(most):
        count[one + 1] = count[one] + count[one + 1]
    for i in range(number):
        at = before[i]
        this = known[at] if at < len(known) else more[at - len(known)]
        place = count[this]
        after[place] = at
        count[this] = place + 1


def _pair(out: Links, source: int, target: int, kind: int) -> int:
    """The number of a personal link's pair: that of the link the other way, if it was met before, or the next one."""
    if source < target:
        low, high = out.first[source], out.first[source + 1]
        end = high
        while low < high:
            middle = (low + high) // 2
            if out.source[middle] < target or (out.source[middle] == target and out.kind[middle] < kind):
                low = middle + 1
            else:
                high = middle
        if low < end and out.source[low] == target and out.kind[low] == kind:
            return out.pair[low]  # type: ignore[no-any-return]
    new = out.made[PAIRS]
    out.pair_a[new], out.pair_b[new] = min(source, target), max(source, target)
    out.made[PAIRS] = new + 1
    return new  # type: ignore[no-any-return]


# -- From Python ------------------------------------------------------------------------------------------------------


class Ties:
    """The links of one future after another, on the same ground."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._make_room(_likely(ground))

    def of(self, entropy: Words) -> Links:
        """The links of the future that some words of ``streams.words`` stand for."""
        found = self._found(entropy)
        number, pairs, _ = found.made.tolist()
        if number > len(found.source):
            self._make_room(number - len(self._ground.source))
            return self.of(entropy)
        ends = {"first": None, "fellows": None, "made": None, "pair_a": pairs, "pair_b": pairs}
        return Links._make(one[: ends.get(name, number)] for name, one in zip(Links._fields, found, strict=True))

    def _found(self, entropy: Words) -> Links:
        try:
            here = machine()
        except Stale:
            out, room = self._arrays()
            with np.errstate(over="ignore"):
                links(self._ground, entropy, out, room)
            return out
        placed = here.place([self._laid], [lay(entropy), *self._room], SCRATCH)
        here.call("links_1", *placed)
        return Links._make(placed[2].copied())

    @cached_property
    def _laid(self) -> Laid:
        return lay(self._ground)

    def _make_room(self, drawn: int) -> None:
        self._drawn = drawn
        out, room = self._arrays()
        self._room = room_for(out), room_for(room)

    def _arrays(self) -> tuple[Links, Room]:
        ground, drawn = self._ground, self._drawn
        pairs = int(np.isin(ground.kind, PERSONAL).sum()) + drawn
        return arrays(len(ground.manager), len(ground.practitioners), len(ground.source) + drawn, pairs, drawn)


def arrays(seats: int, staff: int, number: int, pairs: int, drawn: int) -> tuple[Links, Room]:
    """Room for the links of a future, so many of them drawn, and to work in."""

    def whole(length: int) -> Ints:
        return np.empty(length, dtype=np.int64)

    out = Links(
        source=whole(number),
        target=whole(number),
        kind=whole(number),
        weight=np.empty(number),
        pair=whole(number),
        first=whole(seats + 1),
        pair_a=whole(pairs),
        pair_b=whole(pairs),
        fellows=whole(seats),
        fellow=np.empty(number, dtype=np.bool_),
        made=whole(3),
    )
    room = Room(
        keys=np.empty((len(STREAMS), 2), dtype=np.uint64),
        source=whole(drawn),
        target=whole(drawn),
        kind=whole(drawn),
        order=whole(number),
        before=whole(number),
        counted=whole(seats + KINDS),
        taken=whole(seats),
        begun=whole(staff + 1),
        chance=np.empty(staff),
        dealt=whole(staff),
        spare=whole(staff),
    )
    return out, room


SCRATCH = 1 << 12
"""Bytes that ``links`` needs for itself."""


def _likely(ground: Ground) -> int:
    """How many links are drawn, at most; across teams at random, hardly ever more than that."""
    staff, mean = len(ground.practitioners), ground.cross_team_links
    across = 0.0
    if ground.team_size > 0 and ground.cross_team == RANDOM:
        across = min(staff * (staff - ground.team_size), staff * mean + 8 * sqrt(staff * mean))
    elif ground.team_size > 0:
        across = 2 * staff * min(staff // ground.team_size - 1, int(mean / 2) + 1)
    managers = min(ground.manager_links, len(ground.managers))
    health, vcs = ground.health_practitioner_links, ground.vcs_practitioner_links
    around = len(ground.health) * (managers + min(health, staff)) + len(ground.vcs) * (managers + min(vcs, staff))
    around += len(ground.lived) * min(ground.coproduction_links, max(len(ground.mediators), staff))
    around += len(ground.lived)  # with one lead
    return int(across) + 2 * around
