"""Variants compared, in words: the table and the sentences that a command prints."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.experiments.comparison import Comparison
from sim.experiments.ensemble import BASE
from sim.experiments.precision import would_tell
from sim.experiments.verdict import COLLAPSED, NEVER, STILL_FALLING, SURVIVED, Verdict, horizon_columns, of_total
from sim.report.numbers import count, hundred, in_signs, listed, out_of, quoted, signed, so_many, span, whole
from sim.report.words.common import CAVEATS, Cell, Grid, for_a_machine
from sim.report.words.scenario import what_happens
from sim.scenario.labels import capital
from sim.scenario.scenario import Scenario


def answer(comparison: Comparison) -> str:
    """The answer in a sentence: how often the change survives, with what clearly more often, with what least often.

    Not among what helps: that the director stays, where the director goes otherwise; nobody can choose it.
    """
    if not comparison.tellable:
        return "In at least one variant every future failed: see status and error in the futures' rows."
    of, base = out_of(comparison.number), comparison.rows[0]
    told = {slug: _in_so_many(survived, of) for slug, survived in survivors(comparison).items()}
    ends = named(comparison)
    later = span(comparison.scenario.measure.horizon)
    found = [f"{told[row['variant']].removesuffix(f' of {of}')} with “{row['title']}”" for row in ends]
    if base["never_took_hold"] == 1:
        said = f"With “{base['title']}” the change takes hold {told[BASE]} futures"
        said += ", so there is nothing that a departure could end" if leaves(comparison.scenario) else ""
        said += f"; it survives {later} {listed(found)}" if found else ""
    else:
        said = f"With “{base['title']}” the change survives {later} {told[BASE]} futures"
        never = whole(of * base["never_took_hold"])
        said += f" and never takes hold in {never}" if never else ""
        said += f"; {listed(found)}" if found else ""
    if not ends and (by_practice := _by_practice(comparison)):
        return f"{said}. {by_practice}."
    others = [row for row in chosen(comparison) if row not in ends]
    if others and not clearly_better(comparison) and base["survived"] < 1:
        alone = len(comparison.rows) == 2
        said += f"; “{others[0]['title']}” does not do" if alone else "; nothing that is compared with it does"
        said += " clearly better"
    return f"{said}."


def _by_practice(comparison: Comparison) -> str:
    """Where survival tells nothing apart: how much is practised at the horizon, and with what clearly more or less."""
    base = comparison.rows[0]
    others = [row for row in comparison.rows[1:] if row["compared_with"] == BASE]
    more = [row for row in chosen(comparison) if row["practice_difference_low"] > 0]
    less = [row for row in others if row["practice_difference_high"] < 0]
    most, least = (
        sorted(rows, key=lambda row: sign * row["practice_after"])[:1] for rows, sign in ((more, -1), (less, 1))
    )
    if not most and not least:
        return ""
    with_ = [f"{practised(row)} with “{row['title']}”" for row in (*most, *least)]
    later = span(comparison.scenario.measure.horizon)
    work = f"{practised(base)} of staff's work is done the new way at {later}"
    return f"Survival does not tell the rows apart, but {work}, {listed(with_)}"


def practised(row: Mapping[str, Any]) -> str:
    """How much of staff's work is done the new way at the horizon, in whole hundredths."""
    return f"{whole(100 * row['practice_after'])}%"


def _in_so_many(count: int, of: int) -> str:
    if of < 3:
        return f"in {count} of {of}"
    return f"in {so_many(count, of)}"


def chosen(comparison: Comparison) -> list[dict[str, Any]]:
    """The rows of variants that can be chosen: not that the director stays, where the director goes otherwise."""
    others = [row for row in comparison.rows if row["compared_with"] == BASE]
    return [row for row in others if not is_yardstick(comparison.settings[row["variant"]], comparison.scenario)]


def is_yardstick(setting: Scenario, base: Scenario) -> bool:
    """Whether a variant differs from the base in that the director stays, which nobody can choose."""
    return leaves(base) and not leaves(setting)


