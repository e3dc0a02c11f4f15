"""Cutting a design into chunks and running them on any executor, so that nothing that is done is lost."""

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import active_children, current_process, get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.experiments.chunks import Shards, encoded
from sim.experiments.ensemble import OutcomeFunction, Twin, run_chunk
from sim.scenario.scenario import Scenario, ScenarioError

if TYPE_CHECKING:
    from sim.model.agents import Person

SECONDS_A_SEAT_MONTH = {"compiled": 1e-7, "mesa": 2e-5}
"""Roughly what a month of one seat costs; decides only how the work is cut and where it runs."""

A_CHUNK, WORTH_A_POOL = 1.0, 5.0
"""Seconds that a chunk should take, and from which other processes are worth starting."""

MOST_TRIES = 3
"""How often a chunk is tried whose worker process dies."""


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
    *,
    executor: Executor | None = None,
    workers: int | None = None,
    seconds: float = 0.0,
    agents: "Sequence[type[Person]]" = (),
    outcomes: Mapping[str, OutcomeFunction] | None = None,
    on_progress: Callable[[int], Any] | None = None,
) -> None:
    """Run every chunk that is not there yet, and keep each as soon as it is done.

    ``executor``: any of ``concurrent.futures``' kind. Without one: a pool of ``workers`` processes (None: one a
    core), or threads for what takes only some ``seconds``, since the compiled engine runs in them side by side.
    Changed agents and own outcomes, which another process may not know, run here, one after the other.
    ``on_progress`` is called with the number of runs just finished. Raises ScenarioError for what the person can put right.
    """
    todo = []
    for part in design.parts:
        if shards.has(part.number):
            _tell(on_progress, design, part)
        else:
            todo.append(part)

    def keep(part: Part, shard: bytes) -> None:
        shards.keep(part.number, shard)
        _tell(on_progress, design, part)

    cores = workers or os.cpu_count() or 1
    if executor is not None and not (agents or outcomes):
        _through(executor, design, todo, keep, {}, ahead=4 * cores)
    elif workers == 1 or agents or outcomes or len(todo) <= 1:
        for part in todo:
            keep(part, run_part(design.groups[part.group], design, part.first, part.stop, agents, outcomes))
    elif workers is None and seconds < WORTH_A_POOL:
        with ThreadPoolExecutor(cores) as threads:
            _through(threads, design, todo, keep, {}, ahead=2 * cores)
    else:
        _on_own_pool(design, todo, keep, min(cores, len(todo)))


def _tell(on_progress: Callable[[int], Any] | None, design: Design, part: Part) -> None:
    if on_progress is not None:
        on_progress((part.stop - part.first) * len(design.groups[part.group]))


def run_part(
    group: dict[str, Scenario],
    design: "Design | tuple[int, bool, Twin]",
    first: int,
    stop: int,
    agents: "Sequence[type[Person]]" = (),
    outcomes: Mapping[str, OutcomeFunction] | None = None,
) -> bytes:
    """One chunk, run here, as a Parquet file."""
    seed, keep_months, twin = (
        (design.seed, design.keep_months, design.twin) if isinstance(design, Design) else design
    )  # a worker is not sent the whole design
    return encoded(run_chunk(group, seed, range(first, stop), keep_months, agents, outcomes, twin))


def _through(
    executor: Executor,
    design: Design,
    todo: Iterable[Part],
    keep: Callable[[Part, bytes], None],
    tries: dict[int, int],
    ahead: int,
) -> None:
    """Run chunks on an executor, a few more than it has workers waiting at any time."""
    how = (design.seed, design.keep_months, design.twin)
    queue: Iterator[Part] = iter(todo)
    running: dict[Future[bytes], Part] = {}

    def submit(parts: Iterable[Part]) -> None:
        for part in parts:
            running[executor.submit(run_part, design.groups[part.group], how, part.first, part.stop)] = part

    submit(islice(queue, ahead))
    while running:
        for done in wait(running, return_when=FIRST_COMPLETED).done:
            part = running.pop(done)
            try:
                shard = done.result()
            except (ScenarioError, BrokenProcessPool):
                raise
            except Exception as error:  # the executor lost it: a worker of a cluster died, say
                tries[part.number] = tries.get(part.number, 0) + 1
                if tries[part.number] >= MOST_TRIES:
                    raise ScenarioError(f"chunk {part.number} was lost {MOST_TRIES} times: {error!r}") from error
                submit([part])
                continue
            keep(part, shard)
            submit(islice(queue, 1))


def _on_own_pool(design: Design, todo: list[Part], keep: Callable[[Part, bytes], None], workers: int) -> None:
    """Run chunks on a pool of processes, which is built anew when one of them is killed."""
    if getattr(current_process(), "_inheriting", False):
        # This worker is importing a script that starts an ensemble when imported, and so on without end.
        sys.exit('leadership-sim: in a script, put sim.compare below  if __name__ == "__main__":')
    done: set[int] = set()

    def keep_and_note(part: Part, shard: bytes) -> None:
        keep(part, shard)
        done.add(part.number)

    fruitless, tries = 0, dict[int, int]()
    while left := [part for part in todo if part.number not in done]:
        before, others = len(done), active_children()
        pool = ProcessPoolExecutor(workers, get_context("spawn"), begin_worker)
        try:
            _through(pool, design, left, keep_and_note, tries, ahead=2 * workers)
        except BrokenProcessPool:
            fruitless = 0 if len(done) > before else fruitless + 1
            if fruitless == MOST_TRIES:
                raise ScenarioError(
                    "worker processes die one after the other. If memory is short, try --workers 1 or a smaller "
                    "organisation; in a script, see that sim.compare stands below the main guard"
                ) from None
        except BaseException:
            for worker in active_children():
                if worker not in others:  # ours; a chunk may have long to go, and nobody waits for it
                    worker.terminate()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def begin_worker() -> None:
    """Leave interrupts to the parent, and do not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
