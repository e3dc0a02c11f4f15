"""A measure of one's own, in a file of its own: a process that is asked for it loads nothing else of the tests."""

import numpy as np

from sim.analysis.validation.ablations import World


def by_number(world: World, futures: int, seed: int) -> list[np.ndarray]:
    """The futures' numbers, counted from 1."""
    return [np.arange(1.0, futures + 1.0)]
