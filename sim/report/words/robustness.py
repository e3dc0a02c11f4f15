"""What holds in many plausible worlds, in words and as tables."""

from collections.abc import Iterator, Sequence
from typing import Any

from sim.analysis.uncertainty.dependency import DependencyAcrossWorlds
from sim.analysis.uncertainty.robustness import FEW, Robustness, ends
from sim.experiments.ensemble import BASE, settings
from sim.experiments.verdict import COLLAPSED, NEVER, SURVIVED, Verdict
from sim.report.numbers import span
from sim.report.words.common import Grid, for_a_machine
from sim.report.words.comparison import is_yardstick

NAMED = 6
"""At most so many variants are told of in sentences; the table has them all."""

OPENING = (
    "Most numbers in this model are guesses. Many sets of guesses were tried, with all the uncertain numbers varied at "
    "once, and those that agree with the little that is published were kept (docs/calibration.md): each is a plausible "
    "world. The question is whether an answer is the same whichever guesses are right, not how likely anything is in "
    "the real world."
)


def answer(found: Robustness, variant: int | None = None) -> str:
    """The answer in a sentence: in how many worlds the change survives more often with a variant; with the best one."""
    worlds, base, later = len(found.outcomes), found.titles[0], span(found.scenario.measure.horizon)
    best = best_of(found) if variant is None else variant
    if not best:
        low, middle, high = (round(100 * x) for x in found.spread(0))
        return (
            f"With “{base}” the change survives {later} in {middle} of 100 futures in the middle one of {worlds} "
            f"plausible worlds ({low} to {high} {range_words(worlds)})."
        )
    n, other = found.counted[best], found.titles[found.compared_with(best)]
    clearly = f", clearly in {n.worlds_clearly_better}" if n.worlds_clearly_better else ""
    rest = f", and less often in {n.worlds_worse}" if n.worlds_worse else ""
    return (
        f"In {n.worlds_better} of {worlds} plausible worlds the change survives {later} more often with "
        f"“{found.titles[best]}” than with “{other}”{clearly}{rest}."
    )


def best_of(found: Robustness) -> int:
    """What does better than the base in most worlds, of the variants that can be chosen; 0 where there is none."""
    group = settings(found.scenario, found.slugs)
    against = [i for i in found.order if not found.compared_with(i)]
    chosen = [i for i in against if not is_yardstick(group[found.slugs[i]], group[BASE])]
    return next((i for i in chosen if found.counted[i].worlds_better > found.counted[i].worlds_worse), 0)


def how_sure(found: Robustness) -> str:
    """How sure the answer is, in a line."""
    few = f" So few worlds or futures tell little: take {FEW} of each." if found.few else ""
    return (
        "a world is one set of guesses that agrees with what little is published; worlds are counted, not weighed."
        f"{few} It is no forecast."
    )


def answer_grid(found: Robustness) -> Grid:
    """A row for each variant: in how many worlds it does better and worse, and how many survive in the middle one."""
    worlds, later = len(found.outcomes), span(found.scenario.measure.horizon)
    head = (
        f"Of {worlds} plausible worlds, survived more or less often than with the first row:",
        "more", "clearly\nmore", "as\noften", "less", f"survived at\n{later}, of 100",
    )  # fmt: skip
    return Grid(head, list(_rows(found, SURVIVED)), narrow=64)


def _rows(found: Robustness, *outcomes: Verdict) -> Iterator[Sequence[str]]:
    """A row for each variant: in how many worlds it does better, clearly, as well and worse; then its ranges."""
    for i in (0, *found.order):
        n = found.counted[i]
        counts = (n.worlds_better, n.worlds_clearly_better, n.worlds_same, n.worlds_worse)
        name = found.scenario.words.say(titled(found, i, "\n"))
        yield name, *(str(x) if i else "" for x in counts), *(_range(found.spread(i, each)) for each in outcomes)


def titled(found: Robustness, variant: int, apart: str = " ") -> str:
    """A variant's title, with what it is compared with where that is not the first row."""
    other = found.compared_with(variant)
    return found.titles[variant] + (f"{apart}(against “{found.titles[other]}”)" if other else "")


def as_data(found: Robustness) -> dict[str, Any]:
    """The answer for a machine, with the rows of robustness.csv."""
    said = {"worlds": len(found.outcomes), "futures": found.outcomes.shape[2], "seed": found.seed}
    return for_a_machine(found.scenario, answer(found), said, found.table())


def explained(found: Robustness) -> Iterator[str | Grid]:
    """How it was asked, everything in a table, in sentences, and what is to be said beside them."""
    over = f"{len(found.outcomes)} plausible worlds, {found.outcomes.shape[2]} futures in each for each row"
    yield f"\n{over}, the same draws in all; seed {found.seed}.\n\n{OPENING}"
    yield grid(found)
    yield from (*robustness_words(found), "", *notes(found))


