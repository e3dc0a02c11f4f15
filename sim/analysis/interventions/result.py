"""What a search for interventions found: of each one, of pairs and of combinations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sim.analysis.interventions.cache import Codes
from sim.analysis.interventions.intervention import Intervention
from sim.analysis.interventions.search import Combination, Fewest
from sim.base.intervals import Estimate, wilson
from sim.experiments.verdict import COLLAPSED, NEVER, SURVIVED, Verdict
from sim.scenario.scenario import Scenario

TARGET = 0.8
"""The share of futures that a combination is asked to survive in."""

ROOM = 0.9
"""Where two separate gains would add up to more than this share surviving, a smaller joint gain says nothing."""

UseName = Literal["step", "cheapest", "full", "wrong way", "rung"]
"""One tenth; the fewest tenths that clearly help and are not clearly worse than all of it; all of it; a tenth the
wrong way; any other number of tenths that was tried."""

PairName = Literal["step", "cheapest"]
"""Both by one tenth, or both as far as ``sim.analysis.interventions.run.pulled_far`` says."""


@dataclass(frozen=True)
class Shares:
    """Of some futures, the shares in which the change never took hold, collapsed and survived."""

    futures: int
    never: float
    collapsed: float
    survived: Estimate

    @classmethod
    def of(cls, went: Codes) -> "Shares":
        """From how each future went."""
        futures = len(went)
        counts = {verdict: int((went == verdict).sum()) for verdict in Verdict}
        survived = wilson(counts[SURVIVED], futures)
        return cls(futures, counts[NEVER] / futures, counts[COLLAPSED] / futures, survived)


@dataclass(frozen=True)
class Use:
    """An intervention by so many tenths: how the futures went, and the paired change in the share that survived."""

    intervention: Intervention
    name: UseName
    tenths: int
    shares: Shares
    difference: Estimate

    @property
    def helps(self) -> bool:
        """Whether clearly more futures survive than without it."""
        return self.difference.low > 0

    @property
    def harms(self) -> bool:
        """Whether clearly fewer futures survive than without it."""
        return self.difference.high < 0

    @property
    def row(self) -> dict[str, Any]:
        """A row of interventions.csv."""
        intervention, shares = self.intervention, self.shares
        key = intervention.main(self.tenths)
        return (
            {
                "intervention": intervention.slug,
                "title": intervention.entry.title,
                "use": self.name,
                "tenths": "" if intervention.entry.switch else self.tenths,
                "key": key,
                "now": _plain(intervention.now[key]),
                "value": _plain(intervention.at(self.tenths)[key]),
                "futures": shares.futures,
            }
            | shares.survived.columns("survived")
            | self.difference.columns("survived_difference")
            | {"never_took_hold": shares.never, "collapsed": shares.collapsed}
        )


@dataclass(frozen=True)
class Pair:
    """Two interventions together, by one step each or each as far as it goes in combinations.

    survived, one, other, neither: shares of ``futures`` with both, each and none. ``interaction``: both - one - other
    + neither over the same futures. ``judged``: the futures had no part in choosing the pair (or no pair was chosen);
    otherwise they are the few it was screened on, and nothing is said of it.
    """

    uses: tuple[Use, Use]
    name: PairName
    judged: bool
    futures: int
    survived: float
    one: float
    other: float
    neither: float
    interaction: Estimate
    difference: Estimate

    @property
    def has_room(self) -> bool:
        """Whether the two separate gains leave room below all futures for both to count in full."""
        return self.one + self.other - self.neither <= ROOM

    @property
    def finding(self) -> str:
        """What a judged pair shows; empty where the two do as much as their sum, or where the pair was not judged."""
        helping, harming = [use.helps for use in self.uses], any(use.harms for use in self.uses)
        if not self.judged or not self.interaction.clear:
            return ""
        if self.interaction.high < 0:
            if not all(helping):
                return "less than the sum"
            return "the same job" if self.has_room else "no room for both"
        if harming:
            return "takes the harm away"
        if self.difference.low <= 0:
            return ""
        return "more than the sum" if any(helping) else "only together"

    @property
    def row(self) -> dict[str, Any]:
        """A row of pairs.csv."""
        one, other = self.uses
        return (
            {
                "intervention": one.intervention.slug,
                "other": other.intervention.slug,
                "use": self.name,
                "value": one.intervention.shown(one.tenths),
                "other_value": other.intervention.shown(other.tenths),
                "judged": self.judged,
                "futures": self.futures,
                "neither_survived": self.neither,
                "intervention_survived": self.one,
                "other_survived": self.other,
                "both_survived": self.survived,
            }
            | self.difference.columns("survived_difference")
            | self.interaction.columns("interaction")
            | {"finding": self.finding}
        )


@dataclass(frozen=True)
class Confirmed:
    """A combination on the futures it was chosen on, and on fresh ones that had no part in choosing it."""

    search: Literal["fewest interventions", "fewest steps"]
    combination: Combination
    chosen: Shares
    fresh: Shares
    difference: Estimate
    """The share of fresh futures that survived less the base's, paired."""

    @property
    def reaches(self) -> bool:
        """Whether the change survives in enough of the fresh futures."""
        return self.fresh.survived.value >= TARGET

    @property
    def tenths(self) -> int:
        """The tenths of all its interventions; a switch counts as one."""
        return sum(tenths for _, tenths in self.combination)

    def row(self, interventions: Sequence[Intervention]) -> dict[str, Any]:
        """A row of combinations.csv."""
        pulled = [(interventions[intervention], tenths) for intervention, tenths in self.combination]
        return (
            {
                "search": self.search,
                "interventions": len(pulled),
                "tenths": self.tenths,
                "what": "; ".join(
                    f"{intervention.slug} {intervention.shown(tenths)}" for intervention, tenths in pulled
                ),
                "futures": self.fresh.futures,
            }
            | self.fresh.survived.columns("survived")
            | self.difference.columns("survived_difference")
            | {"never_took_hold": self.fresh.never, "collapsed": self.fresh.collapsed}
            | self.chosen.survived.columns("survived_where_chosen")
        )


