"""What would make the change survive, for people: the sentences and the table of a search for interventions."""

from collections.abc import Iterator, Sequence

from sim.analysis.interventions.catalogue import CATALOGUE, TENTHS
from sim.analysis.interventions.intervention import SET_ASIDE, Intervention
from sim.analysis.interventions.result import TARGET, Confirmed, Interventions, Pair, Use
from sim.base.intervals import Estimate
from sim.report.numbers import count, in_signs, listed, out_of, signed, span, whole
from sim.report.words.common import CAVEATS, Cell, Grid

NAMED = 3
"""At most so many interventions or pairs are named in one sentence; the tables have them all."""

ENOUGH = 100
"""With fewer futures than this a pair shows large effects only."""

MANY_NEVER = 0.1
"""A rise of the share that never took hold that is told."""


def interventions_words(found: Interventions) -> Iterator[str]:
    """What came out, to be read aloud: what helps, the smallest combinations, what goes together, what harms."""
    for part in (alone, combinations, together, backfiring, idle):
        yield from map(found.scenario.words.say, part(found))
    if found.pairs is None:
        yield "Which two do more together than their sum was not asked; --pairs asks, and takes up to 3 times as long."
    yield from map(found.scenario.words.say, ("", *caveats(found), *CAVEATS))


def caveats(found: Interventions) -> Iterator[str]:
    """What the numbers do not say."""
    tried = "; ".join(found.fewest.searched)
    yield (
        "“0.2 → 0.55” means from 0.2, as things are, to 0.55. Where no unit is given, 1 is the most there could be. A "
        f"step is a tenth of what an organisation could plausibly reach ({TENTHS} steps from one end to the other); "
        "most of these ranges are a matter of judgement, and the order of the steps is no firmer than they are. An "
        "intervention is in place from the start of the run; what concerns the departure takes effect then."
    )
    yield (
        f"Searched for the fewest interventions: {tried}. For the fewest steps: the best next step each time, with no "
        "step back; what is only on or off has no steps, and was left out."
    )
    yield (
        f"{found.compared} comparisons are called clear or not by their 95% interval, so some {found.compared // 20} "
        "of those called clear may be luck. What was chosen because it did best is judged in futures that had no part "
        "in choosing it."
    )


def ranked(found: Interventions) -> list[tuple[Intervention, Use | None, Use]]:
    """Each intervention that can go further, its step (none for a switch) and its main use, what gains most first.

    The main use is the cheapest full use, and all of it where that does not clearly help.
    """
    rows = []
    for intervention in found.interventions:
        main = found.use(intervention, "cheapest") or found.use(intervention, "full")
        if main is not None:
            rows.append((intervention, found.use(intervention, "step"), main))
    return sorted(rows, key=lambda row: -row[2].difference.value)


def grid(found: Interventions) -> Grid:
    """A row for each intervention: one step, as far as it helps and a step the wrong way, with the paired changes."""
    of, say = out_of(found.futures), found.scenario.words.say
    head = (
        f"At {span(found.scenario.measure.horizon)}, {whole(of * found.base.survived.value)} of {of} survive as things "
        "are.\nMore (+) or fewer (-) with:",
        "one step", "as far as it helps", "a step the wrong way",
    )  # fmt: skip
    rows: list[Sequence[Cell]] = []
    for intervention, step, main in ranked(found):
        unclear = main.name == "full" and not main.difference.clear
        cells: list[tuple[str, ...]] = [
            (intervention.from_to(use.tenths), in_signs(use.difference, of)) if use else ()
            for use in (step, main, found.use(intervention, "wrong way"))
        ]
        if unclear:
            cells[1] += ("(all of it: not clear)",)
        rows.append((say(intervention.entry.title), *cells))
    return Grid(head, rows)


def change(use: Use, of: int) -> str:
    """The change in survival by a use, with its interval, in whole futures."""
    return f"{_more(of * use.difference.value)} ({_ends(use.difference, of)})"


# -- The parts ----------------------------------------------------------------------------------------------


def alone(found: Interventions) -> Iterator[str]:
    """What clearly helps by itself, as far as it helps and by one step."""
    of = out_of(found.futures)
    before, later = whole(of * found.base.survived.value), span(found.scenario.measure.horizon)
    rows = ranked(found)
    opening = f"As things are (“{found.scenario.title}”), the change survives at {later} in {before} of {of} futures"
    best = [main for _, _, main in rows if main.helps][:NAMED]
    if best:
        yield from _gains(f"{opening}. With one intervention, taken as far as it helps", best, of)
    else:
        yield f"{opening}, and no intervention alone makes that clearly more."
    steps = sorted((s for _, s, _ in rows if s is not None and s.helps), key=lambda use: -use.difference.value)[:NAMED]
    if steps:
        yield from _gains("With one step of one intervention, a tenth of its range", steps, of)
    elif rows:
        yield "No intervention clearly helps by one step, a tenth of its range."
    for use in (main for _, _, main in rows):
        if use.shares.never >= found.base.never + MANY_NEVER:
            yield f"But with {_named(use)} the change never took hold in {whole(of * use.shares.never)} of {of}."


