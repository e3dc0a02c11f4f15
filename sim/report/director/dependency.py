"""On whom the change rests: what is lost with the director, by variant, and with everybody else."""

from collections.abc import Iterator, Sequence

from sim.analysis.dependency.readings import Reading
from sim.analysis.dependency.shares import UNDEFINED_BELOW
from sim.report.director import plots
from sim.report.director.gather import Found
from sim.report.director.page import Block, Fold, Points, Table, Text, paragraphs
from sim.report.numbers import count, estimate, listed, percent, quoted
from sim.report.words.dependency import as_it_stands, by_position, definitions, on_others, on_the_director
from sim.scenario.labels import capital


def rests_on(found: Found) -> Iterator[Block]:
    """The section, block by block."""
    base, *others = found.rests.values()
    yield from paragraphs(on_the_director(base), first="lead")
    if base.director.sceptic.low > base.director.dependency.high:
        yield Text(
            "So who follows decides more than whether somebody does: a sceptic in the seat costs clearly more than an "
            "empty one. That is no case for leaving a post empty: the model does not represent what else a director "
            "does, and in it an empty seat goes on showing the last director's position for a while."
        )
    yield from paragraphs(as_it_stands(base))
    at_random = f" In the run the director leaves at random; here, after month {base.month} in every future."
    yield Text(
        f"{count(base.futures, 'future')}, the same draws with and without, and no other departure, so these are not "
        f"the run's own futures.{at_random if found.scenario.random_departures else ''}",
        "small",
    )
    yield Text("Three readings, and why they differ", "head")
    yield from paragraphs(by_position(base))
    yield Points(list(definitions(base)))
    yield _by_variant(found)
    yield Text(
        "Added by both: the practised commitment that the director and the programme add together. What rests on the "
        "director is a share of it, so where less is added, a larger share may be a smaller loss, and where less than "
        f"{UNDEFINED_BELOW:g} is added, shares are undefined. At 100%, all that the two add is lost; above 100%, the "
        "change does worse than with neither.",
        "small",
    )
    same = [listed([quoted(title) for title in titles]) for titles in found.alike.values() if len(titles) > 1]
    if same and others:
        yield Text(f"Alike up to the departure, and so with the same numbers: {'; '.join(same)}.", "small")
    yield Text("And everybody else?", "head")
    if any(each.dependency.defined for each in base.roles):
        yield plots.picture(
            "person",
            plots.rests(base.roles, found.scenario.words.say),
            "Share lost with each role's seats empty, and with sceptics in them. The tables below have the numbers.",
            "What is lost when a role is taken away. Ring: its seats empty. Square: sceptics in them at once. Lines: "
            "95% intervals. Left of 0, the change does better without them.",
        )
    yield from paragraphs(on_others(base), style="note")
    persons, teams = ([each for each in base.readings if each.group.kind == kind] for kind in ("person", "team"))
    blocks: list[Block] = [_table("Roles", base.roles, sceptics=True)]
    if alone := [each for each in persons if each not in base.roles]:
        blocks.append(_table("Single persons, those with most structural influence", alone))
    if teams:
        blocks.append(_table("Teams, without their managers", teams))
    yield Fold("All of it in numbers", blocks)


def _by_variant(found: Found) -> Table:
    rows = [
        [
            found.titles[slug],
            estimate(each.director.structural),
            f"{each.leaders.value:.0f}",
            f"{each.whole.value:.2f} ({each.whole.low:.2f} to {each.whole.high:.2f})",
            estimate(each.director.dependency),
            estimate(each.director.sceptic),
            f"{percent(each.director.collapsed)} / {percent(each.director.sceptic_collapsed)}",
            percent(each.director.flow),
        ]
        for slug, each in found.rests.items()
    ]
    head = [
        "variant", "by position", "equal leaders", "added by both", "rests on them: seat empty", "with a sceptic in it",
        "collapse: empty / sceptic", "changes in commitment",
    ]  # fmt: skip
    return Table("How far each variant rests on its director (95% intervals)", head, rows)


def _table(caption: str, parts: Sequence[Reading], sceptics: bool = False) -> Table:
    """Groups by the three readings; with ``sceptics``, also with sceptics in their seats, and by flow."""
    head = [
        "who", "seats", "rests on them: seats empty", "collapse, seats empty", "by position",
        "rests on them: sceptics in the seats", "changes in commitment",
    ]  # fmt: skip
    rows = [
        [
            capital(part.group.title),
            str(len(part.group.seats)),
            estimate(part.dependency),
            percent(part.collapsed),
            percent(part.structural.value),
            estimate(part.sceptic),
            percent(part.flow),
        ]
        for part in parts
    ]
    columns = None if sceptics else -2
    return Table(caption, head[:columns], [row[:columns] for row in rows])
