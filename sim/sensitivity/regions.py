"""Where the change collapses: regions of the levers found by a shallow tree, and judged on settings it has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.ranges import Range

Floats = NDArray[np.float64]

Box = dict[int, tuple[float, float]]

DEPTH, LEAST = 3, 0.05
"""Questions on the way to a region, and the least share of settings in one."""


@dataclass(frozen=True)
class Region:
    """A box of levers: lever -> (from, below), in the lever's own numbers; infinite where it is not bound.

    share: of fresh settings that lie in it. collapsed: the mean share of futures that collapse there, of fresh
    settings; NaN where there are none. never: likewise of those in which it never took hold. settings: how many.
    """

    bounds: dict[str, tuple[float, float]]
    share: float
    collapsed: float
    never: float
    settings: int

    def words(self) -> str:
        """Where it is, in words."""
        said = []
        for key, (low, high) in self.bounds.items():
            if np.isinf(low):
                said.append(f"{key} below {high:.3g}")
            elif np.isinf(high):
                said.append(f"{key} {low:.3g} or more")
            else:
                said.append(f"{key} from {low:.3g} to {high:.3g}")
        return " and ".join(said) or "everywhere"


@dataclass(frozen=True)
class Regions:
    """Regions, where most collapse first; explained: of the spread between fresh settings, the share they explain."""

    regions: tuple[Region, ...]
    explained: float


def regions(
    levers: Sequence[Range], shares: Floats, values: Floats, fresh_shares: Floats, fresh_values: Floats, never: Floats
) -> Regions:
    """Found on some settings, judged on others. shares: [settings, levers]; values: [settings], what collapsed.

    never: [fresh settings], what never took hold.
    """
    from sklearn.tree import DecisionTreeRegressor

    least = max(2, int(LEAST * len(values)))
    tree = DecisionTreeRegressor(max_depth=DEPTH, min_samples_leaf=least, random_state=0).fit(shares, values)
    leaves = tree.apply(fresh_shares)
    spread = float(np.sum((fresh_values - fresh_values.mean()) ** 2))
    left = float(np.sum((fresh_values - tree.predict(fresh_shares)) ** 2))
    out = []
    for leaf, box in _boxes(tree.tree_, 0, {}):
        inside = leaves == leaf
        here = fresh_values[inside]
        bounds = {levers[i].key: (_value(levers[i], low), _value(levers[i], high)) for i, (low, high) in box.items()}
        means = [float(x[inside].mean()) if inside.any() else float("nan") for x in (fresh_values, never)]
        out.append(Region(bounds, len(here) / len(fresh_values), means[0], means[1], len(here)))
    out.sort(key=lambda region: -np.nan_to_num(region.collapsed, nan=-1.0))
    return Regions(tuple(out), 1.0 - left / spread if spread > 0 else float("nan"))


def _value(lever: Range, share: float) -> float:
    return share if np.isinf(share) else lever.low + share * (lever.high - lever.low)


def _boxes(tree: Any, node: int, box: Box) -> list[tuple[int, Box]]:
    """The leaves below a node, each with its box in shares of the ranges."""
    lever = int(tree.feature[node])
    if lever < 0:
        return [(node, box)]
    at = float(tree.threshold[node])
    low, high = box.get(lever, (-np.inf, np.inf))
    below = _boxes(tree, int(tree.children_left[node]), box | {lever: (low, at)})
    return below + _boxes(tree, int(tree.children_right[node]), box | {lever: (at, high)})
