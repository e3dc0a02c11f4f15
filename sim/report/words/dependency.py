"""On whom the change rests, in words and as a table."""

import math
from collections.abc import Iterator, Sequence

from sim.analysis.dependency.knockouts import Smallest
from sim.analysis.dependency.readings import Dependency, Reading
from sim.base.intervals import Estimate
from sim.report.numbers import UNDEFINED, estimate, hundred, listed, span, whole
from sim.report.words.common import CAVEATS, Cell, Grid

WORTH_SAYING = 0.01
"""A share from which a clear effect is worth a sentence."""

SHOWN = 6
"""Persons and teams listed at most; every role is."""


def grid(found: Dependency) -> Grid:
    """The most depended on: persons, every role with more than one seat, teams. Of 100, with intervals."""
    head = (
        "", "rests on them:\n% (95% interval)", "survived, collapses\nwithout, of 100",
        "influence by\nposition, %", "changes in\ncommitment, %",
    )  # fmt: skip
    rows: list[Sequence[Cell]] = []
    for title, readings in _listed(found):
        rows.append((title,))
        rows += [(f"  {found.scenario.words.say(each.group.title)}", *_cells(each)) for each in readings]
    return Grid(head, rows)


def _listed(found: Dependency) -> Iterator[tuple[str, Sequence[Reading]]]:
    for kind, title, most in (("person", "Persons", SHOWN), ("role", "Roles", 99), ("team", "Teams", 3)):
        some = [each for each in found.readings if each.group.kind == kind and each is not found.director]
        if kind == "person":
            some.insert(0, found.director)
        if some:
            yield title + (f" ({most} of {len(some)})" if len(some) > most else ""), some[:most]


def _cells(reading: Reading) -> tuple[str, str, str, str]:
    position, moved = (f"{100 * share:.1f}" for share in (reading.structural.value, reading.flow))
    return interval(reading.dependency), hundred(reading.collapsed), position, moved


def interval(estimate: Estimate) -> str:
    """Of 100, with the interval: ``65 (58 to 72)``; ``undefined`` where it is."""
    if not estimate.defined:
        return UNDEFINED
    ends = f" ({whole(100 * estimate.low)} to {whole(100 * estimate.high)})" if not math.isnan(estimate.low) else ""
    return f"{whole(100 * estimate.value)}{ends}"


def dependency_words(found: Dependency) -> Iterator[str]:
    """Sentences to read aloud; then what the words mean."""
    say = found.scenario.words.say
    for month in found.departures_before:
        yield say(
            f"Month {found.month} comes after the director's departure at month {month}: “the director” is whoever is "
            "in the seat by then, if anybody is."
        )
    for part in (as_it_stands, on_the_director, on_others, on_a_few, by_position):
        yield from map(say, part(found))
    yield from ("", *map(say, definitions(found)), "", *CAVEATS)


def as_it_stands(found: Dependency) -> Iterator[str]:
    """How many futures there are in which anybody's loss could collapse the change."""
    yield (
        f"With nobody taken away after month {found.month}, the change survives at "
        f"{span(found.scenario.measure.horizon)} in {hundred(found.stands)} of 100 futures. "
        "Collapses are counted in these alone, because what collapses anyway is due to nobody's loss."
    )


def on_the_director(found: Dependency) -> Iterator[str]:
    """How much rests on the director, through what, and what a sceptic in the seat would cost."""
    director, years = found.director, f"{span(found.scenario.measure.horizon)} later"
    if not director.dependency.defined:
        yield (
            "The director and the programme together make a difference of less than 0.05 to practised commitment "
            f"{years} ({found.base:.2f} with them, {found.floor:.2f} without), so shares of it are undefined."
        )
    else:
        yield (
            f"Practised commitment is {found.base:.2f} {years} if everybody stays, and {found.floor:.2f} if the "
            "director's seat stays empty and the programme ends. The director alone accounts for "
            f"{estimate(director.dependency)} of that difference."
        )
        parts = [f"{estimate(part)} {_THROUGH[name]}" for name, part in found.channels.items()]
        yield f"It is made up of {listed(parts)}."
        sceptic, collapsed = director.sceptic, director.sceptic_collapsed
        worse = ""
        if sceptic.low > 1.0:
            worse = ", that is, more than all of it: the change does worse than with neither director nor programme"
        elif sceptic.value > 1.0:
            worse = " (above 100%, the change does worse than with neither director nor programme)"
        yield f"If a sceptic takes over at once, {estimate(sceptic)} of it is lost{worse}."
        yield (
            f"Of 100 futures in which the change survives if everybody stays, {hundred(collapsed)} collapse with the "
            f"sceptic and {hundred(director.collapsed)} with the seat empty."
        )


