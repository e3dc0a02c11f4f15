"""Where the mean field comes to rest, and whether there is a tipping point between two resting states."""

from dataclasses import dataclass, replace

import numpy as np

from sim.model.mean_field import MeanField, MeanState


@dataclass(frozen=True)
class RestingStates:
    """Where the map comes to rest from below and from above, and the tipping point between, if there is one.

    low, high: practised commitment Q at rest, from nobody and from everybody practising and committed.
    tipping: Q of the unstable point, and ``share`` its place between the low (0) and the high (1) resting
    state; None where low and high are the same. between: Q of any further resting states met in looking for
    it. low_state, high_state: the resting states themselves.
    """

    low: float
    high: float
    tipping: float | None
    share: float | None
    between: tuple[float, ...]
    low_state: MeanState
    high_state: MeanState

    @property
    def two(self) -> bool:
        """Whether there are two resting states with an unstable point between."""
        return self.tipping is not None


APART = 0.01
"""Resting states whose practised commitment differs by less than this are counted as one."""

HOVERS_FOR = 120
"""Months for which a map that never quite settles is watched."""


def at_rest(month: MeanField, state: MeanState, tolerance: float = 1e-7, longest: int = 6_000) -> MeanState:
    """The state once nothing in it moves by ``tolerance`` in a month, or it only hovers.

    The hard thresholds for claiming can keep the map hovering about a point for ever, leadership rising on one
    side and falling on the other; after ``longest`` months that counts as rest where nobody's commitment or
    practice leaves a band of 0.01 within ten years. Raises ValueError where it does.
    """
    for _ in range(longest):
        after = month.step(state)
        if _furthest(state, after) < tolerance:
            return after
        state = after
    rows = month.run(state, HOVERS_FOR)
    for name in ("commitment", "practice"):
        band = np.ptp(np.array([getattr(row, name) for row in rows]), axis=0).max()
        if band > APART:
            raise ValueError(f"no rest within {longest} months: {name} still moves by {band:.3f} in ten years")
    return rows[-1]


def _furthest(one: MeanState, other: MeanState) -> float:
    names = ("commitment", "practice", "leadership", "values", "credibility", "norm", "live", "subscribed")
    moved = [np.abs(getattr(one, name) - getattr(other, name)).max(initial=0.0) for name in names]
    return float(max(*moved, abs(one.line - other.line), abs(one.embedding - other.embedding)))


def scaled(start: MeanState, low: MeanState, high: MeanState, share: float) -> MeanState:
    """``start`` with embedding and everyone's practice and commitment so far on the way from one state to another."""
    return replace(
        start,
        practice=low.practice + share * (high.practice - low.practice),
        commitment=low.commitment + share * (high.commitment - low.commitment),
        embedding=low.embedding + share * (high.embedding - low.embedding),
    )


def equilibria(month: MeanField, start: MeanState, *, precision: float = 1e-4) -> RestingStates:
    """Look for two resting states of a map and, by bisection, for the unstable point between them.

    The family searched has one parameter: embedding, and practice and commitment of all, scaled between the two
    resting states; leadership, values and credibility are those of ``start``. ``precision``: of the parameter. The
    map must be able to rest: hold the director and the subscription, and nothing scheduled. Raises
    ValueError as ``at_rest`` does.
    """
    fixed = month._facilitators
    ends = []
    for level in (0.0, 1.0):
        flat = np.where(fixed, start.commitment, level)
        practice = np.where(fixed, start.practice, level)
        embedding = level if month.embeds else start.embedding
        end = replace(start, commitment=flat, practice=practice, embedding=embedding)
        ends.append(at_rest(month, month._directed(end)))
    low, high = ends
    q_low, q_high = month.practised(low), month.practised(high)
    if q_high - q_low < APART:
        return RestingStates(q_low, q_high, None, None, (), low, high)
    falls, rises, between = 0.0, 1.0, set()
    while rises - falls > precision:
        middle = (falls + rises) / 2.0
        rest = month.practised(at_rest(month, month._directed(scaled(start, low, high, middle))))
        if rest - q_low < APART:
            falls = middle
        else:
            rises = middle
            if q_high - rest >= APART:
                between.add(round(rest, 4))
    share = (falls + rises) / 2.0
    tipping = month.practised(scaled(start, low, high, share))
    return RestingStates(q_low, q_high, tipping, share, tuple(sorted(between)), low, high)
