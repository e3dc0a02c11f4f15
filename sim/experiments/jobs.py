"""Jobs: what a command was asked for, written down first, so that it can be finished whatever stops it."""

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.base.machine import text_print
from sim.experiments.comparison import SHOWN_FUTURES, Comparison, Written, compare
from sim.experiments.ensemble import Twin, settings
from sim.experiments.folder import file_hashes, moved, sha256, versions
from sim.experiments.runner import good_size, seconds_a_future
from sim.experiments.store import InFolder
from sim.experiments.workers import Workers
from sim.model.record import MONTHLY
from sim.scenario.scenario import Scenario, ScenarioError, from_dict

PACKAGE = Path(__file__).parent.parent

_ROW_BYTES = 100
"""Roughly what a future's row takes on disk."""

_DEPENDS_ON = {
    "sha256": "the scenario",
    "files_sha256": "a file of the organisation",
    "tables_sha256": "a table of the package",
    "versions": "an installed version",
    "model": "the model's own code",
}
"""What a job's numbers depend on, by its keys."""


def model_print() -> str:
    """A short name for the code of the model, as it is."""
    rooms = ("base", "scenario", "organisation", "model")
    files = sorted(path for room in rooms for path in (PACKAGE / room).rglob("*.py"))
    return text_print("".join(path.read_text(encoding="utf-8") for path in files))


def job(
    kind: str,
    scenario: Scenario | None,
    folder: Path,
    *,
    futures: int,
    seed: int,
    variants: Sequence[str] = (),
    twin: Twin = "compiled",
    workers: int | None = None,
    tables: Iterable[Path] = (),
    **more: Any,
) -> dict[str, Any]:
    """What is to be done, as plain data that says all of it. ``tables``: those of the package that it depends on."""
    asked = {
        "kind": kind,
        "futures": futures,
        "seed": seed,
        "versions": versions(),
        "model": model_print(),
        "tables_sha256": _hashes(path.relative_to(PACKAGE).as_posix() for path in tables),
        **more,
    }
    if scenario is None:
        return asked
    group = settings(scenario, variants)
    if kind == "run":
        _check_room(folder, group, futures, months=_with_months(futures, more["keep"]))
    one = seconds_a_future(group, seed, twin)
    return asked | {
        "name": scenario.name,
        "scenario": moved(scenario, folder),
        "variants": list(variants),
        "twin": twin,
        "size": good_size(futures, one, workers or os.cpu_count() or 1),
        "sha256": {slug: setting.hash() for slug, setting in group.items()},
        "files_sha256": file_hashes(scenario),
    }


def _hashes(names: Iterable[str]) -> dict[str, str]:
    return {name: sha256(PACKAGE / name) for name in names}


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


def scenario_of(store: InFolder) -> Scenario | None:
    """The scenario of a job, None where it has none.

    Raises ScenarioError where the job's numbers would not be the same today as when it was begun.
    """
    job, scenario = store.job, None
    tables = _hashes(job["tables_sha256"])
    now: dict[str, Any] = {"tables_sha256": tables, "versions": versions(), "model": model_print()}
    if "scenario" in job:
        scenario = from_dict(job["scenario"], name=job["name"], folder=store.folder)
        hashes = {slug: setting.hash() for slug, setting in settings(scenario, job["variants"]).items()}
        now = {"sha256": hashes, "files_sha256": file_hashes(scenario)} | now
    for key, found in now.items():
        if found != job[key]:
            raise ScenarioError(
                f"{store.folder}: {_DEPENDS_ON[key]} has changed since this run began, so it cannot be finished as it "
                "was; start anew with --overwrite"
            )
    return scenario


def run_job(store: InFolder, workers: Workers, scenario: Scenario) -> Comparison:
    """Do what is missing of a ``run`` job."""
    job = store.job
    found = compare(
        scenario, job["futures"], job["seed"], variants=job["variants"], workers=workers, twin=job["twin"],
        keep_months=_with_months(job["futures"], job["keep"]), shards=store, size=job["size"],
    )  # fmt: skip
    workers.finished()
    return replace(found, changes=job["changes"])
