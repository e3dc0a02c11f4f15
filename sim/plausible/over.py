"""A scenario over the plausible set: how its variants do from world to world, and in how many worlds an order holds."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import tomli_w

from sim.experiments.comparison import write_csv
from sim.experiments.ensemble import BASE, OK, settings
from sim.experiments.folder import TABLES, file_hashes, git_state, moved, sha256, versions, whole_folder
from sim.experiments.jobs import Help, scenario_of, work
from sim.experiments.runner import Design, carry_out, good_size, seconds_a_future
from sim.experiments.shards import InMemory, Results, Shards
from sim.experiments.store import InFolder
from sim.levers import merged, nested
from sim.measures.survival import OUTCOMES, SURVIVED, paired_share_interval
from sim.mistakes import ScenarioError
from sim.organisation import organisation
from sim.plausible.search import SHIPPED, kept
from sim.pulling import combined, pulled
from sim.scenario import Scenario, from_dict

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WORLDS, FUTURES = 100, 40
"""How many worlds a result is told over, and futures in each, unless told otherwise."""

NAMED = 6
"""At most so many variants are told of in sentences; the table has them all."""

WRITTEN = ("over.csv", "worlds.csv", "over.png", "scenario.toml", "manifest.json")
"""The files of a result over worlds."""

COLLAPSED = OUTCOMES.index("collapsed")
KEPT = OUTCOMES.index(SURVIVED)

CAVEAT = (
    "A plausible world is a setting of every lever at once that agrees with the few targets there are "
    "(docs/plausible.md); the spread over worlds is that of our ranges, most of them judgement. So this says how far a "
    "result hangs on single numbers, and not how likely anything is in the world."
)


def within(scenario: Scenario, keys: Mapping[str, Any]) -> Scenario:
    """The scenario in a plausible world: its own keys, and its variants', win over the world's."""
    data: dict[str, Any] = {}
    for key, value in keys.items():
        data = merged(data, nested(key, value))
    return from_dict(merged(data, scenario.written()), name=scenario.name, folder=scenario.folder)


def held(scenario: Scenario, worlds: Sequence[Mapping[str, Any]]) -> list[str]:
    """The levers that the scenario sets itself, so that they are the same in every world."""
    written = scenario.written()
    return [
        key for key in worlds[0] if key.split(".")[1] in written.get(key.split(".")[0], {})
    ]  # fmt: skip


def with_remedies(scenario: Scenario, seed: int = 1, without: Sequence[str] = ()) -> Scenario:
    """The scenario with every lever of a leadership team as a variant, each pulled as far as it goes."""
    levers, _ = pulled(scenario, seed, without)
    data = scenario.written() | {
        "variants": {
            lever.slug: combined([(lever, lever.most)]) | {"title": lever.remedy.title}
            for lever in levers
            if lever.most
        }
    }
    return from_dict(data, name=scenario.name, folder=scenario.folder)


class Counted(NamedTuple):
    """In how many worlds a variant did better than the base, as well, worse; and clearly better, clearly worse.

    Clearly: the 95% interval of the paired difference keeps to one side of zero.
    """

    better: int
    same: int
    worse: int
    clearly_better: int
    clearly_worse: int


@dataclass(frozen=True)
class Over:
    """Results over worlds. codes: [worlds, variants, futures], how each future went, as places in OUTCOMES.

    titles: of the variants, the base first. after: [worlds, variants], mean practised commitment at the end. outcome:
    what is told of, collapse, of which less is better, or survival. held: levers that the scenario sets itself. source:
    where the worlds are from.
    """

    scenario: Scenario
    slugs: tuple[str, ...]
    titles: tuple[str, ...]
    codes: np.ndarray
    after: np.ndarray
    seed: int
    outcome: int = COLLAPSED
    held: tuple[str, ...] = ()
    source: str = "plausible"

    @property
    def outcome_is_collapse(self) -> bool:
        """Whether what is told of is collapse, of which less is better."""
        return self.outcome == COLLAPSED

    @property
    def verbs(self) -> tuple[str, str, str]:
        """What is told of in words, and whether better is less or more often, and worse."""
        return ("collapsed", "less", "more") if self.outcome_is_collapse else ("survived", "more", "less")

    @cached_property
    def shares(self) -> np.ndarray:
        """[worlds, variants], the share of futures that came to the outcome told of."""
        return np.asarray((self.codes == self.outcome).mean(axis=2))

    def spread(self, variant: int) -> tuple[float, float, float]:
        """The tenth, middle and ninetieth percentile over worlds of that share."""
        low, middle, high = np.quantile(self.shares[:, variant], [0.1, 0.5, 0.9])
        return float(low), float(middle), float(high)

    def against(self, variant: int) -> Counted:
        """In how many worlds a variant did better than the base."""
        sign = -1.0 if self.outcome_is_collapse else 1.0
        gain = sign * (self.shares[:, variant] - self.shares[:, 0])
        ends = [
            paired_share_interval(world[variant] == self.outcome, world[0] == self.outcome)[1:] for world in self.codes
        ]
        below, above = sum(high < 0.0 for _, high in ends), sum(low > 0.0 for low, _ in ends)
        clearly = (below, above) if sign < 0 else (above, below)
        return Counted(int((gain > 0).sum()), int((gain == 0).sum()), int((gain < 0).sum()), *map(int, clearly))

    @cached_property
    def counted(self) -> list[Counted]:
        """``against`` of every variant, the base's first."""
        return [self.against(i) for i in range(len(self.titles))]

    @cached_property
    def best(self) -> list[int]:
        """In how many worlds each did best of all, alone or with others."""
        top = self.shares.min(axis=1) if self.outcome_is_collapse else self.shares.max(axis=1)
        return [int(x) for x in (self.shares == top[:, None]).sum(axis=0)]

    @property
    def order(self) -> list[int]:
        """The variants without the base, the one that did better in most worlds first."""
        return sorted(range(1, len(self.titles)), key=lambda i: (-self.counted[i].better, self.counted[i].worse, i))

    def words(self) -> Iterator[str]:
        """The answer, the comparisons first."""
        worlds, say = len(self.codes), self.scenario.words.say
        base = self.titles[0]
        verb, better, worse = self.verbs
        for i in self.order[:NAMED]:
            n = self.counted[i]
            clearly = f" (clearly in {n.clearly_better})" if n.clearly_better else ""
            rest = [f"{how} often in {count}" for how, count in (("as", n.same), (worse, n.worse)) if count]
            yield say(
                f"“{self.titles[i]}” {verb} {better} often than “{base}” in {n.better} of {worlds} plausible "
                f"worlds{clearly}{', ' if rest else ''}{', '.join(rest)}."
            )
        at_best = self.shares[:, 0] == (0.0 if self.outcome_is_collapse else 1.0)
        if at_best.any() and len(self.titles) > 1:
            none = "none" if self.outcome_is_collapse else "all"
            yield say(
                f"In {int(at_best.sum())} of {worlds} worlds “{base}” itself {verb} in {none} of its futures, so that "
                "nothing could do better there."
            )
        if (left := len(self.order) - NAMED) > 0:
            yield f"The table has the other {left}."
        low, middle, high = (round(100 * x) for x in self.spread(0))
        yield say(
            f"“{base}” itself: of 100 futures {low} to {high} {verb} from world to world (a tenth of worlds at either "
            f"end left out), {middle} in the middle one."
        )

    def notes(self) -> Iterator[str]:
        """What is to be said beside the answer."""
        if self.held:
            yield f"The scenario sets these itself, so they are the same in every world: {', '.join(self.held)}."
        yield CAVEAT

    def table(self) -> list[dict[str, Any]]:
        """A row for each variant: in how many worlds it did better, and the spread over worlds of each outcome."""
        out = []
        for i, slug in enumerate(self.slugs):
            row: dict[str, Any] = {"variant": slug, "title": self.titles[i], "worlds": len(self.codes)}
            row |= {"futures": self.codes.shape[2], "better_means": " ".join(self.verbs[:2]) + " often"}
            row |= self.counted[i]._asdict() | {"best": self.best[i]}
            for code, name in enumerate(OUTCOMES):
                ends = np.quantile((self.codes[:, i] == code).mean(axis=1), [0.1, 0.5, 0.9])
                stem = name.replace(" ", "_")
                row |= {f"{stem}_{end}": float(x) for end, x in zip(("p10", "p50", "p90"), ends, strict=True)}
            out.append(row)
        return out

    def rows(self) -> list[dict[str, Any]]:
        """A row for each world and variant: the shares of every outcome and practised commitment at the end."""
        return [
            {"world": world, "variant": slug}
            | {name.replace(" ", "_"): float((codes[i] == code).mean()) for code, name in enumerate(OUTCOMES)}
            | {"practice_after": float(after[i])}
            for world, (codes, after) in enumerate(zip(self.codes, self.after, strict=True))
            for i, slug in enumerate(self.slugs)
        ]

    def plot(self) -> "Figure":
        """A strip for each variant, a line a world."""
        from sim.plausible.draw import over_worlds

        return over_worlds(self)

    def save(self, folder: Path | str, overwrite: bool = False, worlds: Sequence[Mapping[str, Any]] = ()) -> Path:
        """Write ``table``, ``rows``, picture, scenario and manifest into a folder. Raises ScenarioError."""
        folder = Path(folder)
        with whole_folder(folder, WRITTEN, overwrite) as to:
            write_csv(to / "over.csv", self.table())
            write_csv(to / "worlds.csv", self.rows())
            self.plot().savefig(to / "over.png", metadata={"Software": None})
            written = tomli_w.dumps(moved(self.scenario, folder))
            (to / "scenario.toml").write_text(written, encoding="utf-8")
            manifest = {
                "what": "leadership-sim comparison of variants over plausible worlds",
                "scenario_sha256": self.scenario.hash(),
                "files_sha256": file_hashes(self.scenario),
                "root_seed": self.seed,
                "futures": self.codes.shape[2],
                "worlds_from": self.source,
                "worlds": list(worlds),
                "versions": versions(),
                "git": git_state(),
                "results_sha256": {p.name: sha256(p) for p in sorted(to.iterdir()) if p.suffix in TABLES},
            }
            text = json.dumps(manifest, indent=2, ensure_ascii=False)
            (to / "manifest.json").write_text(text + "\n", encoding="utf-8")
        return folder


