"""Distributions of values as tables of quantiles, between which values are interpolated."""

from functools import cache

import numpy as np

STEPS = 1024
"""Equal steps of probability in a table."""


@cache
def beta_grid(a: float, b: float) -> tuple[float, ...]:
    """The quantiles of Beta(a, b) at 0, 1/1024, ..., 1."""
    from scipy.special import betaincinv

    return tuple(float(q) for q in betaincinv(a, b, np.linspace(0.0, 1.0, STEPS + 1)))
