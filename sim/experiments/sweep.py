"""Sweeps: a scenario at many points of its parameters, on a grid or a Latin hypercube, all on the same futures.

A design is a TOML file (docs/many-futures.md): ``scenario``, ``variants``, ``futures``, ``seed``, a table ``[grid]`` of
keys with lists of values, and a table ``[latin_hypercube]`` with ``points`` and, in ``ranges``, keys with a lowest and
a highest value. With both, every point of the one is combined with every point of the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import Field, ValidationError, field_validator

from sim.base.errors import lines, read_toml
from sim.experiments.chunks import Results
from sim.experiments.comparison import Comparison
from sim.experiments.ensemble import Twin, settings
from sim.experiments.runner import play_groups
from sim.experiments.store import InFolder
from sim.experiments.workers import Workers
from sim.scenario.parameters import Table, value_at
from sim.scenario.scenario import Scenario, ScenarioError, load


class LatinHypercube(Table):
    """Points spread evenly over ranges of parameters."""

    points: int = Field(ge=1, le=1_000_000)
    seed: int = Field(default=1, ge=0)
    ranges: dict[str, list[float]] = Field(min_length=1)

    @field_validator("ranges")
    @classmethod
    def _pairs(cls, ranges: dict[str, list[float]]) -> dict[str, list[float]]:
        for key, pair in ranges.items():
            if len(pair) != 2 or not pair[0] < pair[1]:
                raise ValueError(f"{key}: a lowest and a higher value are needed, as in [0.0, 0.5]")
        return ranges


class SweepDesign(Table):
    """What a design file may say."""

    scenario: str
    variants: list[str] = Field(default=[])
    futures: int = Field(default=100, ge=1, le=1_000_000_000)
    seed: int = Field(default=1, ge=0)
    grid: dict[str, list[Any]] = Field(default={})
    latin_hypercube: LatinHypercube | None = None

    @field_validator("grid")
    @classmethod
    def _lists(cls, grid: dict[str, list[Any]]) -> dict[str, list[Any]]:
        for key, values in grid.items():
            if not values:
                raise ValueError(f"{key}: at least one value is needed, as in [0.2, 0.5]")
        return grid


def read_design(path: Path) -> tuple[SweepDesign, Scenario]:
    """Read a design file and its scenario. Raises ScenarioError, whose message lists every mistake."""
    try:
        design = SweepDesign.model_validate(read_toml(path))
    except ValidationError as error:
        raise ScenarioError("\n".join(f"{path}: {line}" for line in lines(error, SweepDesign, {}))) from None
    if not design.grid and design.latin_hypercube is None:
        raise ScenarioError(f"{path}: nothing is swept; give a table [grid] or [latin_hypercube]")
    text = design.scenario
    scenario = load(path.parent / text if text.endswith(".toml") else text)
    for slug in design.variants:
        scenario.variant(slug)
    _check(path, design, scenario)
    return design, scenario


def _check(path: Path, design: SweepDesign, scenario: Scenario) -> None:
    """See that every key can take its values, each by itself. Raises ScenarioError with all that cannot."""
    ranges = design.latin_hypercube.ranges if design.latin_hypercube else {}
    told = [f"{path}: {key} is in the grid and in the hypercube" for key in design.grid if key in ranges]
    for key, values in {**design.grid, **ranges}.items():
        for value in values:
            try:
                scenario.with_({key: _fitting(scenario, key, value) if key in ranges else value})
            except ScenarioError as error:
                told += [f"{path}: {line}" for line in str(error).splitlines()]
    if told:
        raise ScenarioError("\n".join(dict.fromkeys(told)))


def points(design: SweepDesign, scenario: Scenario) -> list[dict[str, Any]]:
    """The points: key -> value. Those of the grid turn fastest in its last key."""
    grid = [dict(zip(design.grid, values, strict=True)) for values in product(*design.grid.values())]
    cube = design.latin_hypercube
    if cube is None:
        return grid
    from scipy.stats import qmc

    ends = list(cube.ranges.values())
    units = qmc.LatinHypercube(d=len(ends), rng=cube.seed).random(cube.points)
    spread = qmc.scale(units, [low for low, _ in ends], [high for _, high in ends])
    sampled = [{key: _fitting(scenario, key, float(x)) for key, x in zip(cube.ranges, row, strict=True)}
               for row in spread]  # fmt: skip
    return [one | other for one in grid for other in sampled]


def _fitting(scenario: Scenario, key: str, value: float) -> Any:
    """A sampled value as its key takes it: a whole number where the scenario has one."""
    now = value_at(scenario, key)
    return round(value) if isinstance(now, int) and not isinstance(now, bool) else value


def unmoved(design: SweepDesign, scenario: Scenario) -> list[str]:
    """Where a sweep does not reach, in words: variants and events that set a swept key themselves."""
    keys = [*design.grid, *(design.latin_hypercube.ranges if design.latin_hypercube else {})]
    return [
        f"Note: variant {slug} sets {key} itself, so the sweep does not move it there."
        for key in keys
        for slug in design.variants
        if value_at(scenario.variants[slug], key) is not None
    ]


@dataclass(frozen=True)
class Swept:
    """What came out. rows: those of sweep.csv, one for each point and variant. points: key -> value each."""

    scenario: Scenario
    points: list[dict[str, Any]]
    variants: list[str]
    futures: int
    seed: int
    twin: Twin
    rows: list[dict[str, Any]]
    results: list[Results]

    @property
    def failed(self) -> int:
        """How many runs failed."""
        return self.futures * len(self.rows) - sum(int(row["futures"]) for row in self.rows)

    def all_futures(self) -> Iterator[pa.Table]:
        """A row for each point, variant and future."""
        for point, found in enumerate(self.results):
            for rows in found.all_futures():
                yield rows.add_column(0, "point", pa.array([point] * rows.num_rows, type=pa.int64()))


def sweep_job(store: InFolder, workers: Workers, scenario: Scenario) -> Swept:
    """Do what is missing of a ``sweep`` job."""
    job, at = store.job, store.job["points"]
    which, seed = range(job["futures"]), job["seed"]

    def group_at(keys: dict[str, Any]) -> dict[str, Scenario]:
        return settings(scenario.with_(keys), job["variants"])

    results = play_groups(at, which, seed, workers, make=group_at, shards=store, size=job["size"], twin=job["twin"])
    workers.finished()
    rows = [
        {"point": point}
        | {key: value_at(group[row["variant"]], key) for key in values}
        | {key: value for key, value in row.items() if key != "title"}
        for point, (values, found) in enumerate(zip(at, results, strict=True))
        for group in [group_at(values)]
        for row in Comparison(group, which, seed, found, []).rows
    ]
    return Swept(scenario, at, job["variants"], job["futures"], seed, job["twin"], rows, results)
