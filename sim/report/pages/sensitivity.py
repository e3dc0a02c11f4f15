"""A sensitivity analysis in words: the page, and the lines that a command prints."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.sensitivity.outcome import OUTCOMES
from sim.analysis.sensitivity.regions import EASE, Region
from sim.analysis.sensitivity.run import FUTURES_OF_STRUCTURE, Sensitivity
from sim.base.version import VERSION
from sim.experiments.ensemble import BASE
from sim.report.numbers import hundred, listed, whole
from sim.report.pages.templates import template
from sim.scenario.fields import fields

EASE_IN_WORDS = (
    "the support for the new way that is left over where everybody is for it, may do it and does it: the three weights "
    "of practice together, less the threshold and red tape"
)

LITTLE = 0.02
"""A parameter that moves no outcome by this much over its whole range is said to hardly matter."""


def sensitivity_words(found: Sensitivity) -> Iterator[str]:
    """The answer in a few sentences."""
    said = found.shared["collapsed"]
    if said.variance == 0.0:
        yield "Collapse is the same at every setting of these parameters, so there is nothing to share out."
        return
    if found.few:
        yield "So few points leave all of this to chance; the defaults are the least that says something."
    named = dict(fields())
    order = np.argsort(-said.total, kind="stable")[:3]
    parts = [
        f"{named[found.top[i].key].description} ({found.top[i].key}: {said.total[i]:.2f} of its spread)" for i in order
    ]
    yield f"What collapse hangs on most, over these ranges (totals, which overlap): {listed(parts)}."
    first = found.regions.regions[0]
    if not math.isnan(first.collapsed):
        yield (
            f"Most collapse where {first.words()}: {hundred(first.collapsed)} of 100 futures, in "
            f"{hundred(first.share)} of 100 settings{_never(first)}."
        )
    last = found.regions.regions[-1]
    if not math.isnan(last.collapsed):
        few, share = hundred(last.collapsed), hundred(last.share)
        yield f"Fewest where {last.words()}: {few} of 100, in {share} of 100 settings{_never(last)}."


def _never(region: Region) -> str:
    """That a change does not collapse that never took hold."""
    return f" (in {hundred(region.never)} of 100 futures it never took hold)" if region.never >= 0.1 else ""


def page(found: Sensitivity) -> str:
    """The page, in Markdown."""
    return template(Path(__file__).with_name("sensitivity.md.jinja"), hundred=hundred).render(
        found=found,
        version=VERSION,
        outcomes=OUTCOMES,
        named={key: field.description for key, field in fields()} | {EASE: EASE_IN_WORDS},
        summary=" ".join(sensitivity_words(found)),
        strongest=lambda totals: np.argsort(-np.nan_to_num(totals), kind="stable"),
        index=_index,
        bounded=list(dict.fromkeys(key for region in found.regions.regions for key in region.bounds)),
        little=_little(found),
        structure_futures=FUTURES_OF_STRUCTURE * found.futures,
        titles=[found.scenario.words.say(title) for title in _titles(found)],
        structure=list(_structure(found)),
        order=order_holds(found),
    )


def _little(found: Sensitivity) -> str:
    """The parameters that hardly move anything."""
    most = np.max([said.high for said in found.screened.values()], axis=0)
    idle = [f"`{one.key}`" for one, moved in zip(found.parameters, most, strict=True) if moved < LITTLE]
    if not idle:
        return f"Every parameter moves some outcome by {LITTLE:g} or may do so."
    return f"These move no outcome by {LITTLE:g}, even at the upper end of the interval: {', '.join(idle)}."


def _titles(found: Sensitivity) -> list[str]:
    slugs = list(dict.fromkeys(row["variant"] for row in found.structure))
    return [found.scenario.title if slug == BASE else found.scenario.variant(slug).title for slug in slugs]


def _structure(found: Sensitivity) -> Iterator[dict[str, Any]]:
    for (about, chosen), rows in _by_choice(found).items():
        base = rows[BASE]
        cells = []
        for slug, row in rows.items():
            if not row["futures"]:
                cells.append("cannot be run so")
                continue
            never = f"; {hundred(row['never_took_hold'])} never took hold" if row["never_took_hold"] >= 0.1 else ""
            if slug == BASE:
                low, high = hundred(row["collapsed_low"]), hundred(row["collapsed_high"])
                cells.append(f"{hundred(row['collapsed'])} ({low} to {high}){never}")
            else:
                difference = whole(100 * row["collapsed"]) - whole(100 * base["collapsed"])
                more = "more" if difference > 0 else "fewer"
                cells.append(f"{hundred(row['collapsed'])}: {abs(difference)} {more}{never}")
        yield {"what": f"{about}: {chosen}" if chosen else about, "cells": cells}


def _by_choice(found: Sensitivity) -> dict[tuple[str, str], dict[str, dict[str, Any]]]:
    out: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for row in found.structure:
        out.setdefault((row["about"], row["chosen"]), {})[row["variant"]] = row
    return out


def order_holds(found: Sensitivity) -> str:
    """Under how many choices more futures survive with each variant than in the base, in words."""
    table = [rows for rows in _by_choice(found).values() if rows[BASE]["futures"]]
    slugs = [slug for slug in table[0] if slug != BASE] if table else []
    if not slugs:
        return ""
    said = []
    for slug, title in zip(slugs, _titles(found)[1:], strict=True):
        pairs = [(_survived(rows[slug]), _survived(rows[BASE])) for rows in table if rows[slug]["futures"]]
        more = sum(one > base + 1e-9 for one, base in pairs)
        said.append(f"“{title}” under {more} of {len(pairs)}")
    return found.scenario.words.say(
        f"More futures survived than with “{found.scenario.title}” with {listed(said)} choices of network, size, "
        "verdict and time step."
    )


def _survived(row: dict[str, Any]) -> float:
    return float(1.0 - row["collapsed"] - row["never_took_hold"])


def _index(value: float, half: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f} ({value - half:.2f} to {value + half:.2f})"
