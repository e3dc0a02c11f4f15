"""The one sheet for a director, both sides, as numbers and words. How to read it: docs/report.md.

Nothing is played, judged or drawn here. What comes in was found by ``sim.experiments`` and ``sim.analysis``, by the
equations of ``sim.model.rules``; what goes out are bars and sentences, and how they look is ``page.html.jinja``'s
business. Sentences that a command says too stand in ``sim.report.words``. Every number that a bar shows goes with it
(``Bar.numbers``), so that it can be found again in report.csv.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.analysis.dependency.readings import Dependency
from sim.analysis.interventions.catalogue import CATALOGUE
from sim.analysis.interventions.run import Foremost
from sim.analysis.uncertainty.robustness import Robustness
from sim.base.version import VERSION
from sim.experiments.comparison import Comparison
from sim.experiments.ensemble import BASE
from sim.experiments.verdict import SURVIVED
from sim.organisation.structure import Organisation
from sim.report.numbers import count, estimate, in_signs, listed, out_of, quoted, signed, span, whole
from sim.report.words import comparison as compared
from sim.report.words import robustness as across
from sim.report.words.comparison import with_ends
from sim.report.words.dependency import WORTH_SAYING
from sim.report.words.robustness import range_words
from sim.report.words.scenario import seats_by_role
from sim.scenario.labels import capital, small_first
from sim.scenario.scenario import Scenario

MOST_BARS = 8
"""Variants shown on the front, at most."""

MOST_RESTS = 3
"""Others beside the director of whom it is said how much rests on them."""


@dataclass(frozen=True)
class Part:
    """A piece of a bar: how much of the full width, what it stands for (its look), what is written in it."""

    share: float
    kind: str
    said: str = ""


@dataclass(frozen=True)
class Bar:
    """A bar with its name above it; said: in words what it shows, for who cannot see it; beside: what stands beside it.

    numbers: what it was drawn from, by what each is.
    """

    name: str
    parts: Sequence[Part]
    said: str
    beside: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Block:
    """A part of the sheet: its heading, the sentence that matters, its bars, and how they came about in small."""

    heading: str
    lead: str
    bars: Sequence[Bar]
    small: str = ""


@dataclass(frozen=True)
class Sheet:
    """Front: of whom, the question, the answer, one picture. Back: the other blocks, what this is not, how it was made.

    doubt: how far the answer hangs on guesses. assumed: what was assumed in reading a real organisation.
    """

    about: str
    question: str
    front: Block
    doubt: str
    back: Sequence[Block]
    no: Sequence[str]
    assumed: str
    made: str

    def rows(self) -> Iterator[dict[str, Any]]:
        """A row for each number on the sheet: of which part and bar, what it is."""
        for block in (self.front, *self.back):
            for bar in block.bars:
                for what, value in bar.numbers.items():
                    yield {"part": block.heading, "bar": bar.name, "what": what, "value": value}

    @property
    def front_is_crowded(self) -> bool:
        """Whether the front is to be printed smaller, so that it stays one side."""
        front = self.front
        lines = 1 + 3.2 * -(-len(self.question) // 24) + 2 * -(-len(front.lead) // 44)
        return lines + sum(2.2 + -(-len(bar.name) // 60) * 1.3 for bar in front.bars) > 46

    @property
    def back_is_crowded(self) -> bool:
        """Whether the back is to be printed smaller, so that it stays one side."""
        lines = sum(
            3 + 1.3 * -(-len(block.lead) // 66) + -(-len(block.small) // 95)
            + sum(1.5 * max(1, -(-len(bar.name) // 28)) for bar in block.bars)
            for block in self.back
        )  # fmt: skip
        return lines + len(self.assumed) / 110 > 44


def sheet(
    scenario: Scenario, organisation: Organisation, front: Block, back: Sequence[Block], over: Robustness, made: str
) -> Sheet:
    """A sheet from its parts."""
    what = "As your files have it" if scenario.organisation.imported else "A typical organisation"
    about = f"{what}: {seats_by_role(organisation, scenario.words)}."
    assumed = " ".join(organisation.notes) if scenario.organisation.imported else ""
    return Sheet(about, scenario.question or scenario.title, front, doubt(over), back, NOT, assumed, made)


NOT = (
    "It predicts nothing about a real organisation, and says nothing about a real person. It shows what follows from "
    "stated assumptions.",
    "It rests on one qualitative study (Miller et al. 2025, doi:10.1093/bjsw/bcaf070). Most of the model's numbers "
    "are assumptions, not measurements.",
    "Compare the bars with one another; how long a single bar is says little.",
    "Whether the change is good for people who use services is not asked: the model has no outcomes for them.",
)


def doubt(over: Robustness) -> str:
    """How far the first row hangs on the model's guesses, in a line."""
    return f"With other guesses, {_spread(over)} of 100 in the first row ({_of_which(over)}): see “How sure”."


