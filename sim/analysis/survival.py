"""How long did the change stand? Times to collapse and to half, and the curves of many futures.

All times are months after the reference month t at which a future is judged. A *lasting collapse* is the first month
from which practised commitment stays below the line, survival x Q_t, until the horizon, so at the horizon the curve
says what ``sim.experiments.verdict.judge`` says of the same futures. How to read it: docs/survival.md.

Sources: Kaplan & Meier (1958, JASA 53, 457-481); Borgan & Liestøl (1990, Scandinavian Journal of Statistics 17, 35-41)
for the band; Brookmeyer & Crowley (1982, Biometrics 38, 29-41) for the interval of the median; Jung (1999, Lifetime
Data Analysis 5, 67-79) for what pairs do to the log-rank test.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sim.base.arrays import Bools, Floats, Ints
from sim.base.intervals import LEVEL, wilson
from sim.model.ledger import ROUNDING
from sim.scenario.scenario import Measure

if TYPE_CHECKING:
    import pandas as pd
    from scipy.stats import CensoredData


HALF = 0.5
"""The share of Q_t below which practised commitment has halved."""


@dataclass(frozen=True)
class Times:
    """When something happened in each of some futures.

    month: [futures], months after t, 1 to ``horizon``, at which it happened or, where ``happened`` is False, the last
    month for which it is known that it had not (right-censored); NaN where the change had not taken hold. happened,
    took_hold, failed: [futures]; failed futures have no Q_t. below: the share of Q_t that is the line.
    """

    month: Floats
    happened: Bools
    took_hold: Bools
    failed: Bools
    horizon: int
    below: float

    @property
    def followed(self) -> int:
        """How many futures the curve describes: those in which the change had taken hold."""
        return int(self.took_hold.sum())

    @property
    def never_took_hold(self) -> int:
        """How many futures are left out because the change had not taken hold."""
        return int((~self.took_hold & ~self.failed).sum())

    @property
    def half_way(self) -> int | None:
        """The month by which at least half of those futures in which it happened had seen it; None if in none."""
        months = np.sort(self.month[self.happened])
        return int(months[(len(months) - 1) // 2]) if len(months) else None


def times_to_collapse(practice: ArrayLike, reference: ArrayLike, measure: Measure) -> Times:
    """Months from t to the lasting collapse of each future in which the change had taken hold (Q_t >= taken_hold).

    ``practice``: practised commitment, [futures, months + 1]; a run that ended early is NaN from there on.
    ``reference``: [futures], the row t of each; NaN for a future that failed. ``measure``: the scenario's. A future at
    or above the line at the horizon is censored there. One that ends earlier is censored at the last month it was
    seen at or above the line, since nobody knows whether it would have come back; many of those make the curve too
    high. Raises ValueError for shapes that do not fit and rows that are not there.
    """
    after = _after(practice, reference, measure.horizon)
    stands = after >= measure.survival * after[:, :1]
    stands[:, 0] = True  # the verdict looks at later months only, even where survival is above 1
    last = measure.horizon - stands[:, ::-1].argmax(axis=1)
    happened = ~np.isnan(after[:, -1]) & (last < measure.horizon)
    return _times(after, happened, last + happened, measure, measure.survival)


def times_to_half(practice: ArrayLike, reference: ArrayLike, measure: Measure) -> Times:
    """Months from t to the first month with Q below half of Q_t, whether or not it recovers (first passage).

    Of the futures in which the change had taken hold; censored at the horizon, or where a run ends. Arguments and
    errors as for ``times_to_collapse``.
    """
    after = _after(practice, reference, measure.horizon)
    fell = after < HALF * after[:, :1]
    happened = fell.any(axis=1)
    month = np.where(happened, fell.argmax(axis=1), (~np.isnan(after)).sum(axis=1) - 1)
    return _times(after, happened, month, measure, HALF)


def _times(after: Floats, happened: Bools, month: Ints, measure: Measure, below: float) -> Times:
    took_hold, failed = after[:, 0] >= measure.taken_hold, np.isnan(after[:, 0])
    until = np.where(took_hold, month, np.nan)
    return Times(until, took_hold & happened, took_hold, failed, measure.horizon, below)


def _after(practice: ArrayLike, reference: ArrayLike, horizon: int) -> Floats:
    """Q in months 0 to ``horizon`` after t, [futures, horizon + 1]; NaN from the end of a run on."""
    q, t = np.asarray(practice, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    if q.ndim != 2 or t.shape != (len(q),):
        raise ValueError(
            f"practice is {q.shape} and reference {t.shape}: [futures, months + 1] and [futures] are needed"
        )
    known, rows = ~np.isnan(t), q.shape[1]
    start = np.where(known, t, 0.0)
    if wrong := [float(row) for row in start if not (row.is_integer() and 0 <= row < rows)]:
        raise ValueError(f"reference {wrong[0]:g} is not a row of practice, which has rows 0 to {rows - 1}")
    row = start.astype(np.int64)[:, None] + np.arange(horizon + 1)
    after = np.take_along_axis(q, np.minimum(row, rows - 1), axis=1)
    ended = np.logical_or.accumulate(np.isnan(after) | (row >= rows) | ~known[:, None], axis=1)
    return np.where(ended, np.nan, after)


def practised(trajectories: "pd.DataFrame", futures: "pd.DataFrame") -> dict[str, tuple[Floats, Floats]]:
    """Practice, [futures, months + 1], and reference, [futures], of each variant, in order of future.

    From ``Comparison.trajectories`` and ``Comparison.futures``, or trajectories.parquet and futures.parquet read back.
    """
    found = {}
    for slug, rows in trajectories.groupby("variant", sort=False):
        ordered = rows.sort_values(["future", "month"])
        practice = ordered["practice"].to_numpy(dtype=np.float64).reshape(ordered["future"].nunique(), -1)
        judged = futures[futures["variant"] == slug].sort_values("future")
        found[str(slug)] = practice, judged["reference_month"].to_numpy(dtype=np.float64)
    return found


@dataclass(frozen=True)
class Curve:
    """The share of futures still standing, month by month after t (Kaplan-Meier), [horizon + 1] each.

    month: 0 to the horizon. at_risk: futures known to stand just before the month. happened: how many have collapsed
    (or halved) by then. standing: the share that has not; NaN from where nobody is followed any more. low, high: its
    pointwise 95% interval. never_took_hold: futures that are not in the curve. below: as in ``Times``.
    """

    month: Ints
    at_risk: Ints
    happened: Ints
    standing: Floats
    low: Floats
    high: Floats
    never_took_hold: int
    below: float


def survival_curve(times: Times) -> Curve:
    """The curve of ``scipy.stats.ecdf`` and its pointwise 95% band.

    The band is Greenwood's on the log-log scale: it stays within 0 and 1 and covers about as often as it says in small
    ensembles and near the ends, where the plain one does not. It is undefined at 0 and 1; there every future followed
    so far has gone the same way, and Wilson's interval of that share stands in (after month 0, which is certain).
    """
    months = np.arange(times.horizon + 1)
    month, happened = times.month[times.took_hold].astype(np.int64), times.happened[times.took_hold]
    so_far = np.bincount(month[happened], minlength=len(months)).cumsum()
    lost = np.bincount(month[~happened], minlength=len(months)).cumsum()
    followed = len(month) - np.append(0, lost[:-1])
    at_risk = followed - np.append(0, so_far[:-1])
    standing, low, high = (np.full(len(months), np.nan) for _ in range(3))
    if len(month):
        from scipy.stats import ecdf

        found = ecdf(_censored(times)).sf
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The confidence interval is undefined", RuntimeWarning)
            band = found.confidence_interval(LEVEL, method="log-log")
        standing, low, high = (each.evaluate(months) for each in (found, band.low, band.high))
        for m in np.flatnonzero((standing == 0.0) | (standing == 1.0)):
            _, low[m], high[m] = wilson(int(standing[m]) * int(followed[m]), int(followed[m]))
        low[0] = high[0] = 1.0  # all stand at t by definition, not by chance
        unknown = (at_risk == 0) & (standing > 0.0)
        standing, low, high = (np.where(unknown, np.nan, each) for each in (standing, low, high))
    return Curve(months, at_risk, so_far, standing, low, high, times.never_took_hold, times.below)


def _censored(times: Times) -> "CensoredData":
    from scipy.stats import CensoredData

    month, happened = times.month[times.took_hold], times.happened[times.took_hold]
    return CensoredData(uncensored=month[happened], right=month[~happened])


class Middle(NamedTuple):
    """A median in months after t and its 95% interval; None where it is not reached."""

    month: int | None
    low: int | None
    high: int | None


def median(curve: Curve) -> Middle:
    """The first month by which half of the futures in the curve have collapsed (or halved).

    The interval holds the months at which a half lies within the curve's band (Brookmeyer & Crowley).
    """
    reached = (np.flatnonzero(share <= 0.5 + ROUNDING) for share in (curve.standing, curve.low, curve.high))
    return Middle(*(int(months[0]) if len(months) else None for months in reached))


@dataclass(frozen=True)
class LogRank:
    """The log-rank test of two variants' times.

    chi_squared: on one degree of freedom. p_value: two-sided. Both are NaN where there is nothing to compare. futures,
    happened: of each variant, the futures followed and those in which it happened.
    """

    chi_squared: float
    p_value: float
    futures: tuple[int, int]
    happened: tuple[int, int]


def log_rank(one: Times, other: Times) -> LogRank:
    """Compare two variants' times as if their futures were unrelated (Mantel's test, ``scipy.stats.logrank``).

    Variants share their draws, so futures are paired and the test is not exact: where pairs go alike its p value is
    too large, it is conservative (Jung 1999). ``collapsed_first`` keeps the pairs.
    """
    from scipy.stats import logrank

    futures = one.followed, other.followed
    happened = int(one.happened.sum()), int(other.happened.sum())
    if not all(futures) or not any(happened):
        return LogRank(float("nan"), float("nan"), futures, happened)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = logrank(_censored(one), _censored(other))
    if not np.isfinite(found.statistic):  # never at risk together, or all gone in the same month: no variance
        return LogRank(float("nan"), float("nan"), futures, happened)
    return LogRank(float(found.statistic) ** 2, float(found.pvalue), futures, happened)


@dataclass(frozen=True)
class Pairs:
    """Which variant's future came first, of the futures in which the change had taken hold in both.

    one_first, other_first: pairs whose order is known. same_month: both in the same month. unknown: neither, or one
    was not followed long enough. unpaired: futures in which it had taken hold in one variant only. p_value: exact
    two-sided sign test of the ordered pairs; 1 where there are none. months_later: where both happened, by how many
    months the other came later, the median; NaN where there are none. A clear order may be a matter of a month.
    """

    one_first: int
    other_first: int
    same_month: int
    unknown: int
    unpaired: int
    p_value: float
    months_later: float


def collapsed_first(one: Times, other: Times) -> Pairs:
    """Pair two variants' futures by number and count which collapsed (or halved) first.

    This is what a log-rank test stratified by pairs counts; the exact binomial takes the place of its normal p value.
    Raises ValueError if the two do not have the same futures.
    """
    if len(one.month) != len(other.month):
        raise ValueError(f"{len(one.month)} and {len(other.month)} futures: pairs need the same futures in both")
    from scipy.stats import binomtest

    both = one.took_hold & other.took_hold
    a, b = one.month, other.month
    # A future censored in the month in which its pair collapses was still standing in that month.
    first = both & one.happened & np.where(other.happened, a < b, a <= b)
    second = both & other.happened & np.where(one.happened, b < a, b <= a)
    same = both & one.happened & other.happened & (a == b)
    ordered = int(first.sum() + second.sum())
    apart = (b - a)[both & one.happened & other.happened]
    return Pairs(
        one_first=int(first.sum()),
        other_first=int(second.sum()),
        same_month=int(same.sum()),
        unknown=int((both & ~(first | second | same)).sum()),
        unpaired=int((one.took_hold ^ other.took_hold).sum()),
        p_value=float(binomtest(int(first.sum()), ordered).pvalue) if ordered else 1.0,
        months_later=float(np.median(apart)) if len(apart) else float("nan"),
    )


def durations_frame(curves: Mapping[str, Curve]) -> "pd.DataFrame":
    """Curves of collapse as rows, one per variant and month: at_risk, collapsed (so far), standing, low, high.

    never_took_hold: how many futures are not in the curve. The meaning of each: ``Curve``.
    """
    import pandas as pd

    frames = [pd.DataFrame({"variant": slug} | vars(curve)) for slug, curve in curves.items()]
    return pd.concat(frames, ignore_index=True).drop(columns="below").rename(columns={"happened": "collapsed"})
