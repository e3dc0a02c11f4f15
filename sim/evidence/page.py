"""Evidence as a page with two pictures and a table (docs/evidence.md is one)."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

from sim import __version__
from sim.evidence.draw import by_world, claims
from sim.evidence.measured import CANNOT_TELL, DOES_NOT, SHOWS, UNDEFINED, Finding, together
from sim.evidence.patterns import PATTERNS, Pattern
from sim.evidence.run import Evidence
from sim.evidence.worlds import ABLATIONS, AS_IT_IS, RIVALS, STORY, World
from sim.experiments.comparison import write_csv
from sim.experiments.folder import why
from sim.mistakes import ScenarioError
from sim.ranges import ranges

NAME = "evidence"
"""What the files of a page are called."""

MARKS = {SHOWS: "●", CANNOT_TELL: "○", DOES_NOT: "✕", UNDEFINED: "–"}


def save(evidence: Evidence, folder: Path | str, overwrite: bool = False) -> Path:
    """Write ``evidence.md``, its pictures and ``evidence.csv`` into a folder. Raises ScenarioError if it cannot."""
    folder = check(folder, overwrite)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{NAME}.md").write_text(page(evidence), encoding="utf-8", newline="\n")
        write_csv(folder / f"{NAME}.csv", evidence.rows())
        for name, figure in (("claims", claims(evidence)), ("worlds", by_world(evidence))):
            figure.savefig(folder / f"{NAME}-{name}.png", metadata={"Software": None})
    except OSError as error:
        raise ScenarioError(f"{folder}: cannot be written ({why(error)})") from None
    return folder / f"{NAME}.md"


def check(folder: Path | str, overwrite: bool) -> Path:
    """A folder that a page can be written to. Raises ScenarioError where it cannot."""
    folder = Path(folder)
    if folder.is_file():
        raise ScenarioError(f"{folder}: this is a file; name a folder")
    if (folder / f"{NAME}.md").exists() and not overwrite:
        raise ScenarioError(f"{folder / NAME}.md: is there already; choose another folder, or add --overwrite")
    return folder


def page(evidence: Evidence) -> str:
    """The page, in Markdown."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    patterns, points = asked(evidence), len(evidence.points)
    return environment.get_template("page.md.jinja").render(
        evidence=evidence,
        patterns=patterns,
        base=evidence.worlds[AS_IT_IS.slug],
        verdict=lambda slug: evidence.verdict(AS_IT_IS.slug, slug),
        told=told,
        command=f"leadership-sim evidence --runs {evidence.runs} --points {points} --seed {evidence.seed}",
        made_by=f"leadership-sim {__version__}",
        table_file=f"{NAME}.csv",
        picture=NAME,
        story=STORY,
        points=points,
        levers=len(ranges()),
        summary=summary(evidence),
        study=study(evidence),
        over=[_over(evidence, pattern) for pattern in patterns],
        off=[_row(evidence, world) | {"falls": listed(evidence.falls(world.slug))} for world in ABLATIONS],
        spared=spared(evidence),
        rivals=[
            _row(evidence, world)
            | {"shows": listed(p.slug for p in patterns if evidence.verdict(world.slug, p.slug) == SHOWS)}
            for world in RIVALS
        ],
    )


def asked(evidence: Evidence) -> list[Pattern]:
    """The patterns that were asked for."""
    return [pattern for pattern in PATTERNS if pattern.slug in evidence.worlds[AS_IT_IS.slug]]


def told(finding: Finding) -> str:
    """A finding's value and interval, in its unit."""
    unit = finding.claim.unit
    if np.isnan(finding.value):
        return "undefined"
    scale, digits = (1.0, 1) if unit == "months" else (100.0, 1)
    value, low, high = (f"{scale * x:.{digits}f}".replace("-", "−") for x in (finding.value, finding.low, finding.high))
    return f"{value} ({low} to {high}) {unit}"


def listed(words: Iterable[str]) -> str:
    """Words with commas, or a dash for none."""
    return ", ".join(words) or "–"


def summary(evidence: Evidence) -> str:
    """How many patterns come to each verdict, in a sentence."""
    by: dict[str, list[str]] = {SHOWS: [], DOES_NOT: [], CANNOT_TELL: [], UNDEFINED: []}
    for pattern in asked(evidence):
        by[evidence.verdict(AS_IT_IS.slug, pattern.slug)].append(pattern.slug)
    words = {SHOWS: "show", DOES_NOT: "do not show", CANNOT_TELL: "cannot be told", UNDEFINED: "are undefined"}
    told = [f"{len(slugs)} {words[verdict]} ({listed(slugs)})" for verdict, slugs in by.items() if slugs]
    return f"Of {len(asked(evidence))} patterns {', '.join(told)}."


def study(evidence: Evidence) -> dict[str, Any]:
    """The study again, in numbers for the page."""
    found = evidence.studies
    return {
        "number": len(found.lost),
        "counts": [f"{100 * count / len(found.lost):.0f}" for count in found.counts],
        "mean": f"{found.lost.sum(axis=1).mean():.1f}",
        "changed": _share(found.share(True)),
        "stayed": _share(found.share(False)),
        "exactly": f"{100 * found.exactly_as_in_the_paper:.0f}",
    }


def _share(interval: tuple[float, float, float]) -> str:
    share, low, high = (f"{100 * x:.0f}" for x in interval)
    return f"{share} ({low} to {high})"


def spared(evidence: Evidence) -> str:
    """The mechanisms whose removal costs no pattern, named."""
    falls = {world.title.lower(): evidence.falls(world.slug) for world in ABLATIONS}
    doubt = {world.title.lower(): evidence.falls(world.slug, (CANNOT_TELL,)) for world in ABLATIONS}
    idle = [title for title in falls if not falls[title] and not doubt[title]]
    unclear = [f"{title} ({listed(doubt[title])})" for title in falls if not falls[title] and doubt[title]]
    told = [
        f"**Cost no pattern**: {'; '.join(idle)}. No pattern here is evidence for these mechanisms; they stand on the "
        "paper's words alone."
        if idle
        else "Every mechanism is needed for some pattern, or leaves one in doubt."
    ]
    if unclear:
        told.append(f"No pattern falls, and some cannot be told in so few futures, with: {'; '.join(unclear)}.")
    return " ".join(told)


def _over(evidence: Evidence, pattern: Pattern) -> dict[str, Any]:
    counted = evidence.counted(pattern.slug)
    values = []
    for i, claim in enumerate(pattern.claims):
        found = np.array([point[pattern.slug][i].value for point in evidence.points])
        found = found[~np.isnan(found)]
        if len(found):
            scale = 1.0 if claim.unit == "months" else 100.0
            low, middle, high = (f"{scale * x:.1f}".replace("-", "−") for x in np.quantile(found, [0.1, 0.5, 0.9]))
            values.append(f"{middle} ({low} to {high})")
    return {
        "slug": pattern.slug,
        "shows": counted.get(SHOWS, 0),
        "does_not": counted.get(DOES_NOT, 0),
        "cannot": counted.get(CANNOT_TELL, 0) + counted.get(UNDEFINED, 0),
        "middles": "; ".join(values),
    }


def _row(evidence: Evidence, world: World) -> dict[str, Any]:
    found: Mapping[str, list[Finding]] = evidence.worlds[world.slug]
    marks = []
    for pattern in asked(evidence):
        verdict = together(found[pattern.slug])
        mark = MARKS[verdict]
        marks.append(mark if verdict == evidence.verdict(AS_IT_IS.slug, pattern.slug) else f"**{mark}**")
    return {"title": world.title, "meaning": world.meaning.rstrip("."), "marks": marks}
