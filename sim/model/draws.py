"""Every random number of a future, addressed and not consumed.

A draw is a uniform number in [0, 1) found at (stream, seat or pair of seats, month). The key of a stream comes from
numpy's ``SeedSequence`` of the root seed, the future and the stream's name; the number itself is what numpy's
counter-based ``Philox`` generator gives at that key and address. So two scenarios with the same seed share every
draw that both use, whatever else differs between them: one more team, a longer run, another order of futures.
``draws`` says which number is where; the compiled engine is made from it, too.
"""

from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.base import streams
from sim.base.arrays import Floats, Ints, in_order
from sim.base.machine import Laid, Stale, laid, lay, machine, room_for
from sim.base.streams import STREAMS, Words, fill, keys, uniform
from sim.organisation.structure import Structure


class Draws(NamedTuple):
    """The draws of one future. Row m of an array is for month m; row 0, where used, is the start.

    leave, newcomer, practise, claim, grant: [months + 1, seats]; rebuild: [months + 1, pairs];
    champion: [practitioners], their seats in the order in which they would be champions; successor,
    renewal: [months + 1]; candidates: [months + 1, 5], four candidates and which of them is chosen; phase: [1].
    The director's column of ``leave`` is from a stream of its own.
    newcomer, grant and rebuild, of which few are ever read, may have no rows, and in a very large organisation leave,
    practise and claim too: each number is then made as it is read, from the key of its stream; keys: [streams, 2].
    """

    leave: Floats
    newcomer: Floats
    practise: Floats
    claim: Floats
    grant: Floats
    rebuild: Floats
    champion: Ints
    successor: Floats
    candidates: Floats
    renewal: Floats
    phase: Floats
    keys: Words


class Room(NamedTuple):
    """Room to put practitioners in the order of their chance in: [practitioners] each."""

    chance: Floats
    order: Ints
    spare: Ints


CHAMPION, DEPARTURE, SUCCESSOR, REVIEW, PHASE = 1, 1, 2, 1, 2
"""Halves of addresses that are not a pair of seats; a seat's own address is never this small."""


CANDIDATES = 4
"""How many people are looked at where a panel has a say in who is appointed."""


def draw(structure: Structure, months: int, seed: int, future: int, *, lean: bool = False) -> Draws:
    """All draws of one future of an organisation over ``months`` months.

    ``lean``: leave to the compiled engine, where there is one, to make those of which few are read.
    """
    entropy, seats, pairs = streams.words(seed, future), len(structure.role), len(structure.pair_a)
    size = months, seats, pairs, len(structure.practitioners)
    try:
        here = machine()
    except Stale:
        out, room = arrays(*size, lean=False)
        with np.errstate(over="ignore"):
            draws(structure, entropy, out, room)
        return out
    placed = here.place([laid(structure)], [lay(entropy), *_room(*size, lean=lean)], SCRATCH)
    here.call("draws_1", *placed)
    return Draws._make(placed[2].copied())


def drawn_for(structure: Structure) -> tuple[bytes, ...]:
    """What lean draws of an organisation are made from: those that are alike in it have the same."""
    parts = [structure.address, structure.practitioners, structure.pair_a, structure.pair_b]
    with suppress(Stale):
        machine()
        parts = parts[:2]  # those of pairs are not made beforehand then
    return (structure.director.to_bytes(8, "little", signed=True), *(np.asarray(part).tobytes() for part in parts))


def draws(structure: Structure, entropy: Words, out: Draws, room: Room) -> None:
    """The draws of the future that some words of ``streams.words`` stand for, of the months that there are rows for."""
    keys(entropy, out.keys)
    address = structure.address
    for start in range(0, len(out.leave), 4):
        for seat in range(len(address)):
            fill(out.keys[streams.TURNOVER], address[seat], 0, start, out.leave, seat)
            fill(out.keys[streams.PRACTICE], address[seat], 0, start, out.practise, seat)
            fill(out.keys[streams.CLAIMS], address[seat], 0, start, out.claim, seat)
        fill(out.keys[streams.DIRECTOR], DEPARTURE, 0, start, out.leave, structure.director)
    for start in range(0, len(out.newcomer), 4):
        for seat in range(len(address)):
            fill(out.keys[streams.TRAITS], address[seat], 0, start, out.newcomer, seat)
            fill(out.keys[streams.GRANTS], address[seat], 0, start, out.grant, seat)
        for pair in range(len(structure.pair_a)):
            one, other = structure.pair_a[pair], structure.pair_b[pair]
            fill(out.keys[streams.REBUILDING], address[one], address[other], start, out.rebuild, pair)
    for start in range(0, len(out.candidates), 4):
        for one in range(CANDIDATES + 1):
            fill(out.keys[streams.CANDIDATES], one + 1, 0, start, out.candidates, one)
    for month in range(len(out.renewal)):
        out.successor[month] = uniform(out.keys[streams.DIRECTOR], SUCCESSOR, 0, month)
        out.renewal[month] = uniform(out.keys[streams.RENEWAL], REVIEW, 0, month)
    out.phase[0] = uniform(out.keys[streams.RENEWAL], PHASE, 0, 0)
    staff = structure.practitioners
    for place in range(len(staff)):
        room.chance[place] = uniform(out.keys[streams.TRAITS], address[staff[place]], CHAMPION, 0)
    in_order(room.chance, room.order, room.spare)
    for place in range(len(staff)):
        out.champion[place] = staff[room.order[place]]


