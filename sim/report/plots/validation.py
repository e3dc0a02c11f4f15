"""The pictures of evidence: every claim with its spread over plausible settings, and every claim in every world."""

import numpy as np
from matplotlib.figure import Figure

from sim.analysis.validation.ablations import ABLATIONS, AS_IT_IS, RIVALS
from sim.analysis.validation.findings import CANNOT_TELL, DOES_NOT, SHOWS, UNDEFINED, Claim
from sim.analysis.validation.patterns import PATTERNS
from sim.analysis.validation.run import Validation, lettered
from sim.report.plots.style import BLUE, GREY, INK, ORANGE, STYLE, drawing, strip

SMALL = STYLE | {"font.size": 11}
LOOKS = {SHOWS: (BLUE, "o"), CANNOT_TELL: ("white", "o"), DOES_NOT: (ORANGE, "X"), UNDEFINED: (GREY, "_")}
"""Filled circle, empty circle, cross, dash."""


def scale_of(claim: Claim) -> float:
    """What a claim's number is multiplied by to be told: months and times stay, shares and points are of a hundred."""
    return 1.0 if claim.unit in ("months", "times") else 100.0


def claims(evidence: Validation) -> Figure:
    """A strip a claim: small dots for plausible settings, a large one with its interval for the model as it is, and a
    dashed line for what it takes."""
    base = evidence.worlds[AS_IT_IS.slug]
    rows = [(pattern.slug, i) for pattern in PATTERNS if pattern.slug in base for i in range(len(pattern.claims))]
    with drawing((11, 0.72 * len(rows) + 0.6), SMALL) as figure:
        axes = figure.subplots(len(rows), 1, squeeze=False)[:, 0]
        for axis, (slug, i) in zip(axes, rows, strict=True):
            finding, claim = base[slug][i], base[slug][i].claim
            scale = scale_of(claim)
            spread = np.array([point[slug][i].estimate.value for point in evidence.points]) * scale
            axis.plot(spread, np.full(len(spread), -0.35), "|", color=INK, markersize=9, alpha=0.6)
            value, low, high = (scale * x for x in finding.estimate)
            colour, marker = LOOKS[finding.verdict]
            axis.plot([low, high], [0.35, 0.35], color=INK, linewidth=1.6)
            axis.plot([value], [0.35], marker, markersize=9, markerfacecolor=colour, markeredgecolor=INK)
            axis.axvline(0.0, color=GREY, linewidth=0.8)
            for bound in (claim.least, claim.most):
                if np.isfinite(bound) and bound != 0.0:
                    axis.axvline(scale * bound, color=INK, linewidth=1.0, linestyle=(0, (4, 3)))
            axis.margins(x=0.06)
            strip(axis, f"{slug}  {claim.words} ({claim.unit})")
    return figure


def by_world(evidence: Validation) -> Figure:
    """A row a world, a column a claim: filled circle shows, empty cannot tell, cross does not."""
    worlds = [AS_IT_IS, *ABLATIONS, *RIVALS]
    base = evidence.worlds[AS_IT_IS.slug]
    columns = [(slug, i, name) for slug, found in base.items() for i, name in enumerate(lettered(slug, found))]
    with drawing((11.5, 0.36 * len(worlds) + 1.3), SMALL) as figure:
        axis = figure.subplots()
        for row, world in enumerate(worlds):
            for column, (slug, i, _) in enumerate(columns):
                colour, marker = LOOKS[evidence.worlds[world.slug][slug][i].verdict]
                axis.plot([column], [row], marker, markersize=11, markerfacecolor=colour, markeredgecolor=INK)
        for line in (0.5, 0.5 + len(ABLATIONS)):
            axis.axhline(line, color=GREY, linewidth=0.8)
        axis.set_xticks(range(len(columns)), [name for _, _, name in columns], rotation=90)
        axis.set_yticks(range(len(worlds)), [world.title for world in worlds])
        axis.set_xlim(-0.6, len(columns) - 0.4)
        axis.set_ylim(len(worlds) - 0.4, -0.6)
        axis.xaxis.tick_top()
        axis.tick_params(length=0)
        axis.spines[["left", "bottom"]].set_visible(False)
        for verdict, (colour, marker) in LOOKS.items():
            axis.plot([], [], marker, markersize=11, markerfacecolor=colour, markeredgecolor=INK, label=verdict)
        figure.legend(loc="outside lower center", ncols=4, frameon=False)
    return figure