def _gains(opening: str, uses: Sequence[Use], of: int) -> Iterator[str]:
    """How many more futures survive with each, and beneath it the intervals."""
    gains = [
        f"{_more(of * use.difference.value)} {'' if i else 'survive '}with {_named(use)}" for i, use in enumerate(uses)
    ]
    yield f"{opening}, {listed(gains)}."
    yield f"    (95% intervals: {listed([_ends(use.difference, of) for use in uses])})"


def combinations(found: Interventions) -> Iterator[str]:
    """The fewest interventions and the fewest steps with which enough futures survive."""
    of = out_of(found.futures)
    wanted = f"{whole(TARGET * of)} of {of}"
    if not found.fewest.best.combination and found.fewest.reached:
        before = whole(of * found.base.survived.value)
        yield f"As things are, the change survives in {before} of {of} futures: no fewer than the {wanted} asked for."
        return
    first, *others = found.by_interventions
    if found.fewest.reached:
        enough = ("One intervention is enough", "Two interventions are enough", "Three interventions are enough")
        short = "" if first.reaches else " where it was chosen, though not in fresh futures"
        many = enough[len(first.combination) - 1]
        yield f"{many} for {wanted} futures to survive{short}: {_what(found, first)}. {_fresh(found, first)}."
        if others:
            said = [f"{_what(found, each)}, {_fresh_in_brief(found, each)}" for each in others]
            more = len(found.fewest.reached) - len(found.by_interventions)
            rest = f"; {more} more, not tested in fresh ones" if more > 0 else ""
            opening = "    Also enough in the futures used to choose, with how many survive in fresh ones"
            yield f"{opening}: {'; '.join(said)}{rest}."
    else:
        yield (
            f"Nothing that was tried is enough for {wanted} futures to survive. The best: {_what(found, first)}. "
            f"{_fresh(found, first)}."
        )
    if found.by_steps:
        last = found.by_steps[-1]
        steps = "one step" if last.tenths == 1 else f"{last.tenths} steps"
        if last.chosen.survived.value >= TARGET:
            opening = f"Taken step by step, {steps} {'is' if last.tenths == 1 else 'are'} enough"
        else:
            opening = f"Taken step by step, the search ends after {steps}, short of {wanted}"
        yield f"{opening}: {_what(found, last)}. {_fresh(found, last)}."


def together(found: Interventions) -> Iterator[str]:
    """Pairs that do more, or less, than the sum of the two."""
    if found.pairs is None:
        return
    of = out_of(found.futures)
    judged: dict[str, list[Pair]] = {}
    for pair in sorted(found.pairs, key=lambda pair: -abs(pair.interaction.value)):
        judged.setdefault(pair.finding, []).append(pair)
    for kind, opening in (("only together", "Only together"), ("more than the sum", "More than the sum of the two")):
        for pair in judged.get(kind, [])[:NAMED]:
            one, other = pair.uses
            yield (
                f"{opening}: {_named(one)} and {_named(other)}. Of {of}, {whole(of * pair.survived)} survive with "
                f"both, {whole(of * pair.one)} and {whole(of * pair.other)} with each, "
                f"{whole(of * pair.neither)} with neither."
            )
            yield f"    (beyond the sum: {_more(of * pair.interaction.value)}, {_ends(pair.interaction, of)})"
    if not judged.get("only together"):
        more = ", and no two that help alone and clearly do more than their sum"
        more = "" if judged.get("more than the sum") else more
        yield f"No two interventions were found that help only together{more}. {_judged(found.pairs)}"
    if same := judged.get("the same job", [])[:NAMED]:
        said = [" with ".join(_title(use) for use in pair.uses) for pair in same]
        yield f"These do partly the same job, so that both together bring less than the sum: {listed(said)}."
    relief: dict[str, list[str]] = {}
    for pair in judged.get("takes the harm away", []):
        harmful, other = pair.uses if pair.uses[0].harms else pair.uses[::-1]
        relief.setdefault(_title(harmful), []).append(_title(other))
    for title, others in relief.items():
        yield f"{title} does harm alone, but no longer together with {listed(others, 'or')}."


def _judged(pairs: Sequence[Pair]) -> str:
    """How many pairs were looked at how closely, and how large an effect could have been missed."""
    judged = [pair for pair in pairs if pair.judged]
    if not judged:
        return "No pair was judged."
    futures = max(pair.futures for pair in judged)
    large = " So few futures show large effects only: ask 200." if futures < ENOUGH else ""
    looked, closely = (
        len({tuple(use.intervention.slug for use in pair.uses) for pair in some}) for some in (pairs, judged)
    )
    return (
        f"{count(looked, 'pair')} were looked at, most of them by a step and further, and the {closely} that stood out "
        f"most judged, in {futures} futures which had no part in choosing them.{large}"
    )


