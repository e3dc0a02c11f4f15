"""What a search for remedies found: of each lever, of pairs and of combinations; and the folder it is written to."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import tomli_w

from sim.analysis.interventions.cache import Codes
from sim.analysis.interventions.intervention import Lever
from sim.analysis.interventions.search import Combination, Fewest
from sim.experiments.comparison import write_csv
from sim.experiments.folder import file_hashes, git_state, moved, versions, whole_folder
from sim.experiments.verdict import COLLAPSED, NEVER, OUTCOMES, SURVIVED, wilson
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WRITTEN = ("remedies.csv", "pairs.csv", "combinations.csv", "remedies.png", "manifest.json", "scenario.toml")
"""The files that remedies write."""

TARGET = 0.8
"""The share of futures that a combination is asked to survive in."""

ROOM = 0.9
"""Where two levers' separate gains would come to more than this share surviving, less than their sum says nothing."""

Interval = tuple[float, float, float]
"""An estimate and the ends of its 95% interval."""

UseName = Literal["step", "cheapest", "full", "wrong way", "rung"]
"""One tenth; the fewest tenths that clearly help and are not clearly worse than the full use; all of it; a tenth the
wrong way; any other that was played."""

PairName = Literal["step", "cheapest"]
"""Both levers by one tenth; both as far as ``sim.analysis.interventions.run.pulled_far`` says."""


@dataclass(frozen=True)
class Shares:
    """Of some futures, the shares in which the change never took hold, collapsed and survived."""

    futures: int
    never: float
    collapsed: float
    survived: Interval

    @classmethod
    def of(cls, went: Codes) -> "Shares":
        """From how each future went."""
        futures = len(went)
        counts = {outcome: int((went == code).sum()) for code, outcome in enumerate(OUTCOMES)}
        survived = counts[SURVIVED] / futures, *wilson(counts[SURVIVED], futures)
        return cls(futures, counts[NEVER] / futures, counts[COLLAPSED] / futures, survived)


@dataclass(frozen=True)
class Use:
    """A lever pulled so many tenths: how the futures went, and the change in the share survived (paired)."""

    lever: Lever
    name: UseName
    tenths: int
    shares: Shares
    difference: Interval

    @property
    def helps(self) -> bool:
        """Whether clearly more futures survive than without it."""
        return self.difference[1] > 0

    @property
    def harms(self) -> bool:
        """Whether clearly fewer futures survive than without it."""
        return self.difference[2] < 0

    @property
    def row(self) -> dict[str, Any]:
        """A row of remedies.csv."""
        lever, shares = self.lever, self.shares
        key = lever.main(self.tenths)
        return (
            {
                "lever": lever.slug,
                "title": lever.remedy.title,
                "use": self.name,
                "tenths": "" if lever.remedy.switch else self.tenths,
                "key": key,
                "now": _plain(lever.now[key]),
                "value": _plain(lever.at(self.tenths)[key]),
                "futures": shares.futures,
            }
            | _columns("survived", shares.survived)
            | _columns("difference", self.difference)
            | {"never_took_hold": shares.never, "collapsed": shares.collapsed}
        )


@dataclass(frozen=True)
class Pair:
    """Two levers pulled together, at one step each or each as far as it is pulled in combinations.

    survived, one, other, neither: shares of ``futures`` with both, each and none. ``interaction``: both - one - other
    + neither over the same futures. ``judged``: on futures that had no part in choosing the pair (or every pair was);
    else these are the few it was screened on, and nothing is said of it.
    """

    uses: tuple[Use, Use]
    name: PairName
    judged: bool
    futures: int
    survived: float
    one: float
    other: float
    neither: float
    interaction: Interval
    difference: Interval

    @property
    def has_room(self) -> bool:
        """Whether the sum of what each does alone stays far enough below all futures for both to count in full."""
        return self.one + self.other - self.neither <= ROOM

    @property
    def says(self) -> str:
        """What a judged pair shows; empty where the two do no more or less than their sum, or it was not judged."""
        low, high = self.interaction[1:]
        helping, harming = [use.helps for use in self.uses], any(use.harms for use in self.uses)
        if not self.judged or low <= 0 <= high:
            return ""
        if high < 0:
            if not all(helping):
                return "less than the sum"
            return "the same job" if self.has_room else "no room for both"
        if harming:
            return "takes the harm away"
        if self.difference[1] <= 0:
            return ""
        return "more than the sum" if any(helping) else "only together"

    @property
    def row(self) -> dict[str, Any]:
        """A row of pairs.csv."""
        one, other = self.uses
        return (
            {
                "lever": one.lever.slug,
                "other": other.lever.slug,
                "use": self.name,
                "value": one.lever.shown(one.tenths),
                "other_value": other.lever.shown(other.tenths),
                "judged": self.judged,
                "futures": self.futures,
                "neither_survived": self.neither,
                "lever_survived": self.one,
                "other_survived": self.other,
                "both_survived": self.survived,
            }
            | _columns("difference", self.difference)
            | _columns("interaction", self.interaction)
            | {"says": self.says}
        )


