"""What came out, for people: the table and the sentences that a command prints."""

import math
from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table

from sim.experiments.ensemble import BASE
from sim.measures.survival import OUTCOMES, of_hundred

if TYPE_CHECKING:
    from sim.experiments.comparison import Comparison

CAVEATS = (
    "The intervals (95%) are chance between simulated futures, not doubt about the world: more futures narrow them,"
    " and they say nothing about whether the model is right. Comparisons between variants hold up better than levels.",
    "This is not a prediction about a real council or any real organisation. It shows what follows from stated"
    " assumptions, resting on one qualitative study (Miller et al. 2025).",
)


def table(comparison: "Comparison") -> Table:
    """One row a variant, in plain words, with its paired difference from the first row beneath."""
    horizon = comparison.scenario.measure.horizon
    later = "five years" if horizon == 60 else f"{horizon} months"
    out = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_lines=False)
    out.add_column("Of 100 futures, when:")
    for heading in (
        "never\ntook hold",
        "collapsed\n(95% interval)",
        "survived",
        f"practised commitment\nbefore → {later} on",
        "subscription\nlost",
    ):
        out.add_column(heading, justify="right", no_wrap=True)
    for row, hundred in zip(comparison.summary.to_dict("records"), _hundreds(comparison), strict=True):
        low, high = round(100 * row["collapsed_low"]), round(100 * row["collapsed_high"])
        collapse, practice = _differences(row)
        out.add_row(
            row["title"],
            str(hundred[0]),
            f"{hundred[1]} ({low} to {high})\n{collapse}",
            str(hundred[2]),
            f"{row['practice_before']:.2f} → {row['practice_after']:.2f}\n{practice}",
            str(round(100 * row["subscription_lost"])),
        )
    return out


def _hundreds(comparison: "Comparison") -> list[list[int]]:
    counts = comparison.futures.groupby(["variant", "outcome"], sort=False).size()
    return [of_hundred([int(counts.get((slug, o), 0)) for o in OUTCOMES]) for slug in comparison.settings]


def _differences(row: "dict[Hashable, Any]") -> tuple[str, str]:
    """The differences from the first row in words, with their intervals; empty for the first row itself."""
    if math.isnan(row["collapse_difference"]):
        return "", ""
    less = row["collapse_difference"] <= 0
    sign = -1 if less else 1
    low, high = sorted(round(100 * sign * row[f"collapse_difference_{end}"]) for end in ("low", "high"))
    collapse = f"{abs(round(100 * row['collapse_difference']))} {'fewer' if less else 'more'} ({low} to {high})"
    low, high = row["practice_difference_low"], row["practice_difference_high"]
    interval = "" if math.isnan(low) else f" ({low:+.2f} to {high:+.2f})"
    return collapse, f"{row['practice_difference']:+.2f}{interval}"


NAMED = 3
"""At most so many variants are named in one sentence; the table has them all."""


def sentences(comparison: "Comparison") -> Iterator[str]:
    """Two to four sentences to read aloud, the comparison between variants first."""
    summary = comparison.summary.set_index("variant")
    hundreds = dict(zip(comparison.settings, _hundreds(comparison), strict=True))
    base = summary.loc[BASE]
    others = summary.drop(index=BASE)
    helps = others[others["collapse_difference_high"] < 0].sort_values("collapse_difference")
    harms = others[others["collapse_difference_low"] > 0].sort_values("collapse_difference", ascending=False)
    unclear = others.drop(index=[*helps.index, *harms.index])
    never, collapsed, survived = hundreds[BASE]
    for rows, word in ((helps, "fewer"), (harms, "more")):
        if len(rows):
            found = [
                f"{abs(round(100 * row['collapse_difference']))} {word} with “{row['title']}”"
                for _, row in rows.head(NAMED).iterrows()
            ]
            more = f" (and {len(rows) - NAMED} more: see the table)" if len(rows) > NAMED else ""
            yield f"Of every 100 futures of “{base['title']}”, the change collapsed in {_and(found)}{more}."
    for slug, row in helps.iterrows():
        if hundreds[str(slug)][0] >= never + 10:
            yield f"But with “{row['title']}” it never took hold in {hundreds[str(slug)][0]} of 100."
    if len(unclear):
        names = _and([f"“{title}”" for title in unclear["title"]])
        yield f"With {names}, collapse was neither clearly more nor clearly less common in this many futures."
    yield (
        f"“{base['title']}” itself: in {collapsed} of 100 futures the change collapsed, in {never} it never took "
        f"hold, in {survived} it survived."
    )


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def definitions(comparison: "Comparison") -> Iterator[str]:
    """What the words of the table mean, a line each, with this scenario's numbers."""
    m, setting = comparison.scenario.measure, comparison.scenario
    when = (
        "the director's first departure"
        if setting.random_departures and m.reference_month is None
        else f"month {setting.reference_month}"
    )
    yield "Practised commitment: the share of recent work that staff did the new way, 0 to 1, averaged over staff."
    yield (
        f"Judged at {when} and {m.horizon} months on: never took hold, below {m.taken_hold:g} at first; survived, at "
        f"least {100 * m.survival:g}% of it kept; collapsed, less. Subscription lost: by the end of that time."
    )
