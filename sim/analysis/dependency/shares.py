"""Causal dependency: how much of the change rests on somebody, from futures with and without them. Plain arithmetic.

Definitions: docs/dependency.md. Everything is paired: entry f of every array is future f, with the same draws.
"""

from functools import lru_cache
from itertools import combinations
from math import factorial

import numpy as np

from sim.base.arrays import Floats
from sim.base.intervals import UNDEFINED, Estimate, resample_interval

UNDEFINED_BELOW = 0.05
"""Where leader and programme together add less than this to practised commitment, shares of it mean little."""

RESAMPLES = 2000
"""Bootstrap samples behind every interval."""


@lru_cache(maxsize=4)
def resampled(futures: int, seed: int) -> Floats:
    """How often each future is in each bootstrap sample, as shares: [RESAMPLES, futures]; rows sum to 1.

    The same for all questions about the same futures, so that differences stay paired.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(futures,)))
    return rng.multinomial(futures, np.full(futures, 1.0 / futures), size=RESAMPLES) / futures


def dependency(base: Floats, without: Floats, floor: Floats, samples: Floats) -> Estimate:
    """(Q_base - Q_without) / (Q_base - Q_floor), means over futures first; bootstrap percentile interval.

    ``base``, ``without``, ``floor``: [futures], practised commitment a horizon later with the person there, with them
    gone, and with neither the director nor the programme. 1 where the whole difference is theirs, below 0 where the
    change does better without them. Undefined where the means of base and floor differ by less than
    ``UNDEFINED_BELOW``. ``samples``: as ``resampled`` gives them. Source: docs/dependency.md.
    """
    lost, all_ = base - without, base - floor
    if not len(base) or all_.mean() < UNDEFINED_BELOW:
        return UNDEFINED
    return _ratio(lost, all_, samples)


def _ratio(part: Floats, whole: Floats, samples: Floats) -> Estimate:
    value, means = float(part.mean() / whole.mean()), samples @ whole
    if len(part) < 2 or not means.all():  # some sample has nothing to take a share of
        return Estimate(value)
    return Estimate(value, *resample_interval((samples @ part) / means))


def mean_of(values: Floats, samples: Floats) -> Estimate:
    """The mean over futures with its bootstrap interval."""
    return _ratio(values, np.ones_like(values), samples)


def shapley(losses: Floats) -> Floats:
    """What each of several channels adds to a loss, averaged over every order in which they can be shut.

    ``losses``: [coalitions, ...], entry S being what is lost with the channels of S shut (one bit, 2 ** channel, each);
    entry 0 is all zeros. Returns [channels, ...]; they sum to the last entry, the loss with all shut. Source: Shapley
    (1953).
    """
    channels = len(losses).bit_length() - 1
    if len(losses) != 1 << channels:
        raise ValueError(f"losses has {len(losses)} entries; one for each of 2, 4, 8 ... coalitions is needed")
    out = np.zeros((channels, *losses.shape[1:]))
    for channel in range(channels):
        others = [other for other in range(channels) if other != channel]
        for size in range(channels):
            weight = factorial(size) * factorial(channels - size - 1) / factorial(channels)
            for chosen in combinations(others, size):
                shut = sum(1 << other for other in chosen)
                out[channel] += weight * (losses[shut | 1 << channel] - losses[shut])
    return out
