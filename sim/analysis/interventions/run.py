"""What would make the change survive? Every lever of a leadership team, alone, in pairs and in combination.

All futures are shared (common random numbers), so that differences are those of the levers. How the search goes, and
what its numbers mean: docs/interventions.md.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Executor
from itertools import combinations as choices
from typing import Any

from sim.analysis.interventions.cache import Codes, FutureCache
from sim.analysis.interventions.intervention import Lever, clash, pulled
from sim.analysis.interventions.result import (
    TARGET,
    Confirmed,
    Interval,
    Pair,
    PairName,
    Remedies,
    Shares,
    Use,
    UseName,
)
from sim.analysis.interventions.search import (
    Combination,
    Tried,
    allowed,
    fewest_levers,
    fewest_steps,
    interaction,
    joined,
)
from sim.experiments.verdict import OUTCOMES, SURVIVED, paired_share_interval
from sim.organisation.generate import organisation
from sim.scenario.scenario import Scenario, ScenarioError

ABOVE, BELOW = 20, 10
"""Of the pairs at each use: how many are judged that stood out above their sum, and below it though it has room."""

CONFIRMED = 5
"""At most so many of the smallest combinations are tried on fresh futures."""

_SURVIVED = OUTCOMES.index(SURVIVED)


def remedies(
    scenario: Scenario,
    futures: int = 200,
    seed: int = 1,
    *,
    without: Collection[str] = (),
    workers: int | None = None,
    executor: Executor | None = None,
    on_progress: Callable[[int], Any] | None = None,
) -> Remedies:
    """Pull every lever of ``sim.analysis.interventions.catalogue.CATALOGUE`` that a scenario offers, and search for what makes it survive.

    ``without``: levers to set aside, by slug. ``executor``: any of ``concurrent.futures``' kind; without one,
    ``workers`` threads (default: one a core). ``on_progress`` is called with the number of runs just finished. The
    scenario's own variants are not played. The result does not depend on who does the work. Raises ScenarioError for
    what cannot be run.
    """
    if futures < 2:
        raise ScenarioError(f"futures = {futures}: at least two futures are needed for an interval")
    levers, left_out = pulled(scenario, seed, without)
    screen = screened(futures)

    def exclude(one: int, other: int) -> bool:
        return clash(levers[one], levers[other])

    with FutureCache(scenario, levers, seed, workers=workers, executor=executor, on_progress=on_progress) as played:
        uses = _singles(played, levers, futures)
        far = pulled_far(uses)
        pairs = _pairs(played, levers, "step", [use for use in uses if use.name == "step"], futures, screen)
        pairs += _pairs(played, levers, "cheapest", far, futures, screen, known=pairs)
        chosen = [(levers.index(use.lever), use.tenths) for use in far]
        fewest = fewest_levers(chosen, exclude, played.survived, futures, screen, TARGET)
        heights = [0 if lever.remedy.switch else lever.most for lever in levers]
        path = fewest_steps(heights, exclude, played.survived, futures, screen, TARGET)
        found = fewest.reached[:CONFIRMED] or [fewest.best]
        base, fresh_base = (played.went([()], first, first + futures)[0] for first in (0, futures))
        by_levers = _confirmed(played, "fewest levers", found, futures)
        by_steps = _confirmed(played, "fewest steps", path[1:], futures)
    return Remedies(
        scenario, futures, screen, seed, levers, left_out, Shares.of(base), Shares.of(fresh_base),
        uses, pairs, fewest, by_levers, by_steps, organisation(scenario, seed, 0).notes,
    )  # fmt: skip


def roughly(levers: Sequence[Lever], futures: int) -> int:
    """About how many runs ``remedies`` takes with some levers, for a bar that shows how far it is."""
    screen, steps = screened(futures), sum(not lever.remedy.switch and lever.most > 0 for lever in levers)
    pairs = [number * (number - 1) // 2 for number in (steps, len(levers))]
    judged = sum(min(ABOVE + BELOW, number) for number in pairs)
    return futures * (7 * len(levers) + 20) + screen * sum(pairs) + (futures - screen) * judged


def screened(futures: int) -> int:
    """On how many of the first futures a wide search is made: about a quarter; all of them where there are few."""
    return 10 * max(1, round(futures / 40)) if futures >= 20 else futures


# -- Alone --------------------------------------------------------------------------------------------------


def _singles(played: FutureCache, levers: Sequence[Lever], futures: int) -> list[Use]:
    """Each lever alone: a step, its full use, a step the wrong way; and, where the full use helps, all between."""
    ends = [(lever, tenths) for lever in levers for tenths in _ends(lever)]
    base, *went = played.went([(), *_alone(levers, ends)], 0, futures)
    found = {(lever.slug, tenths): how for (lever, tenths), how in zip(ends, went, strict=True)}
    helping = [lever for lever in levers if lever.most and _gain(found[lever.slug, lever.most], base)[1] > 0]
    rungs = [(lever, tenths) for lever in helping for tenths in range(2, lever.most)]
    went = list(played.went(_alone(levers, rungs), 0, futures))
    found |= {(lever.slug, tenths): how for (lever, tenths), how in zip(rungs, went, strict=True)}
    out = []
    for lever in levers:
        ladder = [found[lever.slug, n] for n in range(1, lever.most + 1)] if lever in helping else []
        for name, tenths in _named(lever, cheapest(ladder, base)):
            how = found[lever.slug, tenths]
            out.append(Use(lever, name, tenths, Shares.of(how), _gain(how, base)))
    return out


def _ends(lever: Lever) -> list[int]:
    """The tenths that every lever is tried at; below 0: the wrong way."""
    return sorted({1, lever.most} if lever.most else ()) + [-1] * lever.can_worsen


def _alone(levers: Sequence[Lever], uses: Iterable[tuple[Lever, int]]) -> list[Combination]:
    return [((levers.index(lever), tenths),) for lever, tenths in uses]


def _gain(went: Codes, base: Codes) -> Interval:
    return paired_share_interval(went == _SURVIVED, base == _SURVIVED)


def cheapest(ladder: Sequence[Codes], base: Codes) -> int:
    """The fewest tenths that clearly help and survive not clearly less than the last of a ladder; 0 for no ladder.

    ``ladder``: how the futures went at 1, 2, ... tenths, the last being the full use, which clearly helps.
    """
    for tenths, went in enumerate(ladder, 1):
        if _gain(went, base)[1] > 0 and _gain(ladder[-1], went)[1] <= 0:
            return tenths
    return 0


def _named(lever: Lever, pays: int) -> Iterable[tuple[UseName, int]]:
    """The uses of a lever that were played. ``pays``: the cheapest tenths, 0 where the full use does not help."""
    if lever.most and not lever.remedy.switch:
        yield "step", 1
    if pays:
        yield "cheapest", pays
        yield from (("rung", n) for n in range(2, lever.most) if n != pays)
    if lever.most:
        yield "full", lever.most
    if lever.can_worsen:
        yield "wrong way", -1


def pulled_far(uses: Sequence[Use]) -> list[Use]:
    """Each lever as far as it is pulled in combinations, in the order of the levers.

    That is its cheapest full use, or more of it where only that reaches the target; and all of it where even that
    does not clearly help alone, since it may with another.
    """
    out = []
    for full in (use for use in uses if use.name == "full"):
        own = [use for use in uses if use.lever is full.lever and use.tenths > 0]
        pays = next((use for use in own if use.name == "cheapest"), full)
        more = [use for use in own if use.tenths >= pays.tenths and use.shares.survived[0] >= TARGET]
        out.append(min(more, key=lambda use: use.tenths, default=pays))
    return out


# -- Together -----------------------------------------------------------------------------------------------


def _pairs(
    played: FutureCache,
    levers: Sequence[Lever],
    name: PairName,
    chosen: Sequence[Use],
    futures: int,
    screen: int,
    known: Sequence[Pair] = (),
) -> list[Pair]:
    """Every pair of some uses, but those ``known`` already, screened on the first futures.

    The strongest are judged on the other futures, so that what chose them has no part in what is said of them.
    """
    both: dict[Combination, tuple[Use, Use]] = {}
    before = {_together(levers, *pair.uses) for pair in known}
    for uses in choices(chosen, 2):
        key = _together(levers, *uses)
        if key not in before and allowed(key, lambda one, other: clash(levers[one], levers[other])):
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
    """How far two levers together stand out from the sum of each, in standard errors, by what they leave on average.

    Retention has a size where survival is yes or no, so that a few futures say more.
    """
    both, one, other, neither = played.retention([key, key[:1], key[1:], ()], 0, screen)
    beyond = both - one - other + neither
    spread = float(beyond.std(ddof=1)) / screen**0.5
    return float(beyond.mean()) / spread if spread > 0 else 0.0


def _together(levers: Sequence[Lever], one: Use, other: Use) -> Combination:
    return joined(*_alone(levers, [(one.lever, one.tenths), (other.lever, other.tenths)]))


def _looked_at(
    played: FutureCache, name: PairName, both: dict[Combination, tuple[Use, Use]], judged: bool, first: int, stop: int
) -> dict[Combination, Pair]:
    """Some pairs on some futures."""
    out = {}
    for key, together in zip(both, played.went(list(both), first, stop) == _SURVIVED, strict=True):
        one, other, neither = played.went([key[:1], key[1:], ()], first, stop) == _SURVIVED
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


def _confirmed(played: FutureCache, search: Any, found: Sequence[Tried], futures: int) -> list[Confirmed]:
    """Combinations on as many fresh futures."""
    combinations = [tried.combination for tried in found]
    base, *fresh = played.went([(), *combinations], futures, 2 * futures)
    chosen = played.went(combinations, 0, futures)
    return [
        Confirmed(search, combination, Shares.of(before), Shares.of(after), _gain(after, base))
        for combination, before, after in zip(combinations, chosen, fresh, strict=True)
    ]