class InWorlds(Sequence[dict[str, Scenario]]):
    """A scenario's base and variants in each world, made when they are asked for."""

    def __init__(self, scenario: Scenario, variants: Sequence[str] | None, worlds: Sequence[Mapping[str, Any]]) -> None:
        self._scenario, self._variants, self._worlds = scenario, variants, worlds

    def __len__(self) -> int:
        return len(self._worlds)

    def __getitem__(self, world: Any) -> Any:
        return settings(within(self._scenario, self._worlds[world]), self._variants)


def worlds_of(source: str | Path = "plausible", most: int = WORLDS) -> list[dict[str, Any]]:
    """The first so many plausible settings of the package ("plausible"), or of a ``settings.csv`` of one's own."""
    if most < 1:
        raise ScenarioError(f"worlds = {most}: at least one plausible world is needed")
    found = kept(SHIPPED if str(source) == "plausible" else source)
    return found[:most]


def over(
    scenario: Scenario,
    worlds: Sequence[Mapping[str, Any]] | None = None,
    runs: int = FUTURES,
    seed: int = 1,
    *,
    variants: Sequence[str] | None = None,
    outcome: int = COLLAPSED,
    workers: int | None = None,
    tick: Callable[[int], Any] | None = None,
) -> Over:
    """Run a scenario's variants in every world, each on the same ``runs`` futures.

    ``worlds``: keys of a scenario each; the package's plausible ones if None. ``outcome``: place in OUTCOMES of what
    is to be told of. ``tick`` is called with the number of runs just finished. Raises ScenarioError for what cannot be
    run.
    """
    if worlds is None:
        worlds = worlds_of()
    if runs < 1 or not worlds:
        raise ScenarioError("at least one future in at least one plausible world is needed")
    groups, shards = InWorlds(scenario, variants, worlds), InMemory()
    one = seconds_a_future(groups[0], len(organisation(scenario, seed, 0)), "compiled")
    design = Design(groups, runs, seed, False, "compiled", good_size(runs, one, 1))
    carry_out(design, shards, workers=workers, seconds=one * runs * len(groups), tick=tick)
    return _gathered(scenario, groups, design, shards, outcome, held(scenario, worlds), "given")


