"""Uniform numbers by address: numpy's SeedSequence for the key, Philox4x64-10 for the number.

Source: Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3". The numbers are those of
numpy's own ``Philox``, which has no way of asking for many addresses at once; a test holds the two together.
"""

import numpy as np
from numpy.typing import NDArray

from sim.base.arrays import Floats
from sim.base.machine import Stale, machine

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
    "candidates",
)
"""The named streams, in an order that is fixed: a stream's place is part of its key."""

_MULTIPLY_0, _MULTIPLY_1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_WEYL_0, _WEYL_1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_ROUNDS = 10
_LOW, _HALF, _SPARE = np.uint64(0xFFFFFFFF), np.uint64(32), np.uint64(11)
_STEP = 1.0 / (1 << 53)


class Uniforms:
    """The uniform numbers of one future of one root seed."""

    def __init__(self, seed: int, future: int) -> None:
        self._seed, self._future = seed, future

    def rows(self, stream: str, first: NDArray[np.uint64], second: NDArray[np.uint64], columns: int) -> Floats:
        """Numbers in [0, 1), [addresses, columns]: row i belongs to the address (first[i], second[i]).

        The counter of the Philox generator is (column / 4 + 1, first, second, 0), so a row does not depend on which
        other rows or how many columns are asked for.
        """
        out = np.empty((columns, len(first)))  # by column, since a month of everyone's draws is what is read together
        _fill(self.key(stream), first, second, out)
        return out.T

    def key(self, stream: str) -> NDArray[np.uint64]:
        """The two words of a stream's key."""
        words = np.random.SeedSequence(self._seed, spawn_key=(self._future, STREAMS.index(stream)))
        return np.asarray(words.generate_state(2, np.uint64), dtype=np.uint64)


def is_compiled() -> bool:
    """Whether numbers are made by the compiled engine."""
    try:
        machine()
    except Stale:
        return False
    return True


def _fill(key: NDArray[np.uint64], first: NDArray[np.uint64], second: NDArray[np.uint64], out: Floats) -> None:
    try:
        here = machine()
    except Stale:
        with np.errstate(over="ignore"):
            fill(key, first, second, out)
        return
    words, (columns, rows) = np.concatenate([key, first, second]), out.shape
    key_at = here.borrow(words.nbytes + out.nbytes, _ROOM)
    first_at = key_at + key.nbytes
    second_at = first_at + first.nbytes
    out_at = second_at + second.nbytes
    here.array(key_at, words.shape, np.uint64)[:] = words
    here.call("fill_1", key_at, len(key), first_at, rows, second_at, rows, out_at, columns, rows)
    out[:] = here.array(out_at, out.shape, np.float64)


_ROOM = 1 << 10
"""Bytes that ``fill`` needs for itself."""


def fill(key: NDArray[np.uint64], first: NDArray[np.uint64], second: NDArray[np.uint64], out: Floats) -> None:
    """The numbers of some addresses, [columns, addresses]: see ``Uniforms.rows``."""
    columns, rows = len(out), len(first)
    four = np.empty(4, dtype=np.uint64)
    for row in range(rows):
        for start in range(0, columns, 4):
            _philox(key, first[row], second[row], start, four)
            for column in range(start, min(start + 4, columns)):
                out[column, row] = (four[column - start] >> _SPARE) * _STEP


def uniform(key: NDArray[np.uint64], first: int, second: int, column: int) -> float:
    """The number of one address. Plain Python takes its time over it."""
    four = np.empty(4, dtype=np.uint64)
    _philox(key, first, second, column, four)
    return (four[column % 4] >> _SPARE) * _STEP  # type: ignore[no-any-return]


def _philox(key: NDArray[np.uint64], first: int, second: int, column: int, four: NDArray[np.uint64]) -> None:
    """Four words: those of a column and of its neighbours."""
    four[0], four[1], four[2], four[3] = np.uint64(column // 4 + 1), np.uint64(first), np.uint64(second), np.uint64(0)
    key_0, key_1 = key[0], key[1]
    for _ in range(_ROUNDS):
        a, b, c, d = four[0], four[1], four[2], four[3]
        # The high halves of two products of 128 bits, from their four parts.
        x, y = a & _LOW, a >> _HALF
        m, n = _MULTIPLY_0 & _LOW, _MULTIPLY_0 >> _HALF
        middle = y * m + (x * m >> _HALF)
        high_0 = y * n + (middle >> _HALF) + ((x * n + (middle & _LOW)) >> _HALF)
        x, y = c & _LOW, c >> _HALF
        m, n = _MULTIPLY_1 & _LOW, _MULTIPLY_1 >> _HALF
        middle = y * m + (x * m >> _HALF)
        high_1 = y * n + (middle >> _HALF) + ((x * n + (middle & _LOW)) >> _HALF)
        four[0], four[1] = high_1 ^ b ^ key_0, c * _MULTIPLY_1
        four[2], four[3] = high_0 ^ d ^ key_1, a * _MULTIPLY_0
        key_0, key_1 = key_0 + _WEYL_0, key_1 + _WEYL_1
