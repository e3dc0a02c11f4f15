"""What would make the change survive? Every intervention open to a leadership team, alone and combined.

All try the same futures (common random numbers), so that differences are the interventions' own. How the search goes,
and what its numbers mean: docs/interventions.md.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations as choices
from typing import Any, NamedTuple

from sim.analysis.interventions.cache import Codes, FutureCache
from sim.analysis.interventions.intervention import Intervention, available
from sim.analysis.interventions.result import (
    TARGET,
    Confirmed,
    Interventions,
    Pair,
    PairName,
    Shares,
    Use,
    UseName,
)
from sim.analysis.interventions.search import (
    Combination,
    Trial,
    allowed,
    fewest_interventions,
    fewest_steps,
    interaction,
    joined,
)
from sim.base.intervals import Estimate, mean_interval, paired_share_interval
from sim.experiments.verdict import SURVIVED
from sim.experiments.workers import Workers
from sim.organisation.generate import organisation
from sim.scenario.scenario import Scenario, ScenarioError

ABOVE, BELOW = 20, 10
"""Of the pairs at each use: how many of those furthest above their sum, and furthest below it, are judged."""

CONFIRMED = 5
"""At most so many of the smallest combinations are tried on fresh futures."""


def try_interventions(
    scenario: Scenario,
    futures: int = 200,
    seed: int = 1,
    *,
    without: Collection[str] = (),
    pairs: bool = False,
    workers: Workers | int | None = None,
) -> Interventions:
    """Try everything in the catalogue that is open to a scenario, and search for what makes the change survive.

    ``without``: interventions to leave out, by slug. ``pairs``: also try every two together, and find those that do
    more, or less, than their sum, which takes most of the time where it is asked. ``workers``: threads, one per core if
    None. The scenario's own variants are not run. The result does not depend on who does the work. Raises ScenarioError
    for what cannot be run.
    """
    if futures < 2:
        raise ScenarioError(f"futures = {futures}: at least two futures are needed for an interval")
    interventions, left_out = available(scenario, seed, without)
    screen, played = screened(futures), FutureCache(scenario, interventions, seed, Workers.of(workers))
    uses = _singles(played, interventions, futures)
    far = pulled_far(uses)
    both: list[Pair] | None = None
    if pairs:
        both = _pairs(played, "step", [use for use in uses if use.name == "step"], futures, screen)
        both += _pairs(played, "cheapest", far, futures, screen, known=both)
    chosen = [use for (use,) in played.alone((use.intervention, use.tenths) for use in far)]
    fewest = fewest_interventions(chosen, played.clash, played.survived, futures, screen, TARGET)
    heights = [0 if intervention.entry.switch else intervention.most for intervention in interventions]
    path = fewest_steps(heights, played.clash, played.survived, futures, screen, TARGET)
    found = fewest.reached[:CONFIRMED] or [fewest.best]
    base, fresh_base = (played.went([()], first, first + futures)[0] for first in (0, futures))
    by_interventions = _confirmed(played, "fewest interventions", found, futures)
    by_steps = _confirmed(played, "fewest steps", path[1:], futures)
    return Interventions(
        scenario, futures, screen, seed, interventions, left_out, Shares.of(base), Shares.of(fresh_base),
        uses, both, fewest, by_interventions, by_steps, organisation(scenario, seed, 0).notes,
    )  # fmt: skip


class Foremost(NamedTuple):
    """An intervention that does best alone. kept: how much more of what was practised before is left, paired."""

    use: Use
    kept: Estimate


def foremost(
    scenario: Scenario,
    futures: int,
    seed: int,
    most: int = 3,
    *,
    since: int = 0,
    workers: Workers | int | None = None,
) -> list[Foremost]:
    """Of all interventions open to a scenario, each alone and in full, those with which most futures survive.

    Of equals, those with which most is kept. They are chosen on the first futures and counted on as many fresh ones,
    which had no part in the choice; the best there comes first. ``since``: the month from which they are tried.
    """
    interventions, _ = available(scenario, seed)
    full = [(intervention, intervention.most) for intervention in interventions if intervention.most]
    if not full:
        return []
    played = FutureCache(scenario, interventions, seed, Workers.of(workers), since)
    keys = played.alone(full)
    survived = (played.went(keys, 0, futures) == SURVIVED).mean(axis=1)
    kept = played.retention(keys, 0, futures).mean(axis=1)
    best = sorted(range(len(full)), key=lambda i: (-survived[i], -kept[i]))[:most]
    chosen, fresh = [(), *(keys[i] for i in best)], (futures, 2 * futures)
    base, *went = played.went(chosen, *fresh)
    base_left, *left = played.retention(chosen, *fresh)
    found = []
    for i, how, more in zip(best, went, left, strict=True):
        intervention, tenths = full[i]
        use = Use(intervention, "full", tenths, Shares.of(how), _gain(how, base))
        found.append(Foremost(use, Estimate(*mean_interval(more - base_left))))
    return sorted(found, key=lambda each: (-each.use.difference.value, -each.kept.value))


def roughly(interventions: Sequence[Intervention], futures: int, pairs: bool) -> int:
    """About how many runs ``try_interventions`` takes, for a progress bar."""
    alone, screen = futures * (7 * len(interventions) + 20), screened(futures)
    if not pairs:
        return alone
    steps = sum(not intervention.entry.switch and intervention.most > 0 for intervention in interventions)
    every = [number * (number - 1) // 2 for number in (steps, len(interventions))]
    judged = sum(min(ABOVE + BELOW, number) for number in every)
    return alone + screen * sum(every) + (futures - screen) * judged


def screened(futures: int) -> int:
    """How many of the first futures a wide search is made on: about a quarter, or all where there are few."""
    return 10 * max(1, round(futures / 40)) if futures >= 20 else futures


# -- Alone --------------------------------------------------------------------------------------------------


def _singles(played: FutureCache, interventions: Sequence[Intervention], futures: int) -> list[Use]:
    """Each intervention alone: a step, all of it, a step the wrong way; where all of it helps, all steps between."""
    ends = [(intervention, tenths) for intervention in interventions for tenths in _ends(intervention)]
    base, *went = played.went([(), *played.alone(ends)], 0, futures)
    found = {(intervention.slug, tenths): how for (intervention, tenths), how in zip(ends, went, strict=True)}
    helping = [
        intervention
        for intervention in interventions
        if intervention.most and _gain(found[intervention.slug, intervention.most], base).low > 0
    ]
    rungs = [(intervention, tenths) for intervention in helping for tenths in range(2, intervention.most)]
    went = list(played.went(played.alone(rungs), 0, futures))
    found |= {(intervention.slug, tenths): how for (intervention, tenths), how in zip(rungs, went, strict=True)}
    out = []
    for intervention in interventions:
        ladder = (
            [found[intervention.slug, n] for n in range(1, intervention.most + 1)] if intervention in helping else []
        )
        for name, tenths in _named(intervention, cheapest(ladder, base)):
            how = found[intervention.slug, tenths]
            out.append(Use(intervention, name, tenths, Shares.of(how), _gain(how, base)))
    return out


def _ends(intervention: Intervention) -> list[int]:
    """The tenths at which every intervention is tried; below 0: the wrong way."""
    return sorted({1, intervention.most} if intervention.most else ()) + [-1] * intervention.can_worsen


def _gain(went: Codes, base: Codes) -> Estimate:
    return paired_share_interval(went == SURVIVED, base == SURVIVED)


def cheapest(ladder: Sequence[Codes], base: Codes) -> int:
    """The fewest tenths that clearly help and are not clearly worse than the last of a ladder; 0 for no ladder.

    ``ladder``: how the futures went at 1, 2, ... tenths, the last being the full use, which clearly helps.
    """
    for tenths, went in enumerate(ladder, 1):
        if _gain(went, base).low > 0 and _gain(ladder[-1], went).low <= 0:
            return tenths
    return 0


def _named(intervention: Intervention, pays: int) -> Iterable[tuple[UseName, int]]:
    """The uses of an intervention that were tried. ``pays``: the cheapest tenths, 0 where all of it does not help."""
    if intervention.most and not intervention.entry.switch:
        yield "step", 1
    if pays:
        yield "cheapest", pays
        yield from (("rung", n) for n in range(2, intervention.most) if n != pays)
    if intervention.most:
        yield "full", intervention.most
    if intervention.can_worsen:
        yield "wrong way", -1


def pulled_far(uses: Sequence[Use]) -> list[Use]:
    """Each intervention as far as it goes in combinations, in the order of the interventions.

    That is its cheapest full use, or more where only that reaches the target; and all of it where even that does not
    clearly help alone, since it may help beside another.
    """
    out = []
    for full in (use for use in uses if use.name == "full"):
        own = [use for use in uses if use.intervention is full.intervention and use.tenths > 0]
        pays = next((use for use in own if use.name == "cheapest"), full)
        more = [use for use in own if use.tenths >= pays.tenths and use.shares.survived.value >= TARGET]
        out.append(min(more, key=lambda use: use.tenths, default=pays))
    return out


# -- Together -----------------------------------------------------------------------------------------------


def _pairs(
    played: FutureCache,
    name: PairName,
    chosen: Sequence[Use],
    futures: int,
    screen: int,
    known: Sequence[Pair] = (),
) -> list[Pair]:
    """Every pair of some uses, but for those already ``known``, screened on the first futures.

    The strongest are judged on the other futures, which had no part in choosing them.
    """
    both: dict[Combination, tuple[Use, Use]] = {}
    before = {_together(played, pair.uses) for pair in known}
    for uses in choices(chosen, 2):
        key = _together(played, uses)
        if key not in before and allowed(key, played.clash):
            both[key] = uses
    if screen == futures:
        return list(_looked_at(played, name, both, True, 0, futures).values())
    first = _looked_at(played, name, both, False, 0, screen)
    standing_out = {key: _screened(played, key, screen) for key in first}
    by_that = sorted(first, key=lambda key: standing_out[key])
    worth = {*by_that[-ABOVE:], *[key for key in by_that if first[key].has_room][:BELOW]}
    later = _looked_at(played, name, {key: both[key] for key in first if key in worth}, True, screen, futures)
    return list((first | later).values())


def _screened(played: FutureCache, key: Combination, screen: int) -> float:
    """How far two interventions together differ from the sum of the two, in standard errors of mean retention.

    Retention is a number where survival is yes or no, so that a few futures say more.
    """
    both, one, other, neither = played.retention([key, key[:1], key[1:], ()], 0, screen)
    beyond = both - one - other + neither
    spread = float(beyond.std(ddof=1)) / screen**0.5
    return float(beyond.mean()) / spread if spread > 0 else 0.0


def _together(played: FutureCache, uses: tuple[Use, Use]) -> Combination:
    return joined(*played.alone((use.intervention, use.tenths) for use in uses))


def _looked_at(
    played: FutureCache, name: PairName, both: dict[Combination, tuple[Use, Use]], judged: bool, first: int, stop: int
) -> dict[Combination, Pair]:
    """Some pairs on some futures."""
    out = {}
    for key, together in zip(both, played.went(list(both), first, stop) == SURVIVED, strict=True):
        one, other, neither = played.went([key[:1], key[1:], ()], first, stop) == SURVIVED
        out[key] = Pair(
            uses=both[key],
            name=name,
            judged=judged,
            futures=stop - first,
            survived=float(together.mean()),
            one=float(one.mean()),
            other=float(other.mean()),
            neither=float(neither.mean()),
            interaction=interaction(together, one, other, neither),
            difference=paired_share_interval(together, neither),
        )
    return out


def _confirmed(played: FutureCache, search: Any, found: Sequence[Trial], futures: int) -> list[Confirmed]:
    """Combinations on as many fresh futures, which had no part in choosing them."""
    combinations = [tried.combination for tried in found]
    base, *fresh = played.went([(), *combinations], futures, 2 * futures)
    chosen = played.went(combinations, 0, futures)
    return [
        Confirmed(search, combination, Shares.of(before), Shares.of(after), _gain(after, base))
        for combination, before, after in zip(combinations, chosen, fresh, strict=True)
    ]