def robustness_words(found: Robustness) -> Iterator[str]:
    """The answer, the comparisons first."""
    worlds, say, base = len(found.outcomes), found.scenario.words.say, found.titles[0]
    spared, later = worlds - found.at_stake, span(found.scenario.measure.horizon)
    if spared:
        yield say(
            f"In {spared} of {worlds} plausible worlds every future survived at {later} with “{base}”, so nothing "
            f"can be gained there. Of all {worlds}:"
        )
    else:
        yield say(
            f"Something is at stake in all {worlds} plausible worlds: in none did every future survive at {later}."
        )
    better = [i for i in found.order if found.counted[i].worlds_better > found.counted[i].worlds_worse]
    worse = [i for i in reversed(found.order) if found.counted[i].worlds_worse > found.counted[i].worlds_better]
    for i in (*better[:NAMED], *worse[:NAMED]):
        n = found.counted[i]
        sides = [(n.worlds_better, n.worlds_clearly_better, "more"), (n.worlds_worse, n.worlds_clearly_worse, "less")]
        (many, clear, how), (few, _, otherwise) = sides if i in better else sides[::-1]
        clearly = f" (clearly in {clear})" if clear else ""
        rest = f", {otherwise} often in {few}" if few else ""
        other = found.compared_with(i)
        than = f" than with “{found.titles[other]}”" if other else ""
        yield say(f"With “{found.titles[i]}” the change survived {how} often{than} in {many}{clearly}{rest}.")
    if left := len(better[NAMED:]) + len(worse[NAMED:]):
        yield f"The table has the other {left}."
    low, middle, high = (round(100 * x) for x in found.spread(0, COLLAPSED))
    yield say(
        f"“{base}” itself: {low} to {high} of 100 futures collapsed {range_words(worlds)}, {middle} in the middle one."
    )
    never = found.shares(NEVER)
    for i in range(1, len(found.titles)):
        more = int((never[:, i] > never[:, 0] + 0.1).sum())
        if more:
            where = f"{more} world{'' if more == 1 else 's'}"
            yield say(f"With “{found.titles[i]}” the change more often never took hold in {where}.")
    if found.few:
        yield f"So few worlds or futures leave much to chance: take at least {FEW} of each before concluding anything."


def notes(found: Robustness) -> Iterator[str]:
    """What is to be said beside the answer."""
    for title, keys in found.overridden.items():
        yield (
            f"“{title}” sets parameters in which the worlds differ ({', '.join(keys)}) to one value in all of them. "
            "That is a larger step in some worlds than in others, and perhaps one in the opposite direction."
        )
    if found.fixed:
        yield f"The scenario sets these itself, so they are the same in every world: {', '.join(found.fixed)}."
    yield (
        "Clearly: by more than chance between futures, that is, the 95% interval of the paired difference lies on one "
        "side of zero."
    )


def grid(found: Robustness) -> Grid:
    """A row for each variant, the base first, then those that do better in most worlds."""
    middle, later = _middle(len(found.outcomes)), span(found.scenario.measure.horizon)
    head = (
        f"Of {len(found.outcomes)} plausible worlds, when:",
        "survived more often\nthan the first", "clearly", "as\noften", "less\noften",
        f"survived at {later},\nof 100: {middle}", f"collapsed,\nof 100: {middle}",
    )  # fmt: skip
    return Grid(head, list(_rows(found, SURVIVED, COLLAPSED)))


def dependency_grid(found: DependencyAcrossWorlds) -> Grid:
    """A row for the director and for every role."""
    say = found.scenario.words.say
    head = ("when their seats stand empty", _middle(found.defined), "worlds in which more\nrests on the director")
    rows = [
        (say(who), _range(found.spread(i)), f"{found.director_above(i)} of {found.defined}" if i else "")
        for i, who in enumerate(found.who)
    ]
    return Grid(head, rows)


def _middle(worlds: int) -> str:
    """The heading of a column of ranges over so many worlds."""
    return "middle world (a tenth off\nat either end)" if ends(worlds)[0] else "middle world\n(lowest to highest)"


def _range(spread: tuple[float, float, float]) -> str:
    """From, middle, to, of 100, as a cell has it; a dash where there is none."""
    if any(x != x for x in spread):
        return "-"
    low, middle, high = (round(100 * x) for x in spread)
    return f"{middle} ({low} to {high})"


def dependency_words(found: DependencyAcrossWorlds) -> Iterator[str]:
    """The answer, to be read aloud."""
    of, say = len(found.dependency), found.scenario.words.say
    if not found.defined:
        yield "In no world do the director and the programme make enough of a difference to speak of shares of it."
        return
    low, middle, high = (round(100 * x) for x in found.spread(0))
    yield say(
        f"Of what the director and the programme add to the change at month {found.month}, the director alone accounts "
        f"for {low} to {high}% {range_words(found.defined)}, and for {middle}% in the middle one."
    )
    roles = range(1, len(found.who))
    first = min(roles, key=lambda i: (found.director_above(i), -found.spread(i)[1]), default=None)
    if first is not None:
        above = found.director_above(first)
        yield say(
            f"In {above} of {found.defined} worlds more rests on the director than on {found.who[first]}, the role "
            f"that comes closest ({round(100 * found.spread(first)[1])}% in the middle world)."
        )
    if found.defined < of:
        yield (
            f"In {of - found.defined} of {of} worlds the director and the programme change almost nothing, so no share "
            "can be given."
        )


def dependency_notes(found: DependencyAcrossWorlds) -> Iterator[str]:
    """What is to be said beside the answer."""
    yield (
        "That more is lost with the director than with any other single person is one of the targets that a plausible "
        "world must meet, so it is not a finding here."
    )
    yield (
        "A share below 0 means that, as things are, the change does better without them. This is about posts in the "
        "model; it is no case against any person."
    )


def range_words(worlds: int) -> str:
    """What a range over so many worlds is, in words."""
    return "from world to world, leaving out a tenth at either end" if worlds >= FEW else "from one world to another"
