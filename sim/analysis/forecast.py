"""Which futures will survive? How well four readings, taken just before the director leaves, tell it beforehand.

A reading is one number of a future at its reference month t. It tells well if futures that go on to survive read
higher than futures that go on to collapse. The area under the ROC curve (AUC) is the share of such pairs in which
they do, a tie counting half: 1 tells every pair apart, 0.5 is a coin, below 0.5 it is the lower reading that survives.

Sources: Hanley & McNeil (1982, Radiology 143, 29-36) for the AUC as a share of pairs; DeLong, DeLong & Clarke-Pearson
(1988, Biometrics 44, 837-845) for its variance; Rutter (2000, Academic Radiology 7, 413-419) for resampling whole
futures where a future has several rows. How to read it, and what came out: docs/findings.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sim.base.arrays import Bools, Floats, Ints
from sim.base.intervals import UNDEFINED, Estimate, Z, resample_interval
from sim.experiments.ensemble import BASE, settings
from sim.experiments.environment import Environment, futures_of
from sim.experiments.verdict import NEVER, SURVIVED, Verdict, judge, reference_month
from sim.model.engine import so_far
from sim.model.mean_field import autonomous_retention
from sim.model.record import MONTHLY
from sim.scenario.scenario import Scenario, ScenarioError

if TYPE_CHECKING:
    import pandas as pd


READINGS = {
    "autonomous_retention": "autonomous retention",
    "level": "the level",
    "commitment": "staff commitment",
    "momentum": "momentum",
}
"""The readings, in order, and what they are called in a sentence."""

SCOPES = ("within", "between", "pooled")
"""Which pairs of a pool are counted: of the same setting, of different settings, all."""

RESAMPLES = 2000
"""Of the futures, for the intervals of a pool."""

FEW = 30
"""With fewer futures than this that ended one way or the other, DeLong's interval is too narrow (docs/findings.md)."""


# -- Telling apart ------------------------------------------------------------------------------------------


def auc(values: ArrayLike, survived: ArrayLike) -> float:
    """The share of pairs (one that survived, one that did not) in which the survivor has the higher value.

    ``values``, ``survived``: [futures]. A tie counts half. NaN where all ended alike. Raises ValueError for a value
    that is not a number, and for shapes that do not fit.
    """
    return float(delong(np.asarray(values)[None], survived)[0][0])


def delong(values: ArrayLike, survived: ArrayLike) -> tuple[Floats, Floats]:
    """The AUC of each of some readings of the same futures, [readings], and their covariance, [readings, readings].

    ``values``: [readings, futures]; ``survived``: [futures]. The AUCs are NaN where all ended alike, the covariance
    where fewer than two survived or fewer than two did not. Errors as ``auc``. Source: DeLong et al. (1988), whose
    structural components are, for each survivor, the share of the others it stands above, and for each of the
    others, the share of survivors it stands below.
    """
    x, ended_well = np.asarray(values, dtype=np.float64), np.asarray(survived, dtype=np.bool_)
    if x.ndim != 2 or ended_well.shape != x.shape[1:]:
        raise ValueError(f"values are {x.shape} and survived {ended_well.shape}: [readings, futures] and [futures]")
    if np.isnan(x).any():
        raise ValueError("a value is NaN: nothing can be said of a future that has no reading")
    yes, no = x[:, ended_well], x[:, ~ended_well]
    readings, m, n = len(x), yes.shape[1], no.shape[1]
    nothing = np.full((readings, readings), np.nan)
    if not (m and n):
        return np.full(readings, np.nan), nothing
    above = np.array([_below(one, other) for one, other in zip(yes, no, strict=True)]) / n
    under = 1.0 - np.array([_below(one, other) for one, other in zip(no, yes, strict=True)]) / m
    areas = above.mean(axis=1)
    if min(m, n) < 2:
        return areas, nothing
    return areas, np.atleast_2d(np.cov(above)) / m + np.atleast_2d(np.cov(under)) / n