def on_others(found: Dependency) -> Iterator[str]:
    """Whose loss comes next, and without whom the change does better."""
    if found.director.dependency.defined:
        persons = [each for each in found.readings if each.group.kind == "person" and each is not found.director]
        if persons:
            yield f"After the director comes {persons[0].group.title}, with {estimate(persons[0].dependency)}."
        roles = [each for each in found.readings if each.group.kind == "role"]
        better = [each.group.title for each in roles if each.dependency.high < -WORTH_SAYING]
        if better:
            named = listed(better)
            yield (
                f"Without {named} the change does better: in the model, as things are, they hold it back. That calls "
                "for winning them over, not for empty seats. (What an empty manager's seat shows is assumed to drift "
                "towards the director's position.)"
            )


def on_a_few(found: Dependency) -> Iterator[str]:
    """The smallest groups whose loss collapses the change, where they were looked for."""
    for small, how in ((found.few, "are left empty"), (found.sceptics, "go to sceptics")):
        if small is not None:
            yield _smallest(found, small, how)


def by_position(found: Dependency) -> Iterator[str]:
    """The director's share of influence, and of the changes in commitment."""
    director, leaders = found.director, found.leaders
    yield (
        f"By position in the network the director has {100 * director.structural.value:.0f}% of the influence on "
        f"staff, and influence is spread as if {leaders.value:.0f} people ({leaders.low:.0f} to {leaders.high:.0f}) "
        f"had equal shares. Up to month {found.month}, {100 * director.flow:.0f}% of all changes in people's "
        "commitment came straight from the director."
    )


_THROUGH = {
    "influence": "through the director's voice (and partners who echo it)",
    "permission": "through what staff are permitted to do",
    "embedding": "through what is written down",
    "subscription": "through the renewal of the outside programme",
}


def _smallest(found: Dependency, small: Smallest, how: str) -> str:
    half = f"{round(100 * small.share)} of 100 futures"
    if not small.tried:
        return f"There are too few people to look for a group whose loss collapses the change when their seats {how}."
    if math.isnan(small.collapsed):
        return f"The change survives in none of the futures, so nobody's loss can collapse it when their seats {how}."
    if small.group is None:
        return (
            f"No group of up to {len(small.tried)} people was found whose loss collapses the change in {half} when "
            f"their seats {how}; the most was {hundred(small.collapsed)}."
        )
    many = len(small.group.seats) > 1
    who = f"{len(small.group.seats)} people ({small.group.title})" if many else f"one person, the {small.group.title}"
    return (
        f"The smallest group found whose loss collapses the change in at least {half}, if their seats {how}, is {who}. "
        f"It collapses in {hundred(small.collapsed)} of 100, and in {hundred(small.fresh)} of 100 fresh futures, which "
        "had no part in the choice."
    )


def definitions(found: Dependency) -> Iterator[str]:
    """What the columns mean, a line each, and why they differ."""
    yield (
        f"Rests on them: how much of the practised commitment that the director and the programme add is lost "
        f"{span(found.scenario.measure.horizon)} later among everybody else, if their seats stay empty after month "
        f"{found.month} (in the same {found.futures} futures). A share below 0 means that the change does better "
        "without them."
    )
    yield (
        "By position: the share of staff's views that would come from them in the end, if everybody went on listening "
        "as in that month. Change facilitators never change their minds, so they count fully; what staff are "
        "permitted to do and what partners echo are left out."
    )
    yield (
        "Changes in commitment: each counts for the person it was heard from last, not for whoever said it first. What "
        "a manager passes on from the director counts for the manager, so a small share does not mean that the "
        "director matters little."
    )
    yield "The three need not agree: only the first takes anybody away to see what happens."
