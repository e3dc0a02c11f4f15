"""A scenario in the plausible worlds: how its variants do from world to world, and in how many an order holds.

It sets parameters and counts verdicts, and nothing else. Which worlds are plausible: ``calibration``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.analysis.interventions.intervention import available, combined
from sim.analysis.uncertainty.calibration import SHIPPED, accepted_settings
from sim.base.errors import ScenarioError
from sim.base.intervals import paired_share_interval
from sim.experiments.ensemble import BASE, Twin, compared_with, settings, shortened
from sim.experiments.folder import looking
from sim.experiments.runner import play_groups
from sim.experiments.verdict import SURVIVED, Verdict
from sim.experiments.workers import Workers
from sim.scenario.parameters import merged, tables
from sim.scenario.scenario import Scenario, load

if TYPE_CHECKING:
    import pyarrow as pa

SEED = 2
"""Of the futures in every world: not the seed with which the settings of the package were chosen."""

WORLDS, FUTURES = 100, 40
"""How many worlds a result covers, and futures in each, by default."""

FEW = 20
"""Fewer worlds, or futures in each, are called few; and ranges then run from the lowest to the highest."""


def in_world(scenario: Scenario, keys: Mapping[str, Any]) -> Scenario:
    """The scenario in a plausible world: its own keys, and its variants', win over the world's.

    What sets many keys (``sim.analysis.sensitivity.time_step.finer``) therefore comes after this, not before.
    """
    return scenario.with_(merged(tables(keys), scenario.written()))


def with_interventions(scenario: Scenario, seed: int = 1, without: Sequence[str] = (), since: int = 0) -> Scenario:
    """The scenario with every intervention open to it as a variant, each as far as it goes, from a month on."""
    variants = {
        each.slug: combined([(each, each.most)], since) | {"title": each.entry.title}
        for each in available(scenario, seed, without)[0]
        if each.most
    }
    return scenario.with_({"variants": variants}, drop=("variants",))


def ends(worlds: int) -> tuple[float, float]:
    """The ends of a range over so many worlds, as shares of the worlds."""
    return (0.1, 0.9) if worlds >= FEW else (0.0, 1.0)


def spread(values: np.ndarray) -> tuple[float, float, float]:
    """Low end, middle and high end (``ends``) of one number per world; NaN where there are no worlds."""
    if not len(values):
        return float("nan"), float("nan"), float("nan")
    first, last = ends(len(values))
    low, middle, high = np.quantile(values, [first, 0.5, last])
    return float(low), float(middle), float(high)


class Counted(NamedTuple):
    """In how many worlds the change survived more often with a variant than with the base (or the variant that it is
    compared with), as often, or less often.

    Clearly: the 95% interval of the paired difference keeps to one side of zero.
    """

    worlds_better: int
    worlds_same: int
    worlds_worse: int
    worlds_clearly_better: int
    worlds_clearly_worse: int


@dataclass(frozen=True)
class Robustness:
    """Results over worlds. outcomes: [worlds, variants, futures], how each future went, as numbers of ``Verdict``.

    titles: of the variants, the base first. after: [worlds, variants], mean practised commitment at the end. fixed:
    parameters that the scenario sets itself, and that are therefore the same in every world. source: where the worlds
    are from. worlds: what each sets.
    """

    scenario: Scenario
    slugs: tuple[str, ...]
    titles: tuple[str, ...]
    outcomes: np.ndarray
    after: np.ndarray
    seed: int
    fixed: tuple[str, ...] = ()
    source: str = "plausible"
    worlds: tuple[Mapping[str, Any], ...] = ()

    def shares(self, outcome: Verdict = SURVIVED) -> np.ndarray:
        """[worlds, variants], the share of futures with an outcome."""
        return np.asarray((self.outcomes == outcome).mean(axis=2))

    @property
    def few(self) -> bool:
        """Whether there are few worlds or futures."""
        return bool(min(len(self.outcomes), self.outcomes.shape[2]) < FEW)

    def spread(self, variant: int, outcome: Verdict = SURVIVED) -> tuple[float, float, float]:
        """Low end, middle and high end, over worlds, of the share of futures with an outcome."""
        return spread(self.shares(outcome)[:, variant])

    def compared_with(self, variant: int) -> int:
        """The place of the variant that a variant is compared with: the base, unless it names another that was run."""
        return self.slugs.index(compared_with(self.scenario, self.slugs[variant], self.slugs))

    def against(self, variant: int) -> Counted:
        """In how many worlds a variant did better than the one that it is compared with."""
        survived, other = self.outcomes == SURVIVED, self.compared_with(variant)
        gain = survived[:, variant].sum(axis=1) - survived[:, other].sum(axis=1)
        intervals = [paired_share_interval(world[variant], world[other]) for world in survived]
        clearly = sum(low > 0.0 for _, low, _ in intervals), sum(high < 0.0 for _, _, high in intervals)
        return Counted(int((gain > 0).sum()), int((gain == 0).sum()), int((gain < 0).sum()), *map(int, clearly))

    @cached_property
    def counted(self) -> list[Counted]:
        """``against`` of every variant, the base's first."""
        return [self.against(i) for i in range(len(self.titles))]

    @cached_property
    def at_stake(self) -> int:
        """In how many worlds some future of the base does not survive, so that there is anything to be gained."""
        return int((self.shares()[:, 0] < 1.0).sum())

    @property
    def overridden(self) -> dict[str, list[str]]:
        """By the variants' titles: parameters that a variant sets, sooner or later, and that differ between worlds."""
        differ = [key for key in self.worlds[0] if key not in self.fixed] if self.worlds else []
        out = {}
        for slug, title in zip(self.slugs[1:], self.titles[1:], strict=True):
            data = self.scenario.variants.get(slug, {})
            parts = [data, *(event.get("set", {}) for event in data.get("events", {}).values())]
            if keys := [key for key in differ if any(_sets(part, key) for part in parts)]:
                out[title] = keys
        return out

    @property
    def order(self) -> list[int]:
        """The variants without the base, the one that did better in most worlds first."""
        net = [n.worlds_better - n.worlds_worse for n in self.counted]
        return sorted(range(1, len(self.titles)), key=lambda i: (-net[i], i))

    def table(self) -> list[dict[str, Any]]:
        """A row for each variant: in how many worlds it did better, and the spread over worlds of each outcome."""
        out = []
        for i, slug in enumerate(self.slugs):
            other = self.slugs[self.compared_with(i)] if i else ""
            row: dict[str, Any] = {"variant": slug, "title": self.titles[i], "compared_with": other}
            row |= {"worlds": len(self.outcomes), "futures": self.outcomes.shape[2]} | self.counted[i]._asdict()
            for verdict in Verdict:
                deciles = np.quantile(self.shares(verdict)[:, i], [0.1, 0.5, 0.9])
                row |= {
                    f"{verdict.column}_{end}": float(x) for end, x in zip(("p10", "p50", "p90"), deciles, strict=True)
                }
            out.append(row)
        return out

    def all_futures(self) -> "pa.Table":
        """A row for each world, variant and future, in this order: how it went."""
        import pyarrow as pa

        worlds, variants, futures = np.indices(self.outcomes.shape, dtype=np.int32)
        words = np.array([verdict.word for verdict in Verdict])
        return pa.table(
            {
                "world": worlds.ravel(),
                "variant": np.array(self.slugs)[variants.ravel()],
                "future": futures.ravel(),
                "outcome": words[self.outcomes.ravel()],
            }
        )

    def rows(self) -> list[dict[str, Any]]:
        """A row for each world and variant: the shares of every outcome and practised commitment at the end."""
        return [
            {"world": world, "variant": slug}
            | {verdict.column: float((codes[i] == verdict).mean()) for verdict in Verdict}
            | {"practice_after": float(after[i])}
            for world, (codes, after) in enumerate(zip(self.outcomes, self.after, strict=True))
            for i, slug in enumerate(self.slugs)
        ]


