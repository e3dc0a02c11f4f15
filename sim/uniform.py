"""Uniform numbers by address: numpy's SeedSequence for the key, numpy's Philox for the number."""

import numpy as np
from numpy.typing import NDArray

STREAMS = (
    "network",
    "traits",
    "turnover",
    "practice",
    "claims",
    "grants",
    "rebuilding",
    "renewal",
    "director",
)
"""The named streams, in an order that is fixed: a stream's place is part of its key."""


class Uniforms:
    """The uniform numbers of one future of one root seed."""

    def __init__(self, seed: int, future: int) -> None:
        self._seed, self._future = seed, future

    def rows(
        self, stream: str, first: NDArray[np.uint64], second: NDArray[np.uint64], columns: int
    ) -> NDArray[np.float64]:
        """Numbers in [0, 1), [addresses, columns]: row i belongs to the address (first[i], second[i]).

        The counter of the Philox generator is (column / 4, first, second, 0), so a row does not depend on which
        other rows or how many columns are asked for.
        """
        key = np.random.SeedSequence(self._seed, spawn_key=(self._future, STREAMS.index(stream)))
        bits = np.random.Philox(key=key.generate_state(2, np.uint64))
        generator = np.random.Generator(bits)
        state = bits.state
        counter = state["state"]["counter"]
        out = np.empty((len(first), columns))
        for row, a, b in zip(out, first, second, strict=True):
            counter[:] = (0, a, b, 0)
            state["buffer_pos"] = 4
            bits.state = state
            generator.random(out=row)
        return out
