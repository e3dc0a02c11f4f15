"""What a page says, section by section, from what was gathered; plain words first, then how sure and by what rule."""

from collections.abc import Iterator
from dataclasses import replace

from sim.analysis.outcomes import OUTCOMES
from sim.analysis.survival import survival_curve, times_to_collapse, times_to_half
from sim.base.intervals import LEVEL, mean_interval
from sim.experiments.flows import along_links
from sim.model.ledger import FALL, RISE
from sim.report.director import plots
from sim.report.director.dependency import rests_on
from sim.report.director.gather import Found, direction_flow, role_flow
from sim.report.director.page import (
    Block,
    Code,
    Fold,
    Points,
    Section,
    Table,
    Text,
    paragraphs,
    section,
    table,
)  # fmt: skip
from sim.report.director.provenance import made
from sim.report.numbers import count, fixed, listed, out_of, percent, span
from sim.report.plots.findings import standing_at_the_end
from sim.report.plots.people import LINES, links, plot_people
from sim.report.plots.survival import plot_survival
from sim.report.words import interventions as helping
from sim.report.words.comparison import comparison_words, definitions, grid, leaves, since
from sim.report.words.robustness import OPENING, notes, robustness_words
from sim.report.words.scenario import what_happens
from sim.report.words.survival import durations_words
from sim.scenario.labels import Labels, capital
from sim.scenario.roles import KINDS, Role

MOST_DRAWN = 600
"""People in a network that is drawn, at most."""


def sections(found: Found) -> list[Section]:
    """All that stands behind the sheet of a run, in the words of its scenario, each section headed by its finding."""
    return [
        section("answer", "Does the change outlive its director?", _answer(found)),
        section("person", "Does it rest on one person?", rests_on(found)),
        section("led", "Who led, month by month", _led(found)),
        section("network", "Who was linked with whom", _network(found)),
        section("outcomes", "What happened to the seven outcomes", _theory(found)),
        section("durations", "How long the change lasts", _standing(found)),
        section("interventions", "What would keep it alive", keep_alive(found)),
        Section("assumed", "What was assumed, and how to do it again", TRACED, list(made(found))),
    ]


TRACED = "All that was assumed is listed here, and every number can be made again."


# -- The answer ---------------------------------------------------------------------------------------------


def _answer(found: Found) -> Iterator[Block]:
    whole = found.run.whole
    first, *rest = comparison_words(whole, hints=False)
    yield from paragraphs([first, *(f"{capital(line)}." for line in what_happens(found.scenario)), *rest], first="lead")
    if not whole.tellable:
        return
    of = out_of(whole.number)
    yield plots.picture(
        "answer",
        plots.answers(found.run, found.titles),
        f"A bar for each variant, of {of} futures. The table below has the numbers.",
        f"Of {of} futures of each variant: in how many the change survived at {span(found.scenario.measure.horizon)}, "
        "collapsed, or never took hold.",
    )
    yield Text(" ".join(definitions(whole)), "small")
    yield table(f"How {of} futures of each variant ended", grid(whole))
    yield Text(
        "In brackets: 95% intervals, for chance between simulated futures. Differences are over the same "
        f"futures, variant by variant against “{found.titles['base']}”.",
        "small",
    )
    if found.over is not None:
        worlds, futures = len(found.over.outcomes), found.over.outcomes.shape[2]
        yield Text("Does it depend on invented numbers?", "head")
        yield Text(OPENING)
        yield Text(
            f"So each variant was played in {worlds} plausible worlds, {futures} futures in each. The parts of this "
            "page that come later were not."
        )
        yield Points(list(robustness_words(found.over)))
        yield Text(" ".join(notes(found.over)), "small")


# -- Who led ------------------------------------------------------------------------------------------------


