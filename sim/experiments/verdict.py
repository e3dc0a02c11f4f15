"""Did the change outlive its director? Outcomes of futures, and what many futures say together.

Definitions: docs/data-dictionary.md. Intervals are for chance between simulated futures and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from sim.base.arrays import Floats
from sim.model.record import Record
from sim.scenario.scenario import Measure, Scenario


class Verdict(IntEnum):
    """How a future went. Arrays hold its number, tables and pages its word, small figures its letter."""

    NEVER, COLLAPSED, SURVIVED = range(3)

    @property
    def word(self) -> str:
        """What tables and pages say: "never took hold", "collapsed" or "survived"."""
        return _WORDS[self]

    @property
    def column(self) -> str:
        """The word as a column's name."""
        return self.word.replace(" ", "_")

    @property
    def letter(self) -> str:
        """The word's first letter."""
        return self.word[0]

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


def horizon_columns(measure: Measure) -> dict[str, int]:
    """The columns that say which futures had collapsed at the other horizons, and how many months on each is."""
    return {f"collapsed_{months}": months for months in measure.horizons if months != measure.horizon}


def beyond(practice: Floats, judged: Outcome, setting: Scenario, horizons: Mapping[str, int]) -> dict[str, float]:
    """What the one verdict does not say: collapsed at other horizons, by column, and still falling at the horizon.

    1 yes, 0 no, NaN where the run ends before that horizon (or the horizon is less than a year).
    """
    month, measure = judged.reference_month, setting.measure
    took_hold = judged.outcome != NEVER
    left = measure.survival * judged.practice_before
    found = {name: float("nan") for name in (*horizons, "still_falling")}
    for name, months in horizons.items():
        if month + months < len(practice):
            found[name] = float(took_hold and practice[month + months] < left)
    if measure.horizon >= 12:
        fall = float(practice[month + measure.horizon - 12]) - judged.practice_after
        found["still_falling"] = float(judged.outcome == SURVIVED and fall > STILL_FALLING * judged.practice_before)
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