def _spread(over: Robustness) -> str:
    """In how many of 100 futures the change survives in the first row, from world to world."""
    low, high = (whole(100 * x) for x in over.spread(0)[::2])
    return f"{low} to {high}" if low < high else f"{low}"


def _of_which(over: Robustness) -> str:
    return range_words(len(over.outcomes))


def made_by(played: str, futures: int, seed: int, over: Robustness, again: str, scenario_hash: str) -> str:
    """How a sheet was made, in a line. again: what to type."""
    return (
        f"leadership-sim {VERSION}: {played}; {count(futures, 'future')} for what rests on whom and what would help "
        f"(seed {seed}); {over.outcomes.shape[2]} in each world (seed {over.seed}); scenario {scenario_hash[:12]}. "
        f"Again, where the folder lies:  {again}"
    )


# -- Front ------------------------------------------------------------------------------------------------------------


def of_variants(comparison: Comparison) -> Block:
    """The answer of a run: a bar for each variant, in how many futures the change survives, collapses, never begins.

    Where as many survive in each, so that such bars would tell nothing: how much of the work is done the new way.
    """
    of, setting, shown = out_of(comparison.number), comparison.scenario, _shown(comparison)
    rows = comparison.rows
    alike = len(rows) > 1 and len(set(compared.survivors(comparison).values())) == 1
    bars = [_by_practice(row) if alike else _by_verdict(row, of) for row in rows if row["variant"] in shown]
    left = len(rows) - len(bars)
    more = f" {count(left, 'more variant')}: see summary.csv." if left else ""
    later = f"{span(setting.measure.horizon)} after {compared.since(setting)}"
    if alike:
        said = f"Bars: how much of staff's work is done the new way {later}, the mean of {of} simulated futures."
    else:
        said = (
            f"A future is one run of the simulation, with chances of its own, the same in all rows; there are "
            f"{comparison.number:,}{', counted in 100' if comparison.number > of else ''}. The change survives where "
            f"at least {100 * setting.measure.survival:g}% of what staff did the new way before "
            f"({whole(100 * rows[0]['practice_before'])}% of their work) is left {later}."
        )
    small = f"{said}{_beside(comparison, alike)}{compared.told_to_be_few(comparison)}{more}"
    return Block("The answer", compared.answer(comparison), bars, small)


def _shown(comparison: Comparison) -> set[str]:
    """The variants that have a bar: the first row, those that the answer names, and others from the top."""
    first = [comparison.rows[0], *compared.named(comparison)]
    order = [row["variant"] for row in (*first, *comparison.rows)]
    return set(list(dict.fromkeys(order))[:MOST_BARS])


def _beside(comparison: Comparison, alike: bool) -> str:
    """What the numbers beside the bars are."""
    rows, chance = comparison.rows, "" if alike else f" {capital(compared.by_chance(comparison))}"
    if len(rows) == 1:
        return chance
    titles = {row["variant"]: row["title"] for row in rows}
    others = list(dict.fromkeys(titles[row["compared_with"]] for row in rows[1:] if row["compared_with"] != BASE))
    apart = f", or, below it, than with {listed([quoted(title) for title in others])}" if others else ""
    what = "hundredths more or less is done" if alike else "more or fewer survive"
    return f"{chance} Beside the bars: how many {what} than in the first row{apart} (95% interval)."


def _by_verdict(row: Mapping[str, Any], of: int) -> Bar:
    never, collapsed, survived = compared.ended(row, of).values()
    counts = (
        (survived, "survived", "survive"),
        (collapsed, "collapsed", "collapse"),
        (never, "never", "never take hold"),
    )
    found = [(n, kind, f"{n} {said}") for n, kind, said in counts if n]
    parts = [_part(n / of, kind, said, str(n), FRONT) for n, kind, said in found]
    numbers = _numbers(row, *with_ends("survived"), "collapsed", "never_took_hold", *with_ends("survived_difference"))
    return Bar(row["title"], parts, ", ".join(said for *_, said in found), compared.difference(row, of), numbers)


def _by_practice(row: Mapping[str, Any]) -> Bar:
    share, said = float(row["practice_after"]), f"{compared.practised(row)} of the work"
    numbers = _numbers(row, *with_ends("practice_after"), "survived", *with_ends("practice_difference"))
    ends = [numbers[name] for name in with_ends("practice_difference") if name in numbers]
    beside = in_signs(ends, 100) if len(ends) == 3 else ""
    return Bar(row["title"], [_part(share, "survived", said, said, FRONT)], said, beside, numbers)


def _numbers(row: Mapping[str, Any], *names: str) -> dict[str, float]:
    """Some columns of a row, those that are defined."""
    return {name: row[name] for name in names if row[name] == row[name]}