def _led(found: Found) -> Iterator[Block]:
    run, words, t = found.run, found.scenario.words, found.month
    if run.detail.flows("base") is None:
        yield Text("Every future of the run failed, so nothing is known of who moved whom.")
        return
    end = min(found.scenario.months, t + found.scenario.measure.horizon)
    before, after = (role_flow(run, "base", *span) for span in ((1, t), (t + 1, end)))
    ranked = sorted(Role, key=lambda role: -before[role])[:3]
    said = listed([f"{percent(before[role])} from {_those(words, role)}" for role in ranked])
    came = said.replace(" from ", " of all changes in people's commitment came from ", 1)
    where = direction_flow(run, "base", 1, t)
    yield Text(f"Up to month {t}, {came}, as the last voice they heard.", "lead")
    yield Text(LAST_VOICE, "note")
    yield Text(
        f"Of these changes, {percent(where['vertical'])} went down or up the line, "
        f"{percent(where['horizontal inside'])} passed between colleagues, {percent(where['horizontal across'])} "
        f"crossed the boundary, and {percent(where['external support'])} came from the outside programme. From then to "
        f"month {end}, {percent(after[Role.DIRECTOR])} came from the director's seat, against "
        f"{percent(before[Role.DIRECTOR])} before."
    )
    best = found.best
    beside = f" Blue, dashed: “{found.titles[best]}”, in which most futures survive" if best else ""
    if best:
        beside += f"{' of all variants in which the director leaves' * leaves(run.whole.settings[best])}."
    dotted = "" if found.scenario.random_departures else f" Dotted: month {t}."
    drawn = plots.leading(found)
    rest = [_several(words, role) for role in Role if role not in drawn and before[role] + after[role] > 0.0]
    apart = f" Too small to be seen, and not drawn: {listed(rest)}." if rest else ""
    yield plots.picture(
        "led",
        plots.led(found),
        f"A small chart for each role that moved much, of commitment moved up and down each month. Before: {said}.",
        "How much each role moved others' commitment in a month, everyone who listens added up: above the line "
        f"upwards, below it downwards. Orange: “{found.titles['base']}”.{beside}{dotted} Means over futures.{apart}",
    )
    yield Fold("The shares in numbers", [_led_table(found, t, end), Text(_LEDGER, "small")])


LAST_VOICE = (
    "Each change counts for the person it was heard from last, not for whoever said it first: what a manager passes on "
    "from the director counts for the manager. A small share for the director does not mean that the director hardly "
    "matters."
)

_LEDGER = (
    "Every change of every person's commitment is entered under whoever it was heard from (what a voluntary-sector "
    "partner echoes, under whoever is echoed). Shares are of the sizes of all changes along links, up and down "
    "together; the pull of one's own values and new people are not in them. Means over the run's futures."
)


def _several(words: Labels, role: Role) -> str:
    return words.role(role, several=role not in (Role.DIRECTOR, Role.LEAD_MEMBER))


def _those(words: Labels, role: Role) -> str:
    return f"{'the ' if role in (Role.DIRECTOR, Role.LEAD_MEMBER) else ''}{_several(words, role)}"


def _led_table(found: Found, t: int, end: int) -> Table:
    run, words = found.run, found.scenario.words
    slugs = found.shown
    spans = [(1, t), (t + 1, end)]
    shares = {(slug, span): role_flow(run, slug, *span) for slug in slugs for span in spans}
    head = ["who"]
    for slug in slugs:
        head += [f"{found.titles[slug]}: up to month {t}", f"months {t + 1} to {end}", "of it, downwards"]
    rows = []
    for role in sorted(Role, key=lambda role: -shares["base", spans[0]][role]):
        if not any(share[role] > 0.0 for share in shares.values()):
            continue
        row = [capital(_several(words, role))]
        for slug in slugs:
            row += [percent(shares[slug, span][role]) for span in spans]
            row.append(percent(_down(found, slug, role, *spans[1])))
        rows.append(row)
    return Table("Share of all commitment moved along links, by who was heard", head, rows)


def _down(found: Found, slug: str, role: Role, first: int, last: int) -> float:
    """Of what a role moved along links in some months, the share that was downwards."""
    flows = found.run.detail.flows(slug)
    assert flows is not None
    moved = flows.by_month[first : last + 1, role, : len(KINDS)].sum(axis=(0, 1))
    total = float(along_links(flows, first, last)[role].sum())
    return float(-moved[FALL] / total) if total > 0.0 and moved[RISE] >= 0.0 else 0.0


# -- The network --------------------------------------------------------------------------------------------


