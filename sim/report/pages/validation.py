"""Evidence as a page with two pictures and a table (docs/validation.md is one)."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from sim.analysis.ranges import ranges
from sim.analysis.validation.ablations import ABLATIONS, AS_IT_IS, RIVALS, STORY, World
from sim.analysis.validation.findings import CANNOT_TELL, DOES_NOT, SHOWS, UNDEFINED, Claim, Finding, together
from sim.analysis.validation.patterns import PATTERNS, Pattern
from sim.analysis.validation.run import Validation, lettered
from sim.base.version import VERSION
from sim.report.pages.templates import template
from sim.report.plots.validation import scale_of

MARKS = {SHOWS: "●", CANNOT_TELL: "○", DOES_NOT: "✕", UNDEFINED: "–"}


def page(evidence: Validation) -> str:
    """The page, in Markdown."""
    patterns, points = asked(evidence), len(evidence.points)
    base = evidence.worlds[AS_IT_IS.slug]
    return template(Path(__file__).with_name("validation.md.jinja"), with_commas=with_commas).render(
        evidence=evidence,
        patterns=patterns,
        base=base,
        lettered=lettered,
        told=told,
        bounds=_bounds,
        names=[name for slug, findings in base.items() for name in lettered(slug, findings)],
        command=f"leadership-sim validate --futures {evidence.futures} --points {points} --seed {evidence.seed}",
        version=VERSION,
        story=STORY,
        points=points,
        parameters=len(ranges()),
        verdicts=(SHOWS, DOES_NOT, CANNOT_TELL, UNDEFINED),
        by_definition_only=by_definition_only,
        summary=" ".join(validation_words(evidence)),
        most=_at_once(evidence),
        spread=lambda slug, place: _spread(evidence, slug, place),
        ablations=ABLATIONS,
        rivals=RIVALS,
        spared=spared(evidence),
        marks=lambda world: list(_marks(evidence, world)),
        shows=lambda world, pattern: evidence.verdict(world.slug, pattern.slug) == SHOWS,
    )


def asked(evidence: Validation) -> list[Pattern]:
    """The design's patterns that were asked for."""
    return [pattern for pattern in PATTERNS if pattern.slug in evidence.worlds[AS_IT_IS.slug]]


def told(finding: Finding) -> str:
    """A finding's value and interval, in its unit."""
    if not finding.estimate.defined:
        return "undefined"
    scale = scale_of(finding.claim)
    value, low, high = (_number(scale * x) for x in finding.estimate)
    return f"{value} ({low} to {high}) {finding.claim.unit}"


def _number(x: float) -> str:
    return f"{x:.1f}".replace("-", "−").replace("−0.0", "0.0")


def _bounds(claim: Claim) -> str:
    """What a claim's number must be to count."""
    scale = scale_of(claim)
    least, most = scale * claim.least, scale * claim.most
    return (f"more than {least:g}" if np.isinf(most) else f"{least:g} to {most:g}").replace("-", "−")


def by_definition_only(pattern: Pattern) -> bool:
    """Whether every claim of a pattern that counts could hardly come out otherwise."""
    return all(claim.by_definition for claim in pattern.claims if not claim.aside)


def with_commas(words: Iterable[str]) -> str:
    """Words with commas, or a dash for none."""
    return ", ".join(words) or "–"


def validation_words(evidence: Validation) -> Iterator[str]:
    """How many patterns come to each verdict, and what is left of those that show."""
    by: dict[str, list[str]] = {SHOWS: [], DOES_NOT: [], CANNOT_TELL: [], UNDEFINED: []}
    for pattern in asked(evidence):
        by[evidence.verdict(AS_IT_IS.slug, pattern.slug)].append(pattern.slug)
    words = {
        SHOWS: ("shows", "show"),
        DOES_NOT: ("does not show", "do not show"),
        CANNOT_TELL: ("cannot be told", "cannot be told"),
        UNDEFINED: ("is undefined", "are undefined"),
    }
    counted = [f"{len(slugs)} {words[v][len(slugs) > 1]} ({with_commas(slugs)})" for v, slugs in by.items() if slugs]
    real = [p.slug for p in asked(evidence) if p.slug in by[SHOWS] and not by_definition_only(p)]
    rivals = {world.slug: [s for s in real if evidence.verdict(world.slug, s) == SHOWS] for world in RIVALS}
    own = [slug for slug in real if all(slug not in shown for shown in rivals.values())]
    most = max(len(shown) for shown in rivals.values())
    alone = f"only {with_commas(own)} by none of them alone" if own else "each is shown by some rival alone"
    yield f"Of {len(asked(evidence))} patterns {', '.join(counted)}."
    yield f"Of those that show, {len(real)} do so not only by definition ({with_commas(real)})."
    yield f"No rival shows more than {most} of these, though {alone}."
    yield "So what speaks for the model is first of all that it shows them together."


def _at_once(evidence: Validation) -> str:
    """How many patterns show at once at a setting."""
    numbers = [sum(together(f) == SHOWS for f in point.values()) for point in evidence.points]
    if not numbers:
        return "none was asked"
    return (
        f"the middle one shows {np.median(numbers):.0f} patterns and the best {max(numbers)} of {len(asked(evidence))}"
    )


def spared(evidence: Validation) -> str:
    """The mechanisms without which every claim comes to the verdict that it has as it is."""
    base = evidence.worlds[AS_IT_IS.slug]

    def verdicts(world: World) -> list[str]:
        return [f.verdict for slug in base for f in evidence.worlds[world.slug][slug] if not f.claim.aside]

    idle = [world.title.lower() for world in ABLATIONS if verdicts(world) == verdicts(AS_IT_IS)]
    if not idle:
        return "Without each of the mechanisms some claim comes to another verdict."
    told = "No claim here is evidence for these mechanisms, at this many futures."
    return f"**Change no verdict**: {'; '.join(idle)}. {told}"


def _spread(evidence: Validation, slug: str, place: int) -> list[str]:
    """A claim's value at plausible settings: the middle, and the tenth and ninetieth percentile; empty for none."""
    claim = evidence.worlds[AS_IT_IS.slug][slug][place].claim
    values = np.array([point[slug][place].estimate.value for point in evidence.points])
    values = values[~np.isnan(values)]
    return [_number(scale_of(claim) * x) for x in np.quantile(values, [0.5, 0.1, 0.9])] if len(values) else []


def _marks(evidence: Validation, world: World) -> Iterator[str]:
    """Every claim's verdict in a world, bold where it differs from that of the model as it is."""
    base = evidence.worlds[AS_IT_IS.slug]
    for slug, findings in evidence.worlds[world.slug].items():
        for before, after in zip(base[slug], findings, strict=True):
            mark = MARKS[after.verdict]
            yield mark if before.verdict == after.verdict else f"**{mark}**"
