"""The pictures of a sensitivity analysis."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.sensitivity.outcome import OUTCOMES
from sim.report.numbers import wrapped
from sim.report.plots.style import BLUE, GREY, INK, ORANGE, STYLE, drawing

if TYPE_CHECKING:
    from sim.analysis.sensitivity.run import Sensitivity

SHOWN = 20
"""At most so many parameters in the picture of the screening."""


def strongest(found: "Sensitivity") -> Figure:
    """A panel for each outcome: the mean effect of moving a parameter over its range, and a ring for how it varies."""
    with drawing((17, 0.34 * min(SHOWN, len(found.parameters)) + 1.6), STYLE | {"font.size": 11}) as figure:
        for axis, (name, said) in zip(figure.subplots(1, len(OUTCOMES)), found.screened.items(), strict=True):
            order = np.argsort(-said.mu_star, kind="stable")[:SHOWN]
            rows = np.arange(len(order))
            colours = [BLUE if said.mu[i] >= 0 else ORANGE for i in order]
            axis.barh(rows, said.mu_star[order], color=colours, alpha=0.85)
            below, above = said.mu_star - said.low, said.high - said.mu_star
            ends = [below[order], above[order]]
            axis.errorbar(said.mu_star[order], rows, xerr=ends, fmt="none", ecolor=INK, elinewidth=1.2)
            axis.plot(said.sigma[order], rows, "o", markerfacecolor="white", markeredgecolor=INK, markersize=6)
            _frame(axis, [found.parameters[i].key for i in order], OUTCOMES[name], "moved by, over the whole range")
        figure.suptitle(
            "Bars: mean size (blue raises it, orange lowers it), with 95% intervals. Rings: how much it differs from "
            "place to place.", fontsize=11, x=0.01, ha="left",
        )  # fmt: skip
    return figure


def first_and_total(found: "Sensitivity") -> Figure:
    """A panel for each outcome: the share of its spread that each parameter has by itself, and with all the others."""
    with drawing((17, 0.42 * len(found.top) + 1.6), STYLE | {"font.size": 11}) as figure:
        for axis, (name, said) in zip(figure.subplots(1, len(OUTCOMES)), found.shared.items(), strict=True):
            order = np.argsort(-np.nan_to_num(said.total), kind="stable")
            rows = np.arange(len(order))
            for values, half, shift, colour, marker in (
                (said.total, said.total_half, 0.16, BLUE, "s"),
                (said.first, said.first_half, -0.16, ORANGE, "o"),
            ):
                axis.errorbar(values[order], rows + shift, xerr=half[order], fmt=marker, color=colour, ecolor=INK)
            axis.axvline(0.0, color=GREY, linewidth=0.8)
            _frame(axis, [found.top[i].key for i in order], OUTCOMES[name], "share of the spread")
        figure.suptitle(
            "Squares: the parameter with all its interplay (total). Circles: alone (first). 95% bootstrap intervals.",
            fontsize=11, x=0.01, ha="left",
        )  # fmt: skip
    return figure


def _frame(axis: Axes, keys: Sequence[str], outcome: str, measured: str) -> None:
    """A row for each parameter from the top, and what is measured along it."""
    axis.set_yticks(range(len(keys)), keys)
    axis.invert_yaxis()
    axis.tick_params(axis="y", length=0)
    axis.grid(axis="x", color=GREY, alpha=0.3)
    axis.set_axisbelow(True)
    axis.set_title(wrapped(outcome, 30), fontsize=12, loc="left")
    axis.set_xlabel(measured)
