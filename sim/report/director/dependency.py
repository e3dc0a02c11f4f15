"""On whom the change rests: the three readings of dependency, why they differ, and what they do not say."""

from collections.abc import Iterator, Sequence

from sim.analysis.dependency.readings import Reading
from sim.analysis.dependency.shares import UNDEFINED_BELOW
from sim.report.director import plots
from sim.report.director.gather import Found, Leader
from sim.report.director.page import Block, Fold, Picture, Points, Table, Text
from sim.report.numbers import count, estimate, listed, of_hundred, percent, years_on
from sim.report.plots.style import svg
from sim.scenario.labels import capital


def rests_on(found: Found) -> Iterator[Block]:
    """The section, block by block."""
    rests, director = found.rests, found.rests.director
    yield from _taken_away(found)
    yield Text("Three readings, and why they differ", "head")
    yield _readings(found)
    yield Points(list(_why(found)))
    if rests.elsewhere:
        yield _by_variant(found)
        yield Text(
            "The two add: practised commitment that director and programme together make. Causal readings are shares "
            "of it, so where the two add less, a larger share may be a smaller loss.",
            "small",
        )
        same = [_named(leader) for leader in (director, *rests.elsewhere) if leader.alike]
        if same:
            yield Text(f"Alike up to the departure, and so with the same numbers: {'; '.join(same)}.", "small")
    yield Text("And everybody else?", "head")
    yield from _others(found)


def _named(leader: Leader) -> str:
    return listed([f"“{title}”" for title in (leader.title, *leader.alike)])


def _taken_away(found: Found) -> Iterator[Block]:
    rests, director = found.rests, found.rests.director
    then = years_on(found.scenario.measure.horizon)
    if not director.emptied.defined:
        yield Text(
            "Here the director and the programme together add too little to practised commitment to say what share of "
            f"it rests on the director: {director.whole.value:.2f}, less than {UNDEFINED_BELOW:g}. The causal reading "
            "is undefined.",
            "lead",
        )
    else:
        more = ": more than all of it. That is worse than no director and no programme."
        worse = more if director.sceptic.value > 1.0 else "."
        yield Text(
            f"Take the director away at month {director.month} and leave the seat empty: {then}, "
            f"{percent(director.emptied.value)} of what the director and the programme together add to practised "
            f"commitment is gone. Put a sceptic in the seat at once, and {percent(director.sceptic.value)} is "
            f"gone{worse}",
            "lead",
        )
        if director.sceptic.low > director.emptied.high:
            yield Text(
                "So who follows decides more than whether somebody does: a sceptic in the seat costs clearly more than "
                "an empty one. That is no case for leaving a post empty: the model does not represent what else a "
                "director does, and in it an empty seat goes on showing the last director's position for a while."
            )
    by_tenure = f" In the run the director leaves at random; here, after month {director.month} in every future."
    by_tenure = by_tenure if found.scenario.random_departures else ""
    of = min(100, rests.futures)
    empty, sceptic = (of_hundred(share, of) for share in director.collapsed)
    yield Text(
        f"With the seat empty for good, the change collapses in {empty} of {of} futures in which it had taken hold; "
        f"with a sceptic in it from the first month, in {sceptic}."
    )
    yield Text(
        f"What the two together add is practised commitment {then} with both, less that with neither: "
        f"{director.whole.value:.2f} ({director.whole.low:.2f} to {director.whole.high:.2f}). "
        f"{count(rests.futures, 'future')}, the same draws with and without, and no other departure, so these are not "
        f"the run's own futures.{by_tenure}",
        "small",
    )


def _readings(found: Found) -> Table:
    director = found.rests.director
    rows = [
        [
            "Structural",
            f"If everyone went on listening as in month {director.month}, how much of where staff end up would be the "
            "director's position?",
            f"{estimate(director.structural)}; influence is spread as over {_leaders(director)}",
        ],
        [
            "Causal",
            f"If the director's seat were empty from month {director.month} on, how much of what the director and the "
            f"programme add would be gone {years_on(found.scenario.measure.horizon)}?",
            f"{estimate(director.emptied)}; with a sceptic in it {estimate(director.sceptic)}",
        ],
        [
            "Flow",
            f"Of everything that moved people along links up to month {director.month}, how much was heard from the "
            "director, or from partners who echo them?",
            percent(director.flow),
        ],
    ]
    return Table(
        f"How far “{director.title}” rests on its director (95% intervals)",
        ["reading", "what it asks", "the director"],
        rows,
        prose=True,
    )


def _leaders(leader: Leader) -> str:
    value, low, high = leader.leaders
    interval = "" if low != low else f" ({low:.1f} to {high:.1f})"
    return f"{value:.1f}{interval} equal leaders"


def _why(found: Found) -> Iterator[str]:
    rests, director = found.rests, found.rests.director
    helper = ""
    if rests.facilitator is not None:
        helper = (
            " Change facilitators never change their minds in the model, so in this reading they count as fully "
            f"stubborn: each has {percent(rests.facilitator)}, beside the director's "
            f"{percent(director.structural.value)}. That follows from how the reading is made, and "
            "makes the director's share look small."
        )
    yield (
        "Structural sees one month's listening, as if it went on for ever. It does not see what the line permits, what "
        f"partners echo, or that the director's support keeps the programme.{helper}"
    )
    parts = [f"{estimate(part)} through {_CHANNELS[name]}" for name, part in rests.channels.items()]
    split = f" Split over the ways in which a director matters (Shapley value): {listed(parts)}."
    yield (
        "Causal sees all of that, since it takes the person away and waits."
        + (split if director.emptied.defined else "")
    )
    yield (
        "Flow names the last voice, not the first: what a manager passes on from the director is entered under the "
        "manager, and what the line permits moves nobody's commitment directly. A small share does not mean that the "
        "director hardly matters."
    )


