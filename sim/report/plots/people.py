"""An organisation as a picture: who is where, what they are, how committed, and how they are linked."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.base.arrays import Bools, Floats
from sim.model.record import Record
from sim.report.plots.findings import of_people, of_record
from sim.report.plots.layout import places
from sim.report.plots.style import GOLD, GREY, INK, NOTE, PURPLE, SKY, WIDE, drawing, fitted, headline
from sim.scenario.roles import KINDS, Role

MARKS = {
    Role.DIRECTOR: "*",
    Role.LEAD_MEMBER: "P",
    Role.MIDDLE_MANAGER: "s",
    Role.PRACTITIONER: "o",
    Role.BACK_OFFICE: "D",
    Role.VCS_PARTNER: "^",
    Role.LIVED_EXPERIENCE_MEMBER: "v",
    Role.HEALTH_PARTNER: "h",
    Role.CHANGE_FACILITATOR: "X",
}

LINES: dict[str, tuple[str, Any, float]] = {
    "vertical": (INK, "-", 1.1),
    "horizontal inside": (SKY, (0, (1, 1.6)), 0.7),
    "horizontal across": (GOLD, (0, (5, 2)), 0.8),
    "external support": (PURPLE, (0, (6, 2, 1, 2)), 1.0),
}
"""Colour, dashes and width of links by direction; each can be told by its dashes alone."""


COLOURS = LinearSegmentedColormap.from_list(
    "commitment",
    ["#fff3cf", "#fff3cf", "#fdeec0", "#efe0a8", "#c9d3a0", "#8fbfa1", "#559fa8", "#2c74a0", "#17497f", "#0e2f63"],
)
"""Commitment from 0 to 1, as on the handout's page: the bluer, the more."""

MANY = 200
"""From so many links of a kind on, more of them are drawn fainter."""

LINE_WORDS = {
    "vertical": "vertical: the line",
    "horizontal inside": "horizontal: colleagues",
    "horizontal across": "horizontal: across the boundary",
    "external support": "outside programme",
}


def draw_people(
    axis: Axes,
    record: Record,
    month: int,
    size: Floats,
    *,
    label_size: float = NOTE,
    ringed: Bools | None = None,
) -> tuple[Any, list[Line2D]]:
    """Draw everyone who is there at a row, where the line puts them, and their links.

    size: the area of each seat's sign, [seats], square points. Roles are told by shape and by name, links by their
    dashes, and commitment by colour, from 0 to 1. ringed:
    [seats]. Returns what a key needs: the shades of commitment, and handles for links.
    """
    structure = record.organisation.structure
    at, here = places(structure), record.people["present"][month] > 0.0
    commitment, role = record.people["commitment"][month], structure.role
    found = links(record, month)
    lines = []
    for direction, (colour, dashes, width) in LINES.items():
        if pairs := found.get(direction):
            drawn = LineCollection(
                [at[list(pair)] for pair in pairs], colors=colour, linestyles=[dashes], linewidths=width,
                alpha=0.85 if direction == "vertical" else float(np.clip(MANY / len(pairs), 0.08, 0.6)), zorder=1,
            )  # fmt: skip
            axis.add_collection(drawn)
            key = Line2D([], [], color=colour, linestyle=dashes, linewidth=1.8, label=LINE_WORDS[direction])
            lines.append(key)
    if ringed is not None:
        rings = np.flatnonzero(ringed & here)
        axis.scatter(at[rings, 0], at[rings, 1], s=2.2 * size[rings] + 60, facecolors="none", edgecolors=INK, zorder=2)
    shades: Any = None
    for each in Role:
        seats = np.flatnonzero((role == each) & here)
        if len(seats):
            shades = axis.scatter(
                at[seats, 0], at[seats, 1], s=size[seats], c=commitment[seats], marker=MARKS[each],
                cmap=COLOURS, vmin=0.0, vmax=1.0, edgecolors=INK, linewidths=0.7, zorder=2,
            )  # fmt: skip
    for seat in np.flatnonzero(np.isin(role, (Role.DIRECTOR, Role.LEAD_MEMBER)) & here):
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.85}
        x, y = at[seat] + (0.9 if role[seat] == Role.DIRECTOR else 0.6, 0.5)
        axis.text(x, y, record.organisation.labels[seat], va="center", fontsize=label_size, bbox=box, zorder=3)
    axis.set_xlim(at[:, 0].min() - 1.0, at[:, 0].max() + 1.0)
    axis.set_ylim(at[:, 1].min() - 1.0, at[:, 1].max() + 1.0)
    axis.set_axis_off()
    _name_roles(axis, record, month, size, label_size)
    return shades, lines


