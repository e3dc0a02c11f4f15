"""The one sheet for a director, both sides, as numbers and words: how it looks is its template's business."""

from collections.abc import Sequence
from dataclasses import dataclass

from sim.analysis.dependency.readings import Dependency
from sim.analysis.interventions.result import Use
from sim.analysis.uncertainty.robustness import Robustness
from sim.base.version import VERSION
from sim.experiments.comparison import Comparison
from sim.experiments.verdict import COLLAPSED, NEVER, SURVIVED, of_total
from sim.report.numbers import count, estimate, out_of, signed, span, whole
from sim.report.words import comparison as compared
from sim.report.words import robustness as across
from sim.report.words.dependency import WORTH_SAYING
from sim.scenario.labels import capital
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
    """A bar with its name above it; said: in words what it shows, for who cannot see it; ``beside``: for all."""

    name: str
    parts: Sequence[Part]
    said: str
    beside: bool = False


@dataclass(frozen=True)
class Block:
    """A part of the sheet: its heading, the sentence that matters, its bars, and how they came about in small."""

    heading: str
    lead: str
    bars: Sequence[Bar]
    small: str = ""


@dataclass(frozen=True)
class Sheet:
    """Front: the question, the answer, one picture. Back: the other blocks, what this is not, how it was made."""

    question: str
    front: Block
    back: Sequence[Block]
    no: Sequence[str]
    made: str

    @property
    def front_is_crowded(self) -> bool:
        """Whether the front is to be printed smaller, so that it stays one side."""
        front = self.front
        lines = 3.2 * -(-len(self.question) // 24) + 2 * -(-len(front.lead) // 44)
        return lines + sum(2.2 + -(-len(bar.name) // 60) * 1.3 for bar in front.bars) > 46

    @property
    def back_is_crowded(self) -> bool:
        """Whether the back is to be printed smaller, so that it stays one side."""
        lines = sum(
            3 + 1.3 * -(-len(block.lead) // 66) + -(-len(block.small) // 95)
            + sum(1.5 * max(1, -(-len(bar.name) // 28)) for bar in block.bars)
            for block in self.back
        )  # fmt: skip
        return lines > 46


def sheet(
    scenario: Scenario, front: Block, rests: Dependency, helps: Sequence[Use], over: Robustness, which: int, made: str
) -> Sheet:
    """A sheet from what was found. ``which``: of the variants in ``over``, the one whose order is asked about."""
    back = [on_whom(rests), what_helps(scenario, helps), how_sure(over, which)]
    return Sheet(scenario.question or scenario.title, front, back, NOT, made)


NOT = (
    "It predicts nothing about a real organisation, and says nothing about a real person. It shows what follows from "
    "stated assumptions.",
    "They rest on one qualitative study (Miller et al. 2025, doi:10.1093/bjsw/bcaf070). Most of the model's numbers "
    "are assumptions, not measurements.",
    "Compare the bars with one another; how long a single bar is says little.",
    "Whether the change is good for people who use services is not asked: the model has no outcomes for them.",
)


def made_by(played: str, folder: str, futures: int, seed: int, scenario_hash: str) -> str:
    """How a sheet was made, in a line."""
    return (
        f"leadership-sim {VERSION}: {played}; {count(futures, 'future')} for each part of the back (seed {seed}); "
        f"scenario {scenario_hash[:12]}. Again:  leadership-sim report {folder}"
    )


# -- Front ------------------------------------------------------------------------------------------------------------


def of_variants(comparison: Comparison) -> Block:
    """The answer of a run: a bar for each variant, in how many futures the change survives, collapses, never begins."""
    of, later = out_of(comparison.number), span(comparison.scenario.measure.horizon)
    bars, titles = [], {row["variant"]: row["title"] for row in comparison.rows}
    for row in comparison.rows[:MOST_BARS]:
        counts = of_total([row[verdict.column] for verdict in (SURVIVED, COLLAPSED, NEVER)], of)
        words = f"{counts[0]} survive", f"{counts[1]} collapse", f"{counts[2]} never take hold"
        kinds = "survived", "collapsed", "never"
        parts = [
            _part(n / of, kind, said, str(n), FRONT) for n, kind, said in zip(counts, kinds, words, strict=True) if n
        ]
        told = [said for n, said in zip(counts, words, strict=True) if n]
        bars.append(Bar(row["title"], parts, ", ".join(told)))
    left = len(comparison.rows) - len(bars)
    more = f" {count(left, 'more variant')}: see summary.csv." if left else ""
    apart = {titles[row["compared_with"]] for row in comparison.rows if row["compared_with"] not in ("", "base")}
    beside = f" “{next(iter(apart))}” is there to be compared with those below it." if len(apart) == 1 else ""
    return Block(
        "The answer",
        compared.answer(comparison),
        bars,
        f"Of {of} simulated futures, all rows in the same ones, {later} on. {capital(_chance(comparison, of))}"
        f"{beside}{more}",
    )


def _chance(comparison: Comparison, of: int) -> str:
    low, high = (whole(of * comparison.rows[0][f"survived_{end}"]) for end in ("low", "high"))
    return f"by chance alone, the first row lies between {low} and {high} (95%)."


FRONT, BACK = 0.015, 0.026
"""How much of a bar's full width a letter in it takes, on either side of the sheet."""


def _part(share: float, kind: str, said: str, short: str, letter: float) -> Part:
    """A piece with as many words in it as there is room for."""
    words = said if share > letter * (len(said) + 1) else short if share > letter * (len(short) + 1) else ""
    return Part(share, kind, words)


def of_worlds(over: Robustness) -> Block:
    """The answer of a run over plausible worlds: a bar for each variant, in how many worlds it does better."""
    bars = [_world_bar(over, i, FRONT) for i in over.order[:MOST_BARS]]
    each = f"Each bar: in how many worlds the change survives more, as or less often than with “{over.titles[0]}”. "
    return Block("The answer", across.answer(over), bars, each + _what_a_world_is(over))


# -- Back -------------------------------------------------------------------------------------------------------------


def on_whom(found: Dependency) -> Block:
    """On whom it rests: the director's seat empty, a sceptic in it, and the others on whom most rests."""
    heading, director, later = "On whom it rests", found.director, span(found.scenario.measure.horizon)
    if not director.dependency.defined:
        lead = (
            f"The director and the programme together make almost no difference {later} on, so nothing to speak of "
            "rests on the director."
        )
        return Block(heading, lead, [])
    others = sorted(found.roles[1:], key=lambda each: -each.practice_lost.value)
    foremost = [each for each in others if each.dependency.low > WORTH_SAYING][:MOST_RESTS]
    named = [
        ("The director's seat left empty", director.dependency),
        ("A sceptic in it at once", director.sceptic),
        *((f"Without {each.group.title}", each.dependency) for each in foremost),
    ]
    full = max(1.0, *(each.value for _, each in named if each.value == each.value))
    bars = [
        Bar(name, [Part(max(0.0, each.value) / full, "lost")], estimate(each), beside=True)
        for name, each in named if each.value == each.value
    ]  # fmt: skip
    lead = (
        f"If the director's seat stays empty, {whole(100 * director.dependency.value)}% of what director and programme "
        f"add to the change is lost {later} on"
    )
    if director.sceptic.low > director.dependency.high:
        lead += "; a sceptic in it costs more than an empty seat"
    elif foremost:
        lead += f"; next comes {foremost[0].group.title}"
    small = (
        f"Each taken away after month {found.month}, the others staying, in {count(found.futures, 'future')}; in "
        "brackets 95% intervals. Above 100%, the change does worse than with neither director nor programme."
    )
    return Block(heading, f"{lead}.", bars, small)


def what_helps(scenario: Scenario, helps: Sequence[Use]) -> Block:
    """What would help most: three bars, how many more futures survive with each."""
    heading, later = "What would help most", span(scenario.measure.horizon)
    if not helps:
        return Block(heading, "Nothing that a leadership team can change is open to this scenario.", [])
    of = out_of(helps[0].shares.futures)
    before = whole(of * (helps[0].shares.survived.value - helps[0].difference.value))
    clear = [use for use in helps if use.helps]
    if clear:
        best = clear[0]
        more = signed(of * best.difference.value)
        lead = f"{best.intervention.entry.title}: {more} more of {of} futures survive {later}."
    else:
        lead = (
            f"Nothing by itself clearly helps: as things are, the change survives {later} in {before} of {of} futures."
        )
    shown = [use for use in helps if use.difference.value > 0]
    full = max((use.difference.value for use in shown), default=1.0)
    bars = [
        Bar(
            use.intervention.entry.title,
            [Part(max(0.0, use.difference.value) / full, "gain" if use.helps else "unclear")],
            f"{signed(of * use.difference.value):+} ({signed(of * use.difference.low):+} to "
            f"{signed(of * use.difference.high):+})".replace("-", "−").replace("+0", "0"),
            beside=True,
        )
        for use in shown
    ]
    small = (
        f"More (+) or fewer (−) of {of} futures survive than the {before} as things are, each measure by itself and "
        "taken as far as it goes; in brackets 95% intervals. Chosen among all open to you, and counted in futures that "
        "had no part in the choice. What it costs is left out."
    )
    return Block(heading, lead, bars, small)


def how_sure(over: Robustness, which: int) -> Block:
    """How sure: one bar over plausible worlds."""
    if not which:
        low, middle, high = (whole(100 * x) for x in over.spread(0))
        shares = over.shares(SURVIVED)[:, 0]
        counts = [int((shares > 0.5).sum()), int((shares <= 0.5).sum())]
        words = f"{counts[0]}: survives in most futures", f"{counts[1]}: does not"
        parts = [
            _part(n / len(shares), kind, said, str(n), BACK)
            for n, kind, said in zip(counts, ("better", "worse"), words, strict=True) if n
        ]  # fmt: skip
        lead = (
            f"From world to world, the change survives in {low} to {high} of 100 futures; {middle} in the middle one."
        )
        return Block("How sure", lead, [Bar(over.titles[0], parts, "; ".join(words))], _what_a_world_is(over))
    low, _, high = (whole(100 * x) for x in over.spread(0))
    small = f"“{over.titles[0]}” by itself survives in {low} to {high} of 100 futures, from world to world. "
    return Block(
        "How sure", across.answer(over, which), [_world_bar(over, which, BACK)], small + _what_a_world_is(over)
    )


def _world_bar(over: Robustness, i: int, letter: float) -> Bar:
    n, worlds, other = over.counted[i], len(over.outcomes), over.compared_with(i)
    against = f" (against “{over.titles[other]}”)" if other else ""
    counts = (
        (n.worlds_clearly_better, "clear", "clearly"),
        (n.worlds_better - n.worlds_clearly_better, "better", "more often"),
        (n.worlds_same, "same", "as often"),
        (n.worlds_worse, "worse", "less often"),
    )
    parts = [_part(k / worlds, kind, f"{k} {words}", str(k), letter) for k, kind, words in counts if k]
    return Bar(over.titles[i] + against, parts, ", ".join(f"{k} {words}" for k, _, words in counts if k))


def _what_a_world_is(over: Robustness) -> str:
    few = " So few say little." if over.few else ""
    return (
        f"{count(len(over.outcomes), 'plausible world')}, {count(over.outcomes.shape[2], 'future')} in each. Most "
        "numbers in the model are guesses; a world is one set of them that agrees with what little is published. "
        f"Worlds are counted, not weighed.{few}"
    )