_CHANNELS = {
    "influence": "influence (who hears them, and partners' echo)",
    "permission": "permission (what the line is seen to allow)",
    "subscription": "the subscription (whether the programme is renewed)",
}


def _by_variant(found: Found) -> Table:
    rows = [
        [
            leader.title,
            estimate(leader.structural, brief=True),
            f"{leader.leaders.value:.0f}",
            f"{leader.whole.value:.2f}",
            estimate(leader.emptied),
            estimate(leader.sceptic),
            " / ".join(percent(share) for share in leader.collapsed),
            percent(leader.flow),
        ]
        for leader in (found.rests.director, *found.rests.elsewhere)
    ]
    head = [
        "variant", "structural", "equal leaders", "the two add", "causal: seat empty", "causal: a sceptic in it",
        "collapse: empty / sceptic", "flow",
    ]  # fmt: skip
    return Table("How far each variant rests on its director", head, rows)


# -- Everybody else -----------------------------------------------------------------------------------------


def _others(found: Found) -> Iterator[Block]:
    rests = found.rests
    others = rests.roles[1:]
    if any(part.dependency.defined for part in rests.roles):
        yield Picture(
            "person",
            svg(plots.rests(rests.roles, found.scenario.words.say), "person"),
            f"Share lost with the seats empty: {'; '.join(_told(rests.roles))}.",
            "What is lost when a role is taken away. Ring: its seats empty. Square: sceptics in them at once. Lines: "
            "95% intervals. Left of 0, the change does better without.",
        )
    carrying = [part for part in others if part.dependency.low >= SEEN]
    barriers = [part for part in others if part.dependency.high <= -SEEN]
    if carrying:
        yield Text(f"Clearly something is lost without: {listed(_told(carrying))}.")
    if barriers:
        yield Text(
            f"Do not read this as a case against any person or post. In the model the change does better with these "
            f"seats empty: {listed(_told(barriers))}. They are a barrier now: winning them over would help. The model "
            "knows nothing about what else their work is good for, and it assumes that what an empty manager's seat "
            "shows drifts towards the director's position.",
            "note",
        )
    worse = [part for part in others if part.sceptic.low > 1.0]
    if worse:
        yield Text(
            "Filled with sceptics at once, these too cost more than the director and the programme add: "
            f"{listed([f'{part.group.title} {estimate(part.sceptic)}' for part in worse])}."
        )
    yield from _one_at_a_time(found)
    blocks: list[Block] = [_table("Roles", rests.roles, sceptics=True)]
    if rests.persons:
        blocks.append(_table("Single persons, those with most structural influence", rests.persons))
    if rests.teams:
        blocks.append(_table("Teams, without their managers", rests.teams))
    blocks.append(Text(_DEFINED.format(UNDEFINED_BELOW), "small"))
    yield Fold("All of it in numbers", blocks)


SEEN = 0.02
"""A share from which something is worth a sentence; the table has it all."""


def _one_at_a_time(found: Found) -> Iterator[Block]:
    rests = found.rests
    if rests.persons and rests.persons[0].dependency.defined:
        first, number = rests.persons[0], len(rests.persons)
        whom = f"{number} with most structural influence" if number < rests.persons_of else f"{number}"
        yield Text(
            f"One other person at a time (the {whom}), most is lost with {first.group.title}: "
            f"{estimate(first.dependency)}."
        )
    values = [part.dependency.value for part in rests.teams if part.dependency.defined]
    if values:
        largest = max(abs(value) for value in values)
        what = "nothing that shows" if largest < SEEN else f"from {percent(min(values))} to {percent(max(values))}"
        yield Text(f"A whole team at a time, its manager staying: {what}.")


_DEFINED = (
    "Causal: (practised commitment with everybody, less that with the seats empty) / (that with everybody, less that "
    "with neither director nor programme), means over futures, of the staff who are there on both sides; bootstrap 95% "
    "intervals; undefined where the denominator is below {:g}. 100% is as much as the director and the programme "
    "together; more is worse than neither. A sceptic has commitment and values 0.2. Structural: share of where staff "
    "would end up. Flow: share of all commitment moved along links up to the reference month."
)


def _told(parts: Sequence[Reading]) -> list[str]:
    return [f"{part.group.title} {estimate(part.dependency)}" for part in parts]


def _table(caption: str, parts: Sequence[Reading], sceptics: bool = False) -> Table:
    """Groups by the three readings; with ``sceptics``, also with sceptics in their seats, and by flow."""
    head = [
        "who", "seats", "causal: seats empty", "causal: sceptics in them", "collapse, seats empty", "structural",
        "flow",
    ]  # fmt: skip
    rows = [
        [
            capital(part.group.title),
            str(len(part.group.seats)),
            estimate(part.dependency),
            estimate(part.sceptic),
            percent(part.collapsed),
            percent(part.structural.value),
            percent(part.flow),
        ]
        for part in parts
    ]
    shown = range(len(head)) if sceptics else (0, 1, 2, 4, 5)
    return Table(caption, [head[i] for i in shown], [[row[i] for i in shown] for row in rows])