def plot_people(record: Record, month: int, weight: Floats | None = None) -> Figure:
    """Who is where at a row: the line by place, roles by shape, commitment by colour, links by dashes.

    weight: what a sign's size stands for, [seats], the largest drawn largest. None: leadership.
    Raises ValueError for a month that is no row, or a record that did not keep people.
    """
    if not record.people or not 0 <= month <= record.scenario.months:
        raise ValueError(f"month {month}: a row from 0 to {record.scenario.months} of a run that kept people is needed")
    at = places(record.organisation.structure)
    wide, tall = np.ptp(at[:, 0]) + 2.0, np.ptp(at[:, 1]) + 2.0
    unit = 72.0 * WIDE / max(wide, 20.0)
    share = np.nan_to_num(record.people["leadership"][month]) if weight is None else weight / (weight.max() or 1.0)
    size = (0.36 * unit) ** 2 + (1.35 * unit) ** 2 * share
    with drawing((WIDE, max(3.0, WIDE * tall / max(wide, 20.0)) + 2.4)) as figure:
        shades, lines = draw_people(figure.subplots(), record, month, size)
        bar = figure.colorbar(shades, ax=figure.axes[0], location="bottom", shrink=0.4, aspect=30, pad=0.01)
        bar.set_label("commitment to the change" + ("; larger: leads more" if weight is None else ""))
        bar.ax.tick_params(labelsize=NOTE)
        below: Any = {"loc": "outside lower center", "ncols": 2, "columnspacing": 2.0}
        figure.legend(handles=lines, frameon=False, fontsize=NOTE, **below)
        headline(figure, of_people(record, month))
    return figure


def _name_roles(axis: Axes, record: Record, month: int, size: Floats, points: float) -> None:
    """Say above the leftmost sign of each role what it is; a seat that is named by itself has its name already."""
    structure = record.organisation.structure
    at, role, here = places(structure), structure.role, record.people["present"][month] > 0.0
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85}
    for each in Role:
        seats = np.flatnonzero((role == each) & here)
        if each in (Role.DIRECTOR, Role.LEAD_MEMBER) or not len(seats):
            continue
        first = min(seats.tolist(), key=lambda seat: (round(at[seat, 0]), -at[seat, 1]))
        words = record.scenario.words.role(each, several=len(seats) > 1)
        # The director's name is on the other side.
        side, across = ("right", 8) if each == Role.CHANGE_FACILITATOR else ("left", -8)
        up = 0.6 * float(np.sqrt(size[first])) + 2
        axis.annotate(
            words, tuple(at[first]), xytext=(across, up), textcoords="offset points", ha=side, va="bottom",
            fontsize=points, bbox=box, zorder=3,
        )  # fmt: skip


def links(record: Record, month: int) -> dict[str, list[tuple[int, int]]]:
    """Pairs of people who are there and linked at a row, by direction; a link both ways is one pair."""
    structure, live, here = record.organisation.structure, record.live, record.people["present"][month] > 0.0
    out: dict[str, dict[tuple[int, int], None]] = {}
    columns = (structure.source, structure.target, structure.kind, structure.pair)
    for source, target, kind, pair in zip(*(column.tolist() for column in columns), strict=True):
        if here[source] and here[target] and (pair < 0 or live is None or live[month, pair]):
            out.setdefault(KINDS[kind].direction, {})[min(source, target), max(source, target)] = None
    return {direction: list(pairs) for direction, pairs in out.items()}


def plot_record(record: Record, *, month: int | None = None) -> Figure:
    """One future: commitment and practised commitment of staff, what the line shows, and momentum.

    ``month``: who is where at that row instead (``plot_people``).
    """
    if month is not None:
        return plot_people(record, month)
    months, say = np.arange(record.scenario.months + 1), record.scenario.words.say
    with drawing((WIDE, 4.2)) as figure:
        above, below = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [3, 1]})
        named = []
        for name, label, colour, dash, width in (
            ("practice", "practised commitment", INK, "-", 2.2),
            ("commitment", "commitment of staff", SKY, "--", 1.6),
            ("director_shown", "what the line shows from the top", GREY, "-.", 1.6),
        ):
            line = record.monthly[name]
            above.plot(months, line, color=colour, linestyle=dash, linewidth=width)
            known = line[~np.isnan(line)]
            named.append((float(known[-1]) if len(known) else 0.0, fitted(say(label), 1.45, NOTE), name))
        lowest = 1.1
        for end, words, name in sorted(named, reverse=True):
            half = 0.036 * (1 + words.count("\n"))
            at = min(end, lowest - half)
            lowest = at - half
            bold = "bold" if name == "practice" else "normal"
            above.annotate(
                words, (1.0, max(at, 0.02)), xycoords=("axes fraction", "data"), xytext=(6, 0), fontweight=bold,
                textcoords="offset points", va="center", fontsize=NOTE, annotation_clip=False,
            )  # fmt: skip
        above.set_ylim(0, 1.02)
        above.set_yticks([0, 0.5, 1], ["0", "50%", "100%"])
        below.plot(months, 100 * record.monthly["momentum"], color=INK, linewidth=1.6)
        below.axhline(0, color=INK, linewidth=0.6)
        below.annotate(
            "momentum,\npoints a month", (1.0, 0.5), xycoords="axes fraction", xytext=(6, 0),
            textcoords="offset points", va="center", fontsize=NOTE,
        )  # fmt: skip
        below.set_xlabel("years")
        ticks = range(0, len(months), 12 if len(months) <= 120 else 24 if len(months) <= 240 else 60)
        below.set_xticks(ticks, [str(tick // 12) for tick in ticks])
        above.set_xlim(0, len(months) - 1)
        for place, month in enumerate(record.scenario.departures):
            for axis in (above, below):
                axis.axvline(month, color=INK, linestyle=":", linewidth=1.2)
            if place == 0:
                late = month > len(months) / 2
                look: Any = {"ha": "right" if late else "left", "va": "bottom", "fontsize": NOTE}
                above.text(month + (-1 if late else 1), 0.02, say("the director leaves"), **look)
        headline(figure, say(of_record(record)))
    return figure
