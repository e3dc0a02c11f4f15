"""How all pictures look, and how one becomes part of a page. Colours: Okabe & Ito's, safe for colour blindness."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.base.intervals import Estimate
from sim.experiments.verdict import COLLAPSED, NEVER, SURVIVED, Verdict
from sim.report.numbers import wrapped

BLUE, ORANGE, GREY, INK = "#0072B2", "#D55E00", "#8a8a8a", "#222222"
ENDED = {COLLAPSED: ORANGE, NEVER: "#6f6f6f", SURVIVED: BLUE}
"""The colour of each end of a future, in the order in which they are drawn, so that their places tell them as well."""
STYLE: Any = {"font.size": 13, "axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "leadership-sim"}
SMALL: Any = STYLE | {"font.size": 11, "hatch.linewidth": 0.6, "axes.titlesize": 11, "axes.titlelocation": "left"}

NONE = "#c8c8c8"
LOOKS = {SURVIVED: (BLUE, ""), COLLAPSED: (ORANGE, "///"), NEVER: (NONE, "...")}
"""Colour and hatch of each outcome, in the order in which bars are stacked."""


@contextmanager
def drawing(size: tuple[float, float], style: Any = STYLE, dpi: float = 100) -> Iterator[Figure]:
    """A figure of so many inches, in the looks of all pictures while it is drawn."""
    with mpl.rc_context(style):
        yield Figure(figsize=size, layout="constrained", dpi=dpi)


def outcome_bars(
    axis: Axes, names: Sequence[str], bars: Sequence[Mapping[Verdict, int]], of: int, size: float, least: float
) -> None:
    """A bar for each name, of so many futures: how many ended how. A share below ``least`` has no number in it.

    The first name is that of the scenario as it is. ``size``: of its letters.
    """
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.8}
    for row, counts in enumerate(bars):
        left = 0
        for outcome, (colour, hatch) in LOOKS.items():
            number = counts[outcome]
            label = None if row else outcome.word
            axis.barh(row, number, left=left, color=colour, hatch=hatch, edgecolor="white", height=0.74, label=label)
            if number >= least * of:
                axis.text(left + number / 2, row, str(number), ha="center", va="center", bbox=box)
            left += number
    axis.set_yticks(range(len(bars)), names, fontsize=size)
    axis.get_yticklabels()[0].set_fontweight("bold")
    axis.invert_yaxis()
    axis.set_xlim(0, of)
    axis.spines[["left", "bottom"]].set_visible(False)
    axis.tick_params(length=0)


def interval(
    axis: Axes, found: Estimate, place: float, marker: str, filled: str, width: float = 1.4, **look: Any
) -> None:
    """An estimate on a row: a line for its interval, a marker (its ``look``) for the value; nothing if undefined."""
    if found.defined:
        axis.plot([found.low, found.high], [place, place], color=INK, linewidth=width)
        axis.plot([found.value], [place], marker, markerfacecolor=filled, markeredgecolor=INK, **look)


def strip(axis: Axes, words: str) -> None:
    """A narrow axis for one thing measured, with its words to the left."""
    axis.set_ylim(-0.9, 0.9)
    axis.set_yticks([])
    axis.spines["left"].set_visible(False)
    axis.text(-0.01, 0.5, wrapped(words, 52), transform=axis.transAxes, ha="right", va="center", fontsize=10.5)


def svg(figure: Figure, name: str) -> str:
    """A figure as SVG to stand in a page: the same bytes each time, ids that clash with no other picture's."""
    sink = io.StringIO()
    with mpl.rc_context(STYLE):
        figure.savefig(sink, format="svg", metadata={"Date": None}, transparent=True)
    text = sink.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*|<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = re.sub(r'<svg[^>]*?viewBox="([^"]*)"[^>]*>', r'<svg xmlns="http://www.w3.org/2000/svg" viewBox="\1">', text)
    text = re.sub(r'\bid="([^"]*)"', rf'id="{name}-\1"', text)
    text = text.replace("url(#", f"url(#{name}-")
    text = text.replace('xlink:href="#', f'href="#{name}-').replace("xlink:href=", "href=")
    return text.strip() + "\n"
