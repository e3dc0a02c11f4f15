"""What is said beside every result, and tables for a terminal of any width."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from rich.table import Table

CAVEATS = (
    "The intervals (95%) show chance between simulated futures, not doubt about the world: more futures narrow them, "
    "and they say nothing about whether the model is right. Comparisons between variants hold up better than levels.",
    "This is not a prediction about a real council or any other organisation. It shows what follows from stated "
    "assumptions, which rest on one qualitative study (Miller et al. 2025).",
)

NARROW = 112
"""In a window of fewer columns than this, a table is printed as lines, unless it says that it needs fewer."""

Cell = str | tuple[str, ...]
"""What stands in a cell, or its lines."""


@dataclass(frozen=True)
class Grid:
    """A table as data. head: the headings, the first that of the rows' names. A row of a name alone heads a group.

    narrow: the columns of a window that it needs.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    narrow: int = NARROW

    def table(self) -> "Table":
        """For a wide window."""
        from rich import box
        from rich.table import Table

        out = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for place, heading in enumerate(self.head):
            out.add_column(heading, justify="right" if place else "left", no_wrap=bool(place))
        for name, *cells in self.rows:
            if cells:
                out.add_row(*("\n".join(lines_of(cell)) for cell in (name, *cells)))
            else:
                out.add_row(*lines_of(name), style="bold")
        return out

    def lines(self) -> Iterator[str]:
        """For a narrow window: under each name, a line for each cell that is not empty."""
        yield " ".join(self.head[0].split())
        for name, *cells in self.rows:
            yield f"{' '.join(lines_of(name))}:"
            for heading, cell in zip(self.head[1:], cells, strict=bool(cells)):
                if told := "; ".join(lines_of(cell)):
                    yield f"  {' '.join(heading.split())}: {told}"


def lines_of(cell: Cell) -> list[str]:
    """The lines of a cell that say something."""
    return [line for line in ((cell,) if isinstance(cell, str) else cell) if line]


def for_a_machine(
    scenario: Scenario, answer: str, said: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """The question, the answer in a sentence, what else is said, and the rows of a table, null where undefined."""
    return {
        "question": scenario.words.say(scenario.question or scenario.title),
        "answer": scenario.words.say(answer),
        **said,
        "horizon": scenario.measure.horizon,
        "rows": [{key: None if value != value else value for key, value in row.items()} for row in rows],
    }