def over_job(store: InFolder, help_: Help) -> Over:
    """Do what is missing of an ``over`` job, write its results and drop its parts. Raises ScenarioError."""
    job, scenario = store.job, scenario_of(store)
    worlds = job["worlds"]
    groups = InWorlds(scenario, job["variants"], worlds)
    design = Design(groups, job["runs"], job["seed"], False, job["twin"], job["size"])
    work(design, store, help_)
    found = _gathered(scenario, groups, design, store, job["outcome"], held(scenario, worlds), job["over"])
    found.save(store.folder, overwrite=True, worlds=worlds)
    store.finish()
    return found


def job_over(asked: dict[str, Any], worlds: Sequence[Mapping[str, Any]], source: str, outcome: int) -> dict[str, Any]:
    """A job (``sim.experiments.jobs.job``) to be done in every world."""
    return asked | {
        "worlds": list(worlds),
        "over": source,
        "outcome": outcome,
        "tasks": asked["runs"] * len(asked["sha256"]) * len(worlds),
        "seconds": asked["seconds"] * len(worlds),
        "size": good_size(asked["runs"], asked["seconds"] / asked["runs"], 1),
    }


def _gathered(
    scenario: Scenario,
    groups: InWorlds,
    design: Design,
    shards: Shards,
    outcome: int,
    fixed: list[str],
    source: str,
) -> Over:
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
    return Over(
        scenario=scenario,
        slugs=tuple(slugs),
        titles=titles,
        codes=np.array(codes, dtype=np.int8),
        after=np.array(after),
        seed=design.seed,
        outcome=outcome,
        held=tuple(fixed),
        source=source,
    )