def _below(values: Floats, others: Floats) -> Floats:
    """How many of ``others`` lie below each value, ties counting half."""
    ordered = np.sort(others)
    return (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / 2.0


def _interval(value: float, variance: float, least: float) -> Estimate:
    """The normal interval, held between ``least`` and 1; none where nothing varies, as where all pairs are in order."""
    if not variance > 1e-15:
        return Estimate(value)
    half = Z * variance**0.5
    return Estimate(value, max(least, value - half), min(1.0, value + half))


# -- One setting --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Forecast:
    """What was read in each future of one setting just before the director left, and how it ended.

    slug: the variant's name; title: in words. reference_month: [futures], the row t. readings: [readings, futures],
    in the order of ``READINGS``; all at row t. retention: [futures], Q_{t+horizon} / Q_t. outcome: [futures], numbers
    of ``sim.experiments.verdict.Verdict``.
    """

    slug: str
    title: str
    reference_month: Ints
    readings: Floats
    retention: Floats
    outcome: Ints

    @property
    def took_hold(self) -> Bools:
        """[futures], whether the change had taken hold at t; only these are told apart."""
        return np.asarray(self.outcome != NEVER)

    @property
    def survived(self) -> Bools:
        """[futures], whether the change survived."""
        return np.asarray(self.outcome == SURVIVED)

    @property
    def alike(self) -> bool:
        """Whether all futures in which the change had taken hold ended alike, so that no AUC is defined."""
        return len(np.unique(self.outcome[self.took_hold])) < 2

    @property
    def areas(self) -> dict[str, Estimate]:
        """The AUC of each reading, with DeLong's interval."""
        found, covariance = self._delong()
        return {name: _interval(float(found[i]), covariance[i, i], 0.0) for i, name in enumerate(READINGS)}

    @property
    def gains(self) -> dict[str, Estimate]:
        """By how much the AUC of autonomous retention exceeds each other reading's, on the same futures (DeLong)."""
        found, cov = self._delong()
        return {
            name: _interval(float(found[0] - found[i]), cov[0, 0] + cov[i, i] - 2.0 * cov[0, i], -1.0)
            for i, name in enumerate(READINGS)
            if i > 0
        }

    def _delong(self) -> tuple[Floats, Floats]:
        return delong(self.readings[:, self.took_hold], self.survived[self.took_hold])

    def fifths(self, reading: str) -> tuple[int, int, int]:
        """How many survived of the fifth of futures that read lowest, of the fifth that read highest, and how many
        futures a fifth is. Of those in which the change had taken hold; equal readings stand in the order of futures.
        """
        values = self.readings[list(READINGS).index(reading), self.took_hold]
        in_order = self.survived[self.took_hold][np.argsort(values, kind="stable")]
        fifth = round(len(in_order) / 5)
        return int(in_order[:fifth].sum()), int(in_order[len(in_order) - fifth :].sum()), fifth


# -- Several settings ---------------------------------------------------------------------------------------


class Pool(NamedTuple):
    """Several settings taken together; of each scope (``SCOPES``) how many pairs, and by name the AUC and the gain."""

    pairs: dict[str, int]
    areas: dict[str, dict[str, Estimate]]
    gains: dict[str, dict[str, Estimate]]


@dataclass(frozen=True)
class Forecasts:
    """The base and its variants on the same futures. settings: slug -> what was read and what came of it."""

    settings: dict[str, Forecast]
    seed: int

    def pooled(self, slugs: Sequence[str] | None = None) -> Pool:
        """Some settings (all, if None) taken together: pairs of the same setting, pairs of two settings, and all.

        Within is the mean of the settings' AUCs weighted by their numbers of pairs. Pooled is the mean of within and
        between, weighted likewise. A future's rows in several settings are not independent, so the 95% intervals
        are percentiles over ``RESAMPLES`` resamples of whole futures (Rutter 2000), the same ones every time.
        """
        chosen = list(self.settings.values()) if slugs is None else [self.settings[slug] for slug in slugs]
        weights = _weights(len(chosen[0].outcome))
        wins, pairs = _pairs(chosen, weights)
        same = np.eye(len(chosen), dtype=np.bool_)
        counted = dict(zip(SCOPES, (same, ~same, same | ~same), strict=True))
        made, areas, gains = {}, {}, {}
        for scope, mask in counted.items():
            total = (pairs * mask).sum(axis=(1, 2))
            share = (wins * mask).sum(axis=(2, 3)).T / np.where(total > 0, total, np.nan)
            made[scope] = int(total[0])
            areas[scope] = {name: _percentiles(share[i]) for i, name in enumerate(READINGS)}
            gains[scope] = {name: _percentiles(share[0] - share[i]) for i, name in enumerate(READINGS) if i > 0}
        return Pool(made, areas, gains)

    @property
    def futures(self) -> "pd.DataFrame":
        """A row per setting and future: setting, future, reference_month, the readings, retention, outcome."""
        import pandas as pd

        parts = [
            pd.DataFrame(
                {"setting": each.slug, "future": np.arange(len(each.outcome)), "reference_month": each.reference_month}
                | dict(zip(READINGS, each.readings, strict=True))
                | {"retention": each.retention, "outcome": [Verdict(code).word for code in each.outcome]}
            )
            for each in self.settings.values()
        ]
        return pd.concat(parts, ignore_index=True)

    @property
    def summary(self) -> "pd.DataFrame":
        """A row per setting and reading: how many futures took_hold and survived; auc, gain (the AUC of autonomous
        retention less this one's), each with _low and _high; fifth, lowest_survived, highest_survived.
        """
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for slug, each in self.settings.items():
            areas, gains = each.areas, each.gains
            for name in READINGS:
                row = {"setting": slug, "reading": name, "took_hold": int(each.took_hold.sum())}
                row |= {"survived": int(each.survived.sum())}
                row |= areas[name].columns("auc") | gains.get(name, UNDEFINED).columns("gain")
                lowest, highest, fifth = each.fifths(name)
                rows.append(row | {"fifth": fifth, "lowest_survived": lowest, "highest_survived": highest})
        return pd.DataFrame(rows)


def forecast(
    scenario: Scenario,
    futures: int = 200,
    seed: int = 1,
    *,
    variants: Sequence[str] | None = None,
    on_progress: Callable[[int], Any] | None = None,
) -> Forecasts:
    """Take the readings of the base and its variants (slugs; all if None) in the same futures, and judge each future.

    Futures are those of ``compare`` with the same ``seed``, and end as they do there. ``on_progress`` is called with 1
    after each future. Raises ScenarioError for what cannot be run, and where a future is judged at row 0, which has no
    momentum.
    """
    chosen = settings(scenario, variants)
    if futures < 1:
        raise ScenarioError(f"futures = {futures}: at least one future is needed")
    known: dict[tuple[str, int], Scenario] = {}
    read = np.empty((len(chosen), len(READINGS), futures))
    found: dict[str, list[tuple[int, float, Verdict]]] = {slug: [] for slug in chosen}
    environment = Environment(seed)
    for future, records in enumerate(futures_of(chosen, futures, seed, environment=environment)):
        already: dict[str, Floats] = {}
        for i, (slug, setting) in enumerate(chosen.items()):
            practice = records[slug].monthly["practice"]
            judged = judge(practice, setting, reference_month(setting, records[BASE]))
            found[slug].append((judged.reference_month, judged.retention, judged.outcome))
            t = judged.reference_month
            setting_then = known.get((slug, t)) or known.setdefault((slug, t), as_known(setting, t))
            key = setting_then.model_dump_json(exclude={"title", "question", "labels"})
            if key not in already:  # settings that differ only in what follows read alike
                already[key] = readings(setting_then, t, future, environment)
            read[i, :, future] = already[key]
        if on_progress is not None:
            on_progress(1)
    out = {}
    for (slug, setting), values in zip(chosen.items(), read, strict=True):
        months, retention, outcome = zip(*found[slug], strict=True)
        title = setting.words.say(setting.title)
        out[slug] = Forecast(slug, title, np.array(months), values, np.array(retention), np.array(outcome))
    return Forecasts(out, seed)


def as_known(setting: Scenario, month: int) -> Scenario:
    """A setting as it is known at row ``month``: without every event still to begin.

    So that no reading can hold anything of who follows the director, or when. What has begun goes on as planned.
    """
    begun = {slug: event for slug, event in setting.written().get("events", {}).items() if event["month"] < month}
    return setting.with_({"events": begun, "measure.reference_month": month}, drop=("variants", "events"))


def readings(setting: Scenario, month: int, future: int, environment: Environment) -> Floats:
    """The readings of one future at row ``month``, [readings], in the order of ``READINGS``.

    Autonomous retention is of the director's seat left empty, whatever the scenario's own succession. Raises
    ScenarioError for row 0.
    """
    if month < 1:
        raise ScenarioError(f"the reference month is {month}: row 0 has no momentum, so there is nothing to compare")
    place = environment.of(setting, future)
    state, values = so_far(setting, month, *place)
    row = dict(zip(MONTHLY, values, strict=True))
    alone = autonomous_retention(setting, place.organisation, state, setting.measure.horizon, month=month)
    return np.array([alone, row["practice"], row["commitment"], row["momentum"]])


def _weights(futures: int) -> Floats:
    """How often each future counts, [1 + RESAMPLES, futures]: once each, then in each resample."""
    drawn = np.random.default_rng(1).multinomial(futures, np.full(futures, 1.0 / futures), size=RESAMPLES)
    return np.concatenate([np.ones((1, futures)), drawn])


def _pairs(chosen: Sequence[Forecast], weights: Floats) -> tuple[Floats, Floats]:
    """Of survivors of one setting against collapsed of another: pairs won, [weights, readings, settings, settings],
    and pairs, [weights, settings, settings]."""
    size = len(chosen)
    wins, pairs = np.empty((len(weights), len(READINGS), size, size)), np.empty((len(weights), size, size))
    for a, one in enumerate(chosen):
        yes = one.took_hold & one.survived
        for b, other in enumerate(chosen):
            no = other.took_hold & ~other.survived
            pairs[:, a, b] = weights[:, yes].sum(axis=1) * weights[:, no].sum(axis=1)
            for r in range(len(READINGS)):
                high, low = one.readings[r][yes][:, None], other.readings[r][no]
                won = (high > low) + 0.5 * (high == low)
                wins[:, r, a, b] = ((weights[:, yes] @ won) * weights[:, no]).sum(axis=1)
    return wins, pairs


def _percentiles(shares: Floats) -> Estimate:
    """The first is the value; the interval is of the others, those with no pair at all apart."""
    drawn = shares[1:][~np.isnan(shares[1:])]
    if np.isnan(shares[0]) or not len(drawn):
        return UNDEFINED
    return Estimate(float(shares[0]), *resample_interval(drawn))
