"""Pictures of variants compared."""

import math
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments.comparison import SHOWN_FUTURES, Comparison
from sim.experiments.ensemble import BASE
from sim.experiments.verdict import COLLAPSED, NEVER, SURVIVED
from sim.model.record import MONTHLY
from sim.report.numbers import out_of, signed, span
from sim.report.plots.findings import about, of_comparison
from sim.report.plots.style import (
    BLUE,
    BODY,
    DPI,
    GREY,
    HEAD,
    INK,
    LOOKS,
    NOTE,
    ORANGE,
    STYLE,
    WIDE,
    drawing,
    fitted,
    headline,
    name_ends,
)
from sim.report.words.comparison import at_horizons, ended, horizons_of, is_yardstick, times
from sim.report.words.scenario import what_happens
from sim.scenario.departures import departure_terms
from sim.scenario.events import DirectorLeaves

LEFT, RIGHT, BETWEEN = 0.62, 0.12, 0.16
TALL, STRIP, GAP, BELOW = 1.3, 0.48, 0.12, 0.34
"""Inches: beside and between the panels; their height, that of the strip beneath, before it and for what is below."""


def line(points: float) -> float:
    """Inches that a line of letters takes."""
    return 1.25 * points / 72


def plot_comparison(comparison: Comparison, *, ends: bool = False) -> Figure:
    """A panel for every variant: practised commitment above, momentum below; dashed, what it is compared with.

    Bands hold half and nine tenths of the futures. Blue: clearly more futures survive than in what it is compared
    with, orange: clearly fewer, black: neither; grey: the director stays. ``ends``: a bar for each variant instead, of
    how its futures ended.
    """
    return _ends(comparison) if ends else _months(comparison)


def _months(comparison: Comparison) -> Figure:
    """All margins are set rather than fitted: fitting them takes several times as long as drawing."""
    settings = list(comparison.settings)
    columns = {1: 1, 2: 2, 4: 2}.get(len(settings), 3)
    wide = (WIDE - LEFT - RIGHT - BETWEEN * (columns - 1)) / columns
    titles = [_titles(comparison, slug, number, wide) for number, slug in enumerate(settings, 1)]
    found = fitted(of_comparison(comparison), WIDE - 0.2, HEAD, bold=True)
    asked = fitted(about(comparison), WIDE - 0.2)
    note = fitted(comparison.scenario.words.say(" ".join(_note(comparison))), WIDE - 0.2, NOTE)
    blocks = [titles[at : at + columns] for at in range(0, len(titles), columns)]
    heads = [max(len(bold.split("\n")) for bold, _ in block) * line(BODY) + 2 * line(NOTE) + 0.25 for block in blocks]
    top = 0.1 + _tall(found, HEAD) + 0.05 + _tall(asked, BODY)
    bottom = 0.16 + _tall(note, NOTE) + 0.1
    open_below = [len(settings) - columns < (row + 1) * columns for row in range(len(blocks))]
    feet = [BELOW if some else 0.05 for some in open_below]
    tall = top + sum(heads) + len(blocks) * (TALL + GAP + STRIP) + sum(feet) + bottom
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDE, tall), dpi=DPI)

        def write(x: float, y: float, text: str, **look: Any) -> None:
            figure.text(x / WIDE, 1.0 - y / tall, text, va="top", linespacing=1.25, **look)

        def panel(x: float, y: float, height: float) -> Axes:
            return figure.add_axes((x / WIDE, 1.0 - (y + height) / tall, wide / WIDE, height / tall))

        write(0.1, 0.1, found, fontsize=HEAD, fontweight="bold")
        write(0.1, 0.1 + _tall(found, HEAD) + 0.05, asked)
        write(0.1, tall - bottom + 0.16, note, fontsize=NOTE)
        bands = {(slug, name): _bands(comparison, slug, name) for slug in settings for name in ("practice", "momentum")}
        strips = []
        at = top
        for row, (block, head) in enumerate(zip(blocks, heads, strict=True)):
            at += head
            for column, (bold, said) in enumerate(block):
                place = row * columns + column
                slug, x = settings[place], LEFT + column * (wide + BETWEEN)
                colour = colour_of(comparison, slug)
                write(x, at - 2 * line(NOTE) - 0.09 - _tall(bold, BODY), bold, fontweight="bold")
                write(x, at - 2 * line(NOTE) - 0.05, said, fontsize=NOTE)
                above, below = panel(x, at, TALL), panel(x, at + TALL + GAP, STRIP)
                other = None if slug == BASE else comparison.compared_with(slug)
                for axis, name in ((above, "practice"), (below, "momentum")):
                    behind = None if other is None else bands[other, name][2]
                    _draw(axis, bands[slug, name], colour, behind)
                _mark_departures(comparison, slug, (above, below), words=slug == BASE)
                if other is not None:
                    _name_dashes(above, bands[slug, "practice"], bands[other, "practice"], settings.index(other) + 1)
                above.set_ylim(0, 1.02)
                below.axhline(0.0, color=INK, linewidth=0.6)
                first, last = column == 0, place + columns >= len(settings)
                above.set_yticks([0, 0.5, 1], ["0", "50%", "100%"] if first else [])
                above.set_xticks([])
                _years(comparison, below, words=last)
                if first:
                    beside: Any = {"rotation": 90, "fontsize": NOTE, "ha": "center", "va": "center"}
                    for y, words in (
                        (at + TALL / 2, "practised commitment"),
                        (at + TALL + GAP + STRIP / 2, "momentum"),
                    ):
                        figure.text(0.11 / WIDE, 1.0 - y / tall, words, **beside)
                strips.append(below)
            at += TALL + GAP + STRIP + feet[row]
        room = [_room_in(bands[slug, "practice"], _named_until(comparison, slug, wide)) for slug in settings]
        most = max(range(len(room)), key=lambda i: len(room[i]))
        for words, where in room[most].items():
            figure.axes[2 * most].text(*where, words, ha="center", va="center", fontsize=NOTE, color=INK)
        _level(strips, [bands[slug, "momentum"] for slug in settings], columns)
    return figure


