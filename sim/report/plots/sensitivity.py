"""The pictures of a sensitivity analysis."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.sensitivity.outcome import OUTCOMES
from sim.report.plots.findings import of_indices, of_screening
from sim.report.plots.style import BLUE, GREY, INK, NOTE, ORANGE, WIDE, drawing, headline

if TYPE_CHECKING:
    from sim.analysis.sensitivity.run import Sensitivity

SHOWN = 12
"""At most so many parameters in a panel of the picture of the screening."""

ROW = 0.19
"""Inches that a parameter takes."""


def strongest(found: "Sensitivity") -> Figure:
    """A panel for each outcome: the mean effect of moving a parameter over its range, and a ring for how it varies."""
    rows_of = min(SHOWN, len(found.parameters))
    with drawing((WIDE, len(OUTCOMES) * (ROW * rows_of + 0.75) + 1.1)) as figure:
        panels = zip(figure.subplots(len(OUTCOMES), 1), found.screened.items(), strict=True)
        for place, (axis, (name, said)) in enumerate(panels):
            order = np.argsort(-said.mu_star, kind="stable")[:SHOWN]
            rows = np.arange(len(order))
            for row, i in enumerate(order):
                colour, hatch = (BLUE, "") if said.mu[i] >= 0 else (ORANGE, "///")
                axis.barh(row, said.mu_star[i], color=colour, hatch=hatch, edgecolor="white", linewidth=0, alpha=0.85)
            below, above = said.mu_star - said.low, said.high - said.mu_star
            ends = [below[order], above[order]]
            axis.errorbar(said.mu_star[order], rows, xerr=ends, fmt="none", ecolor=INK, elinewidth=1.0)
            axis.plot(said.sigma[order], rows, "o", markerfacecolor="white", markeredgecolor=INK, markersize=4.5)
            _frame(axis, [found.parameters[i].key for i in order], f"Moves {OUTCOMES[name]} by", place)
            if place == 0 and len(order):
                first = order[0]
                _name(axis, max(float(said.sigma[first]), float(said.high[first])), 0, "ring: how much that varies")
        note = (
            "Bars: the mean over a parameter's whole range, with its 95% interval; blue raises it, hatched lowers it."
        )
        headline(figure, of_screening(found), note=note)
    return figure


def first_and_total(found: "Sensitivity") -> Figure:
    """A panel for each outcome: the share of its spread that each parameter has by itself, and with all the others."""
    with drawing((WIDE, len(OUTCOMES) * (1.3 * ROW * len(found.top) + 0.75) + 1.1)) as figure:
        panels = zip(figure.subplots(len(OUTCOMES), 1), found.shared.items(), strict=True)
        for place, (axis, (name, said)) in enumerate(panels):
            order = np.argsort(-np.nan_to_num(said.total), kind="stable")
            rows = np.arange(len(order))
            for values, half, shift, colour, marker, words in (
                (said.first, said.first_half, -0.18, "white", "o", "alone"),
                (said.total, said.total_half, 0.18, BLUE, "s", "with all its interplay"),
            ):
                look: Any = {"markerfacecolor": colour, "markeredgecolor": INK, "markersize": 5, "elinewidth": 1.0}
                axis.errorbar(values[order], rows + shift, xerr=half[order], fmt=marker, ecolor=INK, **look)
                if place == 0 and len(order):
                    end = float(np.nan_to_num(values[order[0]] + half[order[0]]))
                    _name(axis, end, shift, words)
            axis.axvline(0.0, color=GREY, linewidth=0.8)
            _frame(axis, [found.top[i].key for i in order], f"Share of the spread of {OUTCOMES[name]}", place)
        headline(figure, of_indices(found), note="Lines: 95% bootstrap intervals.")
    return figure


def _name(axis: Axes, at: float, row: float, words: str) -> None:
    """Say to the right of a mark what it is."""
    axis.annotate(
        words, (at, row), xytext=(5, 0), textcoords="offset points", va="center_baseline", fontsize=NOTE,
        annotation_clip=False,
    )  # fmt: skip


def _frame(axis: Axes, keys: Sequence[str], measured: str, place: int) -> None:
    """A row for each parameter from the top, and above it what is measured."""
    axis.set_yticks(range(len(keys)), keys, fontsize=NOTE)
    axis.set_ylim(len(keys) - 0.4, -0.6)
    axis.tick_params(axis="y", length=0)
    axis.tick_params(axis="x", labelsize=NOTE)
    axis.grid(axis="x", color=GREY, alpha=0.3, linewidth=0.6)
    axis.set_axisbelow(True)
    axis.set_title(measured, fontweight="bold")
    if place == 0:
        low, high = axis.get_xlim()
        axis.set_xlim(low, high + 0.3 * (high - low))  # room for what the marks are called
