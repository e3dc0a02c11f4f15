"""The pictures of evidence: every claim with its spread over plausible settings, and every claim in every world."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.analysis.validation.ablations import ABLATIONS, AS_IT_IS, RIVALS
from sim.analysis.validation.findings import CANNOT_TELL, DOES_NOT, SHOWS, UNDEFINED, Claim
from sim.analysis.validation.patterns import PATTERNS
from sim.analysis.validation.run import Validation, lettered
from sim.report.plots.findings import of_claims, of_mechanisms
from sim.report.plots.style import BLUE, GREY, INK, NOTE, ORANGE, WIDE, drawing, fitted, headline, strip

LOOKS = {SHOWS: (BLUE, "o"), CANNOT_TELL: ("white", "o"), DOES_NOT: (ORANGE, "X"), UNDEFINED: (GREY, "_")}
"""Filled circle, empty circle, cross, dash."""

MARKS = "Filled: shows. Empty: cannot tell. Cross: does not show."


def scale_of(claim: Claim) -> float:
    """What a claim's number is multiplied by to be told: months and times stay, shares and points are of a hundred."""
    return 1.0 if claim.unit in ("months", "times") else 100.0


def claims(evidence: Validation) -> Figure:
    """A strip a claim: small lines for plausible settings, a large mark with its interval for the model as it is, and a
    dashed line for what it takes."""
    base = evidence.worlds[AS_IT_IS.slug]
    rows = [(pattern.slug, i) for pattern in PATTERNS if pattern.slug in base for i in range(len(pattern.claims))]
    with drawing((WIDE, 0.5 * len(rows) + 1.0)) as figure:
        axes = figure.subplots(len(rows), 1, squeeze=False)[:, 0]
        for axis, (slug, i) in zip(axes, rows, strict=True):
            finding, claim = base[slug][i], base[slug][i].claim
            scale = scale_of(claim)
            spread = np.array([point[slug][i].estimate.value for point in evidence.points]) * scale
            axis.plot(spread, np.full(len(spread), -0.4), "|", color=INK, markersize=6, alpha=0.6)
            value, low, high = (scale * x for x in finding.estimate)
            colour, marker = LOOKS[finding.verdict]
            axis.plot([low, high], [0.35, 0.35], color=INK, linewidth=1.2)
            axis.plot([value], [0.35], marker, markersize=6, markerfacecolor=colour, markeredgecolor=INK)
            axis.axvline(0.0, color=GREY, linewidth=0.8)
            for bound in (claim.least, claim.most):
                if np.isfinite(bound) and bound != 0.0:
                    axis.axvline(scale * bound, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
            axis.margins(x=0.06)
            strip(axis, f"{slug}  {claim.words} ({claim.unit})")
        look: Any = {"transform": axes[0].get_yaxis_transform(), "fontsize": NOTE, "va": "center"}
        axes[0].text(1.01, 0.6, "as it is", **look)
        if evidence.points:
            axes[0].text(1.01, -0.7, "plausible", **look)
        axes[0].set_title("dashed: what it takes", fontsize=NOTE, loc="right")
        headline(
            figure,
            of_claims(evidence),
            note=f"{MARKS} Above in each strip: the model as it is, with its 95% interval; below: plausible settings.",
        )
    return figure


def by_world(evidence: Validation) -> Figure:
    """A row a world, a column a claim: filled circle shows, empty cannot tell, cross does not."""
    worlds = [AS_IT_IS, *ABLATIONS, *RIVALS]
    base = evidence.worlds[AS_IT_IS.slug]
    columns = [(slug, i, name) for slug, found in base.items() for i, name in enumerate(lettered(slug, found))]
    with drawing((WIDE, 0.27 * len(worlds) + 1.6)) as figure:
        axis = figure.subplots()
        for row, world in enumerate(worlds):
            for column, (slug, i, _) in enumerate(columns):
                colour, marker = LOOKS[evidence.worlds[world.slug][slug][i].verdict]
                axis.plot([column], [row], marker, markersize=5.5, markerfacecolor=colour, markeredgecolor=INK, mew=0.7)
        for line in (0.5, 0.5 + len(ABLATIONS)):
            axis.axhline(line, color=GREY, linewidth=0.8)
        axis.set_xticks(range(len(columns)), [name for _, _, name in columns], rotation=90, fontsize=NOTE)
        axis.set_yticks(range(len(worlds)), [fitted(world.title, 2.0, NOTE) for world in worlds], fontsize=NOTE)
        axis.get_yticklabels()[0].set_fontweight("bold")
        axis.set_xlim(-0.6, len(columns) - 0.4)
        axis.set_ylim(len(worlds) - 0.4, -0.6)
        axis.xaxis.tick_top()
        axis.tick_params(length=0)
        axis.spines[["left", "bottom"]].set_visible(False)
        note = f"{MARKS} Dash: undefined. Columns: claims of the patterns. Below the second line: rival explanations."
        headline(figure, of_mechanisms(evidence), note=note)
    return figure
