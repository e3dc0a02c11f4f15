"""Did the change outlive its director? Outcomes of futures, and what many futures say together.

Definitions: docs/data-dictionary.md. Intervals are for chance between simulated futures and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.base.arrays import Floats, Ints
from sim.model.record import Record
from sim.scenario.scenario import Measure, Scenario


class Verdict(IntEnum):
    """How a future went. Arrays hold its number, tables and pages its word."""

    NEVER, COLLAPSED, SURVIVED = range(3)

    @property
    def word(self) -> str:
        """What tables and pages say: "never took hold", "collapsed" or "survived"."""
        return _WORDS[self]

    @property
    def column(self) -> str:
        """The word as a column's name."""
        return self.word.replace(" ", "_")

    @classmethod
    def of(cls, word: str) -> "Verdict":
        """The verdict that a table names."""
        return cls(_WORDS.index(word))


_WORDS = ("never took hold", "collapsed", "survived")
NEVER, COLLAPSED, SURVIVED = Verdict

STILL_FALLING = 0.02
"""A survivor that lost more than this share of its first practice in the last twelve months is still falling."""

USUAL_REFERENCE = 36
"""The row at which a future without a departure is judged."""


@dataclass(frozen=True)
class Outcome:
    """How one future went: judged at ``reference_month`` and again ``horizon`` months on."""

    reference_month: int
    practice_before: float
    practice_after: float
    retention: float
    outcome: Verdict


def reference_month(setting: Scenario, base: Record) -> int:
    """The row at which a future of ``setting`` is judged; ``base`` is the base's record of the same future."""
    first = np.nan if base.first_departure is None else base.first_departure
    return int(reference_months(setting, base.scenario, np.array([first]))[0])


def reference_months(setting: Scenario, base: Scenario, first: Floats) -> Ints:
    """The rows at which futures of ``setting`` are judged, [futures]; ``first``: the base's first departures, or NaN.

    A set month holds; else the base's departure. Under random departures that is the first one of this future, or
    month 36 (earlier in a short run) where there is none that can be followed for the whole horizon.
    """
    if setting.measure.reference_month is not None:
        return np.full(len(first), setting.measure.reference_month)
    if not base.random_departures:
        return np.full(len(first), base.reference_month)
    latest = setting.months - setting.measure.horizon
    return np.where(first <= latest, first, min(USUAL_REFERENCE, latest)).astype(np.int64)


class Outcomes(NamedTuple):
    """How many futures of one setting went: the fields of ``Outcome``, [futures] each, the verdicts by number."""

    reference_month: Ints
    practice_before: Floats
    practice_after: Floats
    retention: Floats
    outcome: Ints


def judge(practice: Floats, setting: Scenario, month: int) -> Outcome:
    """Judge one future by its practised commitment, [months + 1], at row ``month`` and the horizon after it."""
    found = judge_all(practice[np.newaxis], setting, np.array([month]))
    before, after, retention = (float(part[0]) for part in found[1:4])
    return Outcome(month, before, after, retention, Verdict(int(found.outcome[0])))


def judge_all(practice: Floats, setting: Scenario, months: Ints) -> Outcomes:
    """Judge futures by their practised commitment, [futures, months + 1], each at its row of ``months``."""
    measure, each = setting.measure, np.arange(len(practice))
    before, after = practice[each, months], practice[each, months + measure.horizon]
    retention = np.full(len(practice), np.nan)
    with np.errstate(over="ignore"):  # of next to nothing, more times as much may be left than there are numbers for
        np.divide(after, before, out=retention, where=before > 0.0)
    lasting = np.where(after >= measure.survival * before, SURVIVED, COLLAPSED)
    return Outcomes(months, before, after, retention, np.where(before < measure.taken_hold, NEVER, lasting))


def horizon_columns(measure: Measure) -> dict[str, int]:
    """The columns that say which futures had collapsed at the other horizons, and how many months on each is."""
    return {f"collapsed_{months}": months for months in measure.horizons if months != measure.horizon}


def beyond(practice: Floats, judged: Outcomes, setting: Scenario, horizons: Mapping[str, int]) -> dict[str, Floats]:
    """What the one verdict does not say: collapsed at other horizons, by column, and still falling at the horizon.

    ``practice``: [futures, months + 1]. 1 yes, 0 no, NaN where the run ends before that horizon (or the horizon is less
    than a year).
    """
    each, months, measure = np.arange(len(practice)), judged.reference_month, setting.measure
    last = practice.shape[1] - 1
    took_hold, left = judged.outcome != NEVER, measure.survival * judged.practice_before
    found = {}
    for name, more in horizons.items():
        then = practice[each, np.minimum(months + more, last)]
        found[name] = np.where(months + more <= last, took_hold & (then < left), np.nan)
    found["still_falling"] = np.full(len(practice), np.nan)
    if measure.horizon >= 12:
        fall = practice[each, months + measure.horizon - 12] - judged.practice_after
        falls = fall > STILL_FALLING * judged.practice_before
        found["still_falling"] = ((judged.outcome == SURVIVED) & falls).astype(np.float64)
    return found


def of_total(counts: Sequence[float], of: int = 100) -> list[int]:
    """Counts or shares as whole numbers that add up to ``of``, the largest remainders rounded up."""
    total = sum(counts)
    shares = [of * count / total for count in counts]
    whole = [int(share) for share in shares]
    by_remainder = sorted(range(len(counts)), key=lambda i: (whole[i] - shares[i], i))
    for i in by_remainder[: of - sum(whole)]:
        whole[i] += 1
    return whole
