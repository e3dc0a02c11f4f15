"""Did the change outlive its director? Outcomes of futures, and what many futures say together.

Definitions: docs/data-dictionary.md. Intervals are for chance between simulated futures and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.base.arrays import Bools, Floats
from sim.model.record import Record
from sim.scenario.scenario import Scenario

NEVER, COLLAPSED, SURVIVED = "never took hold", "collapsed", "survived"
OUTCOMES = (NEVER, COLLAPSED, SURVIVED)
LEVEL = 0.95
"""Confidence of every interval."""
USUAL_REFERENCE = 36
"""The row at which a future without a departure is judged."""


@dataclass(frozen=True)
class Outcome:
    """How one future went: judged at ``reference_month`` and again ``horizon`` months on."""

    reference_month: int
    practice_before: float
    practice_after: float
    retention: float
    outcome: str


def reference_month(setting: Scenario, base: Record) -> int:
    """The row at which a future of ``setting`` is judged; ``base`` is the base's record of the same future.

    A set month holds; else the base's departure. Under random departures that is the first one of this future, or
    month 36 (earlier in a short run) where there is none that can be followed for the whole horizon.
    """
    if setting.measure.reference_month is not None:
        return setting.measure.reference_month
    if not base.scenario.random_departures:
        return base.scenario.reference_month
    latest = setting.months - setting.measure.horizon
    first = base.first_departure
    return first if first is not None and first <= latest else min(USUAL_REFERENCE, latest)


def judge(practice: Floats, setting: Scenario, month: int) -> Outcome:
    """Judge one future by its practised commitment, [months + 1], at row ``month`` and the horizon after it."""
    measure = setting.measure
    before, after = float(practice[month]), float(practice[month + measure.horizon])
    retention = after / before if before > 0.0 else float("nan")
    if before < measure.taken_hold:
        verdict = NEVER
    else:
        verdict = SURVIVED if after >= measure.survival * before else COLLAPSED
    return Outcome(month, before, after, retention, verdict)


def wilson(count: int, of: int) -> tuple[float, float]:
    """Wilson's (1927) 95% interval for a share; NaN for a share of nothing."""
    from scipy.special import ndtri  # scipy.stats has this interval too, and takes a second to import

    if of == 0:
        return float("nan"), float("nan")
    z, share = float(ndtri((1 + LEVEL) / 2)), count / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * float(np.sqrt(share * (1 - share) / of + z * z / (4 * of * of)))
    return 0.0 if count == 0 else max(0.0, middle - half), 1.0 if count == of else min(1.0, middle + half)


def mean_interval(values: Floats) -> tuple[float, float, float]:
    """The mean of values that differ by chance between futures, and its 95% t interval (NaN for a single one)."""
    if len(values) == 0:
        return float("nan"), float("nan"), float("nan")
    mean = float(values.mean())
    if len(values) < 2:
        return mean, float("nan"), float("nan")
    from scipy.special import stdtrit

    half = float(stdtrit(len(values) - 1, (1 + LEVEL) / 2) * values.std(ddof=1) / np.sqrt(len(values)))
    return mean, mean - half, mean + half


def paired_share_interval(one: Bools, other: Bools) -> tuple[float, float, float]:
    """The difference of two shares over the same futures, one - other, and its 95% interval.

    The interval is Agresti & Min's (2005, Statistics in Medicine 24, 729-740): half a future is added to each of
    the four cells, so that it does not shrink to nothing when the two never differ.
    """
    from scipy.special import ndtri

    n = len(one)
    if n == 0:
        return float("nan"), float("nan"), float("nan")
    gained, lost = int((one & ~other).sum()), int((other & ~one).sum())
    difference = (gained - lost) / (n + 2)
    z = float(ndtri((1 + LEVEL) / 2))
    half = z * np.sqrt((gained + lost + 1) - (gained - lost) ** 2 / (n + 2)) / (n + 2)
    return (gained - lost) / n, max(-1.0, difference - half), min(1.0, difference + half)


def of_total(counts: Sequence[float], of: int = 100) -> list[int]:
    """Counts or shares as whole numbers that add up to ``of``, the largest remainders rounded up."""
    total = sum(counts)
    shares = [of * count / total for count in counts]
    whole = [int(share) for share in shares]
    by_remainder = sorted(range(len(counts)), key=lambda i: (whole[i] - shares[i], i))
    for i in by_remainder[: of - sum(whole)]:
        whole[i] += 1
    return whole