def _network(found: Found) -> Iterator[Block]:
    record, month = found.network, found.month
    here = int((record.people["present"][month] > 0.0).sum())
    drawn = links(record, month)
    numbers = {name: len(drawn.get(name, [])) for name in LINES}
    top = found.influence.argsort(kind="stable")[::-1][:3]
    labels = record.organisation.labels
    said = listed([f"{labels[seat]} ({percent(float(found.influence[seat]))})" for seat in top])
    linked = listed([f"{n} {_LINK_WORDS[name]}" for name, n in numbers.items() if n])
    yield Text(
        f"At month {month}, {here} people are linked in {count(sum(numbers.values()), 'pair')}: {linked}.",
        "lead",
    )
    yield Text(
        f"In a pair, at least one listens to the other. This is future {record.future} of “{found.titles['base']}”: "
        "about half of the others keep more practised commitment, and half keep less. Most structural influence over "
        f"staff in it: {said}. Links across the boundary are lost with the people who hold them; the line and "
        "colleagues' links stay with the seat."
    )
    if here > MOST_DRAWN:
        yield Text(f"A picture of more than {MOST_DRAWN} people shows nothing, so none is drawn.")
        return
    yield plots.picture(
        "network",
        plot_people(record, month, found.influence),
        f"A network of {here} people, the line from the top down and partners below. Pairs: {linked}.",
        "Larger: more structural influence over what staff end up with. Darker: more committed to the change. The "
        "line runs from the top down; who is outside it stands below. A link's kind shows in its dashes as well as in "
        "its colour.",
        wide=True,
    )


_LINK_WORDS = {
    "vertical": "up and down the line",
    "horizontal inside": "between colleagues",
    "horizontal across": "across the boundary",
    "external support": "with the outside programme",
}


# -- The seven outcomes -------------------------------------------------------------------------------------


def _theory(found: Found) -> Iterator[Block]:
    base = found.theory["base"]
    futures, later = len(base), f"{span(found.scenario.measure.horizon)} on"
    change = {slug: mean_interval(base[:, i, 1] - base[:, i, 0]) for i, slug in enumerate(OUTCOMES)}
    fell = [OUTCOMES[slug].title.lower() for slug, (_, _, high) in change.items() if high < 0]
    rose = [OUTCOMES[slug].title.lower() for slug, (_, low, _) in change.items() if low > 0]
    clear = [(f"lower {_than(found)}", fell), (f"higher {_than(found)}", rose)]
    nothing = f"none of the seven is clearly lower or higher {_than(found)}"
    said = "; ".join(f"clearly {words}: {listed(titles)}" for words, titles in clear if titles)
    yield Text(f"With “{found.titles['base']}”, {later}, {said or nothing}.", "lead")
    yield Text(
        "The study names seven outcomes that its programme was to bring about (Miller et al. 2025, Table 1). These are "
        "proxies for them, read off people, links and the ledger. The model has no outcomes for people who use "
        "services. Compare variants; a level by itself says little."
    )
    yield plots.picture(
        "outcomes",
        plots.theory(found),
        "Seven small charts, one for each outcome, with a line for each variant from its value at the reference month "
        "to that at the end. The table below has the numbers.",
        f"Ring: {since(found.scenario)}. Dot: {found.scenario.measure.horizon} months later. Means over "
        f"{count(futures, 'future')}. Each chart has a scale of its own, from 0, none of it; 1 would be as much as its "
        "definition allows.",
        wide=True,
    )
    blocks: list[Block] = [
        _theory_table(found),
        Text(
            f"Means over {count(futures, 'future')} of {since(found.scenario)} → {found.scenario.measure.horizon} "
            f"months later; in brackets the change, with its {100 * LEVEL:.0f}% interval for chance between futures.",
            "small",
        ),
        Points([f"{each.title}. {each.definition} It falls short: {each.weakness}" for each in OUTCOMES.values()]),
    ]
    yield Fold("The seven in numbers, how each is computed, and where it falls short", blocks)


def _than(found: Found) -> str:
    return f"than at {since(found.scenario)}"


