"""A run over plausible worlds, read back from its folder."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from sim.analysis.uncertainty.robustness import Robustness, fixed_by
from sim.base.files import read_table
from sim.experiments.ensemble import BASE
from sim.experiments.reading import manifest_of, settings_of
from sim.experiments.verdict import Verdict


def read_worlds(folder: Path) -> Robustness:
    """What a run over many worlds found. Raises ScenarioError where the folder no longer fits its manifest."""
    manifest = manifest_of(folder, worlds=True)
    scenario = settings_of(folder, manifest)[BASE]
    rows, worlds = read_table(folder / "robustness.csv"), tuple(manifest["worlds"])
    table = pq.read_table(folder / "futures.parquet", use_threads=False)
    shape = len(worlds), len(rows), manifest["futures"]
    codes = [Verdict.of(word) for word in table["outcome"].to_pylist()]
    after = [float(row["practice_after"]) for row in read_table(folder / "worlds.csv")]
    return Robustness(
        scenario=scenario,
        slugs=tuple(row["variant"] for row in rows),
        titles=tuple(row["title"] for row in rows),
        outcomes=np.array(codes, dtype=np.int8).reshape(shape),
        after=np.array(after).reshape(shape[:2]),
        seed=manifest["root_seed"],
        fixed=fixed_by(scenario, worlds),
        source=manifest["worlds_from"],
        worlds=worlds,
    )
