"""Estimates over simulated futures with their 95% intervals.

An interval is for chance between simulated futures and nothing else: it says nothing about doubt in the model.
"""

import math
from functools import cache
from typing import NamedTuple

import numpy as np

from sim.base.arrays import Bools, Floats

LEVEL = 0.95
"""Confidence of every interval."""

_NAN = float("nan")

Z = 1.959963984540054
"""Between minus this and this lies ``LEVEL`` of the normal distribution. (What scipy says; it takes long to import.)"""


@cache
def t_point(freedom: int) -> float:
    """Between minus this and this lies ``LEVEL`` of Student's t distribution.

    Looked for by halving: with whole degrees of freedom what lies between is a finite sum. With a great many, the
    first terms of its expansion around the normal point differ from it by less than can be stored.
    Source: Abramowitz & Stegun (1964), 26.7.3, 26.7.4 and 26.7.5.
    """
    if freedom > 2000:
        terms = (
            (Z**3 + Z) / 4,
            (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96,
            (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384,
            (79 * Z**9 + 776 * Z**7 + 1482 * Z**5 - 1920 * Z**3 - 945 * Z) / 92160,
        )
        return Z + math.fsum(term / freedom**power for power, term in enumerate(terms, 1))
    low, high = 0.0, 13.0  # with one degree of freedom it is 12.7
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if _between(middle, freedom) < LEVEL else (low, middle)
    return high


def _between(t: float, freedom: int) -> float:
    """How much of Student's t distribution lies between -t and t."""
    angle = math.atan(t / math.sqrt(freedom))
    sine, square = math.sin(angle), math.cos(angle) ** 2
    odd = freedom % 2
    term = total = math.cos(angle) if odd else 1.0
    for k in range(2 + odd, freedom - 1, 2):
        term *= square * (k - 1) / k
        total += term
    if not odd:
        return sine * total
    return 2 / math.pi * (angle + (sine * total if freedom > 1 else 0.0))


class Estimate(NamedTuple):
    """A number over many futures and the ends of its 95% interval; NaN where either is undefined."""

    value: float = _NAN
    low: float = _NAN
    high: float = _NAN

    @property
    def defined(self) -> bool:
        """Whether there is a number."""
        return not np.isnan(self.value)

    @property
    def has_interval(self) -> bool:
        """Whether there is an interval around it."""
        return not (np.isnan(self.low) or np.isnan(self.high))

    @property
    def clear(self) -> bool:
        """Whether the interval keeps to one side of 0."""
        return self.low > 0.0 or self.high < 0.0

    def columns(self, name: str) -> dict[str, float]:
        """As the cells of a table: NAME, NAME_low, NAME_high."""
        return {name: self.value, f"{name}_low": self.low, f"{name}_high": self.high}


UNDEFINED = Estimate()


def wilson(count: int, of: int) -> Estimate:
    """A share and Wilson's (1927) interval; undefined for a share of nothing."""
    if of == 0:
        return UNDEFINED
    z, share = Z, count / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * float(np.sqrt(share * (1 - share) / of + z * z / (4 * of * of)))
    low = 0.0 if count == 0 else max(0.0, middle - half)
    return Estimate(share, low, 1.0 if count == of else min(1.0, middle + half))


def mean_interval(values: Floats) -> Estimate:
    """The mean of values that differ by chance between futures, and its t interval (undefined for a single one)."""
    if len(values) == 0:
        return UNDEFINED
    mean = float(values.mean())
    if len(values) < 2:
        return Estimate(mean)
    half = float(t_point(len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return Estimate(mean, mean - half, mean + half)


def paired_share_interval(one: Bools, other: Bools) -> Estimate:
    """The difference of two shares over the same futures, one - other."""
    return contrast_interval(one.astype(np.float64) - other, 1.0)


def contrast_interval(values: Floats, most: float) -> Estimate:
    """The mean of a whole number in each future, from -``most`` to ``most``, such as one survives - the other does.

    For a difference of shares (-1, 0, 1) the interval is Agresti & Min's (2005, Statistics in Medicine 24, 729-740):
    half a future is added to each of the four cells, so that it does not shrink to nothing where the two never differ.
    For a difference of differences the same is done: a future is added at 0, and half a one at -1 and at 1.
    """
    n = len(values)
    if n == 0:
        return UNDEFINED
    total, squares = float(values.sum()), float((values * values).sum())
    middle = total / (n + 2)
    half = Z * float(np.sqrt((squares + 1) - total**2 / (n + 2))) / (n + 2)
    return Estimate(total / n, max(-most, middle - half), min(most, middle + half))


def gain(one: Bools, other: Bools) -> float:
    """How many times as many futures it would take to tell two shares apart if they were not paired.

    The variance of a difference between independent samples over that between paired ones; NaN where the two never
    differ within a future or one share is 0 or 1 in both.
    """
    if not len(one):
        return _NAN
    paired = float(np.var(one.astype(float) - other.astype(float)))
    apart = float(np.var(one) + np.var(other))
    return apart / paired if paired > 0.0 and apart > 0.0 else _NAN


def resample_interval(samples: Floats) -> tuple[float, float]:
    """The ends of the percentile interval of some resampled values; undefined where one of them is."""
    if not np.isfinite(samples).all():
        return _NAN, _NAN
    low, high = np.quantile(samples, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
