"""Cutting a design into chunks, each kept as soon as it is run, so that nothing that is done is lost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.experiments.chunks import Shards, encoded
from sim.experiments.ensemble import OutcomeFunction, Twin, run_chunk
from sim.experiments.workers import Workers
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from sim.model.agents import Person

SECONDS_A_SEAT_MONTH = {"compiled": 1e-7, "mesa": 2e-5}
"""Roughly what a month of one seat costs; decides only how the work is cut and where it runs."""

A_CHUNK, WORTH_A_POOL = 1.0, 5.0
"""Seconds that a chunk should take, and from which other processes are worth starting."""


class Part(NamedTuple):
    """One chunk of a design: the futures ``first`` to ``stop - 1`` of all variants of one of its groups."""

    number: int
    group: int
    first: int
    stop: int


@dataclass(frozen=True)
class Design:
    """What is to be run: groups of settings (a scenario's variants; a point of a sweep), each in the same futures."""

    groups: Sequence[dict[str, Scenario]]
    futures: range
    seed: int
    keep_months: bool
    twin: Twin = "compiled"
    size: int = 1

    @property
    def parts(self) -> list[Part]:
        """The chunks, in order of group and future."""
        firsts = [(g, first) for g in range(len(self.groups)) for first in self.futures[:: self.size]]
        return [Part(i, g, first, min(first + self.size, self.futures.stop)) for i, (g, first) in enumerate(firsts)]

    def runs_of(self, part: Part) -> int:
        """How many runs there are in a chunk."""
        return (part.stop - part.first) * len(self.groups[part.group])

    def numbers(self, group: int) -> list[int]:
        """The numbers of a group's chunks."""
        each = len(self.futures[:: self.size])
        return list(range(group * each, (group + 1) * each))


class Groups(Sequence[dict[str, Scenario]]):
    """Groups of settings that are made when they are asked for, each from what stands at its place."""

    def __init__(
        self, at: Sequence[Mapping[str, Any]], make: Callable[[Mapping[str, Any]], dict[str, Scenario]]
    ) -> None:
        self.at, self._make = at, make

    def __len__(self) -> int:
        return len(self.at)

    def __getitem__(self, place: Any) -> Any:
        return self._make(self.at[place])


def seconds_a_future(group: dict[str, Scenario], seats: int, twin: Twin) -> float:
    """Roughly what one future of every variant takes."""
    return sum(setting.months for setting in group.values()) * seats * SECONDS_A_SEAT_MONTH[twin]


def good_size(futures: int, one: float, workers: int) -> int:
    """How many futures a chunk should have: about a second's work, and enough chunks for every worker."""
    return max(1, min(int(A_CHUNK / one), -(-futures // (2 * workers)), 500))


def carry_out(
    design: Design,
    shards: Shards,
    workers: Workers,
    *,
    seconds: float = 0.0,
    agents: "Sequence[type[Person]]" = (),
    outcomes: Mapping[str, OutcomeFunction] | None = None,
) -> None:
    """Run every chunk that is not there yet, and keep each as soon as it is done.

    Threads do what takes only some ``seconds``, unless so many workers are asked for; processes do the rest. Changed
    agents and own outcomes, which another process may not know, run here, one after the other. Raises ScenarioError
    for what the person can put right.
    """
    todo = []
    for part in design.parts:
        if shards.has(part.number):
            workers.on_progress(design.runs_of(part))
        else:
            todo.append(part)

    def keep(place: int, shard: bytes) -> None:
        shards.keep(todo[place].number, shard)
        workers.on_progress(design.runs_of(todo[place]))

    if agents or outcomes:
        workers = replace(workers, number=1, executor=None)
    few = workers.number is None and seconds < WORTH_A_POOL
    workers = replace(workers, number=max(1, min(workers.cores, len(todo))))
    how = design.seed, design.keep_months, design.twin  # a worker is not sent the whole design
    tasks = ((design.groups[part.group], how, part.first, part.stop, agents, outcomes) for part in todo)
    workers.each(run_part, tasks, keep, "threads" if few else "processes")


def run_part(task: tuple[Any, ...]) -> bytes:
    """One chunk, run here, as a Parquet file."""
    group, (seed, keep_months, twin), first, stop, agents, outcomes = task
    return encoded(run_chunk(group, seed, range(first, stop), keep_months, agents, outcomes, twin))