def backfiring(found: Interventions) -> Iterator[str]:
    """What clearly does harm, and where a step the wrong way costs most."""
    of = out_of(found.futures)
    harmful: dict[str, Use] = {}
    for use in found.uses:
        if use.harms and use.name in ("step", "full") and use.difference.value < 0:
            harmful[use.intervention.slug] = use  # the full use, where both do
    for slug, use in sorted(harmful.items(), key=lambda item: item[1].difference.value):
        who_follows = _WHO_FOLLOWS if slug == "vacancy" else ""
        yield f"{_named(use)} backfires: with it, {change(use, of)} survive.{who_follows}"
    wrong = [use for use in found.uses if use.name == "wrong way"]
    harming = sorted((use for use in wrong if use.harms), key=lambda use: use.difference.value)
    if harming:
        said = [f"with {_named(use)} {change(use, of)} survive" for use in harming[:NAMED]]
        more = f" ({len(harming) - NAMED} more are in the table)" if len(harming) > NAMED else ""
        yield f"A step the wrong way does most harm here: {listed(said)}{more}."
    for use in (use for use in wrong if use.helps):
        yield f"Contrary to what was argued, a step the wrong way helps: with {_named(use)} {change(use, of)} survive."


def idle(found: Interventions) -> Iterator[str]:
    """What makes no clear difference, is at its best already, or is not available."""
    unclear = [_title(main) for _, _, main in ranked(found) if not (main.helps or main.harms)]
    if unclear:
        yield (
            f"In this many futures, alone and even in full, these made no clear difference: {listed(unclear)}. That "
            "concerns only whether the change outlives the director, and more futures may show a difference. The "
            "model has no outcomes for people who use services, so this is no reason to spend less on any of these."
        )
    best = [f"“{intervention.entry.title}”" for intervention in found.interventions if not intervention.most]
    if best:
        yield f"At its best already: {listed(best)}."
    titles = {entry.slug: entry.title for entry in CATALOGUE}
    aside = [f"“{titles[slug]}”" for slug, why in found.left_out.items() if why == SET_ASIDE]
    if aside:
        yield f"Set aside: {listed(aside)}."
    said = [f"“{titles[slug]}” ({why})" for slug, why in found.left_out.items() if why != SET_ASIDE]
    if said:
        yield f"Not available here: {listed(said)}."


_WHO_FOLLOWS = " That is with the successor of this scenario; who arrives matters more than when."


# -- Words --------------------------------------------------------------------------------------------------


def _title(use: Use) -> str:
    return f"“{use.intervention.entry.title}”"


def _named(use: Use) -> str:
    return _pulled(use.intervention, use.tenths)


def _pulled(intervention: Intervention, tenths: int) -> str:
    """An intervention with how far it is pulled; a switch by its title alone."""
    return f"“{intervention.entry.title}”" + ("" if intervention.entry.switch else f" ({intervention.from_to(tenths)})")


def _what(found: Interventions, each: Confirmed) -> str:
    """A combination in words."""
    names = [_pulled(found.interventions[i], tenths) for i, tenths in each.combination]
    return listed(names) if names else "nothing done"


def _fresh(found: Interventions, each: Confirmed) -> str:
    """How a combination did on fresh futures, and where it was chosen."""
    of = out_of(found.futures)
    share, low, high = (whole(of * x) for x in each.fresh.survived)
    base, before = whole(of * found.fresh_base.survived.value), whole(of * each.chosen.survived.value)
    it = "it" if len(each.combination) == 1 else "them"
    return (
        f"In fresh futures, which had no part in the choice, {share} of {of} survive with {it} ({low} to {high}) and "
        f"{base} without; in those used to choose, {before}"
    )


def _fresh_in_brief(found: Interventions, each: Confirmed) -> str:
    """The same for one of several."""
    share, low, high = (whole(out_of(found.futures) * x) for x in each.fresh.survived)
    return f"{share} ({low} to {high}{'' if each.reaches else ': too few'})"


def _more(difference: float) -> str:
    size = whole(abs(difference))
    return "no change" if size == 0 else f"{size} {'more' if difference > 0 else 'fewer'}"


def _ends(interval: Estimate, of: int) -> str:
    """An interval in whole futures: ``9 to 19``, where both ends point the way of the estimate."""
    low, high = (signed(of * end) for end in interval[1:])
    if low >= 0 or high <= 0:
        return " to ".join(str(end) for end in sorted((abs(low), abs(high))))
    return f"{-low} fewer to {high} more"
