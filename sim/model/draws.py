"""Every random number of a future, addressed and not consumed.

A draw is a uniform number in [0, 1) found at (stream, seat or pair of seats, month). The key of a stream comes from
numpy's ``SeedSequence`` of the root seed, the future and the stream's name; the number itself is what numpy's
counter-based ``Philox`` generator gives at that key and address. So two scenarios with the same seed share every
draw that both use, whatever else differs between them: one more team, a longer run, another order of futures.
"""

from typing import NamedTuple

import numpy as np

from sim.base.arrays import Floats, Ints
from sim.base.streams import Uniforms
from sim.organisation.structure import Structure


class Draws(NamedTuple):
    """The draws of one future. Row m of an array is for month m; row 0, where used, is the start.

    leave, newcomer, practise, claim, grant: [months + 1, seats]; rebuild: [months + 1, pairs];
    champion: [practitioners], their seats in the order in which they would be champions; successor,
    renewal: [months + 1]; candidates: [months + 1, 5], four candidates and which of them is chosen; phase: one number.
    The director's column of ``leave`` is from a stream of its own.
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


CHAMPION, DEPARTURE, SUCCESSOR, REVIEW, PHASE = 1, 1, 2, 1, 2
"""Second halves of addresses that are not a pair of seats; a seat's own address is never this small."""


CANDIDATES = 4
"""How many people are looked at where a panel has a say in who is appointed."""


def draw(structure: Structure, months: int, seed: int, future: int) -> Draws:
    """All draws of one future of an organisation over ``months`` months."""
    uniforms = Uniforms(seed, future)
    seats = structure.address
    none = np.zeros_like(seats)
    pairs = (seats[structure.pair_a], seats[structure.pair_b])
    one = np.array([DEPARTURE, SUCCESSOR], dtype=np.uint64)
    director = uniforms.rows("director", one, one * 0, months + 1)
    renewal = uniforms.rows("renewal", one, one * 0, months + 1)
    five = np.arange(1, CANDIDATES + 2, dtype=np.uint64)
    leave = uniforms.rows("turnover", seats, none, months + 1).T
    leave[:, structure.director] = director[0]
    practitioners = structure.practitioners
    first = uniforms.rows("traits", seats[practitioners], none[practitioners] + np.uint64(CHAMPION), 1)[:, 0]
    return Draws(
        leave=leave,
        newcomer=uniforms.rows("traits", seats, none, months + 1).T,
        practise=uniforms.rows("practice", seats, none, months + 1).T,
        claim=uniforms.rows("claims", seats, none, months + 1).T,
        grant=uniforms.rows("grants", seats, none, months + 1).T,
        rebuild=uniforms.rows("rebuilding", *pairs, months + 1).T,
        champion=practitioners[first.argsort(kind="stable")],
        successor=np.ascontiguousarray(director[1]),
        candidates=np.ascontiguousarray(uniforms.rows("candidates", five, five * 0, months + 1).T),
        renewal=np.ascontiguousarray(renewal[0]),
        phase=float(renewal[1, 0]),
    )