@dataclass(frozen=True)
class Interventions:
    """What each intervention does in one scenario: alone, with another and in combination.

    ``futures``: how many; wide searches are screened on the first ``screen``. ``pairs``: None where they were not asked
    for. ``left_out``: interventions that are not open to the scenario, slug -> why. ``base``, ``fresh_base``: the
    scenario as it is, on the futures and on as many fresh ones. ``fewest``: the search for the fewest interventions;
    what it reached (or, if nothing, its best) is confirmed in ``by_interventions``. ``by_steps``: the path of the
    search for the fewest steps, from the first step on, confirmed. ``notes``: what was assumed in reading a real
    organisation.
    """

    scenario: Scenario
    futures: int
    screen: int
    seed: int
    interventions: list[Intervention]
    left_out: dict[str, str]
    base: Shares
    fresh_base: Shares
    uses: list[Use]
    pairs: list[Pair] | None
    fewest: Fewest
    by_interventions: list[Confirmed]
    by_steps: list[Confirmed]
    notes: list[str]

    def use(self, intervention: Intervention, name: UseName) -> Use | None:
        """One use of an intervention, None where it has none."""
        return next((use for use in self.uses if use.intervention is intervention and use.name == name), None)

    @property
    def compared(self) -> int:
        """How many intervals are read as clear or not: one of each use but the rungs, two of each judged pair."""
        return sum(use.name != "rung" for use in self.uses) + 2 * sum(pair.judged for pair in self.pairs or ())


def _plain(value: Any) -> Any:
    """A value as one field: the two shapes of a Beta distribution as one text."""
    return " ".join(f"{part:g}" for part in value) if isinstance(value, list) else value