FRONT, BACK = 0.015, 0.026
"""How much of a bar's full width a letter in it takes, on either side of the sheet."""


def _part(share: float, kind: str, said: str, short: str, letter: float) -> Part:
    """A piece with as many words in it as there is room for."""
    words = said if share > letter * (len(said) + 1) else short if share > letter * (len(short) + 1) else ""
    return Part(share, kind, words)


def of_worlds(over: Robustness) -> Block:
    """The answer of a run over plausible worlds: a bar for each variant, in how many worlds it does better."""
    bars = [_world_bar(over, i, FRONT) for i in over.order[:MOST_BARS]]
    if not bars:
        alone = how_sure(over, 0)
        return Block("The answer", across.answer(over), alone.bars, alone.small)
    others = any(over.compared_with(i) for i in over.order)
    apart = ", or than with the one named beside it" if others else ""
    each = (
        f"Each bar: in how many worlds the change survives more, as or less often than with “{over.titles[0]}”{apart}. "
    )
    return Block("The answer", across.answer(over), bars, each + _what_a_world_is(over))


# -- Back -------------------------------------------------------------------------------------------------------------


def on_whom(found: Dependency) -> Block:
    """On whom it rests: the director's seat empty, a sceptic in it, and the others on whom most rests."""
    heading, director, later = "On whom it rests", found.director, span(found.scenario.measure.horizon)
    aside = " In the run the director leaves at random; here, in every future then." * found.scenario.random_departures
    if not director.dependency.defined:
        return _by_collapse(found, heading, later, aside)
    others = sorted(found.roles[1:], key=lambda each: -each.practice_lost.value)
    foremost = [each for each in others if each.dependency.low > WORTH_SAYING][:MOST_RESTS]
    named = [
        ("The director's seat left empty", director.dependency),
        ("A sceptic in it at once", director.sceptic),
        *((f"Without {each.group.title}", each.dependency) for each in foremost),
    ]
    full = max(1.0, *(each.value for _, each in named if each.value == each.value))
    bars = [
        Bar(
            name, [Part(max(0.0, each.value) / full, "lost")], estimate(each), estimate(each),
            each.columns("dependency"),
        )
        for name, each in named if each.value == each.value
    ]  # fmt: skip
    lead = (
        f"If the director's seat stays empty, {whole(100 * director.dependency.value)}% of what director and programme "
        f"add to the change is lost {later} on"
    )
    if director.sceptic.low > director.dependency.high:
        lead += "; a sceptic in it costs more than an empty seat"
    elif foremost:
        more = foremost[0].dependency.value > director.dependency.value
        lead += f"; {'more rests on' if more else 'next comes'} {foremost[0].group.title}"
    small = (
        f"Each taken away after month {found.month}, the others staying, in {count(found.futures, 'future')}; in "
        f"brackets 95% intervals. Above 100%, the change does worse than with neither director nor programme.{aside}"
    )
    return Block(heading, f"{lead}.", bars, small)


def _by_collapse(found: Dependency, heading: str, later: str, aside: str) -> Block:
    """The same where director and programme add too little for shares of it: in how many futures it collapses."""
    lost = {
        "The director's seat left empty": ("with the seat empty", found.director.collapsed),
        "A sceptic in it at once": ("with a sceptic in it", found.director.sceptic_collapsed),
    }
    known = {name: (words, share) for name, (words, share) in lost.items() if share == share}
    bars = [
        Bar(name, [Part(share, "lost")], f"{whole(100 * share)} of 100 collapse", f"{whole(100 * share)} of 100",
            {"collapsed": share})
        for name, (_, share) in known.items()
    ]  # fmt: skip
    told = listed([f"{whole(100 * share)} {words}" for words, share in known.values()])
    lead = f"Of 100 futures that survive if everybody stays, {told} collapse within {later}."
    if not known:
        lead = "In no future does the change survive if everybody stays, so nobody's loss can end it."
    small = (
        f"After month {found.month}, in {count(found.futures, 'future')}. The director and the programme together add "
        f"too little here to speak of shares of it.{aside}"
    )
    return Block(heading, lead, bars, small)


