"""The folder of a finished run, read back: what was asked, what came out, and whether the two still belong together."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.base.arrays import Floats
from sim.base.errors import read_toml
from sim.base.files import read_table
from sim.experiments.chunks import Results, Shards, column
from sim.experiments.comparison import Comparison, compare
from sim.experiments.ensemble import BASE, settings
from sim.experiments.folder import PARTS, check_is_folder, file_hashes, looking, sha256, why
from sim.experiments.workers import Workers
from sim.model.ledger import FALL, LEDGER_KINDS, RISE, Flows
from sim.model.record import MONTHLY
from sim.scenario.roles import Role
from sim.scenario.scenario import Scenario, ScenarioError, from_dict

AGAIN = 200
"""Futures that are played again, at most, where a run did not keep its months."""

WHAT = "leadership-sim comparison of variants on the same futures"
ACROSS = "leadership-sim comparison of variants over plausible worlds"
"""How the manifest of a run begins, and that of one over many worlds."""


class Files(Results):
    """The futures of some variants, as a finished run wrote them."""

    def __init__(self, folder: Path, variants: Sequence[str]) -> None:
        super().__init__(Shards(), [], variants)
        self._folder = folder

    @property
    def has_months(self) -> bool:
        """Whether every month's row, every future's and who moved whom were kept."""
        names = ("trajectories.parquet", "futures.parquet", "flows.csv", "seats.csv")
        return all((self._folder / name).is_file() for name in names)

    def futures(self, slug: str, columns: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Some columns of one variant's futures, all at once."""
        path = self._folder / "futures.parquet"
        table = _read(path, columns=list(columns), filters=[("variant", "=", slug)])
        return {name: column(table[name].to_pylist(), name) for name in columns}

    def months(self, slug: str, most: int | None = None) -> Floats:
        """Every month's row of (at most so many of) one variant's futures, [futures, months + 1, columns]."""
        wanted = [("variant", "=", slug)] + ([] if most is None else [("future", "<", most)])
        table = _read(self._folder / "trajectories.parquet", columns=["month", *MONTHLY], filters=wanted)
        rows = int(np.max(table["month"].to_numpy())) + 1
        return np.stack([table[name].to_numpy().reshape(-1, rows) for name in MONTHLY], axis=-1)


@dataclass
class Read(Comparison):
    """A comparison as a run's folder has it."""

    folder: Path = Path()

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of summary.csv."""
        words = ("variant", "title", "compared_with")
        return [
            {key: value if key in words else float(value or "nan") for key, value in row.items()}
            | {"futures": int(row["futures"])}
            for row in read_table(self.folder / "summary.csv")
        ]

    @cached_property
    def _flows(self) -> dict[str, Flows]:
        seats: dict[str, list[tuple[float, float]]] = {}
        for row in read_table(self.folder / "seats.csv"):
            seats.setdefault(row["variant"], []).append((float(row["up"]), float(row["down"])))
        found = {}
        for slug, given in seats.items():
            blank = Flows.blank(self.settings[slug].months, len(given))
            found[slug] = Flows(blank.by_month, np.array(given))
        for row in read_table(self.folder / "flows.csv"):
            sign = RISE if row["sign"] == "up" else FALL
            place = int(row["month"]), Role[row["role"].upper()], LEDGER_KINDS.index(row["kind"]), sign
            found[row["variant"]].by_month[place] = float(row["change"])
        return found

    def flows(self, slug: str) -> Flows | None:
        """Who moved whom in one variant, the mean over its futures, as flows.csv and seats.csv have it."""
        return self._flows.get(slug)


@dataclass(frozen=True)
class Run:
    """A finished run. ``whole`` has its summary; ``detail`` has months and flows: the same, or some futures again."""

    folder: Path
    manifest: Mapping[str, Any]
    whole: Comparison
    detail: Comparison

    @property
    def scenario(self) -> Scenario:
        """The base's setting."""
        return self.whole.scenario

    @property
    def again(self) -> int:
        """How many futures were played again for want of months; 0 where the run kept them."""
        return 0 if self.detail is self.whole else self.detail.number

    def followed(self, slug: str) -> tuple[Floats, Floats]:
        """Practised commitment, [futures, months + 1], and reference month, [futures], of one variant."""
        practice = self.detail.months(slug)[:, :, list(MONTHLY).index("practice")]
        judged = self.detail.results.futures(slug, ["reference_month"])["reference_month"].tolist()
        return practice, np.array(judged, dtype=np.float64)[: len(practice)]