def _sets(part: Mapping[str, Any], key: str) -> bool:
    """Whether tables, or keys written with dots, give a parameter a value."""
    table, _, name = key.partition(".")
    inner = part.get(table)
    return key in part or (isinstance(inner, Mapping) and name in inner)


def fixed_by(scenario: Scenario, worlds: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Parameters of worlds that a scenario sets itself, so that they are the same in all of them."""
    written = scenario.written()
    return tuple(key for key in worlds[0] if _sets(written, key))


def worlds_of(source: str | Path = "plausible", most: int = WORLDS) -> list[dict[str, Any]]:
    """The first so many plausible settings of the package ("plausible"), or of a ``settings.csv`` of one's own."""
    if most < 1:
        raise ScenarioError(f"worlds = {most}: at least one plausible world is needed")
    if source == "plausible":  # the package's, even where a folder has that name
        return accepted_settings(SHIPPED)[:most]
    path = Path(source)
    with looking(path, "cannot be read"):
        if not path.exists() and not path.suffix:
            raise ScenarioError(f"--worlds {source}: there is no such file; did you mean 'plausible'?")
        path = path / SHIPPED.name if path.is_dir() else path
    return accepted_settings(path)[:most]


def compare_across_worlds(
    scenario: Scenario | str | Path,
    worlds: Sequence[Mapping[str, Any]] | str | Path = "plausible",
    futures: int = FUTURES,
    seed: int = SEED,
    *,
    variants: Sequence[str] | None = None,
    twin: Twin = "compiled",
    source: str = "given",
    workers: Workers | int | None = None,
) -> Robustness:
    """Run a scenario's variants in every world, all on the same futures.

    ``worlds``: keys of a scenario each, or where they are from, as ``worlds_of`` takes it. ``source``: where worlds
    that are given as keys are from. Raises ScenarioError for what cannot be run.
    """
    scenario = load(scenario) if isinstance(scenario, str | Path) else scenario
    if isinstance(worlds, str | Path):
        source, worlds = str(worlds), worlds_of(worlds)
    if futures < 1 or not worlds:
        raise ScenarioError("at least one future in at least one plausible world is needed")
    short = shortened(scenario)

    def group_in(keys: Mapping[str, Any]) -> dict[str, Scenario]:
        return settings(in_world(short, keys), variants)

    first = group_in(worlds[0])
    played = play_groups(
        worlds, range(futures), seed, Workers.of(workers), make=group_in,
        about=("worlds", scenario.written(), worlds), twin=twin,
    )  # fmt: skip
    tables = [[results.went(slug, ["practice_after"]) for slug in first] for results in played]
    return Robustness(
        scenario=scenario,
        slugs=tuple(first),
        titles=tuple(scenario.title if slug == BASE else setting.title for slug, setting in first.items()),
        outcomes=np.array([[table["outcome"] for table in world] for world in tables], dtype=np.int8),
        after=np.array([[float(np.mean(table["practice_after"])) for table in world] for world in tables]),
        seed=seed,
        fixed=fixed_by(scenario, worlds),
        source=source,
        worlds=tuple(worlds),
    )