def what_helps(scenario: Scenario, helps: Sequence[Foremost], since: int = 0) -> Block:
    """What would help most: three bars, how many more futures survive with each; or else how much more is kept.

    ``since``: the month from which they were tried.
    """
    heading, later = "What would help most", span(scenario.measure.horizon)
    if not helps:
        return Block(heading, "Nothing that a leadership team can change is open to this scenario.", [])
    uses = [each.use for each in helps]
    of = out_of(uses[0].shares.futures)
    before = whole(of * (uses[0].shares.survived.value - uses[0].difference.value))
    by_survival = any(use.helps for use in uses)
    by_kept = not by_survival and any(each.kept.low > 0 for each in helps)
    found = [(each.use, each.kept if by_kept else each.use.difference) for each in helps]
    found = sorted(((use, gain) for use, gain in found if gain.value > 0), key=lambda each: -each[1].value)
    if by_survival:
        best = signed(of * next(gain.value for use, gain in found if use.helps))
        tied = [use.intervention.entry.title for use, gain in found if use.helps and signed(of * gain.value) == best]
        each = ", each by itself" if len(tied) > 1 else ""
        named = listed([tied[0], *map(small_first, tied[1:])])
        lead = f"{named}{each}: {best} more of {of} futures survive {later} than with “{scenario.title}” alone."
    elif by_kept:
        best_title = small_first(found[0][0].intervention.entry.title)
        lead = f"Nothing by itself clearly raises survival. Most is kept with: {best_title}."
    elif before == of:
        lead = f"Nothing is left to gain: as things are, the change survives {later} in all {of} futures."
    else:
        lead = (
            f"Nothing by itself clearly helps: as things are, the change survives {later} in {before} of {of} futures."
        )
    room = 0.25 if by_kept else (of - before) / of  # all that there is to gain
    full = max(room, max((gain.value for _, gain in found), default=1.0))
    points = 100 if by_kept else of
    start = f"from month {since} on, where that can be" if since else "from the start of the change"
    few = " So few futures tell little." if uses[0].shares.futures < compared.FEW else ""
    bars = [
        Bar(
            use.intervention.entry.title,
            [Part(gain.value / full, "gain" if gain.low > 0 else "unclear")],
            in_signs(gain, points),
            in_signs(gain, points),
            gain.columns("kept_difference" if by_kept else "survived_difference"),
        )
        for use, gain in found
    ]
    what = (
        f"How many more of {of} futures survive than the {before} with “{scenario.title}” alone (full width: all "
        f"{of - before} that do not)"
    )
    if by_kept:
        what = f"Of what staff did the new way before, so many hundredths more (+) or less (−) is left {later} on"
    small = (
        f"{what}, each measure by itself, in full and {start}; in brackets 95% intervals; grey: "
        f"not clear.{few} Chosen among all {len(CATALOGUE)} that leadership-sim knows, as far as they are open to you, "
        "and counted in other futures than those they were chosen in, and than those of the front. What it costs is "
        "left out."
    )
    return Block(heading, lead, bars, small if bars else "")


def how_sure(over: Robustness, which: int) -> Block:
    """How sure: one bar over plausible worlds."""
    if which:
        bar = _world_bar(over, which, BACK)
        alone = f"“{over.titles[0]}” by itself survives in {_spread(over)} of 100 futures {_of_which(over)}"
        small = f"{capital(bar.said)}. {alone}. {_what_a_world_is(over)}"
        return Block("How sure", across.answer(over, which), [bar], small)
    shares = over.shares(SURVIVED)[:, 0]
    counts = [int((shares > 0.5).sum()), int((shares <= 0.5).sum())]
    words = f"{counts[0]}: in most futures", f"{counts[1]}: not"
    parts = [
        _part(n / len(shares), kind, said, str(n), BACK)
        for n, kind, said in zip(counts, ("better", "worse"), words, strict=True) if n
    ]  # fmt: skip
    numbers = {"worlds_most_survive": counts[0], "worlds_most_do_not": counts[1]}
    told = f"in {counts[0]} worlds it survives in most futures, in {counts[1]} it does not"
    bar = Bar(over.titles[0], parts, told, numbers=numbers)
    middle = whole(100 * over.spread(0)[1])
    lead = f"The change survives in {_spread(over)} of 100 futures {_of_which(over)}; in the middle one in {middle}."
    return Block("How sure", lead, [bar], f"{capital(told)}. {_what_a_world_is(over)}")


def _world_bar(over: Robustness, i: int, letter: float) -> Bar:
    n, worlds = over.counted[i], len(over.outcomes)
    counts = (
        (n.worlds_clearly_better, "clear", "clearly"),
        (n.worlds_better - n.worlds_clearly_better, "better", "somewhat more often"),
        (n.worlds_same, "same", "as often"),
        (n.worlds_worse, "worse", "less often"),
    )
    parts = [_part(k / worlds, kind, f"{k} {words}", str(k), letter) for k, kind, words in counts if k]
    said = ", ".join(f"{k} {words}" for k, _, words in counts if k).replace("clearly", "clearly more often")
    return Bar(across.titled(over, i), parts, said, numbers=n._asdict())


def _what_a_world_is(over: Robustness) -> str:
    few = " So few say little." if over.few else ""
    return (
        f"{count(len(over.outcomes), 'plausible world')}, {count(over.outcomes.shape[2], 'future')} in each. Most "
        "numbers in the model are guesses; a world is one set of them that agrees with what little is published. "
        f"Worlds are counted, not weighed.{few}"
    )
