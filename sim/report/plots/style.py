"""How all pictures look, and how one becomes part of a page. Colours: Okabe & Ito's, safe for colour blindness.

A picture is drawn at the size at which it is printed, ``WIDE`` inches, and none of its letters is below 8 points. What
it found stands above it, its parts are named where they are, and what is said in colour is said in words as well.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags

from sim.base.intervals import Estimate
from sim.experiments.verdict import COLLAPSED, NEVER, SURVIVED, Verdict
from sim.scenario.roles import Role

BLUE, ORANGE, GREY, INK = "#0072B2", "#D55E00", "#8a8a8a", "#222222"
"""More survive, or survived; fewer, or collapsed; the yardstick (the director stays); as things are, or not clear."""

GREEN, SKY, GOLD, PURPLE = "#009E73", "#56B4E9", "#E69F00", "#CC79A7"
OF_ROLE = {
    Role.DIRECTOR: INK,
    Role.MIDDLE_MANAGER: GREEN,
    Role.PRACTITIONER: SKY,
    Role.VCS_PARTNER: GOLD,
    Role.HEALTH_PARTNER: GOLD,
    Role.CHANGE_FACILITATOR: PURPLE,
}
"""The colour of a role: partners are gold, and the outside programme is purple; grey for the others."""

WIDE, DPI = 7.0, 200
"""Inches that fit on a sheet of A4, and dots to the inch."""

HEAD, BODY, NOTE = 12.5, 9.0, 8.0
"""Points of the letters of a headline, of what is in the picture, and of what is said below it."""

STYLE: Any = {
    "font.size": BODY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": BODY,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.7,
    "hatch.linewidth": 0.6,
    "svg.hashsalt": "leadership-sim",
}

NONE = "#c8c8c8"
LOOKS = {SURVIVED: (BLUE, ""), COLLAPSED: (ORANGE, "///"), NEVER: (NONE, "...")}
"""Colour and hatch of each outcome, in the order in which bars are stacked."""


@contextmanager
def drawing(size: tuple[float, float], style: Any = STYLE, dpi: float = DPI) -> Iterator[Figure]:
    """A figure of so many inches, in the looks of all pictures while it is drawn."""
    with mpl.rc_context(style):
        yield Figure(figsize=size, layout="constrained", dpi=dpi)


def headline(figure: Figure, found: str, note: str = "") -> None:
    """Above a picture what it found, in large letters; below it, how it is to be read."""
    figure.suptitle(fitted(found, WIDE - 0.2, HEAD, bold=True), x=0.01, ha="left", fontsize=HEAD, fontweight="bold")
    if note:
        figure.supxlabel(fitted(note, WIDE - 0.2, NOTE), x=0.01, ha="left", fontsize=NOTE, color=INK)


def fitted(text: str, inches: float, points: float = BODY, bold: bool = False) -> str:
    """Text on lines of at most so many inches, measured; a longer word is broken."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if _width(longer, points, bold) <= inches:
            lines[-1] = longer
            continue
        lines += [""] if lines[-1] else []
        for letter in word:
            if _width(lines[-1] + letter, points, bold) > inches:
                lines.append("")
            lines[-1] += letter
    return "\n".join(lines)


def _width(text: str, points: float, bold: bool) -> float:
    return points / 72 * sum(_advance(letter, bold) for letter in text)


@cache
def _advance(letter: str, bold: bool) -> float:
    """How wide a letter is, in its own size."""
    font = get_font(findfont(FontProperties(weight="bold" if bold else "normal")))
    if not font.get_char_index(ord(letter)):
        return 1.0
    font.set_size(100.0, 72.0)
    return float(font.load_char(ord(letter), flags=LoadFlags.NO_HINTING).linearHoriAdvance) / 6_553_600


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
    axis.set_yticks(range(len(bars)), names, fontsize=size, linespacing=1.0)  # names of two lines keep apart
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


def name_mark(axis: Axes, found: Estimate, place: float, words: str) -> None:
    """Say what a mark is, beside its interval, on the side where there is more room."""
    low, high = axis.get_xlim()
    if not found.defined:
        return
    left = found.low - low > high - found.high
    at, side = (found.low, "right") if left else (found.high, "left")
    axis.annotate(
        words, (at, place), xytext=(-5 if left else 5, 0), textcoords="offset points", ha=side, va="center_baseline",
        fontsize=NOTE, annotation_clip=False, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
    )  # fmt: skip


def name_ends(axis: Axes, words: Mapping[float, Verdict]) -> None:
    """Above stacked bars, what their parts are, by the share of the axis at which each stands: 0, 0.5 or 1."""
    for at, verdict in words.items():
        colour, hatch = LOOKS[verdict]
        told = verdict.word + {"": "", "///": "\n(hatched)", "...": "\n(dotted)"}[hatch]
        side = {0.0: "left", 1.0: "right"}.get(at, "center")
        axis.annotate(
            told, (at, 1.0), xycoords="axes fraction", xytext=(0, 2), textcoords="offset points", ha=side, va="bottom",
            color=INK if verdict == NEVER else colour, fontweight="bold",
        )  # fmt: skip


def strip(axis: Axes, words: str) -> None:
    """A narrow axis for one thing measured, with its words to the left."""
    axis.set_ylim(-0.9, 0.9)
    axis.set_yticks([])
    axis.spines["left"].set_visible(False)
    axis.tick_params(labelsize=NOTE)
    axis.locator_params(axis="x", nbins=7)
    words = fitted(words, 2.85, NOTE)
    axis.text(-0.01, 0.5, words, transform=axis.transAxes, ha="right", va="center", fontsize=NOTE)


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
