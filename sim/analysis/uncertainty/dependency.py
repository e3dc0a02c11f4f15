"""On whom the change rests in the plausible worlds: the causal dependency on the director and on every role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.dependency.knockouts import Loss, director_of, groups_of, knock_out, staying
from sim.analysis.uncertainty.robustness import SEED, in_world, spread, worlds_of
from sim.experiments.workers import Workers
from sim.model.removal import Removal
from sim.organisation.generate import organisation
from sim.scenario.scenario import Scenario


@dataclass(frozen=True)
class DependencyAcrossWorlds:
    """Causal dependency (docs/dependency.md) in every world, [worlds, who]; NaN where it is undefined there.

    who: the director first, then every role with several seats. month: the row asked about.
    """

    scenario: Scenario
    who: tuple[str, ...]
    dependency: np.ndarray
    month: int
    futures: int
    seed: int

    def spread(self, who: int) -> tuple[float, float, float]:
        """From, middle, to (``sim.analysis.uncertainty.robustness.spread``), over the worlds in which it is defined."""
        values = self.dependency[:, who]
        return spread(values[~np.isnan(values)])

    @property
    def defined(self) -> int:
        """In how many worlds it is defined."""
        return int((~np.isnan(self.dependency[:, 0])).sum())

    def director_above(self, who: int) -> int:
        """In how many worlds more rests on the director than on a role."""
        return int((self.dependency[:, 0] > self.dependency[:, who]).sum())

    def rows(self) -> list[dict[str, Any]]:
        """A row for each world and each of those asked about; empty where undefined."""
        asked = {"month": self.month, "futures": self.futures, "seed": self.seed}
        return [
            {"world": world, "who": who, "dependency": float(value)} | asked
            for world, row in enumerate(self.dependency)
            for who, value in zip(self.who, row, strict=True)
        ]


def dependency_across_worlds(
    scenario: Scenario,
    worlds: Sequence[Mapping[str, Any]] | str | Path = "plausible",
    futures: int = 20,
    seed: int = SEED,
    *,
    month: int | None = None,
    workers: Workers | int | None = None,
) -> DependencyAcrossWorlds:
    """Knock out the director and every role in every world, in the same ``futures`` futures.

    ``worlds``: as ``sim.analysis.uncertainty.robustness.compare_across_worlds`` takes them. ``month``: the row after
    which they go, by default the scenario's reference month. Raises ScenarioError for what cannot be run.
    """
    chosen = worlds_of(worlds) if isinstance(worlds, str | Path) else list(worlds)
    _, t = staying(scenario, month)
    _, titles = _asked(scenario, seed)
    tasks = [(scenario, dict(keys), t, futures, seed) for keys in chosen]
    found = Workers.of(workers).map(
        dependency_in, tasks, "processes", about=("worlds", scenario.written(), chosen, t, futures, seed)
    )
    return DependencyAcrossWorlds(scenario, titles, np.array(found), t, futures, seed)


def dependency_in(task: tuple[Scenario, dict[str, Any], int, int, int]) -> list[float]:
    """The dependencies in one world."""
    scenario, keys, month, futures, seed = task
    setting = in_world(scenario, keys)
    losses, _ = _asked(setting, seed)
    out = knock_out(setting, losses, month=month, futures=futures, seed=seed, workers=1)
    return [out.dependency(loss.group).value for loss in losses]


def _asked(scenario: Scenario, seed: int) -> tuple[list[Loss], tuple[str, ...]]:
    shape = organisation(scenario, seed, 0)
    groups = groups_of(shape, scenario.words.say)
    chosen = [director_of(shape)] + [group for group in groups if group.kind == "role"]
    return [Loss(group, Removal.EMPTIED) for group in chosen], tuple(group.title for group in chosen)
