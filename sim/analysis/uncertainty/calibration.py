"""Many settings of all uncertain parameters, spread over their ranges; those that agree with every target are accepted.

This is plain rejection: no setting counts for more than another and nothing is fitted, so what is accepted is a sample
of the ranges cut down by the targets. How little the targets cut is part of the answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.ranges import Range, ranges, spread
from sim.analysis.uncertainty.targets import MEASURES, Target, targets
from sim.analysis.validation.ablations import World
from sim.base.errors import ScenarioError, unknown
from sim.base.files import read_table
from sim.base.intervals import Estimate, wilson
from sim.experiments.workers import Workers

SHIPPED = Path(__file__).with_name("settings.csv")
"""The settings tried for this version, and what was measured at each: ``leadership-sim calibrate`` wrote them."""

CLEAR = 0.01
"""A parameter, or a pair, is said to be told about by the targets below this probability, shared among all asked."""


@dataclass(frozen=True)
class CalibrationRun:
    """The settings that were tried, key -> value each. values: [settings, targets], what was measured at each.

    futures: at each setting. seed: of the futures, and of how the settings are spread.
    """

    settings: list[dict[str, Any]]
    targets: tuple[Target, ...]
    values: np.ndarray
    futures: int
    seed: int

    @cached_property
    def agrees(self) -> np.ndarray:
        """[settings, targets], whether each setting agrees with each target."""
        return np.array([[t.agrees(v) for t, v in zip(self.targets, row, strict=True)] for row in self.values.tolist()])

    @cached_property
    def fits(self) -> np.ndarray:
        """[settings], whether each agrees with every target."""
        return np.asarray(self.agrees.all(axis=1))

    @cached_property
    def accepted(self) -> list[dict[str, Any]]:
        """The settings that agree with every target."""
        return [keys for keys, fits in zip(self.settings, self.fits, strict=True) if fits]

    @property
    def acceptance(self) -> Estimate:
        """The share that is accepted."""
        return wilson(len(self.accepted), len(self.settings))

    def alone(self, target: int) -> float:
        """The share that agrees with one target."""
        return float(self.agrees[:, target].mean())

    def cut(self, target: int) -> float | None:
        """Of the settings that agree with all other targets, the share that this one rejects; None if none."""
        others = np.delete(self.agrees, target, axis=1).all(axis=1)
        return 1.0 - len(self.accepted) / int(others.sum()) if others.any() else None

    def shifted(self) -> list[tuple[Range, float, tuple[float, float, float]]]:
        """The parameters whose values differ between accepted and rejected settings, the most different first.

        For each: the range, the p value of Kolmogorov and Smirnov's test of the two, and the 10th, 50th and 90th
        percentiles of the accepted values. The test is corrected for the number of parameters (Bonferroni). About a
        parameter that is not listed, so many settings tell nothing by themselves.
        """
        from scipy.stats import ks_2samp

        found, fits = [], self.fits
        if min(fits.sum(), (~fits).sum()) < 5:
            return []
        for one in ranges():
            values = np.array([float(keys[one.key]) for keys in self.settings])
            p = float(ks_2samp(values[fits], values[~fits]).pvalue)
            if p * len(ranges()) < CLEAR:
                low, middle, high = np.quantile(values[fits], [0.1, 0.5, 0.9])
                found.append((one, p, (float(low), float(middle), float(high))))
        return sorted(found, key=lambda each: each[1])

    def together(self) -> list[tuple[Range, Range, float]]:
        """The pairs of parameters that go together among accepted settings, and their rank correlation, strongest
        first.

        The targets say something about the two of them, whatever they say about each; tested as in ``shifted``.
        """
        from scipy.stats import spearmanr

        if len(self.accepted) < 5:
            return []
        said = spearmanr([[float(keys[one.key]) for one in ranges()] for keys in self.accepted])
        pairs = list(combinations(range(len(ranges())), 2))
        rank, p = np.asarray(said.statistic), np.asarray(said.pvalue)
        clear = [(i, j) for i, j in pairs if p[i, j] * len(pairs) < CLEAR]
        found = [(ranges()[i], ranges()[j], float(rank[i, j])) for i, j in clear]
        return sorted(found, key=lambda each: -abs(each[2]))

    def rows(self) -> list[dict[str, Any]]:
        """A row for each setting: whether it is accepted, what was measured there, and its parameters."""
        names = [target.measure for target in self.targets]
        return [
            {"setting": i, "accepted": int(fits)} | dict(zip(names, row, strict=True)) | keys
            for i, (keys, row, fits) in enumerate(zip(self.settings, self.values.tolist(), self.fits, strict=True))
        ]


def settings(points: int, seed: int) -> list[dict[str, Any]]:
    """Settings spread over all ranges, to four digits, so that the table holds exactly what was run."""
    return [
        {key: value if isinstance(value, int) else float(f"{value:.4g}") for key, value in keys.items()}
        for keys in spread(points, seed)
    ]


def calibrate(
    points: int = 500,
    futures: int = 30,
    seed: int = 1,
    *,
    among: Sequence[Target] | None = None,
    at: Sequence[Mapping[str, Any]] | None = None,
    measures: Mapping[str, Callable[[World, int, int], float]] | None = None,
    workers: Workers | int | None = None,
) -> CalibrationRun:
    """Try settings spread over all ranges, or those given (``at``), and measure each target's measure at each.

    ``at``: parameters that are left out keep their values. ``measures``: your own, name -> a function of a world, the
    number of futures and their seed; the world's ``setting(keys)`` is director-turnover there, with some keys set. They
    run in this process. Raises ScenarioError for numbers that make no sense, and for unknown measures.
    """
    check(points, futures)
    crew = Workers.of(workers)
    asked_for = tuple(targets() if among is None else among)
    tried = [dict(keys) for keys in (settings(points, seed) if at is None else at)]
    known = MEASURES | dict(measures or {})
    if strange := [target.measure for target in asked_for if target.measure not in known]:
        raise ScenarioError(unknown("measure", strange[0], list(known)))
    if measures:
        crew = replace(crew, number=1, executor=None)
    tasks = [(keys, [known[target.measure] for target in asked_for], futures, seed) for keys in tried]
    values = crew.map(measure, tasks, "processes", about="settings")
    return CalibrationRun(tried, asked_for, np.array(values), futures, seed)


def check(points: int, futures: int) -> None:
    """Raise ScenarioError for numbers that make no sense."""
    if points < 1 or futures < 2:
        raise ScenarioError(f"points = {points}, futures = {futures}: at least 1 setting and 2 futures are needed")


def measure(task: tuple[dict[str, Any], list[Callable[[World, int, int], float]], int, int]) -> list[float]:
    """What is measured at one setting."""
    keys, measures, futures, seed = task
    world = World("setting", "", below=keys)
    return [each(world, futures, seed) for each in measures]


def accepted_settings(path: Path | str = SHIPPED) -> list[dict[str, Any]]:
    """The accepted settings of a ``settings.csv`` that a calibration wrote. Raises ScenarioError."""
    parameters, rows = {one.key: one for one in ranges()}, read_table(Path(path))
    strange = [key for key in (rows[0] if rows else ()) if "." in key and key not in parameters]
    if strange:
        raise ScenarioError(f"{path}: {unknown('parameter', strange[0], list(parameters))}")
    if not rows or "accepted" not in rows[0] or not parameters.keys() & rows[0].keys():
        raise ScenarioError(f"{path}: not a table of settings; leadership-sim calibrate writes one (settings.csv)")
    try:
        found = [
            {key: round(float(x)) if parameters[key].whole else float(x) for key, x in row.items() if key in parameters}
            for row in rows
            if row["accepted"] == "1"
        ]
    except (TypeError, ValueError):
        raise ScenarioError(f"{path}: a parameter's value is not a number") from None
    if not found:
        raise ScenarioError(f"{path}: none of its settings agrees with the targets")
    return found