def read(folder: Path, workers: Workers | None = None, *, months: bool = True) -> Run:
    """Read a finished run, and play up to ``AGAIN`` of its futures again if it kept no months and they are wanted.

    Raises ScenarioError where the folder is none of a finished run, or no longer fits what its manifest says.
    """
    manifest = manifest_of(folder)
    group = settings_of(folder, manifest)
    whole = summary_of(folder, manifest, group)
    if whole.results.has_months or not months:
        return Run(folder, manifest, whole, whole)
    again = compare(whole.scenario, min(whole.number, AGAIN), whole.seed, variants=list(group)[1:], workers=workers)
    return Run(folder, manifest, whole, again)


def summary_of(folder: Path, manifest: Mapping[str, Any], group: dict[str, Scenario]) -> Read:
    """The comparison of some settings, as a run's folder has it."""
    first = manifest["first_future"]
    which, files = range(first, first + manifest["futures"]), Files(folder, list(group))
    twin = manifest["implementation"]
    return Read(group, which, manifest["root_seed"], files, manifest["assumed"], twin=twin, folder=folder)


def check_tables(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Raise ScenarioError where a table is not the one that the manifest knows."""
    said = manifest["results_sha256"]
    changed = [name for name in said if not (folder / name).is_file() or sha256(folder / name) != said[name]]
    if changed:
        raise ScenarioError(f"{folder}: {', '.join(changed)}: not as the run wrote it; run it again, or put it back")


def manifest_in(folder: Path) -> dict[str, Any]:
    """The manifest in a folder, whatever wrote it. Raises ScenarioError where it cannot be read."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return {"what": manifest["what"], **manifest}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ScenarioError(f"{folder / 'manifest.json'}: cannot be read ({error!r})") from None


def manifest_of(folder: Path, *, worlds: bool = False) -> dict[str, Any]:
    """The manifest of a finished run; ``worlds``: one over many worlds will do. Raises ScenarioError for none."""
    with looking(folder, "cannot be read"):
        check_is_folder(folder)
        if (folder / PARTS).is_dir():
            raise ScenarioError(f"{folder}: this run was not finished; go on with  leadership-sim resume {folder}")
        if not (folder / "manifest.json").is_file():
            raise ScenarioError(f"{folder}: not the folder of a run: there is no manifest.json in it")
    manifest = manifest_in(folder)
    what = manifest["what"]
    if what not in ((WHAT, ACROSS) if worlds else (WHAT,)):
        raise ScenarioError(
            f"{folder}: this is not the folder of a run. It holds “{what}”; name a folder that leadership-sim run wrote"
        )
    needed = ("scenario.toml", *(["summary.csv"] if what == WHAT else ["robustness.csv", "futures.parquet"]))
    if missing := [name for name in needed if not (folder / name).is_file()]:
        raise ScenarioError(f"{folder}: not all of a run is there; missing: {', '.join(missing)}")
    if what == ACROSS:
        return manifest
    if manifest["first_future"]:
        raise ScenarioError(
            f"{folder}: this run begins at future {manifest['first_future']}; a page needs one that begins at 0"
        )
    if manifest["changed_agents"]:
        raise ScenarioError(
            f"{folder}: in this run people were changed ({', '.join(manifest['changed_agents'])}); a page is made by "
            "playing more futures, which would be of people as they are in the model"
        )
    return manifest


def settings_of(folder: Path, manifest: Mapping[str, Any]) -> dict[str, Scenario]:
    """The settings of a run, or the base of one over worlds, by slug.

    Raises ScenarioError if the scenario, a file of its organisation or a table of the run cannot be read as it was.
    """
    path = folder / "scenario.toml"
    scenario = from_dict(read_toml(path), name=manifest["scenario"]["name"], folder=folder, where=str(path))
    _ = scenario.words
    try:
        changed = [key for key, found in file_hashes(scenario).items() if found != manifest["files_sha256"].get(key)]
    except ScenarioError as error:
        raise ScenarioError(f"{folder}: {error}") from None
    if changed:
        raise ScenarioError(f"{folder}: the organisation's {' and '.join(changed)} file has changed since it was run")
    variants = manifest.get("variants", {})  # a run over worlds has no hashes of its own for them
    group = settings(scenario, list(variants))
    for slug, setting in group.items():
        said = manifest["scenario_sha256"] if slug == BASE else variants[slug]["sha256"]
        if setting.hash() != said:
            of = "" if slug == BASE else f" (variant {slug})"
            raise ScenarioError(
                f"{folder}: scenario.toml is not what was run{of}: its hash is {setting.hash()[:12]}, "
                f"and manifest.json says {said[:12]}. Run it again, or put the file back as it was"
            )
    check_tables(folder, manifest)
    return group


def _read(path: Path, **how: Any) -> pa.Table:
    try:
        return pq.read_table(path, use_threads=False, **how)
    except (OSError, pa.ArrowException) as error:
        raise ScenarioError(f"{path}: cannot be read ({why(error)})") from None
