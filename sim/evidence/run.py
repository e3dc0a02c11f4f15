"""All patterns in all worlds: as it is, over plausible settings, with each mechanism off, and under rivals."""

from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from os import cpu_count
from typing import Any

from sim.evidence.measured import DOES_NOT, SHOWS, UNDEFINED, Finding, found, together
from sim.evidence.patterns import PATTERNS, Pattern
from sim.evidence.study import Studies, studies
from sim.evidence.worlds import ABLATIONS, AS_IT_IS, RIVALS, World
from sim.experiments.runner import begin_worker
from sim.ranges import spread
from sim.scenario import ScenarioError

Findings = dict[str, list[Finding]]
"""Pattern -> the findings of its claims."""


@dataclass(frozen=True)
class Evidence:
    """What came out.

    worlds: slug -> findings, of the model as it is, ablations and rivals. points: of each plausible setting, in the
    order of ``sim.ranges.spread``. studies: the study again, as often as ``runs``. runs, fewer, fewest: futures in the
    model as it is, in each other world, and at each plausible setting.
    """

    runs: int
    fewer: int
    fewest: int
    seed: int
    worlds: dict[str, Findings]
    points: list[Findings]
    studies: Studies

    def verdict(self, world: str, pattern: str) -> str:
        """Of a pattern in a world."""
        return together(self.worlds[world][pattern])

    def counted(self, pattern: str) -> dict[str, int]:
        """At how many plausible settings a pattern comes to each verdict."""
        verdicts = [together(point[pattern]) for point in self.points]
        return {verdict: verdicts.count(verdict) for verdict in dict.fromkeys(verdicts)}

    def falls(self, world: str, to: Collection[str] = (DOES_NOT, UNDEFINED)) -> list[str]:
        """The patterns that show as it is and not in a world: come to one of these verdicts."""
        return [
            slug
            for slug in self.worlds[AS_IT_IS.slug]
            if self.verdict(AS_IT_IS.slug, slug) == SHOWS and self.verdict(world, slug) in to
        ]

    def rows(self) -> list[dict[str, Any]]:
        """A row for every claim in every world and at every plausible setting, as plain numbers."""
        named = [*self.worlds.items(), *((f"plausible-{i}", point) for i, point in enumerate(self.points))]
        return [
            {
                "world": world,
                "pattern": slug,
                "claim": finding.claim.words,
                "value": finding.value,
                "low": finding.low,
                "high": finding.high,
                "futures": finding.futures,
                "verdict": finding.verdict,
                "aside": finding.claim.aside,
                "pattern_verdict": together(findings),
            }
            for world, patterns in named
            for slug, findings in patterns.items()
            for finding in findings
        ]


def evidence(
    runs: int = 200,
    points: int = 30,
    seed: int = 1,
    *,
    patterns: Sequence[Pattern] = PATTERNS,
    workers: int | None = None,
    tick: Callable[[int], Any] | None = None,
) -> Evidence:
    """Ask for every pattern in every world.

    runs: futures in the model as it is, 10 or more; half as many in every other world, and a fifth at each of
    ``points`` plausible settings. ``tick`` is called with 1 for each pattern done in a world (``tasks`` says how many
    there are). The same seed gives the same numbers on any number of ``workers`` (processes). Raises ScenarioError.
    """
    if runs < 10 or points < 0:
        raise ScenarioError(f"runs = {runs}, points = {points}: at least 10 futures and 0 settings are needed")
    fewer, fewest = runs // 2, max(2, runs // 5)
    plausible = [
        World(f"plausible-{i}", "", below=keys) for i, keys in enumerate(spread(points, seed) if points else [])
    ]
    todo = [(AS_IT_IS, runs)] + [(w, fewer) for w in (*ABLATIONS, *RIVALS)] + [(w, fewest) for w in plausible]
    done: dict[tuple[str, str], list[Finding]] = {}
    for world, pattern, findings in _all([(w, p.slug, n, seed) for w, n in todo for p in patterns], workers):
        done[world, pattern] = findings
        if tick is not None:
            tick(1)

    def of(world: World) -> Findings:
        return {pattern.slug: done[world.slug, pattern.slug] for pattern in patterns}

    worlds = {world.slug: of(world) for world in (AS_IT_IS, *ABLATIONS, *RIVALS)}
    return Evidence(runs, fewer, fewest, seed, worlds, [of(world) for world in plausible], studies(runs, seed))


def tasks(points: int, patterns: Sequence[Pattern] = PATTERNS) -> int:
    """How many patterns are asked for in all."""
    return len(patterns) * (1 + len(ABLATIONS) + len(RIVALS) + points)


Task = tuple[World, str, int, int]
"""A world, a pattern's slug, how many futures, and the root seed."""


def ask(task: Task) -> tuple[str, str, list[Finding]]:
    """One pattern in one world."""
    world, slug, runs, seed = task
    pattern = next(each for each in PATTERNS if each.slug == slug)
    values = pattern.measure(world, runs, seed)
    return world.slug, slug, [found(claim, each) for claim, each in zip(pattern.claims, values, strict=True)]


def _all(todo: list[Task], workers: int | None) -> Iterable[tuple[str, str, list[Finding]]]:
    processes = min(len(todo), workers or cpu_count() or 1)
    if processes == 1:
        yield from map(ask, todo)
        return
    pool = ProcessPoolExecutor(processes, get_context("spawn"), begin_worker)
    try:
        for each in as_completed([pool.submit(ask, task) for task in todo]):
            yield each.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