@dataclass(frozen=True)
class Confirmed:
    """A combination on the futures it was chosen on, and on fresh ones that had no part in choosing it."""

    search: Literal["fewest levers", "fewest steps"]
    combination: Combination
    chosen: Shares
    fresh: Shares
    difference: Interval
    """Of the fresh futures' share survived from the base's, paired."""

    @property
    def reaches(self) -> bool:
        """Whether enough of the fresh futures survive."""
        return self.fresh.survived[0] >= TARGET

    @property
    def tenths(self) -> int:
        """The tenths of all its levers; a switch counts as one."""
        return sum(tenths for _, tenths in self.combination)

    def row(self, levers: Sequence[Lever]) -> dict[str, Any]:
        """A row of combinations.csv."""
        pulled = [(levers[lever], tenths) for lever, tenths in self.combination]
        return (
            {
                "search": self.search,
                "levers": len(pulled),
                "tenths": self.tenths,
                "what": "; ".join(f"{lever.slug} {lever.shown(tenths)}" for lever, tenths in pulled),
                "futures": self.fresh.futures,
            }
            | _columns("survived", self.fresh.survived)
            | _columns("difference", self.difference)
            | {"never_took_hold": self.fresh.never, "collapsed": self.fresh.collapsed}
            | _columns("survived_where_chosen", self.chosen.survived)
        )


@dataclass(frozen=True)
class Remedies:
    """What each lever does, alone, with another and in combination, in one scenario.

    ``futures``: futures; pairs are screened on the first ``screen``. ``left_out``: levers that cannot be pulled, slug
    -> why. ``base``, ``fresh_base``: the scenario as it is, on the futures and on as many fresh ones. ``fewest``: the
    search for the fewest levers; what it reached (or, if nothing, its best) is confirmed in ``by_levers``.
    ``by_steps``: the path of the search for the fewest steps, from the first step on, confirmed. ``notes``: what was
    assumed in reading a real organisation.
    """

    scenario: Scenario
    futures: int
    screen: int
    seed: int
    levers: list[Lever]
    left_out: dict[str, str]
    base: Shares
    fresh_base: Shares
    uses: list[Use]
    pairs: list[Pair]
    fewest: Fewest
    by_levers: list[Confirmed]
    by_steps: list[Confirmed]
    notes: list[str]

    def use(self, lever: Lever, name: UseName) -> Use | None:
        """One use of a lever, None where it has none."""
        return next((use for use in self.uses if use.lever is lever and use.name == name), None)

    @property
    def compared(self) -> int:
        """How many intervals are read as clear or not: one of each use but the rungs, two of each judged pair."""
        return sum(use.name != "rung" for use in self.uses) + 2 * sum(pair.judged for pair in self.pairs)

    def words(self) -> str:
        """What came out, in sentences that can be read aloud."""
        from sim.report.words.interventions import sentences

        say = self.scenario.words.say
        return "\n".join(say(line) for line in sentences(self))

    def plot(self) -> "Figure":
        """The change in survival by each lever: one step, and its cheapest full use."""
        from sim.report.plots.interventions import plot_remedies

        return plot_remedies(self)

    def manifest(self) -> dict[str, Any]:
        """Everything needed to trace and repeat the numbers."""
        return {
            "what": "leadership-sim interventions: what would make the change survive, on the same futures",
            "scenario": self.scenario.to_dict() | {"name": self.scenario.name},
            "scenario_sha256": self.scenario.hash(),
            "files_sha256": file_hashes(self.scenario),
            "assumed": self.notes,
            "root_seed": self.seed,
            "futures": self.futures,
            "screened_on": self.screen,
            "fresh_futures": [self.futures, 2 * self.futures - 1],
            "target": TARGET,
            "searched": self.fewest.searched,
            "compared": self.compared,
            "levers": {lever.slug: _recorded(lever) for lever in self.levers},
            "left_out": self.left_out,
            "versions": versions(),
            "git": git_state(),
        }

    def save(self, folder: Path | str, overwrite: bool = False) -> Path:
        """Write the tables, picture, manifest and scenario into a folder, all or nothing.

        Raises ScenarioError if the folder holds something and ``overwrite`` is not set, or cannot be written.
        """
        folder = Path(folder)
        say = self.scenario.words.say
        with whole_folder(folder, WRITTEN, overwrite) as to:
            tables = {
                "remedies.csv": [use.row | {"title": say(use.lever.remedy.title)} for use in self.uses],
                "pairs.csv": [pair.row for pair in self.pairs],
                "combinations.csv": [each.row(self.levers) for each in (*self.by_levers, *self.by_steps)],
            }
            for name, rows in tables.items():
                if rows:
                    write_csv(to / name, rows)
            self.plot().savefig(to / "remedies.png")
            text = json.dumps(self.manifest(), indent=2, ensure_ascii=False)
            (to / "manifest.json").write_text(text + "\n", encoding="utf-8")
            (to / "scenario.toml").write_text(tomli_w.dumps(moved(self.scenario, folder)), encoding="utf-8")
        return folder


def _recorded(lever: Lever) -> dict[str, Any]:
    """A lever in the manifest: its range, where it stands, and where the range comes from."""
    remedy = lever.remedy
    said = {
        name: getattr(remedy, name) for name in ("title", "worst", "best", "whole", "switch", "provenance", "source")
    }
    return said | {"now": dict(lever.now)}


def _columns(name: str, interval: Interval) -> dict[str, float]:
    return {name: interval[0], f"{name}_low": interval[1], f"{name}_high": interval[2]}


def _plain(value: Any) -> Any:
    """A value as one field: the two shapes of a Beta distribution as one text."""
    return " ".join(f"{part:g}" for part in value) if isinstance(value, list) else value
