"""What a plausible setting must agree with: a few measures of the model, each with a range and its source.

Most are the study's patterns and say little; three are published figures. The table:
``sim/analysis/uncertainty/targets.csv``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from sim.analysis.validation import measurements
from sim.analysis.validation.ablations import World
from sim.base.arrays import Floats, Ints
from sim.base.errors import ScenarioError, unknown
from sim.base.files import read_table
from sim.model.record import Record

TABLE = Path(__file__).with_name("targets.csv")

STAYS = {"events.departure.enabled": False}
EMBEDDED = 0.7
"""Practised commitment at which a new way of working counts as embedded; our reading of the published times."""

COME_AND_GO = STAYS | {"turnover.director_tenure": 51.0}
"""Directors who leave at the measured rate, 0.20 permanent changes per post and year; successors as they come."""

YEAR = 12


def embedded(world: World, futures: int, seed: int) -> float:
    """Months until practised commitment, averaged over futures, is embedded; infinite where it never is."""
    setting = world.setting(STAYS)
    lines = measurements.read_off(lambda record: record.monthly["practice"], {"stays": setting}, futures, seed)
    there = lines[:, 0].mean(axis=0) >= EMBEDDED
    return float(np.argmax(there)) if there.any() else float("inf")


def between_teams(world: World, futures: int, seed: int) -> float:
    """The share of the variance of practitioners' commitment that lies between teams, the programme under way.

    Components of variance, as surveys estimate them (a random intercept for each team), pooled over futures: of the
    mean squares, between and within, what is more between than chance alone would bring. NaN with less than two teams.
    """
    setting = world.setting(measurements.until(measurements.LEFT))
    parts = measurements.read_off(_commitment_by_team, {"usual": setting}, futures, seed, keep="people")[:, 0]
    return share_between(*parts.mean(axis=0).tolist())


def share_between(between: float, within: float, size: float) -> float:
    """The share of variance that lies between teams, from the mean squares and how many a team has."""
    over = (between - within) / size
    return over / (over + within) if over + within > 0.0 else float("nan")


def _commitment_by_team(record: Record) -> tuple[float, float, float]:
    """``mean_squares`` of practitioners' commitment at the row before the departure."""
    s = record.organisation.structure
    return mean_squares(record.people["commitment"][measurements.LEFT, s.practitioners], s.manager[s.practitioners])


def mean_squares(held: Floats, team: Ints) -> tuple[float, float, float]:
    """The mean squares between and within teams, and how many a team has; NaN where there are no two teams."""
    groups = [held[team == head] for head in np.unique(team)]
    if len(groups) < 2 or len(held) == len(groups):
        return float("nan"), float("nan"), float("nan")
    between = sum(len(group) * (group.mean() - held.mean()) ** 2 for group in groups) / (len(groups) - 1)
    within = sum(((group - group.mean()) ** 2).sum() for group in groups) / (len(held) - len(groups))
    size = (len(held) - sum(len(group) ** 2 for group in groups) / len(held)) / (len(groups) - 1)
    return float(between), float(within), float(size)


def stop_rate(world: World, futures: int, seed: int) -> float:
    """The share of running programmes that stop in a year, from the first review to the end of the run."""
    setting = world.setting(COME_AND_GO)
    lost = measurements.read_off(_until_lost, {"site": setting}, futures, seed)[:, 0]
    years = (np.minimum(lost, setting.months) - setting.subscription.first_review).sum() / YEAR
    stopped = np.isfinite(lost).sum()
    return 1.0 - float(np.exp(-stopped / years)) if years > 0 else 1.0


def _until_lost(record: Record) -> float:
    """The row at which the programme is lost, infinite where it never is."""
    return np.inf if record.subscription_lost is None else float(record.subscription_lost)


def _mean(measure: measurements.Measurement, claim: int, world: World, futures: int, seed: int) -> float:
    """The mean of a pattern's claim over the futures in which it is defined; NaN, agreeing with no range, if none."""
    values = measurements.measured(measure, [world], futures, seed)[0][claim]
    here = values[~np.isnan(values)]
    return float(here.mean()) if len(here) else float("nan")


MEASURES: dict[str, Callable[[World, int, int], float]] = {
    # The share of futures in which the programme is dropped within two years of the departure.
    "dropped": partial(_mean, measurements.lost_subscription, 1),
    # That share less the share where the director stays.
    "dropped_more": partial(_mean, measurements.lost_subscription, 0),
    # Practised commitment lost with the director, less the most that is lost with anybody else.
    "director_first": partial(_mean, measurements.leader_above_all, 0),
    # The share of futures in which managers move before practitioners, less the share the other way round.
    "managers_first": partial(_mean, measurements.won_first, 0),
    # Voluntary-sector partners' share of seats less their own share of what moves along links.
    "partners_little": partial(_mean, measurements.own_voice, 0),
    "between_teams": between_teams,
    "embedded": embedded,
    "stop_rate": stop_rate,
}


@dataclass(frozen=True)
class Target:
    """A measure, the range in which it must lie (ends included), what it is, and where the range comes from."""

    measure: str
    low: float
    high: float
    title: str
    source: str

    def agrees(self, value: float) -> bool:
        """Whether a value lies in the range; NaN does not."""
        return self.low <= value <= self.high


def targets(path: Path | str = TABLE) -> tuple[Target, ...]:
    """The targets of a table with columns measure, low, high, title and source. Raises ScenarioError."""
    found: list[Target] = []
    for number, row in enumerate(read_table(Path(path)), start=2):
        where = f"{path}, row {number}"
        try:
            name, low, high = row["measure"], float(row["low"]), float(row["high"])
        except (KeyError, TypeError, ValueError):
            raise ScenarioError(
                f"{where}: columns measure, low and high are needed, the last two of them numbers"
            ) from None
        if name not in MEASURES:
            raise ScenarioError(f"{where}: {unknown('measure', name, list(MEASURES))}")
        if any(target.measure == name for target in found):
            raise ScenarioError(f"{where}: there is a target for {name} already")
        if not low <= high:
            raise ScenarioError(f"{where}: low = {low:g} lies above high = {high:g}")
        found.append(Target(name, low, high, row.get("title") or name, row.get("source") or ""))
    if not found:
        raise ScenarioError(f"{path}: there are no targets in it")
    return tuple(found)