def _tall(text: str, points: float) -> float:
    return len(text.split("\n")) * line(points)


def colour_of(comparison: Comparison, slug: str) -> str:
    """Blue for a variant in which clearly more futures survive, orange for fewer; grey where the director stays."""
    row = next(row for row in comparison.rows if row["variant"] == slug)
    if is_yardstick(comparison.settings[slug], comparison.scenario):
        return GREY
    return BLUE if row["survived_difference_low"] > 0 else ORANGE if row["survived_difference_high"] < 0 else INK


def _titles(comparison: Comparison, slug: str, number: int, wide: float) -> tuple[str, str]:
    """What stands above a panel: its number and title, and how its futures went, beside those it is compared with."""
    of, horizons = out_of(comparison.number), horizons_of(comparison)
    row = next(row for row in comparison.rows if row["variant"] == slug)
    went = f"survives: {', '.join(at_horizons(comparison, SURVIVED)[slug])} of {of}"
    if slug == BASE or math.isnan(row["survived_difference_low"]):
        said = f"after {times(horizons)}" if slug == BASE else ""
    else:
        low, high, size = (signed(of * row[f"survived_difference{end}"]) for end in ("_low", "_high", ""))
        other = list(comparison.settings).index(comparison.compared_with(slug)) + 1
        clear = row["survived_difference_low"] > 0 or row["survived_difference_high"] < 0
        ends = sorted((abs(low), abs(high)))
        word = "more" if size > 0 else "fewer"
        said = (
            f"{abs(size)} {word} than in {other} ({ends[0]} to {ends[1]})"
            if clear
            else f"no clear difference from {other}"
        )
    return fitted(f"{number}. {row['title']}", wide, bold=True), f"{went}\n{said}"


