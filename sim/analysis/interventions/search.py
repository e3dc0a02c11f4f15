"""Searching combinations of interventions for those in which a change survives.

Plain functions that know nothing of a model. They ask ``survived(combinations, futures)``, which says for each
combination whether the change survived in each of the first ``futures`` futures, [combinations, futures]. A wide
search is made on the first ``screen`` futures, and the best of it is then tried on all ``futures``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations as choices

import numpy as np

from sim.base.arrays import Bools
from sim.base.intervals import Estimate, contrast_interval

Combination = tuple[tuple[int, int], ...]
"""Interventions by number, lowest first, each with the tenths it is pulled; empty for none."""

Survived = Callable[[Sequence[Combination], int], Bools]

Clash = Callable[[int, int], bool]
"""Whether two interventions, by number, exclude each other."""

SHORTLIST = 24
"""How many of the best pairs or triples are tried on all futures."""

WIDENED = 10
"""Where there are too many triples, so many of the best pairs are tried with each other intervention."""

MOST_TRIPLES = 500
"""Up to so many triples, all are tried."""

NEXT = 8
"""How many of the best next steps are tried on all futures."""


@dataclass(frozen=True)
class Trial:
    """A combination, and the share of the futures it was chosen on in which the change survived."""

    combination: Combination
    survived: float


@dataclass(frozen=True)
class Fewest:
    """What a search for the fewest interventions found.

    ``reached``: the combinations of the smallest size that reach the target, best first; empty if none does.
    ``best``: the best of all sizes tried. ``searched``: what was tried, a line for each size.
    """

    reached: list[Trial]
    best: Trial
    searched: list[str]


def joined(*parts: Combination) -> Combination:
    """Several combinations of different interventions as one."""
    return tuple(sorted(item for part in parts for item in part))


def allowed(combination: Combination, clash: Clash) -> bool:
    """Whether no intervention is there twice and none excludes another."""
    interventions = [intervention for intervention, _ in combination]
    return len(set(interventions)) == len(interventions) and not any(clash(a, b) for a, b in choices(interventions, 2))


def interaction(both: Bools, one: Bools, other: Bools, neither: Bools) -> Estimate:
    """What two interventions do together beyond what each does alone: the mean over futures and its 95% interval.

    In a future it is both - one - other + neither, each 1 if the change survived: 1 if only the two together save
    the change, -1 if either of them would have done.
    """
    return contrast_interval(both.astype(np.float64) - one - other + neither, 2.0)


def fewest_interventions(
    uses: Sequence[tuple[int, int]], clash: Clash, survived: Survived, futures: int, screen: int, target: float
) -> Fewest:
    """The smallest number of interventions, each at one of its ``uses``, with which a share ``target`` survives.

    ``uses``: (intervention, tenths); an intervention may have several. Single uses are all tried on all ``futures``;
    pairs and then triples on the first ``screen`` of them, and the best ``SHORTLIST`` on all. Where there are more than
    ``MOST_TRIPLES`` triples, the ``WIDENED`` best pairs with each other use are tried in their place.
    """
    nothing = Trial((), float(survived([()], futures).mean()))
    if nothing.survived >= target:
        return Fewest([nothing], nothing, ["nothing needs to be done"])
    best, found, searched = nothing, [nothing], list[str]()
    for size, name in ((1, "interventions alone"), (2, "pairs"), (3, "triples")):
        candidates = [tuple(sorted(chosen)) for chosen in choices(uses, size)]
        if size == 3 and len(candidates) > MOST_TRIPLES:
            name = f"triples (the {WIDENED} best pairs with each other intervention)"
            candidates = [joined(pair.combination, (use,)) for pair in found[:WIDENED] for use in uses]
        candidates = list(dict.fromkeys(each for each in candidates if allowed(each, clash)))
        line = f"{len(candidates)} {name}"
        if size > 1 and len(candidates) > SHORTLIST and screen < futures:
            candidates = _best(candidates, survived, screen, SHORTLIST)
            line += f", on the first {screen} futures, and the best {SHORTLIST} of them on all {futures}"
        searched.append(line)
        found = _trials(candidates, survived, futures)
        if found and found[0].survived > best.survived:
            best = found[0]
        if reached := [tried for tried in found if tried.survived >= target]:
            return Fewest(reached, best, searched)
    return Fewest([], best, searched)


def fewest_steps(
    heights: Sequence[int], clash: Clash, survived: Survived, futures: int, screen: int, target: float
) -> list[Trial]:
    """Grow a combination a step at a time, always by the step that adds most, until ``target`` survive.

    ``heights``: how many tenths each intervention has, 0 for one that is left out. Greedy: it never takes a step back,
    and misses what only several steps together would bring. Each time, all next steps are tried on the first
    ``screen`` futures and the best ``NEXT`` on all ``futures``. It ends where no next step saves another future.
    Returns the path, which begins with nothing done.
    """
    path = [Trial((), float(survived([()], futures).mean()))]
    while path[-1].survived < target:
        now = path[-1].combination
        steps = [each for each in _one_more(now, heights) if allowed(each, clash)]
        found = _trials(_best(steps, survived, screen, NEXT) if screen < futures else steps, survived, futures)
        if not found or found[0].survived <= path[-1].survived:
            break
        path.append(found[0])
    return path


def _one_more(now: Combination, heights: Sequence[int]) -> Iterable[Combination]:
    """Every combination one tenth further on."""
    pulled = dict(now)
    for intervention, height in enumerate(heights):
        if pulled.get(intervention, 0) < height:
            yield tuple(sorted({**pulled, intervention: pulled.get(intervention, 0) + 1}.items()))


def _best(candidates: list[Combination], survived: Survived, futures: int, number: int) -> list[Combination]:
    """The best candidates on the first futures; of equals, those that stand first."""
    if len(candidates) <= number:
        return candidates
    order = np.argsort(-survived(candidates, futures).mean(axis=1), kind="stable")
    return [candidates[i] for i in order[:number]]


def _trials(candidates: list[Combination], survived: Survived, futures: int) -> list[Trial]:
    """The candidates with the share that survives in all futures, best first."""
    if not candidates:
        return []
    shares = survived(candidates, futures).mean(axis=1)
    found = [Trial(each, float(share)) for each, share in zip(candidates, shares, strict=True)]
    return sorted(found, key=lambda tried: -tried.survived)
