"""Uniform numbers by address: numpy's SeedSequence for the keys, Philox4x64-10 for the numbers.

Source: Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3". Keys and numbers are those of
numpy's own ``SeedSequence`` and ``Philox``, which have no way of asking for many at once, nor from within the compiled
engine; tests hold the two together.
"""

import numpy as np
from numpy.typing import NDArray

from sim.base.arrays import Floats

Words = NDArray[np.uint64]

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

NETWORK, TRAITS, TURNOVER, PRACTICE, CLAIMS, GRANTS, REBUILDING, RENEWAL, DIRECTOR, CANDIDATES = range(len(STREAMS))
"""Their places."""

_MULTIPLY_0, _MULTIPLY_1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_LOW_0, _HIGH_0 = np.uint64(0xE14C6C93), np.uint64(0xD2E7470E)
_LOW_1, _HIGH_1 = np.uint64(0x95121157), np.uint64(0xCA5A8263)
_WEYL_0, _WEYL_1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_ROUNDS = 10
_LOW, _HALF, _SPARE = np.uint64(0xFFFFFFFF), np.uint64(32), np.uint64(11)
_STEP = 1.0 / (1 << 53)


def words(seed: int, future: int) -> Words:
    """A root seed and a future as ``keys`` reads them: each in words of 32 bits, the seed's at least four."""
    if seed < 0 or future < 0:
        raise ValueError(f"a seed and a future are not negative: {seed}, {future}")
    parts = [
        [number >> 32 * place & 0xFFFFFFFF for place in range(max(least, -(-number.bit_length() // 32)))]
        for number, least in ((int(seed), _POOL), (int(future), 1))
    ]
    return np.array([*parts[0], *parts[1]], dtype=np.uint64)


def keys(entropy: Words, out: Words) -> None:
    """The keys of all streams of a future, [streams, 2]."""
    pool = np.empty(_POOL, dtype=np.uint64)
    for stream in range(len(out)):
        constant = _INIT_A
        for i in range(_POOL):
            pool[i] = _hashed(entropy[i], constant, _MULT_A)
            constant = constant * _MULT_A & _LOW
        for i in range(_POOL):
            for j in range(_POOL):
                if i != j:
                    pool[j] = _mixed(pool[j], _hashed(pool[i], constant, _MULT_A))
                    constant = constant * _MULT_A & _LOW
        for i in range(_POOL, len(entropy) + 1):
            word = entropy[i] if i < len(entropy) else np.uint64(stream)
            for j in range(_POOL):
                pool[j] = _mixed(pool[j], _hashed(word, constant, _MULT_A))
                constant = constant * _MULT_A & _LOW
        constant = _INIT_B
        for i in range(_POOL):
            pool[i] = _hashed(pool[i], constant, _MULT_B)
            constant = constant * _MULT_B & _LOW
        out[stream, 0] = pool[0] | (pool[1] << _HALF)
        out[stream, 1] = pool[2] | (pool[3] << _HALF)


_POOL = 4
_INIT_A, _MULT_A = np.uint64(0x43B0D7E5), np.uint64(0x931E8875)
_INIT_B, _MULT_B = np.uint64(0x8B51F9DD), np.uint64(0x58F38DED)
_MIX_LEFT, _MIX_RIGHT = np.uint64(0xCA01F9DD), np.uint64(0x4973F715)
_SHIFT = np.uint64(16)


def _hashed(value: np.uint64, constant: np.uint64, times: np.uint64) -> np.uint64:
    mixed = (value ^ constant) * (constant * times & _LOW) & _LOW
    return mixed ^ (mixed >> _SHIFT)


def _mixed(one: np.uint64, other: np.uint64) -> np.uint64:
    mixed = _MIX_LEFT * one - _MIX_RIGHT * other & _LOW
    return mixed ^ (mixed >> _SHIFT)


def fill(key: Words, first: int, second: int, start: int, out: Floats, place: int) -> None:
    """The numbers of one address for four months, from a multiple of four on, into a column of [months, addresses].

    The counter of the Philox generator is (month / 4 + 1, first, second, 0), so an address's numbers do not depend on
    which others or how many months are asked for.
    """
    four = np.empty(4, dtype=np.uint64)
    _philox(key, first, second, start, four)
    for month in range(start, min(start + 4, len(out))):
        out[month, place] = int(four[month - start] >> _SPARE) * _STEP


def uniform(key: Words, first: int, second: int, month: int) -> float:
    """The number of one address and month. Plain Python takes its time over it."""
    four = np.empty(4, dtype=np.uint64)
    _philox(key, first, second, month, four)
    return int(four[month % 4] >> _SPARE) * _STEP


def _philox(key: Words, first: int, second: int, month: int, four: Words) -> None:
    """Four words: those of a month and of its neighbours."""
    a, b, c, d = np.uint64(month // 4 + 1), np.uint64(first), np.uint64(second), np.uint64(0)
    key_0, key_1 = key[0], key[1]
    for _ in range(_ROUNDS):
        # The high halves of two products of 128 bits, from their four parts.
        x, y = a & _LOW, a >> _HALF
        middle = y * _LOW_0 + (x * _LOW_0 >> _HALF)
        high_0 = y * _HIGH_0 + (middle >> _HALF) + ((x * _HIGH_0 + (middle & _LOW)) >> _HALF)
        x, y = c & _LOW, c >> _HALF
        middle = y * _LOW_1 + (x * _LOW_1 >> _HALF)
        high_1 = y * _HIGH_1 + (middle >> _HALF) + ((x * _HIGH_1 + (middle & _LOW)) >> _HALF)
        a, b, c, d = high_1 ^ b ^ key_0, c * _MULTIPLY_1, high_0 ^ d ^ key_1, a * _MULTIPLY_0
        key_0, key_1 = key_0 + _WEYL_0, key_1 + _WEYL_1
    four[0], four[1], four[2], four[3] = a, b, c, d
