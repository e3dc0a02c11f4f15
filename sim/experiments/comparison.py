"""Variants compared: the tables, and the folder they are written to."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import tomli_w

from sim.experiments.ensemble import BASE, Chunk, OutcomeFunction, by_variant, run_ensemble, settings
from sim.experiments.folder import file_hashes, git_state, moved, versions, whole_folder
from sim.measures.survival import COLLAPSED, NEVER, SURVIVED, mean_interval, paired_share_interval, wilson
from sim.organisation import organisation
from sim.record import MONTHLY
from sim.scenario import Scenario, ScenarioError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.agents import Person

Written = Literal["summary", "futures", "months"]
"""How much of every future is written."""

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

_TAKEN = (
    "variant title futures future reference_month outcome retention first_departure never_took_hold collapsed survived "
    "practice_before practice_after practice_difference collapse_difference subscription_lost subscription_lost_month"
)  # fmt: skip
"""Columns of the tables, whose names an outcome of one's own cannot take."""


@dataclass
class Comparison:
    """The base and its variants on the same futures."""

    settings: dict[str, Scenario]
    runs: int
    seed: int
    chunks: list[Chunk]
    notes: list[str]
    outcomes: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    changes: Sequence[str] = ()
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
            "title": self.settings[slug].words.say(self.settings[slug].title),
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
        for name in self.outcomes:
            out |= _interval(name, mean_interval(rows[name].to_numpy(dtype=float)))
        return out

    def words(self) -> str:
        """What came out, in sentences that can be read aloud."""
        from sim.report import sentences

        return "\n".join(sentences(self))

    def plot(self) -> "Figure":
        """Median and bands of practised commitment, and momentum, for every variant."""
        from sim.plots import plot_comparison

        return plot_comparison(self, self.changes)

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
            "files_sha256": file_hashes(self.scenario),
            "assumed": self.notes,
            "root_seed": self.seed,
            "futures": self.runs,
            "changed_agents": list(self.agents),
            "own_outcomes": list(self.outcomes),
            "versions": versions(),
            "git": git_state(),
            "started": self.started.isoformat(timespec="seconds"),
            "ended": self.ended.isoformat(timespec="seconds"),
        }

    def save(self, folder: Path | str, keep: Written = "months", overwrite: bool = False, names: bool = False) -> Path:
        """Write the tables, picture, manifest and scenario into a folder, all or nothing.

        ``names`` also writes people.csv, which says whose id in the people file each seat is.
        Raises ScenarioError if the folder holds something and ``overwrite`` is not set, or cannot be written.
        """
        folder = Path(folder)
        with whole_folder(folder, WRITTEN, overwrite) as temporary:
            self._write(temporary, folder, keep)
            if names:
                self._write_names(temporary)
        return folder

    def _write(self, temporary: Path, folder: Path, keep: Written) -> None:
        self.summary.to_csv(temporary / "summary.csv", index=False, lineterminator="\n", encoding="utf-8")
        if keep in ("futures", "months"):
            self.futures.to_parquet(temporary / "futures.parquet", index=False)
        if keep == "months":
            self.trajectories.to_parquet(temporary / "trajectories.parquet", index=False)
        if not self.trajectories.empty:
            self.plot().savefig(temporary / "momentum.png")
        text = json.dumps(self.manifest(), indent=2, ensure_ascii=False)
        (temporary / "manifest.json").write_text(text + "\n", encoding="utf-8")
        written = moved(self.scenario, folder)
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
    outcomes: Mapping[str, OutcomeFunction] | None = None,
    tick: Callable[[int], Any] | None = None,
) -> Comparison:
    """Run the base and its variants on the same ``runs`` futures.

    ``variants``: slugs, all if None. ``agents``: classes of people in place of those they derive from.
    ``outcomes``: numbers of your own, name -> a function of a ``Record``; each becomes a column of the futures, and
    its mean with an interval one of the summary. ``tick`` is called with the number of runs just finished.
    Raises ScenarioError for what cannot be run.
    """
    chosen = settings(scenario, variants)
    if clash := [name for name in outcomes or {} if name in _TAKEN.split()]:
        raise ScenarioError(f"outcomes: there is a column {clash[0]!r} already; choose another name")
    if agents:
        from sim.casting import cast

        cast(agents)
    notes = organisation(scenario, seed, 0).notes
    started = datetime.now(UTC)
    chunks = run_ensemble(
        chosen, runs, seed, keep_months=keep_months, workers=workers, agents=agents, outcomes=outcomes, tick=tick
    )
    changed = tuple(f"{cls.__module__}.{cls.__qualname__}" for cls in agents)
    return Comparison(chosen, runs, seed, chunks, notes, tuple(outcomes or ()), changed, started)


def _interval(name: str, interval: tuple[float, float, float]) -> dict[str, float]:
    return {name: interval[0], f"{name}_low": interval[1], f"{name}_high": interval[2]}
