"""Where the change collapses: regions found by a shallow tree, and judged on settings it has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.ranges import Range
from sim.base.arrays import Floats
from sim.scenario.scenario import Scenario

Box = dict[int, tuple[float, float]]

DEPTH, LEAST = 3, 0.05
"""Questions on the way to a region, and the least share of settings in one."""

EASE = "ease"
"""Asked for beside the parameters: how much support for the new way is to spare where everybody wants it, may do it and
does it, which is the three weights of practice less the threshold and red tape. A tree asks about one number at a time
and could not see that one weight makes up for another."""

_ADDED = ("practice.commitment_weight", "practice.permission_weight", "practice.evidence_weight")
_TAKEN_OFF = ("practice.threshold", "practice.red_tape")


@dataclass(frozen=True)
class Region:
    """A box of parameters: name -> (from, below), in the parameter's own numbers; infinite where it is unbounded.

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
        for name, (low, high) in self.bounds.items():
            if np.isinf(low):
                said.append(f"{name} below {high:.3g}")
            elif np.isinf(high):
                said.append(f"{name} {low:.3g} or more")
            else:
                said.append(f"{name} from {low:.3g} to {high:.3g}")
        return " and ".join(said) or "everywhere"


@dataclass(frozen=True)
class Regions:
    """Regions, most collapses first; explained: the share of the spread of fresh settings that they explain."""

    regions: tuple[Region, ...]
    explained: float


def asked_about(scenario: Scenario, parameters: Sequence[Range], shares: Floats) -> tuple[list[str], Floats]:
    """What a tree may ask about, its names and values: every parameter in its own numbers, and ``EASE``."""
    own = np.array([[one.at(float(share)) for one, share in zip(parameters, row, strict=True)] for row in shares])
    at = {one.key: own[:, i] for i, one in enumerate(parameters)}
    ease = np.zeros(len(own))
    for sign, keys in ((1.0, _ADDED), (-1.0, _TAKEN_OFF)):
        for key in keys:
            ease += sign * at.get(key, getattr(scenario.practice, key.split(".")[1]))
    return [*at, EASE], np.column_stack([own, ease])


def regions(
    names: Sequence[str], at: Floats, values: Floats, fresh_at: Floats, fresh_values: Floats, never: Floats
) -> Regions:
    """Found on some settings, judged on others. at: [settings, names]; values: [settings], what collapsed.

    never: [fresh settings], what never took hold.
    """
    from sklearn.tree import DecisionTreeRegressor

    least = max(2, int(LEAST * len(values)))
    tree = DecisionTreeRegressor(max_depth=DEPTH, min_samples_leaf=least, random_state=0).fit(at, values)
    leaves = tree.apply(fresh_at)
    spread = float(np.sum((fresh_values - fresh_values.mean()) ** 2))
    left = float(np.sum((fresh_values - tree.predict(fresh_at)) ** 2))
    out = []
    for leaf, box in _boxes(tree.tree_, 0, {}):
        inside = leaves == leaf
        means = [float(x[inside].mean()) if inside.any() else float("nan") for x in (fresh_values, never)]
        bounds = {names[i]: ends for i, ends in box.items()}
        out.append(Region(bounds, float(inside.mean()), means[0], means[1], int(inside.sum())))
    out.sort(key=lambda region: -np.nan_to_num(region.collapsed, nan=-1.0))
    return Regions(tuple(out), 1.0 - left / spread if spread > 0 else float("nan"))


def _boxes(tree: Any, node: int, box: Box) -> list[tuple[int, Box]]:
    """The leaves below a node, each with its box."""
    name = int(tree.feature[node])
    if name < 0:
        return [(node, box)]
    at = float(tree.threshold[node])
    low, high = box.get(name, (-np.inf, np.inf))
    below = _boxes(tree, int(tree.children_left[node]), box | {name: (low, at)})
    return below + _boxes(tree, int(tree.children_right[node]), box | {name: (at, high)})
