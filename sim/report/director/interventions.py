"""What would keep the change alive: the sentences of a search for interventions, its picture and its table."""

from collections.abc import Iterator
from dataclasses import replace

from sim.report.director import plots
from sim.report.director.gather import Found
from sim.report.director.page import Block, Code, Fold, Picture, Text, paragraphs, table
from sim.report.numbers import count, out_of
from sim.report.plots.style import svg
from sim.report.words.interventions import (
    alone,
    backfiring,
    caveats,
    combinations,
    grid,
    idle,
    ranked,
    together,
)


def keep_alive(found: Found) -> Iterator[Block]:
    """The section, block by block: first what did best on fresh futures, whatever it did where it was chosen."""
    search = found.search
    if search is None:
        yield Text(
            "No search for interventions was made for this page. The variants above are what was compared. To search:"
        )
        yield Code([f"leadership-sim interventions {found.run.folder.name}/scenario.toml"])
        return
    best_first = sorted(search.by_interventions, key=lambda each: -each.fresh.survived.value)
    yield from paragraphs(combinations(replace(search, by_interventions=best_first)), first="lead")
    yield from paragraphs(alone(search))
    if ranked(search):
        of = out_of(search.futures)
        yield Picture(
            "interventions",
            svg(plots.interventions(search), "interventions"),
            f"How many more of {of} futures survive with each intervention alone. The table below has the numbers.",
            "Each intervention alone, taken as far as it helps (all of it where it does not clearly help): how many "
            "more futures survive. Filled: clearly more or fewer. Lines: 95% intervals.",
        )
    yield from paragraphs(backfiring(search), style="note")
    yield from paragraphs(together(search))
    yield from paragraphs(idle(search))
    made_here = (
        "So few futures leave wide intervals: for decisions, search again with 200 (leadership-sim interventions)."
    )
    searched = f"Searched in {count(search.futures, 'future')} (seed {search.seed}); costs are left out."
    yield Text(" ".join([searched, *caveats(search), *([] if found.search_folder else [made_here])]), "small")
    yield Fold("Every intervention in numbers", [table("Each intervention alone", grid(search))])
