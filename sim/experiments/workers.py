"""Who plays the futures: one ``map`` for every loop, in threads, in processes or on an executor of the caller's.

The compiled engine lets go of Python's lock, so threads are usually enough; processes pay where much is done between
its runs. What comes out depends on neither.
"""

import hashlib
import io
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from multiprocessing import active_children, current_process, get_context, parent_process
from threading import Thread
from typing import Any, Literal

import numpy as np

from sim.base.errors import ScenarioError
from sim.base.machine import Slowly, warn_if_stale
from sim.experiments.chunks import Shards
from sim.experiments.store import InFolder

MOST_TRIES = 3
"""How often a task is tried whose worker dies."""

Where = Literal["threads", "processes"]


def _nobody(*_: int) -> None:
    """Who is told where nobody wants to know."""


@dataclass(frozen=True)
class Workers:
    """Who does the work, and who is told how far it is.

    number: threads or processes, one a core if None. executor: any of ``concurrent.futures``' kind, used in their
    place. where: threads or processes, whatever would pay; None for what pays. on_progress: called with the number of
    runs (or other tasks) just finished. finished: called when all of them are. store: a folder in which what is done
    is kept, so that it need not be done again where the work was stopped.
    """

    number: int | None = None
    executor: Executor | None = None
    where: Where | None = None
    on_progress: Callable[[int], Any] = _nobody
    finished: Callable[[], Any] = _nobody
    store: InFolder | None = None

    @classmethod
    def of(cls, workers: "Workers | int | None") -> "Workers":
        """Workers, or so many of them."""
        return workers if isinstance(workers, Workers) else cls(workers)

    def keeping(self, store: InFolder) -> "Workers":
        """The same, keeping what is done in a store."""
        return replace(self, store=store)

    @property
    def cores(self) -> int:
        """How many work side by side."""
        return self.number or os.cpu_count() or 1

    def map[T](
        self, work: Callable[[T], Any], tasks: Sequence[T], where: Where = "threads", *, about: object, runs: int = 1
    ) -> list[Any]:
        """What ``work`` gives for each task, an array or some numbers and arrays, in their order, whoever does it.

        where: for processes, ``work`` must be a function of a module and its tasks must pickle. about: what names this
        call among all those of a job, whose store keeps the results. runs: how many each task counts for in
        ``on_progress``.
        """
        shards, under = self.shards(about)
        keys = dict.fromkeys((f"{under}{i}" for i in range(len(tasks))), runs)
        self.keep(partial(_packed, work), tasks.__getitem__, shards, keys, where)
        return [_unpacked(shards.source(key)) for key in keys]

    def shards(self, *about: object) -> tuple[Shards, str]:
        """Where the chunks of a comparison are kept, and how their keys begin: in a job's store, else in memory."""
        return (Shards(), "") if self.store is None else (self.store, f"{_key(*about)}-")

    def keep[T](
        self,
        work: Callable[[T], bytes],
        task: Callable[[int], T],
        shards: Shards,
        keys: Mapping[str, int],
        where: Where,
    ) -> None:
        """Do what is not kept yet, and keep each result here as soon as it is there.

        task: gives the task of a place in ``keys``, which say how many runs each counts for in ``on_progress``.
        """
        names, todo = list(keys), list[int]()
        for place, key in enumerate(names):
            if shards.has(key):
                self.on_progress(keys[key])
            else:
                todo.append(place)

        def then(place: int, shard: bytes) -> None:
            shards.keep(names[place], shard)
            self.on_progress(keys[names[place]])

        queue, where = ((place, task(place)) for place in todo), self.where or where
        cores = max(1, min(self.cores, len(todo)))
        if self.executor is not None:
            tries = 1 if isinstance(self.executor, ThreadPoolExecutor) else MOST_TRIES
            _through(self.executor, work, queue, then, 4 * cores, {}, tries)
        elif cores == 1:
            for place, each in queue:
                then(place, work(each))
        elif where == "threads":
            threads = ThreadPoolExecutor(cores)
            try:
                _through(threads, work, queue, then, 2 * cores, {})
            finally:
                threads.shutdown(cancel_futures=True)
        else:
            _in_processes(cores, work, queue, then)


