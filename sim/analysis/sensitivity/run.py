"""Sensitivity of a scenario, all of it.

It screens all parameters, divides the spread among the dozen that matter most, finds the regions in which the change
collapses, and asks what depends on the structure.
"""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from sim.analysis.ranges import Range, every_range
from sim.analysis.sensitivity.effects import (
    Screened,
    Shared,
    check,
    independent,
    keys_at,
    morris_shares,
    most_moving,
    screened,
    shared,
    sobol_shares,
)
from sim.analysis.sensitivity.outcome import NEVER_HELD, OUTCOMES, at_point
from sim.analysis.sensitivity.regions import Regions, asked_about, regions
from sim.analysis.sensitivity.structure import choices, rows, under
from sim.base.arrays import Floats
from sim.experiments.workers import Workers
from sim.scenario.events import DirectorLeaves
from sim.scenario.scenario import Scenario

FUTURES_OF_STRUCTURE = 5
"""Each choice of structure is run in so many times the futures of a point."""


@dataclass(frozen=True)
class Sensitivity:
    """What came out. morris_at, sobol_at: [points, parameters], shares of the ranges; morris, sobol: what was measured
    there, [points, outcomes].

    parameters: all that were screened; screened: for every outcome, what each of them does. top: those for which
    indices were computed. structure: rows, one for each choice and variant.
    """

    scenario: Scenario
    futures: int
    seed: int
    trajectories: int
    samples: int
    parameters: tuple[Range, ...]
    screened: dict[str, Screened]
    top: tuple[Range, ...]
    morris_at: Floats
    morris: Floats
    sobol_at: Floats
    sobol: Floats
    structure: list[dict[str, Any]]

    @property
    def few(self) -> bool:
        """Whether so few points were asked for that the estimates are mostly chance."""
        return self.trajectories < 10 or self.samples < 64 or self.futures < 10

    @cached_property
    def shared(self) -> dict[str, Shared]:
        """For every outcome, the share of the spread that each of the top parameters explains."""
        return {name: shared(self.top, self.sobol[:, i], self.seed) for i, name in enumerate(OUTCOMES)}

    @cached_property
    def regions(self) -> Regions:
        """Where the change collapses."""
        number = len(self.top)
        names, values = asked_about(self.scenario, self.top, self.sobol_at)
        (one, other), (at, fresh) = independent(self.sobol[:, 0], number), independent(values, number)
        never = independent(self.sobol[:, NEVER_HELD], number)[1]
        return regions(names, at, one, fresh, other, never)

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """The tidy tables, by the names of their files."""
        return {
            "morris": [
                {"outcome": name, "parameter": one.key, "low": one.low, "high": one.high, "mu_star": found.mu_star[i],
                 "mu_star_low": found.low[i], "mu_star_high": found.high[i], "mu": found.mu[i], "sigma": found.sigma[i]}
                for name, found in self.screened.items() for i, one in enumerate(self.parameters)
            ],
            "sobol": [
                {"outcome": name, "parameter": one.key, "first": found.first[i],
                 "first_low": found.first[i] - found.first_half[i], "first_high": found.first[i] + found.first_half[i],
                 "total": found.total[i], "total_low": found.total[i] - found.total_half[i],
                 "total_high": found.total[i] + found.total_half[i], "variance": found.variance}
                for name, found in self.shared.items() for i, one in enumerate(self.top)
            ],
            "regions": [
                {"region": region.words(), "share_of_settings": region.share, "collapsed": region.collapsed,
                 "never_took_hold": region.never, "settings": region.settings}
                for region in self.regions.regions
            ],
            "structure": self.structure,
            "points": [
                {"design": design, "point": i}
                | {name: float(value) for name, value in zip((*OUTCOMES, "never_took_hold"), values[i], strict=True)}
                | keys_at(parameters, at[i])
                for design, parameters, at, values in (
                    ("morris", self.parameters, self.morris_at, self.morris),
                    ("sobol", self.top, self.sobol_at, self.sobol),
                )
                for i in range(len(at))
            ],
        }  # fmt: skip


def parameters_of(scenario: Scenario) -> list[Range]:
    """The parameters that can move something in a scenario: not those that every departure sets itself."""
    leave = scenario.happening(DirectorLeaves).values()
    fixed = {
        f"succession.{name}"
        for name in ("vacancy", "successor_commitment", "continuity")
        if leave and not scenario.random_departures and all(getattr(event, name) is not None for event in leave)
    }
    return [one for one in every_range() if one.key not in fixed]


def tasks(scenario: Scenario, trajectories: int, samples: int, top: int) -> int:
    """How many points and choices of structure are measured in all."""
    number = len(parameters_of(scenario))
    return trajectories * (number + 1) + samples * (min(top, number) + 2) + len(choices(scenario))


def analyse(
    scenario: Scenario,
    *,
    trajectories: int = 20,
    samples: int = 256,
    futures: int = 20,
    top: int = 12,
    seed: int = 1,
    workers: Workers | int | None = None,
) -> Sensitivity:
    """Ask what drives a scenario's answer. Raises ScenarioError for numbers that make no sense, as ``check`` does.

    trajectories: Morris' paths through the parameters. samples: Sobol's, a power of two. top: how many parameters get
    indices. futures: at every point.
    """
    check(trajectories, samples, futures, top)
    parameters, crew = parameters_of(scenario), Workers.of(workers)

    def measured(at: Floats, among: list[Range], first: str) -> Floats:
        work = partial(at_point, scenario, futures, seed)
        points = [keys_at(among, shares) for shares in at]
        return np.array(crew.map(work, points, "processes", about=("points", first)))

    morris_at = morris_shares(parameters, trajectories, seed)
    morris = measured(morris_at, parameters, "screening")
    effects = {name: screened(parameters, morris_at, morris[:, i], seed) for i, name in enumerate(OUTCOMES)}
    most = [parameters[i] for i in most_moving(effects, min(top, len(parameters)))]
    sobol_at = sobol_shares(most, samples, seed)
    sobol = measured(sobol_at, most, "indices")
    work = partial(under, scenario, FUTURES_OF_STRUCTURE * futures, seed)
    structure = np.array(crew.map(work, choices(scenario), "processes", about="structure")).tolist()
    return Sensitivity(
        scenario, futures, seed, trajectories, samples, tuple(parameters), effects, tuple(most),
        morris_at, morris, sobol_at, sobol, list(rows(scenario, structure)),
    )  # fmt: skip
