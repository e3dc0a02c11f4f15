"""A scenario over the plausible set: how often it collapses from world to world, and whether an order holds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from sim.experiments.comparison import write_csv
from sim.experiments.ensemble import BASE, OK, settings
from sim.experiments.folder import why
from sim.experiments.runner import Design, carry_out, good_size, seconds_a_future
from sim.experiments.shards import InMemory, Results
from sim.levers import merged, nested
from sim.measures.survival import OUTCOMES, paired_share_interval
from sim.mistakes import ScenarioError
from sim.organisation import organisation
from sim.scenario import Scenario, from_dict

COLLAPSED = OUTCOMES.index("collapsed")


def within(scenario: Scenario, keys: Mapping[str, Any]) -> Scenario:
    """The scenario in a plausible world: its own keys, and its variants', win over the world's."""
    data: dict[str, Any] = {}
    for key, value in keys.items():
        data = merged(data, nested(key, value))
    return from_dict(merged(data, scenario.written()), name=scenario.name, folder=scenario.folder)


@dataclass(frozen=True)
class Over:
    """Results over worlds. codes: [worlds, variants, futures], how each future went, as places in OUTCOMES.

    titles: of the variants, the base first. after: [worlds, variants], mean practised commitment at the end.
    """

    scenario: Scenario
    slugs: tuple[str, ...]
    titles: tuple[str, ...]
    codes: np.ndarray
    after: np.ndarray
    seed: int

    @cached_property
    def collapsed(self) -> np.ndarray:
        """[worlds, variants], the share of futures that collapsed."""
        return np.asarray((self.codes == COLLAPSED).mean(axis=2))

    def spread(self, variant: int) -> tuple[float, float, float]:
        """The tenth, middle and ninetieth percentile over worlds of the share that collapsed."""
        low, middle, high = np.quantile(self.collapsed[:, variant], [0.1, 0.5, 0.9])
        return float(low), float(middle), float(high)

    def against(self, variant: int) -> tuple[int, int, int, int]:
        """In how many worlds it collapsed less often than the base, as often, more often; and clearly less often.

        Clearly: the 95% interval of the paired difference lies below zero.
        """
        difference = self.collapsed[:, variant] - self.collapsed[:, 0]
        clearly = sum(
            paired_share_interval(world[variant] == COLLAPSED, world[0] == COLLAPSED)[2] < 0.0 for world in self.codes
        )
        return int((difference < 0).sum()), int((difference == 0).sum()), int((difference > 0).sum()), int(clearly)

    def words(self) -> Iterator[str]:
        """The answer, the comparisons first."""
        worlds, say = len(self.codes), self.scenario.words.say
        base = self.titles[0]
        for i in sorted(range(1, len(self.titles)), key=lambda i: -self.against(i)[0]):
            less, same, more, clearly = self.against(i)
            yield say(
                f"“{self.titles[i]}” collapsed less often than “{base}” in {less} of {worlds} plausible worlds "
                f"({clearly} clearly), as often in {same}, more often in {more}."
            )
        for i, title in enumerate(self.titles):
            low, middle, high = (round(100 * x) for x in self.spread(i))
            yield say(
                f"“{title}”: of 100 futures {low} to {high} collapsed from world to world, {middle} in the middle one."
            )
        yield (
            f"{worlds} worlds that agree with the targets (sim.plausible), {self.codes.shape[2]} futures in "
            "each; from the tenth to the ninetieth percentile. How they are spread is our choice of ranges, so this "
            "says how far results hang on single numbers, and not how likely anything is in the world."
        )

    def rows(self) -> list[dict[str, Any]]:
        """A row for each world and variant: the shares of every outcome and practised commitment at the end."""
        return [
            {"world": world, "variant": slug, "title": title}
            | {name.replace(" ", "_"): float((codes[i] == code).mean()) for code, name in enumerate(OUTCOMES)}
            | {"practice_after": float(after[i])}
            for world, (codes, after) in enumerate(zip(self.codes, self.after, strict=True))
            for i, (slug, title) in enumerate(zip(self.slugs, self.titles, strict=True))
        ]

    def save(self, path: Path | str) -> Path:
        """Write ``rows`` as CSV. Raises ScenarioError."""
        path = Path(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_csv(path, self.rows())
        except OSError as error:
            raise ScenarioError(f"{path}: cannot be written ({why(error)})") from None
        return path


def over(
    scenario: Scenario,
    worlds: Sequence[Mapping[str, Any]],
    runs: int = 40,
    seed: int = 1,
    *,
    variants: Sequence[str] | None = None,
    workers: int | None = None,
    tick: Callable[[int], Any] | None = None,
) -> Over:
    """Run a scenario's variants in every world, each on the same ``runs`` futures.

    ``tick`` is called with the number of runs just finished. Raises ScenarioError for what cannot be run.
    """
    if runs < 1 or not worlds:
        raise ScenarioError("at least one future in at least one plausible world is needed")
    groups = [settings(within(scenario, keys), variants) for keys in worlds]
    one = seconds_a_future(groups[0], len(organisation(scenario, seed, 0)), "compiled")
    design = Design(groups, runs, seed, False, "compiled", good_size(runs, one, 1))
    shards = InMemory()
    carry_out(design, shards, workers=workers, seconds=one * runs * len(groups), tick=tick)
    slugs = list(groups[0])
    parts: dict[int, list[int]] = {}
    for part in design.parts:
        parts.setdefault(part.group, []).append(part.number)
    codes, after = [], []
    for group in range(len(groups)):
        results = Results(shards, parts[group], slugs)
        row, ends = [], []
        for slug in slugs:
            table = results.futures(slug, ["status", "error", "outcome", "practice_after"]).to_pydict()
            if failed := [e for s, e in zip(table["status"], table["error"], strict=True) if s != OK]:
                raise ScenarioError(f"a future failed: {failed[0].strip().splitlines()[-1]}")
            row.append([OUTCOMES.index(outcome) for outcome in table["outcome"]])
            ends.append(float(np.mean(table["practice_after"])))
        codes.append(row)
        after.append(ends)
    titles = tuple(scenario.title if slug == BASE else groups[0][slug].title for slug in slugs)
    return Over(scenario, tuple(slugs), titles, np.array(codes, dtype=np.int8), np.array(after), seed)