def _key(*about: object) -> str:
    return hashlib.sha256(repr(about).encode()).hexdigest()[:16]


def _packed[T](work: Callable[[T], Any], task: T) -> bytes:
    result, sink = work(task), io.BytesIO()
    if isinstance(result, np.ndarray):
        np.save(sink, result)
    else:
        np.savez(sink, *result)
    return sink.getvalue()


def _unpacked(source: Any) -> Any:
    found = np.load(source)
    if isinstance(found, np.ndarray):
        return found
    with found:
        return [found[name] for name in found.files]


def _through[T, R](
    executor: Executor,
    work: Callable[[T], R],
    queue: Iterator[tuple[int, T]],
    then: Callable[[int, R], Any],
    ahead: int,
    running: dict[Future[R], tuple[int, T]],
    most_tries: int = 1,
) -> None:
    """Do tasks on an executor, a few more than it has workers waiting at any time; ``running`` has those not done."""
    tries: dict[int, int] = {}

    def submit(some: Iterable[tuple[int, T]]) -> None:
        for each in some:
            begun = Future[R]()  # in its place for now, so that it is not lost where submitting fails
            running[begun] = each
            running[executor.submit(work, each[1])] = each
            del running[begun]

    submit(islice(queue, ahead))
    while running:
        for done in wait(running, return_when=FIRST_COMPLETED).done:
            place, task = running[done]
            try:
                result = done.result()
            except (ScenarioError, BrokenProcessPool):
                raise
            except Exception as error:  # a cluster loses a task whose worker dies
                if most_tries == 1:
                    raise
                tries[place] = tries.get(place, 0) + 1
                if tries[place] == most_tries:
                    raise ScenarioError(f"task {place} was lost {most_tries} times: {error!r}") from error
                again: Iterable[tuple[int, T]] = [(place, task)]
            else:
                then(place, result)
                again = islice(queue, 1)
            del running[done]
            submit(again)


def _in_processes[T, R](
    workers: int, work: Callable[[T], R], queue: Iterator[tuple[int, T]], then: Callable[[int, R], Any]
) -> None:
    """Do tasks on a pool of processes, which is built anew when one of them is killed."""
    if getattr(current_process(), "_inheriting", False):
        # This worker is importing a script that starts an ensemble when imported, and so on without end.
        sys.exit('leadership-sim: in a script, put sim.compare below  if __name__ == "__main__":')
    warn_if_stale()
    fruitless = 0

    def note(place: int, result: R) -> None:
        nonlocal fruitless
        then(place, result)
        fruitless = -1

    running: dict[Future[R], tuple[int, T]] = {}
    while True:
        others = active_children()
        pool = ProcessPoolExecutor(workers, get_context("spawn"), begin_worker)
        try:
            _through(pool, work, queue, note, 2 * workers, running)
            return
        except BrokenProcessPool:
            fruitless += 1
            if fruitless == MOST_TRIES:
                raise ScenarioError(
                    "worker processes are dying one after another. If memory is short, try --workers 1 or a smaller "
                    "organisation; in a script, make sure that sim.compare stands below the main guard"
                ) from None
            queue = chain(list(running.values()), queue)
            running.clear()
        except BaseException:
            ours = [worker for worker in active_children() if worker not in others]
            for worker in ours:  # a task may have long to go, and nobody waits for it
                worker.terminate()
            for worker in ours:
                worker.join()
            # One that was ended half-way through an answer would have the pool wait for the rest of it for ever.
            pool._result_queue._writer.close()  # type: ignore[attr-defined]
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def begin_worker() -> None:
    """Leave interrupts to the parent, and do not outlive it; what the parent has told is not told again."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore", Slowly)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