def _theory_table(found: Found) -> Table:
    rows = []
    for i, definition in enumerate(OUTCOMES.values()):
        row = [definition.title]
        most = max(float(each[:, i].mean(axis=0).max()) for each in found.theory.values())
        places = 2 if most >= 0.1 or most != most else 3 if most >= 0.01 else 4
        for each in found.theory.values():
            before, after = each[:, i].mean(axis=0)
            if before != before or after != after:
                row.append("undefined")
                continue
            change = [f"{x:+.{places}f}".replace("-", "−") for x in mean_interval(each[:, i, 1] - each[:, i, 0])]
            interval = "" if "nan" in "".join(change) else f" ({change[1]} to {change[2]})"
            row.append(f"{fixed(before, places)} → {fixed(after, places)}{interval}")
        rows.append(row)
    return Table(
        "The seven outcomes, before → after", ["outcome", *(found.titles[slug] for slug in found.theory)], rows
    )


# -- How long -----------------------------------------------------------------------------------------------


def _standing(found: Found) -> Iterator[Block]:
    run, collapse, half = found.run, {}, {}
    for slug, setting in run.whole.settings.items():
        followed = run.followed(slug)
        collapse[slug] = times_to_collapse(*followed, setting.measure)
        half[slug] = times_to_half(*followed, setting.measure)
    curves = {slug: survival_curve(times) for slug, times in collapse.items()}
    said = durations_words(collapse, half, found.titles, since(found.scenario))
    stand = {slug: percent(standing_at_the_end(curve)) for slug, curve in curves.items() if curve.at_risk[0]}
    ends = "; ".join(f"{found.titles[slug]} {stand.get(slug, 'never took hold')}" for slug in curves)
    yield Text(said[0], "lead")
    yield plots.picture(
        "durations",
        plot_survival(curves, found.titles, since(found.scenario)),
        f"Curves of the share of futures in which the change still stands, month by month. At the end: {ends}.",
        "The share of futures in which the change still stands, of those in which it had taken hold.",
        wide=True,
    )
    yield Points(said[1:])
    yield Text(_COLLAPSE.format(100 * found.scenario.measure.survival), "small")
    if run.again:
        yield Text(
            f"The run kept no months, so this, and who led, is of {count(run.again, 'future')} of its "
            f"{run.whole.number:,}, played again.",
            "small",
        )


_COLLAPSE = (
    "The change has collapsed from the month in which practised commitment falls below {:g}% of its former level and "
    "does not recover by the end; that is known only in hindsight. Bands: 95% intervals for each month. How many "
    "months it takes depends on assumed rates; which variant lasts longer is the firmer finding."
)


# -- What would keep it alive ------------------------------------------------------------------------------


def keep_alive(found: Found) -> Iterator[Block]:
    """The section, block by block: first what did best on fresh futures, whatever it did where it was chosen."""
    search = found.search
    if search is None:
        yield Text(
            "No search for interventions was made for this page. The variants above are what was compared. To search:"
        )
        yield Code([f"leadership-sim interventions {found.run.folder.name}/scenario.toml"])
        return
    best_first = sorted(search.by_interventions, key=lambda each: -each.fresh.survived.value)
    yield from paragraphs(helping.combinations(replace(search, by_interventions=best_first)), first="lead")
    yield from paragraphs(helping.alone(search))
    if helping.ranked(search):
        of = out_of(search.futures)
        yield plots.picture(
            "interventions",
            plots.interventions(search),
            f"How many more of {of} futures survive with each intervention alone. The table below has the numbers.",
            "Each intervention alone, taken as far as it helps (all of it where it does not clearly help): how many "
            "more futures survive. Filled: clearly more or fewer. Lines: 95% intervals.",
        )
    yield from paragraphs(helping.backfiring(search), style="note")
    yield from paragraphs(helping.together(search))
    yield from paragraphs(helping.idle(search))
    made_here = (
        "So few futures leave wide intervals: for decisions, search again with 200 (leadership-sim interventions)."
    )
    searched = f"Searched in {count(search.futures, 'future')} (seed {search.seed}); costs are left out."
    yield Text(" ".join([searched, *helping.caveats(search), *([] if found.search_folder else [made_here])]), "small")
    yield Fold("Every intervention in numbers", [table("Each intervention alone", helping.grid(search))])
