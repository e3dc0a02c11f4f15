"""Cutting what is to be played into chunks, each kept as soon as it is run, so that nothing that is done is lost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import batched
from typing import TYPE_CHECKING, Any

from sim.base.machine import WIDTHS, is_stale
from sim.experiments.chunks import Results, Shards, encoded
from sim.experiments.ensemble import BASE, OutcomeFunction, Twin, run_chunks
from sim.experiments.workers import Workers
from sim.organisation.generate import organisation
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from sim.model.agents import Person

SECONDS_A_SEAT_MONTH = {"compiled": 1e-7, "mesa": 2e-5}
"""Roughly what a month of one seat costs; decides only how the work is cut and where it runs."""

A_CHUNK, WORTH_A_POOL = 1.0, 5.0
"""Seconds that a chunk should take, and from which other processes are worth starting."""


def seconds_a_future(group: dict[str, Scenario], seed: int, twin: Twin) -> float:
    """Roughly what one future of every setting of a group takes."""
    seats = len(organisation(group[BASE], seed, 0))
    slowly = twin == "mesa" or is_stale()  # where the engine is refused, the model runs as plain Python
    months = sum(setting.months for setting in group.values())
    return months * seats * SECONDS_A_SEAT_MONTH["mesa" if slowly else "compiled"]


def good_size(futures: int, one: float, workers: int) -> int:
    """How many futures a chunk should have: about a second's work, and enough chunks for every worker."""
    return max(1, min(int(A_CHUNK / one), -(-futures // (2 * workers)), 500))


def play_groups(
    groups: Sequence[Any],
    futures: range,
    seed: int,
    workers: Workers,
    *,
    make: Callable[[Any], dict[str, Scenario]] = dict,
    about: object = None,
    shards: Shards | None = None,
    size: int | None = None,
    keep_months: bool = False,
    twin: Twin = "compiled",
    agents: "Sequence[type[Person]]" = (),
    outcomes: Mapping[str, OutcomeFunction] | None = None,
) -> list[Results]:
    """Play groups of settings (a scenario's variants; a point of a sweep) in the same futures; the results of each.

    ``make``: makes a group of what stands at its place, when it is played, so that not all are there at once. A chunk
    is kept as soon as it is done, and one that is there already is not run. ``shards``: where chunks are kept; if None,
    where the ``workers`` keep what they do, which ``about`` tells from anything else. ``size``: futures in a chunk.
    Threads do what takes only some seconds, unless so many workers are asked for; processes do the rest. Changed agents
    and own outcomes, which another process may not know, run here, one after the other. Raises ScenarioError for what
    the person can put right.
    """
    first = make(groups[0])
    # Groups of few settings, as many as fill the engine's lanes.
    together = list(batched(range(len(groups)), max(1, WIDTHS[-1] // len(first))))
    one = seconds_a_future(first, seed, twin)
    size = size or good_size(len(futures), one * len(together[0]), -(-workers.cores // len(together)))
    under = ""
    if shards is None:
        shards, under = workers.shards(about, list(first), futures, seed, keep_months, twin, size)
    cuts = [futures[i : i + size] for i in range(0, len(futures), size)]
    parts = [(places, some) for places in together for some in cuts]
    keys = {f"{under}{number}": len(some) * len(first) * len(places) for number, (places, some) in enumerate(parts)}

    def task(number: int) -> tuple[Any, ...]:
        places, some = parts[number]
        return [make(groups[place]) for place in places], seed, some, keep_months, agents, outcomes, twin

    if agents or outcomes:
        workers = replace(workers, number=1, executor=None)
    few = workers.number is None and one * len(futures) * len(groups) < WORTH_A_POOL
    workers.keep(run_part, task, shards, keys, "threads" if few else "processes")
    return [
        Results(shards, some, list(first), place, len(places))
        for places, some in zip(together, batched(keys, len(cuts)), strict=True)
        for place in range(len(places))
    ]


def run_part(task: tuple[Any, ...]) -> bytes:
    """Some futures of some groups, run here, as an archive. ``task``: the arguments of ``run_chunks``."""
    return encoded(run_chunks(*task))
