"""The pictures of a page, each a figure that is read without its colours, and how a figure becomes part of a page."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.analysis.dependency.readings import Reading
from sim.analysis.interventions.result import Interventions
from sim.analysis.outcomes import OUTCOMES
from sim.base.intervals import Estimate
from sim.experiments.reading import Run
from sim.experiments.verdict import of_total
from sim.model.ledger import FALL, RISE
from sim.report.director.gather import Found, role_flow
from sim.report.numbers import out_of, span, wrapped
from sim.report.plots.people import plot_people
from sim.report.plots.style import BLUE, GREY, INK, LOOKS, ORANGE, SMALL, drawing, interval, outcome_bars
from sim.report.words.interventions import ranked
from sim.scenario.labels import capital
from sim.scenario.roles import KINDS, Role


def answers(run: Run, titles: dict[str, str]) -> Figure:
    """A bar for each variant: of 100 futures, how many survived, collapsed, never took hold."""
    rows, of = run.whole.rows, out_of(run.whole.number)
    shares = [of_total([row[outcome.column] for outcome in LOOKS], of) for row in rows]
    names = [wrapped(titles[row["variant"]], 24) for row in rows]
    with drawing((5.8, 1.1 + 0.46 * len(rows)), SMALL) as figure:
        axis = figure.subplots()
        outcome_bars(axis, names, [dict(zip(LOOKS, each, strict=True)) for each in shares], of, 10, 0.05)
        axis.set_xlabel(f"of {of} futures")
        figure.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=10)
    return figure


def rests(parts: Sequence[Reading], say: Callable[[str], str]) -> Figure:
    """Causal dependency on the director and every role: a ring for an empty seat, a square for a sceptic in it."""
    with drawing((5.8, 1.6 + 0.44 * len(parts)), SMALL) as figure:
        axis = figure.subplots()
        for place, part in enumerate(parts):
            interval(axis, part.dependency, place - 0.14, "o", "white", markersize=7)
            interval(axis, part.sceptic, place + 0.14, "s", ORANGE, markersize=7)
        axis.set_yticks(range(len(parts)), [wrapped(capital(say(part.group.title)), 22) for part in parts], fontsize=10)
        axis.set_ylim(len(parts) - 0.4, -0.6)
        for at, words in ((0.0, "nothing\nlost"), (1.0, "all\nlost")):
            axis.axvline(at, color=INK, linewidth=1.0, linestyle="-" if at == 0.0 else ":")
            axis.text(at, 1.0, words, transform=axis.get_xaxis_transform(), ha="center", va="bottom", fontsize=10)
        axis.xaxis.set_major_formatter(lambda x, _: f"{100 * x:.0f}%".replace("-", "−"))
        axis.grid(axis="x", color=GREY, alpha=0.3)
        axis.set_axisbelow(True)
        axis.set_xlabel(say("share lost of what director and programme add"))
        for marker, filled, meaning in (("o", "white", "seats empty"), ("s", ORANGE, "sceptics in them")):
            axis.plot([], [], marker, markerfacecolor=filled, markeredgecolor=INK, label=meaning)
        figure.legend(loc="outside lower right", ncols=2, frameon=False, fontsize=10)
    return figure


SHOWN = 0.03
"""The share of all movement along links, in the base or beside it, from which a role has a panel."""


def leading(found: Found) -> list[Role]:
    """The roles that moved people enough to be drawn, the one that moved most first."""
    share = np.max([role_flow(found.run, slug, 1, found.scenario.months) for slug in found.shown], axis=0)
    return sorted((role for role in Role if share[role] >= SHOWN), key=lambda role: (-float(share[role]), role))


def led(found: Found) -> Figure:
    """A panel a role: how much commitment it moved each month, up above the line and down below it."""
    run, words = found.run, found.scenario.words
    base, best = run.detail.flows("base"), None if found.best is None else run.detail.flows(found.best)
    assert base is not None
    roles = leading(found)
    columns = 2
    rows = max(1, -(-len(roles) // columns))
    with drawing((5.8, 1.2 + 1.9 * rows), SMALL) as figure:
        axes = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
        for axis, role in zip(axes, roles, strict=False):
            for flows, colour, dashes in ((base, ORANGE, "-"), (best, BLUE, (0, (3, 1.5)))):
                if flows is None:
                    continue
                moved = flows.by_month[1:, role, : len(KINDS)].sum(axis=1)
                months = np.arange(1, len(moved) + 1)
                for sign in (RISE, FALL):
                    axis.plot(months, moved[:, sign], color=colour, linestyle=dashes, linewidth=1.6)
                    if flows is base:
                        axis.fill_between(months, moved[:, sign], color=colour, alpha=0.22, linewidth=0)
            axis.axhline(0.0, color=INK, linewidth=0.8)
            if not found.scenario.random_departures:
                axis.axvline(found.month, color=INK, linestyle=":", linewidth=1.2)
            axis.set_title(wrapped(capital(words.role(role, several=role > Role.LEAD_MEMBER)), 26))
            step = 24 if found.scenario.months > 48 else 12
            ticks = range(0, found.scenario.months + 1, step)
            axis.set_xticks(ticks, [f"{month // 12}" for month in ticks])
        for axis in axes[len(roles) :]:
            axis.set_axis_off()
        figure.supxlabel("years", fontsize=11)
        figure.supylabel("commitment moved a month", fontsize=11)
        handles = [Line2D([], [], color=ORANGE, label=wrapped(found.titles["base"], 60))]
        if best is not None and found.best is not None:
            label = wrapped(found.titles[found.best], 60)
            handles.append(Line2D([], [], color=BLUE, linestyle=(0, (3, 1.5)), label=label))
        figure.legend(handles=handles, loc="outside upper left", ncols=1, frameon=False)
    return figure


def network(found: Found) -> Figure:
    """People where the line puts them, and the links between them as they stood at the reference month."""
    return plot_people(found.network, found.month, found.influence)


def theory(found: Found) -> Figure:
    """A panel an outcome: each variant from the reference month (ring) to the end (dot)."""
    slugs = list(found.theory)
    columns = 3
    rows = -(-len(OUTCOMES) // columns)
    with drawing((9.4, rows * (0.7 + 0.3 * len(slugs)) + 0.4), SMALL) as figure:
        axes = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
        for i, (axis, definition) in enumerate(zip(axes, OUTCOMES.values(), strict=False)):
            for place, slug in enumerate(slugs):
                before, after = found.theory[slug][:, i].mean(axis=0)
                axis.plot([before, after], [place, place], color=INK, linewidth=1.2)
                axis.plot([before], [place], "o", markerfacecolor="white", markeredgecolor=INK, markersize=6)
                axis.plot([after], [place], "o", color=ORANGE if slug == "base" else BLUE, markersize=6.5)
            axis.set_title(wrapped(definition.title, 32), fontsize=10)
            axis.set_yticks(range(len(slugs)), [wrapped(found.titles[slug], 26) for slug in slugs], fontsize=8.5)
            axis.tick_params(axis="x", labelsize=9)
            axis.set_ylim(len(slugs) - 0.5, -0.5)
            largest = max(float(np.nan_to_num(each[:, i].mean(axis=0)).max()) for each in found.theory.values())
            axis.set_xlim(0.0, 1.08 * largest or 1.0)
            axis.locator_params(axis="x", nbins=5)
            axis.grid(axis="both", color=GREY, alpha=0.25)
        for axis in axes[len(OUTCOMES) :]:
            axis.set_axis_off()
        key = axes[len(OUTCOMES)]
        key.plot([], [], "o", markerfacecolor="white", markeredgecolor=INK, label="at the reference month")
        key.plot([], [], "o", color=BLUE, label=f"{found.scenario.measure.horizon} months later")
        key.legend(loc="center", frameon=False)
    return figure


MOST = 12
"""Interventions in a picture, beside those that do harm."""


def interventions(search: Interventions) -> Figure:
    """The interventions that gain most alone, and those that do harm: how many more futures survive (95% intervals)."""
    of, ranks, say = out_of(search.futures), ranked(search), search.scenario.words.say
    rows = [*ranks[:MOST], *(row for row in ranks[MOST:] if row[2].harms)]
    with drawing((5.8, 1.0 + 0.46 * len(rows)), SMALL) as figure:
        axis = figure.subplots()
        for place, (_, _, use) in enumerate(rows):
            filled = BLUE if use.helps else ORANGE if use.harms else "white"
            interval(axis, Estimate(*(of * x for x in use.difference)), place, "s", filled, markersize=7)
        axis.axvline(0.0, color=INK, linewidth=1.0)
        axis.set_yticks(range(len(rows)), [wrapped(say(each.entry.title), 28) for each, _, _ in rows], fontsize=9.5)
        axis.set_ylim(len(rows) - 0.5, -0.5)
        axis.grid(axis="x", color=GREY, alpha=0.3)
        axis.set_xlabel(f"more or fewer of {of} futures survive at {span(search.scenario.measure.horizon)}")
    return figure
