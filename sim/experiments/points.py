"""Numbers measured at many points, each in any process, none lost: what searches and sensitivity are made of.

A task is what a measuring function needs, picklable; a result is a list of numbers. In a folder results are kept as
parts of a job, the number of a task being that of its part, so that what was stopped goes on where it was.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context
from os import cpu_count
from typing import Any

from sim.base.errors import ScenarioError
from sim.experiments.runner import begin_worker
from sim.experiments.store import InFolder

Measure = Callable[[Any], list[float]]
"""A function of a module, so that another process can find it: a task in, its numbers out."""


def at_points(
    measure: Measure,
    tasks: Sequence[Any],
    store: InFolder | None = None,
    *,
    first: int = 0,
    workers: int | None = None,
    on_progress: Callable[[int], Any] | None = None,
) -> list[list[float]]:
    """What ``measure`` finds for each of some tasks, in their order; what ``store`` has already is read from it.

    ``first``: the number of the first task's part. ``workers``: processes; None for one a core. ``on_progress`` is called
    with 1 for each task done. Raises ScenarioError where a worker process dies.
    """
    found: dict[int, list[float]] = {}
    if store is not None:
        for i in range(len(tasks)):
            if store.has(first + i):
                found[i] = json.loads(store.source(first + i).read_bytes())
                if on_progress is not None:
                    on_progress(1)
    todo = [i for i in range(len(tasks)) if i not in found]
    for i, values in zip(todo, _each(measure, [tasks[i] for i in todo], workers), strict=True):
        if store is not None:
            store.keep(first + i, json.dumps(values).encode())
        found[i] = values
        if on_progress is not None:
            on_progress(1)
    return [found[i] for i in range(len(tasks))]


def _each(measure: Measure, tasks: Sequence[Any], workers: int | None) -> Iterable[list[float]]:
    processes = min(len(tasks), workers or cpu_count() or 1)
    if processes <= 1:
        yield from map(measure, tasks)
        return
    others = active_children()
    pool = ProcessPoolExecutor(processes, get_context("spawn"), begin_worker)
    try:
        yield from pool.map(measure, tasks)
    except BrokenProcessPool:
        raise ScenarioError("a worker process died; if memory is short, try --workers 1") from None
    except BaseException:
        for worker in active_children():
            if worker not in others:  # ours; nobody waits for it, however often one is interrupted
                worker.terminate()
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
