"""Jobs: what a command was asked for, written down first, so that it can be finished whatever stops it."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.experiments.chunks import Results
from sim.experiments.comparison import SHOWN_FUTURES, Comparison, Written
from sim.experiments.ensemble import Twin, settings
from sim.experiments.folder import file_hashes, moved, versions
from sim.experiments.runner import Design, carry_out, good_size, seconds_a_future
from sim.experiments.store import InFolder
from sim.experiments.workers import Workers
from sim.model.record import MONTHLY
from sim.organisation.generate import organisation
from sim.scenario.scenario import Scenario, ScenarioError, from_dict

_ROW_BYTES = 100
"""Roughly what a future's row takes on disk."""


def job(
    kind: str,
    scenario: Scenario,
    folder: Path,
    *,
    futures: int,
    seed: int,
    variants: Sequence[str] = (),
    twin: Twin = "compiled",
    workers: int | None = None,
    **more: Any,
) -> dict[str, Any]:
    """What is to be done, as plain data that says all of it."""
    group = settings(scenario, variants)
    if kind == "run":
        _check_room(folder, group, futures, months=_with_months(futures, more["keep"]))
    seats = len(organisation(scenario, seed, 0))
    one = seconds_a_future(group, seats, twin)
    return {
        "kind": kind,
        "name": scenario.name,
        "scenario": moved(scenario, folder),
        "variants": list(variants),
        "futures": futures,
        "seed": seed,
        "twin": twin,
        "size": good_size(futures, one, workers or os.cpu_count() or 1),
        "seconds": one * futures,
        "sha256": {slug: setting.hash() for slug, setting in group.items()},
        "files_sha256": file_hashes(scenario),
        "versions": versions(),
        **more,
    }


def _with_months(futures: int, keep: Written) -> bool:
    """Whether every month is kept, at least until the picture is drawn."""
    return keep == "months" or futures <= SHOWN_FUTURES


def _check_room(folder: Path, group: dict[str, Scenario], futures: int, months: bool) -> None:
    """Raise ScenarioError for results that the disk has no room for."""
    rows = sum(setting.months + 1 for setting in group.values())
    a_future = _ROW_BYTES * len(group) + (8 * rows * len(MONTHLY) if months else 0)
    nearest = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.is_dir())
    needed, free = 2.0 * futures * a_future, shutil.disk_usage(nearest).free
    if needed > free:
        less = "" if not months else ", or only a row a future with --keep futures"
        raise ScenarioError(
            f"futures = {futures:,}: they would take about {needed / 1e9:,.3g} GB on a disk that has "
            f"{free / 1e9:,.3g} free; take fewer futures{less}"
        )


def same_versions(store: InFolder) -> None:
    """Raise ScenarioError for work that was begun with another version of what its numbers depend on."""
    if store.job["versions"] != versions():
        raise _changed(store, "an installed version")


def _changed(store: InFolder, what: str) -> ScenarioError:
    return ScenarioError(
        f"{store.folder}: {what} has changed since this run began, so it cannot be finished as it was; "
        "start anew with --overwrite"
    )


def scenario_of(store: InFolder) -> Scenario:
    """The scenario of a job. Raises ScenarioError if it would not give the same numbers today."""
    job = store.job
    scenario = from_dict(job["scenario"], name=job["name"], folder=store.folder)
    now = {
        "sha256": {slug: setting.hash() for slug, setting in settings(scenario, job["variants"]).items()},
        "files_sha256": file_hashes(scenario),
        "versions": versions(),
    }
    what = {"sha256": "the scenario", "files_sha256": "the organisation's files", "versions": "an installed version"}
    for key, found in now.items():
        if found != job[key]:
            raise _changed(store, what[key])
    return scenario


def run_job(store: InFolder, workers: Workers) -> Comparison:
    """Do what is missing of a ``run`` job."""
    job, scenario = store.job, scenario_of(store)
    group = settings(scenario, job["variants"])
    kept: Written = job["keep"]
    design = work([group], store, workers, _with_months(job["futures"], kept))
    results = Results(store, [part.number for part in design.parts], list(group))
    shape = organisation(scenario, job["seed"], 0)
    return Comparison(
        group, design.futures, job["seed"], results, shape.notes, twin=job["twin"], changes=job["changes"]
    )


def work(groups: Sequence[dict[str, Scenario]], store: InFolder, workers: Workers, keep_months: bool = False) -> Design:
    """Run what is missing of a job that plays these groups of settings; returns its design."""
    job = store.job
    design = Design(groups, range(job["futures"]), job["seed"], keep_months, job["twin"], job["size"])
    carry_out(design, store, workers, seconds=job["seconds"])
    workers.finished()
    return design
