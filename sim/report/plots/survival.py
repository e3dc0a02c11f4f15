"""How long the change lasts: curves of many futures, drawn to be read from the back of a room."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.survival import Curve
from sim.report.plots.findings import of_curves, standing_at_the_end
from sim.report.plots.style import (
    BLUE,
    BODY,
    GREEN,
    GREY,
    INK,
    NOTE,
    ORANGE,
    PURPLE,
    SKY,
    WIDE,
    drawing,
    fitted,
    headline,
)

LOOKS: tuple[tuple[str, Any], ...] = (
    (INK, "-"),
    (BLUE, (0, (7, 2))),
    (ORANGE, (0, (1.2, 1.2))),
    (GREEN, (0, (6, 2, 1.2, 2))),
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
    columns = 1 if together else 3
    rows = 1 if together else math.ceil(len(curves) / columns)
    with drawing((WIDE, 4.9) if together else (WIDE, 1.95 * rows + 1.6)) as figure:
        axes = list(figure.subplots(rows, columns, squeeze=False, sharey=True).ravel())
        if together:
            _draw_together(axes[0], curves, titles)
        else:
            _draw_apart(axes, curves, titles)
        shown = 1 if together else len(curves)
        for i, axis in enumerate(axes[:shown]):
            _frame(axis, max(int(curve.month[-1]) for curve in curves.values()))
            if i + columns >= shown:
                axis.set_xlabel(fitted(f"years after {since}", 4.0 if together else 1.9, NOTE), fontsize=NOTE)
        figure.supylabel("share of futures still standing", fontsize=BODY)
        headline(figure, of_curves(curves, titles), note=" ".join(_footer(curves, titles)))
    return figure


def _draw_together(axis: Axes, curves: Mapping[str, Curve], titles: Mapping[str, str]) -> None:
    last = max(int(curve.month[-1]) for curve in curves.values())
    places = _spread([standing_at_the_end(curve) for curve in curves.values()])
    for (slug, curve), at, (colour, dashes) in zip(curves.items(), places, LOOKS, strict=False):
        _draw(axis, curve, colour, dashes)
        lead = [int(curve.month[-1]), last * 1.05, last * 1.12], [standing_at_the_end(curve), at, at]
        axis.plot(*lead, color=colour, linestyle=dashes, linewidth=1.8, clip_on=False)
        bold = "bold" if slug == next(iter(curves)) else None
        name = fitted(f"{titles[slug]}: {_standing(curve)}", 1.85, NOTE + 0.5, bold=bold is not None)
        look: Any = {"fontsize": NOTE + 0.5, "fontweight": bold, "color": INK, "linespacing": 1.0}
        axis.text(last * 1.14, at, name, va="center", **look)


def _draw_apart(axes: Sequence[Axes], curves: Mapping[str, Curve], titles: Mapping[str, str]) -> None:
    base, *_ = curves.values()
    for axis, (slug, curve) in zip(axes, curves.items(), strict=False):
        if curve is not base:
            axis.plot(base.month, base.standing, color=INK, linewidth=1.0, linestyle=(0, (4, 2)))
        _draw(axis, curve, INK if curve is base else BLUE, "-")
        bold: Any = {"fontweight": "bold"} if curve is base else {}
        axis.set_title(f"{fitted(titles[slug], 1.95, bold=curve is base)}\n{_standing(curve)}", **bold)
    for axis in axes[len(curves) :]:
        axis.set_axis_off()


def _draw(axis: Axes, curve: Curve, colour: str, dashes: Any) -> None:
    # From row to row rather than in steps: a fall happens within the month, and steps break up the dashes.
    axis.fill_between(curve.month, curve.low, curve.high, color=colour, alpha=0.13, linewidth=0)
    axis.plot(curve.month, curve.standing, color=colour, linestyle=dashes, linewidth=1.8)


def _frame(axis: Axes, last: int) -> None:
    ticks = range(0, last + 1, 3 if last <= 24 else 12 if last <= 72 else 24)
    axis.set_xticks(ticks, [f"{month / 12:g}" for month in ticks], fontsize=NOTE)
    axis.set_xlim(0, last)
    axis.set_ylim(0, 1.02)
    axis.set_yticks(np.linspace(0, 1, 5), ["0", "25%", "50%", "75%", "100%"], fontsize=NOTE)
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


def _standing(curve: Curve) -> str:
    return f"{100 * standing_at_the_end(curve):.3g}%" if curve.at_risk[0] else "never took hold"


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
