"""How much each parameter moves an outcome: Morris' screening of all parameters, Sobol's indices of those that matter.

The sampling and the estimators are SALib's. What varies is a share of each range, 0 to 1: each parameter evenly over
its range and independently of the others.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.ranges import Range
from sim.base.arrays import Floats
from sim.base.errors import ScenarioError

LEVELS = 4
"""Morris' grid: shares 0, 1/3, 2/3 and 1 of a range, and steps of two of them."""

RESAMPLES = 1000
"""Bootstrap samples behind every interval."""


def problem(parameters: Sequence[Range]) -> dict[str, Any]:
    """What SALib varies: every parameter from 0, the low end of its range, to 1, the high end."""
    return {
        "num_vars": len(parameters),
        "names": [one.key for one in parameters],
        "bounds": [[0.0, 1.0]] * len(parameters),
    }


def keys_at(parameters: Sequence[Range], shares: Sequence[float]) -> dict[str, Any]:
    """The keys to set for a share of each parameter's range."""
    return {one.key: one.at(float(share)) for one, share in zip(parameters, shares, strict=True)}


@dataclass(frozen=True)
class Screened:
    """Elementary effects, [parameters]: mu_star, the mean size of the effect of moving a parameter over two thirds of
    its range, scaled to the whole range, with a rough 95% interval; mu, with its sign; sigma, how much it varies from
    place to place."""

    mu_star: Floats
    low: Floats
    high: Floats
    mu: Floats
    sigma: Floats


@dataclass(frozen=True)
class Shared:
    """Sobol's indices, [parameters], with 95% bootstrap intervals: the share of an outcome's variance that a
    parameter explains by itself (first) and with all the others (total). variance: of the outcome over the settings."""

    first: Floats
    first_half: Floats
    total: Floats
    total_half: Floats
    variance: float


def morris_shares(parameters: Sequence[Range], trajectories: int, seed: int) -> Floats:
    """The points of Morris' screening, [trajectories x (parameters + 1), parameters]."""
    from SALib.sample import morris

    return np.asarray(morris.sample(problem(parameters), trajectories, num_levels=LEVELS, seed=seed))


def screened(parameters: Sequence[Range], shares: Floats, values: Floats, seed: int) -> Screened:
    """What the screening found for one outcome. values: [points]."""
    from SALib.analyze import morris

    said = morris.analyze(
        problem(parameters), shares, values, num_levels=LEVELS, num_resamples=RESAMPLES, conf_level=0.95, seed=seed
    )
    star, half, mu, sigma = (np.asarray(said[name], dtype=float) for name in ("mu_star", "mu_star_conf", "mu", "sigma"))
    return Screened(star, np.maximum(0.0, star - half), star + half, mu, sigma)


def sobol_shares(parameters: Sequence[Range], samples: int, seed: int) -> Floats:
    """The points of Sobol's indices, [samples x (parameters + 2), parameters]; samples: a power of two."""
    from SALib.sample import sobol

    return np.asarray(sobol.sample(problem(parameters), samples, calc_second_order=False, seed=seed))


def shared(parameters: Sequence[Range], values: Floats, seed: int) -> Shared:
    """Sobol's indices for one outcome. values: [points]. NaN where the outcome is the same everywhere."""
    from SALib.analyze import sobol

    spread = float(np.var(values))
    if spread == 0.0:
        none = np.full(len(parameters), np.nan)
        return Shared(none, none, none, none, 0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        said = sobol.analyze(
            problem(parameters), values, calc_second_order=False, num_resamples=RESAMPLES, conf_level=0.95, seed=seed
        )
    first, first_half, total, total_half = (
        np.asarray(said[name], dtype=float) for name in ("S1", "S1_conf", "ST", "ST_conf")
    )
    return Shared(first, first_half, total, total_half, spread)


def independent(values: Floats, parameters: int) -> tuple[Floats, Floats]:
    """The two parts of Sobol's points that are even samples of the whole range."""
    return values[0 :: parameters + 2], values[parameters + 1 :: parameters + 2]


def check(trajectories: int, samples: int, futures: int, top: int) -> None:
    """Raise ScenarioError for numbers that make no sense."""
    if trajectories < 2 or futures < 2 or top < 1:
        raise ScenarioError(
            f"trajectories = {trajectories}, futures = {futures}, top = {top}: at least 2, 2 and 1 are needed"
        )
    if samples < 2 or samples & (samples - 1):
        raise ScenarioError(f"samples = {samples}: a power of two is needed, such as 64, 128 or 256")


def most_moving(found: dict[str, Screened], top: int) -> list[int]:
    """The parameters that move any outcome most, each measured against that outcome's strongest effect."""
    shares = [one.mu_star / one.mu_star.max() for one in found.values() if one.mu_star.max() > 0.0]
    if not shares:
        return list(range(top))
    largest = np.max(shares, axis=0)
    return sorted(np.argsort(-largest, kind="stable")[:top].tolist())
