"""What would keep the change alive: a search for interventions in words."""

from collections.abc import Iterator

from sim.analysis.interventions.reading import Row, SearchTables, named
from sim.analysis.interventions.result import TARGET
from sim.report.director import plots
from sim.report.director.gather import Found
from sim.report.director.page import Block, Code, Fold, Picture, Table, Text
from sim.report.numbers import count, of_hundred, signed
from sim.report.plots.style import svg
from sim.report.words.interventions import NO_REASON, NOT_TOLD, as_it_stands

NAMED = 3


def keep_alive(found: Found) -> Iterator[Block]:
    """The section, block by block."""
    kept: SearchTables | None = found.interventions
    if kept is None:
        yield Text(
            "No search for interventions was made for this page. The variants above are what was compared. To search:"
        )
        yield Code([f"leadership-sim interventions {found.run.folder.name}/scenario.toml"])
        return
    of = min(100, kept.futures)
    yield from _together(kept, of)
    yield from _alone(found, kept, of)
    yield Text(
        f"Searched in {count(kept.futures, 'future')} (seed {kept.seed}); combinations are judged in as many fresh "
        "ones that had no part in choosing them, because the best of many looks better than it is where it was "
        f"chosen. Differences are over the same futures, with 95% intervals. {kept.compared} of them are called clear "
        f"or not, so some {kept.compared // 20} of those called clear may be luck. How far an intervention can go is "
        "mostly a matter of judgement, costs are left out, and an intervention is in place from the "
        f"start.{'' if kept.folder else _MADE_HERE}",
        "small",
    )
    yield Fold("Every intervention in numbers", [_table(kept, of)])


_MADE_HERE = (
    " So few futures leave wide intervals: for decisions, search again with 200 (leadership-sim interventions)."
)


def _together(kept: SearchTables, of: int) -> Iterator[Block]:
    interventions = [row for row in kept.combinations if row["search"] == "fewest interventions"]
    steps = [row for row in kept.combinations if row["search"] == "fewest steps"]
    wanted = f"{of_hundred(TARGET, of)} of {of}"
    reached = sorted((row for row in interventions if row["survived"] >= TARGET), key=lambda row: -row["survived"])
    if reached:
        first, *others = reached
        now = of_hundred(first["survived"] - first["survived_difference"], of)
        yield Text(
            f"With {named(kept.what(first))} the change survives in {_fresh(first, of)} fresh futures; as things are, "
            f"in {now}.",
            "lead",
        )
        if others:
            listed_ = [f"{named(kept.what(row))}, {_fresh(row, of)}" for row in others]
            yield Text(f"Each of these does so too: {'; '.join(listed_)}.")
    elif interventions:
        best = max(interventions, key=lambda row: row["survived"])
        yield Text(
            f"No combination that was tried reaches {wanted} fresh futures. The best comes to {_fresh(best, of)}: "
            f"{named(kept.what(best))}.",
            "lead",
        )
    if steps:
        last = steps[-1]
        yield Text(
            f"By small steps, a tenth of an intervention's range at a time: {count(last['tenths'], 'step')}, "
            f"{named(kept.what(last))}; on fresh futures {_fresh(last, of)} survive."
        )


def _fresh(row: Row, of: int) -> str:
    low, high = (of_hundred(row[f"survived_{end}"], of) for end in ("low", "high"))
    return f"{of_hundred(row['survived'], of)} of {of} ({low} to {high})"


def _alone(found: Found, kept: SearchTables, of: int) -> Iterator[Block]:
    main = kept.main
    helping = [row for row in main if row["survived_difference_low"] > 0]
    told = [f"{named([(row['title'], kept.from_to(row))])} {_more(row, of)}" for row in helping[:6]]
    if helping:
        yield Text(
            f"Alone, in place from the start and each as far as it pays, more futures survive with: {'; '.join(told)}."
        )
    else:
        yield Text("No intervention alone makes clearly more futures survive.")
    if main:
        yield Picture(
            "interventions",
            svg(plots.interventions(kept, found.scenario.words.say), "interventions"),
            f"Interventions, and how many more of {of} futures survive with each alone. "
            f"{'; '.join(told) or 'None is clear'}.",
            "Each intervention alone, as far as it pays (all of it where it does not clearly help): how many more "
            "futures survive. Filled: clearly more or fewer. Lines: 95% intervals.",
        )
    for row in main:
        if row["survived_difference_high"] < 0:
            yield Text(
                f"It backfires: {named([(row['title'], kept.from_to(row))])}, {_more(row, of)}."
                f"{as_it_stands(row['intervention'])}",
                "note",
            )
    yield from _pairs(kept, of)
    idle = [
        f"“{row['title']}”" for row in main if row["survived_difference_low"] <= 0 <= row["survived_difference_high"]
    ]
    if idle:
        yield Text(f"{NOT_TOLD} {', '.join(idle)}. {NO_REASON}")


def _pairs(kept: SearchTables, of: int) -> Iterator[Block]:
    titles = {row["intervention"]: row["title"] for row in kept.singles}
    strong = [row for row in kept.pairs if row["finding"] in ("only together", "more than the sum")]
    strong.sort(key=lambda row: -row["interaction"])
    for row in strong[:NAMED]:
        yield Text(
            f"Together more than the sum: “{titles[row['intervention']]}” with “{titles[row['other']]}”: "
            f"{of_hundred(row['both_survived'], of)} of {of} survive with both, "
            f"{of_hundred(row['intervention_survived'], of)} and {of_hundred(row['other_survived'], of)} with each, "
            f"{of_hundred(row['neither_survived'], of)} with neither."
        )


def _more(row: Row, of: int) -> str:
    at, low, high = (
        _signed(of * row[key]) for key in ("survived_difference", "survived_difference_low", "survived_difference_high")
    )
    return f"{at} ({low} to {high})"


def _signed(x: float) -> str:
    return f"{signed(x):+}".replace("-", "−").replace("+0", "0")


def _table(kept: SearchTables, of: int) -> Table:
    uses = {(row["intervention"], row["use"]): row for row in kept.singles}
    rows = []
    for row in kept.main:
        cells = [row["title"], kept.from_to(row) or "in place", _more(row, of)]
        for use in ("step", "wrong way"):
            other = uses.get((row["intervention"], use))
            cells.append("–" if other is None else f"{kept.from_to(other)}: {_more(other, of)}")
        rows.append(cells)
    head = ["intervention", "as far as it pays", f"more of {of} survive", "one step", "a step the wrong way"]
    return Table("Each intervention alone", head, rows)