def clearly_better(comparison: Comparison) -> list[dict[str, Any]]:
    """Of what can be chosen, the rows in which clearly more futures survive than in the first, the best first."""
    return better_first([row for row in chosen(comparison) if row["survived_difference_low"] > 0])


def since(setting: Scenario) -> str:
    """From when on a verdict's horizon is counted, to follow the word "after"."""
    by_tenure = setting.random_departures and setting.measure.reference_month is None
    return "the director's first departure" if by_tenure else f"month {setting.reference_month}"


def named(comparison: Comparison) -> list[dict[str, Any]]:
    """The rows that the answer names beside the first: the best of those clearly better, the worst of those worse.

    Or the only other one that there is, where it is clearly better: that the director stays.
    """
    others = [row for row in comparison.rows[1:] if row["compared_with"] == BASE]
    if len(comparison.rows) == 2 and any(row["survived_difference_low"] > 0 for row in others):
        return others
    worse = [row for row in others if row["survived_difference_high"] < 0]
    return [*clearly_better(comparison)[:1], *better_first(worse)[-1:]]


def leaves(setting: Scenario) -> bool:
    """Whether the director leaves in a setting, or may leave."""
    return bool(setting.departures) or setting.random_departures


def better_first(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a comparison, those in which most futures survive first; of equals, where most is practised."""
    return sorted(rows, key=lambda row: (-row["survived"], -row["practice_after"]))


def answer_grid(comparison: Comparison) -> Grid:
    """A row for each variant: survived at each horizon, and the paired difference in that at the verdict's."""
    of, horizons, measure = out_of(comparison.number), horizons_of(comparison), comparison.scenario.measure
    never = any(row["never_took_hold"] > 0 for row in comparison.rows)
    last = -1 if len(comparison.rows) == 1 else None  # there is nothing to differ from
    head = [
        f"Of {of} futures, survived at:", *(in_a_column(months) for months in horizons.values()),
        *(["never\ntook\nhold"] if never else []), f"difference at\n{span(measure.horizon)} (95%)",
    ]  # fmt: skip
    stand = at_horizons(comparison, SURVIVED)
    rows = [
        (row["title"], *stand[row["variant"]], *([str(ended(row, of)[NEVER])] if never else []), difference(row, of))
        for row in comparison.rows
    ]
    rows = [row[:last] for row in rows]
    return Grid(head[:last], _grouped(comparison, rows, "Against"), narrow=64)


def _grouped(comparison: Comparison, cells: Sequence[Sequence[Cell]], opening: str) -> list[Sequence[Cell]]:
    """A table's rows, those of variants that are compared with another one last, under a heading that names it."""
    rows: dict[str, list[Sequence[Cell]]] = {}
    for row, its in zip(comparison.rows, cells, strict=True):
        rows.setdefault(row["compared_with"] or BASE, []).append(its)
    titles = {row["variant"]: row["title"] for row in comparison.rows}
    heads = {other: [] if other == BASE else [(f"{opening} “{titles[other]}”:",)] for other in rows}
    return [row for other, found in rows.items() for row in (*heads[other], *found)]


def in_a_column(months: int) -> str:
    """How long a horizon is, to head a narrow column."""
    return span(months).replace(" ", "\n")


def difference(row: Mapping[str, Any], of: int) -> str:
    """How many more futures survive than with what a variant is compared with; empty for the first row."""
    if math.isnan(row["survived_difference"]):
        return ""
    return in_signs((row[name] for name in with_ends("survived_difference")), of)


def how_sure(comparison: Comparison) -> str:
    """How sure the answer is, in a line: chance between futures, the guesses, the real world."""
    played = f"{count(comparison.number, 'future')}; {by_chance(comparison)}{told_to_be_few(comparison)}"
    return f"{played} The model's guesses may be wrong: ask with --worlds plausible. It is no forecast."


def by_chance(comparison: Comparison) -> str:
    """What the first row could as well have been by chance."""
    of, (_, low, high) = out_of(comparison.number), (comparison.rows[0][name] for name in with_ends("survived"))
    return f"by luck alone the first row could have been {whole(of * low)} to {whole(of * high)} (95%)."


def told_to_be_few(comparison: Comparison) -> str:
    """That so few futures tell little; empty where they are enough."""
    return " So few futures tell little: play 200." if comparison.number < FEW else ""


def with_ends(name: str) -> tuple[str, str, str]:
    """The columns of a number and of its interval."""
    return name, f"{name}_low", f"{name}_high"


def as_data(comparison: Comparison) -> dict[str, Any]:
    """The answer for a machine, with the rows of summary.csv."""
    said = {"futures": comparison.number, "seed": comparison.seed}
    return for_a_machine(comparison.scenario, answer(comparison), said, comparison.rows)


def explained(comparison: Comparison) -> Iterator[str | Grid]:
    """What happens in the first row, everything in a table, in sentences, and what the words mean."""
    say, futures = comparison.scenario.words.say, count(comparison.number, "future")
    yield f"\n{futures} for each row, the same draws in all; seed {comparison.seed}."
    yield from (say(f"First row: {line}.") for line in what_happens(comparison.scenario))
    yield grid(comparison)
    told = *comparison_words(comparison), *pairing(comparison), "", *definitions(comparison), "", *CAVEATS
    yield from map(say, told)


def grid(comparison: Comparison) -> Grid:
    """All that is told of each variant, in plain words, with its paired difference from the first row beneath.

    Variants that are compared with another one follow under a heading that names it.
    """
    of, later = out_of(comparison.number), span(comparison.scenario.measure.horizon)
    head = (
        f"Of {of} futures, when:",
        "never\ntook hold",
        f"collapsed at\n{times(horizons_of(comparison), ' (95%)')}",
        f"survived at\n{later}",
        f"practised commitment\nbefore → {later} on",
        "subscription\nlost",
    )
    rows, gone = [], at_horizons(comparison, COLLAPSED)
    judged = list(horizons_of(comparison)).index("collapsed")
    for row in comparison.rows:
        never, _, survived = ended(row, of).values()
        known = gone[row["variant"]]
        known[judged] += f" ({whole(of * row['collapsed_low'])} to {whole(of * row['collapsed_high'])})"
        fewer, change = _differences(row, of)
        practice = f"{row['practice_before']:.2f} → {row['practice_after']:.2f}"
        lost = str(whole(of * row["subscription_lost"]))
        falling = still_falling(row, of)
        left = str(survived), f"{falling} still falling" if falling else ""
        rows.append((row["title"], str(never), (", ".join(known), fewer), left, (practice, change), lost))
    return Grid(head, _grouped(comparison, rows, "Compared with"))


def horizons_of(comparison: Comparison) -> dict[str, int]:
    """The columns of futures that collapsed, and after how many months: those of which something is known."""
    measure = comparison.scenario.measure
    columns = horizon_columns(measure) | {"collapsed": measure.horizon}
    known = [name for name in columns if any(not math.isnan(row[name]) for row in comparison.rows)]
    return {name: columns[name] for name in sorted(known, key=columns.__getitem__)}


def at_horizons(comparison: Comparison, end: Verdict) -> dict[str, list[str]]:
    """For each variant, in how many futures the change survived, or had collapsed, at each of ``horizons_of``."""
    of, found = out_of(comparison.number), {}
    for row in comparison.rows:
        stood = 1 - row["never_took_hold"]
        told = {name: row[name] if end == COLLAPSED else stood - row[name] for name in horizons_of(comparison)}
        counted = {name: hundred(share, of) for name, share in told.items()}
        found[row["variant"]] = list((counted | {"collapsed": str(ended(row, of)[end])}).values())
    return found


def still_falling(row: dict[str, Any], of: int) -> int:
    """In how many futures a variant's survivors were still falling; 0 where that is not known."""
    return whole(of * row["still_falling"]) if row["still_falling"] > 0 else 0


def times(horizons: dict[str, int], mark: str = "") -> str:
    """After how long: 2, 5 and 10 years; ``mark`` follows the horizon that the verdict is for."""
    yearly = all(months % 12 == 0 for months in horizons.values())
    told = [f"{each // 12 if yearly else each}{mark * (name == 'collapsed')}" for name, each in horizons.items()]
    return f"{listed(told)} {'years' if yearly else 'months'}"


def ended(row: Mapping[str, Any], of: int) -> dict[Verdict, int]:
    """In how many of so many futures the change never took hold, collapsed, survived; they add up."""
    return dict(zip(Verdict, of_total([round(row[end.column] * row["futures"]) for end in Verdict], of), strict=True))


def survivors(comparison: Comparison) -> dict[str, int]:
    """In how many futures the change survived with each variant."""
    return {row["variant"]: ended(row, out_of(comparison.number))[SURVIVED] for row in comparison.rows}


def _differences(row: dict[str, Any], of: int) -> tuple[str, str]:
    """The differences from the first row in words, with their intervals; empty for the first row itself."""
    if math.isnan(row["collapse_difference"]):
        return "", ""
    low, high = (signed(of * row[f"collapse_difference_{end}"]) for end in ("low", "high"))
    interval = f"{_fewer(low)} to {_fewer(high)}"
    if (low > 0) == (high > 0):  # 47 fewer to 33 fewer: 33 to 47
        interval = " to ".join(str(end) for end in sorted((abs(low), abs(high))))
    collapse = f"{_fewer(of * row['collapse_difference'])} ({interval})"
    low, high = row["practice_difference_low"], row["practice_difference_high"]
    interval = "" if math.isnan(low) else f" ({low:+.2f} to {high:+.2f})"
    return collapse, f"{row['practice_difference']:+.2f}{interval}"


def _fewer(difference: float) -> str:
    size = whole(abs(difference))
    return f"{size} more" if difference > 0 and size else f"{size} fewer"


def _and_later(comparison: Comparison, base: dict[str, Any]) -> str:
    """How many of the base's futures were still falling at the horizon, and had collapsed at the last one."""
    of, said = out_of(comparison.number), []
    if falling := still_falling(base, of):
        said.append(f"of the survivors, {falling} {'was' if falling == 1 else 'were'} still falling")
    name, months = list(horizons_of(comparison).items())[-1]
    if months > comparison.scenario.measure.horizon and not math.isnan(base[name]):
        said.append(f"at {span(months)}, {whole(of * base[name])} had collapsed")
    return f" {capital('; '.join(said))}." if said else ""


WORTH_SAYING = 0.02
"""A clear difference in practised commitment from which it is worth a sentence; the table has them all."""

NAMED = 3
"""At most so many variants are named in one sentence; the table has them all."""


def comparison_words(comparison: Comparison, hints: bool = True) -> Iterator[str]:
    """A few sentences to read aloud: how the base went, then the comparison; ``hints``: what to type for more."""
    if not comparison.tellable:
        yield "In at least one variant every future failed: see status and error in the futures' rows."
        return
    of = out_of(comparison.number)
    counts = {row["variant"]: list(ended(row, of).values()) for row in comparison.rows}
    base, *others = comparison.rows
    never, collapsed, survived = counts[BASE]
    later = span(comparison.scenario.measure.horizon)
    told = [f"had collapsed in {collapsed or 'none'} of {of} futures at {later}", f"survived in {survived or 'none'}"]
    told += [f"had never taken hold in {never}"] if never else []
    yield f"With “{base['title']}”, the change {listed(told)}.{_and_later(comparison, base)}"
    if not any(collapsed for _, collapsed, _ in counts.values()):
        yield "In none of these futures did a change that had taken hold collapse, in any variant."
    for row in comparison.rows:
        if rows := [other for other in others if other["compared_with"] == row["variant"]]:
            yield from _against(row, rows, comparison, counts, hints)
    if comparison.number < FEW:
        yield "So few futures leave wide intervals. Run 200 or more before you draw any conclusion."


def _against(
    base: dict[str, Any],
    others: Sequence[dict[str, Any]],
    comparison: Comparison,
    counts: dict[str, list[int]],
    hints: bool,
) -> Iterator[str]:
    """How the variants that are compared with this one differ from it."""
    of, later = out_of(comparison.number), span(comparison.scenario.measure.horizon)
    helps = sorted((r for r in others if r["collapse_difference_high"] < 0), key=lambda r: r["collapse_difference"])
    harms = sorted((r for r in others if r["collapse_difference_low"] > 0), key=lambda r: -r["collapse_difference"])
    rest = [row for row in others if row not in helps and row not in harms]
    told = [row for row in rest if abs(row["practice_difference"]) >= WORTH_SAYING]
    better = [row for row in told if row["practice_difference_low"] > 0]
    worse = [row for row in told if row["practice_difference_high"] < 0]
    for rows in (helps, harms):
        if len(rows):
            found = [
                _fewer(of * row["collapse_difference"])
                + (f" of {of} futures collapsed" if not place else "")
                + f" with “{row['title']}”"
                for place, row in enumerate(rows[:NAMED])
            ]
            left = len(rows) - NAMED
            more = f" (and {left} more {'variant' if left == 1 else 'variants'}: see the table)" if left > 0 else ""
            yield f"Compared with “{base['title']}”, {listed(found)}{more}."
    for row in helps:
        if (with_it := counts[row["variant"]][0]) >= counts[base["variant"]][0] + of / 10:
            yield f"But with “{row['title']}” it never took hold in {with_it} of {of}."
    if len(rest) and any(collapsed for _, collapsed, _ in counts.values()):
        more = _would_tell(rest) if hints else ""
        yield (
            f"With {listed([quoted(row['title']) for row in rest])}, collapse was not clearly more or less common: in "
            f"this many futures the interval is too wide to tell.{more}"
        )
    for rows, word in ((better, "more"), (worse, "less")):
        if len(rows):
            named = [f"“{row['title']}” ({row['practice_difference']:+.2f})" for row in rows]
            yield f"Even so, {listed(named)} left {word} practised commitment {later} on than “{base['title']}”."


FEW = 30
"""Below this many futures, results are called few."""

WORTH_RUNNING = 20_000
"""At most so many futures are proposed to tell a variant from the base."""


def _would_tell(rows: Sequence[dict[str, Any]]) -> str:
    """How many futures would tell variants apart, were the differences seen the true ones; empty where hopeless."""
    found = {row["title"]: would_tell(row) for row in rows}
    able = {title: n for title, n in found.items() if n is not None and n <= WORTH_RUNNING}
    if not able:
        return ""
    most = max(able.values())
    if len(rows) == 1:
        shown = f"a run of about {most:,} futures has four chances in five of showing it"
        return f" If the difference seen is real, {shown} (--futures {most})."
    which = listed([quoted(title) for title in able])
    shown = f"a run of about {most:,} futures has four chances in five of showing each"
    return f" If the differences seen are real, {shown} for {which} (--futures {most})."


def pairing(comparison: Comparison) -> Iterator[str]:
    """What it gained to play all variants in the same futures, in a sentence; none where it cannot be said."""
    gains = [row["pairing_gain"] for row in comparison.rows if not math.isnan(row["pairing_gain"])]
    if gains and max(gains) >= 1.2:
        yield (
            "Every row plays the same futures. With separate futures for each row, the same differences in collapse "
            f"would take up to {max(gains):.0f} times as many."
        )


def definitions(comparison: Comparison) -> Iterator[str]:
    """What the words of the table mean, a line each, with this scenario's numbers."""
    m, setting = comparison.scenario.measure, comparison.scenario
    months = sorted({each.reference_month for each in comparison.settings.values()})
    when = f"month {listed([str(month) for month in months], 'or')}{' (each variant at its own)' * (len(months) > 1)}"
    if setting.random_departures and m.reference_month is None:
        when = "the director's first departure"
    yield "Practised commitment: the share of recent work that staff did the new way, 0 to 1, averaged over staff."
    yield (
        f"Judged at {when} and {m.horizon} months on: never took hold, below {m.taken_hold:g} at first; survived, at "
        f"least {100 * m.survival:g}% of it kept; collapsed, less. Still falling: survived, but lost more than "
        f"{100 * STILL_FALLING:g}% of what there was at first in the last twelve of those months; some do by chance."
    )
    yield "Subscription lost: the organisation had given up the outside programme of change by the end of that time."
