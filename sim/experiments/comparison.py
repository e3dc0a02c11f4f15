"""Variants compared: the tables, and the folder they are written to."""

import json
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import tomli_w

from sim.experiments.ensemble import BASE, Chunk, Keep, by_variant, run_ensemble, settings
from sim.measures.survival import COLLAPSED, NEVER, SURVIVED, mean_interval, paired_share_interval, wilson
from sim.organisation import organisation
from sim.record import MONTHLY
from sim.scenario import Scenario, ScenarioError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.agents import Person

WRITTEN = (
    "summary.csv",
    "futures.parquet",
    "trajectories.parquet",
    "momentum.png",
    "manifest.json",
    "scenario.toml",
    "people.csv",
)
"""The files a comparison may write."""


@dataclass
class Comparison:
    """The base and its variants on the same futures."""

    settings: dict[str, Scenario]
    runs: int
    seed: int
    chunks: list[Chunk]
    notes: list[str]
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def scenario(self) -> Scenario:
        """The base's setting."""
        return self.settings[BASE]

    @cached_property
    def futures(self) -> pd.DataFrame:
        """A row per variant and future: how it was judged, whether and when the subscription was lost."""
        rows = [row for _, chunks in by_variant(self.chunks) for chunk in chunks for row in chunk.rows]
        return pd.DataFrame(rows)

    @cached_property
    def trajectories(self) -> pd.DataFrame:
        """A row per variant, future and month, with the columns of ``sim.record.MONTHLY``; empty if not kept."""
        parts = []
        for slug, chunks in by_variant(self.chunks):
            kept = [chunk.months for chunk in chunks if chunk.months is not None]
            if not kept:
                return pd.DataFrame(columns=["variant", "future", "month", *MONTHLY])
            values = np.concatenate(kept)
            futures, rows, columns = values.shape
            part = pd.DataFrame(values.reshape(-1, columns), columns=list(MONTHLY))
            part.insert(0, "month", np.tile(np.arange(rows), futures))
            part.insert(0, "future", np.repeat(np.arange(futures), rows))
            part.insert(0, "variant", slug)
            parts.append(part)
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """A row per variant, as in ``summary.csv``; shares of all futures, with 95% intervals."""
        by_slug = dict(iter(self.futures.groupby("variant", sort=False)))
        return pd.DataFrame([self._summary_row(slug, by_slug[slug], by_slug[BASE]) for slug in self.settings])

    def _summary_row(self, slug: str, rows: pd.DataFrame, base: pd.DataFrame) -> dict[str, Any]:
        share = rows["outcome"].value_counts(normalize=True)
        collapsed = (rows["outcome"] == COLLAPSED).to_numpy()
        low, high = wilson(int(collapsed.sum()), len(rows))
        out: dict[str, Any] = {
            "variant": slug,
            "title": self.settings[slug].title,
            "futures": len(rows),
            "never_took_hold": share.get(NEVER, 0.0),
            "collapsed": share.get(COLLAPSED, 0.0),
            "collapsed_low": low,
            "collapsed_high": high,
            "survived": share.get(SURVIVED, 0.0),
        }
        before, after = rows["practice_before"].to_numpy(), rows["practice_after"].to_numpy()
        out |= _interval("practice_before", mean_interval(before))
        out |= _interval("practice_after", mean_interval(after))
        nothing = (np.nan, np.nan, np.nan)
        is_base = slug == BASE
        practice = nothing if is_base else mean_interval(after - base["practice_after"].to_numpy())
        was = (base["outcome"] == COLLAPSED).to_numpy()
        out |= _interval("practice_difference", practice)
        out |= _interval("collapse_difference", nothing if is_base else paired_share_interval(collapsed, was))
        out["subscription_lost"] = float(rows["subscription_lost"].mean())
        return out

    def words(self) -> str:
        """What came out, in sentences that can be read aloud."""
        from sim.report import sentences

        return "\n".join(sentences(self))

    def plot(self) -> "Figure":
        """Median and bands of practised commitment, and momentum, for every variant."""
        from sim.plots import plot_comparison

        return plot_comparison(self)

    def manifest(self) -> dict[str, Any]:
        """Everything needed to trace and repeat the numbers."""
        return {
            "what": "leadership-sim comparison of variants on the same futures",
            "scenario": self.scenario.to_dict() | {"name": self.scenario.name},
            "scenario_sha256": self.scenario.hash(),
            "variants": {
                slug: {"sha256": setting.hash(), "resolved": setting.to_dict()}
                for slug, setting in self.settings.items()
                if slug != BASE
            },
            "files_sha256": _file_hashes(self.scenario),
            "assumed": self.notes,
            "root_seed": self.seed,
            "futures": self.runs,
            "versions": _versions(),
            "git": _git(),
            "started": self.started.isoformat(timespec="seconds"),
            "ended": self.ended.isoformat(timespec="seconds"),
        }

    def save(self, folder: Path | str, keep: Keep = "months", overwrite: bool = False, names: bool = False) -> Path:
        """Write the tables, picture, manifest and scenario into a folder, all or nothing.

        ``names`` also writes people.csv, which says whose id in the people file each seat is.
        Raises ScenarioError if the folder holds something and ``overwrite`` is not set, or cannot be written.
        """
        folder = Path(folder)
        check_folder(folder, overwrite)
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=folder.parent) as name:
            temporary = Path(name)
            self._write(temporary, folder, keep)
            if names:
                self._write_names(temporary)
            folder.mkdir(exist_ok=True)
            for file in WRITTEN:
                (folder / file).unlink(missing_ok=True)
            for path in sorted(temporary.iterdir()):
                path.replace(folder / path.name)
        return folder

    def _write(self, temporary: Path, folder: Path, keep: Keep) -> None:
        self.summary.to_csv(temporary / "summary.csv", index=False, lineterminator="\n", encoding="utf-8")
        if keep in ("futures", "months"):
            self.futures.to_parquet(temporary / "futures.parquet", index=False)
        if keep == "months":
            self.trajectories.to_parquet(temporary / "trajectories.parquet", index=False)
        if not self.trajectories.empty:
            self.plot().savefig(temporary / "momentum.png")
        text = json.dumps(self.manifest(), indent=2, ensure_ascii=False)
        (temporary / "manifest.json").write_text(text + "\n", encoding="utf-8")
        written = _moved(self.scenario, folder)
        (temporary / "scenario.toml").write_text(tomli_w.dumps(written), encoding="utf-8")

    def _write_names(self, temporary: Path) -> None:
        people = organisation(self.scenario, self.seed, 0)
        if people.ids is None:
            raise ScenarioError("--names: the organisation is generated, so there are no names")
        table = pd.DataFrame({"seat": people.labels, "id": people.ids})
        table.to_csv(temporary / "people.csv", index=False, lineterminator="\n", encoding="utf-8")


