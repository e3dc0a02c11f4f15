"""How many futures are enough: what is known so far, how many more would do, and what pairing gains."""

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from sim.base.errors import ScenarioError
from sim.base.intervals import Z

if TYPE_CHECKING:
    from sim.experiments.comparison import Comparison

MOST = 1_000_000
"""Futures that ``--precision`` asks for at most."""


def widest(comparison: "Comparison") -> float:
    """The widest half of a 95% interval: of every share that collapsed, and of every difference from the base."""
    halves = [
        (row[f"{name}_high"] - row[f"{name}_low"]) / 2
        for row in comparison.rows
        for name in ("collapsed", "collapse_difference")
    ]
    return float(max(half for half in halves if not math.isnan(half)))


def needed(comparison: "Comparison", precision: float) -> int:
    """About how many futures would make every half interval as narrow as that; in fifties, and a little more.

    Halves shrink with the square root of the number of futures. Raises ScenarioError for more than ``MOST``.
    """
    futures = comparison.number * (widest(comparison) / precision) ** 2
    if futures > MOST:
        raise ScenarioError(
            f"--precision {precision:g}: that takes about {futures:,.0f} futures, and at most {MOST:,} are run for it"
        )
    return max(comparison.number, 50 * math.ceil(1.02 * futures / 50))


def check(precision: float) -> None:
    """Raise ScenarioError for a precision that makes no sense."""
    if not 0.0 < precision < 0.5:
        raise ScenarioError(
            f"--precision {precision:g}: half the width of an interval is needed, between 0 and 0.5: 0.03 for "
            "3 of 100 futures either way"
        )


OFTEN = 0.8
"""How often a difference is to be shown by as many futures as are proposed, were it the true one."""


def would_tell(row: dict[str, Any]) -> int | None:
    """How many futures would tell a variant from the base (``OFTEN``), were the difference seen the true one.

    None where no number of them would.
    """
    difference = abs(row["collapse_difference"])
    half = (row["collapse_difference_high"] - row["collapse_difference_low"]) / 2
    if not difference > 0.0 or math.isnan(half):
        return None
    # Where half an interval is as wide as the difference, it is shown half of the time.
    more = 1.0 + NormalDist().inv_cdf(OFTEN) / Z
    futures = row["futures"] * (more * half / difference) ** 2
    return 50 * math.ceil(futures / 50) if futures <= MOST else None
