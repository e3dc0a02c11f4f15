"""How long the change lasts: curves of many futures, drawn to be read from the back of a room."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from sim.analysis.survival import Curve
from sim.report.numbers import wrapped
from sim.report.plots.style import BLUE, GREY, INK, ORANGE, STYLE

GREEN, PURPLE, SKY = "#009E73", "#CC79A7", "#56B4E9"

LOOKS: tuple[tuple[str, Any], ...] = (
    (ORANGE, "-"),
    (BLUE, (0, (7, 2))),
    (GREEN, (0, (1.2, 1.2))),
    (INK, (0, (6, 2, 1.2, 2))),
    (PURPLE, (0, (3, 1.5))),
    (SKY, (0, (8, 2, 1.2, 2, 1.2, 2))),
)
"""Colour (Okabe & Ito's) and dashes of each curve in one picture; each can be told by its dashes alone."""

LABEL = 0.105
"""Room between the middles of two labels, as a share of the axis."""


def plot_survival(curves: Mapping[str, Curve], titles: Mapping[str, str], since: str = "the reference month") -> Figure:
    """The share of futures still standing, month by month, with each curve's pointwise 95% band.

    ``curves``: by variant, the base first, from ``sim.analysis.survival.survival_curve``. ``titles``: what each is
    called. ``since``: what happened in the reference month, to follow the word "after": "the director left". Up to
    six curves share one picture and are named at their ends; more get a panel each, with the base behind.
    """
    together = len(curves) <= len(LOOKS)
    columns = 1 if together else 4
    rows = 1 if together else math.ceil(len(curves) / columns)
    size = (13.0, 7.6) if together else (4.6 * columns, 3.7 * rows + 1.2)
    with mpl.rc_context(STYLE | {"font.size": 16 if together else 14}):
        figure = Figure(figsize=size, layout=ConstrainedLayoutEngine(w_pad=0.12), dpi=110)
        axes = list(figure.subplots(rows, columns, squeeze=False, sharey=True).ravel())
        if together:
            _draw_together(axes[0], curves, titles)
        else:
            _draw_apart(axes, curves, titles)
        shown = 1 if together else len(curves)
        for i, axis in enumerate(axes[:shown]):
            _frame(axis, max(int(curve.month[-1]) for curve in curves.values()))
            if i + columns >= shown:
                axis.set_xlabel(wrapped(f"years after {since}", 70 if together else 30))
        figure.suptitle("How long does the change stand?", fontsize=22, fontweight="bold")
        figure.supylabel("share of futures still standing", fontsize=16)
        figure.supxlabel(wrapped(" ".join(_footer(curves, titles)), 120 if together else 165), fontsize=13)
    return figure


def _draw_together(axis: Axes, curves: Mapping[str, Curve], titles: Mapping[str, str]) -> None:
    last = max(int(curve.month[-1]) for curve in curves.values())
    places = _spread([_end(curve) for curve in curves.values()])
    for (slug, curve), at, (colour, dashes) in zip(curves.items(), places, LOOKS, strict=False):
        _draw(axis, curve, colour, dashes)
        lead = [int(curve.month[-1]), last * 1.05, last * 1.13], [_end(curve), at, at]
        axis.plot(*lead, color=colour, linestyle=dashes, linewidth=3.2, clip_on=False)
        name, bold = f"{wrapped(titles[slug], 26)}: {_standing(curve)}", "bold" if slug == next(iter(curves)) else None
        axis.text(last * 1.145, at, name, va="center", fontsize=15, fontweight=bold, color=INK, linespacing=1.0)


def _draw_apart(axes: Sequence[Axes], curves: Mapping[str, Curve], titles: Mapping[str, str]) -> None:
    base, *_ = curves.values()
    for axis, (slug, curve) in zip(axes, curves.items(), strict=False):
        if curve is not base:
            axis.plot(base.month, base.standing, color=GREY, linewidth=2.2, linestyle=(0, (4, 2)))
        _draw(axis, curve, ORANGE if curve is base else BLUE, "-")
        axis.set_title(f"{wrapped(titles[slug], 30)}\n{_standing(curve)}", fontsize=15, loc="left")
    for axis in axes[len(curves) :]:
        axis.set_axis_off()


def _draw(axis: Axes, curve: Curve, colour: str, dashes: Any) -> None:
    # From row to row rather than in steps: a fall happens within the month, and steps break up the dashes.
    axis.fill_between(curve.month, curve.low, curve.high, color=colour, alpha=0.13, linewidth=0)
    axis.plot(curve.month, curve.standing, color=colour, linestyle=dashes, linewidth=3.2)


def _frame(axis: Axes, last: int) -> None:
    ticks = range(0, last + 1, 3 if last <= 24 else 12 if last <= 72 else 24)
    axis.set_xticks(ticks, [f"{month / 12:g}" for month in ticks])
    axis.set_xlim(0, last)
    axis.set_ylim(0, 1.02)
    axis.set_yticks(np.linspace(0, 1, 5), ["0", "25%", "50%", "75%", "100%"])
    axis.grid(axis="y", color=GREY, alpha=0.25, linewidth=0.8)


def _spread(ends: Sequence[float]) -> list[float]:
    """Where to put labels so that none covers another: as near their ends as can be, in their order, in the axis."""
    from scipy.optimize import isotonic_regression

    order = np.argsort(ends, kind="stable")
    steps = LABEL * np.arange(len(ends))
    # Places at least LABEL apart are a rising sequence once the steps are taken off.
    near = isotonic_regression(np.asarray(ends)[order] - steps).x
    places = np.empty(len(ends))
    places[order] = np.clip(near, 0.0, 1.0 - steps[-1]) + steps
    return [float(place) for place in places]


def _end(curve: Curve) -> float:
    """The last share known; 0 for a curve of no futures."""
    known = curve.standing[~np.isnan(curve.standing)]
    return float(known[-1]) if len(known) else 0.0


def _standing(curve: Curve) -> str:
    return f"{100 * _end(curve):.3g}%" if curve.at_risk[0] else "never took hold"


def _footer(curves: Mapping[str, Curve], titles: Mapping[str, str]) -> Iterator[str]:
    below = {curve.below for curve in curves.values()}
    line = f"{100 * below.pop():g}%" if len(below) == 1 else "the line"
    sizes = sorted({int(curve.at_risk[0]) for curve in curves.values()})
    of = f"{sizes[0]:,}" if len(sizes) == 1 else f"{sizes[0]:,} to {sizes[-1]:,}"
    yield f"{of} simulated futures a curve, those in which the change had taken hold."
    yield f"A future stands until practised commitment goes below {line} of what it was and stays there."
    yield "Bands: 95% at each month, chance between futures."
    if len(curves) > len(LOOKS):
        yield "Dashed: the first panel again."
    never = [
        f"{curve.never_took_hold:,} with “{titles[slug]}”" for slug, curve in curves.items() if curve.never_took_hold
    ]
    if never:
        yield f"It never took hold in {', '.join(never)}: not in the curves."
