"""Every random number of a future, addressed and not consumed.

A draw is a uniform number in [0, 1) found at (stream, seat or pair of seats, month). The key of a stream comes from
numpy's ``SeedSequence`` of the root seed, the future and the stream's name; the number itself is what numpy's
counter-based ``Philox`` generator gives at that key and address. So two scenarios with the same seed share every
draw that both use, whatever else differs between them: one more team, a longer run, another order of futures.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.base.arrays import Floats, Ints
from sim.base.streams import Uniforms, is_compiled, uniform
from sim.organisation.structure import Structure


class Draws(NamedTuple):
    """The draws of one future. Row m of an array is for month m; row 0, where used, is the start.

    leave, newcomer, practise, claim, grant: [months + 1, seats]; rebuild: [months + 1, pairs];
    champion: [practitioners], their seats in the order in which they would be champions; successor,
    renewal: [months + 1]; candidates: [months + 1, 5], four candidates and which of them is chosen; phase: one number.
    The director's column of ``leave`` is from a stream of its own.
    newcomer, grant and rebuild, of which few are ever read, may have no rows: each is then made as it is read, from
    the key of its stream; keys: [3, 2], in this order.
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
    phase: float
    keys: NDArray[np.uint64]


CHAMPION, DEPARTURE, SUCCESSOR, REVIEW, PHASE = 1, 1, 2, 1, 2
"""Second halves of addresses that are not a pair of seats; a seat's own address is never this small."""


CANDIDATES = 4
"""How many people are looked at where a panel has a say in who is appointed."""


def draw(structure: Structure, months: int, seed: int, future: int, *, lean: bool = False) -> Draws:
    """All draws of one future of an organisation over ``months`` months.

    ``lean``: leave to the compiled engine, where there is one, to make those of which few are read.
    """
    uniforms, seats, lean = Uniforms(seed, future), structure.address, lean and is_compiled()
    none = np.zeros_like(seats)
    few = np.empty((0, len(seats)))
    one = np.array([DEPARTURE, SUCCESSOR], dtype=np.uint64)
    director = uniforms.rows("director", one, one * 0, months + 1)
    renewal = uniforms.rows("renewal", one, one * 0, months + 1)
    five = np.arange(1, CANDIDATES + 2, dtype=np.uint64)
    leave = uniforms.rows("turnover", seats, none, months + 1).T
    leave[:, structure.director] = director[0]
    practitioners = structure.practitioners
    first = uniforms.rows("traits", seats[practitioners], none[practitioners] + np.uint64(CHAMPION), 1)[:, 0]

    def rebuild() -> Floats:
        pairs = seats[structure.pair_a], seats[structure.pair_b]
        return uniforms.rows("rebuilding", *pairs, months + 1).T

    return Draws(
        leave=leave,
        newcomer=few if lean else uniforms.rows("traits", seats, none, months + 1).T,
        practise=uniforms.rows("practice", seats, none, months + 1).T,
        claim=uniforms.rows("claims", seats, none, months + 1).T,
        grant=few if lean else uniforms.rows("grants", seats, none, months + 1).T,
        rebuild=few if lean else rebuild(),
        champion=practitioners[first.argsort(kind="stable")],
        successor=np.ascontiguousarray(director[1]),
        candidates=np.ascontiguousarray(uniforms.rows("candidates", five, five * 0, months + 1).T),
        renewal=np.ascontiguousarray(renewal[0]),
        phase=float(renewal[1, 0]),
        keys=np.array([uniforms.key(stream) for stream in ("traits", "grants", "rebuilding")]),
    )


def newcomer(structure: Structure, draws: Draws, month: int, seat: int) -> float:
    """What decides the values of whoever comes to a seat."""
    if len(draws.newcomer) > 0:
        return draws.newcomer[month, seat]  # type: ignore[no-any-return]
    return uniform(draws.keys[0], structure.address[seat], 0, month)


def grant(structure: Structure, draws: Draws, month: int, seat: int) -> float:
    """What decides the answer to somebody's claim."""
    if len(draws.grant) > 0:
        return draws.grant[month, seat]  # type: ignore[no-any-return]
    return uniform(draws.keys[1], structure.address[seat], 0, month)


def rebuild(structure: Structure, draws: Draws, month: int, pair: int) -> float:
    """What decides whether the lost link of a pair is rebuilt."""
    if len(draws.rebuild) > 0:
        return draws.rebuild[month, pair]  # type: ignore[no-any-return]
    one, other = structure.address[structure.pair_a[pair]], structure.address[structure.pair_b[pair]]
    return uniform(draws.keys[2], one, other, month)