SCRATCH = 1 << 12
"""Bytes that ``draws`` needs for itself."""


AT_HAND = 1 << 29
"""Bytes of draws of one future that are made beforehand. Made as they are read they take four times as long."""


def arrays(months: int, seats: int, pairs: int, practitioners: int, *, lean: bool) -> tuple[Draws, Room]:
    """Room for the draws of a future, and to work in."""
    rows, few = months + 1, 0 if lean else months + 1
    most = 0 if lean and 3 * 8 * seats * rows > AT_HAND else rows
    out = Draws(
        leave=np.empty((most, seats)),
        newcomer=np.empty((few, seats)),
        practise=np.empty((most, seats)),
        claim=np.empty((most, seats)),
        grant=np.empty((few, seats)),
        rebuild=np.empty((few, pairs)),
        champion=np.empty(practitioners, dtype=np.int64),
        successor=np.empty(rows),
        candidates=np.empty((rows, CANDIDATES + 1)),
        renewal=np.empty(rows),
        phase=np.empty(1),
        keys=np.empty((len(STREAMS), 2), dtype=np.uint64),
    )
    order = np.empty((2, practitioners), dtype=np.int64)
    return out, Room(np.empty(practitioners), order[0], order[1])


@lru_cache(maxsize=64)
def _room(months: int, seats: int, pairs: int, practitioners: int, *, lean: bool) -> tuple[Laid, Laid]:
    out, room = arrays(months, seats, pairs, practitioners, lean=lean)
    return room_for(out), room_for(room)


def at(made: Floats, month: int, seat: int, key: Words, first: int, second: int) -> float:
    """One of a stream's numbers: from a column of those that were made beforehand, or made now at its address."""
    if len(made) > 0:
        return made[month, seat]  # type: ignore[no-any-return]
    return uniform(key, first, second, month)


def leave(structure: Structure, draws: Draws, month: int, seat: int) -> float:
    """The number that decides whether somebody leaves."""
    if seat == structure.director:
        return at(draws.leave, month, seat, draws.keys[streams.DIRECTOR], DEPARTURE, 0)
    return at(draws.leave, month, seat, draws.keys[streams.TURNOVER], structure.address[seat], 0)


def practise(structure: Structure, draws: Draws, month: int, seat: int) -> float:
    """The number that decides whether somebody practises."""
    return at(draws.practise, month, seat, draws.keys[streams.PRACTICE], structure.address[seat], 0)


def claim(structure: Structure, draws: Draws, month: int, seat: int) -> float:
    """The number that decides whether somebody claims leadership."""
    return at(draws.claim, month, seat, draws.keys[streams.CLAIMS], structure.address[seat], 0)


def newcomer(structure: Structure, draws: Draws, month: int, seat: int) -> float:
    """The number that decides the values of whoever comes to a seat."""
    return at(draws.newcomer, month, seat, draws.keys[streams.TRAITS], structure.address[seat], 0)


def grant(structure: Structure, draws: Draws, month: int, seat: int) -> float:
    """The number that decides the answer to somebody's claim."""
    return at(draws.grant, month, seat, draws.keys[streams.GRANTS], structure.address[seat], 0)


def rebuild(structure: Structure, draws: Draws, month: int, pair: int) -> float:
    """The number that decides whether the lost link of a pair is rebuilt."""
    one, other = structure.address[structure.pair_a[pair]], structure.address[structure.pair_b[pair]]
    return at(draws.rebuild, month, pair, draws.keys[streams.REBUILDING], one, other)
