"""All patterns in all worlds: the model as it is, plausible settings, each mechanism off, and rival explanations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import batched, groupby
from typing import Any

from sim.analysis.ranges import spread
from sim.analysis.validation.ablations import ABLATIONS, AS_IT_IS, RIVALS, World
from sim.analysis.validation.findings import DOES_NOT, SHOWS, Finding, found, together
from sim.analysis.validation.measurements import measured
from sim.analysis.validation.patterns import PATTERNS, Pattern
from sim.analysis.validation.study import Studies, studies
from sim.base.arrays import Floats
from sim.base.errors import ScenarioError, unknown
from sim.base.machine import WIDTHS
from sim.experiments.workers import Workers

Findings = dict[str, list[Finding]]
"""Pattern -> the findings of its claims."""


@dataclass(frozen=True)
class Validation:
    """What came out.

    worlds: slug -> findings, of the model as it is, ablations and rivals. points: of each plausible setting, in the
    order of ``sim.analysis.ranges.spread``. studies: the study again, as often as ``futures``. futures, fewer, fewest:
    how many in the model as it is, in each other world, and at each plausible setting.
    """

    futures: int
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

    def turns(self, world: str) -> list[str]:
        """The claims that the model as it is shows and a world does not, by letter; undefined does not count."""
        return [
            name
            for slug, findings in self.worlds[AS_IT_IS.slug].items()
            for name, before, after in zip(lettered(slug, findings), findings, self.worlds[world][slug], strict=True)
            if not before.claim.aside and (before.verdict, after.verdict) == (SHOWS, DOES_NOT)
        ]

    def rows(self) -> list[dict[str, Any]]:
        """A row for every claim in every world and at every plausible setting, as plain numbers."""
        named = [*self.worlds.items(), *((f"plausible-{i}", point) for i, point in enumerate(self.points))]
        return [
            {
                "world": world,
                "pattern": slug,
                "claim": finding.claim.words,
                **finding.estimate._asdict(),
                "futures": finding.futures,
                "verdict": finding.verdict,
                "aside": finding.claim.aside,
                "pattern_verdict": together(findings),
            }
            for world, patterns in named
            for slug, findings in patterns.items()
            for finding in findings
        ]


def lettered(slug: str, findings: Sequence[Finding]) -> list[str]:
    """What a pattern's claims are called: P3; P4a and P4b."""
    return [slug] if len(findings) == 1 else [f"{slug}{letter}" for letter in "abcdefgh"[: len(findings)]]


def validate(
    futures: int = 200,
    points: int = 30,
    seed: int = 1,
    *,
    patterns: Sequence[Pattern] | None = None,
    workers: Workers | int | None = None,
) -> Validation:
    """Look for every pattern in every world.

    futures: how many in the model as it is, 10 or more; half as many in every other world, and a fifth at each of
    ``points`` plausible settings. patterns: all of them if None. The same seed gives the same numbers on
    any number of ``workers`` (processes). Raises ScenarioError.
    """
    check(futures, points)
    patterns = PATTERNS if patterns is None else patterns
    fewer, fewest = futures // 2, max(2, futures // 5)
    plausible = [
        World(f"plausible-{i}", "", below=keys) for i, keys in enumerate(spread(points, seed) if points else [])
    ]
    todo = [(AS_IT_IS, futures)] + [(w, fewer) for w in (*ABLATIONS, *RIVALS)] + [(w, fewest) for w in plausible]
    tasks = [(some, pattern, number, seed) for some, number in _batches(todo) for pattern in patterns]
    names = [([world.slug for world in some], pattern.slug, number, seed) for some, pattern, number, seed in tasks]
    done: dict[str, Findings] = {world.slug: {} for world, _ in todo}
    for (some, pattern, *_), each in zip(
        tasks, Workers.of(workers).map(_measured, tasks, "processes", about=names), strict=True
    ):
        for world, values in zip(some, each, strict=True):
            done[world.slug][pattern.slug] = _found(pattern, values)
    there = [done.pop(world.slug) for world in plausible]
    return Validation(futures, fewer, fewest, seed, done, there, studies(futures, seed))


def check(futures: int, points: int) -> None:
    """Raise ScenarioError for numbers that make no sense."""
    if futures < 10 or points < 0:
        raise ScenarioError(f"futures = {futures}, points = {points}: at least 10 futures and 0 settings are needed")


def _batches(todo: Sequence[tuple[World, int]]) -> list[tuple[list[World], int]]:
    """Worlds with as many futures, as many at a time as the engine has lanes."""
    alike = groupby(todo, key=lambda each: each[1])
    return [([world for world, _ in some], number) for number, worlds in alike for some in batched(worlds, WIDTHS[-1])]


def tasks(points: int, patterns: Sequence[Pattern] = PATTERNS) -> int:
    """In how many steps all patterns are looked for."""
    return len(patterns) * (1 + sum(-(-worlds // WIDTHS[-1]) for worlds in (len(ABLATIONS) + len(RIVALS), points)))


def ask(
    pattern: Pattern | str, world: World | Mapping[str, Any] | str = AS_IT_IS, futures: int = 100, seed: int = 1
) -> list[Finding]:
    """One pattern in one world: a finding for each of its claims.

    pattern: its number in the design, or a ``Pattern`` of your own. world: the name of one of
    ``sim.analysis.validation.ablations``, a ``World``, or keys of a scenario, which a pattern's own win over (a
    mechanism to be off whatever is asked is a ``World`` with ``above``). futures: how many; some measures take a part
    or a multiple of them, and a finding says how many it rests on. Raises ScenarioError.
    """
    if isinstance(pattern, str):
        pattern = _named("pattern", pattern, PATTERNS)
    if isinstance(world, str):
        world = _named("world", world, (AS_IT_IS, *ABLATIONS, *RIVALS))
    if not isinstance(world, World):
        world = World("own", "A world of one's own", below=world)
    if futures < 2:
        raise ScenarioError(f"futures = {futures}: an interval needs at least 2 futures")
    return _found(pattern, measured(pattern.measure, [world], futures, seed)[0])


def _named[Kind: (Pattern, World)](what: str, slug: str, there: Sequence[Kind]) -> Kind:
    """The one with a name. Raises ScenarioError where there is none."""
    known = {each.slug: each for each in there}
    if slug not in known:
        raise ScenarioError(unknown(what, slug, list(known)))
    return known[slug]


def _found(pattern: Pattern, values: Sequence[Floats]) -> list[Finding]:
    if len(values) != len(pattern.claims):
        raise ScenarioError(
            f"pattern {pattern.slug}: its measure returns {len(values)} and its claims are {len(pattern.claims)}; "
            "return a list with an array for each claim"
        )
    return [found(claim, each) for claim, each in zip(pattern.claims, values, strict=True)]


def _measured(task: tuple[list[World], Pattern, int, int]) -> list[Sequence[Floats]]:
    """What a pattern measures in some worlds: a number a future for each claim."""
    worlds, pattern, futures, seed = task
    return measured(pattern.measure, worlds, futures, seed)