def _note(comparison: Comparison) -> Iterator[str]:
    measure, number = comparison.scenario.measure, comparison.number
    drawn = f"the first {SHOWN_FUTURES:,} of {number:,}" if number > SHOWN_FUTURES else f"{number}"
    later = span(measure.horizon)
    yield f"Practised commitment: how much of staff's work is done the new way; the line is the middle one of {drawn}"
    yield f"simulated futures. Survives: at least {100 * measure.survival:g}% of it is left."
    yield "Bands: half of them, and nine in ten."
    if len(comparison.settings) > 1:
        stays = any(colour_of(comparison, slug) == GREY for slug in comparison.settings)
        yield f"More or fewer: at {later}, with the 95% interval for chance between futures; blue is clearly more,"
        yield f"orange clearly fewer, black neither{', and grey: the director stays' * stays}. Dashed: the panel"
        yield "that it is compared with."
    yield "Momentum: the change expected next, in points a month."
    yield from (f"Panel 1: {line}." for line in what_happens(comparison.scenario))
    if comparison.changes:
        yield f"Changed: {', '.join(comparison.changes)}."


def _bands(comparison: Comparison, slug: str, name: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    """Quantiles 5, 25, 50, 75 and 95 of a monthly column over the futures, [5, months + 1]."""
    column = list(MONTHLY).index(name)
    values = comparison.months(slug)[:, :, column]
    values = values[~np.isnan(values[:, -1])]  # without the futures that failed
    start = 0 if name == "practice" else 1  # momentum has no row 0
    bands = np.full((5, values.shape[1]), np.nan)
    bands[:, start:] = np.quantile(values[:, start:], [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    return bands


def _draw(axis: Axes, bands: np.ndarray, colour: str, behind: np.ndarray | None) -> None:
    months = np.arange(bands.shape[1])
    axis.fill_between(months, bands[0], bands[4], color=colour, alpha=0.16, linewidth=0)
    axis.fill_between(months, bands[1], bands[3], color=colour, alpha=0.30, linewidth=0)
    if behind is not None:
        axis.plot(np.arange(len(behind)), behind, color=INK, linewidth=1.0, linestyle=(0, (4, 2)))
    axis.plot(months, bands[2], color=colour, linewidth=2.0)
    axis.set_xlim(0, len(months) - 1)


def _name_dashes(axis: Axes, bands: np.ndarray, other: np.ndarray, number: int) -> None:
    """Say beside the dashed line which panel's it is, where both lines leave most room for it; nowhere if none."""
    months, high = bands.shape[1], 0.1
    reach = months // 9
    best, found = 0.02, None
    for at in range(reach, months - reach):
        near = slice(at - reach, at + reach + 1)
        if abs(float(np.mean(other[2][near] - bands[2][near]))) < 0.03:
            continue
        for low in (float(max(other[2][near])) + 0.02, float(min(other[2][near])) - 0.02 - high):
            away = max(low - float(max(bands[2][near])), float(min(bands[2][near])) - low - high)
            if away > best and 0.02 < low < 1.0 - high and abs(low + high / 2 - other[2][at]) < 0.2:
                best, found = away, (at, low)
    if found is not None:
        axis.text(*found, f"as in {number}", ha="center", va="bottom", fontsize=NOTE, color=INK)


def _named_until(comparison: Comparison, slug: str, wide: float) -> int:
    """Until which month the lower part of a panel is taken by words."""
    setting = comparison.settings[slug]
    if slug != BASE or not setting.departures:
        return 0
    return setting.departures[0] + int(0.85 / wide * setting.months)


def _room_in(bands: np.ndarray, taken: int) -> dict[str, tuple[int, float]]:
    """What a panel's bands hold, and where they are thick enough to say so in them, beside the line.

    ``taken``: until this month, the lower part has other words.
    """
    months = bands.shape[1]
    reach, found = months // 5, {}
    for parts, words in ((((1, 2), (2, 3)), "half of them"), (((0, 1), (3, 4)), "nine in ten")):
        best = 0.12
        for low, high in parts:
            for at in range(reach, months - reach):
                near = slice(at - reach, at + reach + 1)
                under, over = float(max(bands[low][near])), float(min(bands[high][near]))
                if over - under > best and (at - reach > taken or over + under > 0.8):
                    best, found[words] = over - under, (at, (over + under) / 2)
    return found


def _mark_departures(comparison: Comparison, slug: str, axes: Sequence[Axes], words: bool) -> None:
    """A dotted line where the director leaves, a shade while the seat is empty, and in one panel what they are."""
    setting = comparison.settings[slug]
    for event in setting.events.values():
        if not isinstance(event, DirectorLeaves) or not event.enabled:
            continue
        end = event.month + departure_terms(setting, event).vacancy
        for axis in axes:
            axis.axvline(event.month, color=INK, linestyle=":", linewidth=1.2)
            axis.axvspan(event.month, end, color=GREY, alpha=0.2, linewidth=0)
        if words:
            late = event.month > setting.months / 2
            look: Any = {"ha": "right" if late else "left", "va": "bottom", "fontsize": NOTE}
            at = event.month - 1 if late else end + 1
            axes[0].text(at, 0.03, textwrap.fill(setting.words.say("the director leaves"), 12), **look)
            words = False


def _years(comparison: Comparison, axis: Axes, words: bool) -> None:
    months = comparison.scenario.months
    step = next(each for each in (6, 12, 24, 36, 60, 120, 240) if months / each <= 7)
    ticks = range(0, months + 1, step)
    axis.set_xticks(ticks, [f"{month / 12:g}" for month in ticks] if words else [])
    axis.tick_params(labelsize=NOTE, length=2.5)
    if words:
        axis.set_xlabel("years", fontsize=NOTE, labelpad=1)


def _level(axes: Sequence[Axes], bands: Sequence[np.ndarray], columns: int) -> None:
    """The strips of momentum all on one scale, from the lowest to the highest, and what it is in the first column."""
    low = min(0.0, *(float(np.nanmin(each[0])) for each in bands))
    high = max(0.0, *(float(np.nanmax(each[4])) for each in bands))
    top = next(each for each in (0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0) if each <= high)
    for place, axis in enumerate(axes):
        axis.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
        axis.set_yticks(sorted({0.0, top}), [f"{100 * each:+g}" if each else "0" for each in sorted({0.0, top})])
        if place % columns:
            axis.set_yticklabels([])


def _ends(comparison: Comparison) -> Figure:
    """How the futures of every variant ended, of 100, a bar each; whiskers: the 95% interval of how many collapse."""
    rows, say = comparison.rows, comparison.scenario.words.say
    inside: Any = {"ha": "center", "va": "center", "fontsize": BODY, "fontweight": "bold"}
    inside["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 1.2}
    whisker: Any = {"color": INK, "linewidth": 1.6, "marker": "|", "markersize": 6}
    order = (COLLAPSED, NEVER, SURVIVED)
    with drawing((WIDE, 0.42 * len(rows) + 1.5)) as figure:
        axis = figure.subplots()
        for place, row in enumerate(rows):
            left, counts = 0.0, ended(row, 100)
            for outcome in order:
                share, count = 100 * row[outcome.column], counts[outcome]
                colour, hatch = LOOKS[outcome]
                axis.barh(place, share, left=left, color=colour, hatch=hatch, edgecolor="white", height=0.74)
                if share >= 4:
                    axis.text(left + share / 2, place + 0.1, str(count), **inside)
                left += share
            axis.plot([100 * row["collapsed_low"], 100 * row["collapsed_high"]], [place - 0.26] * 2, **whisker)
        axis.set_yticks(range(len(rows)), [textwrap.fill(say(row["title"]), 30) for row in rows])
        axis.get_yticklabels()[0].set_fontweight("bold")
        axis.set_ylim(len(rows) - 0.5, -0.5)
        axis.set_xlim(0, 100)
        axis.spines[["left", "bottom"]].set_visible(False)
        axis.tick_params(length=0)
        axis.set_xlabel(
            f"of 100 futures, at {span(comparison.scenario.measure.horizon)}"
            + (f" ({comparison.number:,} were played)" if comparison.number != 100 else "")
        )
        never = {0.5: NEVER} if any(row[NEVER.column] > 0 for row in rows) else {}
        name_ends(axis, {0.0: COLLAPSED, **never, 1.0: SURVIVED})
        note = "Lines on the bars: 95% intervals of how many collapse, for chance between simulated futures."
        headline(figure, of_comparison(comparison), say(note))
    return figure
