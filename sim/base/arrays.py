"""Names for the kinds of array that are passed around."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def in_order(values: Floats, order: Ints, spare: Ints) -> None:
    """The places of some numbers from the least up, into ``order``; what are alike stay as they stand.

    By merging, in loops that the compiled engine is made from; ``spare`` is room to work in, as long as the others.
    """
    for place in range(len(values)):
        order[place] = place
    width = 1
    while width < len(values):
        start = 0
        while start < len(values):
            middle, end = min(start + width, len(values)), min(start + 2 * width, len(values))
            left, right = start, middle
            for place in range(start, end):
                if left < middle and (right == end or values[order[left]] <= values[order[right]]):
                    spare[place] = order[left]
                    left += 1
                else:
                    spare[place] = order[right]
                    right += 1
            start = end
        for place in range(len(values)):
            order[place] = spare[place]
        width = 2 * width
