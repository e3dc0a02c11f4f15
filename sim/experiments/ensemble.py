"""Every variant of a scenario on the same futures (common random numbers).

A chunk of futures is run by one call of ``run_chunk``, which needs nothing but its arguments, so it can run in any
process. What a future gives depends on the setting, the root seed and its own number only.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import active_children, current_process, get_context
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.measures.survival import judge, reference_month
from sim.organisation import LARGEST, organisation
from sim.record import MONTHLY, Keep, Record
from sim.scenario import Scenario, ScenarioError
from sim.structure import Organisation

if TYPE_CHECKING:
    from sim.agents import Person

BASE = "base"

OutcomeFunction = Callable[[Record], float]
"""An outcome of one's own: a record (with everyone's state in every month) in, a number out."""


@dataclass
class Chunk:
    """What some futures of one variant leave behind: a row a future, and (if kept) every month's row."""

    variant: str
    rows: list[dict[str, Any]]
    months: NDArray[np.float64] | None
    """[futures, months + 1, columns of MONTHLY]"""


def settings(scenario: Scenario, variants: Sequence[str] | None = None) -> dict[str, Scenario]:
    """The base and the chosen variants (all, if None), resolved, by slug; the base comes first."""
    named = [variants] if isinstance(variants, str) else variants
    chosen = list(scenario.variants) if named is None else list(dict.fromkeys(named))
    return {BASE: scenario} | {slug: scenario.variant(slug) for slug in chosen if slug != BASE}


def run_one(setting: Scenario, seed: int, future: int, *, agents: "Sequence[type[Person]]" = (), keep: Keep = "months",
            within: Organisation | None = None) -> Record:  # fmt: skip
    """One future of one setting, on the Mesa model."""
    from sim.model import OrganisationModel

    return OrganisationModel(setting, seed=seed, future=future, agents=agents, keep=keep, within=within).run()


def run_chunk(
    all_settings: dict[str, Scenario],
    seed: int,
    futures: range,
    keep_months: bool,
    agents: "Sequence[type[Person]]" = (),
    outcomes: Mapping[str, OutcomeFunction] | None = None,
    tick: Callable[[int], Any] | None = None,
) -> list[Chunk]:
    """Run some futures of every variant. ``tick`` is called with 1 after each run."""
    chunks = {
        slug: Chunk(slug, [], _room(setting, futures) if keep_months else None)
        for slug, setting in all_settings.items()
    }
    base = all_settings[BASE]
    for future in futures:
        shared = organisation(base, seed, future)
        for slug, setting in all_settings.items():
            same = setting.organisation == base.organisation
            same = same and setting.subscription.enabled == base.subscription.enabled
            within = shared if same else None
            keep: Keep = "people" if outcomes else "months"
            record = run_one(setting, seed, future, agents=agents, keep=keep, within=within)
            if slug == BASE:
                base_record = record
            own = {name: _number(name, outcome, record) for name, outcome in (outcomes or {}).items()}
            chunks[slug].rows.append(_row(slug, record, base_record) | own)
            months = chunks[slug].months
            if months is not None:
                months[future - futures.start] = np.column_stack([record.monthly[name] for name in MONTHLY])
            if tick is not None:
                tick(1)
    return list(chunks.values())


def _room(setting: Scenario, futures: range) -> NDArray[np.float64]:
    return np.empty((len(futures), setting.months + 1, len(MONTHLY)))


def _number(name: str, outcome: OutcomeFunction, record: Record) -> float:
    """An outcome of one's own, as a number. Raises ScenarioError if it is none."""
    found = outcome(record) if callable(outcome) else outcome
    if not callable(outcome) or not isinstance(found, int | float | np.number | np.bool_):
        raise ScenarioError(f"outcomes: {name!r} must be a function of a record that returns a number, not {found!r}")
    return float(found)


def _row(slug: str, record: Record, base: Record) -> dict[str, Any]:
    judged = judge(record.monthly["practice"], record.scenario, reference_month(record.scenario, base))
    until = judged.reference_month + record.scenario.measure.horizon
    lost = record.subscription_lost
    return {
        "variant": slug,
        "future": record.future,
        "reference_month": judged.reference_month,
        "practice_before": judged.practice_before,
        "practice_after": judged.practice_after,
        "retention": judged.retention,
        "outcome": judged.outcome,
        "subscription_lost": lost is not None and lost <= until,
        "subscription_lost_month": np.nan if lost is None else float(lost),
        "first_departure": np.nan if record.first_departure is None else float(record.first_departure),
    }


def run_ensemble(
    all_settings: dict[str, Scenario],
    runs: int,
    seed: int,
    *,
    keep_months: bool = True,
    workers: int | None = None,
    agents: "Sequence[type[Person]]" = (),
    outcomes: Mapping[str, OutcomeFunction] | None = None,
    tick: Callable[[int], Any] | None = None,
) -> list[Chunk]:
    """Run ``runs`` futures of every setting, on a pool of ``workers`` processes (default: one a core).

    Small ensembles, one worker, and changed agents or outcomes of one's own (which another process may not know)
    run in this process. The chunks come back in order of future, whichever was done first.
    """
    if runs < 1:
        raise ScenarioError(f"runs = {runs}: at least one future is needed")
    rows = sum(setting.months + 1 for setting in all_settings.values())
    if keep_months and (needed := 8.0 * runs * rows * len(MONTHLY)) > LARGEST:
        raise ScenarioError(
            f"runs = {runs:,}: their months would take {needed / 1e9:,.0f} GB of memory, and at most "
            f"{LARGEST / 1e9:.0f} are used; take at most {int(LARGEST * runs / needed):,} futures at a time"
        )
    workers = min(workers or os.cpu_count() or 1, runs)
    if workers == 1 or agents or outcomes or runs * len(all_settings) < 8:
        return run_chunk(all_settings, seed, range(runs), keep_months, agents, outcomes, tick)
    if getattr(current_process(), "_inheriting", False):
        # This worker is importing a script that starts an ensemble when imported, and so on without end.
        sys.exit('leadership-sim: in a script, put sim.compare below  if __name__ == "__main__":')
    size = max(1, min(10, runs // (4 * workers)))
    parts = [range(start, min(start + size, runs)) for start in range(0, runs, size)]
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _leave_interrupts_to_the_parent)
    done: dict[int, list[Chunk]] = {}
    try:
        waiting = {pool.submit(run_chunk, all_settings, seed, part, keep_months): part for part in parts}
        for finished in as_completed(waiting):
            part = waiting[finished]
            done[part.start] = finished.result()
            if tick is not None:
                tick(len(part) * len(all_settings))
    except BrokenProcessPool:
        raise ScenarioError(
            "a worker process died; in a script, see that sim.compare stands below the main guard"
        ) from None
    except BaseException:
        for worker in active_children():  # a chunk may have long to go, and nobody waits for it
            worker.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return [chunk for start in sorted(done) for chunk in done[start]]


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def by_variant(chunks: list[Chunk]) -> Iterator[tuple[str, list[Chunk]]]:
    """The chunks of each variant, in the order in which the variants were given."""
    for slug in dict.fromkeys(chunk.variant for chunk in chunks):
        yield slug, [chunk for chunk in chunks if chunk.variant == slug]