def compare(
    scenario: Scenario,
    runs: int = 200,
    seed: int = 1,
    *,
    variants: Sequence[str] | None = None,
    keep_months: bool = True,
    workers: int | None = None,
    agents: "Sequence[type[Person]]" = (),
    tick: Callable[[int], Any] | None = None,
) -> Comparison:
    """Run the base and its variants on the same ``runs`` futures.

    ``variants``: slugs, all if None. ``agents``: classes of people in place of those they derive from.
    ``tick`` is called with the number of runs just finished. Raises ScenarioError for what cannot be run.
    """
    chosen = settings(scenario, variants)
    notes = organisation(scenario, seed, 0).notes
    started = datetime.now(UTC)
    chunks = run_ensemble(chosen, runs, seed, keep_months=keep_months, workers=workers, agents=agents, tick=tick)
    return Comparison(chosen, runs, seed, chunks, notes, started)


def check_folder(folder: Path, overwrite: bool) -> None:
    """See that results can be written to a folder. Raises ScenarioError if not."""
    if folder.exists() and not folder.is_dir():
        raise ScenarioError(f"{folder}: this is a file; results need a folder")
    if folder.is_dir() and any(folder.iterdir()) and not overwrite:
        raise ScenarioError(f"{folder}: the folder is not empty; choose another, or add --overwrite")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=folder.parent):
            pass
        if folder.is_dir():
            with tempfile.TemporaryDirectory(prefix=".writing-", dir=folder):
                pass
    except OSError as error:
        raise ScenarioError(f"{folder}: cannot be written ({error.strerror})") from None


def _interval(name: str, interval: tuple[float, float, float]) -> dict[str, float]:
    return {name: interval[0], f"{name}_low": interval[1], f"{name}_high": interval[2]}


def _moved(scenario: Scenario, folder: Path) -> dict[str, Any]:
    """The scenario as written, its files' paths now relative to ``folder``, so that it runs from there."""
    written = scenario.written()
    setting = written.get("organisation", {})
    for key in ("people", "links"):
        if key in setting:
            path = (scenario.folder / setting[key]).resolve()
            try:
                setting[key] = Path(os.path.relpath(path, folder.resolve())).as_posix()
            except ValueError:  # another drive
                setting[key] = path.as_posix()
    return written


def _file_hashes(scenario: Scenario) -> dict[str, str]:
    import hashlib

    setting = scenario.organisation
    paths = {key: getattr(setting, key) for key in ("people", "links") if getattr(setting, key)}
    return {key: hashlib.sha256((scenario.folder / path).read_bytes()).hexdigest() for key, path in paths.items()}


def _versions() -> dict[str, str]:
    names = ("leadership-sim", "mesa", "numpy", "scipy", "pandas", "pydantic")
    return {"python": platform.python_version()} | {name: metadata.version(name) for name in names}


def _git() -> dict[str, Any]:
    """The commit of the clone this package runs from and whether it has changes; empty outside a clone."""
    here = Path(__file__).parent.parent
    git = shutil.which("git")
    if git is None or not (here.parent / ".git").exists():
        return {}

    def ask(*words: str) -> str:
        done = subprocess.run([git, *words], cwd=here, capture_output=True, encoding="utf-8", check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    return {"commit": ask("rev-parse", "HEAD"), "dirty": bool(ask("status", "--porcelain"))}
