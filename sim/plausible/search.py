"""Many settings of all levers, spread over their ranges; kept are those that agree with every target.

Plain rejection: no setting counts for more than another, nothing is fitted, and what is kept is a sample of the ranges
cut down by the targets. How little the targets cut is part of the answer.
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from typing import Any

import numpy as np

from sim.evidence.worlds import World
from sim.experiments.comparison import write_csv
from sim.experiments.folder import why
from sim.experiments.runner import begin_worker
from sim.measures.survival import wilson
from sim.mistakes import ScenarioError
from sim.plausible.targets import MEASURES, Target, targets
from sim.ranges import Range, ranges, spread


@dataclass(frozen=True)
class Tried:
    """Settings that were tried. settings: key -> value each. values: [settings, targets], what was measured there.

    futures: at each setting. seed: of the futures; the settings are spread by it too.
    """

    settings: list[dict[str, Any]]
    targets: tuple[Target, ...]
    values: np.ndarray
    futures: int
    seed: int

    @cached_property
    def agrees(self) -> np.ndarray:
        """[settings, targets], whether each agrees with each."""
        return np.array([[t.agrees(v) for t, v in zip(self.targets, row, strict=True)] for row in self.values.tolist()])

    @cached_property
    def kept(self) -> list[dict[str, Any]]:
        """The settings that agree with every target."""
        return [keys for keys, fits in zip(self.settings, self.agrees.all(axis=1), strict=True) if fits]

    @property
    def acceptance(self) -> tuple[float, float, float]:
        """The share kept, with its 95% interval."""
        return len(self.kept) / len(self.settings), *wilson(len(self.kept), len(self.settings))

    def alone(self, target: int) -> float:
        """The share that agrees with one target."""
        return float(self.agrees[:, target].mean())

    def without(self, target: int) -> float:
        """The share that agrees with all the others: what this target cuts is the difference to those kept."""
        return float(np.delete(self.agrees, target, axis=1).all(axis=1).mean())

    def shifted(self, least: float = 0.01) -> list[tuple[Range, float, tuple[float, float, float]]]:
        """The levers whose kept values are not spread over their range as they were tried, the most shifted first.

        For each: the range, the p value of Kolmogorov and Smirnov's test against an even spread, and the tenth, middle
        and ninetieth percentile of the kept values. least: the p value over all levers (Bonferroni). A lever that is
        not listed is one that the targets say nothing about by itself.
        """
        from scipy.stats import kstest

        found = []
        for one in ranges():
            values = np.array([float(keys[one.key]) for keys in self.kept])
            if one.whole or len(values) < 5:
                continue
            p = float(kstest((values - one.low) / (one.high - one.low), "uniform").pvalue)
            if p * len(ranges()) < least:
                low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
                found.append((one, p, (float(low), float(middle), float(high))))
        return sorted(found, key=lambda each: each[1])

    def save(self, folder: Path | str, overwrite: bool = False) -> Path:
        """Write ``tried.csv``, every setting with what was measured, and ``kept.csv``. Raises ScenarioError."""
        folder = Path(folder)
        if (folder / "kept.csv").exists() and not overwrite:
            raise ScenarioError(f"{folder / 'kept.csv'}: is there already; choose another folder, or add --overwrite")
        names = [target.measure for target in self.targets]
        rows = [
            {"setting": i, "kept": int(fits.all())} | dict(zip(names, row, strict=True)) | keys
            for i, (keys, row, fits) in enumerate(zip(self.settings, self.values.tolist(), self.agrees, strict=True))
        ]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_csv(folder / "tried.csv", rows)
            write_csv(folder / "kept.csv", self.kept or [{}])
        except OSError as error:
            raise ScenarioError(f"{folder}: cannot be written ({why(error)})") from None
        return folder


def search(
    points: int = 500,
    futures: int = 30,
    seed: int = 1,
    *,
    among: Sequence[Target] | None = None,
    settings: Sequence[Mapping[str, Any]] | None = None,
    workers: int | None = None,
    tick: Callable[[int], Any] | None = None,
) -> Tried:
    """Try settings spread over all ranges, or those given, and measure each target's measure at each.

    ``tick`` is called with 1 for each setting done. Raises ScenarioError for numbers that make no sense.
    """
    if points < 1 or futures < 2:
        raise ScenarioError(f"points = {points}, futures = {futures}: at least 1 setting and 2 futures are needed")
    asked_for = tuple(targets() if among is None else among)
    tried = [dict(keys) for keys in (spread(points, seed) if settings is None else settings)]
    names = [target.measure for target in asked_for]
    todo = [(keys, names, futures, seed) for keys in tried]
    values = []
    for row in _each(todo, workers):
        values.append(row)
        if tick is not None:
            tick(1)
    return Tried(tried, asked_for, np.array(values), futures, seed)


def measure(task: tuple[dict[str, Any], list[str], int, int]) -> list[float]:
    """What is measured at one setting."""
    keys, names, futures, seed = task
    world = World("setting", "", below=keys)
    return [MEASURES[name](world, futures, seed) for name in names]


def _each(todo: list[Any], workers: int | None) -> Iterable[list[float]]:
    processes = min(len(todo), workers or cpu_count() or 1)
    if processes == 1:
        yield from map(measure, todo)
        return
    pool = ProcessPoolExecutor(processes, get_context("spawn"), begin_worker)
    try:
        yield from pool.map(measure, todo)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def kept(path: Path | str) -> list[dict[str, Any]]:
    """The plausible settings of a table that ``Tried.save`` wrote. Raises ScenarioError."""
    path, by_key = Path(path), {one.key: one for one in ranges()}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read ({why(error)})") from None
    if not rows or any(key not in by_key for key in rows[0]):
        raise ScenarioError(f"{path}: no table of plausible settings; sim.plausible.search writes one (kept.csv)")
    return [{key: round(float(x)) if by_key[key].whole else float(x) for key, x in row.items()} for row in rows]
